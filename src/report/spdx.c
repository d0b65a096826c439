/* SPDX 2.3 as JSON (https://spdx.github.io/spdx-spec/v2.3/), as docs/sbom.md describes it. */
#include "base/map.h"
#include "report/bill.h"
#include "report/formats.h"

#define put bill_put

struct spdx {
    struct json_writer *w;
    const struct bill *bill;
    struct arena arena;
    VEC(struct str) stated;
    struct map references; /* licence as stated → its number + 1 */
    struct map named;      /* "LicenseRef-x" of an expression → whether it is listed */
    VEC(struct str) names;
};

/* Ids hold letters, digits, "." and "-" only: packages are numbered. */
static void put_id(struct json_writer *w, const char *key, const char *what, size_t n) {
    char id[64];
    snprintf(id, sizeof id, "SPDXRef-%s-%zu", what, n);
    put(w, key, str_c(id));
}

static void put_annotation(struct json_writer *w, const struct bill *bill, const char *what,
                           struct str json) {
    char tool[64];
    snprintf(tool, sizeof tool, "Tool: plimsoll-%.*s", STR_ARG(bill->run.version));
    json_begin_object(w);
    put(w, "annotationDate", str_c(bill->time));
    put(w, "annotationType", STR("OTHER"));
    put(w, "annotator", str_c(tool));
    json_key(w, STR("comment"));
    struct buf comment = buf_new(LIMIT_RECORD);
    buf_printf(&comment, "plimsoll:%s %.*s", what, STR_ARG(json));
    w->out->failed |= comment.failed;
    json_str(w, buf_view(&comment));
    buf_free(&comment);
    json_end(w);
}

/* ---- licences */

/* The number of a text that is no expression; each gets a LicenseRef of its own. */
static int number_licence(struct spdx *s, struct str stated, size_t *out, struct err *err) {
    uint64_t *slot = map_put(&s->references, stated, NULL);
    if (slot && !*slot) {
        struct str *text = VEC_PUSH(&s->arena, &s->stated);
        if (!text) {
            return err_memory(err);
        }
        *text = stated;
        *slot = s->stated.n;
    }
    *out = slot ? (size_t)*slot : 0;
    return slot ? 0 : err_memory(err);
}

/* The references that an expression has itself: each must be listed (SPDX 2.3, 10.1). */
static int note_references(struct spdx *s, struct str expression, struct err *err) {
    for (struct str word; str_split(&expression, ' ', &word);) {
        while (word.n && word.p[0] == '(') {
            word = str_from(word, 1);
        }
        while (str_ends(word, STR(")"))) {
            word.n--;
        }
        if (!str_starts(word, STR("LicenseRef-"))) {
            continue;
        }
        bool is_new;
        struct str *name = NULL;
        uint64_t *slot = map_put(&s->named, word, &is_new);
        if (slot && is_new) {
            name = VEC_PUSH(&s->arena, &s->names);
        }
        if (!slot || (is_new && !name)) {
            return err_memory(err);
        }
        if (name) {
            *name = word;
        }
    }
    return 0;
}

static int put_licence(struct spdx *s, const struct bill_package *package, struct err *err) {
    struct str stated = package->record.package.licence;
    put(s->w, "licenseConcluded", STR("NOASSERTION"));
    if (package->licence.n || !stated.n) {
        put(s->w, "licenseDeclared", package->licence.n ? package->licence : STR("NOASSERTION"));
        return note_references(s, package->licence, err);
    }
    size_t number = 0;
    int r = number_licence(s, stated, &number, err);
    char reference[64];
    snprintf(reference, sizeof reference, "LicenseRef-stated-%zu", number);
    put(s->w, "licenseDeclared", str_c(reference));
    return r;
}

static void put_extracted(struct json_writer *w, struct str id, struct str text) {
    json_begin_object(w);
    put(w, "licenseId", id);
    put(w, "extractedText", text);
    json_end(w);
}

static void put_extracted_licences(struct spdx *s) {
    json_key(s->w, STR("hasExtractedLicensingInfos"));
    json_begin_array(s->w);
    for (size_t i = 0; i < s->names.n; i++) {
        put_extracted(s->w, s->names.p[i], str_from(s->names.p[i], strlen("LicenseRef-")));
    }
    for (size_t i = 0; i < s->stated.n; i++) {
        char reference[64];
        snprintf(reference, sizeof reference, "LicenseRef-stated-%zu", i + 1);
        put_extracted(s->w, str_c(reference), s->stated.p[i]);
    }
    json_end(s->w);
}

/* ---- packages */

static void put_checksums(struct json_writer *w, const struct bill_package *package) {
    struct bill_checksum checksum;
    if (bill_checksum_of(package, &checksum)) {
        json_key(w, STR("checksums"));
        json_begin_array(w);
        json_begin_object(w);
        put(w, "algorithm", str_c(checksum.spdx));
        put(w, "checksumValue", checksum.digits);
        json_end(w);
        json_end(w);
    }
}

static void put_purl(struct json_writer *w, struct str purl) {
    json_key(w, STR("externalRefs"));
    json_begin_array(w);
    json_begin_object(w);
    put(w, "referenceCategory", STR("PACKAGE-MANAGER"));
    put(w, "referenceType", STR("purl"));
    put(w, "referenceLocator", purl);
    json_end(w);
    json_end(w);
}

static void put_supplier(struct spdx *s, struct str vendor) {
    struct str supplier =
        vendor.n ? arena_strf(&s->arena, "Organization: %.*s", STR_ARG(vendor)) : STR("NOASSERTION");
    s->w->out->failed |= !supplier.p;
    put(s->w, "supplier", supplier);
}

static void begin_package(struct json_writer *w, struct str name, struct str version, const char *purpose) {
    put(w, "name", name);
    if (version.n) {
        put(w, "versionInfo", version);
    }
    put(w, "downloadLocation", STR("NOASSERTION"));
    put(w, "primaryPackagePurpose", str_c(purpose));
    json_key(w, STR("filesAnalyzed"));
    json_bool(w, false);
}

static int put_package(struct spdx *s, size_t i, struct err *err) {
    const struct bill_package *package = &s->bill->packages[i];
    const struct package_record *record = &package->record;
    struct json_writer *w = s->w;
    json_begin_object(w);
    put_id(w, "SPDXID", "Package", i + 1);
    begin_package(w, record->package.name, record->package.version,
                  record->package.type == PACKAGE_GENERIC ? "APPLICATION" : "LIBRARY");
    put_supplier(s, record->package.vendor);
    put_checksums(w, package);
    int r = put_licence(s, package, err);
    put(w, "copyrightText", STR("NOASSERTION"));
    put(w, "sourceInfo", record->path);
    put_purl(w, record->purl);
    json_key(w, STR("annotations"));
    json_begin_array(w);
    put_annotation(w, s->bill, "package", package->asset.properties);
    json_end(w);
    json_end(w);
    return r;
}

static void put_unlicensed(struct json_writer *w) {
    put(w, "licenseConcluded", STR("NOASSERTION"));
    put(w, "licenseDeclared", STR("NOASSERTION"));
    put(w, "copyrightText", STR("NOASSERTION"));
}

static void put_subject(struct spdx *s) {
    const struct bill *bill = s->bill;
    bool is_image = bill->subject.kind == ASSET_IMAGE;
    json_begin_object(s->w);
    put_id(s->w, "SPDXID", "Subject", 1);
    begin_package(s->w, bill->subject.name, is_image ? bill->subject.key : STR_NONE,
                  is_image ? "CONTAINER" : "APPLICATION");
    put_unlicensed(s->w);
    json_key(s->w, STR("annotations"));
    json_begin_array(s->w);
    put_annotation(s->w, bill, "target", bill->run.target);
    put_annotation(s->w, bill, "subject", bill->subject.properties);
    for (size_t i = 0; i < bill->layers.n; i++) {
        put_annotation(s->w, bill, "layer", bill->layers.p[i].properties);
    }
    json_end(s->w);
    json_end(s->w);
}

static void put_system(struct spdx *s, size_t i) {
    const struct asset *os = &s->bill->systems.p[i];
    json_begin_object(s->w);
    put_id(s->w, "SPDXID", "System", i + 1);
    begin_package(s->w, os->name, os->version, "OPERATING-SYSTEM");
    put_unlicensed(s->w);
    json_key(s->w, STR("annotations"));
    json_begin_array(s->w);
    put_annotation(s->w, s->bill, "os", os->properties);
    json_end(s->w);
    json_end(s->w);
}

static int put_packages(struct spdx *s, struct err *err) {
    int r = 0;
    json_key(s->w, STR("packages"));
    json_begin_array(s->w);
    put_subject(s);
    for (size_t i = 0; i < s->bill->systems.n; i++) {
        put_system(s, i);
    }
    for (size_t i = 0; i < s->bill->packages_n && r == 0; i++) {
        r = put_package(s, i, err);
        r = r < 0 ? r : bill_drain(s->bill, s->w->out, err);
    }
    json_end(s->w);
    return r;
}

/* ---- relationships */

struct end {
    const char *what;
    size_t n;
};

static void put_relationship(struct json_writer *w, struct end from, const char *type, struct end to) {
    json_begin_object(w);
    put_id(w, "spdxElementId", from.what, from.n);
    put(w, "relationshipType", str_c(type));
    put_id(w, "relatedSpdxElement", to.what, to.n);
    json_end(w);
}

static int put_relationships(struct spdx *s, struct err *err) {
    const struct end subject = {"Subject", 1};
    int r = 0;
    json_key(s->w, STR("relationships"));
    json_begin_array(s->w);
    for (size_t i = 0; i < s->bill->systems.n; i++) {
        put_relationship(s->w, subject, "CONTAINS", (struct end){"System", i + 1});
    }
    for (size_t i = 0; i < s->bill->packages_n && r == 0; i++) {
        const struct bill_package *package = &s->bill->packages[i];
        const struct end end = {"Package", i + 1};
        put_relationship(s->w, subject, "CONTAINS", end);
        for (size_t k = 0; k < package->needs_n; k++) {
            put_relationship(s->w, end, "DEPENDS_ON", (struct end){"Package", package->needs[k] + 1});
        }
        r = bill_drain(s->bill, s->w->out, err);
    }
    json_end(s->w);
    return r;
}

/* ---- the document */

static void put_creation(struct spdx *s) {
    struct str tool = arena_strf(&s->arena, "Tool: plimsoll-%.*s", STR_ARG(s->bill->run.version));
    s->w->out->failed |= !tool.p;
    json_key(s->w, STR("creationInfo"));
    json_begin_object(s->w);
    put(s->w, "created", str_c(s->bill->time));
    json_key(s->w, STR("creators"));
    json_begin_array(s->w);
    json_str(s->w, tool);
    json_end(s->w);
    if (!s->bill->run.is_complete) {
        put(s->w, "comment", STR("Part of what was scanned could not be read."));
    }
    json_end(s->w);
}

static int write_bill(struct spdx *s, struct err *err) {
    struct json_writer *w = s->w;
    struct str namespace = arena_strf(&s->arena, "urn:uuid:%s", s->bill->uuid);
    w->out->failed |= !namespace.p;
    json_begin_object(w);
    put(w, "spdxVersion", STR("SPDX-2.3"));
    put(w, "dataLicense", STR("CC0-1.0"));
    put(w, "SPDXID", STR("SPDXRef-DOCUMENT"));
    put(w, "name", s->bill->subject.name);
    put(w, "documentNamespace", namespace);
    put_creation(s);
    json_key(w, STR("documentDescribes"));
    json_begin_array(w);
    json_str(w, STR("SPDXRef-Subject-1"));
    json_end(w);
    int r = put_packages(s, err);
    r = r < 0 ? r : put_relationships(s, err);
    if (r < 0) {
        return r;
    }
    put_extracted_licences(s);
    json_end(w);
    buf_byte(w->out, '\n');
    return json_finish(w, err);
}

int report_spdx(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                struct err *err) {
    _cleanup_(bill_free) struct bill bill;
    int r = bill_load(&bill, store, run, options, err);
    if (r < 0) {
        return r;
    }
    struct json_writer w = json_writer_new(out, 2);
    struct spdx spdx = {.w = &w, .bill = &bill, .arena = arena_new(GIB)};
    spdx.references = map_new(&spdx.arena);
    spdx.named = map_new(&spdx.arena);
    r = write_bill(&spdx, err);
    arena_free(&spdx.arena);
    return r;
}
