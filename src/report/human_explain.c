/* --explain: which guardrails were asked, and what each finding was decided by. */
#include "report/decisions.h"
#include "report/human.h"

enum { INDENT = 4, RULE = 18, ACTION = 8 };

static void put_asked(struct text *t, const struct view_guardrails *all) {
    text_line(t);
    text_printf(t, TEXT_BOLD, "Guardrails asked (%zu), in this order", all->n);
    text_line(t);
    for (size_t i = 0; i < all->n; i++) {
        const struct view_guardrail *g = &all->p[i];
        text_printf(t, TEXT_DIM, "%3zu", i + 1);
        text_pad(t, INDENT + 1);
        text_put(t, TEXT_PLAIN, g->action, 0);
        text_pad(t, INDENT + 1 + ACTION);
        text_put(t, TEXT_PLAIN, g->name, 0);
        text_part(t, TEXT_DIM, str_eq(g->by, STR("profile")) ? STR("profile") : STR_NONE, INDENT);
        text_part(t, TEXT_DIM, g->file, INDENT);
        if (g->decided) {
            text_printf(t, TEXT_PLAIN, "   decided %zu", g->decided);
        }
        text_line(t);
    }
}

static void put_what(struct text *t, struct view *view, const struct view_finding *finding) {
    text_pad(t, 2);
    text_put(t, TEXT_PLAIN, finding->f.rule, 0);
    text_pad(t, t->column < 2 + RULE ? 2 + RULE : t->column + 2);
    if (view_has_rule(finding)) {
        human_check_place(t, finding);
    } else {
        text_put(t, TEXT_PLAIN, finding->asset->name, t->width / 2);
        text_c(t, TEXT_PLAIN, " ");
        text_put(t, TEXT_PLAIN, finding->asset->version, 30);
    }
    text_line(t);
}

static void put_why(struct text *t, struct view *view, const struct view_finding *finding) {
    struct str said = decisions_say(view, finding);
    if (!said.n) {
        said = view_format(view, "none of the %zu guardrails speaks of it", view->guardrails->n);
    }
    text_pad(t, INDENT);
    text_fold(t, finding->f.action == ACTION_BLOCK ? TEXT_PLAIN : TEXT_DIM, said, INDENT);
    const struct view_decision *d = finding->decision;
    for (size_t i = 0; d && i < d->faults_n; i++) {
        text_pad(t, INDENT);
        text_fold(t, TEXT_DIM,
                  view_format(view, "'%.*s' could not be decided: %.*s", STR_ARG(d->faults[i].guardrail),
                              STR_ARG(d->faults[i].reason)),
                  INDENT);
    }
}

static bool is_decided(const struct view_finding *finding) {
    return finding->decision || view_is_open(finding) || finding->f.status == FINDING_UNDECIDED;
}

void human_explain(struct text *t, struct view *view) {
    bool has_title = false;
    if (!view->options.explains) {
        return;
    }
    put_asked(t, view->guardrails);
    for (size_t i = 0; i < view->rows_n; i++) {
        const struct view_row *row = &view->rows[i];
        const struct view_finding *finding = row->is_repeat ? NULL : view_show(view, row);
        if (!finding || !is_decided(finding)) {
            continue;
        }
        if (!has_title) {
            text_line(t);
            text_c(t, TEXT_BOLD, "What they decided");
            text_line(t);
            has_title = true;
        }
        put_what(t, view, finding);
        view->texts = &view->passing; /* what is said of it goes with it */
        put_why(t, view, finding);
        view->texts = &view->arena;
    }
}
