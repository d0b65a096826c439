/* What .NET projects ask for (learn.microsoft.com/nuget, "PackageReference", "Central Package Management",
 * "packages.config"): the versions that the one file says.
 *
 * A version is the lowest that fits, which NuGet takes when nothing else asks for more. Properties of the
 * file are put in; what another file defines, floating versions ("1.*") and ranges are counted in a problem.
 */
#include "base/limits.h"
#include "base/map.h"
#include "doc/xml.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

struct project {
    struct inspection *in;
    struct err *err;
    struct map properties; /* name → element; the last one counts */
    size_t unresolved;
};

static void put(struct project *project, const struct xml_element *e, struct str name, struct str version,
                unsigned flags) {
    language_package(
        project->in,
        &(struct package){
            .type = PACKAGE_NUGET, .flags = flags, .name = name, .version = version, .line = e->line});
}

/* ---- packages.config */

static void read_config(struct project *project, const struct xml_element *root) {
    for (const struct xml_element *e = xml_first(root, STR("package")); e; e = xml_next(e)) {
        bool is_development = str_eq_nocase(xml_attribute(e, STR("developmentDependency")), STR("true"));
        struct str version = xml_attribute(e, STR("version"));
        if (version.n) {
            put(project, e, xml_attribute(e, STR("id")), version,
                PACKAGE_IS_DIRECT | (is_development ? PACKAGE_IS_DEVELOPMENT : 0));
        }
    }
}

/* ---- project files */

static bool begins_property(struct str s) {
    return str_starts(s, STR("$("));
}

/* "$(Name)" alone, as people write it; one look-up, so that properties of properties end. */
static struct str put_in(const struct project *project, struct str value) {
    if (begins_property(value) && value.n > 3 && value.p[value.n - 1] == ')') {
        const uint64_t *slot = map_get(&project->properties, str_sub(value, 2, value.n - 3));
        value = slot ? ((const struct xml_element *)(uintptr_t)*slot)->text : STR_NONE;
    }
    return str_find(value, STR("$(")) < 0 ? value : STR_NONE;
}

/* "[1.2.3]" is exactly that; "1.*" and the other ranges are no version. */
static struct str exact(struct str version) {
    if (version.n > 2 && version.p[0] == '[' && version.p[version.n - 1] == ']') {
        version = str_trim(str_sub(version, 1, version.n - 2));
    }
    for (size_t i = 0; i < version.n; i++) {
        if (strchr("[](),*", version.p[i])) {
            return STR_NONE;
        }
    }
    return version;
}

/* Written as an attribute or as a child. */
static struct str metadata(const struct xml_element *e, struct str name) {
    struct str value = xml_attribute(e, name);
    return value.n ? value : xml_text(e, name);
}

static void take_item(struct project *project, const struct xml_element *e, unsigned flags) {
    struct str names = xml_attribute(e, STR("Include")), own = metadata(e, STR("VersionOverride"));
    struct str stated = own.n ? own : metadata(e, STR("Version"));
    struct str version = exact(put_in(project, stated));
    if (str_eq_nocase(metadata(e, STR("PrivateAssets")), STR("all"))) {
        flags |= PACKAGE_IS_DEVELOPMENT;
    }
    names = names.n ? names : xml_attribute(e, STR("Update"));
    for (struct str name; str_split(&names, ';', &name);) {
        name = str_trim(name);
        if (version.n && name.n && str_find(name, STR("$(")) < 0) {
            put(project, e, name, version, flags);
        } else if (stated.n) {
            project->unresolved++;
        }
    }
}

static const struct {
    struct str name;
    unsigned flags;
} items[] = {
    {STR("PackageReference"), PACKAGE_IS_DIRECT},
    {STR("PackageVersion"), 0},
    {STR("GlobalPackageReference"), PACKAGE_IS_DIRECT | PACKAGE_IS_DEVELOPMENT},
};

static int read_properties(struct project *project, const struct xml_element *root) {
    for (const struct xml_element *group = xml_first(root, STR("PropertyGroup")); group;
         group = xml_next(group)) {
        for (const struct xml_element *e = group->child; e; e = e->sibling) {
            uint64_t *slot = map_put(&project->properties, e->name, NULL);
            if (!slot) {
                return err_memory(project->err);
            }
            *slot = (uint64_t)(uintptr_t)e;
        }
    }
    return 0;
}

static int read_project(struct project *project, const struct xml_element *root) {
    int r = read_properties(project, root);
    const struct xml_element *group = r == 0 ? xml_first(root, STR("ItemGroup")) : NULL;
    for (; group; group = xml_next(group)) {
        for (const struct xml_element *e = group->child; e; e = e->sibling) {
            for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
                if (str_eq(e->name, items[i].name)) {
                    take_item(project, e, items[i].flags);
                }
            }
        }
    }
    if (project->unresolved) {
        facts_problem(
            project->in->facts, false,
            "%zu packages have no version in this file (a range, or a property of another file): left out",
            project->unresolved);
    }
    return r;
}

static int inspect(struct inspection *in, struct err *err) {
    struct project project = {.in = in, .err = err, .properties = map_new(in->arena)};
    const struct xml_element *root;
    int r = xml_parse(in->arena, in->body, &root, err);
    if (r < 0) {
        return r;
    }
    if (str_eq(root->name, STR("packages"))) {
        read_config(&project, root);
        return 0;
    }
    if (!str_eq(root->name, STR("Project"))) {
        return err_set(err, ERR_INPUT, "line %u: neither <Project> nor <packages>", root->line);
    }
    return read_project(&project, root);
}

const struct inspector inspect_nuget_project = {
    .name = "nuget-project",
    .title = ".NET projects",
    .reads = "packages.config, *.csproj, *.fsproj, *.vbproj, Directory.Packages.props, Directory.Build.props",
    .version = 1,
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.name = "packages.config"},
              {.suffix = ".csproj"},
              {.suffix = ".fsproj"},
              {.suffix = ".vbproj"},
              {.name = "Directory.Packages.props"},
              {.name = "Directory.Build.props"}},
    .inspect = inspect,
};
