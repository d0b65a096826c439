/* Kubernetes manifests: each object of a file that has apiVersion and kind. */
#include "base/limits.h"
#include "doc/json.h"
#include "doc/yaml.h"
#include "infra/kubernetes/object.h"
#include "infra/kubernetes/read.h"
#include "inspect/documents/documents.h"

/* Most YAML and JSON is something else; looking for two words is cheaper than parsing. */
static bool may_be_manifest(struct str text) {
    return str_find(text, STR("apiVersion")) >= 0 && str_find(text, STR("kind")) >= 0;
}

/* What package managers put there is not what this folder deploys. */
static bool is_installed(struct str path) {
    return str_find(path, STR("node_modules/")) >= 0 || str_find(path, STR("site-packages/")) >= 0;
}

static int keep(struct inspection *in, const struct doc *document, struct err *err) {
    if (!kubernetes_is_object(document)) {
        return 0;
    }
    if (kubernetes_is_kustomization(document)) {
        facts_problem(in->facts, false,
                      "line %u: what kustomize makes of this is not decided; scan the output of `kubectl "
                      "kustomize`",
                      document->at.line);
        return 0;
    }
    return facts_document(in->facts, DOCUMENT_KUBERNETES, document, err);
}

static int read_json(struct inspection *in, struct err *err) {
    const struct doc *document;
    int r = json_parse(in->arena, in->body, &document, err);
    return r == 0 ? keep(in, document, err) : r;
}

static int read_yaml(struct inspection *in, struct err *err) {
    struct yaml_stream stream;
    int r = yaml_read(in->arena, in->body, YAML_KUBERNETES, &stream, err);
    for (size_t i = 0; r == 0 && i < stream.n; i++) {
        r = keep(in, stream.docs[i], err);
    }
    for (size_t i = 0; r == 0 && i < stream.n_comments; i++) {
        documents_comment(in->facts, stream.comments[i].at.line, stream.comments[i].text);
    }
    return r;
}

static int inspect(struct inspection *in, struct err *err) {
    if (!may_be_manifest(in->body) || is_installed(in->entry->path)) {
        return 0;
    }
    if (kubernetes_is_helm_template(in->body)) {
        facts_problem(in->facts, false,
                      "a Helm template: what it makes is not decided; scan the output of `helm template`");
        return 0;
    }
    return str_ends(in->entry->path, STR(".json")) ? read_json(in, err) : read_yaml(in, err);
}

const struct inspector inspect_kubernetes = {
    .name = "kubernetes",
    .title = "Kubernetes manifests",
    .reads = "*.yaml, *.yml and *.json that hold objects with apiVersion and kind",
    .version = 2,
    .is_of_sources = true,
    .large_is_other = true, /* JSON and YAML of that size are data */
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.suffix = ".yaml"}, {.suffix = ".yml"}, {.suffix = ".json"}},
    .inspect = inspect,
};
