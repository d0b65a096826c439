#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "model/store.h"

#include "test.h"

#include <malloc.h>

#include <sqlite3.h>

struct place {
    char folder[32], store[64];
};

static void remove_file(const char *path, const char *suffix) {
    char name[128];
    snprintf(name, sizeof name, "%s%s", path, suffix);
    unlink(name);
}

static void place_free(struct place *place) {
    remove_file(place->store, "");
    remove_file(place->store, "-wal");
    remove_file(place->store, "-shm");
    rmdir(place->folder);
}

static struct place place_new(void) {
    struct place place = {.folder = "/tmp/plimsoll-store-XXXXXX"};
    assert_non_null(mkdtemp(place.folder));
    snprintf(place.store, sizeof place.store, "%s/s.db", place.folder);
    return place;
}

static int64_t begin_run(struct store *store, int64_t started) {
    struct err err = ERR_NONE;
    struct run run = {.target = STR("shop/web:2.3"), .version = STR("0.1.0"), .started = started};
    int64_t id = 0;
    assert_int_equal(store_run_begin(store, &run, &id, &err), 0);
    return id;
}

static int64_t put_package(struct store *store, int64_t run, const char *version, const char *properties) {
    struct err err = ERR_NONE;
    struct asset asset = {.kind = ASSET_PACKAGE,
                          .key = STR("pkg:npm/a#package-lock.json"),
                          .name = STR("a"),
                          .version = str_c(version),
                          .properties = str_c(properties)};
    int64_t id = 0;
    assert_int_equal(store_put_asset(store, run, &asset, &id, &err), 0);
    return id;
}

static void the_same_asset_is_one_row_over_runs(const char *path) {
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, path, &err), 0);

    assert_int_equal(store_begin(store, &err), 0);
    int64_t first = begin_run(store, 1000);
    int64_t a = put_package(store, first, "1.0", "{\"layer\":1}");
    assert_int_equal(store_commit(store, &err), 0);

    assert_int_equal(store_begin(store, &err), 0);
    int64_t second = begin_run(store, 2000);
    assert_true(put_package(store, second, "1.1", "{\"layer\":2}") == a);
    assert_true(put_package(store, second, "1.1", "{\"layer\":2}") == a);
    assert_int_equal(store_commit(store, &err), 0);

    struct asset asset;
    assert_int_equal(store_get_asset(store, &arena, a, &asset, &err), 0);
    assert_true(asset.first_seen == 1000 && asset.last_seen == 2000);
    assert_str_equal(asset.version, STR("1.1"));
    assert_str_equal(asset.properties, STR("{\"layer\":2}"));

    struct asset_list list;
    assert_int_equal(store_get_assets(store, &arena, first, ASSET_PACKAGE, &list, &err), 0);
    assert_int_equal(list.n, 1);
    assert_str_equal(list.p[0].properties, STR("{\"layer\":1}"));
    assert_int_equal(store_get_assets(store, &arena, second, ASSET_KINDS, &list, &err), 0);
    assert_int_equal(list.n, 1);
    assert_int_equal(store_get_assets(store, &arena, second, ASSET_IMAGE, &list, &err), 0);
    assert_int_equal(list.n, 0);
}

static void assets_in_memory(void **state) {
    the_same_asset_is_one_row_over_runs(NULL);
}

static void assets_in_a_file(void **state) {
    _cleanup_(place_free) struct place place = place_new();
    the_same_asset_is_one_row_over_runs(place.store);
    /* It opens again and has everything. */
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, place.store, &err), 0);
    struct run run;
    assert_int_equal(store_get_run(store, &arena, 2, &run, &err), 0);
    assert_str_equal(run.target, STR("shop/web:2.3"));
}

static void put_everything(struct store *store, int64_t *run_id) {
    struct err err = ERR_NONE;
    int64_t image, layer, id;
    int64_t run = *run_id = begin_run(store, 5000);
    struct asset image_asset = {.kind = ASSET_IMAGE, .key = STR("sha256:1"), .name = STR("shop/web:2.3")};
    struct asset layer_asset = {.kind = ASSET_LAYER, .key = STR("sha256:2"), .name = STR("1")};
    assert_int_equal(store_put_asset(store, run, &image_asset, &image, &err), 0);
    assert_int_equal(store_put_asset(store, run, &layer_asset, &layer, &err), 0);
    int64_t package = put_package(store, run, "1.0", "");
    struct edge edges[] = {{layer, package, EDGE_INTRODUCES, STR("{\"x\":1}")},
                           {image, layer, EDGE_CONTAINS, STR_NONE},
                           {image, layer, EDGE_CONTAINS, STR_NONE}};
    for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
        assert_int_equal(store_put_edge(store, run, &edges[i], &err), 0);
    }
    struct finding findings[] = {
        {.rule = STR("CVE-3"), .severity = SEVERITY_HIGH, .score = 7.5},
        {.rule = STR("CVE-4"),
         .severity = SEVERITY_CRITICAL,
         .score = 9.1,
         .evidence = STR("{\"kev\":null}")},
        {.rule = STR("CVE-2"),
         .title = STR("a\0b\xff"),
         .severity = SEVERITY_LOW,
         .score = -1,
         .status = FINDING_UNDECIDED,
         .path = STR("package-lock.json"),
         .line = 4000000000,
         .layer = 3,
         .is_in_base = true,
         .fixed = STR("1.1"),
         .evidence = STR("{\"kev\":{\"since\":\"2021-12-10\"}}"),
         .fingerprint = STR("ffffffffffffffffffffffffffffffff")},
        {.rule = STR("CVE-1"), .severity = SEVERITY_HIGH, .score = 7.5, .evidence = STR("no JSON")},
        {.rule = STR("CVE-0"), .severity = SEVERITY_HIGH, .score = 7.6},
    };
    for (size_t i = 0; i < ARRAY_SIZE(findings); i++) {
        findings[i].asset = package;
        assert_int_equal(store_put_finding(store, run, &findings[i], &id, &err), 0);
    }
    struct problem problem = {STR("layer 3: x"), STR("cut short"), true};
    assert_int_equal(store_put_problem(store, run, &problem, &err), 0);
    struct run end = {.id = run, .finished = 5002, .is_complete = true, .subject = image};
    assert_int_equal(store_run_end(store, &end, &err), 0);
}

static void everything_comes_back(void **state) {
    struct err err = ERR_NONE;
    int64_t id;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    begin_run(store, 1);
    put_everything(store, &id);

    struct run run;
    assert_int_equal(store_get_run(store, &arena, id, &run, &err), 0);
    assert_true(run.id == id && run.started == 5000 && run.finished == 5002 && run.is_complete);
    assert_str_equal(run.properties, STR("{}"));
    assert_str_equal(run.version, STR("0.1.0"));

    struct asset_list assets;
    assert_int_equal(store_get_assets(store, &arena, id, ASSET_KINDS, &assets, &err), 0);
    assert_int_equal(assets.n, 3);
    assert_true(assets.p[0].id == run.subject && assets.p[0].kind == ASSET_IMAGE);
    assert_int_equal(assets.p[2].kind, ASSET_PACKAGE);

    struct edge_list edges;
    assert_int_equal(store_get_edges(store, &arena, id, &edges, &err), 0);
    assert_int_equal(edges.n, 2);
    assert_true(edges.p[0].from == run.subject && edges.p[0].kind == EDGE_CONTAINS);
    assert_str_equal(edges.p[1].properties, STR("{\"x\":1}"));

    struct problem_list problems;
    assert_int_equal(store_get_problems(store, &arena, id, &problems, &err), 0);
    assert_int_equal(problems.n, 1);
    assert_true(problems.p[0].is_incomplete);
    assert_str_equal(problems.p[0].message, STR("cut short"));
}

static void findings_come_worst_first(void **state) {
    struct err err = ERR_NONE;
    int64_t run;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    put_everything(store, &run);
    struct finding_list list;
    assert_int_equal(store_get_findings(store, &arena, run, &list, &err), 0);
    static const char *const order[] = {"CVE-2", "CVE-4", "CVE-0", "CVE-1", "CVE-3"};
    assert_int_equal(list.n, ARRAY_SIZE(order));
    for (size_t i = 0; i < list.n; i++) {
        assert_str_equal(list.p[i].rule, str_c(order[i]));
    }
    const struct finding *f = &list.p[0];
    assert_str_equal(f->title, STR("a\0b\xff"));
    assert_true(f->score == -1 && f->line == 4000000000 && f->layer == 3 && f->is_in_base);
    assert_int_equal(f->status, FINDING_UNDECIDED);
    assert_str_equal(f->fixed, STR("1.1"));
    assert_str_equal(f->fingerprint, STR("ffffffffffffffffffffffffffffffff"));
    char fingerprint[33];
    finding_fingerprint(STR("CVE-4"), STR("pkg:npm/a#package-lock.json"), STR_NONE, fingerprint);
    assert_str_equal(list.p[1].fingerprint, str_c(fingerprint));
}

static int take_rule(void *ctx, const struct finding *finding, struct err *err) {
    char *rules = ctx;
    assert_true(finding->rule.n == 5 && strlen(rules) < 30);
    memcpy(rules + strlen(rules), finding->rule.p, 5);
    return 0;
}

static void findings_come_one_by_one(void **state) {
    struct err err = ERR_NONE;
    int64_t run;
    char rules[64] = "";
    size_t n;
    bool has = true;
    struct finding whole;
    struct finding_list page;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    put_everything(store, &run);
    assert_int_equal(store_each_finding(store, run, take_rule, rules, &err), 0);
    assert_string_equal(rules, "CVE-2CVE-4CVE-0CVE-1CVE-3");
    assert_int_equal(store_count_findings(store, run, &n, &err), 0);
    assert_int_equal(n, 5);
    assert_int_equal(store_get_findings_after(store, &arena, run, 0, 2, &page, &err), 0);
    assert_true(page.n == 2 && page.p[0].id < page.p[1].id);
    assert_int_equal(store_get_findings_after(store, &arena, run, page.p[1].id, 9, &page, &err), 0);
    assert_int_equal(page.n, 3);
    assert_int_equal(store_get_finding(store, &arena, page.p[2].id, &whole, &err), 0);
    assert_str_equal(whole.rule, page.p[2].rule);
    assert_int_equal(store_get_finding(store, &arena, 99, &whole, &err), ERR_ABSENT);
    assert_int_equal(store_has_action(store, run, ACTION_BLOCK, &has, &err), 0);
    assert_false(has);
    whole.action = ACTION_BLOCK;
    assert_int_equal(store_decide_finding(store, &whole, &err), 0);
    assert_int_equal(store_has_action(store, run, ACTION_BLOCK, &has, &err), 0);
    assert_true(has);
}

static void a_rollback_leaves_nothing(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    assert_int_equal(store_begin(store, &err), 0);
    int64_t run = begin_run(store, 1);
    store_rollback(store);
    store_rollback(store);
    struct run out;
    assert_int_equal(store_get_run(store, &arena, run, &out, &err), ERR_ABSENT);
    assert_string_equal(err.message, "store in memory: there is no run 1");
}

static void what_is_absent_is_said(void **state) {
    struct err err = ERR_NONE;
    int64_t id;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    struct asset asset = {.kind = ASSET_FILE, .key = STR("x")};
    assert_int_equal(store_put_asset(store, 9, &asset, &id, &err), ERR_ABSENT);
    struct finding finding = {.asset = 77, .rule = STR("CVE-1")};
    assert_int_equal(store_put_finding(store, begin_run(store, 1), &finding, &id, &err), ERR_ABSENT);
    assert_string_equal(err.message, "store in memory: there is no asset 77");
    assert_int_equal(store_get_asset(store, &arena, 77, &asset, &err), ERR_ABSENT);
}

/* ---- files that are no store of ours */

static void assert_refused(const char *path, int code, const char *part) {
    struct err err = ERR_NONE;
    struct store *store = NULL;
    assert_int_equal(store_open(&store, path, &err), code);
    assert_null(store);
    if (!strstr(err.message, part)) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, part);
    }
}

static void garbage_is_refused_and_kept(void **state) {
    _cleanup_(place_free) struct place place = place_new();
    struct err err = ERR_NONE;
    char garbage[8192];
    for (size_t i = 0; i < sizeof garbage; i++) {
        garbage[i] = (char)(i * 7 + 3);
    }
    assert_int_equal(file_replace(place.store, str_n(garbage, sizeof garbage), &err), 0);
    assert_refused(place.store, ERR_INPUT, "is not a Plimsoll store");
    _cleanup_(buf_free) struct buf after = buf_new(MIB);
    assert_int_equal(file_read(place.store, &after, &err), 0);
    assert_str_equal(buf_view(&after), str_n(garbage, sizeof garbage));
}

static void sql(const char *path, const char *text) {
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void another_programs_database_is_refused(void **state) {
    _cleanup_(place_free) struct place place = place_new();
    sql(place.store, "CREATE TABLE bookmarks (url)");
    assert_refused(place.store, ERR_INPUT, "is not a Plimsoll store");
}

static void a_newer_schema_is_refused(void **state) {
    _cleanup_(place_free) struct place place = place_new();
    struct err err = ERR_NONE;
    struct store *store;
    assert_int_equal(store_open(&store, place.store, &err), 0);
    store_close(store);
    sql(place.store, "PRAGMA user_version = 99");
    assert_refused(place.store, ERR_UNSUPPORTED, "has schema 99, this plimsoll knows up to 2");
}

static void a_store_of_the_first_schema_becomes_the_newest(void **state) {
    _cleanup_(place_free) struct place place = place_new();
    struct err err = ERR_NONE;
    struct store *store;
    int64_t run;
    assert_int_equal(store_open(&store, place.store, &err), 0);
    store_close(store);
    sql(place.store, "ALTER TABLE finding DROP COLUMN kind; ALTER TABLE finding DROP COLUMN \"column\";"
                     "ALTER TABLE finding DROP COLUMN action; ALTER TABLE finding DROP COLUMN decision;"
                     "DROP TABLE rule; PRAGMA user_version = 1");
    assert_int_equal(store_open(&store, place.store, &err), 0);
    put_everything(store, &run);
    assert_int_equal(store_put_rule(store, run, &(struct rule){.id = STR("X-1")}, &err), 0);
    store_close(store);
    sql(place.store,
        "INSERT INTO finding SELECT * FROM finding WHERE 0; SELECT kind, \"column\", action, decision"
        " FROM finding; SELECT * FROM rule");
}

static void a_damaged_store_is_said_to_be(void **state) {
    _cleanup_(place_free) struct place place = place_new();
    struct err err = ERR_NONE;
    struct store *store;
    int64_t run;
    assert_int_equal(store_open(&store, place.store, &err), 0);
    put_everything(store, &run);
    store_close(store);
    /* Page 1 keeps its header; its table of contents is overwritten. */
    _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
    assert_int_equal(file_read(place.store, &bytes, &err), 0);
    assert_true(bytes.n > 8192);
    memset(bytes.p + 100, 0xaa, 3900);
    assert_int_equal(file_replace(place.store, buf_view(&bytes), &err), 0);
    assert_refused(place.store, ERR_INPUT, "the store is damaged");
}

static void a_folder_that_is_not_there_is_said(void **state) {
    assert_refused("/nonexistent/plimsoll/s.db", ERR_IO, "can't be opened");
}

/* ---- no memory */

static void *sqlite_alloc(int n) {
    return mem_alloc((size_t)n);
}

static void *sqlite_realloc(void *old, int n) {
    return mem_realloc(old, (size_t)n);
}

static int sqlite_size(void *p) {
    return p ? (int)malloc_usable_size(p) : 0;
}

static int sqlite_roundup(int n) {
    return (n + 7) & ~7;
}

static int sqlite_init(void *unused) {
    return SQLITE_OK;
}

static void sqlite_shutdown(void *unused) {}

static int through_mem(void **state) {
    static sqlite3_mem_methods methods = {sqlite_alloc,   mem_free,    sqlite_realloc,  sqlite_size,
                                          sqlite_roundup, sqlite_init, sqlite_shutdown, NULL};
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK ? 0 : -1;
}

static int write_and_read(struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    int64_t run, id;
    struct finding_list findings;
    struct asset_list assets;
    struct run start = {.target = STR("t"), .version = STR("v"), .started = 1};
    struct asset asset = {.kind = ASSET_PACKAGE, .key = STR("k")};
    int code;
    if ((code = store_open(&store, NULL, err)) < 0 || (code = store_begin(store, err)) < 0 ||
        (code = store_run_begin(store, &start, &run, err)) < 0 ||
        (code = store_put_asset(store, run, &asset, &id, err)) < 0) {
        return code;
    }
    struct finding finding = {.asset = id, .rule = STR("r")};
    struct edge edge = {id, id, EDGE_STATES, STR_NONE};
    struct problem problem = {STR("p"), STR("m"), false};
    if ((code = store_put_finding(store, run, &finding, &id, err)) < 0 ||
        (code = store_put_edge(store, run, &edge, err)) < 0 ||
        (code = store_put_problem(store, run, &problem, err)) < 0 || (code = store_commit(store, err)) < 0 ||
        (code = store_get_findings(store, &arena, run, &findings, err)) < 0 ||
        (code = store_get_assets(store, &arena, run, ASSET_KINDS, &assets, err)) < 0) {
        return code;
    }
    assert_true(findings.n == 1 && assets.n == 1);
    return 0;
}

static void no_memory_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct err err = ERR_NONE;
        int code = write_and_read(&err);
        if (code && code != ERR_MEMORY) {
            fail_msg("allocation %ld: %d %s", fail_at, code, err.message);
        }
    })
}

/* ---- speed, as a figure to read: a busy machine must not fail the build */

static void put_many(struct store *store, int64_t run, size_t n) {
    struct err err = ERR_NONE;
    int64_t id, last = 1;
    for (size_t i = 0; i < n; i++) {
        char key[64];
        int length = snprintf(key, sizeof key, "pkg:deb/debian/package-%zu@1.2.3-4?arch=amd64", i);
        struct str s = str_n(key, (size_t)length);
        struct asset asset = {.kind = ASSET_PACKAGE, .key = s, .name = str_sub(s, 15, 12)};
        assert_int_equal(store_put_asset(store, run, &asset, &id, &err), 0);
        struct edge edge = {last, id, EDGE_INTRODUCES, STR_NONE};
        assert_int_equal(store_put_edge(store, run, &edge, &err), 0);
        struct finding finding = {.asset = id, .rule = STR("CVE-2021-44228"), .severity = SEVERITY_HIGH};
        assert_int_equal(store_put_finding(store, run, &finding, NULL, &err), 0);
    }
}

static void twenty_thousand_of_each_go_in(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(store_closep) struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, &err), 0);
    uint64_t start = clock_monotonic();
    assert_int_equal(store_begin(store, &err), 0);
    int64_t run = begin_run(store, 1);
    put_many(store, run, 20000);
    assert_int_equal(store_commit(store, &err), 0);
    uint64_t written = clock_monotonic();
    struct finding_list list;
    struct asset_list assets;
    assert_int_equal(store_get_findings(store, &arena, run, &list, &err), 0);
    assert_int_equal(store_get_assets(store, &arena, run, ASSET_PACKAGE, &assets, &err), 0);
    assert_true(list.n == 20000 && assets.n == 20000);
    print_message("# 20,000 assets, edges and findings: written in %.1f ms, read in %.1f ms\n",
                  (double)(written - start) / 1e6, (double)(clock_monotonic() - written) / 1e6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assets_in_memory),
        cmocka_unit_test(assets_in_a_file),
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(findings_come_worst_first),
        cmocka_unit_test(findings_come_one_by_one),
        cmocka_unit_test(a_rollback_leaves_nothing),
        cmocka_unit_test(what_is_absent_is_said),
        cmocka_unit_test(garbage_is_refused_and_kept),
        cmocka_unit_test(another_programs_database_is_refused),
        cmocka_unit_test(a_newer_schema_is_refused),
        cmocka_unit_test(a_store_of_the_first_schema_becomes_the_newest),
        cmocka_unit_test(a_damaged_store_is_said_to_be),
        cmocka_unit_test(a_folder_that_is_not_there_is_said),
        cmocka_unit_test(no_memory_is_an_error),
        cmocka_unit_test(twenty_thousand_of_each_go_in),
    };
    return cmocka_run_group_tests(tests, through_mem, NULL);
}
