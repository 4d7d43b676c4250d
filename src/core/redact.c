/* redact.c - ring 1: text without its secrets. */
#include "redact.h"
#include "text.h"

#include <string.h>

enum {
    KEY_SHOWN = 4, /* of the end of a key or card, where that leaves enough hidden */
    KEY_LONG_ENOUGH = 12,
    LONG_TOKEN = 20, /* no word of a language */
    CARD_SHORTEST = 14,
    CARD_LONGEST = 19
};

typedef struct span {
    const char *p, *end;
} span;

static size_t size(span s)
{
    return (size_t)(s.end - s.p);
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '_';
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

static char lower(char c)
{
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* Whether s begins with the text, which is in lower case; the case of s does not matter. */
static bool begins(span s, const char *text)
{
    for (; *text; text++, s.p++)
        if (s.p == s.end || lower(*s.p) != *text) return false;
    return true;
}

static bool is_text(span s, const char *text)
{
    return size(s) == strlen(text) && begins(s, text);
}

static bool skip(span *s, const char *text)
{
    if (!begins(*s, text)) return false;
    s->p += strlen(text);
    return true;
}

static bool put(st_buffer *out, const char *from, const char *to)
{
    return st_buffer_append(out, from, (size_t)(to - from));
}

/* Whether a word has the form of an API key; its body is what stands behind "sk_test_". */
static bool is_key(span word, span *body)
{
    static const char *const kinds[] = { "sk_", "rk_", "pk_", "ek_", "uk_" };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        *body = word;
        if (!skip(body, kinds[i])) continue;
        skip(body, "org_");
        return skip(body, "test_") || skip(body, "live_");
    }
    return false;
}

/* The part of a word behind "<prefix>_<id>_secret_", or an empty span. */
static span client_secret_body(span word)
{
    const char *mark = memchr(word.p, '_', size(word)); /* the prefix of the id ends here */
    for (const char *p = mark ? mark + 1 : word.end; p < word.end; p++) {
        span rest = { p, word.end };
        if (skip(&rest, "_secret_")) return rest;
    }
    return (span){ word.end, word.end };
}

/* Past spaces, also as forms write them. */
static const char *past_spaces(span s)
{
    while (s.p < s.end) {
        if (*s.p == ' ' || *s.p == '\t' || *s.p == '+') s.p++;
        else if (!skip(&s, "%20")) break;
    }
    return s.p;
}

static const char *token_end(span s)
{
    while (s.p < s.end && (is_word(*s.p) || is_one_of(*s.p, ".~+/=-"))) s.p++;
    return s.p;
}

/* Whether a token can be told from a word of a sentence ("Bearer auth", "basic plan"). */
static bool looks_random(span token)
{
    bool lowers = false, uppers = false;
    for (const char *p = token.p; p < token.end; p++) {
        if (!is_lower(*p) && !is_upper(*p) && *p != '_' && *p != '.' && *p != '-') return true;
        lowers = lowers || is_lower(*p);
        uppers = uppers || (is_upper(*p) && p > token.p);
    }
    return (lowers && uppers) || size(token) >= LONG_TOKEN;
}

/* "YOUR_SECRET_KEY", as messages that explain something say. */
static bool is_placeholder(span token)
{
    for (const char *p = token.p; p < token.end; p++)
        if (!is_upper(*p) && *p != '_') return false;
    return memchr(token.p, '_', size(token)) != NULL;
}

static bool begins_key(span s)
{
    span body;
    return is_key(s, &body);
}

/* Behind "Bearer" or "Basic": masks the credential at p; where to go on. A key is left to the
   general rule, which shows more of it. */
static const char *credential(st_buffer *out, const char *p, const char *end, bool certain)
{
    const char *start = past_spaces((span){ p, end });
    span token = { start, token_end((span){ start, end }) };
    if (start == p || size(token) == 0 || begins_key(token) || is_placeholder(token)) return p;
    if (!certain && !looks_random(token)) return p;
    put(out, p, start);
    st_buffer_text(out, "***");
    return token.end;
}

static bool is_scheme(span word)
{
    return is_text(word, "bearer") || is_text(word, "basic");
}

/* Whether a word names a secret when a value follows: in a header, a form, or JSON. */
static bool names_secret(span word, const char *text)
{
    if (is_text(word, "token")) {
        static const char before[] = "oauth-";
        const char *from = word.p - (sizeof before - 1);
        return word.p - text >= (ptrdiff_t)(sizeof before - 1) &&
               begins((span){ from, word.p }, before);
    }
    return is_text(word, "authorization") || is_text(word, "client_secret") ||
           is_text(word, "api_key");
}

/* Behind such a name: masks what follows ": " or "=", quoted or not; where to go on. */
static const char *named_value(st_buffer *out, const char *p, const char *end)
{
    const char *start = p;
    if (p < end && is_one_of(*p, "\"'")) p++;
    p = past_spaces((span){ p, end });
    if (p == end || !is_one_of(*p, ":=")) return start;
    p = past_spaces((span){ p + 1, end });
    const char *stops = " \t\r\n\"'&,;<>()[]{}";
    if (p < end && is_one_of(*p, "\"'")) stops = *p++ == '"' ? "\"\r\n" : "'\r\n";
    const char *word = p;
    while (p < end && is_word(*p)) p++;
    if (is_scheme((span){ word, p })) {
        put(out, start, p);
        return credential(out, p, end, true);
    }
    while (p < end && !is_one_of(*p, stops)) p++;
    span value = { word, p };
    if (size(value) == 0 || is_one_of(*word, "*[") || begins_key(value) || is_placeholder(value) ||
        is_text(value, "null"))
        return start;
    put(out, start, word);
    st_buffer_text(out, "***");
    return p;
}

/* Writes the word at p, and what belongs to it, without its secret; where to go on. */
static const char *word(st_buffer *out, const char *text, const char *p, const char *end)
{
    span w = { p, p };
    while (w.end < end && is_word(*w.end)) w.end++;
    span body;
    if (is_key(w, &body) && size(body) > 0) {
        put(out, w.p, body.p);
        st_buffer_text(out, "***");
        if (size(body) >= KEY_LONG_ENOUGH) put(out, body.end - KEY_SHOWN, body.end);
        return w.end;
    }
    body = w;
    if (!skip(&body, "whsec_")) body = client_secret_body(w);
    if (size(body) > 0) {
        put(out, w.p, body.p);
        st_buffer_text(out, "***");
        return token_end((span){ w.end, end });
    }
    put(out, w.p, w.end);
    if (is_scheme(w)) return credential(out, w.end, end, false);
    return names_secret(w, text) ? named_value(out, w.end, end) : w.end;
}

/* At "://": hides the name and password before the host; where to go on. */
static const char *authority(st_buffer *out, const char *p, const char *end)
{
    const char *at = NULL, *limit = p + 3;
    for (; limit < end && !is_one_of(*limit, "/?# \t\r\n\"'<>\\"); limit++)
        if (*limit == '@') at = limit;
    st_buffer_text(out, at ? "://***" : "://");
    return at ? at : p + 3;
}

/* Past what may stand between two groups of a card's digits. */
static const char *past_gap(span s)
{
    if (s.p < s.end && is_one_of(*s.p, " -+")) return s.p + 1;
    skip(&s, "%20");
    return s.p;
}

/* Whether n digits are the number of a card: by its issuer's first digit, by its check digit. */
static bool is_card(const char *digits, int n)
{
    const char *issuers = n < CARD_SHORTEST ? "" : n < 16 ? "3" : n == 16 ? "23456" : "456";
    int sum = 0;
    if (!is_one_of(digits[0], issuers)) return false;
    for (int i = 0; i < n; i++) {
        int digit = digits[n - 1 - i] - '0';
        if (i % 2 == 1) digit = digit < 5 ? 2 * digit : 2 * digit - 9;
        sum += digit;
    }
    return sum % 10 == 0;
}

/* Masks the number of a card at p, all but its end; where to go on, or p when there is none. The
   digits of a decimal fraction are none. */
static const char *card(st_buffer *out, const char *text, const char *p, const char *end)
{
    char digits[CARD_LONGEST];
    const char *at = p, *found = p;
    int n = 0, length = 0;
    if (p > text && p[-1] == '.') return p;
    while (at < end && n < CARD_LONGEST && is_digit(*at)) {
        digits[n++] = *at++;
        if (at < end && is_word(*at)) continue;
        bool fraction = end - at > 1 && at[0] == '.' && is_digit(at[1]);
        if (!fraction && is_card(digits, n)) {
            found = at;
            length = n;
        }
        at = past_gap((span){ at, end });
    }
    if (length == 0) return p;
    st_buffer_text(out, "***");
    st_buffer_append(out, digits + length - KEY_SHOWN, KEY_SHOWN);
    return found;
}

bool st_redact_text(st_buffer *out, const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    while (p < end) {
        const char *from = p;
        if (is_digit(*p)) p = card(out, text, p, end);
        if (p > from) continue;
        if (is_word(*p)) {
            p = word(out, text, p, end);
        } else if (begins((span){ p, end }, "://")) {
            p = authority(out, p, end);
        } else if (st_text_escape(p, end) >= 0) {
            put(out, p, p + 3); /* its digits are no part of the word behind it */
            p += 3;
        } else {
            st_buffer_byte(out, *p++);
        }
    }
    return out->state == ST_BUFFER_OK;
}
