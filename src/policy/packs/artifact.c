/* Packs out of a registry: layers are fetched here, unpacked and parsed in the cage, one call a layer. */
#include "source/image/artifact.h"
#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/wire.h"
#include "policy/packs/packs.h"
#include "source/stream/inflate.h"
#include "source/stream/tar.h"

#include <sys/stat.h>

/* ---- in the cage: each file as its name and its documents */

struct layer_job {
    const struct artifact_blob *blob;
    struct buf out, text;
    size_t files;
};

static bool is_pack_name(struct str path) {
    struct str name = str_basename(path);
    return !str_starts(name, STR(".")) && (str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml")));
}

static int take_text(struct layer_job *job, struct str name, struct err *err) {
    if (++job->files > LIMIT_PACK_FILES) {
        return err_set(err, ERR_LIMIT, "more than %u files", LIMIT_PACK_FILES);
    }
    wire_u8(&job->out, 1);
    wire_str(&job->out, name);
    return packs_encode(buf_view(&job->text), &job->out, err) < 0 ? err_at(err, "%.*s", STR_ARG(name)) : 0;
}

static int take_entry(struct layer_job *job, struct tar *tar, const struct entry *entry, struct err *err) {
    struct str piece = STR_NONE;
    buf_clear(&job->text);
    if (tar_refusal(tar) || entry->type != ENTRY_FILE || !is_pack_name(entry->path)) {
        return 0;
    }
    if (entry->size > LIMIT_PACK_FILE) {
        return err_set(err, ERR_LIMIT, "%.*s: more than %zu bytes", STR_ARG(entry->path), LIMIT_PACK_FILE);
    }
    int r;
    while ((r = tar_read(tar, &piece, err)) == 0 && piece.n) {
        buf_str(&job->text, piece);
    }
    if (r == 0 && job->text.failed) {
        r = err_memory(err);
    }
    return r == 0 ? take_text(job, entry->path, err) : r;
}

static int next_block(void *ctx, struct str *block, struct err *err) {
    return inflate_next(ctx, block, err);
}

static int take_folder(struct layer_job *job, struct err *err) {
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    _cleanup_(tar_closep) struct tar *tar = NULL;
    struct entry entry;
    const struct inflate_options options = {
        .fd = job->blob->fd, .size = job->blob->size, .is_sequential = true};
    int r = inflate_open(&in, &options, err);
    r = r == 0 ? tar_open(&tar, (struct tar_source){.next = next_block, .ctx = in}, err) : r;
    while (r == 0 && (r = tar_next(tar, &entry, err)) == 1) {
        r = take_entry(job, tar, &entry, err);
    }
    return r;
}

static int read_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    struct layer_job *job = ctx;
    job->out = buf_new(LIMIT_RECORD);
    job->text = buf_new(LIMIT_PACK_FILE);
    int r = 0;
    if (is_pack_name(job->blob->title)) {
        r = file_read_fd(job->blob->fd, &job->text, err);
        r = r == 0 ? take_text(job, job->blob->title, err) : r;
    } else {
        r = take_folder(job, err);
    }
    wire_u8(&job->out, 0);
    r = r == 0 && job->out.failed ? err_set(err, ERR_LIMIT, "more checks than fit into memory") : r;
    r = r == 0 ? cage_port_write(port, buf_view(&job->out), err) : r;
    buf_free(&job->out);
    buf_free(&job->text);
    return r;
}

/* ---- outside */

static int add_files(struct pack *pack, struct vap *vap, const char *name, struct cursor *in, size_t *files,
                     struct err *err) {
    int r = 0;
    while (r == 0 && cursor_u8(in) == 1) {
        struct str path = wire_get_str(in);
        struct str file = arena_strf(pack->arena, "%s: %.*s", name, STR_ARG(path));
        r = file.p ? packs_add_encoded(pack, vap, file, in, err) : err_memory(err);
        ++*files;
    }
    return r;
}

/* A blob that is neither a YAML file nor a tar: an image's configuration, a signature, a README. */
static bool holds_packs(const struct artifact_blob *blob) {
    struct str type = blob->media_type;
    return is_pack_name(blob->title) || str_find(type, STR("tar")) >= 0 ||
           str_ends(blob->title, STR(".tar")) || str_ends(blob->title, STR(".tar.gz")) ||
           str_ends(blob->title, STR(".tgz"));
}

static int add_layer(struct pack *pack, struct vap *vap, const char *name, const struct artifact_blob *blob,
                     bool is_open, size_t *files, struct err *err) {
    _cleanup_(buf_free) struct buf packed = buf_new(LIMIT_RECORD);
    struct layer_job job = {.blob = blob};
    const struct cage_job caged = {.run = read_in_cage,
                                   .ctx = &job,
                                   .fds = &blob->fd,
                                   .fds_n = 1,
                                   .memory = 512 * MIB,
                                   .output_cap = LIMIT_RECORD,
                                   .stall_seconds = LIMIT_STALL_SECONDS,
                                   .is_open = is_open};
    if (cage_call(&caged, &packed, err) < 0) {
        return err_at(err, "%s", name);
    }
    struct str kept = arena_str(pack->arena, buf_view(&packed));
    struct cursor in = cursor_over(kept);
    return kept.p ? add_files(pack, vap, name, &in, files, err) : err_memory(err);
}

static int add_layers(struct pack *pack, struct vap *vap, const char *name, const struct artifact *artifact,
                      bool is_open, struct err *err) {
    size_t files = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < artifact->n; i++) {
        if (holds_packs(&artifact->blobs[i])) {
            r = add_layer(pack, vap, name, &artifact->blobs[i], is_open, &files, err);
        }
    }
    return r == 0 && !files
               ? err_set(err, ERR_ABSENT, "%s: there is no .yaml file in this artifact (%zu layers)", name,
                         artifact->n)
               : r;
}

int packs_load_artifact(struct pack *pack, struct vap *vap, const char *name, struct str reference,
                        const struct image_options *registry, struct err *err) {
    struct artifact artifact;
    int r = artifact_fetch(pack->arena, reference, registry, &artifact, err);
    r = r < 0 ? err_at(err, "%s", name) : add_layers(pack, vap, name, &artifact, registry->is_open, err);
    artifact_close(&artifact);
    return r;
}
