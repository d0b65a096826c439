/* Templates: text with expressions in it, for reports of the user's own shape (docs/templates.md).
 *
 *     ${ summary.open } findings in ${ target.name }
 *     ${ each f in findings }
 *     ${ if f.status == "open" }${ f.severity } ${ html(f.title) }${ end }
 *     ${ end }
 *
 * An expression is CEL over the JSON report's members (docs/report.schema.json). `findings` and `packages`
 * are there for `each` alone: they are read one by one, so a report of any size takes the memory of one.
 *
 *     const struct template *t;
 *     template_compile(&arena, STR("mail.tmpl"), text, &t, err);   "mail.tmpl: line 3 column 7: ..."
 *     template_write(t, &data, &out, err);
 *
 * Bounded: LIMIT_TEMPLATE_* in the size, nesting and number of steps; and what data.drain takes. */
#ifndef PLIMSOLL_REPORT_TEMPLATE_TEMPLATE_H
#define PLIMSOLL_REPORT_TEMPLATE_TEMPLATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "doc/doc.h"

struct template;

enum template_list { TEMPLATE_FINDINGS, TEMPLATE_PACKAGES, TEMPLATE_LISTS };

struct template_data {
    const struct doc *head; /* the report's other members */
    /* Item i of a list as a document in arena; NULL past its end. */
    int (*item)(void *ctx, enum template_list list, size_t i, struct arena *arena, const struct doc **out,
                struct err *err);
    int (*drain)(void *ctx, struct buf *out, struct err *err); /* may empty out; NULL: all stays in it */
    void *ctx;
};

/* name is for messages; text is not copied. ERR_INPUT with line and column, ERR_LIMIT, ERR_MEMORY. */
int template_compile(struct arena *arena, struct str name, struct str text, const struct template **out,
                     struct err *err);
/* ERR_INPUT: an expression failed, with its line and column. */
int template_write(const struct template *t, const struct template_data *data, struct buf *out,
                   struct err *err);

#endif
