/* PHP's Composer: its lockfile, and what it installed (getcomposer.org/doc/01-basic-usage.md, 04-schema.md).
 *
 * composer.lock has "packages" and "packages-dev"; vendor/composer/installed.json is a list in Composer 1 and
 * has "packages" and "dev-package-names" in Composer 2. Several licences are a choice. What the project
 * itself names stands only in composer.json. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

struct reading {
    struct lock_graph graph;
    unsigned flags;
};

static int read_licences(struct lock_graph *graph, const struct doc *list, struct str *out) {
    *out = doc_str(list);
    for (size_t i = 0; i < doc_count(list); i++) {
        if (!language_add_licence(graph->in->arena, out, doc_str(doc_at(list, i)))) {
            return err_memory(graph->err);
        }
    }
    return 0;
}

static int add_package(struct reading *reading, const struct doc *stated, unsigned flags) {
    struct package package = {.type = PACKAGE_COMPOSER,
                              .flags = reading->flags | flags,
                              .name = doc_str(doc_get(stated, STR("name"))),
                              .version = doc_str(doc_get(stated, STR("version"))),
                              .checksum = doc_str(doc_path(stated, "dist.shasum")),
                              .line = stated ? stated->at.line : 0};
    struct str name = package.name;
    package.name = package.version.n ? name : STR_NONE;
    int rc = read_licences(&reading->graph, doc_get(stated, STR("license")), &package.licence);
    return rc < 0 ? rc : lock_add(&reading->graph, name, &package, NULL);
}

static int add_packages(struct reading *reading, const struct doc *list, unsigned flags) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(list); i++) {
        rc = add_package(reading, doc_at(list, i), flags);
    }
    return rc;
}

/* Of the packages of a list, of which the first is node first. */
static int add_needs(struct reading *reading, const struct doc *list, size_t first) {
    int rc = 0;
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *needs = doc_get(doc_at(list, i), STR("require"));
        for (size_t k = 0; rc == 0 && doc_is(needs, DOC_MAP) && k < needs->map.n; k++) {
            rc = lock_need(&reading->graph, first + i, lock_find(&reading->graph, needs->map.members[k].key));
        }
    }
    return rc;
}

static int not_composer(const struct doc *root, const char *wanted, struct err *err) {
    return err_set(err, ERR_INPUT, "Composer writes %s, not a value of type %s", wanted,
                   doc_kind_name(root->kind));
}

static int inspect_lock(struct inspection *in, struct err *err) {
    struct reading reading = {.flags = 0};
    const struct doc *root;
    int rc = json_parse(in->arena, in->body, &root, err);
    if (rc == 0 && !doc_is(root, DOC_MAP)) {
        return not_composer(root, "an object", err);
    }
    const struct doc *packages = rc < 0 ? NULL : doc_get(root, STR("packages"));
    const struct doc *others = rc < 0 ? NULL : doc_get(root, STR("packages-dev"));
    rc = rc < 0 ? rc : lock_open(&reading.graph, in, doc_count(packages) + doc_count(others), err);
    rc = rc < 0 ? rc : add_packages(&reading, packages, 0);
    rc = rc < 0 ? rc : add_packages(&reading, others, PACKAGE_IS_DEVELOPMENT);
    rc = rc < 0 ? rc : add_needs(&reading, packages, 0);
    rc = rc < 0 ? rc : add_needs(&reading, others, doc_count(packages));
    return rc < 0 ? rc : lock_write(&reading.graph, 0);
}

static void mark_development(struct lock_graph *graph, const struct doc *names) {
    for (size_t i = 0; i < doc_count(names); i++) {
        size_t node = lock_find(graph, doc_str(doc_at(names, i)));
        if (node != LOCK_NONE && !(node & LOCK_ANY)) {
            graph->nodes.p[node].package.flags |= PACKAGE_IS_DEVELOPMENT;
        }
    }
}

static int inspect_installed(struct inspection *in, struct err *err) {
    struct reading reading = {.flags = PACKAGE_IS_INSTALLED};
    const struct doc *root;
    int rc = json_parse(in->arena, in->body, &root, err);
    if (rc == 0 && !doc_is(root, DOC_MAP) && !doc_is(root, DOC_LIST)) {
        return not_composer(root, "a list or an object", err);
    }
    const struct doc *packages = rc < 0                   ? NULL
                                 : doc_is(root, DOC_LIST) ? root
                                                          : doc_get(root, STR("packages"));
    rc = rc < 0 ? rc : lock_open(&reading.graph, in, doc_count(packages), err);
    rc = rc < 0 ? rc : add_packages(&reading, packages, 0);
    if (rc == 0) {
        mark_development(&reading.graph, doc_get(root, STR("dev-package-names")));
        rc = add_needs(&reading, packages, 0);
    }
    return rc < 0 ? rc : lock_write(&reading.graph, 0);
}

const struct inspector inspect_composer_installed = {
    .name = "composer-installed",
    .title = "installed PHP packages",
    .reads = "vendor/composer/installed.json",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.folder = "composer", .name = "installed.json"}},
    .inspect = inspect_installed,
};

const struct inspector inspect_composer_lock = {
    .name = "composer-lock",
    .title = "Composer lockfiles",
    .reads = "composer.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "composer.lock"}},
    .inspect = inspect_lock,
};
