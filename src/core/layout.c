/* layout.c - ring 1: a JSON text with other white space. */
#include "layout.h"

enum { DEPTH = 64 };

typedef struct layout {
    st_buffer *out;
    const char *p, *end;
    st_layout_style style;
    int depth;
} layout;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_space(layout *l)
{
    while (l->p < l->end && is_space(*l->p)) l->p++;
}

static void new_line(layout *l)
{
    if (l->style != ST_LAYOUT_INDENTED) return;
    st_buffer_byte(l->out, '\n');
    for (int i = 0; i < l->depth; i++) st_buffer_text(l->out, "  ");
}

/* Copies the string that starts here; false: it doesn't end. */
static bool copy_string(layout *l)
{
    const char *start = l->p++;
    while (l->p < l->end && *l->p != '"') l->p += *l->p == '\\' ? 2 : 1;
    if (l->p >= l->end) return false;
    l->p++;
    return st_buffer_append(l->out, start, (size_t)(l->p - start));
}

/* After an opening bracket: what has nothing in it stays on one line. */
static bool open_bracket(layout *l)
{
    skip_space(l);
    if (l->p < l->end && (*l->p == '}' || *l->p == ']'))
        return st_buffer_byte(l->out, *l->p++);
    if (++l->depth > DEPTH) return false;
    new_line(l);
    return true;
}

static bool close_bracket(layout *l, char bracket)
{
    if (--l->depth < 0) return false;
    new_line(l);
    return st_buffer_byte(l->out, bracket);
}

static bool take(layout *l)
{
    char c = *l->p;
    if (c == '"') return copy_string(l);
    l->p++;
    if (c == '}' || c == ']') return close_bracket(l, c);
    st_buffer_byte(l->out, c);
    if (c == '{' || c == '[') return open_bracket(l);
    if (c == ',') new_line(l);
    if ((c == ':' && l->style != ST_LAYOUT_COMPACT) || (c == ',' && l->style == ST_LAYOUT_SPACED))
        st_buffer_byte(l->out, ' ');
    return true;
}

bool st_layout(st_buffer *out, const char *json, size_t n, st_layout_style style)
{
    layout l = { out, json, json + n, style, 0 };
    for (skip_space(&l); l.p < l.end; skip_space(&l))
        if (!take(&l)) return false;
    return l.depth == 0 && out->state == ST_BUFFER_OK;
}
