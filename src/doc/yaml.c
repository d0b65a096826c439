/* Before base/banned.h, because it names alloca. */
#include <libfyaml.h>

#include "doc/yaml.h"

#include "base/limits.h"
#include "base/map.h"
#include "doc/build.h"
#include "doc/text.h"
#include "doc/yaml_comments.h"
#include "doc/yaml_scalar.h"
#include "doc/yaml_source.h"

/* A node that has an anchor; NULL while it is still open, when an alias to it would be a cycle. */
struct anchor {
    const struct doc *node;
    struct str text; /* of a scalar, should an alias stand as key */
    unsigned height;
};

/* A list or map that is open. */
struct frame {
    enum doc_kind kind;
    struct doc_place at;
    size_t from;   /* its first byte */
    size_t base;   /* of its items or members on the parser's stacks */
    size_t merges; /* of its merge values, likewise */
    unsigned
        height; /* of the highest value in it: shared nodes may be higher than they are deep in the text */
    struct str tag;
    struct anchor *anchor;
    bool has_key, is_merge; /* a key waits for its value; the key is "<<" */
    struct doc_member member;
};

struct parser {
    struct arena *arena;
    struct arena scratch; /* stacks, anchors, lines */
    struct text t;
    enum yaml_reading reading;
    VEC(uint32_t) lines; /* offset of each line's first byte */
    VEC(struct frame) frames;
    VEC(struct doc_member) members;
    VEC(const struct doc *) items;
    VEC(const struct doc *) merges;
    VEC(const struct doc *) docs;
    struct map anchors; /* name to struct anchor *, of the present document */
    size_t merged;
    struct doc_place last; /* of the newest event that had a place */
    size_t from, end;      /* its first byte; where the newest token with text ended */
    VEC(struct doc_place) starts;
    VEC(struct yaml_extent) extents; /* of the scalars */
    struct yaml_source source;
    struct err *err;
};

/* ---- places and errors ---- */

static size_t count_flow_bytes(struct str line) {
    size_t n = 0;
    for (size_t i = 0; i < line.n; i++) {
        char c = line.p[i];
        n += c == ',' || c == '[' || c == '{' || c == ']' || c == '}';
    }
    return n;
}

/* The characters that YAML 1.2.2 section 5.1 allows nowhere, not even in quotes: C0 but tab and line ends. */
static int check_controls(const struct text *t, struct err *err) {
    struct text at = *t;
    for (const char *p = t->p; p < t->end; p++) {
        if ((unsigned char)*p < ' ' && *p != '\t' && *p != '\n' && *p != '\r') {
            text_advance(&at, p);
            return doc_error(err, ERR_INPUT, text_place(&at, p), "byte 0x%02x must be escaped",
                             (unsigned char)*p);
        }
    }
    return 0;
}

/* Notes where each line begins, and refuses what libfyaml has no bounds for. */
static int find_lines(struct parser *y) {
    size_t tag_lines = 0;
    struct str rest = text_rest(&y->t), line;
    while (str_split(&rest, '\n', &line)) {
        uint32_t *start = VEC_PUSH(&y->scratch, &y->lines);
        if (!start) {
            return err_memory(y->err);
        }
        *start = (uint32_t)(line.p - y->t.p);
        tag_lines += str_starts(line, STR("%TAG"));
        if (tag_lines > LIMIT_YAML_TAG_LINES) {
            return doc_error(y->err, ERR_LIMIT, (struct doc_place){(uint32_t)y->lines.n, 1},
                             "more than %u %%TAG lines", (unsigned)LIMIT_YAML_TAG_LINES);
        }
        if (line.n > LIMIT_YAML_FLOW_LINE && count_flow_bytes(line) > LIMIT_YAML_FLOW_LINE) {
            return doc_error(y->err, ERR_LIMIT, (struct doc_place){(uint32_t)y->lines.n, 1},
                             "more than %u commas and brackets in one line", (unsigned)LIMIT_YAML_FLOW_LINE);
        }
    }
    return 0;
}

static struct doc_place place_of(const struct parser *y, size_t offset) {
    size_t low = 0, high = y->lines.n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (y->lines.p[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (struct doc_place){(uint32_t)low + 1, (uint32_t)(offset - y->lines.p[low]) + 1};
}

static bool is_quoted(struct fy_event *event) {
    enum fy_scalar_style style =
        event->type == FYET_SCALAR ? fy_token_scalar_style(event->scalar.value) : FYSS_ANY;
    return style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
}

/* libfyaml's marks of quoted scalars and aliases leave out the quotes and the "*". */
static struct doc_place event_place(struct parser *y, struct fy_event *event) {
    const struct fy_mark *mark = fy_event_start_mark(event), *end = fy_event_end_mark(event);
    bool is_late = event->type == FYET_ALIAS || is_quoted(event);
    if (mark) {
        y->from = mark->input_pos - (mark->input_pos > 0 && is_late);
        y->last = place_of(y, y->from);
    }
    if (mark && end && (end->input_pos > mark->input_pos || is_quoted(event))) {
        y->end = MAX(y->end, end->input_pos + is_quoted(event));
    }
    return y->last;
}

/* Notes where a scalar stands, and how long it is. */
static int note_extent(struct parser *y, struct fy_event *event, uint32_t *length) {
    struct yaml_extent extent;
    *length = 0;
    if (!yaml_scalar_extent(event, (size_t)(y->t.end - y->t.p), &extent)) {
        return 0;
    }
    extent.from -= is_quoted(event) && extent.from > 0;
    extent.to += is_quoted(event);
    *length = (uint32_t)(extent.to - extent.from);
    struct yaml_extent *slot = *length ? VEC_PUSH(&y->scratch, &y->extents) : &extent;
    if (!slot) {
        return err_memory(y->err);
    }
    *slot = extent;
    return 0;
}

static int wrong(const struct parser *y, struct doc_place at, const char *why) {
    return doc_error(y->err, ERR_INPUT, at, "%s", why);
}

static int too_deep(const struct parser *y, struct doc_place at) {
    return doc_error(y->err, ERR_LIMIT, at, "nested more than %u deep", (unsigned)LIMIT_DOC_DEPTH);
}

/* libfyaml says line and column from 1; the column counts characters there. */
static int parser_error(const struct parser *y) {
    void *iterator = NULL;
    const struct fy_diag_error *first = fy_diag_errors_iterate(y->source.diag, &iterator);
    if (!first || !first->msg) {
        return fy_parser_get_stream_error(y->source.fy)
                   ? wrong(y, y->last, "libfyaml can't read on from here")
                   : err_memory(y->err);
    }
    struct doc_place at = {(uint32_t)MAX(first->line, 1), (uint32_t)MAX(first->column, 1)};
    return wrong(y, at, first->msg);
}

/* ---- text of tokens ---- */

static struct str token_text(struct fy_token *token) {
    size_t n = 0;
    const char *p = token ? fy_token_get_text(token, &n) : NULL;
    return p ? str_n(p, n) : STR_NONE;
}

/* A copy in the arena; p is NULL when there is no memory. */
static struct str keep(struct parser *y, struct str s) {
    return s.n ? arena_str(y->arena, s) : STR("");
}

/* A break with the white space around it, from p on: a space, or the breaks behind the first (YAML 1.2,
 * 6.5). Gives where the next line's text begins. */
static size_t fold_lines(struct str raw, size_t p, char *text, size_t *n) {
    size_t breaks = 0;
    for (; p < raw.n && (str_find_byte(STR(" \t\r\n"), raw.p[p]) >= 0); p++) {
        bool is_pair = raw.p[p] == '\r' && p + 1 < raw.n && raw.p[p + 1] == '\n';
        breaks += (raw.p[p] == '\n' || raw.p[p] == '\r') && !is_pair;
    }
    while (*n > 0 && (text[*n - 1] == ' ' || text[*n - 1] == '\t')) {
        (*n)--;
    }
    if (breaks == 1) {
        text[(*n)++] = ' ';
    }
    for (; breaks > 1; breaks--) {
        text[(*n)++] = '\n';
    }
    return p;
}

/* The text of a scalar in single quotes, decoded here: libfyaml 0.7.12 leaks memory on those with several
 * quotes in them, and gives freed memory when they stand on several lines. False for all others. */
static bool decode_single_quoted(struct parser *y, struct fy_token *token, struct str *out) {
    const struct fy_mark *start = fy_token_start_mark(token), *end = fy_token_end_mark(token);
    if (fy_token_scalar_style(token) != FYSS_SINGLE_QUOTED || !start || !end ||
        end->input_pos < start->input_pos) {
        return false;
    }
    struct str raw =
        str_sub(str_from(text_rest(&y->t), start->input_pos), 0, end->input_pos - start->input_pos);
    char *text = arena_alloc(y->arena, raw.n);
    size_t n = 0;
    for (size_t i = 0; text && i < raw.n;) {
        if (raw.p[i] == '\n' || raw.p[i] == '\r') {
            i = fold_lines(raw, i, text, &n);
            continue;
        }
        text[n++] = raw.p[i];
        i += raw.p[i] == '\'' ? 2 : 1;
    }
    *out = str_n(text, n);
    return true;
}

/* A scalar's text in the arena; p is NULL when there is no memory. */
static struct str scalar_text(struct parser *y, struct fy_token *token) {
    struct str text;
    return token && decode_single_quoted(y, token, &text) ? text : keep(y, token_text(token));
}

/* The whole tag; "!" alone says no more than quotes do. */
static struct str tag_of(struct fy_event *event) {
    return token_text(fy_event_get_tag_token(event));
}

static bool is_own_tag(struct str tag) {
    return tag.n > 1 && tag.p[0] == '!';
}

/* ---- anchors ---- */

/* A fresh anchor for the node that the event begins, *out NULL when it has none. */
static int open_anchor(struct parser *y, struct fy_event *event, struct anchor **out) {
    struct fy_token *token = fy_event_get_anchor_token(event);
    *out = NULL;
    if (!token) {
        return 0;
    }
    struct str name = arena_str(&y->scratch, token_text(token));
    struct anchor *anchor = name.p ? arena_alloc(&y->scratch, sizeof *anchor) : NULL;
    uint64_t *slot = anchor ? map_put(&y->anchors, name, NULL) : NULL;
    if (!slot) {
        return err_memory(y->err);
    }
    *slot = (uint64_t)(uintptr_t)anchor;
    *out = anchor;
    return 0;
}

static void close_anchor(struct anchor *anchor, const struct doc *node, struct str text, unsigned height) {
    if (anchor) {
        *anchor = (struct anchor){node, text, height};
    }
}

/* ---- putting values where they belong ---- */

static struct frame *top(const struct parser *y) {
    return y->frames.n ? &y->frames.p[y->frames.n - 1] : NULL;
}

static int push(struct parser *y, void **array, size_t *n, size_t *cap, const struct doc *d) {
    const struct doc **slot = arena_push(&y->scratch, array, n, cap, sizeof(struct doc *));
    if (!slot) {
        return err_memory(y->err);
    }
    *slot = d;
    return 0;
}
#define PUSH(y, vec, d) push((y), (void **)&(vec)->p, &(vec)->n, &(vec)->cap, (d))

static int put_merge(struct parser *y, const struct doc *d) {
    for (size_t i = 0; doc_is(d, DOC_LIST) && i < d->list.n; i++) {
        if (!doc_is(d->list.items[i], DOC_MAP)) {
            return wrong(y, d->list.items[i]->at, "\"<<\" wants maps in its list");
        }
        int rc = PUSH(y, &y->merges, d->list.items[i]);
        if (rc < 0) {
            return rc;
        }
    }
    if (doc_is(d, DOC_LIST)) {
        return 0;
    }
    return doc_is(d, DOC_MAP) ? PUSH(y, &y->merges, d)
                              : wrong(y, d->at, "\"<<\" wants a map or a list of maps");
}

static int put_member(struct parser *y, struct frame *frame, const struct doc *d) {
    frame->has_key = false;
    if (frame->is_merge) {
        return put_merge(y, d);
    }
    struct doc_member *slot = VEC_PUSH(&y->scratch, &y->members);
    if (!slot) {
        return err_memory(y->err);
    }
    *slot = frame->member;
    slot->value = d;
    return 0;
}

/* A finished value, height levels high. */
static int put_value(struct parser *y, const struct doc *d, unsigned height, struct doc_place at) {
    struct frame *frame = top(y);
    if (y->frames.n + height > LIMIT_DOC_DEPTH) {
        return too_deep(y, at);
    }
    if (!frame) {
        return PUSH(y, &y->docs, d);
    }
    frame->height = MAX(frame->height, height);
    return frame->kind == DOC_LIST ? PUSH(y, &y->items, d) : put_member(y, frame, d);
}

static bool wants_key(const struct parser *y) {
    const struct frame *frame = top(y);
    return frame && frame->kind == DOC_MAP && !frame->has_key;
}

static int put_key(struct parser *y, struct str key, struct doc_place at, bool is_merge) {
    struct frame *frame = top(y);
    if (!key.p) {
        return err_memory(y->err);
    }
    frame->has_key = true;
    frame->is_merge = is_merge;
    frame->member = (struct doc_member){key, at, NULL};
    return 0;
}

/* ---- scalars and aliases ---- */

/* {"!Tag": value}, where tags are kept. */
static int wrap(struct parser *y, struct str tag, const struct doc **d, unsigned *height) {
    if (y->reading != YAML_TAGGED || !is_own_tag(tag)) {
        return 0;
    }
    struct doc_member member = {keep(y, tag), (*d)->at, *d};
    *d = member.key.p ? doc_new_map(y->arena, (*d)->at, &member, 1, NULL) : NULL;
    ++*height;
    return *d ? 0 : err_memory(y->err);
}

static int new_scalar(struct parser *y, struct str text, struct str tag, bool is_plain, struct doc_place at,
                      struct doc **out) {
    struct doc *d = doc_new(y->arena, DOC_NULL, at);
    *out = d;
    if (!d) {
        return err_memory(y->err);
    }
    if (y->reading == YAML_KUBERNETES && is_plain && !tag.n && yaml_scalar_resolve_1_1(d, text)) {
        return 0;
    }
    switch (yaml_scalar_resolve(y->arena, d, text, tag, is_plain)) {
    case YAML_SCALAR_WRONG:
        return doc_error(y->err, ERR_INPUT, at, "the value is no %.*s", STR_ARG(str_from(tag, 18)));
    case YAML_SCALAR_NO_MEMORY:
        return err_memory(y->err);
    case YAML_SCALAR_OK:
        break;
    }
    return 0;
}

static int on_scalar(struct parser *y, struct fy_event *event) {
    struct doc_place at = event_place(y, event);
    bool is_plain = fy_token_scalar_style(event->scalar.value) == FYSS_PLAIN;
    struct str text = scalar_text(y, event->scalar.value), tag = tag_of(event);
    struct anchor *anchor;
    struct doc *scalar;
    uint32_t length;
    unsigned height = 0;
    int rc = text.p ? open_anchor(y, event, &anchor) : err_memory(y->err);
    rc = rc < 0 ? rc : new_scalar(y, text, tag, is_plain, at, &scalar);
    rc = rc < 0 ? rc : note_extent(y, event, &length);
    if (rc < 0) {
        return rc;
    }
    doc_set_length(scalar, length);
    const struct doc *d = scalar;
    if (wants_key(y)) {
        close_anchor(anchor, d, text, height);
        return put_key(y, text, at, is_plain && tag.n == 0 && str_eq(text, STR("<<")));
    }
    rc = wrap(y, tag, &d, &height);
    if (rc < 0) {
        return rc;
    }
    close_anchor(anchor, d, text, height);
    return put_value(y, d, height, at);
}

static int on_alias(struct parser *y, struct fy_event *event) {
    struct doc_place at = event_place(y, event);
    struct str name = token_text(event->alias.anchor);
    const uint64_t *slot = map_get(&y->anchors, name);
    if (!slot) {
        return doc_error(y->err, ERR_INPUT, at, "alias \"*%.*s\" has no anchor in front of it",
                         (int)MIN(name.n, (size_t)80), name.p ? name.p : "");
    }
    const struct anchor *anchor = (const struct anchor *)(uintptr_t)*slot;
    if (!anchor->node) {
        return doc_error(y->err, ERR_INPUT, at, "alias \"*%.*s\" stands inside its own anchor",
                         (int)MIN(name.n, (size_t)80), name.p);
    }
    if (!wants_key(y)) {
        return put_value(y, anchor->node, anchor->height, at);
    }
    return anchor->text.p ? put_key(y, anchor->text, at, false) : wrong(y, at, "a list or map as key");
}

/* ---- lists and maps ---- */

static int on_start(struct parser *y, struct fy_event *event, enum doc_kind kind) {
    struct doc_place at = event_place(y, event);
    if (wants_key(y)) {
        return wrong(y, at, "a list or map as key");
    }
    if (y->frames.n >= LIMIT_DOC_DEPTH) {
        return too_deep(y, at);
    }
    struct frame frame = {.kind = kind,
                          .at = at,
                          .from = y->from,
                          .base = kind == DOC_LIST ? y->items.n : y->members.n,
                          .merges = y->merges.n,
                          .tag = keep(y, tag_of(event))};
    int rc = frame.tag.p ? open_anchor(y, event, &frame.anchor) : err_memory(y->err);
    if (rc < 0) {
        return rc;
    }
    struct frame *slot = VEC_PUSH(&y->scratch, &y->frames);
    if (!slot) {
        return err_memory(y->err);
    }
    *slot = frame;
    return 0;
}

/* Takes the frame off and puts its node where it belongs. */
static int close_frame(struct parser *y, struct doc *list_or_map) {
    struct frame frame = *top(y);
    unsigned height = frame.height + 1;
    y->frames.n--;
    if (!list_or_map) {
        return err_memory(y->err);
    }
    doc_set_length(list_or_map, (size_t)(MAX(y->end, frame.from) - frame.from));
    const struct doc *d = list_or_map;
    int rc = wrap(y, frame.tag, &d, &height);
    if (rc < 0) {
        return rc;
    }
    close_anchor(frame.anchor, d, STR_NONE, height);
    return put_value(y, d, height, frame.at);
}

static int on_list_end(struct parser *y) {
    size_t base = top(y)->base, n = y->items.n - base;
    struct doc *d = doc_new_list(y->arena, top(y)->at, n ? y->items.p + base : NULL, n);
    y->items.n = base;
    return close_frame(y, d);
}

static bool push_members(struct parser *y, const struct doc *map) {
    for (size_t i = 0; i < map->map.n; i++) {
        struct doc_member *slot = VEC_PUSH(&y->scratch, &y->members);
        if (!slot) {
            return false;
        }
        *slot = map->map.members[i];
    }
    return true;
}

/* The merged members in front of own, the last source first: later members win in doc_new_map(), so the map's
 * own come first in rank and the sources in their order. */
static int merge(struct parser *y, const struct frame *frame, const struct doc *own, struct doc **out) {
    size_t base = y->members.n;
    for (size_t s = y->merges.n; s > frame->merges; s--) {
        const struct doc *source = y->merges.p[s - 1];
        y->merged += source->map.n;
        if (y->merged > LIMIT_YAML_MERGED) {
            return doc_error(y->err, ERR_LIMIT, frame->at, "merge keys copy more than %u members",
                             (unsigned)LIMIT_YAML_MERGED);
        }
        if (!push_members(y, source)) {
            return err_memory(y->err);
        }
    }
    if (!push_members(y, own)) {
        return err_memory(y->err);
    }
    size_t n = y->members.n - base;
    *out = doc_new_map(y->arena, frame->at, n ? y->members.p + base : NULL, n, NULL);
    y->members.n = base;
    y->merges.n = frame->merges;
    return *out ? 0 : err_memory(y->err);
}

static int on_map_end(struct parser *y) {
    const struct frame *frame = top(y);
    size_t n = y->members.n - frame->base;
    const struct doc_member *duplicate, *members = n ? y->members.p + frame->base : NULL;
    struct doc *d = doc_new_map(y->arena, frame->at, members, n, &duplicate);
    if (duplicate) {
        return doc_error(y->err, ERR_INPUT, duplicate->at, "key \"%.*s\" stands twice in one map",
                         (int)MIN(duplicate->key.n, (size_t)80), duplicate->key.p);
    }
    y->members.n = frame->base;
    if (d && y->merges.n > frame->merges) {
        int rc = merge(y, frame, d, &d);
        if (rc < 0) {
            return rc;
        }
    }
    return close_frame(y, d);
}

/* ---- the stream ---- */

static int on_document(struct parser *y, struct fy_event *event) {
    struct doc_place *start = VEC_PUSH(&y->scratch, &y->starts);
    if (!start) {
        return err_memory(y->err);
    }
    *start = event_place(y, event);
    y->anchors = map_new(&y->scratch);
    return 0;
}

static int on_event(struct parser *y, struct fy_event *event) {
    switch (event->type) {
    case FYET_DOCUMENT_START:
        return on_document(y, event);
    case FYET_SCALAR:
        return on_scalar(y, event);
    case FYET_ALIAS:
        return on_alias(y, event);
    case FYET_SEQUENCE_START:
        return on_start(y, event, DOC_LIST);
    case FYET_MAPPING_START:
        return on_start(y, event, DOC_MAP);
    case FYET_SEQUENCE_END:
        event_place(y, event);
        return on_list_end(y);
    case FYET_MAPPING_END:
        event_place(y, event);
        return on_map_end(y);
    default:
        return 0;
    }
}

static int run(struct parser *y) {
    while (true) {
        struct fy_event *event = fy_parser_parse(y->source.fy);
        if (!event) {
            return parser_error(y);
        }
        bool is_end = event->type == FYET_STREAM_END;
        int rc = on_event(y, event);
        fy_parser_event_free(y->source.fy, event);
        if (rc < 0 || is_end) {
            return rc;
        }
    }
}

static int open_source(struct parser *y) {
    struct str text = yaml_hide_tabs(&y->scratch, text_rest(&y->t));
    return text.p && yaml_source_open(&y->source, text) ? 0 : err_memory(y->err);
}

static int keep_results(struct parser *y, struct yaml_stream *out) {
    assert(y->starts.n >= y->docs.n);
    out->docs = arena_array(y->arena, y->docs.n, sizeof(struct doc *));
    struct doc_place *starts = arena_array(y->arena, y->docs.n, sizeof *starts);
    if (!out->docs || !starts) {
        return err_memory(y->err);
    }
    if (y->docs.n) {
        memcpy(out->docs, y->docs.p, y->docs.n * sizeof(struct doc *));
        memcpy(starts, y->starts.p, y->docs.n * sizeof *starts);
    }
    out->starts = starts;
    out->n = y->docs.n;
    return 0;
}

static int parse_text(struct parser *y, struct yaml_stream *out) {
    int rc = text_check_utf8(&y->t, y->err);
    rc = rc < 0 ? rc : check_controls(&y->t, y->err);
    rc = rc < 0 ? rc : find_lines(y);
    rc = rc < 0 ? rc : open_source(y);
    rc = rc < 0 ? rc : run(y);
    return rc < 0 ? rc : keep_results(y, out);
}

static int parse(struct arena *arena, struct str text, enum yaml_reading reading, bool wants_comments,
                 struct yaml_stream *out, struct err *err) {
    struct parser y = {.arena = arena,
                       .scratch = arena_new(LIMIT_DOC_BYTES),
                       .reading = reading,
                       .last = {1, 1},
                       .err = err};
    struct yaml_stream stream = {0};
    int rc = text_over(text, &y.t, err);
    size_t skipped = rc < 0 ? 0 : text.n - text_rest(&y.t).n;
    rc = rc < 0 ? rc : parse_text(&y, &stream);
    if (rc == 0 && wants_comments) {
        rc = yaml_find_comments(arena, &y.t, skipped, y.extents.p, y.extents.n, &stream, err);
    }
    yaml_source_close(&y.source);
    arena_free(&y.scratch);
    *out = rc < 0 ? (struct yaml_stream){0} : stream;
    return rc;
}

int yaml_read(struct arena *arena, struct str text, enum yaml_reading reading, struct yaml_stream *out,
              struct err *err) {
    return parse(arena, text, reading, true, out, err);
}

static int parse_docs(struct arena *arena, struct str text, enum yaml_reading reading,
                      const struct doc ***docs, size_t *n, struct err *err) {
    struct yaml_stream stream;
    int rc = parse(arena, text, reading, false, &stream, err);
    *docs = stream.docs;
    *n = stream.n;
    return rc;
}

int yaml_parse(struct arena *arena, struct str text, const struct doc ***docs, size_t *n, struct err *err) {
    return parse_docs(arena, text, YAML_CORE, docs, n, err);
}

int yaml_parse_tagged(struct arena *arena, struct str text, const struct doc ***docs, size_t *n,
                      struct err *err) {
    return parse_docs(arena, text, YAML_TAGGED, docs, n, err);
}

int yaml_parse_kubernetes(struct arena *arena, struct str text, const struct doc ***docs, size_t *n,
                          struct err *err) {
    return parse_docs(arena, text, YAML_KUBERNETES, docs, n, err);
}
