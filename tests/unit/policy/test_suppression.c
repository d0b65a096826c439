#include "policy/guardrail/suppression.h"

#include "base/buf.h"
#include "base/limits.h"
#include "doc/yaml.h"
#include "policy/read.h"

#include "test.h"

/* Each as "id,id from-to until reason", "-" where there is nothing. */
static const struct {
    const char *path, *text, *expected;
    bool others;
} cases[] = {
    {"a.yaml", "# plimsoll:ignore PLM-K8S-001", "PLM-K8S-001 7-8"},
    {"a.yaml", "plimsoll:ignore PLM-A-1,PLM-A-2 until=2027-01-31 reason=\"it is, so\"",
     "PLM-A-1 7-8 until 2027-01-31: it is, so|PLM-A-2 7-8 until 2027-01-31: it is, so"},
    {"a.yaml", "# plimsoll:ignore CVE-2021-1 reason=as written", "CVE-2021-1 7-8: as written"},
    {"a.yaml", "# plimsoll:ignore", "mistake"},
    {"a.yaml", "# plimsoll:ignore X1 until=tomorrow", "mistake"},
    {"a.yaml", "# plimsoll:ignore X1 because", "mistake"},
    {"a.yaml", "# nothing to skip", ""},
    {"a.yaml", "# trivy:ignore:KSV-0017", "", false},
    {"Dockerfile", "# hadolint ignore=DL3002", "", false},
    {"a.yaml", "# trivy:ignore:KSV-0017", "PLM-K8S-PSS-PRIVILEGED 7-8|PLM-K8S-001 7-8", true},
    {"a.yaml", "# trivy:ignore:AVD-KSV-0008", "PLM-K8S-PSS-HOST-IPC 7-8", true},
    {"Dockerfile", "#trivy:ignore:DS004", "PLM-DOCKER-120 7-8", true},
    {"Dockerfile", "#trivy:ignore:DS-0004:exp:2027-01-31", "PLM-DOCKER-120 7-8 until 2027-01-31", true},
    {"Dockerfile", "#trivy:ignore:DS-0004:exp:soon", "mistake", true},
    {"a.yaml", "# trivy:ignore:CVE-2021-1 trivy:ignore:CVE-2021-2", "CVE-2021-1 7-8|CVE-2021-2 7-8", true},
    {"a.tf", "#tfsec:ignore:aws-s3-x", "aws-s3-x 7-8", true},
    {"Dockerfile", "# hadolint ignore=DL3002,DL4000", "PLM-DOCKER-010 7-8|PLM-DOCKER-134 7-8", true},
    {"Dockerfile", "# hadolint ignore=DL3002, DL4000 because", "PLM-DOCKER-010 7-8|PLM-DOCKER-134 7-8", true},
    {"Dockerfile", "# hadolint global ignore=DL4000", "PLM-DOCKER-134 1-0", true},
    {"Dockerfile", "# checkov:skip=CKV_DOCKER_8: builds need it", "PLM-DOCKER-010 1-0: builds need it", true},
    {"a.yaml", "# checkov:skip=CKV_K8S_16:needed",
     "PLM-K8S-PSS-PRIVILEGED 7-8: needed|PLM-K8S-001 7-8: needed", true},
    {"a.yaml", "# kics-scan ignore-line", "* 7-8", true},
    {"a.yaml", "# kics-scan ignore", "* 1-0", true},
    {"Dockerfile", "# kics-scan disable=fd54f200-402c-4333-a5a4-36ef6709af2f", "PLM-DOCKER-011 1-0", true},
};

static void describe(struct buf *out, const struct suppression_list *list) {
    for (size_t i = 0; i < list->n; i++) {
        const struct suppression *s = &list->p[i];
        buf_c(out, i ? "|" : "");
        if (s->mistake.n) {
            buf_c(out, "mistake");
            continue;
        }
        buf_printf(out, "%.*s %u-%u", STR_ARG(s->id), s->from, s->to);
        if (s->until.n) {
            buf_printf(out, " until %.*s", STR_ARG(s->until));
        }
        if (s->reason.n) {
            buf_printf(out, ": %.*s", STR_ARG(s->reason));
        }
    }
}

static void comments_say_what_is_set_aside(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        struct suppression_list list = {0};
        struct err err = ERR_NONE;
        assert_int_equal(suppression_read_comment(&arena, str_c(cases[i].path), 7, str_c(cases[i].text),
                                                  cases[i].others, &list, &err),
                         0);
        describe(&out, &list);
        if (!str_eq(buf_view(&out), str_c(cases[i].expected))) {
            fail_msg("%s: %.*s should be %s", cases[i].text, STR_ARG(buf_view(&out)), cases[i].expected);
        }
    }
}

static void annotations_are_for_their_object(void **state) {
    static const char text[] = "metadata:\n"
                               "  annotations:\n"
                               "    ignore-check.kube-linter.io/host-pid: it watches\n"
                               "    checkov.io/skip1: CKV_K8S_19=router\n"
                               "    other.example/skip1: X\n";
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct suppression_list list = {0};
    struct err err = ERR_NONE;
    const struct doc **documents;
    size_t n;
    assert_int_equal(yaml_parse(&arena, str_c(text), &documents, &n, &err), 0);
    assert_int_equal(suppression_read_annotations(&arena, STR("p.yaml"), documents[0], 5, &list, &err), 0);
    assert_int_equal(list.n, 2);
    assert_str_equal(list.p[0].id, STR("PLM-K8S-PSS-HOST-PID"));
    assert_str_equal(list.p[0].reason, STR("it watches"));
    assert_int_equal(list.p[0].line, 3);
    assert_str_equal(list.p[1].id, STR("PLM-K8S-PSS-HOST-NETWORK"));
    assert_str_equal(list.p[1].reason, STR("router"));
    assert_true(suppression_covers(&list.p[0], STR("PLM-K8S-PSS-HOST-PID"), STR("p.yaml"), 40, 5));
    assert_false(suppression_covers(&list.p[0], STR("PLM-K8S-PSS-HOST-PID"), STR("p.yaml"), 40, 6));
}

static void a_comment_counts_for_its_line_and_the_next(void **state) {
    const struct suppression s = {.id = STR("PLM-1"), .path = STR("a.yaml"), .line = 3, .from = 3, .to = 4};
    static const bool covered[] = {false, false, false, true, true, false};
    for (uint32_t line = 1; line < ARRAY_SIZE(covered); line++) {
        assert_int_equal(suppression_covers(&s, STR("PLM-1"), STR("a.yaml"), line, 0), covered[line]);
    }
    assert_false(suppression_covers(&s, STR("PLM-2"), STR("a.yaml"), 3, 0));
    assert_false(suppression_covers(&s, STR("PLM-1"), STR("b.yaml"), 3, 0));
}

static void comments_count_for_what_is_below(void **state) {
    static const char text[] = "FROM debian:12\n"
                               "# plimsoll:ignore A-1\n"
                               "# plimsoll:ignore A-2,A-3\n"
                               "RUN apt-get update && \\\n"
                               "  apt-get install -y \\\n"
                               "  curl\n"
                               "USER 7\n";
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct resources set = resources_new(&arena);
    struct suppression_list list = {0};
    struct err err = ERR_NONE;
    assert_int_equal(policy_read(&set, STR("dockerfile"), STR("Dockerfile"), str_c(text), &err), 0);
    for (uint32_t line = 2; line <= 3; line++) {
        struct str comment = line == 2 ? STR("plimsoll:ignore A-1") : STR("plimsoll:ignore A-2,A-3");
        assert_int_equal(
            suppression_read_comment(&arena, STR("Dockerfile"), line, comment, false, &list, &err), 0);
    }
    assert_int_equal(suppression_widen(&arena, &set, &list, &err), 0);
    assert_int_equal(list.n, 3);
    for (size_t i = 0; i < list.n; i++) {
        assert_int_equal(list.p[i].to, 6);
        assert_true(suppression_covers(&list.p[i], list.p[i].id, STR("Dockerfile"), 5, 0));
        assert_false(suppression_covers(&list.p[i], list.p[i].id, STR("Dockerfile"), 7, 0));
    }
}

static void memory_may_lack(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct suppression_list list = {0};
        struct err err = ERR_NONE;
        int r = suppression_read_comment(&arena, STR("a.yaml"), 1, STR("plimsoll:ignore A-1,A-2"), true,
                                         &list, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comments_say_what_is_set_aside),
        cmocka_unit_test(annotations_are_for_their_object),
        cmocka_unit_test(a_comment_counts_for_its_line_and_the_next),
        cmocka_unit_test(comments_count_for_what_is_below),
        cmocka_unit_test(memory_may_lack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
