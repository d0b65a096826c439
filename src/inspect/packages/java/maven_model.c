#include "inspect/packages/java/maven_model.h"

#include "base/map.h"
#include "base/wire.h"

/* ---- from the file */

static struct maven_coordinates coordinates_of(const struct xml_element *e) {
    return (struct maven_coordinates){xml_text(e, STR("groupId")), xml_text(e, STR("artifactId")),
                                      xml_text(e, STR("version"))};
}

static struct maven_dependency dependency_of(const struct xml_element *e) {
    struct str type = xml_text(e, STR("type"));
    return (struct maven_dependency){.is = coordinates_of(e),
                                     .type = str_eq(type, STR("jar")) ? STR_NONE : type,
                                     .classifier = xml_text(e, STR("classifier")),
                                     .scope = xml_text(e, STR("scope")),
                                     .line = e->line};
}

static int read_dependencies(struct arena *arena, const struct xml_element *parent,
                             struct maven_dependency **out, size_t *n, struct err *err) {
    const struct xml_element *first = xml_first(xml_first(parent, STR("dependencies")), STR("dependency"));
    size_t count = 0;
    for (const struct xml_element *e = first; e; e = xml_next(e)) {
        count++;
    }
    *out = arena_array(arena, count + 1, sizeof **out);
    *n = 0;
    for (const struct xml_element *e = first; *out && e; e = xml_next(e)) {
        (*out)[(*n)++] = dependency_of(e);
    }
    return *out ? 0 : err_memory(err);
}

static int read_properties(struct arena *arena, const struct xml_element *properties, struct maven_model *out,
                           struct err *err) {
    const struct xml_element *first = properties ? properties->child : NULL;
    size_t count = 0;
    for (const struct xml_element *e = first; e; e = e->sibling) {
        count++;
    }
    out->properties = arena_array(arena, count + 1, sizeof *out->properties);
    for (const struct xml_element *e = first; out->properties && e; e = e->sibling) {
        out->properties[out->properties_n++] = (struct maven_property){e->name, e->text};
    }
    return out->properties ? 0 : err_memory(err);
}

struct str maven_name(struct arena *arena, const struct maven_dependency *d) {
    return arena_strf(arena, "%.*s:%.*s:%.*s:%.*s", STR_ARG(d->is.group), STR_ARG(d->is.artifact),
                      STR_ARG(d->type), STR_ARG(d->classifier));
}

/* Of dependencies Maven takes the last of a name, and of managed ones the first. */
static int drop_repeats(struct arena *arena, struct maven_model *model, struct err *err) {
    struct map places = map_new(arena); /* name → place + 1 */
    size_t kept = 0;
    for (size_t i = 0; i < model->dependencies_n; i++) {
        struct str name = maven_name(arena, &model->dependencies[i]);
        uint64_t *slot = name.p ? map_put(&places, name, NULL) : NULL;
        if (!slot) {
            return err_memory(err);
        }
        *slot = *slot ? *slot : ++kept;
        model->dependencies[*slot - 1] = model->dependencies[i];
    }
    model->dependencies_n = kept;
    return 0;
}

/* An empty relativePath says that the parent is none of the project's files. */
static struct str parent_path(const struct xml_element *parent) {
    const struct xml_element *path = xml_first(parent, STR("relativePath"));
    return !parent ? STR_NONE : path ? path->text : STR("../pom.xml");
}

int maven_model_read(struct arena *arena, const struct xml_element *project, struct maven_model *out,
                     struct err *err) {
    const struct xml_element *parent = xml_first(project, STR("parent"));
    *out = (struct maven_model){.project = coordinates_of(project),
                                .parent = coordinates_of(parent),
                                .parent_path = parent_path(parent)};
    int r = read_properties(arena, xml_first(project, STR("properties")), out, err);
    r = r < 0 ? r
              : read_dependencies(arena, xml_first(project, STR("dependencyManagement")), &out->managed,
                                  &out->managed_n, err);
    r = r < 0 ? r : read_dependencies(arena, project, &out->dependencies, &out->dependencies_n, err);
    return r < 0 ? r : drop_repeats(arena, out, err);
}

/* ---- as a record */

static void put_coordinates(struct buf *out, const struct maven_coordinates *c) {
    wire_str(out, c->group);
    wire_str(out, c->artifact);
    wire_str(out, c->version);
}

static void put_dependencies(struct buf *out, const struct maven_dependency *list, size_t n) {
    wire_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        put_coordinates(out, &list[i].is);
        wire_str(out, list[i].type);
        wire_str(out, list[i].classifier);
        wire_str(out, list[i].scope);
        wire_u32(out, list[i].line);
    }
}

void maven_model_put(struct buf *out, const struct maven_model *model) {
    put_coordinates(out, &model->project);
    put_coordinates(out, &model->parent);
    wire_str(out, model->parent_path);
    wire_u32(out, (uint32_t)model->properties_n);
    for (size_t i = 0; i < model->properties_n; i++) {
        wire_str(out, model->properties[i].name);
        wire_str(out, model->properties[i].value);
    }
    put_dependencies(out, model->managed, model->managed_n);
    put_dependencies(out, model->dependencies, model->dependencies_n);
}

static struct maven_coordinates get_coordinates(struct cursor *in) {
    struct maven_coordinates c;
    c.group = wire_get_str(in);
    c.artifact = wire_get_str(in);
    c.version = wire_get_str(in);
    return c;
}

static int get_dependencies(struct cursor *in, struct arena *arena, struct maven_dependency **out, size_t *n,
                            struct err *err) {
    enum { LEAST = 7 * 4 };
    *n = wire_get_count(in, LEAST);
    *out = arena_array(arena, *n + 1, sizeof **out);
    for (size_t i = 0; *out && i < *n; i++) {
        struct maven_dependency *d = &(*out)[i];
        d->is = get_coordinates(in);
        d->type = wire_get_str(in);
        d->classifier = wire_get_str(in);
        d->scope = wire_get_str(in);
        d->line = cursor_le32(in);
    }
    return *out ? 0 : err_memory(err);
}

int maven_model_get(struct cursor *in, struct arena *arena, struct maven_model *out, struct err *err) {
    enum { LEAST = 2 * 4 };
    *out = (struct maven_model){.project = get_coordinates(in)};
    out->parent = get_coordinates(in);
    out->parent_path = wire_get_str(in);
    out->properties_n = wire_get_count(in, LEAST);
    out->properties = arena_array(arena, out->properties_n + 1, sizeof *out->properties);
    if (!out->properties) {
        return err_memory(err);
    }
    for (size_t i = 0; i < out->properties_n; i++) {
        out->properties[i].name = wire_get_str(in);
        out->properties[i].value = wire_get_str(in);
    }
    int r = get_dependencies(in, arena, &out->managed, &out->managed_n, err);
    return r < 0 ? r : get_dependencies(in, arena, &out->dependencies, &out->dependencies_n, err);
}

bool maven_has_properties(struct str s) {
    return str_find(s, STR("${")) >= 0;
}

bool maven_is_import(const struct maven_dependency *managed) {
    return str_eq(managed->scope, STR("import")) && str_eq(managed->type, STR("pom"));
}
