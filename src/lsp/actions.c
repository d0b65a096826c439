/* Code actions: mend a finding, or set it aside by a comment. An action that is offered was tried: the edited
 * text was reviewed, and the finding is gone. */
#include "base/limits.h"
#include "lsp/parts.h"

enum { MOST_COMMENTS = 16 }; /* comments that are tried for one request: each costs a review */

struct acting {
    struct lsp *lsp;
    struct document *document;
    struct json_writer *w;
    struct review review;
    unsigned comments;
};

static void put_edits(struct json_writer *w, const struct document *document, const struct edit *edits,
                      size_t n) {
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        lsp_put_range(w, document, edits[i].span);
        lsp_put(w, "newText", edits[i].text);
        json_end(w);
    }
    json_end(w);
}

static void put_versioned_edit(struct json_writer *w, const struct document *document,
                               const struct edit *edits, size_t n) {
    json_key(w, STR("documentChanges"));
    json_begin_array(w);
    json_begin_object(w);
    json_key(w, STR("textDocument"));
    json_begin_object(w);
    lsp_put(w, "uri", document->uri);
    json_key(w, STR("version"));
    json_int(w, document->version);
    json_end(w);
    json_key(w, STR("edits"));
    put_edits(w, document, edits, n);
    json_end(w);
    json_end(w);
}

static void put_action(struct acting *a, const struct review_finding *finding, struct str title,
                       const struct edit *edits, size_t n, bool is_preferred) {
    struct json_writer *w = a->w;
    json_begin_object(w);
    lsp_put(w, "title", title);
    lsp_put(w, "kind", STR("quickfix"));
    json_key(w, STR("diagnostics"));
    json_begin_array(w);
    lsp_put_diagnostic(w, a->document, finding);
    json_end(w);
    if (is_preferred) {
        json_key(w, STR("isPreferred"));
        json_bool(w, true);
    }
    json_key(w, STR("edit"));
    json_begin_object(w);
    if (a->lsp->has_document_changes) {
        put_versioned_edit(w, a->document, edits, n);
    } else {
        json_key(w, STR("changes"));
        json_begin_object(w);
        json_key(w, a->document->uri);
        put_edits(w, a->document, edits, n);
        json_end(w);
    }
    json_end(w);
    json_end(w);
}

/* ---- mend */

static void put_fix(struct acting *a, const struct review_finding *finding) {
    if (finding->fix.n) {
        struct str title = arena_strf(&a->lsp->work, "%.*s: %.*s", STR_ARG(finding->check->id),
                                      STR_ARG(finding->check->fix));
        put_action(a, finding, title, finding->fix.edits, finding->fix.n, true);
    }
}

/* ---- set aside */

static size_t count_of(const struct review *review, const struct check *check) {
    size_t n = 0;
    for (size_t i = 0; i < review->findings.n; i++) {
        n += review->findings.p[i].check == check;
    }
    return n;
}

/* The comment that stands above already gets one id more: it would no longer count with another between. */
static bool extend_comment(const struct acting *a, size_t line, struct str id, struct edit *edit) {
    static const struct str word = STR("# plimsoll:ignore ");
    struct str above = line ? lsp_line(&a->document->lines, line - 1) : STR_NONE;
    ptrdiff_t at = str_find(above, word);
    if (at < 0 || str_trim(str_sub(above, 0, (size_t)at)).n) {
        return false;
    }
    size_t end = (size_t)at + word.n;
    while (end < above.n && !ascii_is_space(above.p[end])) {
        end++;
    }
    size_t offset = a->document->lines.starts[line - 1] + end;
    *edit = (struct edit){{offset, offset}, arena_strf(&a->lsp->work, ",%.*s", STR_ARG(id))};
    return true;
}

static struct edit comment_above(const struct acting *a, const struct review_finding *finding) {
    const struct lsp_lines *lines = &a->document->lines;
    size_t line = MIN((size_t)MAX(finding->line, 1u), lines->n) - 1, indent = 0;
    struct str text = lsp_line(lines, line);
    struct edit edit;
    if (extend_comment(a, line, finding->check->id, &edit)) {
        return edit;
    }
    while (indent < text.n && (text.p[indent] == ' ' || text.p[indent] == '\t')) {
        indent++;
    }
    struct str end = str_find(lines->text, STR("\r\n")) >= 0 ? STR("\r\n") : STR("\n");
    return (struct edit){{lines->starts[line], lines->starts[line]},
                         arena_strf(&a->lsp->work, "%.*s# plimsoll:ignore %.*s%.*s",
                                    STR_ARG(str_sub(text, 0, indent)), STR_ARG(finding->check->id),
                                    STR_ARG(end))};
}

/* Inside of a text over several lines the comment would be none, and change the text. */
static bool helps(struct acting *a, const struct review_finding *finding, const struct edit *edit) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_LSP_MESSAGE);
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct review after;
    return edit_apply(a->document->lines.text, edit, 1, &text, NULL) == 0 &&
           lsp_review(a->lsp, a->document, &arena, buf_view(&text), 0, 0, &after) && !after.code &&
           count_of(&after, finding->check) < count_of(&a->review, finding->check);
}

static void put_comment(struct acting *a, const struct review_finding *finding) {
    struct str text = str_trim(a->document->lines.text);
    if (a->comments == MOST_COMMENTS || (text.n && text.p[0] == '{')) {
        return; /* JSON has no comments */
    }
    a->comments++;
    struct edit edit = comment_above(a, finding);
    if (edit.text.p && helps(a, finding, &edit)) {
        put_action(a, finding, arena_strf(&a->lsp->work, "Ignore %.*s here", STR_ARG(finding->check->id)),
                   &edit, 1, false);
    }
}

/* ---- the request */

/* The editor may want other kinds only; "quickfix" and all above it are ours. */
static bool is_asked_for(const struct doc *params) {
    const struct doc *only = doc_path(params, "context.only");
    for (size_t i = 0; i < doc_count(only); i++) {
        struct str kind = doc_str(doc_at(only, i));
        if (str_eq(kind, STR("quickfix")) || (doc_is(doc_at(only, i), DOC_STRING) && !kind.n)) {
            return true;
        }
    }
    return !doc_is(only, DOC_LIST);
}

static void put_actions(struct acting *a, struct doc_span range) {
    struct lsp_position first = lsp_position(&a->document->lines, range.from);
    struct lsp_position last = lsp_position(&a->document->lines, range.to);
    (void)lsp_review(a->lsp, a->document, &a->lsp->work, a->document->lines.text, first.line + 1,
                     last.line + 1, &a->review);
    for (size_t i = 0; i < a->review.findings.n; i++) {
        const struct review_finding *finding = &a->review.findings.p[i];
        uint32_t line = lsp_position(&a->document->lines, finding->span.from).line;
        if (line >= first.line && line <= last.line) {
            put_fix(a, finding);
            put_comment(a, finding);
        }
    }
}

void lsp_code_action(struct lsp *lsp, const struct doc *id, const struct doc *params) {
    struct document *document = lsp_document(lsp, params);
    struct doc_span range;
    if (document && !lsp_refresh(lsp, document)) {
        return;
    }
    if (!document || !lsp_get_range(document, params, &range)) {
        lsp_refuse(lsp, id, RPC_INVALID_PARAMS, "no such document or range");
        return;
    }
    struct json_writer w = lsp_begin_result(lsp, id);
    struct acting acting = {.lsp = lsp, .document = document, .w = &w};
    json_begin_array(&w);
    if (is_asked_for(params) && document->source.n) {
        put_actions(&acting, range);
    }
    json_end(&w);
    lsp_end(lsp, &w);
}
