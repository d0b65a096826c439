/* conda's environment.yml (docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html):
 * what a user asks for.
 *
 * Only a pin says which version is meant: "name==1.0", or "name=1.0=build" as `conda env export` writes it;
 * "name=1.0" is any 1.0.x, and gives no package. What stands below "pip" are pip's requirements. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python/python_lock.h"

/* "channel::name[build=x]" without the channel, which may have colons of its own. */
static struct str without_channel(struct str spec) {
    struct str channel, name;
    return str_cut_last(spec, ':', &channel, &name) ? name : spec;
}

static bool is_name_byte(char c) {
    return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static struct str take_word(struct str *rest) {
    struct str text = str_trim(*rest);
    size_t n = 0;
    while (n < text.n && (is_name_byte(text.p[n]) || text.p[n] == '+' || text.p[n] == '!')) {
        n++;
    }
    *rest = str_trim(str_from(text, n));
    return str_sub(text, 0, n);
}

/* How many equals signs were taken. */
static unsigned take_equals(struct str *rest) {
    unsigned n = 0;
    while (str_starts(*rest, STR("="))) {
        *rest = str_from(*rest, 1);
        n++;
    }
    return n;
}

/* MatchSpec: name==version, name==version=build, name=version=build. */
static bool read_pin(struct str spec, struct str *name, struct str *version) {
    struct str rest = without_channel(spec);
    *name = take_word(&rest);
    bool is_exact = take_equals(&rest) == 2;
    *version = take_word(&rest);
    is_exact |= take_equals(&rest) == 1 && take_word(&rest).n;
    return name->n && version->n && is_exact && !rest.n;
}

static void write_conda(struct inspection *in, const struct doc *item) {
    struct package package = {
        .type = PACKAGE_CONDA, .flags = PACKAGE_IS_DIRECT, .line = item ? item->at.line : 0};
    if (read_pin(doc_str(item), &package.name, &package.version)) {
        language_package(in, &package);
    }
}

static int write_pip(struct inspection *in, const struct doc *item, struct err *err) {
    struct str name;
    struct package package = {
        .type = PACKAGE_PYPI, .flags = PACKAGE_IS_DIRECT, .line = item ? item->at.line : 0};
    if (!python_lock_pin(doc_str(item), &name, &package.version)) {
        return 0;
    }
    package.name = package_pypi_name(in->arena, name);
    if (!package.name.p) {
        return err_memory(err);
    }
    language_package(in, &package);
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct doc **docs;
    size_t n = 0;
    int rc = yaml_parse(in->arena, in->body, &docs, &n, err);
    const struct doc *list = rc < 0 || !n ? NULL : doc_get(docs[0], STR("dependencies"));
    for (size_t i = 0; rc == 0 && i < doc_count(list); i++) {
        const struct doc *item = doc_at(list, i), *pip = doc_get(item, STR("pip"));
        for (size_t k = 0; rc == 0 && k < doc_count(pip); k++) {
            rc = write_pip(in, doc_at(pip, k), err);
        }
        write_conda(in, item);
    }
    return rc;
}

const struct inspector inspect_conda_environment = {
    .name = "conda-environment",
    .title = "conda environment files",
    .reads = "environment.yml, environment.yaml",
    .version = 1,
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.name = "environment.yml"}, {.name = "environment.yaml"}},
    .inspect = inspect,
};
