/* file.c - ring 2b: files that are at any moment the old or the new one, whole; private files. */
#include "binding.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h> /* PATH_MAX */
#include <stdio.h>  /* rename */
#include <string.h>
#include <unistd.h>

#define SUFFIX ".new"

static int write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        bytes += written;
        n -= (size_t)written;
    }
    return 0;
}

/* Writes a new file and waits until it is on disk: 0, or -1 with errno set. */
static int write_synced(const char *path, const char *bytes, size_t n)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return -1;
    int result = write_all(fd, bytes, n);
    if (result == 0) result = fsync(fd);
    int problem = errno;
    if (close(fd) != 0 && result == 0) return -1;
    errno = problem;
    return result;
}

/* Waits until the entry of path, whose length is n, is on disk where the file system can say so. */
static void sync_directory(const char *path, size_t n)
{
    char directory[PATH_MAX];
    while (n > 0 && path[n - 1] != '/') n--;
    memcpy(directory, n > 0 ? path : ".", n > 0 ? n : 1);
    directory[n > 0 ? n : 1] = '\0';
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd); /* the rename has happened all the same */
    close(fd);
}

/*
 * replace_file(path, text) -> true | nil, message: writes beside the path and renames; when it
 * returns, a loss of power finds the new file
 */
static int replace_file(lua_State *L)
{
    char temporary[PATH_MAX];
    size_t length, n;
    const char *path = luaL_checklstring(L, 1, &length);
    const char *text = luaL_checklstring(L, 2, &n);
    luaL_argcheck(L, length > 0 && strlen(path) == length, 1, "not a path");
    luaL_argcheck(L, length + sizeof SUFFIX <= sizeof temporary, 1, "the path is too long");
    memcpy(temporary, path, length);
    memcpy(temporary + length, SUFFIX, sizeof SUFFIX);
    if (write_synced(temporary, text, n) != 0 || rename(temporary, path) != 0) {
        int problem = errno;
        unlink(temporary);
        lua_pushnil(L);
        lua_pushfstring(L, "%s: %s", path, strerror(problem));
        return 2;
    }
    sync_directory(path, length);
    lua_pushboolean(L, 1);
    return 1;
}

/*
 * private_file(path) -> true | nil, message: makes an empty file that is nobody else's; one that is
 * there already stays as it is
 */
static int private_file(lua_State *L)
{
    size_t length;
    const char *path = luaL_checklstring(L, 1, &length);
    luaL_argcheck(L, length > 0 && strlen(path) == length, 1, "not a path");
    /* One that is there must not even be opened: to close it would end the locks that SQLite may
       hold on it in this process. */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) {
        lua_pushnil(L);
        lua_pushfstring(L, "%s: %s", path, strerror(errno));
        return 2;
    }
    if (fd >= 0) close(fd);
    lua_pushboolean(L, 1);
    return 1;
}

static const luaL_Reg functions[] = {
    { "replace_file", replace_file },
    { "private_file", private_file },
    { NULL, NULL }
};

void st_open_file(lua_State *L)
{
    st_setfuncs(L, functions);
}
