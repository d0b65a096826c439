#include "policy/packs/packs.h"

#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/wire.h"
#include "doc/pack.h"
#include "doc/yaml.h"

#include <dirent.h>
#include <sys/stat.h>

/* ---- which files */

struct files {
    struct arena *arena;
    VEC(const char *) paths;
    struct err *err;
};

static int add_path(struct files *files, const char *path) {
    const char **slot = files->paths.n < LIMIT_PACK_FILES ? VEC_PUSH(files->arena, &files->paths) : NULL;
    if (!slot) {
        return files->paths.n < LIMIT_PACK_FILES
                   ? err_memory(files->err)
                   : err_set(files->err, ERR_LIMIT, "%s: more than %u files", path, LIMIT_PACK_FILES);
    }
    *slot = path;
    return 0;
}

static bool is_pack_file(struct str name) {
    return !str_starts(name, STR(".")) && (str_ends(name, STR(".yaml")) || str_ends(name, STR(".yml")));
}

static int add_folder(struct files *files, const char *path, unsigned depth);

static int add_entry(struct files *files, const char *folder, const struct dirent *entry, unsigned depth) {
    struct stat st;
    if (entry->d_name[0] == '.') {
        return 0;
    }
    const char *path = arena_printf(files->arena, "%s/%s", folder, entry->d_name);
    if (!path) {
        return err_memory(files->err);
    }
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return add_folder(files, path, depth + 1);
    }
    return is_pack_file(str_c(entry->d_name)) ? add_path(files, path) : 0;
}

static int add_folder(struct files *files, const char *path, unsigned depth) {
    struct dirent **entries;
    if (depth > LIMIT_DOC_DEPTH) {
        return err_set(files->err, ERR_LIMIT, "%s: folders nested too deep", path);
    }
    int n = scandir(path, &entries, NULL, alphasort);
    if (n < 0) {
        return err_set_errno(files->err, ERR_IO, "%s", path);
    }
    int r = 0;
    for (int i = 0; i < n; i++) {
        r = r == 0 ? add_entry(files, path, entries[i], depth) : r;
        free(entries[i]);
    }
    free(entries);
    return r;
}

static int find_files(struct files *files, const char *path) {
    struct stat st;
    if (stat(path, &st) < 0) {
        return err_set_errno(files->err, ERR_ABSENT, "%s", path);
    }
    int r = S_ISDIR(st.st_mode) ? add_folder(files, path, 0) : add_path(files, path);
    if (r == 0 && !files->paths.n) {
        return err_set(files->err, ERR_ABSENT, "%s: there is no .yaml file in this folder", path);
    }
    return r;
}

/* ---- YAML to trees, in the cage */

int packs_encode(struct str text, struct buf *out, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = yaml_parse(&arena, text, &documents, &n, err);
    if (r == 0) {
        wire_uvarint(out, n);
    }
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = doc_pack(out, documents[i], err);
    }
    return r;
}

static int parse_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct str *text = ctx;
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    int r = packs_encode(*text, &out, err);
    return r < 0 ? r : cage_port_write(port, buf_view(&out), err);
}

static int unpack(struct arena *arena, struct cursor *in, const struct doc ***documents, size_t *n,
                  struct err *err) {
    uint64_t count = cursor_uvarint(in);
    if (in->failed || count > cursor_left(in)) {
        return err_set(err, ERR_INPUT, "the reader's answer is damaged");
    }
    *n = (size_t)count;
    *documents = arena_array(arena, *n, sizeof **documents);
    if (!*documents) {
        return err_memory(err);
    }
    int r = 0;
    for (size_t i = 0; r == 0 && i < *n; i++) {
        r = doc_unpack(arena, in, &(*documents)[i], err);
    }
    return r;
}

/* Each document to where it belongs. */
static int add_documents(struct pack *pack, struct vap *vap, struct str file,
                         const struct doc *const *documents, size_t n, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = vap_is_document(documents[i]) ? vap_add(vap, file, documents[i], err)
                                          : pack_add(pack, file, &documents[i], 1, err);
    }
    return r;
}

int packs_parse(struct arena *arena, struct str text, const struct doc ***documents, size_t *n,
                struct err *err) {
    _cleanup_(buf_free) struct buf packed = buf_new(LIMIT_RECORD);
    const struct cage_job job = {.run = parse_in_cage,
                                 .ctx = &text,
                                 .memory = 512 * MIB,
                                 .output_cap = LIMIT_RECORD,
                                 .stall_seconds = LIMIT_STALL_SECONDS};
    int r = cage_call(&job, &packed, err);
    if (r < 0) {
        return r;
    }
    struct str kept = arena_str(arena, buf_view(&packed));
    struct cursor in = cursor_over(kept);
    return kept.p ? unpack(arena, &in, documents, n, err) : err_memory(err);
}

int packs_add_encoded(struct pack *pack, struct vap *vap, struct str file, struct cursor *in,
                      struct err *err) {
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = unpack(pack->arena, in, &documents, &n, err);
    return r == 0 ? add_documents(pack, vap, file, documents, n, err) : r;
}

static int load_file(struct pack *pack, struct vap *vap, const char *path, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_PACK_FILE);
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = file_read(path, &text, err);
    if (r < 0) {
        return r;
    }
    if (packs_parse(pack->arena, buf_view(&text), &documents, &n, err) < 0) {
        return err_at(err, "%s", path);
    }
    return add_documents(pack, vap, str_c(path), documents, n, err);
}

int packs_load(struct pack *pack, struct vap *vap, const char *path, const struct image_options *registry,
               struct err *err) {
    struct str scheme, reference;
    if (str_cut(str_c(path), ':', &scheme, &reference) && str_eq(scheme, STR("oci"))) {
        return packs_load_artifact(pack, vap, path, reference, registry, err);
    }
    struct files files = {.arena = pack->arena, .err = err};
    int r = find_files(&files, path);
    for (size_t i = 0; r == 0 && i < files.paths.n; i++) {
        r = load_file(pack, vap, files.paths.p[i], err);
    }
    return r;
}
