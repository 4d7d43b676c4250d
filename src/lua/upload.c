/* upload.c - ring 2b: what may stand for a file among the parameters. */
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <lualib.h> /* LUA_FILEHANDLE of 5.1 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(st_form *form, const char *why, const char *detail)
{
    st_check_refuse_always(&form->check, ST_PROBLEM_TEXT, "%s%s%s", why, detail ? ": " : "",
                    detail ? detail : "");
    return -1;
}

static bool is_handle(lua_State *L, int i)
{
    if (lua_type(L, i) != LUA_TUSERDATA || !lua_getmetatable(L, i)) return false;
    luaL_getmetatable(L, LUA_FILEHANDLE);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

/* The stream of the Lua file handle at index i; NULL: it is closed. */
static FILE *stream_of(lua_State *L, int i)
{
#if LUA_VERSION_NUM >= 502
    const luaL_Stream *stream = lua_touserdata(L, i);
    return stream->closef ? stream->f : NULL;
#else
    return *(FILE **)lua_touserdata(L, i);
#endif
}

/* Hands a descriptor over to the form, which then closes it. */
static int write_descriptor(st_form *form, int fd, int64_t offset, st_upload *upload)
{
    struct stat status;
    if (offset >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        upload->fd = fd;
        upload->offset = offset;
        upload->size = status.st_size > offset ? status.st_size - offset : 0;
        if (st_form_file(form, upload)) return 1;
    }
    close(fd);
    return refuse(form, "only a regular file can be sent, since it may have to be sent twice; read "
                        "it and pass { content = ... }", NULL);
}

/* The rest of a stream, from where it stands. */
static int write_stream(st_form *form, FILE *stream, st_upload *upload)
{
    if (!stream) return refuse(form, "this file is closed", NULL);
    int64_t offset = ftello(stream);
    fflush(stream);
    int fd = fcntl(fileno(stream), F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return refuse(form, "this file cannot be read", strerror(errno));
    return write_descriptor(form, fd, offset, upload);
}

static int write_path(st_form *form, const char *path, st_upload *upload)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not make us wait */
    if (fd < 0) return refuse(form, "this file cannot be opened", strerror(errno));
    if (!upload->filename) {
        const char *slash = strrchr(path, '/');
        upload->filename = slash ? slash + 1 : path;
        upload->filename_length = strlen(upload->filename);
    }
    return write_descriptor(form, fd, 0, upload);
}

static void raw_field(lua_State *L, int table, const char *name)
{
    lua_pushstring(L, name);
    lua_rawget(L, table);
}

/* The text of a member, or NULL; false when it is there but no text. The table keeps it alive. */
static bool text_member(lua_State *L, int table, const char *name, const char *other,
                        const char **text, size_t *length)
{
    raw_field(L, table, name);
    if (lua_isnil(L, -1) && other) {
        lua_pop(L, 1);
        raw_field(L, table, other);
    }
    bool ok = lua_isnil(L, -1) || lua_type(L, -1) == LUA_TSTRING;
    if (lua_type(L, -1) == LUA_TSTRING) *text = lua_tolstring(L, -1, length);
    lua_pop(L, 1);
    return ok;
}

/* The name of a member that no file has, or NULL. */
static const char *unknown_member(lua_State *L, int table)
{
    static const char *const known[] = {
        "path", "content", "data", "filename", "name", "type", NULL
    };
    const char *unknown = NULL;
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "[...]";
        int i = 0;
        while (known[i] && strcmp(known[i], name) != 0) i++;
        if (!known[i]) unknown = name;
    }
    return unknown;
}

static int write_table(lua_State *L, int table, st_form *form)
{
    st_upload upload = { .fd = -1 };
    const char *path = NULL, *unknown = unknown_member(L, table);
    size_t path_length = 0;
    if (unknown) return refuse(form, "a file has no such member", unknown);
    if (!text_member(L, table, "filename", "name", &upload.filename, &upload.filename_length) ||
        !text_member(L, table, "type", NULL, &upload.type, &upload.type_length) ||
        !text_member(L, table, "path", NULL, &path, &path_length))
        return refuse(form, "the path, filename and type of a file are texts", NULL);
    if (path && strlen(path) != path_length)
        return refuse(form, "this path holds a zero byte", NULL);
    bool content = text_member(L, table, "content", "data", &upload.bytes, &upload.length);
    if (path && content && !upload.bytes) return write_path(form, path, &upload);
    if (!path && upload.bytes) return st_form_file(form, &upload) ? 1 : -1;
    if (!path && !content) {
        raw_field(L, table, "content");
        bool handle = is_handle(L, lua_gettop(L));
        FILE *stream = handle ? stream_of(L, lua_gettop(L)) : NULL;
        lua_pop(L, 1);
        if (handle) return write_stream(form, stream, &upload);
    }
    return refuse(form, "a file is { path = \"...\" } or { content = \"...\" }, one of them", NULL);
}

int st_upload_write(lua_State *L, st_form *form)
{
    int top = lua_gettop(L);
    st_upload upload = { .fd = -1 };
    if (is_handle(L, top)) return write_stream(form, stream_of(L, top), &upload);
    return lua_type(L, top) == LUA_TTABLE ? write_table(L, top, form) : 0;
}
