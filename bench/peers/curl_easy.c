/* curl_easy.c - bench: bare libcurl, one call after the other on one easy handle. */
#include "peer.h"

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    (void)bytes;
    *(size_t *)data += size * n;
    return size * n;
}

int main(int argc, char **argv)
{
    size_t bytes = 0;
    if (argc != 7) return 2;
    long calls = atol(argv[3]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *easy = curl_easy_init();
    peer_reach(easy, argv[2], argv[6]);
    curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes);
    if (curl_easy_perform(easy) != CURLE_OK) return 1;
    size_t each = bytes;
    double wall = peer_clock(CLOCK_MONOTONIC), cpu = peer_clock(CLOCK_PROCESS_CPUTIME_ID);
    for (long i = 0; i < calls; i++)
        if (curl_easy_perform(easy) != CURLE_OK) return 1;
    wall = peer_clock(CLOCK_MONOTONIC) - wall;
    cpu = peer_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    if (bytes != each * (size_t)(calls + 1)) return 1;
    printf("%.6f %.6f\n", wall, cpu);
    curl_easy_cleanup(easy);
    return 0;
}
