/* Installed Python packages: their core metadata in site-packages.
 *
 * Wheels leave NAME.dist-info/METADATA (PEP 376, PEP 427), older installs NAME.egg-info/PKG-INFO, zipped eggs
 * NAME.egg/EGG-INFO/PKG-INFO, and Debian's packages also a plain file NAME.egg-info. */
#include "base/limits.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python_metadata.h"

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

static int inspect(struct inspection *in, struct err *err) {
    struct python_metadata metadata;
    if (!is_metadata(in->entry->path)) {
        return 0;
    }
    python_metadata_read(in->body, &metadata);
    if (!metadata.name.n || !metadata.version.n) {
        return err_set(err, ERR_INPUT, "the metadata has no Name or no Version");
    }
    struct str name = package_pypi_name(in->arena, metadata.name);
    if (!name.p) {
        return err_memory(err);
    }
    language_package(in, &(struct package){.type = PACKAGE_PYPI,
                                           .flags = PACKAGE_IS_INSTALLED,
                                           .name = name,
                                           .version = metadata.version,
                                           .licence = metadata.licence});
    return 0;
}

const struct inspector inspect_python_installed = {
    .name = "python-installed",
    .title = "installed Python packages",
    .reads = "*.dist-info/METADATA, *.egg-info/PKG-INFO, EGG-INFO/PKG-INFO, *.egg-info",
    .version = 1,
    .body_max = 16 * MIB,
    .wants = {{.name = "METADATA"}, {.name = "PKG-INFO"}, {.suffix = ".egg-info"}},
    .inspect = inspect,
};
