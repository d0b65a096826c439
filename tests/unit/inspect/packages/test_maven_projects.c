/* Projects of several poms. Expected: Maven 3.8's effective poms of the same files, where it reads them. */
#include "base/limits.h"
#include "inspect/packages/java/maven_projects.h"
#include "inspect/packages/packages.h"
#include "test.h"

struct file {
    const char *path, *body;
};

#define PARENT(version, path)                                                                                \
    "<parent><groupId>g</groupId><artifactId>parent</artifactId><version>" version "</version>" path         \
    "</parent>"
#define MANAGED(body) "<dependencyManagement><dependencies>" body "</dependencies></dependencyManagement>"
#define OF(group, artifact, rest)                                                                            \
    "<dependency><groupId>" group "</groupId><artifactId>" artifact "</artifactId>" rest "</dependency>"
#define VERSION(version) "<version>" version "</version>"
#define IMPORT           "<type>pom</type><scope>import</scope>"
#define BOM              "<project><groupId>g</groupId><artifactId>bom</artifactId><version>9</version>"

/* ---- what the inspector says of each file */

static int add_file(struct maven_projects *projects, const struct file *file, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_INSPECTION);
    struct facts facts = {buf_new(LIMIT_FACTS)};
    const struct entry entry = {.path = str_c(file->path), .type = ENTRY_FILE, .size = strlen(file->body)};
    struct inspection in = {
        .entry = &entry, .body = str_c(file->body), .spool = -1, .arena = &arena, .facts = &facts};
    int r = inspect_maven_pom.inspect(&in, err);
    struct cursor rest = cursor_over(buf_view(&facts.out));
    struct fact fact;
    while (r == 0 && facts_next(&rest, &arena, &fact, err) == 1) {
        if (fact.kind == FACT_POM) {
            struct str record = arena_str(projects->arena, fact.bytes);
            r = record.p ? maven_projects_add(projects, entry.path, record, NULL, err) : ERR_MEMORY;
        }
    }
    r = r == 0 && facts.out.failed ? ERR_MEMORY : r;
    buf_free(&facts.out);
    return r;
}

static int take(void *ctx, const struct maven_project *project, const struct package *package,
                struct err *err) {
    buf_printf(ctx, "%.*s %.*s %.*s%s\n", STR_ARG(project->path), STR_ARG(package->name),
               STR_ARG(package->version), package->flags & PACKAGE_IS_DEVELOPMENT ? " development" : "");
    return 0;
}

static int list(const struct file *files, size_t n, struct buf *out, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct maven_projects projects = maven_projects_new(&arena);
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = add_file(&projects, &files[i], err);
    }
    r = r == 0 ? maven_projects_link(&projects, err) : r;
    for (size_t i = 0; r == 0 && i < n; i++) {
        size_t unknown;
        r = maven_projects_resolve(&projects, i, take, out, &unknown, err);
        if (r == 0 && unknown) {
            buf_printf(out, "%s %zu unknown\n", files[i].path, unknown);
        }
    }
    return r;
}

static void expect(const struct file *files, size_t n, const char *expected) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct err err = ERR_NONE;
    assert_int_equal(list(files, n, &out, &err), 0);
    assert_str_equal(buf_view(&out), str_c(expected));
}

/* ---- projects */

static const struct file project[] = {
    {"build/parent/pom.xml",
     "<project><groupId>g</groupId><artifactId>parent</artifactId><version>${revision}</version>"
     "<properties><revision>3.1</revision><a>1.7</a><b>31</b></properties>" MANAGED(
         OF("x", "a", VERSION("${a}")) OF("x", "b", VERSION("${b}"))
             OF("x", "test", VERSION("4.12") "<scope>test</scope>")
                 OF("${project.groupId}", "lib", VERSION("${project.version}"))
                     OF("x", "a", VERSION("5") "<classifier>sources</classifier>")
                         OF("g", "bom", VERSION("9") IMPORT)) "</project>"},
    {"bom/pom.xml", BOM "<properties><io>2.6</io><a>0</a></properties>" MANAGED(
                        OF("x", "io", VERSION("${io}")) OF("x", "a", VERSION("1.6"))) "</project>"},
    {"lib/pom.xml",
     "<project>" PARENT(
         "${revision}",
         "<relativePath>../build/parent</relativePath>") "<artifactId>lib</artifactId><properties><b>30</b></"
                                                         "properties><dependencies>" OF("x", "b",
                                                                                        "") OF("x", "a", "")
                                                             OF("x", "io", "") OF("x", "test", "") OF(
                                                                 "x", "a", "<classifier>sources</classifier>")
                                                                 OF("x", "none",
                                                                    "") "</dependencies></project>"},
    {"app/pom.xml",
     "<project>" PARENT(
         "${revision}",
         "<relativePath>../build/parent/pom.xml</relativePath>") "<artifactId>app</"
                                                                 "artifactId><dependencies>" OF("g", "lib",
                                                                                                "")
                                                                     OF("x", "c", VERSION("${a}")) OF(
                                                                         "x", "b",
                                                                         "<scope>provided</scope>") "</"
                                                                                                    "dependen"
                                                                                                    "cies></"
                                                                                                    "project"
                                                                                                    ">"},
};

static void versions_come_from_parents_and_lists(void **state) {
    expect(project, ARRAY_SIZE(project),
           "lib/pom.xml x:b 30\n"
           "lib/pom.xml x:a 1.7\n"
           "lib/pom.xml x:io 2.6\n"
           "lib/pom.xml x:test 4.12 development\n"
           "lib/pom.xml x:a 5\n"
           "lib/pom.xml 1 unknown\n"
           "app/pom.xml g:lib 3.1\n"
           "app/pom.xml x:c 1.7\n"
           "app/pom.xml x:b 31 development\n");
}

#define CHILD(version, path)                                                                                 \
    "<project>" PARENT(version, path) "<artifactId>child</artifactId><dependencies>" OF(                     \
        "x", "a", "") "</dependencies></project>"
#define OLD        "<project><groupId>g</groupId><artifactId>parent</artifactId><version>1</version>"
#define A(version) MANAGED(OF("x", "a", VERSION(version))) "</project>"

static void a_parent_has_the_coordinates_that_are_asked_for(void **state) {
    static const struct {
        struct file files[3];
        size_t n;
        const char *expected;
    } cases[] = {
        /* the folder above by default */
        {{{"pom.xml", OLD A("7")}, {"c/pom.xml", CHILD("1", "")}}, 2, "c/pom.xml x:a 7\n"},
        /* another version lies there: Maven would ask a repository */
        {{{"pom.xml", OLD A("7")}, {"c/pom.xml", CHILD("2", "")}}, 2, "c/pom.xml 1 unknown\n"},
        /* it lies elsewhere */
        {{{"d/e/pom.xml", OLD A("7")}, {"c/pom.xml", CHILD("1", "<relativePath/>")}}, 2, "c/pom.xml x:a 7\n"},
        /* two claim to be it */
        {{{"d/pom.xml", OLD A("7")}, {"e/pom.xml", OLD A("8")}, {"c/pom.xml", CHILD("1", "")}},
         3,
         "c/pom.xml 1 unknown\n"},
        /* outside of what is scanned, and no pom */
        {{{"c/pom.xml", CHILD("1", "<relativePath>../../../x</relativePath>")}}, 1, "c/pom.xml 1 unknown\n"},
        {{{"c/pom.xml", CHILD("1", "<relativePath>/pom.xml</relativePath>")}}, 1, "c/pom.xml 1 unknown\n"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        expect(cases[i].files, cases[i].n, cases[i].expected);
    }
}

/* Also with properties in their names; of managed ones the first of a name counts, of dependencies the last.
 */
static void names_are_group_artifact_type_and_classifier(void **state) {
    static const struct file files[] = {
        {"pom.xml",
         "<project><groupId>g</groupId><artifactId>parent</artifactId><version>1</version>" MANAGED(
             OF("${project.groupId}", "a", VERSION("1") "<classifier>tests</classifier>")
                 OF("${project.groupId}", "a", VERSION("2") "<type>zip</type>")
                     OF("${project.groupId}", "a", VERSION("3")) OF("x", "b", VERSION("4"))
                         OF("x", "b", VERSION("5"))) "</project>"},
        {"c/pom.xml", "<project>" PARENT("1", "") "<artifactId>c</artifactId><dependencies>" OF("g", "a", "")
                          OF("g", "a", "<type>zip</type>") OF("g", "a", "<classifier>tests</classifier>")
                              OF("x", "b", "<scope>test</scope>")
                                  OF("x", "b", "<type>jar</type>") "</dependencies></project>"},
    };
    expect(files, ARRAY_SIZE(files),
           "c/pom.xml g:a 3\n"
           "c/pom.xml g:a 2\n"
           "c/pom.xml g:a 1\n"
           "c/pom.xml x:b 4\n");
}

static void circles_end(void **state) {
    static const struct file parents[] = {
        {"a/pom.xml",
         "<project>" PARENT("1", "<relativePath>../b</relativePath>") "<artifactId>parent</"
                                                                      "artifactId><dependencies>" OF(
                                                                          "x", "a",
                                                                          "") "</dependencies></project>"},
        {"b/pom.xml",
         "<project>" PARENT("1", "<relativePath>../a</relativePath>") "<artifactId>parent</"
                                                                      "artifactId><dependencies>" OF(
                                                                          "x", "a",
                                                                          "") "</dependencies></project>"},
    };
    static const struct file lists[] = {
        {"bom/pom.xml",
         BOM MANAGED(OF("g", "bom", VERSION("9") IMPORT) OF(
             "g", "bom", VERSION("9") IMPORT)) "<dependencies>" OF("x", "a", "") "</dependencies></project>"},
    };
    expect(parents, ARRAY_SIZE(parents), "a/pom.xml 1 unknown\nb/pom.xml 1 unknown\n");
    expect(lists, ARRAY_SIZE(lists), "bom/pom.xml 1 unknown\n");
}

/* Each of many dependencies against each of many names that have properties in them. */
static void a_large_project_costs_its_budget(void **state) {
    enum { N = 20000 };
    _cleanup_(buf_free) struct buf body = buf_new(64 * MIB), out = buf_new(64 * MIB);
    struct err err = ERR_NONE;
    buf_c(&body, "<project><properties><p>q</p></properties><dependencyManagement><dependencies>");
    for (unsigned i = 0; i < N; i++) {
        buf_printf(&body, OF("${p}", "m%u", VERSION("1")), i);
    }
    buf_c(&body, "</dependencies></dependencyManagement><dependencies>");
    for (unsigned i = 0; i < N; i++) {
        buf_printf(&body, OF("x", "d%u", ""), i);
    }
    buf_c(&body, "</dependencies></project>");
    buf_byte(&body, 0);
    assert_false(body.failed);
    const struct file files[] = {{"pom.xml", (const char *)body.p}};
    assert_int_equal(list(files, 1, &out, &err), 0);
    assert_str_equal(buf_view(&out), STR("pom.xml 20000 unknown\n"));
}

static void a_damaged_record_is_said(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct maven_projects projects = maven_projects_new(&arena);
    struct err err = ERR_NONE;
    assert_int_equal(maven_projects_add(&projects, STR("pom.xml"), STR("abc"), NULL, &err), ERR_INPUT);
    assert_string_equal(err.message, "pom.xml: the record of a pom is damaged");
}

static void no_memory_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        struct err err = ERR_NONE;
        int r = list(project, ARRAY_SIZE(project), &out, &err);
        assert_true(r == ERR_MEMORY || !mem_has_failed() || out.failed);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_come_from_parents_and_lists),
        cmocka_unit_test(a_parent_has_the_coordinates_that_are_asked_for),
        cmocka_unit_test(names_are_group_artifact_type_and_classifier),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(a_large_project_costs_its_budget),
        cmocka_unit_test(a_damaged_record_is_said),
        cmocka_unit_test(no_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
