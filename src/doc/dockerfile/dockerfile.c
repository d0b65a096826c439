#include "doc/dockerfile/dockerfile.h"

#include "base/limits.h"
#include "doc/dockerfile/dockerfile_stage.h"

static const struct kind {
    struct str name;
    void (*read)(struct instruction *i);
    const char *flags; /* between spaces */
} kinds[] = {
    {STR("ADD"), read_copy, " keep-git-dir checksum chown chmod link exclude unpack "},
    {STR("ARG"), read_arg, ""},
    {STR("CMD"), read_program, ""},
    {STR("COPY"), read_copy, " from chown chmod link parents exclude "},
    {STR("ENTRYPOINT"), read_program, ""},
    {STR("ENV"), read_env, ""},
    {STR("EXPOSE"), read_expose, ""},
    {STR("FROM"), read_from, " platform "},
    {STR("HEALTHCHECK"), read_healthcheck, " interval timeout start-period start-interval retries "},
    {STR("LABEL"), read_label, ""},
    {STR("MAINTAINER"), read_maintainer, ""},
    {STR("ONBUILD"), NULL, ""},
    {STR("RUN"), read_run, " mount network security device "},
    {STR("SHELL"), read_shell, ""},
    {STR("STOPSIGNAL"), read_stopsignal, ""},
    {STR("USER"), read_user, ""},
    {STR("VOLUME"), read_volume, ""},
    {STR("WORKDIR"), read_workdir, ""},
};

/* A line that is no instruction keeps its keyword and its text. */
static void read_nothing(struct instruction *i) {
    assert(i);
}

static const struct kind no_kind = {STR("UNKNOWN"), read_nothing, ""};

static const struct kind *find_kind(struct str keyword) {
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (str_eq_nocase(keyword, kinds[i].name)) {
            return &kinds[i];
        }
    }
    return NULL;
}

const struct scope *instruction_scope(const struct instruction *i) {
    return i->stage ? &i->stage->scope : &i->f->global;
}

const struct flag *instruction_flag(const struct instruction *i, struct str name) {
    for (size_t n = i->flags.v.n; n-- > 0;) {
        if (str_eq(i->flags.v.p[n].name, name)) {
            return &i->flags.v.p[n];
        }
    }
    return NULL;
}

void instruction_put_flag(struct instruction *i, struct str name) {
    const struct flag *flag = instruction_flag(i, name);
    if (!flag) {
        return;
    }
    struct reading *r = i->f->r;
    struct expanded x =
        expand(&i->f->e, instruction_scope(i), flag->value, i->args.escape, flag->value_start);
    fields_add(r, &i->out, name,
               x.unknown.n ? reading_unknown(r, flag->value_start, flag->end, x.unknown)
                           : reading_string(r, flag->value_start, flag->end, x.text));
}

/* ---- What every instruction has */

static const struct doc *flag_value(struct reading *r, const struct flag *flag) {
    return flag->has_value ? reading_string(r, flag->value_start, flag->end, flag->value)
                           : reading_bool(r, flag->start, flag->end, true);
}

static void check_flag(struct instruction *i, const struct kind *kind, const struct flag *flag) {
    ptrdiff_t at = flag->name.n ? str_find(str_c(kind->flags), flag->name) : -1;
    if (at <= 0 || kind->flags[at - 1] != ' ' || kind->flags[(size_t)at + flag->name.n] != ' ') {
        reading_problem(i->f->r, flag->start, "%.*s has no flag --%.*s", STR_ARG(kind->name),
                        STR_ARG(flag->name));
    }
}

/* {name: value}, a list of them for a flag that is given more than once, true for one without. */
static void put_flags(struct instruction *i, const struct kind *kind) {
    struct reading *r = i->f->r;
    struct fields out = {0};
    struct map seen = map_new(&r->scratch);
    VEC(struct items) all = {0};
    for (size_t n = 0; n < i->flags.v.n && !r->failed; n++) {
        const struct flag *flag = &i->flags.v.p[n];
        bool is_new;
        check_flag(i, kind, flag);
        uint64_t *number = map_put(&seen, flag->name, &is_new);
        struct items *items = number && is_new ? VEC_PUSH(&r->scratch, &all) : NULL;
        if (!number || (is_new && !items)) {
            r->failed = true;
            return;
        }
        *number = is_new ? all.n : *number;
        items_add(r, &all.p[*number - 1], flag_value(r, flag));
    }
    for (size_t n = 0; n < i->flags.v.n && !r->failed; n++) {
        const struct flag *flag = &i->flags.v.p[n];
        struct items *items = &all.p[*map_get(&seen, flag->name) - 1];
        if (items->v.n == 1) {
            fields_add(r, &out, flag->name, items->v.p[0]);
        } else if (items->v.n > 1) {
            fields_add(r, &out, flag->name, items_list(r, items, flag->start, flag->end));
            items->v.n = 0;
        }
    }
    size_t from = i->flags.v.n ? i->flags.v.p[0].start : i->line->start;
    size_t to = i->flags.v.n ? i->flags.v.p[i->flags.v.n - 1].end : from;
    fields_add(r, &i->out, STR("flags"), fields_map(r, &out, from, to));
}

static void put_heredocs(struct instruction *i) {
    struct reading *r = i->f->r;
    struct items out = {0};
    for (size_t n = 0; n < i->line->n_heredocs; n++) {
        const struct dockerfile_heredoc *h = &i->line->heredocs[n];
        struct fields f = {0};
        struct str text = str_sub(r->lines.text, h->start, h->end - h->start);
        fields_add(r, &f, STR("name"), reading_string(r, h->at, h->at_end, h->name));
        fields_add(r, &f, STR("text"), reading_string(r, h->start, h->end, text));
        fields_add(r, &f, STR("expand"), reading_bool(r, h->at, h->at_end, h->expands));
        items_add(r, &out, fields_map(r, &f, h->at, h->at_end));
    }
    fields_add(r, &i->out, STR("heredocs"), items_list(r, &out, i->line->start, i->line->end));
}

static const struct doc *read_instruction(struct instruction *i, struct part p);

static void read_onbuild(struct instruction *i) {
    struct instruction trigger = {.f = i->f, .stage = i->stage, .line = i->line, .is_trigger = true};
    struct part rest = i->args;
    struct str inner = part_text(part_word(&rest));
    bool is_refused = str_eq_nocase(inner, STR("ONBUILD")) || str_eq_nocase(inner, STR("FROM")) ||
                      str_eq_nocase(inner, STR("MAINTAINER"));
    if (is_refused || inner.n == 0) {
        reading_problem(i->f->r, i->line->start, "ONBUILD does not take \"%.*s\"", STR_ARG(inner));
    }
    if (inner.n && !(i->is_trigger)) {
        const struct doc *node = read_instruction(&trigger, i->args);
        fields_add(i->f->r, &i->out, STR("trigger"), node);
    }
}

/* The instruction whose keyword begins p. Recursion: a trigger, which holds no other. */
static const struct doc *read_instruction(struct instruction *i, struct part p) {
    struct reading *r = i->f->r;
    struct part keyword = part_word(&p);
    const struct kind *kind = find_kind(part_text(keyword));
    size_t start = part_from(keyword);
    i->args = p;
    if (!kind) {
        reading_problem(r, start, "there is no instruction \"%.*s\"", STR_ARG(part_text(keyword)));
        kind = &no_kind;
    } else {
        part_flags(r, &i->args, &i->flags);
    }
    if (r->failed) {
        return NULL;
    }
    fields_add(r, &i->out, STR("instruction"), reading_string(r, start, part_to(keyword), kind->name));
    fields_add(r, &i->out, STR("keyword"), part_string(r, keyword));
    put_flags(i, kind);
    fields_add(r, &i->out, STR("text"), part_string(r, i->args));
    fields_add(r, &i->out, STR("onbuild"), reading_bool(r, start, start, i->is_trigger));
    if (i->line->n_heredocs && kind->read) {
        put_heredocs(i);
    }
    if (kind->read) {
        kind->read(i);
    } else {
        read_onbuild(i);
    }
    if (i->stage) {
        fields_add(r, &i->out, STR("stage"), reading_int(r, start, start, (int64_t)i->stage->index));
    }
    return r->failed ? NULL : fields_map(r, &i->out, start, i->line->end);
}

static void read_line(struct docker_file *f, const struct dockerfile_line *line) {
    struct stage *stage = f->stages.n ? f->stages.p[f->stages.n - 1] : NULL;
    struct instruction i = {.f = f, .stage = stage, .line = line};
    const struct doc *node =
        read_instruction(&i, (struct part){&line->text, 0, line->n, f->lines.escape_char});
    if (!node) {
        return;
    }
    bool is_arg = str_eq(doc_str(doc_get(node, STR("instruction"))), STR("ARG"));
    if (!i.stage && !is_arg) {
        reading_problem(f->r, line->start, "only ARG may stand in front of the first FROM");
    }
    items_add(f->r, &f->instructions, node);
    if (i.stage) {
        items_add(f->r, &i.stage->instructions, node);
        i.stage->end = line->end;
    } else if (is_arg) {
        items_add(f->r, &f->args, node);
    }
}

/* ---- Stages and the root */

/* What ENV sets, through the parents; the stage's own last, so that they win. */
static const struct doc *env_map(struct docker_file *f, const struct stage *stage) {
    struct fields out = {0};
    const struct scope *chain[LIMIT_DOCKERFILE_PARENTS];
    size_t n = 0, cost = 0;
    for (const struct scope *scope = &stage->scope; scope; scope = scope->parent) {
        cost += scope->v.n * sizeof(struct doc_member);
        if (n == ARRAY_SIZE(chain) || cost > f->e.fuel) {
            return reading_unknown(f->r, stage->start, stage->start,
                                   STR("too many stages build on each other"));
        }
        chain[n++] = scope;
    }
    f->e.fuel -= cost;
    while (n-- > 0) {
        for (size_t i = 0; i < chain[n]->v.n; i++) {
            const struct variable *v = &chain[n]->v.p[i];
            if (v->is_env && v->node) {
                fields_add(f->r, &out, v->name, v->node);
            }
        }
    }
    return fields_map(f->r, &out, stage->start, stage->start);
}

static void put_if(struct reading *r, struct fields *f, struct str key, const struct doc *node) {
    if (node) {
        fields_add(r, f, key, node);
    }
}

static const struct doc *stage_map(struct docker_file *f, struct stage *s) {
    struct reading *r = f->r;
    struct fields out = {0};
    bool is_last = s->index + 1 == f->stages.n;
    fields_add(r, &out, STR("index"), reading_int(r, s->start, s->start, (int64_t)s->index));
    put_if(r, &out, STR("name"), s->name_node);
    fields_add(r, &out, STR("image"), s->image);
    fields_add(r, &out, STR("base"), s->base);
    put_if(r, &out, STR("platform"), s->platform);
    fields_add(r, &out, STR("last"), reading_bool(r, s->start, s->start, is_last));
    fields_add(r, &out, STR("ships"), reading_bool(r, s->start, s->start, s->ships));
    put_if(r, &out, STR("user"), s->user);
    put_if(r, &out, STR("workdir"), s->workdir);
    fields_add(r, &out, STR("env"), env_map(f, s));
    fields_add(r, &out, STR("instructions"), items_list(r, &s->instructions, s->start, s->end));
    return fields_map(r, &out, s->start, s->end);
}

/* The last stage, and those whose layers it has through FROM. A parent stands in front of its child. */
static void mark_shipped(struct docker_file *f) {
    for (struct stage *s = f->stages.n ? f->stages.p[f->stages.n - 1] : NULL; s; s = s->parent) {
        s->ships = true;
    }
}

static const struct doc *root_map(struct docker_file *f) {
    struct reading *r = f->r;
    struct fields out = {0};
    struct items stages = {0};
    size_t end = r->lines.text.n, start = r->lines.skipped;
    mark_shipped(f);
    for (size_t i = 0; i < f->stages.n && !r->failed; i++) {
        items_add(r, &stages, stage_map(f, f->stages.p[i]));
    }
    struct str escape = str_n(&f->lines.escape_char, 1);
    escape = arena_str(r->arena, escape);
    r->failed = r->failed || !escape.p;
    put_if(r, &out, STR("syntax"), f->lines.syntax);
    put_if(r, &out, STR("check"), f->lines.check);
    fields_add(r, &out, STR("escape"),
               f->lines.escape ? f->lines.escape : reading_string(r, start, start, escape));
    fields_add(r, &out, STR("args"), items_list(r, &f->args, start, end));
    fields_add(r, &out, STR("stages"), items_list(r, &stages, start, end));
    fields_add(r, &out, STR("instructions"), items_list(r, &f->instructions, start, end));
    fields_add(r, &out, STR("comments"), items_list(r, &f->lines.comments, start, end));
    return fields_map(r, &out, start, end);
}

int dockerfile_parse(struct arena *arena, struct str text, struct dockerfile *out, struct err *err) {
    struct reading r;
    *out = (struct dockerfile){0};
    int rc = reading_begin(&r, arena, text, err);
    if (rc == 0) {
        struct docker_file f = {
            .r = &r, .e = {&r, LIMIT_DOCKERFILE_EXPANSION}, .global = {.is_global = true}};
        dockerfile_read_lines(&r, &f.lines);
        for (size_t i = 0; i < f.lines.v.n && !r.failed; i++) {
            read_line(&f, &f.lines.v.p[i]);
        }
        if (!r.failed && f.stages.n == 0) {
            reading_problem(&r, text.n, "the file has no FROM");
        }
        const struct doc *root = r.failed ? NULL : root_map(&f);
        rc = r.failed ? err_memory(err) : 0;
        if (rc == 0) {
            *out = (struct dockerfile){root, r.lines, r.problems};
        }
    }
    reading_free(&r);
    return rc;
}
