#include "model/purl.h"

#include "base/limits.h"
#include "test.h"

/* From the specification and its type definitions. */
static const struct {
    const char *purl, *type, *name, *version;
} cases[] = {
    {"pkg:npm/%40angular/animation@12.3.1", "npm", "@angular/animation", "12.3.1"},
    {"pkg:npm/foobar@12.3.1", "npm", "foobar", "12.3.1"},
    {"pkg:pypi/Django_package@1.11.1.dev1", "pypi", "django-package", "1.11.1.dev1"},
    {"pkg:golang/google.golang.org/genproto#googleapis/api/annotations", "golang",
     "google.golang.org/genproto", ""},
    {"pkg:golang/github.com/a/b@v1.2.3%2Bincompatible", "golang", "github.com/a/b", "v1.2.3+incompatible"},
    {"pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?packaging=sources", "maven",
     "org.apache.xmlgraphics:batik-anim", "1.9.1"},
    {"pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "deb", "curl", "7.50.3-1"},
    {"pkg:deb/debian/git@1%3A2.39.5?arch=amd64", "deb", "git", "1:2.39.5"},
    {"pkg:rpm/fedora/curl@7.50.3-1.fc25?arch=i386&epoch=2", "rpm", "curl", "2:7.50.3-1.fc25"},
    {"pkg:rpm/centos/curl@7.50.3-1?epoch=0", "rpm", "curl", "7.50.3-1"},
    {"pkg:apk/alpine/curl@7.83.0-r0?arch=x86", "apk", "curl", "7.83.0-r0"},
    {"PKG:npm/a@1", NULL, NULL, NULL},
    {"pkg:///NPM///a@1", "npm", "a", "1"},
    {"pkg:composer/laravel/laravel@5.5.0", "composer", "laravel/laravel", "5.5.0"},
    {"pkg:cargo/rand@0.7.2%zz", "cargo", "rand", "0.7.2%zz"},
    {"pkg:unheard-of/a@1", NULL, NULL, NULL},
    {"pkg:npm", NULL, NULL, NULL},
    {"pkg:npm/", NULL, NULL, NULL},
    {"npm/a@1", NULL, NULL, NULL},
    {"", NULL, NULL, NULL},
};

static void purls_become_packages(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct purl purl;
        struct package package;
        bool is_known =
            purl_parse(&arena, str_c(cases[i].purl), &purl) && purl_to_package(&arena, &purl, &package);
        assert_int_equal(is_known, cases[i].type != NULL);
        if (is_known) {
            assert_string_equal(package_type_name(package.type), cases[i].type);
            assert_str_equal(package.name, str_c(cases[i].name));
            assert_str_equal(package.version, str_c(cases[i].version));
        }
    }
}

static void qualifiers_say_the_source(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct purl purl;
    struct package package;
    assert_true(purl_parse(
        &arena,
        STR("pkg:deb/debian/libssl3@3.0.16-1?arch=amd64&distro=debian-12&upstream=openssl%403.0.16-0"),
        &purl));
    assert_true(purl_to_package(&arena, &purl, &package));
    assert_str_equal(purl.distro, STR("debian-12"));
    assert_str_equal(package.arch, STR("amd64"));
    assert_str_equal(package.source_name, STR("openssl"));
    assert_str_equal(package.source_version, STR("3.0.16-0"));
}

/* What package_purl() writes is read back. */
static void written_purls_come_back(void **state) {
    static const struct package packages[] = {
        {.type = PACKAGE_NPM, .name = STR("@a/b"), .version = STR("1.0.0-rc.1+x")},
        {.type = PACKAGE_MAVEN, .name = STR("g.h:a"), .version = STR("1")},
        {.type = PACKAGE_GOLANG, .name = STR("example.com/x/v2"), .version = STR("v2.0.0")},
        {.type = PACKAGE_DEB, .name = STR("g++"), .version = STR("4:12.2.0-3"), .arch = STR("amd64")},
        {.type = PACKAGE_RPM, .name = STR("bash"), .version = STR("1:5.1-2"), .source_name = STR("b")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(packages); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct str text = package_purl(&arena, &packages[i], STR("debian"), STR("debian-12"));
        struct purl purl;
        struct package back;
        assert_true(purl_parse(&arena, text, &purl) && purl_to_package(&arena, &purl, &back));
        assert_str_equal(back.name, packages[i].name);
        assert_str_equal(back.version, packages[i].version);
        assert_str_equal(back.arch, packages[i].arch);
        assert_str_equal(back.source_name, packages[i].source_name);
    }
}

static void memory_may_run_out(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(MIB);
        struct purl purl;
        struct package package;
        if (purl_parse(&arena, STR("pkg:npm/%40a/b@1%2B2?arch=%41"), &purl)) {
            (void)purl_to_package(&arena, &purl, &package);
        }
        arena_free(&arena);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purls_become_packages),
        cmocka_unit_test(qualifiers_say_the_source),
        cmocka_unit_test(written_purls_come_back),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
