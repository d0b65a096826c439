/* `plimsoll base`: the user's table of base images. */
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "cmd/registry_options.h"
#include "cmd/scan.h"
#include "cmd/scan_bases.h"
#include "cmd/terminal.h"

static const char default_file[] = "bases.yaml";

static int path_of_table(const struct arguments *arguments, const char **out, struct err *err) {
    int r = scan_bases_path(arguments, "file", out, err);
    *out = *out ? *out : default_file;
    return r;
}

/* A table that is not there yet is empty. */
static int read_table(const struct arguments *arguments, bool may_lack, struct base_table *out,
                      struct err *err) {
    const char *path;
    int r = path_of_table(arguments, &path, err);
    if (r < 0 || (may_lack && access(path, F_OK) < 0)) {
        *out = (struct base_table){.file = str_c(path)};
        return r;
    }
    return base_table_read(arguments->arena, path, out, err);
}

/* ---- add */

static struct str day_of(struct arena *arena, int64_t seconds) {
    char text[CLOCK_TEXT];
    clock_format(seconds, text);
    return arena_str(arena, str_sub(str_c(text), 0, strlen("2026-11-01")));
}

/* What the user says goes before what the image does. */
static int name_entry(const struct arguments *arguments, struct base_entry *entry, struct err *err) {
    const char *name = arguments_get(arguments, "name"), *version = arguments_get(arguments, "as"),
               *created = arguments_get(arguments, "created");
    if (created && !clock_parse(str_c(created), &entry->created)) {
        return err_set(err, ERR_USAGE, "--created takes a day or a moment, as 2026-11-01, not '%s'", created);
    }
    if (!entry->created) {
        return err_set(err, ERR_USAGE,
                       "the image does not say when it was built; say it: --created 2026-11-01");
    }
    struct str reference, digest;
    str_cut(entry->reference, '@', &reference, &digest);
    entry->name = name ? str_c(name) : reference;
    entry->version = version ? str_c(version) : day_of(arguments->arena, entry->created);
    return entry->version.p ? 0 : err_memory(err);
}

static bool has_same_layers(const struct base_entry *a, const struct base_entry *b) {
    bool same = a->layers_n == b->layers_n;
    for (size_t i = 0; same && i < a->layers_n; i++) {
        same = str_eq(a->layers[i], b->layers[i]);
    }
    return same;
}

static int refuse_known(const struct base_table *table, const struct base_entry *entry, struct err *err) {
    for (size_t i = 0; i < table->n; i++) {
        const struct base_entry *known = &table->entries[i];
        bool is_version = str_eq(known->version, entry->version) && str_eq(known->platform, entry->platform);
        if (str_eq(known->name, entry->name) && (is_version || has_same_layers(known, entry))) {
            return err_set(err, ERR_USAGE, "%.*s:%u: '%.*s' has version '%.*s' already%s",
                           STR_ARG(table->file), known->at.line, STR_ARG(known->name),
                           STR_ARG(known->version),
                           is_version ? "; name another with --as" : ", with the same layers");
        }
    }
    return 0;
}

/* The entry as the file's own items are indented. */
static void put_indented(struct buf *out, struct str entry, size_t indent) {
    struct str line;
    while (str_line(&entry, &line)) {
        buf_printf(out, "%*s%.*s\n", (int)indent, "", STR_ARG(str_from(line, 2)));
    }
}

/* Behind what is there, whose layout and comments stay. Where that gives anything but one entry more, nothing
 * is written. */
static int append_entry(const struct arguments *arguments, const struct base_table *table,
                        const struct base_entry *entry, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_BASES_FILE), own = buf_new(LIMIT_BASES_FILE);
    const char *path = arena_cstr(arguments->arena, table->file);
    struct base_table after;
    if (!path) {
        return err_memory(err);
    }
    int r = access(path, F_OK) == 0 ? file_read(path, &text, err) : 0;
    if (r < 0) {
        return r;
    }
    if (text.n && text.p[text.n - 1] != '\n') {
        buf_c(&text, "\n");
    }
    buf_c(&text, table->n ? "" : "bases:\n");
    base_entry_write(&own, entry);
    uint32_t column = table->n ? table->entries[table->n - 1].at.column : 5;
    put_indented(&text, buf_view(&own), column > 3 ? column - 3 : 0);
    if (text.failed || own.failed) {
        return err_set(err, ERR_LIMIT, "%s would be larger than %d MiB: take old bases out", path,
                       (int)(LIMIT_BASES_FILE / MIB));
    }
    r = base_table_parse(arguments->arena, table->file, buf_view(&text), &after, err);
    if (r < 0 || after.n != table->n + 1) {
        return err_set(err, ERR_INPUT,
                       "%s: 'bases' is not its last key, or no list of one item a line, so the "
                       "base can't be added to it",
                       path);
    }
    return file_replace(path, buf_view(&text), err);
}

static int add_run(const struct arguments *arguments, struct store *store, int64_t run, struct err *err) {
    struct base_table table;
    struct base_entry entry;
    int r = base_entry_of_run(arguments->arena, store, run, &entry, err);
    r = r == 0 ? name_entry(arguments, &entry, err) : r;
    r = r == 0 ? read_table(arguments, true, &table, err) : r;
    r = r == 0 ? refuse_known(&table, &entry, err) : r;
    r = r == 0 ? append_entry(arguments, &table, &entry, err) : r;
    if (r == 0) {
        print_safe(stdout, "%.*s: %.*s %.*s, %zu layer%s, %zu package%s\n", STR_ARG(table.file),
                   STR_ARG(entry.name), STR_ARG(entry.version), entry.layers_n,
                   entry.layers_n == 1 ? "" : "s", entry.packages_n, entry.packages_n == 1 ? "" : "s");
    }
    return r;
}

/* run:N of --store: nothing is read again. */
static int add_kept(const struct arguments *arguments, const char *path, struct str number, struct err *err) {
    _cleanup_(store_closep) struct store *store = NULL;
    uint64_t run;
    if (!str_to_u64(number, 10, &run) || run > INT64_MAX) {
        return err_set(err, ERR_USAGE, "a kept scan is named as run:NUMBER, not 'run:%.*s'", STR_ARG(number));
    }
    int r =
        access(path, R_OK) < 0 ? err_set_errno(err, ERR_ABSENT, "%s", path) : store_open(&store, path, err);
    return r == 0 ? add_run(arguments, store, (int64_t)run, err) : r;
}

static int run_add(struct arguments *arguments) {
    static const struct scan_mode mode = {.finish = add_run};
    const char *path = arguments_get(arguments, "store"), *target = arguments->operands[0];
    struct str run = str_c(target), prefix = STR("run:");
    struct err err = ERR_NONE;
    if (!str_starts(run, prefix)) {
        return scan_run(arguments, &mode);
    }
    int r = path ? add_kept(arguments, path, str_from(run, prefix.n), &err)
                 : err_set(&err, ERR_USAGE, "%s: name where it is kept: --store FILE", target);
    if (r < 0) {
        complain(&err);
    }
    return r < 0 ? EXIT_WRONG : EXIT_CLEAN;
}

/* ---- list */

static int list_table(const struct arguments *arguments, struct err *err) {
    struct base_table table;
    int r = read_table(arguments, false, &table, err);
    int name = 4, version = 7;
    for (size_t i = 0; r == 0 && i < table.n; i++) {
        name = MAX(name, (int)MIN(table.entries[i].name.n, (size_t)60));
        version = MAX(version, (int)MIN(table.entries[i].version.n, (size_t)30));
    }
    for (size_t i = 0; r == 0 && i < table.n; i++) {
        const struct base_entry *e = &table.entries[i];
        char created[CLOCK_TEXT];
        clock_format(e->created, created);
        print_safe(stdout, "%-*.*s  %-*.*s  %.10s  %3zu layer%s", name, STR_ARG(e->name), version,
                   STR_ARG(e->version), created, e->layers_n, e->layers_n == 1 ? " " : "s");
        if (e->knows_packages) {
            print_safe(stdout, "  %5zu packages\n", e->packages_n);
        } else {
            print_safe(stdout, "  packages not known\n");
        }
    }
    return r;
}

static int run_list(struct arguments *arguments) {
    struct err err = ERR_NONE;
    int r = list_table(arguments, &err);
    if (r < 0) {
        complain(&err);
    }
    return r < 0 ? EXIT_WRONG : EXIT_CLEAN;
}

/* ---- show */

static void print_row(const char *what, struct str value) {
    if (value.n) {
        print_safe(stdout, "%-10s %.*s\n", what, STR_ARG(value));
    }
}

static void print_base(const struct image *image, const struct base_entry *newer) {
    const struct image_base *base = &image->base;
    char created[CLOCK_TEXT] = "", newest[CLOCK_TEXT];
    if (base->created > 0) {
        clock_format(base->created, created);
    }
    print_row("image", image->name);
    if (!base->named_by && !base->layers_by) {
        print_row("base", STR("not decided: no table, annotation, label or history says it"));
        return;
    }
    print_row("base", base->name.n ? base->name : STR("without a name"));
    print_row("version", base->version);
    print_row("reference", base->reference);
    print_row("digest", base->digest);
    print_row("created", str_c(created));
    print_row("named by", str_c(base_evidence_name(base->named_by)));
    print_row("table", base->file);
    if (base->layers) {
        print_safe(stdout, "%-10s 1-%zu of %zu, by %s\n", "layers", base->layers, image->layers_n,
                   base_evidence_name(base->layers_by));
    } else {
        print_row("layers", STR("not decided"));
    }
    if (newer) {
        clock_format(newer->created, newest);
        print_safe(stdout, "%-10s %.*s of %.10s\n", "newest", STR_ARG(newer->version), newest);
    }
}

static int show_image(const struct arguments *arguments, struct err *err) {
    _cleanup_(image_closep) struct image *image = NULL;
    struct base_table table;
    struct target target;
    const struct base_entry *newer = NULL;
    struct image_options options = registry_options(arguments, cache_folder(arguments->arena));
    options.platform = str_c(arguments_get(arguments, "platform"));
    options.is_open = arguments_has(arguments, "no-cage");
    int r = read_table(arguments, !arguments_has(arguments, "file"), &table, err);
    r = r == 0 ? target_parse(arguments->arena, arguments->operands[0], &target, err) : r;
    if (r == 0 && target.kind > TARGET_OCI_DIRECTORY) {
        return err_set(err, ERR_USAGE, "%s is no image", arguments->operands[0]);
    }
    r = r == 0 ? image_open(&image, &target, &options, err) : r;
    if (r == 0 && image->problem.n) {
        return err_set(err, ERR_INPUT, "%.*s: %.*s", STR_ARG(image->name), STR_ARG(image->problem));
    }
    if (r == 0) {
        base_table_apply(&table, image);
        r = base_table_newest(&table, image, &newer, err);
    }
    if (r == 0) {
        print_base(image, newer);
    }
    return r;
}

static int run_show(struct arguments *arguments) {
    struct err err = ERR_NONE;
    int r = show_image(arguments, &err);
    if (r < 0) {
        complain(&err);
    }
    return r < 0 ? EXIT_WRONG : EXIT_CLEAN;
}

/* ---- the command */

static const struct {
    const char *name;
    bool wants_target;
    int (*run)(struct arguments *arguments);
} actions[] = {{"add", true, run_add}, {"list", false, run_list}, {"show", true, run_show}};

static int run_base(const struct arguments *arguments) {
    struct arguments own = *arguments; /* without the action's name */
    struct str name = str_c(arguments->operands_n ? arguments->operands[0] : "list");
    struct err err = ERR_NONE;
    own.operands += arguments->operands_n ? 1 : 0;
    own.operands_n -= arguments->operands_n ? 1 : 0;
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        if (!str_eq(name, str_c(actions[i].name))) {
            continue;
        }
        if (own.operands_n == (actions[i].wants_target ? 1 : 0)) {
            return actions[i].run(&own);
        }
        err_set(&err, ERR_USAGE,
                actions[i].wants_target ? "name one image: plimsoll base %s TARGET"
                                        : "base %s takes no operand",
                actions[i].name);
        complain(&err);
        return EXIT_WRONG;
    }
    err_set(&err, ERR_USAGE, "there is no 'base %.*s'. See: plimsoll base --help", STR_ARG(name));
    complain(&err);
    return EXIT_WRONG;
}

static const struct option options[] = {
    {"file", 'f', "FILE", NULL, "the table; default: what .plimsoll.yaml says (bases:), else bases.yaml",
     NULL, false, true},
    {"name", 0, "NAME", "Adding", "whose versions are one base; default: the image's name", NULL, false,
     true},
    {"as", 0, "VERSION", "Adding", "default: the day that the image was built", NULL, false, true},
    {"created", 0, "DAY", "Adding", "when it was built, where the image does not say", NULL, false, true},
    {"store", 0, "FILE", "Adding", "where a scan is kept, of which run:N is added", NULL, false, true},
    SCAN_IMAGE_OPTIONS,
    SCAN_READING_OPTIONS,
    {"help", 'h', NULL, "Debugging", "this help", NULL, false, true},
    {0},
};

const struct command command_base = {
    .name = "base",
    .summary = "base images that are known, and what an image stands on",
    .operands = "add TARGET | list | show TARGET",
    .options = options,
    .examples =
        (const struct example[]){
            {"plimsoll base add registry.example.com/golden/debian:12.7 --name golden/debian --as 12.7",
             "its layers and packages into bases.yaml"},
            {"plimsoll scan web:1.4 --bases bases.yaml", "what a rebuild on the newest version removes"},
            {"plimsoll base show web:1.4", "on what it stands, and how that is known"},
            {0},
        },
    .details = "add    appends an image to the table; run:N of --store does without reading it again\n"
               "list   what is in the table (the default)\n"
               "show   the base of an image, and by which evidence",
    .run = run_base,
};
