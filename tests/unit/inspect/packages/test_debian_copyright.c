/* Files as copyright-format 1.0 has them; synopses of real packages of Debian 12. */
#include "expect.h"
#include "inspect/packages/packages.h"

#define PATH   "usr/share/doc/a/copyright"
#define FORMAT "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"

static void licences_of_header_and_files_are_joined(void **state) {
    expect_facts(&inspect_debian_copyright, PATH,
                 STR(FORMAT "Upstream-Name: a\nLicense: Zlib\n\n"
                            "Files: *\nCopyright: 2001 A\nLicense: GPL-2+\n License: ISC\n .\n\n"
                            "files: b/*\n# License: ISC\nlicense: Expat\n \n"
                            "Files: c/*\nLicense: GPL-2+\n\nFiles: d\nLicense:\n text alone\n\n"
                            "License: Apache-2.0\n a paragraph without files\n"),
                 "licence|a|GPL-2.0-or-later AND MIT AND Zlib\n");
}

static void a_choice_stays_one_beside_others(void **state) {
    expect_facts(&inspect_debian_copyright, PATH,
                 STR(FORMAT "\nFiles: *\nLicense: GPL-1+ or Artistic\n\nFiles: b\nLicense: Expat\n"),
                 "licence|a|(GPL-1.0-or-later OR Artistic-1.0) AND MIT\n");
}

static void synopses_become_expressions(void **state) {
    static const struct {
        const char *synopsis, *expression;
    } cases[] = {
        {"GPL-2+", "GPL-2.0-or-later"},
        {"LGPL-2.1+", "LGPL-2.1-or-later"},
        {"Expat", "MIT"},
        {"BSD-3-clause", "BSD-3-Clause"},
        {"GPL-1+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0"},
        {"GPL-2+ OR MIT", "GPL-2.0-or-later OR MIT"},
        {"BSL-1.0 and Zlib", "BSL-1.0 AND Zlib"},
        {"GPL-2 or BSD-3-clause and Expat", "GPL-2.0-only OR BSD-3-Clause AND MIT"},
        {"GPL-2+ or AFL-2.1, and Expat", "(GPL-2.0-or-later OR AFL-2.1) AND MIT"},
        {"ISC, or Zlib and Expat", "ISC OR Zlib AND MIT"},
        {"Expat and (ISC or Zlib)", "(ISC OR Zlib) AND MIT"},
        {"GPL-2+ with Libtool exception", "GPL-2.0-or-later WITH Libtool-exception"},
        {"GPL-2 with Linux-syscall-note exception", "GPL-2.0-only WITH Linux-syscall-note"},
        {"Apache-2.0 with LLVM exception", "Apache-2.0 WITH LLVM-exception"},
        /* not one licence that is known: alone as it stands, beside others a reference */
        {"public-domain", "public-domain"},
        {"GPL", "GPL"},
        {"GPL-2+, LGPL-2+", "GPL-2+, LGPL-2+"},
        {"Expat and", "Expat and"},
        {"and Expat", "and Expat"},
        {"Expat or (ISC", "Expat or (ISC"},
        {"Expat) or ISC", "Expat) or ISC"},
        {"Expat and public-domain", "LicenseRef-public-domain AND MIT"},
        {"Expat and GPL-2+ with Autoconf exception",
         "LicenseRef-GPL-2-or-later-with-Autoconf-exception AND MIT"},
        {"Expat and a_~b", "LicenseRef-a-b AND MIT"},
        {"((((((((((((((((Expat))))))))))))))))", "MIT"},
        {"(((((((((((((((((Expat)))))))))))))))))", "(((((((((((((((((Expat)))))))))))))))))"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char body[512], expected[256];
        snprintf(body, sizeof body, FORMAT "\nFiles: *\nLicense: %s\n", cases[i].synopsis);
        snprintf(expected, sizeof expected, "licence|a|%s\n", cases[i].expression);
        expect_facts(&inspect_debian_copyright, PATH, str_c(body), expected);
    }
}

static void of_prose_and_other_places_nothing_is_said(void **state) {
    expect_facts(&inspect_debian_copyright, PATH, STR("Debianized by A.\n\nFiles: *\nLicense: GPL-2\n"), "");
    expect_facts(&inspect_debian_copyright, PATH, STR(""), "");
    expect_facts(&inspect_debian_copyright, PATH, STR(FORMAT "\nFiles: *\nCopyright: A\n"), "");
    expect_facts(&inspect_debian_copyright, "usr/share/doc/a/b/copyright",
                 STR(FORMAT "\nFiles: *\nLicense: ISC\n"), "");
    expect_facts(&inspect_debian_copyright, "usr/share/doc/copyright",
                 STR(FORMAT "\nFiles: *\nLicense: ISC\n"), "");
}

static void put_many(struct buf *body, unsigned n) {
    buf_c(body, FORMAT);
    for (unsigned i = 0; i < n; i++) {
        buf_printf(body, "\nFiles: *\nLicense: x%u\n\nFiles: b\nLicense: x%u\n", i, i);
    }
}

static void too_many_are_none(void **state) {
    _cleanup_(buf_free) struct buf body = buf_new(MIB);
    put_many(&body, LIMIT_DEBIAN_LICENCES + 1);
    expect_facts(&inspect_debian_copyright, PATH, buf_view(&body),
                 "problem|odd|more than 256 licences, or 8192 bytes of them: none is stated\n");
    buf_clear(&body);
    buf_c(&body, FORMAT "License: ");
    for (size_t i = 0; i <= LIMIT_FIELD / 8; i++) {
        buf_byte(&body, 'a');
    }
    expect_facts(&inspect_debian_copyright, PATH, buf_view(&body),
                 "problem|odd|more than 256 licences, or 8192 bytes of them: none is stated\n");
}

static void memory_may_fail(void **state) {
    expect_bounded(&inspect_debian_copyright, PATH,
                   STR(FORMAT "License: GPL-2+ or X, and Expat\n\nFiles: *\nLicense: Y and (ISC or Zlib)\n"));
    _cleanup_(buf_free) struct buf body = buf_new(MIB);
    put_many(&body, 20);
    expect_bounded(&inspect_debian_copyright, PATH, buf_view(&body));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(licences_of_header_and_files_are_joined),
        cmocka_unit_test(a_choice_stays_one_beside_others),
        cmocka_unit_test(synopses_become_expressions),
        cmocka_unit_test(of_prose_and_other_places_nothing_is_said),
        cmocka_unit_test(too_many_are_none),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
