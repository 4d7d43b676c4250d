/* strkey.c - ring 1: keys as stellar writes them. [SEP-23] */
#include "strkey.h"

#include <stdint.h>

enum {
    KEY = 32,
    SUB_ACCOUNT = 8,
    AROUND = 3, /* bytes beside the key: its kind, and the checksum */
    MOST = KEY + SUB_ACCOUNT + AROUND
};

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= '2' && c <= '7') return c - '2' + 26;
    return -1;
}

static uint16_t crc16(const unsigned char *bytes, size_t n)
{
    uint16_t crc = 0;
    for (size_t i = 0; i < n; i++) {
        crc ^= (uint16_t)(bytes[i] << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

st_strkey_fault st_strkey_check(const char *text, size_t n, int kind)
{
    unsigned char bytes[MOST];
    size_t size = kind == ST_STRKEY_MUXED ? MOST : KEY + AROUND, length = 0;
    unsigned bits = 0, count = 0;
    for (size_t i = 0; i < n; i++)
        if (value_of(text[i]) < 0) return ST_STRKEY_ALPHABET;
    if (n != (size * 8 + 4) / 5) return ST_STRKEY_LENGTH;
    for (size_t i = 0; i < n; i++) {
        bits = (bits << 5 | (unsigned)value_of(text[i])) & 0xfff;
        count += 5;
        if (count < 8) continue;
        count -= 8;
        bytes[length++] = (unsigned char)(bits >> count & 255);
    }
    if (bits & ((1U << count) - 1)) return ST_STRKEY_PADDING;
    uint16_t crc = crc16(bytes, size - 2);
    if (bytes[size - 2] != (crc & 255) || bytes[size - 1] != crc >> 8) return ST_STRKEY_CHECKSUM;
    return bytes[0] == kind ? ST_STRKEY_FINE : ST_STRKEY_KIND;
}
