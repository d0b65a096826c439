#include "inspect/overlay.h"

#include "layers.h"

enum { LAYERS = 3 };

struct stack {
    struct arena arena;
    struct made layers[LAYERS];
    struct overlay *overlay;
};

static int open_stack(void **state) {
    struct stack *stack = mem_alloc_zero(sizeof *stack);
    stack->arena = arena_new(MIB);
    for (int i = 0; i < LAYERS; i++) {
        stack->layers[i] = made_new();
    }
    *state = stack;
    return 0;
}

static int close_stack(void **state) {
    struct stack *stack = *state;
    for (int i = 0; i < LAYERS; i++) {
        made_free(&stack->layers[i]);
    }
    arena_free(&stack->arena);
    mem_free(stack);
    return 0;
}

static void put_together(struct stack *stack) {
    assert_int_equal(overlay_new(&stack->overlay, &stack->arena, LAYERS, NULL), 0);
    for (size_t i = 0; i < LAYERS; i++) {
        struct cursor in = cursor_over(made_end(&stack->layers[i], 0));
        struct fact fact;
        while (facts_next(&in, &stack->arena, &fact, NULL) == 1) {
            if (fact.kind == FACT_HIDDEN || fact.kind == FACT_PATHS) {
                assert_int_equal(overlay_add(stack->overlay, i, &fact, NULL), 0);
            }
        }
    }
}

static size_t hidden_by(const struct stack *stack, const char *path) {
    return overlay_hidden_by(stack->overlay, 0, str_c(path));
}

static void nothing_hides_what_is_not_touched(void **state) {
    struct stack *stack = *state;
    made_entry(&stack->layers[1], "a/other");
    made_directory(&stack->layers[1], "a");
    put_together(stack);
    assert_int_equal(hidden_by(stack, "a/file"), LAYERS);
    assert_int_equal(hidden_by(stack, "a/othe"), LAYERS);
    assert_int_equal(hidden_by(stack, "a/other/below"), 1);
}

static void whiteouts_hide_a_file_and_all_below_a_folder(void **state) {
    struct stack *stack = *state;
    made_mark(&stack->layers[1], "a/.wh.file");
    made_mark(&stack->layers[2], ".wh.folder");
    put_together(stack);
    assert_int_equal(hidden_by(stack, "a/file"), 1);
    assert_int_equal(hidden_by(stack, "a/file2"), LAYERS);
    assert_int_equal(hidden_by(stack, "folder"), 2);
    assert_int_equal(hidden_by(stack, "folder/deep/file"), 2);
    assert_int_equal(hidden_by(stack, "folder2/file"), LAYERS);
}

static void opaque_folders_hide_what_is_below_and_not_themselves(void **state) {
    struct stack *stack = *state;
    made_mark(&stack->layers[1], "a/.wh..wh..opq");
    put_together(stack);
    assert_int_equal(hidden_by(stack, "a"), LAYERS);
    assert_int_equal(hidden_by(stack, "a/file"), 1);
    assert_int_equal(hidden_by(stack, "a/b/c"), 1);
    assert_int_equal(hidden_by(stack, "ab"), LAYERS);
}

static void an_opaque_root_hides_all(void **state) {
    struct stack *stack = *state;
    made_mark(&stack->layers[2], ".wh..wh..opq");
    put_together(stack);
    assert_int_equal(hidden_by(stack, "file"), 2);
    assert_int_equal(hidden_by(stack, "a/b"), 2);
    assert_int_equal(overlay_hidden_by(stack->overlay, 2, STR("file")), LAYERS);
}

static void a_file_hides_the_folder_it_replaces(void **state) {
    struct stack *stack = *state;
    made_entry(&stack->layers[1], "a");
    made_directory(&stack->layers[2], "a");
    put_together(stack);
    assert_int_equal(hidden_by(stack, "a/file"), 1);
    assert_int_equal(hidden_by(stack, "a"), 1);
    assert_int_equal(overlay_hidden_by(stack->overlay, 1, STR("a")), 2);
}

static void a_folder_hides_a_file_and_not_what_is_below_the_same_folder(void **state) {
    struct stack *stack = *state;
    made_directory(&stack->layers[1], "a");
    put_together(stack);
    assert_int_equal(hidden_by(stack, "a"), 1);
    assert_int_equal(hidden_by(stack, "a/file"), LAYERS);
}

static void marks_of_storages_hide_nothing(void **state) {
    struct stack *stack = *state;
    made_mark(&stack->layers[1], ".wh..wh.plnk");
    made_mark(&stack->layers[1], "a/.wh..wh.aufs");
    put_together(stack);
    assert_int_equal(hidden_by(stack, ".wh.plnk"), LAYERS);
    assert_int_equal(hidden_by(stack, "a/file"), LAYERS);
}

static void what_is_added_after_a_question_counts(void **state) {
    struct stack *stack = *state;
    put_together(stack);
    assert_int_equal(hidden_by(stack, "a/b/file"), LAYERS);
    const struct fact whiteout = {.kind = FACT_HIDDEN, .path = STR("a")};
    assert_int_equal(overlay_add(stack->overlay, 1, &whiteout, NULL), 0);
    assert_int_equal(hidden_by(stack, "a/b/file"), 1);
}

static void void_whiteouts_are_told(void **state) {
    assert_true(changeset_is_void_whiteout(STR(".wh.")));
    assert_true(changeset_is_void_whiteout(STR("a/.wh..")));
    assert_true(changeset_is_void_whiteout(STR("a/b/.wh...")));
    assert_false(changeset_is_void_whiteout(STR("a/.wh....")));
    assert_false(changeset_is_void_whiteout(STR(".wh..wh..opq")));
    assert_false(changeset_is_void_whiteout(STR("a/wh.")));
}

static void many_paths_are_found_in_all_their_pieces(void **state) {
    struct stack *stack = *state;
    enum { MANY = 200000 };
    char path[32];
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "d/%d", i);
        made_entry(&stack->layers[1], path);
    }
    put_together(stack);
    for (int i = 0; i < MANY; i += 997) {
        snprintf(path, sizeof path, "d/%d", i);
        assert_int_equal(hidden_by(stack, path), 1);
    }
    assert_int_equal(hidden_by(stack, "d/200000"), LAYERS);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_stack, close_stack)
    const struct CMUnitTest tests[] = {
        CASE(nothing_hides_what_is_not_touched),
        CASE(whiteouts_hide_a_file_and_all_below_a_folder),
        CASE(opaque_folders_hide_what_is_below_and_not_themselves),
        CASE(an_opaque_root_hides_all),
        CASE(what_is_added_after_a_question_counts),
        CASE(a_file_hides_the_folder_it_replaces),
        CASE(a_folder_hides_a_file_and_not_what_is_below_the_same_folder),
        CASE(marks_of_storages_hide_nothing),
        cmocka_unit_test(void_whiteouts_are_told),
        CASE(many_paths_are_found_in_all_their_pieces),
    };
    return cmocka_run_group_tests_name("overlay", tests, NULL, NULL);
}
