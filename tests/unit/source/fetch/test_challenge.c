#include "source/fetch/program/challenge.h"

#include "base/limits.h"
#include "test.h"

static int parse(struct arena *arena, struct str text, struct challenges *out) {
    *out = (struct challenges){0};
    return challenge_parse(text, arena, out, NULL);
}

static void the_token_specification(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct challenges all;
    struct str text = STR("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                          "scope=\"repository:samalba/my-app:pull,push\"");
    assert_int_equal(parse(&arena, text, &all), 0);
    assert_int_equal(all.n, 1);
    const struct challenge *bearer = challenge_of(&all, STR("bearer"));
    assert_non_null(bearer);
    assert_str_equal(bearer->realm, STR("https://auth.docker.io/token"));
    assert_str_equal(bearer->service, STR("registry.docker.io"));
    assert_str_equal(bearer->scope, STR("repository:samalba/my-app:pull,push"));
    assert_null(challenge_of(&all, STR("Basic")));
}

/* RFC 9110 section 11.6.1, the example. */
static void two_challenges_in_one_line(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct challenges all;
    struct str text =
        STR("Basic realm=\"simple\", Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\"");
    assert_int_equal(parse(&arena, text, &all), 0);
    assert_int_equal(all.n, 2);
    assert_str_equal(all.items[0].scheme, STR("Basic"));
    assert_str_equal(all.items[0].realm, STR("simple"));
    assert_str_equal(all.items[1].scheme, STR("Newauth"));
    assert_str_equal(all.items[1].realm, STR("apps"));
}

static void odd_but_allowed(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct challenges all;
    assert_int_equal(parse(&arena, STR(""), &all), 0);
    assert_int_equal(all.n, 0);
    assert_int_equal(
        parse(&arena, STR(", ,Negotiate YWJj==, NTLM, Bearer REALM = r , error=invalid_token,"), &all), 0);
    assert_int_equal(all.n, 3);
    assert_str_equal(all.items[1].scheme, STR("NTLM"));
    assert_str_equal(all.items[2].realm, STR("r"));
    assert_str_equal(all.items[2].error, STR("invalid_token"));
    assert_int_equal(parse(&arena, STR("Bearer realm=\"a\\\\\\\"b\""), &all), 0);
    assert_str_equal(all.items[0].realm, STR("a\\\"b"));
}

static void malformed(void **state) {
    static const struct str bad[] = {STR("="),
                                     STR("Bearer realm=\"open"),
                                     STR("Bearer realm=\"open\\"),
                                     STR("Bearer realm=,scope=a"),
                                     STR("Bearer realm=\"a\" scope=\"b\""),
                                     STR("\"Bearer\""),
                                     STR("A,B,C,D,E,F,G,H,I")};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct challenges all;
        if (parse(&arena, bad[i], &all) != ERR_INPUT) {
            fail_msg("%.*s was taken", STR_ARG(bad[i]));
        }
    }
}

static void without_memory(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct challenges all;
        int code = parse(&arena, STR("Bearer realm=\"a\",scope=\"b\""), &all);
        assert_true(code == 0 || code == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_token_specification), cmocka_unit_test(two_challenges_in_one_line),
        cmocka_unit_test(odd_but_allowed),         cmocka_unit_test(malformed),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
