/* CocoaPods' lockfile (guides.cocoapods.org/using/using-cocoapods.html): YAML.
 *
 * "PODS" lists "Name (version)", or over what it needs "Name/Subspec (version)": subspecs are parts of one
 * pod. "DEPENDENCIES" is what the Podfile names, "EXTERNAL SOURCES" has a ":path" for what lies in the
 * project's own folders. The checksums are those of specifications, not of what is downloaded. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/packages/lock_graph.h"
#include "inspect/packages/packages.h"

struct lock {
    struct lock_graph graph;
    const struct doc *sources;
};

/* The first word without its subspec. */
static struct str pod_of(struct str text) {
    struct str name, rest, pod, subspec;
    str_cut(text, ' ', &name, &rest);
    str_cut(name, '/', &pod, &subspec);
    return pod;
}

static struct str version_of(struct str text) {
    struct str before, inside, behind;
    return str_cut(text, '(', &before, &inside) && str_cut(inside, ')', &inside, &behind) ? inside : STR_NONE;
}

static int add_pod(struct lock *lock, struct str text, uint32_t line, size_t *node) {
    struct str name = pod_of(text);
    bool is_own = doc_get(doc_get(lock->sources, name), STR(":path"));
    struct package package = {
        .type = PACKAGE_COCOAPODS, .name = name, .version = version_of(text), .line = line};
    *node = lock_find(&lock->graph, name);
    if (*node != LOCK_NONE || !name.n) {
        return 0;
    }
    package.name = is_own || !package.version.n ? STR_NONE : name;
    return lock_add(&lock->graph, name, &package, node);
}

/* A string, or a map of one string to a list. */
static int read_pod(struct lock *lock, const struct doc *item) {
    const struct doc_member *member = doc_is(item, DOC_MAP) && item->map.n ? &item->map.members[0] : NULL;
    size_t node = LOCK_NONE;
    if (!item) {
        return 0;
    }
    int rc =
        add_pod(lock, member ? member->key : doc_str(item), member ? member->at.line : item->at.line, &node);
    for (size_t i = 0; rc == 0 && member && node != LOCK_NONE && i < doc_count(member->value); i++) {
        rc = lock_need_later(&lock->graph, node, pod_of(doc_str(doc_at(member->value, i))));
    }
    return rc;
}

static int read_all(struct lock *lock, const struct doc *root) {
    const struct doc *pods = doc_get(root, STR("PODS")), *direct = doc_get(root, STR("DEPENDENCIES"));
    size_t own;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(pods); i++) {
        rc = read_pod(lock, doc_at(pods, i));
    }
    rc = rc < 0 ? rc : lock_add_own(&lock->graph, STR_NONE, &own);
    for (size_t i = 0; rc == 0 && i < doc_count(direct); i++) {
        rc = lock_need(&lock->graph, own, lock_find(&lock->graph, pod_of(doc_str(doc_at(direct, i)))));
    }
    return rc < 0 ? rc : lock_write(&lock->graph, LOCK_DIRECT);
}

static int inspect(struct inspection *in, struct err *err) {
    struct lock lock = {.sources = NULL};
    const struct doc **docs;
    size_t n = 0;
    int rc = yaml_parse(in->arena, in->body, &docs, &n, err);
    if (rc < 0 || !n) {
        return rc;
    }
    lock.sources = doc_get(docs[0], STR("EXTERNAL SOURCES"));
    rc = lock_open(&lock.graph, in, doc_count(doc_get(docs[0], STR("PODS"))) + 1, err);
    return rc < 0 ? rc : read_all(&lock, docs[0]);
}

const struct inspector inspect_podfile_lock = {
    .name = "podfile-lock",
    .title = "CocoaPods lockfiles",
    .reads = "Podfile.lock",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.name = "Podfile.lock"}},
    .inspect = inspect,
};
