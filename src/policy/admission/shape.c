/* The fields of both kinds, as rows: names, kinds, allowed words. */
#include "base/limits.h"
#include "base/near.h"
#include "policy/admission/parts.h"

#include <stdarg.h>

enum shape_kind { SHAPE_ANY, SHAPE_TEXT, SHAPE_MAP, SHAPE_MAPS /* a list of maps */, SHAPE_TEXTS };

struct shape {
    struct str name;
    enum shape_kind kind;
    bool is_required;
    const struct shape *fields; /* of a map; ended by a row without name */
    const struct str *words;    /* that a text may be; ended by an empty one */
};

static const struct str failure_policies[] = {STR("Fail"), STR("Ignore"), STR_NONE};
static const struct str match_policies[] = {STR("Exact"), STR("Equivalent"), STR_NONE};
static const struct str scopes[] = {STR("*"), STR("Cluster"), STR("Namespaced"), STR_NONE};
static const struct str operations[] = {STR("*"),      STR("CREATE"),  STR("UPDATE"),
                                        STR("DELETE"), STR("CONNECT"), STR_NONE};
static const struct str actions[] = {STR("Deny"), STR("Warn"), STR("Audit"), STR_NONE};
static const struct str not_found_actions[] = {STR("Allow"), STR("Deny"), STR_NONE};
static const struct str operators[] = {STR("In"), STR("NotIn"), STR("Exists"), STR("DoesNotExist"), STR_NONE};

static const struct shape requirement[] = {
    {STR("key"), SHAPE_TEXT, true, NULL, NULL},
    {STR("operator"), SHAPE_TEXT, true, NULL, operators},
    {STR("values"), SHAPE_TEXTS, false, NULL, NULL},
    {.kind = SHAPE_ANY},
};
static const struct shape selector[] = {
    {STR("matchLabels"), SHAPE_ANY, false, NULL, NULL},
    {STR("matchExpressions"), SHAPE_MAPS, false, requirement, NULL},
    {.kind = SHAPE_ANY},
};
static const struct shape rule[] = {
    {STR("apiGroups"), SHAPE_TEXTS, true, NULL, NULL},
    {STR("apiVersions"), SHAPE_TEXTS, true, NULL, NULL},
    {STR("operations"), SHAPE_TEXTS, true, NULL, operations},
    {STR("resources"), SHAPE_TEXTS, true, NULL, NULL},
    {STR("resourceNames"), SHAPE_TEXTS, false, NULL, NULL},
    {STR("scope"), SHAPE_TEXT, false, NULL, scopes},
    {.kind = SHAPE_ANY},
};
static const struct shape match_resources[] = {
    {STR("namespaceSelector"), SHAPE_MAP, false, selector, NULL},
    {STR("objectSelector"), SHAPE_MAP, false, selector, NULL},
    {STR("resourceRules"), SHAPE_MAPS, false, rule, NULL},
    {STR("excludeResourceRules"), SHAPE_MAPS, false, rule, NULL},
    {STR("matchPolicy"), SHAPE_TEXT, false, NULL, match_policies},
    {.kind = SHAPE_ANY},
};
static const struct shape param_kind[] = {
    {STR("apiVersion"), SHAPE_TEXT, true, NULL, NULL},
    {STR("kind"), SHAPE_TEXT, true, NULL, NULL},
    {.kind = SHAPE_ANY},
};
static const struct shape validation[] = {
    {STR("expression"), SHAPE_TEXT, true, NULL, NULL},
    {STR("message"), SHAPE_TEXT, false, NULL, NULL},
    {STR("messageExpression"), SHAPE_TEXT, false, NULL, NULL},
    {STR("reason"), SHAPE_TEXT, false, NULL, NULL},
    {.kind = SHAPE_ANY},
};
static const struct shape named_expression[] = {
    {STR("name"), SHAPE_TEXT, true, NULL, NULL},
    {STR("expression"), SHAPE_TEXT, true, NULL, NULL},
    {.kind = SHAPE_ANY},
};
static const struct shape annotation[] = {
    {STR("key"), SHAPE_TEXT, true, NULL, NULL},
    {STR("valueExpression"), SHAPE_TEXT, true, NULL, NULL},
    {.kind = SHAPE_ANY},
};
static const struct shape policy_spec[] = {
    {STR("paramKind"), SHAPE_MAP, false, param_kind, NULL},
    {STR("matchConstraints"), SHAPE_MAP, true, match_resources, NULL},
    {STR("validations"), SHAPE_MAPS, false, validation, NULL},
    {STR("failurePolicy"), SHAPE_TEXT, false, NULL, failure_policies},
    {STR("auditAnnotations"), SHAPE_MAPS, false, annotation, NULL},
    {STR("matchConditions"), SHAPE_MAPS, false, named_expression, NULL},
    {STR("variables"), SHAPE_MAPS, false, named_expression, NULL},
    {.kind = SHAPE_ANY},
};
static const struct shape param_ref[] = {
    {STR("name"), SHAPE_TEXT, false, NULL, NULL},
    {STR("namespace"), SHAPE_TEXT, false, NULL, NULL},
    {STR("selector"), SHAPE_MAP, false, selector, NULL},
    {STR("parameterNotFoundAction"), SHAPE_TEXT, false, NULL, not_found_actions},
    {.kind = SHAPE_ANY},
};
static const struct shape binding_spec[] = {
    {STR("policyName"), SHAPE_TEXT, true, NULL, NULL},
    {STR("paramRef"), SHAPE_MAP, false, param_ref, NULL},
    {STR("matchResources"), SHAPE_MAP, false, match_resources, NULL},
    {STR("validationActions"), SHAPE_TEXTS, false, NULL, actions},
    {.kind = SHAPE_ANY},
};
static const struct shape metadata[] = {{STR("name"), SHAPE_TEXT, true, NULL, NULL}, {.kind = SHAPE_ANY}};

/* Of the whole objects. */
static const struct shape objects[][6] = {
    {
        {STR("apiVersion"), SHAPE_TEXT, true, NULL, NULL},
        {STR("kind"), SHAPE_TEXT, true, NULL, NULL},
        {STR("metadata"), SHAPE_ANY, true, metadata, NULL},
        {STR("spec"), SHAPE_MAP, true, policy_spec, NULL},
        {STR("status"), SHAPE_ANY, false, NULL, NULL},
        {.kind = SHAPE_ANY},
    },
    {
        {STR("apiVersion"), SHAPE_TEXT, true, NULL, NULL},
        {STR("kind"), SHAPE_TEXT, true, NULL, NULL},
        {STR("metadata"), SHAPE_ANY, true, metadata, NULL},
        {STR("spec"), SHAPE_MAP, true, binding_spec, NULL},
        {.kind = SHAPE_ANY},
    },
};

struct shaping {
    struct str file;
    struct err *err;
};

int vap_wrong(struct str file, struct doc_place at, struct err *err, const char *fmt, ...) {
    char message[768];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return err_set(err, ERR_INPUT, "%.*s:%u:%u: %s", STR_ARG(file), at.line, at.column, message);
}

static int wrong_kind(struct shaping *s, struct str name, const struct doc *d, const char *expected) {
    return vap_wrong(s->file, d->at, s->err, "%.*s: expected %s, found %s", STR_ARG(name), expected,
                     doc_kind_name(d->kind));
}

static int check_text(struct shaping *s, const struct shape *shape, const struct doc *d) {
    if (!doc_is(d, DOC_STRING)) {
        return wrong_kind(s, shape->name, d, "a string");
    }
    if (!shape->words) {
        return 0;
    }
    struct near near = near_to(d->s);
    for (const struct str *word = shape->words; word->n; word++) {
        if (str_eq(*word, d->s)) {
            return 0;
        }
        near_offer(&near, *word);
    }
    struct str guess = near.best.n ? near.best : shape->words[0];
    return vap_wrong(s->file, d->at, s->err, "%.*s: '%.*s' is no value of it; did you mean '%.*s'?",
                     STR_ARG(shape->name), (int)MIN(d->s.n, (size_t)64), d->s.p, STR_ARG(guess));
}

static const struct shape *field_of(const struct shape *fields, struct str name) {
    for (; fields->name.n; fields++) {
        if (str_eq(fields->name, name)) {
            return fields;
        }
    }
    return NULL;
}

static int unknown_field(struct shaping *s, const struct shape *fields, const struct doc_member *member) {
    struct near near = near_to(member->key);
    for (; fields->name.n; fields++) {
        near_offer(&near, fields->name);
    }
    return near.best.n ? vap_wrong(s->file, member->at, s->err, "'%.*s' is not a field. Did you mean '%.*s'?",
                                   STR_ARG(member->key), STR_ARG(near.best))
                       : vap_wrong(s->file, member->at, s->err, "'%.*s' is not a field",
                                   (int)MIN(member->key.n, (size_t)128), member->key.p);
}

static int check_value(struct shaping *s, const struct shape *shape, const struct doc *d);

/* A map whose shape is SHAPE_ANY may have further fields. The depth is that of the rows. */
static int check_fields(struct shaping *s, const struct shape *shape, const struct doc *map) {
    if (!doc_is(map, DOC_MAP)) {
        return wrong_kind(s, shape->name, map, "a map");
    }
    for (const struct shape *field = shape->fields; field->name.n; field++) {
        if (field->is_required && !doc_get(map, field->name)) {
            return vap_wrong(s->file, map->at, s->err, "%.*s: the field '%.*s' is missing",
                             STR_ARG(shape->name), STR_ARG(field->name));
        }
    }
    int r = 0;
    for (size_t i = 0; r == 0 && i < map->map.n; i++) {
        const struct doc_member *member = &map->map.members[i];
        const struct shape *field = field_of(shape->fields, member->key);
        if (field) {
            r = check_value(s, field, member->value);
        } else if (shape->kind != SHAPE_ANY) {
            r = unknown_field(s, shape->fields, member);
        }
    }
    return r;
}

static int check_list(struct shaping *s, const struct shape *shape, const struct doc *list) {
    if (!doc_is(list, DOC_LIST)) {
        return wrong_kind(s, shape->name, list, "a list");
    }
    if (list->list.n > LIMIT_VAP_LIST) {
        return err_set(s->err, ERR_LIMIT, "%.*s:%u:%u: %.*s has more than %u items", STR_ARG(s->file),
                       list->at.line, list->at.column, STR_ARG(shape->name), (unsigned)LIMIT_VAP_LIST);
    }
    int r = 0;
    for (size_t i = 0; r == 0 && i < list->list.n; i++) {
        const struct doc *item = list->list.items[i];
        r = shape->kind == SHAPE_MAPS ? check_fields(s, shape, item) : check_text(s, shape, item);
    }
    return r;
}

static int check_value(struct shaping *s, const struct shape *shape, const struct doc *d) {
    switch (shape->kind) {
    case SHAPE_TEXT:
        return check_text(s, shape, d);
    case SHAPE_MAPS:
    case SHAPE_TEXTS:
        return check_list(s, shape, d);
    case SHAPE_MAP:
        return check_fields(s, shape, d);
    case SHAPE_ANY:
        break;
    }
    return shape->fields ? check_fields(s, shape, d) : 0;
}

int vap_check_shape(struct str file, const struct doc *object, bool is_binding, struct err *err) {
    struct shaping s = {.file = file, .err = err};
    const struct shape whole = {.name = is_binding ? STR("the binding") : STR("the policy"),
                                .kind = SHAPE_MAP,
                                .fields = objects[is_binding]};
    return check_fields(&s, &whole, object);
}
