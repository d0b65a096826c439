#include "base/hash.h"

#include "test.h"

/* Vectors of FIPS 180-4's examples. */
static void sha256_of_known_texts(void **state) {
    char hex[SHA256_HEX + 1];
    assert_int_equal(sha256_hex(STR("abc"), hex), 0);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(sha256_hex(STR_NONE, hex), 0);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void a_digest_can_be_begun_anew(void **state) {
    _cleanup_(sha256_freep) struct sha256 *sha = sha256_new();
    unsigned char first[SHA256_BYTES], second[SHA256_BYTES];
    sha256_add(sha, "ab", 2);
    sha256_add(sha, "c", 1);
    sha256_end(sha, first);
    sha256_add(sha, "abc", 3);
    sha256_end(sha, second);
    assert_memory_equal(first, second, SHA256_BYTES);
}

static void hex_goes_both_ways(void **state) {
    unsigned char bytes[2];
    char text[5];
    assert_true(hex_decode(STR("0aFf"), bytes, 2));
    hex_encode(bytes, 2, text);
    assert_string_equal(text, "0aff");
    assert_false(hex_decode(STR("0aF"), bytes, 2));
    assert_false(hex_decode(STR("0aFg"), bytes, 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_of_known_texts),
        cmocka_unit_test(a_digest_can_be_begun_anew),
        cmocka_unit_test(hex_goes_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
