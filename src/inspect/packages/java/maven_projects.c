#include "inspect/packages/java/maven_projects.h"

#include "base/limits.h"

enum { PARENTS = 32 };

struct maven_projects maven_projects_new(struct arena *arena) {
    return (struct maven_projects){.arena = arena, .by_path = map_new(arena), .by_name = map_new(arena)};
}

int maven_projects_add(struct maven_projects *projects, struct str path, struct str record, void *place,
                       struct err *err) {
    struct maven_project *project = arena_alloc(projects->arena, sizeof *project);
    struct maven_project **slot = project ? VEC_PUSH(projects->arena, &projects->all) : NULL;
    uint64_t *known = slot ? map_put(&projects->by_path, path, NULL) : NULL;
    if (!known) {
        return err_memory(err);
    }
    struct cursor in = cursor_over(record);
    *slot = project;
    *known = (uint64_t)(uintptr_t)project;
    project->path = path;
    project->place = place;
    int r = maven_model_get(&in, projects->arena, &project->model, err);
    if (r == 0 && in.failed) {
        r = err_set(err, ERR_INPUT, "%.*s: the record of a pom is damaged", STR_ARG(path));
    }
    return r == 0 ? maven_node_init(projects->arena, &project->model, &project->node, err) : r;
}

/* ---- parents */

static struct maven_project *get(const struct map *map, struct str key) {
    const uint64_t *slot = map_get(map, key);
    return slot ? (struct maven_project *)(uintptr_t)*slot : NULL;
}

/* "../pom.xml" seen from a/b/pom.xml is a/pom.xml; path has room for both. False above the top, or when it is
 * absolute. */
static bool join(struct str from, struct str relative, char *path, size_t *n) {
    struct str rest = relative, part, folder = str_dirname(from);
    memcpy(path, folder.p ? folder.p : "", folder.n);
    *n = folder.n;
    while (str_split(&rest, '/', &part)) {
        if (str_eq(part, STR(".."))) {
            if (!*n) {
                return false;
            }
            *n = str_dirname(str_n(path, *n)).n;
        } else if (part.n && !str_eq(part, STR("."))) {
            path[*n] = '/';
            memcpy(path + *n + (*n > 0), part.p, part.n);
            *n += (*n > 0) + part.n;
        }
    }
    return !str_starts(relative, STR("/"));
}

/* A folder stands for the pom.xml in it. */
static int at_path(const struct maven_projects *projects, struct str from, struct str relative,
                   struct maven_project **out, struct err *err) {
    char *path = arena_alloc(projects->arena, from.n + relative.n + sizeof "//pom.xml");
    size_t n;
    *out = NULL;
    if (!path) {
        return err_memory(err);
    }
    if (!relative.n || !join(from, relative, path, &n)) {
        return 0;
    }
    *out = get(&projects->by_path, str_n(path, n));
    if (!*out) {
        struct str file = n ? STR("/pom.xml") : STR("pom.xml");
        memcpy(path + n, file.p, file.n);
        *out = get(&projects->by_path, str_n(path, n + file.n));
    }
    return 0;
}

/* Versions are compared where both are written out: ${revision} is known only with the parent. */
static bool is_it(const struct maven_project *project, const struct maven_coordinates *wanted) {
    const struct maven_model *model = &project->model;
    struct str group = model->project.group.n ? model->project.group : model->parent.group;
    struct str version = model->project.version.n ? model->project.version : model->parent.version;
    return str_eq(group, wanted->group) && str_eq(model->project.artifact, wanted->artifact) &&
           (str_eq(version, wanted->version) || maven_has_properties(version) ||
            maven_has_properties(wanted->version));
}

/* Unless the pom is among the parents of its parent. */
static void set_parent(struct maven_project *project, const struct maven_project *parent) {
    unsigned depth = 0;
    for (const struct maven_node *n = &parent->node; n; n = n->parent) {
        if (n == &project->node || ++depth == PARENTS) {
            return;
        }
    }
    project->node.parent = &parent->node;
}

static int put_in(struct maven_resolver *resolver, struct maven_project *project) {
    const struct maven_model *model = &project->model;
    struct maven_coordinates *is = &project->is;
    int r = maven_put_in(resolver, &project->node,
                         model->project.group.n ? model->project.group : model->parent.group, &is->group);
    r = r < 0 ? r : maven_put_in(resolver, &project->node, model->project.artifact, &is->artifact);
    return r < 0 ? r
                 : maven_put_in(resolver, &project->node,
                                model->project.version.n ? model->project.version : model->parent.version,
                                &is->version);
}

static struct str name_of(struct arena *arena, const struct maven_coordinates *c) {
    return arena_strf(arena, "%.*s:%.*s:%.*s", STR_ARG(c->group), STR_ARG(c->artifact), STR_ARG(c->version));
}

static int name_project(struct maven_projects *projects, struct maven_project *project, struct err *err) {
    struct maven_resolver resolver = {.arena = projects->arena, .steps = projects->steps, .err = err};
    bool is_new;
    int r = put_in(&resolver, project);
    projects->steps = resolver.steps;
    if (r < 0 || !project->is.group.n || !project->is.artifact.n || !project->is.version.n) {
        return r;
    }
    struct str key = name_of(projects->arena, &project->is);
    uint64_t *slot = key.p ? map_put(&projects->by_name, key, &is_new) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    *slot = is_new ? (uint64_t)(uintptr_t)project : 0;
    return 0;
}

/* NULL: none has them, or several do. */
static const struct maven_project *find(const struct maven_projects *projects,
                                        const struct maven_coordinates *wanted) {
    char key[LIMIT_PATH];
    int n = snprintf(key, sizeof key, "%.*s:%.*s:%.*s", STR_ARG(wanted->group), STR_ARG(wanted->artifact),
                     STR_ARG(wanted->version));
    return n > 0 && (size_t)n < sizeof key ? get(&projects->by_name, str_n(key, (size_t)n)) : NULL;
}

static const struct maven_node *find_node(void *ctx, const struct maven_coordinates *wanted) {
    const struct maven_project *project = find(ctx, wanted);
    return project ? &project->node : NULL;
}

static int link_by_path(const struct maven_projects *projects, struct maven_project *project,
                        struct err *err) {
    struct maven_project *parent;
    int r = at_path(projects, project->path, project->model.parent_path, &parent, err);
    if (r == 0 && parent && is_it(parent, &project->model.parent)) {
        set_parent(project, parent);
    }
    return r;
}

static int link_by_name(struct maven_projects *projects, struct maven_project *project, struct err *err) {
    struct maven_resolver resolver = {.arena = projects->arena, .steps = projects->steps, .err = err};
    struct maven_coordinates wanted = project->model.parent;
    if (project->node.parent || !wanted.artifact.n) {
        return 0;
    }
    int r = maven_put_in(&resolver, &project->node, project->model.parent.version, &wanted.version);
    const struct maven_project *parent = r == 0 ? find(projects, &wanted) : NULL;
    projects->steps = resolver.steps;
    if (parent) {
        set_parent(project, parent);
    }
    return r;
}

int maven_projects_link(struct maven_projects *projects, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < projects->all.n; i++) {
        r = link_by_path(projects, projects->all.p[i], err);
    }
    for (size_t i = 0; r == 0 && i < projects->all.n; i++) {
        r = name_project(projects, projects->all.p[i], err);
    }
    for (size_t i = 0; r == 0 && i < projects->all.n; i++) {
        r = link_by_name(projects, projects->all.p[i], err);
    }
    return r;
}

/* ---- dependencies */

int maven_projects_resolve(struct maven_projects *projects, size_t i, maven_take *take, void *ctx,
                           size_t *unknown, struct err *err) {
    const struct maven_project *project = projects->all.p[i];
    struct maven_resolver resolver = {
        .arena = projects->arena, .find = find_node, .ctx = projects, .steps = projects->steps, .err = err};
    int r = 0;
    *unknown = 0;
    for (size_t k = 0; r >= 0 && k < project->model.dependencies_n; k++) {
        struct package package;
        r = maven_resolve(&resolver, &project->node, &project->model.dependencies[k], &package);
        *unknown += r == 0;
        r = r == 1 ? take(ctx, project, &package, err) : r;
    }
    projects->steps = resolver.steps;
    return MIN(r, 0);
}
