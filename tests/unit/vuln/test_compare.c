#include "support.h"

#include "vuln/advisories.h"
#include "vuln/compare.h"

#define RECORD(id, modified, vector, fixed)                                                                  \
    "{\"id\":\"" id "\",\"modified\":\"" modified "\",\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\""      \
    "CVSS:3.1/" vector "\"}],\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"p\"},\"ranges\":"  \
    "[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"" fixed "\"}]}]}]}"
#define HIGH     "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H" /* 7.5 */
#define CRITICAL "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" /* 9.8 */

static const char *const before[] = {
    RECORD("A", "2024-01-01T00:00:00Z", HIGH, "1.0.0"),
    RECORD("B", "2024-01-01T00:00:00Z", HIGH, "1.0.0"),
    RECORD("C", "2024-01-01T00:00:00Z", HIGH, "1.0.0"),
    RECORD("D", "2024-01-01T00:00:00Z", HIGH, "1.0.0"),
};
static const char *const after[] = {
    RECORD("E", "2024-02-01T00:00:00Z", HIGH, "1.0.0"),
    RECORD("A", "2024-02-01T00:00:00Z", HIGH, "1.0.0"), /* touched only */
    RECORD("B", "2024-02-01T00:00:00Z", CRITICAL, "1.0.0"),
    RECORD("C", "2024-02-01T00:00:00Z", HIGH, "2.0.0"),
};

struct told {
    struct buf text;
};

static int take(void *context, const struct compared_advisory *a, struct err *err) {
    static const char kinds[] = {
        [DIFFERENCE_APPEARS] = '+', [DIFFERENCE_VANISHES] = '-', [DIFFERENCE_CHANGES] = '~'};
    struct told *told = context;
    buf_printf(&told->text, "%c%.*s %s>%s", kinds[a->kind], STR_ARG(a->id), severity_name(a->old.severity),
               severity_name(a->new_one.severity));
    for (size_t i = 0; i < a->old.packages_n; i++) {
        buf_printf(&told->text, " -%.*s", STR_ARG(a->old.packages[i].fixed));
    }
    for (size_t i = 0; i < a->new_one.packages_n; i++) {
        buf_printf(&told->text, " +%.*s", STR_ARG(a->new_one.packages[i].fixed));
    }
    buf_c(&told->text, "\n");
    return told->text.failed ? err_memory(err) : 0;
}

struct both {
    struct place old, new_one;
};

static void make(struct both *both) {
    struct err err = ERR_NONE;
    place_make(&both->old);
    place_make(&both->new_one);
    place_export(&both->old, "npm", before, ARRAY_SIZE(before));
    place_export(&both->new_one, "npm", after, ARRAY_SIZE(after));
    assert_int_equal(place_build(&both->old, (struct build_options){0}, &err), 0);
    assert_int_equal(place_build(&both->new_one, (struct build_options){0}, &err), 0);
}

static void destroy(struct both *both) {
    place_remove(&both->old);
    place_remove(&both->new_one);
}

static void what_is_said_differently_is_told(void **state) {
    struct both both;
    struct told told = {buf_new(MIB)};
    struct err err = ERR_NONE;
    make(&both);
    assert_int_equal(advisories_compare(both.old.db, both.new_one.db, take, &told, &err), 0);
    /* Worst first; of B the package is the same, of C the severity. */
    assert_str_equal(buf_view(&told.text), STR("~B high>critical\n"
                                               "~C high>high -1.0.0 +2.0.0\n"
                                               "-D high>unknown -1.0.0\n"
                                               "+E unknown>high +1.0.0\n"));
    buf_clear(&told.text);
    assert_int_equal(advisories_compare(both.old.db, both.old.db, take, &told, &err), 0);
    assert_int_equal(told.text.n, 0);
    buf_free(&told.text);
    destroy(&both);
}

static void no_memory_is_an_error(void **state) {
    struct both both;
    make(&both);
    WITH_EACH_ALLOCATION_FAILED({
        struct told told = {buf_new(MIB)};
        struct err err = ERR_NONE;
        int r = advisories_compare(both.old.db, both.new_one.db, take, &told, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
        buf_free(&told.text);
    });
    destroy(&both);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_differently_is_told),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
