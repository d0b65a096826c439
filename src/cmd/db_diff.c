#include "base/limits.h"
#include "cmd/db.h"
#include "cmd/terminal.h"
#include "doc/json_write.h"
#include "vuln/build.h"
#include "vuln/diff.h"

struct report {
    const struct vex *vex; /* NULL: none */
    const struct run *run;
    struct json_writer *json; /* NULL: for people */
    size_t counts[DIFFERENCE_CHANGES + 1];
    bool has_head; /* the run's name was printed */
};

static const char *const kind_names[] = {
    [DIFFERENCE_APPEARS] = "appears", [DIFFERENCE_VANISHES] = "vanishes", [DIFFERENCE_CHANGES] = "changes"};

static void print_words(const struct difference *d) {
    const char *old = severity_name(d->old_severity), *new_one = severity_name(d->new_severity);
    bool has_old = d->kind != DIFFERENCE_APPEARS, has_new = d->kind != DIFFERENCE_VANISHES;
    bool is_other = has_old && has_new && d->old_severity != d->new_severity;
    print_safe(stdout, "  %-9s %-18.*s %s%s%s", kind_names[d->kind], STR_ARG(d->id), has_old ? old : new_one,
               is_other ? " → " : "", is_other ? new_one : "");
    struct str was = d->old_fixed, is = d->new_fixed;
    if (d->kind == DIFFERENCE_CHANGES && !str_eq(was, is)) {
        print_safe(stdout, ", fixed in %.*s → %.*s", STR_ARG(was.n ? was : STR("none")),
                   STR_ARG(is.n ? is : STR("none")));
    } else if (has_new && is.n) {
        print_safe(stdout, ", fixed in %.*s", STR_ARG(is));
    }
    print_safe(stdout, "  %.*s\n", STR_ARG(d->package));
}

static void put_side(struct json_writer *w, struct str key, bool is_there, enum severity severity,
                     struct str fixed) {
    json_key(w, key);
    if (!is_there) {
        json_null(w);
        return;
    }
    json_begin_object(w);
    json_key(w, STR("severity"));
    json_str(w, str_c(severity_name(severity)));
    json_key(w, STR("fixed"));
    json_str(w, fixed);
    json_end(w);
}

static void put_json(struct json_writer *w, const struct run *run, const struct difference *d) {
    json_begin_object(w);
    json_key(w, STR("change"));
    json_str(w, str_c(kind_names[d->kind]));
    json_key(w, STR("target"));
    json_str(w, run->target);
    json_key(w, STR("run"));
    json_int(w, run->id);
    json_key(w, STR("id"));
    json_str(w, d->id);
    json_key(w, STR("package"));
    json_str(w, d->package);
    put_side(w, STR("old"), d->kind != DIFFERENCE_APPEARS, d->old_severity, d->old_fixed);
    put_side(w, STR("new"), d->kind != DIFFERENCE_VANISHES, d->new_severity, d->new_fixed);
    json_end(w);
}

static int take(void *context, const struct difference *difference, struct err *err) {
    struct report *report = context;
    report->counts[difference->kind]++;
    if (report->json) {
        put_json(report->json, report->run, difference);
        return 0;
    }
    if (!report->has_head) {
        print_safe(stdout, "%.*s (run %lld)\n", STR_ARG(report->run->target), (long long)report->run->id);
        report->has_head = true;
    }
    print_words(difference);
    return 0;
}

static int each_run(struct db_run *run, struct store *store, struct report *report, struct advisories *old,
                    struct advisories *new_one, struct err *err) {
    struct run_list runs;
    int r = store_get_latest_runs(store, run->arena, &runs, err);
    for (size_t i = 0; r == 0 && i < runs.n; i++) {
        report->run = &runs.p[i];
        report->has_head = false;
        r = advisories_diff(store, &runs.p[i], old, new_one, report->vex, take, report, err);
    }
    if (r == 0 && !report->json) {
        print_safe(stdout, "%zu targets: %zu findings appear, %zu vanish, %zu change\n", runs.n,
                   report->counts[DIFFERENCE_APPEARS], report->counts[DIFFERENCE_VANISHES],
                   report->counts[DIFFERENCE_CHANGES]);
    }
    return r;
}

static int print_json(struct db_run *run, struct store *store, struct advisories *old,
                      struct advisories *new_one, const struct vex *vex, struct err *err) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_UPDATE);
    struct json_writer w = json_writer_new(&out, 2);
    struct report report = {.json = &w, .vex = vex};
    json_begin_array(&w);
    int r = each_run(run, store, &report, old, new_one, err);
    json_end(&w);
    r = r < 0 ? r : json_finish(&w, err);
    if (r == 0) {
        print_safe(stdout, "%.*s\n", STR_ARG(buf_view(&out)));
    }
    return r;
}

static int open_vex(struct db_run *run, struct vex *vex, struct err *err) {
    const struct option_values *files = arguments_all(run->arguments, "vex");
    int r = 0;
    for (size_t i = 0; i < files->n && r == 0; i++) {
        r = vex_add_file(vex, files->p[i], run->is_open, err);
    }
    return r;
}

static bool is_json(const struct db_run *run) {
    const char *format = arguments_get(run->arguments, "format");
    return format && strcmp(format, "json") == 0;
}

/* ---- databases, packed or not */

struct databases {
    const char *old, *new_one; /* old NULL: none is named */
    const char *unpacked[2];   /* ours, to be removed */
    size_t unpacked_n;
};

static void remove_unpacked(struct databases *databases) {
    for (size_t i = 0; i < databases->unpacked_n; i++) {
        unlink(databases->unpacked[i]);
    }
}

/* A packed one is unpacked beside the database of the cache folder, for as long as the command runs. */
static int unpack(struct db_run *run, struct databases *databases, const char **path, struct err *err) {
    bool is_packed = false;
    int r = *path ? advisories_is_packed(*path, &is_packed, err) : 0;
    if (r < 0 || !is_packed) {
        return r;
    }
    const char *own = db_own_path(run, err);
    if (!own) {
        return err->code;
    }
    size_t i = databases->unpacked_n;
    char *plain = arena_printf(run->arena, "%s.%ld.diff-%zu", own, (long)getpid(), i);
    if (!plain) {
        return err_memory(err);
    }
    databases->unpacked[databases->unpacked_n++] = plain;
    r = advisories_import(*path, plain, run->is_open, err);
    *path = plain;
    return r;
}

static int diff_store(struct db_run *run, const struct databases *databases, const char *path,
                      struct err *err) {
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(advisories_closep) struct advisories *old = NULL, *new_one = NULL;
    struct vex vex = vex_new(run->arena);
    int r =
        access(path, R_OK) < 0 ? err_set_errno(err, ERR_ABSENT, "%s", path) : store_open(&store, path, err);
    r = r < 0 || !databases->old ? r : advisories_open(&old, databases->old, err);
    r = r < 0 ? r : advisories_open(&new_one, databases->new_one, err);
    r = r < 0 ? r : open_vex(run, &vex, err);
    if (r < 0) {
        return r;
    }
    const struct vex *said = arguments_has(run->arguments, "vex") ? &vex : NULL;
    struct report report = {.vex = said};
    return is_json(run) ? print_json(run, store, old, new_one, said, err)
                        : each_run(run, store, &report, old, new_one, err);
}

int db_diff(struct db_run *run, struct err *err) {
    const char *store = arguments_get(run->arguments, "store");
    struct databases databases = {.old = run->second ? run->operand : NULL,
                                  .new_one = run->second ? run->second : run->operand};
    if (!databases.new_one || (!store && !databases.old)) {
        return err_set(err, ERR_USAGE,
                       "name two databases: plimsoll db diff OLD NEW; or scans and what is new: plimsoll db "
                       "diff --store FILE [OLD] NEW");
    }
    if (!store && arguments_has(run->arguments, "vex")) {
        return err_set(err, ERR_USAGE, "--vex is about packages: it needs --store");
    }
    int r = unpack(run, &databases, &databases.old, err);
    r = r < 0 ? r : unpack(run, &databases, &databases.new_one, err);
    if (r == 0) {
        r = store ? diff_store(run, &databases, store, err)
                  : db_compare(databases.old, databases.new_one, is_json(run), err);
    }
    remove_unpacked(&databases);
    return r;
}
