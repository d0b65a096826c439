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

const char *fix_kind_name(enum fix_kind kind) {
    static const char *const names[] = {"rebuild", "upgrade_distribution", "upgrade"};
    assert((size_t)kind < ARRAY_SIZE(names));
    return names[kind];
}

/* Of one group. */
struct needed {
    struct str fixed; /* the highest that a finding needs */
    size_t fix[2];    /* its change's index + 1; the second of what a rebuild removes */
};

struct work {
    struct view *view;
    struct needed *needed;      /* by the group's number */
    bool *is_seen, *is_counted; /* by the package's place in the view: collected; in its change's packages */
    struct map fixes;           /* key → index + 1 */
    VEC(struct fix) found;
    size_t own_distribution; /* packages of the distribution outside the base that have something to fix */
};

static size_t place_of(const struct work *work, const struct view_finding *finding) {
    return (size_t)(finding->package - work->view->packages.p);
}

/* NULL when it has none. */
static const struct view_finding *fixable(struct view *view, const struct view_row *row) {
    if (!view_row_is_open(row) || view_row_has_rule(row)) {
        return NULL;
    }
    const struct view_finding *finding = view_show(view, row);
    return finding->package && (finding->upgrade.n || row->vanishes) ? finding : NULL;
}

/* First pass: to which version must each group go? */
static void collect(struct work *work, const struct view_row *row, const struct view_finding *finding) {
    struct needed *needed = &work->needed[row->group];
    bool *is_seen = &work->is_seen[place_of(work, finding)];
    bool is_own = !finding->f.is_in_base || (work->view->rebuild.is_known && !row->vanishes);
    work->own_distribution += !*is_seen && view_is_distribution(finding->package) && is_own;
    *is_seen = true;
    if (row->vanishes) {
        return;
    }
    if (!needed->fixed.n || fixes_is_older(&finding->package->record, needed->fixed, finding->upgrade)) {
        needed->fixed = view_keep_text(work->view, row, finding->upgrade);
    }
}

/* Where the newest base is known, what a rebuild on it removes is so whether a fix is known or not, and what
 * it does not remove needs another. */
static enum fix_kind kind_of(const struct work *work, const struct view_row *row,
                             const struct view_finding *finding) {
    bool is_known = work->view->rebuild.is_known;
    if (is_known && row->vanishes) {
        return FIX_REBUILD;
    }
    if (!view_is_distribution(finding->package)) {
        return FIX_UPGRADE;
    }
    if (finding->f.is_in_base && !is_known) {
        return FIX_REBUILD;
    }
    return work->own_distribution >= MERGE_FROM ? FIX_DISTRIBUTION : FIX_UPGRADE;
}

/* The same upgrade of several versions of a package is one; the length keeps ("ab", "c") and ("a", "bc")
 * apart. */
static struct str make_key(struct work *work, const struct view_row *row, enum fix_kind kind) {
    const struct view_group *group = &work->view->groups[row->group];
    struct str target = work->needed[row->group].fixed;
    return kind != FIX_UPGRADE ? str_c(fix_kind_name(kind))
                               : view_format(work->view, "%s:%zu:%.*s:%.*s", group->type, group->name.n,
                                             STR_ARG(group->name), STR_ARG(target));
}

/* The change of a group that has none yet; its index + 1, or 0 without memory. */
static size_t choose_fix(struct work *work, struct view_row *row, const struct view_finding *finding) {
    enum fix_kind kind = kind_of(work, row, finding);
    struct str key = make_key(work, row, kind), version = work->view->groups[row->group].version;
    uint64_t *slot = key.p ? map_put(&work->fixes, key, NULL) : NULL;
    if (slot && !*slot) {
        struct fix *fix = VEC_PUSH(&work->view->arena, &work->found);
        if (!fix) {
            return 0;
        }
        *fix = (struct fix){.kind = kind,
                            .first = view_keep(work->view, row),
                            .group = row->group,
                            .from = version,
                            .versions = 1};
        fix->to = work->needed[row->group].fixed;
        *slot = work->found.n;
    }
    if (slot) {
        struct fix *fix = &work->found.p[*slot - 1];
        fix->versions += !str_eq(fix->from, version);
    }
    return slot ? (size_t)*slot : 0;
}

static unsigned weight_of(const struct view_finding *finding) {
    static const unsigned weights[SEVERITIES] = {1, 1, 1, 10, 40, 100};
    return weights[finding->f.severity] + (finding->is_exploited ? 200 : 0);
}

/* Second pass: what does each change remove? */
static int add(struct work *work, struct view_row *row, const struct view_finding *finding, struct err *err) {
    size_t *number = &work->needed[row->group].fix[row->vanishes];
    if (!*number) {
        *number = choose_fix(work, row, finding);
    }
    if (!*number) {
        return err_memory(err);
    }
    struct fix *fix = &work->found.p[*number - 1];
    bool *is_counted = &work->is_counted[place_of(work, finding)];
    int32_t layer = finding->f.layer;
    fix->lowest = fix->packages ? MIN(fix->lowest, layer) : layer;
    fix->highest = MAX(fix->highest, layer);
    fix->packages += !*is_counted;
    *is_counted = true;
    if (!row->is_repeat) {
        fix->removes++;
        fix->severities[finding->f.severity]++;
        fix->exploited += finding->is_exploited;
        fix->weight += weight_of(finding);
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

/* A single package by its own name and version, several of one source by the source's. */
static struct str name_upgrade(struct view *view, struct fix *fix) {
    const struct package *package = &fix->first->package->record.package;
    bool is_single = fix->packages == 1;
    fix->package = is_single ? package->name : view->groups[fix->group].name;
    if (fix->versions > 1) {
        fix->from = STR_NONE;
        return view_format(view, "%.*s (%zu versions) → %.*s", STR_ARG(fix->package), fix->versions,
                           STR_ARG(fix->to));
    }
    fix->from = is_single ? package->version : fix->from;
    return view_format(view, "%.*s %.*s → %.*s", STR_ARG(fix->package), STR_ARG(fix->from), STR_ARG(fix->to));
}

static struct str name_action(struct view *view, struct fix *fix) {
    const struct view_package *package = fix->first->package;
    struct str os, version;
    if (fix->kind == FIX_UPGRADE) {
        return name_upgrade(view, fix);
    }
    fix->from = fix->to = STR_NONE;
    if (fix->kind == FIX_REBUILD && view->rebuild.is_known) {
        return view_format(view, "rebuild on %.*s %.*s", STR_ARG(view->rebuild.name),
                           STR_ARG(view->rebuild.version));
    }
    if (fix->kind == FIX_REBUILD) {
        return view_format(view, "rebuild on a newer %.*s", STR_ARG(base_name(view, package)));
    }
    str_cut(view_os_name(view, &view->os), ' ', &os, &version);
    os = os.n ? os : str_c(package_type_name(package->record.package.type));
    return view_format(view, "upgrade %zu %.*s package%s: %s", fix->packages, STR_ARG(os),
                       fix->packages == 1 ? "" : "s", types[package->record.package.type].upgrade);
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
    struct work work = {.view = view, .fixes = map_new(&view->arena)};
    work.needed = arena_array(&view->arena, view->groups_n + 1, sizeof *work.needed);
    work.is_seen = arena_array(&view->arena, view->packages.n + 1, sizeof(bool));
    work.is_counted = arena_array(&view->arena, view->packages.n + 1, sizeof(bool));
    if (!work.needed || !work.is_seen || !work.is_counted) {
        return err_memory(err);
    }
    const struct view_finding *finding;
    for (size_t i = 0; i < view->rows_n; i++) {
        if ((finding = fixable(view, &view->rows[i]))) {
            collect(&work, &view->rows[i], finding);
        }
    }
    int code = 0;
    for (size_t i = 0; code == 0 && i < view->rows_n; i++) {
        finding = fixable(view, &view->rows[i]);
        code = finding ? add(&work, &view->rows[i], finding, err) : 0;
    }
    for (size_t i = 0; code == 0 && i < work.found.n; i++) {
        work.found.p[i].action = name_action(view, &work.found.p[i]);
        code = work.found.p[i].action.p ? 0 : err_memory(err);
    }
    if (code == 0 && work.found.n) {
        qsort(work.found.p, work.found.n, sizeof *work.found.p, by_weight);
    }
    *out = (struct fix_list){work.found.p, work.found.n};
    return code < 0 ? code : view_failure(view, err);
}
