/* base58.c - ring 1: the 58 characters in which bitcoin and solana write bytes. */
#include "base58.h"

#include <openssl/sha.h>
#include <string.h>

/* Neither 0 nor O, neither I nor l. */
static int digit_of(char c)
{
    static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

size_t st_base58_span(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && digit_of(text[i]) >= 0) i++;
    return i;
}

int st_base58_read(const char *text, size_t n, unsigned char out[ST_BASE58_BYTES])
{
    unsigned char number[ST_BASE58_BYTES]; /* base 256, the least significant byte first */
    size_t length = 0, zeros = 0;
    if (n > ST_BASE58_TEXT) return -1;
    while (zeros < n && text[zeros] == '1') zeros++; /* each is a zero byte in front */
    for (size_t i = zeros; i < n; i++) {
        int carry = digit_of(text[i]);
        if (carry < 0) return -1;
        for (size_t j = 0; j < length; j++) {
            carry += 58 * number[j];
            number[j] = (unsigned char)(carry & 255);
            carry >>= 8;
        }
        if (carry) number[length++] = (unsigned char)carry; /* below 58: one byte holds it */
    }
    memset(out, 0, zeros);
    for (size_t i = 0; i < length; i++) out[zeros + i] = number[length - 1 - i];
    return (int)(zeros + length);
}

bool st_base58_checksum_fits(const unsigned char *bytes, size_t n)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    if (n < ST_BASE58_CHECKSUM) return false;
    SHA256(bytes, n - ST_BASE58_CHECKSUM, digest);
    SHA256(digest, sizeof digest, digest);
    return memcmp(digest, bytes + n - ST_BASE58_CHECKSUM, ST_BASE58_CHECKSUM) == 0;
}
