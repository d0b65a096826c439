/* E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy one. */
#include "doc/diff.h"

#include "base/arena.h"
#include "base/limits.h"

enum { CONTEXT = 3 };

struct side {
    struct str *lines; /* with their "\n" */
    size_t n;
    bool *is_changed;
};

struct diff {
    struct arena arena;
    struct side a, b;
    size_t head; /* equal lines in front */
    size_t n, m; /* lines of a and b between these and the equal ones behind */
};

static bool cut_lines(struct diff *d, struct str text, struct side *side) {
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == '\n';
    }
    side->lines = arena_array(&d->arena, n, sizeof *side->lines);
    side->is_changed = arena_array(&d->arena, n, sizeof *side->is_changed);
    if (!side->lines || !side->is_changed) {
        return false;
    }
    while (text.n) {
        ptrdiff_t end = str_find_byte(text, '\n');
        size_t length = end < 0 ? text.n : (size_t)end + 1;
        side->lines[side->n++] = str_sub(text, 0, length);
        text = str_from(text, length);
    }
    return true;
}

static void trim(struct diff *d) {
    size_t most = MIN(d->a.n, d->b.n), tail = 0;
    while (d->head < most && str_eq(d->a.lines[d->head], d->b.lines[d->head])) {
        d->head++;
    }
    while (tail < most - d->head && str_eq(d->a.lines[d->a.n - 1 - tail], d->b.lines[d->b.n - 1 - tail])) {
        tail++;
    }
    d->n = d->a.n - d->head - tail;
    d->m = d->b.n - d->head - tail;
}

static bool is_same(const struct diff *d, int64_t x, int64_t y) {
    return x < (int64_t)d->n && y < (int64_t)d->m &&
           str_eq(d->a.lines[d->head + (size_t)x], d->b.lines[d->head + (size_t)y]);
}

static void mark_all(struct diff *d) {
    memset(d->a.is_changed + d->head, true, d->n);
    memset(d->b.is_changed + d->head, true, d->m);
}

/* From which diagonal the way to diagonal k with e edits came: k - 1 (a line of a goes) or k + 1. row is the
 * furthest x on each diagonal from -(e - 1) to e - 1. */
static bool comes_from_above(const int32_t *row, int64_t k, int64_t e) {
    return k == -e || (k != e && row[k - 1 + e - 1] < row[k + 1 + e - 1]);
}

/* Goes back along the rows, and marks what changed. */
static void mark(struct diff *d, int32_t *const *rows, int64_t edits) {
    int64_t x = (int64_t)d->n, y = (int64_t)d->m;
    for (int64_t e = edits; e > 0; e--) {
        bool is_added = comes_from_above(rows[e - 1], x - y, e);
        int64_t k = is_added ? x - y + 1 : x - y - 1;
        x = rows[e - 1][k + e - 1];
        y = x - k;
        if (is_added) {
            d->b.is_changed[d->head + (size_t)y] = true;
        } else {
            d->a.is_changed[d->head + (size_t)x] = true;
        }
    }
}

static bool compare(struct diff *d) {
    int32_t **rows = arena_array(&d->arena, LIMIT_DIFF + 1, sizeof *rows);
    if (!rows) {
        return false;
    }
    for (int64_t e = 0; e <= LIMIT_DIFF; e++) {
        rows[e] = arena_array(&d->arena, (size_t)(2 * e + 1), sizeof **rows);
        if (!rows[e]) {
            return false;
        }
        for (int64_t k = -e; k <= e; k += 2) {
            int64_t x = 0;
            if (e > 0) {
                x = comes_from_above(rows[e - 1], k, e) ? rows[e - 1][k + 1 + e - 1]
                                                        : rows[e - 1][k - 1 + e - 1] + 1;
            }
            while (x - k >= 0 && is_same(d, x, x - k)) {
                x++;
            }
            rows[e][k + e] = (int32_t)MIN(x, INT32_MAX);
            if (k == (int64_t)d->n - (int64_t)d->m && x >= (int64_t)d->n) {
                mark(d, rows, e);
                return true;
            }
        }
    }
    mark_all(d);
    return true;
}

/* ---- writing */

static void put_line(struct buf *out, char mark_of_line, struct str line) {
    buf_byte(out, (unsigned char)mark_of_line);
    buf_str(out, line);
    if (!line.n || line.p[line.n - 1] != '\n') {
        buf_c(out, "\n\\ No newline at end of file\n");
    }
}

/* "12,3": of an empty range the line in front. */
static void put_range(struct buf *out, char mark_of_side, size_t from, size_t n) {
    buf_printf(out, "%c%zu", mark_of_side, n ? from + 1 : from);
    if (n != 1) {
        buf_printf(out, ",%zu", n);
    }
}

struct hunk {
    size_t a, b, n, m; /* first lines and how many */
};

static bool at_change(const struct diff *d, size_t a, size_t b) {
    return (a < d->a.n && d->a.is_changed[a]) || (b < d->b.n && d->b.is_changed[b]);
}

static void step(const struct diff *d, size_t *a, size_t *b) {
    bool goes = *a < d->a.n && d->a.is_changed[*a], comes = *b < d->b.n && d->b.is_changed[*b];
    *a += goes || !comes;
    *b += comes || !goes;
}

/* The hunk that begins at or behind *a, *b, which are moved behind it. False when there is none. */
static bool next_hunk(const struct diff *d, size_t *a, size_t *b, struct hunk *out) {
    size_t equal = 0, first = *a;
    while (*a < d->a.n && !at_change(d, *a, *b)) {
        step(d, a, b);
    }
    if (!at_change(d, *a, *b)) {
        return false;
    }
    size_t before = MIN(*a - first, (size_t)CONTEXT);
    *out = (struct hunk){.a = *a - before, .b = *b - before};
    while (equal <= 2 * CONTEXT && (*a < d->a.n || *b < d->b.n)) {
        equal = at_change(d, *a, *b) ? 0 : equal + 1;
        step(d, a, b);
    }
    size_t back = equal > CONTEXT ? equal - CONTEXT : 0;
    *a -= back;
    *b -= back;
    out->n = *a - out->a;
    out->m = *b - out->b;
    return true;
}

static void put_hunk(const struct diff *d, const struct hunk *hunk, struct buf *out) {
    size_t a = hunk->a, b = hunk->b;
    buf_c(out, "@@ ");
    put_range(out, '-', hunk->a, hunk->n);
    buf_byte(out, ' ');
    put_range(out, '+', hunk->b, hunk->m);
    buf_c(out, " @@\n");
    while (a < hunk->a + hunk->n || b < hunk->b + hunk->m) {
        if (a < d->a.n && d->a.is_changed[a]) {
            put_line(out, '-', d->a.lines[a++]);
        } else if (b < d->b.n && d->b.is_changed[b]) {
            put_line(out, '+', d->b.lines[b++]);
        } else {
            put_line(out, ' ', d->a.lines[a++]);
            b++;
        }
    }
}

static void put_all(const struct diff *d, struct str name, struct buf *out) {
    struct hunk hunk;
    size_t a = 0, b = 0;
    buf_printf(out, "--- a/%.*s\n+++ b/%.*s\n", STR_ARG(name), STR_ARG(name));
    while (next_hunk(d, &a, &b, &hunk)) {
        put_hunk(d, &hunk, out);
    }
}

int diff_unified(struct str name, struct str before, struct str after, struct buf *out, struct err *err) {
    struct diff d = {.arena = arena_new(LIMIT_DIFF_BYTES)};
    if (str_eq(before, after)) {
        return 0;
    }
    bool is_done = cut_lines(&d, before, &d.a) && cut_lines(&d, after, &d.b);
    if (is_done) {
        trim(&d);
        is_done = compare(&d);
    }
    if (is_done) {
        put_all(&d, name, out);
    }
    arena_free(&d.arena);
    return is_done && !out->failed ? 0 : err_memory(err);
}
