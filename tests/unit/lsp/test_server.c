/* The server with a reviewer of its own: one finding wherever the text says "bad".
 * tests/integration/test_lsp.py has whole sessions with the real one. */
#include "base/limits.h"
#include "lsp/frame.h"
#include "lsp/lsp.h"
#include "test.h"

static const struct check check = {.id = STR("T-1"),
                                   .title = STR("It is *bad*"),
                                   .severity = SEVERITY_HIGH,
                                   .why = STR("w"),
                                   .fix = STR("f")};

static unsigned reviews;

static int review(struct arena *arena, const struct review_request *request, struct review *out,
                  struct err *err) {
    ptrdiff_t at = str_find(request->in.text, STR("bad"));
    *out = (struct review){0};
    reviews++;
    if (at < 0 || str_find(request->in.text, STR("plimsoll:ignore T-1")) >= 0) {
        return 0;
    }
    struct review_finding *finding = VEC_PUSH(arena, &out->findings);
    struct edit *edit = arena_alloc(arena, sizeof *edit);
    if (!finding || !edit) {
        return err_memory(err);
    }
    *edit = (struct edit){{(size_t)at, (size_t)at + 3}, STR("good")};
    *finding = (struct review_finding){.check = &check, .span = edit->span, .line = 1};
    if (request->wants_fixes) {
        finding->fix = (struct fix){edit, 1};
    }
    return 0;
}

static void put(struct buf *in, const char *message) {
    frame_write(in, str_c(message));
}

static const char begin[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}";
#define OPEN(text)                                                                                           \
    "{\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\"file:///Dockerfile\","     \
    "\"languageId\":\"dockerfile\",\"version\":1,\"text\":\"" text "\"}}}"
#define CHANGE(range, text)                                                                                  \
    "{\"method\":\"textDocument/didChange\",\"params\":{\"textDocument\":{\"uri\":\"file:///Dockerfile\","   \
    "\"version\":2},\"contentChanges\":[{" range "\"text\":\"" text "\"}]}}"
#define RANGE(a, b)                                                                                          \
    "\"range\":{\"start\":{\"line\":0,\"character\":" #a "},\"end\":{\"line\":0,\"character\":" #b "}},"
#define ACTIONS                                                                                              \
    "{\"id\":2,\"method\":\"textDocument/codeAction\",\"params\":{\"textDocument\":{\"uri\":"                \
    "\"file:///Dockerfile\"}," RANGE(0, 0) "\"context\":{\"diagnostics\":[]}}}"

static int talk(const struct buf *in, struct buf *out, struct err *err) {
    const struct lsp_options options = {.review = review};
    _cleanup_(lsp_freep) struct lsp *lsp = NULL;
    int r = lsp_new(&lsp, &options, err);
    return r == 0 ? lsp_take(lsp, buf_view(in), out, err) : r;
}

static bool has(const struct buf *out, const char *text) {
    return str_find(buf_view(out), str_c(text)) >= 0;
}

static void judges_changes_that_arrive_together_once(void **state) {
    _cleanup_(buf_free) struct buf in = buf_new(MIB), out = buf_new(MIB);
    struct err err = ERR_NONE;
    put(&in, begin);
    put(&in, OPEN("bad"));
    put(&in, CHANGE(RANGE(0, 3), "b"));
    put(&in, CHANGE(RANGE(1, 1), "ad"));
    reviews = 0;
    assert_int_equal(talk(&in, &out, &err), 0);
    assert_int_equal(reviews, 1);
    assert_true(has(&out, "\"version\":2,\"diagnostics\":[{\"range\":{\"start\":{\"line\":0,\"character\":0},"
                          "\"end\":{\"line\":0,\"character\":3}}"));
}

/* A request sees the changes in front of it. */
static void answers_of_the_present_text(void **state) {
    _cleanup_(buf_free) struct buf in = buf_new(MIB), out = buf_new(MIB);
    struct err err = ERR_NONE;
    put(&in, begin);
    put(&in, OPEN("ok"));
    put(&in, CHANGE("", "so bad"));
    put(&in, ACTIONS);
    assert_int_equal(talk(&in, &out, &err), 0);
    assert_true(has(&out, "\"newText\":\"good\""));
    assert_true(has(&out, "\"newText\":\"# plimsoll:ignore T-1\\n\""));
}

static void drops_a_document_that_it_cannot_follow(void **state) {
    _cleanup_(buf_free) struct buf in = buf_new(MIB), out = buf_new(MIB);
    struct err err = ERR_NONE;
    put(&in, begin);
    put(&in, OPEN("bad"));
    put(&in, CHANGE("\"range\":{\"start\":{}},", "x"));
    put(&in, ACTIONS);
    assert_int_equal(talk(&in, &out, &err), 0);
    assert_true(has(&out, "-32602"));
    assert_false(has(&out, "publishDiagnostics"));
}

static void leaves_when_told(void **state) {
    _cleanup_(buf_free) struct buf in = buf_new(MIB), out = buf_new(MIB);
    struct err err = ERR_NONE;
    put(&in, "{\"method\":\"exit\"}");
    put(&in, begin);
    assert_int_equal(talk(&in, &out, &err), 1);
    assert_int_equal(out.n, 0);
}

static void without_memory(void **state) {
    _cleanup_(buf_free) struct buf in = buf_new(MIB);
    put(&in, begin);
    put(&in, OPEN("so bad"));
    put(&in, ACTIONS);
    put(&in, "{\"id\":3,\"method\":\"textDocument/hover\",\"params\":{\"textDocument\":{\"uri\":"
             "\"file:///Dockerfile\"},\"position\":{\"line\":0,\"character\":4}}}");
    WITH_EACH_ALLOCATION_FAILED({
        struct buf out = buf_new(MIB);
        struct err err = ERR_NONE;
        int r = talk(&in, &out, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
        buf_free(&out);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_changes_that_arrive_together_once),
        cmocka_unit_test(answers_of_the_present_text),
        cmocka_unit_test(drops_a_document_that_it_cannot_follow),
        cmocka_unit_test(leaves_when_told),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
