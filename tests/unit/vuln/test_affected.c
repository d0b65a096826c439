#include "vuln/affected.h"

#include "support.h"

/* ---- a database with nothing but what waits */

struct tables {
    struct place place;
    sqlite3 *db;
    struct err err;
};

static void tables_make(struct tables *t) {
    *t = (struct tables){.err = ERR_NONE};
    place_make(&t->place);
    assert_int_equal(db_create(&t->db, t->place.db, &t->err), 0);
    assert_int_equal(affected_begin(t->db, &t->err), 0);
}

static void tables_remove(struct tables *t) {
    db_closep(&t->db);
    place_remove(&t->place);
}

static void run(struct tables *t, const char *sql) {
    if (db_execute(t->db, sql, &t->err) < 0) {
        fail_msg("%s: %s", sql, t->err.message);
    }
}

/* "package:hexadecimal blob" of all packages. */
static void assert_blobs(struct tables *t, const char *expected) {
    _cleanup_(db_finalizep) sqlite3_stmt *row = NULL;
    assert_int_equal(db_prepare(t->db, &row,
                                "SELECT coalesce(group_concat(package || ':' || hex(data), ' '), '') FROM"
                                " (SELECT * FROM affected ORDER BY package)",
                                &t->err),
                     0);
    assert_int_equal(db_step(row, &t->err), 1);
    assert_str_equal(db_text(row, 0), str_c(expected));
}

#define PENDING "INSERT INTO temp.pending (package, advisory, part, data) VALUES "

static void what_is_said_alike_stands_once(void **state) {
    struct tables t;
    tables_make(&t);
    run(&t,
        PENDING "(1, 3, 0, x'aa'), (1, 300, 2, x'aa'), (1, 2, 1, x'bbbb'), (2, 5, 0, x''), (1, 2, 0, x'aa')");
    assert_int_equal(affected_pack(t.db, &t.err), 0);
    /* aa by 2, 3 and 300, as 2 + 0, + 1 and + 297 (LEB128: a9 02), each with its part; bbbb by 2. */
    assert_blobs(&t, "1:01AA07"
                     "0200"
                     "0100"
                     "A90202"
                     "02BBBB02"
                     "0201"
                     " 2:00020500");
    tables_remove(&t);
}

static void an_update_takes_apart_what_it_touches(void **state) {
    struct tables t;
    tables_make(&t);
    run(&t,
        PENDING "(1, 1, 0, x'aa'), (1, 2, 0, x'aa'), (2, 2, 1, x'bb'), (3, 3, 0, x'cc'), (4, 4, 0, x'dd')");
    assert_int_equal(affected_pack(t.db, &t.err), 0);
    assert_blobs(&t, "1:01AA0401000100 2:01BB020201 3:01CC020300 4:01DD020400");
    /* 2 goes, and 5 comes with something of package 3; 4 is not looked at. */
    run(&t, "INSERT INTO temp.dropped VALUES (2);" PENDING "(3, 5, 0, x'cc'), (9, 5, 1, x'ee')");
    assert_int_equal(affected_unpack(t.db, &t.err), 0);
    assert_blobs(&t, "4:01DD020400");
    assert_int_equal(affected_pack(t.db, &t.err), 0);
    assert_blobs(&t, "1:01AA020100 3:01CC0403000200 4:01DD020400 9:01EE020501");
    tables_remove(&t);
}

static void damage_is_an_error(void **state) {
    static const char *const damaged[] = {
        "x'02'",         /* a length beyond the end */
        "x'01AA'",       /* no members */
        "x'01AA02'",     /* fewer members than said */
        "x'01AA0101'",   /* a member without its part */
        "x'01AA028001'", /* the part is cut */
        /* steps that lead beyond all numbers */
        "x'01AA0BFFFFFFFFFFFFFFFFFF0100'",
        "x'01AA0CFFFFFFFFFFFFFFFF7F000100'",
        "x'FFFFFFFFFFFFFFFFFF01'",
    };
    for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
        struct tables t;
        char sql[128];
        tables_make(&t);
        snprintf(sql, sizeof sql, "INSERT INTO affected VALUES (7, %s)", damaged[i]);
        run(&t, sql);
        run(&t, PENDING "(7, 5, 0, x'cc')");
        run(&t, "INSERT INTO temp.dropped VALUES (1)");
        if (affected_unpack(t.db, &t.err) != ERR_INPUT) {
            fail_msg("%s is not refused", damaged[i]);
        }
        assert_non_null(strstr(t.err.message, "package 7"));
        tables_remove(&t);
    }
}

static void members_end_with_their_group(void **state) {
    struct cursor in = cursor_over(STR("\1A\4\1\0\2\1\1B\2\7\0"));
    static const struct {
        const char *data;
        int64_t advisory, part;
    } expected[] = {{"A", 1, 0}, {"A", 3, 1}, {"B", 7, 0}};
    size_t n = 0;
    for (struct affected_group group; affected_next_group(&in, &group);) {
        for (struct affected_member m; affected_next_member(&group, &m); n++) {
            assert_in_range(n, 0, ARRAY_SIZE(expected) - 1);
            assert_str_equal(group.data, str_c(expected[n].data));
            assert_int_equal(m.advisory, expected[n].advisory);
            assert_int_equal(m.part, expected[n].part);
        }
        assert_false(group.members.failed);
    }
    assert_int_equal(n, ARRAY_SIZE(expected));
    assert_false(in.failed);
}

static void no_memory_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct tables t;
        mem_fail_after(-1);
        tables_make(&t);
        run(&t, PENDING "(1, 1, 0, x'aa'), (1, 2, 0, x'bb')");
        assert_int_equal(affected_pack(t.db, &t.err), 0);
        run(&t, "INSERT INTO temp.dropped VALUES (2);" PENDING "(3, 5, 0, x'cc')");
        mem_fail_after(fail_at);
        int r = affected_unpack(t.db, &t.err);
        r = r < 0 ? r : affected_pack(t.db, &t.err);
        assert_true(mem_has_failed() ? r == ERR_MEMORY : r == 0);
        tables_remove(&t);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_alike_stands_once),
        cmocka_unit_test(an_update_takes_apart_what_it_touches),
        cmocka_unit_test(damage_is_an_error),
        cmocka_unit_test(members_end_with_their_group),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
