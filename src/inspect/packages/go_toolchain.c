/* The VERSION file of an installed Go toolchain: "go1.21.3", since 1.21 with a line "time ..." behind. Its
 * standard library and its programs are what the Go vulnerability database calls "stdlib" and "toolchain". */
#include "base/limits.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static bool is_release(struct str version) {
    struct str major, minor;
    return str_cut(version, '.', &major, &minor) && str_eq(major, STR("1")) && minor.n &&
           ascii_is_digit(minor.p[0]);
}

static int inspect(struct inspection *in, struct err *err) {
    static const struct str names[] = {STR("stdlib"), STR("toolchain")};
    struct str rest = in->body, line, second;
    if (!str_line(&rest, &line) || (str_line(&rest, &second) && !str_starts(second, STR("time ")))) {
        return 0;
    }
    struct str version = language_go_release(str_trim(line));
    for (size_t i = 0; i < ARRAY_SIZE(names) && is_release(version); i++) {
        language_package(in, &(struct package){.type = PACKAGE_GOLANG,
                                               .flags = PACKAGE_IS_INSTALLED,
                                               .name = names[i],
                                               .version = version,
                                               .line = 1});
    }
    return 0;
}

const struct inspector inspect_go_toolchain = {
    .name = "go-toolchain",
    .title = "installed Go toolchains",
    .reads = "VERSION at the root of Go",
    .version = 1,
    .large_is_other = true,
    .body_max = KIB,
    .wants = {{.name = "VERSION"}},
    .inspect = inspect,
};
