/* --baseline REF: the same folder as it was then. */
#include "base/limits.h"
#include "cmd/scan_parts.h"

/* Its findings, judged as those of today are, in a store that goes with it. */
static int scan_base(const struct scan *scan, const struct target *target, struct commit *commit,
                     struct baseline *out, struct err *err) {
    _cleanup_(store_closep) struct store *store = NULL;
    struct scan base = *scan;
    int r = store_open(&store, NULL, err);
    if (r < 0) {
        return r;
    }
    base.store = store;
    base.commit = commit;
    base.is_base = true;
    scan_guardrails_of_base(&scan->guardrails, &base.guardrails);
    r = scan_take_directory(&base, target, err);
    scan_guardrails_close(&base.guardrails);
    return r == 0 ? baseline_of_run(scan->arena, store, base.run, out, err) : r;
}

int scan_take_base(struct scan *scan, const struct target *target, struct err *err) {
    struct str revision = scan->guardrails.base_revision;
    if (!revision.n) {
        return 0;
    }
    if (target->kind != TARGET_DIRECTORY && target->kind != TARGET_GIT) {
        return err_set(err, ERR_USAGE,
                       "--baseline %.*s: there is no such file, and only folders and git: targets "
                       "have revisions",
                       STR_ARG(revision));
    }
    _cleanup_(commit_closep) struct commit *commit = NULL;
    struct baseline base = baseline_empty(scan->arena);
    int r = commit_open(&commit, target->place, revision, err);
    if (r < 0) {
        return scan->guardrails.base_may_be_file
                   ? err_at(err, "--baseline: there is no such file, nor revision")
                   : err_at(err, "--baseline");
    }
    /* A folder that was not there yet: all in it is new. */
    r = commit_tree(commit)->has_folder ? scan_base(scan, target, commit, &base, err) : 0;
    base.name = arena_strf(scan->arena, "%.*s (%.*s)", STR_ARG(revision), 12, commit_tree(commit)->commit.p);
    if (r == 0 && !base.name.p) {
        r = err_memory(err);
    }
    scan->guardrails.baseline = base;
    return r;
}
