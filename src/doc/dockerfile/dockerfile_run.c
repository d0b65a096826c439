/* RUN, CMD, ENTRYPOINT, HEALTHCHECK, SHELL: what is run. */
#include "doc/dockerfile/dockerfile_stage.h"

static void put(struct instruction *i, struct str key, const struct doc *node) {
    fields_add(i->f->r, &i->out, key, node);
}

/* The last part of a path with either slash, without ".exe". */
static struct str program_name(struct str program) {
    ptrdiff_t slash = str_rfind_byte(program, '\\');
    program = slash >= 0 ? str_from(program, (size_t)slash + 1) : str_basename(program);
    bool has_ending = program.n > 4 && str_eq_nocase(str_from(program, program.n - 4), STR(".exe"));
    return has_ending ? str_sub(program, 0, program.n - 4) : program;
}

/* The commands of [start, end), when the shell is one that is understood. */
static void put_commands(struct instruction *i, struct str shell, size_t start, size_t end) {
    struct reading *r = i->f->r;
    const struct joined *text = &i->line->text;
    size_t from = joined_offset(text, start), to = joined_end(text, start, end);
    if (!shell_is_posix(shell)) {
        struct str reason = arena_strf(r->arena, "the commands of %.*s are not read", STR_ARG(shell));
        r->failed = r->failed || !reason.p;
        put(i, STR("commands"), reading_unknown(r, from, to, reason));
        return;
    }
    struct items commands = {0};
    shell_read(r, text, start, end, &commands);
    put(i, STR("commands"), items_list(r, &commands, from, to));
}

static struct str shell_of(const struct instruction *i) {
    return i->stage ? i->stage->shell : STR("sh");
}

/* The interpreter that "#!" in front of a script names; the shell without one. */
static struct str interpreter(const struct instruction *i, struct str script) {
    struct str rest = script, line, word;
    if (!str_line(&rest, &line) || !str_starts(line, STR("#!"))) {
        return shell_of(i);
    }
    line = str_trim(str_from(line, 2));
    str_cut(line, ' ', &word, &rest);
    if (str_eq(str_basename(word), STR("env"))) {
        rest = str_trim(rest);
        rest = str_starts(rest, STR("-S ")) ? str_trim(str_from(rest, 3)) : rest;
        str_cut(rest, ' ', &word, &line);
    }
    return program_name(word);
}

static void put_words(struct instruction *i, const struct words *words) {
    struct reading *r = i->f->r;
    struct items args = {0}, commands = {0};
    size_t from = part_from(i->args), to = part_to(i->args);
    for (size_t n = 0; n < words->v.n; n++) {
        items_add(r, &args, words->v.p[n].node);
    }
    put(i, STR("form"), reading_string(r, from, to, STR("exec")));
    put(i, STR("args"), items_list(r, &args, from, to));
    shell_read_words(r, words->v.p, words->v.n, &commands);
    put(i, STR("commands"), items_list(r, &commands, from, to));
}

/* args, form and commands of a shell or exec form. */
static void put_program(struct instruction *i) {
    struct reading *r = i->f->r;
    struct words words = {0};
    if (part_json(r, i->args, &words)) {
        put_words(i, &words);
        return;
    }
    struct items args = {0};
    size_t from = part_from(i->args), to = part_to(i->args);
    items_add(r, &args, part_string(r, i->args));
    put(i, STR("form"), reading_string(r, from, to, STR("shell")));
    put(i, STR("args"), items_list(r, &args, from, to));
    if (i->stage && i->stage->shell_words) {
        put(i, STR("shell"), i->stage->shell_words);
    }
    const struct dockerfile_line *line = i->line;
    struct dockerfile_heredoc *only = line->n_heredocs == 1 ? &line->heredocs[0] : NULL;
    if (only && only->at <= from && only->at_end >= to) {
        struct str script = str_sub(line->text.text, only->from, only->to - only->from);
        put_commands(i, interpreter(i, script), only->from, only->to);
    } else {
        put_commands(i, shell_of(i), i->args.start, line->n_heredocs ? line->text.text.n : i->args.end);
    }
}

void read_program(struct instruction *i) {
    put_program(i);
}

/* ---- RUN */

/* The name that an option of --mount goes by. */
static struct str mount_key(struct str key) {
    static const struct {
        struct str written, name;
    } same[] = {
        {STR("dst"), STR("target")},  {STR("destination"), STR("target")}, {STR("src"), STR("source")},
        {STR("ro"), STR("readonly")}, {STR("rw"), STR("readwrite")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
        if (str_eq_nocase(key, same[i].written)) {
            return same[i].name;
        }
    }
    return key;
}

static const struct doc *mount_map(struct instruction *i, const struct flag *flag) {
    struct reading *r = i->f->r;
    struct fields out = {0};
    fields_add(r, &out, STR("type"), reading_string(r, flag->start, flag->end, STR("bind")));
    for (struct str rest = flag->value, option; str_split(&rest, ',', &option);) {
        struct str key, value;
        bool has_value = str_cut(option, '=', &key, &value);
        size_t from = MIN(
            flag->value_start + (size_t)(option.p - flag->value.p) + (has_value ? key.n + 1 : 0), flag->end);
        size_t to = MIN(from + (has_value ? value.n : key.n), flag->end);
        if (key.n == 0) {
            continue;
        }
        const struct doc *node = NULL;
        if (has_value) {
            struct expanded x = expand(&i->f->e, instruction_scope(i), value, i->args.escape, from);
            node =
                x.unknown.n ? reading_unknown(r, from, to, x.unknown) : reading_string(r, from, to, x.text);
        } else {
            node = reading_bool(r, from, to, true);
        }
        fields_add(r, &out, mount_key(key), node);
    }
    return fields_map(r, &out, flag->start, flag->end);
}

void read_run(struct instruction *i) {
    struct items mounts = {0};
    for (size_t n = 0; n < i->flags.v.n; n++) {
        if (str_eq(i->flags.v.p[n].name, STR("mount"))) {
            items_add(i->f->r, &mounts, mount_map(i, &i->flags.v.p[n]));
        }
    }
    put_program(i);
    put(i, STR("mounts"), items_list(i->f->r, &mounts, i->line->start, i->line->start));
}

/* ---- SHELL, HEALTHCHECK */

void read_shell(struct instruction *i) {
    struct reading *r = i->f->r;
    struct words words = {0};
    struct items args = {0};
    if (!part_json(r, i->args, &words) || words.v.n == 0) {
        reading_problem(r, i->line->start, "SHELL is a JSON list of strings");
        return;
    }
    for (size_t n = 0; n < words.v.n; n++) {
        items_add(r, &args, words.v.p[n].node);
    }
    const struct doc *list = items_list(r, &args, part_from(i->args), part_to(i->args));
    put(i, STR("args"), list);
    if (i->stage && !i->is_trigger) {
        i->stage->shell_words = list;
        i->stage->shell = program_name(words.v.p[0].value.text);
    }
}

void read_healthcheck(struct instruction *i) {
    struct reading *r = i->f->r;
    struct part rest = i->args, kind = part_word(&rest);
    bool is_none = str_eq_nocase(part_text(kind), STR("NONE"));
    put(i, STR("none"), reading_bool(r, part_from(kind), part_to(kind), is_none));
    static const struct str options[] = {STR("interval"), STR("timeout"), STR("start-period"),
                                         STR("start-interval"), STR("retries")};
    for (size_t n = 0; n < ARRAY_SIZE(options); n++) {
        instruction_put_flag(i, options[n]);
    }
    if (is_none) {
        return;
    }
    if (!str_eq_nocase(part_text(kind), STR("CMD")) || rest.start == rest.end) {
        reading_problem(r, i->line->start, "HEALTHCHECK is NONE, or CMD and a command");
        return;
    }
    i->args = rest;
    put_program(i);
}
