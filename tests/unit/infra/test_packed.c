#include "base/buf.h"
#include "base/limits.h"
#include "doc/json_write.h"
#include "doc/pack.h"
#include "doc/yaml.h"
#include "infra/kubernetes/read.h"
#include "infra/link.h"

#include "test.h"

static const char manifests[] =
    "apiVersion: v1\n"
    "kind: PodList\n"
    "items:\n"
    "- metadata: {name: a, labels: {app: x}}\n"
    "  spec: {serviceAccountName: s, hostPID: null, containers: [{name: c, image: nginx}]}\n"
    "- metadata: {name: b, labels: {app: x, tier: [1]}}\n"
    "  spec: {containers: []}\n"
    "---\n"
    "apiVersion: v1\n"
    "kind: Service\n"
    "metadata: {name: web}\n"
    "spec: {selector: {app: x}}\n"
    "---\n"
    "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n},\n"
    " spec: {podSelector: {matchExpressions: [{key: tier, operator: Exists}]}}}\n"
    "---\n"
    "{apiVersion: v1, kind: ServiceAccount, metadata: {name: s}}\n"
    "---\n"
    "kind: of nothing\n";

static struct resources plain_set(struct arena *arena) {
    struct resources set = resources_new(arena);
    assert_int_equal(kubernetes_read(&set, STR("a.yaml"), str_c(manifests), NULL), 0);
    assert_int_equal(infra_link(&set, NULL), 0);
    return set;
}

struct packed {
    struct str documents[8];
    size_t n;
};

static struct packed pack(struct arena *arena) {
    struct packed out = {0};
    const struct doc **documents;
    assert_int_equal(yaml_parse_kubernetes(arena, str_c(manifests), &documents, &out.n, NULL), 0);
    assert_true(out.n <= ARRAY_SIZE(out.documents));
    for (size_t i = 0; i < out.n; i++) {
        _cleanup_(buf_free) struct buf bytes = buf_new(MIB);
        assert_int_equal(doc_pack(&bytes, documents[i], NULL), 0);
        out.documents[i] = arena_str(arena, buf_view(&bytes));
    }
    return out;
}

/* As many bytes of trees as let resources_rest() let go. */
static void crowd(struct resource_trees *trees) {
    assert_non_null(arena_alloc(trees->arena, LIMIT_RESOURCE_TREES + 1));
}

static int add_all(struct resources *set, const struct packed *packed, bool is_crowded) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < packed->n; i++) {
        r = kubernetes_add_packed(set, STR("a.yaml"), packed->documents[i], NULL);
        if (is_crowded) {
            crowd(set->trees);
        }
    }
    return r == 0 ? infra_link(set, NULL) : r;
}

static void assert_same_tree(const struct doc *a, const struct doc *b) {
    _cleanup_(buf_free) struct buf x = buf_new(MIB), y = buf_new(MIB);
    struct json_writer w = json_writer_new(&x, 0), v = json_writer_new(&y, 0);
    json_write_doc(&w, a);
    json_write_doc(&v, b);
    assert_str_equal(buf_view(&x), buf_view(&y));
    assert_int_equal(a->at.line, b->at.line);
    assert_int_equal(a->at.column, b->at.column);
}

static void assert_same(const struct resource *a, const struct resource *b) {
    assert_str_equal(a->kind, b->kind);
    assert_str_equal(a->key, b->key);
    assert_str_equal(a->api_version, b->api_version);
    assert_str_equal(a->name, b->name);
    assert_int_equal(a->at.line, b->at.line);
    assert_same_tree(a->object, resource_object(b));
    assert_same_tree(a->input, b->input);
}

static void resources_are_those_of_trees(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB), trees_arena = arena_new(GIB);
    struct resources plain = plain_set(&arena), set = resources_new(&arena);
    struct resource_trees trees = {.arena = &trees_arena};
    set.trees = &trees;
    struct packed packed = pack(&arena);
    assert_int_equal(add_all(&set, &packed, true), 0);
    assert_int_equal(set.all.n, 5);
    assert_int_equal(set.all.n, plain.all.n);
    for (size_t i = 0; i < set.all.n; i++) {
        crowd(&trees);
        resources_rest(&set);
        assert_null(set.all.p[i]->object);
        assert_same(plain.all.p[i], set.all.p[i]);
    }
    /* Pod a to s and its namespace, b to the default account, the Service to both, the policy to b, ... */
    assert_int_equal(set.edges.n, plain.edges.n);
    for (size_t i = 0; i < set.edges.n; i++) {
        assert_str_equal(set.edges.p[i]->from->key, plain.edges.p[i]->from->key);
        assert_str_equal(set.edges.p[i]->to_key, plain.edges.p[i]->to_key);
        assert_int_equal(!set.edges.p[i]->to, !plain.edges.p[i]->to);
        assert_int_equal(set.edges.p[i]->at.line, plain.edges.p[i]->at.line);
    }
}

static void trees_stay_while_they_are_few(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB), trees_arena = arena_new(GIB);
    struct resources set = resources_new(&arena);
    struct resource_trees trees = {.arena = &trees_arena};
    set.trees = &trees;
    struct packed packed = pack(&arena);
    assert_int_equal(add_all(&set, &packed, false), 0);
    const struct doc *first = set.all.p[0]->object;
    assert_non_null(first);
    resources_rest(&set);
    assert_ptr_equal(resource_object(set.all.p[0]), first);
    assert_non_null(set.all.p[1]->object); /* of the same document */
}

static void what_is_kept_stays(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB), trees_arena = arena_new(GIB);
    struct resources plain = plain_set(&arena), set = resources_new(&arena);
    struct resource_trees trees = {.arena = &trees_arena};
    set.trees = &trees;
    struct packed packed = pack(&arena);
    assert_int_equal(add_all(&set, &packed, false), 0);
    const struct doc *kept = resource_keep(&set, set.all.p[2]);
    assert_non_null(resource_object(set.all.p[0]));
    crowd(&trees);
    resources_rest(&set);
    assert_null(set.all.p[0]->object);
    assert_ptr_equal(resource_object(set.all.p[2]), kept);
    assert_ptr_equal(resource_keep(&set, set.all.p[2]), kept);
    for (size_t i = 0; i < set.all.n; i++) {
        assert_same(plain.all.p[i], set.all.p[i]);
    }
}

/* The allocation that fails may be one of reading or one of a later look. */
static void look_at_all(const struct packed *packed, const struct resources *plain) {
    _cleanup_(arena_free) struct arena own = arena_new(MIB);
    _cleanup_(arena_free) struct arena trees_arena = arena_new(MIB);
    struct resources set = resources_new(&own);
    struct resource_trees trees = {.arena = &trees_arena};
    set.trees = &trees;
    int r = add_all(&set, packed, false);
    assert_int_equal(r, mem_has_failed() ? ERR_MEMORY : 0);
    for (size_t i = 0; r == 0 && i < set.all.n; i++) {
        const struct doc *kept = i == 2 ? resource_keep(&set, set.all.p[i]) : NULL;
        const struct doc *object = resource_object(set.all.p[i]);
        assert_true(object || mem_has_failed());
        assert_true(!kept || kept == object);
        if (object) {
            assert_int_equal(doc_count(object), doc_count(plain->all.p[i]->object));
        }
    }
}

static void no_memory_is_said(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct resources plain = plain_set(&arena);
    struct packed packed = pack(&arena);
    WITH_EACH_ALLOCATION_FAILED(look_at_all(&packed, &plain));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resources_are_those_of_trees),
        cmocka_unit_test(trees_stay_while_they_are_few),
        cmocka_unit_test(what_is_kept_stays),
        cmocka_unit_test(no_memory_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
