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

/* RFC 9110, 5.6.2: what may stand in a name. */
static const bool token[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1,
    ['-'] = 1, ['.'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1, ['~'] = 1,
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
    ['8'] = 1, ['9'] = 1,
    ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1, ['G'] = 1, ['H'] = 1,
    ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1, ['N'] = 1, ['O'] = 1, ['P'] = 1,
    ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1, ['V'] = 1, ['W'] = 1, ['X'] = 1,
    ['Y'] = 1, ['Z'] = 1,
    ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['g'] = 1, ['h'] = 1,
    ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1, ['o'] = 1, ['p'] = 1,
    ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1, ['w'] = 1, ['x'] = 1,
    ['y'] = 1, ['z'] = 1,
};

bool st_headers_valid_name(st_text name)
{
    const unsigned char *p = (const unsigned char *)name.data, *end = p + name.length;
    while (p < end && token[*p]) p++;
    return p == end && name.length > 0;
}

static bool control(unsigned char c)
{
    return (c < ' ' && c != '\t') || c == 0x7f;
}

/* Whether one of the bytes of a word is below 32 or 127; some others may be taken for one. */
static uint64_t suspicious(const char *bytes)
{
    const uint64_t ones = ~(uint64_t)0 / 255, tops = ones << 7;
    uint64_t word, no_delete;
    memcpy(&word, bytes, sizeof word);
    no_delete = word ^ (ones * 0x7f);
    return (((word - ones * ' ') & ~word) | ((no_delete - ones) & ~no_delete)) & tops;
}

static bool no_control(const char *p, const char *end)
{
    while (p < end && !control((unsigned char)*p)) p++;
    return p == end;
}

/* Whole words first, the last one overlapping the one before it. */
bool st_headers_valid_value(st_text value)
{
    const char *p = value.data, *end = p + value.length;
    uint64_t bad = 0;
    if (value.length < sizeof bad) return value.length == 0 || no_control(p, end);
    for (; end - p > (ptrdiff_t)sizeof bad; p += sizeof bad) bad |= suspicious(p);
    bad |= suspicious(end - sizeof bad);
    return !bad || no_control(value.data, end);
}

static bool add(st_headers *h, st_text name, st_text value)
{
    char *at = st_buffer_extend(&h->text, name.length + value.length + 2); /* no half of a header */
    if (!at) return false;
    memcpy(at, name.data, name.length);
    at[name.length] = '\0';
    at += name.length + 1;
    if (value.length) memcpy(at, value.data, value.length);
    at[value.length] = '\0';
    return true;
}

bool st_headers_append(st_headers *h, const st_headers *more)
{
    return st_buffer_append(&h->text, more->text.data, more->text.length);
}

bool st_headers_add(st_headers *h, st_text name, st_text value)
{
    if (!st_headers_valid_name(name) || !st_headers_valid_value(value)) return false;
    return add(h, name, value);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

bool st_headers_add_line(st_headers *h, st_text line, size_t *name_length)
{
    const char *p = line.data, *end = p + line.length;
    while (p < end && token[(unsigned char)*p]) p++;
    st_text name = { line.data, (size_t)(p - line.data) };
    *name_length = name.length;
    if (p == end || *p != ':' || name.length == 0) return false;
    p++;
    while (p < end && blank(*p)) p++;
    while (end > p && blank(end[-1])) end--;
    st_text value = { p, (size_t)(end - p) };
    return st_headers_valid_value(value) && add(h, name, value);
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
