/* The cases of tests/cases/vap, whose expectations are written by hand from Kubernetes' documentation. */
#include "base/file.h"
#include "base/limits.h"
#include "vap_text.h"

#include <dirent.h>
#include <stdlib.h>

#include "test.h"

static const char *folder_of(struct arena *arena, const char *name) {
    const char *source = getenv("PLIMSOLL_TREE");
    return arena_printf(arena, "%s/tests/cases/vap/%s", source ? source : ".", name);
}

static struct str read_part(struct arena *arena, const char *folder, const char *name) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    struct err err = ERR_NONE;
    if (file_read(arena_printf(arena, "%s/%s", folder, name), &text, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return arena_str(arena, buf_view(&text));
}

static void check_case(const char *folder) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct err err = ERR_NONE;
    struct str policies = read_part(&arena, folder, "policy.yaml");
    struct str objects = read_part(&arena, folder, "objects.yaml");
    struct str expected = read_part(&arena, folder, "expected.txt");
    if (vap_to_text(&arena, policies, objects, &out, &err) < 0) {
        buf_printf(&out, "error: %s\n", err.message);
    }
    if (!str_eq(buf_view(&out), expected)) {
        fail_msg("%s:\n%.*sis not\n%.*s", folder, STR_ARG(buf_view(&out)), STR_ARG(expected));
    }
}

static void cases_are_as_expected(void **state) {
    _cleanup_(arena_free) struct arena names = arena_new(MIB);
    const char *root = folder_of(&names, "");
    struct dirent **entries;
    int n = scandir(root, &entries, NULL, alphasort), seen = 0;
    assert_true(n > 2);
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.') {
            check_case(folder_of(&names, entries[i]->d_name));
            seen++;
        }
        free(entries[i]);
    }
    free(entries);
    assert_true(seen > 10);
}

static void memory_may_end(void **state) {
    _cleanup_(arena_free) struct arena kept = arena_new(MIB);
    struct str policies = read_part(&kept, folder_of(&kept, "params"), "policy.yaml");
    struct str objects = read_part(&kept, folder_of(&kept, "params"), "objects.yaml");
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        struct err err = ERR_NONE;
        int r = vap_to_text(&arena, policies, objects, &out, &err);
        assert_true(r == 0 || err.code == r);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_as_expected),
        cmocka_unit_test(memory_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
