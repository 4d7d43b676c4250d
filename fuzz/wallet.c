/* wallet.c - libFuzzer: addresses of wallets, on every network. */
#include "../src/core/wallet.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds) abort();
}

static st_wallet_fault look(const char *network, const char *address, size_t n)
{
    char message[ST_WALLET_MESSAGE] = "";
    st_wallet_fault fault = st_wallet_check(network, address, n, message);
    demand(st_wallet_fault_name(fault) != NULL);
    demand((fault == ST_WALLET_FINE) == (message[0] == '\0'));
    demand(strlen(message) < ST_WALLET_MESSAGE - 1);
    return fault;
}

/* What is an address is none any more with a character changed in its middle, where the network
   has a checksum over all of it. */
static void change(const char *network, const char *address, size_t n)
{
    char other[ST_WALLET_TEXT];
    memcpy(other, address, n);
    other[n / 2] = other[n / 2] == '3' ? '4' : '3';
    demand(look(network, other, n) != ST_WALLET_FINE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const networks[] = {
        "avalanche", "base", "base_network", "bitcoin", "celo", "ethereum", "optimism", "polygon",
        "solana", "stellar", "sui", "tempo", "worldchain", "none", "",
    };
    /* A copy without anything behind it, so that reading on is seen. */
    char *address = malloc(size ? size : 1);
    if (!address) return 0;
    if (size) memcpy(address, data, size);
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        if (look(networks[i], address, size) != ST_WALLET_FINE) continue;
        demand(size > 0 && size <= ST_WALLET_TEXT);
        if (strcmp(networks[i], "bitcoin") == 0 || strcmp(networks[i], "stellar") == 0)
            change(networks[i], address, size);
    }
    free(address);
    return 0;
}
