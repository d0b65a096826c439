/* The public vectors of version comparison: every line "A OP B" must hold, and so must its mirror image. */
#include "base/file.h"
#include "base/limits.h"
#include "vuln/version/version.h"

#include "test.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *file, *ecosystem;
} vectors[] = {
    {"alpine-versions-generated", "Alpine"},
    {"alpine-versions", "Alpine"},
    {"cran-versions-generated", "CRAN"},
    {"cran-versions", "CRAN"},
    {"debian-versions-generated", "Debian"},
    {"debian-versions", "Debian"},
    {"hackage-versions", "Hackage"},
    {"maven-versions-generated", "Maven"},
    {"maven-versions", "Maven"},
    {"nuget-versions", "NuGet"},
    {"packagist-versions-generated", "Packagist"},
    {"packagist-versions", "Packagist"},
    {"pub-versions", "Pub"},
    {"pypi-versions-generated", "PyPI"},
    {"pypi-versions", "PyPI"},
    {"redhat-versions", "Red Hat"},
    {"rubygems-versions-generated", "RubyGems"},
    {"rubygems-versions", "RubyGems"},
    {"semver-versions", "npm"},
};

static bool holds(int order, char op) {
    return op == '<' ? order < 0 : op == '>' ? order > 0 : order == 0;
}

/* "A OP B"; false when the line does not hold. */
static bool line_holds(enum version_scheme scheme, struct str line) {
    struct str a, op, b, rest;
    assert_true(str_cut(line, ' ', &a, &rest));
    assert_true(str_cut(rest, ' ', &op, &b));
    assert_int_equal(op.n, 1);
    char mirrored = (char)(op.p[0] == '<' ? '>' : op.p[0] == '>' ? '<' : '=');
    return holds(version_compare(scheme, a, b), op.p[0]) && holds(version_compare(scheme, b, a), mirrored);
}

static size_t count_failures(const char *file, enum version_scheme scheme, struct str text) {
    size_t passed = 0, failed = 0;
    for (struct str rest = text, line; str_line(&rest, &line);) {
        if (line_holds(scheme, line)) {
            passed++;
        } else {
            failed++;
            print_message("# %s: %.*s\n", file, STR_ARG(line));
        }
    }
    print_message("# %s: %zu passed, %zu failed\n", file, passed, failed);
    return failed;
}

static void every_published_comparison_holds(void **state) {
    const char *shared = getenv("PLIMSOLL_SHARED");
    char folder[4096], path[4200];
    snprintf(folder, sizeof(folder), "%s/conformance/versions", shared ? shared : "");
    if (!shared || access(folder, R_OK) != 0) {
        skip();
    }
    size_t failed = 0;
    for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
        enum version_scheme scheme = VERSION_SCHEMES;
        assert_true(version_scheme_of(str_c(vectors[i].ecosystem), &scheme));
        snprintf(path, sizeof(path), "%s/%s.txt", folder, vectors[i].file);
        struct err err = {0};
        _cleanup_(buf_free) struct buf text = buf_new(8 * MIB);
        assert_int_equal(file_read(path, &text, &err), 0);
        failed += count_failures(vectors[i].file, scheme, buf_view(&text));
    }
    assert_int_equal(failed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_comparison_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
