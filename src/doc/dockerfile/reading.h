/* What a reader shares that goes on after an error: the tree's arena, places, problems, and one flag
 * for memory.
 *
 * Functions that make nodes return NULL when there is no memory and set `failed`, which stays; given NULL for
 * a node they do nothing. So a reader builds on, and looks once, at the end. Offsets are bytes of the file.
 */
#ifndef PLIMSOLL_DOC_READING_H
#define PLIMSOLL_DOC_READING_H

#include "base/err.h"
#include "doc/span.h"

/* Something wrong in a text of which the rest was read. */
struct doc_problem {
    struct doc_place at;
    struct str message;
};

struct doc_problems {
    VEC(struct doc_problem) list; /* at most LIMIT_PROBLEMS */
    size_t n;                     /* all of them */
};

struct reading {
    struct arena *arena;  /* the tree, lines and problems */
    struct arena scratch; /* of the reader */
    struct doc_lines lines;
    struct doc_problems problems;
    bool failed;
};

/* ERR_LIMIT or ERR_MEMORY. reading_free() in any case. */
int reading_begin(struct reading *r, struct arena *arena, struct str text, struct err *err);
void reading_free(struct reading *r);

void reading_problem(struct reading *r, size_t offset, const char *fmt, ...) _printf_(3, 4);

const struct doc *reading_string(struct reading *r, size_t start, size_t end, struct str s);
const struct doc *reading_unknown(struct reading *r, size_t start, size_t end, struct str reason);
const struct doc *reading_bool(struct reading *r, size_t start, size_t end, bool b);
const struct doc *reading_int(struct reading *r, size_t start, size_t end, int64_t i);

/* A list while it grows. */
struct items {
    VEC(const struct doc *) v;
};
void items_add(struct reading *r, struct items *items, const struct doc *node);
const struct doc *items_list(struct reading *r, const struct items *items, size_t start, size_t end);

/* A map while it grows; of equal keys the later wins. */
struct fields {
    VEC(struct doc_member) v;
};
/* The key's place is the value's. */
void fields_add(struct reading *r, struct fields *fields, struct str key, const struct doc *node);
const struct doc *fields_map(struct reading *r, const struct fields *fields, size_t start, size_t end);

#endif
