#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "vuln/advisories.h"
#include "vuln/caged_parse.h"

/* One run of the command. */
struct db_run {
    const struct arguments *arguments;
    struct arena *arena;
    const char *operand; /* FILE of import and export; NULL: none */
    size_t problems;     /* records that were left out */
};

/* ---- where the database is */

static int own_path(struct db_run *run, char **out, struct err *err) {
    const char *cache = file_cache_dir(run->arena);
    if (!cache) {
        return err_set(err, ERR_ABSENT, "there is no cache folder: set PLIMSOLL_CACHE or HOME");
    }
    *out = arena_printf(run->arena, "%s/advisories.db", cache);
    return *out ? file_make_dirs(cache, err) : err_memory(err);
}

/* ---- status */

static const char *date_text(int64_t seconds, char text[CLOCK_TEXT]) {
    if (!seconds) {
        return "-";
    }
    clock_format(seconds, text);
    return text;
}

static void print_day(const char *name, int64_t seconds) {
    char text[CLOCK_TEXT];
    long long days = (long long)(clock_now() - seconds) / (24 * 60 * 60);
    printf("%-8s %s", name, date_text(seconds, text));
    printf(seconds ? " (%lld day%s old)\n" : "\n", days, days == 1 ? "" : "s");
}

static void print_feed(const char *name, bool has, int64_t seconds) {
    char text[CLOCK_TEXT];
    printf("%-8s %s\n", name, has ? date_text(seconds, text) : "none");
}

static void print_state(const char *path, const struct advisories_state *state) {
    char text[CLOCK_TEXT];
    printf("%-8s %s\n", "file", path);
    print_day("built", state->built);
    print_day("newest", state->newest);
    printf("%-8s %s\n", "kind", state->is_snapshot ? "snapshot: facts without summaries" : "full");
    print_feed("KEV", state->has_kev, state->kev_date);
    print_feed("EPSS", state->has_epss, state->epss_date);
    printf("\n%-20s %10s  %-20s  %s\n", "ECOSYSTEM", "RECORDS", "NEWEST", "NOTE");
    for (size_t i = 0; i < state->sources_n; i++) {
        const struct advisories_source *source = &state->sources[i];
        printf("%-20.*s %10lld  %-20s  %.*s\n", STR_ARG(source->ecosystem), (long long)source->records,
               date_text(source->newest, text), STR_ARG(source->note));
    }
}

static int run_status(struct db_run *run, struct err *err) {
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    struct advisories_state state;
    const char *path = advisories_default_path(run->arena);
    if (!path) {
        return err_set(err, ERR_ABSENT,
                       "there is no advisory database. Get one: plimsoll db update --from DIR");
    }
    int r = advisories_open(&advisories, path, err);
    if (r == 0) {
        r = advisories_state(advisories, run->arena, &state, err);
    }
    if (r == 0) {
        print_state(path, &state);
    }
    return r;
}

/* ---- build and update */

static void tell_problem(void *context, struct str place, struct str member, struct str message) {
    struct db_run *run = context;
    run->problems++;
    fprintf(stderr, "plimsoll: %.*s: %.*s%s%.*s\n", STR_ARG(place), STR_ARG(member), member.n ? ": " : "",
            STR_ARG(message));
}

static int build_at(struct db_run *run, const char *path, struct err *err) {
    const struct arguments *arguments = run->arguments;
    struct build_options options = {.osv_dir = arguments_get(arguments, "from"),
                                    .kev = arguments_get(arguments, "kev"),
                                    .epss = arguments_get(arguments, "epss"),
                                    .notes = arguments_get(arguments, "partial-notes"),
                                    .parse = caged_parse,
                                    .problem = tell_problem,
                                    .problem_context = run};
    return advisories_build(&options, path, err);
}

static int run_build(struct db_run *run, struct err *err) {
    const char *path = arguments_get(run->arguments, "output");
    if (!arguments_has(run->arguments, "from") || !path) {
        return err_set(err, ERR_USAGE, "name the feeds and the file: plimsoll db build --from DIR -o FILE");
    }
    return build_at(run, path, err);
}

static int run_update(struct db_run *run, struct err *err) {
    char *path = NULL;
    if (!arguments_has(run->arguments, "from")) {
        return err_set(err, ERR_USAGE, "name the folder with the feeds: plimsoll db update --from DIR");
    }
    int r = own_path(run, &path, err);
    return r == 0 ? build_at(run, path, err) : r;
}

/* ---- import and export: the seal is checked both ways */

static int run_import(struct db_run *run, struct err *err) {
    char *path = NULL;
    if (!run->operand) {
        return err_set(err, ERR_USAGE, "name the file: plimsoll db import FILE");
    }
    int r = own_path(run, &path, err);
    return r == 0 ? advisories_import(run->operand, path, err) : r;
}

static int run_export(struct db_run *run, struct err *err) {
    char *path = NULL;
    if (!run->operand) {
        return err_set(err, ERR_USAGE, "name the file: plimsoll db export FILE");
    }
    int r = own_path(run, &path, err);
    return r == 0 ? advisories_import(path, run->operand, err) : r;
}

/* ---- the command */

static const struct {
    const char *name;
    bool has_file;
    int (*run)(struct db_run *run, struct err *err);
} actions[] = {
    {"build", false, run_build},  {"update", false, run_update}, {"status", false, run_status},
    {"import", true, run_import}, {"export", true, run_export},
};

static int dispatch(struct db_run *run, struct err *err) {
    const struct arguments *arguments = run->arguments;
    struct str name = str_c(arguments->operands_n ? arguments->operands[0] : "status");
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        if (!str_eq(name, str_c(actions[i].name))) {
            continue;
        }
        if (arguments->operands_n > (actions[i].has_file ? 2u : 1u)) {
            return err_set(err, ERR_USAGE, "db %s: '%s' is one operand too many", actions[i].name,
                           arguments->operands[arguments->operands_n - 1]);
        }
        run->operand = arguments->operands_n > 1 ? arguments->operands[1] : NULL;
        return actions[i].run(run, err);
    }
    return err_set(err, ERR_USAGE, "there is no 'db %.*s'. See: plimsoll db --help", STR_ARG(name));
}

static int run_db(const struct arguments *arguments) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct db_run run = {.arguments = arguments, .arena = &arena};
    struct err err = ERR_NONE;
    if (dispatch(&run, &err) < 0) {
        complain(&err);
        return EXIT_WRONG;
    }
    if (run.problems) {
        fprintf(stderr, "plimsoll: %zu records could not be read and were left out\n", run.problems);
        return EXIT_INCOMPLETE;
    }
    return EXIT_CLEAN;
}

static const struct option options[] = {
    {.name = "from", .metavar = "DIR", .help = "ecosystems.txt and <Ecosystem>/all.zip", .is_callers = true},
    {.name = "kev", .metavar = "FILE", .help = "CISA's catalogue, JSON", .is_callers = true},
    {.name = "epss", .metavar = "FILE", .help = "FIRST's scores, CSV or .csv.gz", .is_callers = true},
    {.name = "partial-notes",
     .metavar = "FILE",
     .help = "lines of ecosystem, tab, what is missing of it",
     .is_callers = true},
    {.name = "output", .letter = 'o', .metavar = "FILE", .help = "where build puts it", .is_callers = true},
    {.name = "help", .letter = 'h', .help = "this help", .is_callers = true},
    {0},
};

const struct command command_db = {
    .name = "db",
    .summary = "the advisory database: build, update, status, import, export",
    .operands = "build | update | status | import FILE | export FILE",
    .options = options,
    .examples =
        (const struct example[]){
            {"plimsoll db status", "says what the database has and how old it is"},
            {"plimsoll db build --from osv --kev kev.json -o advisories.db", "makes one from feeds"},
            {"plimsoll db export advisories.db", "for a machine without network: db import there"},
            {0},
        },
    .details = "Exit: 0 done, 2 wrong use or nothing was changed, 3 done, but records could not be read.",
    .run = run_db,
};
