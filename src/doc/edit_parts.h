/* The parts that edit_set() and edit_remove() are made of. Internal to doc/edit*.c. */
#ifndef PLIMSOLL_DOC_EDIT_PARTS_H
#define PLIMSOLL_DOC_EDIT_PARTS_H

#include "doc/edit.h"

/* The documents of a text and where its lines begin. */
struct edit_text {
    enum edit_format format;
    struct doc_lines lines;
    const struct doc **docs;
    size_t n;
};

/* As far as the document follows a path. */
struct edit_site {
    const struct edit_text *text;
    const struct doc *node;          /* the last that is there */
    const struct doc *parent;        /* of node; NULL when node is the root */
    const struct doc_member *member; /* node's in parent; NULL for an item */
    size_t found;                    /* steps that node is away from the root */
};

int edit_read(struct arena *arena, enum edit_format format, struct str text, struct edit_text *out,
              struct err *err);

/* ---- edit_layout.c: where a text has to change; ERR_UNSUPPORTED, or ERR_MEMORY */

/* True when the member stands in the map itself and was not merged in from elsewhere. */
bool edit_is_own(const struct edit_text *text, const struct doc *map, const struct doc_member *member);
/* Puts value in the place of site's node. */
int edit_replace(struct arena *arena, const struct edit_site *site, const struct doc *value, struct edit *out,
                 struct err *err);
/* Adds a member to site's node, a map. */
int edit_add(struct arena *arena, const struct edit_site *site, const struct doc_member *member,
             struct edit *out, struct err *err);
/* Takes site's member away. */
int edit_cut(const struct edit_site *site, struct edit *out, struct err *err);

/* ---- edit_render.c: values as text; a failure is out->failed */

/* In one line, as JSON or as YAML's flow style. */
void edit_put_flow(struct buf *out, enum edit_format format, const struct doc *d);
void edit_put_key(struct buf *out, enum edit_format format, struct str key);
/* A string in the given quote (' or "), or as it likes best with 0. */
void edit_put_string(struct buf *out, struct str s, char quote);
/* What stands behind "key:" in block style, indent being the key's: " value", or lines that begin with end.
 */
void edit_put_block(struct buf *out, const struct doc *d, size_t indent, struct str end);
/* The members or items themselves in block style, the first without its indentation. */
void edit_put_block_body(struct buf *out, const struct doc *d, size_t indent, struct str end);

/* ---- edit_check.c */

/* True when after has the documents of before but for document number, where value stands at path (NULL:
 * where the member at path is gone). False also where telling would take too long. */
bool edit_is_as_meant(const struct edit_text *before, const struct edit_text *after, size_t document,
                      const struct edit_step *path, size_t n, const struct doc *value);

#endif
