/* Swift's Package.resolved (docs.swift.org/package-manager), versions 1 to 3: "pins" with the address of each
 * repository, which is the package's name without its scheme. A pin without a version is of a branch or a
 * commit. It does not say what needs what. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

/* "https://github.com/vapor/vapor.git" and "git@github.com:vapor/vapor.git" are "github.com/vapor/vapor";
 * empty for a folder, NULL when there is no memory. */
static struct str name_of(struct arena *arena, struct str location) {
    ptrdiff_t scheme = str_find(location, STR("://"));
    struct str rest = scheme < 0 ? location : str_from(location, (size_t)scheme + 3);
    struct str user, host, path;
    rest = str_ends(rest, STR(".git")) ? str_sub(rest, 0, rest.n - 4) : rest;
    if (str_starts(location, STR("file:")) || str_starts(location, STR("/")) ||
        str_starts(location, STR("."))) {
        return STR("");
    }
    if (str_cut(rest, '@', &user, &host)) {
        rest = host;
    }
    bool is_scp = scheme < 0 && str_cut(rest, ':', &host, &path);
    struct str name =
        is_scp ? arena_strf(arena, "%.*s/%.*s", STR_ARG(host), STR_ARG(path)) : arena_str(arena, rest);
    return name;
}

static int write_pin(struct inspection *in, const struct doc *pin, struct err *err) {
    const struct doc *location = doc_get(pin, STR("location"));
    location = location ? location : doc_get(pin, STR("repositoryURL"));
    struct str name = name_of(in->arena, doc_str(location));
    bool is_of_registry = str_eq(doc_str(doc_get(pin, STR("kind"))), STR("registry"));
    if (!name.p) {
        return err_memory(err);
    }
    struct package package = {.type = PACKAGE_SWIFT,
                              .name = is_of_registry ? doc_str(doc_get(pin, STR("identity"))) : name,
                              .version = doc_str(doc_path(pin, "state.version")),
                              .line = pin ? pin->at.line : 0};
    if (package.version.n) {
        language_package(in, &package);
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    int rc = json_parse(in->arena, in->body, &root, err);
    if (rc < 0) {
        return rc;
    }
    const struct doc *pins = doc_get(root, STR("pins"));
    pins = pins ? pins : doc_path(root, "object.pins");
    if (!doc_is(pins, DOC_LIST)) {
        return err_set(err, ERR_INPUT, "Package.resolved has no list of pins");
    }
    for (size_t i = 0; rc == 0 && i < doc_count(pins); i++) {
        rc = write_pin(in, doc_at(pins, i), err);
    }
    return rc;
}

const struct inspector inspect_swift_resolved = {
    .name = "swift-resolved",
    .title = "Swift lockfiles",
    .reads = "Package.resolved",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "Package.resolved"}},
    .inspect = inspect,
};
