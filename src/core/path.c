/* path.c - ring 1: the path of a request, filled with ids or checked as given. */
#include "path.h"

#include "text.h"

#include <string.h>
#include <strings.h> /* strncasecmp */

__attribute__((format(printf, 3, 4)))
static bool refuse(st_problem *p, st_id subject, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    st_problem_set(p, ST_PROBLEM_PATH, subject.text, subject.length, format, arguments);
    va_end(arguments);
    return false;
}

static bool is_dots(const char *text, size_t n)
{
    return (n == 1 && *text == '.') || (n == 2 && memcmp(text, "..", 2) == 0);
}

static bool has_control(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F) return true;
    return false;
}

static bool in_id(unsigned char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 || c == '_' ||
           c == '-';
}

/* Whether it is like the ids of the API: nothing to encode, and nothing to refuse. */
static bool is_plain(const st_id *id)
{
    size_t i = 0;
    if (!id || !id->text || id->length > ST_ID_LIMIT) return false;
    while (i < id->length && in_id((unsigned char)id->text[i])) i++;
    return i == id->length && i > 0;
}

static bool check_id(st_id name, const st_id *id, st_problem *problem)
{
    if (!id || !id->text) return refuse(problem, name, "this id must be a string.");
    if (id->length == 0) return refuse(problem, name, "this id is empty.");
    if (is_dots(id->text, id->length))
        return refuse(problem, name, "this id is a dot segment, which would change the path.");
    if (id->length > ST_ID_LIMIT)
        return refuse(problem, name, "this id has %zu bytes, and at most %d are allowed.",
                      id->length, ST_ID_LIMIT);
    if (has_control(id->text, id->length))
        return refuse(problem, name, "this id holds a control character.");
    if (st_text_length(id->text, id->length) < 0)
        return refuse(problem, name, "this id is not valid UTF-8.");
    return true;
}

/* Percent-encodes one segment, leaving alone what JavaScript's encodeURIComponent does. */
static void segment(st_buffer *out, const char *bytes, size_t n)
{
    const char *end = bytes + n;
    while (bytes < end) {
        const char *p = bytes;
        while (p < end && !(*p && strchr("!'()*", *p))) p++;
        st_buffer_segment(out, bytes, (size_t)(p - bytes));
        if (p < end) st_buffer_byte(out, *p++);
        bytes = p;
    }
}

bool st_path_fill(st_buffer *out, const char *path, const st_id *ids, size_t count,
                  st_problem *problem)
{
    const char *open;
    for (size_t i = 0; (open = strchr(path, '{')); i++) {
        const char *close = strchr(open, '}');
        st_id name = { open + 1, (size_t)(close - open - 1) };
        const st_id *id = i < count ? &ids[i] : NULL;
        bool easy = is_plain(id);
        if (!easy && !check_id(name, id, problem)) return false;
        st_buffer_append(out, path, (size_t)(open - path));
        if (easy) st_buffer_append(out, id->text, id->length);
        else segment(out, id->text, id->length);
        path = close + 1;
    }
    return st_buffer_text(out, path);
}

/* Whether a segment is "." or "..", each dot perhaps as %2e. */
static bool is_dot_segment(const char *p, size_t n)
{
    size_t dots = 0;
    while (n > 0) {
        size_t size = *p == '.' ? 1 : n >= 3 && strncasecmp(p, "%2e", 3) == 0 ? 3 : 0;
        if (size == 0) return false;
        p += size;
        n -= size;
        dots++;
    }
    return dots == 1 || dots == 2;
}

bool st_path_check(const char *path, size_t length, st_problem *problem)
{
    const st_id subject = { "path", 4 };
    const char *end = path + length;
    if (length == 0 || *path != '/')
        return refuse(problem, subject, "a path begins with one slash, as in \"/v1/balance\".");
    for (const char *p = path; p < end; p++)
        if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7F || *p == '#' || *p == '\\')
            return refuse(problem, subject, "spaces, control and non-ASCII bytes, # and \\ must be "
                                            "percent-encoded; byte %d is one.",
                          (int)(p - path) + 1);
    const char *query = memchr(path, '?', length);
    const char *stop = query ? query : end;
    for (const char *p = path; p < stop;) {
        const char *begin = ++p; /* behind a slash */
        while (p < stop && *p != '/') p++;
        if (p == begin && p < stop)
            return refuse(problem, subject, "a path holds no two slashes in a row.");
        if (is_dot_segment(begin, (size_t)(p - begin)))
            return refuse(problem, subject, "a path holds no dot segments.");
    }
    return true;
}
