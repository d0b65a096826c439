/* What the readers of bills share. They run in the cage. */
#ifndef PLIMSOLL_INSPECT_BILLS_READING_H
#define PLIMSOLL_INSPECT_BILLS_READING_H

#include "base/map.h"
#include "inspect/bills/bill.h"

struct reading {
    struct arena *arena;
    struct str path; /* of the bill */
    struct bill *bill;
    VEC(struct package_record) packages;
    VEC(struct image_layer) layers;
    VEC(struct problem) problems;
    struct map by_ref; /* the document's name of a component → number of its package + 1 */
    struct map needs;  /* number of a package → its list */
    struct err *err;
};

struct bill_format {
    const char *name;
    bool (*is_it)(const struct doc *root);
    int (*read)(struct reading *r, const struct doc *root);
};

extern const struct bill_format bill_cyclonedx, bill_spdx, bill_syft;

/* What runs in the cage: the text of a bill to a record. */
int bill_encode(struct arena *arena, struct str text, struct str path, struct buf *out, struct err *err);
/* And outside: slices point into the record, lists are in arena. */
int bill_decode(struct arena *arena, struct str record, struct bill *out, struct err *err);

/* A component as the format states it, before what it is is known. */
struct stated {
    struct str ref, purl, licence, checksum; /* checksum "sha256:00ff" */
    struct str path;                         /* of the file that names it, or empty */
    struct str record;                       /* plimsoll:package, or empty */
    struct str layer;                        /* digest or diffID, or empty */
    struct str source_name, source_version;  /* beyond the purl */
    uint32_t line;                           /* in the bill */
};

/* Adds its package; a component that is none (a file, one without a purl) is left out. */
int reading_add(struct reading *r, const struct stated *stated);
/* The package of from needs that of to; unknown names are passed over. */
int reading_need(struct reading *r, struct str from, struct str to);
/* In the order of the image. json: plimsoll:layer, or empty for one that has an id alone. */
int reading_layer(struct reading *r, struct str json, struct str id);
/* plimsoll:os, or empty; name and version as stated, such as "debian" and "12". */
int reading_os(struct reading *r, struct str json, struct str id, struct str version, struct str name);
int reading_subject(struct reading *r, struct str json, bool is_image, struct str name, struct str key);

#endif
