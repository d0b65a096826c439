#include "base/limits.h"
#include "cmd/db.h"
#include "doc/json_write.h"
#include "vuln/diff.h"

struct report {
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
    printf("  %-9s %-18.*s %s%s%s", kind_names[d->kind], STR_ARG(d->id), has_old ? old : new_one,
           is_other ? " → " : "", is_other ? new_one : "");
    struct str was = d->old_fixed, is = d->new_fixed;
    if (d->kind == DIFFERENCE_CHANGES && !str_eq(was, is)) {
        printf(", fixed in %.*s → %.*s", STR_ARG(was.n ? was : STR("none")),
               STR_ARG(is.n ? is : STR("none")));
    } else if (has_new && is.n) {
        printf(", fixed in %.*s", STR_ARG(is));
    }
    printf("  %.*s\n", STR_ARG(d->package));
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
        printf("%.*s (run %lld)\n", STR_ARG(report->run->target), (long long)report->run->id);
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
        r = advisories_diff(store, runs.p[i].id, old, new_one, take, report, err);
    }
    if (r == 0 && !report->json) {
        printf("%zu targets: %zu findings appear, %zu vanish, %zu change\n", runs.n,
               report->counts[DIFFERENCE_APPEARS], report->counts[DIFFERENCE_VANISHES],
               report->counts[DIFFERENCE_CHANGES]);
    }
    return r;
}

static int print_json(struct db_run *run, struct store *store, struct advisories *old,
                      struct advisories *new_one, struct err *err) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_UPDATE);
    struct json_writer w = json_writer_new(&out, 2);
    struct report report = {.json = &w};
    json_begin_array(&w);
    int r = each_run(run, store, &report, old, new_one, err);
    json_end(&w);
    r = r < 0 ? r : json_finish(&w, err);
    if (r == 0) {
        printf("%.*s\n", STR_ARG(buf_view(&out)));
    }
    return r;
}

int db_diff(struct db_run *run, struct err *err) {
    _cleanup_(store_closep) struct store *store = NULL;
    _cleanup_(advisories_closep) struct advisories *old = NULL, *new_one = NULL;
    const char *path = arguments_get(run->arguments, "store"),
               *format = arguments_get(run->arguments, "format");
    const char *new_path = run->second ? run->second : run->operand;
    if (!path || !new_path) {
        return err_set(err, ERR_USAGE,
                       "name the scans and the databases: plimsoll db diff --store FILE [OLD] NEW");
    }
    int r =
        access(path, R_OK) < 0 ? err_set_errno(err, ERR_ABSENT, "%s", path) : store_open(&store, path, err);
    r = r < 0 || !run->second ? r : advisories_open(&old, run->operand, err);
    r = r < 0 ? r : advisories_open(&new_one, new_path, err);
    if (r < 0) {
        return r;
    }
    struct report report = {0};
    return format && strcmp(format, "json") == 0 ? print_json(run, store, old, new_one, err)
                                                 : each_run(run, store, &report, old, new_one, err);
}
