#include "base/limits.h"
#include "lsp/parts.h"

struct page {
    struct buf text;
    bool has_markdown;
};

/* Text of others, with what Markdown would act on made plain. */
static void put_plain(struct page *page, struct str s) {
    static const struct str special = STR("\\`*_[]<>|~&");
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n' || s.p[i] == '\r') {
            buf_byte(&page->text, ' ');
            continue;
        }
        if (page->has_markdown && str_find_byte(special, s.p[i]) >= 0) {
            buf_byte(&page->text, '\\');
        }
        buf_byte(&page->text, (unsigned char)s.p[i]);
    }
}

static void put_mark(struct page *page, const char *mark) {
    if (page->has_markdown) {
        buf_c(&page->text, mark);
    }
}

static void put_paragraph(struct page *page, const char *label, struct str text) {
    if (text.n) {
        buf_c(&page->text, "\n\n");
        put_mark(page, *label ? "**" : "");
        buf_c(&page->text, label);
        put_mark(page, *label ? "**" : "");
        buf_c(&page->text, *label ? " " : "");
        put_plain(page, text);
    }
}

static void put_controls(struct page *page, const struct check *check) {
    for (size_t i = 0; i < check->controls_n; i++) {
        buf_c(&page->text, i ? "\n- " : "\n\n- ");
        put_plain(page, check->controls[i].framework);
        buf_byte(&page->text, ' ');
        put_plain(page, check->controls[i].numbers);
    }
}

static void put_references(struct page *page, const struct check *check) {
    for (size_t i = 0; i < check->references_n; i++) {
        buf_c(&page->text, i ? "\n- " : "\n\n- ");
        put_mark(page, "<");
        buf_str(&page->text, check->references[i]);
        put_mark(page, ">");
    }
}

static void put_finding(struct page *page, const struct review_finding *finding) {
    const struct check *check = finding->check;
    put_mark(page, "**");
    put_plain(page, check->title);
    put_mark(page, "**");
    buf_printf(&page->text, "\n\n%s · ", severity_name(check->severity));
    put_plain(page, check->id);
    put_paragraph(page, "", finding->message);
    put_paragraph(page, "Not decided:", finding->is_undecided ? finding->reason : STR_NONE);
    put_paragraph(page, "Why:", check->why);
    put_paragraph(page, "Fix:", check->fix);
    put_controls(page, check);
    put_references(page, check);
}

static void answer(struct lsp *lsp, const struct doc *id, const struct document *document,
                   const struct page *page, struct doc_span span) {
    struct json_writer w = lsp_begin_result(lsp, id);
    if (!page->text.n) {
        json_null(&w);
        lsp_end(lsp, &w);
        return;
    }
    json_begin_object(&w);
    json_key(&w, STR("contents"));
    json_begin_object(&w);
    lsp_put(&w, "kind", page->has_markdown ? STR("markdown") : STR("plaintext"));
    lsp_put(&w, "value", buf_view(&page->text));
    json_end(&w);
    lsp_put_range(&w, document, span);
    json_end(&w);
    lsp_end(lsp, &w);
}

void lsp_hover(struct lsp *lsp, const struct doc *id, const struct doc *params) {
    struct document *document = lsp_document(lsp, params);
    struct lsp_position position;
    if (!document || !lsp_get_position(doc_get(params, STR("position")), &position)) {
        lsp_refuse(lsp, id, RPC_INVALID_PARAMS, "no such document or position");
        return;
    }
    if (!lsp_refresh(lsp, document)) {
        return;
    }
    struct page page = {buf_new(MIB), lsp->has_markdown};
    struct doc_span span = {0};
    size_t at = lsp_offset(&document->lines, position);
    for (size_t i = 0; i < document->review.findings.n; i++) {
        const struct review_finding *finding = &document->review.findings.p[i];
        if (finding->span.from <= at && at <= finding->span.to) {
            buf_c(&page.text, !page.text.n ? "" : page.has_markdown ? "\n\n---\n\n" : "\n\n");
            span = page.text.n ? span : finding->span;
            put_finding(&page, finding);
        }
    }
    answer(lsp, id, document, &page, span);
    lsp->failed |= page.text.failed;
    buf_free(&page.text);
}
