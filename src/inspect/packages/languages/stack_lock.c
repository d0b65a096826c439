/* Haskell Stack's lockfile (docs.haskellstack.org/en/stable/topics/lock_files): what stack.yaml names beside
 * its snapshot, "hackage: name-version@sha256:...,size" or with name and version of a repository. The sum is
 * that of the package's description, not of its archive. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static void write_package(struct inspection *in, const struct doc *completed) {
    struct str stated = doc_str(doc_get(completed, STR("hackage"))), both, sum;
    struct package package = {.type = PACKAGE_HACKAGE,
                              .flags = PACKAGE_IS_DIRECT,
                              .name = doc_str(doc_get(completed, STR("name"))),
                              .version = doc_str(doc_get(completed, STR("version"))),
                              .line = completed ? completed->at.line : 0};
    if (stated.n) {
        str_cut(stated, '@', &both, &sum);
        str_cut_last(both, '-', &package.name, &package.version);
    }
    if (package.version.n) {
        language_package(in, &package);
    }
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc **docs;
    size_t n = 0;
    int rc = yaml_parse(in->arena, in->body, &docs, &n, err);
    const struct doc *packages = rc < 0 || !n ? NULL : doc_get(docs[0], STR("packages"));
    for (size_t i = 0; i < doc_count(packages); i++) {
        write_package(in, doc_get(doc_at(packages, i), STR("completed")));
    }
    return rc;
}

const struct inspector inspect_stack_lock = {
    .name = "stack-lock",
    .title = "Haskell Stack lockfiles",
    .reads = "stack.yaml.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "stack.yaml.lock"}},
    .inspect = inspect,
};
