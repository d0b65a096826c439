#include "vuln/osv.h"

#include "base/limits.h"

#include "test.h"

static const char record_text[] =
    "{\"id\":\"GHSA-1\",\"modified\":\"2024-01-02T00:00:00Z\",\"published\":\"0001-01-01T00:00:00Z\","
    "\"aliases\":[\"CVE-2024-1\"],\"related\":[\"CVE-2024-2\"],\"summary\":\"S\",\"withdrawn\":null,"
    "\"severity\":[{\"type\":\"CVSS_V3\",\"score\":\"CVSS:3.1/x\"},{\"type\":\"Ubuntu\",\"score\":\"low\"}],"
    "\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"A_b.C\"},\"versions\":[\"1.5\",\"9\"],"
    "\"ranges\":[{\"type\":\"GIT\",\"events\":[{\"introduced\":\"0\"}]},{\"type\":\"ECOSYSTEM\",\"events\":"
    "[{\"introduced\":\"0\"},{\"fixed\":\"2.0\"}]}],\"ecosystem_specific\":{\"imports\":[{\"path\":\"p/q\","
    "\"symbols\":[\"F\"]}]}}],\"database_specific\":{\"severity\":\"HIGH\"}}";

static void check(const struct osv_record *r) {
    assert_str_equal(r->id, STR("GHSA-1"));
    assert_int_equal(r->modified, 1704153600);
    assert_int_equal(r->published, 0);
    assert_int_equal(r->aliases.n, 1);
    assert_int_equal(r->upstream.n, 0);
    assert_int_equal(r->vectors.n, 1);
    assert_str_equal(r->word, STR("HIGH"));
    assert_int_equal(r->affected_n, 1);
    assert_str_equal(r->affected[0].name, STR("a-b-c"));
    assert_int_equal(r->affected[0].ranges_n, 1);
    assert_int_equal(r->affected[0].ranges[0].n, 2);
    assert_str_equal(r->affected[0].ranges[0].events[1].version, STR("2.0"));
    assert_int_equal(r->affected[0].imports_n, 1);
    assert_str_equal(r->affected[0].imports[0].symbols.p[0], STR("F"));
}

static void a_record_survives_the_compact_form(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
    struct osv_record record, again;
    struct err err = ERR_NONE;
    assert_int_equal(osv_read(&arena, str_c(record_text), &record, &err), 0);
    check(&record);
    osv_encode(&bytes, &record);
    assert_false(bytes.failed);
    assert_int_equal(osv_decode(&arena, buf_view(&bytes), &again, &err), 0);
    check(&again);
    for (size_t n = 0; n < bytes.n; n++) {
        assert_int_equal(osv_decode(&arena, str_sub(buf_view(&bytes), 0, n), &again, &err), ERR_INPUT);
    }
}

static void versions_that_a_range_holds_are_left_out(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct osv_record record;
    struct err err = ERR_NONE;
    assert_int_equal(osv_read(&arena, str_c(record_text), &record, &err), 0);
    osv_reduce(&record);
    assert_int_equal(record.affected[0].versions.n, 1);
    assert_str_equal(record.affected[0].versions.p[0], STR("9"));
}

static void errata_of_almalinux_are_read_by_their_summary(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct osv_record record;
    struct err err = ERR_NONE;
    assert_int_equal(
        osv_read(&arena,
                 STR("{\"id\":\"ALSA-2024:1\",\"related\":[\"CVE-2024-1\",\"RHSA-1\",\"CVE-2024-2\"],"
                     "\"summary\":\"Important: nodejs:18 security update\"}"),
                 &record, &err),
        0);
    assert_int_equal(record.upstream.n, 2);
    assert_str_equal(record.upstream.p[1], STR("CVE-2024-2"));
    assert_str_equal(record.word, STR("high"));
    assert_str_equal(record.module, STR("nodejs:18"));
    assert_int_equal(record.informational.n, 0);
    assert_int_equal(
        osv_read(&arena, STR("{\"id\":\"ALBA-2024:1\",\"summary\":\"bash bug fix update\"}"), &record, &err),
        0);
    assert_str_equal(record.informational, STR("bugfix"));
}

static void damage_is_named(void **state) {
    static const struct {
        const char *text;
        int code;
        const char *word;
    } bad[] = {
        {"", ERR_INPUT, "line 1"},
        {"[]", ERR_INPUT, "object"},
        {"{}", ERR_INPUT, "no id"},
        {"{\"id\":7}", ERR_INPUT, "no id"},
        {"{\"id\":\"A\",\"aliases\":\"x\"}", ERR_INPUT, "aliases"},
        {"{\"id\":\"A\",\"aliases\":[3]}", ERR_INPUT, "aliases"},
        {"{\"id\":\"A\",\"affected\":{}}", ERR_INPUT, "affected"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"name\":\"n\"}}]}", ERR_INPUT,
         "affected 0: no ecosystem"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\"}}]}", ERR_INPUT, "no package name"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"n\"},\"ranges\":[{"
         "\"type\":"
         "\"SEMVER\",\"events\":[{\"begun\":\"1\"}]}]}]}",
         ERR_INPUT, "event"},
        {"{\"id\":\"A\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"n\"},\"ranges\":[{"
         "\"type\":"
         "\"TIME\",\"events\":[]}]}]}",
         ERR_UNSUPPORTED, "TIME"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct osv_record record;
        struct err err = ERR_NONE;
        assert_int_equal(osv_read(&arena, str_c(bad[i].text), &record, &err), bad[i].code);
        if (!strstr(err.message, bad[i].word)) {
            fail_msg("%s: %s", bad[i].text, err.message);
        }
    }
}

static int read_repeated(const char *head, const char *item, size_t n, const char *tail) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(8 * MIB);
    struct osv_record record;
    struct err err = ERR_NONE;
    buf_c(&text, head);
    for (size_t i = 0; i < n; i++) {
        buf_c(&text, item);
    }
    buf_c(&text, tail);
    int r = osv_read(&arena, buf_view(&text), &record, &err);
    if (r == 0) {
        osv_reduce(&record);
    }
    return r;
}

static void absurd_records_end_in_time(void **state) {
    assert_int_equal(read_repeated("{\"id\":\"A\",\"aliases\":[\"a\"", ",\"b\"", 100000, "]}"), ERR_LIMIT);
    assert_int_equal(read_repeated("", "[", 100000, ""), ERR_LIMIT);
    /* As many events and versions as are allowed: the reduction does not try all pairs. */
    assert_int_equal(
        read_repeated("{\"id\":\"A\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"n\"},"
                      "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"}",
                      ",{\"fixed\":\"1.0.0\"}", 60000, "]}],\"versions\":[\"1.0.0\"]}]}"),
        0);
}

static void no_memory_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
        struct osv_record record;
        struct err err = ERR_NONE;
        int r = osv_read(&arena, str_c(record_text), &record, &err);
        if (r == 0) {
            osv_encode(&bytes, &record);
            r = bytes.failed ? ERR_MEMORY : osv_decode(&arena, buf_view(&bytes), &record, &err);
        }
        assert_true(r == 0 || r == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_survives_the_compact_form),
        cmocka_unit_test(versions_that_a_range_holds_are_left_out),
        cmocka_unit_test(errata_of_almalinux_are_read_by_their_summary),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(absurd_records_end_in_time),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
