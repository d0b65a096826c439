/* The server's state, and what its parts offer each other. Internal. */
#ifndef PLIMSOLL_LSP_PARTS_H
#define PLIMSOLL_LSP_PARTS_H

#include "doc/json_write.h"
#include "lsp/document.h"
#include "lsp/frame.h"
#include "lsp/lsp.h"

enum lsp_state { LSP_NEW, LSP_READY, LSP_SHUT_DOWN, LSP_GONE };

struct lsp {
    struct lsp_options options;
    enum lsp_state state;
    bool was_shut_down;
    /* What the editor can do. */
    enum lsp_encoding encoding;
    bool has_document_changes, has_markdown;

    struct frames frames;
    struct document *documents;
    size_t documents_n, text_n; /* text_n: bytes of all texts */
    struct arena batch;         /* of the messages that arrived together */
    struct arena work;          /* of one answer */
    struct buf message;         /* on its way out */
    struct buf *out;            /* the caller's, during lsp_take() */
    bool failed;                /* no memory: the session ends */
};

/* JSON-RPC 2.0, section 5.1, and LSP's own. */
enum rpc_error {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_METHOD_NOT_FOUND = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL_ERROR = -32603,
    LSP_NOT_INITIALIZED = -32002,
    LSP_REQUEST_CANCELLED = -32800,
};

/* ---- writing: begin, write one value, end */

struct json_writer lsp_begin_result(struct lsp *lsp, const struct doc *id);
struct json_writer lsp_begin_notification(struct lsp *lsp, const char *method);
void lsp_end(struct lsp *lsp, struct json_writer *w);
void lsp_refuse(struct lsp *lsp, const struct doc *id, enum rpc_error code, const char *message);

void lsp_put(struct json_writer *w, const char *key, struct str value);
void lsp_put_uint(struct json_writer *w, const char *key, uint64_t value);
/* {"range": ...} of bytes of the document's text. */
void lsp_put_range(struct json_writer *w, const struct document *document, struct doc_span span);

/* ---- reading params */

/* The open document that params.textDocument names, or NULL. */
struct document *lsp_document(const struct lsp *lsp, const struct doc *params);
bool lsp_get_position(const struct doc *d, struct lsp_position *out);
/* params.range as bytes of the document's text; false when there is none. */
bool lsp_get_range(const struct document *document, const struct doc *params, struct doc_span *out);

/* ---- what is said */

/* Reviews the document when it has changed. False without memory: the session ends. */
bool lsp_refresh(struct lsp *lsp, struct document *document);
/* Of the text that the editor has; fixes of findings on these lines (from 1; 0: none). False, and nothing
 * found, when it could not be done; a message to show is in *review then. */
bool lsp_review(struct lsp *lsp, struct document *document, struct arena *arena, struct str text,
                uint32_t first, uint32_t last, struct review *review);

void lsp_publish(struct lsp *lsp, struct document *document);
void lsp_put_diagnostic(struct json_writer *w, const struct document *document,
                        const struct review_finding *finding);

/* Handlers of requests: each answers. */
void lsp_hover(struct lsp *lsp, const struct doc *id, const struct doc *params);
void lsp_code_action(struct lsp *lsp, const struct doc *id, const struct doc *params);

#endif
