/* curl_multi.c - bench: bare libcurl, many calls at once on as many easy handles. */
#include "peer.h"

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    (void)bytes;
    *(size_t *)data += size * n;
    return size * n;
}

static bool failed;

/* Makes that many calls on the handles; returns how many of them succeeded. */
static long run(CURLM *multi, CURL **easy, long wide, long calls)
{
    long started = 0, done = 0;
    int running, left;
    while (started < wide && started < calls) curl_multi_add_handle(multi, easy[started++]);
    while (done < calls && !failed) {
        CURLMsg *message;
        curl_multi_perform(multi, &running);
        while ((message = curl_multi_info_read(multi, &left))) {
            CURL *handle = message->easy_handle;
            failed |= message->data.result != CURLE_OK;
            curl_multi_remove_handle(multi, handle);
            done++;
            if (started < calls) {
                curl_multi_add_handle(multi, handle);
                started++;
            }
        }
        if (done < calls) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    return done;
}

int main(int argc, char **argv)
{
    size_t bytes = 0;
    if (argc != 7) return 2;
    long calls = atol(argv[3]), wide = atol(argv[4]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    CURL **easy = calloc((size_t)wide, sizeof *easy);
    if (!easy) return 1;
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, wide);
    for (long i = 0; i < wide; i++) {
        easy[i] = curl_easy_init();
        peer_reach(easy[i], argv[2], argv[6]);
        curl_easy_setopt(easy[i], CURLOPT_URL, argv[1]);
        curl_easy_setopt(easy[i], CURLOPT_PIPEWAIT, 1L);
        curl_easy_setopt(easy[i], CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(easy[i], CURLOPT_WRITEDATA, &bytes);
    }
    run(multi, easy, wide, wide); /* opens the connections */
    double wall = peer_clock(CLOCK_MONOTONIC), cpu = peer_clock(CLOCK_PROCESS_CPUTIME_ID);
    run(multi, easy, wide, calls);
    wall = peer_clock(CLOCK_MONOTONIC) - wall;
    cpu = peer_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    if (failed) return 1;
    printf("%.6f %.6f\n", wall, cpu);
    return 0;
}
