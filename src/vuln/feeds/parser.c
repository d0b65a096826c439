#include "vuln/feeds/parser.h"

#include "base/limits.h"
#include "base/wire.h"
#include "source/stream/decoder.h"

static int send(struct feed_parser *p, enum feed_record kind) {
    return p->out.failed ? err_memory(p->err) : p->emit(p->context, kind, buf_view(&p->out), p->err);
}

int feed_send_problem(struct feed_parser *p, struct str member, const char *message) {
    buf_clear(&p->out);
    wire_str(&p->out, str_sub(member, 0, LIMIT_OSV_WORD));
    wire_str(&p->out, str_c(message));
    return send(p, FEED_PROBLEM);
}

int feed_report(struct feed_parser *p, struct str member, int code, const struct err *cause) {
    if (code == ERR_MEMORY) {
        return err_memory(p->err);
    }
    return feed_send_problem(p, member, cause->message);
}

int feed_send_advisory(struct feed_parser *p, struct osv_record *record) {
    osv_reduce(record);
    if (!p->keep_summary) {
        record->summary = STR_NONE;
    }
    buf_clear(&p->out);
    osv_encode(&p->out, record);
    return send(p, FEED_ADVISORY);
}

/* ---- packed feeds */

static int unpack(struct decoder *decoder, struct str bytes, struct buf *out, struct err *err) {
    enum { STEP = 1 << 18 };
    struct flow flow = {.in = (const unsigned char *)bytes.p, .in_n = bytes.n};
    int r = 0;
    while (r >= 0 && (flow.in_n || r == 0)) {
        flow.out = buf_room(out, STEP);
        flow.out_n = STEP;
        if (!flow.out) {
            return out->n + STEP > out->cap
                       ? err_set(err, ERR_LIMIT, "unpacks to more than %zu bytes", out->cap)
                       : err_memory(err);
        }
        size_t before = flow.in_n;
        r = decoder_step(decoder, &flow, err);
        out->n += STEP - flow.out_n;
        if (r == 0 && flow.in_n == before && flow.out_n == STEP) {
            return err_set(err, ERR_INPUT, "the packed data end early; fetch the file again");
        }
    }
    return MIN(r, 0);
}

int feed_unpack(struct str bytes, struct buf *room, struct str *out, struct err *err) {
    enum inflate_kind kind = inflate_kind_of(bytes);
    struct decoder *decoder = NULL;
    *out = bytes;
    if (kind == INFLATE_PLAIN) {
        return 0;
    }
    int r = decoder_open(&decoder, kind);
    if (r < 0) {
        return err_memory(err);
    }
    r = unpack(decoder, bytes, room, err);
    decoder_close(decoder);
    *out = buf_view(room);
    return r;
}

/* ---- drafts */

struct feed_draft feed_draft_new(struct str id) {
    return (struct feed_draft){.record = {.id = id, .score = -1}};
}

int feed_draft_upstream(struct feed_parser *p, struct feed_draft *draft, struct str id) {
    if (!id.n || id.n > LIMIT_OSV_WORD || draft->upstream.n == LIMIT_OSV_ALIASES) {
        return err_set(p->err, ERR_LIMIT, "an id of %zu bytes, or more than %d ids", id.n, LIMIT_OSV_ALIASES);
    }
    for (size_t i = 0; i < draft->upstream.n; i++) {
        if (str_eq(draft->upstream.p[i], id)) {
            return 0;
        }
    }
    struct str *slot = VEC_PUSH(&p->arena, &draft->upstream);
    if (!slot) {
        return err_memory(p->err);
    }
    *slot = id;
    return 0;
}

static int set_range(struct feed_parser *p, struct osv_affected *a, enum feed_status status,
                     struct str fixed) {
    struct range_event *events = arena_array(&p->arena, 2, sizeof *events);
    a->ranges = arena_array(&p->arena, 1, sizeof *a->ranges);
    if (!events || !a->ranges) {
        return err_memory(p->err);
    }
    events[0] = (struct range_event){RANGE_INTRODUCED, STR("0")};
    events[1] = (struct range_event){RANGE_FIXED, fixed};
    /* A range without events holds nothing. */
    size_t n = status == FEED_FIXED ? 2 : status == FEED_UNFIXED ? 1 : 0;
    a->ranges[0] = (struct range){RANGE_ECOSYSTEM, events, n};
    a->ranges_n = 1;
    return 0;
}

int feed_draft_add(struct feed_parser *p, struct feed_draft *draft, struct str ecosystem, struct str name,
                   enum feed_status status, struct str fixed) {
    if (!name.n || (status == FEED_FIXED && !fixed.n)) {
        return err_set(p->err, ERR_INPUT, "a package without a name or a repair without a version");
    }
    if (name.n > LIMIT_OSV_WORD || fixed.n > LIMIT_OSV_WORD || draft->affected.n == LIMIT_OSV_LIST) {
        return err_set(p->err, ERR_LIMIT, "a name or version too long, or too many of them");
    }
    struct osv_affected *a = VEC_PUSH(&p->arena, &draft->affected);
    if (!a) {
        return err_memory(p->err);
    }
    *a = (struct osv_affected){.ecosystem = ecosystem, .name = name};
    return status == FEED_UNDETERMINED ? 0 : set_range(p, a, status, fixed);
}

int feed_draft_send(struct feed_parser *p, struct feed_draft *draft) {
    struct osv_record *record = &draft->record;
    record->affected = draft->affected.p;
    record->affected_n = draft->affected.n;
    record->upstream = (struct osv_strings){draft->upstream.p, draft->upstream.n};
    return record->affected_n ? feed_send_advisory(p, record) : 0;
}

struct str feed_rpm_version(struct feed_parser *p, struct str epoch, struct str version, struct str release) {
    bool has_epoch = epoch.n && !str_eq(epoch, STR("0")) && !str_eq(epoch, STR("(none)"));
    return arena_strf(&p->arena, "%.*s%s%.*s-%.*s", has_epoch ? (int)epoch.n : 0, has_epoch ? epoch.p : "",
                      has_epoch ? ":" : "", STR_ARG(version), STR_ARG(release));
}

bool feed_next_element(struct str *rest, struct str open, struct str close, struct str *out) {
    ptrdiff_t start = str_find(*rest, open);
    struct str from = start < 0 ? STR_NONE : str_from(*rest, (size_t)start);
    ptrdiff_t end = str_find(from, close);
    if (start < 0 || end < 0) {
        return false;
    }
    *out = str_sub(from, 0, (size_t)end + close.n);
    *rest = str_from(from, out->n);
    return true;
}
