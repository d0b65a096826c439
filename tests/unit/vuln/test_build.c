#include "support.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/wire.h"
#include "vuln/advisories.h"
#include "vuln/db.h"
#include "vuln/seal.h"

#define RECORD(id, modified, fixed)                                                                          \
    "{\"id\":\"" id "\",\"modified\":\"" modified                                                            \
    "\",\"summary\":\"S\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"p\"},\"ranges\":"     \
    "[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"" fixed "\"}]}]}]}"

#define FIRST RECORD("CVE-2024-0003", "2024-03-02T00:00:00Z", "3.0.0")

static const char *const records[] = {
    RECORD("CVE-2024-0001", "2024-01-01T00:00:00Z", "1.5.0"),
    "{\"id\":\"BAD\",\"affected\":7}",
    RECORD("CVE-2024-0002", "2024-01-02T00:00:00Z", "2.0.0"),
};

struct told {
    size_t n;
    char last[512];
};

static void tell(void *context, struct str place, struct str member, struct str message) {
    struct told *told = context;
    told->n++;
    snprintf(told->last, sizeof told->last, "%.*s|%.*s|%.*s", STR_ARG(place), STR_ARG(member),
             STR_ARG(message));
}

static void check_matches(const char *db, const char *version, const char *expected) {
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct err err = ERR_NONE;
    assert_int_equal(advisories_verify(db, &err), 0);
    assert_int_equal(advisories_open(&advisories, db, &err), 0);
    assert_str_equal(match_ids(advisories, &arena, "npm", "p", version), str_c(expected));
}

static void damaged_records_are_named_and_left_out(void **state) {
    struct place place;
    struct told told = {0};
    struct err err = ERR_NONE;
    place_make(&place);
    place_export(&place, "npm", records, ARRAY_SIZE(records));
    assert_int_equal(
        place_build(&place, (struct build_options){.problem = tell, .problem_context = &told}, &err), 0);
    assert_int_equal(told.n, 1);
    assert_non_null(strstr(told.last, "npm|1.json|"));
    check_matches(place.db, "1.0.0", "CVE-2024-0001,CVE-2024-0002");
    place_remove(&place);
}

static void a_damaged_archive_keeps_the_old_database(void **state) {
    struct place place;
    struct err err = ERR_NONE;
    place_make(&place);
    place_export(&place, "npm", records, 1);
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    place_write(&place, "npm/all.zip", STR("PK\3\4 and no more"));
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "npm/all.zip"));
    check_matches(place.db, "1.0.0", "CVE-2024-0001");
    place_remove(&place);
}

static void the_same_input_gives_the_same_bytes(void **state) {
    struct place place;
    struct err err = ERR_NONE;
    _cleanup_(buf_free) struct buf a = buf_new(MIB), b = buf_new(MIB);
    place_make(&place);
    place_export(&place, "npm", records, ARRAY_SIZE(records));
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    assert_int_equal(file_read(place.db, &a, &err), 0);
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    assert_int_equal(file_read(place.db, &b, &err), 0);
    assert_true(str_eq(buf_view(&a), buf_view(&b)));
    place_remove(&place);
}

static void scores_and_notes_are_kept(void **state) {
    struct place place;
    struct told told = {0};
    struct err err = ERR_NONE;
    char kev[128], epss[128], notes[128];
    place_make(&place);
    place_export(&place, "npm", records, 1);
    place_write(&place, "kev",
                STR("{\"dateReleased\":\"2025-08-25T17:04:19.9796Z\",\"vulnerabilities\":[{\"cveID\":"
                    "\"CVE-2024-0001\",\"dateAdded\":\"2024-05-06\"},{\"cveID\":\"\"}]}"));
    place_write(&place, "epss",
                STR("#model_version:v2023.03.01,score_date:2024-08-01T00:00:00+0000\n"
                    "cve,epss,percentile\nCVE-2024-0001,0.97565,1.0\nnonsense\n"));
    place_write(&place, "notes", STR("npm\tpartial: two records\n"));
    snprintf(kev, sizeof kev, "%s/kev", place.dir);
    snprintf(epss, sizeof epss, "%s/epss", place.dir);
    snprintf(notes, sizeof notes, "%s/notes", place.dir);
    const struct build_options options = {
        .kev = kev, .epss = epss, .notes = notes, .built = 7, .problem = tell, .problem_context = &told};
    assert_int_equal(place_build(&place, options, &err), 0);
    assert_int_equal(told.n, 2);
    assert_non_null(strstr(told.last, "EPSS|line 4|"));
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct advisories_state s;
    struct match *m;
    size_t n;
    const struct package_record record = {.ecosystem = STR("npm"),
                                          .package = {.name = STR("p"), .version = STR("1.0.0")}};
    assert_int_equal(advisories_open(&advisories, place.db, &err), 0);
    assert_int_equal(advisories_state(advisories, &arena, &s, &err), 0);
    assert_true(s.has_kev && s.has_epss && !s.is_snapshot && s.sources[0].is_partial);
    assert_int_equal(s.built, 7);
    assert_int_equal(s.kev_date, 1756141459);
    assert_int_equal(s.epss_date, 1722470400);
    assert_int_equal(s.sources[0].newest, 1704067200);
    assert_int_equal(advisories_match(advisories, &arena, &record, &m, &n, &err), 0);
    assert_int_equal(n, 1);
    assert_str_equal(m[0].exploited_since, STR("2024-05-06"));
    assert_true(m[0].epss > 0.9756 && m[0].epss < 0.9757 && m[0].epss_percentile > 0.999);
    assert_str_equal(m[0].title, STR("S"));
    place_remove(&place);
}

static void assert_source(const struct place *place, int64_t n, const char *newest) {
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct advisories_state s;
    struct err err = ERR_NONE;
    int64_t seconds;
    assert_int_equal(advisories_open(&advisories, place->db, &err), 0);
    assert_int_equal(advisories_state(advisories, &arena, &s, &err), 0);
    assert_int_equal(s.sources_n, 1);
    assert_int_equal(s.sources[0].records, n);
    assert_true(clock_parse(str_c(newest), &seconds));
    assert_int_equal(s.sources[0].newest, seconds);
}

static void an_update_replaces_what_is_newer(void **state) {
    struct place place;
    struct told told = {0};
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct update_change *changes;
    size_t n, replaced;
    char list[128];
    place_make(&place);
    place_export(&place, "npm", records, ARRAY_SIZE(records));
    assert_int_equal(place_build(&place, (struct build_options){.built = 1}, &err), 0);
    place_write(&place, "list",
                STR("2024-03-02T00:00:00Z,CVE-2024-0003\n2024-03-01T00:00:00Z,CVE-2024-0001\n"
                    "2024-01-05T00:00:00Z,BROKEN\n"));
    snprintf(list, sizeof list, "%s/list", place.dir);
    assert_int_equal(advisories_changes(place.db, STR("npm"), list, NULL, NULL, &arena, &changes, &n, &err),
                     0);
    assert_int_equal(n, 4);
    assert_str_equal(changes[3].id, STR("CVE-2024-0002"));
    assert_true(changes[3].is_gone && !changes[0].is_gone);
    changes[0].body = STR(RECORD("CVE-2024-0003", "2024-03-02T00:00:00Z", "3.0.0"));
    changes[1].body = STR(RECORD("CVE-2024-0001", "2024-03-01T00:00:00Z", "0.5.0"));
    changes[2].body = STR("{");
    const struct update_options options = {
        .changes = changes, .changes_n = n, .problem = tell, .problem_context = &told};
    assert_int_equal(advisories_update(&options, place.db, &replaced, &err), 0);
    assert_int_equal(replaced, 3);
    assert_non_null(strstr(told.last, "npm|BROKEN|"));
    check_matches(place.db, "1.0.0", "CVE-2024-0003");
    check_matches(place.db, "0.4.0", "CVE-2024-0001,CVE-2024-0003");
    assert_source(&place, 2, "2024-03-02T00:00:00Z");
    place_remove(&place);
}

static void a_list_that_is_not_whole_is_refused(void **state) {
    struct place place;
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct update_change *changes;
    size_t n;
    char list[128];
    static const struct str lists[] = {STR("no time"), STR(""), STR("2024-03-02T00:00:00Z,../x\n"),
                                       STR("2024-03-02T00:00:00Z,CVE-2024-0001\n2024-03-0")};
    place_make(&place);
    place_export(&place, "npm", records, ARRAY_SIZE(records));
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    snprintf(list, sizeof list, "%s/list", place.dir);
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        place_write(&place, "list", lists[i]);
        assert_int_equal(
            advisories_changes(place.db, STR("npm"), list, NULL, NULL, &arena, &changes, &n, &err),
            ERR_INPUT);
    }
    assert_int_equal(advisories_changes(place.db, STR("PyPI"), list, NULL, NULL, &arena, &changes, &n, &err),
                     ERR_ABSENT);
    place_remove(&place);
}

static void a_whole_archive_replaces_its_ecosystem(void **state) {
    struct place place;
    struct err err = ERR_NONE;
    static const char *const newer[] = {RECORD("CVE-2024-0007", "2024-05-01T00:00:00Z", "1.7.0")};
    struct update_whole whole = {STR("npm"), NULL};
    size_t replaced;
    char zip[128];
    place_make(&place);
    place_export(&place, "npm", records, ARRAY_SIZE(records));
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    place_export(&place, "npm", newer, 1);
    snprintf(zip, sizeof zip, "%s/npm/all.zip", place.dir);
    whole.zip = zip;
    const struct update_options options = {.wholes = &whole, .wholes_n = 1};
    assert_int_equal(advisories_update(&options, place.db, &replaced, &err), 0);
    assert_int_equal(replaced, 1);
    check_matches(place.db, "1.0.0", "CVE-2024-0007");
    assert_int_equal(unlink(place.db), 0);
    assert_int_equal(advisories_update(&options, place.db, &replaced, &err), 0);
    check_matches(place.db, "1.0.0", "CVE-2024-0007");
    place_remove(&place);
}

static void a_changed_database_does_not_verify(void **state) {
    struct place place;
    struct err err = ERR_NONE;
    char other[128];
    place_make(&place);
    snprintf(other, sizeof other, "%s/other.db", place.dir);
    place_export(&place, "npm", records, 1);
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    assert_int_equal(advisories_import(place.db, other, false, &err), 0);
    static const char *const changes[] = {
        "DELETE FROM affected; COMMIT",
        "CREATE VIEW v AS SELECT 1; COMMIT",
        "PRAGMA user_version = 99; COMMIT",
    };
    for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
        sqlite3 *db = NULL;
        assert_int_equal(advisories_import(place.db, other, false, &err), 0);
        assert_int_equal(db_edit(&db, other, &err), 0);
        assert_int_equal(db_execute(db, changes[i], &err), 0);
        db_closep(&db);
        assert_true(advisories_verify(other, &err) < 0);
        assert_true(advisories_import(other, place.db, false, &err) < 0);
    }
    place_write(&place, "other.db", STR("this is not a database, though it is long enough to be looked at"));
    assert_true(advisories_verify(other, &err) < 0);
    assert_int_equal(advisories_verify("/nowhere/at/all.db", &err), ERR_ABSENT);
    check_matches(place.db, "1.0.0", "CVE-2024-0001");
    place_remove(&place);
}

static void a_view_does_not_verify_with_the_right_seal_either(void **state) {
    struct place place;
    struct err err = ERR_NONE;
    sqlite3 *db = NULL;
    place_make(&place);
    place_export(&place, "npm", records, 1);
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    assert_int_equal(db_edit(&db, place.db, &err), 0);
    assert_int_equal(db_execute(db, "CREATE VIEW v AS SELECT 1", &err), 0);
    assert_int_equal(seal_prepare(db, &err), 0);
    assert_int_equal(db_execute(db, "COMMIT", &err), 0);
    db_closep(&db);
    assert_int_equal(seal_write(place.db, &err), 0);
    assert_int_equal(advisories_verify(place.db, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "tables"));
    place_remove(&place);
}

static void a_flipped_byte_anywhere_does_not_verify(void **state) {
    struct place place;
    struct err err = ERR_NONE;
    _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
    enum { STRIDE = 61 };
    place_make(&place);
    place_export(&place, "npm", records, ARRAY_SIZE(records));
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    assert_int_equal(file_read(place.db, &bytes, &err), 0);
    for (size_t i = 0; i < bytes.n; i += STRIDE) {
        bytes.p[i] ^= 1;
        place_write(&place, "other.db", buf_view(&bytes));
        bytes.p[i] ^= 1;
        char other[128];
        snprintf(other, sizeof other, "%s/other.db", place.dir);
        if (advisories_verify(other, &err) >= 0) {
            fail_msg("byte %zu", i);
        }
    }
    place_remove(&place);
}

/* As a reader that crashes at a record, with what it had told before or without. */
static int crash(void *context, enum feed feed, bool keep_summary, struct str bytes, feed_emit *emit,
                 void *emit_context, struct err *err) {
    ptrdiff_t at = str_find(bytes, STR("CRASH"));
    bool tells_before = *(const bool *)context;
    if (at < 0) {
        return parse_feed(feed, keep_summary, bytes, emit, emit_context, err);
    }
    if (tells_before && str_find(bytes, STR(FIRST)) == WIRE_HEAD) {
        struct str first = str_sub(bytes, 0, WIRE_HEAD + sizeof FIRST - 1);
        int r = parse_feed(feed, keep_summary, first, emit, emit_context, err);
        assert_int_equal(r, 0);
    }
    return err_set(err, ERR_INPUT, "the reader crashed");
}

static void a_record_that_crashes_the_reader_costs_itself(void **state) {
    for (int i = 0; i < 2; i++) {
        bool tells_before = i;
        struct place place;
        struct told told = {0};
        struct err err = ERR_NONE;
        size_t replaced;
        place_make(&place);
        place_export(&place, "npm", records, ARRAY_SIZE(records));
        assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
        const struct update_change changes[] = {
            {.ecosystem = STR("npm"), .id = STR("CVE-2024-0003"), .body = STR(FIRST)},
            {.ecosystem = STR("npm"), .id = STR("CVE-2024-0002"), .body = STR("CRASH")},
            {.ecosystem = STR("npm"),
             .id = STR("CVE-2024-0001"),
             .body = STR(RECORD("CVE-2024-0001", "2024-03-01T00:00:00Z", "0.5.0"))},
        };
        const struct update_options options = {.changes = changes,
                                               .changes_n = ARRAY_SIZE(changes),
                                               .parse = crash,
                                               .parse_context = &tells_before,
                                               .problem = tell,
                                               .problem_context = &told};
        assert_int_equal(advisories_update(&options, place.db, &replaced, &err), 0);
        assert_int_equal(replaced, 2);
        assert_int_equal(told.n, 1);
        assert_non_null(strstr(told.last, "npm|CVE-2024-0002|the reader crashed"));
        check_matches(place.db, "0.4.0", "CVE-2024-0001,CVE-2024-0002,CVE-2024-0003");
        check_matches(place.db, "1.9.0", "CVE-2024-0002,CVE-2024-0003");
        place_remove(&place);
    }
}

static void no_memory_keeps_the_old_database(void **state) {
    struct place place;
    struct err err = ERR_NONE;
    place_make(&place);
    place_export(&place, "npm", records, ARRAY_SIZE(records));
    assert_int_equal(place_build(&place, (struct build_options){0}, &err), 0);
    WITH_EACH_ALLOCATION_FAILED({
        struct err cause = ERR_NONE;
        int r = place_build(&place, (struct build_options){0}, &cause);
        assert_true(r == 0 || r == ERR_MEMORY);
    });
    check_matches(place.db, "1.0.0", "CVE-2024-0001,CVE-2024-0002");
    place_remove(&place);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_records_are_named_and_left_out),
        cmocka_unit_test(a_damaged_archive_keeps_the_old_database),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(scores_and_notes_are_kept),
        cmocka_unit_test(an_update_replaces_what_is_newer),
        cmocka_unit_test(a_list_that_is_not_whole_is_refused),
        cmocka_unit_test(a_whole_archive_replaces_its_ecosystem),
        cmocka_unit_test(a_changed_database_does_not_verify),
        cmocka_unit_test(a_view_does_not_verify_with_the_right_seal_either),
        cmocka_unit_test(a_flipped_byte_anywhere_does_not_verify),
        cmocka_unit_test(a_record_that_crashes_the_reader_costs_itself),
        cmocka_unit_test(no_memory_keeps_the_old_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
