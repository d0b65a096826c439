#include "base/near.h"

#include "test.h"

static struct str nearest(const char *word) {
    static const char *const names[] = {"severity", "score", "rule", "fixed", "at"};
    struct near near = near_to(str_c(word));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        near_offer(&near, str_c(names[i]));
    }
    return near.best;
}

static void a_slip_is_known(void **state) {
    assert_str_equal(nearest("severty"), STR("severity"));
    assert_str_equal(nearest("Score"), STR("score"));
    assert_str_equal(nearest("rulse"), STR("rule"));
    assert_str_equal(nearest("fxied"), STR("fixed"));
}

static void another_word_is_not(void **state) {
    assert_int_equal(nearest("title").n, 0);
    assert_int_equal(nearest("xy").n, 0);
    assert_int_equal(nearest("").n, 0);
}

static void a_long_word_is_none(void **state) {
    static const char word[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_int_equal(nearest(word).n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_is_known),
        cmocka_unit_test(another_word_is_not),
        cmocka_unit_test(a_long_word_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
