/*
 * redact.h - ring 1: text without its secrets.
 *
 * Two ways that complete each other: by what a secret looks like (keys, signing secrets, client
 * secrets, cards, Authorization headers, passwords in URLs), and by what the catalogue says of a
 * parameter. One pass, linear in the length, and it would rather hide a word too many: what is
 * redacted once is not changed again.
 */
#ifndef ST_CORE_REDACT_H
#define ST_CORE_REDACT_H

#include "buffer.h"

#include "../api/catalogue.h"

#pragma GCC visibility push(hidden)

/* What stands for a value that must not be shown at all. */
#define ST_REDACTED "[redacted]"

/* Appends the n bytes of text, secrets masked: "sk_test_***1234", "whsec_***", "Bearer ***".
   The kind of a secret stays, and of an API key or a card's number the last four characters.
   False when the buffer is full or out of memory. */
bool st_redact_text(st_buffer *out, const char *text, size_t n);

/* Appends a form body or query: the values of sensitive parameters and of all below them become
   "[redacted]", the rest goes through st_redact_text. params may be NULL. */
bool st_redact_form(st_buffer *out, const st_param *params, const char *text, size_t n);

/* Appends a JSON text: the values of names that are those of secrets become "[redacted]", with all
   that is in them. */
bool st_redact_json(st_buffer *out, const char *text, size_t n);

/* Whether a name of n bytes that the catalogue does not know is that of a secret by custom. */
bool st_redact_is_secret_name(const char *name, size_t n);

#pragma GCC visibility pop

#endif
