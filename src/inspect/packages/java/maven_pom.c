/* pom.xml (maven.apache.org/pom.html): the dependencies that a project asks for, as far as this one file says
 * their versions: from the dependency itself or dependencyManagement, with the properties of the project and
 * the coordinates of it and of its parent put in.
 *
 * What a parent or an imported list of versions manages stands in other files: such dependencies, ranges and
 * "LATEST" have no version here, and are counted in a problem. Profiles and plugins are not read. */
#include "base/limits.h"
#include "base/map.h"
#include "doc/xml.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

/* A version has some dozen bytes. */
enum { PROPERTY_DEPTH = 16, PROPERTY_STEPS = 1000000, PROPERTY_BYTES = 1024 };

struct coordinates {
    struct str group, artifact, version;
};

struct pom {
    struct inspection *in;
    struct err *err;
    const struct xml_element *root, *properties;
    struct coordinates parent, project;
    struct map values;  /* property → element */
    struct map managed; /* "group:artifact" → dependency of dependencyManagement */
    size_t steps;       /* of putting properties in */
    size_t unresolved;
};

/* ---- properties */

static struct str property(const struct pom *pom, struct str name) {
    const struct {
        struct str name, value;
    } known[] = {
        {STR("groupId"), pom->project.group},
        {STR("artifactId"), pom->project.artifact},
        {STR("version"), pom->project.version},
        {STR("parent.groupId"), pom->parent.group},
        {STR("parent.artifactId"), pom->parent.artifact},
        {STR("parent.version"), pom->parent.version},
    };
    const uint64_t *element = map_get(&pom->values, name);
    if (element) {
        return ((const struct xml_element *)(uintptr_t)*element)->text;
    }
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

/* Adds value with its properties put in; false when one is not known, or they go round in circles. */
static bool put_in(struct pom *pom, struct str value, unsigned depth, struct buf *out) {
    while (value.n) {
        ptrdiff_t at = str_find(value, STR("${"));
        ptrdiff_t end = at < 0 ? -1 : str_find_byte(str_from(value, (size_t)at), '}');
        buf_str(out, at < 0 ? value : str_sub(value, 0, (size_t)at));
        if (at < 0) {
            return !out->failed;
        }
        struct str inner =
            end < 0 ? STR_NONE : property(pom, str_sub(value, (size_t)at + 2, (size_t)end - 2));
        if (!inner.n || depth == PROPERTY_DEPTH || ++pom->steps > PROPERTY_STEPS ||
            !put_in(pom, inner, depth + 1, out)) {
            return false;
        }
        value = str_from(value, (size_t)(at + end + 1));
    }
    return !out->failed;
}

/* Empty, and 0, when it can't be known. */
static int resolve(struct pom *pom, struct str value, struct str *out) {
    _cleanup_(buf_free) struct buf text = buf_new(PROPERTY_BYTES);
    *out = value;
    if (str_find(value, STR("${")) < 0) {
        return 0;
    }
    bool is_known = put_in(pom, value, 0, &text);
    *out = is_known ? arena_str(pom->in->arena, buf_view(&text)) : STR_NONE;
    return is_known && !out->p ? err_memory(pom->err) : 0;
}

static int index_properties(struct pom *pom) {
    const struct xml_element *properties = xml_first(pom->root, STR("properties"));
    for (const struct xml_element *e = properties ? properties->child : NULL; e; e = e->sibling) {
        uint64_t *slot = map_put(&pom->values, e->name, NULL);
        if (!slot) {
            return err_memory(pom->err);
        }
        *slot = (uint64_t)(uintptr_t)e;
    }
    return 0;
}

/* ---- dependencies */

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

static int name_of(struct pom *pom, const struct xml_element *dependency, struct str *out) {
    struct str group, artifact;
    int r = resolve(pom, xml_text(dependency, STR("groupId")), &group);
    r = r < 0 ? r : resolve(pom, xml_text(dependency, STR("artifactId")), &artifact);
    if (r < 0 || !group.n || !artifact.n) {
        *out = STR_NONE;
        return r;
    }
    *out = arena_strf(pom->in->arena, "%.*s:%.*s", STR_ARG(group), STR_ARG(artifact));
    return out->p ? 0 : err_memory(pom->err);
}

/* Maven takes the first of a name. */
static int index_managed(struct pom *pom) {
    const struct xml_element *management = xml_first(pom->root, STR("dependencyManagement"));
    const struct xml_element *e = xml_first(xml_first(management, STR("dependencies")), STR("dependency"));
    int r = 0;
    for (; r == 0 && e; e = xml_next(e)) {
        struct str name;
        bool is_new;
        r = name_of(pom, e, &name);
        uint64_t *slot = r == 0 && name.n ? map_put(&pom->managed, name, &is_new) : NULL;
        if (r == 0 && name.n && !slot) {
            return err_memory(pom->err);
        }
        if (slot && is_new) {
            *slot = (uint64_t)(uintptr_t)e;
        }
    }
    return r;
}

static int take_dependency(struct pom *pom, const struct xml_element *dependency) {
    struct str name, version;
    int r = name_of(pom, dependency, &name);
    if (r < 0) {
        return r;
    }
    const uint64_t *slot = map_get(&pom->managed, name);
    const struct xml_element *managed = slot ? (const struct xml_element *)(uintptr_t)*slot : NULL;
    struct str stated = xml_text(dependency, STR("version"));
    struct str scope = xml_text(dependency, STR("scope"));
    r = resolve(pom, stated.n ? stated : xml_text(managed, STR("version")), &version);
    version = exact(version);
    if (r < 0 || !name.n || !version.n) {
        pom->unresolved++;
        return r;
    }
    language_package(pom->in,
                     &(struct package){.type = PACKAGE_MAVEN,
                                       .flags = marks_of(scope.n ? scope : xml_text(managed, STR("scope"))),
                                       .name = name,
                                       .version = version,
                                       .line = dependency->line});
    return 0;
}

static int take_dependencies(struct pom *pom) {
    const struct xml_element *e = xml_first(xml_first(pom->root, STR("dependencies")), STR("dependency"));
    int r = 0;
    for (; r == 0 && e; e = xml_next(e)) {
        r = take_dependency(pom, e);
    }
    if (r == 0 && pom->unresolved) {
        facts_problem(pom->in->facts, false,
                      "%zu dependencies have no version in this file (a parent, an import or a range gives "
                      "it): left out",
                      pom->unresolved);
    }
    return r;
}

static struct coordinates coordinates_of(const struct xml_element *e) {
    return (struct coordinates){xml_text(e, STR("groupId")), xml_text(e, STR("artifactId")),
                                xml_text(e, STR("version"))};
}

/* Group and version come from the parent when the project has none. */
static void read_coordinates(struct pom *pom) {
    pom->parent = coordinates_of(xml_first(pom->root, STR("parent")));
    pom->project = coordinates_of(pom->root);
    pom->project.group = pom->project.group.n ? pom->project.group : pom->parent.group;
    pom->project.version = pom->project.version.n ? pom->project.version : pom->parent.version;
}

/* In an unpacked archive the file says what its maker asked for, not what is here. */
static bool is_of_archive(struct str path) {
    return str_find(path, STR("META-INF/maven/")) >= 0;
}

static int inspect(struct inspection *in, struct err *err) {
    struct pom pom = {.in = in, .err = err, .values = map_new(in->arena), .managed = map_new(in->arena)};
    if (is_of_archive(in->entry->path)) {
        return 0;
    }
    int r = xml_parse(in->arena, in->body, &pom.root, err);
    if (r < 0) {
        return r;
    }
    if (!str_eq(pom.root->name, STR("project"))) {
        return err_set(err, ERR_INPUT, "line %u: the root of a pom is <project>", pom.root->line);
    }
    read_coordinates(&pom);
    r = index_properties(&pom);
    r = r < 0 ? r : index_managed(&pom);
    return r < 0 ? r : take_dependencies(&pom);
}

const struct inspector inspect_maven_pom = {
    .name = "maven-pom",
    .title = "Maven projects",
    .reads = "pom.xml",
    .version = 1,
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.name = "pom.xml"}},
    .inspect = inspect,
};
