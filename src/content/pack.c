#include "content/pack.h"

#include "base/limits.h"
#include "base/near.h"
#include "doc/build.h"
#include "doc/json_write.h"

#include <stdarg.h>

/* One check on its way from YAML into its struct. */
struct reading {
    struct pack *pack;
    struct str file;
    struct str in; /* what is read, for messages: "check PLM-X-1", "patch", "example" */
    struct err *err;
};

struct field {
    struct str name;
    bool is_required;
    size_t offset; /* in the struct that take() fills */
    int (*take)(struct reading *r, const struct doc *value, void *slot);
};

/* ---- messages */

static int wrong(struct reading *r, struct doc_place at, const char *fmt, ...) _printf_(3, 4);
static int wrong(struct reading *r, struct doc_place at, const char *fmt, ...) {
    char message[768];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return err_set(r->err, ERR_INPUT, "%.*s:%u:%u: %s", STR_ARG(r->file), at.line, at.column, message);
}

static int wrong_kind(struct reading *r, const struct doc *value, const char *expected) {
    return wrong(r, value->at, "%.*s: expected %s, found %s", STR_ARG(r->in), expected,
                 doc_kind_name(value->kind));
}

static int unknown_word(struct reading *r, struct doc_place at, const char *what, const struct near *near) {
    if (near->best.n) {
        return wrong(r, at, "%.*s: '%.*s' is not %s. Did you mean '%.*s'?", STR_ARG(r->in),
                     STR_ARG(near->word), what, STR_ARG(near->best));
    }
    return wrong(r, at, "%.*s: '%.*s' is not %s", STR_ARG(r->in), STR_ARG(near->word), what);
}

/* ---- a map with known fields into a struct */

static const struct field *field_of(const struct field *fields, size_t n, struct str name) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(fields[i].name, name)) {
            return &fields[i];
        }
    }
    return NULL;
}

static int unknown_field(struct reading *r, const struct doc_member *member, const struct field *fields,
                         size_t n) {
    struct near near = near_to(member->key);
    for (size_t i = 0; i < n; i++) {
        near_offer(&near, fields[i].name);
    }
    return unknown_word(r, member->at, "a field", &near);
}

static int take_fields(struct reading *r, const struct doc *map, const struct field *fields, size_t n,
                       void *out) {
    if (!doc_is(map, DOC_MAP)) {
        return wrong_kind(r, map, "a map");
    }
    for (size_t i = 0; i < n; i++) {
        if (fields[i].is_required && !doc_member(map, fields[i].name)) {
            return wrong(r, map->at, "%.*s: the field '%.*s' is missing", STR_ARG(r->in),
                         STR_ARG(fields[i].name));
        }
    }
    for (size_t i = 0; i < map->map.n; i++) {
        const struct doc_member *member = &map->map.members[i];
        const struct field *field = field_of(fields, n, member->key);
        if (!field) {
            return unknown_field(r, member, fields, n);
        }
        struct str outer = r->in;
        r->in = field->name;
        int result = field->take(r, member->value, (char *)out + field->offset);
        r->in = outer;
        if (result < 0) {
            return result;
        }
    }
    return 0;
}

/* ---- scalars */

static int take_text(struct reading *r, const struct doc *value, void *slot) {
    struct str text = doc_str(value);
    if (!doc_is(value, DOC_STRING)) {
        return wrong_kind(r, value, "a string");
    }
    if (!str_trim(text).n) {
        return wrong(r, value->at, "%.*s is empty", STR_ARG(r->in));
    }
    *(struct str *)slot = str_trim(text);
    return 0;
}

/* As it is written: a file in an example. */
static int take_file(struct reading *r, const struct doc *value, void *slot) {
    if (!doc_is(value, DOC_STRING)) {
        return wrong_kind(r, value, "a string");
    }
    *(struct str *)slot = doc_str(value);
    return 0;
}

static bool is_id(struct str s) {
    bool fits = s.n >= 3 && s.n <= 64 && ascii_is_alpha(s.p[0]);
    for (size_t i = 0; fits && i < s.n; i++) {
        fits = ascii_is_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_' || s.p[i] == '.';
    }
    return fits;
}

static int take_id(struct reading *r, const struct doc *value, void *slot) {
    int result = take_text(r, value, slot);
    if (result == 0 && !is_id(*(struct str *)slot)) {
        return wrong(r, value->at,
                     "'%.*s' is no id: 3 to 64 letters, digits, '-', '_' and '.', as in ACME-001",
                     STR_ARG(*(struct str *)slot));
    }
    return result;
}

static int take_severity(struct reading *r, const struct doc *value, void *slot) {
    if (severity_of(doc_str(value), slot) && *(enum severity *)slot >= SEVERITY_LOW) {
        return 0;
    }
    struct near near = near_to(doc_str(value));
    for (int s = SEVERITY_LOW; s < SEVERITIES; s++) {
        near_offer(&near, str_c(severity_name((enum severity)s)));
    }
    return unknown_word(r, value->at, "one of low, medium, high, critical", &near);
}

static int take_line(struct reading *r, const struct doc *value, void *slot) {
    int64_t line;
    if (!doc_int(value, &line) || line < 1 || line > UINT32_MAX) {
        return wrong_kind(r, value, "a line number from 1 on");
    }
    *(uint32_t *)slot = (uint32_t)line;
    return 0;
}

/* ---- lists */

struct text_list {
    const struct str *p;
    size_t n;
};

static int take_texts(struct reading *r, const struct doc *value, void *slot) {
    struct text_list *list = slot;
    if (!doc_is(value, DOC_LIST) || !value->list.n) {
        return wrong_kind(r, value, "a list of strings");
    }
    struct str *texts = arena_array(r->pack->arena, value->list.n, sizeof *texts);
    if (!texts) {
        return err_memory(r->err);
    }
    int result = 0;
    for (size_t i = 0; result == 0 && i < value->list.n; i++) {
        result = take_text(r, value->list.items[i], &texts[i]);
    }
    *list = (struct text_list){texts, value->list.n};
    return result;
}

static int join_numbers(struct reading *r, const struct doc *list, struct str *out) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_FIELD);
    struct text_list numbers;
    int result = take_texts(r, list, &numbers);
    for (size_t i = 0; result == 0 && i < numbers.n; i++) {
        buf_printf(&text, "%s%.*s", i ? "," : "", STR_ARG(numbers.p[i]));
    }
    if (result < 0) {
        return result;
    }
    *out = text.failed ? STR_NONE : arena_str(r->pack->arena, buf_view(&text));
    return out->p ? 0 : err_memory(r->err);
}

struct control_list {
    const struct check_control *p;
    size_t n;
};

static int take_controls(struct reading *r, const struct doc *value, void *slot) {
    if (!doc_is(value, DOC_MAP)) {
        return wrong_kind(r, value, "a map from a framework to its numbers, as {cis-docker-1.6.0: ['4.1']}");
    }
    struct check_control *controls = arena_array(r->pack->arena, value->map.n, sizeof *controls);
    if (!controls) {
        return err_memory(r->err);
    }
    int result = 0;
    for (size_t i = 0; result == 0 && i < value->map.n; i++) {
        controls[i].framework = value->map.members[i].key;
        result = join_numbers(r, value->map.members[i].value, &controls[i].numbers);
    }
    *(struct control_list *)slot = (struct control_list){controls, value->map.n};
    return result;
}

/* ---- expressions */

static bool is_one_of(const struct cel_type *type, enum cel_type_kind kind) {
    return !type || type->kind == kind || type->kind == CEL_T_DYN;
}

static int take_expression(struct reading *r, const struct doc *value, void *slot, enum cel_type_kind kind,
                           const char *kind_name) {
    struct check_expression *expression = slot;
    const struct cel_type *type = NULL;
    struct err err = ERR_NONE;
    int result = take_text(r, value, &expression->text);
    if (result < 0) {
        return result;
    }
    expression->at = value->at;
    result =
        cel_compile(r->pack->env, r->pack->arena, expression->text, NULL, &expression->block, &type, &err);
    if (result == ERR_MEMORY) {
        return err_memory(r->err);
    }
    if (result < 0) {
        return wrong(r, value->at, "in '%.*s': %s", STR_ARG(r->in), err.message);
    }
    if (!is_one_of(type, kind)) {
        _cleanup_(buf_free) struct buf found = buf_new(256);
        cel_type_write(&found, type);
        return wrong(r, value->at, "'%.*s' gives %.*s and not %s", STR_ARG(r->in), STR_ARG(buf_view(&found)),
                     kind_name);
    }
    return 0;
}

static int take_bool(struct reading *r, const struct doc *value, void *slot) {
    return take_expression(r, value, slot, CEL_T_BOOL, "true or false");
}
static int take_list(struct reading *r, const struct doc *value, void *slot) {
    return take_expression(r, value, slot, CEL_T_LIST, "a list");
}
static int take_string(struct reading *r, const struct doc *value, void *slot) {
    return take_expression(r, value, slot, CEL_T_STRING, "a string");
}
static int take_any(struct reading *r, const struct doc *value, void *slot) {
    return take_expression(r, value, slot, CEL_T_DYN, "a value");
}

/* ---- patches */

static int take_json(struct reading *r, const struct doc *value, void *slot) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_FIELD);
    struct json_writer w = json_writer_new(&text, 0);
    json_write_doc(&w, value);
    int result = json_finish(&w, r->err);
    if (result < 0) {
        return result;
    }
    *(struct str *)slot = arena_str(r->pack->arena, buf_view(&text));
    return ((struct str *)slot)->p ? 0 : err_memory(r->err);
}

#define PATCH(member) offsetof(struct check_patch, member)

static const struct field set_fields[] = {
    {STR("set"), true, PATCH(path), take_text},
    {STR("value"), true, PATCH(value), take_json},
};
static const struct field remove_fields[] = {{STR("remove"), true, PATCH(path), take_text}};
static const struct field replace_fields[] = {
    {STR("replace"), true, PATCH(node), take_any},
    {STR("with"), true, PATCH(with), take_string},
};
static const struct field delete_fields[] = {{STR("delete"), true, PATCH(node), take_any}};
static const struct field before_fields[] = {
    {STR("before"), true, PATCH(node), take_any},
    {STR("with"), true, PATCH(with), take_string},
};
static const struct field after_fields[] = {
    {STR("after"), true, PATCH(node), take_any},
    {STR("with"), true, PATCH(with), take_string},
};

static const struct {
    const struct field *fields;
    size_t n;
} patch_forms[CHECK_PATCH_KINDS] = {
    [CHECK_PATCH_SET] = {set_fields, ARRAY_SIZE(set_fields)},
    [CHECK_PATCH_REMOVE] = {remove_fields, ARRAY_SIZE(remove_fields)},
    [CHECK_PATCH_REPLACE] = {replace_fields, ARRAY_SIZE(replace_fields)},
    [CHECK_PATCH_DELETE] = {delete_fields, ARRAY_SIZE(delete_fields)},
    [CHECK_PATCH_BEFORE] = {before_fields, ARRAY_SIZE(before_fields)},
    [CHECK_PATCH_AFTER] = {after_fields, ARRAY_SIZE(after_fields)},
};

static int take_patch(struct reading *r, const struct doc *value, struct check_patch *patch) {
    for (int kind = 0; kind < CHECK_PATCH_KINDS; kind++) {
        if (doc_member(value, str_c(check_patch_name((enum check_patch_kind)kind)))) {
            patch->kind = (enum check_patch_kind)kind;
            return take_fields(r, value, patch_forms[kind].fields, patch_forms[kind].n, patch);
        }
    }
    return wrong(r, value->at, "a patch has one of set, remove, replace, delete, before, after");
}

struct patch_list {
    const struct check_patch *p;
    size_t n;
};

static int take_patches(struct reading *r, const struct doc *value, void *slot) {
    if (!doc_is(value, DOC_LIST)) {
        return wrong_kind(r, value, "a list of patches");
    }
    struct check_patch *patches = arena_array(r->pack->arena, value->list.n, sizeof *patches);
    if (!patches) {
        return err_memory(r->err);
    }
    int result = 0;
    for (size_t i = 0; result == 0 && i < value->list.n; i++) {
        result = take_patch(r, value->list.items[i], &patches[i]);
    }
    *(struct patch_list *)slot = (struct patch_list){patches, value->list.n};
    return result;
}

/* ---- examples */

static int take_expect(struct reading *r, const struct doc *value, void *slot) {
    struct near near = near_to(doc_str(value));
    for (int i = CHECK_EXPECT_PASS; i <= CHECK_EXPECT_UNDECIDED; i++) {
        struct str name = str_c(check_expect_name((enum check_expect)i));
        near_offer(&near, name);
        if (str_eq(doc_str(value), name)) {
            *(enum check_expect *)slot = (enum check_expect)i;
            return 0;
        }
    }
    return unknown_word(r, value->at, "one of pass, fail, undecided", &near);
}

#define EXAMPLE(member) offsetof(struct check_example, member)

static const struct field example_fields[] = {
    {STR("source"), true, EXAMPLE(source), take_text},
    {STR("expect"), true, EXAMPLE(expect), take_expect},
    {STR("at"), false, EXAMPLE(line), take_line},
    {STR("text"), true, EXAMPLE(text), take_file},
    {STR("fixed"), false, EXAMPLE(fixed), take_file},
    {STR("kubernetes"), false, EXAMPLE(kubernetes), take_text},
    {STR("rules"), false, EXAMPLE(rules), take_text},
};

struct example_list {
    const struct check_example *p;
    size_t n;
};

static int take_examples(struct reading *r, const struct doc *value, void *slot) {
    if (!doc_is(value, DOC_LIST)) {
        return wrong_kind(r, value, "a list of examples");
    }
    struct check_example *examples = arena_array(r->pack->arena, value->list.n, sizeof *examples);
    if (!examples) {
        return err_memory(r->err);
    }
    int result = 0;
    for (size_t i = 0; result == 0 && i < value->list.n; i++) {
        examples[i].at = value->list.items[i]->at;
        result =
            take_fields(r, value->list.items[i], example_fields, ARRAY_SIZE(example_fields), &examples[i]);
    }
    *(struct example_list *)slot = (struct example_list){examples, value->list.n};
    return result;
}

/* ---- checks */

#define CHECK(member) offsetof(struct check, member)

/* A list is a pointer and its count, side by side. */
static_assert(CHECK(kinds_n) == CHECK(kinds) + offsetof(struct text_list, n), "list of kinds");
static_assert(CHECK(references_n) == CHECK(references) + offsetof(struct text_list, n), "references");
static_assert(CHECK(patches_n) == CHECK(patches) + offsetof(struct patch_list, n), "patches");
static_assert(CHECK(controls_n) == CHECK(controls) + offsetof(struct control_list, n), "controls");
static_assert(CHECK(examples_n) == CHECK(examples) + offsetof(struct example_list, n), "examples");

static const struct field check_fields[] = {
    {STR("id"), true, CHECK(id), take_id},
    {STR("title"), true, CHECK(title), take_text},
    {STR("severity"), true, CHECK(severity), take_severity},
    {STR("kinds"), true, CHECK(kinds), take_texts},
    {STR("when"), false, CHECK(when), take_bool},
    {STR("each"), false, CHECK(each), take_list},
    {STR("fail"), true, CHECK(fail), take_bool},
    {STR("at"), false, CHECK(where), take_any},
    {STR("message"), false, CHECK(message), take_string},
    {STR("why"), true, CHECK(why), take_text},
    {STR("fix"), true, CHECK(fix), take_text},
    {STR("patch"), false, CHECK(patches), take_patches},
    {STR("controls"), false, CHECK(controls), take_controls},
    {STR("references"), false, CHECK(references), take_texts},
    {STR("examples"), false, CHECK(examples), take_examples},
};

static int take_check(struct reading *r, const struct doc *document) {
    struct check *check = arena_alloc(r->pack->arena, sizeof *check);
    if (!check) {
        return err_memory(r->err);
    }
    check->file = r->file;
    check->at = document->at;
    int result = take_fields(r, document, check_fields, ARRAY_SIZE(check_fields), check);
    if (result < 0) {
        return result;
    }
    bool is_new;
    uint64_t *slot = map_put(&r->pack->ids, check->id, &is_new);
    const struct check **place = slot ? VEC_PUSH(r->pack->arena, &r->pack->checks) : NULL;
    if (!place) {
        return err_memory(r->err);
    }
    if (!is_new) {
        const struct check *other = (const struct check *)(uintptr_t)*slot;
        return wrong(r, doc_get(document, STR("id"))->at, "the id %.*s is taken: %.*s:%u", STR_ARG(check->id),
                     STR_ARG(other->file), other->at.line);
    }
    *slot = (uint64_t)(uintptr_t)check;
    *place = check;
    return 0;
}

struct pack pack_new(struct arena *arena, const struct cel_env *env) {
    return (struct pack){.arena = arena, .env = env, .ids = map_new(arena)};
}

int pack_add(struct pack *pack, struct str file, const struct doc *const *documents, size_t n,
             struct err *err) {
    struct err local;
    struct reading r = {.pack = pack, .file = file, .in = STR("the check"), .err = err ? err : &local};
    int result = 0;
    for (size_t i = 0; result == 0 && i < n; i++) {
        if (!doc_is(documents[i], DOC_NULL)) { /* an empty document between two "---" */
            result = take_check(&r, documents[i]);
        }
    }
    return result;
}

int pack_reserve(struct pack *pack, const struct check *const *checks, size_t n, struct err *err) {
    for (size_t i = 0; i < n; i++) {
        uint64_t *slot = map_put(&pack->ids, checks[i]->id, NULL);
        if (!slot) {
            return err_memory(err);
        }
        *slot = (uint64_t)(uintptr_t)checks[i];
    }
    return 0;
}
