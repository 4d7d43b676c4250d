/* form.c - ring 1: writes parameters, checking them against the catalogue on the way. */
#include "form.h"

#include "multipart.h"
#include "number.h"
#include "text.h"

#include <math.h>
#include <stddef.h> /* offsetof */
#include <string.h>

void st_form_init(st_form *f, const st_operation *op, enum st_validate mode, const char *boundary,
                  st_source *body)
{
    memset(f, 0, offsetof(st_form, frames)); /* frames are filled as they are opened */
    memset(f->facts, 0, sizeof f->facts);
    f->frames[0] = (st_frame){ .members = op ? op->params : NULL, .member = -1 };
    st_check_init(&f->check, mode, false);
    f->op = op;
    f->boundary = op && (op->flags & ST_MULTIPART) ? boundary : NULL;
    f->body = body;
    f->depth = 1;
}

void st_form_free(st_form *f)
{
    st_check_free(&f->check);
}

void st_form_to_json(st_form *f)
{
    f->to_json = true;
    st_json_init(&f->json, &f->body->head);
    st_json_begin_object(&f->json);
}

static st_frame *top(st_form *f)
{
    return &f->frames[f->depth - 1];
}

static bool checking(const st_form *f)
{
    return f->op && f->check.mode != ST_VALIDATE_OFF;
}

static bool is_metadata(const st_frame *frame)
{
    return frame->self && frame->self->format == ST_METADATA;
}

static bool in_metadata(st_form *f)
{
    return is_metadata(top(f));
}

/* What the catalogue demands of the value at hand; NULL: nothing. */
static const st_param *demand(st_form *f)
{
    return checking(f) ? f->current : NULL;
}

/* Refuses what has no form on the wire. */
static bool never(st_form *f, enum st_problem_kind kind, const char *why)
{
    return st_check_refuse_always(&f->check, kind, "%s", why);
}

static st_buffer *output(st_form *f)
{
    return f->boundary && f->body->fd >= 0 ? &f->body->tail : &f->body->head;
}

static bool full(st_form *f)
{
    return st_check_refuse_always(&f->check, ST_PROBLEM_TOO_LONG,
                                  "the parameters take more than %zu bytes", output(f)->cap);
}

/* ---- where values stand ---- */

/* The member or element at hand was written, so all that it is in was given. */
static void mark(st_form *f)
{
    st_frame *frame = top(f);
    frame->wrote = true;
    if (frame->member < 0) return;
    frame->given |= (uint64_t)1 << frame->member;
    if (frame->members[frame->member].flags & ST_PRIVATE_PREVIEW) f->needs_beta = true;
}

bool st_form_key(st_form *f, const char *key, size_t n)
{
    st_frame *frame = top(f);
    bool closed = frame->members || (f->depth == 1 && f->op);
    st_buffer_truncate(&f->check.path, frame->base);
    if (st_text_length(key, n) < 0)
        return never(f, ST_PROBLEM_TEXT, "a name in it is not valid UTF-8");
    if (!st_check_enter(&f->check, key, n)) return false;
    frame->count++;
    frame->member = closed ? st_check_find(frame->members, key, n) : -1;
    f->current = frame->member >= 0 ? &frame->members[frame->member] : frame->item;
    if (f->to_json) return st_json_key(&f->json, key, n) || full(f);
    if (!checking(f)) return true;
    if (closed && frame->member < 0)
        return st_check_refuse_unknown(&f->check, frame->members, key, n);
    return !is_metadata(frame) || st_check_metadata_key(&f->check, key, n);
}

bool st_form_index(st_form *f)
{
    st_frame *frame = top(f);
    char index[24];
    st_buffer digits = { .data = index, .capacity = sizeof index, .cap = sizeof index };
    st_buffer_integer(&digits, frame->count++);
    st_buffer_truncate(&f->check.path, frame->base);
    f->current = frame->item;
    return st_check_enter(&f->check, digits.data, digits.length);
}

/* Opens a container of the value's kind. */
static bool begin(st_form *f, enum st_given given)
{
    const st_param *p = f->current ? st_check_takes(f->current, given) : NULL;
    if (demand(f) && !p) return st_check_refuse_type(&f->check, f->current, given, NULL);
    if (f->depth == ST_FORM_DEPTH)
        return st_check_refuse_always(&f->check, ST_PROBLEM_TABLE,
                                      "tables are nested more than %d deep here", ST_FORM_DEPTH);
    const st_frame *outer = top(f);
    bool in_element = outer->in_element || outer->list;
    f->frames[f->depth++] = (st_frame){
        .self = p,
        .members = p ? p->params : NULL,
        .item = p ? p->item : NULL,
        .base = f->check.path.length,
        .member = -1,
        .list = given == ST_GIVEN_LIST,
        .in_element = in_element,
    };
    if (!f->to_json) return true;
    bool list = given == ST_GIVEN_LIST;
    return (list ? st_json_begin_array(&f->json) : st_json_begin_object(&f->json)) || full(f);
}

bool st_form_begin_map(st_form *f)
{
    return begin(f, ST_GIVEN_MAP);
}

bool st_form_begin_list(st_form *f)
{
    return begin(f, ST_GIVEN_LIST);
}

bool st_form_end(st_form *f)
{
    const st_frame *frame = top(f);
    st_buffer_truncate(&f->check.path, frame->base);
    if (checking(f) && frame->self) {
        if (frame->list && !st_check_count(&f->check, frame->self, frame->count)) return false;
        if (is_metadata(frame) &&
            !st_check_metadata_count(&f->check, frame->count - frame->cleared))
            return false;
        if (!st_check_required(&f->check, frame->members, frame->given)) return false;
    }
    f->depth--;
    if (frame->wrote) mark(f);
    if (!f->to_json) return true;
    return (frame->list ? st_json_end_array(&f->json) : st_json_end_object(&f->json)) || full(f);
}

/* ---- values ---- */

/* Writes one pair, whose name is the path. */
static bool pair(st_form *f, const char *text, size_t n)
{
    const st_buffer *name = &f->check.path;
    st_buffer *out = output(f);
    mark(f);
    if (!f->boundary) {
        if (f->pairs++ > 0) st_buffer_byte(out, '&');
        st_buffer_form(out, name->data, name->length);
        st_buffer_byte(out, '=');
        st_buffer_form(out, text, n);
        return true;
    }
    if (!st_part_header_ok(name->data, name->length))
        return never(f, ST_PROBLEM_TEXT, "a name in an upload has no control characters");
    if (!st_part_content_ok(f->boundary, text, n))
        return never(f, ST_PROBLEM_TEXT, "the text holds the boundary of the body");
    st_part_field(out, f->boundary, name->data, name->length);
    st_buffer_append(out, text, n);
    st_buffer_text(out, "\r\n");
    return true;
}

static void note(st_form *f, st_fact fact)
{
    if (f->depth == 1 && top(f)->member >= 0) f->facts[top(f)->member] = fact;
}

static const char *hint_for(const st_param *p, enum st_given given, const char *text, size_t n)
{
    long long ignored;
    if (p->type == ST_FILE) return "pass { path = \"...\" } or { content = \"...\" }";
    if (given == ST_GIVEN_INTEGER && p->type == ST_STRING) return "write it in quotes";
    if (given != ST_GIVEN_TEXT) return NULL;
    if (st_number_integer(text, n, &ignored)) return "pass it as a number, without quotes";
    return p->type == ST_BOOLEAN ? "pass true or false without quotes" : NULL;
}

static bool empty_value(st_form *f, bool is_text)
{
    const st_param *p = demand(f);
    if (in_metadata(f)) top(f)->cleared++; /* an empty value deletes the key */
    else if (p && !st_check_may_be_empty(p, is_text && top(f)->in_element))
        return st_check_refuse(&f->check, ST_PROBLEM_NOT_CLEARABLE,
                               "this parameter cannot be cleared; leave it out or pass a value");
    return pair(f, "", 0);
}

static bool check_text(st_form *f, const char *text, size_t n)
{
    const st_param *p = demand(f), *taker = p ? st_check_takes(p, ST_GIVEN_TEXT) : NULL;
    st_fact fact = { 0 };
    if (!p) return true;
    if (in_metadata(f)) return st_check_metadata_value(&f->check, text, n);
    if (!taker)
        return st_check_refuse_type(&f->check, p, ST_GIVEN_TEXT,
                                    hint_for(p, ST_GIVEN_TEXT, text, n));
    if (!st_check_text(&f->check, taker, text, n, &fact)) return false;
    note(f, fact);
    return true;
}

bool st_form_string(st_form *f, const char *text, size_t n)
{
    if (st_text_length(text, n) < 0)
        return never(f, ST_PROBLEM_TEXT,
                     "this text is not valid UTF-8; convert it, or encode it as base64");
    if (f->to_json) return st_json_string(&f->json, text, n) || full(f);
    if (n == 0) return empty_value(f, true);
    return check_text(f, text, n) && pair(f, text, n);
}

bool st_form_integer(st_form *f, long long n)
{
    const st_param *p = in_metadata(f) ? NULL : demand(f);
    const st_param *taker = p ? st_check_takes(p, ST_GIVEN_INTEGER) : NULL;
    char text[24];
    st_buffer digits = { .data = text, .capacity = sizeof text, .cap = sizeof text };
    if (f->to_json) return st_json_integer(&f->json, n) || full(f);
    st_buffer_integer(&digits, n);
    if (p && !taker)
        return st_check_refuse_type(&f->check, p, ST_GIVEN_INTEGER,
                                    hint_for(p, ST_GIVEN_INTEGER, NULL, 0));
    if (taker && taker->type == ST_INTEGER && !st_check_integer(&f->check, taker, n)) return false;
    if (taker && taker->type == ST_STRING && !check_text(f, text, digits.length)) return false;
    return pair(f, text, digits.length);
}

static bool is_whole(double x)
{
    return fabs(x) >= ST_NUMBER_EXACT || x == (double)(long long)x;
}

static bool refuse_number(st_form *f, const char *why)
{
    return st_check_refuse(&f->check, ST_PROBLEM_NUMBER, "%s", why);
}

/* A number that is not whole, or so large that it may not be the one that was meant. */
static bool fraction(st_form *f, double x)
{
    const st_param *p = demand(f);
    char text[ST_NUMBER_SIZE];
    size_t n = st_number_decimal(x, text);
    bool in_text = in_metadata(f);
    if (p && !in_text && !st_check_takes(p, ST_GIVEN_NUMBER)) {
        if (is_whole(x) && st_check_takes(p, ST_GIVEN_INTEGER))
            return refuse_number(f, "this number is beyond 2^53, where not every whole "
                                    "number can be told from the next");
        enum st_given given = is_whole(x) ? ST_GIVEN_INTEGER : ST_GIVEN_NUMBER;
        return st_check_refuse_type(&f->check, p, given, NULL);
    }
    if (p && n == 0)
        return refuse_number(f, "this number needs more than 15 digits, so its decimal text would "
                                "be a guess; pass it as text");
    if (!p || in_text) n = st_number_text(x, text);
    else if (!check_text(f, text, n)) return false;
    return pair(f, text, n);
}

bool st_form_number(st_form *f, double x)
{
    if (!isfinite(x))
        return never(f, ST_PROBLEM_NUMBER, "this is no finite number; leave it out");
    if (f->to_json) return st_json_number(&f->json, x) || full(f);
    if (is_whole(x) && fabs(x) <= ST_NUMBER_EXACT) return st_form_integer(f, (long long)x);
    return fraction(f, x);
}

bool st_form_decimal(st_form *f, const char *text, size_t n)
{
    const st_param *p = in_metadata(f) ? NULL : demand(f);
    long long whole;
    if (!p || st_check_takes(p, ST_GIVEN_NUMBER)) return st_form_string(f, text, n);
    if (st_number_integer(text, n, &whole)) return st_form_integer(f, whole);
    return st_check_refuse_type(&f->check, p, ST_GIVEN_NUMBER, NULL);
}

bool st_form_boolean(st_form *f, bool b)
{
    const st_param *p = in_metadata(f) ? NULL : demand(f);
    if (f->to_json) return st_json_boolean(&f->json, b) || full(f);
    if (p && !st_check_takes(p, ST_GIVEN_BOOLEAN))
        return st_check_refuse_type(&f->check, p, ST_GIVEN_BOOLEAN, NULL);
    note(f, (st_fact){ .truth = b });
    return b ? pair(f, "true", 4) : pair(f, "false", 5);
}

bool st_form_null(st_form *f)
{
    if (f->to_json) return st_json_null(&f->json) || full(f);
    return empty_value(f, false);
}

bool st_form_empty_array(st_form *f)
{
    const st_param *p = demand(f);
    if (f->to_json)
        return (st_json_begin_array(&f->json) && st_json_end_array(&f->json)) || full(f);
    if (p && !st_check_takes(p, ST_GIVEN_LIST))
        return st_check_refuse_type(&f->check, p, ST_GIVEN_LIST, NULL);
    if (p && !st_check_count(&f->check, p, 0)) return false;
    return pair(f, "", 0);
}

bool st_form_empty_table(st_form *f)
{
    const st_param *p = demand(f), *taker = p ? st_check_takes(p, ST_GIVEN_EMPTY) : NULL;
    if (f->to_json)
        return (st_json_begin_object(&f->json) && st_json_end_object(&f->json)) || full(f);
    if (!p) return true;
    if (!taker) return st_check_refuse_type(&f->check, p, ST_GIVEN_EMPTY, NULL);
    if (taker->type == ST_ARRAY) return st_check_count(&f->check, taker, 0);
    return !top(f)->list || st_check_required(&f->check, taker->params, 0);
}

/* ---- files, and the end ---- */

bool st_form_wants_file(const st_form *f)
{
    return f->boundary && f->current && f->current->type == ST_FILE;
}

bool st_form_file(st_form *f, const st_upload *upload)
{
    const st_buffer *name = &f->check.path;
    st_run filename = { "blob", 4 }, type = { "application/octet-stream", 24 };
    if (upload->filename_length > 0)
        filename = (st_run){ upload->filename, upload->filename_length };
    if (upload->type_length > 0) type = (st_run){ upload->type, upload->type_length };
    if (!st_part_header_ok(filename.bytes, filename.length) ||
        st_text_length(filename.bytes, filename.length) < 0)
        return never(f, ST_PROBLEM_TEXT,
                     "the name of a file is UTF-8 without line breaks; pass another filename");
    if (!st_part_header_ok(type.bytes, type.length))
        return never(f, ST_PROBLEM_TEXT, "the type of a file is one line, such as image/png");
    if (upload->fd < 0 && !st_part_content_ok(f->boundary, upload->bytes, upload->length))
        return never(f, ST_PROBLEM_TEXT, "the content holds the boundary of the body");
    mark(f);
    st_part_file(output(f), f->boundary, name->data, name->length, filename, type);
    if (upload->fd >= 0) {
        f->body->fd = upload->fd;
        f->body->owns_fd = true;
        f->body->offset = upload->offset;
        f->body->size = upload->size;
    } else {
        st_buffer_append(output(f), upload->bytes, upload->length);
    }
    st_buffer_text(output(f), "\r\n");
    return true;
}

bool st_form_finish(st_form *f)
{
    st_buffer_truncate(&f->check.path, 0);
    if (checking(f)) {
        uint64_t given = top(f)->given;
        if (!st_check_required(&f->check, f->op->params, given)) return false;
        if (!st_check_rules(&f->check, f->op, given, f->facts)) return false;
    }
    if (f->boundary) st_part_last(output(f), f->boundary);
    if (f->to_json) st_json_end_object(&f->json);
    if (f->body->head.state == ST_BUFFER_OK && f->body->tail.state == ST_BUFFER_OK) return true;
    return full(f);
}
