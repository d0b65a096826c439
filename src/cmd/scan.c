#include "policy/scan.h"
#include "base/cage.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "cmd/registry_options.h"
#include "cmd/scan.h"
#include "cmd/scan_fix.h"
#include "cmd/scan_guardrails.h"
#include "cmd/scan_secrets.h"
#include "cmd/terminal.h"
#include "doc/json_write.h"
#include "doc/pack.h"
#include "infra/image.h"
#include "inspect/bills/bill.h"
#include "inspect/image_secrets.h"
#include "inspect/inventory.h"
#include "inspect/read.h"
#include "inspect/record.h"
#include "inspect/record_secrets.h"
#include "inspect/resources.h"
#include "policy/licences.h"
#include "policy/packs/checks.h"
#include "report/report.h"
#include "vuln/judge.h"

#include <fcntl.h>

/* One scan: what is fixed for all its targets. */
struct scan {
    const struct arguments *arguments;
    const struct scan_mode *mode;
    struct arena *arena;
    struct store *store;
    struct advisories *advisories; /* NULL: there are none, and the report says so */
    struct advisories_state state;
    struct vuln_options vuln;
    struct vex vex;
    struct image_options image;
    struct read_options read;
    struct report_options report;
    struct progress progress;
    int64_t run;
    uint64_t began;
    struct check_list checks;
    struct scan_guardrails guardrails;
    struct commit *commit; /* of the commit at hand; NULL: a folder, or an image */
    struct scan_secrets secrets;
};

/* What the run says of the inventory, which is not kept beyond the store. */
struct digest {
    bool is_complete;
    uint64_t entries;
    struct str *lacks; /* ecosystems without, or with a part of, their advisories */
    size_t lacks_n;
};

/* ---- options → scan */

static bool is_on(const struct arguments *arguments, const char *name) {
    return arguments_has(arguments, name);
}

static enum severity severity_option(const struct arguments *arguments, const char *name) {
    enum severity severity = SEVERITY_UNKNOWN;
    const char *text = arguments_get(arguments, name);
    if (text) {
        (void)severity_of(str_c(text), &severity);
    }
    return severity;
}

static void set_report_options(struct scan *scan) {
    const struct arguments *arguments = scan->arguments;
    scan->report = (struct report_options){
        .has_colour = terminal_has_colour(),
        .width = terminal_width(),
        .all = is_on(arguments, "all"),
        .is_quiet = is_on(arguments, "quiet"),
        .shows_suppressed = is_on(arguments, "show-suppressed"),
        .least = severity_option(arguments, "severity"),
        .ignores_unfixed = is_on(arguments, "ignore-unfixed"),
        .has_fail_on = arguments_has(arguments, "fail-on"),
        .fail_on = severity_option(arguments, "fail-on"),
        .explains = is_on(arguments, "explain"),
    };
}

static int set_reading_options(struct scan *scan, struct err *err) {
    const struct arguments *arguments = scan->arguments;
    const struct secret_set *secrets = scan->secrets.is_on ? &scan->secrets.set : NULL;
    const char *cache = is_on(arguments, "no-cache") ? NULL : cache_folder(scan->arena);
    scan->image = registry_options(arguments, cache);
    scan->image.platform = str_c(arguments_get(arguments, "platform"));
    scan->image.is_open = is_on(arguments, "no-cage");
    scan->image.progress = progress_show;
    scan->image.progress_ctx = &scan->progress;
    uint64_t parallel = 0;
    const char *jobs = arguments_get(arguments, "jobs");
    if (jobs && (!str_to_u64(str_c(jobs), 10, &parallel) || parallel == 0 || parallel > 64)) {
        return err_set(err, ERR_USAGE, "--jobs takes a number from 1 to 64, not '%s'", jobs);
    }
    scan->read = (struct read_options){
        .is_open = scan->image.is_open,
        .parallel = (unsigned)parallel,
        .cache = layer_cache_at(scan->arena, cache, secrets ? secret_set_fingerprint(secrets) : 0),
        .secrets = secrets,
        .progress = progress_show,
        .progress_ctx = &scan->progress};
#ifdef PLIMSOLL_FAULTS
    const char *seconds = getenv("PLIMSOLL_STEP_SECONDS");
    scan->read.step_seconds = seconds ? (unsigned)strtoul(seconds, NULL, 10) : 0;
    scan->read.stall_seconds = scan->read.step_seconds;
#endif
    return 0;
}

/* ---- what the run's properties say */

static void put_sources(struct json_writer *w, const struct advisories_state *state) {
    json_key(w, STR("sources"));
    json_begin_array(w);
    for (size_t i = 0; i < state->sources_n; i++) {
        const struct advisories_source *source = &state->sources[i];
        json_begin_object(w);
        json_key(w, STR("ecosystem"));
        json_str(w, source->ecosystem);
        json_key(w, STR("records"));
        json_int(w, source->records);
        json_key(w, STR("isPartial"));
        json_bool(w, source->is_partial);
        json_end(w);
    }
    json_end(w);
}

static void put_date(struct json_writer *w, struct str key, int64_t seconds) {
    char text[CLOCK_TEXT];
    clock_format(seconds, text);
    json_key(w, key);
    json_str(w, str_c(text));
}

/* NULL: there is nothing for this ecosystem. */
static const struct advisories_source *source_of(const struct scan *scan, struct str ecosystem) {
    struct str name, version;
    const struct advisories_state *state = &scan->state;
    if (!scan->advisories || !advisories_cover(scan->advisories, ecosystem)) {
        return NULL;
    }
    (void)str_cut(ecosystem, ':', &name, &version);
    for (size_t i = 0; i < state->sources_n; i++) {
        if (str_eq(state->sources[i].ecosystem, name)) {
            return &state->sources[i];
        }
    }
    return NULL;
}

static int add_lack(struct scan *scan, struct digest *digest, struct str lack, struct err *err) {
    enum { MOST = PACKAGE_TYPES + 2 }; /* each language, the distribution, and one that is not known */
    if (!digest->lacks) {
        digest->lacks = arena_array(scan->arena, MOST, sizeof *digest->lacks);
    }
    if (!digest->lacks || !lack.p) {
        return err_memory(err);
    }
    assert(digest->lacks_n < MOST);
    digest->lacks[digest->lacks_n++] = lack;
    return 0;
}

/* Ecosystems of this target for which the database has nothing, or only a part. */
static int find_lacks(struct scan *scan, const struct inventory *inventory, struct digest *digest,
                      struct err *err) {
    struct map said = map_new(scan->arena);
    int r = 0;
    for (size_t i = 0; r == 0 && i < inventory->packages_n; i++) {
        struct str ecosystem = inventory->packages[i].ecosystem;
        if (!ecosystem.n || map_get(&said, ecosystem)) {
            continue;
        }
        ecosystem = arena_str(scan->arena, ecosystem);
        const struct advisories_source *source = source_of(scan, ecosystem);
        if (!ecosystem.p || !map_put(&said, ecosystem, NULL)) {
            r = err_memory(err);
        } else if (!source) {
            r = add_lack(scan, digest, ecosystem, err);
        } else if (source->is_partial) {
            r = add_lack(scan, digest, arena_strf(scan->arena, "%.*s (partial)", STR_ARG(ecosystem)), err);
        }
    }
    if (r == 0 && inventory->os.id.n && !inventory->ecosystem.n) {
        r = add_lack(scan, digest,
                     arena_strf(scan->arena, "%.*s %.*s", STR_ARG(inventory->os.id),
                                STR_ARG(inventory->os.version_id)),
                     err);
    }
    return r;
}

static int make_digest(struct scan *scan, const struct inventory *inventory, struct digest *out,
                       struct err *err) {
    *out = (struct digest){.is_complete = true, .entries = inventory->entries};
    for (size_t i = 0; i < inventory->problems_n; i++) {
        out->is_complete &= !inventory->problems[i].is_incomplete;
    }
    return find_lacks(scan, inventory, out, err);
}

static void put_lacks(struct json_writer *w, const struct scan *scan, const struct digest *digest) {
    json_key(w, STR("lacks"));
    json_begin_array(w);
    for (size_t i = 0; i < digest->lacks_n; i++) {
        json_str(w, digest->lacks[i]);
    }
    if (scan->advisories && !scan->state.has_epss) {
        json_str(w, STR("EPSS"));
    }
    if (scan->advisories && !scan->state.has_kev) {
        json_str(w, STR("KEV"));
    }
    json_end(w);
}

static void put_advisories(struct json_writer *w, const struct scan *scan, const struct digest *digest) {
    json_key(w, STR("advisories"));
    json_begin_object(w);
    if (scan->advisories) {
        put_date(w, STR("built"), scan->state.built);
        put_date(w, STR("newest"), scan->state.newest);
        json_key(w, STR("isSnapshot"));
        json_bool(w, scan->state.is_snapshot);
        put_sources(w, &scan->state);
    }
    put_lacks(w, scan, digest);
    json_end(w);
}

static void put_cage(struct json_writer *w, const struct scan *scan) {
    json_key(w, STR("cage"));
    json_begin_object(w);
    json_key(w, STR("isOn"));
    json_bool(w, !scan->read.is_open);
    json_key(w, STR("lacks"));
    json_begin_array(w);
    const char *lacks = cage_lacks();
    if (lacks) {
        json_str(w, str_c(lacks));
    }
    json_end(w);
    json_end(w);
}

static void put_git(struct json_writer *w, const struct commit *commit) {
    json_key(w, STR("git"));
    json_begin_object(w);
    json_key(w, STR("commit"));
    json_str(w, commit_tree(commit)->commit);
    json_end(w);
}

static struct str run_properties(const struct scan *scan, const struct digest *digest, size_t cached,
                                 struct str guardrails) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct json_writer w = json_writer_new(&out, 0);
    json_begin_object(&w);
    put_advisories(&w, scan, digest);
    put_cage(&w, scan);
    json_key(&w, STR("seconds"));
    uint64_t milliseconds = (clock_monotonic() - scan->began) / 1000000;
    json_double(&w, (double)milliseconds / 1000);
    json_key(&w, STR("cachedLayers"));
    json_uint(&w, cached);
    json_key(&w, STR("entries"));
    json_uint(&w, digest->entries);
    if (scan->commit) {
        put_git(&w, scan->commit);
    }
    if (guardrails.n) {
        json_key(&w, STR("guardrails"));
        json_raw(&w, guardrails);
    }
    json_end(&w);
    return arena_str(scan->arena, buf_view(&out));
}

/* ---- target → store */

static const char *format_of(const struct scan *scan) {
    const char *given = arguments_get(scan->arguments, "format");
    return given ? given : scan->mode->format;
}

static bool format_reads_needs(struct str name) {
    const struct report_format *format = report_format_of(name);
    return format && format->reads_needs;
}

/* A store that goes with the process keeps the edges only for a report that reads them. */
static bool keeps_edges(const struct scan *scan) {
    const struct option_values *outputs = arguments_all(scan->arguments, "output");
    bool is_wanted = arguments_has(scan->arguments, "store") || format_reads_needs(str_c(format_of(scan)));
    for (size_t i = 0; !is_wanted && i < outputs->n; i++) {
        struct str name, path;
        str_cut(str_c(outputs->p[i]), '=', &name, &path);
        is_wanted = format_reads_needs(name);
    }
    return is_wanted;
}

/* The image may be gone when its packages are judged. */
static int name_image(struct scan *scan, const struct image *image, struct err *err) {
    scan->vuln.image_name = arena_str(scan->arena, image->name);
    scan->vuln.image_digest = arena_str(scan->arena, image->digest);
    scan->vuln.manifest_digest = arena_str(scan->arena, image->manifest_digest);
    bool has_all = scan->vuln.image_name.p && scan->vuln.image_digest.p && scan->vuln.manifest_digest.p;
    return has_all ? 0 : err_memory(err);
}

/* Begins the run with what was found. */
static int record(struct scan *scan, const struct image *image, const struct target *target,
                  const struct inventory *inventory, struct run *run, struct digest *digest,
                  struct err *err) {
    *run = (struct run){.target = target->name, .version = STR(PLIMSOLL_VERSION), .started = clock_now()};
    int r = make_digest(scan, inventory, digest, err);
    if (r == 0) {
        r = store_begin(scan->store, err);
    }
    if (r == 0) {
        r = store_run_begin(scan->store, run, &scan->run, err);
    }
    run->id = scan->run;
    if (r == 0 && image) {
        r = name_image(scan, image, err);
    }
    const struct record_input input = {
        .image = image,
        .name = str_c(target->place),
        .inventory = inventory,
        .keeps_edges = keeps_edges(scan),
    };
    r = r == 0 ? record_inventory(scan->store, run->id, &input, &run->subject, err) : r;
    return r == 0 ? record_secrets(scan->store, run->id, run->subject, &scan->secrets.set,
                                   &scan->secrets.allow, scan->secrets.allow_n, inventory, err)
                  : r;
}

static int judge_set(struct scan *scan, struct resources *set, const struct run *run,
                     const struct judge_options *options, struct err *err) {
    int r = record_resources(scan->store, run->id, run->subject, set, keeps_edges(scan), err);
    return r == 0 ? policy_scan(scan->store, run->id, set, scan->checks.p, scan->checks.n, options, err) : r;
}

/* The one resource of the set is the subject. */
static int judge_subject(struct scan *scan, struct resources *set, const struct run *run, struct err *err) {
    const struct judge_options options = {0};
    set->all.p[0]->asset = run->subject;
    return policy_scan(scan->store, run->id, set, scan->checks.p, scan->checks.n, &options, err);
}

/* How an image is set up: its configuration and its files. */
static int judge_image(struct scan *scan, const struct image *image, struct str files, const struct run *run,
                       struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct resources set = resources_new(&arena);
    struct cursor in = cursor_over(image->config);
    const struct doc *config;
    int r = doc_unpack(&arena, &in, &config, err);
    r = r == 0 ? image_with_files(&arena, config, files, &config, err) : r;
    r = r == 0 ? image_add(&set, image->name, config, err) : r;
    return r == 0 ? judge_subject(scan, &set, run, err) : r;
}

static int judge_root(struct scan *scan, struct str name, struct str files, const struct run *run,
                      struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct resources set = resources_new(&arena);
    int r = image_add_root(&set, name, files, err);
    return r == 0 ? judge_subject(scan, &set, run, err) : r;
}

/* The admission policies among the manifests. One that is wrong is a problem of the target, and none counts.
 */
static int take_found(struct scan *scan, const struct resources *set, const struct run *run,
                      struct digest *digest, struct vap *found, struct err *err) {
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

/* What the folder's documents declare, judged while it is at hand. */
static int judge_resources(struct scan *scan, const struct target *target, const struct inventory *inventory,
                           const struct run *run, struct digest *digest, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(2 * GIB);
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
    int r = resources_gather(&arena, inventory, &sources, &set, problems, LIMIT_PROBLEMS, &n, err);
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

static int judge(struct scan *scan, struct run *run, const struct digest *digest, size_t cached,
                 struct err *err) {
    struct str guardrails = STR_NONE;
    int r = scan->advisories ? vuln_judge(scan->store, run->id, &scan->vuln, err) : 0;
    if (r == 0 && scan->mode->judges) {
        r = licences_judge(scan->store, run->id, &scan->guardrails.callers, &scan->guardrails.folders, err);
    }
    if (r == 0) {
        r = scan_guardrails_apply(&scan->guardrails, scan->store, run, &guardrails, err);
    }
    run->is_complete = digest->is_complete;
    run->finished = clock_now();
    run->properties = run_properties(scan, digest, cached, guardrails);
    if (r == 0) {
        r = store_run_end(scan->store, run, err);
    }
    return r == 0 ? store_commit(scan->store, err) : r;
}

/* An image without readable documents: nothing is in it, and that is said. */
static int note_image(struct arena *arena, const struct image *image, struct inventory *inventory,
                      struct err *err) {
    inventory->problems = arena_array(arena, 1, sizeof *inventory->problems);
    if (!inventory->problems) {
        return err_memory(err);
    }
    inventory->problems_n = 1;
    inventory->problems[0] =
        (struct problem){.place = image->name, .message = image->problem, .is_incomplete = true};
    return 0;
}

/* Its inventory goes with the arena, before anything is judged: it may be large. */
static int record_image(struct scan *scan, struct image *image, const struct target *target, struct run *run,
                        struct digest *digest, size_t *cached, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct read_layer *layers = arena_array(&arena, image->layers_n, sizeof *layers);
    struct inventory_layer *facts = arena_array(&arena, image->layers_n, sizeof *facts);
    if (!layers || !facts) {
        return err_memory(err);
    }
    int r = read_image(image, &scan->read, &arena, layers, err);
    for (size_t i = 0; i < image->layers_n; i++) {
        *cached += layers[i].from_cache;
        facts[i] = (struct inventory_layer){.facts = read_layer_facts(&layers[i]),
                                            .problem = layers[i].problem,
                                            .is_in_base = image->layers[i].is_in_base};
    }
    struct inventory inventory;
    if (r == 0) {
        r = inventory_build(&arena, facts, image->layers_n, true, &inventory, err);
    }
    if (r == 0) {
        r = read_image_secrets(image, &scan->read, &arena, &inventory, err);
    }
    if (r == 0 && image->problem.n) {
        r = note_image(&arena, image, &inventory, err);
    }
    if (r == 0) {
        r = record(scan, image, target, &inventory, run, digest, err);
    }
    if (r == 0 && image->config.n) {
        r = judge_image(scan, image, inventory.account, run, err);
    }
    read_layers_free(layers, image->layers_n);
    return r;
}

static int take_image(struct scan *scan, const struct target *target, struct err *err) {
    _cleanup_(image_closep) struct image *image = NULL;
    struct run run;
    struct digest digest;
    size_t cached = 0;
    int r = image_open(&image, target, &scan->image, err);
    if (r == 0) {
        r = record_image(scan, image, target, &run, &digest, &cached, err);
    }
    return r == 0 ? judge(scan, &run, &digest, cached, err) : r;
}

static int record_directory(struct scan *scan, const struct target *target, struct run *run,
                            struct digest *digest, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct read_layer layer = {0};
    struct inventory inventory;
    int r = scan->commit ? read_git(scan->commit, &scan->read, &arena, &layer, err)
                         : read_directory(target->place, &scan->read, &arena, &layer, err);
    if (r == 0) {
        struct inventory_layer facts = {.facts = buf_view(&layer.facts), .problem = layer.problem};
        r = inventory_build(&arena, &facts, 1, false, &inventory, err);
    }
    if (r == 0) {
        r = record(scan, NULL, target, &inventory, run, digest, err);
    }
    if (r == 0) {
        r = scan_guardrails_read_comments(&scan->guardrails, &inventory, err);
    }
    if (r == 0 && inventory.documents_n) {
        r = judge_resources(scan, target, &inventory, run, digest, err);
    }
    if (r == 0 && inventory.account.n) {
        r = judge_root(scan, target->name, inventory.account, run, err);
    }
    read_layers_free(&layer, 1);
    return r;
}

static int take_directory(struct scan *scan, const struct target *target, struct err *err) {
    struct run run;
    struct digest digest;
    int r = record_directory(scan, target, &run, &digest, err);
    return r == 0 ? judge(scan, &run, &digest, 0, err) : r;
}

static int open_bill(const struct target *target, struct err *err) {
    int fd = strcmp(target->place, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                             : open(target->place, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return fd >= 0 ? fd : err_set_errno(err, ERR_IO, "%s", target->place);
}

static int record_bill(struct scan *scan, const struct target *target, struct run *run, struct digest *digest,
                       struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    _cleanup_(closep) int fd = open_bill(target, err);
    struct bill bill;
    if (fd < 0) {
        return fd;
    }
    int r = bill_read(&arena, fd, str_c(target->place), scan->read.is_open, &bill, err);
    struct target subject = *target;
    char *name = r == 0 && bill.name.n ? arena_cstr(&arena, bill.name) : target->place;
    subject.place = name ? name : target->place;
    return r == 0 ? record(scan, bill.is_of_image ? &bill.image : NULL, &subject, &bill.inventory, run,
                           digest, err)
                  : r;
}

static int take_bill(struct scan *scan, const struct target *target, struct err *err) {
    struct run run;
    struct digest digest;
    int r = record_bill(scan, target, &run, &digest, err);
    return r == 0 ? judge(scan, &run, &digest, 0, err) : r;
}

static int take_commit(struct scan *scan, const struct target *target, struct err *err) {
    _cleanup_(commit_closep) struct commit *commit = NULL;
    struct str revision = target->pick.n ? target->pick : STR("HEAD");
    int r = commit_open(&commit, target->place, revision, err);
    if (r == 0 && !commit_tree(commit)->has_folder) {
        r = err_set(err, ERR_USAGE, "%s: that folder is not in %.*s of its repository", target->place,
                    STR_ARG(revision));
    }
    if (r < 0) {
        return r;
    }
    scan->commit = commit;
    r = take_directory(scan, target, err);
    scan->commit = NULL;
    return r;
}

/* ---- --baseline REF: the same folder as it was then */

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
    scan_guardrails_of_base(&scan->guardrails, &base.guardrails);
    r = take_directory(&base, target, err);
    scan_guardrails_close(&base.guardrails);
    return r == 0 ? baseline_of_run(scan->arena, store, base.run, out, err) : r;
}

static int take_base(struct scan *scan, const struct target *target, struct err *err) {
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

/* ---- store → reports */

static int drain_to_stdout(void *ctx, struct buf *out, struct err *err) {
    size_t n = out->n;
    bool is_written = !n || fwrite(out->p, 1, n, stdout) == n;
    buf_clear(out);
    return is_written ? 0 : err_set_errno(err, ERR_IO, "standard output");
}

static int drain_to_file(void *ctx, struct buf *out, struct err *err) {
    const struct file_new *file = ctx;
    int r = out->failed ? err_memory(err) : file_write_fd(file->fd, buf_view(out), err);
    buf_clear(out);
    return r;
}

static int write_report(const struct scan *scan, struct str name, const char *path, struct err *err) {
    const struct report_format *format = report_format_of(name);
    if (!format) {
        return err_set(err, ERR_USAGE, "there is no format '%.*s'. See: plimsoll scan --help", STR_ARG(name));
    }
    _cleanup_(file_new_close) struct file_new file = FILE_NEW_NONE;
    _cleanup_(buf_free) struct buf out = buf_new(GIB);
    struct report_options options = scan->report;
    options.drain = path ? drain_to_file : drain_to_stdout;
    options.drain_ctx = &file;
    if (path) {
        options.has_colour = false;
        options.width = 0;
    }
    int r = path ? file_new_open(&file, path, err) : 0;
    if (r == 0) {
        r = format->write(scan->store, scan->run, &options, &out, err);
    }
    if (r == 0) {
        r = options.drain(options.drain_ctx, &out, err);
    }
    return r == 0 && path ? file_new_place(&file, path, err) : r;
}

static int write_reports(const struct scan *scan, struct err *err) {
    const struct option_values *outputs = arguments_all(scan->arguments, "output");
    int r = write_report(scan, str_c(format_of(scan)), NULL, err);
    for (size_t i = 0; r == 0 && i < outputs->n; i++) {
        struct str name, path;
        if (!str_cut(str_c(outputs->p[i]), '=', &name, &path) || !path.n) {
            return err_set(err, ERR_USAGE, "'%s' should be FORMAT=FILE, as in: -o sarif=out.sarif",
                           outputs->p[i]);
        }
        const char *file = arena_cstr(scan->arena, path);
        r = file ? write_report(scan, name, file, err) : err_memory(err);
    }
    return r;
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

/* ---- the command */

static struct scan_fix fix_of(const struct scan *scan, const struct target *target) {
    return (struct scan_fix){.store = scan->store,
                             .run = scan->run,
                             .root = target->place,
                             .checks = &scan->checks,
                             .honours_others = scan->guardrails.honours_others,
                             .is_dry = is_on(scan->arguments, "dry-run")};
}

/* SARIF alone says how a finding is mended, so only for it that is worked out. */
static bool wants_fixes(const struct scan *scan) {
    const struct option_values *outputs = arguments_all(scan->arguments, "output");
    bool is_wanted = str_eq(str_c(arguments_get(scan->arguments, "format")), STR("sarif"));
    for (size_t i = 0; !is_wanted && i < outputs->n; i++) {
        is_wanted = str_starts(str_c(outputs->p[i]), STR("sarif="));
    }
    return is_wanted && !is_on(scan->arguments, "dry-run");
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
        return drain_to_stdout(NULL, &diff, err);
    }
    if (!is_on(scan->arguments, "quiet")) {
        fprintf(stderr, "plimsoll: mended %zu finding%s in %zu file%s\n", fixed.findings,
                fixed.findings == 1 ? "" : "s", fixed.files, fixed.files == 1 ? "" : "s");
    }
    return fixed.files ? take_directory(scan, target, err) : 0;
}

static int take_target(struct scan *scan, const struct target *target, struct err *err) {
    bool is_folder = target->kind == TARGET_DIRECTORY || target->kind == TARGET_ROOTFS;
    int r = take_base(scan, target, err);
    if (r < 0) {
        return r;
    }
    r = target->kind == TARGET_SBOM  ? take_bill(scan, target, err)
        : target->kind == TARGET_GIT ? take_commit(scan, target, err)
        : is_folder                  ? take_directory(scan, target, err)
                                     : take_image(scan, target, err);
    if (r < 0 || target->kind != TARGET_DIRECTORY) {
        return r;
    }
    r = is_on(scan->arguments, "fix") ? mend(scan, target, err) : 0;
    const struct scan_fix fix = fix_of(scan, target);
    return r == 0 && wants_fixes(scan) ? scan_fix_note(&fix, err) : r;
}

static int scan_target(struct scan *scan, const char *text, struct err *err) {
    struct target target;
    scan->began = clock_monotonic();
    scan->progress = progress_start(!is_on(scan->arguments, "quiet"));
    int r = target_parse(scan->arena, text, &target, err);
    if (r == 0) {
        r = take_target(scan, &target, err);
    }
    progress_end(&scan->progress);
    if (r == 0 && !is_on(scan->arguments, "dry-run")) {
        r = write_reports(scan, err);
    }
    if (r < 0) {
        store_rollback(scan->store);
        return r;
    }
    return exit_code_of(scan, err);
}

/* A newly given database, else the updated one, else the snapshot. Without any, packages are still listed. */
static int open_advisories(struct scan *scan, struct err *err) {
    const char *given = arguments_get(scan->arguments, "db");
    const char *path = given ? given : advisories_default_path(scan->arena);
    if (!path) {
        fprintf(stderr, "plimsoll: there is no advisory database, so nothing is said about vulnerabilities. "
                        "Get one: plimsoll db update\n");
        return 0;
    }
    int r = advisories_open(&scan->advisories, path, err);
    scan->vuln.advisories = scan->advisories;
    return r == 0 ? advisories_state(scan->advisories, scan->arena, &scan->state, err) : r;
}

static int open_vex(struct scan *scan, struct err *err) {
    const struct option_values *files = arguments_all(scan->arguments, "vex");
    int r = 0;
    scan->vex = vex_new(scan->arena);
    for (size_t i = 0; i < files->n && r == 0; i++) {
        r = vex_add_file(&scan->vex, files->p[i], scan->read.is_open, err);
    }
    scan->vuln.vex = files->n ? &scan->vex : NULL;
    return r;
}

static int open_all(struct scan *scan, struct err *err) {
    int r = scan_secrets_open(&scan->secrets, scan->arena, scan->arguments, err);
    r = r == 0 ? set_reading_options(scan, err) : r;
    set_report_options(scan);
    if (r == 0 && scan->mode->judges) {
        const struct option_values *policies = arguments_all(scan->arguments, "policy");
        r = checks_load(scan->arena, policies->p, policies->n, &scan->image, &scan->checks, err);
    }
    if (r == 0) {
        r = store_open(&scan->store, arguments_get(scan->arguments, "store"), err);
    }
    if (r == 0) {
        r = scan_guardrails_open(&scan->guardrails, scan->arena, scan->arguments, scan->store, err);
    }
    if (r == 0 && scan->mode->judges) {
        r = open_advisories(scan, err);
    }
    if (r == 0) {
        r = open_vex(scan, err);
    }
    if (r == 0 && scan->read.is_open) {
        fprintf(stderr,
                "plimsoll: WARNING: --no-cage: what is read can do whatever you can. For debugging only.\n");
    }
    return r;
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
    if (is_on(arguments, "dry-run") && !is_on(arguments, "fix")) {
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
    if (open_all(&scan, &err) < 0) {
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
    scan_guardrails_close(&scan.guardrails);
    scan_secrets_close(&scan.secrets);
    advisories_close(scan.advisories);
    store_close(scan.store);
    return code;
}
