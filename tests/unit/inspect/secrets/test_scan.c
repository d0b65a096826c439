#include "inspect/secrets/scan.h"

#include "base/limits.h"
#include "found.h"
#include "inspect/secrets/example.h"
#include "test.h"

struct fixture {
    struct secret_set set;
    struct secret_scanner *scanner;
    struct found *found;
    struct buf text;
};

static int open_all(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    struct err err = ERR_NONE;
    f->found = found_new();
    f->set.now = 1750000000;
    f->text = buf_new(256 * MIB);
    secret_set_add(&f->set, &secret_rules_builtin);
    assert_int_equal(secret_set_open(&f->set, &err), 0);
    assert_int_equal(secret_scanner_new(&f->scanner, &f->set, found_sink(f->found), &err), 0);
    *state = f;
    return 0;
}

static int close_all(void **state) {
    struct fixture *f = *state;
    secret_scanner_free(f->scanner);
    secret_set_close(&f->set);
    found_free(f->found);
    buf_free(&f->text);
    free(f);
    return 0;
}

/* text with its {{forms}} filled in. */
static void put(struct fixture *f, const char *text) {
    struct err err = ERR_NONE;
    assert_int_equal(secret_example_expand(str_c(text), &f->text, &err), 0);
}

static void begin(struct fixture *f) {
    found_clear(f->found);
    buf_clear(&f->text);
}

static void scan(struct fixture *f, const char *path, size_t piece) {
    struct err err = ERR_NONE;
    assert_int_equal(found_scan(f->scanner, str_c(path), buf_view(&f->text), piece, &err), 0);
}

static void fill(struct fixture *f, char byte, size_t n) {
    unsigned char *room = buf_room(&f->text, n);
    assert_non_null(room);
    memset(room, byte, n);
    f->text.n += n;
}

/* ---- places */

static void lines_and_columns_are_those_of_the_value(void **state) {
    struct fixture *f = *state;
    static const size_t pieces[] = {0, 1, 3, 64, 4096};
    for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
        begin(f);
        put(f, "first\n\n  token = \"ghp_{{checked}}\"\nlast");
        scan(f, "a.py", pieces[i]);
        assert_int_equal(f->found->n, 1);
        assert_int_equal(f->found->secrets[0].line, 3);
        assert_int_equal(f->found->secrets[0].column, 12);
    }
}

/* Wherever windows meet, a token is found once. */
static void a_token_at_every_place_of_a_window_is_found_once(void **state) {
    struct fixture *f = *state;
    enum { WINDOW = 512 * 1024 };
    for (size_t shift = 0; shift < 60000; shift += 997) {
        begin(f);
        fill(f, ' ', WINDOW - 40000 + shift);
        put(f, "\nghp_{{checked}}\n");
        fill(f, '.', 3000);
        scan(f, "a.txt", 100000);
        assert_int_equal(f->found->n, 1);
        assert_int_equal(f->found->secrets[0].line, 2);
        assert_int_equal(f->found->secrets[0].column, 1);
    }
}

static void a_key_that_spans_windows_is_read_whole(void **state) {
    struct fixture *f = *state;
    enum { WINDOW = 512 * 1024 };
    for (size_t shift = 0; shift < 30000; shift += 501) {
        begin(f);
        fill(f, '\n', WINDOW - 25000 + shift);
        put(f, "{{pem}}");
        fill(f, '\n', 100);
        scan(f, "a.txt", 65536);
        assert_int_equal(f->found->n, 1);
        assert_str_equal(f->found->secrets[0].rule->id, STR("secret-private-key"));
    }
}

/* ---- hostile texts */

static void one_line_of_100_megabytes_flows_by(void **state) {
    struct fixture *f = *state;
    begin(f);
    fill(f, 'a', 100 * MIB);
    put(f, " ghp_{{checked}} ");
    scan(f, "bundle.txt", 1 * MIB);
    assert_int_equal(f->found->n, 1);
    assert_int_equal(f->found->secrets[0].line, 1);
    assert_int_equal(f->found->secrets[0].column, 100 * MIB + 2);
}

static void what_looks_like_very_many_secrets_ends_with_a_message(void **state) {
    struct fixture *f = *state;
    begin(f);
    for (size_t i = 0; i < 200000; i++) {
        buf_printf(&f->text, "AKIA%08zuQWER\n", i); /* digits that base32 lacks: no proof */
        buf_printf(&f->text, "password='%zux7Kq9zT%zu'\n", i, i);
    }
    scan(f, "list.txt", 65536);
    assert_true(f->found->n <= LIMIT_SECRETS);
    assert_true(f->found->problem.n > 0);
}

static void a_thousand_secrets_are_told_and_no_more(void **state) {
    struct fixture *f = *state;
    begin(f);
    for (size_t i = 0; i < 1500; i++) {
        char line[64];
        snprintf(line, sizeof line, "%zu ghp_{{checked}}\n", i);
        put(f, line);
    }
    scan(f, "list.txt", 4096);
    assert_int_equal(f->found->n, LIMIT_SECRETS);
    assert_true(str_find(f->found->problem, STR("more than 1000 secrets")) >= 0);
}

static void nul_bytes_among_text_do_no_harm(void **state) {
    struct fixture *f = *state;
    begin(f);
    fill(f, 'x', 8192);
    fill(f, '\0', 5000);
    put(f, "\nghp_{{checked}}\n");
    scan(f, "a.txt", 1000);
    assert_int_equal(f->found->n, 1);
}

static void binaries_are_passed_over(void **state) {
    struct fixture *f = *state;
    begin(f);
    buf_bytes(&f->text, "\177ELF\2\1\1\0", 8);
    put(f, "ghp_{{checked}}");
    scan(f, "a", 0);
    assert_int_equal(f->found->n, 0);
    assert_false(secret_wants(STR("img/logo.png"), 5000));
    assert_true(secret_wants(STR("src/logo.c"), 5000));
}

static void utf16_is_read_in_both_orders(void **state) {
    struct fixture *f = *state;
    for (unsigned is_big = 0; is_big < 2; is_big++) {
        for (unsigned has_mark = 0; has_mark < 2; has_mark++) {
            struct buf wide = buf_new(MIB);
            begin(f);
            put(f, "\ntoken = 'ghp_{{checked}}'\n");
            if (has_mark) {
                buf_bytes(&wide, is_big ? "\xfe\xff" : "\xff\xfe", 2);
            }
            for (size_t i = 0; i < f->text.n; i++) {
                buf_byte(&wide, is_big ? 0 : f->text.p[i]);
                buf_byte(&wide, is_big ? f->text.p[i] : 0);
            }
            buf_clear(&f->text);
            buf_str(&f->text, buf_view(&wide));
            scan(f, "a.txt", 33);
            assert_int_equal(f->found->n, 1);
            assert_int_equal(f->found->secrets[0].line, 2);
            assert_int_equal(f->found->secrets[0].column, 10);
            buf_free(&wide);
        }
    }
}

/* ---- meaning */

static void the_more_special_rule_is_told(void **state) {
    struct fixture *f = *state;
    begin(f);
    put(f, "api_key = \"ghp_{{checked}}\"\n");
    scan(f, "a.py", 0);
    assert_int_equal(f->found->n, 1);
    assert_str_equal(f->found->secrets[0].rule->id, STR("secret-github-personal"));
}

static void in_tests_and_code_of_others_it_matters_less(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *path;
        enum severity severity;
    } cases[] = {{"src/a.py", SEVERITY_CRITICAL},
                 {"tests/a.py", SEVERITY_HIGH},
                 {"node_modules/x/a.js", SEVERITY_HIGH},
                 {"app.min.js", SEVERITY_HIGH}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        begin(f);
        put(f, "ghp_{{checked}}\n");
        scan(f, cases[i].path, 0);
        assert_int_equal(f->found->n, 1);
        assert_int_equal(f->found->secrets[0].severity, cases[i].severity);
    }
}

static size_t count(struct fixture *f, const char *path, const char *text) {
    begin(f);
    put(f, text);
    scan(f, path, 0);
    return f->found->n;
}

static void a_name_alone_counts_in_code_of_ones_own(void **state) {
    struct fixture *f = *state;
    const char *text = "acme_key = \"{{alnum:32}}\"\n";
    assert_int_equal(count(f, "src/a.py", text), 1);
    assert_str_equal(f->found->secrets[0].rule->id, STR("secret-named-key"));
    assert_int_equal(count(f, "tests/a.py", text), 0);
    assert_int_equal(count(f, "node_modules/x/a.js", text), 0);
    assert_int_equal(count(f, "src/a.py", "acme_public_key = \"{{alnum:32}}\"\n"), 0);
    assert_int_equal(count(f, "src/a.py", "acmePublicKey = \"{{alnum:32}}\"\n"), 0);
    assert_int_equal(count(f, "src/a.py", "public.x = 1; acme_key = \"{{alnum:32}}\"\n"), 1);
}

/* Its checksum is wrong: no other kind takes it, under whatever name. */
static void what_its_proof_refutes_is_no_other_kind(void **state) {
    struct fixture *f = *state;
    assert_int_equal(count(f, "src/a.py", "github_key = \"ghp_{{alnum:36}}\"\n"), 0);
    assert_int_equal(count(f, "src/a.py", "api_key = \"ghp_{{alnum:36}}\"\n"), 0);
    assert_int_equal(count(f, "src/a.py", "a = \"ghp_{{alnum:36}}\"\napi_key = \"{{alnum:36}}\"\n"), 1);
}

/* The MD5 of "a" has 3.60 bits a character, the next value 2.56; shorter ones are judged as any other. */
static void less_is_asked_of_hexadecimal_keys(void **state) {
    struct fixture *f = *state;
    assert_int_equal(count(f, "src/a.py", "api_key = \"0cc175b9c0f1b6a831c399e269772661\"\n"), 1);
    assert_int_equal(count(f, "src/a.py", "api_key = \"0c0c75b9c0c0b6b6b6c3c9c9c0c0c6c6\"\n"), 0);
    assert_int_equal(count(f, "src/a.py", "api_key = \"0cc175b9c0f1b6a831c399\"\n"), 0);
}

static void comments_for_scanners_come_without_the_value(void **state) {
    struct fixture *f = *state;
    begin(f);
    put(f, "# plimsoll:ignore secret-* until=2030-01-01\nghp_{{checked}} # plimsoll:ignore secret-x\n");
    scan(f, "a.py", 0);
    assert_int_equal(f->found->comments_n, 2);
    assert_str_equal(f->found->comments[0], STR("plimsoll:ignore secret-* until=2030-01-01"));
    assert_int_equal(f->found->comment_lines[0], 1);
    assert_int_equal(f->found->comment_lines[1], 2);
}

static void placeholders_are_none(void **state) {
    static const char *const values[] = {"EXAMPLE_TOKEN_1234",     "xxxxxxxxxxxxxxxx", "${DB_PASSWORD}",
                                         "{{ .Values.password }}", "<your-token>",     "changeme",
                                         "$(pass show x)",         "%(password)s",     "1234567890abcdef",
                                         "aaaaaaaaaaaaaaaa",       "$PASSWORD",        "password"};
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        assert_true(value_is_placeholder(str_c(values[i])));
    }
    assert_false(value_is_placeholder(STR("kT9xQ2mZ8wL1pRfake9")));
    assert_false(value_is_placeholder(STR("$apr1$abc$def")));
}

/* Expected values by `python3 -c "import math,collections..."`. */
static void entropy_is_shannons(void **state) {
    assert_true(value_entropy(STR("")) < 0.0001);
    assert_true(value_entropy(STR("aaaa")) < 0.0001);
    assert_true(value_entropy(STR("abcd")) > 1.9999 && value_entropy(STR("abcd")) < 2.0001);
    double bits = value_entropy(STR("correct horse"));
    assert_true(bits > 2.8731 && bits < 2.8732);
}

static void previews_show_a_quarter_at_most(void **state) {
    char preview[PREVIEW_BYTES];
    value_preview(STR("abc"), preview);
    assert_string_equal(preview, "… (3 characters)");
    value_preview(STR("abcdefgh"), preview);
    assert_string_equal(preview, "ab… (8 characters)");
    value_preview(STR("abcdefghijklmnopqrstuvwxyz"), preview);
    assert_string_equal(preview, "abcd… (26 characters)");
}

static void every_failed_allocation_is_survived(void **state) {
    struct fixture *f = *state;
    begin(f);
    put(f, "api_key = \"ghp_{{checked}}\"\n{{pem}}\nAuthorization: Bearer {{jwt}}\n");
    WITH_EACH_ALLOCATION_FAILED({
        struct found *found = found_new();
        struct secret_scanner *scanner = NULL;
        struct err err = ERR_NONE;
        if (secret_scanner_new(&scanner, &f->set, found_sink(found), &err) == 0) {
            (void)found_scan(scanner, STR("a.txt"), buf_view(&f->text), 50, &err);
        }
        secret_scanner_free(scanner);
        found_free(found);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_columns_are_those_of_the_value),
        cmocka_unit_test(a_token_at_every_place_of_a_window_is_found_once),
        cmocka_unit_test(a_key_that_spans_windows_is_read_whole),
        cmocka_unit_test(one_line_of_100_megabytes_flows_by),
        cmocka_unit_test(what_looks_like_very_many_secrets_ends_with_a_message),
        cmocka_unit_test(a_thousand_secrets_are_told_and_no_more),
        cmocka_unit_test(nul_bytes_among_text_do_no_harm),
        cmocka_unit_test(binaries_are_passed_over),
        cmocka_unit_test(utf16_is_read_in_both_orders),
        cmocka_unit_test(the_more_special_rule_is_told),
        cmocka_unit_test(in_tests_and_code_of_others_it_matters_less),
        cmocka_unit_test(a_name_alone_counts_in_code_of_ones_own),
        cmocka_unit_test(what_its_proof_refutes_is_no_other_kind),
        cmocka_unit_test(less_is_asked_of_hexadecimal_keys),
        cmocka_unit_test(comments_for_scanners_come_without_the_value),
        cmocka_unit_test(placeholders_are_none),
        cmocka_unit_test(entropy_is_shannons),
        cmocka_unit_test(previews_show_a_quarter_at_most),
        cmocka_unit_test(every_failed_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
