/* text.c - ring 1: UTF-8, percent escapes, and how far two words are apart. */
#include "text.h"

/* The bytes of the character at p, 0 when it is broken. */
static int character(const unsigned char *p, const unsigned char *end)
{
    unsigned char first = *p;
    if (first < 0x80) return 1;
    int size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || end - p < size) return 0;
    for (int i = 1; i < size; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    if (first == 0xE0 && p[1] < 0xA0) return 0; /* over-long */
    if (first == 0xED && p[1] > 0x9F) return 0; /* surrogates */
    if (first == 0xF0 && p[1] < 0x90) return 0; /* over-long */
    if (first == 0xF4 && p[1] > 0x8F) return 0; /* above U+10FFFF */
    return size;
}

long long st_text_length(const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes, *end = p + n;
    long long count = 0;
    while (p < end) {
        int size = character(p, end);
        if (size == 0) return -1;
        p += size;
        count++;
    }
    return count;
}

/* The value of a hexadecimal digit, or -1. */
static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int st_text_escape(const char *p, const char *end)
{
    if (end - p < 3 || *p != '%' || hex(p[1]) < 0 || hex(p[2]) < 0) return -1;
    return hex(p[1]) << 4 | hex(p[2]);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

int st_text_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    if (a_length > ST_TEXT_WORD || b_length > ST_TEXT_WORD) return ST_TEXT_FAR;
    int m = (int)a_length, n = (int)b_length;
    int rows[3][ST_TEXT_WORD + 1]; /* the row at hand and the two before it, taking turns */
    for (int j = 0; j <= n; j++) rows[0][j] = j;
    for (int i = 1; i <= m; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least(change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], second[j - 2] + 1);
        }
    }
    return rows[m % 3][n];
}
