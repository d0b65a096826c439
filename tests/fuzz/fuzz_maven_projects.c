/* Poms of one project, with a line of dashes between them, in folders that contain each other; and records of
 * poms as they leave the cage. */
#include "base/limits.h"
#include "fuzz.h"
#include "inspect/packages/java/maven_projects.h"
#include "inspect/packages/packages.h"

static int take(void *ctx, const struct maven_project *project, const struct package *package,
                struct err *err) {
    if (!package->name.n || !package->version.n) {
        abort();
    }
    return 0;
}

static void add(struct maven_projects *projects, struct str path, struct str body) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_INSPECTION);
    struct facts facts = {buf_new(LIMIT_FACTS)};
    const struct entry entry = {.path = path, .type = ENTRY_FILE, .size = body.n};
    struct inspection in = {.entry = &entry, .body = body, .spool = -1, .arena = &arena, .facts = &facts};
    struct err err = ERR_NONE;
    struct fact fact;
    (void)inspect_maven_pom.inspect(&in, &err);
    struct cursor rest = cursor_over(buf_view(&facts.out));
    while (facts_next(&rest, &arena, &fact, &err) == 1) {
        struct str record = fact.kind == FACT_POM ? arena_str(projects->arena, fact.bytes) : STR_NONE;
        if (record.p && maven_projects_add(projects, path, record, NULL, &err) < 0) {
            abort();
        }
    }
    buf_free(&facts.out);
}

static void resolve(struct maven_projects *projects) {
    struct err err = ERR_NONE;
    size_t unknown;
    int r = maven_projects_link(projects, &err);
    for (size_t i = 0; r == 0 && i < projects->all.n; i++) {
        r = maven_projects_resolve(projects, i, take, NULL, &unknown, &err);
    }
    if (r < 0) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"pom.xml", "a/pom.xml", "a/b/pom.xml", "c/pom.xml"};
    static const struct str between = {"\n---\n", 5};
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_INSPECTION);
    struct maven_projects projects = maven_projects_new(&arena);
    struct err err = ERR_NONE;
    struct str rest = str_n((const char *)data, size);
    if (size && data[0] == 'R') {
        if (maven_projects_add(&projects, STR("pom.xml"), str_from(rest, 1), NULL, &err) == 0) {
            resolve(&projects);
        }
        return 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(paths) && rest.n; i++) {
        ptrdiff_t at = str_find(rest, between);
        add(&projects, str_c(paths[i]), at < 0 ? rest : str_sub(rest, 0, (size_t)at));
        rest = at < 0 ? STR_NONE : str_from(rest, (size_t)at + between.n);
    }
    resolve(&projects);
    return 0;
}
