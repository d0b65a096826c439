/* build.sbt.lock of the plugin sbt-dependency-lock (github.com/stringbean/sbt-dependency-lock): a list of
 * artifacts with the configurations that use them. */
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

static bool is_development(const struct doc *configurations) {
    for (size_t i = 0; i < doc_count(configurations); i++) {
        struct str name = doc_str(doc_at(configurations, i));
        if (!str_eq(name, STR("test")) && !str_eq(name, STR("provided"))) {
            return false;
        }
    }
    return doc_count(configurations) > 0;
}

static int put(struct inspection *in, const struct doc *entry, struct err *err) {
    struct str org = doc_str(doc_get(entry, STR("org"))), name = doc_str(doc_get(entry, STR("name")));
    struct package package = {
        .type = PACKAGE_MAVEN,
        .flags = is_development(doc_get(entry, STR("configurations"))) ? PACKAGE_IS_DEVELOPMENT : 0,
        .name = arena_strf(in->arena, "%.*s:%.*s", STR_ARG(org), STR_ARG(name)),
        .version = doc_str(doc_get(entry, STR("version"))),
    };
    if (!package.name.p) {
        return err_memory(err);
    }
    if (org.n && name.n && package.version.n) {
        package.line = entry->at.line;
        language_package(in, &package);
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc *root;
    int r = json_parse(in->arena, in->body, &root, err);
    const struct doc *list = r == 0 ? doc_get(root, STR("dependencies")) : NULL;
    if (r == 0 && !doc_is(list, DOC_LIST)) {
        return err_set(err, ERR_INPUT, "there is no list of dependencies");
    }
    for (size_t i = 0; r == 0 && i < doc_count(list); i++) {
        r = put(in, doc_at(list, i), err);
    }
    return r;
}

const struct inspector inspect_sbt_lock = {
    .name = "sbt-lock",
    .title = "sbt lockfiles",
    .reads = "build.sbt.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "build.sbt.lock"}},
    .inspect = inspect,
};
