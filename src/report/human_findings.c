#include "report/fixes.h"
#include "report/groups.h"
#include "report/human.h"

enum {
    INDENT = 4,
    RULE_MIN = 14,
    RULE_MAX = 24,
    TITLE_MIN = 16, /* a shorter rest of a line says nothing */
    PLACES = 3,     /* of one group; the rest is counted */
    PROBLEMS = 20,  /* without --all */
    NAMES = 6,      /* binary packages of one source */
};

/* ---- where it is */

struct str human_path(struct view *view, const struct view_finding *finding) {
    struct str path = finding->f.path;
    bool is_database = finding->package && view_is_distribution(finding->package);
    if (!path.n || is_database) { /* "var/lib/dpkg/status" helps nobody */
        return STR_NONE;
    }
    return finding->f.line ? view_format(view, "%.*s:%u", STR_ARG(path), finding->f.line) : path;
}

struct str human_layer(struct view *view, const struct view_finding *finding) {
    const struct view_layer *layer = finding->layer;
    struct str what = layer ? view_layer_instruction(view, layer) : STR_NONE;
    if (finding->f.is_in_base) {
        struct str base = view->target.base;
        what = base.n ? view_format(view, "base %.*s", STR_ARG(base)) : STR("base");
    }
    if (!finding->f.layer) {
        return STR_NONE;
    }
    return view_format(view, "layer %d%s%.*s", finding->f.layer, what.n ? "  " : "", STR_ARG(what));
}

struct places {
    const struct view_finding *p[PLACES];
    size_t n, more;
};

static bool is_same_place(struct view *view, const struct view_finding *a, const struct view_finding *b) {
    return a->f.layer == b->f.layer && str_eq(human_path(view, a), human_path(view, b));
}

static struct places choose_places(struct view *view, const struct group *group) {
    struct places places = {0};
    for (size_t i = 0; i < group->places.n; i++) {
        if (i && is_same_place(view, group->places.p[i], group->places.p[i - 1])) {
            continue;
        }
        if (places.n < PLACES) {
            places.p[places.n++] = group->places.p[i];
        } else {
            places.more++;
        }
    }
    return places;
}

/* The places of one layer, beginning with the first of them: on its line when there is only one. */
static void put_layer(struct text *t, struct view *view, const struct places *places, size_t first) {
    int32_t layer = places->p[first]->f.layer;
    size_t n = 0;
    for (size_t i = first; i < places->n; i++) {
        n += places->p[i]->f.layer == layer;
    }
    text_part(t, TEXT_PLAIN, human_layer(view, places->p[first]), INDENT);
    unsigned indent = INDENT + (layer && n > 1 ? 2 : 0);
    for (size_t i = first; i < places->n; i++) {
        if (places->p[i]->f.layer == layer) {
            if (n > 1) {
                human_end_line(t);
            }
            text_part_tail(t, TEXT_DIM, human_path(view, places->p[i]), indent);
        }
    }
    human_end_line(t);
}

static void put_places(struct text *t, struct view *view, const struct group *group) {
    struct places places = choose_places(view, group);
    for (size_t i = 0; i < places.n; i++) {
        bool is_put = false;
        for (size_t j = 0; j < i; j++) {
            is_put |= places.p[j]->f.layer == places.p[i]->f.layer;
        }
        if (!is_put) {
            put_layer(t, view, &places, i);
        }
    }
    if (places.more) {
        text_pad(t, INDENT);
        text_printf(t, TEXT_DIM, "and %zu more place%s", places.more, places.more == 1 ? "" : "s");
        text_line(t);
    }
}

/* ---- a group */

/* "libssl3, openssl": the packages that came from the source package of this name. */
static struct str format_names(struct view *view, const struct group *group) {
    struct str list = STR_NONE, last = STR_NONE;
    size_t n = 0;
    for (size_t i = 0; i < group->places.n; i++) {
        struct str name = group->places.p[i]->asset->name;
        if (str_eq(name, last) || (group->places.n == 1 && str_eq(name, group->of->name))) {
            continue;
        }
        last = name;
        if (++n <= NAMES) {
            list = view_format(view, "%.*s%s%.*s", STR_ARG(list), n > 1 ? ", " : "", STR_ARG(name));
        }
    }
    if (n > NAMES) {
        list = view_format(view, "%.*s and %zu more", STR_ARG(list), n - NAMES);
    }
    return list;
}

static void put_group_head(struct text *t, struct view *view, const struct group *group) {
    const struct view_package *package = group->first->package;
    text_pad(t, 2);
    text_put(t, TEXT_BOLD, group->of->name, t->width / 2);
    if (group->of->version.n) {
        text_pad(t, t->column + 1);
        text_put(t, TEXT_PLAIN, group->of->version, t->width / 4);
    }
    if (group->fixed.n) {
        text_c(t, TEXT_PLAIN, " → ");
        text_put(t, TEXT_PLAIN, group->fixed, t->width / 4);
    } else {
        text_part(t, TEXT_DIM, STR("no fix known"), INDENT);
    }
    if (package && view_is_distribution(package)) {
        text_part(t, TEXT_DIM, format_names(view, group), INDENT);
    }
    text_line(t);
}

/* Which columns the rows of a report have. */
struct columns {
    unsigned rule, exploited, epss;
};

static void put_epss(struct text *t, const struct view_finding *finding) {
    int percent = (int)(finding->epss * 100 + 0.5);
    if (percent < 1) {
        text_c(t, TEXT_DIM, "EPSS <1 %");
    } else {
        text_printf(t, percent >= 10 ? TEXT_PLAIN : TEXT_DIM, "EPSS %2d %%", MIN(percent, 100));
    }
}

static void put_own_fix(struct text *t, const struct group *group, const struct view_finding *finding,
                        unsigned at) {
    struct str fixed = finding->f.fixed;
    if (!group->fixed.n || str_eq(fixed, group->fixed)) {
        return;
    }
    unsigned columns = fixed.n ? 9 + MIN(text_columns(t, fixed), 30U) : 12;
    bool fits = !t->width || at + 2 + columns <= t->width;
    text_pad(t, fits ? at + 2 : t->column + 2);
    if (fixed.n) {
        text_c(t, TEXT_PLAIN, "fixed in ");
        text_put(t, TEXT_PLAIN, fixed, 30);
    } else {
        text_c(t, TEXT_DIM, "no fix known");
    }
}

static void put_row(struct text *t, const struct columns *columns, const struct group *group,
                    const struct view_finding *finding) {
    text_pad(t, INDENT);
    text_put(t, TEXT_PLAIN, finding->f.rule, columns->rule);
    unsigned at = INDENT + columns->rule + 2;
    text_pad(t, at);
    text_c(t, text_style_of(finding->f.severity), severity_name(finding->f.severity));
    text_pad(t, at += 10);
    if (finding->f.score >= 0) {
        text_printf(t, TEXT_PLAIN, "%4.1f", finding->f.score);
    } else {
        text_c(t, TEXT_DIM, "   -");
    }
    at += 4;
    if (finding->is_exploited) {
        text_pad(t, at + 2);
        text_c(t, TEXT_EXPLOITED, "exploited");
    }
    at += columns->exploited ? 2 + columns->exploited : 0;
    if (finding->epss >= 0) {
        text_pad(t, at + 2);
        put_epss(t, finding);
    }
    at += columns->epss ? 2 + columns->epss : 0;
    put_own_fix(t, group, finding, at);
    if (finding->f.title.n && text_left(t) >= TITLE_MIN + 2) {
        text_pad(t, MAX(at, t->column) + 2);
        text_put(t, TEXT_PLAIN, finding->f.title, 0);
    }
    text_line(t);
}

static struct columns lay_out(struct text *t, struct view *view, const struct group_list *groups) {
    struct columns columns = {RULE_MIN, 0, 0};
    for (size_t i = 0; i < groups->n; i++) {
        for (size_t j = 0; !view_has_rule(groups->p[i].first) && j < groups->p[i].rows.n; j++) {
            const struct view_finding *finding = view_show(view, groups->p[i].rows.p[j]);
            columns.rule = MAX(columns.rule, MIN(text_columns(t, finding->f.rule), (unsigned)RULE_MAX));
            columns.exploited = finding->is_exploited ? 9 : columns.exploited;
            columns.epss = finding->epss >= 0 ? 9 : columns.epss;
        }
    }
    return columns;
}

/* ---- the findings */

static bool does_block(const struct view_row *row) {
    return view_blocks(row);
}

static bool is_severe(const struct view_row *row) {
    return view_row_is_open(row) && (row->severity >= SEVERITY_HIGH || row->is_exploited);
}

static bool is_open(const struct view_row *row) {
    return view_row_is_open(row);
}

static bool has_less_severe(const struct group_list *groups) {
    for (size_t i = 0; i < groups->n; i++) {
        for (size_t j = 0; j < groups->p[i].rows.n; j++) {
            if (groups->p[i].rows.p[j]->severity < SEVERITY_HIGH) {
                return true;
            }
        }
    }
    return false;
}

int human_findings(struct text *t, struct view *view, size_t *rest, struct err *err) {
    struct group_list groups;
    bool is_quiet = view->options.is_quiet, all = view->options.all;
    int code = groups_find(view, is_quiet ? does_block : all ? is_open : is_severe, &groups, err);
    if (code < 0) {
        return code;
    }
    *rest = view->statuses[FINDING_OPEN] - groups.issues;
    if (!groups.n) {
        return 0;
    }
    struct columns columns = lay_out(t, view, &groups);
    text_line(t);
    text_printf(t, TEXT_BOLD, "%s (%zu)",
                is_quiet                   ? "What blocks"
                : all                      ? "All findings"
                : has_less_severe(&groups) ? "Known exploited, critical and high"
                                           : "Critical and high",
                groups.issues);
    text_line(t);
    for (size_t i = 0; i < groups.n; i++) {
        const struct group *group = &groups.p[i];
        if (i) {
            text_line(t);
        }
        if (view_has_rule(group->first)) {
            human_check(t, view, group);
            continue;
        }
        put_group_head(t, view, group);
        put_places(t, view, group);
        for (size_t j = 0; j < group->rows.n; j++) {
            put_row(t, &columns, group, view_show(view, group->rows.p[j]));
        }
    }
    return 0;
}

/* ---- what is set aside, and what went wrong */

static void put_set_aside(struct text *t, const struct view_finding *finding) {
    text_pad(t, 2);
    text_put(t, TEXT_PLAIN, finding->f.rule, RULE_MAX);
    text_pad(t, 2 + RULE_MIN + 2);
    text_pad(t, t->column > 2 + RULE_MIN + 2 ? t->column + 2 : 0);
    if (view_has_rule(finding)) {
        human_check_place(t, finding);
    } else {
        text_put(t, TEXT_PLAIN, finding->asset->name, t->width ? MAX(text_left(t), 40U) / 2 : 0);
        text_pad(t, t->column + 1);
        text_put(t, TEXT_PLAIN, finding->asset->version, 30);
    }
    if (t->width && t->column + 2 + text_columns(t, finding->reason) > t->width) {
        text_line(t);
        text_pad(t, INDENT);
    } else {
        text_pad(t, t->column + 1);
    }
    text_fold(t, TEXT_DIM, finding->reason, INDENT);
}

void human_set_aside(struct text *t, struct view *view) {
    static const char *const titles[FINDING_STATUSES] = {
        [FINDING_NOT_AFFECTED] = "Not affected",
        [FINDING_UNDECIDED] = "Undecided",
        [FINDING_SUPPRESSED] = "Suppressed",
    };
    for (int status = FINDING_NOT_AFFECTED; view->options.shows_suppressed && status < FINDING_STATUSES;
         status++) {
        if (!view->statuses[status] || status == FINDING_REMOVED) {
            continue;
        }
        text_line(t);
        text_printf(t, TEXT_BOLD, "%s (%zu)", titles[status], view->statuses[status]);
        text_line(t);
        for (size_t i = 0; i < view->rows_n; i++) {
            if (view->rows[i].status == status && !view->rows[i].is_repeat) {
                put_set_aside(t, view_show(view, &view->rows[i]));
            }
        }
    }
}

static void put_removed(struct text *t, struct view *view, const struct view_finding *finding, bool blocks) {
    text_pad(t, 2);
    text_put(t, TEXT_PLAIN, finding->f.rule, RULE_MAX);
    text_pad(t, MAX(2 + RULE_MIN + 2U, t->column + 2));
    text_c(t, text_style_of(finding->f.severity), severity_name(finding->f.severity));
    text_pad(t, t->column + 2);
    text_put(t, TEXT_PLAIN, finding->asset->name, t->width ? MAX(text_left(t), 40U) / 2 : 0);
    text_pad(t, t->column + 1);
    text_put(t, TEXT_PLAIN, finding->asset->version, 30);
    if (blocks) {
        text_part(t, TEXT_BOLD, STR("blocks"), INDENT);
    }
    text_part(t, TEXT_DIM, view_format(view, "layer %d, %.*s", finding->f.layer, STR_ARG(finding->reason)),
              INDENT);
    text_line(t);
}

/* What blocks is listed without --show-removed too. */
void human_removed(struct text *t, struct view *view) {
    bool has_title = false;
    for (size_t i = 0; view->statuses[FINDING_REMOVED] && i < view->rows_n; i++) {
        const struct view_row *row = &view->rows[i];
        if (row->status != FINDING_REMOVED || row->is_repeat ||
            (view->options.is_quiet && !view_blocks(row))) {
            continue;
        }
        if (!has_title) {
            text_line(t);
            text_printf(t, TEXT_BOLD, "In what later layers delete or replace (%zu)",
                        view->statuses[FINDING_REMOVED]);
            text_line(t);
            has_title = true;
        }
        put_removed(t, view, view_show(view, row), view_blocks(row));
    }
}

static void put_problems(struct text *t, struct view *view, bool is_incomplete) {
    size_t shown = 0, most = view->options.all ? view->problems.n : PROBLEMS;
    for (size_t i = 0; i < view->problems.n; i++) {
        const struct problem *problem = &view->problems.p[i];
        if (problem->is_incomplete != is_incomplete || ++shown > most) {
            continue;
        }
        text_pad(t, 2);
        text_put_tail(t, TEXT_PLAIN, problem->place, t->width ? MAX(t->width, 12U) - 4 : 0);
        text_line(t);
        text_fold(t, TEXT_DIM, problem->message, INDENT);
    }
    if (shown > most) {
        text_pad(t, 2);
        text_printf(t, TEXT_DIM, "and %zu more: --all", shown - most);
        text_line(t);
    }
}

void human_problems(struct text *t, struct view *view) {
    size_t others = view->problems.n - view->incomplete;
    if (view->incomplete || !view->run.is_complete) {
        text_line(t);
        text_printf(t, TEXT_HIGH, "Not read (%zu): this result is not complete (exit 3)", view->incomplete);
        text_line(t);
        put_problems(t, view, true);
    }
    if (others && !view->options.is_quiet) {
        text_line(t);
        text_printf(t, TEXT_BOLD, "Worth knowing (%zu)", others);
        text_line(t);
        put_problems(t, view, false);
    }
}
