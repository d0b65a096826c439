#include "source/fetch/program/url.h"

#include "base/limits.h"
#include "test.h"

static void parts(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct url url;
    assert_int_equal(url_parse(STR("HTTPS://R.example/v2/?token=1#f"), &arena, &url, NULL), 0);
    assert_str_equal(url.origin, STR("https://r.example:443"));
    assert_str_equal(url.host, STR("r.example"));
    assert_str_equal(url.shown, STR("https://r.example/v2/"));
    assert_null(strchr(url.text, '#'));
    assert_true(url.is_https);
    assert_int_equal(url_parse(STR("http://[::1]:5000/"), &arena, &url, NULL), 0);
    assert_str_equal(url.origin, STR("http://[::1]:5000"));
    assert_true(url_is_at(&url, STR("[::1]:5000")));
    assert_true(url_is_at(&url, STR("[::1]")));
    assert_false(url_is_at(&url, STR("[::1]:5001")));
    assert_false(url.is_https);
}

/* RFC 3986 section 5.4.1, at its base with our scheme. */
static void references_are_resolved(void **state) {
    static const struct {
        struct str location;
        const char *text;
    } cases[] = {
        {STR("g"), "http://a/b/c/g"},   {STR("./g"), "http://a/b/c/g"},      {STR("/g"), "http://a/g"},
        {STR("//g"), "http://g/"},      {STR("?y"), "http://a/b/c/d;p?y"},   {STR("../g"), "http://a/b/g"},
        {STR("../../g"), "http://a/g"}, {STR("https://h/x"), "https://h/x"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct url base, url;
        assert_int_equal(url_parse(STR("http://a/b/c/d;p?q"), &arena, &base, NULL), 0);
        assert_int_equal(url_resolve(&base, cases[i].location, &arena, &url, NULL), 0);
        assert_string_equal(url.text, cases[i].text);
    }
}

static void what_is_not_fetched(void **state) {
    static const struct str bad[] = {STR(""),
                                     STR("file:///etc/passwd"),
                                     STR("ftp://a/"),
                                     STR("gopher://a/"),
                                     STR("http://user@a/"),
                                     STR("http://user:pw@a/"),
                                     STR("http://a\0b/"),
                                     STR("http:///"),
                                     STR("//a")};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct url url;
        if (url_parse(bad[i], &arena, &url, NULL) != ERR_INPUT) {
            fail_msg("%.*s was taken", STR_ARG(bad[i]));
        }
    }
}

static void loopback(void **state) {
    static const struct {
        struct str text;
        bool is_loopback;
    } cases[] = {{STR("http://localhost:1/"), true},    {STR("http://127.0.0.1/"), true},
                 {STR("http://127.9.9.9/"), true},      {STR("http://[::1]/"), true},
                 {STR("http://128.0.0.1/"), false},     {STR("http://127.0.0.1.evil.example/"), false},
                 {STR("http://localhost.evil/"), false}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct url url;
        assert_int_equal(url_parse(cases[i].text, &arena, &url, NULL), 0);
        assert_int_equal(url_is_loopback(&url), cases[i].is_loopback);
    }
}

static void without_memory(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct url url;
        int code = url_parse(STR("https://r.example:1/a?b"), &arena, &url, NULL);
        assert_true(code == 0 || code == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts),
        cmocka_unit_test(references_are_resolved),
        cmocka_unit_test(what_is_not_fetched),
        cmocka_unit_test(loopback),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
