#include "vuln/rebuild.h"

#include "support.h"

#define ADVISORY(id, name, introduced, fixed)                                                                \
    "{\"id\":\"" id "\",\"affected\":[{\"package\":{\"ecosystem\":\"Debian:12\",\"name\":\"" name            \
    "\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"" introduced                      \
    "\"},{\"fixed\":\"" fixed "\"}]}]}]}"

static const char *const advisories_texts[] = {
    ADVISORY("CVE-2026-1", "openssl", "0", "3.0.2"), ADVISORY("CVE-2026-2", "openssl", "3.0.2", "3.0.9"),
    ADVISORY("CVE-2026-3", "curl", "0", "8.1"),      ADVISORY("CVE-2026-4", "zlib", "0", "1.4"),
    ADVISORY("CVE-2026-5", "app", "0", "2"),
};

#define DEB(n, v, from, in_base)                                                                             \
    {                                                                                                        \
        .package = {.type = PACKAGE_DEB,                                                                     \
                    .flags = PACKAGE_IS_INSTALLED,                                                           \
                    .name = STR(n),                                                                          \
                    .version = STR(v),                                                                       \
                    .source_name = STR(from)},                                                               \
        .purl = STR("pkg:deb/debian/" n "@" v), .ecosystem = STR("Debian:12"),                               \
        .path = STR("var/lib/dpkg/status"), .layer = 1, .is_in_base = in_base                                \
    }

/* openssl's two packages, what stays, what is not in the base, and what the new base lacks. */
static const struct package_record old[] = {
    DEB("libssl3", "3.0.1", "openssl", true),
    DEB("openssl", "3.0.1", "openssl", true),
    DEB("libcurl4", "8.0", "curl", true),
    DEB("zlib1g", "1.3", "zlib", true),
    DEB("app", "1", "app", false),
};

static const struct package_record fresh[] = {
    DEB("libssl3", "3.0.2", "openssl", true),
    DEB("libcurl4", "8.0.5", "curl", true),
};

struct comparison {
    struct arena arena;
    struct place place;
    struct advisories *advisories;
    struct store *store;
    struct vuln_options options;
    int64_t run;
};

static void put(struct comparison *c, const struct package_record *record) {
    _cleanup_(buf_free) struct buf json = buf_new(64 * KIB);
    struct err err = ERR_NONE;
    int64_t id;
    package_record_write(&json, record);
    const struct asset asset = {.kind = ASSET_PACKAGE,
                                .key = record->purl,
                                .name = record->package.name,
                                .version = record->package.version,
                                .properties = buf_view(&json)};
    assert_int_equal(store_put_asset(c->store, c->run, &asset, &id, &err), 0);
}

static int open_comparison(void **state) {
    struct comparison *c = mem_alloc_zero(sizeof *c);
    struct err err = ERR_NONE;
    const struct run run = {.target = STR("t"), .version = STR("1"), .properties = STR("{}")};
    c->arena = arena_new(8 * MIB);
    place_make(&c->place);
    place_export(&c->place, "Debian", advisories_texts, ARRAY_SIZE(advisories_texts));
    assert_int_equal(place_build(&c->place, (struct build_options){0}, &err), 0);
    assert_int_equal(advisories_open(&c->advisories, c->place.db, &err), 0);
    c->options.advisories = c->advisories;
    assert_int_equal(store_open(&c->store, NULL, &err), 0);
    assert_int_equal(store_begin(c->store, &err), 0);
    assert_int_equal(store_run_begin(c->store, &run, &c->run, &err), 0);
    for (size_t i = 0; i < ARRAY_SIZE(old); i++) {
        put(c, &old[i]);
    }
    assert_int_equal(vuln_judge(c->store, c->run, &c->options, &err), 0);
    *state = c;
    return 0;
}

static int close_comparison(void **state) {
    struct comparison *c = *state;
    store_close(c->store);
    advisories_close(c->advisories);
    place_remove(&c->place);
    arena_free(&c->arena);
    mem_free(c);
    return 0;
}

static struct str rule_of(struct comparison *c, int64_t id) {
    struct finding finding;
    struct err err = ERR_NONE;
    assert_int_equal(store_get_finding(c->store, &c->arena, id, &finding, &err), 0);
    return finding.rule;
}

static void a_rebuild_removes_keeps_and_brings(void **state) {
    struct comparison *c = *state;
    struct rebuild rebuild;
    struct err err = ERR_NONE;
    assert_int_equal(
        rebuild_compare(c->store, c->run, fresh, ARRAY_SIZE(fresh), &c->options, &c->arena, &rebuild, &err),
        0);
    assert_int_equal(rebuild.vanishing_n, 3); /* both of openssl's packages, and zlib's */
    size_t openssl = 0, zlib = 0;
    for (size_t i = 0; i < rebuild.vanishing_n; i++) {
        assert_true(i == 0 || rebuild.vanishing[i - 1] < rebuild.vanishing[i]);
        openssl += str_eq(rule_of(c, rebuild.vanishing[i]), STR("CVE-2026-1"));
        zlib += str_eq(rule_of(c, rebuild.vanishing[i]), STR("CVE-2026-4"));
    }
    assert_int_equal(openssl, 2);
    assert_int_equal(zlib, 1);
    assert_int_equal(rebuild.appearing_n, 1);
    assert_str_equal(rebuild.appearing[0].rule, STR("CVE-2026-2"));
    assert_str_equal(rebuild.appearing[0].name, STR("openssl"));
    assert_str_equal(rebuild.appearing[0].version, STR("3.0.2"));
}

static void the_same_packages_change_nothing(void **state) {
    struct comparison *c = *state;
    struct rebuild rebuild;
    struct err err = ERR_NONE;
    assert_int_equal(
        rebuild_compare(c->store, c->run, old, ARRAY_SIZE(old), &c->options, &c->arena, &rebuild, &err), 0);
    assert_int_equal(rebuild.vanishing_n, 0);
    assert_int_equal(rebuild.appearing_n, 0);
}

static void nothing_at_all_removes_what_is_in_the_base(void **state) {
    struct comparison *c = *state;
    struct rebuild rebuild;
    struct err err = ERR_NONE;
    assert_int_equal(rebuild_compare(c->store, c->run, NULL, 0, &c->options, &c->arena, &rebuild, &err), 0);
    assert_int_equal(rebuild.vanishing_n, 4);
    assert_int_equal(rebuild.appearing_n, 0);
}

static void each_allocation_may_fail(void **state) {
    struct comparison *c = *state;
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(8 * MIB);
        struct rebuild rebuild;
        struct err err = ERR_NONE;
        int r =
            rebuild_compare(c->store, c->run, fresh, ARRAY_SIZE(fresh), &c->options, &arena, &rebuild, &err);
        if (r != 0 && r != ERR_MEMORY) {
            fail_msg("%d: %s", r, err.message);
        }
    });
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_comparison, close_comparison)
    const struct CMUnitTest tests[] = {
        CASE(a_rebuild_removes_keeps_and_brings),
        CASE(the_same_packages_change_nothing),
        CASE(nothing_at_all_removes_what_is_in_the_base),
        CASE(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
