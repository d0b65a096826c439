#include "cmd/db.h"

#include "base/file.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "vuln/advisories.h"
#include "vuln/build.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

char *db_own_path(struct db_run *run, struct err *err) {
    const char *cache = file_cache_dir(run->arena);
    if (!cache) {
        err_set(err, ERR_ABSENT, "there is no cache folder: set PLIMSOLL_CACHE or HOME");
        return NULL;
    }
    if (file_make_dirs(cache, err) < 0) {
        return NULL;
    }
    char *path = arena_printf(run->arena, "%s/advisories.db", cache);
    if (!path) {
        err_memory(err);
    }
    return path;
}

/* The file stays, as removing it would let two in. */
int db_lock(const char *path, int *fd, struct err *err) {
    char lock[LIMIT_PATH];
    int n = snprintf(lock, sizeof lock, "%s.lock", path);
    if (n < 0 || (size_t)n >= sizeof lock) {
        return err_set(err, ERR_LIMIT, "%s: path too long", path);
    }
    *fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return err_set_errno(err, ERR_IO, "%s", lock);
    }
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0) {
        return 0;
    }
    return errno == EWOULDBLOCK ? err_set(err, ERR_USAGE, "another update is under way (%s is locked)", lock)
                                : err_set_errno(err, ERR_IO, "%s", lock);
}

void db_tell(void *context, struct str place, struct str member, struct str message) {
    struct db_run *run = context;
    run->problems++;
    progress_end(&run->progress);
    fprintf(stderr, "plimsoll: %.*s: %.*s%s%.*s\n", STR_ARG(place), STR_ARG(member), member.n ? ": " : "",
            STR_ARG(message));
}

/* ---- import, export and verify: the seal is checked each time */

static int run_import(struct db_run *run, struct err *err) {
    _cleanup_(closep) int lock = -1;
    if (!run->operand) {
        return err_set(err, ERR_USAGE, "name the file: plimsoll db import FILE");
    }
    const char *path = db_own_path(run, err);
    int r = path ? db_lock(path, &lock, err) : err->code;
    return r == 0 ? advisories_import(run->operand, path, run->is_open, err) : r;
}

/* The one in use: where there is no newer one, the snapshot. */
static int path_in_use(struct db_run *run, const char **out, struct err *err) {
    *out = advisories_default_path(run->arena);
    return *out ? 0 : err_set(err, ERR_ABSENT, "there is no advisory database. Get one: plimsoll db update");
}

static int run_export(struct db_run *run, struct err *err) {
    const char *path;
    if (!run->operand) {
        return err_set(err, ERR_USAGE, "name the file: plimsoll db export FILE");
    }
    int r = path_in_use(run, &path, err);
    return r == 0 ? advisories_export(path, run->operand, err) : r;
}

static int run_verify(struct db_run *run, struct err *err) {
    char identity[SHA256_HEX + 1];
    const char *path = run->operand;
    int r = path ? 0 : path_in_use(run, &path, err);
    if (r == 0) {
        r = advisories_verify(path, err);
    }
    if (r == 0) {
        r = advisories_identity(path, identity, err);
    }
    if (r == 0) {
        printf("%s: its content is what its checksum says, sha256:%s\n", path, identity);
    }
    return r;
}

/* ---- the command */

static const struct {
    const char *name;
    unsigned files; /* at most */
    int (*run)(struct db_run *run, struct err *err);
} actions[] = {
    {"build", 0, db_build},    {"update", 0, db_update},  {"status", 1, db_status},  {"diff", 2, db_diff},
    {"import", 1, run_import}, {"export", 1, run_export}, {"verify", 1, run_verify},
};

static int dispatch(struct db_run *run, struct err *err) {
    const struct arguments *arguments = run->arguments;
    struct str name = str_c(arguments->operands_n ? arguments->operands[0] : "status");
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        if (!str_eq(name, str_c(actions[i].name))) {
            continue;
        }
        if (arguments->operands_n > 1 + actions[i].files) {
            return err_set(err, ERR_USAGE, "db %s: '%s' is one operand too many", actions[i].name,
                           arguments->operands[arguments->operands_n - 1]);
        }
        run->operand = arguments->operands_n > 1 ? arguments->operands[1] : NULL;
        run->second = arguments->operands_n > 2 ? arguments->operands[2] : NULL;
        return actions[i].run(run, err);
    }
    return err_set(err, ERR_USAGE, "there is no 'db %.*s'. See: plimsoll db --help", STR_ARG(name));
}

static int set_up(struct db_run *run, struct err *err) {
    const struct arguments *arguments = run->arguments;
    const struct option_values *insecure = arguments_all(arguments, "insecure");
    const char *patience = arguments_get(arguments, "patience");
    uint64_t seconds = 0;
    if (patience && (!str_to_u64(str_c(patience), 10, &seconds) || seconds == 0 || seconds > 3600)) {
        return err_set(err, ERR_USAGE, "--patience takes a number of seconds from 1 to 3600, not '%s'",
                       patience);
    }
    run->is_open = arguments_has(arguments, "no-cage");
    run->progress = progress_start(true);
    run->pulling = (struct pull_options){.insecure = insecure->p,
                                         .insecure_n = insecure->n,
                                         .stall_s = (uint32_t)seconds,
                                         .progress = progress_show,
                                         .progress_context = &run->progress};
    if (run->is_open) {
        fprintf(stderr,
                "plimsoll: WARNING: --no-cage: what is read can do whatever you can. For debugging only.\n");
    }
    return 0;
}

static int run_db(const struct arguments *arguments) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_UPDATE);
    struct db_run run = {.arguments = arguments, .arena = &arena};
    struct err err = ERR_NONE;
    int r = set_up(&run, &err);
    r = r < 0 ? r : dispatch(&run, &err);
    progress_end(&run.progress);
    if (r < 0) {
        complain(&err);
        return EXIT_WRONG;
    }
    if (run.problems) {
        fprintf(stderr, "plimsoll: %zu records could not be read and were left out\n", run.problems);
        return EXIT_INCOMPLETE;
    }
    return EXIT_CLEAN;
}

static const char *const formats[] = {"human", "json", NULL};

static const struct option options[] = {
    {.name = "from",
     .metavar = "DIR|URL",
     .help = "ecosystems.txt and <Ecosystem>/all.zip; default of update: OSV's public export",
     .is_callers = true},
    {.name = "ecosystem",
     .metavar = "NAME",
     .help = "only this; can be repeated; 'all': all that are known; default of update: those it has",
     .repeats = true,
     .is_callers = true},
    {.name = "kev",
     .metavar = "FILE|URL",
     .help = "CISA's catalogue, JSON, or 'none'; update without --from: CISA's own",
     .is_callers = true},
    {.name = "epss",
     .metavar = "FILE|URL",
     .help = "FIRST's scores, CSV or .csv.gz, or 'none'; update without --from: FIRST's own",
     .is_callers = true},
    {.name = "source",
     .metavar = "NAME[=PLACE]",
     .help =
         "also alpine, amazon, azurelinux, debian, mariner, oracle, redhat: from PLACE (file, folder, URL) "
         "or the vendor's own; can be repeated",
     .repeats = true,
     .is_callers = true},
    {.name = "private",
     .metavar = "DIR",
     .help = "advisories of your own: a folder of OSV records, JSON or YAML; can be repeated",
     .repeats = true,
     .is_callers = true},
    {.name = "partial-notes",
     .metavar = "FILE",
     .help = "for build: lines of ecosystem, tab, what is missing of it",
     .is_callers = true},
    {.name = "output", .letter = 'o', .metavar = "FILE", .help = "where build puts it", .is_callers = true},
    {.name = "store",
     .metavar = "FILE",
     .help = "of diff: the scans whose findings are compared",
     .is_callers = true},
    {.name = "vex",
     .metavar = "FILE",
     .help = "of diff --store: what is said of vulnerabilities there, as of scan; can be repeated",
     .repeats = true,
     .is_callers = true},
    {.name = "format",
     .letter = 'f',
     .metavar = "FORMAT",
     .help = "of status and diff: human or json",
     .choices = formats,
     .is_callers = true},
    {.name = "insecure",
     .metavar = "HOST",
     .group = "Network",
     .help = "a server that may use plain HTTP or any certificate",
     .repeats = true,
     .is_callers = true},
    {.name = "patience",
     .metavar = "SECONDS",
     .group = "Network",
     .help = "give up a server that sends less than 1 KB a second for so long; default: 30",
     .is_callers = true},
    {.name = "no-cage",
     .group = "Debugging",
     .help = "parse without the cage; for debugging plimsoll itself",
     .is_callers = true},
    {.name = "help", .letter = 'h', .group = "Debugging", .help = "this help", .is_callers = true},
    {0},
};

const struct command command_db = {
    .name = "db",
    .summary = "the advisory database: build, update, status, diff, import, export, verify",
    .operands = "build | update | status [FILE] | diff OLD NEW | diff --store FILE [OLD] NEW | import FILE | "
                "export FILE | verify [FILE]",
    .options = options,
    .examples =
        (const struct example[]){
            {"plimsoll db update", "fetches what is newer of OSV's export, CISA's catalogue and EPSS"},
            {"plimsoll db status", "says what the database has and how old it is"},
            {"plimsoll db build --from osv --kev kev.json -o advisories.db", "makes one from feeds"},
            {"plimsoll db build --source debian=tracker.json --private ours -o advisories.db",
             "from a vendor's own feed and advisories of your own"},
            {"plimsoll db diff old.db new.db.zst", "which advisories came, went and changed"},
            {"plimsoll db diff --store scans.db new.db",
             "what the new database changes for the scans that were kept"},
            {"plimsoll db export advisories.db.zst", "for a machine without network: db import there"},
            {0},
        },
    .details =
        "The first update fetches whole archives, later ones what changed, by modified_id.csv. When "
        "anything\n"
        "fails the database from before stays, and the next update continues what was fetched.\n"
        "A mirror (--from) has the layout of OSV's export; it brings its own --kev and --epss, or none, and\n"
        "those of the database are kept.\n"
        "Exit: 0 done, 2 wrong use or nothing was changed, 3 done, but records could not be read.",
    .run = run_db,
};
