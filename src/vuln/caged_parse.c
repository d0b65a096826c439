#include "vuln/caged_parse.h"

#include "base/cage.h"
#include "base/limits.h"
#include "base/wire.h"

/* A feed of LIMIT_FEED unpacked beside one document of LIMIT_DOC_BYTES, and what the parent had. */
#define CHILD_MEMORY GIB

enum { STEP_SECONDS = 60, FLUSH_BYTES = 256 * 1024 };

/* ---- child */

struct sender {
    enum feed feed;
    bool keep_summary;
    struct str bytes;
    struct cage_port *port;
    struct buf out;
    uint64_t records;
};

static int flush_records(struct sender *s, struct err *err) {
    if (s->out.failed) {
        return err_memory(err);
    }
    int r = cage_port_write(s->port, buf_view(&s->out), err);
    buf_clear(&s->out);
    return r;
}

static int send_record(void *context, enum feed_record kind, struct str payload, struct err *err) {
    struct sender *s = context;
    size_t start = wire_begin(&s->out, (uint32_t)kind);
    buf_str(&s->out, payload);
    wire_end(&s->out, start);
    cage_port_step(s->port, ++s->records + 1);
    return s->out.failed || s->out.n >= FLUSH_BYTES ? flush_records(s, err) : 0;
}

static int parse_in_child(void *context, struct cage_port *port, struct err *err) {
    struct sender *s = context;
    s->port = port;
    s->out = buf_new(2 * LIMIT_RECORD);
    cage_port_step(port, 1);
    int r = parse_feed(s->feed, s->keep_summary, s->bytes, send_record, s, err);
    if (r == 0) {
        r = flush_records(s, err);
    }
    buf_free(&s->out);
    return r;
}

/* ---- parent */

/* Hands on the whole records at the front of what has arrived. */
static int take_records(struct cage *cage, feed_emit *emit, void *context, struct err *err) {
    struct str output = cage_output(cage);
    struct cursor in = cursor_over(output), payload;
    uint32_t kind;
    int r;
    while ((r = wire_next(&in, &kind, &payload)) == 1) {
        if (kind < FEED_ADVISORY || kind > FEED_CHANGE) {
            return err_set(err, ERR_INPUT, "the reader sent a record of unknown kind %u", kind);
        }
        r = emit(context, (enum feed_record)kind, cursor_take(&payload, cursor_left(&payload)), err);
        if (r < 0) {
            return r;
        }
    }
    if (r < 0) {
        return err_set(err, ERR_INPUT, "the reader sent a damaged record");
    }
    cage_drop(cage, output.n - cursor_left(&in));
    return 0;
}

int caged_parse(void *context, enum feed feed, bool keep_summary, struct str bytes, feed_emit *emit,
                void *emit_context, struct err *err) {
    struct sender sender = {.feed = feed, .keep_summary = keep_summary, .bytes = bytes};
    struct cage_job job = {.run = parse_in_child,
                           .ctx = &sender,
                           .is_open = context && *(const bool *)context,
                           .memory = CHILD_MEMORY,
                           .output_cap = 2 * LIMIT_RECORD,
                           .step_seconds = STEP_SECONDS};
    _cleanup_(cage_freep) struct cage *cage = NULL;
    int r = cage_start(&cage, &job, err);
    while (r == 0 && !cage_is_over(cage)) {
        cage_read(cage);
        r = take_records(cage, emit, emit_context, err);
    }
    if (r < 0) {
        return r;
    }
    if (cage_outcome(cage) != CAGE_DONE) {
        *err = *cage_err(cage);
        return err->code;
    }
    return cage_output(cage).n ? err_set(err, ERR_INPUT, "the reader's last record is cut") : 0;
}
