#include "inspect/packages/language.h"

#include "base/limits.h"

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
