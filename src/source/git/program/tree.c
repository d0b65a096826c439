#include "source/git/program/tree.h"

#include "base/limits.h"
#include "source/git/message.h"
#include "source/git/program/loose.h"

enum { SEND_AT = 48 * 1024, GIT_FILE = 0100000, GIT_KIND = 0170000, KNOWN = 4096 };

/* What was seen under an id: trees share their parts, and a few objects can be a million files. */
struct known_blob {
    git_oid id;
    bool is_set;
    uint64_t size;
    char head[GIT_HEAD];
};

struct listing {
    const struct repository *repository;
    const struct tree_sink *sink;
    struct known_blob *known; /* KNOWN of them, each at the place that its id begins with */
    struct buf record;
    size_t start; /* of the record that is being written */
    char path[LIMIT_PATH];
    size_t path_n;
    uint64_t entries;
    unsigned depth;
};

/* ---- objects */

static int missing(struct err *err) {
    return err_set(err, ERR_ABSENT,
                   "its content is not in this repository (a partial clone, a damaged one, or "
                   "one that borrows from another)");
}

int tree_read_object(const struct repository *repository, const git_oid *id, git_object_t kind,
                     git_odb_object **out, struct err *err) {
    size_t size;
    git_object_t is;
    int r = loose_check(repository, id, err);
    if (r < 0) {
        return r;
    }
    int code = git_odb_read_header(&size, &is, repository->objects, id);
    if (code == 0 && size > LIMIT_GIT_OBJECT) {
        return err_set(err, ERR_LIMIT, "%zu bytes, more than the %zu that are read of one object", size,
                       LIMIT_GIT_OBJECT);
    }
    if (code == 0 && is != kind) {
        return err_set(err, ERR_INPUT, "git has something else under its id");
    }
    if (code == 0) {
        code = git_odb_read(out, repository->objects, id);
    }
    return code == GIT_ENOTFOUND ? missing(err) : code < 0 ? git_failed("damaged", err) : 0;
}

/* ---- sending */

static void begin(struct listing *l) {
    l->start = wire_begin(&l->record, GIT_ENTRIES);
}

static int flush(struct listing *l, struct err *err) {
    wire_end(&l->record, l->start);
    int r = l->record.failed ? err_memory(err) : l->sink->send(l->sink->ctx, &l->record, err);
    begin(l);
    return r;
}

static int put(struct listing *l, const struct commit_file *entry, struct err *err) {
    git_put_entry(&l->record, entry);
    return l->record.n > SEND_AT ? flush(l, err) : 0;
}

static int put_problem(struct listing *l, const char *message, struct err *err) {
    const struct commit_file entry = {.path = str_n(l->path, l->path_n), .problem = str_c(message)};
    return put(l, &entry, err);
}

/* ---- walking */

/* Names that no working tree can have: git refuses to check them out. */
static bool is_fit(struct str name) {
    return name.n && !str_eq(name, STR(".")) && !str_eq(name, STR("..")) &&
           !str_eq_nocase(name, STR(".git")) && str_find_byte(name, '/') < 0;
}

/* Appends "/name" to the path; false when it would be too long. */
static bool enter(struct listing *l, struct str name) {
    size_t slash = l->path_n > 0;
    if (l->path_n + slash + name.n >= sizeof l->path) {
        return false;
    }
    if (slash) {
        l->path[l->path_n] = '/';
    }
    memcpy(l->path + l->path_n + slash, name.p, name.n);
    l->path_n += slash + name.n;
    return true;
}

/* Its size and head, from what is known or from the object. */
static int look_at_blob(struct listing *l, const git_oid *id, struct known_blob **out, struct err *err) {
    struct known_blob *known = &l->known[(id->id[0] << 4 | id->id[1] >> 4) % KNOWN];
    git_odb_object *blob = NULL;
    *out = known;
    if (known->is_set && git_oid_equal(&known->id, id)) {
        return 0;
    }
    int r = tree_read_object(l->repository, id, GIT_OBJECT_BLOB, &blob, err);
    if (r < 0) {
        return r;
    }
    *known = (struct known_blob){.id = *id, .is_set = true, .size = git_odb_object_size(blob)};
    memcpy(known->head, git_odb_object_data(blob), MIN(known->size, (uint64_t)GIT_HEAD));
    git_odb_object_free(blob);
    return 0;
}

static int take_file(struct listing *l, const git_tree_entry *entry, struct err *err) {
    const git_oid *id = git_tree_entry_id(entry);
    struct known_blob *blob;
    struct err why = ERR_NONE;
    if (look_at_blob(l, id, &blob, &why) < 0) {
        return put_problem(l, why.message, err);
    }
    struct commit_file file = {.path = str_n(l->path, l->path_n),
                               .mode = (uint32_t)git_tree_entry_filemode_raw(entry) & 0777,
                               .size = blob->size,
                               .head = str_n(blob->head, blob->size < GIT_HEAD ? 0 : GIT_HEAD)};
    memcpy(file.id, id->id, GIT_ID);
    return put(l, &file, err);
}

static int walk(struct listing *l, const git_tree *tree, struct err *err);

static int take_folder(struct listing *l, const git_tree_entry *entry, struct err *err) {
    git_tree *tree = NULL;
    git_odb_object *raw = NULL;
    struct err why = ERR_NONE;
    if (l->depth == LIMIT_GIT_DEPTH) {
        return put_problem(l, "more than 256 folders deep", err);
    }
    if (tree_read_object(l->repository, git_tree_entry_id(entry), GIT_OBJECT_TREE, &raw, &why) < 0) {
        return put_problem(l, why.message, err);
    }
    git_odb_object_free(raw);
    if (git_tree_lookup(&tree, l->repository->git, git_tree_entry_id(entry)) < 0) {
        (void)git_failed("damaged", &why);
        return put_problem(l, why.message, err);
    }
    l->depth++;
    int r = walk(l, tree, err);
    l->depth--;
    git_tree_free(tree);
    return r;
}

static int take(struct listing *l, const git_tree_entry *entry, struct err *err) {
    size_t before = l->path_n;
    struct str name = str_c(git_tree_entry_name(entry));
    uint32_t kind = (uint32_t)git_tree_entry_filemode_raw(entry) & GIT_KIND;
    int r = 0;
    if (++l->entries == LIMIT_GIT_ENTRIES) {
        r = put_problem(l, "the commit has more than a million files: the others are not read", err);
    } else if (l->entries < LIMIT_GIT_ENTRIES && (!is_fit(name) || !enter(l, name))) {
        r = put_problem(l, "a name here is one that no working tree can have", err);
    } else if (l->entries < LIMIT_GIT_ENTRIES && git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
        r = take_folder(l, entry, err);
    } else if (l->entries < LIMIT_GIT_ENTRIES && kind == GIT_FILE) {
        r = take_file(l, entry, err);
    }
    l->path_n = before;
    return r;
}

static int walk(struct listing *l, const git_tree *tree, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && l->entries < LIMIT_GIT_ENTRIES && i < git_tree_entrycount(tree); i++) {
        r = take(l, git_tree_entry_byindex(tree, i), err);
    }
    return r;
}

int tree_list(const struct repository *repository, const git_tree *tree, const struct tree_sink *sink,
              struct err *err) {
    struct listing l = {.repository = repository, .sink = sink, .record = buf_new(LIMIT_PACKET)};
    l.known = arena_array(repository->arena, KNOWN, sizeof *l.known);
    if (!l.known) {
        return err_memory(err);
    }
    begin(&l);
    int r = walk(&l, tree, err);
    r = r == 0 ? flush(&l, err) : r;
    buf_free(&l.record);
    return r;
}

int tree_find(const struct repository *repository, const git_tree *root, git_tree **out, struct err *err) {
    git_tree_entry *entry = NULL;
    *out = NULL;
    if (!repository->below.n) {
        return git_tree_dup(out, (git_tree *)root) < 0 ? git_failed(repository->folder, err) : 0;
    }
    int code = git_tree_entry_bypath(&entry, root, repository->below.p);
    if (code == 0 && git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
        code = git_tree_lookup(out, repository->git, git_tree_entry_id(entry));
    }
    git_tree_entry_free(entry);
    return code < 0 && code != GIT_ENOTFOUND ? git_failed(repository->folder, err) : 0;
}
