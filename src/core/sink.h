/*
 * sink.h - ring 1: where the body of an answer goes.
 *
 * The body of a success goes to the sink's target: a capped buffer, a file, or a queue of chunks
 * that somebody takes while it comes. The body of anything else always goes to the buffer: it is
 * an error to read, and must never end up in the file. Opening again, for the next attempt,
 * forgets what the last one wrote.
 */
#ifndef ST_CORE_SINK_H
#define ST_CORE_SINK_H

#include "buffer.h"

#pragma GCC visibility push(hidden)

enum st_sink_kind { ST_SINK_BUFFER, ST_SINK_FILE, ST_SINK_CHUNKS };

typedef struct st_sink {
    enum st_sink_kind kind;
    st_buffer buffer;       /* a whole body, or the chunks that nobody took yet */
    char *path, *temporary; /* owned; a file is written beside its place and renamed when whole */
    int fd;                 /* of the temporary file; -1: there is none */
    bool on_target;         /* the body being written is a success */
    bool taken;             /* chunks of it were handed out: it cannot be written again */
    int error;              /* errno of a file that failed */
} st_sink;

/* Makes a sink into a buffer of at most cap bytes. Allocates nothing. */
void st_sink_init(st_sink *s, size_t cap);

/* Turns it into a sink into the file at path: 0, or an errno. What stands there must be a
   regular file, which the new one replaces, or nothing. */
int st_sink_to_file(st_sink *s, const char *path);

/* Turns it into a queue of chunks. The cap then bounds the bytes that wait in it. */
void st_sink_to_chunks(st_sink *s);

/* Removes an unfinished file, wipes and frees the rest. Safe to call twice. */
void st_sink_free(st_sink *s);

/* Starts the body of a new answer. False when the file cannot be made: s->error says why. */
bool st_sink_open(st_sink *s, bool success);

/* So many bytes are about to come: whatever is kept in memory gets room for them, within the
   cap. */
void st_sink_expect(st_sink *s, size_t n);

/* Takes n more bytes. False when the buffer is full or memory is short (s->buffer.state), or
   when the file failed (s->error). */
bool st_sink_write(st_sink *s, const void *bytes, size_t n);

/* The body is complete: puts the file in its place. False when that failed (s->error). */
bool st_sink_commit(st_sink *s);

/* The body will not be completed: removes the file, forgets the bytes. */
void st_sink_abort(st_sink *s);

/* Forgets the bytes of the queue, which the caller has copied. */
void st_sink_take(st_sink *s);

#pragma GCC visibility pop

#endif
