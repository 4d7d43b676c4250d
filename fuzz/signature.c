/* signature.c - libFuzzer: headers of webhooks, and the layout of payloads that don't fit. */
#include "../src/core/layout.h"
#include "../src/core/signature.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds) abort();
}

static void try_header(const char *header, size_t n)
{
    st_signature s;
    char text[32];
    st_signature_fault fault = st_signature_read(&s, header, n);
    demand(st_signature_fault_name(fault) != NULL);
    demand(s.count >= 0 && s.count <= ST_SIGNATURE_COUNT_MAX);
    if (fault != ST_SIGNATURE_FINE) return;
    demand(n <= ST_SIGNATURE_HEADER_MAX && s.count > 0);
    demand(s.time_text >= header && s.time_text + s.time_length <= header + n);
    snprintf(text, sizeof text, "%lld", s.time);
    demand(strlen(text) == s.time_length && memcmp(text, s.time_text, s.time_length) == 0);
    for (int i = 0; i < s.count; i++) demand(st_signature_holds(&s, s.values[i]));
}

static bool lay_out(st_buffer *out, const char *text, size_t n, st_layout_style style)
{
    st_buffer_init(out, 1 << 20);
    return st_layout(out, text, n, style);
}

/* However a text was laid out before, it comes to the same without its white space. */
static void try_layout(const char *text, size_t n)
{
    st_buffer compact, other, again;
    bool possible = lay_out(&compact, text, n, ST_LAYOUT_COMPACT);
    for (int style = ST_LAYOUT_COMPACT; style <= ST_LAYOUT_INDENTED; style++) {
        bool good = lay_out(&other, text, n, (st_layout_style)style);
        st_buffer_init(&again, 0);
        if (good) {
            demand(possible);
            demand(lay_out(&again, other.data ? other.data : "", other.length, ST_LAYOUT_COMPACT));
            demand(again.length == compact.length);
            demand(again.length == 0 || memcmp(again.data, compact.data, again.length) == 0);
        }
        st_buffer_free(&again);
        st_buffer_free(&other);
    }
    st_buffer_free(&compact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_header((const char *)data, size);
    try_layout((const char *)data, size);
    return 0;
}
