/* multipart.c - ring 1: multipart/form-data, part by part, in both directions. */
#include "multipart.h"

#include <string.h>
#include <strings.h> /* strncasecmp */

bool st_part_header_ok(const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7F) return false;
    return true;
}

bool st_part_content_ok(const char *boundary, const void *bytes, size_t n)
{
    return n == 0 || !memmem(bytes, n, boundary, strlen(boundary));
}

static void quoted(st_buffer *out, const char *bytes, size_t n)
{
    const char *mark;
    st_buffer_byte(out, '"');
    while (n > 0 && (mark = memchr(bytes, '"', n))) {
        size_t before = (size_t)(mark - bytes);
        st_buffer_append(out, bytes, before);
        st_buffer_text(out, "%22");
        bytes = mark + 1;
        n -= before + 1;
    }
    st_buffer_append(out, bytes, n);
    st_buffer_byte(out, '"');
}

static void begin(st_buffer *out, const char *boundary, const char *name, size_t length)
{
    st_buffer_text(out, "--");
    st_buffer_text(out, boundary);
    st_buffer_text(out, "\r\nContent-Disposition: form-data; name=");
    quoted(out, name, length);
}

void st_part_field(st_buffer *out, const char *boundary, const char *name, size_t length)
{
    begin(out, boundary, name, length);
    st_buffer_text(out, "\r\n\r\n");
}

void st_part_file(st_buffer *out, const char *boundary, const char *name, size_t length,
                  st_run filename, st_run type)
{
    begin(out, boundary, name, length);
    st_buffer_text(out, "; filename=");
    quoted(out, filename.bytes, filename.length);
    st_buffer_text(out, "\r\nContent-Type: ");
    st_buffer_append(out, type.bytes, type.length);
    st_buffer_text(out, "\r\n\r\n");
}

void st_part_last(st_buffer *out, const char *boundary)
{
    st_buffer_text(out, "--");
    st_buffer_text(out, boundary);
    st_buffer_text(out, "--\r\n");
}

/* Whether the bytes begin with a word, whatever its case. */
static bool begins(st_run run, const char *word)
{
    size_t n = strlen(word);
    return run.length >= n && strncasecmp(run.bytes, word, n) == 0;
}

static st_run skip(st_run run, size_t n)
{
    return (st_run){ run.bytes + n, run.length - n };
}

/* The value of a parameter behind a header's ";": word=value or word="value". */
static bool parameter(st_run header, const char *word, st_run *value)
{
    size_t n = strlen(word);
    bool quote = false;
    for (; header.length > 0; header = skip(header, 1)) {
        if (*header.bytes == '"') quote = !quote;
        if (quote || *header.bytes != ';') continue;
        st_run rest = skip(header, 1);
        while (rest.length > 0 && (*rest.bytes == ' ' || *rest.bytes == '\t')) rest = skip(rest, 1);
        if (!begins(rest, word) || rest.length == n || rest.bytes[n] != '=') continue;
        rest = skip(rest, n + 1);
        bool is_quoted = rest.length > 0 && *rest.bytes == '"';
        if (is_quoted) rest = skip(rest, 1);
        size_t end = 0;
        while (end < rest.length && rest.bytes[end] != (is_quoted ? '"' : ';')) end++;
        if (is_quoted && end == rest.length) return false;
        *value = (st_run){ rest.bytes, end };
        return true;
    }
    return false;
}

bool st_part_boundary(const char *content_type, st_run *boundary)
{
    st_run header = { content_type, strlen(content_type) };
    return begins(header, "multipart/form-data") && parameter(header, "boundary", boundary) &&
           boundary->length >= 1 && boundary->length <= 70; /* RFC 2046, 5.1.1 */
}

/* Takes one line off the front of the headers. */
static bool next_line(st_run *rest, st_run *line)
{
    const char *end = rest->length > 0 ? memmem(rest->bytes, rest->length, "\r\n", 2) : NULL;
    if (!end) return false;
    *line = (st_run){ rest->bytes, (size_t)(end - rest->bytes) };
    *rest = skip(*rest, line->length + 2);
    return true;
}

static bool read_headers(st_run *rest, st_part *part)
{
    bool named = false;
    st_run line;
    while (next_line(rest, &line)) {
        if (line.length == 0) return named;
        if (begins(line, "content-disposition:")) {
            named = parameter(line, "name", &part->name);
            parameter(line, "filename", &part->filename);
        } else if (begins(line, "content-type:")) {
            part->type = skip(line, strlen("content-type:"));
            while (part->type.length > 0 && *part->type.bytes == ' ')
                part->type = skip(part->type, 1);
        }
    }
    return false;
}

/* Whether a delimiter stands at the front; it is taken off. */
static bool delimiter(st_run *rest, st_run boundary)
{
    if (rest->length < boundary.length + 2 || memcmp(rest->bytes, "--", 2) != 0 ||
        memcmp(rest->bytes + 2, boundary.bytes, boundary.length) != 0)
        return false;
    *rest = skip(*rest, boundary.length + 2);
    return true;
}

/* Takes the content off the front: all before CRLF and the next delimiter. */
static bool read_content(st_run *rest, st_run boundary, st_run *content)
{
    for (st_run at = *rest; at.length > 0;) {
        const char *end = memmem(at.bytes, at.length, "\r\n--", 4);
        if (!end) return false;
        st_run behind = skip(at, (size_t)(end - at.bytes) + 2);
        at = behind;
        if (!delimiter(&behind, boundary)) continue;
        *content = (st_run){ rest->bytes, (size_t)(end - rest->bytes) };
        *rest = at;
        return true;
    }
    return false;
}

int st_part_read(const char *text, size_t n, st_run boundary, size_t *position, st_part *part)
{
    st_run rest = { text + *position, n - *position };
    memset(part, 0, sizeof *part);
    if (!delimiter(&rest, boundary)) return -1;
    if (rest.length >= 2 && memcmp(rest.bytes, "--", 2) == 0) return 0;
    if (rest.length < 2 || memcmp(rest.bytes, "\r\n", 2) != 0) return -1;
    rest = skip(rest, 2);
    if (!read_headers(&rest, part) || !read_content(&rest, boundary, &part->content)) return -1;
    *position = n - rest.length;
    return 1;
}
