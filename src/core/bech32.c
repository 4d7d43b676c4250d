/* bech32.c - ring 1: bitcoin's segregated witness addresses. [BIP-173, BIP-350] */
#include "bech32.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { CHECKSUM = 6, LAST_VERSION = 16 };

/* What the checksum of sound data comes to. */
static const uint32_t BECH32 = 1, BECH32M = 0x2bc830a3;

static int value_of(char c)
{
    static const char values[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const char *found = c ? strchr(values, c) : NULL;
    return found ? (int)(found - values) : -1;
}

/* One more value of five bits, into a checksum of thirty. */
static uint32_t mix(uint32_t sum, int value)
{
    static const uint32_t generator[] = {
        0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
    };
    uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ (uint32_t)value;
    for (int i = 0; i < 5; i++)
        if (top >> i & 1) sum ^= generator[i];
    return sum;
}

/* The text in small letters; false when it has letters of both kinds. */
static bool lower(char *out, const char *text, size_t n)
{
    bool small = false, capital = false;
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        bool is_capital = c >= 'A' && c <= 'Z';
        small = small || (c >= 'a' && c <= 'z');
        capital = capital || is_capital;
        out[i] = is_capital ? (char)(c - 'A' + 'a') : c;
    }
    return !(small && capital);
}

/* Values of five bits become bytes; false when what is left over is more than padding. */
static bool regroup(st_bech32 *address, const unsigned char *values, size_t n)
{
    unsigned bits = 0, count = 0;
    address->length = 0;
    for (size_t i = 0; i < n; i++) {
        bits = bits << 5 | values[i];
        count += 5;
        if (count < 8) continue;
        count -= 8;
        address->program[address->length++] = (unsigned char)(bits >> count & 255);
    }
    return count < 5 && (bits & ((1U << count) - 1)) == 0;
}

static st_bech32_fault read_program(st_bech32 *address, const unsigned char *values, size_t n)
{
    /* Rounded down: 65 values are 40 bytes and a bit more, which regroup refuses. */
    if (n * 5 / 8 > ST_BECH32_PROGRAM) return ST_BECH32_SIZE;
    if (!regroup(address, values, n)) return ST_BECH32_PADDING;
    if (address->length < 2) return ST_BECH32_SIZE;
    if (address->version == 0 && address->length != 20 && address->length != 32)
        return ST_BECH32_SIZE;
    return ST_BECH32_FINE;
}

st_bech32_fault st_bech32_read(st_bech32 *address, const char *text, size_t n)
{
    char small[ST_BECH32_TEXT];
    unsigned char values[ST_BECH32_TEXT];
    uint32_t sum = 1;
    if (n > ST_BECH32_TEXT) return ST_BECH32_LENGTH;
    if (!lower(small, text, n)) return ST_BECH32_CASE;
    size_t prefix = n;
    while (prefix > 0 && small[prefix - 1] != '1') prefix--;
    if (prefix < 2 || prefix > ST_BECH32_PREFIX + 1 || n - prefix < CHECKSUM + 1)
        return ST_BECH32_FORM;
    memcpy(address->prefix, small, prefix - 1);
    address->prefix[prefix - 1] = '\0';
    for (size_t i = 0; i < prefix - 1; i++) {
        if (small[i] < 33 || small[i] > 126) return ST_BECH32_ALPHABET;
        sum = mix(sum, small[i] >> 5);
    }
    sum = mix(sum, 0);
    for (size_t i = 0; i < prefix - 1; i++) sum = mix(sum, small[i] & 31);
    size_t count = n - prefix;
    for (size_t i = 0; i < count; i++) {
        int value = value_of(small[prefix + i]);
        if (value < 0) return ST_BECH32_ALPHABET;
        values[i] = (unsigned char)value;
        sum = mix(sum, value);
    }
    if (sum != BECH32 && sum != BECH32M) return ST_BECH32_CHECKSUM;
    address->version = values[0];
    if (address->version > LAST_VERSION) return ST_BECH32_VERSION;
    if ((address->version == 0) != (sum == BECH32)) return ST_BECH32_VARIANT;
    return read_program(address, values + 1, count - 1 - CHECKSUM);
}
