/* json.c - ring 1: a JSON writer. */
#include "json.h"

#include "number.h"
#include "text.h"

#include <math.h> /* isfinite */
#include <string.h>

void st_json_init(st_json *w, st_buffer *out)
{
    *w = (st_json){ .out = out };
}

static bool fail(st_json *w, enum st_json_state state)
{
    if (w->state == ST_JSON_OK) w->state = state;
    return false;
}

static bool put(st_json *w, const char *bytes, size_t n)
{
    if (w->state != ST_JSON_OK) return false;
    return st_buffer_append(w->out, bytes, n) || fail(w, ST_JSON_BUFFER);
}

/* What stands before an element or a key: a comma unless it is the first. */
static bool separate(st_json *w)
{
    if (w->comma) return put(w, ",", 1);
    w->comma = true;
    return w->state == ST_JSON_OK;
}

static bool begin(st_json *w, const char *bracket)
{
    bool ok = separate(w) && put(w, bracket, 1);
    w->comma = false;
    return ok;
}

static bool end(st_json *w, const char *bracket)
{
    w->comma = true;
    return put(w, bracket, 1);
}

bool st_json_begin_object(st_json *w)
{
    return begin(w, "{");
}

bool st_json_end_object(st_json *w)
{
    return end(w, "}");
}

bool st_json_begin_array(st_json *w)
{
    return begin(w, "[");
}

bool st_json_end_array(st_json *w)
{
    return end(w, "]");
}

static void escape(st_json *w, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *found = memchr(from, c, sizeof from - 1);
    if (found) {
        char two[2] = { '\\', to[found - from] };
        put(w, two, sizeof two);
    } else {
        char six[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
        put(w, six, sizeof six);
    }
}

static bool is_utf8(const char *text, size_t n)
{
    unsigned char all = 0;
    for (size_t i = 0; i < n; i++) all |= (unsigned char)text[i];
    return all < 0x80 || st_text_length(text, n) >= 0;
}

static bool quoted(st_json *w, const char *text, size_t n)
{
    const char *p = text, *limit = text + n;
    if (!is_utf8(text, n)) return fail(w, ST_JSON_NOT_UTF8);
    put(w, "\"", 1);
    while (p < limit) {
        const char *plain = p;
        while (p < limit && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\') p++;
        put(w, plain, (size_t)(p - plain));
        if (p < limit) escape(w, (unsigned char)*p++);
    }
    return put(w, "\"", 1);
}

bool st_json_key(st_json *w, const char *text, size_t n)
{
    bool ok = separate(w) && quoted(w, text, n) && put(w, ":", 1);
    w->comma = false;
    return ok;
}

bool st_json_string(st_json *w, const char *text, size_t n)
{
    return separate(w) && quoted(w, text, n);
}

bool st_json_integer(st_json *w, long long n)
{
    if (!separate(w)) return false;
    return st_buffer_integer(w->out, n) || fail(w, ST_JSON_BUFFER);
}

bool st_json_number(st_json *w, double n)
{
    static const double limit = 9223372036854775808.0; /* 2^63 */
    char text[ST_NUMBER_SIZE];
    if (n > -limit && n < limit && n == (double)(long long)n)
        return st_json_integer(w, (long long)n);
    if (!isfinite(n)) return fail(w, ST_JSON_NOT_FINITE);
    return separate(w) && put(w, text, st_number_text(n, text));
}

bool st_json_boolean(st_json *w, bool b)
{
    return separate(w) && (b ? put(w, "true", 4) : put(w, "false", 5));
}

bool st_json_null(st_json *w)
{
    return separate(w) && put(w, "null", 4);
}
