/* One scan after the other, and the exit code of all. */
#include "base/limits.h"
#include "cmd/scan_fix.h"
#include "cmd/scan_parts.h"

static struct scan_fix fix_of(const struct scan *scan, const struct target *target) {
    return (struct scan_fix){.store = scan->store,
                             .run = scan->run,
                             .root = target->place,
                             .checks = &scan->checks,
                             .honours_others = scan->guardrails.honours_others,
                             .is_dry = arguments_has(scan->arguments, "dry-run")};
}

/* SARIF alone says how a finding is mended, so only for it that is worked out. */
static bool wants_fixes(const struct scan *scan) {
    return scan_wants_format(scan, STR("sarif")) && !arguments_has(scan->arguments, "dry-run");
}

/* --fix: what is reported afterwards is a scan of the files as they are then. */
static int mend(struct scan *scan, const struct target *target, struct err *err) {
    _cleanup_(buf_free) struct buf diff = buf_new(LIMIT_REPORT);
    const struct scan_fix fix = fix_of(scan, target);
    struct scan_fixed fixed;
    int r = scan_fix(&fix, &diff, &fixed, err);
    if (r < 0) {
        return r;
    }
    if (fix.is_dry) {
        return scan_drain_to_stdout(NULL, &diff, err);
    }
    if (!arguments_has(scan->arguments, "quiet")) {
        fprintf(stderr, "plimsoll: mended %zu finding%s in %zu file%s\n", fixed.findings,
                fixed.findings == 1 ? "" : "s", fixed.files, fixed.files == 1 ? "" : "s");
    }
    return fixed.files ? scan_take_directory(scan, target, err) : 0;
}

static int take_target(struct scan *scan, const struct target *target, struct err *err) {
    bool is_folder = target->kind == TARGET_DIRECTORY || target->kind == TARGET_ROOTFS;
    if (scan_reads_history(scan) && target->kind != TARGET_GIT) {
        return err_set(err, ERR_USAGE,
                       "--history goes with git: targets, as in: plimsoll scan git:. --history");
    }
    int r = scan_take_base(scan, target, err);
    if (r < 0) {
        return r;
    }
    scan_attached_begin(&scan->attached);
    if (scan->attached.wants_vex && (is_folder || target->kind == TARGET_GIT)) {
        return err_set(err, ERR_USAGE,
                       "--vex attached: nothing is attached to %.*s, only to images and bills",
                       STR_ARG(target->name));
    }
    r = scan_take(scan, target, err);
    if (r < 0 || target->kind != TARGET_DIRECTORY) {
        return r;
    }
    r = arguments_has(scan->arguments, "fix") ? mend(scan, target, err) : 0;
    const struct scan_fix fix = fix_of(scan, target);
    return r == 0 && wants_fixes(scan) ? scan_fix_note(&fix, err) : r;
}

static int exit_code_of(const struct scan *scan, struct err *err) {
    struct run run;
    bool blocked = false;
    int r = scan->mode->judges ? report_is_blocked(scan->store, scan->run, &blocked, err) : 0;
    if (r == 0) {
        r = store_get_run(scan->store, scan->arena, scan->run, &run, err);
    }
    if (r < 0) {
        return r;
    }
    return blocked ? EXIT_BLOCKED : run.is_complete ? EXIT_CLEAN : EXIT_INCOMPLETE;
}

static int scan_target(struct scan *scan, const char *text, struct err *err) {
    struct target target;
    scan->began = clock_monotonic();
    scan->bases.newer = NULL;
    scan->progress = progress_start(!arguments_has(scan->arguments, "quiet"));
    int r = target_parse(scan->arena, text, &target, err);
    if (r == 0) {
        r = take_target(scan, &target, err);
    }
    progress_end(&scan->progress);
    if (r == 0 && scan->mode->finish) {
        r = scan->mode->finish(scan->arguments, scan->store, scan->run, err);
    } else if (r == 0 && !arguments_has(scan->arguments, "dry-run")) {
        r = scan_write_reports(scan, err);
    }
    if (r < 0) {
        store_rollback(scan->store);
        return r;
    }
    return exit_code_of(scan, err);
}

/* The worst of several targets: blocked before wrong before incomplete. */
static int worse(int a, int b) {
    static const int order[] = {EXIT_BLOCKED, EXIT_WRONG, EXIT_INCOMPLETE, EXIT_CLEAN};
    for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
        if (a == order[i] || b == order[i]) {
            return order[i];
        }
    }
    return EXIT_CLEAN;
}

int scan_run(const struct arguments *arguments, const struct scan_mode *mode) {
    _cleanup_(arena_free) struct arena arena = arena_new(2 * GIB);
    struct scan scan = {.arguments = arguments, .mode = mode, .arena = &arena};
    struct err err = ERR_NONE;
    int code = EXIT_CLEAN;
    if (arguments_has(arguments, "dry-run") && !arguments_has(arguments, "fix")) {
        err_set(&err, ERR_USAGE, "--dry-run goes with --fix");
        complain(&err);
        return EXIT_WRONG;
    }
    if (!arguments->operands_n) {
        err_set(&err, ERR_USAGE,
                "name what to scan, as in: plimsoll %s docker-archive:web.tar, or: plimsoll %s .",
                arguments->command->name, arguments->command->name);
        complain(&err);
        return EXIT_WRONG;
    }
    if (scan_open(&scan, &err) < 0) {
        complain(&err);
        code = EXIT_WRONG;
    }
    for (size_t i = 0; code != EXIT_WRONG && i < arguments->operands_n; i++) {
        int r = scan_target(&scan, arguments->operands[i], &err);
        if (r < 0) {
            complain(&err);
        }
        code = worse(code, r < 0 ? EXIT_WRONG : r);
    }
    if (scan.secrets.set.was_compiled && !scan.secrets.set.why.code && !arguments_has(arguments, "quiet")) {
        fprintf(stderr,
                "plimsoll: the patterns of secrets were compiled anew for this machine's Vectorscan\n");
    }
    scan_close(&scan);
    return code;
}
