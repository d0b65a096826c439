/* Installed npm packages: package.json at the root of each (docs.npmjs.com/cli/configuring-npm/package-json).
 *
 * A root is node_modules/NAME or node_modules/@SCOPE/NAME. Packages also carry package.json files that
 * install nothing: those deeper inside are passed over, and so are node_modules folders below a folder of
 * tests or examples. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

/* ---- is it a root? */

static bool is_sample_folder(struct str part) {
    static const char *const names[] = {"test",     "tests",   "__tests__", "testdata", "fixture",
                                        "fixtures", "example", "examples",  "spec",     "__fixtures__"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (str_eq(part, str_c(names[i]))) {
            return true;
        }
    }
    return false;
}

enum place {
    OUTSIDE,    /* of any node_modules */
    IN_MODULES, /* the next part is a name or a scope */
    IN_SCOPE,   /* the next part is a name */
    AT_ROOT,    /* of a package */
    BELOW,      /* a package's root */
    IN_SAMPLES, /* of a package: for good */
};

static enum place step(enum place place, struct str part) {
    if (place == IN_SAMPLES) {
        return IN_SAMPLES;
    }
    if (place == IN_MODULES) {
        return part.n && part.p[0] == '@' ? IN_SCOPE : AT_ROOT;
    }
    if (place == IN_SCOPE) {
        return AT_ROOT;
    }
    if (str_eq(part, STR("node_modules"))) {
        return IN_MODULES;
    }
    if (place == OUTSIDE) {
        return OUTSIDE;
    }
    return is_sample_folder(part) ? IN_SAMPLES : BELOW;
}

static bool is_package_root(struct str folder) {
    enum place place = OUTSIDE;
    for (struct str rest = folder, part; str_split(&rest, '/', &part);) {
        place = step(place, part);
    }
    return place == AT_ROOT;
}

/* ---- package.json */

/* "license": "MIT", or in the old forms {"type": "MIT"} and "licenses": [{"type": "MIT"}]. */
static struct str licence_of(const struct doc *root) {
    const struct doc *licence = doc_get(root, STR("license"));
    if (!licence) {
        licence = doc_at(doc_get(root, STR("licenses")), 0);
    }
    return doc_is(licence, DOC_MAP) ? doc_str(doc_get(licence, STR("type"))) : doc_str(licence);
}

static const char *const need_groups[] = {"dependencies", "optionalDependencies", "peerDependencies"};

static int read_needs(struct inspection *in, const struct doc *root, struct package *package,
                      struct err *err) {
    size_t room = 0;
    for (size_t i = 0; i < ARRAY_SIZE(need_groups); i++) {
        room += doc_count(doc_get(root, str_c(need_groups[i])));
    }
    struct package_need *needs = arena_array(in->arena, room + 1, sizeof *needs);
    if (!needs) {
        return err_memory(err);
    }
    for (size_t i = 0; i < ARRAY_SIZE(need_groups); i++) {
        const struct doc *group = doc_get(root, str_c(need_groups[i]));
        for (size_t k = 0; doc_is(group, DOC_MAP) && k < group->map.n; k++) {
            needs[package->needs_n++] = (struct package_need){.name = group->map.members[k].key};
        }
    }
    package->needs = needs;
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    if (!is_package_root(str_dirname(in->entry->path))) {
        return 0;
    }
    int rc = json_parse(in->arena, in->body, &root, err);
    if (rc < 0) {
        return rc;
    }
    const struct doc *version = doc_get(root, STR("version"));
    struct package package = {.type = PACKAGE_NPM,
                              .flags = PACKAGE_IS_INSTALLED,
                              .name = doc_str(doc_get(root, STR("name"))),
                              .version = doc_str(version),
                              .licence = licence_of(root),
                              .line = version ? version->at.line : 0};
    rc = read_needs(in, root, &package, err);
    if (rc == 0 && package.version.n) {
        language_package(in, &package);
    }
    return rc;
}

const struct inspector inspect_npm_installed = {
    .name = "npm-installed",
    .title = "installed npm packages",
    .reads = "node_modules/**/package.json at the roots of packages",
    .version = 2,
    .body_max = 4 * MIB,
    .wants = {{.name = "package.json"}},
    .inspect = inspect,
};
