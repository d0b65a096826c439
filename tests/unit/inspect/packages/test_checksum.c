/* Digests of the empty text, by sha1sum, sha512sum and `openssl dgst -binary | base64`. */
#include "inspect/packages/checksum.h"
#include "test.h"

#define SHA1   "da39a3ee5e6b4b0d3255bfef95601890afd80709"
#define SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA512                                                                                               \
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931" \
    "bd47417a81a538327af927da3e"
#define SHA256_SRI "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define SHA512_SRI                                                                                           \
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="

static void reads_every_form(void **state) {
    (void)state;
    static const struct {
        const char *stated, *wanted;
    } rows[] = {
        {"sha256:" SHA256, "sha256:" SHA256},
        {"sha256=" SHA256, "sha256:" SHA256},
        {SHA256, "sha256:" SHA256},
        {SHA1, "sha1:" SHA1},
        {"d41d8cd98f00b204e9800998ecf8427e", "md5:d41d8cd98f00b204e9800998ecf8427e"},
        {"D41D8CD98F00B204E9800998ECF8427E", "md5:d41d8cd98f00b204e9800998ecf8427e"},
        {SHA512, "sha512:" SHA512},
        {SHA256_SRI, "sha256:" SHA256},
        {SHA512_SRI, "sha512:" SHA512},
        {"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha1:" SHA1},
        {"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk", "sha1:" SHA1},
        {SHA512_SRI "?options", "sha512:" SHA512},
        {SHA256_SRI " " SHA512_SRI " sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "sha512:" SHA512},
        {"sha3-AAAA " SHA256_SRI, "sha256:" SHA256},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct checksum checksum = checksum_read(str_c(rows[i].stated));
        assert_str_equal(str_n(checksum.text, checksum.n), str_c(rows[i].wanted));
    }
}

static void leaves_out_what_is_none(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        " ",
        "-",
        ":",
        "sha256:",
        "sha256:" SHA1,
        "sha256-x",
        "sha512-",
        "latest",
        "0",
        "sha1:" SHA1 "0",
        "sha256-" SHA256,
        "sha1-====",
        "crc32:0000",
        "sha1-\xff",
        "sha1:zz39a3ee5e6b4b0d3255bfef95601890afd80709",
        SHA256_SRI "A",
        "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBw==",
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(checksum_read(str_c(rows[i])).n, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form),
        cmocka_unit_test(leaves_out_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
