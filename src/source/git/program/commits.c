#include "source/git/program/commits.h"

#include "base/limits.h"
#include "source/git/program/array.h"
#include "source/git/program/loose.h"

struct listing {
    struct repository *repository;
    struct commits *out;
    uint32_t *stack; /* numbers of commits whose parents are still to be looked at */
    size_t stack_n, stack_size;
    size_t refs;
    bool hides;
    struct err err; /* what ended a walk over refs */
};

static int push(struct listing *l, uint32_t number, struct err *err) {
    if (array_fit((void **)&l->stack, l->stack_n, &l->stack_size, sizeof *l->stack, err) < 0) {
        return err->code;
    }
    l->stack[l->stack_n++] = number;
    return 0;
}

/* ---- one commit */

/* The number of the commit, which is new or known; -1 when it is not there or damaged. */
static int add(struct listing *l, const git_oid *id, int64_t *number, struct err *err) {
    struct commits *out = l->out;
    *number = oid_table_get(&out->known, id);
    if (*number >= 0) {
        return 0;
    }
    if (out->n == LIMIT_GIT_COMMITS) {
        out->is_cut = true;
        return 0;
    }
    git_commit *commit = NULL;
    struct err why = ERR_NONE;
    if (loose_check(l->repository, id, &why) < 0 || git_commit_lookup(&commit, l->repository->git, id) < 0) {
        out->missing++;
        return 0;
    }
    int r = array_fit((void **)&out->p, out->n, &out->size, sizeof *out->p, err);
    r = r == 0 ? oid_table_put(&out->known, id, (uint32_t)out->n, err) : r;
    r = r == 0 ? push(l, (uint32_t)out->n, err) : r;
    if (r == 0) {
        *number = (int64_t)out->n;
        out->p[out->n++] = (struct listed_commit){.id = *id,
                                                  .first = COMMIT_NONE,
                                                  .tree = *git_commit_tree_id(commit),
                                                  .time = git_commit_time(commit),
                                                  .is_hidden = l->hides};
    }
    git_commit_free(commit);
    return r;
}

static int add_parents(struct listing *l, uint32_t number, struct err *err) {
    struct commits *out = l->out;
    git_commit *commit = NULL;
    if (git_commit_lookup(&commit, l->repository->git, &out->p[number].id) < 0) {
        return 0; /* it was there a moment ago */
    }
    int r = 0;
    out->p[number].parents = (uint32_t)out->parents_n;
    for (unsigned i = 0; r == 0 && i < git_commit_parentcount(commit); i++) {
        int64_t parent;
        r = add(l, git_commit_parent_id(commit, i), &parent, err);
        if (r == 0 && parent >= 0 && i == 0) {
            out->p[number].first = (uint32_t)parent;
        }
        if (r < 0 || parent < 0 || out->p[parent].is_hidden != out->p[number].is_hidden) {
            continue;
        }
        r = out->parents_n == UINT32_MAX ? err_memory(err)
                                         : array_fit((void **)&out->parents, out->parents_n,
                                                     &out->parents_size, sizeof *out->parents, err);
        if (r == 0) {
            out->parents[out->parents_n++] = (uint32_t)parent;
            out->p[number].parents_n++;
        }
    }
    git_commit_free(commit);
    return r;
}

/* The commit and all that it descends from. */
static int add_all(struct listing *l, const git_oid *id, struct err *err) {
    int64_t number;
    int r = add(l, id, &number, err);
    while (r == 0 && l->stack_n) {
        r = add_parents(l, l->stack[--l->stack_n], err);
    }
    return r;
}

/* ---- where they begin */

static int add_object(struct listing *l, const git_object *object, struct err *err) {
    git_object *commit = NULL;
    if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) < 0) {
        return 0; /* a tag may name a file */
    }
    int r = add_all(l, git_object_id(commit), err);
    git_object_free(commit);
    return r;
}

static int add_ref(git_reference *ref, void *ctx) {
    struct listing *l = ctx;
    git_object *commit = NULL;
    int r =
        ++l->refs > LIMIT_GIT_REFS
            ? err_set(&l->err, ERR_LIMIT, "more than %d refs: not all of its history is read", LIMIT_GIT_REFS)
            : 0;
    if (r == 0 && git_reference_peel(&commit, ref, GIT_OBJECT_COMMIT) == 0) {
        r = add_all(l, git_object_id(commit), &l->err);
        git_object_free(commit);
    }
    git_reference_free(ref);
    return r;
}

static int add_refs(struct listing *l, struct err *err) {
    (void)git_reference_foreach(l->repository->git, add_ref, l);
    if (l->err.code) {
        *err = l->err;
    }
    return l->err.code;
}

static int bad_range(const char *range, struct err *err) {
    return err_set(err, ERR_USAGE, "'%s' is no range of commits: name one as in v1.0..main, or one commit",
                   range);
}

static int add_range(struct listing *l, const char *range, struct err *err) {
    git_revspec spec = {0};
    int code = strstr(range, ":") || strstr(range, "^{/") ? GIT_EINVALIDSPEC
                                                          : git_revparse(&spec, l->repository->git, range);
    int r = code == GIT_ENOTFOUND
                ? err_set(err, ERR_ABSENT, "%s: there is no such range of commits as '%s' in this repository",
                          l->repository->folder, range)
            : code < 0 || spec.flags & GIT_REVSPEC_MERGE_BASE ? bad_range(range, err)
                                                              : 0;
    if (r == 0 && spec.flags & GIT_REVSPEC_RANGE) {
        l->hides = true;
        r = add_object(l, spec.from, err);
        l->hides = false;
        r = r == 0 ? add_object(l, spec.to, err) : r;
    } else if (r == 0) {
        r = add_object(l, spec.from, err);
    }
    git_object_free(spec.from);
    git_object_free(spec.to);
    return r;
}

/* ---- their order: a heap of those whose parents are all in it */

static bool is_older(const struct commits *commits, uint32_t a, uint32_t b) {
    int64_t x = commits->p[a].time, y = commits->p[b].time;
    return x < y || (x == y && a > b); /* of one second: the one met later, as walks begin at the newest */
}

static void sift_up(const struct commits *commits, uint32_t *heap, size_t at) {
    while (at && is_older(commits, heap[at], heap[(at - 1) / 2])) {
        uint32_t above = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = heap[at];
        heap[at] = above;
        at = (at - 1) / 2;
    }
}

static uint32_t pop(const struct commits *commits, uint32_t *heap, size_t *n) {
    uint32_t first = heap[0];
    heap[0] = heap[--*n];
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < *n; child++) {
            least = is_older(commits, heap[child], heap[least]) ? child : least;
        }
        if (least == at) {
            return first;
        }
        uint32_t other = heap[least];
        heap[least] = heap[at];
        heap[at] = other;
        at = least;
    }
}

/* Children by parent, the edges the other way round: those of p are from starts[p + 1] up to starts[p + 2].
 */
static void turn_round(struct commits *commits, uint32_t *starts, uint32_t *children) {
    for (size_t i = 0; i < commits->n; i++) {
        struct listed_commit *commit = &commits->p[i];
        commit->waits_for = commit->parents_n;
        for (uint32_t k = 0; k < commit->parents_n; k++) {
            starts[commits->parents[commit->parents + k] + 1]++;
        }
    }
    for (size_t i = 0; i < commits->n; i++) {
        starts[i + 1] += starts[i];
    }
    starts[commits->n + 1] = (uint32_t)commits->parents_n;
    for (size_t i = commits->n; i-- > 0;) {
        const struct listed_commit *commit = &commits->p[i];
        for (uint32_t k = 0; k < commit->parents_n; k++) {
            children[--starts[commits->parents[commit->parents + k] + 1]] = (uint32_t)i;
        }
    }
}

static void arrange(struct commits *commits, const uint32_t *starts, const uint32_t *children,
                    uint32_t *heap) {
    size_t n = 0;
    for (size_t i = 0; i < commits->n; i++) {
        if (!commits->p[i].waits_for && !commits->p[i].is_hidden) {
            heap[n++] = (uint32_t)i;
            sift_up(commits, heap, n - 1);
        }
    }
    while (n) {
        uint32_t number = pop(commits, heap, &n);
        commits->order[commits->order_n++] = number;
        for (uint32_t i = starts[number + 1]; i < starts[number + 2]; i++) {
            if (--commits->p[children[i]].waits_for == 0) {
                heap[n++] = children[i];
                sift_up(commits, heap, n - 1);
            }
        }
    }
}

static int order(struct commits *commits, struct err *err) {
    size_t n = commits->n;
    _cleanup_(mem_freep) uint32_t *starts = mem_alloc_zero((n + 2) * sizeof *starts);
    _cleanup_(mem_freep) uint32_t *children = mem_alloc((commits->parents_n + 1) * sizeof *children);
    _cleanup_(mem_freep) uint32_t *heap = mem_alloc((n + 1) * sizeof *heap);
    commits->order = mem_alloc((n + 1) * sizeof *commits->order);
    if (!starts || !children || !heap || !commits->order) {
        return err_memory(err);
    }
    turn_round(commits, starts, children);
    arrange(commits, starts, children, heap);
    return 0;
}

int commits_list(struct repository *repository, const git_oid *head, const char *range, struct commits *out,
                 struct err *err) {
    struct listing l = {.repository = repository, .out = out};
    *out = (struct commits){0};
    int r = range[0] ? add_range(&l, range, err) : add_all(&l, head, err);
    r = r == 0 && !range[0] ? add_refs(&l, err) : r;
    r = r == 0 ? order(out, err) : r;
    out->is_shallow = out->missing && git_repository_is_shallow(repository->git) == 1;
    mem_free(l.stack);
    return r;
}

void commits_free(struct commits *commits) {
    mem_free(commits->p);
    mem_free(commits->parents);
    mem_free(commits->order);
    oid_table_free(&commits->known);
    *commits = (struct commits){0};
}
