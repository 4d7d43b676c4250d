/* route.c - ring 1: the catalogue read as a routing table. */
#include "route.h"

#include <string.h>

/* A place in the catalogue while all of its operations are walked in order. */
typedef struct walk {
    const st_resource *const *family;
    const st_resource *resource;
    const st_operation *operation;
} walk;

static walk walk_first(void)
{
    return (walk){ st_families, st_families[0], st_families[0]->operations };
}

/* Moves on to an operation if this place holds none; false at the end of the catalogue. */
static bool walk_settle(walk *w)
{
    while (!w->operation->name) {
        w->resource++;
        while (!w->resource->name) {
            w->family++;
            if (!*w->family) return false;
            w->resource = *w->family;
        }
        w->operation = w->resource->operations;
    }
    return true;
}

const st_operation *st_operation_find(int n, const st_resource **resource)
{
    if (n < 1) return NULL;
    for (walk w = walk_first(); walk_settle(&w); w.operation++) {
        if (--n) continue;
        if (resource) *resource = w.resource;
        return w.operation;
    }
    return NULL;
}

/* Matches a path against a pattern such as "/v1/climate/orders/{order}/cancel" and notes where
   its ids are. Returns how many there are, or -1 when it does not match. An id is never empty. */
static int match(const char *pattern, const char *path, size_t length, st_route *found)
{
    const char *end = path + length;
    int n = 0;
    while (*pattern) {
        if (*pattern != '{') {
            if (path == end || *path != *pattern) return -1;
            path++;
            pattern++;
            continue;
        }
        const char *slash = memchr(path, '/', (size_t)(end - path));
        const char *id_end = slash ? slash : end;
        if (id_end == path || n == ST_ROUTE_IDS) return -1;
        found->ids[n].text = path;
        found->ids[n].length = (size_t)(id_end - path);
        n++;
        path = id_end;
        pattern = strchr(pattern, '}') + 1;
    }
    return path == end ? n : -1;
}

/* Matches either pattern of an operation. */
static int match_any(const st_operation *o, const char *path, size_t length, st_route *found)
{
    int n = match(o->path, path, length, found);
    if (n < 0 && o->alternate_path) n = match(o->alternate_path, path, length, found);
    return n;
}

st_route st_route_find(const char *method, const char *path, size_t length)
{
    st_route best = { .n = ST_ROUTE_IDS + 1 }, found;
    int number = 1;
    for (walk w = walk_first(); walk_settle(&w); w.operation++, number++) {
        int n = match_any(w.operation, path, length, &found);
        if (n < 0) continue;
        best.known = true;
        if (n >= best.n || strcmp(method, st_method_name(w.operation->method)) != 0) continue;
        memcpy(best.ids, found.ids, sizeof best.ids);
        best.operation = number;
        best.n = n;
    }
    if (!best.operation) best.n = 0;
    return best;
}

/* Whether a segment is no literal of any pattern: those are lower-case letters and underscores. */
static bool is_id(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != '_' && !(text[i] >= 'a' && text[i] <= 'z')) return true;
    return false;
}

st_route st_route_made(int n, const st_operation *operation, const char *path, size_t length)
{
    st_route found = { .operation = n, .known = true };
    found.n = match_any(operation, path, length, &found);
    bool sure = found.n >= 0;
    for (int i = 0; i < found.n; i++) sure = sure && is_id(found.ids[i].text, found.ids[i].length);
    return sure ? found : st_route_find(st_method_name(operation->method), path, length);
}

const char *st_method_name(enum st_method method)
{
    switch (method) {
    case ST_GET: return "GET";
    case ST_POST: return "POST";
    case ST_DELETE: return "DELETE";
    }
    return "";
}

bool st_method_named(const char *name, enum st_method *method)
{
    for (enum st_method each = ST_GET; each <= ST_DELETE; each++) {
        if (strcmp(name, st_method_name(each)) != 0) continue;
        *method = each;
        return true;
    }
    return false;
}
