#include "doc/build.h"
#include "doc/json.h"

#include "test.h"

static const struct doc *parse(struct arena *arena, const char *text) {
    const struct doc *d;
    struct err err = ERR_NONE;
    if (json_parse(arena, str_c(text), &d, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return d;
}

static void lookups_chain_over_what_is_not_there(void **state) {
    assert_null(doc_get(NULL, STR("a")));
    assert_null(doc_member(NULL, STR("a")));
    assert_null(doc_at(NULL, 0));
    assert_null(doc_path(NULL, "a.b"));
    assert_int_equal(doc_count(NULL), 0);
    assert_null(doc_str(NULL).p);
    assert_true(doc_bool(NULL, true));
    assert_false(doc_is(NULL, DOC_NULL));
    int64_t i;
    assert_false(doc_int(NULL, &i));
}

static void a_node_is_32_bytes(void **state) {
    assert_int_equal(sizeof(struct doc), 32);
    assert_int_equal(sizeof(struct doc_member), 40);
}

static void paths_go_through_maps_and_lists(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    const struct doc *d = parse(&arena, "{\"a\":{\"b\":[{\"c\":\"x\"},7]},\"0\":true}");
    assert_str_equal(doc_str(doc_path(d, "a.b.0.c")), STR("x"));
    int64_t i;
    assert_true(doc_int(doc_path(d, "a.b.1"), &i));
    assert_int_equal(i, 7);
    assert_true(doc_bool(doc_path(d, "0"), false));
    assert_null(doc_path(d, "a.b.2"));
    assert_null(doc_path(d, "a.b.x"));
    assert_null(doc_path(d, "a.b.-1"));
    assert_null(doc_path(d, "a.b.0.c.d"));
    assert_null(doc_path(d, "a..b"));
}

static struct doc_member *numbered(struct arena *arena, size_t n, size_t repeat_every) {
    struct doc_member *members = arena_array(arena, n, sizeof *members);
    assert_non_null(members);
    for (size_t i = 0; i < n; i++) {
        size_t name = repeat_every && i >= repeat_every ? i % repeat_every : i;
        members[i] = (struct doc_member){arena_strf(arena, "key%zu", name),
                                         {(uint32_t)i + 1, 1},
                                         doc_new_int(arena, (struct doc_place){0}, (int64_t)i)};
    }
    return members;
}

static void every_size_of_map_finds_each_key(void **state) {
    for (size_t n = 0; n < 40; n++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        struct doc_member *members = numbered(&arena, n, 0);
        const struct doc_member *duplicate;
        struct doc *map = doc_new_map(&arena, (struct doc_place){0}, members, n, &duplicate);
        assert_null(duplicate);
        assert_int_equal(doc_count(map), n);
        for (size_t i = 0; i < n; i++) {
            int64_t value;
            assert_true(doc_int(doc_get(map, members[i].key), &value));
            assert_int_equal(value, i);
            assert_str_equal(map->map.members[i].key, members[i].key);
        }
        assert_null(doc_get(map, STR("key")));
        assert_null(doc_get(map, STR("")));
        assert_null(doc_get(map, STR("key99")));
    }
}

/* 3 keys repeated in 7 members and 20 in 50: below and above the index. */
static void later_of_equal_keys_wins(void **state) {
    static const struct { size_t n, keys; } cases[] = {{7, 3}, {50, 20}, {12, 4}};
    for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        struct doc_member *members = numbered(&arena, cases[c].n, cases[c].keys);
        const struct doc_member *duplicate;
        struct doc *map = doc_new_map(&arena, (struct doc_place){0}, members, cases[c].n, &duplicate);
        assert_ptr_equal(duplicate, &members[cases[c].keys]);
        assert_int_equal(doc_count(map), cases[c].keys);
        for (size_t i = cases[c].n - cases[c].keys; i < cases[c].n; i++) {
            const struct doc_member *found = doc_member(map, members[i].key);
            assert_non_null(found);
            assert_int_equal(found->value->i, i);
            assert_int_equal(found->at.line, i + 1);
        }
    }
}

static void no_memory_is_null(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(40);
    const struct doc *item = doc_new_bool(&arena, (struct doc_place){0}, true);
    assert_non_null(item);
    assert_null(doc_new_list(&arena, (struct doc_place){0}, &item, 1));
    assert_null(doc_new_string(&arena, (struct doc_place){0}, STR("x")));
}

static void kinds_have_names(void **state) {
    for (int kind = DOC_NULL; kind <= DOC_UNKNOWN; kind++) {
        assert_non_null(doc_kind_name((enum doc_kind)kind));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookups_chain_over_what_is_not_there),
        cmocka_unit_test(a_node_is_32_bytes),
        cmocka_unit_test(paths_go_through_maps_and_lists),
        cmocka_unit_test(every_size_of_map_finds_each_key),
        cmocka_unit_test(later_of_equal_keys_wins),
        cmocka_unit_test(no_memory_is_null),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
