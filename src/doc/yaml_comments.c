#include "doc/yaml_comments.h"

struct scan {
    struct arena *arena;
    struct text t;
    struct str all;
    VEC(struct yaml_comment) comments;
    size_t skipped;
};

static bool is_break(char c) {
    return c == '\n' || c == '\r';
}

static bool begins_comment(struct str s, size_t i) {
    return s.p[i] == '#' && (i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\t' || is_break(s.p[i - 1]));
}

static bool is_alone(const struct scan *scan, size_t i) {
    size_t line = (size_t)(scan->t.line_start - scan->all.p);
    return str_trim(str_sub(scan->all, line, i - line)).n == 0;
}

static size_t line_end(struct str s, size_t i) {
    while (i < s.n && !is_break(s.p[i])) {
        i++;
    }
    return i;
}

static bool add(struct scan *scan, size_t from, size_t to) {
    struct yaml_comment *comment = VEC_PUSH(scan->arena, &scan->comments);
    if (!comment) {
        return false;
    }
    text_advance(&scan->t, scan->all.p + from);
    *comment = (struct yaml_comment){.at = text_place(&scan->t, scan->t.p),
                                     .span = {from + scan->skipped, to + scan->skipped},
                                     .text = str_sub(scan->all, from, to - from),
                                     .is_alone = is_alone(scan, from)};
    return true;
}

/* Comments that begin in [from, to). */
static bool scan_gap(struct scan *scan, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        if (begins_comment(scan->all, i)) {
            size_t end = line_end(scan->all, i);
            if (!add(scan, i, end)) {
                return false;
            }
            i = end;
        }
    }
    return true;
}

int yaml_find_comments(struct arena *arena, const struct text *t, size_t skipped,
                       const struct yaml_extent *extents, size_t n, struct yaml_stream *out,
                       struct err *err) {
    struct scan scan = {.arena = arena, .t = *t, .all = text_rest(t), .skipped = skipped};
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        if (!scan_gap(&scan, from, extents[i].from)) {
            return err_memory(err);
        }
        from = extents[i].to;
    }
    if (!scan_gap(&scan, from, scan.all.n)) {
        return err_memory(err);
    }
    out->comments = scan.comments.p;
    out->n_comments = scan.comments.n;
    return 0;
}
