/* number.c - ring 1: numbers as text and back, whatever the locale. */
#include "number.h"

#include <limits.h>
#include <math.h>
#include <stdio.h> /* snprintf */
#include <stdlib.h> /* strtod */
#include <string.h>

enum { DIGITS = 17, ROUND = 15 };

/* 0.d1d2d3... times ten to the point. */
typedef struct digits {
    char text[DIGITS + 1];
    int count, point;
} digits;

/* The value of the digits. Written without a decimal point, since strtod follows the locale. */
static double value_of(const digits *d)
{
    char text[DIGITS + 16];
    snprintf(text, sizeof text, "%.*se%d", d->count, d->text, d->point - d->count);
    return strtod(text, NULL);
}

/* Adds one to the last digit. */
static void increment(digits *d)
{
    int i = d->count - 1;
    while (i >= 0 && d->text[i] == '9') d->text[i--] = '0';
    if (i >= 0) {
        d->text[i]++;
        return;
    }
    d->text[0] = '1'; /* 999 became 000: 1000, whose last 0 may go */
    d->point++;
}

/* Rounds a positive x to count digits. Whatever byte printf puts between them is the locale's. */
static void round_to(double x, int count, digits *d)
{
    char text[64];
    snprintf(text, sizeof text, "%.*e", count - 1, x);
    const char *exponent = strrchr(text, 'e');
    d->count = 0;
    for (const char *p = text; p < exponent && d->count < count; p++)
        if (*p >= '0' && *p <= '9') d->text[d->count++] = *p;
    d->point = (int)strtol(exponent + 1, NULL, 10) + 1;
}

/* The fewest digits that read back as x. Just above a power of two the nearest decimal of a
   length may miss x while the next larger one does not. */
static void shortest(double x, digits *d)
{
    for (int count = 1; count <= DIGITS; count++) {
        round_to(x, count, d);
        if (value_of(d) == x) break;
        digits next = *d;
        increment(&next);
        if (value_of(&next) == x) {
            *d = next;
            break;
        }
    }
    while (d->count > 1 && d->text[d->count - 1] == '0') d->count--;
}

typedef struct writer {
    char *out;
    size_t length;
} writer;

static void put(writer *w, const char *bytes, int n)
{
    memcpy(w->out + w->length, bytes, (size_t)n);
    w->length += (size_t)n;
}

static void zeros(writer *w, int n)
{
    for (; n > 0; n--) put(w, "0", 1);
}

/* 1234.5, 0.00123, 12300 */
static void plain(writer *w, const digits *d)
{
    if (d->point <= 0) {
        put(w, "0.", 2);
        zeros(w, -d->point);
        put(w, d->text, d->count);
    } else if (d->point >= d->count) {
        put(w, d->text, d->count);
        zeros(w, d->point - d->count);
    } else {
        put(w, d->text, d->point);
        put(w, ".", 1);
        put(w, d->text + d->point, d->count - d->point);
    }
}

/* 1.23e+45 */
static void scientific(writer *w, const digits *d)
{
    put(w, d->text, 1);
    if (d->count > 1) {
        put(w, ".", 1);
        put(w, d->text + 1, d->count - 1);
    }
    char exponent[16];
    put(w, exponent, snprintf(exponent, sizeof exponent, "e%+d", d->point - 1));
}

static size_t write(double x, char *out, int most, bool allow_exponent)
{
    writer w = { out, 0 };
    if (x == 0) {
        put(&w, "0", 1);
    } else {
        digits d;
        shortest(fabs(x), &d);
        if (d.count > most) return 0;
        if (x < 0) put(&w, "-", 1);
        bool small = d.point > -6 && d.point <= 21;
        if (allow_exponent && !small) scientific(&w, &d);
        else plain(&w, &d);
    }
    out[w.length] = '\0';
    return w.length;
}

size_t st_number_text(double x, char out[ST_NUMBER_SIZE])
{
    return write(x, out, DIGITS, true);
}

size_t st_number_decimal(double x, char out[ST_NUMBER_SIZE])
{
    return write(x, out, ROUND, false);
}

static size_t count_digits(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && text[i] >= '0' && text[i] <= '9') i++;
    return i;
}

bool st_number_is_decimal(const char *text, size_t n, int *fraction)
{
    const char *end = text + n;
    *fraction = 0;
    if (n > 0 && (*text == '-' || *text == '+')) text++;
    size_t whole = count_digits(text, (size_t)(end - text));
    text += whole;
    if (whole == 0) return false;
    if (text == end) return true;
    if (*text++ != '.') return false;
    size_t behind = count_digits(text, (size_t)(end - text));
    if (behind == 0 || text + behind != end) return false;
    while (behind > 0 && text[behind - 1] == '0') behind--;
    *fraction = behind > INT_MAX ? INT_MAX : (int)behind;
    return true;
}

bool st_number_integer(const char *text, size_t n, long long *value)
{
    bool negative = n > 0 && *text == '-';
    const char *p = text + negative, *end = text + n;
    long long sum = 0; /* kept below zero: that side holds one more */
    if (p == end) return false;
    for (; p < end; p++) {
        if (*p < '0' || *p > '9') return false;
        int digit = *p - '0';
        if (sum < (LLONG_MIN + digit) / 10) return false;
        sum = sum * 10 - digit;
    }
    if (!negative && sum == LLONG_MIN) return false;
    *value = negative ? sum : -sum;
    return true;
}
