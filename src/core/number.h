/*
 * number.h - ring 1: numbers as text and back, whatever the locale.
 */
#ifndef ST_CORE_NUMBER_H
#define ST_CORE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

enum { ST_NUMBER_SIZE = 400 };

/* The largest whole number below which a double tells every two apart: 2^53. */
#define ST_NUMBER_EXACT 9007199254740992.0

/* Writes a finite number with the fewest digits that read back as the same number, laid out as
   JavaScript does: "0.1", "100", "1e+21", "1e-7"; -0 is "0". Returns the length; there is a NUL
   behind it. */
size_t st_number_text(double x, char out[ST_NUMBER_SIZE]);

/* The same without an exponent: "0.0000001". 0 when it takes more than 15 digits to tell the
   number from its neighbours: then its decimal text is an accident of binary arithmetic. */
size_t st_number_decimal(double x, char out[ST_NUMBER_SIZE]);

/* Whether the text is a decimal: a sign perhaps, digits, and a fraction perhaps. *fraction: its
   digits behind the point, trailing zeros left out. */
bool st_number_is_decimal(const char *text, size_t n, int *fraction);

/* Reads "-12": a minus perhaps and digits, nothing else, within 64 bits. */
bool st_number_integer(const char *text, size_t n, long long *value);

#pragma GCC visibility pop

#endif
