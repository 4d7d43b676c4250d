/* sequence.c - ring 1: numbers and texts that a seed decides. */
#include "sequence.h"

#include <string.h>

enum { PER_DRAW = 4 }; /* characters: 128^4 is below the range of a number */

int64_t st_sequence_next(st_sequence *s)
{
    s->a = s->a * 40014 % ST_SEQUENCE_A;
    s->b = s->b * 40692 % ST_SEQUENCE_B;
    int64_t n = (s->a - s->b) % (ST_SEQUENCE_A - 1);
    return n < 0 ? n + (ST_SEQUENCE_A - 1) : n;
}

void st_sequence_text(st_sequence *s, const char *alphabet, char *out, size_t n)
{
    uint32_t size = (uint32_t)strlen(alphabet), pairs = size * size;
    for (size_t i = 0; i < n; i += PER_DRAW) {
        uint32_t drawn = (uint32_t)st_sequence_next(s);
        uint32_t first = drawn % pairs, second = drawn / pairs % pairs;
        char four[PER_DRAW] = {
            alphabet[first / size], alphabet[first % size],
            alphabet[second / size], alphabet[second % size],
        };
        memcpy(out + i, four, n - i < PER_DRAW ? n - i : PER_DRAW);
    }
}
