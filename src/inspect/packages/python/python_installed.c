/* Installed Python packages: their core metadata in site-packages.
 *
 * Wheels leave NAME.dist-info/METADATA (PEP 376, PEP 427), older installs NAME.egg-info/PKG-INFO, zipped eggs
 * NAME.egg/EGG-INFO/PKG-INFO, and Debian's packages also a plain file NAME.egg-info.
 *
 * Requires-Dist says what a package needs (PEP 508). What only an extra needs is left out; what a marker
 * bounds to another system or Python is not installed, so that no package answers to its name. */
#include "base/limits.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python/python_lock.h"
#include "inspect/packages/python/python_metadata.h"

struct needs {
    struct package_need *p;
    size_t n, cap;
};

static bool is_metadata(struct str path) {
    struct str name = str_basename(path), folder = str_basename(str_dirname(path));
    if (str_eq(name, STR("METADATA"))) {
        return str_ends(folder, STR(".dist-info"));
    }
    if (str_eq(name, STR("PKG-INFO"))) {
        return str_ends(folder, STR(".egg-info")) || str_eq(folder, STR("EGG-INFO"));
    }
    return str_ends(name, STR(".egg-info"));
}

static bool is_of_extra(struct str behind_name) {
    struct str clauses, marker;
    return str_cut(behind_name, ';', &clauses, &marker) && str_find(marker, STR("extra")) >= 0;
}

static int add_need(struct inspection *in, struct needs *needs, struct str requirement, struct err *err) {
    struct str rest, name = python_lock_requirement(requirement, &rest);
    if (!name.n || is_of_extra(rest)) {
        return 0;
    }
    struct package_need *need = VEC_PUSH(in->arena, needs);
    if (!need) {
        return err_memory(err);
    }
    *need = (struct package_need){.name = package_pypi_name(in->arena, name)};
    return need->name.p ? 0 : err_memory(err);
}

static int read_needs(struct inspection *in, struct needs *needs, struct err *err) {
    struct str rest = in->body, name, value;
    int rc = 0;
    while (rc == 0 && python_metadata_next(&rest, &name, &value)) {
        rc = str_eq_nocase(name, STR("Requires-Dist")) ? add_need(in, needs, value, err) : 0;
    }
    return rc;
}

static int inspect(struct inspection *in, struct err *err) {
    struct python_metadata metadata;
    struct needs needs = {NULL, 0, 0};
    if (!is_metadata(in->entry->path)) {
        return 0;
    }
    python_metadata_read(in->body, &metadata);
    if (!metadata.name.n || !metadata.version.n) {
        return err_set(err, ERR_INPUT, "the metadata has no Name or no Version");
    }
    struct str name = package_pypi_name(in->arena, metadata.name);
    int rc = name.p ? read_needs(in, &needs, err) : err_memory(err);
    if (rc < 0) {
        return rc;
    }
    language_package(in, &(struct package){.type = PACKAGE_PYPI,
                                           .flags = PACKAGE_IS_INSTALLED,
                                           .name = name,
                                           .version = metadata.version,
                                           .licence = metadata.licence,
                                           .needs = needs.p,
                                           .needs_n = needs.n});
    return 0;
}

const struct inspector inspect_python_installed = {
    .name = "python-installed",
    .title = "installed Python packages",
    .reads = "*.dist-info/METADATA, *.egg-info/PKG-INFO, EGG-INFO/PKG-INFO, *.egg-info",
    .version = 2,
    .body_max = 16 * MIB,
    .wants = {{.name = "METADATA"}, {.name = "PKG-INFO"}, {.suffix = ".egg-info"}},
    .inspect = inspect,
};
