#include "inspect/compose_projects.h"

#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/wire.h"
#include "doc/pack.h"
#include "infra/compose/compose.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

/* What the reader says: resources and references, or a file that it needs. */
enum answer { ANSWER_RESOURCES, ANSWER_WANTED };

struct known_file {
    struct str path, text;
    bool is_absent;
};

struct project {
    struct arena *arena;
    struct str files[2]; /* and its override */
    size_t files_n;
    VEC(struct known_file) known;
    struct str wanted; /* in the child */
};

/* ---- in the cage */

static int give_file(void *context, struct str path, struct str *text, struct err *err) {
    struct project *project = context;
    for (size_t i = 0; i < project->known.n; i++) {
        const struct known_file *file = &project->known.p[i];
        if (str_eq(file->path, path) && !file->is_absent) {
            *text = file->text;
            return 0;
        }
        if (str_eq(file->path, path)) {
            return err_set(err, ERR_ABSENT, "there is no such file");
        }
    }
    project->wanted = arena_str(project->arena, path);
    return project->wanted.p ? err_set(err, ERR_ABSENT, "not at hand yet") : err_memory(err);
}

static void put_place(struct buf *out, struct doc_place at) {
    wire_uvarint(out, at.line);
    wire_uvarint(out, at.column);
    wire_uvarint(out, at.file);
}

static size_t number_of(const struct resources *set, const struct resource *r) {
    size_t i = 0;
    while (i < set->all.n && set->all.p[i] != r) {
        i++;
    }
    return i;
}

static int put_resources(struct buf *out, const struct resources *set, struct err *err) {
    int r = 0;
    wire_uvarint(out, set->files.n);
    for (size_t i = 0; i < set->files.n; i++) {
        wire_str(out, set->files.p[i]);
    }
    wire_uvarint(out, set->all.n);
    for (size_t i = 0; r == 0 && i < set->all.n; i++) {
        const struct resource *resource = set->all.p[i];
        wire_str(out, resource->kind);
        wire_str(out, resource->name);
        wire_str(out, resource->key);
        wire_str(out, resource->file);
        put_place(out, resource->at);
        r = doc_pack(out, resource->object, err);
    }
    wire_uvarint(out, set->edges.n);
    for (size_t i = 0; i < set->edges.n; i++) {
        const struct resource_edge *edge = set->edges.p[i];
        wire_uvarint(out, number_of(set, edge->from));
        wire_str(out, edge->to_kind);
        wire_str(out, edge->to_key);
        put_place(out, edge->at);
    }
    return r;
}

static int read_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    struct project *project = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    struct resources set = resources_new(&arena);
    const struct compose_project names = {.files = project->files, .files_n = project->files_n};
    int r = compose_read(&set, &names, (struct compose_files){give_file, project}, err);
    if (project->wanted.p) {
        wire_u8(&out, ANSWER_WANTED);
        wire_str(&out, project->wanted);
        return cage_port_write(port, buf_view(&out), err);
    }
    wire_u8(&out, ANSWER_RESOURCES);
    r = r == 0 ? put_resources(&out, &set, err) : r;
    return r == 0 ? cage_port_write(port, buf_view(&out), err) : r;
}

/* ---- outside */

static int add_known(struct project *project, struct str path, struct str text, bool is_absent,
                     struct err *err) {
    struct known_file *file = VEC_PUSH(project->arena, &project->known);
    if (!file) {
        return err_memory(err);
    }
    *file = (struct known_file){path, text, is_absent};
    return 0;
}

/* Neither ".." nor a symbolic link leads out of the folder. */
int compose_open_below(void *ctx, const char *path) {
    const int *root = ctx;
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    return *root < 0 ? -1 : (int)syscall(SYS_openat2, *root, path, &how, sizeof how);
}

static int fetch(struct project *project, const struct compose_sources *sources, struct str path,
                 struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_DOCUMENT);
    const char *name = arena_cstr(project->arena, path);
    if (!name) {
        return err_memory(err);
    }
    _cleanup_(closep) int fd = sources->open(sources->ctx, name);
    bool is_absent = fd < 0 || file_read_fd(fd, &text, NULL) < 0;
    struct str kept = arena_str(project->arena, buf_view(&text));
    return kept.p ? add_known(project, str_c(name), kept, is_absent, err) : err_memory(err);
}

struct taking {
    struct resources *set;
    struct cursor in;
    const uint32_t *files; /* the reader's number of a file, from 1 → ours */
    size_t files_n;
    struct err *err;
};

static struct doc_place take_place(struct taking *t) {
    struct doc_place at = {.line = (uint32_t)cursor_uvarint(&t->in),
                           .column = (uint32_t)cursor_uvarint(&t->in)};
    uint64_t file = cursor_uvarint(&t->in);
    at.file = file && file <= t->files_n ? t->files[file - 1] : 0;
    return at;
}

static struct str keep(struct taking *t, struct str s) {
    return arena_str(t->set->arena, s);
}

/* A count of things that take at least a byte each. */
static bool take_count(struct taking *t, size_t *n) {
    uint64_t count = cursor_uvarint(&t->in);
    *n = (size_t)count;
    return !t->in.failed && count <= cursor_left(&t->in);
}

static int damaged(struct taking *t) {
    return err_set(t->err, ERR_INPUT, "the reader's answer is damaged");
}

static int take_files(struct taking *t) {
    size_t n;
    if (!take_count(t, &n)) {
        return damaged(t);
    }
    uint32_t *files = arena_array(t->set->arena, n, sizeof *files);
    for (size_t i = 0; files && i < n; i++) {
        struct str name = keep(t, wire_get_str(&t->in));
        files[i] = name.p ? resources_file(t->set, name) : 0;
        if (!files[i]) {
            return err_memory(t->err);
        }
    }
    t->files = files;
    t->files_n = n;
    return files ? 0 : err_memory(t->err);
}

static int take_resource(struct taking *t, struct resource **out) {
    struct resource r = {.source = RESOURCE_COMPOSE};
    r.kind = keep(t, wire_get_str(&t->in));
    r.name = keep(t, wire_get_str(&t->in));
    r.key = keep(t, wire_get_str(&t->in));
    r.file = keep(t, wire_get_str(&t->in));
    r.at = take_place(t);
    if (t->in.failed) {
        return damaged(t);
    }
    if (!r.kind.p || !r.name.p || !r.key.p || !r.file.p) {
        return err_memory(t->err);
    }
    int result = doc_unpack_files(t->set->arena, &t->in, t->files, t->files_n, &r.object, t->err);
    r.input = r.object;
    return result == 0 ? resources_add(t->set, &r, out, t->err) : result;
}

static int take_edges(struct taking *t, struct resource **all, size_t all_n) {
    size_t n;
    if (!take_count(t, &n)) {
        return damaged(t);
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t from = cursor_uvarint(&t->in);
        struct str kind = keep(t, wire_get_str(&t->in)), key = keep(t, wire_get_str(&t->in));
        struct doc_place at = take_place(t);
        if (t->in.failed || from >= all_n) {
            return damaged(t);
        }
        int r =
            kind.p && key.p ? resources_refer(t->set, all[from], kind, key, at, t->err) : err_memory(t->err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static int take_resources(struct taking *t) {
    size_t n;
    int r = take_files(t);
    if (r < 0) {
        return r;
    }
    if (!take_count(t, &n)) {
        return damaged(t);
    }
    struct resource **all = arena_array(t->set->arena, n, sizeof *all);
    if (!all) {
        return err_memory(t->err);
    }
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = take_resource(t, &all[i]);
    }
    return r == 0 ? take_edges(t, all, n) : r;
}

/* One reading: 1 when the reader needs another file, which is fetched. */
static int read_once(struct resources *set, struct project *project, const struct compose_sources *sources,
                     struct err *err) {
    _cleanup_(buf_free) struct buf answer = buf_new(LIMIT_RECORD);
    const struct cage_job job = {.run = read_in_cage,
                                 .ctx = project,
                                 .memory = 512 * MIB,
                                 .output_cap = LIMIT_RECORD,
                                 .step_seconds = LIMIT_STALL_SECONDS,
                                 .is_open = sources->is_open};
    int r = cage_call(&job, &answer, err);
    if (r < 0) {
        return r;
    }
    struct str kept = arena_str(set->arena, buf_view(&answer));
    if (!kept.p) {
        return err_memory(err);
    }
    struct taking t = {.set = set, .in = cursor_over(kept), .err = err};
    if (cursor_u8(&t.in) == ANSWER_RESOURCES) {
        return take_resources(&t);
    }
    r = fetch(project, sources, wire_get_str(&t.in), err);
    return r < 0 ? r : 1;
}

static struct str override_of(struct arena *arena, struct str path) {
    struct str stem, extension;
    str_cut_last(path, '.', &stem, &extension);
    return arena_strf(arena, "%.*s.override.%.*s", STR_ARG(stem), STR_ARG(extension));
}

bool compose_is_override(struct str path) {
    return str_find(str_basename(path), STR(".override.")) >= 0;
}

static int add_at_hand(struct project *project, const struct inventory *inventory, struct err *err) {
    struct str override = override_of(project->arena, project->files[0]);
    int r = override.p ? 0 : err_memory(err);
    for (size_t i = 0; r == 0 && i < inventory->documents_n; i++) {
        const struct inventory_document *document = &inventory->documents[i];
        if (document->format != DOCUMENT_COMPOSE) {
            continue;
        }
        if (str_eq(document->path, override)) {
            project->files[project->files_n++] = override;
        }
        r = add_known(project, document->path, document->bytes, false, err);
    }
    return r;
}

int compose_project_add(struct resources *set, const struct inventory *inventory,
                        const struct inventory_document *file, const struct compose_sources *sources,
                        struct err *err) {
    struct project project = {.arena = set->arena, .files = {file->path}, .files_n = 1};
    int r = add_at_hand(&project, inventory, err);
    for (size_t i = 0; r == 0 && i < LIMIT_COMPOSE_FILES; i++) {
        r = read_once(set, &project, sources, err);
        if (r <= 0) {
            return r;
        }
        r = 0;
    }
    return r < 0 ? r : err_set(err, ERR_LIMIT, "needs more than %d other files", LIMIT_COMPOSE_FILES);
}
