#include "source/git/program/changes.h"

#include "base/file.h"
#include "base/wire.h"
#include "source/git/message.h"
#include "source/git/program/array.h"
#include "source/git/program/tree.h"

enum {
    COMPARED = 1 << 16,
    SEND_AT = 40 * 1024,
    BATCH_MAX = 512,     /* contents at a time, */
    COMMITS_MAX = 20000, /* and commits, so that who asks hears something */
    PROBLEMS_MAX = 1000,
    PROBLEM_SHOWN = 256,
    AUTHOR_SHOWN = 200,
    FOLDER = 040000,
    FILE_KIND = 0100000,
    KIND = 0170000
};

/* ---- what is offered */

static int offer(struct changes *c, const git_oid *id, uint32_t blob, const char *problem, struct err *err) {
    int r = array_fit((void **)&c->offers, c->offers_n, &c->offers_size, sizeof *c->offers, err);
    if (r < 0) {
        return r;
    }
    size_t at = c->names.n;
    buf_bytes(&c->names, c->path, c->path_n);
    if (c->names.failed) {
        return err_set(err, ERR_LIMIT, "the names of one commit's files take more than %zu bytes",
                       LIMIT_GIT_NAMES);
    }
    c->offers[c->offers_n++] =
        (struct offer){.path = at, .path_n = c->path_n, .id = *id, .blob = blob, .problem = problem};
    return 0;
}

static int offer_problem(struct changes *c, const char *message, struct err *err) {
    static const git_oid none;
    if (c->is_head || ++c->problems > PROBLEMS_MAX) {
        return 0;
    }
    const char *kept = arena_printf(c->repository->arena, "%.*s", PROBLEM_SHOWN, message);
    return kept ? offer(c, &none, COMMIT_NONE, kept, err) : err_memory(err);
}

static int spend(struct changes *c, struct err *err) {
    bool was_said = c->is_spent;
    c->is_spent = true;
    return was_said ? 0
                    : offer_problem(c, "the history has more changes than are read: the others are not", err);
}

/* ---- one file */

static int blob_of(struct changes *c, const git_oid *id, struct kept_blob **out, uint32_t *number,
                   struct err *err) {
    int64_t known = oid_table_get(&c->known, id);
    *out = NULL;
    if (known < 0 && c->blobs_n == LIMIT_GIT_BLOBS) {
        return spend(c, err);
    }
    if (known < 0) {
        int r = array_fit((void **)&c->blobs, c->blobs_n, &c->blobs_size, sizeof *c->blobs, err);
        r = r == 0 ? oid_table_put(&c->known, id, (uint32_t)c->blobs_n, err) : r;
        if (r < 0) {
            return r;
        }
        known = (int64_t)c->blobs_n;
        c->blobs[c->blobs_n++] =
            (struct kept_blob){.first = COMMIT_NONE, .added = COMMIT_NONE, .removed = COMMIT_NONE};
    }
    *number = (uint32_t)known;
    *out = &c->blobs[known];
    return 0;
}

static int take_added(struct changes *c, const git_oid *id, struct err *err) {
    struct kept_blob *blob;
    uint32_t number;
    int r = blob_of(c, id, &blob, &number, err);
    if (r < 0 || !blob) {
        return r;
    }
    if (c->is_head) {
        blob->is_in_head = true;
        return 0;
    }
    blob->first = blob->first == COMMIT_NONE ? c->commit : blob->first;
    blob->added = c->commit;
    return blob->is_taken ? 0 : offer(c, id, number, NULL, err);
}

static bool is_gone(const struct kept_blob *blob) {
    return blob->removed != COMMIT_NONE && (blob->added == COMMIT_NONE || blob->removed > blob->added);
}

static void take_removed(struct changes *c, const git_oid *id) {
    int64_t number = oid_table_get(&c->known, id);
    if (number >= 0 && !(c->is_merge && is_gone(&c->blobs[number]))) {
        c->blobs[number].removed = c->commit;
    }
}

/* ---- two trees */

struct tree_entry {
    uint32_t mode;
    struct str name;
    git_oid id;
};

/* gitformat: "mode name\0id". False at the end, or where it is no tree. */
static bool next_entry(struct str *rest, struct tree_entry *out) {
    struct str mode, name, body;
    uint64_t number;
    if (!str_cut(*rest, ' ', &mode, &body) || !str_to_u64(mode, 8, &number) ||
        !str_cut(body, '\0', &name, &body) || body.n < GIT_ID || !name.n) {
        return false;
    }
    out->mode = (uint32_t)number & KIND;
    out->name = name;
    memcpy(out->id.id, body.p, GIT_ID);
    *rest = str_from(body, GIT_ID);
    return true;
}

/* As git sorts: a folder's name as if it ended with "/". */
static int compare_names(const struct tree_entry *a, const struct tree_entry *b) {
    size_t n = MIN(a->name.n, b->name.n);
    int r = memcmp(a->name.p, b->name.p, n);
    if (r) {
        return r;
    }
    int x = a->name.n > n ? (unsigned char)a->name.p[n] : a->mode == FOLDER ? '/' : 0;
    int y = b->name.n > n ? (unsigned char)b->name.p[n] : b->mode == FOLDER ? '/' : 0;
    return x - y;
}

static bool is_new_pair(struct changes *c, const git_oid *old, const git_oid *new) {
    size_t at = ((size_t) new->id[0] << 8 | new->id[1]) ^ ((size_t)old->id[2] << 8 | old->id[3]);
    struct compared *slot = &c->compared[at % COMPARED];
    if (slot->commit == c->commit + 1 && git_oid_equal(&slot->old, old) && git_oid_equal(&slot->new, new)) {
        return false;
    }
    *slot = (struct compared){*old, *new, c->commit + 1};
    return true;
}

static int read_tree(struct changes *c, const git_oid *id, git_odb_object **out, struct err *err) {
    struct err why = ERR_NONE;
    *out = NULL;
    if (git_oid_is_zero(id)) {
        return 0;
    }
    int r = tree_read_object(c->repository, id, GIT_OBJECT_TREE, out, &why);
    return r < 0 ? offer_problem(c, why.message, err) : 0;
}

static struct str bytes_of(git_odb_object *object) {
    return object ? str_n(git_odb_object_data(object), git_odb_object_size(object)) : STR_NONE;
}

static int compare(struct changes *c, const git_oid *old, const git_oid *new, struct err *err);

/* One name; old or new is NULL where only the other tree has it. */
static int take_change(struct changes *c, const struct tree_entry *old, const struct tree_entry *new,
                       struct err *err) {
    static const git_oid none;
    const struct tree_entry *any = new ? new : old;
    bool was_folder = old && old->mode == FOLDER, is_folder = new &&new->mode == FOLDER;
    bool was_file = old && old->mode == FILE_KIND, is_file = new &&new->mode == FILE_KIND;
    size_t before = c->path_n, slash = before > 0;
    int r = 0;
    if (++c->entries > LIMIT_GIT_CHANGES) {
        return spend(c, err);
    }
    if (before + slash + any->name.n >= sizeof c->path) {
        return offer_problem(c, "a path here is too long", err);
    }
    c->path[before] = '/';
    memcpy(c->path + before + slash, any->name.p, any->name.n);
    c->path_n += slash + any->name.n;
    if (was_file && !c->is_head) {
        take_removed(c, &old->id);
    }
    if (is_file) {
        r = take_added(c, &new->id, err);
    }
    if (r == 0 && (was_folder || is_folder)) {
        r = compare(c, was_folder ? &old->id : &none, is_folder ? &new->id : &none, err);
    }
    c->path_n = before;
    return r;
}

static int merge(struct changes *c, struct str old, struct str new, struct err *err) {
    struct tree_entry a, b;
    bool has_old = next_entry(&old, &a), has_new = next_entry(&new, &b);
    int r = 0;
    while (r == 0 && !c->is_spent && (has_old || has_new)) {
        int order = !has_old ? 1 : !has_new ? -1 : compare_names(&a, &b);
        if (order != 0 || a.mode != b.mode || !git_oid_equal(&a.id, &b.id)) {
            r = take_change(c, order <= 0 ? &a : NULL, order >= 0 ? &b : NULL, err);
        }
        has_old = order <= 0 ? next_entry(&old, &a) : has_old;
        has_new = order >= 0 ? next_entry(&new, &b) : has_new;
    }
    return r;
}

/* Of two trees, either of which may be none, what differs. The same two are gone through once for a commit: a
 * few objects can be nested to any number of files. */
static int compare(struct changes *c, const git_oid *old, const git_oid *new, struct err *err) {
    git_odb_object *before = NULL, *after = NULL;
    if (git_oid_equal(old, new) || !is_new_pair(c, old, new)) {
        return 0;
    }
    if (c->depth == LIMIT_GIT_DEPTH) {
        return offer_problem(c, "more than 256 folders deep", err);
    }
    int r = read_tree(c, old, &before, err);
    r = r == 0 ? read_tree(c, new, &after, err) : r;
    if (r == 0) {
        c->depth++;
        r = merge(c, bytes_of(before), bytes_of(after), err);
        c->depth--;
    }
    git_odb_object_free(before);
    git_odb_object_free(after);
    return r;
}

/* ---- one commit */

/* The opened folder in a commit's tree; zero where there is none. */
static int find_folder(struct changes *c, const git_oid *root, git_oid *out, struct err *err) {
    *out = *root;
    for (struct str rest = c->repository->below, part; rest.n && str_split(&rest, '/', &part);) {
        git_odb_object *tree;
        struct tree_entry entry;
        bool is_found = false;
        int r = read_tree(c, out, &tree, err);
        struct str bytes = bytes_of(tree);
        while (r == 0 && !is_found && next_entry(&bytes, &entry)) {
            is_found = entry.mode == FOLDER && str_eq(entry.name, part);
        }
        *out = is_found ? entry.id : (git_oid){0};
        git_odb_object_free(tree);
        if (r < 0 || !is_found) {
            return r;
        }
    }
    return 0;
}

static int take_commit(struct changes *c, uint32_t number, struct err *err) {
    const struct listed_commit *commit = &c->commits.p[c->commits.order[number]];
    git_oid before = {0}, after;
    int r = find_folder(c, &commit->tree, &after, err);
    if (r == 0 && commit->first != COMMIT_NONE) {
        r = find_folder(c, &c->commits.p[commit->first].tree, &before, err);
    }
    c->commit = number;
    c->is_merge = commit->parents_n > 1;
    return r == 0 ? compare(c, &before, &after, err) : r;
}

static int mark_head(struct changes *c, const git_oid *head, struct err *err) {
    git_commit *commit = NULL;
    git_oid tree;
    if (git_commit_lookup(&commit, c->repository->git, head) < 0) {
        return git_failed(c->repository->folder, err);
    }
    c->is_head = true;
    c->commit = COMMIT_NONE - 1;
    static const git_oid none;
    int r = find_folder(c, git_commit_tree_id(commit), &tree, err);
    r = r == 0 ? compare(c, &none, &tree, err) : r;
    c->is_head = false;
    git_commit_free(commit);
    return r;
}

int changes_open(struct changes *changes, struct repository *repository, const git_oid *head,
                 const char *range, struct history *out, struct err *err) {
    *changes = (struct changes){.repository = repository, .names = buf_new(LIMIT_GIT_NAMES)};
    changes->compared = mem_alloc_zero(COMPARED * sizeof *changes->compared);
    int r =
        changes->compared ? commits_list(repository, head, range, &changes->commits, err) : err_memory(err);
    r = r == 0 ? mark_head(changes, head, err) : r;
    *out = (struct history){.commits = changes->commits.order_n,
                            .missing = changes->commits.missing,
                            .is_shallow = changes->commits.is_shallow,
                            .is_cut = changes->commits.is_cut};
    return r;
}

void changes_close(struct changes *changes) {
    commits_free(&changes->commits);
    oid_table_free(&changes->known);
    mem_free(changes->blobs);
    mem_free(changes->compared);
    mem_free(changes->offers);
    buf_free(&changes->names);
}

/* ---- answers */

/* Goes on until something is to be offered. */
static int advance(struct changes *c, struct err *err) {
    int r = 0;
    if (c->offered == c->offers_n) {
        buf_clear(&c->names);
        c->offers_n = c->offered = 0;
    }
    for (size_t i = 0;
         r == 0 && i < COMMITS_MAX && c->names.n < SEND_AT && c->next < c->commits.order_n && !c->is_spent;
         i++) {
        r = take_commit(c, (uint32_t)c->next++, err);
    }
    return r;
}

static bool has_more(const struct changes *c) {
    return c->offered < c->offers_n || (c->next < c->commits.order_n && !c->is_spent);
}

static void put_offer(const struct changes *c, const struct offer *one, struct buf *out) {
    struct history_content content = {.path = str_n((const char *)c->names.p + one->path, one->path_n),
                                      .problem = str_c(one->problem)};
    memcpy(content.id, one->id.id, GIT_ID);
    content.is_in_head = !one->problem && c->blobs[one->blob].is_in_head;
    git_put_content(out, &content);
}

int changes_next(struct changes *c, struct buf *out, struct err *err) {
    int r = c->offered == c->offers_n ? advance(c, err) : 0;
    if (r < 0) {
        return r;
    }
    size_t first = c->offered, last = first, bytes = 0;
    while (last < c->offers_n && last - first < BATCH_MAX && bytes < SEND_AT) {
        bytes += c->offers[last++].path_n;
    }
    c->offered = last;
    c->batch = first;
    c->batch_n = last - first;
    c->settled = 0;
    size_t start = wire_begin(out, GIT_CONTENTS);
    git_put_progress(out, has_more(c), c->next);
    for (size_t i = first; i < last; i++) {
        put_offer(c, &c->offers[i], out);
    }
    wire_end(out, start);
    return 0;
}

/* 1 when it does not fit any more. */
static int write_blob(struct changes *c, const struct offer *one, int fd, uint64_t *written, struct buf *out,
                      struct err *err) {
    git_odb_object *object = NULL;
    struct err why = ERR_NONE;
    int r = c->bytes > LIMIT_GIT_BYTES
                ? err_set(&why, ERR_LIMIT, "the history has more content than is read: the rest is not")
                : tree_read_object(c->repository, &one->id, GIT_OBJECT_BLOB, &object, &why);
    uint64_t size = r == 0 ? git_odb_object_size(object) : 0;
    bool is_full = *written && *written + size > LIMIT_GIT_BATCH;
    if (r == 0 && !is_full) {
        r = file_write_fd(fd, bytes_of(object), err);
        *written += size;
        c->bytes += size;
    } else if (r < 0) {
        r = 0;
    }
    git_odb_object_free(object);
    if (r == 0 && !is_full) {
        c->blobs[one->blob].is_taken = true;
        git_put_taken_one(out, size, !why.code, str_sub(str_c(why.message), 0, why.code ? PROBLEM_SHOWN : 0));
    }
    return r == 0 && is_full ? 1 : r;
}

int changes_take(struct changes *c, struct str wishes, int fd, struct buf *out, struct err *err) {
    size_t start = wire_begin(out, GIT_TAKEN);
    uint64_t written = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < wishes.n && c->settled < c->batch_n && out->n < SEND_AT; i++) {
        const struct offer *one = &c->offers[c->batch + c->settled];
        struct kept_blob *blob = one->problem ? NULL : &c->blobs[one->blob];
        bool writes = blob && wishes.p[i] == HISTORY_WRITE && !blob->is_taken;
        if (writes) {
            r = write_blob(c, one, fd, &written, out, err);
        } else {
            git_put_taken_one(out, 0, false, STR_NONE);
            if (blob && wishes.p[i] == HISTORY_KNOWN) {
                blob->is_taken = true;
            }
        }
        c->settled += r == 0;
    }
    wire_end(out, start);
    return MIN(r, 0);
}

struct history_fate changes_fate(const struct changes *c, const git_oid *id) {
    int64_t number = oid_table_get(&c->known, id);
    if (number < 0 || c->blobs[number].first == COMMIT_NONE) {
        return (struct history_fate){0};
    }
    const struct kept_blob *blob = &c->blobs[number];
    return (struct history_fate){.is_known = true,
                                 .is_in_head = blob->is_in_head,
                                 .is_removed = is_gone(blob),
                                 .first = blob->first,
                                 .removed = blob->removed};
}

int changes_commit(const struct changes *c, uint32_t number, struct buf *text, struct history_commit *out,
                   struct err *err) {
    git_commit *commit = NULL;
    if (number >= c->commits.order_n) {
        return err_set(err, ERR_INPUT, "plimsoll-git: there is no such commit");
    }
    const git_oid *id = &c->commits.p[c->commits.order[number]].id;
    if (git_commit_lookup(&commit, c->repository->git, id) < 0) {
        return git_failed(c->repository->folder, err);
    }
    const git_signature *author = git_commit_author(commit);
    *out = (struct history_commit){.time = author ? author->when.time : git_commit_time(commit)};
    memcpy(out->id, id->id, GIT_ID);
    buf_clear(text);
    buf_str(text, str_sub(str_c(author && author->name ? author->name : ""), 0, AUTHOR_SHOWN));
    out->author = buf_view(text);
    git_commit_free(commit);
    return text->failed ? err_memory(err) : 0;
}
