#include "source/fetch/program/registry.h"

#include "base/limits.h"
#include "test.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PATH   "/v2/shop/web/referrers/" DIGEST

static int endpoint_of(struct arena *arena, struct str page, struct endpoint *out) {
    const struct fetch_options options = FETCH_OPTIONS;
    const struct fetch_request request = {.kind = FETCH_REFERRERS,
                                          .registry = STR("r.example"),
                                          .repository = STR("shop/web"),
                                          .reference = STR(DIGEST),
                                          .page = page};
    struct endpoint *all;
    size_t n;
    int r = registry_endpoints(&request, &options, arena, &all, &n, NULL);
    *out = r == 0 ? all[0] : (struct endpoint){0};
    return r;
}

/* Distribution specification 1.1, "Listing Referrers": GET /v2/<name>/referrers/<digest>. */
static void a_list_has_its_address(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct endpoint endpoint;
    assert_int_equal(endpoint_of(&arena, STR_NONE, &endpoint), 0);
    assert_string_equal(endpoint.url.text, "https://r.example" PATH);
    assert_int_equal(endpoint_of(&arena, STR("last=2&n=1"), &endpoint), 0);
    assert_string_equal(endpoint.url.text, "https://r.example" PATH "?last=2&n=1");
}

/* RFC 8288 section 3. */
static void the_next_page_is_one_of_the_list(void **state) {
    static const struct {
        struct str link;
        int code;
        struct str next;
    } cases[] = {
        {STR(""), 0, STR("")},
        {STR("<" PATH "?last=2>; rel=\"next\""), 0, STR("last=2")},
        {STR("<?last=2>; rel=next"), 0, STR("last=2")},
        {STR("<https://r.example" PATH "?n=1&last=a%2Cb>; title=\"x\"; rel=\"next\""), 0,
         STR("n=1&last=a%2Cb")},
        {STR("<" PATH "?a=1>; rel=\"prev\", <" PATH "?a,b=3>; rel=\"next\""), 0, STR("a,b=3")},
        {STR("<" PATH "?a=1>; rel=\"prev\""), 0, STR("")},
        {STR("no link"), 0, STR("")},
        {STR("<" PATH "?a=1"), 0, STR("")},
        {STR("<http://r.example" PATH "?a=1>; rel=\"next\""), ERR_INPUT, STR("")},
        {STR("<https://other.example" PATH "?a=1>; rel=\"next\""), ERR_INPUT, STR("")},
        {STR("</v2/other/referrers/x?a=1>; rel=\"next\""), ERR_INPUT, STR("")},
        {STR("<" PATH ">; rel=\"next\""), ERR_INPUT, STR("")},
        {STR("<>; rel=\"next\""), ERR_INPUT, STR("")},
        {STR("<https://u:p@r.example" PATH "?a=1>; rel=\"next\""), ERR_INPUT, STR("")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct endpoint endpoint;
        struct str next;
        const struct http_answer answer = {.link = cases[i].link};
        assert_int_equal(endpoint_of(&arena, STR_NONE, &endpoint), 0);
        assert_int_equal(registry_next_page(&answer, &endpoint, &arena, &next, NULL), cases[i].code);
        assert_str_equal(next, cases[i].next);
    }
}

static void memory_runs_out_cleanly(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct endpoint endpoint;
        struct str next;
        const struct http_answer answer = {.link = STR("<" PATH "?last=2>; rel=\"next\"")};
        int r = endpoint_of(&arena, STR_NONE, &endpoint);
        r = r == 0 ? registry_next_page(&answer, &endpoint, &arena, &next, NULL) : r;
        assert_true(r == 0 || r == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_has_its_address),
        cmocka_unit_test(the_next_page_is_one_of_the_list),
        cmocka_unit_test(memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
