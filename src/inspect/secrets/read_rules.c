#include "inspect/secrets/read_rules.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/near.h"
#include "cel/regex/regex.h"
#include "inspect/secrets/files.h"

#include <stdarg.h>

struct reading {
    struct arena *arena;
    struct str file, in;
    struct str near, value; /* of the two-part form */
    struct secret_rule *rule;
    struct err *err;
};

static int wrong(struct reading *r, struct doc_place at, const char *fmt, ...) _printf_(3, 4);
static int wrong(struct reading *r, struct doc_place at, const char *fmt, ...) {
    char message[768];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return err_set(r->err, ERR_INPUT, "%.*s:%u:%u: %s", STR_ARG(r->file), at.line, at.column, message);
}

static int unknown_word(struct reading *r, struct doc_place at, const char *what, const struct near *near) {
    const char *question = near->best.n ? ". Did you mean '" : "";
    return wrong(r, at, "%.*s: '%.*s' is not %s%s%.*s%s", STR_ARG(r->in), STR_ARG(near->word), what, question,
                 STR_ARG(near->best), near->best.n ? "'?" : "");
}

/* ---- values of fields */

static int take_text(struct reading *r, const struct doc *value, struct str *out) {
    *out = str_trim(doc_str(value));
    return out->n ? 0 : wrong(r, value->at, "%.*s: expected a text", STR_ARG(r->in));
}

static int take_id(struct reading *r, const struct doc *value) {
    struct str id;
    int result = take_text(r, value, &id);
    bool fits = result == 0 && id.n >= 3 && id.n <= 64 && ascii_is_alpha(id.p[0]);
    for (size_t i = 0; fits && i < id.n; i++) {
        fits = ascii_is_alnum(id.p[i]) || id.p[i] == '-' || id.p[i] == '_' || id.p[i] == '.';
    }
    r->rule->id = id;
    return result < 0 || fits
               ? result
               : wrong(r, value->at, "'%.*s' is no id: 3 to 64 letters, digits, '-', '_', '.'", STR_ARG(id));
}

static int take_title(struct reading *r, const struct doc *value) {
    return take_text(r, value, &r->rule->title);
}

static int take_severity(struct reading *r, const struct doc *value) {
    if (severity_of(doc_str(value), &r->rule->severity) && r->rule->severity >= SEVERITY_LOW) {
        return 0;
    }
    struct near near = near_to(doc_str(value));
    for (int s = SEVERITY_LOW; s < SEVERITIES; s++) {
        near_offer(&near, str_c(severity_name((enum severity)s)));
    }
    return unknown_word(r, value->at, "one of low, medium, high, critical", &near);
}

static int take_pattern(struct reading *r, const struct doc *value) {
    return take_text(r, value, &r->rule->pattern);
}

static int take_value(struct reading *r, const struct doc *value) {
    return take_text(r, value, &r->value);
}

/* A list of words, joined by sep. */
static int join(struct reading *r, const struct doc *value, char sep, struct str *out) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_FIELD);
    if (!doc_is(value, DOC_LIST) || !value->list.n) {
        return wrong(r, value->at, "%.*s: expected a list of texts", STR_ARG(r->in));
    }
    for (size_t i = 0; i < value->list.n; i++) {
        struct str word;
        int result = take_text(r, value->list.items[i], &word);
        if (result < 0) {
            return result;
        }
        if (i) {
            buf_byte(&text, (unsigned char)sep);
        }
        buf_str(&text, word);
    }
    *out = text.failed ? STR_NONE : arena_str(r->arena, buf_view(&text));
    return out->p ? 0 : err_memory(r->err);
}

static int take_near(struct reading *r, const struct doc *value) {
    return join(r, value, '|', &r->near);
}

static int take_keywords(struct reading *r, const struct doc *value) {
    return join(r, value, ',', &r->rule->keywords);
}

static int take_unless(struct reading *r, const struct doc *value) {
    return join(r, value, ',', &r->rule->unless);
}

static int take_file(struct reading *r, const struct doc *value) {
    struct near near = near_to(doc_str(value));
    if (secret_reader_of(doc_str(value))) {
        r->rule->file = doc_str(value);
        return 0;
    }
    for (size_t i = 0; i < secret_readers_n; i++) {
        near_offer(&near, str_c(secret_readers[i].name));
    }
    return unknown_word(r, value->at, "a reader of files", &near);
}

static int take_entropy(struct reading *r, const struct doc *value) {
    int64_t whole = -1;
    double bits = doc_is(value, DOC_DOUBLE) ? value->d : doc_int(value, &whole) ? (double)whole : -1;
    if (!(bits >= 0 && bits <= 8)) {
        return wrong(r, value->at, "entropy: expected bits a character, from 0 to 8");
    }
    r->rule->entropy = bits;
    return 0;
}

static int take_proof(struct reading *r, const struct doc *value) {
    struct near near = near_to(doc_str(value));
    for (int proof = PROOF_NONE; proof < PROOFS; proof++) {
        struct str name = str_c(secret_proof_name((enum secret_proof)proof));
        near_offer(&near, name);
        if (str_eq(doc_str(value), name)) {
            r->rule->proof = (enum secret_proof)proof;
            return 0;
        }
    }
    return unknown_word(r, value->at, "a proof", &near);
}

static int take_rank(struct reading *r, const struct doc *value) {
    static const char *const names[RANKS] = {"special", "token", "assigned", "generic", "named"};
    struct near near = near_to(doc_str(value));
    for (size_t i = 0; i < RANKS; i++) {
        near_offer(&near, str_c(names[i]));
        if (str_eq(doc_str(value), str_c(names[i]))) {
            r->rule->rank = (enum secret_rank)i;
            return 0;
        }
    }
    return unknown_word(r, value->at, "one of special, token, assigned, generic, named", &near);
}

static int take_revoke(struct reading *r, const struct doc *value) {
    return take_text(r, value, &r->rule->revoke);
}

static int take_examples(struct reading *r, const struct doc *value, const struct secret_example **out,
                         size_t *n) {
    if (!doc_is(value, DOC_LIST)) {
        return wrong(r, value->at, "%.*s: expected a list of texts", STR_ARG(r->in));
    }
    struct secret_example *examples = arena_array(r->arena, value->list.n + 1, sizeof *examples);
    if (!examples) {
        return err_memory(r->err);
    }
    for (size_t i = 0; i < value->list.n; i++) {
        const struct doc *text = value->list.items[i];
        if (!doc_is(text, DOC_STRING)) {
            return wrong(r, text->at, "%.*s: expected a text", STR_ARG(r->in));
        }
        examples[i] = (struct secret_example){doc_str(text), text->at};
    }
    *out = examples;
    *n = value->list.n;
    return 0;
}

static int take_found(struct reading *r, const struct doc *value) {
    return take_examples(r, value, &r->rule->found, &r->rule->found_n);
}

static int take_not_found(struct reading *r, const struct doc *value) {
    return take_examples(r, value, &r->rule->not_found, &r->rule->not_found_n);
}

/* ---- the rule */

static const struct field {
    struct str name;
    int (*take)(struct reading *r, const struct doc *value);
} fields[] = {
    {STR("id"), take_id},           {STR("title"), take_title},       {STR("severity"), take_severity},
    {STR("pattern"), take_pattern}, {STR("near"), take_near},         {STR("value"), take_value},
    {STR("file"), take_file},       {STR("keywords"), take_keywords}, {STR("entropy"), take_entropy},
    {STR("proof"), take_proof},     {STR("rank"), take_rank},         {STR("revoke"), take_revoke},
    {STR("found"), take_found},     {STR("not"), take_not_found},     {STR("unless"), take_unless},
};

static const struct field *field_of(struct str name) {
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (str_eq(fields[i].name, name)) {
            return &fields[i];
        }
    }
    return NULL;
}

static int take_member(struct reading *r, const struct doc_member *member) {
    const struct field *field = field_of(member->key);
    if (!field) {
        struct near near = near_to(member->key);
        for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
            near_offer(&near, fields[i].name);
        }
        r->in = r->rule->id.n ? r->rule->id : STR("secret");
        return unknown_word(r, member->at, "a field", &near);
    }
    r->in = member->key;
    return field->take(r, member->value);
}

/* A name that holds one of the words, what assigns, the value. */
static int join_parts(struct reading *r, const struct doc *rule) {
    if (!r->near.n && !r->value.n) {
        return 0;
    }
    if (!r->near.n || !r->value.n) {
        return wrong(r, rule->at, "'near' and 'value' go together");
    }
    struct str pattern = arena_strf(r->arena,
                                    "(?i:%.*s)[0-9A-Za-z_.-]{0,32}[\"'`\\]]{0,2}[ "
                                    "\\t]{0,4}(?:=>|:=|=|:|,|>|[ \\t])[ \\t]{0,4}[\"'`(]{0,2}"
                                    "(%.*s)",
                                    STR_ARG(r->near), STR_ARG(r->value));
    if (!pattern.p) {
        return err_memory(r->err);
    }
    r->rule->pattern = pattern;
    return 0;
}

static int check_pattern(struct reading *r, const struct doc *rule) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_REGEX_BYTES);
    const struct regex *regex;
    struct err err = ERR_NONE;
    const struct doc *at = doc_get(rule, r->value.n ? STR("value") : STR("pattern"));
    int result = regex_compile(&scratch, r->rule->pattern, &regex, &err);
    if (result == ERR_MEMORY) {
        return err_memory(r->err);
    }
    if (result < 0) {
        return wrong(r, at->at, "pattern: %s", err.message);
    }
    return regex_group_count(regex) > 1 ? wrong(r, at->at, "pattern: more than one group: write (?:...)") : 0;
}

static int check(struct reading *r, const struct doc *rule, bool needs_examples) {
    static const char *const required[] = {"id", "title", "severity"};
    for (size_t i = 0; i < ARRAY_SIZE(required); i++) {
        if (!doc_get(rule, str_c(required[i]))) {
            return wrong(r, rule->at, "the field '%s' is missing", required[i]);
        }
    }
    int result = join_parts(r, rule);
    if (result < 0) {
        return result;
    }
    if ((r->rule->pattern.n > 0) + (r->rule->file.n > 0) != 1) {
        return wrong(r, rule->at, "a secret has one of 'pattern', 'near' with 'value', 'file'");
    }
    if (needs_examples && (!r->rule->revoke.n || !r->rule->found_n || !r->rule->not_found_n)) {
        return wrong(r, rule->at, "'revoke', 'found' and 'not' have to be there");
    }
    return r->rule->pattern.n ? check_pattern(r, rule) : 0;
}

int secret_rule_read(struct arena *arena, struct str file, const struct doc *rule, bool needs_examples,
                     struct secret_rule_list *list, struct err *err) {
    struct reading r = {.arena = arena, .file = file, .err = err};
    if (!doc_is(rule, DOC_MAP)) {
        struct doc_place at = rule ? rule->at : (struct doc_place){1, 1, 0};
        return wrong(&r, at, "expected a map that describes a secret");
    }
    r.rule = arena_push(arena, (void **)&list->p, &list->n, &list->cap, sizeof *r.rule);
    if (!r.rule) {
        return err_memory(err);
    }
    *r.rule = (struct secret_rule){.source = file, .at = rule->at, .rank = RANK_TOKEN};
    if (doc_get(rule, STR("near"))) {
        r.rule->rank = RANK_ASSIGNED;
    }
    int result = 0;
    for (size_t i = 0; result == 0 && i < rule->map.n; i++) {
        result = take_member(&r, &rule->map.members[i]);
    }
    result = result == 0 ? check(&r, rule, needs_examples) : result;
    for (size_t i = 0; result == 0 && i + 1 < list->n; i++) {
        if (str_eq(list->p[i].id, r.rule->id)) {
            result = wrong(&r, rule->at, "the id '%.*s' is taken: %.*s:%u", STR_ARG(r.rule->id),
                           STR_ARG(list->p[i].source), list->p[i].at.line);
        }
    }
    return result;
}
