#include "content/check.h"

const char *check_expect_name(enum check_expect expect) {
    static const char *const names[] = {
        [CHECK_EXPECT_PASS] = "pass", [CHECK_EXPECT_FAIL] = "fail", [CHECK_EXPECT_UNDECIDED] = "undecided"};
    return names[expect];
}

const char *check_patch_name(enum check_patch_kind kind) {
    static const char *const names[] = {
        [CHECK_PATCH_SET] = "set",       [CHECK_PATCH_REMOVE] = "remove", [CHECK_PATCH_REPLACE] = "replace",
        [CHECK_PATCH_DELETE] = "delete", [CHECK_PATCH_BEFORE] = "before", [CHECK_PATCH_AFTER] = "after"};
    return names[kind];
}
