/* source.c - ring 1: the body of a request, rewindable so that it can be sent again. */
#include "source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void st_source_init(st_source *s, size_t cap)
{
    *s = (st_source){ .fd = -1 };
    st_buffer_init(&s->head, cap);
    st_buffer_init(&s->tail, cap);
}

void st_source_free(st_source *s)
{
    st_buffer_wipe(&s->head);
    st_buffer_wipe(&s->tail);
    if (s->owns_fd && s->fd >= 0) close(s->fd);
    s->fd = -1;
    s->owns_fd = false;
    s->size = s->position = 0;
}

int64_t st_source_length(const st_source *s)
{
    return (int64_t)s->head.length + s->size + (int64_t)s->tail.length;
}

static int64_t from_buffer(const st_buffer *b, int64_t at, void *out, size_t n)
{
    size_t left = b->length - (size_t)at;
    if (n > left) n = left;
    if (n > 0) memcpy(out, b->data + at, n);
    return (int64_t)n;
}

static int64_t from_file(const st_source *s, int64_t at, void *out, size_t n)
{
    if ((int64_t)n > s->size - at) n = (size_t)(s->size - at);
    ssize_t got;
    do got = pread(s->fd, out, n, (off_t)(s->offset + at));
    while (got < 0 && errno == EINTR);
    return got > 0 ? got : -1; /* 0: the file was cut since its size was taken */
}

/* Up to n bytes of the run that the position is in; 0 at the end. */
static int64_t from_run(const st_source *s, void *out, size_t n)
{
    int64_t at = s->position;
    if (at < (int64_t)s->head.length) return from_buffer(&s->head, at, out, n);
    at -= (int64_t)s->head.length;
    if (at < s->size) return from_file(s, at, out, n);
    return from_buffer(&s->tail, at - s->size, out, n);
}

int64_t st_source_read(st_source *s, void *out, size_t n)
{
    size_t done = 0;
    while (done < n) {
        int64_t got = from_run(s, (char *)out + done, n - done);
        if (got < 0) return -1;
        if (got == 0) break;
        s->position += got;
        done += (size_t)got;
    }
    return (int64_t)done;
}

void st_source_rewind(st_source *s)
{
    s->position = 0;
}
