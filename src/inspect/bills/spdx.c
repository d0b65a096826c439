/* SPDX 2.2 and 2.3 as JSON (https://spdx.github.io/spdx-spec/v2.3/). */
#include "base/limits.h"
#include "inspect/bills/reading.h"

static struct str asserted(struct str value) {
    return str_eq(value, STR("NOASSERTION")) || str_eq(value, STR("NONE")) ? STR_NONE : value;
}

/* What an annotation says behind "plimsoll:WHAT ". The i-th of that name; empty behind the last. */
static struct str own_words(const struct doc *package, const char *what, size_t i) {
    const struct doc *annotations = doc_get(package, STR("annotations"));
    for (size_t k = 0; k < doc_count(annotations); k++) {
        struct str comment = doc_text(doc_at(annotations, k), "comment"), name, json;
        if (str_starts(comment, STR("plimsoll:")) && str_cut(str_from(comment, 9), ' ', &name, &json) &&
            str_eq(name, str_c(what)) && i-- == 0) {
            return json;
        }
    }
    return STR_NONE;
}

static struct str purl_of(const struct doc *package) {
    const struct doc *refs = doc_get(package, STR("externalRefs"));
    for (size_t i = 0; i < doc_count(refs); i++) {
        const struct doc *ref = doc_at(refs, i);
        if (str_eq(doc_text(ref, "referenceType"), STR("purl"))) {
            return doc_text(ref, "referenceLocator");
        }
    }
    return STR_NONE;
}

/* "SHA256" → "sha256:". */
static struct str checksum_of(struct arena *arena, const struct doc *package) {
    const struct doc *checksum = doc_at(doc_get(package, STR("checksums")), 0);
    struct str name = doc_text(checksum, "algorithm"), value = doc_text(checksum, "checksumValue");
    char lower[16];
    for (size_t i = 0; i < name.n && i < sizeof lower; i++) {
        lower[i] = ascii_lower(name.p[i]);
    }
    return name.n && name.n <= sizeof lower && value.n
               ? arena_strf(arena, "%.*s:%.*s", (int)name.n, lower, STR_ARG(value))
               : STR_NONE;
}

/* The text behind a LicenseRef, which says more. */
static struct str licence_of(const struct doc *root, const struct doc *package) {
    struct str declared = asserted(doc_text(package, "licenseDeclared"));
    struct str licence = declared.n ? declared : asserted(doc_text(package, "licenseConcluded"));
    const struct doc *texts = doc_get(root, STR("hasExtractedLicensingInfos"));
    for (size_t i = 0; str_starts(licence, STR("LicenseRef-")) && i < doc_count(texts); i++) {
        if (str_eq(doc_text(doc_at(texts, i), "licenseId"), licence)) {
            struct str text = doc_text(doc_at(texts, i), "extractedText");
            return text.n ? text : licence;
        }
    }
    return licence;
}

/* "acquired package info from DPKG DB: /var/lib/dpkg/status", or the path alone. */
static struct str path_of(const struct doc *package) {
    struct str info = doc_text(package, "sourceInfo"), before, path;
    path = str_cut_last(info, ' ', &before, &path) ? path : info;
    bool is_path = str_find_byte(path, '/') >= 0;
    return str_starts(path, STR("/")) ? str_from(path, 1) : is_path ? path : STR_NONE;
}

/* Trivy: "built package from: openssl 3.0.16-1~deb12u1". */
static void put_source(const struct doc *package, struct stated *out) {
    const struct str built = STR("built package from: ");
    struct str info = doc_text(package, "sourceInfo");
    if (str_starts(info, built)) {
        str_cut_last(str_from(info, built.n), ' ', &out->source_name, &out->source_version);
    }
}

/* Trivy: "LayerDiffID: sha256:…" in an annotation. The i-th of that name; empty behind the last. */
static struct str remark_of(const struct doc *package, struct str name, size_t i) {
    const struct doc *annotations = doc_get(package, STR("annotations"));
    for (size_t k = 0; k < doc_count(annotations); k++) {
        struct str comment = doc_text(doc_at(annotations, k), "comment"), before, value;
        if (str_cut(comment, ':', &before, &value) && str_eq(before, name) && i-- == 0) {
            return str_trim(value);
        }
    }
    return STR_NONE;
}

static bool has_purpose(const struct doc *package, const char *purpose) {
    return str_eq(doc_text(package, "primaryPackagePurpose"), str_c(purpose));
}

static int add_package(struct reading *r, const struct doc *root, const struct doc *package) {
    struct stated stated = {.ref = doc_text(package, "SPDXID"),
                            .purl = purl_of(package),
                            .licence = licence_of(root, package),
                            .checksum = checksum_of(r->arena, package),
                            .path = path_of(package),
                            .record = own_words(package, "package", 0),
                            .layer = remark_of(package, STR("LayerDiffID"), 0),
                            .line = package->at.line};
    put_source(package, &stated);
    return reading_add(r, &stated);
}

static int add_subject(struct reading *r, const struct doc *package) {
    struct str json, id = remark_of(package, STR("ImageID"), 0);
    int rc = reading_subject(r, own_words(package, "subject", 0), has_purpose(package, "CONTAINER"),
                             doc_text(package, "name"), id.n ? id : doc_text(package, "versionInfo"));
    for (size_t i = 0; rc == 0 && (json = own_words(package, "layer", i)).n; i++) {
        rc = reading_layer(r, json, STR_NONE);
    }
    for (size_t i = 0; rc == 0 && (id = remark_of(package, STR("DiffID"), i)).n; i++) {
        rc = reading_layer(r, STR_NONE, id);
    }
    return rc;
}

/* What the document is about, said in one of two ways. */
static struct str described_by(const struct doc *root) {
    const struct doc *relations = doc_get(root, STR("relationships"));
    struct str described = doc_str(doc_at(doc_get(root, STR("documentDescribes")), 0));
    for (size_t i = 0; !described.n && i < doc_count(relations); i++) {
        const struct doc *relation = doc_at(relations, i);
        if (str_eq(doc_text(relation, "relationshipType"), STR("DESCRIBES"))) {
            described = doc_text(relation, "relatedSpdxElement");
        }
    }
    return described;
}

static int add_packages(struct reading *r, const struct doc *root) {
    const struct doc *packages = doc_get(root, STR("packages"));
    struct str described = described_by(root);
    int rc = 0;
    for (size_t i = 0; i < doc_count(packages) && rc == 0; i++) {
        const struct doc *package = doc_at(packages, i);
        bool is_subject =
            described.n ? str_eq(doc_text(package, "SPDXID"), described) : has_purpose(package, "CONTAINER");
        if (is_subject) {
            rc = add_subject(r, package);
        } else if (has_purpose(package, "OPERATING-SYSTEM")) {
            rc = reading_os(r, own_words(package, "os", 0), doc_text(package, "name"),
                            doc_text(package, "versionInfo"), doc_text(package, "name"));
        }
    }
    for (size_t i = 0; i < doc_count(packages) && rc == 0; i++) {
        const struct doc *package = doc_at(packages, i);
        bool is_described = described.n && str_eq(doc_text(package, "SPDXID"), described);
        if (!is_described && !has_purpose(package, "OPERATING-SYSTEM") &&
            !has_purpose(package, "CONTAINER")) {
            rc = add_package(r, root, package);
        }
    }
    return rc;
}

static int add_relationships(struct reading *r, const struct doc *list) {
    int rc = 0;
    for (size_t i = 0; i < doc_count(list) && rc == 0; i++) {
        const struct doc *relation = doc_at(list, i);
        struct str type = doc_text(relation, "relationshipType");
        struct str from = doc_text(relation, "spdxElementId"), to = doc_text(relation, "relatedSpdxElement");
        if (str_eq(type, STR("DEPENDS_ON"))) {
            rc = reading_need(r, from, to);
        } else if (str_eq(type, STR("DEPENDENCY_OF"))) {
            rc = reading_need(r, to, from);
        }
    }
    return rc;
}

static int read_all(struct reading *r, const struct doc *root) {
    r->bill->format = arena_strf(r->arena, "%.*s", STR_ARG(doc_text(root, "spdxVersion")));
    r->bill->name = doc_text(root, "name");
    int rc = add_packages(r, root);
    return rc < 0 ? rc : add_relationships(r, doc_get(root, STR("relationships")));
}

static bool is_spdx(const struct doc *root) {
    return str_starts(doc_text(root, "spdxVersion"), STR("SPDX-2"));
}

const struct bill_format bill_spdx = {"SPDX", is_spdx, read_all};
