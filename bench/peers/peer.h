/*
 * peer.h - bench: what the programs in C share: their arguments, headers, clocks.
 *
 * Every program takes the same arguments: url version calls wide headers ca. It makes its
 * connections first, then that many calls, so many at once, and prints what these took: seconds
 * on the wall, seconds of CPU.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The lines of a file as libcurl takes headers; NULL for "-". */
static inline struct curl_slist *peer_headers(const char *file)
{
    struct curl_slist *list = NULL;
    char line[1024];
    FILE *f = strcmp(file, "-") == 0 ? NULL : fopen(file, "r");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        list = curl_slist_append(list, line);
    }
    if (f) fclose(f);
    return list;
}

/* What a handle needs to reach the server, and nothing else. version: "1.1" or "2". */
static inline void peer_reach(CURL *easy, const char *version, const char *ca)
{
    bool h2 = strcmp(version, "2") == 0;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                     (long)(h2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca);
}

static inline double peer_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#endif
