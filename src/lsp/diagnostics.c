#include "base/clock.h"
#include "base/limits.h"
#include "lsp/parts.h"

/* LSP 3.17, DiagnosticSeverity. */
enum { SAYS_ERROR = 1, SAYS_WARNING, SAYS_INFORMATION, SAYS_HINT };

bool lsp_review(struct lsp *lsp, struct document *document, struct arena *arena, struct str text,
                uint32_t first, uint32_t last, struct review *review) {
    const struct lsp_options *options = &lsp->options;
    const struct review_request request = {
        .in = {document->source, document->file, text, options->kubernetes},
        .checks = options->checks,
        .checks_n = options->checks_n,
        .honours_others = options->honours_others,
        .now = clock_now(),
        .wants_fixes = first > 0,
        .first = first,
        .last = last,
    };
    struct err err = ERR_NONE;
    *review = (struct review){0};
    if (!document->source.n || options->review(arena, &request, review, &err) == 0) {
        return true;
    }
    *review = (struct review){.code = err.code, .problem = arena_str(arena, str_c(err.message))};
    return false;
}

bool lsp_refresh(struct lsp *lsp, struct document *document) {
    struct err err = ERR_NONE;
    if (!document->is_stale) {
        return true;
    }
    if (document_refresh_lines(document, lsp->encoding, &err) < 0) {
        lsp->failed = true;
        return false;
    }
    (void)lsp_review(lsp, document, &document->arena, buf_view(&document->text), 0, 0, &document->review);
    document->is_stale = false;
    return true;
}

/* ---- one */

static unsigned severity_of_finding(const struct review_finding *finding) {
    static const unsigned severities[SEVERITIES] = {
        [SEVERITY_UNKNOWN] = SAYS_WARNING, [SEVERITY_NONE] = SAYS_INFORMATION,
        [SEVERITY_LOW] = SAYS_INFORMATION, [SEVERITY_MEDIUM] = SAYS_WARNING,
        [SEVERITY_HIGH] = SAYS_ERROR,      [SEVERITY_CRITICAL] = SAYS_ERROR,
    };
    return finding->is_undecided ? SAYS_HINT : severities[finding->check->severity];
}

static void put_message(struct json_writer *w, const struct review_finding *finding) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    buf_str(&text, finding->check->title);
    if (finding->message.n) {
        buf_c(&text, ": ");
        buf_str(&text, finding->message);
    }
    if (finding->is_undecided) {
        buf_c(&text, "\nNot decided: ");
        buf_str(&text, finding->reason);
    }
    lsp_put(w, "message", buf_view(&text));
}

void lsp_put_diagnostic(struct json_writer *w, const struct document *document,
                        const struct review_finding *finding) {
    const struct check *check = finding->check;
    json_begin_object(w);
    lsp_put_range(w, document, finding->span);
    lsp_put_uint(w, "severity", severity_of_finding(finding));
    lsp_put(w, "code", check->id);
    if (check->references_n) {
        json_key(w, STR("codeDescription"));
        json_begin_object(w);
        lsp_put(w, "href", check->references[0]);
        json_end(w);
    }
    lsp_put(w, "source", STR("plimsoll"));
    put_message(w, finding);
    json_end(w);
}

/* ---- what is wrong with the file itself */

static struct doc_span span_of_problem(const struct document *document) {
    const struct review *review = &document->review;
    if (!review->at.line) {
        return (struct doc_span){0, lsp_line(&document->lines, 0).n};
    }
    struct str line = lsp_line(&document->lines, review->at.line - 1);
    if (review->at.line > document->lines.n) {
        return (struct doc_span){document->lines.text.n, document->lines.text.n};
    }
    size_t start = document->lines.starts[review->at.line - 1];
    size_t column = review->at.column ? MIN((size_t)review->at.column - 1, line.n) : 0;
    return (struct doc_span){start + column, start + line.n};
}

static void put_problem(struct json_writer *w, const struct document *document) {
    const struct review *review = &document->review;
    bool is_mistake = review->code == ERR_INPUT || review->code == ERR_LIMIT;
    json_begin_object(w);
    lsp_put_range(w, document, span_of_problem(document));
    lsp_put_uint(w, "severity", is_mistake ? SAYS_ERROR : SAYS_INFORMATION);
    lsp_put(w, "source", STR("plimsoll"));
    lsp_put(w, "message", review->problem);
    json_end(w);
}

void lsp_publish(struct lsp *lsp, struct document *document) {
    if (!lsp_refresh(lsp, document)) {
        return;
    }
    const struct review *review = &document->review;
    struct json_writer w = lsp_begin_notification(lsp, "textDocument/publishDiagnostics");
    json_begin_object(&w);
    lsp_put(&w, "uri", document->uri);
    json_key(&w, STR("version"));
    json_int(&w, document->version);
    json_key(&w, STR("diagnostics"));
    json_begin_array(&w);
    if (review->code) {
        put_problem(&w, document);
    }
    for (size_t i = 0; i < review->findings.n; i++) {
        lsp_put_diagnostic(&w, document, &review->findings.p[i]);
    }
    json_end(&w);
    json_end(&w);
    lsp_end(lsp, &w);
}
