/* Installed R packages: library/NAME/DESCRIPTION (Writing R Extensions, 1.1.1), in the form of Debian's
 * control files. "Built" is added when a package is installed; without it the file is a source's. Packages of
 * Bioconductor ("biocViews") are of an ecosystem of their own and left out. */
#include "base/limits.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/python/python_metadata.h"

struct description {
    struct inspection *in;
    struct err *err;
    struct package package;
    VEC(struct package_need) needs;
    bool is_built, is_of_bioconductor;
};

/* "R (>= 4.1), rlang (>= 1.1.0),\n  vctrs". */
static int add_needs(struct description *description, struct str list) {
    for (struct str part; str_split(&list, ',', &part);) {
        part = str_trim(part);
        size_t n = 0;
        while (n < part.n && (ascii_is_alnum(part.p[n]) || part.p[n] == '.')) {
            n++;
        }
        struct str name = str_sub(part, 0, n);
        if (!name.n || str_eq(name, STR("R"))) {
            continue;
        }
        struct package_need *need = VEC_PUSH(description->in->arena, &description->needs);
        if (!need) {
            return err_memory(description->err);
        }
        *need = (struct package_need){.name = name};
    }
    return 0;
}

static int read_field(struct description *description, struct str name, struct str value) {
    struct package *package = &description->package;
    if (str_eq(name, STR("Package"))) {
        package->name = value;
    } else if (str_eq(name, STR("Version"))) {
        package->version = value;
    } else if (str_eq(name, STR("License"))) {
        package->licence = value;
    } else if (str_eq(name, STR("Built"))) {
        description->is_built = true;
    } else if (str_eq(name, STR("biocViews"))) {
        description->is_of_bioconductor = true;
    } else if (str_eq(name, STR("Depends")) || str_eq(name, STR("Imports"))) {
        return add_needs(description, value);
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    struct description description = {
        .in = in, .err = err, .package = {.type = PACKAGE_CRAN, .flags = PACKAGE_IS_INSTALLED}};
    struct str rest = in->body, name, value;
    int rc = 0;
    while (rc == 0 && python_metadata_next(&rest, &name, &value)) {
        rc = read_field(&description, name, value);
    }
    if (rc < 0 || !description.is_built || description.is_of_bioconductor) {
        return rc;
    }
    if (!description.package.name.n || !description.package.version.n) {
        return err_set(err, ERR_INPUT, "the description has no Package or no Version");
    }
    description.package.needs = description.needs.p;
    description.package.needs_n = description.needs.n;
    language_package(in, &description.package);
    return 0;
}

const struct inspector inspect_r_installed = {
    .name = "r-installed",
    .title = "installed R packages",
    .reads = "DESCRIPTION with a Built field",
    .version = 1,
    .body_max = 4 * MIB,
    .large_is_other = true,
    .wants = {{.name = "DESCRIPTION"}},
    .inspect = inspect,
};
