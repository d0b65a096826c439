#include "report/fixes.h"

#include "vuln/version/version.h"

enum { MERGE_FROM = 3 }; /* as many packages of the distribution are one action */

static const struct {
    enum version_scheme scheme;
    const char *upgrade; /* the package manager's command; NULL for language packages */
} types[PACKAGE_TYPES] = {
    [PACKAGE_DEB] = {VERSION_DPKG, "apt-get upgrade"}, [PACKAGE_RPM] = {VERSION_RPM, "dnf upgrade"},
    [PACKAGE_APK] = {VERSION_APK, "apk upgrade"},      [PACKAGE_NPM] = {VERSION_SEMVER, NULL},
    [PACKAGE_PYPI] = {VERSION_PEP440, NULL},           [PACKAGE_GOLANG] = {VERSION_GO, NULL},
    [PACKAGE_CARGO] = {VERSION_SEMVER, NULL},
};

bool fixes_is_older(const struct package_record *record, struct str a, struct str b) {
    return version_compare(types[record->package.type].scheme, a, b) < 0;
}

bool fixes_is_distribution(const struct view_package *package) {
    return types[package->record.package.type].upgrade != NULL;
}

const char *fix_kind_name(enum fix_kind kind) {
    static const char *const names[] = {"rebuild", "upgrade_distribution", "upgrade"};
    assert((size_t)kind < ARRAY_SIZE(names));
    return names[kind];
}

/* One version of one package, wherever it lies. */
struct needed {
    struct str fixed; /* the highest that a finding needs */
    bool is_counted;  /* in its fix's versions */
};

struct work {
    struct view *view;
    struct needed **of_package; /* by the package's place in the view */
    bool *is_counted;           /* the same: in its fix's packages */
    struct map needed, fixes;   /* key → pointer, key → index + 1 */
    VEC(struct fix) found;
    size_t own_distribution; /* packages of the distribution outside the base that have something to fix */
};

static size_t place_of(const struct work *work, const struct view_finding *finding) {
    return (size_t)(finding->package - work->view->packages);
}

static bool has_fix(const struct view_finding *finding) {
    return view_is_open(finding) && finding->package && finding->f.fixed.n;
}

/* The length keeps ("ab", "c") and ("a", "bc") apart. */
static struct str make_key(struct work *work, const struct view_package *package, struct str version) {
    struct str name = package->record.package.name;
    return view_format(work->view, "%s:%zu:%.*s:%.*s", package_type_name(package->record.package.type),
                       name.n, STR_ARG(name), STR_ARG(version));
}

static struct needed *find_needed(struct work *work, const struct view_package *package) {
    struct str key = make_key(work, package, package->record.package.version);
    uint64_t *slot = key.p ? map_put(&work->needed, key, NULL) : NULL;
    if (slot && !*slot) {
        *slot = (uint64_t)(uintptr_t)arena_alloc(&work->view->arena, sizeof(struct needed));
    }
    return slot ? (struct needed *)(uintptr_t)*slot : NULL;
}

/* First pass: to which version must each package go? */
static int collect(struct work *work, const struct view_finding *finding, struct err *err) {
    size_t place = place_of(work, finding);
    struct needed *needed = work->of_package[place];
    if (!needed) {
        needed = work->of_package[place] = find_needed(work, finding->package);
        if (!needed) {
            return err_memory(err);
        }
        work->own_distribution += fixes_is_distribution(finding->package) && !finding->f.is_in_base;
    }
    if (!needed->fixed.n || fixes_is_older(&finding->package->record, needed->fixed, finding->f.fixed)) {
        needed->fixed = finding->f.fixed;
    }
    return 0;
}

static enum fix_kind kind_of(const struct work *work, const struct view_finding *finding) {
    if (!fixes_is_distribution(finding->package)) {
        return FIX_UPGRADE;
    }
    if (finding->f.is_in_base) {
        return FIX_REBUILD;
    }
    return work->own_distribution >= MERGE_FROM ? FIX_DISTRIBUTION : FIX_UPGRADE;
}

static struct fix *find_fix(struct work *work, const struct view_finding *finding) {
    enum fix_kind kind = kind_of(work, finding);
    struct str target = work->of_package[place_of(work, finding)]->fixed;
    struct str key =
        kind == FIX_UPGRADE ? make_key(work, finding->package, target) : str_c(fix_kind_name(kind));
    uint64_t *slot = key.p ? map_put(&work->fixes, key, NULL) : NULL;
    if (!slot) {
        return NULL;
    }
    if (!*slot) {
        struct fix *fix = VEC_PUSH(&work->view->arena, &work->found);
        if (!fix) {
            return NULL;
        }
        *fix = (struct fix){.kind = kind, .first = finding};
        *slot = work->found.n;
    }
    return &work->found.p[*slot - 1];
}

static unsigned weight_of(const struct view_finding *finding) {
    static const unsigned weights[SEVERITIES] = {1, 1, 1, 10, 40, 100};
    return weights[finding->f.severity] + (finding->is_exploited ? 200 : 0);
}

/* Second pass: what does each change remove? */
static int add(struct work *work, const struct view_finding *finding, struct err *err) {
    struct fix *fix = find_fix(work, finding);
    if (!fix) {
        return err_memory(err);
    }
    size_t place = place_of(work, finding);
    struct needed *needed = work->of_package[place];
    fix->removes++;
    fix->severities[finding->f.severity]++;
    fix->exploited += finding->is_exploited;
    fix->weight += weight_of(finding);
    fix->packages += !work->is_counted[place];
    work->is_counted[place] = true;
    if (fix->kind == FIX_UPGRADE) {
        const struct package *package = &finding->package->record.package;
        fix->versions += !needed->is_counted;
        fix->package = package->name;
        fix->from = fix->versions == 1 ? package->version : STR_NONE;
        fix->to = needed->fixed;
        needed->is_counted = true;
    }
    return 0;
}

/* ---- words */

/* The first n numbers of a version: "12" of "12.5", "3.19" of "3.19.1". */
static struct str leading(struct str version, unsigned n) {
    size_t end = 0;
    while (end < version.n && (version.p[end] != '.' || --n)) {
        end++;
    }
    return str_sub(version, 0, end);
}

/* "debian:12" of "debian:12.5-slim" and of a Debian 12.5 whose base image is not known; any other base as it
 * is named. Debian's and Red Hat's releases are whole numbers, Alpine's and Ubuntu's have two. */
static struct str base_name(struct view *view, const struct view_package *package) {
    struct str purl = package->record.purl, id, rest;
    str_cut(str_from(purl, 4 + strlen(package_type_name(package->record.package.type)) + 1), '/', &id, &rest);
    struct str base = view->target.base, digest, repository;
    str_cut(base, '@', &base, &digest);
    repository = base;
    ptrdiff_t colon = str_rfind_byte(base, ':');
    if (colon > str_rfind_byte(base, '/')) {
        repository = str_sub(base, 0, (size_t)colon);
    }
    if (base.n && !str_eq(str_basename(repository), id)) {
        return base;
    }
    bool has_two = str_eq(id, STR("alpine")) || str_eq(id, STR("ubuntu"));
    struct str release = leading(view->os.version, has_two ? 2 : 1);
    if (!release.n) {
        return base.n ? repository : STR("base image");
    }
    return view_format(view, "%.*s:%.*s", STR_ARG(base.n ? repository : id), STR_ARG(release));
}

static struct str name_action(struct view *view, const struct fix *fix) {
    const struct view_package *package = fix->first->package;
    struct str os, version;
    switch (fix->kind) {
    case FIX_REBUILD:
        return view_format(view, "rebuild on a newer %.*s", STR_ARG(base_name(view, package)));
    case FIX_DISTRIBUTION:
        str_cut(view_os_name(view, &view->os), ' ', &os, &version);
        os = os.n ? os : str_c(package_type_name(package->record.package.type));
        return view_format(view, "upgrade %zu %.*s package%s: %s", fix->packages, STR_ARG(os),
                           fix->packages == 1 ? "" : "s", types[package->record.package.type].upgrade);
    case FIX_UPGRADE:
        break;
    }
    if (fix->versions > 1) {
        return view_format(view, "%.*s (%zu versions) → %.*s", STR_ARG(fix->package), fix->versions,
                           STR_ARG(fix->to));
    }
    return view_format(view, "%.*s %.*s → %.*s", STR_ARG(fix->package), STR_ARG(fix->from), STR_ARG(fix->to));
}

static int by_weight(const void *a, const void *b) {
    const struct fix *x = a, *y = b;
    if (x->weight != y->weight) {
        return x->weight > y->weight ? -1 : 1;
    }
    if (x->removes != y->removes) {
        return x->removes > y->removes ? -1 : 1;
    }
    return str_cmp(x->action, y->action);
}

int fixes_find(struct view *view, struct fix_list *out, struct err *err) {
    struct work work = {.view = view, .needed = map_new(&view->arena), .fixes = map_new(&view->arena)};
    work.of_package = arena_array(&view->arena, view->packages_n + 1, sizeof(struct needed *));
    work.is_counted = arena_array(&view->arena, view->packages_n + 1, sizeof(bool));
    if (!work.of_package || !work.is_counted) {
        return err_memory(err);
    }
    int code = 0;
    for (size_t i = 0; code == 0 && i < view->findings_n; i++) {
        code = has_fix(&view->findings[i]) ? collect(&work, &view->findings[i], err) : 0;
    }
    for (size_t i = 0; code == 0 && i < view->findings_n; i++) {
        code = has_fix(&view->findings[i]) ? add(&work, &view->findings[i], err) : 0;
    }
    for (size_t i = 0; code == 0 && i < work.found.n; i++) {
        work.found.p[i].action = name_action(view, &work.found.p[i]);
        code = work.found.p[i].action.p ? 0 : err_memory(err);
    }
    if (code == 0 && work.found.n) {
        qsort(work.found.p, work.found.n, sizeof *work.found.p, by_weight);
    }
    *out = (struct fix_list){work.found.p, work.found.n};
    return code;
}
