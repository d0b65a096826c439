#include "inspect/facts.h"

#include "base/limits.h"
#include "test.h"

static void write_one_of_each(struct facts *facts) {
    static const struct str linked[] = {{"net/http", 8}, {"os", 2}};
    static const struct package_need needs[] = {{STR("a"), STR("1.0")}, {STR("b"), STR("")}};
    facts_file(facts, STR("usr/bin/app"), STR("go-binary"));
    facts_package(facts, &(struct package){.type = PACKAGE_GOLANG,
                                           .flags = PACKAGE_KNOWS_LINKED,
                                           .name = STR("stdlib"),
                                           .version = STR("1.21.3"),
                                           .linked = linked,
                                           .linked_n = 2,
                                           .checksum = STR("sha256:00ff"),
                                           .needs = needs,
                                           .needs_n = 2,
                                           .within = STR("lib/a.jar")});
    facts_os(facts, &(struct os){.id = STR("debian"), .exact = STR("12.5")});
    size_t owned = facts_owned_begin(facts, PACKAGE_DEB, STR("bash"));
    facts_owned_path(facts, STR("/bin/bash"));
    facts_owned_end(facts, owned);
    facts_problem(facts, true, "line %d: bad", 7);
    facts_hidden(facts, STR("a/b"), true);
    facts_replaced(facts, STR("a"));
    facts_entry(facts, &(struct entry){.type = ENTRY_HARDLINK,
                                       .path = STR("bin/su"),
                                       .link = STR("bin/so"),
                                       .mode = 04755,
                                       .size = 1,
                                       .uid = 2,
                                       .gid = 3});
    facts_tree(facts, STR("root/.npm/*"), 5, 6);
}

static void facts_come_back(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
    struct facts facts = {buf_new(LIMIT_FACTS)};
    struct fact fact;
    struct err err = ERR_NONE;
    write_one_of_each(&facts);
    assert_false(facts.out.failed);
    struct cursor in = cursor_over(buf_view(&facts.out));
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_str_equal(fact.path, STR("usr/bin/app"));
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_str_equal(fact.package.version, STR("1.21.3"));
    assert_int_equal(fact.package.linked_n, 2);
    assert_str_equal(fact.package.linked[1], STR("os"));
    assert_str_equal(fact.package.checksum, STR("sha256:00ff"));
    assert_int_equal(fact.package.needs_n, 2);
    assert_str_equal(fact.package.needs[0].version, STR("1.0"));
    assert_str_equal(fact.package.needs[1].name, STR("b"));
    assert_str_equal(fact.package.within, STR("lib/a.jar"));
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_str_equal(fact.os.exact, STR("12.5"));
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_str_equal(fact.owner, STR("bash"));
    assert_true(fact_hash(fact.hashes, 0) == facts_owned_hash(STR("usr/bin/bash")));
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_true(fact.flag);
    assert_str_equal(fact.message, STR("line 7: bad"));
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_str_equal(fact.path, STR("a/b"));
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_str_equal(fact.path, STR("a"));
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_int_equal(fact.entry.type, ENTRY_HARDLINK);
    assert_str_equal(fact.entry.path, STR("bin/su"));
    assert_str_equal(fact.entry.link, STR("bin/so"));
    assert_int_equal(fact.entry.mode, 04755);
    assert_int_equal(fact.entry.size, 1);
    assert_int_equal(fact.entry.uid, 2);
    assert_int_equal(fact.entry.gid, 3);
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 1);
    assert_str_equal(fact.path, STR("root/.npm/*"));
    assert_int_equal(fact.tree_bytes, 5);
    assert_int_equal(fact.tree_files, 6);
    assert_int_equal(facts_next(&in, &arena, &fact, &err), 0);
    buf_free(&facts.out);
}

static void damaged_facts_are_errors(void **state) {
    struct facts facts = {buf_new(LIMIT_FACTS)};
    write_one_of_each(&facts);
    for (size_t i = 0; i < facts.out.n * 8; i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(1 << 20);
        struct fact fact;
        struct err err = ERR_NONE;
        facts.out.p[i / 8] ^= (unsigned char)(1 << i % 8);
        struct cursor in = cursor_over(buf_view(&facts.out));
        size_t count = 0;
        while (facts_next(&in, &arena, &fact, &err) == 1) {
            assert_true(++count < 100);
        }
        facts.out.p[i / 8] ^= (unsigned char)(1 << i % 8);
    }
    buf_free(&facts.out);
}

static void merged_usr_paths_are_the_same(void **state) {
    assert_true(facts_owned_hash(STR("/lib/x")) == facts_owned_hash(STR("usr/lib/x")));
    assert_true(facts_owned_hash(STR("/lib64/x")) == facts_owned_hash(STR("/usr/lib64/x")));
    assert_true(facts_owned_hash(STR("/opt/lib/x")) != facts_owned_hash(STR("/usr/opt/lib/x")));
    assert_true(facts_path_hash(STR("/a/b")) == facts_path_hash(STR("a/b")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_come_back),
        cmocka_unit_test(damaged_facts_are_errors),
        cmocka_unit_test(merged_usr_paths_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
