#include "inspect/packages/language.h"

#include "base/limits.h"
#include "inspect/packages/checksum.h"

/* How many of the needs fit LIMIT_NEEDS_BYTES. */
static size_t count_needs(const struct package *package) {
    size_t bytes = 0, n = 0;
    while (n < package->needs_n && bytes <= LIMIT_NEEDS_BYTES) {
        bytes += package->needs[n].name.n + package->needs[n].version.n + 2 * sizeof(uint32_t);
        n++;
    }
    return bytes <= LIMIT_NEEDS_BYTES ? n : n - 1;
}

void language_package(struct inspection *in, const struct package *package) {
    struct package kept = *package;
    if (!kept.name.n) {
        return;
    }
    if (kept.name.n > LIMIT_FIELD || kept.version.n > LIMIT_FIELD) {
        facts_problem(in->facts, true, "line %u: a package's name or version is longer than %d bytes",
                      kept.line, LIMIT_FIELD);
        return;
    }
    if (kept.licence.n > LIMIT_FIELD) {
        kept.licence = STR_NONE;
    }
    kept.needs_n = count_needs(package);
    if (kept.needs_n < package->needs_n) {
        facts_problem(in->facts, true, "line %u: %zu of the %zu packages that it needs are left out",
                      kept.line, package->needs_n - kept.needs_n, package->needs_n);
    }
    struct checksum checksum = checksum_read(package->checksum);
    kept.checksum = str_n(checksum.text, checksum.n);
    facts_package(in->facts, &kept);
}

bool language_is_below(struct str path, struct str name) {
    for (struct str rest = str_dirname(path), part; str_split(&rest, '/', &part);) {
        if (str_eq(part, name)) {
            return true;
        }
    }
    return false;
}

struct str language_join(struct arena *arena, struct str a, struct str b) {
    char *p = arena_alloc(arena, a.n + b.n);
    if (!p) {
        return STR_NONE;
    }
    if (a.n) {
        memcpy(p, a.p, a.n);
    }
    if (b.n) {
        memcpy(p + a.n, b.p, b.n);
    }
    return str_n(p, a.n + b.n);
}

bool language_add_licence(struct arena *arena, struct str *all, struct str licence) {
    enum { KEPT = 1024 };
    if (!licence.n || all->n + licence.n > KEPT) {
        return true;
    }
    *all = all->n ? arena_strf(arena, "%.*s OR %.*s", STR_ARG(*all), STR_ARG(licence)) : licence;
    return all->p;
}

struct str language_go_release(struct str toolchain) {
    if (!str_starts(toolchain, STR("go"))) {
        return STR_NONE;
    }
    struct str release = str_from(toolchain, 2);
    for (size_t i = 0; i < release.n; i++) {
        if (strchr(" -+", release.p[i])) {
            return str_sub(release, 0, i);
        }
    }
    return release;
}
