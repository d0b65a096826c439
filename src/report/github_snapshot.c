/* A snapshot for GitHub's dependency submission API
 * (https://docs.github.com/rest/dependency-graph/dependency-submission), a manifest for each file that states
 * packages. What it is of comes from the workflow's environment: GITHUB_SHA, GITHUB_REF, GITHUB_WORKFLOW,
 * GITHUB_JOB and GITHUB_RUN_ID. */
#include "report/bill.h"
#include "report/formats.h"

#define put bill_put

struct snapshot {
    struct json_writer *w;
    const struct bill *bill;
    const size_t *sorted; /* packages by file */
};

static struct str environment(const char *name, struct str otherwise) {
    const char *value = getenv(name);
    return value && *value ? str_c(value) : otherwise;
}

static void begin_object(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_begin_object(w);
}

static void put_job(struct json_writer *w, const struct bill *bill) {
    begin_object(w, "job");
    struct str job = environment("GITHUB_JOB", STR("scan"));
    struct str workflow = environment("GITHUB_WORKFLOW", STR("plimsoll"));
    put(w, "id", environment("GITHUB_RUN_ID", str_c(bill->uuid)));
    json_key(w, STR("correlator"));
    _cleanup_(buf_free) struct buf correlator = buf_new(LIMIT_RECORD);
    buf_printf(&correlator, "%.*s %.*s", STR_ARG(workflow), STR_ARG(job));
    json_str(w, buf_view(&correlator));
    json_end(w);
    w->out->failed |= correlator.failed;
}

static void put_detector(struct json_writer *w, const struct bill *bill) {
    begin_object(w, "detector");
    put(w, "name", STR("plimsoll"));
    put(w, "version", bill->run.version);
    put(w, "url", STR("https://plimsoll.example"));
    json_end(w);
}

static void put_package(struct snapshot *s, const struct bill_package *package) {
    struct json_writer *w = s->w;
    const struct package *p = &package->record.package;
    bool is_direct = p->flags & PACKAGE_IS_DIRECT || !package->is_needed;
    json_key(w, package->asset.key);
    json_begin_object(w);
    put(w, "package_url", package->record.purl);
    put(w, "relationship", is_direct ? STR("direct") : STR("indirect"));
    put(w, "scope", p->flags & PACKAGE_IS_DEVELOPMENT ? STR("development") : STR("runtime"));
    json_key(w, STR("dependencies"));
    json_begin_array(w);
    for (size_t i = 0; i < package->needs_n; i++) {
        json_str(w, s->bill->packages[package->needs[i]].record.purl);
    }
    json_end(w);
    json_end(w);
}

static void begin_manifest(struct json_writer *w, struct str path) {
    json_key(w, path);
    json_begin_object(w);
    put(w, "name", path);
    begin_object(w, "file");
    put(w, "source_location", path);
    json_end(w);
    begin_object(w, "resolved");
}

static void end_manifest(struct json_writer *w) {
    json_end(w);
    json_end(w);
}

static int put_manifests(struct snapshot *s, struct err *err) {
    const struct bill *bill = s->bill;
    int r = 0;
    begin_object(s->w, "manifests");
    for (size_t i = 0; r == 0 && i < bill->packages_n; i++) {
        const struct bill_package *package = &bill->packages[s->sorted[i]];
        struct str path = package->record.path;
        if (i == 0 || !str_eq(path, bill->packages[s->sorted[i - 1]].record.path)) {
            if (i > 0) {
                end_manifest(s->w);
            }
            begin_manifest(s->w, path);
        }
        put_package(s, package);
        r = bill_drain(bill, s->w->out, err);
    }
    if (bill->packages_n && r == 0) {
        end_manifest(s->w);
    }
    json_end(s->w);
    return r;
}

static int by_path(const void *a, const void *b, void *ctx) {
    const struct bill_package *packages = ctx;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = str_cmp(packages[x].record.path, packages[y].record.path);
    return order ? order : (x > y) - (x < y);
}

static int sort(struct snapshot *s, struct bill *bill, struct err *err) {
    size_t *sorted = arena_array(&bill->arena, bill->packages_n + 1, sizeof *sorted);
    if (!sorted) {
        return err_memory(err);
    }
    for (size_t i = 0; i < bill->packages_n; i++) {
        sorted[i] = i;
    }
    qsort_r(sorted, bill->packages_n, sizeof *sorted, by_path, bill->packages);
    s->sorted = sorted;
    return 0;
}

static int write_snapshot(struct snapshot *s, struct err *err) {
    struct json_writer *w = s->w;
    json_begin_object(w);
    json_key(w, STR("version"));
    json_int(w, 0);
    put(w, "sha", environment("GITHUB_SHA", STR("0000000000000000000000000000000000000000")));
    put(w, "ref", environment("GITHUB_REF", STR("refs/heads/main")));
    put_job(w, s->bill);
    put_detector(w, s->bill);
    put(w, "scanned", str_c(s->bill->time));
    int r = put_manifests(s, err);
    if (r < 0) {
        return r;
    }
    json_end(w);
    buf_byte(w->out, '\n');
    return json_finish(w, err);
}

int report_github_snapshot(struct store *store, int64_t run, const struct report_options *options,
                           struct buf *out, struct err *err) {
    _cleanup_(bill_free) struct bill bill;
    int r = bill_load(&bill, store, run, options, err);
    struct json_writer w = json_writer_new(out, 2);
    struct snapshot s = {.w = &w, .bill = &bill};
    r = r < 0 ? r : sort(&s, &bill, err);
    return r < 0 ? r : write_snapshot(&s, err);
}
