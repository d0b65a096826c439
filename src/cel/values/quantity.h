/* Kubernetes' resource.Quantity: "1.5Gi", "200m", "12e6" (k8s.io/apimachinery, pkg/api/resource).
 *
 * Exact decimals. As Kubernetes does, a value is a scaled int64 while it fits one, and a long decimal from
 * then on (is_long), which is never an integer to isInteger() whatever its value; fractions below a
 * nano-unit round away from zero, and binary suffixes stop at the largest int64. Longer than
 * QUANTITY_DIGITS is ERR_LIMIT, where Kubernetes goes on. A plain value; nothing allocates. */
#ifndef PLIMSOLL_CEL_VALUES_QUANTITY_H
#define PLIMSOLL_CEL_VALUES_QUANTITY_H

#include "base/buf.h"
#include "base/err.h"

/* A double ends at 309 digits, and Kubernetes' own documents promise 19. */
enum { QUANTITY_DIGITS = 400, QUANTITY_TEXT = QUANTITY_DIGITS + 16 };

enum quantity_format { QUANTITY_DECIMAL_SI, QUANTITY_BINARY_SI, QUANTITY_DECIMAL_EXPONENT };

/* sign * digits * 10^scale */
struct quantity {
    enum quantity_format format;
    int sign; /* -1, 0, 1 */
    bool is_long;
    int32_t scale;
    uint32_t n;                      /* digits, without zeros in front; 0 for zero */
    uint8_t digits[QUANTITY_DIGITS]; /* 0 to 9, the lowest first */
};

int quantity_parse(struct str text, struct quantity *out, struct err *err);
struct quantity quantity_from_int(int64_t value);
int quantity_compare(const struct quantity *a, const struct quantity *b); /* -1, 0, 1 */
int quantity_add(const struct quantity *a, const struct quantity *b, struct quantity *out, struct err *err);
int quantity_sub(const struct quantity *a, const struct quantity *b, struct quantity *out, struct err *err);
/* False when isInteger() is. out may be NULL. */
bool quantity_to_int(const struct quantity *q, int64_t *out);
double quantity_to_double(const struct quantity *q);
/* The canonical text, as Quantity.String() gives it after arithmetic. Returns the length. */
size_t quantity_format(const struct quantity *q, char out[QUANTITY_TEXT]);

#endif
