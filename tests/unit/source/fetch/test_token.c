#include "source/fetch/program/token.h"

#include "base/limits.h"
#include "test.h"

static const struct challenge challenge = {.scheme = STR("Bearer"),
                                           .realm = STR("https://auth.docker.io/token"),
                                           .service = STR("registry.docker.io"),
                                           .scope = STR("repository:samalba/my-app:pull,push")};

static void the_question(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(credentials_free) struct credentials nobody = {0};
    _cleanup_(token_question_free) struct token_question question = {0};
    assert_int_equal(token_ask(&challenge, &nobody, STR("x"), &arena, &question, NULL), 0);
    assert_str_equal(question.url, STR("https://auth.docker.io/token?service=registry.docker.io&"
                                       "scope=repository%3Asamalba%2Fmy-app%3Apull%2Cpush"));
    assert_int_equal(question.basic.n + question.form.n, 0);
}

static void a_scope_that_the_server_leaves_out(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(credentials_free) struct credentials user = {0};
    assert_int_equal(secret_set(&user.username, STR("Aladdin"), STR_NONE, NULL), 0);
    assert_int_equal(secret_set(&user.password, STR("open sesame"), STR_NONE, NULL), 0);
    struct challenge bare = {.scheme = STR("Bearer"), .realm = STR("https://a/t?x=1")};
    _cleanup_(token_question_free) struct token_question question = {0};
    assert_int_equal(token_ask(&bare, &user, STR("shop/web"), &arena, &question, NULL), 0);
    assert_str_equal(question.url, STR("https://a/t?x=1&scope=repository%3Ashop%2Fweb%3Apull"));
    assert_str_equal(secret_view(&question.basic), STR("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
}

static void several_scopes(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(credentials_free) struct credentials nobody = {0};
    _cleanup_(token_question_free) struct token_question question = {0};
    struct challenge two = {.realm = STR("https://a/t"), .scope = STR("a b")};
    assert_int_equal(token_ask(&two, &nobody, STR("x"), &arena, &question, NULL), 0);
    assert_str_equal(question.url, STR("https://a/t?scope=a&scope=b"));
}

static void an_identity_token_goes_into_a_form(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(credentials_free) struct credentials user = {0};
    assert_int_equal(secret_set(&user.identity_token, STR("a&b"), STR_NONE, NULL), 0);
    _cleanup_(token_question_free) struct token_question question = {0};
    assert_int_equal(token_ask(&challenge, &user, STR("x"), &arena, &question, NULL), 0);
    assert_str_equal(question.url, challenge.realm);
    assert_str_equal(secret_view(&question.form),
                     STR("grant_type=refresh_token&service=registry.docker.io&client_id=plimsoll&"
                         "scope=repository%3Asamalba%2Fmy-app%3Apull%2Cpush&refresh_token=a%26b"));
}

static void answers(void **state) {
    static const struct {
        const char *answer, *header;
        uint64_t seconds;
    } cases[] = {
        {"{\"token\": \"abc\", \"expires_in\": 300}", "Bearer abc", 300},
        {"{\"access_token\": \"abc\"}", "Bearer abc", 60},
        {"{\"token\": \"abc\", \"access_token\": \"def\", \"expires_in\": -5}", "Bearer abc", 60},
        {"{\"token\": \"\"}", NULL, 0},
        {"{\"token\": \"a b\"}", NULL, 0},
        {"{\"token\": \"a\\nb\"}", NULL, 0},
        {"{\"token\": 7}", NULL, 0},
        {"[]", NULL, 0},
        {"", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(secret_free) struct secret header = {0};
        uint64_t seconds = 0;
        char copy[128];
        snprintf(copy, sizeof copy, "%s", cases[i].answer);
        int code = token_read(str_c(copy), &header, &seconds, NULL);
        assert_int_equal(code, cases[i].header ? 0 : ERR_INPUT);
        if (code == 0) {
            assert_str_equal(secret_view(&header), str_c(cases[i].header));
            assert_true(seconds == cases[i].seconds);
            assert_null(strstr(copy, "abc"));
        }
    }
}

static void put(struct tokens *tokens, const char *repository, const char *value, uint64_t seconds) {
    struct secret header = {0};
    assert_int_equal(secret_set(&header, str_c(value), STR_NONE, NULL), 0);
    assert_int_equal(
        tokens_put(tokens, STR("https://r.io:443"), str_c(repository), &header, seconds, false, NULL), 0);
    assert_null(header.p);
}

static void tokens_are_kept_for_a_repository(void **state) {
    _cleanup_(tokens_free) struct tokens tokens = {0};
    put(&tokens, "a", "Bearer 1", 300);
    put(&tokens, "b", "Bearer 2", 0);
    const struct token *token = tokens_find(&tokens, STR("https://r.io:443"), STR("a"));
    assert_non_null(token);
    assert_str_equal(secret_view(&token->header), STR("Bearer 1"));
    assert_null(tokens_find(&tokens, STR("https://r.io:443"), STR("b")));
    assert_null(tokens_find(&tokens, STR("http://r.io:80"), STR("a")));
    put(&tokens, "a", "Bearer 3", 300);
    token = tokens_find(&tokens, STR("https://r.io:443"), STR("a"));
    assert_str_equal(secret_view(&token->header), STR("Bearer 3"));
    tokens_drop(&tokens, STR("https://r.io:443"), STR("a"));
    assert_null(tokens_find(&tokens, STR("https://r.io:443"), STR("a")));
    for (int i = 0; i < 2 * TOKENS_MAX; i++) {
        char name[16];
        snprintf(name, sizeof name, "r%d", i);
        put(&tokens, name, "Bearer 4", 300);
        assert_non_null(tokens_find(&tokens, STR("https://r.io:443"), str_c(name)));
    }
}

static void without_memory(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        _cleanup_(credentials_free) struct credentials nobody = {0};
        _cleanup_(token_question_free) struct token_question question = {0};
        int code = token_ask(&challenge, &nobody, STR("x"), &arena, &question, NULL);
        assert_true(code == 0 || code == ERR_MEMORY);
        _cleanup_(secret_free) struct secret header = {0};
        uint64_t seconds;
        char answer[] = "{\"token\": \"a\\u0062c\"}";
        code = token_read(str_c(answer), &header, &seconds, NULL);
        assert_true(code == 0 || code == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_question),   cmocka_unit_test(a_scope_that_the_server_leaves_out),
        cmocka_unit_test(several_scopes), cmocka_unit_test(an_identity_token_goes_into_a_form),
        cmocka_unit_test(answers),        cmocka_unit_test(tokens_are_kept_for_a_repository),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
