#include "base/limits.h"
#include "doc/json.h"
#include "doc/yaml.h"
#include "infra/dockerfile.h"
#include "infra/kubernetes/read.h"
#include "policy/bases/facts.h"
#include "policy/bases/table.h"

#include "test.h"

#define A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static const char table_text[] =
    "# ours\n"
    "bases:\n"
    "  - name: golden/debian\n"
    "    version: 12.1.0\n"
    "    reference: registry.example/golden/debian:12.1\n"
    "    digest: " B "\n"
    "    created: 2026-01-05T00:00:00Z\n"
    "    platform: linux/amd64\n"
    "    os: {id: debian, version: 12}\n"
    "    layers: [" A "]\n"
    "    packages:\n"
    "      - [deb, libssl3, 3.0.1, amd64, openssl]\n"
    "      - [npm, left, 1.0.0]\n"
    "      - [golang, example.com/m, v1.0.0, '', '', '', [example.com/m/a]]\n"
    "  - {name: golden/debian, version: '12.2', created: 2026-10-05, layers: [" B "]}\n"
    "  - {name: golden/python, created: 2026-03-01, layers: [" A ", " B "]}\n"
    "  - {name: golden/debian, version: arm, created: 2026-11-05,\n"
    "     platform: linux/arm64, layers: [" C "]}\n";

static void parse(struct arena *arena, const char *text, struct base_table *out) {
    struct err err = ERR_NONE;
    if (base_table_parse(arena, STR("b.yaml"), str_c(text), out, &err) < 0) {
        fail_msg("%s", err.message);
    }
}

static void a_table_is_read_whole(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct base_table table;
    parse(&arena, table_text, &table);
    assert_int_equal(table.n, 4);
    const struct base_entry *e = &table.entries[0];
    assert_str_equal(e->name, STR("golden/debian"));
    assert_str_equal(e->version, STR("12.1.0"));
    assert_str_equal(e->digest, STR(B));
    assert_str_equal(e->os_version, STR("12"));
    assert_int_equal(e->created, 1767571200);
    assert_int_equal(e->at.line, 3);
    assert_true(e->knows_packages);
    assert_int_equal(e->packages_n, 3);
    assert_str_equal(e->packages[0].package.source_name, STR("openssl"));
    assert_str_equal(e->packages[0].ecosystem, STR("Debian:12"));
    assert_str_equal(e->packages[1].ecosystem, STR("npm"));
    assert_str_equal(e->packages[1].purl, STR("pkg:npm/left@1.0.0"));
    assert_int_equal(e->packages[2].package.linked_n, 1);
    assert_true(e->packages[2].package.flags & PACKAGE_KNOWS_LINKED);
    assert_false(e->packages[1].package.flags & PACKAGE_KNOWS_LINKED);
    assert_int_equal(table.entries[1].created, 1791158400);
    assert_false(table.entries[1].knows_packages);
    assert_int_equal(table.entries[2].layers_n, 2);
    for (size_t i = 0; i < 3; i++) {
        static const char *const empty[] = {"", "bases:\n", "bases: []\n"};
        parse(&arena, empty[i], &table);
        assert_int_equal(table.n, 0);
    }
}

#define ONE(rest) "bases:\n- {name: x, created: 2026-01-01, layers: [" A "]" rest "}\n"

static void mistakes_have_their_place(void **state) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"- a\n", "b.yaml:1:1: a table of bases is a map of fields, not list"},
        {"basis: []\n", "b.yaml:1:1: 'basis' is not a field of a table of bases. Did you mean 'bases'?"},
        {"bases: 7\n", "b.yaml:1:8: 'bases' should be a list of at most 1000 bases"},
        {"bases: [7]\n", "b.yaml:1:9: a base is a map of fields, not integer"},
        {"bases:\n- {created: 2026-01-01, layers: [" A "]}\n", "b.yaml:2:3: a base needs the field 'name'"},
        {"bases:\n- {name: '', created: 2026-01-01, layers: [" A "]}\n", "b.yaml:2:10: 'name' is empty"},
        {"bases:\n- {name: x, created: soon, layers: [" A "]}\n",
         "b.yaml:2:22: 'created' should be a moment, as in 2026-11-01T00:00:00Z"},
        {"bases:\n- {name: x, created: 2026-01-01, layers: []}\n",
         "b.yaml:2:42: 'layers' should be a list of 1 to"},
        {"bases:\n- {name: x, created: 2026-01-01, layers: [a]}\n",
         "b.yaml:2:43: 'layers' should be a digest, as in sha256:"},
        {ONE(", digest: tag"), "b.yaml:2:125: 'digest' should be a digest, as in sha256:"},
        {ONE(", version: 1.10"), "b.yaml:2:126: 'version' should be a string, not number: put it in quotes"},
        {ONE(", colour: red"), "b.yaml:2:117: 'colour' is not a field of a base"},
        {ONE(", os: {version: 12}"), "b.yaml:2:121: 'os' needs the field 'id'"},
        {ONE(", packages: {}"), "b.yaml:2:127: 'packages' should be a list of at most 20000 packages"},
        {ONE(", packages: [[deb, x]]"), "b.yaml:2:128: a package is a list of its type, name and version"},
        {ONE(", packages: [[dep, x, 1]]"), "b.yaml:2:128: 'dep' is no type of packages"},
        {ONE(", packages: [[deb, x, 1.5]]"), "b.yaml:2:137: 'packages' should be a string, not number"},
        {ONE(", packages: [[deb, x, '1', '', '', '', y]]"),
         "b.yaml:2:154: what is linked should be a list of import paths"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
        struct base_table table;
        struct err err = ERR_NONE;
        assert_int_equal(base_table_parse(&arena, STR("b.yaml"), str_c(cases[i].text), &table, &err),
                         ERR_INPUT);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s\nshould be\n%s", err.message, cases[i].message);
        }
        assert_int_equal(table.n, 0);
    }
}

/* ---- looking up */

static struct image image_with(struct image_layer *layers, size_t n) {
    static const char *const ids[] = {A, B, C};
    for (size_t i = 0; i < n; i++) {
        layers[i] = (struct image_layer){.diff_id = str_c(ids[i])};
    }
    return (struct image){.layers = layers, .layers_n = n, .platform = STR("linux/amd64")};
}

static void the_longest_chain_is_the_base(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct base_table table;
    struct image_layer layers[3];
    parse(&arena, table_text, &table);
    struct image image = image_with(layers, 3);
    image.base.is_pinned = true;
    base_table_apply(&table, &image);
    assert_str_equal(image.base.name, STR("golden/python"));
    assert_int_equal(image.base.layers, 2);
    assert_int_equal(image.base.named_by, BASE_TABLE);
    assert_int_equal(image.base.layers_by, BASE_TABLE);
    assert_str_equal(image.base.file, STR("b.yaml"));
    assert_true(image.base.is_pinned); /* what the image itself records */
    assert_true(layers[0].is_in_base && layers[1].is_in_base && !layers[2].is_in_base);
    image = image_with(layers, 1);
    base_table_apply(&table, &image);
    assert_str_equal(image.base.version, STR("12.1.0"));
    image = image_with(layers, 3);
    layers[0].diff_id = STR(C);
    layers[1].diff_id = STR(A);
    table.n = 3; /* without the one of another platform, whose chain this is */
    base_table_apply(&table, &image);
    assert_int_equal(image.base.named_by, BASE_UNDECIDED);
    assert_false(layers[0].is_in_base);
}

static const struct base_entry *newest(const struct base_table *table, const struct image *image) {
    const struct base_entry *found;
    struct err err = ERR_NONE;
    assert_int_equal(base_table_newest(table, image, &found, &err), 0);
    return found;
}

static void the_newest_of_the_same_name_and_platform(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct base_table table;
    struct image_layer layers[1];
    parse(&arena, table_text, &table);
    struct image image = image_with(layers, 1);
    base_table_apply(&table, &image);
    assert_ptr_equal(newest(&table, &image), &table.entries[1]);
    image.platform = STR("linux/arm64");
    assert_ptr_equal(newest(&table, &image), &table.entries[3]);
    image.platform = STR("linux/amd64");
    image.base.created = table.entries[1].created;
    assert_null(newest(&table, &image)); /* it is the newest itself */
}

/* Where only its reference is known, the table's entry of that reference says whose versions it is of. */
static void a_reference_finds_what_is_newer(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct base_table table;
    struct image_layer layers[1];
    parse(&arena, table_text, &table);
    struct image image = image_with(layers, 1);
    image.base = (struct image_base){.named_by = BASE_ANNOTATION,
                                     .reference = STR("registry.example/golden/debian:12.1"),
                                     .created = 1767571200};
    assert_ptr_equal(newest(&table, &image), &table.entries[1]);
    image.base.created = 0;
    assert_null(newest(&table, &image)); /* older or newer can't be told */
    image.base.created = 1767571200;
    image.base.reference = STR("registry.example/golden/debian:12.0");
    assert_null(newest(&table, &image));
    image.base.reference = STR("not a reference");
    assert_null(newest(&table, &image));
    parse(&arena, "bases:\n- {name: d, created: 2026-02-01, reference: debian, layers: [" B "]}\n", &table);
    image.base.reference = STR("docker.io/library/debian:latest");
    assert_ptr_equal(newest(&table, &image), &table.entries[0]);
}

/* ---- writing */

static void what_is_written_is_read(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    struct base_table table, again;
    parse(&arena, table_text, &table);
    table.entries[1].name = STR("quotes \" and: # colons");
    table.entries[1].knows_packages = true;
    buf_c(&text, "bases:\n");
    for (size_t i = 0; i < table.n; i++) {
        base_entry_write(&text, &table.entries[i]);
    }
    parse(&arena, arena_cstr(&arena, buf_view(&text)), &again);
    assert_int_equal(again.n, table.n);
    for (size_t i = 0; i < table.n; i++) {
        const struct base_entry *a = &table.entries[i], *b = &again.entries[i];
        assert_str_equal(b->name, a->name);
        assert_str_equal(b->version, a->version);
        assert_str_equal(b->reference, a->reference);
        assert_str_equal(b->platform, a->platform);
        assert_str_equal(b->os_id, a->os_id);
        assert_int_equal(b->created, a->created);
        assert_int_equal(b->layers_n, a->layers_n);
        assert_int_equal(b->packages_n, a->packages_n);
        for (size_t p = 0; p < a->packages_n; p++) {
            assert_str_equal(b->packages[p].purl, a->packages[p].purl);
            assert_str_equal(b->packages[p].package.source_name, a->packages[p].package.source_name);
            assert_int_equal(b->packages[p].package.linked_n, a->packages[p].package.linked_n);
            assert_int_equal(b->packages[p].package.flags, a->packages[p].package.flags);
        }
    }
}

static void each_allocation_may_fail(void **state) {
    _cleanup_(arena_free) struct arena parsed = arena_new(16 * MIB);
    const struct doc **documents;
    size_t n;
    struct err wrong = ERR_NONE;
    assert_int_equal(yaml_parse(&parsed, str_c(table_text), &documents, &n, &wrong), 0);
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
        struct base_table table;
        struct err err = ERR_NONE;
        int r = base_table_of(&arena, STR("b.yaml"), documents[0], &table, &err);
        if (r != 0 && r != ERR_MEMORY) {
            fail_msg("%d: %s", r, err.message);
        }
    });
}

/* ---- facts */

enum { DAY = 24 * 60 * 60 };

static const struct doc *facts_of(struct arena *arena, const struct image *image,
                                  const struct image_rules *rules, int64_t now) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    const struct doc *root;
    struct err err = ERR_NONE;
    assert_int_equal(base_facts_write(&text, arena, image, rules, now, &err), 0);
    assert_int_equal(json_parse(arena, arena_str(arena, buf_view(&text)), &root, &err), 0);
    return root;
}

static bool allows(struct arena *arena, const struct image *image, const char *glob) {
    const struct str globs[] = {STR("nothing"), str_c(glob)};
    const struct image_rules rules = {.bases = globs, .bases_n = 2, .registries = globs, .registries_n = 2};
    const struct doc *root = facts_of(arena, image, &rules, 0);
    bool base = doc_bool(doc_path(root, "base.isAllowed"), false);
    assert_int_equal(doc_bool(doc_path(root, "reference.isAllowed"), true), strcmp(glob, "*.example") == 0);
    return base;
}

static void a_base_is_allowed_by_any_of_its_names(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    const struct image image = {
        .base = {.name = STR("debian"), .version = STR("12"), .reference = STR("debian:12@" A)},
        .registry = STR("registry.example"),
        .repository = STR("shop/web"),
    };
    static const struct {
        const char *glob;
        bool is_allowed;
    } cases[] = {
        {"debian", true},
        {"debian:12", true},
        {"docker.io/library/debian:12", true},
        {"docker.io/*", true},
        {"debian:12@*", true},
        {"debian:11", false},
        {"golden.example/*", false},
        {"ebian", false},
        {"*.example", false},
        {"DEBIAN", false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        if (allows(&arena, &image, cases[i].glob) != cases[i].is_allowed) {
            fail_msg("%s", cases[i].glob);
        }
    }
}

/* Only what is known is a member, so that checks can tell the rest from false. */
static void what_is_not_known_is_no_member(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    const struct str glob = STR("x");
    const struct image_rules rules = {
        .bases = &glob, .bases_n = 1, .base_days = 90, .wants_pinned = true, .at = {.line = 1}};
    struct image image = {0};
    const struct doc *root = facts_of(&arena, &image, &rules, 10 * DAY);
    static const char *const absent[] = {"base.name",   "base.ageDays", "base.isAllowed",  "base.isPinned",
                                         "base.layers", "reference",    "rules.registries"};
    for (size_t i = 0; i < ARRAY_SIZE(absent); i++) {
        assert_null(doc_path(root, absent[i]));
    }
    assert_str_equal(doc_str(doc_path(root, "base.namedBy")), STR("undecided"));
    int64_t number = 0;
    assert_true(doc_int(doc_path(root, "rules.baseDays"), &number) && number == 90);
    assert_true(doc_bool(doc_path(root, "rules.wantsPinned"), false));
    image.base.created = 2 * DAY + 1;
    root = facts_of(&arena, &image, &rules, 10 * DAY);
    assert_true(doc_int(doc_path(root, "base.ageDays"), &number) && number == 7);
    root = facts_of(&arena, &image, &rules, DAY); /* a clock that is wrong */
    assert_true(doc_int(doc_path(root, "base.ageDays"), &number) && number == 0);
}

static void rules_that_say_nothing_are_not_written(void **state) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    struct image_rules rules = {0};
    struct err err = ERR_NONE;
    assert_int_equal(base_rules_write(&text, &rules, &err), 0);
    assert_int_equal(text.n, 0);
    rules.at.line = 3;
    assert_int_equal(base_rules_write(&text, &rules, &err), 0);
    assert_str_equal(buf_view(&text), STR("{\"wantsPinned\":false}"));
}

/* Also where a manifest names its kind so, whose tree may not be there. */
static void rules_are_for_dockerfiles(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct resources set = resources_new(&arena);
    struct err err = ERR_NONE;
    assert_int_equal(kubernetes_read(&set, STR("a.yaml"),
                                     STR("{apiVersion: FROM/v1, kind: dockerfile, metadata: {name: a}}"),
                                     &err),
                     0);
    assert_int_equal(dockerfile_read(&set, STR("Dockerfile"), STR("FROM debian:12\n"), &err), 0);
    assert_str_equal(set.all.p[0]->kind, STR("dockerfile.FROM"));
    assert_int_equal(base_rules_add(&set, STR("{\"wantsPinned\":true}"), &err), 0);
    assert_null(doc_get(set.all.p[0]->object, STR("rules")));
    size_t given = 0;
    for (size_t i = 1; i < set.all.n; i++) {
        given += doc_get(set.all.p[i]->object, STR("rules")) != NULL;
    }
    assert_int_equal(given, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read_whole),
        cmocka_unit_test(mistakes_have_their_place),
        cmocka_unit_test(the_longest_chain_is_the_base),
        cmocka_unit_test(the_newest_of_the_same_name_and_platform),
        cmocka_unit_test(a_reference_finds_what_is_newer),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(a_base_is_allowed_by_any_of_its_names),
        cmocka_unit_test(what_is_not_known_is_no_member),
        cmocka_unit_test(rules_that_say_nothing_are_not_written),
        cmocka_unit_test(rules_are_for_dockerfiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
