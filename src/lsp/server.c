#include "base/limits.h"
#include "base/mem.h"
#include "doc/json.h"
#include "lsp/parts.h"

/* ---- writing */

static struct json_writer begin(struct lsp *lsp) {
    buf_clear(&lsp->message);
    struct json_writer w = json_writer_new(&lsp->message, 0);
    json_begin_object(&w);
    lsp_put(&w, "jsonrpc", STR("2.0"));
    return w;
}

static void put_id(struct json_writer *w, const struct doc *id) {
    json_key(w, STR("id"));
    if (id) {
        json_write_doc(w, id);
    } else {
        json_null(w);
    }
}

struct json_writer lsp_begin_result(struct lsp *lsp, const struct doc *id) {
    struct json_writer w = begin(lsp);
    put_id(&w, id);
    json_key(&w, STR("result"));
    return w;
}

struct json_writer lsp_begin_notification(struct lsp *lsp, const char *method) {
    struct json_writer w = begin(lsp);
    lsp_put(&w, "method", str_c(method));
    json_key(&w, STR("params"));
    return w;
}

void lsp_end(struct lsp *lsp, struct json_writer *w) {
    json_end(w);
    if (json_finish(w, NULL) < 0) {
        lsp->failed = true;
        return;
    }
    frame_write(lsp->out, buf_view(&lsp->message));
    lsp->failed |= lsp->out->failed;
}

void lsp_refuse(struct lsp *lsp, const struct doc *id, enum rpc_error code, const char *message) {
    struct json_writer w = begin(lsp);
    put_id(&w, id);
    json_key(&w, STR("error"));
    json_begin_object(&w);
    json_key(&w, STR("code"));
    json_int(&w, code);
    lsp_put(&w, "message", str_c(message));
    json_end(&w);
    lsp_end(lsp, &w);
}

void lsp_put(struct json_writer *w, const char *key, struct str value) {
    json_key(w, str_c(key));
    json_str(w, value);
}

void lsp_put_uint(struct json_writer *w, const char *key, uint64_t value) {
    json_key(w, str_c(key));
    json_uint(w, value);
}

static void put_position(struct json_writer *w, const char *key, struct lsp_position position) {
    json_key(w, str_c(key));
    json_begin_object(w);
    lsp_put_uint(w, "line", position.line);
    lsp_put_uint(w, "character", position.character);
    json_end(w);
}

void lsp_put_range(struct json_writer *w, const struct document *document, struct doc_span span) {
    json_key(w, STR("range"));
    json_begin_object(w);
    put_position(w, "start", lsp_position(&document->lines, span.from));
    put_position(w, "end", lsp_position(&document->lines, span.to));
    json_end(w);
}

/* ---- reading */

static bool get_uint32(const struct doc *d, uint32_t *out) {
    int64_t i;
    if (!doc_int(d, &i) || i < 0 || i > INT32_MAX) {
        return false;
    }
    *out = (uint32_t)i;
    return true;
}

bool lsp_get_position(const struct doc *d, struct lsp_position *out) {
    return get_uint32(doc_get(d, STR("line")), &out->line) &&
           get_uint32(doc_get(d, STR("character")), &out->character);
}

static bool get_span(const struct lsp_lines *lines, const struct doc *range, struct doc_span *out) {
    struct lsp_position start, end;
    if (!lsp_get_position(doc_get(range, STR("start")), &start) ||
        !lsp_get_position(doc_get(range, STR("end")), &end)) {
        return false;
    }
    out->from = lsp_offset(lines, start);
    out->to = MAX(out->from, lsp_offset(lines, end));
    return true;
}

bool lsp_get_range(const struct document *document, const struct doc *params, struct doc_span *out) {
    return get_span(&document->lines, doc_get(params, STR("range")), out);
}

static struct document *find_document(const struct lsp *lsp, struct str uri) {
    struct document *document = lsp->documents;
    while (document && !str_eq(document->uri, uri)) {
        document = document->next;
    }
    return document;
}

struct document *lsp_document(const struct lsp *lsp, const struct doc *params) {
    const struct doc *uri = doc_path(params, "textDocument.uri");
    return doc_is(uri, DOC_STRING) ? find_document(lsp, uri->s) : NULL;
}

/* ---- documents */

static void drop_document(struct lsp *lsp, struct document *document) {
    struct document **link = &lsp->documents;
    while (*link != document) {
        link = &(*link)->next;
    }
    *link = document->next;
    lsp->documents_n--;
    lsp->text_n -= document->text.n;
    document_free(document);
}

/* False when it would be more than is kept: then the document is left out, which its editor sees by missing
 * diagnostics. */
static bool set_text(struct lsp *lsp, struct document *document, size_t from, size_t to, struct str text) {
    size_t rest = lsp->text_n - (to - from);
    if (text.n > LIMIT_LSP_TEXT - rest || text.n > LIMIT_LSP_MESSAGE - (document->text.n - (to - from))) {
        return false;
    }
    if (!document_replace(document, from, to, text)) {
        lsp->failed = true;
        return false;
    }
    lsp->text_n = rest + text.n;
    return true;
}

static void did_open(struct lsp *lsp, const struct doc *params) {
    const struct doc *item = doc_get(params, STR("textDocument")), *uri = doc_get(item, STR("uri"));
    const struct doc *text = doc_get(item, STR("text"));
    if (!doc_is(uri, DOC_STRING) || !doc_is(text, DOC_STRING)) {
        return;
    }
    struct document *document = find_document(lsp, uri->s);
    if (document) {
        drop_document(lsp, document);
    }
    if (lsp->documents_n == LIMIT_LSP_DOCUMENTS) {
        return;
    }
    document = document_new(uri->s, doc_str(doc_get(item, STR("languageId"))));
    if (!document) {
        lsp->failed = true;
        return;
    }
    (void)doc_int(doc_get(item, STR("version")), &document->version);
    document->next = lsp->documents;
    lsp->documents = document;
    lsp->documents_n++;
    document->is_stale = true;
    if (!set_text(lsp, document, 0, 0, text->s)) {
        drop_document(lsp, document);
    }
}

static bool change(struct lsp *lsp, struct document *document, const struct doc *event) {
    const struct doc *text = doc_get(event, STR("text")), *range = doc_get(event, STR("range"));
    struct doc_span span = {0, document->text.n};
    struct lsp_lines lines;
    if (!doc_is(text, DOC_STRING)) {
        return false;
    }
    if (doc_is(range, DOC_MAP)) {
        arena_reset(&lsp->work);
        if (lsp_lines_over(&lsp->work, buf_view(&document->text), lsp->encoding, &lines, NULL) < 0 ||
            !get_span(&lines, range, &span)) {
            return false;
        }
    }
    return set_text(lsp, document, span.from, span.to, text->s);
}

/* A change that can't be followed leaves a text that is not the editor's: the document is given up. */
static void did_change(struct lsp *lsp, const struct doc *params) {
    struct document *document = lsp_document(lsp, params);
    const struct doc *changes = doc_get(params, STR("contentChanges"));
    if (!document) {
        return;
    }
    (void)doc_int(doc_path(params, "textDocument.version"), &document->version);
    for (size_t i = 0; i < doc_count(changes); i++) {
        if (!change(lsp, document, doc_at(changes, i))) {
            drop_document(lsp, document);
            return;
        }
    }
}

static void did_save(struct lsp *lsp, const struct doc *params) {
    struct document *document = lsp_document(lsp, params);
    if (document) {
        document->is_stale = true;
    }
}

static void did_close(struct lsp *lsp, const struct doc *params) {
    struct document *document = lsp_document(lsp, params);
    if (!document) {
        return;
    }
    struct json_writer w = lsp_begin_notification(lsp, "textDocument/publishDiagnostics");
    json_begin_object(&w);
    lsp_put(&w, "uri", document->uri);
    json_key(&w, STR("diagnostics"));
    json_begin_array(&w);
    json_end(&w);
    json_end(&w);
    lsp_end(lsp, &w);
    drop_document(lsp, document);
}

static void publish_stale(struct lsp *lsp) {
    for (struct document *document = lsp->documents; document && !lsp->failed; document = document->next) {
        if (document->is_stale) {
            lsp_publish(lsp, document);
        }
    }
}

/* ---- the session */

static bool lists(const struct doc *list, struct str word) {
    for (size_t i = 0; i < doc_count(list); i++) {
        if (str_eq(doc_str(doc_at(list, i)), word)) {
            return true;
        }
    }
    return false;
}

static void put_capabilities(struct lsp *lsp, struct json_writer *w) {
    json_key(w, STR("capabilities"));
    json_begin_object(w);
    lsp_put(w, "positionEncoding", lsp->encoding == LSP_UTF8 ? STR("utf-8") : STR("utf-16"));
    json_key(w, STR("textDocumentSync"));
    json_raw(w, STR("{\"openClose\":true,\"change\":2,\"save\":{\"includeText\":false}}"));
    json_key(w, STR("hoverProvider"));
    json_bool(w, true);
    json_key(w, STR("codeActionProvider"));
    json_raw(w, STR("{\"codeActionKinds\":[\"quickfix\"]}"));
    json_end(w);
}

static void initialize(struct lsp *lsp, const struct doc *id, const struct doc *params) {
    const struct doc *can = doc_get(params, STR("capabilities"));
    const struct doc *formats = doc_path(can, "textDocument.hover.contentFormat");
    if (lsp->state != LSP_NEW) {
        lsp_refuse(lsp, id, RPC_INVALID_REQUEST, "the session has begun already");
        return;
    }
    lsp->encoding = lists(doc_path(can, "general.positionEncodings"), STR("utf-8")) ? LSP_UTF8 : LSP_UTF16;
    lsp->has_document_changes = doc_bool(doc_path(can, "workspace.workspaceEdit.documentChanges"), false);
    lsp->has_markdown = !doc_is(formats, DOC_LIST) || lists(formats, STR("markdown"));
    lsp->state = LSP_READY;
    struct json_writer w = lsp_begin_result(lsp, id);
    json_begin_object(&w);
    put_capabilities(lsp, &w);
    json_key(&w, STR("serverInfo"));
    json_begin_object(&w);
    lsp_put(&w, "name", STR("plimsoll"));
    lsp_put(&w, "version", STR(PLIMSOLL_VERSION));
    json_end(&w);
    json_end(&w);
    lsp_end(lsp, &w);
}

static void shut_down(struct lsp *lsp, const struct doc *id, const struct doc *params) {
    lsp->state = LSP_SHUT_DOWN;
    struct json_writer w = lsp_begin_result(lsp, id);
    json_null(&w);
    lsp_end(lsp, &w);
}

static void ignore(struct lsp *lsp, const struct doc *params) {}

static void leave(struct lsp *lsp, const struct doc *params) {
    lsp->was_shut_down = lsp->state == LSP_SHUT_DOWN;
    lsp->state = LSP_GONE;
}

static const struct method {
    struct str name;
    void (*request)(struct lsp *lsp, const struct doc *id, const struct doc *params);
    void (*notification)(struct lsp *lsp, const struct doc *params);
} methods[] = {
    {STR("initialize"), initialize, NULL},
    {STR("initialized"), NULL, ignore},
    {STR("shutdown"), shut_down, NULL},
    {STR("exit"), NULL, leave},
    {STR("textDocument/didOpen"), NULL, did_open},
    {STR("textDocument/didChange"), NULL, did_change},
    {STR("textDocument/didSave"), NULL, did_save},
    {STR("textDocument/didClose"), NULL, did_close},
    {STR("textDocument/hover"), lsp_hover, NULL},
    {STR("textDocument/codeAction"), lsp_code_action, NULL},
};

static const struct method *method_of(struct str name) {
    for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
        if (str_eq(methods[i].name, name)) {
            return &methods[i];
        }
    }
    return NULL;
}

/* ---- messages */

struct message {
    struct str method;
    const struct doc *id, *params; /* id: NULL of a notification */
    bool is_cancelled;
};

struct messages {
    struct message *p;
    size_t n, cap;
};

static bool is_id(const struct doc *id) {
    return doc_is(id, DOC_INT) || doc_is(id, DOC_STRING);
}

static bool is_same_id(const struct doc *a, const struct doc *b) {
    if (!a || !b || a->kind != b->kind) {
        return false;
    }
    return a->kind == DOC_INT ? a->i == b->i : str_eq(a->s, b->s);
}

static void cancel(struct messages *messages, const struct doc *id) {
    for (size_t i = 0; is_id(id) && i < messages->n; i++) {
        if (is_same_id(messages->p[i].id, id)) {
            messages->p[i].is_cancelled = true;
        }
    }
}

static void read_message(struct lsp *lsp, struct messages *messages, struct str text) {
    const struct doc *root, *id;
    if (json_parse(&lsp->batch, text, &root, NULL) < 0) {
        lsp_refuse(lsp, NULL, RPC_PARSE_ERROR, "this is no JSON, or more than is taken");
        return;
    }
    id = doc_get(root, STR("id"));
    const struct doc *method = doc_get(root, STR("method"));
    if (!doc_is(root, DOC_MAP) || (!method && !id) || (method && !doc_is(method, DOC_STRING)) ||
        (method && id && !is_id(id))) {
        lsp_refuse(lsp, is_id(id) ? id : NULL, RPC_INVALID_REQUEST, "this is no request");
        return;
    }
    if (!method) {
        return; /* an answer, but we ask nothing */
    }
    if (str_eq(method->s, STR("$/cancelRequest"))) {
        cancel(messages, doc_path(root, "params.id"));
        return;
    }
    struct message *slot = VEC_PUSH(&lsp->batch, messages);
    if (!slot) {
        lsp->failed = true;
        return;
    }
    *slot = (struct message){method->s, id, doc_get(root, STR("params")), false};
}

static bool may_ask(struct lsp *lsp, const struct message *message) {
    if (lsp->state == LSP_NEW && !str_eq(message->method, STR("initialize"))) {
        lsp_refuse(lsp, message->id, LSP_NOT_INITIALIZED, "the first request is initialize");
        return false;
    }
    if (lsp->state == LSP_SHUT_DOWN) {
        lsp_refuse(lsp, message->id, RPC_INVALID_REQUEST, "the session was shut down");
        return false;
    }
    if (message->is_cancelled) {
        lsp_refuse(lsp, message->id, LSP_REQUEST_CANCELLED, "taken back");
        return false;
    }
    return true;
}

static void handle(struct lsp *lsp, const struct message *message) {
    const struct method *method = method_of(message->method);
    if (!message->id) {
        bool is_now = lsp->state == LSP_READY || str_eq(message->method, STR("exit"));
        if (method && method->notification && is_now) {
            method->notification(lsp, message->params);
        }
        return;
    }
    if (!may_ask(lsp, message)) {
        return;
    }
    if (!method || !method->request) {
        lsp_refuse(lsp, message->id, RPC_METHOD_NOT_FOUND, "there is no such method");
        return;
    }
    arena_reset(&lsp->work);
    method->request(lsp, message->id, message->params);
}

int lsp_take(struct lsp *lsp, struct str bytes, struct buf *out, struct err *err) {
    struct messages messages = {0};
    struct str text;
    int r = frames_put(&lsp->frames, bytes, err);
    if (r < 0) {
        return r;
    }
    lsp->out = out;
    arena_reset(&lsp->batch);
    while ((r = frames_next(&lsp->frames, &text, err)) == 1) {
        read_message(lsp, &messages, text);
    }
    for (size_t i = 0; i < messages.n && lsp->state != LSP_GONE && !lsp->failed; i++) {
        handle(lsp, &messages.p[i]);
    }
    if (lsp->state == LSP_READY) {
        publish_stale(lsp);
    }
    lsp->out = NULL;
    if (lsp->failed) {
        return err_memory(err);
    }
    return lsp->state == LSP_GONE ? 1 : r;
}

/* ---- life */

int lsp_new(struct lsp **out, const struct lsp_options *options, struct err *err) {
    struct lsp *lsp = mem_alloc_zero(sizeof *lsp);
    if (!lsp) {
        return err_memory(err);
    }
    lsp->options = *options;
    lsp->options.review = options->review ? options->review : review_in_cage;
    lsp->frames = frames_new();
    lsp->batch = arena_new(8 * LIMIT_LSP_MESSAGE);
    lsp->work = arena_new(4 * LIMIT_DOC_BYTES);
    lsp->message = buf_new(4 * LIMIT_LSP_MESSAGE);
    *out = lsp;
    return 0;
}

void lsp_free(struct lsp *lsp) {
    if (!lsp) {
        return;
    }
    while (lsp->documents) {
        drop_document(lsp, lsp->documents);
    }
    frames_free(&lsp->frames);
    arena_free(&lsp->batch);
    arena_free(&lsp->work);
    buf_free(&lsp->message);
    mem_free(lsp);
}

void lsp_freep(struct lsp **lsp) {
    lsp_free(*lsp);
}

int lsp_exit_code(const struct lsp *lsp) {
    return lsp->was_shut_down ? 0 : 1;
}
