/* What packages depend on becomes edges between them. */
#include "inspect/record.h"

#include "base/limits.h"
#include "test.h"

static const struct package_need needs_of_a[] = {
    {STR("b"), STR("2")}, {STR("c"), STR("1")}, {STR("gone"), STR("")}};
static const struct package_need needs_of_b[] = {{STR("b"), STR("2")}, {STR("a"), STR("")}};
static const struct package_need needs_of_bash[] = {{STR("libc6"), STR("")}};

#define NEEDS(list) .needs = list, .needs_n = ARRAY_SIZE(list)

/* Two lockfiles with a package of the same name; a distribution's packages, each in a file of its own. */
static struct package_record records[] = {
    {.package = {.type = PACKAGE_NPM, .name = STR("a"), .version = STR("1"), NEEDS(needs_of_a)},
     .purl = STR("pkg:npm/a@1"),
     .path = STR("x/package-lock.json")},
    {.package = {.type = PACKAGE_NPM, .name = STR("b"), .version = STR("1")},
     .purl = STR("pkg:npm/b@1"),
     .path = STR("x/package-lock.json")},
    {.package = {.type = PACKAGE_NPM, .name = STR("b"), .version = STR("2"), NEEDS(needs_of_b)},
     .purl = STR("pkg:npm/b@2"),
     .path = STR("x/package-lock.json")},
    {.package = {.type = PACKAGE_NPM, .name = STR("c"), .version = STR("1")},
     .purl = STR("pkg:npm/c@1"),
     .path = STR("y/package-lock.json")},
    {.package = {.type = PACKAGE_DEB,
                 .flags = PACKAGE_IS_INSTALLED,
                 .name = STR("bash"),
                 .version = STR("5"),
                 NEEDS(needs_of_bash)},
     .purl = STR("pkg:deb/debian/bash@5"),
     .path = STR("status.d/bash")},
    {.package =
         {.type = PACKAGE_DEB, .flags = PACKAGE_IS_INSTALLED, .name = STR("libc6"), .version = STR("2")},
     .purl = STR("pkg:deb/debian/libc6@2"),
     .path = STR("status.d/libc6")},
};

static const struct { size_t from, to; } expected[] = {{0, 2}, {2, 0}, {4, 5}};

static int64_t find_asset(const struct asset_list *assets, const struct package_record *record) {
    for (size_t i = 0; i < assets->n; i++) {
        if (str_starts(assets->p[i].key, record->purl) && str_ends(assets->p[i].key, record->path)) {
            return assets->p[i].id;
        }
    }
    fail_msg("%.*s is no asset", STR_ARG(record->purl));
    return 0;
}

static size_t count_needs(const struct edge_list *edges, int64_t from, int64_t to) {
    size_t n = 0;
    for (size_t i = 0; i < edges->n; i++) {
        const struct edge *edge = &edges->p[i];
        n += edge->kind == EDGE_NEEDS && (!from || (edge->from == from && edge->to == to));
    }
    return n;
}

static void record(struct arena *arena, bool keeps_edges, struct asset_list *assets,
                   struct edge_list *edges) {
    _cleanup_(store_closep) struct store *store = NULL;
    struct err err = ERR_NONE;
    struct run run = {.target = STR("dir"), .version = STR("1")};
    const struct inventory inventory = {.packages = records, .packages_n = ARRAY_SIZE(records)};
    const struct record_input input = {
        .name = STR("dir"), .inventory = &inventory, .keeps_edges = keeps_edges};
    int64_t id, subject;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    assert_int_equal(store_begin(store, &err), 0);
    assert_int_equal(store_run_begin(store, &run, &id, &err), 0);
    assert_int_equal(record_inventory(store, id, &input, &subject, &err), 0);
    assert_int_equal(store_commit(store, &err), 0);
    assert_int_equal(store_get_assets(store, arena, id, ASSET_PACKAGE, assets, &err), 0);
    assert_int_equal(store_get_edges(store, arena, id, edges, &err), 0);
}

static void needs_become_edges(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct asset_list assets;
    struct edge_list edges;
    record(&arena, true, &assets, &edges);
    assert_int_equal(count_needs(&edges, 0, 0), ARRAY_SIZE(expected));
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        assert_int_equal(count_needs(&edges, find_asset(&assets, &records[expected[i].from]),
                                     find_asset(&assets, &records[expected[i].to])),
                         1);
    }
}

static void nothing_is_kept_that_nobody_asks_for(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct asset_list assets;
    struct edge_list edges;
    record(&arena, false, &assets, &edges);
    assert_int_equal(assets.n, ARRAY_SIZE(records));
    assert_int_equal(edges.n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_become_edges),
        cmocka_unit_test(nothing_is_kept_that_nobody_asks_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
