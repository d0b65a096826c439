#include "policy/packs/checks.h"

#include "policy/env.h"
#include "policy/packs/packs.h"

static int load_own(struct arena *arena, const char *const *paths, size_t n,
                    const struct image_options *registry, struct pack *pack, struct vap *vap,
                    struct err *err) {
    const struct cel_env *env;
    int r = policy_env_new(arena, &env, err);
    if (r < 0) {
        return r;
    }
    *pack = pack_new(arena, env);
    r = pack_reserve(pack, builtin_checks, builtin_checks_n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = packs_load(pack, vap, paths[i], registry, err);
    }
    return r;
}

int checks_load(struct arena *arena, const char *const *paths, size_t n, const struct image_options *registry,
                struct check_list *out, struct err *err) {
    *out = (struct check_list){builtin_checks, builtin_checks_n, builtin_checks_n, NULL};
    if (!n) {
        return 0; /* nothing is made at start */
    }
    struct pack pack;
    struct vap *vap = arena_alloc(arena, sizeof *vap);
    if (!vap) {
        return err_memory(err);
    }
    *vap = vap_new(arena);
    int r = load_own(arena, paths, n, registry, &pack, vap, err);
    if (r < 0) {
        return r;
    }
    const struct check **all = arena_array(arena, builtin_checks_n + pack.checks.n, sizeof *all);
    if (!all) {
        return err_memory(err);
    }
    memcpy(all, builtin_checks, builtin_checks_n * sizeof *all);
    if (pack.checks.n) {
        memcpy(all + builtin_checks_n, pack.checks.p, pack.checks.n * sizeof *all);
    }
    *out = (struct check_list){all, builtin_checks_n + pack.checks.n, builtin_checks_n,
                               vap->policies.n ? vap : NULL};
    return 0;
}
