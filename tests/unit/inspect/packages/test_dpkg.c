#include "expect.h"
#include "inspect/packages/packages.h"

#define PATH "var/lib/dpkg/status"

static const char three[] = "Package: bash\n"
                            "Status: install ok installed\n"
                            "Architecture: amd64\n"
                            "Version: 5.2.15-2+b2\n"
                            "Source: bash (5.2.15-2)\n"
                            "Maintainer: Matthias <m@d.example>\n"
                            "Conffiles:\n"
                            " /etc/bash.bashrc 89269e1298235f1b12b4c16e4065ad0d\n"
                            "Description: shell\n"
                            " Package: not a field\n"
                            " .\n"
                            "\tmore\n"
                            "\n"
                            "Package: libc6\n"
                            "status: hold ok installed\n"
                            "Architecture: amd64\n"
                            "Source: glibc\n"
                            "Version: 2.36-9\n"
                            "\n"
                            "\n"
                            "Package: gone\n"
                            "Status: deinstall ok config-files\n"
                            "Version: 1\n";

static void installed_packages(void **state) {
    expect_facts(&inspect_dpkg, PATH, str_c(three),
                 "package|deb|bash|5.2.15-2+b2|amd64||5.2.15-2||Matthias <m@d.example>|1\n"
                 "package|deb|libc6|2.36-9|amd64|glibc||||14\n");
}

/* Each state of dpkg(1), "Package states". */
static void states_decide(void **state) {
    static const struct {
        const char *status;
        bool is_reported;
    } cases[] = {
        {"install ok installed", true},
        {"hold ok installed", true},
        {"deinstall ok installed", true},
        {"install ok triggers-pending", true},
        {"install ok triggers-awaited", true},
        {"install reinstreq half-installed", false},
        {"install ok unpacked", false},
        {"install ok half-configured", false},
        {"deinstall ok config-files", false},
        {"purge ok not-installed", false},
        {"install ok", false},
        {"installed", false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char body[128];
        snprintf(body, sizeof body, "Package: a\nStatus: %s\nVersion: 1\n", cases[i].status);
        expect_facts(&inspect_dpkg, PATH, str_c(body),
                     cases[i].is_reported ? "package|deb|a|1||||||1\n" : "");
    }
}

static void damaged_stanzas_are_named_and_left(void **state) {
    expect_facts(
        &inspect_dpkg, PATH,
        STR(" starts with a continuation\nVersion: 1\n\n"
            "Package: a\nStatus: install ok installed\nno colon here\n of that\n: no name\nVersion: 2\n\n"
            "Package: b\nStatus: install ok installed\n\n"
            "Package: c\nVersion: 1\n \n"
            "Package: d\nStatus: install ok installed\nVersion: 4"),
        "problem|incomplete|line 1: continues no field\n"
        "problem|incomplete|line 1: a stanza without a Package field\n"
        "problem|incomplete|line 6: neither a field nor its continuation\n"
        "problem|incomplete|line 7: continues no field\n"
        "problem|incomplete|line 8: neither a field nor its continuation\n"
        "package|deb|a|2||||||4\n"
        "problem|incomplete|line 11: the stanza's version is missing, or a field is too long\n"
        "problem|incomplete|line 14: a stanza without a Status field\n"
        "package|deb|d|4||||||17\n");
}

static void distroless_states_no_status(void **state) {
    expect_facts(&inspect_dpkg, "var/lib/dpkg/status.d/base",
                 STR("Package: base-files\nVersion: 12.4+deb12u5\nArchitecture: amd64\n"),
                 "package|deb|base-files|12.4+deb12u5|amd64|||||1\n");
}

static void expect_owned(const char *path, struct str body, const char *owner, struct str owned) {
    char expected[256];
    snprintf(expected, sizeof expected, "owned|deb|%s|%016llx\n", owner,
             (unsigned long long)facts_owned_hash(owned));
    expect_facts(&inspect_dpkg, path, body, expected);
}

static void file_lists(void **state) {
    expect_owned("var/lib/dpkg/info/libc6:amd64.list", STR("/.\n/lib/libc.so.6\n"), "libc6",
                 STR("/usr/lib/libc.so.6"));
    expect_owned("var/lib/dpkg/info/bash.md5sums",
                 STR("d41d8cd98f00b204e9800998ecf8427e  bin/bash\n\nshort\n"), "bash", STR("/usr/bin/bash"));
    expect_owned("var/lib/dpkg/status.d/tzdata.md5sums",
                 STR("d41d8cd98f00b204e9800998ecf8427e  usr/share/a b\n"), "tzdata", STR("/usr/share/a b"));
}

static void long_fields_are_refused(void **state) {
    _cleanup_(buf_free) struct buf body = buf_new(MIB);
    buf_c(&body, "Package: ");
    for (size_t i = 0; i <= LIMIT_FIELD; i++) {
        buf_byte(&body, 'a');
    }
    buf_c(&body, "\nStatus: install ok installed\nVersion: 1\n");
    expect_facts(&inspect_dpkg, PATH, buf_view(&body),
                 "problem|incomplete|line 1: the stanza's version is missing, or a field is too long\n");
}

/* Debian policy 7.5: who provides a name without a version does not meet a need with one; packages that are
 * not installed provide nothing. */
static const char virtual
    [] = "Package: mta\nStatus: install ok installed\nVersion: 1\nProvides: agent, mail (= 2)\n\n"
         "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\nProvides: agent\n\n"
         "Package: b\nStatus: install ok installed\nVersion: 1\nDepends: real | agent:any, agent (>= 1), "
         "mail "
         "(>= 1)\n\n"
         "Package: other\nStatus: install ok installed\nVersion: 1\nProvides: agent\nPre-Depends: mail\n";

static void needs_lead_to_providers(void **state) {
    expect_facts(&inspect_dpkg, PATH, str_c(virtual),
                 "package|deb|mta|1||||||1\n"
                 "package|deb|b|1||||||11\n"
                 "needs|b|1|real|\nneeds|b|1|agent|\nneeds|b|1|agent|\nneeds|b|1|mail|\n"
                 "needs|b|1|mta|\nneeds|b|1|other|\nneeds|b|1|mta|\n"
                 "package|deb|other|1||||||16\n"
                 "needs|other|1|mail|\nneeds|other|1|mta|\n");
}

static void memory_may_fail(void **state) {
    expect_bounded(&inspect_dpkg, PATH, str_c(three));
    expect_bounded(&inspect_dpkg, PATH, str_c(virtual));
    expect_bounded(&inspect_dpkg, "var/lib/dpkg/info/a.list", STR("/a\n/b\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(installed_packages),
        cmocka_unit_test(states_decide),
        cmocka_unit_test(damaged_stanzas_are_named_and_left),
        cmocka_unit_test(distroless_states_no_status),
        cmocka_unit_test(file_lists),
        cmocka_unit_test(long_fields_are_refused),
        cmocka_unit_test(needs_lead_to_providers),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
