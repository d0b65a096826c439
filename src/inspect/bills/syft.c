/* Syft's own JSON (anchore/syft, schema/json): artifacts, the distribution, and what each artifact is a
 * dependency of. */
#include "base/limits.h"
#include "inspect/bills/reading.h"

static struct str text_of(const struct doc *map, const char *key) {
    return doc_str(doc_get(map, str_c(key)));
}

/* Licences are texts in old schemas, objects with an expression in newer ones. */
static struct str licence_of(struct arena *arena, const struct doc *artifact) {
    const struct doc *list = doc_get(artifact, STR("licenses"));
    struct str all = STR_NONE;
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *licence = doc_at(list, i);
        struct str one = doc_is(licence, DOC_STRING) ? doc_str(licence) : text_of(licence, "spdxExpression");
        one = one.n ? one : text_of(licence, "value");
        if (one.n && one.n < LIMIT_FIELD) {
            all = all.n ? arena_strf(arena, "%.*s AND %.*s", STR_ARG(all), STR_ARG(one)) : one;
        }
    }
    return all;
}

static int add_artifact(struct reading *r, const struct doc *artifact) {
    const struct doc *location = doc_at(doc_get(artifact, STR("locations")), 0);
    struct str path = text_of(location, "path");
    const struct stated stated = {.ref = text_of(artifact, "id"),
                                  .purl = text_of(artifact, "purl"),
                                  .licence = licence_of(r->arena, artifact),
                                  .path = str_starts(path, STR("/")) ? str_from(path, 1) : path,
                                  .layer = text_of(location, "layerID"),
                                  .source_name = doc_str(doc_path(artifact, "metadata.source")),
                                  .source_version = doc_str(doc_path(artifact, "metadata.sourceVersion")),
                                  .line = artifact->at.line};
    return reading_add(r, &stated);
}

/* The target is an object for images, a path for folders. */
static int add_subject(struct reading *r, const struct doc *source) {
    struct str type = text_of(source, "type");
    bool is_image = str_eq(type, STR("image"));
    const struct doc *target = doc_get(source, STR("target")), *metadata = doc_get(source, STR("metadata"));
    const struct doc *about = doc_is(metadata, DOC_MAP) ? metadata : target;
    struct str name = text_of(about, "userInput");
    name = name.n ? name : doc_is(target, DOC_STRING) ? doc_str(target) : text_of(source, "name");
    int rc = reading_subject(r, STR_NONE, is_image, name, text_of(about, "imageID"));
    const struct doc *layers = doc_get(about, STR("layers"));
    for (size_t i = 0; i < doc_count(layers) && rc == 0; i++) {
        rc = reading_layer(r, STR_NONE, text_of(doc_at(layers, i), "digest"));
    }
    return rc;
}

static int read_all(struct reading *r, const struct doc *root) {
    const struct doc *distro = doc_get(root, STR("distro")), *artifacts = doc_get(root, STR("artifacts"));
    const struct doc *relations = doc_get(root, STR("artifactRelationships"));
    r->bill->format = arena_strf(r->arena, "Syft %.*s", STR_ARG(doc_str(doc_path(root, "schema.version"))));
    int rc = add_subject(r, doc_get(root, STR("source")));
    if (rc == 0 && text_of(distro, "id").n) {
        rc = reading_os(r, STR_NONE, text_of(distro, "id"), text_of(distro, "versionID"),
                        text_of(distro, "prettyName"));
    }
    for (size_t i = 0; i < doc_count(artifacts) && rc == 0; i++) {
        rc = add_artifact(r, doc_at(artifacts, i));
    }
    for (size_t i = 0; i < doc_count(relations) && rc == 0; i++) {
        const struct doc *relation = doc_at(relations, i);
        if (str_eq(text_of(relation, "type"), STR("dependency-of"))) {
            rc = reading_need(r, text_of(relation, "child"), text_of(relation, "parent"));
        }
    }
    return rc;
}

static bool is_syft(const struct doc *root) {
    return doc_is(doc_get(root, STR("artifacts")), DOC_LIST) &&
           doc_is(doc_get(root, STR("descriptor")), DOC_MAP);
}

const struct bill_format bill_syft = {"Syft", is_syft, read_all};
