/* An inspector's facts against lines written by hand. */
#ifndef PLIMSOLL_TESTS_EXPECT_H
#define PLIMSOLL_TESTS_EXPECT_H

#include "base/limits.h"
#include "facts_text.h"
#include "test.h"

static inline void expect_facts(const struct inspector *inspector, const char *path, struct str body,
                                const char *expected) {
    _cleanup_(buf_free) struct buf out = buf_new(16 * MIB);
    facts_text(&out, inspector, str_c(path), body);
    assert_str_equal(buf_view(&out), str_c(expected));
}

/* Each allocation fails in turn: the run ends with ERR_MEMORY or fewer facts, and leaks nothing. */
static inline void expect_bounded(const struct inspector *inspector, const char *path, struct str body) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf out = buf_new(16 * MIB);
        facts_text(&out, inspector, str_c(path), body);
    });
}

#endif
