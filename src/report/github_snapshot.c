/* A snapshot for GitHub's dependency submission API
 * (https://docs.github.com/rest/dependency-graph/dependency-submission), a manifest for each file that states
 * packages. */
#include "base/hash.h"
#include "report/bill.h"
#include "report/formats.h"

#define put bill_put

struct snapshot {
    struct json_writer *w;
    const struct bill *bill;
    const size_t *sorted; /* packages by file */
};

static void begin_object(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_begin_object(w);
}

static void put_job(struct json_writer *w, const struct bill *bill) {
    const struct report_github *github = &bill->options->github;
    begin_object(w, "job");
    put(w, "id", github->job.n ? github->job : str_c(bill->uuid));
    put(w, "correlator", github->correlator.n ? github->correlator : STR("plimsoll scan"));
    if (github->run.n) {
        put(w, "html_url", github->run);
    }
    json_end(w);
}

/* The interface wants an address: where this program is from, else the repository whose workflow runs it. */
static void put_detector(struct json_writer *w, const struct bill *bill) {
    struct str home = STR(PLIMSOLL_HOMEPAGE), repository = bill->options->github.repository;
    begin_object(w, "detector");
    put(w, "name", STR("plimsoll"));
    put(w, "version", bill->run.version);
    put(w, "url", home.n ? home : repository.n ? repository : STR("pkg:generic/plimsoll"));
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
    put(w, "sha", s->bill->options->github.sha);
    put(w, "ref", s->bill->options->github.ref);
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

static bool is_commit(struct str sha) {
    unsigned char bytes[20];
    return hex_decode(sha, bytes, sizeof bytes);
}

static int check(const struct report_github *github, struct err *err) {
    if (!is_commit(github->sha)) {
        return err_set(err, ERR_USAGE,
                       "github-snapshot: %s%.*s: name the commit in full with --sha; a workflow has it in "
                       "GITHUB_SHA",
                       github->sha.n ? "no commit id: " : "it is not known of which commit this is",
                       STR_ARG(github->sha));
    }
    if (!str_starts(github->ref, STR("refs/"))) {
        return err_set(err, ERR_USAGE,
                       "github-snapshot: %s%.*s: name the branch or tag with --ref, as refs/heads/main; a "
                       "workflow has it in GITHUB_REF",
                       github->ref.n ? "no full name of a branch: "
                                     : "it is not known of which branch this is",
                       STR_ARG(github->ref));
    }
    return 0;
}

int report_github_snapshot(struct store *store, int64_t run, const struct report_options *options,
                           struct buf *out, struct err *err) {
    _cleanup_(bill_free) struct bill bill = {0};
    int r = check(&options->github, err);
    r = r < 0 ? r : bill_load(&bill, store, run, options, err);
    struct json_writer w = json_writer_new(out, 2);
    struct snapshot s = {.w = &w, .bill = &bill};
    r = r < 0 ? r : sort(&s, &bill, err);
    return r < 0 ? r : write_snapshot(&s, err);
}
