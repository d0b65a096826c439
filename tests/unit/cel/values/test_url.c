#include "cel/values/url.h"

#include "base/buf.h"
#include "base/limits.h"
#include "test.h"

/* What Go 1.26's net/url says of each: ParseRequestURI(), then the parts that Parse() gives, the query as
 * sorted "key=value,value". */
static const struct {
    const char *text;
    bool is_url;
    const char *scheme, *host, *hostname, *port, *path, *query, *whole; /* NULL when Parse() fails */
} cases[] = {
    {"https://user:pass@example.com:80/path?query=val#fragment", true, "https", "example.com:80",
     "example.com", "80", "/path", "query=val", "https://user:pass@example.com:80/path?query=val#fragment"},
    {"/absolute-path", true, "", "", "", "", "/absolute-path", "", "/absolute-path"},
    {"https://a:b:c/", false, NULL},
    {"../relative-path", false, NULL},
    {"https://example.com/", true, "https", "example.com", "example.com", "", "/", "",
     "https://example.com/"},
    {"https://[::1]:80/", true, "https", "[::1]:80", "::1", "80", "/", "", "https://[::1]:80/"},
    {"https://[::1]/", true, "https", "[::1]", "::1", "", "/", "", "https://[::1]/"},
    {"https://example.com/path with spaces/", true, "https", "example.com", "example.com", "",
     "/path%20with%20spaces/", "", "https://example.com/path%20with%20spaces/"},
    {"https://example.com", true, "https", "example.com", "example.com", "", "", "", "https://example.com"},
    {"https://example.com/path?k1=a&k2=b&k2=c", true, "https", "example.com", "example.com", "", "/path",
     "k1=a&k2=b,c", "https://example.com/path?k1=a&k2=b&k2=c"},
    {"https://example.com/path?key with spaces=value with spaces", true, "https", "example.com",
     "example.com", "", "/path", "key with spaces=value with spaces",
     "https://example.com/path?key with spaces=value with spaces"},
    {"https://example.com/path?", true, "https", "example.com", "example.com", "", "/path", "",
     "https://example.com/path?"},
    {"", false, NULL},
    {"*", true, "", "", "", "", "*", "", "*"},
    {"//host/p", true, "", "host", "host", "", "/p", "", "//host/p"},
    {"mailto:a@b", true, "mailto", "", "", "", "", "", "mailto:a@b"},
    {"HTTP://Ex.com/%7Efoo", true, "http", "Ex.com", "Ex.com", "", "/%7Efoo", "", "http://Ex.com/%7Efoo"},
    {"http://h/%zz", false, NULL},
    {"http://h%20x/", false, NULL},
    {"http://h/a%2fb", true, "http", "h", "h", "", "/a%2fb", "", "http://h/a%2fb"},
    {"http://h/a!b", true, "http", "h", "h", "", "/a!b", "", "http://h/a!b"},
    {"http://h/a\"b", true, "http", "h", "h", "", "/a%22b", "", "http://h/a%22b"},
    {"http://[fe80::1%25en0]/", true, "http", "[fe80::1%en0]", "fe80::1%en0", "", "/", "",
     "http://[fe80::1%25en0]/"},
    {"http://[fe80::1]:x/", false, NULL},
    {"http://[1.2.3.4]/", false, NULL},
    {"http://h:/", true, "http", "h:", "h", "", "/", "", "http://h:/"},
    {"postgres://a:1,b:2/db", true, "postgres", "a:1,b:2", "a:1,b", "2", "/db", "", "postgres://a:1,b:2/db"},
    {"http://u%20s:p%40@h/", true, "http", "h", "h", "", "/", "", "http://u%20s:p%40@h/"},
    {"file:///etc/x", true, "file", "", "", "", "/etc/x", "", "file:///etc/x"},
    {"file:/etc/x", true, "file", "", "", "", "/etc/x", "", "file:/etc/x"},
    {":x", false, NULL},
    {"1a:b", false, NULL},
    {"a b://c", false, NULL},
    {"http://h/?a=%zz&b=1&c;d=2&&e", true, "http", "h", "h", "", "/",
     "b=1&e=", "http://h/?a=%zz&b=1&c;d=2&&e"},
    {"http://h?x=1+2%20", true, "http", "h", "h", "", "", "x=1 2 ", "http://h?x=1+2%20"},
    {"/a#%zz", false, NULL},
    {"/a?q#%zz", true, NULL},
    {"http://h/é", true, "http", "h", "h", "", "/%C3%A9", "", "http://h/%C3%A9"},
    {"http://é/", true, "http", "é", "é", "", "/", "", "http://%C3%A9/"},
    {"http://[::ffff:1.2.3.4]/", true, "http", "[::ffff:1.2.3.4]", "::ffff:1.2.3.4", "", "/", "",
     "http://[::ffff:1.2.3.4]/"},
    {"http:///p", true, "http", "", "", "", "/p", "", "http:///p"},
    {"http://@h/", true, "http", "h", "h", "", "/", "", "http://@h/"},
    {"x://", true, "x", "", "", "", "", "", "x:"},
    {"http://h/#", true, "http", "h", "h", "", "/", "", "http://h/"},
    {"http://h/#a b", true, "http", "h", "h", "", "/", "", "http://h/#a%20b"},
    {"//[", true, NULL},
    {"http://h<x/", true, "http", "h<x", "h<x", "", "/", "", "http://h<x/"},
};

static int by_key(const void *a, const void *b) {
    return str_cmp(((const struct cel_url_parameter *)a)->key, ((const struct cel_url_parameter *)b)->key);
}

static struct str query_text(const struct cel_url *url, struct arena *arena) {
    struct cel_url_query query;
    struct buf text = buf_new(MIB);
    assert_int_equal(cel_url_query(url, arena, &query, NULL), 0);
    if (query.parameters.n) {
        qsort(query.parameters.p, query.parameters.n, sizeof *query.parameters.p, by_key);
    }
    for (size_t i = 0; i < query.parameters.n; i++) {
        const struct cel_url_parameter *p = &query.parameters.p[i];
        buf_c(&text, i ? "&" : "");
        buf_str(&text, p->key);
        for (size_t k = 0; k < p->values.n; k++) {
            buf_c(&text, k ? "," : "=");
            buf_str(&text, p->values.p[k]);
        }
    }
    struct str out = arena_str(arena, buf_view(&text));
    buf_free(&text);
    return out;
}

static void urls_are_read_as_go_reads_them(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct cel_url url;
        struct err err = ERR_NONE;
        bool is_url = cel_url_check(str_c(cases[i].text), &arena, &err) == 0;
        int status = cel_url_parse(str_c(cases[i].text), &arena, &url, &err);
        if (is_url != cases[i].is_url || (status == 0) != (cases[i].scheme != NULL)) {
            fail_msg("%s: %s", cases[i].text, err.message);
        }
        if (status < 0) {
            assert_int_equal(status, ERR_INPUT);
            continue;
        }
        assert_str_equal(url.scheme, str_c(cases[i].scheme));
        assert_str_equal(url.host, str_c(cases[i].host));
        assert_str_equal(url.hostname, str_c(cases[i].hostname));
        assert_str_equal(url.port, str_c(cases[i].port));
        assert_str_equal(url.escaped_path, str_c(cases[i].path));
        assert_str_equal(query_text(&url, &arena), str_c(cases[i].query));
        assert_str_equal(url.text, str_c(cases[i].whole));
    }
}

static void control_characters_are_refused(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    assert_int_equal(cel_url_check(STR("http://h/\n"), &arena, NULL), ERR_INPUT);
    assert_int_equal(cel_url_check(STR("http://h/\0"), &arena, NULL), ERR_INPUT);
}

static void every_allocation_may_fail(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct cel_url url;
        struct cel_url_query query;
        int status = cel_url_parse(STR("https://u:p@h:1/a b?k=v&k=w&l#f"), &arena, &url, NULL);
        if (status == 0) {
            status = cel_url_query(&url, &arena, &query, NULL);
        }
        assert_true(status == 0 || status == ERR_MEMORY);
    });
}

static void the_cap_of_the_arena_is_felt_everywhere(void **state) {
    for (size_t cap = 0; cap < 4096; cap += 16) {
        _cleanup_(arena_free) struct arena arena = arena_new(cap);
        struct cel_url url;
        struct cel_url_query query;
        int status = cel_url_parse(STR("https://u:p@[fe80::1%25e]:1/a b?k=v&k=w&l#f"), &arena, &url, NULL);
        if (status == 0) {
            status = cel_url_query(&url, &arena, &query, NULL);
        }
        assert_true(status == 0 || status == ERR_MEMORY);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls_are_read_as_go_reads_them),
        cmocka_unit_test(control_characters_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(the_cap_of_the_arena_is_felt_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
