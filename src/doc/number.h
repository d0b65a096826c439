/* Text to double and back, exact, whatever the process's locale is. */
#ifndef PLIMSOLL_DOC_NUMBER_H
#define PLIMSOLL_DOC_NUMBER_H

#include "base/str.h"

/* The double nearest to a decimal number that its caller has checked: [+-] digits [. digits] [e [+-] digits].
 * Infinite past the range. False when there is no memory. */
bool number_to_double(struct str text, double *out);

/* Decimal text of 15 to 17 digits, the fewest that read back as d, which is finite; returns its length. */
enum { NUMBER_TEXT = 32 };
size_t number_from_double(double d, char out[NUMBER_TEXT]);
/* Decimal digits; returns their number. */
size_t number_from_uint(uint64_t u, char out[NUMBER_TEXT]);

#endif
