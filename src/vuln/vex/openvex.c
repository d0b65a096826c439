/* OpenVEX 0.2 (https://github.com/openvex/spec), and what 0.0 wrote as plain texts. */
#include "vuln/vex/reading.h"

/* A product, or a part of one: its package URL says most, then its id. */
static struct str id_of(const struct doc *component) {
    struct str purl = doc_str(doc_path(component, "identifiers.purl"));
    struct str id = doc_is(component, DOC_STRING) ? doc_str(component) : doc_text(component, "@id");
    struct str hash = doc_str(doc_path(component, "hashes.sha-256"));
    return purl.n ? purl : id.n ? id : hash;
}

static const struct str *list_ids(struct vex_reading *r, const struct doc *list, size_t *n) {
    struct str *ids = arena_array(r->arena, doc_count(list) + 1, sizeof *ids);
    *n = 0;
    for (size_t i = 0; ids && i < doc_count(list); i++) {
        ids[*n] = id_of(doc_at(list, i));
        *n += ids[*n].n > 0;
    }
    return ids;
}

static int read_products(struct vex_reading *r, const struct doc *list, struct vex_statement *out) {
    struct vex_product *products = arena_array(r->arena, doc_count(list) + 1, sizeof *products);
    if (!products) {
        return err_memory(r->err);
    }
    for (size_t i = 0; i < doc_count(list); i++) {
        const struct doc *product = doc_at(list, i);
        products[i].id = id_of(product);
        products[i].parts = list_ids(r, doc_get(product, STR("subcomponents")), &products[i].parts_n);
        if (!products[i].parts) {
            return err_memory(r->err);
        }
    }
    out->products = products;
    out->products_n = doc_count(list);
    return 0;
}

/* "CVE-2024-1" alone in 0.0; name and aliases since. */
static int read_ids(struct vex_reading *r, const struct doc *vulnerability, struct vex_statement *out) {
    const struct doc *aliases = doc_get(vulnerability, STR("aliases"));
    struct str *ids = arena_array(r->arena, doc_count(aliases) + 2, sizeof *ids);
    if (!ids) {
        return err_memory(r->err);
    }
    struct str name =
        doc_is(vulnerability, DOC_STRING) ? doc_str(vulnerability) : doc_text(vulnerability, "name");
    ids[out->ids_n++] = name.n ? name : doc_text(vulnerability, "@id");
    for (size_t i = 0; i < doc_count(aliases); i++) {
        ids[out->ids_n++] = doc_str(doc_at(aliases, i));
    }
    out->ids = ids;
    return 0;
}

static int read_statement(struct vex_reading *r, const struct doc *root, const struct doc *statement) {
    static const struct vex_word words[] = {{"not_affected", VEX_NOT_AFFECTED},
                                            {"affected", VEX_AFFECTED},
                                            {"fixed", VEX_FIXED},
                                            {"under_investigation", VEX_UNDER_INVESTIGATION}};
    struct str time = doc_text(statement, "timestamp"), impact = doc_text(statement, "impact_statement");
    struct vex_statement said = {.justification = doc_text(statement, "justification"),
                                 .detail = impact.n ? impact : doc_text(statement, "action_statement"),
                                 .author = doc_text(root, "author"),
                                 .time = time.n ? time : doc_text(root, "timestamp"),
                                 .line = statement->at.line};
    struct str status = doc_text(statement, "status");
    if (!vex_status_of(words, ARRAY_SIZE(words), status, &said.status)) {
        return err_set(r->err, ERR_INPUT, "line %u: '%.*s' is no status of OpenVEX", said.line,
                       STR_ARG(status));
    }
    int rc = read_ids(r, doc_get(statement, STR("vulnerability")), &said);
    rc = rc < 0 ? rc : read_products(r, doc_get(statement, STR("products")), &said);
    return rc < 0 ? rc : vex_reading_add(r, &said);
}

static int read_all(struct vex_reading *r, const struct doc *root) {
    const struct doc *statements = doc_get(root, STR("statements"));
    int rc = 0;
    for (size_t i = 0; i < doc_count(statements) && rc == 0; i++) {
        rc = read_statement(r, root, doc_at(statements, i));
    }
    return rc;
}

static bool is_openvex(const struct doc *root) {
    return str_find(doc_text(root, "@context"), STR("openvex")) >= 0;
}

const struct vex_format vex_openvex = {"OpenVEX", is_openvex, read_all};
