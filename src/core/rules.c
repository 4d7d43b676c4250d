/* rules.c - ring 1: what an operation demands of several parameters together. */
#include "check.h"

#include <string.h>

typedef struct situation {
    const st_operation *op;
    const st_rule *rule;
    uint64_t given;
    const st_fact *facts;
} situation;

/* The index of the rule's parameter. */
static int parameter(const situation *s, int i)
{
    return st_check_find(s->op->params, s->rule->names[i], strlen(s->rule->names[i]));
}

static int names_of(const st_rule *rule)
{
    int count = 0;
    while (count < 4 && rule->names[count]) count++;
    return count;
}

static bool is_given(const situation *s, int i)
{
    int index = parameter(s, i);
    return index >= 0 && (s->given >> index & 1);
}

static int given_from(const situation *s, int first)
{
    int count = 0;
    for (int i = first; i < names_of(s->rule); i++) count += is_given(s, i);
    return count;
}

/* "a, b and c" of the rule's names from the first on. */
static void write_names(const st_rule *rule, int first, const char *and, st_buffer *out)
{
    int count = names_of(rule);
    for (int i = first; i < count; i++) {
        if (i > first) st_buffer_text(out, i == count - 1 ? and : ", ");
        st_buffer_text(out, rule->names[i]);
    }
}

/* Refuses under the name of one parameter, naming all of the rule. */
static bool refuse(st_check *c, const st_rule *rule, int subject, enum st_problem_kind kind,
                   const char *before, int first, const char *and, const char *behind)
{
    st_buffer names;
    st_buffer_init(&names, 256);
    write_names(rule, first, and, &names);
    st_check_enter(c, rule->names[subject], strlen(rule->names[subject]));
    for (int i = 0; i < names_of(rule); i++)
        st_problem_name(&c->problem, rule->names[i], strlen(rule->names[i]));
    st_check_refuse(c, kind, "%s%.*s%s", before, (int)names.length, names.data ? names.data : "",
                    behind);
    st_buffer_free(&names);
    return false;
}

/* The last of the rule's names that is given: the one too many. */
static int last_given(const situation *s)
{
    int last = 0;
    for (int i = 0; i < names_of(s->rule); i++)
        if (is_given(s, i)) last = i;
    return last;
}

static int first_absent(const situation *s)
{
    int i = 1;
    while (i < names_of(s->rule) - 1 && is_given(s, i)) i++;
    return i;
}

static bool check_precision(st_check *c, const situation *s)
{
    if (!is_given(s, 0) || !is_given(s, 1)) return true;
    const st_fact *amount = &s->facts[parameter(s, 0)], *asset = &s->facts[parameter(s, 1)];
    for (const st_asset *a = s->rule->assets; asset->value && a->name; a++) {
        if (strcmp(a->name, asset->value) != 0 || amount->fraction <= a->decimals) continue;
        st_check_enter(c, s->rule->names[0], strlen(s->rule->names[0]));
        c->problem.limit = a->decimals;
        return st_check_refuse(c, ST_PROBLEM_PRECISION,
                               "at most %d digits may follow the point of an amount of %s",
                               a->decimals, a->name);
    }
    return true;
}

static bool check_rule(st_check *c, const situation *s)
{
    const st_rule *rule = s->rule;
    int all = names_of(rule), given = given_from(s, 0), others = given_from(s, 1);
    switch (rule->kind) {
    case ST_EXACTLY_ONE:
        if (given == 0)
            return refuse(c, rule, 0, ST_PROBLEM_INCOMPLETE, "one of ", 0, " and ", " is needed");
        /* fall through */
    case ST_AT_MOST_ONE:
        if (given <= 1) return true;
        return refuse(c, rule, last_given(s), ST_PROBLEM_EXCLUSIVE, "only one of ", 0, " and ",
                      " may be given");
    case ST_AT_LEAST_ONE:
        if (given > 0) return true;
        return refuse(c, rule, 0, ST_PROBLEM_INCOMPLETE, "at least one of ", 0, " and ",
                      " is needed");
    case ST_NEEDS:
        if (!is_given(s, 0) || others == all - 1) return true;
        return refuse(c, rule, first_absent(s), ST_PROBLEM_INCOMPLETE, rule->names[0], all, "",
                      " needs this parameter too");
    case ST_TRUE_NEEDS_ANY:
        if (!is_given(s, 0) || !s->facts[parameter(s, 0)].truth || others > 0) return true;
        return refuse(c, rule, 0, ST_PROBLEM_INCOMPLETE, "when true, it needs ", 1, " or ", "");
    case ST_PRECISION:
        return check_precision(c, s);
    }
    return true;
}

bool st_check_rules(st_check *c, const st_operation *op, uint64_t given, const st_fact *facts)
{
    for (const st_rule *rule = op->rules; rule && rule->names[0]; rule++) {
        situation s = { op, rule, given, facts };
        if (!check_rule(c, &s)) return false;
    }
    return true;
}
