#include "doc/json.h"
#include "inspect/inventory.h"
#include "inspect/notables.h"

#include "layers.h"

enum { LAYERS = 3 };

struct stack {
    struct arena arena;
    struct made layers[LAYERS];
    struct notables notables[LAYERS];
    struct inventory_layer input[LAYERS];
    const struct doc *account;
};

static int open_stack(void **state) {
    struct stack *stack = mem_alloc_zero(sizeof *stack);
    stack->arena = arena_new(256 * MIB);
    for (int i = 0; i < LAYERS; i++) {
        stack->layers[i] = made_new();
        stack->notables[i] = notables_new(&stack->arena);
    }
    stack->input[0].is_in_base = true;
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

static void put(struct stack *stack, int layer, const struct entry *entry) {
    struct made *made = &stack->layers[layer];
    bool is_kept;
    assert_int_equal(changeset_take_path(&made->changes, entry->path, entry->type == ENTRY_DIRECTORY, NULL),
                     0);
    assert_int_equal(notables_take(&stack->notables[layer], &made->facts, entry, &is_kept, NULL), 0);
}

static void put_file(struct stack *stack, int layer, const char *path, uint32_t mode, uint64_t size) {
    put(stack, layer, &(struct entry){.type = ENTRY_FILE, .path = str_c(path), .mode = mode, .size = size});
}

static void put_link(struct stack *stack, int layer, const char *path, const char *target) {
    put(stack, layer,
        &(struct entry){.type = ENTRY_SYMLINK, .path = str_c(path), .link = str_c(target), .mode = 0777});
}

static void put_package(struct stack *stack, int layer, const char *name, const char *path) {
    struct made *made = &stack->layers[layer];
    made_file(made, "var/lib/dpkg/status", "dpkg");
    made_package(made, PACKAGE_DEB, name, "1");
    size_t start = facts_owned_begin(&made->facts, PACKAGE_DEB, str_c(name));
    facts_owned_path(&made->facts, str_c(path));
    facts_owned_end(&made->facts, start);
}

static void end_layers(struct stack *stack) {
    for (int i = 0; i < LAYERS; i++) {
        while (notables_put(&stack->notables[i], &stack->layers[i].facts)) {
        }
        stack->input[i].facts = made_end(&stack->layers[i], 1);
    }
}

static void build(struct stack *stack, bool has_layers) {
    struct err err = ERR_NONE;
    struct inventory inventory;
    end_layers(stack);
    assert_int_equal(inventory_build(&stack->arena, stack->input, LAYERS, has_layers, &inventory, &err), 0);
    assert_int_equal(json_parse(&stack->arena, inventory.account, &stack->account, &err), 0);
}

/* "path=field,…" of a list, in its order. */
static void expect(const struct stack *stack, const char *list, const char *name, const char *field,
                   const char *expected) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    const struct doc *rows = doc_path(stack->account, list);
    for (size_t i = 0; i < doc_count(rows); i++) {
        const struct doc *row = doc_at(rows, i), *value = doc_get(row, str_c(field));
        int64_t number;
        buf_printf(&text, "%s%.*s=", i ? "," : "", STR_ARG(doc_str(doc_get(row, str_c(name)))));
        if (doc_int(value, &number)) {
            buf_printf(&text, "%lld", (long long)number);
        } else {
            buf_str(&text, doc_str(value));
        }
    }
    if (!str_eq(buf_view(&text), str_c(expected))) {
        fail_msg("%s: %.*s should be %s", list, STR_ARG(buf_view(&text)), expected);
    }
}

/* One package more in the database that was put last. */
static void add_package(struct made *layer, const char *name, const char *path) {
    made_package(layer, PACKAGE_DEB, name, "1");
    size_t start = facts_owned_begin(&layer->facts, PACKAGE_DEB, str_c(name));
    facts_owned_path(&layer->facts, str_c(path));
    facts_owned_end(&layer->facts, start);
}

static void the_origin_is_seen_through_layers(void **state) {
    struct stack *stack = *state;
    put_package(stack, 0, "util", "/bin/su");
    add_package(&stack->layers[0], "cut", "/usr/bin/cut");
    put_file(stack, 0, "usr/bin/su", 04755, 1);
    put_file(stack, 0, "opt/own", 04755, 1);
    put_file(stack, 0, "opt/gone", 04755, 1);
    put_file(stack, 0, "opt/calm", 04755, 1);
    put_file(stack, 1, "usr/bin/cut", 04755, 1); /* the package's layer has no such file */
    put_package(stack, 1, "late", "/usr/bin/late");
    add_package(&stack->layers[1], "util", "/bin/su");
    add_package(&stack->layers[1], "cut", "/usr/bin/cut");
    put_file(stack, 1, "usr/bin/late", 0755, 1);
    made_mark(&stack->layers[1], "opt/.wh.gone");
    put_file(stack, 2, "usr/bin/su", 04711, 1);
    put_file(stack, 2, "usr/bin/late", 02755, 1);
    put_file(stack, 2, "opt/calm", 0755, 1);
    build(stack, true);
    expect(stack, "setid", "path", "origin",
           "opt/own=none,usr/bin/cut=package,usr/bin/late=later,usr/bin/su=package");
    expect(stack, "setid", "path", "layer", "opt/own=1,usr/bin/cut=2,usr/bin/late=3,usr/bin/su=3");
    expect(stack, "setid", "path", "mode", "opt/own=4755,usr/bin/cut=4755,usr/bin/late=2755,usr/bin/su=4711");
    expect(stack, "setid", "path", "package", "opt/own=,usr/bin/cut=cut,usr/bin/late=late,usr/bin/su=util");
}

static void a_later_entry_of_the_layer_counts(void **state) {
    struct stack *stack = *state;
    put_file(stack, 0, "opt/a", 04755, 1);
    facts_replaced(&stack->layers[0].facts, STR("opt/a"));
    put_file(stack, 0, "opt/a", 0755, 1);
    put_file(stack, 0, "opt/b", 04755, 1);
    facts_replaced(&stack->layers[0].facts, STR("opt/b"));
    put_file(stack, 0, "opt/b", 06755, 1);
    build(stack, true);
    expect(stack, "setid", "path", "mode", "opt/b=6755");
}

static void tools_are_what_leads_somewhere(void **state) {
    struct stack *stack = *state;
    put_file(stack, 0, "usr/bin/busybox", 0755, 700);
    put_link(stack, 0, "usr/bin/wget", "/bin/busybox");
    put_link(stack, 0, "usr/bin/nc", "/bin/netcat.gone");
    put_link(stack, 0, "usr/bin/telnet", "../sbin/./../bin/busybox");
    put_file(stack, 1, "usr/lib/gcc/x/cc1", 0755, 300);
    put_file(stack, 1, "usr/bin/gcc", 0755, 20);
    put_file(stack, 1, "usr/bin/gdb", 0755, 20);
    put_file(stack, 1, "usr/lib/python3/os.py", 0644, 20);
    made_mark(&stack->layers[2], "usr/bin/.wh.gdb");
    build(stack, true);
    expect(stack, "tools", "name", "bytes", "sh=700,gcc=320,telnet=0,wget=0");
    expect(stack, "tools", "name", "layer", "sh=1,gcc=2,telnet=1,wget=1");
}

static void caches_stay_in_their_layers(void **state) {
    struct stack *stack = *state;
    put_file(stack, 0, "root/.npm/a/b", 0644, 5);
    put_file(stack, 0, "root/.npm/c", 0644, 6);
    put_file(stack, 0, "root/.npm/empty", 0644, 0);
    put_file(stack, 0, "opt/large", 0644, LIMIT_WASTE_FROM);
    put_file(stack, 0, "opt/small", 0644, LIMIT_WASTE_FROM - 1);
    made_mark(&stack->layers[1], "root/.npm/.wh.a");
    made_mark(&stack->layers[1], "opt/.wh..wh..opq");
    put_file(stack, 2, "root/.npm/c", 0644, 7);
    build(stack, true);
    expect(stack, "caches", "path", "bytes", "root/.npm=7,root/.npm=6,root/.npm=5");
    expect(stack, "caches", "path", "layer", "root/.npm=3,root/.npm=1,root/.npm=1");
    expect(stack, "caches", "path", "removedIn", "root/.npm=0,root/.npm=3,root/.npm=2");
    expect(stack, "wasted.files", "path", "removedIn", "opt/large=2");
    int64_t bytes;
    assert_true(doc_int(doc_path(stack->account, "wasted.bytes"), &bytes));
    assert_int_equal(bytes, (int64_t)LIMIT_WASTE_FROM + 5 + 6);
}

static void folders_have_no_layers(void **state) {
    struct stack *stack = *state;
    put_file(stack, 0, "opt/a", 04755, 1);
    put_link(stack, 0, "bin/sh", "nowhere");
    build(stack, false);
    expect(stack, "setid", "path", "layer", "opt/a=0");
    expect(stack, "tools", "name", "layer", "sh=0");
}

/* Long names of many files don't make an account that no store takes. */
static void the_account_has_an_end(void **state) {
    struct stack *stack = *state;
    char path[LIMIT_PATH + 1];
    for (int i = 0; i < LIMIT_NOTABLES; i++) {
        memset(path, '\1', sizeof path);
        snprintf(path, sizeof path, "%04d", i);
        path[4] = '\1';
        path[LIMIT_PATH - 1] = 0;
        put_file(stack, 0, path, 04777, 1);
    }
    build(stack, true);
    assert_true(doc_bool(doc_get(stack->account, STR("isCut")), false));
    assert_true(doc_count(doc_get(stack->account, STR("setid"))) > 100);
}

static void each_allocation_may_fail(void **state) {
    struct stack *stack = *state;
    put_package(stack, 0, "util", "/bin/su");
    put_file(stack, 0, "usr/bin/su", 04755, 1);
    put_link(stack, 0, "usr/bin/sh", "su");
    put_file(stack, 0, "root/.npm/a/b", 0644, 5);
    put_file(stack, 0, "opt/large", 0644, LIMIT_WASTE_FROM);
    made_mark(&stack->layers[1], ".wh.opt");
    end_layers(stack);
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(MIB);
        struct inventory inventory;
        struct err err = ERR_NONE;
        int r = inventory_build(&arena, stack->input, LAYERS, true, &inventory, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
        arena_free(&arena);
    });
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_stack, close_stack)
    const struct CMUnitTest tests[] = {
        CASE(the_origin_is_seen_through_layers),
        CASE(a_later_entry_of_the_layer_counts),
        CASE(tools_are_what_leads_somewhere),
        CASE(caches_stay_in_their_layers),
        CASE(folders_have_no_layers),
        CASE(the_account_has_an_end),
        CASE(each_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("surface", tests, NULL, NULL);
}
