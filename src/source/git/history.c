#include "source/git/history.h"

#include "base/limits.h"
#include "source/git/client.h"

/* Sends what is in commit->record; the answer must be of that kind, or a GIT_DONE that says what is wrong. */
static int ask(struct commit *commit, int fd, enum git_message wanted, struct cursor *in, struct err *err) {
    uint32_t kind;
    int r = commit_send(commit, fd, err);
    r = r == 0 ? commit_receive(commit, &kind, in, err) : r;
    if (r == 0 && kind == GIT_DONE) {
        r = git_get_done(*in, err);
        return r < 0 ? r : err_set(err, ERR_INPUT, "plimsoll-git: a record out of turn");
    }
    return r == 0 && kind != wanted ? err_set(err, ERR_INPUT, "plimsoll-git: a record out of turn") : r;
}

static struct buf *begin(struct commit *commit) {
    buf_clear(&commit->record);
    return &commit->record;
}

int history_begin(struct commit *commit, struct str range, struct history *out, struct err *err) {
    struct cursor in;
    commit->batch = arena_new(64 * MIB);
    git_put_history(begin(commit), range);
    int r = ask(commit, -1, GIT_LISTED, &in, err);
    return r == 0 ? git_get_listed(in, out, err) : r;
}

/* Fewer than a record has bytes. */
enum { CONTENT_LEAST = 8 };

int history_next(struct commit *commit, struct history_content **contents, size_t *n, uint64_t *done,
                 struct err *err) {
    struct cursor in;
    bool has_more = false;
    git_put_next(begin(commit));
    int r = ask(commit, -1, GIT_CONTENTS, &in, err);
    r = r == 0 ? git_get_progress(&in, &has_more, done, err) : r;
    if (r < 0) {
        return r;
    }
    arena_reset(&commit->batch);
    struct history_content *all = arena_array(&commit->batch, LIMIT_PACKET / CONTENT_LEAST, sizeof *all);
    *contents = all;
    *n = 0;
    while (all && (r = git_get_content(&in, &all[*n], err)) == 1) {
        struct history_content *one = &all[*n];
        bool has_problem = one->problem.n > 0;
        one->path = arena_str(&commit->batch, one->path);
        one->problem = has_problem ? arena_str(&commit->batch, one->problem) : STR_NONE;
        if (!one->path.p || (has_problem && !one->problem.n)) {
            return err_memory(err);
        }
        ++*n;
    }
    return !all ? err_memory(err) : r < 0 ? r : *n || has_more;
}

int history_take(struct commit *commit, const unsigned char *wishes, int fd, struct history_content *contents,
                 size_t n, size_t *settled, struct err *err) {
    struct cursor in;
    git_put_take(begin(commit), wishes, n);
    int r = ask(commit, fd, GIT_TAKEN, &in, err);
    *settled = 0;
    while (r == 0 && *settled < n && (r = git_get_taken_one(&in, &contents[*settled], err)) == 1) {
        struct history_content *one = &contents[*settled];
        bool has_problem = one->problem.n > 0;
        one->problem = has_problem ? arena_str(&commit->batch, one->problem) : STR_NONE;
        ++*settled;
        r = has_problem && !one->problem.n ? err_memory(err) : 0;
    }
    return r == 0 && n && !*settled ? err_set(err, ERR_INPUT, "plimsoll-git: it came no further") : MIN(r, 0);
}

int history_fates(struct commit *commit, const unsigned char (*ids)[GIT_ID], struct history_fate *out,
                  size_t n, struct err *err) {
    struct cursor in;
    assert(n <= HISTORY_ASKED);
    struct buf *record = begin(commit);
    size_t start = wire_begin(record, GIT_FATES);
    for (size_t i = 0; i < n; i++) {
        buf_bytes(record, ids[i], GIT_ID);
    }
    wire_end(record, start);
    int r = ask(commit, -1, GIT_FATES, &in, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = git_get_fate(&in, &out[i], err);
        r = r == 1 ? 0 : r == 0 ? err_set(err, ERR_INPUT, "plimsoll-git: an answer is missing") : r;
    }
    return r;
}

int history_commits(struct commit *commit, const uint32_t *numbers, struct history_commit *out, size_t n,
                    struct arena *arena, struct err *err) {
    struct cursor in;
    assert(n <= HISTORY_ASKED);
    struct buf *record = begin(commit);
    size_t start = wire_begin(record, GIT_COMMITS);
    for (size_t i = 0; i < n; i++) {
        wire_u32(record, numbers[i]);
    }
    wire_end(record, start);
    int r = ask(commit, -1, GIT_COMMITS, &in, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = git_get_commit(&in, &out[i], err);
        r = r == 1 ? 0 : r == 0 ? err_set(err, ERR_INPUT, "plimsoll-git: an answer is missing") : r;
        out[i].author = arena_str(arena, out[i].author);
        r = r == 0 && !out[i].author.p ? err_memory(err) : r;
    }
    return r;
}
