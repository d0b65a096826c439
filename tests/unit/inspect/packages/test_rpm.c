#include "base/file.h"
#include "expect.h"
#include "header_bytes.h"
#include "inspect/packages/packages.h"

#include <sqlite3.h>

#define PATH "var/lib/rpm/Packages"

/* The corpus of the fuzz targets: three headers in databases that SQLite and Berkeley DB wrote, and one by
 * the description of NDB. */
static struct buf corpus(const char *name) {
    struct buf body = buf_new(MIB);
    struct err err = ERR_NONE;
    char path[LIMIT_PATH];
    const char *source = getenv("PLIMSOLL_TREE");
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", source ? source : ".", name);
    if (file_read(path, &body, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return body;
}

static const char *const databases[] = {"rpm_sqlite/three", "rpm_ndb/three", "rpm_bdb/little", "rpm_bdb/big"};

static bool has(const struct buf *out, const char *line) {
    return str_find(buf_view(out), str_c(line)) >= 0;
}

static struct buf facts_of(struct str body) {
    struct buf out = buf_new(16 * MIB);
    facts_text(&out, &inspect_rpm, STR(PATH), body);
    return out;
}

static void expect_line(struct str body, const char *line) {
    _cleanup_(buf_free) struct buf out = facts_of(body);
    if (!has(&out, line)) {
        fail_msg("no \"%s\" in:\n%.*s", line, STR_ARG(buf_view(&out)));
    }
}

static void three_packages_in_each_form(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
        _cleanup_(buf_free) struct buf body = corpus(databases[i]);
        _cleanup_(buf_free) struct buf out = facts_of(buf_view(&body));
        assert_true(has(&out, "package|rpm|bash|1:5.1-6.el9|x86_64|||GPL|V|0\n"));
        assert_true(has(&out, "package|rpm|old|1-2||other|1-1|||0\n"));
        assert_true(has(&out, "package|rpm|gamma|2024.1-1|noarch|||BSD||0\n"));
        assert_false(has(&out, "problem|") || has(&out, "error|"));
    }
}

/* ---- damage: at each place, every answer is bounded, and what is cut is said to be */

static void each_truncation(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
        _cleanup_(buf_free) struct buf body = corpus(databases[i]);
        for (size_t n = 0; n < body.n; n += 1 + n % 7) {
            _cleanup_(mem_freep) char *exact = mem_alloc(n);
            if (n) {
                memcpy(exact, body.p, n);
            }
            _cleanup_(buf_free) struct buf out = facts_of(str_n(exact, n));
            assert_true(has(&out, "problem|") || has(&out, "error|"));
        }
    }
}

static void each_flipped_byte(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
        _cleanup_(buf_free) struct buf body = corpus(databases[i]);
        for (size_t at = 0; at < body.n; at++) {
            unsigned char mask = (unsigned char)(at % 2 ? 0xff : 1 << (at / 2 % 8));
            body.p[at] ^= mask;
            struct buf out = facts_of(buf_view(&body));
            assert_false(out.failed);
            buf_free(&out);
            body.p[at] ^= mask;
        }
    }
}

static void unknown_file_is_an_error(void **state) {
    expect_facts(&inspect_rpm, PATH, STR(""),
                 "error|byte 0: neither SQLite, NDB nor a Berkeley DB hash (0 bytes)\n");
    expect_facts(&inspect_rpm, PATH, STR("0123456789ab\x62\x31\x05\x00"), /* a B-tree */
                 "error|byte 0: neither SQLite, NDB nor a Berkeley DB hash (16 bytes)\n");
}

/* ---- NDB */

enum { NDB_SLOT = 32, NDB_BLOBS = 4096 };

static void ndb_checksum_is_checked(void **state) {
    _cleanup_(buf_free) struct buf body = corpus("rpm_ndb/three");
    body.p[NDB_BLOBS + 200] ^= 1;
    expect_line(buf_view(&body), "problem|incomplete|slot 2 (byte 4096): the blob's checksum is wrong\n");
    expect_line(buf_view(&body), "package|rpm|old|");
}

static void ndb_slots_that_share_a_blob_are_bounded(void **state) {
    _cleanup_(buf_free) struct buf body = corpus("rpm_ndb/three");
    for (size_t slot = NDB_SLOT + 16; slot < NDB_BLOBS; slot += 16) {
        memcpy(body.p + slot, body.p + NDB_SLOT, 16);
    }
    expect_line(buf_view(&body), "the blob is longer than what is left of the file\n");
}

static void ndb_of_another_version_is_unsupported(void **state) {
    _cleanup_(buf_free) struct buf body = corpus("rpm_ndb/three");
    body.p[4] = 1;
    expect_facts(&inspect_rpm, PATH, buf_view(&body), "error|byte 4: NDB version 1 is not known\n");
}

/* ---- Berkeley DB */

enum { BDB_PAGE = 512, BDB_NEXT = 16, BDB_TYPE = 25, BDB_OVERFLOW = 7, BDB_ITEM_OVERFLOW = 3 };

/* Each overflow page points at itself, and each value on a chain is longer than the chain. */
static void bdb_chains_that_loop_are_bounded(void **state) {
    _cleanup_(buf_free) struct buf body = corpus("rpm_bdb/little");
    for (size_t page = 0; page < body.n; page += BDB_PAGE) {
        unsigned char *p = body.p + page;
        if (p[BDB_TYPE] == BDB_OVERFLOW) {
            p[BDB_NEXT] = (unsigned char)(page / BDB_PAGE);
        }
        for (size_t i = 26; i + 12 <= BDB_PAGE && p[BDB_TYPE] != BDB_OVERFLOW; i++) {
            if (p[i] == BDB_ITEM_OVERFLOW && p[i + 8] == 0xd8 && p[i + 9] == 0x04) { /* 1,240 bytes */
                p[i + 9] = 0x0d;
            }
        }
    }
    expect_line(buf_view(&body), "its chain of overflow pages leaves the file or loops\n");
}

static void bdb_with_checksums_is_unsupported(void **state) {
    _cleanup_(buf_free) struct buf body = corpus("rpm_bdb/little");
    body.p[26] = 1;
    expect_facts(&inspect_rpm, PATH, buf_view(&body),
                 "error|byte 24: the Berkeley DB is encrypted or has page checksums\n");
}

/* ---- SQLite */

static void expect_sql(const char *sql, const char *line) {
    sqlite3 *db;
    sqlite3_int64 n;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    unsigned char *bytes = sqlite3_serialize(db, "main", &n, 0);
    expect_line(str_n((const char *)bytes, (size_t)n), line);
    sqlite3_free(bytes);
    sqlite3_close(db);
}

static void sqlite_schema_cannot_run_code(void **state) {
    expect_sql("CREATE TABLE other(a)", "error|the table Packages: no such table: Packages");
    expect_sql("CREATE TABLE Packages(a)", "error|the table Packages: no such column: hnum");
    expect_sql("CREATE VIEW Packages AS WITH RECURSIVE r(hnum, blob) AS (SELECT 1, zeroblob(9) UNION ALL "
               "SELECT hnum + 1, blob FROM r) SELECT * FROM r",
               "error|the table Packages: ");
    expect_sql("CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob AS (zeroblob(100000000)));"
               "INSERT INTO Packages(hnum) VALUES (1)",
               "error|after the table Packages: string or blob too big");
}

static void sqlite_rows_of_other_types(void **state) {
    expect_sql(
        "CREATE TABLE Packages(hnum, blob); INSERT INTO Packages VALUES (1, NULL), (2, 'text'), (3, 7)",
        "problem|incomplete|row 1 of Packages: byte 0: a header of 0 entries and 0 bytes does not fit 0 "
        "bytes\nproblem|incomplete|row 2");
}

/* The journal mode that rpm sets: format versions 2. */
static void sqlite_in_wal_mode(void **state) {
    _cleanup_(buf_free) struct buf body = corpus("rpm_sqlite/three");
    body.p[18] = body.p[19] = 2;
    expect_line(buf_view(&body), "package|rpm|bash|");
}

/* ---- fields */

static void header_in_sqlite(struct header_bytes *header, const char *line) {
    sqlite3 *db;
    sqlite3_stmt *insert;
    sqlite3_int64 n;
    struct str blob = header_blob(header);
    sqlite3_open(":memory:", &db);
    sqlite3_exec(db, "CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob)", NULL, NULL, NULL);
    sqlite3_prepare_v2(db, "INSERT INTO Packages VALUES (1, ?)", -1, &insert, NULL);
    sqlite3_bind_blob(insert, 1, blob.p, (int)blob.n, SQLITE_STATIC);
    sqlite3_step(insert);
    sqlite3_finalize(insert);
    unsigned char *bytes = sqlite3_serialize(db, "main", &n, 0);
    expect_line(str_n((const char *)bytes, (size_t)n), line);
    sqlite3_free(bytes);
    sqlite3_close(db);
}

static void names_of_source_rpms(void **state) {
    static const char *const cases[][2] = {
        {"a-1-2.src.rpm", "package|rpm|a|1-2|||||"},
        {"b-1-2.src.rpm", "package|rpm|a|1-2||b|||"},
        {"a-1-3.nosrc.rpm", "package|rpm|a|1-2|||1-3||"},
        {"x-y-10.2-3.el8.src.rpm", "package|rpm|a|1-2||x-y|10.2-3.el8||"},
        {"(none)", "package|rpm|a|1-2|||||"},
        {"nonsense.rpm", "package|rpm|a|1-2|||||"},
        {"-.rpm", "package|rpm|a|1-2|||||"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(header_bytes_free) struct header_bytes header = header_bytes_new();
        header_string(&header, 1000, "a");
        header_string(&header, 1001, "1");
        header_string(&header, 1002, "2");
        header_string(&header, 1044, cases[i][0]);
        header_in_sqlite(&header, cases[i][1]);
    }
}

static void package_without_version_is_a_problem(void **state) {
    _cleanup_(header_bytes_free) struct header_bytes header = header_bytes_new();
    header_string(&header, 1000, "a");
    header_in_sqlite(&header,
                     "problem|incomplete|row 1 of Packages: the name, version or release is missing");
}

static void memory_may_fail(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
        _cleanup_(buf_free) struct buf body = corpus(databases[i]);
        expect_bounded(&inspect_rpm, PATH, buf_view(&body));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_packages_in_each_form),
        cmocka_unit_test(each_truncation),
        cmocka_unit_test(each_flipped_byte),
        cmocka_unit_test(unknown_file_is_an_error),
        cmocka_unit_test(ndb_checksum_is_checked),
        cmocka_unit_test(ndb_slots_that_share_a_blob_are_bounded),
        cmocka_unit_test(ndb_of_another_version_is_unsupported),
        cmocka_unit_test(bdb_chains_that_loop_are_bounded),
        cmocka_unit_test(bdb_with_checksums_is_unsupported),
        cmocka_unit_test(sqlite_schema_cannot_run_code),
        cmocka_unit_test(sqlite_rows_of_other_types),
        cmocka_unit_test(sqlite_in_wal_mode),
        cmocka_unit_test(names_of_source_rpms),
        cmocka_unit_test(package_without_version_is_a_problem),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
