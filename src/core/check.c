/* check.c - ring 1: one value, name or group of parameters against the catalogue. */
#include "check.h"

#include "number.h"
#include "text.h"

#include <string.h>

enum {
    PATH_CAP = 1 << 16,
    LISTED_VALUES = 12, /* of an enum, in a message */
    METADATA_KEYS = 50,
    METADATA_KEY = 40,
    METADATA_VALUE = 500
};

void st_check_init(st_check *c, enum st_validate mode, bool reading)
{
    c->mode = mode;
    c->reading = reading;
    st_buffer_init(&c->path, PATH_CAP);
    st_problem_init(&c->problem);
}

void st_check_free(st_check *c)
{
    st_buffer_free(&c->path);
    st_problem_free(&c->problem);
}

bool st_check_no_memory(const st_check *c)
{
    const st_problem *p = &c->problem;
    const st_buffer *const all[] = { &c->path, &p->param, &p->message, &p->value, &p->names };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i]->state == ST_BUFFER_NO_MEMORY) return true;
    return false;
}

bool st_check_enter(st_check *c, const char *name, size_t length)
{
    bool inside = c->path.length > 0;
    if (inside) st_buffer_byte(&c->path, '[');
    st_buffer_append(&c->path, name, length);
    if (inside) st_buffer_byte(&c->path, ']');
    if (c->path.state == ST_BUFFER_OK) return true;
    return st_check_refuse_always(c, ST_PROBLEM_TEXT, "this name is longer than any server reads");
}

static bool refuse(st_check *c, enum st_problem_kind kind, bool waivable, const char *format,
                   va_list arguments)
{
    st_problem *problem = &c->problem;
    if (problem->kind != ST_PROBLEM_NONE) return false;
    st_problem_set(problem, kind, c->path.data, c->path.length, format, arguments);
    const st_buffer *message = &problem->message;
    bool asks = message->length > 0 && message->data[message->length - 1] == '?';
    if (!asks) st_buffer_byte(&problem->message, '.');
    if (c->reading || !waivable) return false;
    bool absent = kind == ST_PROBLEM_MISSING || kind == ST_PROBLEM_INCOMPLETE;
    st_buffer_text(&problem->message,
                   absent ? " To send the request without it" : " To send it anyway");
    st_buffer_text(&problem->message, ", pass validate = false.");
    return false;
}

bool st_check_refuse(st_check *c, enum st_problem_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(c, kind, true, format, arguments);
    va_end(arguments);
    return false;
}

bool st_check_refuse_always(st_check *c, enum st_problem_kind kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    refuse(c, kind, false, format, arguments);
    va_end(arguments);
    return false;
}

static const char *type_name(const st_param *p)
{
    static const char *const names[] = {
        [ST_STRING] = "string", [ST_INTEGER] = "integer", [ST_NUMBER] = "number",
        [ST_BOOLEAN] = "boolean", [ST_OBJECT] = "object", [ST_ARRAY] = "array",
        [ST_MAP] = "object", [ST_FILE] = "file", [ST_ANY_OF] = "any_of", [ST_LIST] = "list"
    };
    return names[p->type];
}

static const char *type_words(const st_param *p)
{
    switch (p->type) {
    case ST_STRING: return p->format == ST_DECIMAL ? "decimal text" : "text";
    case ST_INTEGER: return "a whole number";
    case ST_NUMBER: return "a number";
    case ST_BOOLEAN: return "true or false";
    case ST_ARRAY: return "a list";
    case ST_FILE: return "a file";
    default: return "a table of named values";
    }
}

static const char *given_words(enum st_given given)
{
    static const char *const words[] = {
        [ST_GIVEN_TEXT] = "text", [ST_GIVEN_INTEGER] = "a number",
        [ST_GIVEN_NUMBER] = "a number with decimals", [ST_GIVEN_BOOLEAN] = "a boolean",
        [ST_GIVEN_MAP] = "a table of named values",
        [ST_GIVEN_LIST] = "a list", [ST_GIVEN_EMPTY] = "a table", [ST_GIVEN_FILE] = "a file",
        [ST_GIVEN_NULL] = "null"
    };
    return words[given];
}

bool st_check_refuse_type(st_check *c, const st_param *p, enum st_given given, const char *hint)
{
    const char *first = type_words(p), *or = "", *second = "";
    if (p->type == ST_ANY_OF) {
        first = type_words(&p->params[0]);
        or = " or ";
        second = type_words(&p->params[1]);
    }
    c->problem.expected = type_name(p);
    return st_check_refuse(c, ST_PROBLEM_TYPE, "this must be %s%s%s, not %s%s%s", first, or, second,
                           given_words(given), hint ? "; " : "", hint ? hint : "");
}

int st_check_find(const st_param *members, const char *name, size_t length)
{
    for (int i = 0; members && members[i].name; i++)
        if (strlen(members[i].name) == length && memcmp(members[i].name, name, length) == 0)
            return i;
    return -1;
}

/* A third of the letters may be wrong, one in a short name. */
static int tolerance(size_t length)
{
    return length < 6 ? 1 : (int)(length / 3);
}

bool st_check_refuse_unknown(st_check *c, const st_param *members, const char *name, size_t length)
{
    const char *nearest = NULL;
    int best = tolerance(length) + 1;
    if (c->problem.kind != ST_PROBLEM_NONE) return false;
    for (const st_param *p = members; p && p->name; p++) {
        int distance = st_text_distance(name, length, p->name, strlen(p->name));
        if (distance < best) {
            best = distance;
            nearest = p->name;
        }
    }
    c->problem.suggestion = nearest;
    if (!c->reading) st_problem_name(&c->problem, c->path.data, c->path.length);
    if (nearest)
        return st_check_refuse(c, ST_PROBLEM_UNKNOWN, "this parameter is unknown; did you mean %s?",
                               nearest);
    return st_check_refuse(c, ST_PROBLEM_UNKNOWN, "this parameter is unknown%s",
                           members ? "" : "; the operation takes none");
}

static bool takes(const st_param *p, enum st_given given)
{
    switch (given) {
    case ST_GIVEN_TEXT: return p->type == ST_STRING;
    case ST_GIVEN_INTEGER: return p->type == ST_INTEGER || p->format == ST_DECIMAL;
    case ST_GIVEN_NUMBER: return p->format == ST_DECIMAL;
    case ST_GIVEN_BOOLEAN: return p->type == ST_BOOLEAN;
    case ST_GIVEN_MAP: return p->type == ST_OBJECT || p->type == ST_MAP;
    case ST_GIVEN_LIST: return p->type == ST_ARRAY;
    case ST_GIVEN_EMPTY: return p->type == ST_OBJECT || p->type == ST_MAP || p->type == ST_ARRAY;
    case ST_GIVEN_FILE: return p->type == ST_FILE;
    case ST_GIVEN_NULL: return p->flags & ST_CLEARABLE;
    }
    return false;
}

const st_param *st_check_takes(const st_param *p, enum st_given given)
{
    if (p->type != ST_ANY_OF || given == ST_GIVEN_NULL) return takes(p, given) ? p : NULL;
    for (p = p->params; p->name; p++)
        if (takes(p, given)) return p;
    return NULL;
}

/* Adds "one of a, b or c", or says no more than that when they are many. */
static void list_values(const char *const *values, st_buffer *out)
{
    int count = 0;
    while (values[count]) count++;
    if (count > LISTED_VALUES) {
        st_buffer_text(out, "this is no known value");
        return;
    }
    st_buffer_text(out, count > 1 ? "this must be one of " : "this must be ");
    for (int i = 0; i < count; i++) {
        if (i > 0) st_buffer_text(out, i == count - 1 ? " or " : ", ");
        st_buffer_byte(out, '"');
        st_buffer_text(out, values[i]);
        st_buffer_byte(out, '"');
    }
}

static bool refuse_value(st_check *c, const st_param *p, const char *nearest)
{
    st_buffer words;
    st_buffer_init(&words, 1024);
    list_values(p->values, &words);
    if (nearest && p->values[1]) {
        st_buffer_text(&words, "; did you mean \"");
        st_buffer_text(&words, nearest);
        st_buffer_text(&words, "\"?");
    }
    c->problem.values = p->values;
    c->problem.suggestion = nearest;
    st_check_refuse(c, ST_PROBLEM_ENUM, "%.*s", (int)words.length, words.data ? words.data : "");
    st_buffer_free(&words);
    return false;
}

/* A new value of an open enum may be right; one that is a letter away from a known value hardly. */
static bool check_enum(st_check *c, const st_param *p, const char *text, size_t n, st_fact *fact)
{
    bool closed = c->reading || c->mode == ST_VALIDATE_STRICT || !(p->flags & ST_OPEN);
    const char *nearest = NULL;
    int best = tolerance(n) + 1;
    for (const char *const *value = p->values; *value; value++) {
        int distance = st_text_distance(text, n, *value, strlen(*value));
        if (distance == 0 || (strlen(*value) == n && memcmp(*value, text, n) == 0)) {
            fact->value = *value;
            return true;
        }
        if (distance < best) {
            best = distance;
            nearest = *value;
        }
    }
    if (!closed && best > 1) return true;
    return refuse_value(c, p, nearest);
}

static bool check_decimal(st_check *c, const st_param *p, const char *text, size_t n, st_fact *fact)
{
    if (!st_number_is_decimal(text, n, &fact->fraction)) {
        c->problem.expected = "decimal";
        return st_check_refuse(c, ST_PROBLEM_TYPE,
                               "this must be decimal text such as \"12.5\": digits and perhaps a "
                               "point, no exponent, no spaces");
    }
    if (p->decimals == 0 || fact->fraction <= p->decimals) return true;
    c->problem.limit = p->decimals;
    return st_check_refuse(c, ST_PROBLEM_PRECISION, "at most %d digits may follow the point",
                           p->decimals);
}

bool st_check_text(st_check *c, const st_param *p, const char *text, size_t n, st_fact *fact)
{
    if (p->format == ST_DECIMAL && !check_decimal(c, p, text, n, fact)) return false;
    if (p->values && !check_enum(c, p, text, n, fact)) return false;
    if (p->max_length == 0 || n <= (size_t)p->max_length) return true;
    long long length = st_text_length(text, n);
    if (length <= p->max_length) return true;
    c->problem.limit = p->max_length;
    return st_check_refuse(c, ST_PROBLEM_TOO_LONG, "%lld characters, and at most %d are allowed",
                           length, p->max_length);
}

bool st_check_integer(st_check *c, const st_param *p, long long n)
{
    if (p->maximum == 0 || (n >= p->minimum && n <= p->maximum)) return true;
    c->problem.limit = n < p->minimum ? p->minimum : p->maximum;
    return st_check_refuse(c, ST_PROBLEM_RANGE, "this must be between %d and %d", p->minimum,
                           p->maximum);
}

bool st_check_count(st_check *c, const st_param *p, int count)
{
    if (count < p->min_items) {
        c->problem.limit = p->min_items;
        return st_check_refuse(c, ST_PROBLEM_TOO_FEW, "the list needs at least %d element%s",
                               p->min_items, p->min_items == 1 ? "" : "s");
    }
    if (p->max_items == 0 || count <= p->max_items) return true;
    c->problem.limit = p->max_items;
    return st_check_refuse(c, ST_PROBLEM_TOO_MANY, "the list may have at most %d elements",
                           p->max_items);
}

bool st_check_metadata_key(st_check *c, const char *key, size_t n)
{
    if (memchr(key, '[', n) || memchr(key, ']', n))
        return st_check_refuse(c, ST_PROBLEM_METADATA, "a key of metadata has no brackets");
    long long length = st_text_length(key, n);
    if (length >= 1 && length <= METADATA_KEY) return true;
    c->problem.limit = METADATA_KEY;
    return st_check_refuse(c, ST_PROBLEM_METADATA, "a key of metadata has 1 to %d characters",
                           METADATA_KEY);
}

bool st_check_metadata_count(st_check *c, int count)
{
    if (count <= METADATA_KEYS) return true;
    c->problem.limit = METADATA_KEYS;
    return st_check_refuse(c, ST_PROBLEM_METADATA, "metadata has at most %d keys", METADATA_KEYS);
}

bool st_check_metadata_value(st_check *c, const char *text, size_t n)
{
    if (n <= METADATA_VALUE || st_text_length(text, n) <= METADATA_VALUE) return true;
    c->problem.limit = METADATA_VALUE;
    return st_check_refuse(c, ST_PROBLEM_METADATA, "a value of metadata has at most %d characters",
                           METADATA_VALUE);
}

bool st_check_may_be_empty(const st_param *p, bool in_element)
{
    if (p->flags & ST_CLEARABLE) return true;
    return in_element && p->type == ST_STRING && p->format == ST_PLAIN && !p->values;
}

bool st_check_required(st_check *c, const st_param *members, uint64_t given)
{
    for (int i = 0; members && members[i].name; i++) {
        if (!(members[i].flags & ST_REQUIRED) || (given >> i & 1)) continue;
        if (!st_check_enter(c, members[i].name, strlen(members[i].name))) return false;
        return st_check_refuse(c, ST_PROBLEM_MISSING, "this required parameter is missing");
    }
    return true;
}
