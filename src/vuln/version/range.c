#include "vuln/version/range.h"

static bool is_start(const struct range_event *event) {
    return event->kind == RANGE_INTRODUCED && str_eq(event->version, STR("0"));
}

/* Of two events at one version the last affected comes last: it closes what is introduced there. Otherwise
 * the order in which the advisory has them stands. */
static int compare_events(enum version_scheme scheme, const struct range_event *a,
                          const struct range_event *b) {
    if (is_start(a) || is_start(b)) {
        return is_start(b) - is_start(a);
    }
    int order = version_compare(scheme, a->version, b->version);
    return order ? order : (a->kind == RANGE_LAST_AFFECTED) - (b->kind == RANGE_LAST_AFFECTED);
}

static bool is_endless(const struct range_event *event) {
    return event->kind == RANGE_LIMIT && str_eq(event->version, STR("*"));
}

/* Whether the event has taken effect at the version. */
static bool is_reached(enum version_scheme scheme, const struct range_event *event, struct str version) {
    if (is_start(event)) {
        return true;
    }
    int order = version_compare(scheme, version, event->version);
    return event->kind == RANGE_LAST_AFFECTED ? order > 0 : order >= 0;
}

static bool is_within_limits(enum version_scheme scheme, const struct range_event *events, size_t n,
                             struct str version) {
    bool has_limit = false;
    for (size_t i = 0; i < n; i++) {
        if (events[i].kind == RANGE_LIMIT) {
            has_limit = true;
            if (is_endless(&events[i]) || version_compare(scheme, version, events[i].version) < 0) {
                return true;
            }
        }
    }
    return !has_limit;
}

/* The last event that the version has reached says whether it is affected. */
static bool is_affected(enum version_scheme scheme, const struct range_event *events, size_t n,
                        struct str version) {
    const struct range_event *last = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct range_event *event = &events[i];
        if (event->kind != RANGE_LIMIT && is_reached(scheme, event, version) &&
            (!last || compare_events(scheme, event, last) >= 0)) {
            last = event;
        }
    }
    return last && last->kind == RANGE_INTRODUCED;
}

/* The first closing event that the version has not reached. */
static const struct range_event *find_end(enum version_scheme scheme, const struct range_event *events,
                                          size_t n, struct str version) {
    const struct range_event *end = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct range_event *event = &events[i];
        bool closes = event->kind == RANGE_FIXED || event->kind == RANGE_LAST_AFFECTED;
        if (closes && !is_reached(scheme, event, version) &&
            (!end || compare_events(scheme, event, end) < 0)) {
            end = event;
        }
    }
    return end;
}

static bool is_undecided(enum version_scheme scheme, const struct range_event *events, size_t n,
                         struct str version) {
    for (size_t i = 0; i < n; i++) {
        if (!is_start(&events[i]) && !is_endless(&events[i]) &&
            !version_is_valid(scheme, events[i].version)) {
            return true;
        }
    }
    return n > 0 && !version_is_valid(scheme, version);
}

struct range_verdict range_evaluate(enum version_scheme scheme, const struct range_event *events, size_t n,
                                    struct str version) {
    struct range_verdict verdict = {.is_undecided = is_undecided(scheme, events, n, version)};
    verdict.is_affected =
        is_within_limits(scheme, events, n, version) && is_affected(scheme, events, n, version);
    const struct range_event *end = verdict.is_affected ? find_end(scheme, events, n, version) : NULL;
    if (end && end->kind == RANGE_FIXED) {
        verdict.fixed = end->version;
    } else if (end) {
        verdict.last_affected = end->version;
    }
    return verdict;
}

/* Go's versions are SemVer as well, and its scheme also reads names of toolchains. */
static enum version_scheme scheme_of_range(enum version_scheme scheme, const struct range *range) {
    return range->type == RANGE_SEMVER && scheme != VERSION_GO ? VERSION_SEMVER : scheme;
}

static bool is_listed(enum version_scheme scheme, const struct range_affected *affected, struct str version) {
    bool is_valid = affected->n_versions && version_is_valid(scheme, version);
    for (size_t i = 0; i < affected->n_versions; i++) {
        struct str listed = affected->versions[i];
        if (str_eq(listed, version) ||
            (is_valid && version_is_valid(scheme, listed) && version_compare(scheme, listed, version) == 0)) {
            return true;
        }
    }
    return false;
}

/* Adds a range that holds the version to the verdict over those before it. */
static void join(struct range_verdict *all, const struct range_verdict *one, enum version_scheme scheme) {
    bool is_first = !all->is_affected;
    bool both_fixed = all->fixed.n && one->fixed.n;
    if (is_first || (both_fixed && version_compare(scheme, one->fixed, all->fixed) > 0)) {
        all->fixed = one->fixed;
    } else if (!both_fixed) {
        all->fixed = STR_NONE;
    }
    if (one->last_affected.n &&
        (all->last_affected.n == 0 || version_compare(scheme, one->last_affected, all->last_affected) > 0)) {
        all->last_affected = one->last_affected;
    }
    all->is_affected = true;
}

struct range_verdict range_evaluate_affected(enum version_scheme scheme,
                                             const struct range_affected *affected, struct str version) {
    struct range_verdict all = {0};
    bool is_sure = false;
    for (size_t i = 0; i < affected->n_ranges; i++) {
        const struct range *range = &affected->ranges[i];
        if (range->type == RANGE_GIT) {
            continue;
        }
        enum version_scheme by = scheme_of_range(scheme, range);
        struct range_verdict one = range_evaluate(by, range->events, range->n, version);
        if (one.is_affected) {
            join(&all, &one, by);
        }
        is_sure |= one.is_affected && !one.is_undecided;
        all.is_undecided |= one.is_undecided;
    }
    if (is_listed(scheme, affected, version)) {
        all.is_affected = true;
        is_sure = true;
    }
    all.is_undecided &= !is_sure;
    return all;
}
