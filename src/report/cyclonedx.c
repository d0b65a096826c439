/* CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), as docs/sbom.md describes it; with the
 * vulnerabilities when the run judged them. */
#include "report/bill.h"
#include "report/cyclonedx_vulnerabilities.h"
#include "report/formats.h"

#define put bill_put

static void put_property(struct json_writer *w, const char *name, struct str value) {
    json_begin_object(w);
    put(w, "name", str_c(name));
    put(w, "value", value);
    json_end(w);
}

/* ---- components */

/* Where a purl has a namespace, the component has a group: of "@angular/core", "org.apache:commons". */
static void put_name(struct json_writer *w, const struct package *package) {
    struct str group, name;
    bool has_group = package->type == PACKAGE_MAVEN ? str_cut(package->name, ':', &group, &name)
                                                    : str_cut_last(package->name, '/', &group, &name);
    if (has_group && group.n && name.n) {
        put(w, "group", group);
    }
    put(w, "name", has_group && group.n && name.n ? name : package->name);
}

static bool is_one_id(struct str expression) {
    return str_find_byte(expression, ' ') < 0 && !str_ends(expression, STR("+")) &&
           str_find(expression, STR("Ref-")) < 0;
}

static void put_licences(struct json_writer *w, const struct bill_package *package) {
    struct str stated = package->record.package.licence, expression = package->licence;
    if (!stated.n) {
        return;
    }
    json_key(w, STR("licenses"));
    json_begin_array(w);
    json_begin_object(w);
    if (expression.n && !is_one_id(expression)) {
        put(w, "expression", expression);
    } else {
        json_key(w, STR("license"));
        json_begin_object(w);
        put(w, expression.n ? "id" : "name", expression.n ? expression : stated);
        json_end(w);
    }
    json_end(w);
    json_end(w);
}

static void put_hashes(struct json_writer *w, const struct bill_package *package) {
    struct bill_checksum checksum;
    if (bill_checksum_of(package, &checksum)) {
        json_key(w, STR("hashes"));
        json_begin_array(w);
        json_begin_object(w);
        put(w, "alg", str_c(checksum.cyclonedx));
        put(w, "content", checksum.digits);
        json_end(w);
        json_end(w);
    }
}

static void put_evidence(struct json_writer *w, const struct package_record *record) {
    json_key(w, STR("evidence"));
    json_begin_object(w);
    json_key(w, STR("occurrences"));
    json_begin_array(w);
    json_begin_object(w);
    put(w, "location", record->path);
    if (record->package.line) {
        json_key(w, STR("line"));
        json_uint(w, record->package.line);
    }
    json_end(w);
    json_end(w);
    json_end(w);
}

static void put_package(struct json_writer *w, const struct bill_package *package) {
    const struct package_record *record = &package->record;
    bool is_program = record->package.type == PACKAGE_GENERIC;
    json_begin_object(w);
    put(w, "type", is_program ? STR("application") : STR("library"));
    put(w, "bom-ref", package->asset.key);
    if (record->package.vendor.n) {
        put(w, "publisher", record->package.vendor);
    }
    put_name(w, &record->package);
    put(w, "version", record->package.version);
    if (record->package.flags & PACKAGE_IS_DEVELOPMENT) {
        put(w, "scope", STR("excluded"));
    }
    put_hashes(w, package);
    put_licences(w, package);
    put(w, "purl", record->purl);
    json_key(w, STR("properties"));
    json_begin_array(w);
    put_property(w, "plimsoll:package", package->asset.properties);
    json_end(w);
    put_evidence(w, record);
    json_end(w);
}

static void put_system(struct json_writer *w, const struct asset *os) {
    json_begin_object(w);
    put(w, "type", STR("operating-system"));
    put(w, "bom-ref", os->key);
    put(w, "name", os->name);
    put(w, "version", os->version);
    json_key(w, STR("properties"));
    json_begin_array(w);
    put_property(w, "plimsoll:os", os->properties);
    json_end(w);
    json_end(w);
}

static int put_components(struct json_writer *w, const struct bill *bill, struct err *err) {
    int r = 0;
    json_key(w, STR("components"));
    json_begin_array(w);
    for (size_t i = 0; i < bill->systems.n; i++) {
        put_system(w, &bill->systems.p[i]);
    }
    for (size_t i = 0; i < bill->packages_n && r == 0; i++) {
        put_package(w, &bill->packages[i]);
        r = bill_drain(bill, w->out, err);
    }
    json_end(w);
    return r;
}

/* ---- metadata */

static void put_subject(struct json_writer *w, const struct bill *bill) {
    const struct asset *subject = &bill->subject;
    bool is_image = subject->kind == ASSET_IMAGE;
    json_key(w, STR("component"));
    json_begin_object(w);
    put(w, "type", is_image ? STR("container") : STR("application"));
    put(w, "bom-ref", subject->key);
    put(w, "name", subject->name);
    if (is_image) {
        put(w, "version", subject->key);
    }
    json_key(w, STR("properties"));
    json_begin_array(w);
    put_property(w, "plimsoll:target", bill->run.target);
    put_property(w, "plimsoll:subject", subject->properties);
    for (size_t i = 0; i < bill->layers.n; i++) {
        put_property(w, "plimsoll:layer", bill->layers.p[i].properties);
    }
    json_end(w);
    json_end(w);
}

static void put_metadata(struct json_writer *w, const struct bill *bill) {
    json_key(w, STR("metadata"));
    json_begin_object(w);
    put(w, "timestamp", str_c(bill->time));
    json_key(w, STR("tools"));
    json_begin_object(w);
    json_key(w, STR("components"));
    json_begin_array(w);
    json_begin_object(w);
    put(w, "type", STR("application"));
    put(w, "name", STR("plimsoll"));
    put(w, "version", bill->run.version);
    json_end(w);
    json_end(w);
    json_end(w);
    put_subject(w, bill);
    json_end(w);
}

/* ---- dependencies */

static void begin_dependency(struct json_writer *w, struct str ref) {
    json_begin_object(w);
    put(w, "ref", ref);
    json_key(w, STR("dependsOn"));
    json_begin_array(w);
}

static void end_dependency(struct json_writer *w) {
    json_end(w);
    json_end(w);
}

/* What was scanned depends on its system and on what nothing else in it asks for. */
static void put_dependencies_of_subject(struct json_writer *w, const struct bill *bill) {
    begin_dependency(w, bill->subject.key);
    for (size_t i = 0; i < bill->systems.n; i++) {
        json_str(w, bill->systems.p[i].key);
    }
    for (size_t i = 0; i < bill->packages_n; i++) {
        const struct bill_package *package = &bill->packages[i];
        if (!package->is_needed || package->record.package.flags & PACKAGE_IS_DIRECT) {
            json_str(w, package->asset.key);
        }
    }
    end_dependency(w);
}

static int put_dependencies(struct json_writer *w, const struct bill *bill, struct err *err) {
    int r = 0;
    json_key(w, STR("dependencies"));
    json_begin_array(w);
    put_dependencies_of_subject(w, bill);
    for (size_t i = 0; i < bill->packages_n && r == 0; i++) {
        const struct bill_package *package = &bill->packages[i];
        if (package->needs_n) {
            begin_dependency(w, package->asset.key);
            for (size_t k = 0; k < package->needs_n; k++) {
                json_str(w, bill->packages[package->needs[k]].asset.key);
            }
            end_dependency(w);
        }
        r = bill_drain(bill, w->out, err);
    }
    json_end(w);
    return r;
}

/* A bill that misses something says so. */
static void put_compositions(struct json_writer *w, const struct bill *bill) {
    json_key(w, STR("compositions"));
    json_begin_array(w);
    json_begin_object(w);
    put(w, "aggregate", bill->run.is_complete ? STR("unknown") : STR("incomplete"));
    json_key(w, STR("assemblies"));
    json_begin_array(w);
    json_str(w, bill->subject.key);
    json_end(w);
    json_end(w);
    json_end(w);
}

static int write_bill(const struct bill *bill, struct store *store, struct buf *out, struct err *err) {
    struct json_writer w = json_writer_new(out, 2);
    json_begin_object(&w);
    put(&w, "$schema", STR("http://cyclonedx.org/schema/bom-1.6.schema.json"));
    put(&w, "bomFormat", STR("CycloneDX"));
    put(&w, "specVersion", STR("1.6"));
    json_key(&w, STR("serialNumber"));
    char serial[64];
    snprintf(serial, sizeof serial, "urn:uuid:%s", bill->uuid);
    json_str(&w, str_c(serial));
    json_key(&w, STR("version"));
    json_int(&w, 1);
    put_metadata(&w, bill);
    int r = put_components(&w, bill, err);
    r = r < 0 ? r : put_dependencies(&w, bill, err);
    r = r < 0 ? r : cyclonedx_put_vulnerabilities(&w, bill, store, err);
    if (r < 0) {
        return r;
    }
    put_compositions(&w, bill);
    json_end(&w);
    buf_byte(out, '\n');
    return json_finish(&w, err);
}

int report_cyclonedx(struct store *store, int64_t run, const struct report_options *options, struct buf *out,
                     struct err *err) {
    _cleanup_(bill_free) struct bill bill;
    int r = bill_load(&bill, store, run, options, err);
    return r < 0 ? r : write_bill(&bill, store, out, err);
}
