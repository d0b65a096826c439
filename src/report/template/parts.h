/* What the reader and the writer of templates share: a flat list of parts, blocks as jumps in it. */
#ifndef PLIMSOLL_REPORT_TEMPLATE_PARTS_H
#define PLIMSOLL_REPORT_TEMPLATE_PARTS_H

#include "cel/cel.h"
#include "report/template/template.h"

enum part_kind { PART_TEXT, PART_VALUE, PART_EACH, PART_IF, PART_ELSE, PART_END };

struct part {
    enum part_kind kind;
    struct str text;         /* TEXT: itself; others: the expression */
    struct doc_place place;  /* of the expression's first character */
    size_t end;              /* EACH, IF, ELSE: number of their END */
    size_t otherwise;        /* IF: number of its ELSE, or of its END */
    uint32_t variable;       /* EACH: number of its name among the variables */
    enum template_list list; /* EACH: what is read one by one; TEMPLATE_LISTS: an expression */
    const struct cel_program *program;
};

/* Members of the report that expressions see; variables of `each` come behind them. */
extern const char *const template_members[];
extern const size_t template_members_n;
extern const struct cel_library template_library; /* html(), json(), csv() */

struct template {
    struct str name;
    VEC(struct part) parts;
    VEC(struct cel_variable) variables;
};

/* "report.tmpl: line 3 column 9: " before the message. place is in the template. */
int template_wrong(const struct template *t, struct doc_place place, struct err *err);
/* Text of a value: strings as they are, null is nothing, lists and maps are JSON. */
int template_put(struct buf *out, const struct cel_value *value, struct err *err);

#endif
