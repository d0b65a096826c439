/* What the readers of VEX documents share. They run in the cage. */
#ifndef PLIMSOLL_VULN_VEX_READING_H
#define PLIMSOLL_VULN_VEX_READING_H

#include "base/buf.h"
#include "doc/doc.h"
#include "vuln/vex/vex.h"

struct vex_reading {
    struct arena *arena;
    VEC(struct vex_statement) statements;
    struct err *err;
};

struct vex_format {
    const char *name;
    bool (*is_it)(const struct doc *root);
    int (*read)(struct vex_reading *r, const struct doc *root);
};

extern const struct vex_format vex_openvex, vex_cyclonedx, vex_csaf;

/* False when the word is none of the format's, by its table of words in the order of enum vex_status and
 * beyond. */
struct vex_word {
    const char *word;
    enum vex_status status;
};
bool vex_status_of(const struct vex_word *words, size_t n, struct str word, enum vex_status *out);

int vex_reading_add(struct vex_reading *r, const struct vex_statement *statement);

/* What runs in the cage: a document to a record; and outside, the record into vex. */
int vex_encode(struct arena *arena, struct str text, struct buf *out, struct err *err);
int vex_decode(struct vex *vex, struct str record, struct str file, struct err *err);

#endif
