#include "base/arena.h"

#include "test.h"

static void memory_is_zeroed_aligned_and_apart(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    unsigned char *last = NULL;
    for (size_t n = 1; n < 300; n++) {
        unsigned char *p = arena_alloc(&arena, n);
        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(p[i], 0);
        }
        memset(p, 0xff, n);
        assert_ptr_not_equal(p, last);
        last = p;
    }
}

static void cap_holds(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1024);
    assert_non_null(arena_alloc(&arena, 1000));
    assert_null(arena_alloc(&arena, 100));
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_array(&arena, SIZE_MAX / 2, 4));
    arena_reset(&arena);
    assert_non_null(arena_alloc(&arena, 1000));
}

static void vectors_keep_what_was_pushed(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++) {
        int *slot = VEC_PUSH(&arena, &numbers);
        assert_non_null(slot);
        *slot = i;
    }
    assert_int_equal(numbers.n, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(numbers.p[i], i);
    }
}

static void text_is_copied(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    assert_string_equal(arena_printf(&arena, "%s-%d", "a", 7), "a-7");
    assert_string_equal(arena_cstr(&arena, str_n("abc", 2)), "ab");
    assert_non_null(arena_str(&arena, STR_NONE).p);
}

static void allocation_failure_is_null(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        void *a = arena_alloc(&arena, 10);
        void *b = arena_alloc(&arena, 100000);
        assert_int_equal(a && b, !mem_has_failed());
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart), cmocka_unit_test(cap_holds),
        cmocka_unit_test(vectors_keep_what_was_pushed),       cmocka_unit_test(text_is_copied),
        cmocka_unit_test(allocation_failure_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
