/* redact_json.c - ring 1: JSON bodies without what by custom is a secret. */
#include "redact.h"

#include <string.h>

static const char *past_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) p++;
    return p;
}

/* Past the text whose quotation mark is at p. */
static const char *text_end(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        if (*p == '\\' && p + 1 < end) p++;
    return p < end ? p + 1 : end;
}

/* Past the value at p with all that is in it. */
static const char *value_end(const char *p, const char *end)
{
    size_t depth = 0;
    while (p < end) {
        bool opens = *p == '{' || *p == '[', closes = *p == '}' || *p == ']';
        bool text = *p == '"';
        if (depth == 0 && (closes || *p == ',')) return p;
        p = text ? text_end(p, end) : p + 1;
        depth += opens;
        depth -= closes;
        if (depth == 0 && (text || closes)) return p;
    }
    return end;
}

/* Whether the value is there to be hidden: neither null nor an empty text. */
static bool tells(const char *p, const char *end)
{
    size_t n = (size_t)(end - p);
    return n > 0 && !(n == 2 && memcmp(p, "\"\"", 2) == 0) &&
           !(n == 4 && memcmp(p, "null", 4) == 0);
}

/* The value of the name from p to stop, if that is the name of a secret; else NULL. One that has
   escapes counts as such. */
static const char *secret_value(const char *p, const char *stop, const char *end)
{
    const char *colon = past_blanks(stop, end);
    if (*p != '"' || colon == end || *colon != ':') return NULL;
    size_t n = (size_t)(stop - p) - 2; /* without the quotation marks */
    if (!memchr(p + 1, '\\', n) && !st_redact_is_secret_name(p + 1, n)) return NULL;
    return past_blanks(colon + 1, end);
}

bool st_redact_json(st_buffer *out, const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    while (p < end) {
        const char *from = p;
        if (*p == '"') p = text_end(p, end);
        else while (p < end && *p != '"') p++;
        const char *value = secret_value(from, p, end);
        st_redact_text(out, from, (size_t)((value ? value : p) - from));
        if (!value) continue;
        p = value_end(value, end);
        if (tells(value, p)) st_buffer_text(out, "\"" ST_REDACTED "\"");
        else st_buffer_append(out, value, (size_t)(p - value));
    }
    return out->state == ST_BUFFER_OK;
}
