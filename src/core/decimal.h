/*
 * decimal.h - ring 1: exact decimal numbers of up to 128 digits.
 *
 * A value is a whole number and a scale, the count of digits behind the point: 1.50 and 1.5 are
 * equal, yet keep their texts. Nothing here rounds unless a mode is named, and a result that does
 * not fit is refused, so sums of money and of crypto assets (18 digits behind the point) balance
 * to the last digit. No floating point, no allocation; any argument may also be the result.
 */
#ifndef ST_CORE_DECIMAL_H
#define ST_CORE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum {
    ST_DECIMAL_DIGITS = 128,                /* most digits, and the largest scale */
    ST_DECIMAL_TEXT = ST_DECIMAL_DIGITS + 4 /* sign, a zero, the point, the NUL */
};

typedef struct st_decimal {
    unsigned char digits[ST_DECIMAL_DIGITS]; /* 0 to 9, the least significant first */
    int length;                              /* without leading zeros: 0 for zero */
    int scale;                               /* digits behind the point */
    bool negative;                           /* never of zero */
} st_decimal;

enum st_decimal_error {
    ST_DECIMAL_OK,
    ST_DECIMAL_SYNTAX,        /* not [+-] digits [. digits] */
    ST_DECIMAL_OVERFLOW,      /* more than 128 digits */
    ST_DECIMAL_INEXACT,       /* a double with more than 15 significant digits */
    ST_DECIMAL_NOT_FINITE,    /* a double that is no number, or an infinite one */
    ST_DECIMAL_ZERO_DIVISION
};

/* Toward which neighbour a value between two goes. */
enum st_rounding {
    ST_HALF_EVEN, /* the nearer; from the middle to the even one */
    ST_HALF_UP,   /* the nearer; from the middle away from zero */
    ST_HALF_DOWN, /* the nearer; from the middle toward zero */
    ST_UP,        /* away from zero */
    ST_DOWN,      /* toward zero */
    ST_CEILING,   /* toward positive infinity */
    ST_FLOOR      /* toward negative infinity */
};

/* Each sets d only on success. A double counts as what its shortest text says. */
enum st_decimal_error st_decimal_parse(st_decimal *d, const char *text, size_t n);
void st_decimal_from_integer(st_decimal *d, long long n);
enum st_decimal_error st_decimal_from_double(st_decimal *d, double n);

/* Writes d with all digits of its scale, no exponent, NUL-terminated: the length. */
size_t st_decimal_text(const st_decimal *d, char out[ST_DECIMAL_TEXT]);

/* The value as an integer; false when it has a fraction or does not fit. */
bool st_decimal_integer(const st_decimal *d, long long *out);

/* -1, 0 or 1; the scale does not matter. */
int st_decimal_sign(const st_decimal *d);
int st_decimal_compare(const st_decimal *a, const st_decimal *b);

void st_decimal_negate(st_decimal *out, const st_decimal *d);

/* The exact results; scales are the larger one, and their sum. */
enum st_decimal_error st_decimal_add(st_decimal *out, const st_decimal *a, const st_decimal *b);
enum st_decimal_error st_decimal_subtract(st_decimal *out, const st_decimal *a,
                                          const st_decimal *b);
enum st_decimal_error st_decimal_multiply(st_decimal *out, const st_decimal *a,
                                          const st_decimal *b);

/* d with exactly so many digits behind the point, zeros added where there were fewer. Negative
   places round to tens, hundreds and so on, with scale 0. places is at most 128 either way. */
enum st_decimal_error st_decimal_round(st_decimal *out, const st_decimal *d,
                                       enum st_rounding mode, int places);

/* a / b, rounded as a whole, so that there is no double rounding. places is 0 to 128. */
enum st_decimal_error st_decimal_divide(st_decimal *out, const st_decimal *a, const st_decimal *b,
                                        int places, enum st_rounding mode);

#pragma GCC visibility pop

#endif
