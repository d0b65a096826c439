#include "base/limits.h"
#include "content/pack.h"
#include "doc/yaml.h"
#include "policy/env.h"

#include "test.h"

#define HEAD "id: ACME-001\ntitle: t\nseverity: high\nkinds: [Pod]\n"
#define TAIL "why: w\nfix: f\n"

static int load(struct arena *arena, struct pack *pack, const char *text, struct err *err) {
    const struct cel_env *env;
    const struct doc **documents;
    size_t n;
    int r = policy_env_new(arena, &env, err);
    *pack = pack_new(arena, env);
    if (r == 0) {
        r = yaml_parse(arena, str_c(text), &documents, &n, err);
    }
    return r == 0 ? pack_add(pack, STR("acme.yaml"), documents, n, err) : r;
}

static void a_check_is_read_whole(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct pack pack;
    struct err err = ERR_NONE;
    assert_int_equal(load(&arena, &pack,
                          HEAD "when: self.kind == 'Pod'\n"
                               "each: containers(self)\n"
                               "fail: item.name == 'a'\n"
                               "at: item.name\n"
                               "message: \"'it is ' + item.name\"\n" TAIL
                               "patch: [{set: a.b, value: {c: 1}}, {remove: d}, {delete: self}]\n"
                               "controls: {cis-docker-1.6.0: ['4.1', '4.6']}\n"
                               "references: [https://example.org/]\n"
                               "examples: [{source: kubernetes, expect: fail, at: 3, text: x}]\n",
                          &err),
                     0);
    assert_int_equal(pack.checks.n, 1);
    const struct check *check = pack.checks.p[0];
    assert_str_equal(check->id, STR("ACME-001"));
    assert_int_equal(check->severity, SEVERITY_HIGH);
    assert_true(check->when.block.n && check->each.block.n && check->where.block.n && check->message.block.n);
    assert_int_equal(check->fail.at.line, 7);
    assert_int_equal(check->patches_n, 3);
    assert_str_equal(check->patches[0].value, STR("{\"c\":1}"));
    assert_int_equal(check->patches[1].kind, CHECK_PATCH_REMOVE);
    assert_true(check->patches[2].node.block.n);
    assert_str_equal(check->controls[0].numbers, STR("4.1,4.6"));
    assert_int_equal(check->examples[0].expect, CHECK_EXPECT_FAIL);
    assert_int_equal(check->examples[0].line, 3);
}

static void mistakes_are_named_with_their_place(void **state) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"- 1\n", "acme.yaml:1:1: the check: expected a map, found list"},
        {HEAD TAIL, "acme.yaml:1:1: the check: the field 'fail' is missing"},
        {HEAD "fial: 'true'\nfail: 'true'\n" TAIL,
         "acme.yaml:5:1: the check: 'fial' is not a field. Did you mean 'fail'?"},
        {HEAD "fail: true\n" TAIL, "acme.yaml:5:7: fail: expected a string, found bool"},
        {HEAD "fail: '1 + 1'\n" TAIL, "acme.yaml:5:7: 'fail' gives int and not true or false"},
        {HEAD "fail: \"'a'.contians('b')\"\n" TAIL, "acme.yaml:5:7: in 'fail': "},
        {HEAD "fail: self.\n" TAIL, "acme.yaml:5:7: in 'fail': line 1 column "},
        {HEAD "fail: slef.a\n" TAIL, "acme.yaml:5:7: in 'fail': "},
        {"id: A B\ntitle: t\nseverity: high\nkinds: [Pod]\nfail: 'true'\n" TAIL,
         "acme.yaml:1:5: 'A B' is no id"},
        {"id: A-1\ntitle: t\nseverity: hihg\nkinds: [Pod]\nfail: 'true'\n" TAIL,
         "acme.yaml:3:11: severity: 'hihg' is not one of low, medium, high, critical. Did you mean 'high'?"},
        {"id: A-1\ntitle: t\nseverity: high\nkinds: Pod\nfail: 'true'\n" TAIL,
         "acme.yaml:4:8: kinds: expected a list of strings, found string"},
        {HEAD "fail: 'true'\n" TAIL "patch: [{sett: a}]\n",
         "acme.yaml:8:9: a patch has one of set, remove, replace, delete, before, after"},
        {HEAD "fail: 'true'\n" TAIL "patch: [{set: a}]\n",
         "acme.yaml:8:9: patch: the field 'value' is missing"},
        {HEAD "fail: 'true'\n" TAIL "examples: [{source: kubernetes, expect: fial, text: x}]\n",
         "acme.yaml:8:41: expect: 'fial' is not one of pass, fail, undecided. Did you mean 'fail'?"},
        {HEAD "fail: 'true'\n" TAIL "---\n" HEAD "fail: 'true'\n" TAIL,
         "acme.yaml:9:5: the id ACME-001 is taken: acme.yaml:1"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        struct pack pack;
        struct err err = ERR_NONE;
        assert_int_equal(load(&arena, &pack, cases[i].text, &err), ERR_INPUT);
        if (!str_starts(str_c(err.message), str_c(cases[i].message))) {
            fail_msg("\"%s\" does not begin with \"%s\"", err.message, cases[i].message);
        }
    }
}

static void ids_of_others_are_taken(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct pack pack;
    struct err err = ERR_NONE;
    static const struct check other = {.id = {"ACME-001", 8}, .file = {"other.yaml", 10}, .at = {.line = 7}};
    const struct check *const others[] = {&other};
    assert_int_equal(load(&arena, &pack, "", &err), 0);
    assert_int_equal(pack_reserve(&pack, others, 1, &err), 0);
    const struct doc **documents;
    size_t n;
    assert_int_equal(yaml_parse(&arena, STR(HEAD "fail: 'true'\n" TAIL), &documents, &n, &err), 0);
    assert_int_equal(pack_add(&pack, STR("acme.yaml"), documents, n, &err), ERR_INPUT);
    assert_string_equal(err.message, "acme.yaml:1:5: the id ACME-001 is taken: other.yaml:7");
}

static void no_memory_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        struct pack pack;
        struct err err = ERR_NONE;
        int r = load(&arena, &pack, HEAD "fail: self.a == 1\n" TAIL "controls: {x: ['1']}\n", &err);
        assert_true(r == 0 || r == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_is_read_whole),
        cmocka_unit_test(mistakes_are_named_with_their_place),
        cmocka_unit_test(ids_of_others_are_taken),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
