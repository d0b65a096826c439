/* Members and items: a.b, a.?b, has(a.b), a[b], a[?b]. */
#include "cel/machine/machine.h"

#include <math.h>

/* A value that was found in another one, where it has no node itself. */
static void inherit(struct cel_value *v, const struct doc *from) {
    if (!v->from) {
        v->from = from;
    }
}

enum found { FOUND, MISSING, NO_PARTS };

/* What was found takes the place of what it was found in. */
static void replace(struct cel_value *v, const struct cel_value *found) {
    const struct doc *from = found->from ? found->from : v->from;
    cel_copy(v, found);
    v->from = from;
}

static enum found find_member(struct cel_value *v, struct str name) {
    struct cel_value out;
    if (v->kind != CEL_MAP) {
        return NO_PARTS;
    }
    if (!cel_map_get_text(v, name, &out)) {
        return MISSING;
    }
    replace(v, &out);
    return FOUND;
}

/* True, and *out set, when the number is whole and fits. */
static bool index_of(const struct cel_value *v, int64_t *out) {
    switch ((enum cel_kind)v->kind) {
    case CEL_INT:
        *out = v->i;
        return true;
    case CEL_UINT:
        *out = (int64_t)MIN(v->u, (uint64_t)INT64_MAX);
        return true;
    case CEL_DOUBLE:
        if (!(fabs(v->d) < 0x1p53) || v->d != floor(v->d)) {
            return false;
        }
        *out = (int64_t)v->d;
        return true;
    default:
        return false;
    }
}

static enum found find_item(struct cel_value *v, const struct cel_value *key) {
    struct cel_value out;
    int64_t i;
    if (v->kind == CEL_LIST) {
        if (!index_of(key, &i)) {
            return NO_PARTS;
        }
        if (i < 0 || (uint64_t)i >= v->n) {
            return MISSING;
        }
        out = cel_list_at(v, (size_t)i);
    } else if (v->kind != CEL_MAP) {
        return NO_PARTS;
    } else if (!cel_map_get(v, key, &out)) {
        return MISSING;
    }
    replace(v, &out);
    return FOUND;
}

static const char *kind_of_key(const struct cel_value *key) {
    return key->kind == CEL_STRING ? "" : key->kind == CEL_INT ? "int " : "value of type ";
}

static struct cel_value missing(struct machine *m, const struct instruction *i, const struct cel_value *v,
                                const struct cel_value *key) {
    const char *what = v->kind == CEL_LIST ? "index out of range" : "no such key";
    if (key->kind == CEL_STRING) {
        return machine_error(m, i, v->from, "%s: '%.*s'", what, (int)MIN(key->n, 128u), key->p ? key->p : "");
    }
    if (key->kind == CEL_INT) {
        return machine_error(m, i, v->from, "%s: %lld", what, (long long)key->i);
    }
    return machine_error(m, i, v->from, "%s: %s%.*s", what, kind_of_key(key), STR_ARG(cel_type_name(key)));
}

static struct cel_value no_parts(struct machine *m, const struct instruction *i, const struct cel_value *v,
                                 const struct cel_value *key) {
    struct str type = cel_type_name(v);
    if (v->kind == CEL_LIST) {
        return machine_error(m, i, v->from, "a list has no item at a %.*s", STR_ARG(cel_type_name(key)));
    }
    if (key->kind == CEL_STRING) {
        return machine_error(m, i, v->from, "%.*s has no member '%.*s'", STR_ARG(type),
                             (int)MIN(key->n, 128u), key->p ? key->p : "");
    }
    return machine_error(m, i, v->from, "%.*s has no items", STR_ARG(type));
}

typedef enum found find_fn(struct cel_value *v, const struct cel_value *key);

static enum found find_named(struct cel_value *v, const struct cel_value *key) {
    return find_member(v, cel_str(key));
}

/* Of an optional, or in the forms with "?": what is missing is none, what is found is wrapped. */
static void take_optional(struct machine *m, const struct instruction *i, struct cel_value *v,
                          const struct cel_value *key, find_fn *find) {
    const struct doc *from = v->from;
    struct cel_value inner = *v;
    if (v->kind == CEL_OPTIONAL) {
        if (!v->optional) {
            return;
        }
        inner = *v->optional;
    }
    if (!cel_is_fault(&inner)) {
        enum found found = find(&inner, key);
        if (found == MISSING) {
            *v = cel_optional_none();
            v->from = inner.from ? inner.from : from;
            return;
        }
        if (found == FOUND && !cel_is_fault(&inner)) {
            *v = cel_optional_result(&m->call, inner);
            v->from = inner.from ? inner.from : from;
            return;
        }
        if (found == NO_PARTS) {
            inner = no_parts(m, i, &inner, key);
        }
    }
    *v = inner;
}

static void take_part(struct machine *m, const struct instruction *i, struct cel_value *v,
                      const struct cel_value *key, find_fn *find, bool is_maybe) {
    if (is_maybe || v->kind == CEL_OPTIONAL) {
        take_optional(m, i, v, key, find);
        return;
    }
    enum found found = find(v, key);
    if (found == MISSING) {
        *v = missing(m, i, v, key);
    } else if (found == NO_PARTS) {
        *v = no_parts(m, i, v, key);
    }
}

const struct instruction *step_select(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    struct str name = machine_text(m, i->c);
    if (v->kind == CEL_MAP && v->held == CEL_HELD_DOC) {
        const struct doc *found = doc_get(v->doc, name);
        if (found) {
            cel_set_doc(v, found);
            return i + 1;
        }
    }
    if (!cel_is_fault(v)) {
        struct cel_value key = cel_string(name);
        take_part(m, i, v, &key, find_named, false);
    }
    return i + 1;
}

const struct instruction *step_select_maybe(struct machine *m, const struct instruction *i) {
    if (!cel_is_fault(m->top)) {
        struct cel_value key = cel_string(machine_text(m, i->c));
        take_part(m, i, m->top, &key, find_named, true);
    }
    return i + 1;
}

/* The node of a member that is there, else of the map in which it is missing. A member whose value is not
 * known may turn out to be left out, so the answer is not known either. */
const struct instruction *step_has(struct machine *m, const struct instruction *i) {
    struct cel_value *v = m->top;
    const struct doc *from = v->from;
    if (cel_is_fault(v)) {
        return i + 1;
    }
    if (v->kind == CEL_OPTIONAL) {
        if (!v->optional) {
            *v = cel_bool(false);
            v->from = from;
            return i + 1;
        }
        *v = *v->optional;
        inherit(v, from);
    }
    struct cel_value key = cel_string(machine_text(m, i->c));
    enum found found = find_member(v, cel_str(&key));
    if (found == NO_PARTS && v->kind == CEL_LIST) {
        *v = no_parts(m, i, v, &key);
    } else if (found != FOUND || v->kind != CEL_UNKNOWN) {
        machine_set_bool(v, found == FOUND, v->from);
    }
    return i + 1;
}

static const struct instruction *take_index(struct machine *m, const struct instruction *i, bool is_maybe) {
    struct cel_value *key = m->top--, *v = m->top;
    if (cel_is_fault(key) || cel_is_fault(v)) {
        *v = *machine_fault(v, key);
    } else {
        take_part(m, i, v, key, find_item, is_maybe);
    }
    return i + 1;
}

const struct instruction *step_index(struct machine *m, const struct instruction *i) {
    return take_index(m, i, false);
}

const struct instruction *step_index_maybe(struct machine *m, const struct instruction *i) {
    return take_index(m, i, true);
}
