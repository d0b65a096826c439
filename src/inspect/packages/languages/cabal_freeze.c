/* cabal.project.freeze (cabal.readthedocs.io/en/stable/cabal-commands.html#cabal-freeze): constraints, of
 * which those of the form "any.name ==version" say which packages a build takes; others are flags. */
#include "base/limits.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static bool is_version(struct str text) {
    for (size_t i = 0; i < text.n; i++) {
        if (!ascii_is_digit(text.p[i]) && text.p[i] != '.') {
            return false;
        }
    }
    return text.n;
}

static void read_constraint(struct inspection *in, struct str text, uint32_t line) {
    ptrdiff_t equals = str_find(text, STR("=="));
    if (equals < 0) {
        return;
    }
    struct package package = {.type = PACKAGE_HACKAGE,
                              .name = str_trim(str_sub(text, 0, (size_t)equals)),
                              .version = str_trim(str_from(text, (size_t)equals + 2)),
                              .line = line};
    if (str_starts(package.name, STR("any."))) {
        package.name = str_from(package.name, 4);
    }
    if (is_version(package.version)) {
        language_package(in, &package);
    }
}

/* Behind "constraints:" and in the lines that go on with it, which begin with white space. */
static int inspect(struct inspection *in, struct err *err) {
    struct str rest = in->body, line, field, value;
    bool is_constraints = false;
    (void)err;
    for (uint32_t n = 1; str_line(&rest, &line); n++) {
        value = str_trim(line);
        if (!value.n || str_starts(value, STR("--"))) {
            continue;
        }
        if (!ascii_is_space(line.p[0])) {
            is_constraints = str_cut(line, ':', &field, &value) && str_eq(field, STR("constraints"));
        }
        for (struct str part; is_constraints && str_split(&value, ',', &part);) {
            read_constraint(in, part, n);
        }
    }
    return 0;
}

const struct inspector inspect_cabal_freeze = {
    .name = "cabal-freeze",
    .title = "cabal's freeze files",
    .reads = "cabal.project.freeze",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "cabal.project.freeze"}},
    .inspect = inspect,
};
