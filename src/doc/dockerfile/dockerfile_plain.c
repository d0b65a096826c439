/* COPY, ADD, EXPOSE, USER, WORKDIR, VOLUME, STOPSIGNAL, MAINTAINER. */
#include "doc/dockerfile/dockerfile_stage.h"

static void put(struct instruction *i, struct str key, const struct doc *node) {
    fields_add(i->f->r, &i->out, key, node);
}

static const struct doc *expanded_args(struct instruction *i) {
    return expand_part(&i->f->e, instruction_scope(i), i->args);
}

static void need_args(struct instruction *i, const char *what) {
    if (i->args.start == i->args.end) {
        reading_problem(i->f->r, i->line->start, "%s is missing", what);
    }
}

/* The words of a JSON list or of the text, expanded; words that open heredocs are left out. */
static void expand_words(struct instruction *i, struct items *out) {
    struct reading *r = i->f->r;
    struct words words = {0};
    if (part_json(r, i->args, &words)) {
        for (size_t n = 0; n < words.v.n && !r->failed; n++) {
            struct shell_word *word = &words.v.p[n];
            struct part p = {&word->value, 0, word->value.text.n, i->args.escape};
            items_add(r, out, expand_part(&i->f->e, instruction_scope(i), p));
        }
        return;
    }
    struct parts parts = {0};
    part_words(r, i->args, &parts);
    size_t heredoc = 0;
    for (size_t n = 0; n < parts.v.n && !r->failed; n++) {
        bool opens =
            heredoc < i->line->n_heredocs && part_from(parts.v.p[n]) == i->line->heredocs[heredoc].at;
        heredoc += opens;
        if (!opens) {
            items_add(r, out, expand_part(&i->f->e, instruction_scope(i), parts.v.p[n]));
        }
    }
}

void read_copy(struct instruction *i) {
    struct reading *r = i->f->r;
    struct items words = {0};
    expand_words(i, &words);
    size_t n = words.v.n + i->line->n_heredocs;
    if (n < 2) {
        reading_problem(r, i->line->start, "a source and a destination are missing");
    }
    if (words.v.n && n > 1) {
        put(i, STR("destination"), words.v.p[--words.v.n]);
    }
    put(i, STR("sources"), items_list(r, &words, part_from(i->args), part_to(i->args)));
    static const struct str flags[] = {STR("from"), STR("chown"), STR("chmod"), STR("checksum")};
    for (size_t k = 0; k < ARRAY_SIZE(flags); k++) {
        instruction_put_flag(i, flags[k]);
    }
    const struct flag *from = instruction_flag(i, STR("from"));
    struct stage *stage = from && from->value.n ? stage_find(i->f, from->value) : NULL;
    if (stage && stage != i->stage) {
        put(i, STR("from_stage"), reading_int(r, from->value_start, from->end, (int64_t)stage->index));
    }
}

/* ---- EXPOSE */

/* "80", "80-90"; false when it is neither. */
static bool read_ports(struct str text, uint64_t *port, uint64_t *to) {
    struct str first, last;
    bool is_range = str_cut(text, '-', &first, &last);
    return str_to_u64(first, 10, port) && str_to_u64(is_range ? last : first, 10, to) && *port <= *to &&
           *to <= 65535;
}

static void put_port(struct instruction *i, struct items *ports, struct part word) {
    struct reading *r = i->f->r;
    size_t from = part_from(word), end = part_to(word);
    struct expanded x = expand(&i->f->e, instruction_scope(i), part_text(word), word.escape, from);
    struct fields f = {0};
    struct str numbers, protocol;
    uint64_t port = 0, to = 0;
    str_cut(x.text, '/', &numbers, &protocol);
    protocol = protocol.n ? protocol : STR("tcp");
    fields_add(r, &f, STR("text"), expanded_node(r, word, &x));
    if (str_find_byte(numbers, 0) >= 0) {
        fields_add(r, &f, STR("port"), reading_unknown(r, from, end, x.unknown));
        fields_add(r, &f, STR("to"), reading_unknown(r, from, end, x.unknown));
    } else if (read_ports(numbers, &port, &to)) {
        fields_add(r, &f, STR("port"), reading_int(r, from, end, (int64_t)port));
        fields_add(r, &f, STR("to"), reading_int(r, from, end, (int64_t)to));
    } else {
        reading_problem(r, from, "\"%.*s\" is no port", STR_ARG(x.text));
    }
    bool is_known = str_find_byte(protocol, 0) < 0 && !(x.unknown.n && str_find_byte(x.text, '/') < 0);
    fields_add(r, &f, STR("protocol"),
               is_known ? reading_string(r, from, end, protocol) : reading_unknown(r, from, end, x.unknown));
    items_add(r, ports, fields_map(r, &f, from, end));
}

void read_expose(struct instruction *i) {
    struct parts words = {0};
    struct items ports = {0};
    need_args(i, "a port");
    part_words(i->f->r, i->args, &words);
    for (size_t n = 0; n < words.v.n && !i->f->r->failed; n++) {
        put_port(i, &ports, words.v.p[n]);
    }
    put(i, STR("ports"), items_list(i->f->r, &ports, part_from(i->args), part_to(i->args)));
}

/* ---- USER, WORKDIR */

static void put_half(struct instruction *i, struct str key, struct str text, struct str unknown) {
    struct reading *r = i->f->r;
    size_t from = part_from(i->args), to = part_to(i->args);
    bool is_unknown = text.n && str_find_byte(text, 0) >= 0;
    if (is_unknown) {
        put(i, key, reading_unknown(r, from, to, unknown));
    } else if (text.n) {
        put(i, key, reading_string(r, from, to, text));
    }
}

void read_user(struct instruction *i) {
    need_args(i, "a user");
    struct expanded x =
        expand(&i->f->e, instruction_scope(i), part_text(i->args), i->args.escape, part_from(i->args));
    struct str user, group;
    str_cut(x.text, ':', &user, &group);
    put_half(i, STR("user"), user, x.unknown);
    put_half(i, STR("group"), group, x.unknown);
    if (i->stage && !i->is_trigger) {
        i->stage->user = expanded_node(i->f->r, i->args, &x);
    }
}

static bool is_absolute(struct str path) {
    bool has_drive = path.n > 1 && ascii_is_alpha(path.p[0]) && path.p[1] == ':';
    return path.n && (path.p[0] == '/' || path.p[0] == '\\' || has_drive);
}

/* What a WORKDIR makes of the one before: a relative path goes on from it. */
static const struct doc *next_workdir(struct instruction *i, const struct doc *path) {
    struct reading *r = i->f->r;
    const struct doc *before = i->stage->workdir;
    size_t from = part_from(i->args), to = part_to(i->args);
    if (!doc_is(path, DOC_STRING) || is_absolute(path->s)) {
        return path;
    }
    if (before && before->kind == DOC_UNKNOWN) {
        return reading_unknown(r, from, to, before->s);
    }
    if (!before && !i->stage->scope.is_scratch) {
        return reading_unknown(r, from, to, STR("it is relative to the base image's working directory"));
    }
    struct str base = before ? doc_str(before) : STR("/");
    bool has_slash = str_ends(base, STR("/"));
    if (base.n + path->s.n + 1 > i->f->e.fuel) {
        return reading_unknown(r, from, to, STR("the path is too long"));
    }
    i->f->e.fuel -= base.n + path->s.n + 1;
    struct str joined =
        arena_strf(r->arena, "%.*s%s%.*s", STR_ARG(base), has_slash ? "" : "/", STR_ARG(path->s));
    r->failed = r->failed || !joined.p;
    return reading_string(r, from, to, joined);
}

void read_workdir(struct instruction *i) {
    need_args(i, "a path");
    const struct doc *path = expanded_args(i);
    put(i, STR("path"), path);
    if (i->stage && !i->is_trigger && path) {
        i->stage->workdir = next_workdir(i, path);
    }
}

/* ---- The others */

void read_volume(struct instruction *i) {
    struct items paths = {0};
    need_args(i, "a path");
    expand_words(i, &paths);
    put(i, STR("paths"), items_list(i->f->r, &paths, part_from(i->args), part_to(i->args)));
}

void read_stopsignal(struct instruction *i) {
    need_args(i, "a signal");
    put(i, STR("signal"), expanded_args(i));
}

void read_maintainer(struct instruction *i) {
    put(i, STR("name"), part_string(i->f->r, i->args));
}
