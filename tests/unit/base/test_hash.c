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

/* Expected: Python's hmac. */
static void hmac_of_known_texts(void **state) {
    static const char *const expected[] = {
        "63210aee265762634fa3db8c1aa920dcd07d31ec297309580394a21412f83372",
        "40f7684c3cbd90ba46f70247ca1d7cc692d673f434b66926a93c7f224ec74a5e"};
    static const struct str texts[] = {{NULL, 0}, STR("what do ya want for nothing?")};
    unsigned char key[SHA256_BYTES], digest[SHA256_BYTES];
    char hex[SHA256_HEX + 1];
    memset(key, 0xaa, sizeof key);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        sha256_hmac(key, texts[i], digest);
        hex_encode(digest, sizeof digest, hex);
        assert_string_equal(hex, expected[i]);
    }
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
        cmocka_unit_test(hmac_of_known_texts),
        cmocka_unit_test(hex_goes_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
