/* Values as the conformance cases write them, tagged: {"int64": "1"}, {"list": [...]}. */
#ifndef PLIMSOLL_TESTS_UNIT_CEL_CASE_VALUE_H
#define PLIMSOLL_TESTS_UNIT_CEL_CASE_VALUE_H

#include "base/buf.h"
#include "cel/value.h"

/* False when the form is none that has a value here (a message, an enum). */
bool case_value(struct arena *arena, const struct doc *d, struct cel_value *out);
/* Equal in type too: 1 is not 1.0; NaN is NaN. */
bool case_same(const struct cel_value *a, const struct cel_value *b);
/* For messages. */
void case_write(struct buf *out, const struct cel_value *v);

#endif
