/* Targets to the store: what each kind is read by, in the cage, and when it is judged. */
#include "base/file.h"
#include "base/limits.h"
#include "cmd/scan_parts.h"
#include "inspect/bills/bill.h"
#include "inspect/image_secrets.h"
#include "inspect/record.h"
#include "inspect/record_secrets.h"

#include <fcntl.h>

/* The image may be gone when its packages are judged. */
static int name_image(struct scan *scan, const struct image *image, struct err *err) {
    scan->vuln.image_name = arena_str(scan->arena, image->name);
    scan->vuln.image_digest = arena_str(scan->arena, image->digest);
    scan->vuln.manifest_digest = arena_str(scan->arena, image->manifest_digest);
    bool has_all = scan->vuln.image_name.p && scan->vuln.image_digest.p && scan->vuln.manifest_digest.p;
    return has_all ? 0 : err_memory(err);
}

/* Their patterns can't be used here: the rest of the scan is as good as ever. */
static int put_no_secrets(struct scan *scan, const struct run *run, struct scan_digest *digest,
                          struct err *err) {
    const struct err *why = &scan->secrets.set.why;
    struct str message = arena_strf(scan->arena, "not looked for: %s", why->message);
    const struct problem problem = {.place = STR("secrets"), .message = message, .is_incomplete = true};
    digest->is_complete = false;
    return message.p ? store_put_problem(scan->store, run->id, &problem, err) : err_memory(err);
}

/* Begins the run with what was found. */
static int record(struct scan *scan, const struct image *image, const struct target *target,
                  const struct inventory *inventory, struct run *run, struct scan_digest *digest,
                  struct err *err) {
    *run = (struct run){.target = target->name, .version = STR(PLIMSOLL_VERSION), .started = clock_now()};
    int r = scan_make_digest(scan, inventory, digest, err);
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
        .keeps_edges = scan_keeps_edges(scan),
    };
    if (r == 0 && scan->secrets.set.why.code) {
        r = put_no_secrets(scan, run, digest, err);
    }
    r = r == 0 ? record_inventory(scan->store, run->id, &input, &run->subject, err) : r;
    r = r == 0 ? scan_attached_record(&scan->attached, scan->store, run->id, &digest->is_complete, err) : r;
    return r == 0 ? record_secrets(scan->store, run->id, run->subject, &scan->secrets.set,
                                   &scan->secrets.allow, scan->secrets.allow_n, inventory, err)
                  : r;
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
                        struct scan_digest *digest, size_t *cached, struct err *err) {
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
        r = scan_judge_image(scan, image, inventory.account, run, err);
    }
    read_layers_free(layers, image->layers_n);
    return r;
}

static int take_image(struct scan *scan, const struct target *target, struct err *err) {
    _cleanup_(image_closep) struct image *image = NULL;
    struct run run;
    struct scan_digest digest;
    size_t cached = 0;
    int r = image_open(&image, target, &scan->image, err);
    if (r == 0 && scan->attached.wants_vex) {
        r = scan_attached_image(&scan->attached, target, image, err);
    }
    if (r == 0) {
        r = scan_bases_find(&scan->bases, image, err);
    }
    if (r == 0) {
        r = record_image(scan, image, target, &run, &digest, &cached, err);
    }
    return r == 0 ? scan_judge(scan, &run, &digest, cached, err) : r;
}

bool scan_reads_history(const struct scan *scan) {
    return arguments_has(scan->arguments, "history") || arguments_has(scan->arguments, "history-range");
}

static int record_history(struct scan *scan, struct map *searched, struct arena *arena,
                          struct inventory *inventory, struct err *err) {
    if (!scan->commit || !scan->read.secrets || !scan_reads_history(scan)) {
        return 0;
    }
    struct str range = scan->is_base ? commit_tree(scan->commit)->commit
                                     : str_c(arguments_get(scan->arguments, "history-range"));
    return read_git_history(scan->commit, range, &scan->read, arena, searched, inventory, err);
}

static int record_directory(struct scan *scan, const struct target *target, struct run *run,
                            struct scan_digest *digest, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct read_layer layer = {0};
    struct inventory inventory;
    struct map searched = map_new(&arena);
    int r = scan->commit ? read_git(scan->commit, &scan->read, &arena, &layer, &searched, err)
                         : read_directory(target->place, &scan->read, &arena, &layer, err);
    if (r == 0) {
        struct inventory_layer facts = {.facts = buf_view(&layer.facts), .problem = layer.problem};
        r = inventory_build(&arena, &facts, 1, false, &inventory, err);
    }
    if (r == 0) {
        r = record_history(scan, &searched, &arena, &inventory, err);
    }
    if (r == 0) {
        r = record(scan, NULL, target, &inventory, run, digest, err);
    }
    if (r == 0) {
        r = scan_guardrails_read_comments(&scan->guardrails, &inventory, err);
    }
    if (r == 0 && inventory.documents_n) {
        r = scan_judge_resources(scan, target, &inventory, run, digest, err);
    }
    if (r == 0 && inventory.account.n) {
        r = scan_judge_root(scan, target->name, inventory.account, run, err);
    }
    read_layers_free(&layer, 1);
    return r;
}

int scan_take_directory(struct scan *scan, const struct target *target, struct err *err) {
    struct run run;
    struct scan_digest digest;
    int r = record_directory(scan, target, &run, &digest, err);
    return r == 0 ? scan_judge(scan, &run, &digest, 0, err) : r;
}

static int open_bill(const struct target *target, struct err *err) {
    int fd = strcmp(target->place, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                             : open(target->place, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return fd >= 0 ? fd : err_set_errno(err, ERR_IO, "%s", target->place);
}

static int read_bill(struct scan *scan, const struct target *target, struct arena *arena, struct bill *out,
                     struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_BODY);
    struct str path = str_c(target->place);
    if (target->image) {
        return scan_attached_bill(&scan->attached, target->image, arena, out, err);
    }
    _cleanup_(closep) int fd = open_bill(target, err);
    int r = fd < 0 ? fd : file_read_fd(fd, &text, err);
    if (r == 0 && scan->attached.wants_vex) {
        r = scan_attached_said(&scan->attached, path, buf_view(&text), err);
    }
    return r == 0 ? bill_read(arena, buf_view(&text), path, scan->read.is_open, out, err) : r;
}

static int record_bill(struct scan *scan, const struct target *target, struct run *run,
                       struct scan_digest *digest, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct bill bill;
    int r = read_bill(scan, target, &arena, &bill, err);
    struct target subject = *target;
    char *name = r == 0 && bill.name.n ? arena_cstr(&arena, bill.name) : target->place;
    subject.place = name ? name : target->place;
    return r == 0 ? record(scan, bill.is_of_image ? &bill.image : NULL, &subject, &bill.inventory, run,
                           digest, err)
                  : r;
}

static int take_bill(struct scan *scan, const struct target *target, struct err *err) {
    struct run run;
    struct scan_digest digest;
    int r = record_bill(scan, target, &run, &digest, err);
    return r == 0 ? scan_judge(scan, &run, &digest, 0, err) : r;
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
    if (!scan->report.github.sha.n) {
        scan->report.github.sha = arena_str(scan->arena, commit_tree(commit)->commit);
    }
    r = scan_take_directory(scan, target, err);
    scan->commit = NULL;
    return r;
}

int scan_take(struct scan *scan, const struct target *target, struct err *err) {
    switch (target->kind) {
    case TARGET_SBOM:
        return take_bill(scan, target, err);
    case TARGET_GIT:
        return take_commit(scan, target, err);
    case TARGET_DIRECTORY:
    case TARGET_ROOTFS:
        return scan_take_directory(scan, target, err);
    default:
        return take_image(scan, target, err);
    }
}
