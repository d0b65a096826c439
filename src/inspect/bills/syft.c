/* Syft's own JSON (anchore/syft, schema/json): artifacts, the distribution, and what each artifact is a
 * dependency of. */
#include "base/limits.h"
#include "inspect/bills/reading.h"

/* Licences are texts in old schemas, objects with an expression in newer ones. */
static struct str licence_of(struct arena *arena, const struct doc *artifact) {
    const struct doc *list = doc_get(artifact, STR("licenses"));
    struct str all = STR_NONE;
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *licence = doc_at(list, i);
        struct str one = doc_is(licence, DOC_STRING) ? doc_str(licence) : doc_text(licence, "spdxExpression");
        one = one.n ? one : doc_text(licence, "value");
        if (one.n && one.n < LIMIT_FIELD) {
            all = all.n ? arena_strf(arena, "%.*s AND %.*s", STR_ARG(all), STR_ARG(one)) : one;
        }
    }
    return all;
}

static int add_artifact(struct reading *r, const struct doc *artifact) {
    const struct doc *location = doc_at(doc_get(artifact, STR("locations")), 0);
    struct str path = doc_text(location, "path");
    const struct stated stated = {.ref = doc_text(artifact, "id"),
                                  .purl = doc_text(artifact, "purl"),
                                  .licence = licence_of(r->arena, artifact),
                                  .path = str_starts(path, STR("/")) ? str_from(path, 1) : path,
                                  .layer = doc_text(location, "layerID"),
                                  .source_name = doc_str(doc_path(artifact, "metadata.source")),
                                  .source_version = doc_str(doc_path(artifact, "metadata.sourceVersion")),
                                  .line = artifact->at.line};
    return reading_add(r, &stated);
}

/* The target is an object for images, a path for folders. */
static int add_subject(struct reading *r, const struct doc *source) {
    struct str type = doc_text(source, "type");
    bool is_image = str_eq(type, STR("image"));
    const struct doc *target = doc_get(source, STR("target")), *metadata = doc_get(source, STR("metadata"));
    const struct doc *about = doc_is(metadata, DOC_MAP) ? metadata : target;
    struct str name = doc_text(about, "userInput");
    name = name.n ? name : doc_is(target, DOC_STRING) ? doc_str(target) : doc_text(source, "name");
    int rc = reading_subject(r, STR_NONE, is_image, name, doc_text(about, "imageID"));
    const struct doc *layers = doc_get(about, STR("layers"));
    for (size_t i = 0; i < doc_count(layers) && rc == 0; i++) {
        rc = reading_layer(r, STR_NONE, doc_text(doc_at(layers, i), "digest"));
    }
    return rc;
}

static int read_all(struct reading *r, const struct doc *root) {
    const struct doc *distro = doc_get(root, STR("distro")), *artifacts = doc_get(root, STR("artifacts"));
    const struct doc *relations = doc_get(root, STR("artifactRelationships"));
    r->bill->format = arena_strf(r->arena, "Syft %.*s", STR_ARG(doc_str(doc_path(root, "schema.version"))));
    int rc = add_subject(r, doc_get(root, STR("source")));
    if (rc == 0 && doc_text(distro, "id").n) {
        rc = reading_os(r, STR_NONE, doc_text(distro, "id"), doc_text(distro, "versionID"),
                        doc_text(distro, "prettyName"));
    }
    for (size_t i = 0; i < doc_count(artifacts) && rc == 0; i++) {
        rc = add_artifact(r, doc_at(artifacts, i));
    }
    for (size_t i = 0; i < doc_count(relations) && rc == 0; i++) {
        const struct doc *relation = doc_at(relations, i);
        if (str_eq(doc_text(relation, "type"), STR("dependency-of"))) {
            rc = reading_need(r, doc_text(relation, "child"), doc_text(relation, "parent"));
        }
    }
    return rc;
}

static bool is_syft(const struct doc *root) {
    return doc_is(doc_get(root, STR("artifacts")), DOC_LIST) &&
           doc_is(doc_get(root, STR("descriptor")), DOC_MAP);
}

const struct bill_format bill_syft = {"Syft", is_syft, read_all};
