#include "base/limits.h"
#include "infra/resource.h"

#include "test.h"

static struct resource *add(struct resources *set, struct str kind, struct str key) {
    struct resource *r = NULL;
    const struct resource plain = {
        .source = RESOURCE_KUBERNETES, .kind = kind, .key = key, .file = STR("a.yaml")};
    assert_int_equal(resources_add(set, &plain, &r, NULL), 0);
    return r;
}

static void kinds_and_keys_keep_their_order(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct resources set = resources_new(&arena);
    struct resource *a = add(&set, STR("Pod"), STR("x/Pod/a"));
    add(&set, STR("Service"), STR("x/Service/a"));
    struct resource *again = add(&set, STR("Pod"), STR("x/Pod/a"));
    assert_ptr_equal(resources_of_kind(&set, STR("Pod")), a);
    assert_ptr_equal(a->next_of_kind, again);
    assert_null(again->next_of_kind);
    assert_ptr_equal(resources_by_key(&set, STR("x/Pod/a")), a);
    assert_ptr_equal(a->next_of_key, again);
    assert_null(resources_of_kind(&set, STR("pod")));
    assert_null(resources_by_key(&set, STR("")));
}

static void edges_are_walked_from_both_ends(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct resources set = resources_new(&arena);
    struct resource *pod = add(&set, STR("Pod"), STR("x/Pod/a"));
    struct resource *service = add(&set, STR("Service"), STR("x/Service/a"));
    const struct doc_place at = {3, 4};
    assert_int_equal(resources_refer(&set, pod, STR("Secret"), STR("x/Secret/s"), at, NULL), 0);
    assert_int_equal(resources_refer(&set, pod, STR("Secret"), STR("x/Secret/none"), at, NULL), 0);
    assert_int_equal(resources_connect(&set, service, pod, at, NULL), 0);
    struct resource *secret = add(&set, STR("Secret"), STR("x/Secret/s"));
    resources_link(&set);

    struct resource_walk walk = resource_walk_over(pod);
    assert_ptr_equal(resource_walk_next(&walk, STR_NONE), secret);
    assert_ptr_equal(resource_walk_next(&walk, STR_NONE), service);
    assert_null(resource_walk_next(&walk, STR_NONE));
    walk = resource_walk_over(pod);
    assert_ptr_equal(resource_walk_next(&walk, STR("Service")), service);
    assert_null(resource_walk_next(&walk, STR("Service")));
    walk = resource_walk_over(secret);
    assert_ptr_equal(resource_walk_next(&walk, STR("Pod")), pod);
    assert_int_equal(pod->out->at.line, 3);
    assert_null(pod->out->next_out->to);
    assert_str_equal(pod->out->next_out->to_key, STR("x/Secret/none"));
}

/* The same key under another kind is another thing. */
static void a_reference_wants_its_kind(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct resources set = resources_new(&arena);
    struct resource *from = add(&set, STR("A"), STR("a"));
    add(&set, STR("B"), STR("k"));
    struct resource *to = add(&set, STR("C"), STR("k"));
    assert_int_equal(resources_refer(&set, from, STR("C"), STR("k"), (struct doc_place){0}, NULL), 0);
    resources_link(&set);
    assert_ptr_equal(from->out->to, to);
}

static void places_name_their_file(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct resources set = resources_new(&arena);
    struct resource *r = add(&set, STR("A"), STR("a"));
    assert_int_equal(resources_file(&set, STR("x")), 1);
    assert_int_equal(resources_file(&set, STR("y")), 2);
    assert_int_equal(resources_file(&set, STR("x")), 1);
    assert_str_equal(resources_file_of(&set, r, (struct doc_place){1, 1, 2}), STR("y"));
    assert_str_equal(resources_file_of(&set, r, (struct doc_place){1, 1}), STR("a.yaml"));
}

static void memory_may_end_anywhere(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct resources set = resources_new(&arena);
        struct err err = ERR_NONE;
        struct resource plain = {0};
        plain.key = STR("a");
        struct resource *r;
        int rc = resources_add(&set, &plain, &r, &err);
        rc = rc < 0 ? rc : resources_connect(&set, r, r, (struct doc_place){0}, &err);
        resources_link(&set);
        assert_true(rc == 0 || rc == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_and_keys_keep_their_order), cmocka_unit_test(edges_are_walked_from_both_ends),
        cmocka_unit_test(a_reference_wants_its_kind),      cmocka_unit_test(places_name_their_file),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
