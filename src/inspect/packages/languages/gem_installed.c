/* Installed gems: the specifications that RubyGems writes (guides.rubygems.org/specification-reference),
 * specifications/NAME-VERSION.gemspec, and below default/ those that came with Ruby.
 *
 * They are Ruby, but written by a program in one form, a statement a line: `s.name = "rack".freeze`. Those
 * inside of gems are what people wrote and are passed over. Until RubyGems 3.5 an `else` restated what is
 * needed for releases of long ago, without telling what is for development. */
#include "base/limits.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

struct specification {
    struct inspection *in;
    struct err *err;
    struct package package;
    VEC(struct package_need) needs;
    bool is_restated; /* behind "else" */
};

static bool is_specification(struct str path) {
    struct str folder = str_dirname(path);
    folder = str_eq(str_basename(folder), STR("default")) ? str_dirname(folder) : folder;
    return str_eq(str_basename(folder), STR("specifications"));
}

/* What stands between the next two quotes. */
static bool next_quoted(struct str *rest, struct str *out) {
    struct str before;
    return str_cut(*rest, '"', &before, rest) && str_cut(*rest, '"', out, rest);
}

static int read_licences(struct specification *spec, struct str value) {
    struct str licence;
    for (struct str rest = value; next_quoted(&rest, &licence);) {
        if (!language_add_licence(spec->in->arena, &spec->package.licence, licence)) {
            return err_memory(spec->err);
        }
    }
    return 0;
}

/* "(%q<tilt>.freeze, ["~> 2.0"])". */
static int add_need(struct specification *spec, struct str arguments) {
    struct str before, name, rest;
    if (!str_cut(arguments, '<', &before, &rest) || !str_cut(rest, '>', &name, &rest) || !name.n) {
        return 0;
    }
    struct package_need *need = VEC_PUSH(spec->in->arena, &spec->needs);
    if (!need) {
        return err_memory(spec->err);
    }
    *need = (struct package_need){.name = name};
    return 0;
}

static int read_statement(struct specification *spec, struct str text, uint32_t line) {
    struct str name, value;
    if (str_starts(text, STR("s.add_runtime_dependency")) || str_starts(text, STR("s.add_dependency"))) {
        return spec->is_restated ? 0 : add_need(spec, text);
    }
    if (!str_cut(text, '=', &name, &value)) {
        spec->is_restated |= str_eq(text, STR("else"));
        return 0;
    }
    name = str_trim(name);
    if (str_eq(name, STR("s.name")) && !spec->package.name.n) {
        spec->package.line = line;
        next_quoted(&value, &spec->package.name);
    } else if (str_eq(name, STR("s.version")) && !spec->package.version.n) {
        next_quoted(&value, &spec->package.version);
    } else if (str_eq(name, STR("s.licenses"))) {
        return read_licences(spec, value);
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    struct specification spec = {
        .in = in, .err = err, .package = {.type = PACKAGE_GEM, .flags = PACKAGE_IS_INSTALLED}};
    struct str rest = in->body, line;
    int rc = 0;
    if (!is_specification(in->entry->path)) {
        return 0;
    }
    for (uint32_t n = 1; rc == 0 && str_line(&rest, &line); n++) {
        rc = read_statement(&spec, str_trim(line), n);
    }
    if (rc < 0) {
        return rc;
    }
    if (!spec.package.name.n || !spec.package.version.n) {
        return err_set(err, ERR_INPUT, "the specification has no name or no version");
    }
    spec.package.needs = spec.needs.p;
    spec.package.needs_n = spec.needs.n;
    language_package(in, &spec.package);
    return 0;
}

const struct inspector inspect_gem_installed = {
    .name = "gem-installed",
    .title = "installed gems",
    .reads = "specifications/*.gemspec, specifications/default/*.gemspec",
    .version = 1,
    .body_max = 4 * MIB,
    .wants = {{.folder = "specifications", .suffix = ".gemspec"},
              {.folder = "default", .suffix = ".gemspec"}},
    .inspect = inspect,
};
