#include "expect.h"
#include "inspect/packages/installed.h"

static unsigned count_facts(const struct buf *out, enum fact_kind kind, size_t *hashes) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct cursor in = cursor_over(buf_view(out));
    struct fact fact;
    struct err err = ERR_NONE;
    unsigned n = 0;
    while (facts_next(&in, &arena, &fact, &err) > 0) {
        n += fact.kind == kind;
        *hashes += fact.hashes.n / 8;
    }
    return n;
}

static void problems_are_capped(void **state) {
    struct facts facts = {buf_new(LIMIT_FACTS)};
    struct problems problems = {&facts, 0};
    size_t hashes = 0;
    for (unsigned i = 0; i < 5000; i++) {
        problems_add(&problems, "line %u", i);
    }
    problems_end(&problems);
    assert_int_equal(count_facts(&facts.out, FACT_PROBLEM, &hashes), LIMIT_PROBLEMS + 1);
    buf_free(&facts.out);
}

/* More paths than one record may hold. */
static void owned_paths_come_in_pieces(void **state) {
    struct facts facts = {buf_new(LIMIT_FACTS)};
    struct owned owned = {.facts = &facts, .type = PACKAGE_DEB, .name = STR("big")};
    size_t hashes = 0, paths = LIMIT_RECORD / 8 + 10;
    for (size_t i = 0; i < paths; i++) {
        owned_add(&owned, STR("/a"));
    }
    owned_end(&owned);
    owned_end(&owned);
    assert_false(facts.out.failed);
    assert_in_range(count_facts(&facts.out, FACT_OWNED, &hashes), 2, 100);
    assert_int_equal(hashes, paths);
    buf_free(&facts.out);
}

static void source_is_kept_where_it_differs(void **state) {
    struct package package = {
        .name = STR("a"), .version = STR("1"), .source_name = STR("a"), .source_version = STR("2")};
    installed_trim_source(&package);
    assert_int_equal(package.source_name.n, 0);
    assert_str_equal(package.source_version, STR("2"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_are_capped),
        cmocka_unit_test(owned_paths_come_in_pieces),
        cmocka_unit_test(source_is_kept_where_it_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
