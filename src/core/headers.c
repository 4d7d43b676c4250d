/* headers.c - ring 1: an ordered list of HTTP headers, names without regard to case. */
#include "headers.h"

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
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool st_headers_valid_name(st_text name)
{
    for (size_t i = 0; i < name.length; i++) {
        unsigned char c = (unsigned char)name.data[i];
        if (letter(c) || (c >= '0' && c <= '9')) continue;
        if (c == 0 || !strchr("!#$%&'*+-.^_`|~", c)) return false;
    }
    return name.length > 0;
}

bool st_headers_valid_value(st_text value)
{
    for (size_t i = 0; i < value.length; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

bool st_headers_add(st_headers *h, st_text name, st_text value)
{
    if (!st_headers_valid_name(name) || !st_headers_valid_value(value)) return false;
    size_t before = h->text.length;
    if (st_buffer_append(&h->text, name.data, name.length) && st_buffer_byte(&h->text, 0) &&
        st_buffer_append(&h->text, value.data, value.length) && st_buffer_byte(&h->text, 0))
        return true;
    st_buffer_truncate(&h->text, before); /* no half of a header */
    return false;
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
    while (st_headers_next(h, &position, &header))
        if (strcasecmp(header.name, name) == 0) return header.value;
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
