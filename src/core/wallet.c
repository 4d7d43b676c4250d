/* wallet.c - ring 1: whether a text can be an address on a network. */
#include "wallet.h"

#include "base58.h"
#include "bech32.h"
#include "keccak.h"
#include "strkey.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
    EVM_DIGITS = 40,
    SUI_DIGITS = 64,
    HASH = 20,       /* bytes of the hash in an older bitcoin address */
    SOLANA_KEY = 32, /* bytes */
    SOLANA_MOST = 44 /* characters that 32 bytes can be */
};

/* The address under examination, and where its problem goes. */
typedef struct wallet {
    const char *text;
    size_t n;
    char *message;
} wallet;

static st_wallet_fault say(const wallet *w, st_wallet_fault fault, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(w->message, ST_WALLET_MESSAGE, format, arguments);
    va_end(arguments);
    return fault;
}

static bool begins(const wallet *w, const char *prefix)
{
    size_t n = strlen(prefix);
    return w->n >= n && memcmp(w->text, prefix, n) == 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'f';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'F';
}

static st_wallet_fault bad_length(const wallet *w, const char *needed)
{
    return say(w, ST_WALLET_LENGTH, "it has %zu characters, an address here has %s", w->n, needed);
}

static st_wallet_fault bad_character(const wallet *w, size_t at, const char *alphabet)
{
    return say(w, ST_WALLET_ALPHABET, "character %zu is none of %s", at + 1, alphabet);
}

/* 0x and so many hexadecimal digits. */
static st_wallet_fault check_hex(const wallet *w, size_t digits)
{
    char needed[16];
    if (!begins(w, "0x")) return say(w, ST_WALLET_FORM, "it does not begin with 0x");
    for (size_t i = 2; i < w->n; i++) {
        char c = w->text[i];
        if (!is_digit(c) && !is_small(c) && !is_capital(c))
            return bad_character(w, i, "the hexadecimal digits");
    }
    snprintf(needed, sizeof needed, "%zu", digits + 2);
    return w->n == digits + 2 ? ST_WALLET_FINE : bad_length(w, needed);
}

/* EIP-55: a letter is a capital where the digest of the small letters has a digit from 8 on. An
   address all in small letters, or all in capitals, has no checksum. */
static bool case_fits(const char *digits)
{
    char small[EVM_DIGITS];
    unsigned char digest[ST_KECCAK_SIZE];
    bool smalls = false, capitals = false;
    for (int i = 0; i < EVM_DIGITS; i++) {
        smalls = smalls || is_small(digits[i]);
        capitals = capitals || is_capital(digits[i]);
        small[i] = is_capital(digits[i]) ? (char)(digits[i] - 'A' + 'a') : digits[i];
    }
    if (!smalls || !capitals) return true;
    st_keccak256(small, sizeof small, digest);
    for (int i = 0; i < EVM_DIGITS; i++) {
        int high = digest[i / 2] >> (i % 2 ? 0 : 4) & 15;
        if (!is_digit(small[i]) && is_capital(digits[i]) != (high >= 8)) return false;
    }
    return true;
}

static st_wallet_fault check_evm(const wallet *w)
{
    st_wallet_fault fault = check_hex(w, EVM_DIGITS);
    if (fault != ST_WALLET_FINE) return fault;
    if (case_fits(w->text + 2)) return ST_WALLET_FINE;
    return say(w, ST_WALLET_CHECKSUM, "the checksum in its small and capital letters (EIP-55) does "
               "not fit: a character is wrong");
}

/* On avalanche coins are bought on the C chain, whose addresses are ethereum's. */
static st_wallet_fault check_avalanche(const wallet *w)
{
    if (begins(w, "X-") || begins(w, "P-") || begins(w, "C-") || begins(w, "avax1"))
        return say(w, ST_WALLET_ELSEWHERE, "it is in the form of the X and P chains; the C chain's "
                   "begin with 0x");
    return check_evm(w);
}

static st_wallet_fault check_sui(const wallet *w)
{
    return check_hex(w, SUI_DIGITS);
}

static bool same_prefix(const wallet *w, const char *prefix)
{
    for (size_t i = 0; prefix[i]; i++) {
        char c = i < w->n ? w->text[i] : '\0';
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        if (c != prefix[i]) return false;
    }
    return true;
}

static st_wallet_fault check_segwit(const wallet *w)
{
    static const char alphabet[] = "the 32 of bech32";
    st_bech32 address;
    switch (st_bech32_read(&address, w->text, w->n)) {
    case ST_BECH32_FINE:
        if (strcmp(address.prefix, "bc") == 0) return ST_WALLET_FINE;
        if (strcmp(address.prefix, "tb") == 0 || strcmp(address.prefix, "bcrt") == 0)
            return say(w, ST_WALLET_ELSEWHERE, "it is an address of a test network of bitcoin");
        return say(w, ST_WALLET_ELSEWHERE, "it is an address of another network");
    case ST_BECH32_LENGTH:
        return bad_length(w, "at most 90");
    case ST_BECH32_CASE:
        return say(w, ST_WALLET_ALPHABET, "it has both small and capital letters");
    case ST_BECH32_FORM:
        return bad_length(w, "42 or 62");
    case ST_BECH32_ALPHABET:
        return say(w, ST_WALLET_ALPHABET, "a character is none of %s", alphabet);
    case ST_BECH32_CHECKSUM:
        return say(w, ST_WALLET_CHECKSUM, "its checksum does not fit: a character is wrong");
    case ST_BECH32_VARIANT:
        return say(w, ST_WALLET_CHECKSUM, "its checksum is that of another version (bech32 for "
                   "version 0, bech32m for later ones)");
    case ST_BECH32_VERSION:
        return say(w, ST_WALLET_FORM, "its version is above 16");
    case ST_BECH32_PADDING:
        return say(w, ST_WALLET_FORM, "the bits left over at its end are not zero");
    case ST_BECH32_SIZE:
        break;
    }
    return say(w, ST_WALLET_LENGTH, "what it holds has a size that no address of its version has");
}

/* A byte that tells the kind, a hash, a checksum. */
static st_wallet_fault check_base58(const wallet *w)
{
    enum { PAY_TO_KEY = 0x00, PAY_TO_SCRIPT = 0x05, TEST_KEY = 0x6f, TEST_SCRIPT = 0xc4 };
    enum { PRIVATE_KEY = 0x80, TEST_PRIVATE_KEY = 0xef };
    unsigned char bytes[ST_BASE58_BYTES];
    size_t span = st_base58_span(w->text, w->n);
    if (span < w->n) return bad_character(w, span, "the 58 that have no 0, O, I and l");
    int n = st_base58_read(w->text, w->n, bytes);
    if (n < 0) return bad_length(w, "26 to 35, or 42 or 62 after bc1");
    bool fits = st_base58_checksum_fits(bytes, (size_t)n);
    if (fits && (bytes[0] == PRIVATE_KEY || bytes[0] == TEST_PRIVATE_KEY))
        return say(w, ST_WALLET_SECRET, "it is a private key: who has seen it can take everything");
    if (n != 1 + HASH + ST_BASE58_CHECKSUM)
        return bad_length(w, "26 to 35, or 42 or 62 after bc1");
    if (!fits)
        return say(w, ST_WALLET_CHECKSUM, "its checksum does not fit: a character is wrong");
    if (bytes[0] == PAY_TO_KEY || bytes[0] == PAY_TO_SCRIPT) return ST_WALLET_FINE;
    if (bytes[0] == TEST_KEY || bytes[0] == TEST_SCRIPT)
        return say(w, ST_WALLET_ELSEWHERE, "it is an address of a test network of bitcoin");
    return say(w, ST_WALLET_ELSEWHERE, "it is an address of another network");
}

static st_wallet_fault check_bitcoin(const wallet *w)
{
    static const char *const segwit[] = { "bc1", "tb1", "bcrt1", "ltc1" };
    if (begins(w, "0x"))
        return say(w, ST_WALLET_ELSEWHERE, "it is an address of another network: it begins with "
                   "0x");
    for (size_t i = 0; i < sizeof segwit / sizeof *segwit; i++)
        if (same_prefix(w, segwit[i])) return check_segwit(w);
    return check_base58(w);
}

static st_wallet_fault check_solana(const wallet *w)
{
    unsigned char bytes[ST_BASE58_BYTES];
    if (begins(w, "0x"))
        return say(w, ST_WALLET_ELSEWHERE, "it is an address of another network: it begins with "
                   "0x");
    size_t span = st_base58_span(w->text, w->n);
    if (span < w->n) return bad_character(w, span, "the 58 that have no 0, O, I and l");
    if (w->n > SOLANA_MOST) return bad_length(w, "32 to 44");
    int n = st_base58_read(w->text, w->n, bytes);
    if (n == SOLANA_KEY) return ST_WALLET_FINE;
    return say(w, ST_WALLET_LENGTH, "it stands for %d bytes, an address here has %d", n,
               SOLANA_KEY);
}

static st_wallet_fault check_stellar(const wallet *w)
{
    char kind = w->n > 0 ? w->text[0] : '\0';
    if (kind == 'S' && st_strkey_check(w->text, w->n, ST_STRKEY_SEED) == ST_STRKEY_FINE)
        return say(w, ST_WALLET_SECRET, "it is a secret key: who has seen it can take everything");
    if (kind != 'G' && kind != 'M')
        return say(w, ST_WALLET_FORM, "it does not begin with G (an account) or M (a sub-account)");
    switch (st_strkey_check(w->text, w->n, kind == 'G' ? ST_STRKEY_ACCOUNT : ST_STRKEY_MUXED)) {
    case ST_STRKEY_FINE:
        return ST_WALLET_FINE;
    case ST_STRKEY_LENGTH:
        return bad_length(w, kind == 'G' ? "56" : "69");
    case ST_STRKEY_ALPHABET:
        return say(w, ST_WALLET_ALPHABET, "a character is none of A to Z and 2 to 7");
    case ST_STRKEY_PADDING:
        return say(w, ST_WALLET_FORM, "the bits left over at its end are not zero");
    case ST_STRKEY_CHECKSUM:
        break;
    case ST_STRKEY_KIND:
        return say(w, ST_WALLET_ELSEWHERE, "it is a key, but not that of an account");
    }
    return say(w, ST_WALLET_CHECKSUM, "its checksum does not fit: a character is wrong");
}

typedef st_wallet_fault check(const wallet *w);

static const struct {
    const char *network;
    check *check;
} networks[] = {
    { "avalanche", check_avalanche },
    { "base", check_evm },
    { "base_network", check_evm },
    { "bitcoin", check_bitcoin },
    { "celo", check_evm },
    { "ethereum", check_evm },
    { "optimism", check_evm },
    { "polygon", check_evm },
    { "solana", check_solana },
    { "stellar", check_stellar },
    { "sui", check_sui },
    { "tempo", check_evm },
    { "worldchain", check_evm },
};

const char *st_wallet_fault_name(st_wallet_fault fault)
{
    static const char *const names[] = {
        [ST_WALLET_FINE] = "fine",           [ST_WALLET_UNKNOWN] = "unknown",
        [ST_WALLET_FORM] = "form",           [ST_WALLET_LENGTH] = "length",
        [ST_WALLET_ALPHABET] = "alphabet",   [ST_WALLET_CHECKSUM] = "checksum",
        [ST_WALLET_ELSEWHERE] = "elsewhere", [ST_WALLET_SECRET] = "secret",
    };
    return names[fault];
}

st_wallet_fault st_wallet_check(const char *network, const char *address, size_t n,
                                char message[ST_WALLET_MESSAGE])
{
    wallet w = { address, n, message };
    for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
        if (strcmp(networks[i].network, network) != 0) continue;
        if (n == 0) return say(&w, ST_WALLET_LENGTH, "it is empty");
        for (size_t at = 0; at < n; at++)
            if (address[at] < '!' || address[at] > '~')
                return say(&w, ST_WALLET_ALPHABET, "character %zu is a space, a control character "
                           "or no ASCII", at + 1);
        if (n > ST_WALLET_TEXT) return say(&w, ST_WALLET_LENGTH, "it is longer than any address");
        return networks[i].check(&w);
    }
    return say(&w, ST_WALLET_UNKNOWN, "nothing is known of this network's addresses");
}
