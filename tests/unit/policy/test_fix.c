#include "policy/fix.h"

#include "base/limits.h"
#include "content/pack.h"
#include "doc/yaml.h"
#include "policy/review.h"
#include "test.h"

#define CHECK(kind, rest) "id: T-001\ntitle: t\nseverity: low\nkinds: ['" kind "']\nwhy: w\nfix: f\n" rest
#define POD               "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"

static const char privileged[] =
    CHECK("Pod", "each: containers(self)\nfail: item.?securityContext.?privileged.orValue(true)\n"
                 "patch: [{set: securityContext.privileged, value: false}]\n");
static const char two_values[] =
    CHECK("Pod", "fail: \"!has(self.spec.a) || !has(self.spec.b)\"\n"
                 "patch: [{set: spec.a.x, value: [1]}, {set: spec.b, value: word}]\n");
static const char host_network[] =
    CHECK("Pod", "fail: self.spec.?hostNetwork.orValue(false)\npatch: [{remove: spec.hostNetwork}]\n");
static const char apt[] =
    CHECK("dockerfile.RUN", "each: self.commands.filter(c, c.?name.orValue('') == 'apt')\nfail: 'true'\n"
                            "patch: [{replace: 'item.words[0]', with: \"'apt-get'\"}]\n");
static const char no_maintainer[] = CHECK("dockerfile.MAINTAINER", "fail: 'true'\npatch: [{delete: self}]\n");
static const char user[] =
    CHECK("Dockerfile", "each: self.instructions.filter(i, i.instruction == 'CMD')\n"
                        "fail: \"!self.instructions.exists(i, i.instruction == 'USER')\"\n"
                        "patch: [{before: item, with: \"'USER 1000'\"}]\n");
static const char health[] =
    CHECK("Dockerfile", "each: self.instructions.filter(i, i.instruction == 'CMD')\n"
                        "fail: \"!self.instructions.exists(i, i.instruction == 'HEALTHCHECK')\"\n"
                        "patch: [{after: item, with: \"'HEALTHCHECK NONE'\"}]\n");
static const char useless[] =
    CHECK("dockerfile.RUN", "fail: 'true'\npatch: [{replace: self.keyword, with: \"'run'\"}]\n");

/* NULL: there is no fix. */
static const struct {
    const char *check, *source, *before, *after;
} cases[] = {
    {privileged, "kubernetes", POD "spec:\n  containers:\n  - name: a # c\n    # d\n  - {name: b}\n",
     POD "spec:\n  containers:\n  - name: a # c\n    securityContext:\n      privileged: false\n    # d\n"
         "  - {name: b, securityContext: {privileged: false}}\n"},
    {privileged, "kubernetes",
     "# first\n---\n" POD "spec: {containers: []}\n---\n" POD
     "spec:\n  containers:\n    - securityContext: {privileged: true}   # why\n",
     "# first\n---\n" POD "spec: {containers: []}\n---\n" POD
     "spec:\n  containers:\n    - securityContext: {privileged: false}   # why\n"},
    {privileged, "kubernetes",
     "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [{\"name\": \"a\"}]}}\n",
     "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [{\"name\": \"a\", "
     "\"securityContext\": {\"privileged\": false}}]}}\n"},
    /* one place for two containers */
    {privileged, "kubernetes", POD "spec:\n  containers: [&c {name: a}, *c]\n", NULL},
    {two_values, "kubernetes", POD "spec:\n  c: 1\n",
     POD "spec:\n  c: 1\n  a:\n    x:\n      - 1\n  b: word\n"},
    {host_network, "kubernetes", POD "spec:\n  hostNetwork: true # c\n  containers: []\n",
     POD "spec:\n  containers: []\n"},
    {apt, "dockerfile", "FROM a\nRUN apt update \\\n  # c\n  && apt install x\n",
     "FROM a\nRUN apt-get update \\\n  # c\n  && apt-get install x\n"},
    {apt, "dockerfile", "FROM a\r\nRUN apt update\r\n", "FROM a\r\nRUN apt-get update\r\n"},
    {apt, "dockerfile", "FROM a\nRUN \"apt\" update\n", NULL},
    {apt, "dockerfile", "FROM a\nRUN [\"apt\", \"update\"]\n", NULL},
    {apt, "dockerfile", "FROM a\nRUN sh -c 'apt update'\n", "FROM a\nRUN sh -c 'apt-get update'\n"},
    {no_maintainer, "dockerfile", "FROM a\n# c\nMAINTAINER b \\\n  c\nUSER d\n", "FROM a\n# c\nUSER d\n"},
    {no_maintainer, "dockerfile", "FROM a\nMAINTAINER b", "FROM a\n"},
    {no_maintainer, "dockerfile", "FROM a\nONBUILD MAINTAINER b\n", NULL},
    {user, "dockerfile", "FROM a\n  CMD b\n", "FROM a\n  USER 1000\n  CMD b\n"},
    {health, "dockerfile", "FROM a\nCMD b", "FROM a\nCMD b\nHEALTHCHECK NONE\n"},
    {useless, "dockerfile", "FROM a\nRUN b\n", NULL},
};

static const struct check *read_check(struct arena *arena, const char *text) {
    const struct cel_env *env;
    const struct doc **documents;
    size_t n = 0;
    struct err err = ERR_NONE;
    if (policy_env_new(arena, &env, &err) < 0 || yaml_parse(arena, str_c(text), &documents, &n, &err) < 0) {
        fail_msg("%s", err.message);
    }
    struct pack pack = pack_new(arena, env);
    if (pack_add(&pack, STR("t.yaml"), documents, n, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return pack.checks.p[0];
}

static bool want_all(void *ctx, const struct fix_text *now, const struct resources *set,
                     const struct outcome *outcome) {
    return true;
}

static void mends_and_leaves_alone(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        const struct check *check = read_check(&arena, cases[i].check);
        const struct fix_text in = {str_c(cases[i].source), STR("f"), str_c(cases[i].before), STR_NONE};
        struct fix_result result;
        struct err err = ERR_NONE;
        assert_int_equal(fix_file(&arena, &in, &check, 1, want_all, NULL, &result, &err), 0);
        assert_str_equal(result.text, str_c(cases[i].after ? cases[i].after : cases[i].before));
        assert_int_equal(result.mended.n > 0, cases[i].after != NULL);
    }
}

static struct fix fix_at(struct edit *edit, size_t from, size_t to) {
    *edit = (struct edit){{from, to}, STR("x")};
    return (struct fix){edit, 1};
}

static void chooses_what_does_not_touch(void **state) {
    struct edit edits[5];
    const struct fix fixes[] = {fix_at(&edits[0], 4, 8), fix_at(&edits[1], 8, 8),
                                fix_at(&edits[2], 9, 9), {NULL, 0},
                                fix_at(&edits[3], 9, 9), fix_at(&edits[4], 0, 3)};
    static const bool expected[] = {true, false, true, false, false, true};
    bool is_chosen[ARRAY_SIZE(fixes)];
    assert_int_equal(fix_choose(fixes, ARRAY_SIZE(fixes), is_chosen), 3);
    assert_memory_equal(is_chosen, expected, sizeof expected);
}

/* Findings of the file, its comments, and fixes on the lines that are asked for: here and from the cage. */
static void reviews_alike_in_the_cage(void **state) {
    static const char text[] =
        "FROM a\nRUN apt update\n# plimsoll:ignore T-001\nRUN apt \\\n  update && apt b\n"
        "RUN apt c\n";
    for (int caged = 0; caged < 2; caged++) {
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        const struct check *check = read_check(&arena, apt);
        const struct review_request request = {.in = {STR("dockerfile"), STR("f"), str_c(text), STR_NONE},
                                               .checks = &check,
                                               .checks_n = 1,
                                               .wants_fixes = true,
                                               .first = 6,
                                               .last = 6};
        struct review review;
        struct err err = ERR_NONE;
        assert_int_equal((caged ? review_in_cage : review_text)(&arena, &request, &review, &err), 0);
        assert_int_equal(review.code, 0);
        assert_int_equal(review.findings.n, 2);
        assert_int_equal(review.findings.p[0].span.from, 11);
        assert_int_equal(review.findings.p[0].fix.n, 0);
        assert_int_equal(review.findings.p[1].line, 6);
        assert_int_equal(review.findings.p[1].fix.n, 1);
        assert_str_equal(review.findings.p[1].fix.edits[0].text, STR("apt-get"));
    }
}

static void says_where_a_file_is_wrong(void **state) {
    static const struct {
        const char *source, *text;
        uint32_t line, column;
    } files[] = {
        {"kubernetes", "a: 1\nb: [\n", 3, 1},
        {"checks", "id: A-1\ntitle: [x]\nseverity: low\nkinds: [Pod]\nfail: 'true'\nwhy: w\nfix: f\n", 2, 8},
        {"settings", "rules:\n  - name: a\n    when: 1 > 0 && finding.severty\n    action: block\n", 3, 20},
    };
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        const struct review_request request = {
            .in = {str_c(files[i].source), STR("f.yaml"), str_c(files[i].text), STR_NONE}};
        struct review review;
        struct err err = ERR_NONE;
        assert_int_equal(review_text(&arena, &request, &review, &err), 0);
        assert_int_equal(review.code, ERR_INPUT);
        assert_int_equal(review.at.line, files[i].line);
        assert_int_equal(review.at.column, files[i].column);
        assert_true(review.problem.n && !str_starts(review.problem, STR("line ")));
    }
}

static void without_memory(void **state) {
    _cleanup_(arena_free) struct arena kept = arena_new(64 * MIB);
    const struct check *check = read_check(&kept, apt);
    const struct fix_text in = {STR("dockerfile"), STR("f"), STR("FROM a\nRUN apt update\n"), STR_NONE};
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(64 * MIB);
        struct fix_result result;
        struct err err = ERR_NONE;
        int r = fix_file(&arena, &in, &check, 1, want_all, NULL, &result, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
        arena_free(&arena);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mends_and_leaves_alone),
        cmocka_unit_test(chooses_what_does_not_touch),
        cmocka_unit_test(reviews_alike_in_the_cage),
        cmocka_unit_test(says_where_a_file_is_wrong),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
