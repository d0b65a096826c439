/* General categories, scripts and simple case folding: constant tables, unpacked when a pattern names them.
 */
#ifndef PLIMSOLL_CEL_REGEX_UNICODE_H
#define PLIMSOLL_CEL_REGEX_UNICODE_H

#include "cel/regex/runes.h"

struct unicode_table {
    struct str name; /* "Lu", "Greek" */
    uint32_t at;     /* in unicode_packed */
    uint32_t count;  /* of ranges */
};

/* The next code point that equals low, low + stride, ... high but for case stands delta above it: a circle.
 */
struct unicode_fold {
    uint32_t low, high;
    uint32_t stride; /* 1 or 2 */
    int32_t delta;
};

extern const uint8_t unicode_packed[];
extern const struct unicode_table unicode_tables[];
extern const size_t unicode_table_count;
extern const struct unicode_fold unicode_folds[]; /* sorted by low */
extern const size_t unicode_fold_count;

/* Adds the code points of a category ("Lu", "L"), a script ("Greek") or "Any". ERR_ABSENT when there is no
 * such name, ERR_MEMORY. */
int unicode_add(struct runes *set, struct str name);

/* Adds all code points that equal one of the set but for case. The set must be sorted and is so afterwards.
 */
int unicode_add_folded(struct runes *set);

#endif
