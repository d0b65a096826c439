#include "base/limits.h"
#include "model/package_record.h"

#include "test.h"

static const struct str linked[] = {{"crypto/tls", 10}, {"net/http", 8}};

static const struct package_record full = {
    .package = {.type = PACKAGE_GOLANG,
                .flags = PACKAGE_IS_DIRECT | PACKAGE_KNOWS_LINKED,
                .name = {"std\"lib", 7},
                .version = {"v1.22.0", 7},
                .arch = {"amd64", 5},
                .source_name = {"go", 2},
                .source_version = {"1", 1},
                .licence = {"BSD-3-Clause", 12},
                .vendor = {"x", 1},
                .line = 4000000000,
                .linked = linked,
                .linked_n = 2,
                .checksum = STR("sha256:00ff")},
    .purl = {"pkg:golang/stdlib@v1.22.0", 25},
    .ecosystem = {"Go", 2},
    .path = {"usr/bin/x", 9},
    .owner = {"pkg:deb/debian/x@1", 18},
    .layer = 3,
    .is_in_base = true,
};

static void every_field_is_written(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    package_record_write(&out, &full);
    assert_str_equal(
        buf_view(&out),
        STR("{\"type\":\"golang\",\"name\":\"std\\\"lib\",\"version\":\"v1.22.0\",\"arch\":\"amd64\","
            "\"sourceName\":\"go\",\"sourceVersion\":\"1\",\"licence\":\"BSD-3-Clause\",\"vendor\":\"x\","
            "\"checksum\":\"sha256:00ff\",\"line\":4000000000,\"purl\":\"pkg:golang/"
            "stdlib@v1.22.0\",\"ecosystem\":\"Go\","
            "\"path\":\"usr/bin/x\",\"owner\":\"pkg:deb/debian/x@1\",\"layer\":3,\"isInBase\":true,"
            "\"isDirect\":true,\"knowsLinked\":true,\"linked\":[\"crypto/tls\",\"net/http\"]}"));
}

static void every_field_comes_back(void **state) {
    struct err err = ERR_NONE;
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct package_record back;
    package_record_write(&out, &full);
    assert_int_equal(package_record_read(&arena, buf_view(&out), &back, &err), 0);
    memset(out.p, 'x', out.n); /* nothing points into it */
    assert_int_equal(back.package.type, PACKAGE_GOLANG);
    assert_int_equal(back.package.flags, full.package.flags);
    assert_str_equal(back.package.name, full.package.name);
    assert_str_equal(back.package.version, full.package.version);
    assert_str_equal(back.package.arch, full.package.arch);
    assert_str_equal(back.package.source_name, full.package.source_name);
    assert_str_equal(back.package.source_version, full.package.source_version);
    assert_str_equal(back.package.licence, full.package.licence);
    assert_str_equal(back.package.vendor, full.package.vendor);
    assert_true(back.package.line == 4000000000);
    assert_str_equal(back.package.checksum, full.package.checksum);
    assert_int_equal(back.package.linked_n, 2);
    assert_str_equal(back.package.linked[1], linked[1]);
    assert_str_equal(back.purl, full.purl);
    assert_str_equal(back.ecosystem, full.ecosystem);
    assert_str_equal(back.path, full.path);
    assert_str_equal(back.owner, full.owner);
    assert_int_equal(back.layer, 3);
    assert_true(back.is_in_base);
}

static void what_is_empty_is_left_out(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    package_record_write(&out, &(struct package_record){.package = {.type = PACKAGE_NPM, .name = STR("a")}});
    assert_str_equal(buf_view(&out), STR("{\"type\":\"npm\",\"name\":\"a\"}"));
}

static void what_is_no_record_is_refused(void **state) {
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"type\":\"gems\"}",
        "{\"type\":\"npm\",\"name\":1}",
        "{\"type\":\"npm\",\"line\":-1}",
        "{\"type\":\"npm\",\"line\":4294967296}",
        "{\"type\":\"npm\",\"layer\":\"x\"}",
        "{\"type\":\"npm\"",
    };
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        struct err err = ERR_NONE;
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct package_record record;
        assert_int_equal(package_record_read(&arena, str_c(texts[i]), &record, &err), ERR_INPUT);
        assert_true(err.message[0] != 0);
    }
}

static void no_memory_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct err err = ERR_NONE;
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        struct package_record back;
        package_record_write(&out, &full);
        if (!out.failed) {
            int code = package_record_read(&arena, buf_view(&out), &back, &err);
            assert_true(code == 0 || code == ERR_MEMORY);
        }
    })
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_written),    cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(what_is_empty_is_left_out), cmocka_unit_test(what_is_no_record_is_refused),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
