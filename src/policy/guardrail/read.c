#include "policy/guardrail/guardrail.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/near.h"
#include "policy/text_place.h"

#include <stdarg.h>

struct reading {
    struct arena *arena;
    const struct cel_env *env;
    const struct guardrail_file *file;
    struct err *err;
};

struct field {
    struct str name;
    bool is_required;
    size_t offset; /* in the struct that take() fills */
    int (*take)(struct reading *r, struct str name, const struct doc *value, void *slot);
};

/* ---- messages */

static int wrong(struct reading *r, struct doc_place at, const char *fmt, ...) _printf_(3, 4);
static int wrong(struct reading *r, struct doc_place at, const char *fmt, ...) {
    char message[896];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return err_set(r->err, ERR_INPUT, "%.*s:%u:%u: %s", STR_ARG(r->file->name), at.line, at.column, message);
}

static int wrong_kind(struct reading *r, struct str name, const struct doc *value, const char *expected) {
    return wrong(r, value->at, "'%.*s' should be %s, not %s", STR_ARG(name), expected,
                 doc_kind_name(value->kind));
}

static int unknown_field(struct reading *r, const struct doc_member *member, const struct field *fields,
                         size_t n) {
    struct near near = near_to(member->key);
    char known[256] = "";
    for (size_t i = 0, at = 0; i < n; i++) {
        near_offer(&near, fields[i].name);
        at += (size_t)snprintf(known + at, sizeof known - at, "%s%.*s", at ? ", " : "",
                               STR_ARG(fields[i].name));
        assert(at < sizeof known);
    }
    if (near.best.n) {
        return wrong(r, member->at, "'%.*s' is not a field\n  known fields: %s   did you mean '%.*s'?",
                     STR_ARG(str_sub(member->key, 0, 64)), known, STR_ARG(near.best));
    }
    return wrong(r, member->at, "'%.*s' is not a field\n  known fields: %s",
                 STR_ARG(str_sub(member->key, 0, 64)), known);
}

/* ---- maps and lists */

static const struct field *field_of(const struct field *fields, size_t n, struct str name) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(fields[i].name, name)) {
            return &fields[i];
        }
    }
    return NULL;
}

static int take_fields(struct reading *r, const char *what, const struct doc *map, const struct field *fields,
                       size_t n, void *out) {
    if (!doc_is(map, DOC_MAP)) {
        return wrong(r, map->at, "%s is a map of fields, not %s", what, doc_kind_name(map->kind));
    }
    for (size_t i = 0; i < map->map.n; i++) {
        const struct doc_member *member = &map->map.members[i];
        const struct field *field = field_of(fields, n, member->key);
        int result = field ? field->take(r, field->name, member->value, (char *)out + field->offset)
                           : unknown_field(r, member, fields, n);
        if (result < 0) {
            return result;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (fields[i].is_required && !doc_member(map, fields[i].name)) {
            return wrong(r, map->at, "%s needs the field '%.*s'", what, STR_ARG(fields[i].name));
        }
    }
    return 0;
}

static int take_list(struct reading *r, struct str name, const struct doc *value, size_t size, void **out) {
    if (!doc_is(value, DOC_LIST)) {
        return wrong_kind(r, name, value, "a list");
    }
    if (value->list.n > LIMIT_GUARDRAILS) {
        return wrong(r, value->at, "'%.*s' has %zu items; %d are the most", STR_ARG(name), value->list.n,
                     LIMIT_GUARDRAILS);
    }
    *out = arena_array(r->arena, value->list.n + 1, size);
    return *out ? 0 : err_memory(r->err);
}

/* ---- scalars */

static int take_text(struct reading *r, struct str name, const struct doc *value, void *slot) {
    if (!doc_is(value, DOC_STRING)) {
        return wrong_kind(r, name, value, "a string");
    }
    *(struct str *)slot = str_trim(doc_str(value));
    return ((struct str *)slot)->n ? 0 : wrong(r, value->at, "'%.*s' is empty", STR_ARG(name));
}

static int take_glob(struct reading *r, struct str name, const struct doc *value, void *slot) {
    int result = take_text(r, name, value, slot);
    bool is_long = result == 0 && ((struct str *)slot)->n > LIMIT_GUARDRAIL_GLOB;
    return is_long ? wrong(r, value->at, "'%.*s' has more than %d bytes", STR_ARG(name), LIMIT_GUARDRAIL_GLOB)
                   : result;
}

static int take_bool(struct reading *r, struct str name, const struct doc *value, void *slot) {
    if (!doc_is(value, DOC_BOOL)) {
        return wrong_kind(r, name, value, "true or false");
    }
    *(bool *)slot = value->b;
    return 0;
}

static int take_action(struct reading *r, struct str name, const struct doc *value, void *slot) {
    for (int action = ACTION_WARN; action < ACTIONS; action++) {
        if (str_eq(doc_str(value), str_c(finding_action_name((enum finding_action)action)))) {
            *(enum finding_action *)slot = (enum finding_action)action;
            return 0;
        }
    }
    return wrong(r, value->at, "an action is one of block, warn and ignore");
}

static int take_profile(struct reading *r, struct str name, const struct doc *value, void *slot) {
    return guardrail_profile_of(doc_str(value), slot)
               ? 0
               : wrong(r, value->at, "a profile is one of off, baseline and strict");
}

struct end {
    struct str until;
    int64_t ends;
};

static int take_until(struct reading *r, struct str name, const struct doc *value, void *slot) {
    enum { DAY = 24 * 60 * 60 };
    struct end *end = slot;
    bool is_text = doc_is(value, DOC_STRING) || doc_is(value, DOC_TIMESTAMP);
    end->until = is_text ? value->s : STR_NONE;
    if (end->until.n != STR("2027-01-31").n || !clock_parse(end->until, &end->ends)) {
        return wrong(r, value->at, "'until' is the last day that it counts, as in 2027-01-31");
    }
    end->ends += DAY;
    return 0;
}

/* ---- expressions */

/* An offset in an expression, as a place in the file. */
static struct doc_place place_in(struct reading *r, const struct doc *value, size_t offset) {
    return text_place(r->file->text, value, offset);
}

static size_t offset_of(struct str text, struct doc_place at) {
    size_t offset = 0;
    for (struct str rest = text, line; --at.line && str_split(&rest, '\n', &line);) {
        offset += line.n + 1;
    }
    return MIN(offset + at.column - 1, text.n);
}

/* Takes "line 1 column 6: " off the front of a message. */
static bool take_place(struct str *message, struct doc_place *at) {
    struct str rest = *message, word;
    uint64_t line, column;
    bool is_place = str_split(&rest, ' ', &word) && str_eq(word, STR("line")) &&
                    str_split(&rest, ' ', &word) && str_to_u64(word, 10, &line) &&
                    str_split(&rest, ' ', &word) && str_eq(word, STR("column")) &&
                    str_split(&rest, ':', &word) && str_to_u64(word, 10, &column) && line && column &&
                    line <= UINT32_MAX && column <= UINT32_MAX;
    if (is_place) {
        *at = (struct doc_place){.line = (uint32_t)line, .column = (uint32_t)column};
        *message = str_trim(rest);
    }
    return is_place;
}

/* "line 1 column 6: no function …" of the compiler, with the place in the file instead. */
static int wrong_expression(struct reading *r, const struct doc *value, const char *message) {
    struct str text = str_c(message);
    struct doc_place at;
    if (!take_place(&text, &at)) {
        return wrong(r, value->at, "%s", message);
    }
    return wrong(r, place_in(r, value, offset_of(doc_str(value), at)), "%.*s", STR_ARG(text));
}

/* Not trimmed, as its places count. `true` may be written without quotes. */
static int take_expression(struct reading *r, struct str name, const struct doc *value, struct str *text) {
    if (doc_is(value, DOC_BOOL)) {
        *text = value->b ? STR("true") : STR("false");
        return 0;
    }
    int result = take_text(r, name, value, text);
    *text = doc_str(value);
    return result;
}

static int take_when(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct guardrail_rule *rule = slot;
    struct subject_use use;
    const struct cel_type *type = NULL;
    struct err err = ERR_NONE;
    size_t at;
    int result = take_expression(r, name, value, &rule->when.text);
    if (result < 0) {
        return result;
    }
    rule->when.at = value->at;
    result = subject_check(r->arena, rule->when.text, &use, &at, &err);
    if (result < 0) {
        return result == ERR_MEMORY ? err_memory(r->err)
                                    : wrong(r, place_in(r, value, at), "%s", err.message);
    }
    rule->reads_status = use.reads_status;
    result = cel_compile(r->env, r->arena, rule->when.text, NULL, &rule->when.block, &type, &err);
    if (result < 0) {
        return result == ERR_MEMORY ? err_memory(r->err) : wrong_expression(r, value, err.message);
    }
    if (type && type->kind != CEL_T_BOOL && type->kind != CEL_T_DYN) {
        _cleanup_(buf_free) struct buf found = buf_new(256);
        cel_type_write(&found, type);
        return wrong(r, value->at, "'when' should give true or false, not %.*s", STR_ARG(buf_view(&found)));
    }
    return 0;
}

/* ---- rules and exceptions */

#define RULE(member) offsetof(struct guardrail_rule, member)
static_assert(RULE(ends) == RULE(until) + sizeof(struct str), "struct end lies in a rule");

static const struct field rule_fields[] = {
    {STR("name"), true, RULE(name), take_text},       {STR("when"), true, 0, take_when},
    {STR("action"), true, RULE(action), take_action}, {STR("reason"), false, RULE(reason), take_text},
    {STR("owner"), false, RULE(owner), take_text},    {STR("until"), false, RULE(until), take_until},
};

struct rule_list {
    const struct guardrail_rule *p;
    size_t n;
};

static int take_rules(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct guardrail_rule *rules = NULL;
    int result = take_list(r, name, value, sizeof *rules, (void **)&rules);
    for (size_t i = 0; result == 0 && i < value->list.n; i++) {
        const struct doc *item = value->list.items[i];
        rules[i].at = item->at;
        result = take_fields(r, "a rule", item, rule_fields, ARRAY_SIZE(rule_fields), &rules[i]);
        for (size_t j = 0; result == 0 && j < i; j++) {
            if (str_eq(rules[j].name, rules[i].name)) {
                result = wrong(r, doc_get(item, STR("name"))->at, "there is a rule '%.*s' already in line %u",
                               STR_ARG(rules[i].name), rules[j].at.line);
            }
        }
    }
    *(struct rule_list *)slot = (struct rule_list){rules, result == 0 ? value->list.n : 0};
    return result;
}

#define EXCEPTION(member) offsetof(struct guardrail_exception, member)
static_assert(EXCEPTION(ends) == EXCEPTION(until) + sizeof(struct str), "struct end lies in an exception");

static const struct field exception_fields[] = {
    {STR("id"), false, EXCEPTION(id), take_glob},
    {STR("path"), false, EXCEPTION(path), take_glob},
    {STR("asset"), false, EXCEPTION(asset), take_glob},
    {STR("fingerprint"), false, EXCEPTION(fingerprint), take_glob},
    {STR("reason"), true, EXCEPTION(reason), take_text},
    {STR("owner"), true, EXCEPTION(owner), take_text},
    {STR("until"), true, EXCEPTION(until), take_until},
};

struct exception_list {
    const struct guardrail_exception *p;
    size_t n;
};

static int take_exceptions(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct guardrail_exception *all = NULL;
    int result = take_list(r, name, value, sizeof *all, (void **)&all);
    for (size_t i = 0; result == 0 && i < value->list.n; i++) {
        struct guardrail_exception *e = &all[i];
        const struct doc *item = value->list.items[i];
        e->at = item->at;
        result = take_fields(r, "an exception", item, exception_fields, ARRAY_SIZE(exception_fields), e);
        if (result == 0 && !e->id.n && !e->path.n && !e->asset.n && !e->fingerprint.n) {
            result = wrong(r, item->at, "an exception says what it is for: id, path, asset or fingerprint");
        }
    }
    *(struct exception_list *)slot = (struct exception_list){all, result == 0 ? value->list.n : 0};
    return result;
}

/* ---- licences */

struct glob_list {
    const struct str *p;
    size_t n;
};

static int take_globs(struct reading *r, struct str name, const struct doc *value, struct glob_list *out) {
    struct str *globs = NULL;
    int result = take_list(r, name, value, sizeof *globs, (void **)&globs);
    for (size_t i = 0; result == 0 && i < value->list.n; i++) {
        result = take_glob(r, name, value->list.items[i], &globs[i]);
    }
    *out = (struct glob_list){globs, result == 0 ? value->list.n : 0};
    return result;
}

static int take_allowed(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct licence_rules *rules = slot;
    struct glob_list list = {0};
    int result = take_globs(r, name, value, &list);
    rules->allow = list.p;
    rules->allow_n = list.n;
    return result;
}

static int take_denied(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct licence_rules *rules = slot;
    struct glob_list list = {0};
    int result = take_globs(r, name, value, &list);
    rules->deny = list.p;
    rules->deny_n = list.n;
    return result;
}

static int take_unknown(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct licence_rules *rules = slot;
    struct str word = doc_str(value);
    if (!str_eq(word, STR("report")) && !str_eq(word, STR("ignore"))) {
        return wrong(r, value->at, "'%.*s' should be report or ignore", STR_ARG(name));
    }
    rules->reports_unknown = str_eq(word, STR("report"));
    return 0;
}

/* Each takes the whole struct. */
static const struct field licence_fields[] = {
    {STR("allow"), false, 0, take_allowed},
    {STR("deny"), false, 0, take_denied},
    {STR("unknown"), false, 0, take_unknown},
};

static int take_licences(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct licence_rules *rules = slot;
    rules->at = value->at;
    return take_fields(r, "'licences'", value, licence_fields, ARRAY_SIZE(licence_fields), rules);
}

/* ---- images */

static int take_bases(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct image_rules *rules = slot;
    struct glob_list list = {0};
    int result = take_globs(r, name, value, &list);
    rules->bases = list.p;
    rules->bases_n = list.n;
    return result;
}

static int take_registries(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct image_rules *rules = slot;
    struct glob_list list = {0};
    int result = take_globs(r, name, value, &list);
    rules->registries = list.p;
    rules->registries_n = list.n;
    return result;
}

static int take_days(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct image_rules *rules = slot;
    bool is_right = doc_int(value, &rules->base_days) && rules->base_days > 0 && rules->base_days <= 36500;
    return is_right ? 0
                    : wrong(r, value->at, "'%.*s' should be a number of days from 1 to 36500", STR_ARG(name));
}

static int take_required(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct image_rules *rules = slot;
    rules->wants_pinned = str_eq(doc_str(value), STR("required"));
    return rules->wants_pinned || str_eq(doc_str(value), STR("optional"))
               ? 0
               : wrong(r, value->at, "'%.*s' should be required or optional", STR_ARG(name));
}

/* Each takes the whole struct. */
static const struct field image_fields[] = {
    {STR("bases"), false, 0, take_bases},
    {STR("registries"), false, 0, take_registries},
    {STR("base-days"), false, 0, take_days},
    {STR("digest"), false, 0, take_required},
};

static int take_images(struct reading *r, struct str name, const struct doc *value, void *slot) {
    struct image_rules *rules = slot;
    rules->at = value->at;
    return take_fields(r, "'images'", value, image_fields, ARRAY_SIZE(image_fields), rules);
}

/* ---- the file */

static const struct field compat_fields[] = {{STR("suppressions"), true, 0, take_bool}};

static int take_compat(struct reading *r, struct str name, const struct doc *value, void *slot) {
    return take_fields(r, "'compat'", value, compat_fields, ARRAY_SIZE(compat_fields), slot);
}

#define FILE_AT(member) offsetof(struct guardrails, member)
static_assert(FILE_AT(rules_n) == FILE_AT(rules) + sizeof(void *), "struct rule_list lies in guardrails");
static_assert(FILE_AT(exceptions_n) == FILE_AT(exceptions) + sizeof(void *), "so does struct exception_list");

static const struct field file_fields[] = {
    {STR("profile"), false, FILE_AT(profile), take_profile},
    {STR("rules"), false, FILE_AT(rules), take_rules},
    {STR("exceptions"), false, FILE_AT(exceptions), take_exceptions},
    {STR("licences"), false, FILE_AT(licences), take_licences},
    {STR("images"), false, FILE_AT(images), take_images},
    {STR("compat"), false, FILE_AT(honours_others), take_compat},
};

struct str guardrails_key(size_t i) {
    return i < ARRAY_SIZE(file_fields) ? file_fields[i].name : STR_NONE;
}

bool guardrails_has_key(struct str key) {
    return field_of(file_fields, ARRAY_SIZE(file_fields), key) != NULL;
}

int guardrails_read(struct arena *arena, const struct cel_env *env, const struct guardrail_file *file,
                    bool is_alone, struct guardrails *out, struct err *err) {
    struct reading r = {arena, env, file, err};
    *out = (struct guardrails){.file = file->name};
    if (!file->root || file->root->kind == DOC_NULL) {
        return 0;
    }
    if (is_alone || !doc_is(file->root, DOC_MAP)) {
        return take_fields(&r, "a file of guardrails", file->root, file_fields, ARRAY_SIZE(file_fields), out);
    }
    int result = 0;
    for (size_t i = 0; result == 0 && i < ARRAY_SIZE(file_fields); i++) {
        const struct doc *value = doc_get(file->root, file_fields[i].name);
        if (value) {
            result = file_fields[i].take(&r, file_fields[i].name, value, (char *)out + file_fields[i].offset);
        }
    }
    return result;
}
