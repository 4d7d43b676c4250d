/* sink.c - ring 1: where the body of an answer goes. */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* rename */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char pattern[] = ".XXXXXX"; /* of mkostemp */

void st_sink_init(st_sink *s, size_t cap)
{
    *s = (st_sink){ .fd = -1 };
    st_buffer_init(&s->buffer, cap);
}

int st_sink_to_file(st_sink *s, const char *path)
{
    struct stat there;
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode))
        return S_ISDIR(there.st_mode) ? EISDIR : EINVAL; /* renaming over a device would end it */
    size_t n = strlen(path);
    s->path = strdup(path);
    s->temporary = malloc(n + sizeof pattern);
    if (!s->path || !s->temporary) return ENOMEM;
    memcpy(s->temporary, path, n);
    s->kind = ST_SINK_FILE;
    return 0;
}

void st_sink_to_chunks(st_sink *s)
{
    s->kind = ST_SINK_CHUNKS;
}

void st_sink_free(st_sink *s)
{
    st_sink_abort(s);
    st_buffer_wipe(&s->buffer);
    free(s->path);
    free(s->temporary);
    s->path = s->temporary = NULL;
}

static bool failed(st_sink *s)
{
    s->error = errno;
    return false;
}

bool st_sink_open(st_sink *s, bool success)
{
    st_sink_abort(s);
    s->on_target = success;
    s->error = 0;
    if (!success || s->kind != ST_SINK_FILE) return true;
    memcpy(s->temporary + strlen(s->path), pattern, sizeof pattern);
    s->fd = mkostemp(s->temporary, O_CLOEXEC);
    return s->fd >= 0 || failed(s);
}

static bool write_file(st_sink *s, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(s->fd, bytes, n);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed(s);
        bytes += written;
        n -= (size_t)written;
    }
    return true;
}

void st_sink_expect(st_sink *s, size_t n)
{
    bool kept = s->kind == ST_SINK_BUFFER || !s->on_target;
    if (kept && n <= s->buffer.cap) st_buffer_reserve(&s->buffer, n);
}

bool st_sink_write(st_sink *s, const void *bytes, size_t n)
{
    if (s->on_target && s->kind == ST_SINK_FILE) return write_file(s, bytes, n);
    return st_buffer_append(&s->buffer, bytes, n);
}

bool st_sink_commit(st_sink *s)
{
    if (s->fd < 0) return true;
    int closed = close(s->fd);
    s->fd = -1;
    if (closed == 0 && rename(s->temporary, s->path) == 0) return true;
    failed(s);
    unlink(s->temporary);
    return false;
}

void st_sink_abort(st_sink *s)
{
    if (s->fd >= 0) {
        close(s->fd);
        unlink(s->temporary);
        s->fd = -1;
    }
    st_buffer_reset(&s->buffer);
    s->taken = false;
}

void st_sink_take(st_sink *s)
{
    st_buffer_reset(&s->buffer);
    s->taken = true;
}
