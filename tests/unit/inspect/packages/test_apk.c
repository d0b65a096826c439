#include "expect.h"
#include "inspect/packages/packages.h"

#define PATH "lib/apk/db/installed"

static const char two[] =
    "C:Q1fpZgkFfCDdwcs/yhNrSLbIpZ1y0=\nP:musl\nV:1.2.4_git20230717-r4\nA:x86_64\nS:1\nI:2\nT:the libc\n"
    "U:https://musl.libc.org/\nL:MIT\no:musl\nm:Timo <t@a.example>\nt:1700000000\nc:abc\np:so:libc=1\n"
    "F:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x=\n\n"
    "P:libcrypto3\nV:3.1.4-r5\nA:x86_64\nL:Apache-2.0\no:openssl\nD:so:libc\nF:\nR:top\nF:etc\nM:0:0:700\n\n";

static void packages_with_their_files(void **state) {
    char expected[1024];
    snprintf(expected, sizeof expected,
             "owned|apk|musl|%016llx\n"
             "package|apk|musl|1.2.4_git20230717-r4|x86_64|||MIT|Timo <t@a.example>|2\n"
             "owned|apk|libcrypto3|%016llx\n"
             "package|apk|libcrypto3|3.1.4-r5|x86_64|openssl||Apache-2.0||20\n"
             "needs|libcrypto3|3.1.4-r5|musl|\n",
             (unsigned long long)facts_owned_hash(STR("/lib/ld-musl-x86_64.so.1")),
             (unsigned long long)facts_owned_hash(STR("top")));
    expect_facts(&inspect_apk, PATH, str_c(two), expected);
}

static void last_stanza_needs_no_empty_line(void **state) {
    expect_facts(&inspect_apk, PATH, STR("P:a\r\nV:1\r\n\r\n\r\nP:b\nV:2"),
                 "package|apk|a|1||||||1\npackage|apk|b|2||||||5\n");
}

static void damaged_stanzas_are_named_and_left(void **state) {
    expect_facts(
        &inspect_apk, PATH, STR("P:a\nV:1\nnonsense\n\nP:b\n\nV:3\nR:x\n\nP:c\nV:4\n"),
        "problem|incomplete|line 3: not a field (\"<letter>:<value>\")\n"
        "package|apk|a|1||||||1\n"
        "problem|incomplete|line 5: the package's name (P:) or version (V:) is missing, or a field is "
        "too long\n"
        "problem|incomplete|line 8: a file without a package, or with too long a path\n"
        "problem|incomplete|line 7: the package's name (P:) or version (V:) is missing, or a field is "
        "too long\n"
        "package|apk|c|4||||||10\n");
}

static void problem_between_files_splits_no_record(void **state) {
    char expected[512];
    snprintf(expected, sizeof expected,
             "owned|apk|a|%016llx\nproblem|incomplete|line 5: not a field (\"<letter>:<value>\")\n"
             "owned|apk|a|%016llx\npackage|apk|a|1||||||1\n",
             (unsigned long long)facts_owned_hash(STR("usr/bin/x")),
             (unsigned long long)facts_owned_hash(STR("usr/bin/y")));
    expect_facts(&inspect_apk, PATH, STR("P:a\nV:1\nF:usr/bin\nR:x\n?\nR:y\n"), expected);
}

static void memory_may_fail(void **state) {
    expect_bounded(&inspect_apk, PATH, str_c(two));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packages_with_their_files),
        cmocka_unit_test(last_stanza_needs_no_empty_line),
        cmocka_unit_test(damaged_stanzas_are_named_and_left),
        cmocka_unit_test(problem_between_files_splits_no_record),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
