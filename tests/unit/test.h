/* What every unit test includes: cmocka with the headers it wants, and slices in assertions. */
#ifndef PLIMSOLL_TESTS_UNIT_TEST_H
#define PLIMSOLL_TESTS_UNIT_TEST_H

#include "base/mem.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_str_equal(actual, expected)                                                                   \
    do {                                                                                                     \
        struct str str_actual = (actual), str_expected = (expected);                                         \
        if (!str_eq(str_actual, str_expected)) {                                                             \
            fail_msg("\"%.*s\" is not \"%.*s\"", STR_ARG(str_actual), STR_ARG(str_expected));                \
        }                                                                                                    \
    } while (0)

/* Runs body with each allocation failed in turn until one run has none to fail; body must clean up. */
#define WITH_EACH_ALLOCATION_FAILED(body)                                                                    \
    for (long fail_at = 0;; fail_at++) {                                                                     \
        mem_fail_after(fail_at);                                                                             \
        body;                                                                                                \
        bool fail_done = !mem_has_failed();                                                                  \
        mem_fail_after(-1);                                                                                  \
        if (fail_done) {                                                                                     \
            break;                                                                                           \
        }                                                                                                    \
    }

#endif
