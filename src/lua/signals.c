/* signals.c - ring 2b: signals that are looked for, so that a loop can end at a good moment. */
#include "binding.h"

#include <pthread.h> /* pthread_sigmask */
#include <signal.h>
#include <time.h>

/* Those by which people and service managers ask a program to end. */
static const struct {
    int number;
    const char *name;
} endings[] = { { SIGTERM, "TERM" }, { SIGINT, "INT" }, { SIGHUP, "HUP" } };

enum { ENDINGS = sizeof endings / sizeof *endings };

static void fill(sigset_t *set)
{
    sigemptyset(set);
    for (int i = 0; i < ENDINGS; i++) sigaddset(set, endings[i].number);
}

/*
 * hold_signals(): from here on TERM, INT and HUP wait until they are asked for. For this thread,
 * those that it starts and the programs that it runs: they inherit it.
 */
static int hold_signals(lua_State *L)
{
    sigset_t set;
    fill(&set);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return luaL_error(L, "signals can't be held");
    return 0;
}

/* held_signal() -> "TERM", "INT" or "HUP", once for each that came; nil when none did */
static int held_signal(lua_State *L)
{
    static const struct timespec now = { 0, 0 };
    sigset_t set;
    fill(&set);
    int number = sigtimedwait(&set, NULL, &now);
    for (int i = 0; i < ENDINGS; i++) {
        if (endings[i].number == number) {
            lua_pushstring(L, endings[i].name);
            return 1;
        }
    }
    lua_pushnil(L);
    return 1;
}

static const luaL_Reg functions[] = {
    { "hold_signals", hold_signals }, { "held_signal", held_signal }, { NULL, NULL }
};

void st_open_signals(lua_State *L)
{
    st_setfuncs(L, functions);
}
