#include "inspect/packages/rpm/rpm_needs.h"

#include "header_bytes.h"
#include "test.h"

enum { PROVIDENAME = 1047, REQUIRENAME = 1049 };

static int take(struct rpm_needs *needs, const char *name, struct str provides, uint32_t provides_n,
                struct str requires, uint32_t requires_n) {
    _cleanup_(header_bytes_free) struct header_bytes bytes = header_bytes_new();
    struct rpm_header header;
    header_strings(&bytes, PROVIDENAME, T_STRINGS, provides_n, provides);
    header_strings(&bytes, REQUIRENAME, T_STRINGS, requires_n, requires);
    int r = rpm_header_open(&header, header_blob(&bytes), NULL);
    return r < 0 || bytes.whole.failed
               ? ERR_MEMORY
               : rpm_needs_take(
                     needs,
                     &(struct package){.type = PACKAGE_RPM, .name = str_c(name), .version = STR("1-1")},
                     &header, NULL);
}

/* bash needs glibc by two capabilities, itself, a file that nobody provides, and rpm; glibc and ncurses need
 * each other. */
static int take_three(struct rpm_needs *needs) {
    int r = take(needs, "bash", STR("bash\0config(bash)"), 2,
                 STR("libc.so.6()(64bit)\0rtld(GNU_HASH)\0bash\0/usr/bin/none\0rpmlib(X)\0libtinfo.so.6"), 6);
    r = r < 0 ? r : take(needs, "glibc", STR("libc.so.6()(64bit)\0rtld(GNU_HASH)"), 2, STR("ncurses"), 1);
    return r < 0 ? r : take(needs, "ncurses", STR("libtinfo.so.6"), 1, STR("glibc"), 1);
}

static void capabilities_become_packages(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct facts facts = {buf_new(MIB)};
    struct problems problems = {&facts, 0};
    struct rpm_needs needs = rpm_needs_new(&arena);
    struct fact fact;
    assert_int_equal(take_three(&needs), 0);
    assert_int_equal(rpm_needs_put(&needs, &problems, NULL), 0);
    struct cursor in = cursor_over(buf_view(&facts.out));
    static const char *const expected[3][2] = {{"glibc", "ncurses"}, {"ncurses"}, {"glibc"}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(facts_next(&in, &arena, &fact, NULL), 1);
        assert_int_equal(fact.package.needs_n, expected[i][1] ? 2 : 1);
        for (size_t k = 0; k < fact.package.needs_n; k++) {
            assert_str_equal(fact.package.needs[k].name, str_c(expected[i][k]));
        }
    }
    assert_int_equal(facts_next(&in, &arena, &fact, NULL), 0);
    buf_free(&facts.out);
}

static void take_and_put(void) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct facts facts = {buf_new(MIB)};
    struct problems problems = {&facts, 0};
    struct rpm_needs needs = rpm_needs_new(&arena);
    if (take_three(&needs) == 0) {
        (void)rpm_needs_put(&needs, &problems, NULL);
    }
    buf_free(&facts.out);
}

static void memory_may_fail(void **state) {
    WITH_EACH_ALLOCATION_FAILED(take_and_put());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capabilities_become_packages),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
