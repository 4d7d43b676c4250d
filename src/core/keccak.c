/* keccak.c - ring 1: Keccak-256 with its first padding, as Ethereum has it. */
#include "keccak.h"

#include <stdint.h>
#include <string.h>

enum {
    LANES = 25,
    ROUNDS = 24,
    RATE = 200 - 2 * ST_KECCAK_SIZE /* bytes that go in at a time */
};

static uint64_t rotate(uint64_t lane, unsigned by)
{
    return by ? lane << by | lane >> (64 - by) : lane;
}

/* Each column is mixed into its neighbours. */
static void theta(uint64_t state[LANES])
{
    uint64_t parity[5];
    for (int x = 0; x < 5; x++)
        parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
    for (int x = 0; x < 5; x++) {
        uint64_t mixed = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1);
        for (int y = 0; y < LANES; y += 5) state[x + y] ^= mixed;
    }
}

/* Lanes are turned, by 1, 3, 6, 10 and so on, and change their places. */
static void rho_and_pi(uint64_t state[LANES])
{
    int x = 1, y = 0;
    unsigned by = 0;
    uint64_t lane = state[1];
    for (unsigned t = 1; t < LANES; t++) {
        int next = (2 * x + 3 * y) % 5;
        x = y;
        y = next;
        by = (by + t) % 64;
        uint64_t moved = state[x + 5 * y];
        state[x + 5 * y] = rotate(lane, by);
        lane = moved;
    }
}

static void chi(uint64_t state[LANES])
{
    for (int y = 0; y < LANES; y += 5) {
        uint64_t row[5];
        memcpy(row, state + y, sizeof row);
        for (int x = 0; x < 5; x++) state[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
}

static void permute(uint64_t state[LANES])
{
    static const uint64_t constants[ROUNDS] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
        0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    };
    for (int round = 0; round < ROUNDS; round++) {
        theta(state);
        rho_and_pi(state);
        chi(state);
        state[0] ^= constants[round];
    }
}

/* Lanes are little-endian, whatever the machine is. */
static void absorb(uint64_t state[LANES], const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) state[i / 8] ^= (uint64_t)bytes[i] << 8 * (i % 8);
}

void st_keccak256(const void *data, size_t n, unsigned char out[ST_KECCAK_SIZE])
{
    static const unsigned char first = 0x01, last = 0x80;
    uint64_t state[LANES] = { 0 };
    const unsigned char *p = data;
    for (; n >= RATE; n -= RATE, p += RATE) {
        absorb(state, p, RATE);
        permute(state);
    }
    absorb(state, p, n);
    state[n / 8] ^= (uint64_t)first << 8 * (n % 8);
    state[(RATE - 1) / 8] ^= (uint64_t)last << 8 * ((RATE - 1) % 8);
    permute(state);
    for (size_t i = 0; i < ST_KECCAK_SIZE; i++)
        out[i] = (unsigned char)(state[i / 8] >> 8 * (i % 8));
}
