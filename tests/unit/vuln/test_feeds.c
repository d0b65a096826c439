/* Vendors' feeds in their real shape (tests/cases/advisories/feeds): what they say, and what counts where
 * OSV's export says something else. Expected values are read off the files by hand. */
#include "support.h"

#include "base/file.h"
#include "vuln/advisories.h"

/* OSV: of Debian 12 every record affects every version below 99. */
#define OSV_DEBIAN(n)                                                                                        \
    "{\"id\":\"DEBIAN-CVE-2026-" n "\",\"upstream\":[\"CVE-2026-" n "\"],\"affected\":[{\"package\":{"       \
    "\"ecosystem\":\"Debian:12\",\"name\":\"openssl\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{"    \
    "\"introduced\":\"0\"},{\"fixed\":\"99\"}]}]}]}"

static const struct {
    const char *source, *file;
} inputs[] = {
    {"debian", "debian.json"}, {"alpine", "alpine.json"},        {"amazon", "amazon.xml"},
    {"oracle", "oracle.xml"},  {"azurelinux", "azurelinux.xml"}, {"redhat", "redhat"},
};

struct fixture {
    struct place place;
    struct advisories *advisories;
    struct arena arena;
    size_t problems;
};

static void count(void *context, struct str place, struct str member, struct str message) {
    struct fixture *f = context;
    f->problems++;
}

static const char *input(struct fixture *f, const char *name) {
    char *path = arena_printf(&f->arena, "%s/tests/cases/advisories/feeds/%s", getenv("PLIMSOLL_TREE"), name);
    assert_non_null(path);
    return path;
}

static void open_with(struct fixture *f, const struct build_vendor *vendors, size_t n) {
    const char *const texts[] = {OSV_DEBIAN("0001"), OSV_DEBIAN("0002"), OSV_DEBIAN("0003"),
                                 OSV_DEBIAN("0009")};
    struct err err = ERR_NONE;
    place_make(&f->place);
    place_export(&f->place, "Debian", texts, ARRAY_SIZE(texts));
    const struct build_options options = {
        .vendors = vendors, .vendors_n = n, .problem = count, .problem_context = f};
    if (place_build(&f->place, options, &err) < 0 || advisories_open(&f->advisories, f->place.db, &err) < 0) {
        fail_msg("%s", err.message);
    }
}

static void open_all(struct fixture *f) {
    struct build_vendor vendors[ARRAY_SIZE(inputs)];
    *f = (struct fixture){.arena = arena_new(8 * MIB)};
    for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
        vendors[i] =
            (struct build_vendor){advisory_source_named(str_c(inputs[i].source)), input(f, inputs[i].file)};
    }
    open_with(f, vendors, ARRAY_SIZE(inputs));
    assert_int_equal(f->problems, 0);
}

static void close_all(struct fixture *f) {
    advisories_close(f->advisories);
    arena_free(&f->arena);
    place_remove(&f->place);
}

struct expectation {
    const char *ecosystem, *name, *version, *ids;
};

static void vendors_say_what_is_affected(void **state) {
    static const struct expectation rows[] = {
        /* 1 is repaired, 2 unimportant, 3 never was, 4 is undetermined; OSV alone knows 9. */
        {"Debian:12", "openssl", "3.0.11-1~deb12u1", "CVE-2026-0001,CVE-2026-0009,CVE-2026-0004?"},
        {"Debian:12", "openssl", "3.0.11-1~deb12u2", "CVE-2026-0009,CVE-2026-0004?"},
        {"Debian:11", "openssl", "99", "CVE-2026-0001,CVE-2026-0003"},
        {"Debian:13", "openssl", "1", "-"},
        {"Alpine:v3.19", "openssl", "3.1.4-r4", "CVE-2026-0001,CVE-2026-0002"},
        {"Alpine:v3.19", "openssl", "3.1.4-r5", "CVE-2026-0002"},
        {"Alpine:v3.19", "openssl", "3.1.4-r6", "-"},
        {"Alpine:v3.18", "openssl", "3.1.4-r4", "-"},
        {"Amazon Linux:2", "openssl-libs", "1:1.0.2k-24.amzn2.0.9", "CVE-2026-0001,CVE-2026-0002"},
        {"Amazon Linux:2", "openssl-libs", "1:1.0.2k-24.amzn2.0.10", "-"},
        {"Amazon Linux:2", "zlib", "1.2.7-18.amzn2", "CVE-2026-0001,CVE-2026-0002"},
        {"Amazon Linux:2", "bash", "4-1", "-"},
        {"Amazon Linux:2023", "zlib", "1.2.7-18", "-"},
        {"Oracle Linux:9", "openssl-libs", "1:3.0.7-23.el9", "CVE-2026-0001"},
        {"Oracle Linux:9", "openssl-libs", "1:3.0.7-24.el9", "-"},
        {"Oracle Linux:8", "openssl-libs", "1:1.1.1k-11.el8", "CVE-2026-0001"},
        {"Oracle Linux:8", "openssl-libs", "1:1.1.1k-12.el8", "-"},
        {"Azure Linux:3", "openssl", "3.3.0-1.azl3", "CVE-2026-0001,CVE-2026-0003"},
        {"Azure Linux:3", "openssl", "3.3.0-2.azl3", "CVE-2026-0003"},
        {"Red Hat:enterprise_linux:9", "openssl-libs", "1:3.0.7-26.el9", "CVE-2026-0001"},
        {"Red Hat:enterprise_linux:9", "openssl-libs", "1:3.0.7-27.el9", "-"},
        {"Red Hat:enterprise_linux:8", "openssl", "1:1.1.1k-9.el8", "CVE-2026-0002"},
        {"Red Hat:enterprise_linux:9", "nodejs", "1:16.20-1.module+el9.2", "-"},
        {"Red Hat:enterprise_linux:9", "nodejs", "1:18.12.1-1.module+el9.2", "CVE-2026-0001"},
    };
    struct fixture f;
    open_all(&f);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct str ids = match_ids(f.advisories, &f.arena, rows[i].ecosystem, rows[i].name, rows[i].version);
        if (!str_eq(ids, str_c(rows[i].ids))) {
            fail_msg("%s %s %s: \"%.*s\", not \"%s\"", rows[i].ecosystem, rows[i].name, rows[i].version,
                     STR_ARG(ids), rows[i].ids);
        }
    }
    close_all(&f);
}

/* The user's record knows better than OSV and the tracker about CVE-2026-0001, and nothing of the rest. */
static void own_advisories_count_first(void **state) {
    struct fixture f = {.arena = arena_new(8 * MIB)};
    const struct build_vendor vendors[] = {
        {advisory_source_named(STR("debian")), input(&f, "debian.json")},
        {advisory_source_named(STR("private")), input(&f, "private")},
    };
    open_with(&f, vendors, ARRAY_SIZE(vendors));
    assert_str_equal(match_ids(f.advisories, &f.arena, "npm", "@acme/door", "1.1.0"), STR("ACME-2026-1"));
    assert_str_equal(match_ids(f.advisories, &f.arena, "npm", "@acme/door", "1.2.0"), STR("-"));
    const struct package_record record = {
        .ecosystem = STR("Debian:12"),
        .package = {.name = STR("openssl"), .version = STR("3.0.11-1~deb12u2")}};
    struct match *m;
    struct err err = ERR_NONE;
    size_t n, found = 0;
    assert_int_equal(advisories_match(f.advisories, &f.arena, &record, &m, &n, &err), 0);
    for (size_t i = 0; i < n; i++) {
        if (str_eq(m[i].id, STR("CVE-2026-0001"))) {
            assert_str_equal(m[i].fixed, STR("3.0.99"));
            found++;
        }
    }
    assert_int_equal(found, 1);
    close_all(&f);
}

static int ignore(void *context, enum feed_record kind, struct str payload, struct err *err) {
    size_t *whole_feed = context;
    struct feed_problem problem;
    *whole_feed += kind == FEED_PROBLEM && feed_read_problem(payload, &problem) && !problem.member.n;
    return 0;
}

/* Half of a vendor's list would look like safety: each cut is told of the feed as a whole. */
static void cut_feeds_are_told(void **state) {
    static const struct {
        enum feed feed;
        const char *file;
    } feeds[] = {{FEED_DEBIAN, "debian.json"},
                 {FEED_ALPINE, "alpine.json"},
                 {FEED_AMAZON, "amazon.xml"},
                 {FEED_ORACLE, "oracle.xml"},
                 {FEED_AZURE_3, "azurelinux.xml"}};
    struct fixture f = {.arena = arena_new(8 * MIB)};
    for (size_t i = 0; i < ARRAY_SIZE(feeds); i++) {
        _cleanup_(buf_free) struct buf text = buf_new(MIB);
        struct err err = ERR_NONE;
        assert_int_equal(file_read(input(&f, feeds[i].file), &text, &err), 0);
        struct str whole = str_trim(buf_view(&text));
        for (size_t n = 1; n < whole.n; n += 7) {
            size_t told = 0;
            assert_int_equal(parse_feed(feeds[i].feed, true, str_sub(whole, 0, n), ignore, &told, &err), 0);
            assert_int_equal(told, 1);
        }
    }
    arena_free(&f.arena);
}

static void each_allocation_may_fail(void **state) {
    struct fixture f = {.arena = arena_new(8 * MIB)};
    static const struct {
        enum feed feed;
        const char *file;
    } feeds[] = {{FEED_DEBIAN, "debian.json"},       {FEED_ALPINE, "alpine.json"},
                 {FEED_AMAZON, "amazon.xml"},        {FEED_ORACLE, "oracle.xml"},
                 {FEED_AZURE_3, "azurelinux.xml"},   {FEED_REDHAT, "redhat/2026/cve-2026-0001.json"},
                 {FEED_PRIVATE, "private/ours.yaml"}};
    for (size_t i = 0; i < ARRAY_SIZE(feeds); i++) {
        _cleanup_(buf_free) struct buf text = buf_new(MIB);
        struct err err = ERR_NONE;
        size_t told;
        assert_int_equal(file_read(input(&f, feeds[i].file), &text, &err), 0);
        WITH_EACH_ALLOCATION_FAILED({
            int r = parse_feed(feeds[i].feed, true, buf_view(&text), ignore, &told, &err);
            assert_true(r == 0 || r == ERR_MEMORY);
        });
    }
    arena_free(&f.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vendors_say_what_is_affected),
        cmocka_unit_test(own_advisories_count_first),
        cmocka_unit_test(cut_feeds_are_told),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
