/* Dart's lockfile (dart.dev/tools/pub/glossary#lockfile): "packages" by name. What comes from a folder or
 * from the SDK is no package of its own. It does not say what needs what. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static unsigned flags_of(struct str dependency) {
    if (str_eq(dependency, STR("direct dev"))) {
        return PACKAGE_IS_DIRECT | PACKAGE_IS_DEVELOPMENT;
    }
    return str_starts(dependency, STR("direct")) ? PACKAGE_IS_DIRECT : 0;
}

static void write_package(struct inspection *in, const struct doc_member *member) {
    struct str source = doc_str(doc_get(member->value, STR("source")));
    struct str name = doc_str(doc_path(member->value, "description.name"));
    struct package package = {.type = PACKAGE_PUB,
                              .flags = flags_of(doc_str(doc_get(member->value, STR("dependency")))),
                              .name = name.n ? name : member->key,
                              .version = doc_str(doc_get(member->value, STR("version"))),
                              .checksum = doc_str(doc_path(member->value, "description.sha256")),
                              .line = member->at.line};
    if (package.version.n && !str_eq(source, STR("path")) && !str_eq(source, STR("sdk"))) {
        language_package(in, &package);
    }
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc **docs;
    size_t n = 0;
    int rc = yaml_parse(in->arena, in->body, &docs, &n, err);
    const struct doc *packages = rc < 0 || !n ? NULL : doc_get(docs[0], STR("packages"));
    for (size_t i = 0; doc_is(packages, DOC_MAP) && i < packages->map.n; i++) {
        write_package(in, &packages->map.members[i]);
    }
    return rc;
}

const struct inspector inspect_pub_lock = {
    .name = "pub-lock",
    .title = "Dart lockfiles",
    .reads = "pubspec.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "pubspec.lock"}},
    .inspect = inspect,
};
