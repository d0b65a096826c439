#include "source/stream/zip.h"

#include "base/file.h"
#include "base/limits.h"
#include "zip_make.h"

#include <fcntl.h>
#include <sys/mman.h>

static void load(const char *name, struct buf *out) {
    char path[512];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/zip/%s", getenv("PLIMSOLL_TREE"), name);
    assert_int_equal(file_read(path, out, &err), 0);
}

static int read_members(struct zip *zip, int r, struct buf *body) {
    struct zip_member member;
    struct err err = ERR_NONE;
    int n = 0;
    while (r == 0 && (r = zip_next(zip, &member, &err)) == 1) {
        r = zip_read(zip, &member, body, &err);
        n++;
    }
    return r < 0 ? r : n;
}

/* Reads all; returns the first error of any member or of the directory, or how many members there are. */
static int read_all(struct str bytes, struct buf *body) {
    struct zip zip;
    struct err err = ERR_NONE;
    return read_members(&zip, zip_open(&zip, bytes, &err), body);
}

/* The same from a file. */
static int read_file(struct str bytes, struct buf *body) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(closep) int fd = memfd_create("zip", MFD_CLOEXEC);
    struct zip zip;
    struct err err = ERR_NONE;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.p, bytes.n), (ssize_t)bytes.n);
    return read_members(&zip, zip_open_file(&zip, fd, &arena, &err), body);
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

static void a_file_reads_as_memory_does(void **state) {
    _cleanup_(buf_free) struct buf zip = buf_new(MIB), body = buf_new(MIB), again = buf_new(MIB);
    static const char *const names[] = {"deflate.zip", "zip64.zip"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        buf_clear(&zip);
        buf_clear(&body);
        buf_clear(&again);
        load(names[i], &zip);
        assert_int_equal(read_file(buf_view(&zip), &again), read_all(buf_view(&zip), &body));
        assert_str_equal(buf_view(&again), buf_view(&body));
        for (size_t n = 0; n < zip.n; n++) {
            assert_true(read_file(str_sub(buf_view(&zip), 0, n), &again) < 0);
        }
    }
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf content = buf_new(MIB);
        int r = read_file(buf_view(&zip), &content);
        assert_true(r == 1 || r == ERR_MEMORY);
    });
}

/* Offsets count from the archive's own begin, as with `cat start.sh app.zip`. */
static void an_archive_behind_a_program_is_read(void **state) {
    const char *const texts[] = {"one", "two"};
    _cleanup_(buf_free) struct buf zip = buf_new(MIB), whole = buf_new(MIB), body = buf_new(MIB);
    zip_make(&zip, texts, ARRAY_SIZE(texts));
    buf_c(&whole, "#!/bin/sh\nexec java -jar \"$0\"\n");
    buf_str(&whole, buf_view(&zip));
    assert_int_equal(read_all(buf_view(&whole), &body), 2);
    assert_str_equal(buf_view(&body), STR("onetwo"));
    assert_int_equal(read_file(buf_view(&whole), &body), 2);
}

static void a_stored_member_is_a_slice(void **state) {
    const char *const texts[] = {"one"};
    _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
    struct zip zip;
    struct zip_member member;
    struct str content;
    struct err err = ERR_NONE;
    zip_make(&bytes, texts, 1);
    assert_int_equal(zip_open(&zip, buf_view(&bytes), &err), 0);
    assert_int_equal(zip_next(&zip, &member, &err), 1);
    assert_true(zip_is_plain(&zip, &member));
    assert_int_equal(zip_slice(&zip, &member, &content, &err), 0);
    assert_str_equal(content, STR("one"));
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
        cmocka_unit_test(a_file_reads_as_memory_does),
        cmocka_unit_test(an_archive_behind_a_program_is_read),
        cmocka_unit_test(a_stored_member_is_a_slice),
        cmocka_unit_test(overlapping_members_are_refused),
        cmocka_unit_test(a_member_above_the_callers_cap_is_refused),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
