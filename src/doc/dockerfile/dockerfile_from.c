/* FROM, ARG, ENV, LABEL: what stages are and what their variables say. */
#include "doc/dockerfile/dockerfile_stage.h"

#include "base/limits.h"

static struct str lower(struct reading *r, struct str s) {
    char *p = arena_alloc(r->arena, s.n);
    if (!p) {
        r->failed = true;
        return STR_NONE;
    }
    for (size_t i = 0; i < s.n; i++) {
        p[i] = ascii_lower(s.p[i]);
    }
    return str_n(p, s.n);
}

struct stage *stage_find(struct docker_file *f, struct str name) {
    uint64_t number;
    if (str_to_u64(name, 10, &number)) {
        return number < f->stages.n ? f->stages.p[number] : NULL;
    }
    uint64_t *index = f->stage_names.size ? map_get(&f->stage_names, lower(f->r, name)) : NULL;
    return index ? f->stages.p[*index - 1] : NULL;
}

/* ---- FROM */

static struct stage *stage_new(struct docker_file *f) {
    struct stage *stage = arena_alloc(&f->r->scratch, sizeof *stage);
    struct stage **slot = stage ? VEC_PUSH(&f->r->scratch, &f->stages) : NULL;
    if (!slot) {
        f->r->failed = true;
        return NULL;
    }
    stage->index = f->stages.n - 1;
    *slot = stage;
    return stage;
}

/* Images of Windows have cmd as their shell; the file says so by the image's name or the platform alone. */
static struct str default_shell(struct str image, struct str platform) {
    bool is_windows = str_starts(image, STR("mcr.microsoft.com/windows")) ||
                      str_starts(platform, STR("windows")) || str_find(image, STR("nanoserver")) >= 0 ||
                      str_find(image, STR("servercore")) >= 0;
    return is_windows ? STR("cmd") : STR("sh");
}

static void name_stage(struct instruction *i, struct stage *stage, struct part rest) {
    struct reading *r = i->f->r;
    struct part as = part_word(&rest);
    if (as.start == as.end) {
        return;
    }
    struct part name = part_word(&rest);
    if (!str_eq_nocase(part_text(as), STR("AS")) || name.start == name.end || rest.start < rest.end) {
        reading_problem(r, part_from(as), "behind the image stands AS and one name, or nothing");
        return;
    }
    bool is_new;
    stage->name = lower(r, part_text(name));
    stage->name_node = reading_string(r, part_from(name), part_to(name), stage->name);
    fields_add(r, &i->out, STR("as"), stage->name_node);
    i->f->stage_names.arena = &r->scratch;
    uint64_t *index = map_put(&i->f->stage_names, stage->name, &is_new);
    if (index) {
        *index = stage->index + 1;
    } else {
        r->failed = true;
    }
}

void read_from(struct instruction *i) {
    struct docker_file *f = i->f;
    struct part rest = i->args, image = part_word(&rest);
    if (image.start == image.end) {
        reading_problem(f->r, i->line->start, "FROM names no image");
    }
    struct expanded text =
        expand(&f->e, &f->global, part_text(image), f->lines.escape_char, part_from(image));
    struct stage *parent = text.unknown.n || i->is_trigger ? NULL : stage_find(f, text.text);
    uint64_t number;
    parent = str_to_u64(text.text, 10, &number) ? NULL : parent; /* FROM 0 is an image */
    struct stage *stage = i->is_trigger ? NULL : stage_new(f);
    const struct doc *map = image_map(f, image, &text, parent);
    fields_add(f->r, &i->out, STR("image"), map);
    if (!stage) {
        return;
    }
    i->stage = stage;
    name_stage(i, stage, rest);
    const struct flag *platform = instruction_flag(i, STR("platform"));
    if (platform) {
        struct expanded value =
            expand(&f->e, &f->global, platform->value, f->lines.escape_char, platform->start);
        stage->platform = value.unknown.n
                              ? reading_unknown(f->r, platform->value_start, platform->end, value.unknown)
                              : reading_string(f->r, platform->value_start, platform->end, value.text);
        fields_add(f->r, &i->out, STR("platform"), stage->platform);
    }
    stage->image = map;
    stage->parent = parent;
    stage->base = parent ? parent->base : map;
    stage->user = parent ? parent->user : NULL;
    stage->workdir = parent ? parent->workdir : NULL;
    stage->shell_words = parent ? parent->shell_words : NULL;
    stage->shell = parent ? parent->shell : default_shell(text.text, doc_str(stage->platform));
    stage->scope.parent = parent ? &parent->scope : NULL;
    stage->scope.is_scratch = parent ? parent->scope.is_scratch : str_eq(text.text, STR("scratch"));
    stage->start = i->line->start;
}

/* ---- Pairs */

struct pair {
    struct part key, value;
    bool has_value;
};

static void put_pair(struct instruction *i, struct items *pairs, struct fields *values, const struct doc *key,
                     const struct doc *value, struct part whole) {
    struct reading *r = i->f->r;
    struct fields pair = {0};
    fields_add(r, &pair, STR("key"), key);
    if (value) {
        fields_add(r, &pair, STR("value"), value);
        fields_add(r, values, doc_is(key, DOC_STRING) ? key->s : part_text(whole), value);
    }
    items_add(r, pairs, fields_map(r, &pair, part_from(whole), part_to(whole)));
}

static void finish_pairs(struct instruction *i, const struct items *pairs, const struct fields *values) {
    size_t from = part_from(i->args), to = part_to(i->args);
    fields_add(i->f->r, &i->out, STR("pairs"), items_list(i->f->r, pairs, from, to));
    fields_add(i->f->r, &i->out, STR("values"), fields_map(i->f->r, values, from, to));
}

static bool split_pair(struct part word, struct pair *out) {
    struct str text = part_text(word), key, value;
    *out = (struct pair){.key = word, .value = word};
    out->has_value = str_cut(text, '=', &key, &value);
    out->key.end = word.start + key.n;
    out->value.start = word.start + key.n + out->has_value;
    return out->has_value;
}

/* The value of a variable that was just expanded. */
static void set_variable(struct instruction *i, struct scope *scope, struct str name, const struct doc *value,
                         bool is_env) {
    if (!value || i->is_trigger) {
        return;
    }
    struct variable variable = {.name = name, .node = value, .is_env = is_env};
    variable.unknown = value->kind == DOC_UNKNOWN ? value->s : STR_NONE;
    variable.value = doc_str(value);
    scope_set(i->f->r, scope, &variable);
}

/* name=value words, or the old form "name rest"; every value is expanded with what was set before the
 * instruction. */
static void read_pairs(struct instruction *i, bool is_env) {
    struct docker_file *f = i->f;
    struct parts words = {0};
    struct items pairs = {0};
    struct fields values = {0};
    part_words(f->r, i->args, &words);
    bool is_old = words.v.n && str_find_byte(part_text(words.v.p[0]), '=') < 0;
    if (words.v.n == 0 || (is_old && words.v.n == 1)) {
        reading_problem(f->r, i->line->start, "a name and a value are missing");
    }
    struct pair pair = {.key = i->args, .value = i->args};
    for (size_t n = 0; n < words.v.n && !f->r->failed; n++) {
        if (is_old) {
            pair.value = i->args;
            pair.key = part_word(&pair.value);
            n = words.v.n;
        } else if (!split_pair(words.v.p[n], &pair)) {
            reading_problem(f->r, part_from(words.v.p[n]), "\"%.*s\" has no value: name=value is meant",
                            STR_ARG(part_text(words.v.p[n])));
            continue;
        }
        struct part whole = pair.key;
        whole.end = pair.value.end;
        const struct doc *key = expand_part(&f->e, instruction_scope(i), pair.key);
        put_pair(i, &pairs, &values, key, expand_part(&f->e, instruction_scope(i), pair.value), whole);
    }
    finish_pairs(i, &pairs, &values);
    for (size_t n = 0; is_env && i->stage && n < values.v.n; n++) {
        set_variable(i, &i->stage->scope, values.v.p[n].key, values.v.p[n].value, true);
    }
}

void read_env(struct instruction *i) {
    read_pairs(i, true);
}

void read_label(struct instruction *i) {
    read_pairs(i, false);
}

/* ---- ARG */

/* What an ARG without default is: what the global one says, or the builder, or nothing. */
static struct variable bare_argument(struct instruction *i, struct str name) {
    struct docker_file *f = i->f;
    const struct variable *global = i->stage ? scope_find(&f->global, name) : NULL;
    struct variable variable = {.name = name};
    if (global) {
        variable = *global;
    } else if (variable_is_platform(name) || variable_is_predefined(name)) {
        variable.unknown = arena_strf(f->r->arena, "%.*s is set by the builder", STR_ARG(name));
    } else {
        variable.unknown = arena_strf(f->r->arena, "ARG %.*s has no default", STR_ARG(name));
        variable.is_unset = true;
    }
    f->r->failed = f->r->failed || (!global && !variable.unknown.p);
    return variable;
}

void read_arg(struct instruction *i) {
    struct docker_file *f = i->f;
    struct scope *scope = i->stage ? &i->stage->scope : &f->global;
    struct parts words = {0};
    struct items pairs = {0};
    struct fields values = {0};
    part_words(f->r, i->args, &words);
    if (words.v.n == 0) {
        reading_problem(f->r, i->line->start, "ARG names nothing");
    }
    for (size_t n = 0; n < words.v.n && !f->r->failed; n++) {
        struct pair pair;
        bool has_value = split_pair(words.v.p[n], &pair);
        const struct doc *key = expand_part(&f->e, scope, pair.key);
        const struct doc *value = has_value ? expand_part(&f->e, scope, pair.value) : NULL;
        struct str name = doc_str(key);
        put_pair(i, &pairs, &values, key, value, words.v.p[n]);
        if (value) {
            set_variable(i, scope, name, value, false);
        } else if (!i->is_trigger) {
            struct variable variable = bare_argument(i, name);
            scope_set(f->r, scope, &variable);
        }
    }
    finish_pairs(i, &pairs, &values);
}
