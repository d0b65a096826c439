#include "source/fetch/program/secret.h"

#include "test.h"

/* RFC 4648 section 10. */
static const struct {
    struct str plain, base64;
} vectors[] = {
    {STR(""), STR("")},
    {STR("f"), STR("Zg==")},
    {STR("fo"), STR("Zm8=")},
    {STR("foo"), STR("Zm9v")},
    {STR("foob"), STR("Zm9vYg==")},
    {STR("fooba"), STR("Zm9vYmE=")},
    {STR("foobar"), STR("Zm9vYmFy")},
};

static void base64_is_read(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
        _cleanup_(secret_free) struct secret secret = {0};
        assert_int_equal(secret_decode(&secret, vectors[i].base64, NULL), 0);
        assert_str_equal(secret_view(&secret), vectors[i].plain);
    }
    _cleanup_(secret_free) struct secret secret = {0};
    assert_int_equal(secret_decode(&secret, STR("Zg"), NULL), ERR_INPUT);
    assert_int_equal(secret_decode(&secret, STR("Z!=="), NULL), ERR_INPUT);
    assert_null(secret.p);
}

/* RFC 7617 section 2. */
static void basic_credentials(void **state) {
    _cleanup_(secret_free) struct secret secret = {0};
    assert_int_equal(secret_set_basic(&secret, STR("Basic "), STR("Aladdin"), STR("open sesame"), NULL), 0);
    assert_str_equal(secret_view(&secret), STR("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    assert_int_equal(strlen(secret.p), secret.n);
}

static void a_secret_is_replaced(void **state) {
    _cleanup_(secret_free) struct secret secret = {0};
    assert_int_equal(secret_set(&secret, STR("Bearer "), STR("a"), NULL), 0);
    assert_int_equal(secret_set(&secret, STR("b"), STR_NONE, NULL), 0);
    assert_str_equal(secret_view(&secret), STR("b"));
    char bytes[] = "hunter2";
    secret_wipe(str_n(bytes, 7));
    assert_memory_equal(bytes, "\0\0\0\0\0\0\0", 7);
}

static void without_memory(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(secret_free) struct secret secret = {0};
        int code = secret_set_basic(&secret, STR("Basic "), STR("u"), STR("p"), NULL);
        assert_true(code == 0 || code == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_is_read),
        cmocka_unit_test(basic_credentials),
        cmocka_unit_test(a_secret_is_replaced),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
