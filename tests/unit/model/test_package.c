#include "model/package.h"

#include "test.h"

/* Expected values follow the purl specification ("Character encoding", "Rules for each purl component") and
 * the definition of each type. */
static const struct {
    const char *purl;
    struct package package;
    const char *distro, *qualifier;
} cases[] = {
    {"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
     {.type = PACKAGE_DEB, .name = STR("curl"), .version = STR("7.50.3-1"), .arch = STR("i386")},
     "debian",
     "jessie"},
    /* The colon stands for itself, the plus does not. */
    {"pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64",
     {.type = PACKAGE_DEB, .name = STR("attr"), .version = STR("1:2.4.47-2+b1"), .arch = STR("amd64")},
     "debian",
     ""},
    {"pkg:deb/debian/libstdc%2B%2B6@12.2.0-14?arch=amd64&distro=debian-12&upstream=gcc-12",
     {.type = PACKAGE_DEB,
      .name = STR("libstdc++6"),
      .version = STR("12.2.0-14"),
      .arch = STR("amd64"),
      .source_name = STR("gcc-12")},
     "Debian",
     "debian-12"},
    {"pkg:deb/ubuntu/libx@1.0-1%2Bb2?upstream=x%401.0-1",
     {.type = PACKAGE_DEB,
      .name = STR("libx"),
      .version = STR("1.0-1+b2"),
      .source_name = STR("x"),
      .source_version = STR("1.0-1")},
     "ubuntu",
     ""},
    {"pkg:deb/debian/x@1.0-1%2Bb2?upstream=x%401.0-1",
     {.type = PACKAGE_DEB, .name = STR("x"), .version = STR("1.0-1+b2"), .source_version = STR("1.0-1")},
     "debian",
     ""},
    {"pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&distro=fedora-25",
     {.type = PACKAGE_RPM, .name = STR("curl"), .version = STR("7.50.3-1.fc25"), .arch = STR("i386")},
     "fedora",
     "fedora-25"},
    {"pkg:rpm/redhat/NetworkManager@1.40.0-1.el9?arch=x86_64&distro=rhel-9.4&epoch=1",
     {.type = PACKAGE_RPM,
      .name = STR("NetworkManager"),
      .version = STR("1:1.40.0-1.el9"),
      .arch = STR("x86_64")},
     "redhat",
     "rhel-9.4"},
    {"pkg:apk/alpine/curl@7.83.0-r0?arch=x86",
     {.type = PACKAGE_APK, .name = STR("curl"), .version = STR("7.83.0-r0"), .arch = STR("x86")},
     "alpine",
     ""},
    {"pkg:npm/foobar@12.3.1",
     {.type = PACKAGE_NPM, .name = STR("foobar"), .version = STR("12.3.1")},
     "debian",
     "x"},
    {"pkg:npm/%40angular/animation@12.3.1",
     {.type = PACKAGE_NPM, .name = STR("@angular/animation"), .version = STR("12.3.1")},
     "",
     ""},
    /* npm's names are case sensitive: older packages keep their capitals. */
    {"pkg:npm/JSONStream@1.3.5",
     {.type = PACKAGE_NPM, .name = STR("JSONStream"), .version = STR("1.3.5")},
     "",
     ""},
    {"pkg:pypi/django-allauth@12.23rc1",
     {.type = PACKAGE_PYPI, .name = STR("Django__.allauth"), .version = STR("12.23RC1")},
     "",
     ""},
    {"pkg:golang/github.com/gorilla/context@234fd47e07d1004f0aed9c",
     {.type = PACKAGE_GOLANG,
      .name = STR("github.com/gorilla/context"),
      .version = STR("234fd47e07d1004f0aed9c")},
     "",
     ""},
    {"pkg:golang/github.com/burntsushi/toml@v1.2.3%2Bincompatible",
     {.type = PACKAGE_GOLANG,
      .name = STR("github.com/BurntSushi/toml"),
      .version = STR("v1.2.3+incompatible")},
     "",
     ""},
    {"pkg:golang/stdlib@1.22.0",
     {.type = PACKAGE_GOLANG, .name = STR("stdlib"), .version = STR("1.22.0")},
     "",
     ""},
    {"pkg:cargo/Inflector@0.11.4",
     {.type = PACKAGE_CARGO, .name = STR("Inflector"), .version = STR("0.11.4")},
     "",
     ""},
    {"pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1",
     {.type = PACKAGE_MAVEN, .name = STR("org.apache.xmlgraphics:batik-anim"), .version = STR("1.9.1")},
     "",
     ""},
    {"pkg:nuget/EnterpriseLibrary.Common@6.0.1304",
     {.type = PACKAGE_NUGET, .name = STR("EnterpriseLibrary.Common"), .version = STR("6.0.1304")},
     "",
     ""},
    {"pkg:composer/laravel/laravel@5.5.0",
     {.type = PACKAGE_COMPOSER, .name = STR("Laravel/Laravel"), .version = STR("5.5.0")},
     "",
     ""},
    {"pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
     {.type = PACKAGE_SWIFT, .name = STR("github.com/Alamofire/Alamofire"), .version = STR("5.4.3")},
     "",
     ""},
    {"pkg:github/actions/checkout@v4",
     {.type = PACKAGE_GITHUB, .name = STR("Actions/Checkout"), .version = STR("v4")},
     "",
     ""},
    {"pkg:alpm/arch/pacman@6.0.1-1?arch=x86_64",
     {.type = PACKAGE_ALPM, .name = STR("pacman"), .version = STR("6.0.1-1"), .arch = STR("x86_64")},
     "arch",
     ""},
    /* Without a version; names that hold separators; bytes beyond ASCII. */
    {"pkg:cargo/a", {.type = PACKAGE_CARGO, .name = STR("a")}, "", ""},
    {"pkg:cargo/a%3Fb%23c%40d%2Fe%20f%25@1",
     {.type = PACKAGE_CARGO, .name = STR("a?b#c@d/e f%"), .version = STR("1")},
     "",
     ""},
    {"pkg:npm/%C3%A9@1", {.type = PACKAGE_NPM, .name = STR("\xc3\xa9"), .version = STR("1")}, "", ""},
    {"pkg:npm/a/b@1", {.type = PACKAGE_NPM, .name = STR("//a//b/"), .version = STR("1")}, "", ""},
};

static void purls_follow_the_specification(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 16);
        struct str purl =
            package_purl(&arena, &cases[i].package, str_c(cases[i].distro), str_c(cases[i].qualifier));
        assert_str_equal(purl, str_c(cases[i].purl));
    }
}

static void types_have_their_purl_names(void **state) {
    static const char *const names[] = {
        "deb",  "rpm",      "apk",   "npm",       "pypi", "golang", "cargo",     "maven",  "nuget",
        "gem",  "composer", "swift", "cocoapods", "pub",  "hex",    "hackage",   "conan",  "vcpkg",
        "cran", "julia",    "conda", "alpm",      "opkg", "github", "terraform", "generic"};
    assert_int_equal(ARRAY_SIZE(names), PACKAGE_TYPES);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        enum package_type type;
        assert_string_equal(package_type_name((enum package_type)i), names[i]);
        assert_true(package_type_of(str_c(names[i]), &type));
        assert_int_equal(type, i);
    }
    enum package_type type;
    assert_false(package_type_of(STR("gems"), &type));
    assert_false(package_type_of(STR(""), &type));
}

/* PEP 503: re.sub(r"[-_.]+", "-", name).lower() */
static void pypi_names_are_normalised(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 16);
    assert_str_equal(package_pypi_name(&arena, STR("Friendly-._.-Bard")), STR("friendly-bard"));
    assert_str_equal(package_pypi_name(&arena, STR("zope.interface")), STR("zope-interface"));
    assert_str_equal(package_pypi_name(&arena, STR("_x_")), STR("-x-"));
    assert_str_equal(package_pypi_name(&arena, STR("")), STR(""));
}

static void no_memory_is_no_purl(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
            _cleanup_(arena_free) struct arena arena = arena_new(1 << 16);
            struct str purl =
                package_purl(&arena, &cases[i].package, str_c(cases[i].distro), str_c(cases[i].qualifier));
            assert_true(!purl.p || str_eq(purl, str_c(cases[i].purl)));
        }
    })
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purls_follow_the_specification),
        cmocka_unit_test(types_have_their_purl_names),
        cmocka_unit_test(pypi_names_are_normalised),
        cmocka_unit_test(no_memory_is_no_purl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
