/* Packages that conda installed: conda-meta has a JSON file a package, in each environment
 * (docs.conda.io/projects/conda/en/stable/dev-guide/deep-dives/install.html). "requested_spec" is what the
 * user asked for, "depends" what the package needs ("python >=3.8"; "__glibc" is the system). */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static int read_needs(struct inspection *in, const struct doc *depends, struct package *package,
                      struct err *err) {
    size_t n = doc_count(depends);
    struct package_need *needs = arena_array(in->arena, n + 1, sizeof *needs);
    if (!needs) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        struct str name, range;
        str_cut(doc_str(doc_at(depends, i)), ' ', &name, &range);
        if (name.n && !str_starts(name, STR("__"))) {
            needs[package->needs_n++] = (struct package_need){.name = name};
        }
    }
    package->needs = needs;
    return 0;
}

static struct str checksum_of(const struct doc *root) {
    struct str sha256 = doc_str(doc_get(root, STR("sha256")));
    return sha256.n ? sha256 : doc_str(doc_get(root, STR("md5")));
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    int rc = json_parse(in->arena, in->body, &root, err);
    if (rc < 0) {
        return rc;
    }
    bool is_requested = doc_str(doc_get(root, STR("requested_spec"))).n;
    const struct doc *version = doc_get(root, STR("version"));
    struct package package = {.type = PACKAGE_CONDA,
                              .flags = PACKAGE_IS_INSTALLED | (is_requested ? PACKAGE_IS_DIRECT : 0),
                              .name = doc_str(doc_get(root, STR("name"))),
                              .version = doc_str(version),
                              .licence = doc_str(doc_get(root, STR("license"))),
                              .checksum = checksum_of(root),
                              .line = version ? version->at.line : 0};
    if (!package.name.n || !package.version.n) {
        return err_set(err, ERR_INPUT, "the record has no name or no version");
    }
    rc = read_needs(in, doc_get(root, STR("depends")), &package, err);
    if (rc == 0) {
        language_package(in, &package);
    }
    return rc;
}

const struct inspector inspect_conda_installed = {
    .name = "conda-installed",
    .title = "installed conda packages",
    .reads = "conda-meta/*.json",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.folder = "conda-meta", .suffix = ".json"}},
    .inspect = inspect,
};
