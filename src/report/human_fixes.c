#include "report/fixes.h"
#include "report/human.h"

enum {
    SHOWN = 5,  /* a list to act on, not to read; --all shows the rest */
    NUMBER = 5, /* column behind the row's number */
    GAP = 3,
    ACTION_MAX = 64,
    REMOVES = 8,    /* "removes " */
    WHERE_MIN = 26, /* less of a place says too little */
};

static struct str join(struct view *view, struct str list, struct str word) {
    return list.n ? view_format(view, "%.*s, %.*s", STR_ARG(list), STR_ARG(word)) : word;
}

/* "(2 critical, 7 high, exploited)"; the worst two severities, so that the row stays a row. */
static struct str format_detail(struct view *view, const struct fix *fix) {
    struct str list = STR_NONE;
    unsigned kinds = 0;
    for (int i = SEVERITY_CRITICAL; i >= SEVERITY_UNKNOWN && kinds < 2; i--) {
        if (fix->severities[i]) {
            list = join(view, list,
                        view_format(view, "%zu %s", fix->severities[i], severity_name((enum severity)i)));
            kinds++;
        }
    }
    return view_format(view, "(%.*s%s)", STR_ARG(list), fix->exploited ? ", exploited" : "");
}

static struct str format_where(struct view *view, const struct fix *fix) {
    struct str path = human_path(view, fix->first);
    if (fix->kind == FIX_REBUILD) {
        return human_base_place(view);
    }
    if (fix->kind == FIX_UPGRADE && path.n) {
        return fix->packages > 1 ? view_format(view, "%.*s and %zu more", STR_ARG(path), fix->packages - 1)
                                 : path;
    }
    if (fix->lowest != fix->highest) {
        return view_format(view, "layers %d-%d", fix->lowest, fix->highest);
    }
    return human_layer(view, fix->first);
}

struct row {
    struct str action, detail, where;
    bool is_path; /* where: its end says more than its beginning */
    size_t removes;
};

/* Columns of the table, from its widest cells. What a narrow terminal has no room for stands in a line below:
 * first where, then the detail too; the action stays whole as long as it can. */
struct layout {
    unsigned action, removes, detail;
    bool has_detail, has_where;
};

static unsigned digits(size_t n) {
    unsigned count = 1;
    for (; n >= 10; n /= 10) {
        count++;
    }
    return count;
}

static struct layout lay_out(struct text *t, const struct row *rows, size_t n) {
    struct layout l = {.has_detail = true, .has_where = true};
    unsigned where = 0;
    for (size_t i = 0; i < n; i++) {
        l.action = MAX(l.action, text_columns(t, rows[i].action));
        l.removes = MAX(l.removes, digits(rows[i].removes));
        l.detail = MAX(l.detail, text_columns(t, rows[i].detail));
        where = MAX(where, text_columns(t, rows[i].where));
    }
    l.action = MIN(l.action, (unsigned)ACTION_MAX);
    if (t->width) {
        unsigned least = NUMBER + l.action + GAP + REMOVES + l.removes;
        l.has_detail = least + GAP + l.detail <= t->width;
        l.has_where = least + GAP + l.detail + GAP + MIN(where, (unsigned)WHERE_MIN) <= t->width;
        l.action -= least > t->width ? MIN(least - t->width, l.action / 2) : 0;
    }
    return l;
}

static void put_where(struct text *t, const struct row *row) {
    if (row->is_path) {
        text_put_tail(t, TEXT_DIM, row->where, 0);
    } else {
        text_put(t, TEXT_DIM, row->where, 0);
    }
}

static void put_row(struct text *t, const struct layout *l, size_t number, const struct row *row) {
    text_printf(t, TEXT_DIM, "%3zu", number);
    text_pad(t, NUMBER);
    text_put(t, TEXT_BOLD, row->action, l->action);
    text_pad(t, NUMBER + l->action + GAP);
    text_printf(t, TEXT_PLAIN, "removes %*zu", (int)l->removes, row->removes);
    if (l->has_detail) {
        text_pad(t, t->column + GAP);
        text_put(t, TEXT_PLAIN, row->detail, l->detail);
    }
    if (l->has_where && row->where.n) {
        text_pad(t, NUMBER + l->action + GAP + REMOVES + l->removes + GAP + l->detail + GAP);
        put_where(t, row);
    } else if (row->where.n || !l->has_detail) {
        text_line(t);
        text_pad(t, NUMBER);
        if (!l->has_detail) {
            text_put(t, TEXT_PLAIN, row->detail, 0);
            text_pad(t, row->where.n ? t->column + GAP : 0);
        }
        put_where(t, row);
    }
    text_line(t);
}

static void put_leftover(struct text *t, struct view *view, size_t hidden) {
    if (hidden) {
        text_pad(t, NUMBER);
        text_printf(t, TEXT_DIM, "%zu more such change%s: --all", hidden, hidden == 1 ? "" : "s");
        text_line(t);
    }
    if (view->unfixed) {
        text_pad(t, NUMBER);
        text_printf(t, TEXT_DIM, "no fix is known yet for %zu of %zu", view->unfixed,
                    view->statuses[FINDING_OPEN] - view->checks);
        text_line(t);
    }
}

/* "golden/debian 12.8 is newer than 12.5: of 17 in the base it removes 14, and brings 1". */
static void put_rebuild(struct text *t, struct view *view) {
    const struct view_rebuild *rebuild = &view->rebuild;
    if (!rebuild->is_there) {
        return;
    }
    struct str now = view->target.base_image.version;
    struct str head = view_format(view, "%.*s %.*s is newer%s%.*s", STR_ARG(rebuild->name),
                                  STR_ARG(rebuild->version), now.n ? " than " : "", STR_ARG(now));
    struct str rest =
        rebuild->is_known
            ? view_format(view, ": of %zu in the base it removes %zu, and brings %zu",
                          rebuild->removes + rebuild->stays, rebuild->removes, rebuild->appears)
            : STR("; what is in it is not known, or there are no advisories: plimsoll base add");
    text_pad(t, NUMBER);
    text_fold(t, TEXT_DIM, view_format(view, "%.*s%.*s", STR_ARG(head), STR_ARG(rest)), NUMBER);
}

int human_fixes(struct text *t, struct view *view, struct err *err) {
    struct fix_list fixes;
    int code = fixes_find(view, &fixes, err);
    if (code < 0 || !view->statuses[FINDING_OPEN]) {
        return code;
    }
    size_t n = view->options.all ? fixes.n : MIN(fixes.n, (size_t)SHOWN);
    struct row *rows = arena_array(&view->arena, n + 1, sizeof *rows);
    if (!rows) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        const struct fix *fix = &fixes.p[i];
        rows[i] = (struct row){fix->action, format_detail(view, fix), format_where(view, fix),
                               fix->kind == FIX_UPGRADE && human_path(view, fix->first).n, fix->removes};
    }
    struct layout layout = lay_out(t, rows, n);
    if (n || view->unfixed || view->rebuild.is_there) {
        text_line(t);
    }
    if (n) {
        text_c(t, TEXT_BOLD, "Do this first");
        text_line(t);
    }
    for (size_t i = 0; i < n; i++) {
        put_row(t, &layout, i + 1, &rows[i]);
    }
    put_rebuild(t, view);
    put_leftover(t, view, fixes.n - n);
    return 0;
}
