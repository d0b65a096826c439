#include "inspect/packages/rpm/rpm_needs.h"

#include "base/limits.h"

struct rpm_needs rpm_needs_new(struct arena *arena) {
    return (struct rpm_needs){.arena = arena, .capabilities = map_new(arena)};
}

/* The number of a capability, a new one for a name not seen. */
static int number_of(struct rpm_needs *needs, struct str name, uint32_t *out) {
    const uint64_t *known = map_get(&needs->capabilities, name);
    if (known) {
        *out = (uint32_t)*known - 1;
        return 0;
    }
    struct str kept = arena_str(needs->arena, name);
    uint32_t *provider = kept.p ? VEC_PUSH(needs->arena, &needs->providers) : NULL;
    uint64_t *slot = provider ? map_put(&needs->capabilities, kept, NULL) : NULL;
    if (!slot) {
        return ERR_MEMORY;
    }
    *provider = 0;
    *slot = needs->providers.n;
    *out = (uint32_t)needs->providers.n - 1;
    return 0;
}

static bool has_room(struct rpm_needs *needs) {
    needs->is_full |= needs->required.n + needs->providers.n >= LIMIT_RPM_CAPABILITIES;
    return !needs->is_full;
}

static int take_provided(void *user, struct str name) {
    struct rpm_needs *needs = user;
    uint32_t number;
    if (!name.n || !has_room(needs)) {
        return 0;
    }
    int code = number_of(needs, name, &number);
    if (code == 0 && !needs->providers.p[number]) {
        needs->providers.p[number] = (uint32_t)needs->packages.n;
    }
    return code;
}

static int take_required(void *user, struct str name) {
    struct rpm_needs *needs = user;
    uint32_t number;
    if (!name.n || str_starts(name, STR("rpmlib(")) || str_starts(name, STR("config(")) || !has_room(needs)) {
        return 0;
    }
    int code = number_of(needs, name, &number);
    uint32_t *slot = code == 0 ? VEC_PUSH(needs->arena, &needs->required) : NULL;
    if (!slot) {
        return ERR_MEMORY;
    }
    *slot = number;
    return 0;
}

static int keep(struct rpm_needs *needs, struct package *package) {
    struct str *fields[] = {&package->name,        &package->version,        &package->arch,
                            &package->source_name, &package->source_version, &package->licence,
                            &package->vendor};
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
        *fields[i] = arena_str(needs->arena, *fields[i]);
        if (!fields[i]->p) {
            return ERR_MEMORY;
        }
    }
    return 0;
}

int rpm_needs_take(struct rpm_needs *needs, const struct package *package, const struct rpm_header *header,
                   struct err *err) {
    struct rpm_waiting *waiting = VEC_PUSH(needs->arena, &needs->packages);
    if (!waiting) {
        return err_memory(err);
    }
    *waiting = (struct rpm_waiting){.package = *package, .first = needs->required.n};
    int code = keep(needs, &waiting->package);
    code = code < 0 ? code : take_provided(needs, waiting->package.name);
    code = code < 0 ? code : rpm_header_strings(header, RPM_PROVIDENAME, take_provided, needs);
    code = code < 0 ? code : rpm_header_strings(header, RPM_REQUIRENAME, take_required, needs);
    waiting->n = needs->required.n - waiting->first;
    return code < 0 ? err_memory(err) : 0;
}

/* seen: by package, 1 + the last one that was found to need it. */
static int put(struct rpm_needs *needs, size_t i, uint32_t *seen, struct problems *problems,
               struct err *err) {
    struct rpm_waiting *waiting = &needs->packages.p[i];
    struct needs list = {.arena = needs->arena};
    for (size_t k = 0; k < waiting->n; k++) {
        uint32_t provider = needs->providers.p[needs->required.p[waiting->first + k]];
        if (provider && provider - 1 != i && seen[provider - 1] != i + 1) {
            seen[provider - 1] = (uint32_t)i + 1;
            needs_add(&list, needs->packages.p[provider - 1].package.name);
        }
    }
    if (list.is_full) {
        problems_add(problems, "%.*s: more than %d dependencies: the rest is left out",
                     STR_ARG(waiting->package.name), LIMIT_NEEDS);
    }
    int code = needs_give(&list, &waiting->package, err);
    if (code == 0) {
        installed_put(problems->facts, &waiting->package);
    }
    return code;
}

int rpm_needs_put(struct rpm_needs *needs, struct problems *problems, struct err *err) {
    uint32_t *seen = arena_array(needs->arena, needs->packages.n, sizeof *seen);
    int code = seen ? 0 : err_memory(err);
    for (size_t i = 0; code == 0 && i < needs->packages.n; i++) {
        code = put(needs, i, seen, problems, err);
    }
    if (needs->is_full) {
        problems_add(problems, "more than %d capabilities: some dependencies are left out",
                     LIMIT_RPM_CAPABILITIES);
    }
    return code;
}
