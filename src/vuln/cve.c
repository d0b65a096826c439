#include "vuln/cve.h"

enum { YEAR_DIGITS = 4, DIGITS_LEAST = 4, DIGITS_MOST = 10 };

bool cve_number(struct str id, int64_t *out) {
    struct str rest = id, prefix, year, sequence;
    uint64_t y, n;
    if (!str_cut(rest, '-', &prefix, &rest) || !str_eq(prefix, STR("CVE")) ||
        !str_cut(rest, '-', &year, &sequence) || year.n != YEAR_DIGITS || sequence.n < DIGITS_LEAST ||
        sequence.n > DIGITS_MOST || (sequence.n > DIGITS_LEAST && sequence.p[0] == '0') ||
        !str_to_u64(year, 10, &y) || !str_to_u64(sequence, 10, &n)) {
        return false;
    }
    *out = (int64_t)(y * 10000000000 + n);
    return true;
}
