/*
 * catalogue.h - ring 0: what the Stripe API is, as constant tables.
 *
 * Everything else reads these tables: the client's methods, the local checks, the encoder, the
 * simulator's routing and answers, redaction. Nothing here runs. To add a resource, write its
 * tables in a family file and name it in that family's list; to add a family, add one line to
 * st_families in catalogue.c.
 *
 * Conventions: a list of structs ends with an entry whose name is NULL; a list of strings ends
 * with NULL; times are Unix seconds; lengths are UTF-8 characters.
 */
#ifndef ST_API_CATALOGUE_H
#define ST_API_CATALOGUE_H

#pragma GCC visibility push(hidden)
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a table says only what is so */

enum st_type {
    ST_STRING,
    ST_INTEGER,
    ST_NUMBER,  /* any finite number; only answers have them */
    ST_BOOLEAN,
    ST_OBJECT,  /* params / fields name the members; none: any members */
    ST_ARRAY,   /* item describes the elements */
    ST_MAP,     /* string keys to item */
    ST_FILE,    /* the content of an upload */
    ST_ANY_OF,  /* params lists the alternatives, nameless but for their type */
    ST_LIST     /* answers only: the list envelope (object, data, has_more, url) around item */
};

enum st_format {
    ST_PLAIN,
    ST_DECIMAL,    /* exact decimal text, such as "0.253568242640499553" */
    ST_UNIX_TIME,  /* seconds since 1970 */
    ST_CURRENCY,   /* three-letter ISO code, lower case on the wire */
    ST_BINARY,
    ST_METADATA    /* a map with the limits of metadata: 50 keys of 40, values of 500 characters */
};

enum {
    ST_REQUIRED = 1 << 0,        /* parameters: must be given; fields: always in the answer */
    ST_OPEN = 1 << 1,            /* the enum may grow without a new API version */
    ST_CLEARABLE = 1 << 2,       /* an empty string unsets it */
    ST_SENSITIVE = 1 << 3,       /* a secret or personal data, with all that is inside it: never
                                    shown or logged */
    ST_NULLABLE = 1 << 4,
    ST_EXPAND_ID = 1 << 5,       /* an id that expand turns into the object */
    ST_EXPAND_HIDDEN = 1 << 6,   /* absent unless expand names it */
    ST_PRIVATE_PREVIEW = 1 << 7, /* a parameter that needs the beta flag of its resource */
    ST_FREE = 1 << 8,            /* an object whose members no source lists */
    ST_OR_NULL = ST_REQUIRED | ST_NULLABLE
};

/* One request parameter. */
typedef struct st_param {
    const char *name;
    enum st_type type;
    unsigned flags;
    enum st_format format;
    int max_length;                /* 0: no limit known */
    int min_items, max_items;      /* 0: no limit */
    int minimum, maximum;          /* of an integer, when maximum is not 0 */
    int decimals;                  /* fraction digits allowed in a decimal; 0: any */
    const char *const *values;     /* enum; "" is never among them, see ST_CLEARABLE */
    const struct st_param *params; /* members, or alternatives */
    const struct st_param *item;
} st_param;

/* One field of an object in an answer. */
typedef struct st_field {
    const char *name;
    enum st_type type;
    unsigned flags;
    enum st_format format;
    const char *const *values;
    const struct st_field *fields;
    const struct st_field *item;
    const struct st_object *object; /* the named object that this is, or that expand gives */
} st_field;

typedef struct st_object {
    const char *name;      /* the value of its "object" member; NULL: it has none */
    const char *id_prefix; /* such as "climorder_"; NULL: ids have no common prefix */
    const st_field *fields;
} st_object;

/* A rule about several parameters of one operation. */
enum st_rule_kind {
    ST_AT_MOST_ONE,
    ST_EXACTLY_ONE,
    ST_AT_LEAST_ONE,
    ST_NEEDS,          /* the first needs all of the others */
    ST_TRUE_NEEDS_ANY, /* the first, when true, needs one of the others */
    ST_PRECISION       /* the asset that the second names bounds the fraction digits of the first */
};

typedef struct st_asset {
    const char *name;
    int decimals;
} st_asset;

typedef struct st_rule {
    const char *names[4]; /* unused ones NULL; names[0] NULL ends a list of rules */
    enum st_rule_kind kind;
    const st_asset *assets; /* ST_PRECISION only */
} st_rule;

enum st_method { ST_GET, ST_POST, ST_DELETE };
enum st_host { ST_HOST_API, ST_HOST_FILES };

enum {
    ST_RETURNS_LIST = 1 << 0,     /* a list envelope around the object */
    ST_RETURNS_BINARY = 1 << 1,   /* bytes, not JSON */
    ST_MULTIPART = 1 << 2,        /* the body is multipart/form-data */
    ST_NEEDS_BETA = 1 << 3,       /* always sent with the beta flag of the resource */
    ST_STABLE_PREVIEW = 1 << 4,   /* public preview */
    ST_STABLE_PRIVATE = 1 << 5    /* private preview */
};

typedef struct st_operation {
    const char *name; /* method of the client's resource, such as "create" */
    enum st_method method;
    const char *path; /* "/v1/climate/orders/{order}" */
    unsigned flags;
    enum st_host host;
    const char *alternate_path; /* a second documented path; mostly NULL */
    const st_object *returns;   /* NULL with ST_RETURNS_BINARY */
    const st_param *params;     /* NULL: takes none */
    const st_rule *rules;       /* NULL: none */
} st_operation;

typedef struct st_resource {
    const char *name; /* where the client hangs it: "climate.orders" */
    const st_object *object;
    const char *beta; /* added to the API version, as in "crypto_onramp_beta=v2"; NULL: none */
    const st_operation *operations;
} st_resource;

/* The families, each a list of resources; a NULL ends the list of families. */
extern const st_resource *const st_families[];
extern const st_resource st_identity[], st_crypto[], st_climate[], st_forwarding[],
    st_webhook_endpoints[], st_events[], st_files[];

extern const st_object st_error_object; /* the body of every failure */

extern const char *const st_api_version;  /* the one that these tables were written from */
extern const char *const st_api_versions[]; /* those that a webhook endpoint may ask for */
extern const char *const st_enabled_events[];  /* "*", and every public event type */
extern const char *const *const st_event_types; /* the same without "*" */
extern const char *const st_extra_event_types[];    /* sent, though in no public list */
extern const char *const st_explicit_event_types[]; /* left out of "*" */
extern const char *const st_error_codes[];
extern const char *const st_crypto_onramp_error_codes[];

/* Pieces that many tables share. A list of one nameless entry describes the elements of a list. */
extern const st_param st_created_params[]; /* integer, or {gt, gte, lt, lte} */
extern const st_param st_range_params[];   /* {gt, gte, lt, lte} */
extern const st_param st_metadata_value[];
extern const st_param st_text_item[];      /* an element: text */
extern const st_param st_expand_only[];    /* the parameters of an operation that takes no more */
extern const st_param st_list_params[];    /* cursors, expand, limit */
extern const st_field st_text_field[];     /* an element or a value: text */
extern const st_rule st_cursor_rules[];    /* not both cursors */

#define ST_TEXT .max_length = 5000

#define ST_CREATED_PARAM { "created", ST_ANY_OF, .params = st_created_params }
#define ST_EXPAND_PARAM { "expand", ST_ARRAY, .item = st_text_item }
#define ST_METADATA_PARAM \
    { "metadata", ST_MAP, ST_CLEARABLE, ST_METADATA, .item = st_metadata_value }
#define ST_LIST_PARAMS \
    { "ending_before", ST_STRING, ST_TEXT }, ST_EXPAND_PARAM, \
    { "limit", ST_INTEGER, .minimum = 1, .maximum = 100 }, \
    { "starting_after", ST_STRING, ST_TEXT }
#define ST_CURSOR_RULE { { "starting_after", "ending_before" }, ST_AT_MOST_ONE }

#define ST_OBJECT_FIELDS { "id", ST_STRING, ST_REQUIRED }, { "object", ST_STRING, ST_REQUIRED }
#define ST_CREATED_FIELD { "created", ST_INTEGER, ST_REQUIRED, ST_UNIX_TIME }
#define ST_LIVEMODE_FIELD { "livemode", ST_BOOLEAN, ST_REQUIRED }
#define ST_METADATA_FIELD(flags) \
    { "metadata", ST_MAP, flags, ST_METADATA, .item = st_text_field }

#pragma GCC visibility pop

#endif
