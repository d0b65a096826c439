#include "inspect/packages/java/maven_resolve.h"

#include "base/limits.h"

/* A version has some dozen bytes. */
enum { PROPERTY_DEPTH = 16, PROPERTY_BYTES = 1024, IMPORT_DEPTH = 8 };

/* ---- one pom */

static bool is_open(const struct maven_dependency *managed) {
    return maven_is_import(managed) || maven_has_properties(managed->is.group) ||
           maven_has_properties(managed->is.artifact) || maven_has_properties(managed->type) ||
           maven_has_properties(managed->classifier);
}

static int index_properties(const struct maven_model *model, struct maven_node *node, struct err *err) {
    for (size_t i = 0; i < model->properties_n; i++) {
        uint64_t *slot = map_put(&node->properties, model->properties[i].name, NULL);
        if (!slot) {
            return err_memory(err);
        }
        *slot = i + 1;
    }
    return 0;
}

/* Maven takes the first of a name. */
static int index_managed(struct arena *arena, const struct maven_model *model, struct maven_node *node,
                         struct err *err) {
    node->open = arena_array(arena, model->managed_n + 1, sizeof *node->open);
    if (!node->open) {
        return err_memory(err);
    }
    for (size_t i = 0; i < model->managed_n; i++) {
        const struct maven_dependency *managed = &model->managed[i];
        bool is_new;
        if (is_open(managed)) {
            node->open[node->open_n++] = i;
            continue;
        }
        struct str name = maven_name(arena, managed);
        uint64_t *slot = name.p ? map_put(&node->managed, name, &is_new) : NULL;
        if (!slot) {
            return err_memory(err);
        }
        *slot = is_new ? i + 1 : *slot;
    }
    return 0;
}

int maven_node_init(struct arena *arena, const struct maven_model *model, struct maven_node *out,
                    struct err *err) {
    *out = (struct maven_node){.model = model, .properties = map_new(arena), .managed = map_new(arena)};
    int r = index_properties(model, out, err);
    return r < 0 ? r : index_managed(arena, model, out, err);
}

/* ---- properties */

static struct str first_of(struct str a, struct str b) {
    return a.n ? a : b;
}

/* Of the project or its parent: "artifactId", "parent.version". */
static struct str coordinate(const struct maven_model *model, struct str name) {
    const struct {
        struct str name, value;
    } known[] = {
        {STR("groupId"), first_of(model->project.group, model->parent.group)},
        {STR("artifactId"), model->project.artifact},
        {STR("version"), first_of(model->project.version, model->parent.version)},
        {STR("parent.groupId"), model->parent.group},
        {STR("parent.artifactId"), model->parent.artifact},
        {STR("parent.version"), model->parent.version},
    };
    struct str bare = str_starts(name, STR("project.")) ? str_from(name, strlen("project."))
                      : str_starts(name, STR("pom."))   ? str_from(name, strlen("pom."))
                                                        : name;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (str_eq(bare, known[i].name)) {
            return known[i].value;
        }
    }
    return STR_NONE;
}

static struct str property(const struct maven_node *node, struct str name) {
    for (const struct maven_node *n = node; n; n = n->parent) {
        const uint64_t *slot = map_get(&n->properties, name);
        if (slot) {
            return n->model->properties[*slot - 1].value;
        }
    }
    return coordinate(node->model, name);
}

static bool spend(struct maven_resolver *resolver) {
    resolver->steps += resolver->steps <= MAVEN_STEPS;
    return resolver->steps <= MAVEN_STEPS;
}

struct text {
    char p[PROPERTY_BYTES];
    size_t n;
};

static bool add(struct text *out, struct str s) {
    if (s.n > sizeof out->p - out->n) {
        return false;
    }
    memcpy(out->p + out->n, s.p ? s.p : "", s.n);
    out->n += s.n;
    return true;
}

/* False when a property is not known, they go round in circles, or it gets too long. */
static bool expand(struct maven_resolver *resolver, const struct maven_node *node, struct str value,
                   unsigned depth, struct text *out) {
    while (value.n) {
        ptrdiff_t at = str_find(value, STR("${"));
        ptrdiff_t end = at < 0 ? -1 : str_find_byte(str_from(value, (size_t)at), '}');
        if (at < 0) {
            return add(out, value);
        }
        struct str inner =
            end < 0 ? STR_NONE : property(node, str_sub(value, (size_t)at + 2, (size_t)end - 2));
        if (!inner.n || !add(out, str_sub(value, 0, (size_t)at)) || depth == PROPERTY_DEPTH ||
            !spend(resolver) || !expand(resolver, node, inner, depth + 1, out)) {
            return false;
        }
        value = str_from(value, (size_t)(at + end + 1));
    }
    return true;
}

int maven_put_in(struct maven_resolver *resolver, const struct maven_node *node, struct str value,
                 struct str *out) {
    struct text text = {.n = 0};
    *out = value;
    if (!maven_has_properties(value)) {
        return 0;
    }
    bool is_known = expand(resolver, node, value, 0, &text);
    *out = is_known ? arena_str(resolver->arena, str_n(text.p, text.n)) : STR_NONE;
    return is_known && !out->p ? err_memory(resolver->err) : 0;
}

static int put_in_coordinates(struct maven_resolver *resolver, const struct maven_node *node,
                              const struct maven_coordinates *c, struct maven_coordinates *out) {
    int r = maven_put_in(resolver, node, c->group, &out->group);
    r = r < 0 ? r : maven_put_in(resolver, node, c->artifact, &out->artifact);
    return r < 0 ? r : maven_put_in(resolver, node, c->version, &out->version);
}

/* The dependency with its name's properties put in; its version is left as it is. */
static int put_in_name(struct maven_resolver *resolver, const struct maven_node *node,
                       const struct maven_dependency *d, struct maven_dependency *out) {
    *out = *d;
    int r = maven_put_in(resolver, node, d->is.group, &out->is.group);
    r = r < 0 ? r : maven_put_in(resolver, node, d->is.artifact, &out->is.artifact);
    r = r < 0 ? r : maven_put_in(resolver, node, d->type, &out->type);
    return r < 0 ? r : maven_put_in(resolver, node, d->classifier, &out->classifier);
}

/* ---- managed versions */

struct managed {
    bool is_found;
    struct str version, scope;
};

static bool is_same(const struct maven_dependency *a, const struct maven_dependency *b) {
    return str_eq(a->is.group, b->is.group) && str_eq(a->is.artifact, b->is.artifact) &&
           str_eq(a->type, b->type) && str_eq(a->classifier, b->classifier);
}

/* Those of one pom, in the words of the pom at hand. */
static int find_in(struct maven_resolver *resolver, const struct maven_node *node,
                   const struct maven_node *of, struct str name, const struct maven_dependency *wanted,
                   const struct maven_dependency **out) {
    const uint64_t *slot = map_get(&of->managed, name);
    int r = 0;
    *out = slot ? &of->model->managed[*slot - 1] : NULL;
    for (size_t i = 0; r == 0 && !*out && i < of->open_n && spend(resolver); i++) {
        const struct maven_dependency *managed = &of->model->managed[of->open[i]];
        struct maven_dependency named;
        r = put_in_name(resolver, node, managed, &named);
        if (r == 0 && !maven_is_import(&named) && is_same(&named, wanted)) {
            *out = managed;
        }
    }
    return r;
}

static int find_managed(struct maven_resolver *resolver, const struct maven_node *node, struct str name,
                        const struct maven_dependency *wanted, unsigned depth, struct managed *out);

static int find_imported(struct maven_resolver *resolver, const struct maven_node *node, struct str name,
                         const struct maven_dependency *wanted, unsigned depth, struct managed *out) {
    int r = 0;
    for (const struct maven_node *of = node; r == 0 && !out->is_found && of; of = of->parent) {
        for (size_t i = 0; r == 0 && !out->is_found && i < of->open_n && spend(resolver); i++) {
            const struct maven_dependency *import = &of->model->managed[of->open[i]];
            struct maven_coordinates c;
            if (!maven_is_import(import)) {
                continue;
            }
            r = put_in_coordinates(resolver, node, &import->is, &c);
            const struct maven_node *list =
                r == 0 && resolver->find ? resolver->find(resolver->ctx, &c) : NULL;
            r = list ? find_managed(resolver, list, name, wanted, depth + 1, out) : r;
        }
    }
    return r;
}

/* What the pom and its parents say comes before what they import. */
static int find_managed(struct maven_resolver *resolver, const struct maven_node *node, struct str name,
                        const struct maven_dependency *wanted, unsigned depth, struct managed *out) {
    const struct maven_dependency *managed = NULL;
    int r = 0;
    if (depth == IMPORT_DEPTH) {
        return 0;
    }
    for (const struct maven_node *of = node; r == 0 && !managed && of; of = of->parent) {
        r = find_in(resolver, node, of, name, wanted, &managed);
    }
    if (r < 0 || !managed) {
        return r < 0 ? r : find_imported(resolver, node, name, wanted, depth, out);
    }
    out->is_found = true;
    out->scope = managed->scope;
    return maven_put_in(resolver, node, managed->is.version, &out->version);
}

/* ---- one dependency */

/* A test's or a container's own: not in what is built. */
static unsigned marks_of(struct str scope) {
    bool is_development = str_eq(scope, STR("test")) || str_eq(scope, STR("provided"));
    return PACKAGE_IS_DIRECT | (is_development ? PACKAGE_IS_DEVELOPMENT : 0);
}

/* "[1.2]" is exactly 1.2; other ranges and the words for the newest are no version. */
static struct str exact(struct str version) {
    if (version.n > 2 && version.p[0] == '[' && version.p[version.n - 1] == ']' &&
        str_find_byte(version, ',') < 0) {
        return str_trim(str_sub(version, 1, version.n - 2));
    }
    bool is_open = !version.n || strchr("[(", version.p[0]) || str_eq(version, STR("LATEST")) ||
                   str_eq(version, STR("RELEASE"));
    return is_open ? STR_NONE : version;
}

/* The managed version and scope, where the dependency has none of its own. */
static int look_up(struct maven_resolver *resolver, const struct maven_node *node,
                   const struct maven_dependency *wanted, struct managed *out) {
    struct str name = maven_name(resolver->arena, wanted);
    struct managed managed = {0};
    int r = maven_put_in(resolver, node, wanted->is.version, &out->version);
    out->scope = wanted->scope;
    if (r < 0 || !name.p || (wanted->is.version.n && wanted->scope.n)) {
        return name.p ? r : err_memory(resolver->err);
    }
    r = find_managed(resolver, node, name, wanted, 0, &managed);
    out->version = wanted->is.version.n ? out->version : managed.version;
    out->scope = first_of(out->scope, managed.scope);
    return r;
}

int maven_resolve(struct maven_resolver *resolver, const struct maven_node *node,
                  const struct maven_dependency *dependency, struct package *out) {
    struct maven_dependency wanted;
    struct managed said = {0};
    int r = put_in_name(resolver, node, dependency, &wanted);
    r = r == 0 && wanted.is.group.n && wanted.is.artifact.n ? look_up(resolver, node, &wanted, &said) : r;
    struct str version = exact(said.version);
    if (r < 0 || !version.n) {
        return r;
    }
    *out = (struct package){.type = PACKAGE_MAVEN,
                            .flags = marks_of(said.scope),
                            .name = arena_strf(resolver->arena, "%.*s:%.*s", STR_ARG(wanted.is.group),
                                               STR_ARG(wanted.is.artifact)),
                            .version = version,
                            .line = dependency->line};
    return out->name.p ? 1 : err_memory(resolver->err);
}
