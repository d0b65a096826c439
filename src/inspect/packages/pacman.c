/* pacman's database of Arch Linux and its children: var/lib/pacman/local/<name>-<version>-<release>/desc and
 * files (libalpm: "%FIELD%", its values a line each, an empty line). */
#include "base/limits.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/packages.h"

struct desc {
    struct package package;
    struct needs needs;
};

/* "glibc>=2.36": what stands before the version. */
static struct str without_version(struct str need) {
    size_t n = 0;
    while (n < need.n && !strchr("<>=:", need.p[n])) {
        n++;
    }
    return str_sub(need, 0, n);
}

static void set_once(struct str *field, struct str value) {
    *field = field->n ? *field : value;
}

static void take_value(struct desc *desc, struct str field, struct str value) {
    struct package *package = &desc->package;
    const struct {
        struct str field;
        struct str *to;
    } fields[] = {
        {STR("%NAME%"), &package->name},       {STR("%VERSION%"), &package->version},
        {STR("%ARCH%"), &package->arch},       {STR("%BASE%"), &package->source_name},
        {STR("%LICENSE%"), &package->licence}, {STR("%PACKAGER%"), &package->vendor},
    };
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        if (str_eq(field, fields[i].field)) {
            set_once(fields[i].to, value);
        }
    }
    if (str_eq(field, STR("%DEPENDS%"))) {
        needs_add(&desc->needs, without_version(value));
    }
}

static bool is_field(struct str line) {
    return line.n > 2 && line.p[0] == '%' && line.p[line.n - 1] == '%';
}

static int read_desc(struct inspection *in, struct err *err) {
    struct desc desc = {.package = {.type = PACKAGE_ALPM, .line = 1}, .needs = {.arena = in->arena}};
    struct str rest = in->body, line, field = STR_NONE;
    while (str_line(&rest, &line)) {
        if (is_field(line)) {
            field = line;
        } else if (line.n) {
            take_value(&desc, field, line);
        }
    }
    installed_trim_source(&desc.package);
    int r = needs_give(&desc.needs, &desc.package, err);
    if (r == 0 && !installed_put(in->facts, &desc.package)) {
        return err_set(err, ERR_INPUT, "the package's name or version is missing, or a field is too long");
    }
    return r;
}

/* "<name>-<version>-<release>", of which neither version nor release has a "-". */
static struct str name_of_folder(struct str folder) {
    struct str name, version, release;
    return str_cut_last(folder, '-', &name, &release) && str_cut_last(name, '-', &name, &version) ? name
                                                                                                  : STR_NONE;
}

static void read_files(struct inspection *in) {
    struct str rest = in->body, line, folder = str_basename(str_dirname(in->entry->path));
    struct owned owned = {.facts = in->facts, .type = PACKAGE_ALPM, .name = name_of_folder(folder)};
    bool is_list = false;
    while (owned.name.n && str_line(&rest, &line)) {
        is_list = is_field(line) ? str_eq(line, STR("%FILES%")) : is_list;
        if (is_list && line.n && !is_field(line) && line.p[line.n - 1] != '/') {
            owned_add(&owned, line);
        }
    }
    owned_end(&owned);
}

static int inspect(struct inspection *in, struct err *err) {
    if (str_eq(str_basename(in->entry->path), STR("files"))) {
        read_files(in);
        return 0;
    }
    return read_desc(in, err);
}

const struct inspector inspect_pacman = {
    .name = "pacman",
    .title = "Arch Linux packages",
    .reads = "var/lib/pacman/local/*/desc, files",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.under = "var/lib/pacman/local/", .name = "desc"},
              {.under = "var/lib/pacman/local/", .name = "files"}},
    .inspect = inspect,
};
