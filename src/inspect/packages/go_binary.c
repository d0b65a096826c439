#include "inspect/packages/go_binary.h"

#include "base/map.h"
#include "inspect/packages/go_buildinfo.h"
#include "inspect/packages/go_pclntab.h"
#include "inspect/packages/language.h"

struct module {
    struct str path, version;
    struct str by_path, by_version; /* what replaces it */
    bool is_replaced, is_main;
    struct str *linked;
    size_t linked_n;
};

struct modules {
    struct arena *arena;
    struct err *err;
    struct str main_package; /* import path of package main */
    VEC(struct module) list; /* the standard library comes first */
    struct map by_path;      /* to the number in the list */
};

/* ---- the module text */

static struct str next_field(struct str *rest) {
    struct str field;
    return str_split(rest, '\t', &field) ? field : STR_NONE;
}

static int add_module(struct modules *m, struct str path, struct str version, bool is_main) {
    struct module *module = VEC_PUSH(m->arena, &m->list);
    bool is_new;
    uint64_t *slot = module && path.p ? map_put(&m->by_path, path, &is_new) : NULL;
    if (!slot) {
        return err_memory(m->err);
    }
    *slot = m->list.n - 1;
    *module = (struct module){.path = path, .version = version, .is_main = is_main};
    return 0;
}

static int read_line(struct modules *m, struct str line) {
    struct str rest = line, verb = next_field(&rest), first = next_field(&rest), second = next_field(&rest);
    if (!first.n) {
        return 0;
    }
    if (str_eq(verb, STR("path"))) {
        m->main_package = first;
    } else if (str_eq(verb, STR("mod"))) {
        return add_module(m, first, second, true);
    } else if (str_eq(verb, STR("dep"))) {
        return add_module(m, first, second, false);
    } else if (str_eq(verb, STR("=>")) && m->list.n > 1) {
        struct module *module = &m->list.p[m->list.n - 1];
        module->is_replaced = true;
        module->by_path = first;
        module->by_version = second;
    }
    return 0;
}

static int read_modules(struct modules *m, const struct go_buildinfo *info) {
    int rc = add_module(m, STR("stdlib"), language_go_release(info->version), false);
    for (struct str text = info->modules, line; rc == 0 && str_line(&text, &line);) {
        rc = read_line(m, line);
    }
    return rc;
}

/* ---- linked packages */

static struct str folder_above(struct str path) {
    ptrdiff_t slash = str_rfind_byte(path, '/');
    return str_sub(path, 0, slash < 0 ? 0 : (size_t)slash);
}

static bool is_standard(struct str package) {
    struct str first, rest;
    str_cut(package, '/', &first, &rest);
    return str_find_byte(first, '.') < 0;
}

/* The module with the longest path that package is in or below; NULL for GOPATH builds and C. */
static struct module *module_of(struct modules *m, struct str package) {
    enum { DEPTH = 64 }; /* import paths deeper than this are no one's */
    struct str path = package;
    for (size_t i = 0; path.n && i < DEPTH; i++, path = folder_above(path)) {
        const uint64_t *found = map_get(&m->by_path, path);
        if (found && *found) {
            return &m->list.p[*found];
        }
    }
    return is_standard(package) ? &m->list.p[0] : NULL;
}

/* Import paths of a replaced module still begin with the path of the one it stands for. */
static int add_linked(struct modules *m, struct module *module, struct str package) {
    if (module->is_replaced && !str_eq(module->path, module->by_path)) {
        package = language_join(m->arena, module->by_path, str_from(package, module->path.n));
        if (!package.p) {
            return err_memory(m->err);
        }
    }
    module->linked[module->linked_n++] = package;
    return 0;
}

static struct str import_path(const struct modules *m, struct str package) {
    return str_eq(package, STR("main")) && m->main_package.n ? m->main_package : package;
}

static int assign_linked(struct modules *m, const struct go_packages *packages) {
    struct module **of = arena_array(m->arena, packages->n, sizeof *of);
    if (!of) {
        return err_memory(m->err);
    }
    for (size_t i = 0; i < packages->n; i++) {
        of[i] = module_of(m, import_path(m, packages->p[i]));
        if (of[i]) {
            of[i]->linked_n++;
        }
    }
    for (size_t i = 0; i < m->list.n; i++) {
        struct module *module = &m->list.p[i];
        module->linked = arena_array(m->arena, module->linked_n, sizeof *module->linked);
        module->linked_n = 0;
        if (!module->linked) {
            return err_memory(m->err);
        }
    }
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < packages->n; i++) {
        rc = of[i] ? add_linked(m, of[i], import_path(m, packages->p[i])) : 0;
    }
    return rc;
}

static int find_linked(struct inspection *in, const struct elf_file *file, struct modules *m,
                       bool *knows_linked) {
    struct go_packages packages;
    int rc = go_pclntab_packages(file, &packages, m->err);
    *knows_linked = rc == 0;
    if (rc == ERR_MEMORY) {
        return rc;
    }
    if (rc < 0) {
        facts_problem(in->facts, false, "which packages are linked is not known: %s", m->err->message);
        *m->err = ERR_NONE;
        return 0;
    }
    return assign_linked(m, &packages);
}

/* ---- facts */

static void write_module(struct inspection *in, const struct module *module, bool knows_linked) {
    struct str name = module->is_replaced ? module->by_path : module->path;
    struct str version = module->is_replaced ? module->by_version : module->version;
    bool is_devel = str_eq(version, STR("(devel)"));
    if (module->is_replaced && (is_devel || !version.n)) {
        return;
    }
    language_package(in, &(struct package){.type = PACKAGE_GOLANG,
                                           .flags = PACKAGE_IS_INSTALLED |
                                                    (unsigned)(knows_linked ? PACKAGE_KNOWS_LINKED : 0),
                                           .name = name,
                                           .version = is_devel ? STR_NONE : version,
                                           .linked = module->linked,
                                           .linked_n = module->linked_n});
}

int go_binary_inspect(struct inspection *in, const struct elf_file *file, struct err *err) {
    struct go_buildinfo info;
    struct modules m = {.arena = in->arena, .err = err, .by_path = map_new(in->arena)};
    bool knows_linked;
    int rc = go_buildinfo_read(file, &info, err);
    if (rc <= 0) {
        return rc;
    }
    rc = read_modules(&m, &info);
    rc = rc < 0 ? rc : find_linked(in, file, &m, &knows_linked);
    for (size_t i = 0; rc == 0 && i < m.list.n; i++) {
        write_module(in, &m.list.p[i], knows_linked);
    }
    return rc;
}
