/* The analyses of vulnerabilities in a CycloneDX document (https://cyclonedx.org/capabilities/vex/). */
#include "vuln/vex/reading.h"

struct cyclonedx {
    struct vex_reading *r;
    struct map purls; /* bom-ref → component */
    struct str author, time;
};

static int take_component(struct cyclonedx *c, const struct doc *component) {
    struct str ref = doc_text(component, "bom-ref");
    uint64_t *slot = ref.n ? map_put(&c->purls, ref, NULL) : NULL;
    if (slot) {
        *slot = (uint64_t)(uintptr_t)component;
    }
    return slot || !ref.n ? 0 : err_memory(c->r->err);
}

/* Components may hold components, no deeper than the JSON reader allows. */
static int take_components(struct cyclonedx *c, const struct doc *list) {
    int rc = 0;
    for (size_t i = 0; i < doc_count(list) && rc == 0; i++) {
        rc = take_component(c, doc_at(list, i));
        rc = rc < 0 ? rc : take_components(c, doc_get(doc_at(list, i), STR("components")));
    }
    return rc;
}

/* "urn:cdx:serial/version#ref" of another document, a ref of this one, or a package URL. */
static struct str product_of(const struct cyclonedx *c, struct str ref) {
    struct str document, rest;
    if (str_starts(ref, STR("urn:cdx:")) && str_cut(ref, '#', &document, &rest)) {
        ref = rest;
    }
    const uint64_t *slot = map_get(&c->purls, ref);
    struct str purl = slot ? doc_text((const struct doc *)(uintptr_t)*slot, "purl") : STR_NONE;
    return purl.n ? purl : ref;
}

static int read_products(struct cyclonedx *c, const struct doc *affects, struct vex_statement *out) {
    struct vex_product *products = arena_array(c->r->arena, doc_count(affects) + 1, sizeof *products);
    for (size_t i = 0; products && i < doc_count(affects); i++) {
        products[i].id = product_of(c, doc_text(doc_at(affects, i), "ref"));
    }
    out->products = products;
    out->products_n = doc_count(affects);
    return products ? 0 : err_memory(c->r->err);
}

static int read_ids(struct cyclonedx *c, const struct doc *vulnerability, struct vex_statement *out) {
    const struct doc *references = doc_get(vulnerability, STR("references"));
    struct str *ids = arena_array(c->r->arena, doc_count(references) + 1, sizeof *ids);
    if (!ids) {
        return err_memory(c->r->err);
    }
    ids[out->ids_n++] = doc_text(vulnerability, "id");
    for (size_t i = 0; i < doc_count(references); i++) {
        ids[out->ids_n++] = doc_text(doc_at(references, i), "id");
    }
    out->ids = ids;
    return 0;
}

static int read_vulnerability(struct cyclonedx *c, const struct doc *vulnerability) {
    static const struct vex_word words[] = {
        {"not_affected", VEX_NOT_AFFECTED},
        {"false_positive", VEX_NOT_AFFECTED},
        {"resolved", VEX_FIXED},
        {"resolved_with_pedigree", VEX_FIXED},
        {"exploitable", VEX_AFFECTED},
        {"in_triage", VEX_UNDER_INVESTIGATION},
    };
    const struct doc *analysis = doc_get(vulnerability, STR("analysis"));
    struct str state = doc_text(analysis, "state"), updated = doc_text(analysis, "lastUpdated");
    if (!state.n) {
        return 0;
    }
    struct vex_statement said = {.justification = doc_text(analysis, "justification"),
                                 .detail = doc_text(analysis, "detail"),
                                 .author = c->author,
                                 .time = updated.n ? updated : c->time,
                                 .line = vulnerability->at.line};
    if (!vex_status_of(words, ARRAY_SIZE(words), state, &said.status)) {
        return err_set(c->r->err, ERR_INPUT, "line %u: '%.*s' is no state of an analysis", said.line,
                       STR_ARG(state));
    }
    said.justification = said.justification.n                   ? said.justification
                         : str_eq(state, STR("false_positive")) ? state
                                                                : STR_NONE;
    int rc = read_ids(c, vulnerability, &said);
    rc = rc < 0 ? rc : read_products(c, doc_get(vulnerability, STR("affects")), &said);
    return rc < 0 ? rc : vex_reading_add(c->r, &said);
}

static int read_all(struct vex_reading *r, const struct doc *root) {
    const struct doc *vulnerabilities = doc_get(root, STR("vulnerabilities"));
    const struct doc *author = doc_at(doc_path(root, "metadata.authors"), 0);
    struct cyclonedx c = {.r = r,
                          .purls = map_new(r->arena),
                          .author = doc_text(author, "name"),
                          .time = doc_str(doc_path(root, "metadata.timestamp"))};
    int rc = take_component(&c, doc_path(root, "metadata.component"));
    rc = rc < 0 ? rc : take_components(&c, doc_get(root, STR("components")));
    for (size_t i = 0; i < doc_count(vulnerabilities) && rc == 0; i++) {
        rc = read_vulnerability(&c, doc_at(vulnerabilities, i));
    }
    return rc;
}

static bool is_cyclonedx(const struct doc *root) {
    return str_eq(doc_text(root, "bomFormat"), STR("CycloneDX"));
}

const struct vex_format vex_cyclonedx = {"CycloneDX", is_cyclonedx, read_all};
