/*
 * source.h - ring 1: the body of a request, rewindable so that it can be sent again.
 *
 * A body is up to three runs: head bytes, a range of a file, tail bytes. A form has only a head;
 * an upload from disk has all three (the multipart text before the file, the file, the text
 * behind it), so that a file of any size is sent in constant memory.
 */
#ifndef ST_CORE_SOURCE_H
#define ST_CORE_SOURCE_H

#include "buffer.h"

#include <stdint.h>

#pragma GCC visibility push(hidden)

typedef struct st_source {
    st_buffer head, tail;
    int fd;              /* -1: no file */
    bool owns_fd;        /* close it with the source */
    int64_t offset, size; /* of the file's range, bytes */
    int64_t position;    /* bytes read so far, over all three runs */
} st_source;

/* Makes an empty source whose head and tail hold at most cap bytes each. */
void st_source_init(st_source *s, size_t cap);

/* Frees (and wipes) the bytes, closes the file if owned. Safe to call twice. */
void st_source_free(st_source *s);

/* All its bytes. */
int64_t st_source_length(const st_source *s);

/* Copies up to n next bytes to out: the count, 0 at the end, -1 when the file cannot be read or
   has become shorter. Reads with pread: the file's own offset never moves. */
int64_t st_source_read(st_source *s, void *out, size_t n);

void st_source_rewind(st_source *s);

#pragma GCC visibility pop

#endif
