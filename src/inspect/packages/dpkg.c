/* dpkg's database of Debian and its children.
 *
 * var/lib/dpkg/status         one stanza a package, deb-control(5) and dpkg(1)
 * var/lib/dpkg/status.d/      distroless images: a file a package, its control file without a Status field;
 *                             and <package>.md5sums, its files
 * var/lib/dpkg/info/          <package>[:arch].list and .md5sums: its files
 *
 * Reported are packages whose files are there and in use: state "installed", also while triggers are pending.
 * Needs are all alternatives of Depends and Pre-Depends by name, and the packages that provide them
 * (deb_provides.h), of which each file of status.d knows its own alone.
 * Half-installed, unpacked, half-configured and removed ones (config-files) are not. Diversions are not
 * followed: a diverted path counts for the package whose list names it. */
#include "base/limits.h"
#include "inspect/packages/deb_provides.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/packages.h"

enum field {
    FIELD_PACKAGE,
    FIELD_STATUS,
    FIELD_ARCHITECTURE,
    FIELD_VERSION,
    FIELD_SOURCE,
    FIELD_MAINTAINER,
    FIELD_PRE_DEPENDS,
    FIELD_DEPENDS,
    FIELD_PROVIDES,
    FIELDS
};

static const struct str field_names[FIELDS] = {
    [FIELD_PACKAGE] = {"Package", 7},
    [FIELD_STATUS] = {"Status", 6},
    [FIELD_ARCHITECTURE] = {"Architecture", 12},
    [FIELD_VERSION] = {"Version", 7},
    [FIELD_SOURCE] = {"Source", 6},
    [FIELD_MAINTAINER] = {"Maintainer", 10},
    [FIELD_PRE_DEPENDS] = {"Pre-Depends", 11},
    [FIELD_DEPENDS] = {"Depends", 7},
    [FIELD_PROVIDES] = {"Provides", 8},
};

/* The third word of Status. */
static const struct str installed_states[] = {
    {"installed", 9},
    {"triggers-awaited", 16},
    {"triggers-pending", 16},
};

struct stanza {
    struct str fields[FIELDS];
    uint32_t first_line;   /* 0 between stanzas */
    uint32_t package_line; /* of the Package field */
    bool has_field;        /* a continuation line has something to continue */
};

struct status {
    struct arena *arena;
    struct err *err;
    int code; /* negative when there was no memory */
    struct problems problems;
    bool states_status; /* the one file for all packages: a stanza without Status is damaged */
    uint32_t line;
    struct stanza stanza;
    struct deb_provides provides;
    bool is_listing; /* what is provided: the first of two passes, in which nothing is said */
};

/* ---- a stanza's meaning */

static bool is_installed(struct str value) {
    struct str want, error, rest;
    str_cut(value, ' ', &want, &rest);
    str_cut(rest, ' ', &error, &rest);
    for (size_t i = 0; i < ARRAY_SIZE(installed_states); i++) {
        if (str_eq(str_trim(rest), installed_states[i])) {
            return true;
        }
    }
    return false;
}

/* "name" or "name (version)". */
static void read_source(struct str value, struct package *package) {
    struct str version;
    if (str_cut(value, '(', &package->source_name, &version)) {
        str_cut(version, ')', &package->source_version, &version);
    }
    package->source_name = str_trim(package->source_name);
    package->source_version = str_trim(package->source_version);
}

static void read_needs(struct status *status, const struct stanza *stanza, struct package *package) {
    struct needs needs = {.arena = status->arena};
    deb_provides_needs(&status->provides, stanza->fields[FIELD_PRE_DEPENDS], &needs);
    deb_provides_needs(&status->provides, stanza->fields[FIELD_DEPENDS], &needs);
    if (needs_give(&needs, package, status->err) < 0) {
        status->code = ERR_MEMORY;
    }
    if (needs.is_full) {
        problems_add(&status->problems, "line %u: more than %d dependencies: the rest is left out",
                     stanza->package_line, LIMIT_NEEDS);
    }
}

static void list_provides(struct status *status) {
    const struct str *fields = status->stanza.fields;
    bool is_known = fields[FIELD_STATUS].n ? is_installed(fields[FIELD_STATUS]) : !status->states_status;
    if (is_known && fields[FIELD_PACKAGE].n) {
        deb_provides_add(&status->provides, fields[FIELD_PACKAGE], fields[FIELD_PROVIDES]);
    }
}

static void put_stanza(struct status *status) {
    const struct stanza *stanza = &status->stanza;
    if (!stanza->fields[FIELD_PACKAGE].n) {
        problems_add(&status->problems, "line %u: a stanza without a Package field", stanza->first_line);
        return;
    }
    if (!stanza->fields[FIELD_STATUS].n && status->states_status) {
        problems_add(&status->problems, "line %u: a stanza without a Status field", stanza->first_line);
        return;
    }
    if (stanza->fields[FIELD_STATUS].n && !is_installed(stanza->fields[FIELD_STATUS])) {
        return;
    }
    struct package package = {
        .type = PACKAGE_DEB,
        .name = stanza->fields[FIELD_PACKAGE],
        .version = stanza->fields[FIELD_VERSION],
        .arch = stanza->fields[FIELD_ARCHITECTURE],
        .vendor = stanza->fields[FIELD_MAINTAINER],
        .line = stanza->package_line,
    };
    read_source(stanza->fields[FIELD_SOURCE], &package);
    installed_trim_source(&package);
    read_needs(status, stanza, &package);
    if (!installed_put(status->problems.facts, &package)) {
        problems_add(&status->problems, "line %u: the stanza's version is missing, or a field is too long",
                     stanza->package_line);
    }
}

/* ---- lines */

static bool is_field_name(struct str name) {
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] <= ' ' || name.p[i] >= 127) {
            return false;
        }
    }
    return name.n > 0;
}

static void complain(struct status *status, const char *what) {
    if (!status->is_listing) {
        problems_add(&status->problems, "line %u: %s", status->line, what);
    }
}

static void read_field(struct status *status, struct str line) {
    struct str name, value;
    struct stanza *stanza = &status->stanza;
    stanza->has_field = str_cut(line, ':', &name, &value) && is_field_name(name);
    if (!stanza->has_field) {
        complain(status, "neither a field nor its continuation");
        return;
    }
    for (size_t i = 0; i < FIELDS; i++) {
        if (str_eq_nocase(name, field_names[i]) && !stanza->fields[i].n) {
            stanza->fields[i] = str_trim(value);
            if (i == FIELD_PACKAGE) {
                stanza->package_line = status->line;
            }
        }
    }
}

static void end_stanza(struct status *status) {
    if (status->stanza.first_line && status->is_listing) {
        list_provides(status);
    } else if (status->stanza.first_line) {
        put_stanza(status);
    }
    status->stanza = (struct stanza){0};
}

static void read_line(struct status *status, struct str line) {
    status->line++;
    if (!str_trim(line).n) {
        end_stanza(status);
        return;
    }
    if (!status->stanza.first_line) {
        status->stanza.first_line = status->line;
    }
    bool is_continuation = line.p[0] == ' ' || line.p[0] == '\t';
    if (!is_continuation) {
        read_field(status, line);
    } else if (!status->stanza.has_field) {
        complain(status, "continues no field");
    }
}

static void read_lines(struct status *status, struct str body) {
    for (struct str rest = body, line; status->code == 0 && str_line(&rest, &line);) {
        read_line(status, line);
    }
    end_stanza(status);
}

static int read_status(struct inspection *in, bool states_status, struct err *err) {
    struct status status = {
        .arena = in->arena, .err = err, .problems = {in->facts, 0}, .states_status = states_status};
    status.provides = deb_provides_new(in->arena);
    status.is_listing = true;
    read_lines(&status, in->body);
    if (status.provides.has_no_memory) {
        return err_memory(err);
    }
    status.is_listing = false;
    status.line = 0;
    read_lines(&status, in->body);
    problems_end(&status.problems);
    return status.code;
}

/* ---- file lists */

/* "<32 digits of MD5>  <path without a leading slash>" */
static struct str md5sums_path(struct str line) {
    enum { DIGEST = 32, GAP = 2 };
    return line.n > DIGEST && line.p[DIGEST] == ' ' ? str_from(line, DIGEST + GAP) : STR_NONE;
}

static struct str list_path(struct str line) {
    return str_eq(line, STR("/.")) ? STR_NONE : line;
}

static void read_files(struct inspection *in, struct str name, struct str (*path_of)(struct str line)) {
    struct str package, arch;
    str_cut(name, ':', &package, &arch);
    struct owned owned = {.facts = in->facts, .type = PACKAGE_DEB, .name = package};
    for (struct str rest = in->body, line; str_line(&rest, &line);) {
        struct str path = path_of(line);
        if (path.n) {
            owned_add(&owned, path);
        }
    }
    owned_end(&owned);
}

/* ---- the inspector */

static bool cut_suffix(struct str name, struct str suffix, struct str *stem) {
    if (name.n <= suffix.n || !str_ends(name, suffix)) {
        return false;
    }
    *stem = str_sub(name, 0, name.n - suffix.n);
    return true;
}

static int inspect(struct inspection *in, struct err *err) {
    struct str name = str_basename(in->entry->path), stem;
    if (cut_suffix(name, STR(".md5sums"), &stem)) {
        read_files(in, stem, md5sums_path);
    } else if (cut_suffix(name, STR(".list"), &stem)) {
        read_files(in, stem, list_path);
    } else {
        return read_status(in, str_eq(in->entry->path, STR("var/lib/dpkg/status")), err);
    }
    return 0;
}

const struct inspector inspect_dpkg = {
    .name = "dpkg",
    .title = "Debian packages",
    .reads = "var/lib/dpkg/status, status.d/*, info/*.list, info/*.md5sums",
    .version = 3,
    .body_max = LIMIT_BODY,
    .wants =
        {
            {.path = "var/lib/dpkg/status"},
            {.under = "var/lib/dpkg/status.d/"},
            {.under = "var/lib/dpkg/info/", .suffix = ".list"},
            {.under = "var/lib/dpkg/info/", .suffix = ".md5sums"},
        },
    .inspect = inspect,
};
