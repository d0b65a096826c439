/* vcpkg (learn.microsoft.com/vcpkg): what is installed, by vcpkg/status in dpkg's form, and what a manifest
 * vcpkg.json pins by "overrides"; its other versions are lower bounds, and the baseline that decides is not
 * in the file. A version ends in "#" and the port's own revision when that is not 0. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/control.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

enum field { FIELD_PACKAGE, FIELD_VERSION, FIELD_PORT, FIELD_FEATURE, FIELD_STATUS, FIELD_DEPENDS, FIELDS };

static const struct str field_names[FIELDS] = {
    [FIELD_PACKAGE] = STR("Package"), [FIELD_VERSION] = STR("Version"), [FIELD_PORT] = STR("Port-Version"),
    [FIELD_FEATURE] = STR("Feature"), [FIELD_STATUS] = STR("Status"),   [FIELD_DEPENDS] = STR("Depends"),
};

static int with_port(struct arena *arena, struct str version, struct str port, struct str *out,
                     struct err *err) {
    bool has_port = port.n && !str_eq(port, STR("0")) && str_find_byte(version, '#') < 0;
    *out = has_port ? arena_strf(arena, "%.*s#%.*s", STR_ARG(version), STR_ARG(port)) : version;
    return has_port && !out->p ? err_memory(err) : 0;
}

/* ---- installed */

static int put_installed(struct inspection *in, const struct str *values, uint32_t line, struct err *err) {
    struct needs needs = {.arena = in->arena};
    struct package package = {
        .type = PACKAGE_VCPKG, .flags = PACKAGE_IS_INSTALLED, .name = values[FIELD_PACKAGE], .line = line};
    int r = with_port(in->arena, values[FIELD_VERSION], values[FIELD_PORT], &package.version, err);
    needs_add_relation(&needs, values[FIELD_DEPENDS]);
    r = r < 0 ? r : needs_give(&needs, &package, err);
    if (r == 0) {
        language_package(in, &package);
    }
    return r;
}

/* A stanza with Feature is a part of a package that has its own. */
static int read_status(struct inspection *in, struct err *err) {
    struct str values[FIELDS];
    struct control control = control_over(in->body, field_names, values, FIELDS);
    int r = 0;
    while (r == 0 && control_next(&control)) {
        if (!values[FIELD_FEATURE].n && values[FIELD_VERSION].n &&
            str_eq(values[FIELD_STATUS], STR("install ok installed"))) {
            r = put_installed(in, values, control.first, err);
        }
    }
    return r;
}

/* ---- manifests */

static int put_override(struct inspection *in, const struct doc *override, struct err *err) {
    static const char *const keys[] = {"version", "version-string", "version-semver", "version-date"};
    struct package package = {
        .type = PACKAGE_VCPKG, .flags = PACKAGE_IS_DIRECT, .name = doc_str(doc_get(override, STR("name")))};
    struct str version = STR_NONE, port = STR_NONE;
    int64_t number;
    for (size_t i = 0; i < ARRAY_SIZE(keys) && !version.n; i++) {
        version = doc_str(doc_get(override, str_c(keys[i])));
    }
    if (doc_int(doc_get(override, STR("port-version")), &number)) {
        port = arena_strf(in->arena, "%lld", (long long)number);
        if (!port.p) {
            return err_memory(err);
        }
    }
    int r = with_port(in->arena, version, port, &package.version, err);
    if (r == 0 && package.version.n) {
        package.line = override->at.line;
        language_package(in, &package);
    }
    return r;
}

static int read_manifest(struct inspection *in, struct err *err) {
    const struct doc *root;
    int r = json_parse(in->arena, in->body, &root, err);
    const struct doc *overrides = r == 0 ? doc_get(root, STR("overrides")) : NULL;
    for (size_t i = 0; r == 0 && doc_is(overrides, DOC_LIST) && i < doc_count(overrides); i++) {
        r = put_override(in, doc_at(overrides, i), err);
    }
    return r;
}

static int inspect(struct inspection *in, struct err *err) {
    if (str_eq(str_basename(in->entry->path), STR("vcpkg.json"))) {
        return read_manifest(in, err);
    }
    return read_status(in, err);
}

const struct inspector inspect_vcpkg = {
    .name = "vcpkg",
    .title = "vcpkg packages",
    .reads = "vcpkg/status, vcpkg.json",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "vcpkg.json"}, {.folder = "vcpkg", .name = "status"}},
    .inspect = inspect,
};
