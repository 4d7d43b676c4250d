/* squeeze.c - libFuzzer: JSON texts. What was squeezed to its end stays as it is then. */
#include "../src/core/squeeze.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t room = size ? size : 1; /* nothing behind it, so that reading on is seen */
    char *text = malloc(room), *again = malloc(room);
    if (!text || !again) abort();
    if (size) memcpy(text, data, size);
    size_t length = size;
    bool whole = st_squeeze(text, &length);
    if (length > size) abort();
    if (whole) {
        size_t same = length;
        memcpy(again, text, length);
        if (!st_squeeze(again, &same) || same != length || memcmp(text, again, same) != 0) abort();
    }
    free(text);
    free(again);
    return 0;
}
