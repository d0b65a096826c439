#include "base/limits.h"
#include "content/pack.h"
#include "doc/pack.h"
#include "doc/yaml.h"
#include "infra/kubernetes/read.h"
#include "infra/link.h"
#include "policy/judge.h"
#include "policy/read.h"

#include "test.h"

#define CHECK(kind, rest) "id: T-001\ntitle: t\nseverity: low\nkinds: ['" kind "']\nwhy: w\nfix: f\n" rest

struct seen {
    size_t failed, undecided;
    struct doc_place at;
    char words[256];
};

static int see(void *ctx, const struct outcome *outcome, struct err *err) {
    struct seen *seen = ctx;
    *(outcome->is_undecided ? &seen->undecided : &seen->failed) += 1;
    seen->at = outcome->at;
    snprintf(seen->words, sizeof seen->words, "%.*s|%.*s|%.*s|%.*s", STR_ARG(outcome->file),
             STR_ARG(outcome->item), STR_ARG(outcome->message), STR_ARG(outcome->reason));
    return 0;
}

/* As a scan reads manifests: packed, and none of their trees is there in the end. */
static int read_packed(struct resources *set, const char *text, struct err *err) {
    const struct doc **documents;
    size_t n;
    int r = yaml_parse_kubernetes(set->arena, str_c(text), &documents, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
        r = doc_pack(&bytes, documents[i], err);
        struct str packed = arena_str(set->arena, buf_view(&bytes));
        r = r == 0 ? kubernetes_add_packed(set, STR("a.yaml"), packed, err) : r;
    }
    assert_non_null(arena_alloc(set->trees->arena, LIMIT_RESOURCE_TREES + 1));
    return r;
}

static struct seen judge_read(const char *check, const char *source, const char *text, bool is_packed) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB), trees_arena = arena_new(64 * MIB);
    const struct cel_env *env;
    const struct doc **documents;
    size_t n = 0;
    struct err err = ERR_NONE;
    struct seen seen = {0};
    if (policy_env_new(&arena, &env, &err) < 0 ||
        yaml_parse(&arena, str_c(check), &documents, &n, &err) < 0) {
        fail_msg("%s", err.message);
    }
    struct pack pack = pack_new(&arena, env);
    struct resources set = resources_new(&arena);
    struct resource_trees trees = {.arena = &trees_arena};
    struct judge_options options = {.sink = see, .ctx = &seen};
    set.trees = is_packed ? &trees : NULL;
    if (pack_add(&pack, STR("t.yaml"), documents, n, &err) < 0 ||
        (is_packed ? read_packed(&set, text, &err)
                   : policy_read(&set, str_c(source), STR("a.yaml"), str_c(text), &err)) < 0) {
        fail_msg("%s", err.message);
    }
    if (infra_link(&set, &err) < 0 || policy_judge(&set, pack.checks.p, pack.checks.n, &options, &err) < 0) {
        fail_msg("%s", err.message);
    }
    return seen;
}

static struct seen judge(const char *check, const char *source, const char *text) {
    struct seen seen = judge_read(check, source, text, false);
    if (strcmp(source, "kubernetes") == 0) {
        struct seen again = judge_read(check, source, text, true);
        assert_int_equal(again.failed, seen.failed);
        assert_int_equal(again.undecided, seen.undecided);
        assert_int_equal(again.at.line, seen.at.line);
        assert_int_equal(again.at.column, seen.at.column);
        assert_string_equal(again.words, seen.words);
    }
    return seen;
}

static const char pod[] = "apiVersion: v1\n"
                          "kind: Pod\n"
                          "metadata: {name: p}\n"
                          "spec:\n"
                          "  serviceAccountName: s\n"
                          "  containers:\n"
                          "    - name: a\n"
                          "      image: nginx:1.27\n"
                          "    - name: b\n"
                          "      image: redis\n"
                          "---\n"
                          "apiVersion: v1\n"
                          "kind: ServiceAccount\n"
                          "metadata: {name: s}\n";

static void the_value_that_decided_is_the_place(void **state) {
    struct seen seen = judge(CHECK("Pod", "fail: self.spec.serviceAccountName == 's'\n"), "kubernetes", pod);
    assert_int_equal(seen.failed, 1);
    assert_int_equal(seen.at.line, 5);
    assert_string_equal(seen.words, "a.yaml|||");
}

static void each_item_is_asked(void **state) {
    struct seen seen = judge(CHECK("Workload", "each: containers(self)\n"
                                               "fail: imageReference(item.image).tag == ''\n"
                                               "at: item.image\n"
                                               "message: \"item.name + ' has no tag'\"\n"),
                             "kubernetes", pod);
    assert_int_equal(seen.failed, 1);
    assert_int_equal(seen.at.line, 10);
    assert_string_equal(seen.words, "a.yaml|b|b has no tag|");
}

/* Two checks with one `each` share its items, and a third has a list of its own; for the next resource all of
 * them are made anew. */
static void items_are_those_of_the_resource(void **state) {
    static const char checks[] =
        "id: T-001\ntitle: t\nseverity: low\nkinds: [Pod]\nwhy: w\nfix: f\n"
        "each: containers(self)\nfail: item.name == 'a' || item.name == 'c'\n---\n"
        "id: T-002\ntitle: t\nseverity: low\nkinds: [Pod]\nwhy: w\nfix: f\n"
        "each: containers(self)\nfail: item.name == 'b' || item.name == 'd'\n---\n"
        "id: T-003\ntitle: t\nseverity: low\nkinds: [Pod]\nwhy: w\nfix: f\n"
        "each: containers(self).filter(c, c.name == 'd')\nfail: item.name == 'd'\nmessage: item.name\n";
    static const char pods[] = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
                               "spec: {containers: [{name: a}, {name: b}]}\n---\n"
                               "apiVersion: v1\nkind: Pod\nmetadata: {name: q}\n"
                               "spec: {containers: [{name: c}, {name: d}]}\n";
    struct seen seen = judge(checks, "kubernetes", pods);
    assert_int_equal(seen.failed, 5);
    assert_int_equal(seen.undecided, 0);
    assert_int_equal(seen.at.line, 9);
    assert_string_equal(seen.words, "a.yaml|d|d|");
}

static void kinds_and_when_choose(void **state) {
    assert_int_equal(judge(CHECK("Pod", "fail: 'true'\n"), "kubernetes", pod).failed, 1);
    assert_int_equal(judge(CHECK("Kubernetes", "fail: 'true'\n"), "kubernetes", pod).failed, 2);
    assert_int_equal(
        judge(CHECK("*", "when: self.kind == 'Secret'\nfail: 'true'\n"), "kubernetes", pod).failed, 0);
    assert_int_equal(judge(CHECK("Deployment.apps", "fail: 'true'\n"), "kubernetes", pod).failed, 0);
}

static void others_are_looked_up(void **state) {
    const char *check = CHECK("Pod", "fail: related('ServiceAccount').exists(s, s.metadata.name == 's')\n");
    assert_int_equal(judge(check, "kubernetes", pod).failed, 1);
    check = CHECK("Pod", "fail: resources('ServiceAccount').size() == 1\n");
    assert_int_equal(judge(check, "kubernetes", pod).failed, 1);
}

static void an_error_decides_nothing(void **state) {
    struct seen seen = judge(CHECK("Pod", "fail: self.spec.nothing == 1\n"), "kubernetes", pod);
    assert_int_equal(seen.failed, 0);
    assert_int_equal(seen.undecided, 1);
}

static void unknown_is_not_decided(void **state) {
    struct seen seen = judge(CHECK("dockerfile.Stage", "fail: self.image.tag == 'latest'\n"), "dockerfile",
                             "ARG TAG\nFROM debian:${TAG}\n");
    assert_int_equal(seen.failed, 0);
    assert_int_equal(seen.undecided, 1);
    assert_true(str_find(str_c(seen.words), STR("TAG")) >= 0);
    seen = judge(CHECK("dockerfile.Stage", "fail: self.image.tag == 'latest' && false\n"), "dockerfile",
                 "ARG TAG\nFROM debian:${TAG}\n");
    assert_int_equal(seen.undecided, 0);
}

static void our_own_functions(void **state) {
    static const char *const truths[] = {
        "compareVersions('Debian:12', '1.0-1', '1.0-2') == -1",
        "compareVersions('npm', '1.10.0', '1.9.0') == 1",
        "addressScope('10.1.2.3') == 'private'",
        "addressScope('0.0.0.0/0') != 'private'",
        "addressScope('8.8.8.8') == 'public'",
        "addressScope('x') == ''",
        "imageReference('registry.example:5000/a/b:1').tag == '1'",
        "imageReference('nginx').repository == 'library/nginx'",
        "isImageReference('nginx') && !isImageReference('A B')",
        "apiVersionLife('extensions/v1beta1', 'Deployment').removed == 16",
        "apiVersionLife('apps/v1', 'Deployment') == null",
        "podSpec(self).serviceAccountName == 's'",
        "podMetadata(self).name == 'p'",
    };
    for (size_t i = 0; i < ARRAY_SIZE(truths); i++) {
        char check[512];
        snprintf(check, sizeof check, CHECK("Pod", "fail: |\n  %s\n"), truths[i]);
        struct seen seen = judge(check, "kubernetes", pod);
        if (seen.failed != 1) {
            fail_msg("%s: %s", truths[i], seen.words);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_value_that_decided_is_the_place),
        cmocka_unit_test(each_item_is_asked),
        cmocka_unit_test(items_are_those_of_the_resource),
        cmocka_unit_test(kinds_and_when_choose),
        cmocka_unit_test(others_are_looked_up),
        cmocka_unit_test(an_error_decides_nothing),
        cmocka_unit_test(unknown_is_not_decided),
        cmocka_unit_test(our_own_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
