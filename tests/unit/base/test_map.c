#include "base/map.h"

#include "test.h"

static void every_key_keeps_its_value(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(8 << 20);
    struct map map = map_new(&arena);
    assert_null(map_get(&map, STR("0")));
    for (uint64_t i = 0; i < 10000; i++) {
        bool is_new;
        uint64_t *slot = map_put(&map, str_c(arena_printf(&arena, "%llu", (unsigned long long)i)), &is_new);
        assert_true(is_new);
        *slot = i;
    }
    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t *slot = map_get(&map, str_c(arena_printf(&arena, "%llu", (unsigned long long)i)));
        assert_non_null(slot);
        assert_true(*slot == i);
    }
    assert_null(map_get(&map, STR("10000")));
    bool is_new = true;
    assert_true(*map_put(&map, STR("77"), &is_new) == 77);
    assert_false(is_new);
}

static void the_empty_key_is_a_key(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(8 << 20);
    struct map map = map_new(&arena);
    *map_put(&map, STR_NONE, NULL) = 5;
    assert_true(*map_get(&map, STR("")) == 5);
}

static void no_memory_is_null(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(100);
    struct map map = map_new(&arena);
    assert_null(map_put(&map, STR("a"), NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_keeps_its_value),
        cmocka_unit_test(the_empty_key_is_a_key),
        cmocka_unit_test(no_memory_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
