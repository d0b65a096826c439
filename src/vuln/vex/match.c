/* Which statement is of a finding. */
#include "base/limits.h"
#include "model/purl.h"
#include "vuln/vex/vex.h"

/* What a pattern leaves out fits anything. */
static bool fits(struct str pattern, struct str value) {
    return !pattern.n || str_eq(pattern, value);
}

static bool purl_fits(struct str pattern, struct str purl) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct purl a, b;
    return str_eq(pattern, purl) ||
           (purl_parse(&arena, pattern, &a) && purl_parse(&arena, purl, &b) && str_eq(a.type, b.type) &&
            str_eq(a.namespace, b.namespace) && str_eq(a.name, b.name) && fits(a.version, b.version) &&
            fits(a.arch, b.arch) && fits(a.distro, b.distro) && fits(a.epoch, b.epoch));
}

static bool is_package(const struct vex_question *q, struct str id) {
    return purl_fits(id, q->package->purl);
}

static bool is_digest(const struct vex_question *q, struct str digest) {
    return digest.n && (str_eq(digest, q->image_digest) || str_eq(digest, q->manifest_digest));
}

/* "registry/path/web:1@sha256:…" → "registry/path/web". */
static struct str without_tag(struct str name) {
    struct str rest;
    str_cut(name, '@', &name, &rest);
    ptrdiff_t colon = str_rfind_byte(name, ':'), slash = str_rfind_byte(name, '/');
    return colon > slash ? str_sub(name, 0, (size_t)colon) : name;
}

/* "pkg:oci/web@sha256:…?repository_url=registry/path/web": by the digest where it has one, else by the name.
 */
static bool is_oci_image(const struct vex_question *q, struct str id) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct purl purl;
    if (!purl_parse(&arena, id, &purl) || !str_eq(purl.type, STR("oci"))) {
        return false;
    }
    if (purl.version.n) {
        return is_digest(q, purl.version);
    }
    struct str name = without_tag(q->image_name);
    return purl.repository_url.n ? str_eq(purl.repository_url, name) : str_eq(purl.name, str_basename(name));
}

static bool is_image(const struct vex_question *q, struct str id) {
    struct str hex, algorithm;
    if (!q->image_digest.n) {
        return false;
    }
    if (str_cut(q->manifest_digest, ':', &algorithm, &hex) && str_eq(hex, id)) {
        return true;
    }
    return is_digest(q, id) || is_oci_image(q, id) || str_eq(id, q->image_name);
}

static bool is_of_product(const struct vex_question *q, const struct vex_product *product) {
    if (!product->parts_n) {
        return is_package(q, product->id) || is_image(q, product->id);
    }
    bool has_part = false;
    for (size_t i = 0; i < product->parts_n && !has_part; i++) {
        has_part = is_package(q, product->parts[i]);
    }
    return has_part && (is_image(q, product->id) || is_package(q, product->id));
}

static bool is_of(const struct vex_question *q, const struct vex_statement *said) {
    for (size_t i = 0; i < said->products_n; i++) {
        if (is_of_product(q, &said->products[i])) {
            return true;
        }
    }
    return false;
}

/* Times are RFC 3339 in most documents in UTC, and then in the order of their bytes; of equal ones the later
 * in the documents counts. */
static void find_by_id(const struct vex *vex, const struct vex_question *q, struct str id,
                       const struct vex_statement **best) {
    const uint64_t *slot = map_get(&vex->by_id, id);
    const struct vex_list *list = slot ? (const struct vex_list *)(uintptr_t)*slot : NULL;
    for (size_t i = 0; list && i < list->all.n; i++) {
        const struct vex_statement *said = list->all.p[i];
        bool is_later = !*best || str_cmp(said->time, (*best)->time) >= 0;
        *best = is_later && is_of(q, said) ? said : *best;
    }
}

const struct vex_statement *vex_find(const struct vex *vex, const struct vex_question *question) {
    const struct vex_statement *best = NULL;
    find_by_id(vex, question, question->id, &best);
    for (size_t i = 0; i < question->aliases_n; i++) {
        find_by_id(vex, question, question->aliases[i], &best);
    }
    return best;
}
