/* CycloneDX JSON, 1.2 to 1.7 (https://cyclonedx.org/specification/overview/), and the properties that Trivy
 * and Syft add where the format has no word. */
#include "base/limits.h"
#include "inspect/bills/reading.h"

/* The value of the first of the names that there is. */
static struct str property_of(const struct doc *component, const char *const *names) {
    const struct doc *properties = doc_get(component, STR("properties"));
    for (; *names; names++) {
        for (size_t i = 0; i < doc_count(properties); i++) {
            const struct doc *property = doc_at(properties, i);
            if (str_eq(doc_text(property, "name"), str_c(*names))) {
                return doc_text(property, "value");
            }
        }
    }
    return STR_NONE;
}

static struct str own_property(const struct doc *component, const char *name) {
    const char *const names[] = {name, NULL};
    return property_of(component, names);
}

static struct str licence_of(struct arena *arena, const struct doc *component) {
    const struct doc *list = doc_get(component, STR("licenses"));
    struct str all = STR_NONE;
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *licence = doc_get(doc_at(list, i), STR("license"));
        struct str one = doc_text(doc_at(list, i), "expression");
        one = one.n ? one : doc_text(licence, "id");
        one = one.n ? one : doc_text(licence, "name");
        if (one.n && one.n < LIMIT_FIELD) {
            all = all.n ? arena_strf(arena, "%.*s AND %.*s", STR_ARG(all), STR_ARG(one)) : one;
        }
    }
    return all;
}

/* "SHA-256" → "sha256:". */
static struct str checksum_of(struct arena *arena, const struct doc *component) {
    const struct doc *hash = doc_at(doc_get(component, STR("hashes")), 0);
    struct str name = doc_text(hash, "alg"), value = doc_text(hash, "content");
    char lower[16];
    size_t n = 0;
    for (size_t i = 0; i < name.n && n < sizeof lower; i++) {
        if (name.p[i] != '-') {
            lower[n++] = ascii_lower(name.p[i]);
        }
    }
    return name.n && value.n ? arena_strf(arena, "%.*s:%.*s", (int)n, lower, STR_ARG(value)) : STR_NONE;
}

static struct str path_of(const struct doc *component) {
    static const char *const names[] = {"syft:location:0:path", "aquasecurity:trivy:FilePath", NULL};
    const struct doc *occurrence = doc_at(doc_path(component, "evidence.occurrences"), 0);
    struct str path = doc_text(occurrence, "location");
    path = path.n ? path : property_of(component, names);
    return str_starts(path, STR("/")) ? str_from(path, 1) : path;
}

static int add_system(struct reading *r, const struct doc *component) {
    static const char *const ids[] = {"syft:distro:id", NULL}, *const versions[] = {"syft:distro:versionID",
                                                                                    NULL};
    struct str id = property_of(component, ids), version = property_of(component, versions);
    struct str name = doc_text(component, "name");
    return reading_os(r, own_property(component, "plimsoll:os"), id.n ? id : name,
                      version.n ? version : doc_text(component, "version"), name);
}

static int add_component(struct reading *r, const struct doc *component) {
    static const char *const layers[] = {"aquasecurity:trivy:LayerDiffID", "aquasecurity:trivy:LayerDigest",
                                         "syft:location:0:layerID", NULL};
    static const char *const sources[] = {"aquasecurity:trivy:SrcName", NULL};
    if (str_eq(doc_text(component, "type"), STR("operating-system"))) {
        return add_system(r, component);
    }
    const struct stated stated = {.ref = doc_text(component, "bom-ref"),
                                  .purl = doc_text(component, "purl"),
                                  .licence = licence_of(r->arena, component),
                                  .checksum = checksum_of(r->arena, component),
                                  .path = path_of(component),
                                  .record = own_property(component, "plimsoll:package"),
                                  .layer = property_of(component, layers),
                                  .source_name = property_of(component, sources),
                                  .line = component->at.line};
    return reading_add(r, &stated);
}

/* Components may hold components, no deeper than LIMIT_DOC_DEPTH, which the JSON reader holds. The operating
 * system comes first: what it is decides whose the packages are. */
static int add_components(struct reading *r, const struct doc *list, bool systems) {
    int rc = 0;
    for (size_t i = 0; i < doc_count(list) && rc == 0; i++) {
        const struct doc *component = doc_at(list, i);
        bool is_system = str_eq(doc_text(component, "type"), STR("operating-system"));
        rc = is_system == systems ? add_component(r, component) : 0;
        rc = rc < 0 ? rc : add_components(r, doc_get(component, STR("components")), systems);
    }
    return rc;
}

static int add_layers(struct reading *r, const struct doc *subject) {
    const struct doc *properties = doc_get(subject, STR("properties"));
    int rc = 0;
    for (size_t i = 0; i < doc_count(properties) && rc == 0; i++) {
        struct str name = doc_text(doc_at(properties, i), "name"),
                   value = doc_text(doc_at(properties, i), "value");
        if (str_eq(name, STR("plimsoll:layer"))) {
            rc = reading_layer(r, value, STR_NONE);
        } else if (str_eq(name, STR("aquasecurity:trivy:DiffID"))) {
            rc = reading_layer(r, STR_NONE, value);
        }
    }
    return rc;
}

static int add_dependencies(struct reading *r, const struct doc *list) {
    int rc = 0;
    for (size_t i = 0; i < doc_count(list) && rc == 0; i++) {
        const struct doc *needs = doc_get(doc_at(list, i), STR("dependsOn"));
        for (size_t k = 0; k < doc_count(needs) && rc == 0; k++) {
            rc = reading_need(r, doc_text(doc_at(list, i), "ref"), doc_str(doc_at(needs, k)));
        }
    }
    return rc;
}

static int read_all(struct reading *r, const struct doc *root) {
    static const char *const keys[] = {"aquasecurity:trivy:ImageID", NULL};
    const struct doc *subject = doc_path(root, "metadata.component");
    struct str own = own_property(subject, "plimsoll:subject"), key = property_of(subject, keys);
    struct str version = doc_text(root, "specVersion");
    bool is_image = str_eq(doc_text(subject, "type"), STR("container"));
    r->bill->format = arena_strf(r->arena, "CycloneDX %.*s", STR_ARG(version));
    key = key.n ? key : doc_text(subject, own.n ? "bom-ref" : "version");
    int rc = reading_subject(r, own, is_image, doc_text(subject, "name"), key);
    rc = rc < 0 ? rc : add_layers(r, subject);
    rc = rc < 0 ? rc : add_components(r, doc_get(root, STR("components")), true);
    rc = rc < 0 ? rc : add_components(r, doc_get(root, STR("components")), false);
    return rc < 0 ? rc : add_dependencies(r, doc_get(root, STR("dependencies")));
}

static bool is_cyclonedx(const struct doc *root) {
    return str_eq(doc_text(root, "bomFormat"), STR("CycloneDX"));
}

const struct bill_format bill_cyclonedx = {"CycloneDX", is_cyclonedx, read_all};
