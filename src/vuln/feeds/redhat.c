/* Red Hat's VEX files: CSAF 2.0, one CVE each (https://security.access.redhat.com/data/csaf/v2/vex/).
 *
 * A product is a component in a platform. Only platforms that are a major release of Enterprise Linux count:
 * extended and other streams have repairs of their own, with other versions. Components without a version are
 * source packages ("src:NAME" in the database), those with one are binary packages. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/json.h"
#include "model/purl.h"
#include "vuln/feeds/parser.h"

struct product {
    struct str ecosystem; /* of a platform; empty: none that counts */
    struct str name, version, module;
    bool is_source, is_rpm;
};

struct vex {
    struct feed_parser *p;
    VEC(struct feed_draft) drafts; /* one for each module stream */
    struct map products;           /* product_id → struct product */
    struct map seen;               /* what the drafts say already */
    const struct doc *root;        /* of one vulnerability */
};

/* "cpe:/a:redhat:enterprise_linux:9::appstream", "cpe:/o:redhat:enterprise_linux:10.0" */
static int read_platform(struct vex *v, struct str cpe, struct product *out) {
    const struct str words = STR(":redhat:enterprise_linux:");
    ptrdiff_t at = str_find(cpe, words);
    struct str version, rest, major;
    if (at < 0) {
        return 0;
    }
    str_cut(str_from(cpe, (size_t)at + words.n), ':', &version, &rest);
    str_cut(version, '.', &major, &rest);
    uint64_t number;
    if (!str_to_u64(major, 10, &number)) {
        return 0;
    }
    out->ecosystem = arena_strf(&v->p->arena, "Red Hat:enterprise_linux:%llu", (unsigned long long)number);
    return out->ecosystem.p ? 0 : err_memory(v->p->err);
}

/* "rpmmod=nodejs:18:8090020240101:abc", its colons perhaps as %3A: name and stream. */
static int read_module(struct vex *v, struct str purl, struct product *out) {
    const struct str key = STR("rpmmod=");
    ptrdiff_t at = str_find(purl, key);
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_OSV_WORD);
    unsigned colons = 0;
    for (struct str rest = at < 0 ? STR_NONE : str_from(purl, (size_t)at + key.n); rest.n;) {
        bool is_escaped = str_starts(rest, STR("%3A")) || str_starts(rest, STR("%3a"));
        bool is_colon = is_escaped || rest.p[0] == ':';
        colons += is_colon;
        if (rest.p[0] == '&' || colons == 2) {
            break;
        }
        buf_byte(&text, is_colon ? ':' : (unsigned char)rest.p[0]);
        rest = str_from(rest, is_escaped ? 3 : 1);
    }
    out->module = arena_str(&v->p->arena, buf_view(&text));
    return text.failed || !out->module.p ? err_memory(v->p->err) : 0;
}

static int read_component(struct vex *v, struct str text, struct product *out) {
    struct purl purl;
    if (!purl_parse(&v->p->arena, text, &purl) || !str_eq(purl.type, STR("rpm"))) {
        return 0;
    }
    bool has_epoch = purl.epoch.n && !str_eq(purl.epoch, STR("0"));
    out->is_rpm = true;
    out->is_source = str_eq(purl.arch, STR("src"));
    out->name = purl.name;
    out->version = has_epoch && purl.version.n
                       ? arena_strf(&v->p->arena, "%.*s:%.*s", STR_ARG(purl.epoch), STR_ARG(purl.version))
                       : purl.version;
    return purl.version.n && !out->version.p ? err_memory(v->p->err) : read_module(v, text, out);
}

static int put(struct vex *v, struct str id, const struct product *product) {
    uint64_t *slot = map_put(&v->products, id, NULL);
    struct product *kept = slot ? arena_alloc(&v->p->arena, sizeof *kept) : NULL;
    if (!kept) {
        return err_memory(v->p->err);
    }
    *kept = *product;
    *slot = (uint64_t)(uintptr_t)kept;
    return 0;
}

static const struct product *find(struct vex *v, struct str id) {
    const uint64_t *slot = map_get(&v->products, id);
    return slot ? (const struct product *)(uintptr_t)*slot : NULL;
}

static int take_product(struct vex *v, const struct doc *product) {
    const struct doc *helper = doc_get(product, STR("product_identification_helper"));
    struct str id = doc_str(doc_get(product, STR("product_id")));
    struct product out = {0};
    if (!id.n) {
        return 0;
    }
    int r = read_platform(v, doc_str(doc_get(helper, STR("cpe"))), &out);
    r = r < 0 ? r : read_component(v, doc_str(doc_get(helper, STR("purl"))), &out);
    return r < 0 ? r : put(v, id, &out);
}

/* Nested no deeper than the JSON reader allows. */
static int take_branches(struct vex *v, const struct doc *branches) {
    int r = 0;
    for (size_t i = 0; i < doc_count(branches) && r == 0; i++) {
        r = take_product(v, doc_get(doc_at(branches, i), STR("product")));
        r = r < 0 ? r : take_branches(v, doc_get(doc_at(branches, i), STR("branches")));
    }
    return r;
}

static int take_relationship(struct vex *v, const struct doc *relationship) {
    struct str id = doc_str(doc_path(relationship, "full_product_name.product_id"));
    const struct product *component = find(v, doc_str(doc_get(relationship, STR("product_reference"))));
    const struct product *platform =
        find(v, doc_str(doc_get(relationship, STR("relates_to_product_reference"))));
    if (!id.n || !component || !platform || !platform->ecosystem.n) {
        return 0;
    }
    struct product both = *component;
    both.ecosystem = platform->ecosystem;
    return put(v, id, &both);
}

static int take_tree(struct vex *v, const struct doc *tree) {
    const struct doc *relationships = doc_get(tree, STR("relationships"));
    int r = take_branches(v, doc_get(tree, STR("branches")));
    for (size_t i = 0; i < doc_count(relationships) && r == 0; i++) {
        r = take_relationship(v, doc_at(relationships, i));
    }
    return r;
}

/* ---- statuses */

static void set_severity(const struct vex *v, struct osv_record *record) {
    const struct doc *threats = doc_get(v->root, STR("threats"));
    record->word = doc_str(doc_path(v->root, "scores.0.cvss_v3.baseSeverity"));
    for (size_t i = 0; i < doc_count(threats); i++) {
        if (str_eq(doc_str(doc_get(doc_at(threats, i), STR("category"))), STR("impact"))) {
            record->word = doc_str(doc_get(doc_at(threats, i), STR("details")));
        }
    }
    record->word = record->word.n <= LIMIT_OSV_WORD ? record->word : STR_NONE;
}

static int set_vector(struct vex *v, struct osv_record *record) {
    struct str vector = doc_str(doc_path(v->root, "scores.0.cvss_v3.vectorString"));
    if (!vector.n || vector.n > LIMIT_OSV_WORD) {
        return 0;
    }
    record->vectors.p = arena_array(&v->p->arena, 1, sizeof *record->vectors.p);
    if (!record->vectors.p) {
        return err_memory(v->p->err);
    }
    record->vectors.p[record->vectors.n++] = vector;
    return 0;
}

static int find_draft(struct vex *v, struct str module, struct feed_draft **out) {
    for (size_t i = 0; i < v->drafts.n; i++) {
        *out = &v->drafts.p[i];
        if (str_eq((*out)->record.module, module)) {
            return 0;
        }
    }
    *out = VEC_PUSH(&v->p->arena, &v->drafts);
    if (!*out) {
        return err_memory(v->p->err);
    }
    **out = feed_draft_new(doc_str(doc_get(v->root, STR("cve"))));
    (*out)->record.module = module;
    (*out)->record.summary = str_sub(doc_str(doc_get(v->root, STR("title"))), 0, LIMIT_OSV_SUMMARY);
    set_severity(v, &(*out)->record);
    return set_vector(v, &(*out)->record);
}

/* One statement a name, release, stream and version: files repeat them for each architecture. */
static int add(struct vex *v, const struct product *product, struct str name, enum feed_status status) {
    struct feed_draft *draft;
    bool is_new;
    struct str key =
        arena_strf(&v->p->arena, "%d\n%.*s\n%.*s\n%.*s\n%.*s", (int)status, STR_ARG(product->ecosystem),
                   STR_ARG(name), STR_ARG(product->version), STR_ARG(product->module));
    if (!key.p || !map_put(&v->seen, key, &is_new)) {
        return err_memory(v->p->err);
    }
    int r = is_new ? find_draft(v, product->module, &draft) : 0;
    return r == 0 && is_new ? feed_draft_add(v->p, draft, product->ecosystem, name, status, product->version)
                            : r;
}

static int add_product(struct vex *v, struct str id, enum feed_status status) {
    const struct product *product = find(v, id);
    if (!product || !product->ecosystem.n || !product->is_rpm ||
        (status == FEED_FIXED && product->is_source)) {
        return 0;
    }
    if (product->version.n && !product->is_source) {
        return add(v, product, product->name, status);
    }
    struct str source = arena_strf(&v->p->arena, "src:%.*s", STR_ARG(product->name));
    return source.p ? add(v, product, source, status) : err_memory(v->p->err);
}

static int add_statuses(struct vex *v) {
    static const struct {
        struct str key;
        enum feed_status status;
    } lists[] = {
        {STR("fixed"), FEED_FIXED},
        {STR("known_affected"), FEED_UNFIXED},
        {STR("known_not_affected"), FEED_UNAFFECTED},
        {STR("under_investigation"), FEED_UNDETERMINED},
    };
    const struct doc *statuses = doc_get(v->root, STR("product_status"));
    int r = 0;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        const struct doc *ids = doc_get(statuses, lists[i].key);
        for (size_t k = 0; k < doc_count(ids) && r == 0; k++) {
            r = add_product(v, doc_str(doc_at(ids, k)), lists[i].status);
        }
    }
    return r;
}

static int read_vulnerability(struct vex *v, const struct doc *root, int64_t modified) {
    struct str cve = doc_str(doc_get(root, STR("cve")));
    v->root = root;
    v->seen = map_new(&v->p->arena);
    v->drafts.n = 0;
    if (!cve.n || cve.n > LIMIT_OSV_ID) {
        return err_set(v->p->err, ERR_INPUT, "a vulnerability without a CVE");
    }
    int r = add_statuses(v);
    for (size_t i = 0; i < v->drafts.n && r == 0; i++) {
        v->drafts.p[i].record.modified = modified;
        r = feed_draft_send(v->p, &v->drafts.p[i]);
    }
    return r;
}

static int read_root(struct vex *v, const struct doc *root) {
    const struct doc *list = doc_get(root, STR("vulnerabilities"));
    int64_t modified = 0;
    if (!doc_is(list, DOC_LIST) || !doc_is(doc_get(root, STR("product_tree")), DOC_MAP)) {
        return err_set(v->p->err, ERR_INPUT, "not a CSAF document with products and vulnerabilities");
    }
    if (!clock_parse(doc_str(doc_path(root, "document.tracking.current_release_date")), &modified) ||
        modified < 0) {
        modified = 0;
    }
    int r = take_tree(v, doc_get(root, STR("product_tree")));
    for (size_t i = 0; i < doc_count(list) && r == 0; i++) {
        r = read_vulnerability(v, doc_at(list, i), modified);
    }
    return r;
}

int feed_parse_redhat(struct feed_parser *p, struct str bytes) {
    struct err cause = ERR_NONE;
    const struct doc *root;
    struct vex v = {.p = p, .products = map_new(&p->arena)};
    int r = json_parse(&p->arena, bytes, &root, &cause);
    if (r < 0) {
        return feed_report(p, STR("document"), r, &cause);
    }
    r = read_root(&v, root);
    if (r == ERR_INPUT || r == ERR_LIMIT) {
        cause = *p->err;
        return feed_report(p, STR("document"), r, &cause);
    }
    return r;
}
