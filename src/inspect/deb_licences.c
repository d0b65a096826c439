#include "inspect/deb_licences.h"

struct deb_licences deb_licences_new(struct arena *arena) {
    return (struct deb_licences){map_new(arena)};
}

int deb_licences_add(struct deb_licences *licences, struct str package, struct str licence, struct err *err) {
    struct str *kept = arena_alloc(licences->by_name.arena, sizeof *kept);
    uint64_t *slot = kept ? map_put(&licences->by_name, package, NULL) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    *kept = licence;
    *slot = (uint64_t)(uintptr_t)kept;
    return 0;
}

struct giving {
    struct map *by_name;
    struct map by_source; /* "source NUL version" → a licence of its packages */
    size_t room;
};

static bool is_open(const struct package_record *record) {
    return record->package.type == PACKAGE_DEB && !record->package.licence.n;
}

static void give(struct giving *g, struct package_record *record, const uint64_t *slot) {
    const struct str *licence = slot ? (const struct str *)(uintptr_t)*slot : NULL;
    if (licence && licence->n <= g->room) {
        g->room -= licence->n;
        record->package.licence = *licence;
    }
}

static struct str source_key(struct arena *arena, const struct package *package) {
    struct str name = package->source_name.n ? package->source_name : package->name;
    struct str version = package->source_version.n ? package->source_version : package->version;
    return arena_strf(arena, "%.*s%c%.*s", STR_ARG(name), 0, STR_ARG(version));
}

/* Those of which a package has a file; the first by name is taken. */
static int note_source(struct giving *g, const struct package *package, struct err *err) {
    const uint64_t *own = map_get(g->by_name, package->name);
    if (!own) {
        return 0;
    }
    bool is_new;
    struct str key = source_key(g->by_source.arena, package);
    uint64_t *slot = key.p ? map_put(&g->by_source, key, &is_new) : NULL;
    if (slot && is_new) {
        *slot = *own;
    }
    return slot ? 0 : err_memory(err);
}

static int give_of_sources(struct giving *g, struct package_record *packages, size_t n, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = packages[i].package.type == PACKAGE_DEB ? note_source(g, &packages[i].package, err) : 0;
    }
    for (size_t i = 0; r == 0 && i < n; i++) {
        if (!is_open(&packages[i])) {
            continue;
        }
        struct str key = source_key(g->by_source.arena, &packages[i].package);
        if (!key.p) {
            return err_memory(err);
        }
        give(g, &packages[i], map_get(&g->by_source, key));
    }
    return r;
}

int deb_licences_give(struct deb_licences *licences, struct package_record *packages, size_t n, size_t room,
                      struct err *err) {
    struct giving g = {&licences->by_name, map_new(licences->by_name.arena), room};
    bool lacks_some = false;
    if (!licences->by_name.n) {
        return 0;
    }
    for (size_t i = 0; i < n; i++) {
        if (is_open(&packages[i])) {
            give(&g, &packages[i], map_get(g.by_name, packages[i].package.name));
            lacks_some |= is_open(&packages[i]);
        }
    }
    return lacks_some ? give_of_sources(&g, packages, n, err) : 0;
}
