/*
 * signature.h - ring 1: the header Stripe-Signature, and the HMAC-SHA256 that it holds.
 *
 * The header is `t=<Unix seconds>,v1=<64 hex digits>[,v1=...]`, signed are the text of t, a full
 * stop and the bytes of the body. Whoever sends the header is unknown until a signature fits, so
 * the work before that is bounded: by the header's length and by the number of signatures in it.
 */
#ifndef ST_CORE_SIGNATURE_H
#define ST_CORE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum {
    ST_SIGNATURE_SIZE = 32,        /* bytes of one signature */
    ST_SIGNATURE_HEADER_MAX = 8192, /* bytes of a header that is read at all */
    ST_SIGNATURE_COUNT_MAX = 16,   /* signatures in one header: more are refused */
    ST_SIGNATURE_TIME_DIGITS = 12
};

typedef enum st_signature_fault {
    ST_SIGNATURE_FINE,
    ST_SIGNATURE_HEADER_EMPTY,
    ST_SIGNATURE_HEADER_LONG,
    ST_SIGNATURE_HEADER_FOREIGN, /* neither t nor v1 nor another scheme */
    ST_SIGNATURE_TIME_MISSING,
    ST_SIGNATURE_TIME_REPEATED,
    ST_SIGNATURE_TIME_MALFORMED,
    ST_SIGNATURE_MISSING,      /* no v1, and no other scheme */
    ST_SIGNATURE_OTHER_SCHEME, /* v0 or a later one, but no v1 */
    ST_SIGNATURE_MALFORMED,    /* v1, but none of 64 hex digits */
    ST_SIGNATURE_TOO_MANY,
    ST_SIGNATURE_MISMATCH,
    ST_SIGNATURE_OLD,
    ST_SIGNATURE_FUTURE
} st_signature_fault;

typedef struct st_signature {
    const char *time_text; /* of the header that was read, which has to outlive this */
    size_t time_length;
    long long time; /* Unix seconds, 0 to 999999999999 */
    int count;
    unsigned char values[ST_SIGNATURE_COUNT_MAX][ST_SIGNATURE_SIZE];
} st_signature;

/* The word for a fault in errors: "signature_mismatch". Static. */
const char *st_signature_fault_name(st_signature_fault fault);

/* Reads a header of n bytes; any bytes will do. Unknown elements and signatures that can't be any
   are passed over; space around an element is not part of it. */
st_signature_fault st_signature_read(st_signature *s, const char *header, size_t n);

/* Whether any of the header's signatures is this one. How long it takes depends on how many there
   are and on nothing else. */
bool st_signature_holds(const st_signature *s, const unsigned char value[ST_SIGNATURE_SIZE]);

/* What a signature's age in seconds (below 0: made in the future) says, with how much is allowed
   to either side; below 0: any. */
st_signature_fault st_signature_judge_age(long long age, double tolerance, double future);

/* What signs. All zero is an empty one; it fetches from libcrypto what it needs when first used. */
typedef struct st_signer {
    void *context; /* owned: an EVP_MAC_CTX. It still holds the latest secret */
} st_signer;

/* The signature of a time and a body with a secret, which is at least one byte long; false: no
   memory, or libcrypto has no HMAC-SHA256. */
bool st_signer_sign(st_signer *signer, const void *secret, size_t secret_length,
                    const char *time_text, size_t time_length, const void *body,
                    size_t body_length, unsigned char out[ST_SIGNATURE_SIZE]);

/* Forgets the secret and frees what is owned. Safe to call twice. */
void st_signer_free(st_signer *signer);

#pragma GCC visibility pop

#endif
