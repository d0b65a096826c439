#include "vuln/zip.h"

#include "support.h"

#include "base/file.h"

static void load(const char *name, struct buf *out) {
    char path[512];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/zip/%s", getenv("PLIMSOLL_SOURCE"), name);
    assert_int_equal(file_read(path, out, &err), 0);
}

/* Reads all; returns the first error of any member or of the directory, or how many members there are. */
static int read_all(struct str bytes, struct buf *body) {
    struct zip zip;
    struct zip_member member;
    struct err err = ERR_NONE;
    int n = 0, r = zip_open(&zip, bytes, &err);
    while (r == 0 && (r = zip_next(&zip, &member, &err)) == 1) {
        r = zip_read(&zip, &member, body, &err);
        n++;
    }
    return r < 0 ? r : n;
}

/* The archives are Python's zipfile's. */
static void what_another_program_packed_is_read(void **state) {
    _cleanup_(buf_free) struct buf zip = buf_new(MIB), body = buf_new(MIB);
    load("deflate.zip", &zip);
    assert_int_equal(read_all(buf_view(&zip), &body), 2);
    assert_int_equal(body.n, 500);
    assert_true(str_starts(buf_view(&body), STR("{\"id\":\"A\"}{\"id\":\"A\"}")));
    buf_clear(&zip);
    buf_clear(&body);
    load("zip64.zip", &zip);
    assert_int_equal(read_all(buf_view(&zip), &body), 1);
    assert_str_equal(buf_view(&body), STR("{\"id\":\"B\"}"));
}

static void every_cut_is_an_error(void **state) {
    _cleanup_(buf_free) struct buf zip = buf_new(MIB), body = buf_new(MIB);
    load("deflate.zip", &zip);
    for (size_t n = 0; n < zip.n; n++) {
        buf_clear(&body);
        assert_true(read_all(str_sub(buf_view(&zip), 0, n), &body) < 0);
    }
}

/* Whatever byte is changed: an error, or the same content (time stamps, attributes). */
static void every_changed_byte_is_harmless(void **state) {
    _cleanup_(buf_free) struct buf zip = buf_new(MIB), body = buf_new(64 * KIB);
    load("deflate.zip", &zip);
    for (size_t i = 0; i < zip.n; i++) {
        zip.p[i] ^= 0xff;
        buf_clear(&body);
        int r = read_all(buf_view(&zip), &body);
        assert_true(r < 0 || body.n == 500 || r < 2);
        zip.p[i] ^= 0xff;
    }
}

static void overlapping_members_are_refused(void **state) {
    const char *const texts[] = {
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "b",
        "c",
        "d",
        "e",
        "f"};
    _cleanup_(buf_free) struct buf zip = buf_new(MIB), body = buf_new(MIB);
    zip_make(&zip, texts, ARRAY_SIZE(texts));
    assert_int_equal(read_all(buf_view(&zip), &body), 6);
    /* Every directory entry claims the space of a whole archive. */
    size_t end = zip.n - 22;
    size_t at = (size_t)zip.p[end + 16] | (size_t)zip.p[end + 17] << 8;
    for (size_t i = 0; i < 6; i++, at += 46 + 6) {
        zip.p[at + 20] = zip.p[at + 24] = 250;
    }
    buf_clear(&body);
    assert_int_equal(read_all(buf_view(&zip), &body), ERR_INPUT);
}

static void a_member_above_the_callers_cap_is_refused(void **state) {
    _cleanup_(buf_free) struct buf zip = buf_new(MIB), body = buf_new(100);
    load("deflate.zip", &zip);
    assert_int_equal(read_all(buf_view(&zip), &body), ERR_LIMIT);
}

static void no_memory_is_an_error(void **state) {
    _cleanup_(buf_free) struct buf zip = buf_new(MIB);
    load("deflate.zip", &zip);
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf body = buf_new(MIB);
        int r = read_all(buf_view(&zip), &body);
        assert_true(r == 2 || r == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_another_program_packed_is_read),
        cmocka_unit_test(every_cut_is_an_error),
        cmocka_unit_test(every_changed_byte_is_harmless),
        cmocka_unit_test(overlapping_members_are_refused),
        cmocka_unit_test(a_member_above_the_callers_cap_is_refused),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
