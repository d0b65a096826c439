/* The findings of one check: what is wrong, why, where, the change. */
#include "report/groups.h"
#include "report/human.h"

enum { INDENT = 4, PLACES = 8 };

void human_check_place(struct text *t, const struct view_finding *finding) {
    struct str path = finding->f.path;
    text_put_tail(t, TEXT_PLAIN, path.n ? path : finding->resource, t->width ? MAX(t->width, 24U) - 12 : 0);
    if (finding->f.line) {
        text_printf(t, TEXT_PLAIN, ":%u", finding->f.line);
    }
    bool says_more = path.n && finding->resource.n && str_find(finding->resource, path) < 0;
    if (says_more && text_left(t) > 12) {
        text_pad(t, t->column + 2);
        text_put(t, TEXT_DIM, finding->resource, 0);
    }
    uint64_t number;
    bool is_name = finding->item.n && !str_to_u64(finding->item, 10, &number);
    if (is_name && text_left(t) > 12) {
        text_c(t, TEXT_DIM, says_more ? ", " : "  ");
        text_put(t, TEXT_DIM, finding->item, 0);
    }
}

static void put_words(struct text *t, const char *title, struct str words) {
    enum { WORDS = INDENT + 5 };
    if (words.n) {
        text_pad(t, INDENT);
        text_c(t, TEXT_DIM, title);
        text_pad(t, WORDS);
        text_fold(t, TEXT_PLAIN, words, WORDS);
    }
}

static void put_head(struct text *t, const struct group *group) {
    const struct view_finding *first = group->first;
    text_pad(t, 2);
    text_c(t, text_style_of(first->f.severity), severity_name(first->f.severity));
    text_pad(t, 12);
    unsigned id = MAX(text_columns(t, first->f.rule), 11U);
    unsigned left = text_left(t);
    text_put(t, TEXT_BOLD, first->f.title, t->width && left > id + 20 ? left - id - 2 : 0);
    bool fits = text_left(t) >= id + 2;
    text_pad(t, fits ? t->column + 2 : 0);
    if (!fits) {
        text_line(t);
        text_pad(t, 12);
    }
    text_put(t, TEXT_DIM, first->f.rule, 0);
    text_line(t);
}

void human_check(struct text *t, struct view *view, const struct group *group) {
    const struct view_rule *rule = group->first->check;
    size_t most = view->options.all ? group->rows.n : PLACES;
    put_head(t, group);
    for (size_t i = 0; i < group->rows.n && i < most; i++) {
        const struct view_finding *finding = view_show(view, group->rows.p[i]);
        text_pad(t, INDENT);
        human_check_place(t, finding);
        text_line(t);
        if (finding->message.n) {
            text_pad(t, INDENT + 2);
            text_fold(t, TEXT_PLAIN, finding->message, INDENT + 2);
        }
    }
    if (group->rows.n > most) {
        text_pad(t, INDENT);
        text_printf(t, TEXT_DIM, "and %zu more: --all", group->rows.n - most);
        text_line(t);
    }
    if (rule) {
        put_words(t, "why", rule->why);
        put_words(t, "fix", rule->fix);
    }
}
