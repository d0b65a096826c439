#include "expect.h"
#include "inspect/packages/packages.h"

#define PATH "etc/os-release"

static void files_of_distributions(void **state) {
    expect_facts(&inspect_os_release, "usr/lib/os-release",
                 STR("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n"
                     "VERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n"),
                 "os|debian|12|Debian GNU/Linux 12 (bookworm)|bookworm||\n");
    expect_facts(&inspect_os_release, PATH,
                 STR("ID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=\"9.4\"\n"),
                 "os|almalinux|9.4|||rhel centos fedora|\n");
}

/* os-release(5), and the shell's quoting that it refers to (POSIX, 2.2). */
static void quotes(void **state) {
    static const char *const cases[][2] = {
        {"ID=a", "a"},
        {"ID='a b'", "a b"},
        {"ID=\"a b\"", "a b"},
        {"ID=\"a\\\"\\\\\\$\\`b\"", "a\"\\$`b"},
        {"ID=\"a\\nb\"", "a\\nb"},
        {"ID='a\\nb'", "a\\nb"},
        {"ID='a\\\\b'", "a\\\\b"},
        {"ID='a\"b'", "a\"b"},
        {"ID=\"a'b\"", "a'b"},
        {"ID=a\\ b", "a b"},
        {"ID=first\nID=second", "second"},
        {"# ID=comment\n\n  ID=a  \r\nUNKNOWN=x", "a"},
        {"ID=a=b", "a=b"},
        {"ID=\"a\"'b'", "ab"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "os|%s|||||\n", cases[i][1]);
        expect_facts(&inspect_os_release, PATH, str_c(cases[i][0]), expected);
    }
}

static void open_quote_is_a_problem(void **state) {
    expect_facts(&inspect_os_release, PATH, STR("ID=debian\nVERSION_ID=\"12\nNAME='\n"),
                 "problem|incomplete|line 2: a quote is not closed, or the value is too long\n"
                 "os|debian|||||\n");
}

static void files_that_stand_in(void **state) {
    static const char *const cases[][3] = {
        {"etc/debian_version", "12.5\n", "os||||||12.5\n"},
        {"etc/debian_version", "trixie/sid\n", "os||||||trixie/sid\n"},
        {"etc/alpine-release", "3.19.1\n", "os|alpine|3.19.1||||3.19.1\n"},
        {"etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n",
         "os|centos|7.9.2009|CentOS Linux release 7.9.2009 (Core)|Core||7.9.2009\n"},
        {"etc/redhat-release", "Red Hat Enterprise Linux release 9.4 (Plow)\n",
         "os|rhel|9.4|Red Hat Enterprise Linux release 9.4 (Plow)|Plow||9.4\n"},
        {"etc/redhat-release", "AlmaLinux release 8.10 (Cerulean Leopard)\n",
         "os|almalinux|8.10|AlmaLinux release 8.10 (Cerulean Leopard)|Cerulean Leopard||8.10\n"},
        {"etc/system-release", "Amazon Linux release 2 (Karoo)\n",
         "os|amzn|2|Amazon Linux release 2 (Karoo)|Karoo||2\n"},
        {"etc/system-release", "Something release 1\n", "os||1|Something release 1|||1\n"},
        {"etc/lsb-release",
         "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\n"
         "DISTRIB_DESCRIPTION=\"Ubuntu 22.04.3 LTS\"\n",
         "os|ubuntu|22.04|Ubuntu 22.04.3 LTS|jammy||\n"},
        {"etc/redhat-release", "Core\n", "error|line 1: no \" release <version>\" in it\n"},
        {"etc/debian_version", "", ""},
        {"etc/os-release", "", ""},
        {"etc/lsb-release", "", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect_facts(&inspect_os_release, cases[i][0], str_c(cases[i][1]), cases[i][2]);
    }
}

static void memory_may_fail(void **state) {
    expect_bounded(&inspect_os_release, PATH, STR("ID=a\nVERSION_ID=\"1\"\n"));
    expect_bounded(&inspect_os_release, "etc/lsb-release", STR("DISTRIB_ID=Ubuntu\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_distributions),  cmocka_unit_test(quotes),
        cmocka_unit_test(open_quote_is_a_problem), cmocka_unit_test(files_that_stand_in),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
