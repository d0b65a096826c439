/* opkg's database of OpenWrt and Yocto images (openwrt.org, "opkg"): dpkg's form of a status file, and
 * info/<package>.list with the package's files. */
#include "base/limits.h"
#include "inspect/packages/control.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/packages.h"

enum field {
    FIELD_PACKAGE,
    FIELD_VERSION,
    FIELD_STATUS,
    FIELD_ARCHITECTURE,
    FIELD_DEPENDS,
    FIELD_LICENSE,
    FIELDS
};

static const struct str field_names[FIELDS] = {
    [FIELD_PACKAGE] = STR("Package"), [FIELD_VERSION] = STR("Version"),
    [FIELD_STATUS] = STR("Status"),   [FIELD_ARCHITECTURE] = STR("Architecture"),
    [FIELD_DEPENDS] = STR("Depends"), [FIELD_LICENSE] = STR("License"),
};

static int put(struct inspection *in, struct problems *problems, const struct str *values, uint32_t line,
               struct err *err) {
    struct needs needs = {.arena = in->arena};
    struct package package = {.type = PACKAGE_OPKG,
                              .name = values[FIELD_PACKAGE],
                              .version = values[FIELD_VERSION],
                              .arch = values[FIELD_ARCHITECTURE],
                              .licence = values[FIELD_LICENSE],
                              .line = line};
    needs_add_relation(&needs, values[FIELD_DEPENDS]);
    int r = needs_give(&needs, &package, err);
    if (r == 0 && !installed_put(in->facts, &package)) {
        problems_add(problems, "line %u: the stanza's package or version is missing, or a field is too long",
                     line);
    }
    return r;
}

/* "install user installed": the last word. */
static bool is_installed(struct str status) {
    struct str before, state;
    str_cut_last(status, ' ', &before, &state);
    return str_eq(state, STR("installed"));
}

static int read_status(struct inspection *in, struct err *err) {
    struct problems problems = {in->facts, 0};
    struct str values[FIELDS];
    struct control control = control_over(in->body, field_names, values, FIELDS);
    int r = 0;
    while (r == 0 && control_next(&control)) {
        if (is_installed(values[FIELD_STATUS])) {
            r = put(in, &problems, values, control.first, err);
        }
    }
    problems_end(&problems);
    return r;
}

static void read_list(struct inspection *in, struct str name) {
    struct owned owned = {.facts = in->facts, .type = PACKAGE_OPKG, .name = name};
    for (struct str rest = in->body, line; str_line(&rest, &line);) {
        struct str path, mode;
        str_cut(line, '\t', &path, &mode);
        if (path.n) {
            owned_add(&owned, path);
        }
    }
    owned_end(&owned);
}

static int inspect(struct inspection *in, struct err *err) {
    struct str name = str_basename(in->entry->path);
    if (str_ends(name, STR(".list"))) {
        read_list(in, str_sub(name, 0, name.n - strlen(".list")));
        return 0;
    }
    return read_status(in, err);
}

const struct inspector inspect_opkg = {
    .name = "opkg",
    .title = "opkg packages",
    .reads = "status and info/*.list in usr/lib/opkg, var/lib/opkg and opt/lib/opkg",
    .version = 1,
    .body_max = LIMIT_BODY,
    .wants = {{.path = "usr/lib/opkg/status"},
              {.path = "var/lib/opkg/status"},
              {.path = "opt/lib/opkg/status"},
              {.under = "usr/lib/opkg/info/", .suffix = ".list"},
              {.under = "var/lib/opkg/info/", .suffix = ".list"},
              {.under = "opt/lib/opkg/info/", .suffix = ".list"}},
    .inspect = inspect,
};
