/* Each row is a chain of versions from oldest to newest, as the rule that is named beside it says; every pair
 * of the chain is compared both ways. */
#include "vuln/version/version.h"

#include "test.h"

static const struct {
    enum version_scheme scheme;
    const char *chain;
} chains[] = {
    /* Debian policy 5.6.12: "~~", "~~a", "~", the empty part, "a"; then numbers by value and the epoch. */
    {VERSION_DPKG, "1~~ < 1~~a < 1~ < 1 < 1a < 1+ < 1."},
    {VERSION_DPKG,
     "1.0~beta1~svn1245 < 1.0~beta1 < 1.0 = 1.0-0 = 0:1.0 = 1.00 < 1.0-1 < 1.0.1 < 1.2 < 1.10 < 1:0.1"},
    {VERSION_DPKG, "1.0-1~bpo12+1 < 1.0-1 < 1.0-1ubuntu1 = 1.0-1ubuntu01 < 1.0-1+deb12u1 < 1.0-1+deb12u2 < "
                   "1.0-1+deb12u10 < 1.0-1.1 < 1.0-2"},
    {VERSION_DPKG, "1-2-3 < 1-2-4 < 1-3-1"},
    {VERSION_DPKG, "99999999999999999999999998-1 < 99999999999999999999999999-1"},
    /* rpm-version(7) */
    {VERSION_RPM, "1.0~rc1 < 1.0~rc1^git1 < 1.0~rc2 < 1.0 = 1..0 = 1_0 = 1.0. < 1.0^git1 < 1.0^git1.1 < 1.0a "
                  "= 1.0.a < 1.0.1"},
    {VERSION_RPM, "1.0 < 1.0-1 < 1.0-1.el9 < 1.0-1.el9_2 < 1.0-2 < 1.0.1-1 < 1:0.5-1 = 01:0.5-1 < 2:0"},
    {VERSION_RPM, "1.a < 1.b < 1.1 = 1.01 < 1.2 < 1.10 < 1.99999999999999999999 < 1.100000000000000000000"},
    {VERSION_RPM, "1.0-1.fc38 < 1.0-1.fc39"},
    /* apk-package(5): suffixes below and above the release, then a letter, then more numbers. */
    {VERSION_APK,
     "1.2_alpha < 1.2_alpha1 < 1.2_beta < 1.2_pre < 1.2_rc < 1.2_rc1 < 1.2 < 1.2-r1 < 1.2_cvs < 1.2_svn "
     "< 1.2_git < 1.2_hg < 1.2_p < 1.2_p1 < 1.2_p1-r1 < 1.2a < 1.2.1 < 1.10"},
    {VERSION_APK, "1.01 < 1.02 < 1.1 < 1.2 < 1.10"},
    {VERSION_APK, "1.2-r1 < 1.2-r2 < 1.2-r10"},
    {VERSION_APK, "6.6.1p1-r3 < 6.6.2p1-r0 < 6.6.2p2-r0"},
    /* semver.org, item 11 */
    {VERSION_SEMVER, "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2 < "
                     "1.0.0-beta.11 < 1.0.0-rc.1 "
                     "< 1.0.0 = 1.0.0+build = v1.0.0 < 2.0.0 < 2.1.0 < 2.1.1"},
    {VERSION_SEMVER, "1.0.0-1 < 1.0.0-2 < 1.0.0-10 < 1.0.0-0a < 1.0.0-A < 1.0.0-a < 1.0.0-a-b"},
    {VERSION_HEX, "1.0.0-dev < 1.0.0-rc.0 < 1.0.0 = 1.0.0+a < 1.0.1"},
    /* pub_semver: as SemVer, and builds order */
    {VERSION_PUB, "1.0.0-a < 1.0.0-a+1 < 1.0.0 < 1.0.0+1 < 1.0.0+2 < 1.0.0+10 < 1.0.0+a < 1.0.0+a.1"},
    {VERSION_NUGET, "1.0.0-alpha = 1.0-ALPHA < 1.0.0-alpha.1 < 1.0.0-Beta < 1.0.0 = 1 = 1.0.0.0 = 1.0.0+x = "
                    "01.0.0 < 1.0.0.1 < 1.0.1"},
    /* PEP 440, "Summary of permitted suffixes and relative ordering" and its examples */
    {VERSION_PEP440,
     "1.dev0 < 1.0.dev456 < 1.0a1 = 1.0-alpha.1 = 1.0_ALPHA_1 < 1.0a2.dev456 < 1.0a12.dev456 < 1.0a12 "
     "< 1.0b1.dev456 < 1.0b2 < 1.0b2.post345.dev456 < 1.0b2.post345 < 1.0rc1.dev456 < 1.0rc1 = 1.0c1 = "
     "1.0pre1 "
     "< 1.0 = 1 = v1.0.0 < 1.0+abc.5 < 1.0+abc.7 < 1.0+5 = 1.0+05 < 1.0.post456.dev34 < 1.0.post456 = "
     "1.0-456 = 1.0.r456 "
     "< 1.1.dev1 < 1.1 < 1!0.1"},
    {VERSION_PEP440, "1.0.dev0 < 1.0a0 < 1.0 < 1.0.post0 = 1.0-0 = 1.0post"},
    /* pkg_resources: what PEP 440 does not know comes before all that it does */
    {VERSION_PEP440, "2.0-final < 3.0x < 4.0-a-final < 4.0-final < 4.0-1x < 4.0p1 < 4.0p2 < 0.1"},
    /* Maven POM reference, "Version Order Specification" */
    {VERSION_MAVEN, "1-alpha = 1-ALPHA < 1-beta < 1-milestone < 1-rc = 1-cr < 1-snapshot < 1 = 1.0 = 1-ga = "
                    "1-final = 1.0-release = 1-0.ga "
                    "< 1-sp < 1-abc < 1-xyz < 1-1 < 1-2 < 1-10 < 1.1"},
    {VERSION_MAVEN,
     "1-a1 = 1-alpha-1 < 1-a2 < 1b1 = 1-beta-1 < 1m1 = 1-milestone-1 < 1.0-SNAPSHOT < 1 < 1a = 1-a"},
    {VERSION_MAVEN, "1-foo2 < 1-foo10"},
    {VERSION_MAVEN, "1.0-RC3 < 1.0.RC2"},
    {VERSION_MAVEN, "9.3.0.M0 < 9.3.0.M1 < 9.3.0.RC0 < 9.3.0"},
    {VERSION_MAVEN, "1-1 < 1-1-1 < 1-1.1"},
    /* Gem::Version: a word makes a pre-release, zeros at the ends of both halves go */
    {VERSION_RUBYGEMS, "1.0.a.2 < 1.0.a10 < 1.0.b1 < 1.0.rc1 = 1.0.0.rc1 = 1.rc.1 < 1.0 = 1 = 1.0.0 < "
                       "1.0.1.pre < 1.0.1 < 1.9 < 1.10"},
    {VERSION_RUBYGEMS, "1.0-1 = 1.0.pre.1 < 1.0-2 < 1.0"},
    /* php.net/version_compare: unknown < dev < alpha < beta < RC < number < pl */
    {VERSION_COMPOSER, "1.0foo < 1.0-dev < 1.0-alpha = 1.0a < 1.0-alpha2 < 1.0-beta = 1.0b < 1.0RC1 = "
                       "1.0-rc.1 < 1.0 = v1.0 < 1.0.0 < 1.0.1 < 1.0pl1 = 1.0p1 < 1.1"},
    /* go.dev/ref/mod, "Pseudo-versions" */
    {VERSION_GO, "v0.0.0-20191109021931-daa7c04131f5 < v0.0.0-20200101000000-000000000000 < v1.2.3-pre < "
                 "v1.2.3-pre.0.20191109021931-daa7c04131f5 "
                 "< v1.2.3-pre.1 < v1.2.3 = 1.2.3 < v1.2.4-0.20191109021931-daa7c04131f5 < v1.2.4-alpha < "
                 "v1.2.4 < v2.0.0+incompatible = v2.0.0"},
    /* go.dev/doc/toolchain, "Go versions"; the vulnerability database writes them as SemVer */
    {VERSION_GO, "1.21.0-0 < go1.21beta1 = 1.21.0-beta.1 < go1.21rc2 = v1.21.0-rc.2 = 1.21rc2 < go1.21rc10 < "
                 "go1.21 = go1.21.0 = 1.21.0 "
                 "< go1.21.3 = go1.21.3-vendor = 1.21.3 < go1.21.10 < go1.22rc1"},
    /* R's numeric_version: lists of numbers */
    {VERSION_CRAN, "0.9 < 0.75 < 1.0 = 1-0 = 1.00 < 1.0.0 < 1.0.1 = 1.0-1 < 1.0.10 < 2"},
    /* Cabal: lists of numbers */
    {VERSION_HACKAGE, "0.9 < 0.10 < 1 < 1.0 < 1.0.0 < 1.0.0.1 < 1.1"},
};

#define LINKS_MAX 32

struct link {
    struct str version;
    int rank;
};

static size_t read_chain(struct str chain, struct link *links) {
    size_t n = 0;
    int rank = 0;
    for (struct str rest = chain, word; str_split(&rest, ' ', &word);) {
        if (str_eq(word, STR("<"))) {
            rank++;
        } else if (!str_eq(word, STR("="))) {
            assert_true(n < LINKS_MAX);
            links[n++] = (struct link){word, rank};
        }
    }
    return n;
}

static int sign(int order) {
    return (order > 0) - (order < 0);
}

static size_t count_wrong(enum version_scheme scheme, const struct link *links, size_t n) {
    size_t wrong = 0;
    for (size_t i = 0; i < n * n; i++) {
        struct link a = links[i / n], b = links[i % n];
        int order = sign(version_compare(scheme, a.version, b.version));
        if (order != sign(a.rank - b.rank)) {
            print_message("# %s: %.*s against %.*s gives %d\n", version_scheme_name(scheme),
                          STR_ARG(a.version), STR_ARG(b.version), order);
            wrong++;
        }
    }
    return wrong;
}

static void versions_order_as_published(void **state) {
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_SIZE(chains); i++) {
        struct link links[LINKS_MAX];
        size_t n = read_chain(str_c(chains[i].chain), links);
        assert_true(n > 1);
        wrong += count_wrong(chains[i].scheme, links, n);
    }
    assert_int_equal(wrong, 0);
}

static const struct {
    enum version_scheme scheme;
    const char *valid, *invalid; /* between spaces */
} forms[] = {
    {VERSION_DPKG, "1 1.0-1 2:1.0-1+deb12u1 1:2:3-4 1.0~rc1-2-3", "a1 1.0- 1.0_1 a:1 -1"},
    {VERSION_RPM, "1 1.0-1.el9 1:1.0^git1-2 1.0~rc1 r5", "1.0- -1 a:1 1-2-3 1.\xce\xb1"},
    {VERSION_APK, "1 1.2.3a_rc1_p2~0af-r3 20190101-r0", "a 1. 1.2- 1-r 6.6.2p1 1_foo 1-r1-r2 1.A"},
    {VERSION_SEMVER, "1.2.3 1.0.0-alpha.1+001 v1.2.3 0.0.0-0a 1.0.0--",
     "1 1.2 1.2.3.4 01.0.0 1.0.0-01 1.0.0- 1.0.0+ 1.0.0-a..b 1.0.0rc1 a"},
    {VERSION_PEP440, "1 1!1.0a1.post1.dev1+local.1 v1.0-1 1.0-r2 1.0.RC_1 1.0a-",
     "a 1.0x 1.0--1 1.0+ 1.0+a- 1.0+a..b 1..0 1.0-a-b"},
    {VERSION_MAVEN, "1 1.0-SNAPSHOT r09 1.0.0.Final", "1/2 1\\2"},
    {VERSION_RUBYGEMS, "1 1.0.pre 1.0-1 1.2.b1 1.0-x86-mingw", "a 1. 1..2 .1 1- 1.0_1 1a"},
    {VERSION_NUGET, "1 1.0 1.0.0.0-beta.1+x 01.2", "1.0.0.0.0 a 1.0- 1.0-a..b 1."},
    {VERSION_COMPOSER, "1 v1.0 1.0.0.0-beta.2 1.0-RC1-dev 1.0p1 20190101 1.0+build 1.0-stable",
     "a 1.0.0.0.0 1.0-test 1.0+ 1.x"},
    {VERSION_GO, "v1.2.3 1.2.3 v2.0.0+incompatible go1.21 go1.21.3 go1.22rc1 go1.21.3-vendor 1.21 1.22rc1",
     "go v1.2 go1.22foo 1.22foo devel latest"},
    {VERSION_HEX, "1.2.3 1.2.3-rc.0", "1.2 1"},
    {VERSION_PUB, "1.2.3 1.2.3+1", "1.2 1"},
    {VERSION_CRAN, "1.0 0.1-4 1.2.3.4", "1 1. 1.a 1--2"},
    {VERSION_HACKAGE, "1 1.2.3", "1. a 1-2 1..2"},
};

static void check_forms(enum version_scheme scheme, const char *list, bool is_valid) {
    for (struct str rest = str_c(list), word; str_split(&rest, ' ', &word);) {
        if (version_is_valid(scheme, word) != is_valid) {
            fail_msg("%s: %.*s is %s", version_scheme_name(scheme), STR_ARG(word),
                     is_valid ? "refused" : "taken");
        }
    }
}

static void only_the_schemes_own_form_is_valid(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        check_forms(forms[i].scheme, forms[i].valid, true);
        check_forms(forms[i].scheme, forms[i].invalid, false);
        assert_false(version_is_valid(forms[i].scheme, STR_NONE));
        assert_false(version_is_valid(forms[i].scheme, STR("1\0")));
    }
}

static void ecosystems_have_schemes(void **state) {
    static const struct {
        struct str name;
        enum version_scheme scheme;
    } known[] = {
        {STR("Debian:12"), VERSION_DPKG},
        {STR("Ubuntu:22.04:LTS"), VERSION_DPKG},
        {STR("Alpine:v3.19"), VERSION_APK},
        {STR("AlmaLinux:9"), VERSION_RPM},
        {STR("Red Hat:enterprise_linux:9"), VERSION_RPM},
        {STR("npm"), VERSION_SEMVER},
        {STR("crates.io"), VERSION_SEMVER},
        {STR("Go"), VERSION_GO},
        {STR("PyPI"), VERSION_PEP440},
        {STR("Maven:https://repo.example/m2"), VERSION_MAVEN},
        {STR("Packagist"), VERSION_COMPOSER},
        {STR("Wolfi"), VERSION_APK},
        {STR("CRAN"), VERSION_CRAN},
        {STR("GitHub Actions"), VERSION_SEMVER},
    };
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        enum version_scheme scheme = VERSION_SCHEMES;
        assert_true(version_scheme_of(known[i].name, &scheme));
        assert_int_equal(scheme, known[i].scheme);
    }
    enum version_scheme untouched = VERSION_SCHEMES;
    assert_false(version_scheme_of(STR("Linux"), &untouched));
    assert_false(version_scheme_of(STR("debian"), &untouched));
    assert_false(version_scheme_of(STR_NONE, &untouched));
    assert_int_equal(untouched, VERSION_SCHEMES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_order_as_published),
        cmocka_unit_test(only_the_schemes_own_form_is_valid),
        cmocka_unit_test(ecosystems_have_schemes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
