/* Which overloads a call may mean, and what it then gives (langdef, "Overloading"). */
#include "cel/compile/check.h"

static bool takes(struct checker *checker, const struct cel_overload *overload,
                  const struct cel_type *const *args, size_t n, const struct cel_type **result) {
    struct cel_unifier *u = &checker->u;
    struct cel_type_names names = {.n = 0};
    const struct cel_type *parameter = NULL;
    for (size_t i = 0; i < n; i++) {
        bool is_repeated = i >= overload->parameter_count;
        parameter = is_repeated ? parameter : cel_type_instantiate(u, overload->parameters[i].type, &names);
        if (!cel_type_fits(u, args[i], parameter)) {
            return false;
        }
    }
    *result = cel_type_instantiate(u, overload->result, &names);
    return true;
}

const struct cel_type *check_overloads(struct checker *checker, struct str function, bool is_receiver,
                                       const struct cel_type *const *args, size_t n) {
    struct cel_unifier *u = &checker->u;
    const struct cel_type *result = NULL;
    for (const struct cel_overload *o = cel_env_function(checker->c->env, function); o; o = o->next) {
        const struct cel_type *one;
        size_t mark = cel_unify_mark(u);
        if (!cel_overload_takes(o, n, is_receiver)) {
            continue;
        }
        if (!takes(checker, o, args, n, &one)) {
            cel_unify_undo(u, mark);
        } else if (!result) {
            result = one;
        } else if (result->kind != CEL_T_DYN && !cel_type_same(u, result, one)) {
            result = &cel_dyn;
        }
    }
    return result;
}
