#include "source/git/message.h"

static int damaged(struct err *err) {
    return err_set(err, ERR_INPUT, "plimsoll-git: malformed record");
}

static int check_end(const struct cursor *in, struct err *err) {
    return in->failed || cursor_left(in) ? damaged(err) : 0;
}

void git_put_open(struct buf *out, struct str folder, struct str revision) {
    size_t start = wire_begin(out, GIT_OPEN);
    wire_str(out, STR(PLIMSOLL_VERSION));
    wire_str(out, folder);
    wire_str(out, revision);
    wire_end(out, start);
}

int git_get_open(struct cursor in, struct str *folder, struct str *revision, struct err *err) {
    struct str version = wire_get_str(&in);
    *folder = wire_get_str(&in);
    *revision = wire_get_str(&in);
    if (!in.failed && !str_eq(version, STR(PLIMSOLL_VERSION))) {
        return err_set(err, ERR_UNSUPPORTED, "plimsoll-git is of version %s, plimsoll of %.*s",
                       PLIMSOLL_VERSION, STR_ARG(version));
    }
    return check_end(&in, err);
}

void git_put_opened(struct buf *out, struct str commit, bool has_folder) {
    size_t start = wire_begin(out, GIT_OPENED);
    wire_str(out, commit);
    wire_u8(out, has_folder);
    wire_end(out, start);
}

int git_get_opened(struct cursor in, struct str *commit, bool *has_folder, struct err *err) {
    *commit = wire_get_str(&in);
    *has_folder = cursor_u8(&in);
    return check_end(&in, err);
}

void git_put_blob(struct buf *out, const unsigned char id[GIT_ID]) {
    size_t start = wire_begin(out, GIT_BLOB);
    buf_bytes(out, id, GIT_ID);
    wire_end(out, start);
}

static void get_id(struct cursor *in, unsigned char id[GIT_ID]) {
    struct str bytes = cursor_take(in, GIT_ID);
    if (bytes.n == GIT_ID) {
        memcpy(id, bytes.p, GIT_ID);
    }
}

int git_get_blob(struct cursor in, unsigned char id[GIT_ID], struct err *err) {
    get_id(&in, id);
    return check_end(&in, err);
}

void git_put_done(struct buf *out, const struct err *err) {
    size_t start = wire_begin(out, GIT_DONE);
    wire_u32(out, (uint32_t)-err->code);
    wire_str(out, str_c(err->message));
    wire_end(out, start);
}

int git_get_done(struct cursor in, struct err *err) {
    uint32_t code = cursor_le32(&in);
    struct str message = wire_get_str(&in);
    int r = check_end(&in, err);
    if (r < 0 || code == 0) {
        return r;
    }
    bool is_known = code <= (uint32_t)-ERR_DENIED;
    return err_set(err, is_known ? (enum err_code) - (int)code : ERR_INPUT, "%.*s", STR_ARG(message));
}

void git_put_entry(struct buf *out, const struct commit_file *entry) {
    wire_str(out, entry->path);
    wire_u32(out, entry->mode);
    wire_u64(out, entry->size);
    buf_bytes(out, entry->id, GIT_ID);
    wire_str(out, entry->head);
    wire_str(out, entry->problem);
}

int git_get_entry(struct cursor *in, struct commit_file *out, struct err *err) {
    if (!in->failed && !cursor_left(in)) {
        return 0;
    }
    *out = (struct commit_file){.path = wire_get_str(in)};
    out->mode = cursor_le32(in);
    out->size = cursor_le64(in);
    get_id(in, out->id);
    out->head = wire_get_str(in);
    out->problem = wire_get_str(in);
    return in->failed ? damaged(err) : 1;
}

/* ---- the history */

void git_put_history(struct buf *out, struct str range) {
    size_t start = wire_begin(out, GIT_HISTORY);
    wire_str(out, range);
    wire_end(out, start);
}

int git_get_history(struct cursor in, struct str *range, struct err *err) {
    *range = wire_get_str(&in);
    return check_end(&in, err);
}

void git_put_listed(struct buf *out, const struct history *history) {
    size_t start = wire_begin(out, GIT_LISTED);
    wire_u64(out, history->commits);
    wire_u64(out, history->missing);
    wire_u8(out, history->is_shallow);
    wire_u8(out, history->is_cut);
    wire_end(out, start);
}

int git_get_listed(struct cursor in, struct history *out, struct err *err) {
    *out = (struct history){.commits = cursor_le64(&in), .missing = cursor_le64(&in)};
    out->is_shallow = cursor_u8(&in);
    out->is_cut = cursor_u8(&in);
    return check_end(&in, err);
}

void git_put_next(struct buf *out) {
    wire_end(out, wire_begin(out, GIT_NEXT));
}

void git_put_progress(struct buf *out, bool has_more, uint64_t done) {
    wire_u8(out, has_more);
    wire_u64(out, done);
}

int git_get_progress(struct cursor *in, bool *has_more, uint64_t *done, struct err *err) {
    *has_more = cursor_u8(in);
    *done = cursor_le64(in);
    return in->failed ? damaged(err) : 0;
}

void git_put_content(struct buf *out, const struct history_content *content) {
    wire_str(out, content->path);
    buf_bytes(out, content->id, GIT_ID);
    wire_u8(out, content->is_in_head);
    wire_str(out, content->problem);
}

int git_get_content(struct cursor *in, struct history_content *out, struct err *err) {
    if (!in->failed && !cursor_left(in)) {
        return 0;
    }
    *out = (struct history_content){.path = wire_get_str(in)};
    get_id(in, out->id);
    out->is_in_head = cursor_u8(in);
    out->problem = wire_get_str(in);
    return in->failed ? damaged(err) : 1;
}

void git_put_take(struct buf *out, const unsigned char *wishes, size_t n) {
    size_t start = wire_begin(out, GIT_TAKE);
    buf_bytes(out, wishes, n);
    wire_end(out, start);
}

void git_put_taken_one(struct buf *out, uint64_t size, bool is_written, struct str problem) {
    wire_u64(out, size);
    wire_u8(out, is_written);
    wire_str(out, problem);
}

int git_get_taken_one(struct cursor *in, struct history_content *out, struct err *err) {
    if (!in->failed && !cursor_left(in)) {
        return 0;
    }
    out->size = cursor_le64(in);
    out->is_written = cursor_u8(in);
    out->problem = wire_get_str(in);
    return in->failed ? damaged(err) : 1;
}

void git_put_fate(struct buf *out, const struct history_fate *fate) {
    wire_u8(out, fate->is_known);
    wire_u32(out, fate->first);
    wire_u32(out, fate->removed);
    wire_u8(out, fate->is_removed);
    wire_u8(out, fate->is_in_head);
}

int git_get_fate(struct cursor *in, struct history_fate *out, struct err *err) {
    if (!in->failed && !cursor_left(in)) {
        return 0;
    }
    *out = (struct history_fate){.is_known = cursor_u8(in)};
    out->first = cursor_le32(in);
    out->removed = cursor_le32(in);
    out->is_removed = cursor_u8(in);
    out->is_in_head = cursor_u8(in);
    return in->failed ? damaged(err) : 1;
}

void git_put_commit(struct buf *out, const struct history_commit *commit) {
    buf_bytes(out, commit->id, GIT_ID);
    wire_u64(out, (uint64_t)commit->time);
    wire_str(out, commit->author);
}

int git_get_commit(struct cursor *in, struct history_commit *out, struct err *err) {
    if (!in->failed && !cursor_left(in)) {
        return 0;
    }
    *out = (struct history_commit){0};
    get_id(in, out->id);
    out->time = (int64_t)cursor_le64(in);
    out->author = wire_get_str(in);
    return in->failed ? damaged(err) : 1;
}

int git_get_id(struct cursor *in, unsigned char id[GIT_ID], struct err *err) {
    if (!in->failed && !cursor_left(in)) {
        return 0;
    }
    get_id(in, id);
    return in->failed ? damaged(err) : 1;
}

int git_get_number(struct cursor *in, uint32_t *number, struct err *err) {
    if (!in->failed && !cursor_left(in)) {
        return 0;
    }
    *number = cursor_le32(in);
    return in->failed ? damaged(err) : 1;
}
