/* A commit as a target: what is wanted of its tree is fetched, file by file, and handed into the cage as a
 * folder's files are. */
#include "base/limits.h"
#include "base/map.h"
#include "inspect/feeder.h"
#include "inspect/passed_over.h"
#include "inspect/read.h"
#include "inspect/route.h"

struct reading {
    struct commit *commit;
    struct router *router;
    struct feeder feeder;
    bool is_system;
    struct map *searched; /* ids of blobs in which secrets were looked for */
};

static bool is_root_file_system(const struct commit_tree *tree) {
    for (size_t i = 0; i < tree->n; i++) {
        if (str_starts(tree->entries[i].path, STR("etc/"))) {
            return true;
        }
    }
    return false;
}

/* A blob is searched once, at the first path that has it: a tree may name it a million times. */
static int is_to_be_searched(struct reading *reading, const struct commit_file *file, bool *out,
                             struct err *err) {
    *out = false;
    if (!reading->feeder.options->secrets || !secret_wants(file->path, file->size)) {
        return 0;
    }
    struct str id = str_n((const char *)file->id, sizeof file->id);
    return map_put(reading->searched, id, out) ? 0 : err_memory(err);
}

static uint64_t wanted_by(const struct reading *reading, const struct commit_file *file) {
    struct route route = route_path(reading->router, file->path);
    return route.certain | (file->head.n ? route_head(reading->router, route.by_magic, file->head) : 0);
}

static int take_file(struct reading *reading, const struct commit_file *file, struct err *err) {
    uint64_t mask = wanted_by(reading, file);
    struct err why = ERR_NONE;
    bool is_searched;
    int r = is_to_be_searched(reading, file, &is_searched, err);
    mask |= is_searched ? PASS_SECRETS : 0;
    if (r < 0 || !mask) {
        return r;
    }
    int fd = commit_blob(reading->commit, file, &why);
    if (fd < 0) {
        feeder_note(&reading->feeder, file->path, why.message);
        return why.code == ERR_MEMORY ? err_memory(err) : 0;
    }
    const struct entry entry = {
        .path = file->path, .type = ENTRY_FILE, .size = file->size, .mode = file->mode};
    return feeder_take(&reading->feeder, &entry, fd, mask, err);
}

static int take_tree(struct reading *reading, struct err *err) {
    const struct commit_tree *tree = commit_tree(reading->commit);
    const struct read_options *options = reading->feeder.options;
    int r = 0;
    for (size_t i = 0; r == 0 && i < tree->n; i++) {
        const struct commit_file *file = &tree->entries[i];
        if (file->problem.n) {
            feeder_note(&reading->feeder, file->path, file->problem.p);
        } else if (!passed_over_path(file->path, reading->is_system)) {
            r = take_file(reading, file, err);
        }
        if (options->progress && i % 4096 == 0) {
            options->progress(options->progress_ctx, "reading files", i, tree->n);
        }
    }
    return r == 0 ? feeder_end(&reading->feeder, err) : r;
}

int read_git(struct commit *commit, const struct read_options *options, struct arena *arena,
             struct read_layer *layer, struct map *searched, struct err *err) {
    layer->facts = buf_new(LIMIT_FACTS);
    struct reading reading = {.commit = commit,
                              .feeder = feeder_new(options, arena, &layer->facts),
                              .is_system = is_root_file_system(commit_tree(commit)),
                              .searched = searched};
    int r = router_new(&reading.router, arena, !reading.is_system, err);
    if (r == 0) {
        r = take_tree(&reading, err);
    }
    feeder_free(&reading.feeder);
    return r;
}
