/* CSAF 2.0, profile 5 "VEX" (https://docs.oasis-open.org/csaf/csaf/v2.0/): products are a tree, and
 * combinations of a component and the product that it is in. */
#include "base/limits.h"
#include "vuln/vex/reading.h"

struct csaf {
    struct vex_reading *r;
    struct map products; /* product_id → struct vex_product */
    struct str author, time;
};

static struct str name_of(const struct doc *product) {
    const struct doc *helper = doc_get(product, STR("product_identification_helper"));
    struct str purl = doc_text(helper, "purl");
    return purl.n ? purl : doc_text(product, "name");
}

static int put_product(struct csaf *c, struct str id, struct vex_product product) {
    uint64_t *slot = id.n ? map_put(&c->products, id, NULL) : NULL;
    struct vex_product *kept = slot ? arena_alloc(c->r->arena, sizeof *kept) : NULL;
    if (!kept) {
        return id.n ? err_memory(c->r->err) : 0;
    }
    *kept = product;
    *slot = (uint64_t)(uintptr_t)kept;
    return 0;
}

static int take_product(struct csaf *c, const struct doc *product) {
    return doc_is(product, DOC_MAP)
               ? put_product(c, doc_text(product, "product_id"), (struct vex_product){.id = name_of(product)})
               : 0;
}

/* Nested no deeper than the JSON reader allows. */
static int take_branches(struct csaf *c, const struct doc *branches) {
    int rc = 0;
    for (size_t i = 0; i < doc_count(branches) && rc == 0; i++) {
        const struct doc *branch = doc_at(branches, i);
        rc = take_product(c, doc_get(branch, STR("product")));
        rc = rc < 0 ? rc : take_branches(c, doc_get(branch, STR("branches")));
    }
    return rc;
}

static const struct vex_product *find_product(const struct csaf *c, struct str id) {
    const uint64_t *slot = map_get(&c->products, id);
    return slot ? (const struct vex_product *)(uintptr_t)*slot : NULL;
}

static bool is_image(struct str id) {
    return str_starts(id, STR("pkg:oci/")) || str_starts(id, STR("pkg:docker/"));
}

/* A component of an image is a part of that product; of a platform, where the component alone says what it
 * is, it is the component. */
static int take_relationship(struct csaf *c, const struct doc *relationship) {
    const struct vex_product *component = find_product(c, doc_text(relationship, "product_reference"));
    const struct vex_product *whole = find_product(c, doc_text(relationship, "relates_to_product_reference"));
    struct str id = doc_str(doc_path(relationship, "full_product_name.product_id"));
    if (!component) {
        return 0;
    }
    if (!whole || !is_image(whole->id)) {
        return put_product(c, id, *component);
    }
    return put_product(c, id, (struct vex_product){.id = whole->id, .parts = &component->id, .parts_n = 1});
}

static int take_tree(struct csaf *c, const struct doc *tree) {
    const struct doc *names = doc_get(tree, STR("full_product_names"));
    const struct doc *relationships = doc_get(tree, STR("relationships"));
    int rc = take_branches(c, doc_get(tree, STR("branches")));
    for (size_t i = 0; i < doc_count(names) && rc == 0; i++) {
        rc = take_product(c, doc_at(names, i));
    }
    for (size_t i = 0; i < doc_count(relationships) && rc == 0; i++) {
        rc = take_relationship(c, doc_at(relationships, i));
    }
    return rc;
}

static bool names_product(const struct doc *ids, struct str id) {
    for (size_t i = 0; i < doc_count(ids); i++) {
        if (str_eq(doc_str(doc_at(ids, i)), id)) {
            return true;
        }
    }
    return false;
}

/* The text of the first entry that is of the product. */
static struct str said_of(const struct doc *list, struct str product, const char *key) {
    for (size_t i = 0; i < doc_count(list); i++) {
        if (names_product(doc_get(doc_at(list, i), STR("product_ids")), product)) {
            return doc_text(doc_at(list, i), key);
        }
    }
    return STR_NONE;
}

static int read_ids(struct csaf *c, const struct doc *vulnerability, struct vex_statement *out) {
    const struct doc *others = doc_get(vulnerability, STR("ids"));
    struct str *ids = arena_array(c->r->arena, doc_count(others) + 1, sizeof *ids);
    if (!ids) {
        return err_memory(c->r->err);
    }
    ids[out->ids_n] = doc_text(vulnerability, "cve");
    out->ids_n += ids[out->ids_n].n > 0;
    for (size_t i = 0; i < doc_count(others); i++) {
        ids[out->ids_n++] = doc_text(doc_at(others, i), "text");
    }
    out->ids = ids;
    return 0;
}

static int read_product(struct csaf *c, const struct doc *vulnerability, const struct vex_statement *of,
                        struct str id) {
    const struct vex_product *product = find_product(c, id);
    if (!product) {
        return 0;
    }
    struct vex_statement said = *of;
    said.products = product;
    said.products_n = 1;
    said.justification = said_of(doc_get(vulnerability, STR("flags")), id, "label");
    said.detail = said_of(doc_get(vulnerability, STR("threats")), id, "details");
    return vex_reading_add(c->r, &said);
}

static int read_vulnerability(struct csaf *c, const struct doc *vulnerability) {
    static const struct vex_word words[] = {
        {"known_not_affected", VEX_NOT_AFFECTED},
        {"known_affected", VEX_AFFECTED},
        {"fixed", VEX_FIXED},
        {"first_fixed", VEX_FIXED},
        {"under_investigation", VEX_UNDER_INVESTIGATION},
    };
    struct vex_statement said = {.author = c->author, .time = c->time, .line = vulnerability->at.line};
    int rc = read_ids(c, vulnerability, &said);
    for (size_t i = 0; i < ARRAY_SIZE(words) && rc == 0; i++) {
        const struct doc *products =
            doc_get(doc_get(vulnerability, STR("product_status")), str_c(words[i].word));
        said.status = words[i].status;
        for (size_t k = 0; k < doc_count(products) && rc == 0; k++) {
            rc = read_product(c, vulnerability, &said, doc_str(doc_at(products, k)));
        }
    }
    return rc;
}

static int read_all(struct vex_reading *r, const struct doc *root) {
    const struct doc *vulnerabilities = doc_get(root, STR("vulnerabilities"));
    struct csaf c = {.r = r,
                     .products = map_new(r->arena),
                     .author = doc_str(doc_path(root, "document.publisher.name")),
                     .time = doc_str(doc_path(root, "document.tracking.current_release_date"))};
    int rc = take_tree(&c, doc_get(root, STR("product_tree")));
    for (size_t i = 0; i < doc_count(vulnerabilities) && rc == 0; i++) {
        rc = read_vulnerability(&c, doc_at(vulnerabilities, i));
    }
    return rc;
}

static bool is_csaf(const struct doc *root) {
    return doc_str(doc_path(root, "document.csaf_version")).n > 0;
}

const struct vex_format vex_csaf = {"CSAF", is_csaf, read_all};
