/* squeeze.c - ring 1: makes a JSON text shorter before it is decoded. */
#include "squeeze.h"

#include <string.h>

enum { DEPTH = 128 };

/* What comes next in the text. */
enum place { VALUE, KEY, AFTER_VALUE, END, STRANGE };

typedef struct squeezer {
    const char *in, *end;
    char *out; /* never beyond in */
    bool comma; /* one was read and not written: a key must follow */
    int depth;
    char closing[DEPTH]; /* of the objects and arrays that are open */
} squeezer;

static const char *after_blanks(const squeezer *s, const char *at)
{
    while (at < s->end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

static bool is_at(const squeezer *s, const char *at, char c)
{
    return at < s->end && *at == c;
}

static void put(squeezer *s, char c)
{
    *s->out++ = c;
}

/* Moves what goes from the one place to the other in the text. */
static void keep(squeezer *s, const char *from, const char *to)
{
    size_t n = (size_t)(to - from);
    if (s->out != from) memmove(s->out, from, n);
    s->out += n;
    s->in = to;
}

/* The end of the string that begins here; NULL: it has none. */
static const char *after_string(const squeezer *s, const char *at)
{
    const char *quote = at + 1;
    while ((quote = memchr(quote, '"', (size_t)(s->end - quote)))) {
        const char *slashes = quote; /* an odd number of them before it makes it a part of it */
        while (slashes > at + 1 && slashes[-1] == '\\') slashes--;
        quote++;
        if ((quote - slashes) % 2 == 1) return quote;
    }
    return NULL;
}

/* Whether a string has no escapes, nor what would need one. */
static bool is_plain(const char *at, const char *to)
{
    while (at < to && *at != '\\' && (unsigned char)*at >= ' ') at++;
    return at == to;
}

/* The end of the number or word that begins here. */
static const char *after_word(const squeezer *s, const char *at)
{
    while (at < s->end && ((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
                           *at == '-' || *at == '+' || *at == '.' || *at == 'E'))
        at++;
    return at;
}

static enum place close_one(squeezer *s, const char *at)
{
    keep(s, at, at + 1);
    s->depth--;
    return AFTER_VALUE;
}

static enum place open_one(squeezer *s, const char *at)
{
    if (s->depth == DEPTH) return STRANGE;
    char closing = *at == '{' ? '}' : ']';
    s->closing[s->depth++] = closing;
    keep(s, at, at + 1);
    at = after_blanks(s, s->in);
    if (is_at(s, at, closing)) return close_one(s, at);
    return closing == '}' ? KEY : VALUE;
}

static enum place value(squeezer *s)
{
    const char *at = after_blanks(s, s->in), *to;
    if (is_at(s, at, '{') || is_at(s, at, '[')) return open_one(s, at);
    to = is_at(s, at, '"') ? after_string(s, at) : after_word(s, at);
    if (!to || to == at) return STRANGE;
    keep(s, at, to);
    return AFTER_VALUE;
}

static enum place after_value(squeezer *s)
{
    const char *at = after_blanks(s, s->in);
    if (s->depth == 0) {
        if (at < s->end) return STRANGE;
        s->in = at;
        return END;
    }
    char closing = s->closing[s->depth - 1];
    if (is_at(s, at, closing)) return close_one(s, at);
    if (!is_at(s, at, ',')) return STRANGE;
    if (closing == '}') {
        s->comma = true;
        s->in = at + 1;
        return KEY;
    }
    keep(s, at, at + 1);
    return VALUE;
}

/* What follows a member that is left out. */
static enum place leave_out(squeezer *s, const char *at)
{
    s->comma = *at == ',';
    s->in = at + s->comma;
    return s->comma ? KEY : close_one(s, at);
}

static enum place key(squeezer *s)
{
    static const char null[] = "null";
    const char *at = after_blanks(s, s->in);
    const char *to = is_at(s, at, '"') ? after_string(s, at) : NULL;
    const char *colon = to ? after_blanks(s, to) : NULL;
    if (!colon || !is_at(s, colon, ':')) return STRANGE;
    const char *word = after_blanks(s, colon + 1), *next = after_word(s, word);
    if (next - word == sizeof null - 1 && memcmp(word, null, sizeof null - 1) == 0) {
        next = after_blanks(s, next);
        if (!is_plain(at, to) || !(is_at(s, next, ',') || is_at(s, next, '}'))) return STRANGE;
        return leave_out(s, next);
    }
    s->comma = false;
    if (s->out[-1] != '{') put(s, ',');
    keep(s, at, to);
    keep(s, colon, colon + 1);
    return VALUE;
}

bool st_squeeze(char *text, size_t *length)
{
    squeezer s = { .in = text, .end = text + *length, .out = text };
    enum place place = VALUE;
    while (place < END)
        place = place == VALUE ? value(&s) : place == KEY ? key(&s) : after_value(&s);
    if (place == STRANGE) {
        if (s.comma) put(&s, ',');
        keep(&s, s.in, s.end);
    }
    *length = (size_t)(s.out - text);
    return place == END;
}
