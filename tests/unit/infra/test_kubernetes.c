#include "base/buf.h"
#include "base/limits.h"
#include "doc/json.h"
#include "infra/kubernetes/api_version.h"
#include "infra/kubernetes/object.h"
#include "infra/kubernetes/read.h"
#include "infra/kubernetes/selector.h"

#include "test.h"

static const struct doc *json(struct arena *arena, const char *text) {
    const struct doc *d = NULL;
    assert_int_equal(json_parse(arena, str_c(text), &d, NULL), 0);
    return d;
}

static void every_workload_has_its_pod(void **state) {
    static const struct {
        const char *version, *kind, *path;
    } cases[] = {
        {"v1", "Pod", "spec"},
        {"v1", "PodTemplate", "template.spec"},
        {"v1", "ReplicationController", "spec.template.spec"},
        {"apps/v1", "Deployment", "spec.template.spec"},
        {"extensions/v1beta1", "DaemonSet", "spec.template.spec"},
        {"apps/v1beta2", "ReplicaSet", "spec.template.spec"},
        {"apps/v1", "StatefulSet", "spec.template.spec"},
        {"batch/v1", "Job", "spec.template.spec"},
        {"batch/v1beta1", "CronJob", "spec.jobTemplate.spec.template.spec"},
        {"keda.sh/v1alpha1", "ScaledJob", "spec.jobTargetRef.template.spec"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct str text = STR("1"), rest = str_c(cases[i].path), part;
        while (str_cut_last(rest, '.', &rest, &part)) {
            text = arena_strf(&arena, "{\"%.*s\": %.*s}", STR_ARG(part), STR_ARG(text));
        }
        text = arena_strf(&arena, "{\"apiVersion\": \"%s\", \"kind\": \"%s\", \"%.*s\": %.*s}",
                          cases[i].version, cases[i].kind, STR_ARG(rest), STR_ARG(text));
        const struct doc *object = json(&arena, text.p);
        assert_true(doc_is(kubernetes_pod_spec(object), DOC_INT));
    }
}

static void what_has_no_pod_has_none(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    assert_null(
        kubernetes_pod_spec(json(&arena, "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"spec\": {}}")));
    assert_null(kubernetes_pod_spec(
        json(&arena, "{\"apiVersion\": \"x.y/v1\", \"kind\": \"Deployment\", \"spec\": 1}")));
    assert_null(kubernetes_pod_spec(json(&arena, "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\"}")));
    assert_null(kubernetes_pod_spec(NULL));
}

static void members_that_are_null_are_left_out(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const char *text =
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"},"
        " \"spec\": {\"hostPID\": null, \"containers\": [{\"name\": \"a\", \"env\": null}, null]}}";
    struct resources set = resources_new(&arena);
    assert_int_equal(kubernetes_read(&set, STR("a.json"), str_c(text), NULL), 0);
    const struct doc *pod = set.all.p[0]->object, *containers = doc_path(pod, "spec.containers");
    assert_int_equal(doc_count(doc_get(pod, STR("spec"))), 1);
    assert_int_equal(doc_count(containers), 2);
    assert_int_equal(doc_count(doc_at(containers, 0)), 1);
    assert_true(doc_is(doc_at(containers, 1), DOC_NULL));
    assert_ptr_equal(doc_get(pod, STR("metadata")), doc_get(set.all.p[0]->input, STR("metadata")));
}

/* The public deprecation guide, release by release. */
static void api_versions_follow_the_guide(void **state) {
    static const struct {
        struct str version, kind;
        unsigned removed;
        struct str use;
    } cases[] = {
        {STR("extensions/v1beta1"), STR("Deployment"), 16, STR("apps/v1 Deployment")},
        {STR("extensions/v1beta1"), STR("Ingress"), 22, STR("networking.k8s.io/v1 Ingress")},
        {STR("networking.k8s.io/v1beta1"), STR("IngressClass"), 22, STR("networking.k8s.io/v1 IngressClass")},
        {STR("apiextensions.k8s.io/v1beta1"), STR("CustomResourceDefinition"), 22,
         STR("apiextensions.k8s.io/v1 CustomResourceDefinition")},
        {STR("rbac.authorization.k8s.io/v1beta1"), STR("Role"), 22, STR("rbac.authorization.k8s.io/v1 Role")},
        {STR("batch/v1beta1"), STR("CronJob"), 25, STR("batch/v1 CronJob")},
        {STR("policy/v1beta1"), STR("PodDisruptionBudget"), 25, STR("policy/v1 PodDisruptionBudget")},
        {STR("policy/v1beta1"), STR("PodSecurityPolicy"), 25, STR("")},
        {STR("node.k8s.io/v1beta1"), STR("RuntimeClass"), 25, STR("node.k8s.io/v1 RuntimeClass")},
        {STR("autoscaling/v2beta2"), STR("HorizontalPodAutoscaler"), 26,
         STR("autoscaling/v2 HorizontalPodAutoscaler")},
        {STR("storage.k8s.io/v1beta1"), STR("CSIStorageCapacity"), 27,
         STR("storage.k8s.io/v1 CSIStorageCapacity")},
        {STR("flowcontrol.apiserver.k8s.io/v1beta2"), STR("FlowSchema"), 29,
         STR("flowcontrol.apiserver.k8s.io/v1 FlowSchema")},
        {STR("flowcontrol.apiserver.k8s.io/v1beta3"), STR("FlowSchema"), 32,
         STR("flowcontrol.apiserver.k8s.io/v1 FlowSchema")},
        {STR("v1"), STR("Endpoints"), 0, STR("discovery.k8s.io/v1 EndpointSlice")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct kubernetes_api_version *row =
            kubernetes_api_version_find(cases[i].version, cases[i].kind);
        assert_non_null(row);
        assert_int_equal(row->removed, cases[i].removed);
        assert_str_equal(row->use, cases[i].use);
    }
    assert_null(kubernetes_api_version_find(STR("apps/v1"), STR("Deployment")));
    assert_null(kubernetes_api_version_find(STR("example.com/v1beta1"), STR("Ingress")));
}

static void every_row_is_found(void **state) {
    size_t n;
    const struct kubernetes_api_version *rows = kubernetes_api_versions(&n);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(kubernetes_api_version_find(rows[i].api_version, rows[i].kind), &rows[i]);
        assert_true(rows[i].removed == 0 || rows[i].removed > rows[i].deprecated);
    }
}

/* The first, one from the middle and the last of the sorted list. */
static void kinds_know_their_scope(void **state) {
    static const struct str in_cluster[] = {
        STR("APIService.apiregistration.k8s.io"),
        STR("ClusterRole.rbac.authorization.k8s.io"),
        STR("ClusterRoleBinding.rbac.authorization.k8s.io"),
        STR("CustomResourceDefinition.apiextensions.k8s.io"),
        STR("IngressClass.networking.k8s.io"),
        STR("Namespace"),
        STR("Node"),
        STR("PersistentVolume"),
        STR("StorageClass.storage.k8s.io"),
        STR("VolumeAttributesClass.storage.k8s.io"),
        STR("ValidatingWebhookConfiguration.admissionregistration.k8s.io"),
        STR("IPAddress.networking.k8s.io"),
        STR("SelfSubjectReview.authentication.k8s.io"),
        STR("TokenReview.authentication.k8s.io")};
    static const struct str in_namespace[] = {STR("Pod"), STR("Role.rbac.authorization.k8s.io"),
                                              STR("Node.example.com"), STR("PersistentVolumeClaim"), STR("")};
    for (size_t i = 0; i < ARRAY_SIZE(in_cluster); i++) {
        assert_true(kubernetes_is_cluster_kind(in_cluster[i]));
    }
    for (size_t i = 0; i < ARRAY_SIZE(in_namespace); i++) {
        assert_false(kubernetes_is_cluster_kind(in_namespace[i]));
    }
}

static void selectors_match_labels(void **state) {
    static const struct {
        const char *selector;
        bool matches;
    } cases[] = {
        {"{}", true},
        {"{\"matchLabels\": {\"a\": \"1\"}}", true},
        {"{\"matchLabels\": {\"a\": \"2\"}}", false},
        {"{\"matchLabels\": {\"c\": \"\"}}", false},
        {"{\"matchExpressions\": [{\"key\": \"a\", \"operator\": \"Exists\"}]}", true},
        {"{\"matchExpressions\": [{\"key\": \"c\", \"operator\": \"Exists\"}]}", false},
        {"{\"matchExpressions\": [{\"key\": \"c\", \"operator\": \"DoesNotExist\"}]}", true},
        {"{\"matchExpressions\": [{\"key\": \"b\", \"operator\": \"In\", \"values\": [\"x\", \"2\"]}]}",
         true},
        {"{\"matchExpressions\": [{\"key\": \"b\", \"operator\": \"NotIn\", \"values\": [\"2\"]}]}", false},
        {"{\"matchExpressions\": [{\"key\": \"c\", \"operator\": \"NotIn\", \"values\": [\"2\"]}]}", true},
        {"{\"matchExpressions\": [{\"key\": \"a\", \"operator\": \"Near\"}]}", false},
    };
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct doc *labels = json(&arena, "{\"a\": \"1\", \"b\": \"2\"}");
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(kubernetes_selector_matches(json(&arena, cases[i].selector), labels),
                         cases[i].matches);
    }
}

/* 2,000 policies that select 2,000 pods would be 4 million edges. */
static void edges_are_cut_at_the_limit(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct resources set = resources_new(&arena);
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    buf_c(&text, "apiVersion: v1\nkind: List\nitems:\n");
    for (int i = 0; i < 2000; i++) {
        buf_printf(&text, "- {apiVersion: v1, kind: Pod, metadata: {name: p%d}}\n", i);
        buf_printf(&text,
                   "- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n%d}, spec: "
                   "{podSelector: {}}}\n",
                   i);
    }
    assert_int_equal(kubernetes_read(&set, STR("x"), buf_view(&text), NULL), 0);
    assert_int_equal(kubernetes_select(&set, NULL), 0);
    resources_link(&set);
    assert_true(set.edges_cut);
    assert_int_equal(set.edges.n, LIMIT_RESOURCE_EDGES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_workload_has_its_pod),
        cmocka_unit_test(what_has_no_pod_has_none),
        cmocka_unit_test(members_that_are_null_are_left_out),
        cmocka_unit_test(api_versions_follow_the_guide),
        cmocka_unit_test(every_row_is_found),
        cmocka_unit_test(kinds_know_their_scope),
        cmocka_unit_test(selectors_match_labels),
        cmocka_unit_test(edges_are_cut_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
