#include "vuln/osv.h"

/* Above this many comparisons a record is no real one, and stays as it is. */
enum { COMPARISONS_MAX = 1 << 20 };

static bool is_worth_it(const struct osv_affected *a) {
    size_t events = 0;
    for (size_t i = 0; i < a->ranges_n; i++) {
        events += a->ranges[i].n;
    }
    return events && a->versions.n <= COMPARISONS_MAX / events;
}

static void reduce(struct osv_affected *a) {
    enum version_scheme scheme;
    if (!version_scheme_of(a->ecosystem, &scheme) || !is_worth_it(a)) {
        return;
    }
    const struct range_affected ranges = {a->ranges, a->ranges_n, NULL, 0};
    size_t kept = 0;
    for (size_t i = 0; i < a->versions.n; i++) {
        struct range_verdict verdict = range_evaluate_affected(scheme, &ranges, a->versions.p[i]);
        if (!verdict.is_affected || verdict.is_undecided) {
            a->versions.p[kept++] = a->versions.p[i];
        }
    }
    a->versions.n = kept;
}

void osv_reduce(struct osv_record *record) {
    for (size_t i = 0; i < record->affected_n; i++) {
        reduce(&record->affected[i]);
    }
}
