/* redact_form.c - ring 1: form bodies and queries without what the catalogue calls sensitive. */
#include "redact.h"
#include "text.h"

#include <string.h>

enum { NAME_MAX_BYTES = 256 }; /* of a decoded parameter name; a longer one counts as sensitive */

bool st_redact_is_secret_name(const char *name, size_t n)
{
    static const char *const names[] = {
        "access_token", "api_key", "authorization", "card_number", "client_secret",
        "customer_information", "customer_ip_address", "cvc", "id_number", "kyc_details",
        "oauth_token", "password", "payment_token", "provided_details", "refresh_token", "secret",
        "verified_outputs", "wallet_address", "wallet_addresses"
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0) return true;
    return false;
}

static const st_param *find(const st_param *params, const char *name, size_t n)
{
    for (const st_param *param = params; param && param->name; param++)
        if (strlen(param->name) == n && memcmp(param->name, name, n) == 0) return param;
    return NULL;
}

/* What "[name]" behind a parameter means, or NULL. */
static const st_param *below(const st_param *param, const char *name, size_t n)
{
    if (param->type == ST_OBJECT) return find(param->params, name, n);
    if (param->type == ST_ARRAY || param->type == ST_MAP) return param->item;
    if (param->type != ST_ANY_OF) return NULL;
    for (const st_param *choice = param->params; choice->name; choice++) {
        const st_param *member = choice->type == ST_ANY_OF ? NULL : below(choice, name, n);
        if (member) return member;
    }
    return NULL;
}

/* Whether the catalogue, or custom, calls anything on the path "a[b][0]" a secret. */
static bool is_sensitive(const st_param *params, const char *p, const char *end)
{
    const st_param *param = NULL;
    for (bool first = true; p < end; first = false) {
        const char *name = p;
        while (p < end && *p != '[' && *p != ']') p++;
        size_t n = (size_t)(p - name);
        bool listed = param ? param->type != ST_MAP : true; /* the names of a map are the user's */
        param = first ? find(params, name, n) : param ? below(param, name, n) : NULL;
        if (param && param->flags & ST_SENSITIVE) return true;
        if (!(param && listed) && st_redact_is_secret_name(name, n)) return true;
        if (p < end && *p == ']') p++;
        if (p < end && *p == '[') p++;
    }
    return false;
}

static bool is_sensitive_key(const st_param *params, const char *p, const char *end)
{
    char name[NAME_MAX_BYTES];
    size_t n = 0;
    for (; p < end; p++) {
        if (n == sizeof name) return true;
        int byte = st_text_escape(p, end);
        name[n++] = byte < 0 ? *p : (char)byte;
        if (byte >= 0) p += 2;
    }
    return is_sensitive(params, name, name + n);
}

bool st_redact_form(st_buffer *out, const st_param *params, const char *text, size_t n)
{
    const char *p = text, *end = text + n;
    while (p < end) {
        const char *stop = memchr(p, '&', (size_t)(end - p));
        if (!stop) stop = end;
        const char *equals = memchr(p, '=', (size_t)(stop - p));
        const char *value = equals ? equals + 1 : stop;
        st_redact_text(out, p, (size_t)(value - p));
        if (value < stop && is_sensitive_key(params, p, equals)) st_buffer_text(out, ST_REDACTED);
        else st_redact_text(out, value, (size_t)(stop - value));
        if (stop < end) st_buffer_byte(out, '&');
        p = stop < end ? stop + 1 : end;
    }
    return out->state == ST_BUFFER_OK;
}
