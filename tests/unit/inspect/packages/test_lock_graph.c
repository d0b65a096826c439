/* Lockfiles that want to be expensive: large, deep, cyclic, and with all names alike. */
#include "base/limits.h"
#include "facts_text.h"
#include "test.h"

static size_t count(struct str text, const char *prefix) {
    size_t n = 0;
    for (struct str line; str_line(&text, &line);) {
        n += str_starts(line, str_c(prefix));
    }
    return n;
}

static int read_body(const char *inspector, const char *path, const struct buf *body, struct buf *out) {
    assert_false(body->failed);
    return facts_text(out, facts_text_find(inspector), str_c(path), buf_view(body));
}

/* Every package needs one name that all of them have. */
static void many_of_one_name_cost_their_number(void **state) {
    enum { N = 20000 };
    _cleanup_(buf_free) struct buf body = buf_new(64 * MIB), out = buf_new(64 * MIB);
    buf_c(&body,
          "[[package]]\nname = \"own\"\nsource = {virtual = \".\"}\ndependencies = [{name = \"a\"}]\n");
    for (unsigned i = 0; i < N; i++) {
        buf_printf(&body, "[[package]]\nname = \"a\"\nversion = \"%u\"\ndependencies = [{name = \"a\"}]\n",
                   i);
    }
    assert_int_equal(read_body("uv-lock", "uv.lock", &body, &out), 0);
    assert_int_equal(count(buf_view(&out), "package|pypi|a|"), N);
    assert_int_equal(count(buf_view(&out), "needs|a|"),
                     N - 1); /* the first is itself the first of the name */
}

static void a_circle_ends(void **state) {
    enum { N = 20000 };
    _cleanup_(buf_free) struct buf body = buf_new(64 * MIB), out = buf_new(64 * MIB);
    buf_c(&body, "{\"workspaces\": {\"\": {\"devDependencies\": {\"p0\": \"1\"}}}, \"packages\": {");
    for (unsigned i = 0; i < N; i++) {
        buf_printf(&body, "\"p%u\": [\"p%u@1.0.0\", \"\", {\"dependencies\": {\"p%u\": \"1\"}}],\n", i, i,
                   (i + 1) % N);
    }
    buf_c(&body, "}}");
    assert_int_equal(read_body("bun-lock", "bun.lock", &body, &out), 0);
    assert_int_equal(count(buf_view(&out), "package|npm|p"), N);
    assert_int_equal(count(buf_view(&out), "needs|p"), N);
    assert_true(str_find(buf_view(&out), STR("package|npm|p0|1.0.0||line 1|development direct\n")) >= 0);
    assert_true(str_find(buf_view(&out), STR("package|npm|p9999|1.0.0||line 10000|development\n")) >= 0);
}

/* Needs from deep folders are looked for in so many folders above and no more. */
static void nested_folders_cost_no_more_than_their_limit(void **state) {
    enum { NEEDS = 30000 };
    _cleanup_(buf_free) struct buf body = buf_new(64 * MIB), out = buf_new(64 * MIB);
    buf_c(&body, "{\"packages\": {\"node_modules/b\": {\"version\": \"1.0.0\"}, \"");
    for (unsigned i = 0; i < 200; i++) {
        buf_c(&body, "node_modules/aaaa/");
    }
    buf_c(&body, "node_modules/c\": {\"version\": \"2.0.0\", \"dependencies\": {\"b\": \"1\"");
    for (unsigned i = 0; i < NEEDS; i++) {
        buf_printf(&body, ", \"gone%u\": \"1\"", i);
    }
    buf_c(&body, "}}}}");
    assert_int_equal(read_body("npm-lock", "package-lock.json", &body, &out), 0);
    assert_int_equal(count(buf_view(&out), "package|npm|"), 2);
    assert_int_equal(count(buf_view(&out), "problem|incomplete|too many nested needs"), 1);
}

static void needs_past_their_limit_are_a_problem(void **state) {
    _cleanup_(buf_free) struct buf body = buf_new(64 * MIB), out = buf_new(64 * MIB);
    buf_c(&body, "{\"name\": \"a\", \"version\": \"1.0.0\", \"dependencies\": {");
    for (unsigned i = 0; i < 300000; i++) {
        buf_printf(&body, "%s\"need%06u\": \"1\"", i ? "," : "", i);
    }
    buf_c(&body, "}}");
    assert_int_equal(read_body("npm-installed", "node_modules/a/package.json", &body, &out), 0);
    assert_int_equal(count(buf_view(&out), "package|npm|a|1.0.0"), 1);
    assert_int_equal(count(buf_view(&out), "problem|incomplete|line 1: "), 1);
    assert_in_range(count(buf_view(&out), "needs|a|"), 200000, LIMIT_NEEDS_BYTES / 18);
}

/* Text formats have no depth of their own: brackets and indents only count. */
static void deep_text_is_read_by_loops(void **state) {
    static const struct {
        const char *inspector, *path, *open;
    } rows[] = {
        {"mix-lock", "mix.lock", "[{"},
        {"rebar-lock", "rebar.lock", "{<<\"a\">>,{pkg,"},
        {"gemfile-lock", "Gemfile.lock", "GEM (("},
        {"yarn-lock", "yarn.lock", "\"a@1, "},
        {"gem-installed", "specifications/a.gemspec", "s.name = ["},
        {"cabal-freeze", "cabal.project.freeze", "constraints: a ==1,"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        _cleanup_(buf_free) struct buf body = buf_new(64 * MIB), out = buf_new(64 * MIB);
        buf_c(&body, "\"a\": ");
        for (unsigned k = 0; k < 200000; k++) {
            buf_c(&body, rows[i].open);
        }
        int code = read_body(rows[i].inspector, rows[i].path, &body, &out);
        assert_true(code == 0 || code == ERR_INPUT);
    }
}

static void deep_documents_are_refused(void **state) {
    static const struct {
        const char *inspector, *path, *open;
    } rows[] = {
        {"bun-lock", "bun.lock", "["},        {"composer-lock", "composer.lock", "{\"packages\":"},
        {"pnpm-lock", "pnpm-lock.yaml", "["}, {"pub-lock", "pubspec.lock", "{a: "},
        {"pdm-lock", "pdm.lock", "[a."},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        _cleanup_(buf_free) struct buf body = buf_new(64 * MIB), out = buf_new(64 * MIB);
        for (unsigned k = 0; k < 100000; k++) {
            buf_c(&body, rows[i].open);
        }
        int code = read_body(rows[i].inspector, rows[i].path, &body, &out);
        assert_true(code == ERR_INPUT || code == ERR_LIMIT);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_of_one_name_cost_their_number),
        cmocka_unit_test(a_circle_ends),
        cmocka_unit_test(nested_folders_cost_no_more_than_their_limit),
        cmocka_unit_test(needs_past_their_limit_are_a_problem),
        cmocka_unit_test(deep_text_is_read_by_loops),
        cmocka_unit_test(deep_documents_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
