/* pom.xml (maven.apache.org/pom.html): the dependencies that a project asks for. What the file says by itself
 * is a package here; the others wait in its record for the project's other files (maven_projects.h). */
#include "base/limits.h"
#include "inspect/packages/java/maven_resolve.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

/* Leaves in the model the dependencies whose versions the file does not say. */
static int take_dependencies(struct inspection *in, struct maven_model *model, struct err *err) {
    struct maven_resolver resolver = {.arena = in->arena, .err = err};
    struct maven_node node;
    struct package package;
    size_t left = 0;
    int r = maven_node_init(in->arena, model, &node, err);
    for (size_t i = 0; r >= 0 && i < model->dependencies_n; i++) {
        r = maven_resolve(&resolver, &node, &model->dependencies[i], &package);
        if (r == 1) {
            language_package(in, &package);
        } else if (r == 0) {
            model->dependencies[left++] = model->dependencies[i];
        }
    }
    model->dependencies_n = left;
    return MIN(r, 0);
}

static int keep_model(struct inspection *in, const struct maven_model *model, struct err *err) {
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_RECORD / 2);
    maven_model_put(&record, model);
    if (record.failed && record.n < record.cap / 2) {
        return err_memory(err);
    }
    if (record.failed) {
        facts_problem(in->facts, true, "lists more than is kept for the project's other files");
        return 0;
    }
    facts_pom(in->facts, buf_view(&record));
    return 0;
}

/* In an unpacked archive the file says what its maker asked for, not what is here. */
static bool is_of_archive(struct str path) {
    return str_find(path, STR("META-INF/maven/")) >= 0;
}

static int inspect(struct inspection *in, struct err *err) {
    const struct xml_element *root;
    struct maven_model model;
    if (is_of_archive(in->entry->path)) {
        return 0;
    }
    int r = xml_parse(in->arena, in->body, &root, err);
    if (r < 0) {
        return r;
    }
    if (!str_eq(root->name, STR("project"))) {
        return err_set(err, ERR_INPUT, "line %u: the root of a pom is <project>", root->line);
    }
    r = maven_model_read(in->arena, root, &model, err);
    r = r < 0 ? r : take_dependencies(in, &model, err);
    return r < 0 ? r : keep_model(in, &model, err);
}

const struct inspector inspect_maven_pom = {
    .name = "maven-pom",
    .title = "Maven projects",
    .reads = "pom.xml",
    .version = 3,
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.name = "pom.xml"}},
    .inspect = inspect,
};
