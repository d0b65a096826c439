#include "doc/dockerfile/reading.h"

#include "base/limits.h"
#include "doc/build.h"

#include <stdarg.h>

int reading_begin(struct reading *r, struct arena *arena, struct str text, struct err *err) {
    *r = (struct reading){.arena = arena, .scratch = arena_new(LIMIT_DOC_BYTES)};
    return doc_lines_over(arena, text, &r->lines, err);
}

void reading_free(struct reading *r) {
    arena_free(&r->scratch);
}

void reading_problem(struct reading *r, size_t offset, const char *fmt, ...) {
    if (r->problems.n++ >= LIMIT_PROBLEMS) {
        return;
    }
    char message[256];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    struct doc_problem *problem = VEC_PUSH(r->arena, &r->problems.list);
    struct str copy = arena_str(r->arena, str_n(message, n < 0 ? 0 : MIN((size_t)n, sizeof message - 1)));
    if (!problem || !copy.p) {
        r->failed = true;
        return;
    }
    *problem = (struct doc_problem){doc_place(&r->lines, offset), copy};
}

/* NULL, and failed, when d is: there was no memory. */
static struct doc *with_length(struct reading *r, struct doc *d, size_t start, size_t end) {
    if (d) {
        doc_set_length(d, end - start);
    } else {
        r->failed = true;
    }
    return d;
}

static struct doc *node_new(struct reading *r, enum doc_kind kind, size_t start, size_t end) {
    struct doc *d = doc_new(r->arena, kind, doc_place(&r->lines, start));
    return with_length(r, d, start, end);
}

static const struct doc *text_new(struct reading *r, enum doc_kind kind, size_t start, size_t end,
                                  struct str s) {
    struct doc *d = node_new(r, kind, start, end);
    if (d) {
        d->s = s;
    }
    return d;
}

const struct doc *reading_string(struct reading *r, size_t start, size_t end, struct str s) {
    return text_new(r, DOC_STRING, start, end, s);
}

const struct doc *reading_unknown(struct reading *r, size_t start, size_t end, struct str reason) {
    return text_new(r, DOC_UNKNOWN, start, end, reason);
}

const struct doc *reading_bool(struct reading *r, size_t start, size_t end, bool b) {
    struct doc *d = node_new(r, DOC_BOOL, start, end);
    if (d) {
        d->b = b;
    }
    return d;
}

const struct doc *reading_int(struct reading *r, size_t start, size_t end, int64_t i) {
    struct doc *d = node_new(r, DOC_INT, start, end);
    if (d) {
        d->i = i;
    }
    return d;
}

void items_add(struct reading *r, struct items *items, const struct doc *node) {
    const struct doc **slot = node ? VEC_PUSH(&r->scratch, &items->v) : NULL;
    if (!slot) {
        r->failed = true;
        return;
    }
    *slot = node;
}

const struct doc *items_list(struct reading *r, const struct items *items, size_t start, size_t end) {
    struct doc_place at = doc_place(&r->lines, start);
    return with_length(r, doc_new_list(r->arena, at, items->v.p, items->v.n), start, end);
}

void fields_add(struct reading *r, struct fields *fields, struct str key, const struct doc *node) {
    struct doc_member *slot = node ? VEC_PUSH(&r->scratch, &fields->v) : NULL;
    if (!slot) {
        r->failed = true;
        return;
    }
    *slot = (struct doc_member){key, node->at, node};
}

const struct doc *fields_map(struct reading *r, const struct fields *fields, size_t start, size_t end) {
    struct doc_place at = doc_place(&r->lines, start);
    return with_length(r, doc_new_map(r->arena, at, fields->v.p, fields->v.n, NULL), start, end);
}
