/* signature.c - ring 1: the header Stripe-Signature, and the HMAC-SHA256 that it holds. */
#include "signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

const char *st_signature_fault_name(st_signature_fault fault)
{
    static const char *const names[] = {
        [ST_SIGNATURE_FINE] = "fine",
        [ST_SIGNATURE_HEADER_EMPTY] = "header_missing",
        [ST_SIGNATURE_HEADER_LONG] = "header_too_long",
        [ST_SIGNATURE_HEADER_FOREIGN] = "header_malformed",
        [ST_SIGNATURE_TIME_MISSING] = "timestamp_missing",
        [ST_SIGNATURE_TIME_REPEATED] = "timestamp_repeated",
        [ST_SIGNATURE_TIME_MALFORMED] = "timestamp_malformed",
        [ST_SIGNATURE_MISSING] = "signature_missing",
        [ST_SIGNATURE_OTHER_SCHEME] = "signature_scheme",
        [ST_SIGNATURE_MALFORMED] = "signature_malformed",
        [ST_SIGNATURE_TOO_MANY] = "signature_limit",
        [ST_SIGNATURE_MISMATCH] = "signature_mismatch",
        [ST_SIGNATURE_OLD] = "timestamp_too_old",
        [ST_SIGNATURE_FUTURE] = "timestamp_in_future",
    };
    return names[fault];
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Reads the digits of t as they have to be written: what is signed is the text, and one time has
   one text. */
static bool read_time(st_signature *s, const char *p, size_t n)
{
    if (n == 0 || n > ST_SIGNATURE_TIME_DIGITS || (n > 1 && *p == '0')) return false;
    s->time = 0;
    s->time_text = p;
    s->time_length = n;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') return false;
        s->time = s->time * 10 + (p[i] - '0');
    }
    return true;
}

static bool read_value(unsigned char *value, const char *p, size_t n)
{
    if (n != 2 * ST_SIGNATURE_SIZE) return false;
    for (size_t i = 0; i < ST_SIGNATURE_SIZE; i++) {
        int high = digit_of(p[2 * i]), low = digit_of(p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        value[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* What was met on the way through a header. */
typedef struct seen {
    int times, signatures; /* signatures: elements v1, whether they can be one or not */
    bool time_good, schemes;
} seen;

static bool names(const char *name, size_t n, const char *wanted)
{
    return n == strlen(wanted) && memcmp(name, wanted, n) == 0;
}

/* Takes one element, without space around it; false: one signature too many. */
static bool take(st_signature *s, seen *met, const char *p, size_t n)
{
    const char *equals = memchr(p, '=', n);
    size_t name = equals ? (size_t)(equals - p) : n;
    const char *value = equals ? equals + 1 : p + n;
    size_t length = (size_t)(p + n - value);
    if (names(p, name, "t")) {
        if (met->times++ == 0) met->time_good = read_time(s, value, length);
    } else if (names(p, name, "v1")) {
        unsigned char bytes[ST_SIGNATURE_SIZE];
        met->signatures++;
        if (!read_value(bytes, value, length)) return true;
        if (s->count == ST_SIGNATURE_COUNT_MAX) return false;
        memcpy(s->values[s->count++], bytes, sizeof bytes);
    } else if (name > 1 && p[0] == 'v' && p[1] >= '0' && p[1] <= '9') {
        met->schemes = true;
    }
    return true;
}

static st_signature_fault verdict(const st_signature *s, const seen *met)
{
    if (met->times == 0 && met->signatures == 0 && !met->schemes)
        return ST_SIGNATURE_HEADER_FOREIGN;
    if (met->times == 0) return ST_SIGNATURE_TIME_MISSING;
    if (met->times > 1) return ST_SIGNATURE_TIME_REPEATED;
    if (!met->time_good) return ST_SIGNATURE_TIME_MALFORMED;
    if (met->signatures == 0)
        return met->schemes ? ST_SIGNATURE_OTHER_SCHEME : ST_SIGNATURE_MISSING;
    return s->count == 0 ? ST_SIGNATURE_MALFORMED : ST_SIGNATURE_FINE;
}

st_signature_fault st_signature_read(st_signature *s, const char *header, size_t n)
{
    seen met = { 0, 0, false, false };
    const char *p = header, *end = header + n;
    s->time_text = NULL;
    s->time_length = 0;
    s->time = 0;
    s->count = 0;
    if (n > ST_SIGNATURE_HEADER_MAX) return ST_SIGNATURE_HEADER_LONG;
    while (p < end && is_space(*p)) p++;
    if (p == end) return ST_SIGNATURE_HEADER_EMPTY;
    while (p < end) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        const char *first = p, *last = comma ? comma : end;
        while (first < last && is_space(*first)) first++;
        while (last > first && is_space(last[-1])) last--;
        if (!take(s, &met, first, (size_t)(last - first))) return ST_SIGNATURE_TOO_MANY;
        p = comma ? comma + 1 : end;
    }
    return verdict(s, &met);
}

bool st_signature_holds(const st_signature *s, const unsigned char value[ST_SIGNATURE_SIZE])
{
    unsigned found = 0;
    for (int i = 0; i < s->count; i++)
        found |= CRYPTO_memcmp(s->values[i], value, ST_SIGNATURE_SIZE) == 0;
    return found != 0;
}

st_signature_fault st_signature_judge_age(long long age, double tolerance, double future)
{
    if (tolerance >= 0 && (double)age > tolerance) return ST_SIGNATURE_OLD;
    if (future >= 0 && (double)-age > future) return ST_SIGNATURE_FUTURE;
    return ST_SIGNATURE_FINE;
}

/* Fetching the algorithm costs as much as a small HMAC, so the context is kept. */
static bool prepare(st_signer *signer)
{
    if (signer->context) return true;
    EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
    if (!mac) return false;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac); /* the context has a reference of its own */
    if (!context) return false;
    char digest[] = "SHA256"; /* the parameter's type wants it writable */
    OSSL_PARAM settings[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    if (!EVP_MAC_CTX_set_params(context, settings)) {
        EVP_MAC_CTX_free(context);
        return false;
    }
    signer->context = context;
    return true;
}

bool st_signer_sign(st_signer *signer, const void *secret, size_t secret_length,
                    const char *time_text, size_t time_length, const void *body,
                    size_t body_length, unsigned char out[ST_SIGNATURE_SIZE])
{
    size_t length = 0;
    if (!prepare(signer)) return false;
    EVP_MAC_CTX *context = signer->context;
    return EVP_MAC_init(context, secret, secret_length, NULL) &&
           EVP_MAC_update(context, (const unsigned char *)time_text, time_length) &&
           EVP_MAC_update(context, (const unsigned char *)".", 1) &&
           EVP_MAC_update(context, body, body_length) &&
           EVP_MAC_final(context, out, &length, ST_SIGNATURE_SIZE) &&
           length == ST_SIGNATURE_SIZE;
}

void st_signer_free(st_signer *signer)
{
    EVP_MAC_CTX_free(signer->context);
    signer->context = NULL;
}
