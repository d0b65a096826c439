/* Files in which a runtime says its version:
 *
 * release       at the root of a Java runtime: JAVA_VERSION="17.0.9" and its kind (openjdk.org, JEP 220)
 * OTP_VERSION   in releases/<number>/ of Erlang/OTP */
#include "base/limits.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static struct str unquoted(struct str s) {
    s = str_trim(s);
    return s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' ? str_sub(s, 1, s.n - 2) : s;
}

static struct str value_of(struct str text, struct str key) {
    for (struct str line, name, value; str_line(&text, &line);) {
        if (str_cut(line, '=', &name, &value) && str_eq(name, key)) {
            return unquoted(value);
        }
    }
    return STR_NONE;
}

static void put(struct inspection *in, struct str name, struct str version, struct str vendor) {
    language_package(in, &(struct package){.type = PACKAGE_GENERIC,
                                           .flags = PACKAGE_IS_INSTALLED,
                                           .name = name,
                                           .version = version,
                                           .vendor = str_sub(vendor, 0, LIMIT_FIELD),
                                           .line = 1});
}

static bool is_version(struct str s) {
    return s.n && ascii_is_digit(s.p[0]);
}

static void read_java(struct inspection *in) {
    struct str graal = value_of(in->body, STR("GRAALVM_VERSION"));
    struct str version = value_of(in->body, STR("JAVA_VERSION")),
               vendor = value_of(in->body, STR("IMPLEMENTOR"));
    if (is_version(graal)) {
        put(in, STR("graalvm"), graal, vendor);
    }
    if (is_version(version)) {
        put(in, str_eq(vendor, STR("Oracle Corporation")) ? STR("java") : STR("openjdk"), version, vendor);
    }
}

static int inspect(struct inspection *in, struct err *err) {
    if (str_eq(str_basename(in->entry->path), STR("OTP_VERSION"))) {
        struct str version = str_trim(in->body);
        if (is_version(version) && str_find_byte(version, '\n') < 0) {
            put(in, STR("erlang-otp"), version, STR_NONE);
        }
        return 0;
    }
    read_java(in);
    return 0;
}

const struct inspector inspect_runtime_release = {
    .name = "runtime-release",
    .title = "Java and Erlang runtimes",
    .reads = "release at the root of a Java runtime, OTP_VERSION",
    .version = 1,
    .large_is_other = true,
    .body_max = 64 * KIB,
    .wants = {{.name = "release"}, {.name = "OTP_VERSION"}},
    .inspect = inspect,
};
