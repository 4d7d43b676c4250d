/* buffer.c - ring 1: a growable run of bytes with a hard cap. */
#include "buffer.h"

#include <stdio.h> /* snprintf */
#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 256 };

void st_wipe(void *bytes, size_t n)
{
    void *(*volatile overwrite)(void *, int, size_t) = memset; /* so that it is never left out */
    overwrite(bytes, 0, n);
}

void st_buffer_init(st_buffer *b, size_t cap)
{
    *b = (st_buffer){ .cap = cap };
}

void st_buffer_free(st_buffer *b)
{
    free(b->data);
    st_buffer_init(b, b->cap);
}

void st_buffer_wipe(st_buffer *b)
{
    if (b->data) st_wipe(b->data, b->capacity);
    st_buffer_free(b);
}

void st_buffer_reset(st_buffer *b)
{
    b->length = 0;
    b->state = ST_BUFFER_OK;
}

void st_buffer_truncate(st_buffer *b, size_t length)
{
    b->length = length;
}

/* Makes the run of bytes larger. Old bytes are wiped before they go: they may be secrets, and
   realloc would leave a copy behind. */
static bool grow(st_buffer *b, size_t n)
{
    size_t capacity = b->capacity ? b->capacity : n > SMALLEST ? n : SMALLEST;
    while (capacity - b->length < n) capacity = capacity > b->cap / 2 ? b->cap : capacity * 2;
    if (capacity > b->cap) capacity = b->cap;
    char *data = malloc(capacity);
    if (!data) {
        b->state = ST_BUFFER_NO_MEMORY;
        return false;
    }
    if (b->data) {
        memcpy(data, b->data, b->length);
        st_wipe(b->data, b->capacity);
        free(b->data);
    }
    b->data = data;
    b->capacity = capacity;
    return true;
}

bool st_buffer_reserve(st_buffer *b, size_t n)
{
    if (b->state != ST_BUFFER_OK) return false;
    if (n > b->cap - b->length) {
        b->state = ST_BUFFER_FULL;
        return false;
    }
    return n <= b->capacity - b->length || grow(b, n);
}

char *st_buffer_extend(st_buffer *b, size_t n)
{
    if (!st_buffer_reserve(b, n)) return NULL;
    b->length += n;
    return b->data + b->length - n;
}

bool st_buffer_append(st_buffer *b, const void *bytes, size_t n)
{
    if (n == 0) return b->state == ST_BUFFER_OK;
    char *at = st_buffer_extend(b, n);
    if (at) memcpy(at, bytes, n);
    return at != NULL;
}

bool st_buffer_text(st_buffer *b, const char *text)
{
    return st_buffer_append(b, text, strlen(text));
}

bool st_buffer_byte(st_buffer *b, char c)
{
    return st_buffer_append(b, &c, 1);
}

bool st_buffer_integer(st_buffer *b, long long n)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", n);
    return st_buffer_append(b, text, (size_t)length);
}

static bool unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static bool percent(st_buffer *b, const void *bytes, size_t n, bool keep_brackets)
{
    static const char hex[] = "0123456789ABCDEF";
    const unsigned char *p = bytes, *end = p + n;
    while (p < end) {
        const unsigned char *plain = p;
        while (p < end && (unreserved(*p) || (keep_brackets && (*p == '[' || *p == ']')))) p++;
        if (!st_buffer_append(b, plain, (size_t)(p - plain))) return false;
        if (p == end) break;
        char escape[3] = { '%', hex[*p >> 4], hex[*p & 15] };
        if (!st_buffer_append(b, escape, sizeof escape)) return false;
        p++;
    }
    return b->state == ST_BUFFER_OK;
}

bool st_buffer_form(st_buffer *b, const void *bytes, size_t n)
{
    return percent(b, bytes, n, true);
}

bool st_buffer_segment(st_buffer *b, const void *bytes, size_t n)
{
    return percent(b, bytes, n, false);
}
