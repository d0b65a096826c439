/* A review, and the mending of a file, in the cage: the answer as a record. */
#include "base/cage.h"
#include "base/limits.h"
#include "base/wire.h"
#include "policy/review.h"
#include "policy/review_parts.h"

enum { REVIEW_MEMORY = 1024, REVIEW_SECONDS = 20 };

static int call(struct arena *arena, int (*run)(void *ctx, struct cage_port *port, struct err *err),
                void *ctx, struct cursor *in, struct err *err) {
    _cleanup_(buf_free) struct buf out = buf_new(2 * LIMIT_DOC_BYTES);
    const struct cage_job job = {.run = run,
                                 .ctx = ctx,
                                 .memory = REVIEW_MEMORY * MIB,
                                 .output_cap = 2 * LIMIT_DOC_BYTES,
                                 .stall_seconds = REVIEW_SECONDS};
    int r = cage_call(&job, &out, err);
    if (r < 0) {
        return r;
    }
    struct str kept = arena_str(arena, buf_view(&out));
    if (!kept.p) {
        return err_memory(err);
    }
    *in = cursor_over(kept);
    return 0;
}

static int damaged(struct err *err) {
    return err_set(err, ERR_INPUT, "the reader's answer is damaged");
}

static size_t index_of(const struct review_request *request, const struct check *check) {
    for (size_t i = 0; i < request->checks_n; i++) {
        if (request->checks[i] == check) {
            return i;
        }
    }
    return request->checks_n;
}

/* ---- a review */

struct review_job {
    const struct review_request *request;
};

static void put_fix(struct buf *out, const struct fix *fix) {
    wire_uvarint(out, fix->n);
    for (size_t i = 0; i < fix->n; i++) {
        wire_u64(out, fix->edits[i].span.from);
        wire_u64(out, fix->edits[i].span.to);
        wire_str(out, fix->edits[i].text);
    }
}

static void put_finding(struct buf *out, const struct review_request *request,
                        const struct review_finding *finding) {
    wire_u64(out, index_of(request, finding->check));
    wire_u8(out, finding->is_undecided);
    wire_str(out, finding->message);
    wire_str(out, finding->reason);
    wire_str(out, finding->item);
    wire_u64(out, finding->span.from);
    wire_u64(out, finding->span.to);
    wire_u32(out, finding->line);
    put_fix(out, &finding->fix);
}

static int review_there(void *ctx, struct cage_port *port, struct err *err) {
    const struct review_job *job = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf out = buf_new(2 * LIMIT_DOC_BYTES);
    struct review review;
    int r = review_text(&arena, job->request, &review, err);
    if (r < 0) {
        return r;
    }
    wire_u8(&out, review.is_cut);
    wire_u32(&out, (uint32_t)-review.code);
    wire_str(&out, review.problem);
    wire_u32(&out, review.at.line);
    wire_u32(&out, review.at.column);
    wire_uvarint(&out, review.findings.n);
    for (size_t i = 0; i < review.findings.n; i++) {
        put_finding(&out, job->request, &review.findings.p[i]);
    }
    return out.failed ? err_memory(err) : cage_port_write(port, buf_view(&out), err);
}

static bool get_span(struct cursor *in, size_t size, struct doc_span *out) {
    out->from = cursor_le64(in);
    out->to = cursor_le64(in);
    return out->from <= out->to && out->to <= size;
}

/* Spans are within a text of size bytes: nothing that comes out of the cage is believed. */
static int get_fix(struct arena *arena, struct cursor *in, size_t size, struct fix *out, struct err *err) {
    uint64_t n = cursor_uvarint(in);
    if (n > cursor_left(in)) {
        return damaged(err);
    }
    struct edit *edits = arena_array(arena, (size_t)n, sizeof *edits);
    if (!edits) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        if (!get_span(in, size, &edits[i].span)) {
            return damaged(err);
        }
        edits[i].text = wire_get_str(in);
    }
    *out = (struct fix){edits, (size_t)n};
    return 0;
}

static int get_finding(struct arena *arena, const struct review_request *request, struct cursor *in,
                       struct review_finding *out, struct err *err) {
    uint64_t check = cursor_le64(in);
    if (check >= request->checks_n) {
        return damaged(err);
    }
    out->check = request->checks[check];
    out->is_undecided = cursor_u8(in);
    out->message = wire_get_str(in);
    out->reason = wire_get_str(in);
    out->item = wire_get_str(in);
    bool is_there = get_span(in, request->in.text.n, &out->span);
    out->line = cursor_le32(in);
    return is_there ? get_fix(arena, in, request->in.text.n, &out->fix, err) : damaged(err);
}

static int get_review(struct arena *arena, const struct review_request *request, struct cursor *in,
                      struct review *out, struct err *err) {
    out->is_cut = cursor_u8(in);
    out->code = -(int)(cursor_le32(in) & INT32_MAX);
    out->problem = wire_get_str(in);
    out->at.line = cursor_le32(in);
    out->at.column = cursor_le32(in);
    uint64_t n = cursor_uvarint(in);
    if (n > LIMIT_REVIEW_FINDINGS) {
        return damaged(err);
    }
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct review_finding *finding = VEC_PUSH(arena, &out->findings);
        r = finding ? get_finding(arena, request, in, finding, err) : err_memory(err);
    }
    return r == 0 && in->failed ? damaged(err) : r;
}

int review_in_cage(struct arena *arena, const struct review_request *request, struct review *out,
                   struct err *err) {
    struct review_job job = {request};
    struct cursor in;
    *out = (struct review){0};
    int r = call(arena, review_there, &job, &in, err);
    return r == 0 ? get_review(arena, request, &in, out, err) : r;
}

/* ---- mending */

struct mend_job {
    const struct review_request *request;
    fix_wanted *is_wanted;
    void *ctx;
    struct review_comments comments;
    const char *read; /* the text that comments were read from */
};

static bool is_wanted_still(void *ctx, const struct fix_text *now, const struct resources *set,
                            const struct outcome *outcome) {
    struct mend_job *job = ctx;
    if (job->read != now->text.p) {
        job->read = now->text.p;
        if (review_read_comments(&job->comments, now, set, NULL) < 0) {
            job->read = NULL;
            return false;
        }
    }
    return !review_is_set_aside(&job->comments, outcome) && job->is_wanted(job->ctx, now, set, outcome);
}

static int mend_there(void *ctx, struct cage_port *port, struct err *err) {
    struct mend_job *job = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(4 * LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf out = buf_new(2 * LIMIT_DOC_BYTES);
    const struct review_request *request = job->request;
    struct fix_result result;
    job->comments = (struct review_comments){&arena, request->honours_others, request->now, {0}};
    int r = fix_file(&arena, &request->in, request->checks, request->checks_n, is_wanted_still, job, &result,
                     err);
    if (r < 0) {
        return r;
    }
    wire_str(&out, result.text);
    wire_uvarint(&out, result.mended.n);
    for (size_t i = 0; i < result.mended.n; i++) {
        const struct fix_mended *mended = &result.mended.p[i];
        wire_u64(&out, index_of(request, mended->check));
        wire_str(&out, mended->item);
        wire_u32(&out, mended->at.line);
        wire_u32(&out, mended->at.column);
        wire_u32(&out, mended->round);
    }
    return out.failed ? err_memory(err) : cage_port_write(port, buf_view(&out), err);
}

static int get_mended(struct arena *arena, const struct review_request *request, struct cursor *in,
                      struct fix_result *out, struct err *err) {
    out->text = wire_get_str(in);
    uint64_t n = cursor_uvarint(in);
    for (uint64_t i = 0; i < n && !in->failed; i++) {
        struct fix_mended *mended = VEC_PUSH(arena, &out->mended);
        uint64_t check = cursor_le64(in);
        if (!mended || check >= request->checks_n) {
            return mended ? damaged(err) : err_memory(err);
        }
        mended->check = request->checks[check];
        mended->item = wire_get_str(in);
        mended->at.line = cursor_le32(in);
        mended->at.column = cursor_le32(in);
        mended->round = cursor_le32(in);
    }
    return in->failed ? damaged(err) : 0;
}

int review_mend(struct arena *arena, const struct review_request *request, fix_wanted *is_wanted, void *ctx,
                struct fix_result *out, struct err *err) {
    struct mend_job job = {.request = request, .is_wanted = is_wanted, .ctx = ctx};
    struct cursor in;
    *out = (struct fix_result){.text = request->in.text};
    int r = call(arena, mend_there, &job, &in, err);
    return r == 0 ? get_mended(arena, request, &in, out, err) : r;
}
