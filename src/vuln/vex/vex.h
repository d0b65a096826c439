/* What others say of a vulnerability in a product: VEX, as OpenVEX 0.2, CycloneDX VEX and CSAF 2.0.
 *
 *     struct vex vex = vex_new(&arena);
 *     vex_add_file(&vex, "web.openvex.json", is_open, err);
 *     const struct vex_statement *said = vex_find(&vex, &question);
 *
 * A statement is of a vulnerability (by any of its ids), and of products: package URLs, of which what is left
 * out fits anything, or an image by its digest or name, and then of the packages in it that it names, or of
 * all. Of several that fit, the latest counts. Documents are parsed in the cage. */
#ifndef PLIMSOLL_VULN_VEX_VEX_H
#define PLIMSOLL_VULN_VEX_VEX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "model/package_record.h"

enum vex_status { VEX_NOT_AFFECTED, VEX_AFFECTED, VEX_FIXED, VEX_UNDER_INVESTIGATION, VEX_STATUSES };

struct vex_product {
    struct str id;           /* a package URL, "sha256:…", or a name */
    const struct str *parts; /* package URLs in it; none: the whole of it */
    size_t parts_n;
};

struct vex_statement {
    const struct str *ids; /* of the vulnerability */
    size_t ids_n;
    const struct vex_product *products;
    size_t products_n;
    enum vex_status status;
    struct str justification; /* "vulnerable_code_not_present" */
    struct str detail;        /* in words */
    struct str author, time;  /* time as stated, RFC 3339 */
    struct str file;
    uint32_t line;
};

struct vex_list {
    VEC(const struct vex_statement *) all;
};

struct vex {
    struct arena *arena;
    struct map by_id; /* vulnerability → struct vex_list */
};

struct vex_question {
    struct str id; /* of the vulnerability */
    const struct str *aliases;
    size_t aliases_n;
    const struct package_record *package;
    /* The image that the package is in; empty when it is in none. */
    struct str image_name, image_digest, manifest_digest;
};

struct vex vex_new(struct arena *arena);
/* ERR_INPUT: it is no VEX document that is known, with its place. */
int vex_add_file(struct vex *vex, const char *path, bool is_open, struct err *err);
/* The same of a document at hand; name, which must stay, is where it says it. */
int vex_add_text(struct vex *vex, struct str name, struct str text, bool is_open, struct err *err);
/* NULL when nobody says anything of it. */
const struct vex_statement *vex_find(const struct vex *vex, const struct vex_question *question);

const char *vex_status_name(enum vex_status status); /* "not_affected" */

#endif
