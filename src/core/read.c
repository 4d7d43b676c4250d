/* read.c - ring 1: text of a query or of a body to a tree of parameters. */
#include "read.h"

#include "text.h"

#include <string.h>

static bool refuse(st_check *c, st_run name, enum st_problem_kind kind, const char *why)
{
    st_buffer_truncate(&c->path, 0);
    st_check_enter(c, name.bytes, name.length);
    return st_check_refuse(c, kind, "%s", why);
}

/* Finds the place of a pair; its name is UTF-8. */
static st_node *place(st_tree *t, st_run name, st_check *c)
{
    st_node *node = NULL;
    if (st_text_length(name.bytes, name.length) < 0) {
        st_check_refuse(c, ST_PROBLEM_TEXT, "the name of a parameter is not valid UTF-8");
        return NULL;
    }
    switch (st_tree_place(t, name, &node)) {
    case ST_TREE_OK: return node;
    case ST_TREE_CONFLICT:
        refuse(c, name, ST_PROBLEM_TABLE, "this is given both as a value and as a table");
        break;
    case ST_TREE_DEEP:
        refuse(c, name, ST_PROBLEM_TABLE, "this is nested too deep");
        break;
    case ST_TREE_FULL:
        c->problem.limit = ST_TREE_PAIRS;
        refuse(c, name, ST_PROBLEM_TOO_MANY, "there are too many parameters");
        break;
    case ST_TREE_NO_MEMORY: break;
    }
    return NULL;
}

static bool put_text(st_tree *t, st_run name, st_run text, st_check *c)
{
    st_node *node = place(t, name, c);
    if (!node) return false;
    if (st_text_length(text.bytes, text.length) < 0)
        return refuse(c, name, ST_PROBLEM_TEXT, "this text is not valid UTF-8");
    node->kind = ST_NODE_TEXT;
    node->text = text;
    return true;
}

/* Undoes the percent-encoding of a run; false when an escape is broken. */
static bool decode(st_tree *t, const char *p, const char *end, st_run *decoded)
{
    char *out = st_tree_bytes(t);
    for (; p < end; p++) {
        if (*p == '%') {
            int byte = st_text_escape(p, end);
            if (byte < 0) return false;
            *out++ = (char)byte;
            p += 2;
        } else {
            *out++ = *p == '+' ? ' ' : *p;
        }
    }
    *decoded = st_tree_keep(t, out);
    return true;
}

static bool read_urlencoded(st_tree *t, const char *p, const char *end, st_check *c)
{
    for (const char *stop; p < end; p = stop + 1) {
        st_run name, text;
        stop = memchr(p, '&', (size_t)(end - p));
        if (!stop) stop = end;
        if (stop == p) continue;
        const char *equals = memchr(p, '=', (size_t)(stop - p));
        const char *value = equals ? equals + 1 : stop;
        if (!decode(t, p, equals ? equals : stop, &name) || !decode(t, value, stop, &text))
            return st_check_refuse(c, ST_PROBLEM_TEXT, "a percent escape is broken");
        if (!put_text(t, name, text, c)) return false;
    }
    return true;
}

/* Undoes the escape of quotation marks in the names of a part. */
static st_run unquote(st_tree *t, st_run run)
{
    char *out = st_tree_bytes(t);
    for (size_t i = 0; i < run.length; i++) {
        bool mark = run.length - i >= 3 && memcmp(run.bytes + i, "%22", 3) == 0;
        *out++ = mark ? '"' : run.bytes[i];
        if (mark) i += 2;
    }
    return st_tree_keep(t, out);
}

static bool is_text(st_run run)
{
    return run.length == 0 || st_text_length(run.bytes, run.length) >= 0;
}

static bool put_part(st_tree *t, const st_part *part, st_check *c)
{
    st_run name = unquote(t, part->name);
    if (!part->filename.bytes) return put_text(t, name, part->content, c);
    st_node *node = place(t, name, c);
    if (!node) return false;
    node->kind = ST_NODE_FILE;
    node->text = part->content;
    node->filename = unquote(t, part->filename);
    node->type = part->type;
    if (!is_text(node->filename) || !is_text(node->type))
        return refuse(c, name, ST_PROBLEM_TEXT,
                      "the name or the type of this file is not valid UTF-8");
    return true;
}

static bool read_multipart(st_tree *t, const char *text, size_t n, st_run boundary, st_check *c)
{
    size_t position = 0;
    st_part part;
    int found;
    while ((found = st_part_read(text, n, boundary, &position, &part)) > 0)
        if (!put_part(t, &part, c)) return false;
    if (found == 0) return true;
    return st_check_refuse(c, ST_PROBLEM_TEXT, "this is not the multipart text it claims to be");
}

bool st_read(st_tree *t, const char *text, size_t n, const char *content_type, st_check *check)
{
    st_run boundary;
    if (content_type && st_part_boundary(content_type, &boundary))
        return read_multipart(t, text, n, boundary, check);
    return read_urlencoded(t, text, text + n, check);
}
