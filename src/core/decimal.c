/* decimal.c - ring 1: exact decimal numbers of up to 128 digits. */
#include "decimal.h"

#include "number.h"

#include <math.h> /* isfinite */
#include <string.h>

enum { MAX = ST_DECIMAL_DIGITS };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Drops leading zeros; zero has no sign. */
static void normalize(st_decimal *d)
{
    while (d->length > 0 && d->digits[d->length - 1] == 0) d->length--;
    if (d->length == 0) d->negative = false;
}

/* The digit whose weight is 10^power. */
static int digit_at(const st_decimal *d, int power)
{
    int i = power + d->scale;
    return i >= 0 && i < d->length ? d->digits[i] : 0;
}

/* The power above the first digit: 2 for 12.5, 0 or less for fractions. */
static int top_of(const st_decimal *d)
{
    return d->length - d->scale;
}

enum st_decimal_error st_decimal_parse(st_decimal *d, const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    st_decimal result = { .length = 0 };
    if (p < end && (*p == '-' || *p == '+')) result.negative = *p++ == '-';
    const char *whole = p;
    while (p < end && is_digit(*p)) p++;
    const char *point = p;
    if (p == whole) return ST_DECIMAL_SYNTAX;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        while (p < end && is_digit(*p)) p++;
        if (p == fraction) return ST_DECIMAL_SYNTAX;
        if (p - fraction > MAX) return ST_DECIMAL_OVERFLOW;
        result.scale = (int)(p - fraction);
    }
    if (p != end) return ST_DECIMAL_SYNTAX;
    while (whole < point && *whole == '0') whole++;
    if (point - whole + result.scale > MAX) return ST_DECIMAL_OVERFLOW;
    while (p > whole)
        if (*--p != '.') result.digits[result.length++] = (unsigned char)(*p - '0');
    normalize(&result);
    *d = result;
    return ST_DECIMAL_OK;
}

void st_decimal_from_integer(st_decimal *d, long long n)
{
    st_decimal result = { .negative = n < 0 };
    unsigned long long rest = n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n;
    for (; rest > 0; rest /= 10) result.digits[result.length++] = (unsigned char)(rest % 10);
    *d = result;
}

enum st_decimal_error st_decimal_from_double(st_decimal *d, double n)
{
    char text[ST_NUMBER_SIZE];
    if (!isfinite(n)) return ST_DECIMAL_NOT_FINITE;
    size_t length = st_number_decimal(n, text);
    return length > 0 ? st_decimal_parse(d, text, length) : ST_DECIMAL_INEXACT;
}

size_t st_decimal_text(const st_decimal *d, char out[ST_DECIMAL_TEXT])
{
    char *p = out;
    int top = top_of(d);
    if (d->negative) *p++ = '-';
    for (int power = top > 0 ? top - 1 : 0; power >= -d->scale; power--) {
        if (power == -1) *p++ = '.';
        *p++ = (char)('0' + digit_at(d, power));
    }
    *p = '\0';
    return (size_t)(p - out);
}

bool st_decimal_integer(const st_decimal *d, long long *out)
{
    const unsigned long long most = 9223372036854775807ULL + d->negative;
    unsigned long long n = 0;
    for (int i = d->length - 1; i >= 0; i--) {
        unsigned digit = d->digits[i];
        if (i < d->scale) {
            if (digit) return false;
            continue;
        }
        if (n > (most - digit) / 10) return false;
        n = n * 10 + digit;
    }
    *out = d->negative ? (long long)(0 - n) : (long long)n;
    return true;
}

int st_decimal_sign(const st_decimal *d)
{
    return d->length == 0 ? 0 : d->negative ? -1 : 1;
}

/* Compares without the signs. */
static int compare_sizes(const st_decimal *a, const st_decimal *b)
{
    int top = top_of(a) > top_of(b) ? top_of(a) : top_of(b);
    int bottom = a->scale > b->scale ? -a->scale : -b->scale;
    for (int power = top - 1; power >= bottom; power--) {
        int difference = digit_at(a, power) - digit_at(b, power);
        if (difference != 0) return difference < 0 ? -1 : 1;
    }
    return 0;
}

int st_decimal_compare(const st_decimal *a, const st_decimal *b)
{
    int sign = st_decimal_sign(a), other = st_decimal_sign(b);
    if (sign != other) return sign < other ? -1 : 1;
    return sign * compare_sizes(a, b);
}

void st_decimal_negate(st_decimal *out, const st_decimal *d)
{
    *out = *d;
    out->negative = d->length > 0 && !d->negative;
}

/* |a| + |b|, or |a| - |b| where |a| is the larger. */
static enum st_decimal_error combine(st_decimal *out, const st_decimal *a, const st_decimal *b,
                                     int sign, bool negative)
{
    st_decimal result = { .negative = negative };
    result.scale = a->scale > b->scale ? a->scale : b->scale;
    int top = top_of(a) > top_of(b) ? top_of(a) : top_of(b), carry = 0;
    for (int power = -result.scale; power < top || carry != 0; power++) {
        int digit = digit_at(a, power) + sign * digit_at(b, power) + carry;
        carry = digit < 0 ? -1 : digit / 10;
        if (digit < 0) digit += 10;
        if (result.length == MAX) {
            if (digit == 0 && carry == 0) continue;
            return ST_DECIMAL_OVERFLOW;
        }
        result.digits[result.length++] = (unsigned char)(digit % 10);
    }
    normalize(&result);
    *out = result;
    return ST_DECIMAL_OK;
}

enum st_decimal_error st_decimal_add(st_decimal *out, const st_decimal *a, const st_decimal *b)
{
    if (a->negative == b->negative) return combine(out, a, b, 1, a->negative);
    if (compare_sizes(a, b) >= 0) return combine(out, a, b, -1, a->negative);
    return combine(out, b, a, -1, b->negative);
}

enum st_decimal_error st_decimal_subtract(st_decimal *out, const st_decimal *a,
                                          const st_decimal *b)
{
    st_decimal negated;
    st_decimal_negate(&negated, b);
    return st_decimal_add(out, a, &negated);
}

enum st_decimal_error st_decimal_multiply(st_decimal *out, const st_decimal *a,
                                          const st_decimal *b)
{
    unsigned sums[2 * MAX] = { 0 }; /* each at most 128 * 81 before the carries */
    st_decimal result = { .scale = a->scale + b->scale, .negative = a->negative != b->negative };
    if (result.scale > MAX) return ST_DECIMAL_OVERFLOW;
    for (int i = 0; i < a->length; i++)
        for (int k = 0; k < b->length; k++) sums[i + k] += (unsigned)a->digits[i] * b->digits[k];
    unsigned carry = 0;
    for (int i = 0; i < a->length + b->length; i++) {
        unsigned digit = sums[i] + carry;
        carry = digit / 10;
        if (i < MAX) result.digits[result.length++] = (unsigned char)(digit % 10);
        else if (digit % 10 != 0) return ST_DECIMAL_OVERFLOW;
    }
    normalize(&result);
    *out = result;
    return ST_DECIMAL_OK;
}

/* What was cut off, against half of the last place that stays. */
enum rest { NOTHING, BELOW_HALF, HALF, ABOVE_HALF };

/* Whether a cut-off value moves away from zero. */
static bool moves_up(enum st_rounding mode, enum rest rest, bool negative, bool odd)
{
    if (rest == NOTHING) return false;
    switch (mode) {
    case ST_HALF_EVEN: return rest == ABOVE_HALF || (rest == HALF && odd);
    case ST_HALF_UP: return rest >= HALF;
    case ST_HALF_DOWN: return rest == ABOVE_HALF;
    case ST_UP: return true;
    case ST_CEILING: return !negative;
    case ST_FLOOR: return negative;
    case ST_DOWN: break;
    }
    return false;
}

/* Adds one to the last digit of the magnitude. */
static enum st_decimal_error increment(st_decimal *d)
{
    int i = 0;
    while (i < d->length && d->digits[i] == 9) d->digits[i++] = 0;
    if (i < d->length) {
        d->digits[i]++;
    } else {
        if (d->length == MAX) return ST_DECIMAL_OVERFLOW;
        d->digits[d->length++] = 1;
    }
    return ST_DECIMAL_OK;
}

/* What of d lies below 10^power. */
static enum rest rest_below(const st_decimal *d, int power)
{
    int first = digit_at(d, power - 1);
    bool more = false;
    for (int p = power - 2; p >= -d->scale && !more; p--) more = digit_at(d, p) != 0;
    if (first == 0 && !more) return NOTHING;
    if (first == 5 && !more) return HALF;
    return first >= 5 ? ABOVE_HALF : BELOW_HALF;
}

enum st_decimal_error st_decimal_round(st_decimal *out, const st_decimal *d,
                                       enum st_rounding mode, int places)
{
    int top = top_of(d);
    enum rest rest = rest_below(d, -places);
    bool up = moves_up(mode, rest, d->negative, digit_at(d, -places) % 2 != 0);
    st_decimal result = { .negative = d->negative };
    /* The kept digits as a whole number of units of 10^-places. */
    for (int power = -places; power < top; power++) {
        if (result.length == MAX) return ST_DECIMAL_OVERFLOW;
        result.digits[result.length++] = (unsigned char)digit_at(d, power);
    }
    if (up && increment(&result) != ST_DECIMAL_OK) return ST_DECIMAL_OVERFLOW;
    if (places < 0 && result.length > 0) {
        if (result.length - places > MAX) return ST_DECIMAL_OVERFLOW;
        memmove(result.digits - places, result.digits, (size_t)result.length);
        memset(result.digits, 0, (size_t)-places);
        result.length -= places;
    }
    result.scale = places > 0 ? places : 0;
    normalize(&result);
    *out = result;
    return ST_DECIMAL_OK;
}

/* Room for a dividend or divisor brought to whole numbers: digits, the other's scale, places. */
enum { WIDE = 3 * MAX + 1 };

typedef struct wide {
    unsigned char digits[WIDE]; /* least significant first */
    int length;
} wide;

static int compare_wide(const wide *a, const wide *b)
{
    if (a->length != b->length) return a->length < b->length ? -1 : 1;
    for (int i = a->length - 1; i >= 0; i--)
        if (a->digits[i] != b->digits[i]) return a->digits[i] < b->digits[i] ? -1 : 1;
    return 0;
}

/* a -= b, where a is not the smaller. */
static void subtract_wide(wide *a, const wide *b)
{
    int borrow = 0;
    for (int i = 0; i < a->length; i++) {
        int digit = a->digits[i] - (i < b->length ? b->digits[i] : 0) - borrow;
        borrow = digit < 0;
        a->digits[i] = (unsigned char)(borrow ? digit + 10 : digit);
    }
    while (a->length > 0 && a->digits[a->length - 1] == 0) a->length--;
}

/* n = n * 10 + digit */
static void push_digit(wide *n, int digit)
{
    if (n->length == 0 && digit == 0) return;
    memmove(n->digits + 1, n->digits, (size_t)n->length);
    n->digits[0] = (unsigned char)digit;
    n->length++;
}

enum st_decimal_error st_decimal_divide(st_decimal *out, const st_decimal *a, const st_decimal *b,
                                        int places, enum st_rounding mode)
{
    if (b->length == 0) return ST_DECIMAL_ZERO_DIVISION;
    /* |a| / |b| in units of 10^-places is a's digits times 10^shift over b's digits. */
    int shift = places + b->scale - a->scale;
    st_decimal result = { .scale = places, .negative = a->negative != b->negative };
    wide divisor = { .length = 0 }, rest = { .length = 0 };
    for (int i = b->length - 1; i >= (shift < 0 ? shift : 0); i--)
        push_digit(&divisor, i >= 0 ? b->digits[i] : 0);
    unsigned char quotient[WIDE];
    int count = 0;
    for (int i = a->length - 1; i >= (shift > 0 ? -shift : 0); i--) {
        push_digit(&rest, i >= 0 ? a->digits[i] : 0);
        int digit = 0;
        for (; compare_wide(&rest, &divisor) >= 0; digit++) subtract_wide(&rest, &divisor);
        if (count > 0 || digit > 0) {
            if (count == MAX) return ST_DECIMAL_OVERFLOW;
            quotient[count++] = (unsigned char)digit;
        }
    }
    result.length = count;
    for (int i = 0; i < count; i++) result.digits[i] = quotient[count - 1 - i];
    enum rest cut = NOTHING;
    if (rest.length > 0) {
        subtract_wide(&divisor, &rest); /* what the remainder lacks for one more unit */
        int order = compare_wide(&rest, &divisor);
        cut = order < 0 ? BELOW_HALF : order == 0 ? HALF : ABOVE_HALF;
    }
    bool odd = count > 0 && result.digits[0] % 2 != 0;
    if (moves_up(mode, cut, result.negative, odd) && increment(&result) != ST_DECIMAL_OK)
        return ST_DECIMAL_OVERFLOW;
    normalize(&result);
    *out = result;
    return ST_DECIMAL_OK;
}
