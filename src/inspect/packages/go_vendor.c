/* vendor/modules.txt (go.dev/ref/mod#vendoring): the modules whose packages were copied into the project.
 *
 *     # github.com/pkg/errors v0.9.1
 *     ## explicit; go 1.12
 *     github.com/pkg/errors
 *     # example.com/old v1.0.0 => example.com/new v1.2.0
 *
 * "explicit" ones stand in go.mod, which may have them as indirect, so nothing is known to be direct. A
 * module that lists no package and is not explicit restates a replacement, and is not there. */
#include "base/limits.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

struct module {
    struct str path, version;
    uint32_t line;
    bool is_explicit, has_packages;
};

static void put(struct inspection *in, const struct module *module) {
    if (module->version.n && (module->is_explicit || module->has_packages)) {
        language_package(in, &(struct package){.type = PACKAGE_GOLANG,
                                               .flags = PACKAGE_IS_INSTALLED,
                                               .name = module->path,
                                               .version = module->version,
                                               .line = module->line});
    }
}

/* "path version" or "path version => path version"; a folder that replaces has no version. */
static struct module read_module(struct str text, uint32_t line) {
    struct module module = {.line = line};
    ptrdiff_t arrow = str_find(text, STR(" => "));
    struct str named = arrow < 0 ? text : str_sub(text, 0, (size_t)arrow);
    struct str by = arrow < 0 ? text : str_from(text, (size_t)arrow + strlen(" => "));
    if (str_find_byte(str_trim(named), ' ') >= 0) {
        str_cut(str_trim(by), ' ', &module.path, &module.version);
    }
    return module;
}

static int inspect(struct inspection *in, struct err *err) {
    struct str rest = in->body, line;
    struct module module = {0};
    for (uint32_t n = 1; str_line(&rest, &line); n++) {
        if (str_starts(line, STR("## "))) {
            module.is_explicit |= str_starts(line, STR("## explicit"));
        } else if (str_starts(line, STR("# "))) {
            put(in, &module);
            module = read_module(str_from(line, 2), n);
        } else if (str_trim(line).n) {
            module.has_packages = true;
        }
    }
    put(in, &module);
    return 0;
}

const struct inspector inspect_go_vendor = {
    .name = "go-vendor",
    .title = "vendored Go modules",
    .reads = "vendor/modules.txt",
    .version = 1,
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.folder = "vendor", .name = "modules.txt"}},
    .inspect = inspect,
};
