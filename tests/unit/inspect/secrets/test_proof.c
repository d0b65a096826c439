/* Proofs against values that other programs made: Python's zlib, hmac and base64, openssl. */
#include "inspect/secrets/proof.h"

#include "base/limits.h"
#include "inspect/secrets/example.h"
#include "inspect/secrets/value.h"
#include "test.h"

enum { NOW = 1750000000 };

static struct proof check(enum secret_proof kind, struct str value) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct proof_input in = {.value = value, .rest = value, .arena = &arena, .now = NOW};
    struct proof out;
    proof_check(kind, &in, &out);
    return out;
}

/* zlib.crc32() in base 62, by Python. */
static void checksums_are_those_of_zlib(void **state) {
    static const struct {
        const char *random, *sum;
    } cases[] = {{"a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5", "3J5BSK"},
                 {"000000000000000000000000000000", "2C8GjS"},
                 {"ZYXWVUTSRQPONMLKJIHGFEDCBA9876", "1LLyM6"}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char sum[6], token[64];
        proof_base62_checksum(str_c(cases[i].random), sum);
        assert_str_equal(str_n(sum, 6), str_c(cases[i].sum));
        snprintf(token, sizeof token, "gho_%s%s", cases[i].random, cases[i].sum);
        assert_true(check(PROOF_CRC32_BASE62, str_c(token)).holds);
        token[10] ^= 1;
        assert_false(check(PROOF_CRC32_BASE62, str_c(token)).holds);
    }
    assert_false(check(PROOF_CRC32_BASE62, STR("gho_")).holds);
    assert_false(check(PROOF_CRC32_BASE62, STR("none")).holds);
}

/* base64.b32decode() and a shift, by Python. */
static void accounts_are_in_aws_key_ids(void **state) {
    struct proof proof = check(PROOF_AWS_KEY_ID, STR("ASIA"
                                                     "QNZGKIQY56JQ7WML"));
    assert_true(proof.holds);
    assert_string_equal(proof.words, "a key of account 029608264753");
    proof = check(PROOF_AWS_KEY_ID, STR("AKIA"
                                        "Y34FZKBOKMUTVV7A"));
    assert_string_equal(proof.words, "a key of account 609629065308");
    proof = check(PROOF_AWS_KEY_ID, STR("AKIA"
                                        "IOSFODNN7EXAMPLE")); /* of before 2019: no account in it */
    assert_true(proof.holds);
    assert_string_equal(proof.words, "");
    assert_false(check(PROOF_AWS_KEY_ID, STR("AKIA"
                                             "0189018901890189"))
                     .holds);
    assert_false(check(PROOF_AWS_KEY_ID, STR("AKIA")).holds);
}

/* Signed by Python's hmac. */
static void tokens_are_decoded(void **state) {
#define HEADER "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9."
    struct proof proof = check(
        PROOF_JWT,
        STR(HEADER "eyJzdWIiOiAiMSIsICJleHAiOiAxNzAwMDAwMDAwfQ.LfX57gC_lEuIKq5Aue26y_kGiS9wVrQi9isp4n4DZMk"));
    assert_true(proof.holds && proof.is_weak);
    assert_string_equal(proof.words, "a token signed with HS256 that expired on 2023-11-14");
    proof = check(
        PROOF_JWT,
        STR(HEADER "eyJzdWIiOiAiMSIsICJleHAiOiAxOTAwMDAwMDAwfQ._Cnnyhw9nzG6Sn7bLBn3DqnT_-dagb0AFg9MfLbz20M"));
    assert_true(proof.holds && !proof.is_weak);
    assert_string_equal(proof.words, "a token signed with HS256 that expires on 2030-03-17");
    proof = check(PROOF_JWT, STR(HEADER "eyJzdWIiOiAiMSJ9.ae6t8QrFap0z6K0vn6nWaaLTmwjCNlr8y8MiQDmky3k"));
    assert_string_equal(proof.words, "a token signed with HS256 that does not expire");
    assert_false(check(PROOF_JWT, STR("eyJhbGciOiAibm9uZSJ9.eyJzdWIiOiAiMSJ9.")).holds);
    assert_false(check(PROOF_JWT, STR("eyJhbGci.eyJzdWIi.aaaaaaaa")).holds);
    assert_false(check(PROOF_JWT, STR("..")).holds);
}

/* base64.b64encode(), by Python. */
static void base64_is_that_of_others(void **state) {
    static const struct {
        const char *text, *bytes;
    } cases[] = {{"", ""},
                 {"Zg==", "f"},
                 {"Zm8=", "fo"},
                 {"Zm9v", "foo"},
                 {"Zm9vYg", "foob"},
                 {"Zm9v\nYmE=", "fooba"},
                 {"Zm9vYmFy", "foobar"},
                 {"-_-_", "\xfb\xff\xbf"},
                 {"+/+/", "\xfb\xff\xbf"}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct buf out = buf_new(64);
        assert_true(value_base64(str_c(cases[i].text), &out));
        assert_str_equal(buf_view(&out), str_c(cases[i].bytes));
        buf_free(&out);
    }
    static const char *const wrong[] = {"Z", "Zm9vY", "Zm=v", "Zm9v====", "Zm!v"};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct buf out = buf_new(64);
        assert_false(value_base64(str_c(wrong[i]), &out));
        buf_free(&out);
    }
}

/* hmac.new(bytes(range(32)), b"value", sha256), by Python. */
static void hashes_are_hmac(void **state) {
    unsigned char key[SECRET_KEY_BYTES];
    char hash[SECRET_HASH_HEX + 1];
    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = (unsigned char)i;
    }
    value_hash(key, STR("value"), hash);
    assert_string_equal(hash, "864b4c7a15be9448736988ee5390bcdd");
}

static void logins_have_a_name_and_a_password(void **state) {
    assert_true(check(PROOF_BASE64_LOGIN, STR("Ym90OnQ0cjN0ZWEyMDI1")).holds); /* bot:t4r3tea2025 */
    assert_false(check(PROOF_BASE64_LOGIN, STR("Ym90Og==")).holds);            /* bot: */
    assert_false(check(PROOF_BASE64_LOGIN, STR("Ym90OnBhc3N3b3Jk")).holds);    /* bot:password */
    assert_false(check(PROOF_BASE64_LOGIN, STR("AAECAzoE")).holds);
}

static bool is_key(struct str text, struct proof *out) {
    *out = check(PROOF_PRIVATE_KEY, text);
    return out->holds;
}

static void keys_are_read_in_the_forms_that_people_write(void **state) {
    struct buf pem = buf_new(64 * KIB), other = buf_new(64 * KIB);
    struct err err = ERR_NONE;
    struct proof proof;
    assert_int_equal(secret_example_expand(STR("{{pem}}"), &pem, &err), 0);
    assert_true(is_key(buf_view(&pem), &proof));
    assert_string_equal(proof.words, "a private key of 256 bits (ED25519) that can be read");
    /* Indented, as in YAML. */
    for (struct str rest = buf_view(&pem), line; str_line(&rest, &line);) {
        buf_printf(&other, "%s%.*s\n", other.n ? "      " : "", STR_ARG(line));
    }
    assert_true(is_key(buf_view(&other), &proof));
    /* As strings of a program. */
    buf_clear(&other);
    for (struct str rest = buf_view(&pem), line; str_line(&rest, &line);) {
        buf_printf(&other, "%s%.*s\\n\" +\n", other.n ? "    \"" : "", STR_ARG(line));
    }
    assert_true(is_key(buf_view(&other), &proof));
    /* Cut, and with its middle gone. */
    assert_false(is_key(str_sub(buf_view(&pem), 0, pem.n - 20), &proof));
    pem.p[pem.n / 2] = '*';
    assert_false(is_key(buf_view(&pem), &proof));
    buf_free(&pem);
    buf_free(&other);
}

static void what_only_looks_like_a_key_is_none(void **state) {
    static const char *const texts[] = {
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMIIB...\n-----END PRIVATE KEY-----\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ==\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\n\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----\n",
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct proof proof;
        assert_false(is_key(str_c(texts[i]), &proof));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_those_of_zlib),
        cmocka_unit_test(accounts_are_in_aws_key_ids),
        cmocka_unit_test(tokens_are_decoded),
        cmocka_unit_test(base64_is_that_of_others),
        cmocka_unit_test(hashes_are_hmac),
        cmocka_unit_test(logins_have_a_name_and_a_password),
        cmocka_unit_test(keys_are_read_in_the_forms_that_people_write),
        cmocka_unit_test(what_only_looks_like_a_key_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
