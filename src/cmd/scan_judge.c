/* Checks on what a target declares, and the end of its run. */
#include "base/file.h"
#include "base/limits.h"
#include "cmd/scan_parts.h"
#include "doc/pack.h"
#include "infra/image.h"
#include "inspect/record.h"
#include "inspect/resources.h"
#include "policy/admission/vap.h"
#include "policy/bases/facts.h"
#include "policy/licences.h"
#include "policy/scan.h"

#include <fcntl.h>

static int judge_set(struct scan *scan, struct resources *set, const struct run *run,
                     const struct judge_options *options, struct err *err) {
    int r = record_resources(scan->store, run->id, run->subject, set, scan_keeps_edges(scan), err);
    return r == 0 ? policy_scan(scan->store, run->id, set, scan->checks.p, scan->checks.n, options, err) : r;
}

/* The one resource of the set is the subject. */
static int judge_subject(struct scan *scan, struct resources *set, const struct run *run, struct err *err) {
    const struct judge_options options = {0};
    set->all.p[0]->asset = run->subject;
    return policy_scan(scan->store, run->id, set, scan->checks.p, scan->checks.n, &options, err);
}

/* What guardrails ask of images and bases: the caller's where they say anything. */
static const struct image_rules *image_rules(const struct scan *scan) {
    const struct image_rules *callers = &scan->guardrails.callers.images;
    return callers->at.line ? callers : &scan->guardrails.folders.images;
}

/* Its base, how it was named, and what is asked of both. */
static int add_image_facts(const struct scan *scan, struct arena *arena, const struct image *image,
                           const struct doc **config, struct err *err) {
    _cleanup_(buf_free) struct buf facts = buf_new(LIMIT_RECORD);
    int r = base_facts_write(&facts, arena, image, image_rules(scan), clock_now(), err);
    struct str kept = r == 0 ? arena_str(arena, buf_view(&facts)) : STR_NONE;
    if (r < 0 || !kept.p) {
        return r < 0 ? r : err_memory(err);
    }
    return image_with_facts(arena, *config, kept, config, err);
}

/* How an image is set up: its configuration and its files. */
int scan_judge_image(struct scan *scan, const struct image *image, struct str files, const struct run *run,
                     struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct resources set = resources_new(&arena);
    struct cursor in = cursor_over(image->config);
    const struct doc *config;
    int r = doc_unpack(&arena, &in, &config, err);
    r = r == 0 ? image_with_files(&arena, config, files, &config, err) : r;
    r = r == 0 ? add_image_facts(scan, &arena, image, &config, err) : r;
    r = r == 0 ? image_add(&set, image->name, config, err) : r;
    return r == 0 ? judge_subject(scan, &set, run, err) : r;
}

int scan_judge_root(struct scan *scan, struct str name, struct str files, const struct run *run,
                    struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct resources set = resources_new(&arena);
    int r = image_add_root(&set, name, files, err);
    return r == 0 ? judge_subject(scan, &set, run, err) : r;
}

/* The admission policies among the manifests. One that is wrong is a problem of the target, and none counts.
 */
static int take_found(struct scan *scan, const struct resources *set, const struct run *run,
                      struct scan_digest *digest, struct vap *found, struct err *err) {
    struct err wrong = ERR_NONE;
    int r = vap_add_found(found, set, &wrong);
    if (r != ERR_INPUT && r != ERR_LIMIT) {
        return r < 0 ? err_set(err, (enum err_code)r, "%s", wrong.message) : 0;
    }
    const struct problem problem = {
        .place = STR("admission policies"), .message = str_c(wrong.message), .is_incomplete = true};
    *found = vap_new(set->arena);
    digest->is_complete = false;
    return store_put_problem(scan->store, run->id, &problem, err);
}

static int open_in_commit(void *ctx, const char *path) {
    const struct commit_file *file = commit_find(ctx, str_c(path));
    return file ? commit_blob(ctx, file, NULL) : -1;
}

/* To the Dockerfiles of a folder. The text has to live as long as the set. */
static int add_image_rules(const struct scan *scan, struct resources *set, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_RECORD);
    int r = base_rules_write(&text, image_rules(scan), err);
    struct str kept = r == 0 && text.n ? arena_str(set->arena, buf_view(&text)) : STR_NONE;
    if (r < 0 || !text.n) {
        return r;
    }
    return kept.p ? base_rules_add(set, kept, err) : err_memory(err);
}

/* What the folder's documents declare, judged while it is at hand. */
int scan_judge_resources(struct scan *scan, const struct target *target, const struct inventory *inventory,
                         const struct run *run, struct scan_digest *digest, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(2 * GIB);
    _cleanup_(arena_free) struct arena trees = arena_new(2 * GIB);
    struct resources set;
    struct problem *problems = arena_array(&arena, LIMIT_PROBLEMS, sizeof *problems);
    size_t n = 0;
    if (!problems) {
        return err_memory(err);
    }
    _cleanup_(closep) int root = scan->commit ? -1 : open(target->place, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const struct compose_sources folder = {compose_open_below, &root, scan->read.is_open};
    const struct compose_sources tree = {open_in_commit, scan->commit, scan->read.is_open};
    const struct compose_sources sources = scan->commit ? tree : folder;
    int r = resources_gather(&arena, &trees, inventory, &sources, &set, problems, LIMIT_PROBLEMS, &n, err);
    r = r == 0 ? add_image_rules(scan, &set, err) : r;
    for (size_t i = 0; r == 0 && i < n; i++) {
        digest->is_complete &= !problems[i].is_incomplete;
        r = store_put_problem(scan->store, run->id, &problems[i], err);
    }
    struct vap found = vap_new(&arena);
    struct judge_options options = {.admission = scan->checks.admission};
    if (r == 0 && arguments_has(scan->arguments, "admission-policies")) {
        r = take_found(scan, &set, run, digest, &found, err);
        options.found = found.policies.n ? &found : NULL;
    }
    if (r == 0) {
        r = scan_guardrails_read_annotations(&scan->guardrails, &set, err);
    }
    return r == 0 && set.all.n ? judge_set(scan, &set, run, &options, err) : r;
}

int scan_judge(struct scan *scan, struct run *run, const struct scan_digest *digest, size_t cached,
               struct err *err) {
    struct str guardrails = STR_NONE, rebuild = STR_NONE;
    scan->vuln.has_removed = digest->removed > 0;
    int r = scan->advisories ? vuln_judge(scan->store, run->id, &scan->vuln, err) : 0;
    if (r == 0 && scan->mode->judges) {
        r = licences_judge(scan->store, run->id, &scan->guardrails.callers, &scan->guardrails.folders, err);
    }
    if (r == 0) {
        r = scan_guardrails_apply(&scan->guardrails, scan->store, run, &guardrails, err);
    }
    if (r == 0) {
        r = scan_bases_compare(&scan->bases, scan->store, run->id, &scan->vuln, &rebuild, err);
    }
    run->is_complete = digest->is_complete;
    run->finished = clock_now();
    run->properties = scan_properties(scan, digest, cached, guardrails, rebuild);
    if (r == 0) {
        r = store_run_end(scan->store, run, err);
    }
    return r == 0 ? store_commit(scan->store, err) : r;
}
