#include "inspect/inventory.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "inspect/deb_licences.h"
#include "inspect/overlay.h"
#include "inspect/owners.h"
#include "inspect/packages/java/maven_projects.h"
#include "inspect/pass.h"
#include "inspect/pass_secrets.h"
#include "inspect/removed.h"
#include "model/ecosystem.h"

/* One file of one layer as one inspector saw it: where its facts are in the layer's stream. */
struct version {
    size_t layer;
    struct str path, inspector;
    struct str facts;      /* the records that belong to it */
    bool is_void;          /* replaced later in the same layer */
    bool is_visible;       /* from above; known once all layers are read */
    size_t hidden_by;      /* else: the layer */
    struct version *below; /* the same file and inspector in the next lower layer that has it */
    struct version *above; /* the other way round, or a later one of the same layer */
    struct version *same;  /* the one before it with this path, of any inspector and layer */
};

struct building {
    struct arena *arena;
    const struct inventory_layer *layers;
    size_t n;
    bool has_layers;
    struct overlay *overlay;
    VEC(struct version *) versions; /* in the order of layers */
    struct map tops;                /* path NUL inspector → the highest version */
    struct map newest; /* path → the last version, but for those of a layer that are all void */
    size_t stated;     /* packages in all facts, visible or not */
    size_t bytes;      /* of the packages' texts, each with its path */
    VEC(struct package_record) packages;
    VEC(struct problem) problems;
    struct removed removed;
    struct inventory *out;
    VEC(struct inventory_document) documents;
    VEC(struct inventory_comment) comments;
    VEC(struct inventory_secret) secrets;
    struct map secrets_known; /* rule NUL hash NUL path → 1 + place in secrets */
    bool secrets_overflow;
    struct maven_projects projects;
    struct deb_licences licences;
};

/* ---- streams → versions */

static int add_problem(struct building *b, size_t layer, struct str path, bool is_incomplete,
                       struct str message, struct err *err) {
    if (b->problems.n >= LIMIT_PROBLEMS) {
        return 0;
    }
    struct problem *problem = VEC_PUSH(b->arena, &b->problems);
    if (!problem) {
        return err_memory(err);
    }
    problem->is_incomplete = is_incomplete;
    problem->message = message;
    if (!b->has_layers) {
        problem->place = path;
    } else {
        problem->place =
            arena_strf(b->arena, "layer %zu%s%.*s", layer + 1, path.n ? ": " : "", STR_ARG(path));
    }
    return problem->place.p || !path.n ? 0 : err_memory(err);
}

static struct str top_key(struct arena *arena, struct str path, struct str inspector) {
    return arena_strf(arena, "%.*s%c%.*s", STR_ARG(path), 0, STR_ARG(inspector));
}

static int add_version(struct building *b, struct version *version, struct err *err) {
    struct version **slot = VEC_PUSH(b->arena, &b->versions);
    struct str key = top_key(b->arena, version->path, version->inspector);
    uint64_t *top = slot && key.p ? map_put(&b->tops, key, NULL) : NULL;
    uint64_t *newest = top ? map_put(&b->newest, version->path, NULL) : NULL;
    if (!newest) {
        return err_memory(err);
    }
    version->same = (struct version *)(uintptr_t)*newest;
    *newest = (uint64_t)(uintptr_t)version;
    struct version *below = (struct version *)(uintptr_t)*top;
    /* Twice in one layer: the later entry is the file. */
    version->below = below && below->layer == version->layer ? below->below : below;
    if (below) {
        below->above = version;
        below->is_void |= below->layer == version->layer;
    }
    *slot = version;
    *top = (uint64_t)(uintptr_t)version;
    return 0;
}

static void void_path(struct building *b, size_t layer, struct str path) {
    uint64_t *newest = map_get(&b->newest, path);
    struct version *version = newest ? (struct version *)(uintptr_t)*newest : NULL;
    for (; version && version->layer == layer; version = version->same) {
        version->is_void = true;
    }
    if (newest) {
        *newest = (uint64_t)(uintptr_t)version;
    }
}

static int begin_version(struct building *b, size_t layer, const struct fact *fact, struct version **current,
                         struct err *err) {
    struct version *version = arena_alloc(b->arena, sizeof *version);
    if (!version) {
        return err_memory(err);
    }
    *version = (struct version){.layer = layer, .path = fact->path, .inspector = fact->inspector};
    *current = version;
    return fact->path.n && fact->inspector.n ? add_version(b, version, err) : 0;
}

static int take_fact(struct building *b, size_t layer, const struct fact *fact, struct version **current,
                     struct err *err) {
    struct pass_end end;
    switch (fact->kind) {
    case FACT_FILE:
        return begin_version(b, layer, fact, current, err);
    case FACT_REPLACED:
        void_path(b, layer, fact->path);
        return surface_take(&b->out->surface, layer, fact, err);
    case FACT_HIDDEN:
    case FACT_PATHS:
        return overlay_add(b->overlay, layer, fact, err);
    case FACT_ENTRY:
    case FACT_TREE:
        return surface_take(&b->out->surface, layer, fact, err);
    case FACT_PROBLEM:
        /* Of the layer or of an entry that no inspector saw; those of files come with their visible version.
         */
        return *current && !(*current)->inspector.n
                   ? add_problem(b, layer, (*current)->path, fact->flag, fact->message, err)
                   : 0;
    case FACT_LAYER:
        if (pass_end_read(fact->rest, &end)) {
            b->out->entries += end.entries;
        }
        return 0;
    case FACT_PACKAGE:
        b->stated++;
        return 0;
    case FACT_OS:
    case FACT_OWNED:
    case FACT_DOCUMENT:
    case FACT_COMMENT:
    case FACT_SECRET:
    case FACT_POM:
    case FACT_LICENCE:
        return 0;
    }
    return 0;
}

static int read_layer(struct building *b, size_t layer, struct err *err) {
    struct cursor in = cursor_over(b->layers[layer].facts);
    struct version *current = NULL;
    struct fact fact;
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_FACTS);
    int r;
    size_t at = 0;
    while ((r = facts_next(&in, &scratch, &fact, err)) == 1) {
        bool belongs = fact.kind == FACT_DOCUMENT || fact.kind == FACT_COMMENT || fact.kind == FACT_PACKAGE ||
                       fact.kind == FACT_OS || fact.kind == FACT_OWNED || fact.kind == FACT_PROBLEM ||
                       fact.kind == FACT_SECRET || fact.kind == FACT_POM || fact.kind == FACT_LICENCE;
        r = take_fact(b, layer, &fact, &current, err);
        if (r < 0) {
            return r;
        }
        if (fact.kind == FACT_FILE) {
            current->facts = str_n((const char *)in.p + in.at, 0);
        } else if (belongs && current) {
            current->facts.n += in.at - at;
        }
        at = in.at;
        arena_reset(&scratch);
    }
    if (r < 0) {
        return add_problem(b, layer, STR_NONE, true, arena_strf(b->arena, "%s", err->message), err);
    }
    return b->layers[layer].problem.n ? add_problem(b, layer, STR_NONE, true, b->layers[layer].problem, err)
                                      : 0;
}

/* ---- versions → packages */

static struct str package_key(struct arena *arena, const struct package *package) {
    return arena_strf(arena, "%d%c%.*s%c%.*s%c%.*s", package->type, 0, STR_ARG(package->name), 0,
                      STR_ARG(package->version), 0, STR_ARG(package->arch));
}

/* "app.war!/WEB-INF/lib/a.jar": a package's place; package_record_file() has what of it is the file. */
static struct str place_of(struct arena *arena, struct str path, const struct package *package) {
    return package->within.n ? arena_strf(arena, "%.*s!/%.*s", STR_ARG(path), STR_ARG(package->within))
                             : path;
}

/* A package of a version that is hidden, and that what hides it does not state. */
static void note_removed(struct building *b, const struct version *version, const struct package *package) {
    if (b->removed.is_cut) {
        return;
    }
    size_t hidden = overlay_hidden_by(b->overlay, version->layer, version->path);
    const struct package_record record = {.package = *package,
                                          .path = place_of(b->arena, version->path, package),
                                          .layer = (int32_t)version->layer + 1,
                                          .removed_in = (int32_t)hidden + 1,
                                          .is_in_base = b->layers[version->layer].is_in_base};
    b->removed.failed |= !record.path.p;
    removed_add(&b->removed, &record);
}

/* The packages of a version and those below it but for what is wanted; wanted NULL: all of them. */
static void note_all_removed(struct building *b, const struct version *version, const struct map *wanted) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_FACTS);
    for (; version; version = version->below) {
        struct cursor in = cursor_over(version->facts);
        struct fact fact;
        while (!version->is_void && facts_next(&in, &scratch, &fact, NULL) == 1) {
            bool is_package = fact.kind == FACT_PACKAGE;
            struct str key = is_package && wanted ? package_key(&scratch, &fact.package) : STR_NONE;
            if (is_package && !(key.p && map_get(wanted, key))) {
                note_removed(b, version, &fact.package);
            }
            arena_reset(&scratch);
        }
    }
}

/* Lowers origins[i] to version's layer for each package that it states too; false when it states none of
 * them. */
static bool lower_origins(struct building *b, const struct version *version, struct map *wanted,
                          size_t *origins, bool *alive) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_FACTS);
    struct cursor in = cursor_over(version->facts);
    struct fact fact;
    bool any = false;
    _cleanup_(arena_free) struct arena seen_arena = arena_new(LIMIT_FACTS);
    bool *seen = arena_array(&seen_arena, wanted->n + 1, sizeof *seen);
    if (!seen) {
        return false;
    }
    while (facts_next(&in, &scratch, &fact, NULL) == 1) {
        if (fact.kind == FACT_PACKAGE) {
            struct str key = package_key(&scratch, &fact.package);
            const uint64_t *slot = key.p ? map_get(wanted, key) : NULL;
            if (slot && alive[*slot]) {
                origins[*slot] = version->layer;
                seen[*slot] = any = true;
            }
            if (!slot) {
                note_removed(b, version, &fact.package);
            }
        }
        arena_reset(&scratch);
    }
    for (size_t i = 0; i < wanted->n; i++) {
        alive[i] = alive[i] && seen[i];
    }
    return any;
}

/* The layer since which each package of the top version has been there without a gap. */
static int find_origins(struct building *b, const struct version *top, size_t first, struct err *err) {
    size_t n = b->packages.n - first;
    if (!n || !top->below) {
        note_all_removed(b, top->below, NULL);
        return 0;
    }
    struct map wanted = map_new(b->arena);
    size_t *origins = arena_array(b->arena, n, sizeof *origins);
    bool *alive = arena_array(b->arena, n, sizeof *alive);
    size_t *slots = arena_array(b->arena, n, sizeof *slots);
    if (!origins || !alive || !slots) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        bool is_new;
        struct str key = package_key(b->arena, &b->packages.p[first + i].package);
        uint64_t *slot = key.p ? map_put(&wanted, key, &is_new) : NULL;
        if (!slot) {
            return err_memory(err);
        }
        if (is_new) {
            *slot = wanted.n - 1;
        }
        slots[i] = (size_t)*slot;
        origins[*slot] = top->layer;
        alive[*slot] = true;
    }
    const struct version *v = top->below;
    for (const struct version *above = top; v && !v->is_void; above = v, v = v->below) {
        if (overlay_hidden_by(b->overlay, v->layer, v->path) != above->layer ||
            !lower_origins(b, v, &wanted, origins, alive)) {
            break;
        }
    }
    note_all_removed(b, v, &wanted);
    for (size_t i = 0; i < n; i++) {
        size_t origin = origins[slots[i]];
        b->packages.p[first + i].layer = b->has_layers ? (int32_t)origin + 1 : 0;
        b->packages.p[first + i].is_in_base = b->layers[origin].is_in_base;
    }
    return 0;
}

static int add_package(struct building *b, const struct version *version, const struct package *package,
                       struct err *err) {
    struct package_record *record = VEC_PUSH(b->arena, &b->packages);
    struct str path = place_of(b->arena, version->path, package);
    if (!record || !path.p) {
        return err_memory(err);
    }
    *record = (struct package_record){.package = *package,
                                      .path = path,
                                      .layer = b->has_layers ? (int32_t)version->layer + 1 : 0,
                                      .is_in_base = b->layers[version->layer].is_in_base};
    return 0;
}

/* os-release before what stands in for it; the first of a kind wins. */
static void take_os(struct building *b, const struct version *version, const struct os *os) {
    static const struct str names[] = {{"etc/os-release", 14}, {"usr/lib/os-release", 18}};
    struct os *known = &b->out->os;
    bool is_first_choice = str_eq(version->path, names[0]);
    bool is_release = is_first_choice || str_eq(version->path, names[1]);
    struct str exact = known->exact.n ? known->exact : os->exact;
    if (os->id.n && (!known->id.n || is_first_choice || (is_release && b->out->os_layer < 0))) {
        *known = *os;
        b->out->os_layer = is_release ? (int32_t)version->layer + 1 : -1;
    }
    known->exact = exact;
}

static int add_overflow(struct building *b, const struct version *version, struct err *err) {
    struct str message = arena_strf(
        b->arena, "more than %d packages, or more than %zu bytes of them, in all: the rest is left out",
        LIMIT_PACKAGES, LIMIT_PACKAGES_BYTES);
    return message.p ? add_problem(b, version->layer, version->path, true, message, err) : err_memory(err);
}

static size_t size_of(const struct package *package, struct str path) {
    size_t n = package->name.n + package->version.n + package->arch.n + package->source_name.n +
               package->source_version.n + package->licence.n + package->vendor.n + package->checksum.n +
               path.n + 2 * package->within.n;
    for (size_t i = 0; i < package->linked_n; i++) {
        n += package->linked[i].n;
    }
    for (size_t i = 0; i < package->needs_n; i++) {
        n += package->needs[i].name.n + package->needs[i].version.n;
    }
    return n;
}

/* False when it is one too many. */
static bool has_room(struct building *b, const struct package *package, struct str path) {
    size_t n = size_of(package, path);
    if (b->packages.n == LIMIT_PACKAGES || n > LIMIT_PACKAGES_BYTES - b->bytes) {
        return false;
    }
    b->bytes += n;
    return true;
}

static int add_document(struct building *b, const struct version *version, const struct fact *fact,
                        struct err *err) {
    if (fact->kind == FACT_DOCUMENT) {
        struct inventory_document *document = VEC_PUSH(b->arena, &b->documents);
        if (!document) {
            return err_memory(err);
        }
        *document = (struct inventory_document){fact->format, version->path, fact->bytes};
        return 0;
    }
    struct inventory_comment *comment = VEC_PUSH(b->arena, &b->comments);
    if (!comment) {
        return err_memory(err);
    }
    *comment = (struct inventory_comment){version->path, fact->message, fact->line};
    return 0;
}

/* ---- secrets */

static int note_secrets_overflow(struct building *b, const struct version *version, struct err *err) {
    bool was_said = b->secrets_overflow;
    b->secrets_overflow = true;
    struct str message =
        arena_strf(b->arena, "more than %d secrets in all: the rest is left out", LIMIT_SECRETS_TARGET);
    return was_said    ? 0
           : message.p ? add_problem(b, version->layer, version->path, true, message, err)
                       : err_memory(err);
}

/* Layers come from the lowest up: the first that has a secret is where it came in, and it can be seen when
 * any of them is visible. */
static int add_secret(struct building *b, const struct version *version, const struct secret_fact *fact,
                      struct err *err) {
    struct str key = arena_strf(b->arena, "%.*s%c%.*s%c%.*s%c%.*s", STR_ARG(fact->rule), 0,
                                STR_ARG(fact->hash), 0, STR_ARG(version->path), 0, STR_ARG(fact->within));
    uint64_t *slot = key.p ? map_put(&b->secrets_known, key, NULL) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    if (!*slot && b->secrets.n == LIMIT_SECRETS_TARGET) {
        return note_secrets_overflow(b, version, err);
    }
    bool is_new = !*slot;
    struct inventory_secret *secret = is_new ? VEC_PUSH(b->arena, &b->secrets) : &b->secrets.p[*slot - 1];
    if (!secret) {
        return err_memory(err);
    }
    if (is_new) {
        *slot = b->secrets.n;
        *secret = (struct inventory_secret){.path = version->path,
                                            .fact = *fact,
                                            .layer = b->has_layers ? (int32_t)version->layer + 1 : 0,
                                            .is_in_base = b->layers[version->layer].is_in_base};
    }
    if (version->is_visible && secret->hidden_by) {
        secret->fact = *fact; /* its place in the file that can be seen */
    }
    secret->hidden_by = version->is_visible           ? 0
                        : is_new || secret->hidden_by ? (int32_t)version->hidden_by + 1
                                                      : 0;
    return 0;
}

/* What a later layer deletes can still be read by whoever has the image. */
static int take_hidden_secrets(struct building *b, const struct version *version, struct err *err) {
    struct cursor in = cursor_over(version->facts);
    struct fact fact;
    int r;
    while ((r = facts_next(&in, b->arena, &fact, err)) == 1) {
        r = fact.kind == FACT_SECRET ? add_secret(b, version, &fact.secret, err) : 0;
        if (r < 0) {
            return r;
        }
    }
    return r;
}

static int add_project(struct building *b, struct version *version, struct str record, struct err *err) {
    struct err why = ERR_NONE;
    int r = maven_projects_add(&b->projects, version->path, record, version, &why);
    if (r == ERR_INPUT) {
        return add_problem(b, version->layer, version->path, true, arena_strf(b->arena, "%s", why.message),
                           err);
    }
    return r < 0 ? err_memory(err) : 0;
}

static int take_version(struct building *b, struct version *version, struct err *err) {
    struct cursor in = cursor_over(version->facts);
    struct fact fact;
    size_t first = b->packages.n;
    bool overflows = false;
    int r;
    while ((r = facts_next(&in, b->arena, &fact, err)) == 1) {
        r = 0;
        if (fact.kind == FACT_PACKAGE && !has_room(b, &fact.package, version->path)) {
            r = overflows ? 0 : add_overflow(b, version, err);
            overflows = true;
        } else if (fact.kind == FACT_PACKAGE) {
            r = add_package(b, version, &fact.package, err);
        } else if (fact.kind == FACT_OS) {
            take_os(b, version, &fact.os);
        } else if (fact.kind == FACT_DOCUMENT || fact.kind == FACT_COMMENT) {
            r = add_document(b, version, &fact, err);
        } else if (fact.kind == FACT_SECRET) {
            r = add_secret(b, version, &fact.secret, err);
        } else if (fact.kind == FACT_PROBLEM) {
            r = add_problem(b, version->layer, version->path, fact.flag, fact.message, err);
        } else if (fact.kind == FACT_POM) {
            r = add_project(b, version, fact.bytes, err);
        } else if (fact.kind == FACT_LICENCE) {
            r = deb_licences_add(&b->licences, fact.owner, fact.message, err);
        }
        if (r < 0) {
            return r;
        }
    }
    return r < 0 ? r : find_origins(b, version, first, err);
}

/* No version above it has the same file: what hides it states no packages. */
static bool is_deleted(const struct version *version) {
    const struct version *above = version->above;
    while (above && above->is_void) {
        above = above->above;
    }
    return !version->is_void && !above;
}

static int take_visible(struct building *b, struct err *err) {
    /* Once as large as it can get: growing in an arena takes the memory twice. */
    size_t most = MIN(b->stated, (size_t)LIMIT_PACKAGES);
    b->packages.p = arena_array(b->arena, most, sizeof *b->packages.p);
    b->packages.cap = b->packages.p ? most : 0;
    int r = b->packages.p ? 0 : err_memory(err);
    for (size_t i = 0; r == 0 && i < b->versions.n; i++) {
        struct version *version = b->versions.p[i];
        version->hidden_by =
            version->is_void ? version->layer : overlay_hidden_by(b->overlay, version->layer, version->path);
        version->is_visible = version->hidden_by == b->n;
        r = version->is_visible                             ? take_version(b, version, err)
            : str_eq(version->inspector, PASS_SECRETS_NAME) ? take_hidden_secrets(b, version, err)
                                                            : 0;
        if (!version->is_visible && is_deleted(version)) {
            note_all_removed(b, version, NULL);
        }
    }
    return r;
}

/* ---- Maven projects: what one pom leaves open, another may say */

static int take_of_project(void *ctx, const struct maven_project *project, const struct package *package,
                           struct err *err) {
    struct building *b = ctx;
    const struct version *version = project->place;
    return has_room(b, package, version->path) ? add_package(b, version, package, err)
                                               : add_overflow(b, version, err);
}

static int take_projects(struct building *b, struct err *err) {
    int r = maven_projects_link(&b->projects, err);
    for (size_t i = 0; r == 0 && i < b->projects.all.n; i++) {
        const struct version *version = b->projects.all.p[i]->place;
        size_t unknown;
        r = maven_projects_resolve(&b->projects, i, take_of_project, b, &unknown, err);
        if (r == 0 && unknown) {
            r = add_problem(b, version->layer, version->path, false,
                            arena_strf(b->arena,
                                       "%zu dependenc%s no version in the project's files (a parent, an "
                                       "import or a range gives it): left out",
                                       unknown, unknown == 1 ? "y has" : "ies have"),
                            err);
        }
    }
    return r;
}

/* ---- ownership */

/* Each FACT_OWNED of the versions that are visible, or of all. */
typedef void take_owned(void *ctx, const struct fact *owned);
static void each_owned(const struct building *b, bool of_all, take_owned *take, void *ctx) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_FACTS);
    for (size_t i = 0; i < b->versions.n; i++) {
        const struct version *version = b->versions.p[i];
        struct cursor in = cursor_over(version->facts);
        struct fact fact;
        while ((of_all || version->is_visible) && facts_next(&in, &scratch, &fact, NULL) == 1) {
            if (fact.kind == FACT_OWNED) {
                take(ctx, &fact);
            }
            arena_reset(&scratch);
        }
    }
}

static void take_owner(void *ctx, const struct fact *owned) {
    owners_take(ctx, owned);
}

static int find_owners(struct building *b, struct err *err) {
    struct owners owners;
    int r = owners_begin(&owners, b->arena, b->packages.p, b->packages.n, &b->out->surface, err);
    if (r == 0 && owners_asks(&owners)) {
        each_owned(b, false, take_owner, &owners);
    }
    return r;
}

/* ---- names */

static int name_packages(struct building *b, struct package_record *packages, size_t n, struct err *err) {
    const struct os *os = &b->out->os;
    struct str distro = arena_strf(b->arena, "%.*s-%.*s", STR_ARG(os->id), STR_ARG(os->version_id));
    b->out->ecosystem = ecosystem_of_os(b->arena, os->id, os->version_id);
    for (size_t i = 0; i < n; i++) {
        struct package_record *record = &packages[i];
        record->ecosystem = package_type_is_of_os(record->package.type)
                                ? b->out->ecosystem
                                : ecosystem_of_type(record->package.type);
        record->purl = package_purl(b->arena, &record->package, os->id, os->version_id.n ? distro : os->id);
        if (!record->purl.p) {
            return err_memory(err);
        }
    }
    return 0;
}

static int by_name(const void *a, const void *b) {
    const struct package_record *x = a, *y = b;
    int order = (x->package.type > y->package.type) - (x->package.type < y->package.type);
    order = order ? order : str_cmp(x->package.name, y->package.name);
    order = order ? order : str_cmp(x->package.version, y->package.version);
    order = order ? order : str_cmp(x->package.arch, y->package.arch);
    return order ? order : str_cmp(x->path, y->path);
}

/* A lockfile may state one package at several places of its tree; here it is one: direct when any of them is,
 * for development when all are. */
static void join_marks(struct package *kept, const struct package *repeat) {
    kept->flags |= repeat->flags & PACKAGE_IS_DIRECT;
    kept->flags &= repeat->flags | ~(unsigned)PACKAGE_IS_DEVELOPMENT;
}

static void drop_repeats(struct building *b) {
    size_t kept = 0;
    for (size_t i = 0; i < b->packages.n; i++) {
        if (kept && by_name(&b->packages.p[kept - 1], &b->packages.p[i]) == 0) {
            join_marks(&b->packages.p[kept - 1].package, &b->packages.p[i].package);
            continue;
        }
        b->packages.p[kept++] = b->packages.p[i];
    }
    b->packages.n = kept;
}

/* Derivatives ship Debian's /etc/debian_version with the name of what they came from: "trixie/sid". */
static void keep_exact(struct os *os) {
    if (!str_eq(os->id, STR("debian")) && !str_starts(os->exact, os->version_id)) {
        os->exact = STR_NONE;
    }
}

static int mark_base(struct building *b, struct err *err) {
    bool *is_in_base = arena_array(b->arena, b->n, sizeof *is_in_base);
    for (size_t i = 0; is_in_base && i < b->n; i++) {
        is_in_base[i] = b->layers[i].is_in_base;
    }
    b->out->surface.is_in_base = is_in_base;
    return is_in_base ? 0 : err_memory(err);
}

static int write_account(struct building *b, struct err *err) {
    if (!b->has_layers && !surface_is_known(&b->out->surface)) {
        return 0;
    }
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_RECORD);
    struct json_writer w = json_writer_new(&text, 0);
    int r = surface_write(&b->out->surface, &w, err);
    r = r == 0 ? json_finish(&w, err) : r;
    if (r == 0) {
        b->out->account = arena_str(b->arena, buf_view(&text));
        r = b->out->account.p ? 0 : err_memory(err);
    }
    return r;
}

/* What a distribution's package brought, it names; the bytes of its programs say no more. Packages stand by
 * type, generic ones behind all owners, which stay where they are. */
static void drop_owned_programs(struct building *b) {
    size_t kept = 0;
    for (size_t i = 0; i < b->packages.n; i++) {
        const struct package_record *record = &b->packages.p[i];
        if (record->package.type != PACKAGE_GENERIC || !record->owner.n) {
            b->packages.p[kept++] = *record;
        }
    }
    b->packages.n = kept;
}

static void take_removed_owner(void *ctx, const struct fact *owned) {
    removed_own(ctx, owned);
}

/* Ordinary images have none, and nothing is done. */
static int finish_removed(struct building *b, struct err *err) {
    struct removed *removed = &b->removed;
    if (!removed->packages.n && !removed->failed) {
        return 0;
    }
    if (removed_drop_visible(removed, b->packages.p, b->packages.n)) {
        each_owned(b, true, take_removed_owner, removed);
    }
    removed_drop_owned(removed);
    b->out->removed = removed->packages.p;
    b->out->removed_n = removed->packages.n;
    if (removed->packages.n) {
        qsort(removed->packages.p, removed->packages.n, sizeof *removed->packages.p, by_name);
    }
    int r =
        removed->failed ? err_memory(err) : name_packages(b, removed->packages.p, removed->packages.n, err);
    return r == 0 && removed->is_cut
               ? add_problem(b, 0, STR_NONE, false,
                             STR("later layers take more packages away than are looked at"), err)
               : r;
}

int inventory_build(struct arena *arena, const struct inventory_layer *layers, size_t n, bool has_layers,
                    struct inventory *out, struct err *err) {
    struct building b = {.arena = arena, .layers = layers, .n = n, .has_layers = has_layers, .out = out};
    *out = (struct inventory){0};
    b.tops = map_new(arena);
    b.newest = map_new(arena);
    out->surface = surface_new(arena, n, has_layers);
    b.secrets_known = map_new(arena);
    b.projects = maven_projects_new(arena);
    b.removed = removed_new(arena);
    b.licences = deb_licences_new(arena);
    int r = overlay_new(&b.overlay, arena, n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = read_layer(&b, i, err);
    }
    if (r == 0) {
        r = take_visible(&b, err);
    }
    if (r == 0) {
        r = take_projects(&b, err);
    }
    if (r == 0) {
        r = mark_base(&b, err);
        surface_merge(&out->surface, b.overlay);
    }
    out->os_layer = has_layers ? MAX(out->os_layer, 0) : 0;
    keep_exact(&out->os);
    if (r == 0) {
        r = name_packages(&b, b.packages.p, b.packages.n, err);
    }
    if (r == 0) {
        if (b.packages.n) {
            qsort(b.packages.p, b.packages.n, sizeof *b.packages.p, by_name);
        }
        drop_repeats(&b);
        r = find_owners(&b, err);
        drop_owned_programs(&b);
    }
    if (r == 0) {
        size_t room = LIMIT_PACKAGES_BYTES - MIN(b.bytes, LIMIT_PACKAGES_BYTES);
        r = deb_licences_give(&b.licences, b.packages.p, b.packages.n, room, err);
    }
    if (r == 0) {
        r = finish_removed(&b, err);
    }
    if (r == 0) {
        r = write_account(&b, err);
    }
    removed_free(&b.removed);
    out->packages = b.packages.p;
    out->packages_n = b.packages.n;
    out->documents = b.documents.p;
    out->documents_n = b.documents.n;
    out->comments = b.comments.p;
    out->comments_n = b.comments.n;
    out->secrets = b.secrets.p;
    out->secrets_n = b.secrets.n;
    out->problems = b.problems.p;
    out->problems_n = b.problems.n;
    return r;
}
