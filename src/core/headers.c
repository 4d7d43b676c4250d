/* headers.c - ring 1: an ordered list of HTTP headers, names without regard to case. */
#include "headers.h"

#include <stdint.h>
#include <string.h>
#include <strings.h> /* strcasecmp */

void st_headers_init(st_headers *h, size_t cap)
{
    st_buffer_init(&h->text, cap);
}

void st_headers_free(st_headers *h)
{
    st_buffer_wipe(&h->text);
}

void st_headers_reset(st_headers *h)
{
    st_buffer_reset(&h->text);
}

static bool letter(unsigned char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool in_token(unsigned char c)
{
    if (letter(c) || c == '-' || (c >= '0' && c <= '9')) return true; /* mostly */
    return c != 0 && strchr("!#$%&'*+.^_`|~", c);
}

bool st_headers_valid_name(st_text name)
{
    size_t i = 0;
    while (i < name.length && in_token((unsigned char)name.data[i])) i++;
    return i == name.length && i > 0;
}

static bool control(unsigned char c)
{
    return (c < ' ' && c != '\t') || c == 0x7f;
}

/* Whether one of eight bytes is below 32 or 127; some others may be taken for one. */
static bool suspicious(const char *bytes)
{
    const uint64_t ones = ~(uint64_t)0 / 255, tops = ones << 7;
    uint64_t word, no_delete;
    memcpy(&word, bytes, sizeof word);
    no_delete = word ^ (ones * 0x7f);
    return ((word - ones * ' ') & ~word & tops) || ((no_delete - ones) & ~no_delete & tops);
}

bool st_headers_valid_value(st_text value)
{
    size_t i = 0;
    while (i < value.length) {
        if (value.length - i >= 8 && !suspicious(value.data + i)) i += 8;
        else if (!control((unsigned char)value.data[i])) i++;
        else return false;
    }
    return true;
}

bool st_headers_add(st_headers *h, st_text name, st_text value)
{
    if (!st_headers_valid_name(name) || !st_headers_valid_value(value)) return false;
    char *at = st_buffer_extend(&h->text, name.length + value.length + 2); /* no half of a header */
    if (!at) return false;
    memcpy(at, name.data, name.length);
    at[name.length] = '\0';
    at += name.length + 1;
    if (value.length) memcpy(at, value.data, value.length);
    at[value.length] = '\0';
    return true;
}

static void forget(st_headers *h, st_text name)
{
    size_t next = 0;
    st_header header;
    for (size_t at = 0; st_headers_next(h, &next, &header); at = next) {
        if (strlen(header.name) != name.length) continue;
        if (strncasecmp(header.name, name.data, name.length) != 0) continue;
        memmove(h->text.data + at, h->text.data + next, h->text.length - next);
        st_buffer_truncate(&h->text, h->text.length - (next - at));
        next = at;
    }
}

/* x-custom-THING becomes X-Custom-Thing. */
static void recase(char *name, size_t n)
{
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name[i];
        if (letter(c)) name[i] = (char)(first ? c & ~0x20 : c | 0x20);
        first = c == '-';
    }
}

bool st_headers_set(st_headers *h, st_text name, st_text value)
{
    forget(h, name);
    size_t at = h->text.length;
    if (!st_headers_add(h, name, value)) return false;
    recase(h->text.data + at, name.length);
    return true;
}

const char *st_headers_find(const st_headers *h, const char *name)
{
    size_t position = 0;
    st_header header;
    while (st_headers_next(h, &position, &header)) {
        if ((*header.name ^ *name) & ~0x20) continue; /* most differ in the first letter */
        if (strcasecmp(header.name, name) == 0) return header.value;
    }
    return NULL;
}

bool st_headers_next(const st_headers *h, size_t *position, st_header *out)
{
    if (*position >= h->text.length) return false;
    out->name = h->text.data + *position;
    out->value = out->name + strlen(out->name) + 1;
    *position = (size_t)(out->value + strlen(out->value) + 1 - h->text.data);
    return true;
}
