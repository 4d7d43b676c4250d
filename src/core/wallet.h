/*
 * wallet.h - ring 1: whether a text can be an address on a network, by its form and its checksum.
 *
 * Coins sent to a mistyped address are lost. What is said about one never repeats it: addresses
 * tell who somebody is.
 */
#ifndef ST_CORE_WALLET_H
#define ST_CORE_WALLET_H

#include <stddef.h>

#pragma GCC visibility push(hidden)

enum {
    ST_WALLET_MESSAGE = 160, /* room for a message and its NUL */
    ST_WALLET_TEXT = 128     /* most characters of an address of any network */
};

typedef enum st_wallet_fault {
    ST_WALLET_FINE,
    ST_WALLET_UNKNOWN,   /* a network of which nothing is known here */
    ST_WALLET_FORM,      /* it does not begin as an address does */
    ST_WALLET_LENGTH,
    ST_WALLET_ALPHABET,
    ST_WALLET_CHECKSUM,
    ST_WALLET_ELSEWHERE, /* sound, but of a test network, of another network, or no address */
    ST_WALLET_SECRET     /* what nobody should be shown */
} st_wallet_fault;

/* The word for a fault: "checksum". Static. */
const char *st_wallet_fault_name(st_wallet_fault fault);

/* Looks at n characters as an address on a network (as in enums or as in maps: base_network). The
   message is set when it is not fine. */
st_wallet_fault st_wallet_check(const char *network, const char *address, size_t n,
                                char message[ST_WALLET_MESSAGE]);

#pragma GCC visibility pop

#endif
