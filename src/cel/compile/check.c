/* Types of all nodes, from the leaves up. A check function returns the node's type, or NULL with the error
 * set. */
#include "cel/compile/check.h"

#include "base/limits.h"

static const struct cel_type *check(struct checker *checker, const struct cel_node *node);

/* "<before><type><after>" as an error. */
static const struct cel_type *clash(struct checker *checker, const struct cel_node *node, const char *before,
                                    const struct cel_type *type, const char *after) {
    struct buf text = buf_new(512);
    cel_type_write(&text, cel_type_close(&checker->u, type));
    cel_node_error(checker->c, node, "%s%.*s%s", before, STR_ARG(buf_view(&text)), after);
    buf_free(&text);
    return NULL;
}

/* "string and int", of types. */
static void write_types(struct checker *checker, struct buf *out, const struct cel_type *const *args,
                        size_t n, const char *between) {
    for (size_t i = 0; i < n; i++) {
        buf_c(out, i ? between : "");
        cel_type_write(out, cel_type_close(&checker->u, args[i]));
    }
}

static const struct cel_type *no_overload(struct checker *checker, const struct cel_node *node,
                                          const char *what, const struct cel_type *const *args, size_t n) {
    struct buf text = buf_new(1024);
    bool is_call = node->kind == NODE_CALL;
    write_types(checker, &text, args, n, is_call ? ", " : " and ");
    if (is_call) {
        cel_node_error(checker->c, node, "no '%s' takes (%.*s)", what, STR_ARG(buf_view(&text)));
    } else {
        cel_node_error(checker->c, node, "'%s' does not take %.*s", what, STR_ARG(buf_view(&text)));
    }
    buf_free(&text);
    return NULL;
}

/* An operator of up to three operands. */
static const struct cel_type *check_operator(struct checker *checker, const struct cel_node *node,
                                             struct str function, const char *text) {
    const struct cel_node *operands[] = {node->a, node->b, node->c};
    const struct cel_type *args[3];
    size_t n = 0;
    while (n < ARRAY_SIZE(operands) && operands[n]) {
        args[n] = check(checker, operands[n]);
        if (!args[n]) {
            return NULL;
        }
        n++;
    }
    const struct cel_type *type = check_overloads(checker, function, false, args, n);
    return type ? type : no_overload(checker, node, text, args, n);
}

static const struct cel_type *check_unary_binary(struct checker *checker, const struct cel_node *node) {
    return check_operator(checker, node, cel_operator_function(node->op), cel_operator_text(node->op));
}

static const struct cel_type *check_conditional(struct checker *checker, const struct cel_node *node) {
    return check_operator(checker, node, STR("_?_:_"), "?:");
}

static const struct cel_type *check_index(struct checker *checker, const struct cel_node *node) {
    return check_operator(checker, node, node->is_optional ? STR("_[?_]") : STR("_[_]"), "[]");
}

static const struct cel_type *check_constant(struct checker *checker, const struct cel_node *node) {
    static const struct cel_type types[] = {
        [CEL_NULL] = {.kind = CEL_T_NULL},     [CEL_BOOL] = {.kind = CEL_T_BOOL},
        [CEL_INT] = {.kind = CEL_T_INT},       [CEL_UINT] = {.kind = CEL_T_UINT},
        [CEL_DOUBLE] = {.kind = CEL_T_DOUBLE}, [CEL_STRING] = {.kind = CEL_T_STRING},
        [CEL_BYTES] = {.kind = CEL_T_BYTES},
    };
    if (node->constant.kind != CEL_TYPE) {
        return &types[node->constant.kind];
    }
    struct cel_type named;
    cel_env_type(checker->c->env, cel_str(&node->constant), &named);
    struct cel_type *type = arena_alloc(checker->c->arena, sizeof *type);
    if (!type) {
        err_memory(checker->c->err);
        return NULL;
    }
    *type = named;
    return cel_type_of(&checker->u, CEL_T_TYPE, type, NULL);
}

static const struct cel_type *check_name(struct checker *checker, const struct cel_node *node) {
    return node->where == WHERE_LOCAL ? checker->slots[node->number]
                                      : checker->c->env->declared[node->number].type;
}

/* The type of a member of a value of that type. */
static const struct cel_type *member_type(struct checker *checker, const struct cel_node *node,
                                          const struct cel_type *of) {
    of = cel_type_look(&checker->u, of);
    switch (of->kind) {
    case CEL_T_DYN:
    case CEL_T_PARAMETER:
        return &cel_dyn;
    case CEL_T_MAP:
        return of->of[1];
    default:
        return clash(checker, node, "a value of type ", of, " has no members");
    }
}

static const struct cel_type *check_select(struct checker *checker, const struct cel_node *node) {
    const struct cel_type *of = check(checker, node->a);
    if (!of) {
        return NULL;
    }
    of = cel_type_look(&checker->u, of);
    bool is_optional = node->is_optional || of->kind == CEL_T_OPTIONAL;
    const struct cel_type *member = member_type(checker, node, of->kind == CEL_T_OPTIONAL ? of->of[0] : of);
    if (!member || node->is_test) {
        return member ? &cel_bool_type : NULL;
    }
    return is_optional ? cel_type_of(&checker->u, CEL_T_OPTIONAL, member, NULL) : member;
}

static const struct cel_type *check_call(struct checker *checker, const struct cel_node *node) {
    size_t n = node->part_count + (node->a != NULL);
    const struct cel_type **args = arena_array(checker->c->arena, n ? n : 1, sizeof(struct cel_type *));
    if (!args) {
        err_memory(checker->c->err);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        bool is_target = node->a && i == 0;
        args[i] = check(checker, is_target ? node->a : node->parts[i - (node->a != NULL)]);
        if (!args[i]) {
            return NULL;
        }
    }
    const struct cel_type *type = check_overloads(checker, node->name, node->a != NULL, args, n);
    if (!type) {
        char *name = arena_cstr(checker->c->arena, node->name);
        return name ? no_overload(checker, node, name, args, n) : (err_memory(checker->c->err), NULL);
    }
    return type;
}

/* The type of one element, without the optional that [?x] takes off. */
static const struct cel_type *check_element(struct checker *checker, const struct cel_node *node,
                                            bool is_optional) {
    const struct cel_type *type = check(checker, node);
    if (!type || !is_optional) {
        return type;
    }
    const struct cel_type *held = cel_type_fresh(&checker->u);
    if (!cel_type_fits(&checker->u, type, cel_type_of(&checker->u, CEL_T_OPTIONAL, held, NULL))) {
        return clash(checker, node, "expected an optional, found ", type, "");
    }
    return held;
}

/* Of elements together: the most general one, or dyn. */
static const struct cel_type *join(struct checker *checker, const struct cel_type *all,
                                   const struct cel_type *one) {
    if (!all) {
        return one;
    }
    size_t mark = cel_unify_mark(&checker->u);
    if (cel_type_fits(&checker->u, all, one)) {
        return cel_type_general(&checker->u, all, one);
    }
    cel_unify_undo(&checker->u, mark);
    return &cel_dyn;
}

/* Types of the parts first, first + step, ... together. */
static const struct cel_type *check_parts(struct checker *checker, const struct cel_node *node, size_t first,
                                          size_t step) {
    const struct cel_type *all = NULL;
    for (size_t i = first; i < node->part_count; i += step) {
        bool is_optional =
            node->part_is_optional &&
            (step == 1 ? node->part_is_optional[i] : first == 1 && node->part_is_optional[i - 1]);
        const struct cel_type *one = check_element(checker, node->parts[i], is_optional);
        if (!one) {
            return NULL;
        }
        all = join(checker, all, one);
    }
    return all ? all : cel_type_fresh(&checker->u);
}

static const struct cel_type *check_list(struct checker *checker, const struct cel_node *node) {
    const struct cel_type *items = check_parts(checker, node, 0, 1);
    return items ? cel_type_of(&checker->u, CEL_T_LIST, items, NULL) : NULL;
}

static const struct cel_type *check_map(struct checker *checker, const struct cel_node *node) {
    const struct cel_type *keys = check_parts(checker, node, 0, 2);
    const struct cel_type *values = keys ? check_parts(checker, node, 1, 2) : NULL;
    return values ? cel_type_of(&checker->u, CEL_T_MAP, keys, values) : NULL;
}

/* Of what a loop goes over: first and second variable; false when nothing goes over it. */
static bool range_types(struct checker *checker, const struct cel_type *range, bool has_two,
                        const struct cel_type **first, const struct cel_type **second) {
    range = cel_type_look(&checker->u, range);
    *first = *second = &cel_dyn;
    if (range->kind == CEL_T_LIST) {
        *first = has_two ? &cel_int_type : range->of[0];
        *second = range->of[0];
    } else if (range->kind == CEL_T_MAP) {
        *first = range->of[0];
        *second = range->of[1];
    } else {
        return range->kind == CEL_T_DYN || range->kind == CEL_T_PARAMETER;
    }
    return true;
}

static bool check_is_bool(struct checker *checker, const struct cel_node *node, const struct cel_type *type) {
    if (type && !cel_type_fits(&checker->u, type, &cel_bool_type)) {
        clash(checker, node, "a loop's condition must be bool, not ", type, "");
        return false;
    }
    return type != NULL;
}

static const struct cel_type *entries_type(struct checker *checker, const struct cel_node *node,
                                           const struct cel_type *body) {
    struct cel_unifier *u = &checker->u;
    const struct cel_type *map = cel_type_of(u, CEL_T_MAP, cel_type_fresh(u), cel_type_fresh(u));
    return cel_type_fits(u, body, map)
               ? map
               : clash(checker, node, "transformMapEntry() wants a map, not ", body, "");
}

static const struct cel_type *loop_type(struct checker *checker, const struct cel_node *node,
                                        const struct cel_type *first, const struct cel_type *body) {
    switch (node->loop) {
    case LOOP_LIST:
        return cel_type_of(&checker->u, CEL_T_LIST, body, NULL);
    case LOOP_MAP:
        return cel_type_of(&checker->u, CEL_T_MAP, first, body);
    case LOOP_MAP_ENTRIES:
        return entries_type(checker, node->c, body);
    default:
        break;
    }
    if (!check_is_bool(checker, node->c, body)) {
        return NULL;
    }
    return node->loop == LOOP_FILTER ? cel_type_of(&checker->u, CEL_T_LIST, first, NULL) : &cel_bool_type;
}

static const struct cel_type *check_loop(struct checker *checker, const struct cel_node *node) {
    const struct cel_type *range = check(checker, node->a), *first, *second;
    bool has_two = node->variables[1].n > 0;
    if (!range) {
        return NULL;
    }
    if (!range_types(checker, range, has_two, &first, &second)) {
        return clash(checker, node->a, "", range, " can't be walked through");
    }
    checker->slots[node->number] = first;
    if (has_two) {
        checker->slots[node->number + 1] = second;
    }
    if (node->b && !check_is_bool(checker, node->b, check(checker, node->b))) {
        return NULL;
    }
    const struct cel_type *body = check(checker, node->c);
    return body ? loop_type(checker, node, first, body) : NULL;
}

static const struct cel_type *check_bind(struct checker *checker, const struct cel_node *node) {
    const struct cel_type *value = check(checker, node->a);
    if (!value) {
        return NULL;
    }
    checker->slots[node->number] = value;
    return check(checker, node->c);
}

static const struct cel_type *check_optional_map(struct checker *checker, const struct cel_node *node) {
    struct cel_unifier *u = &checker->u;
    const struct cel_type *held = check_element(checker, node->a, true);
    if (!held) {
        return NULL;
    }
    checker->slots[node->number] = held;
    if (!node->is_flat) {
        const struct cel_type *body = check(checker, node->c);
        return body ? cel_type_of(u, CEL_T_OPTIONAL, body, NULL) : NULL;
    }
    const struct cel_type *body = check_element(checker, node->c, true);
    return body ? cel_type_of(u, CEL_T_OPTIONAL, body, NULL) : NULL;
}

static const struct cel_type *check(struct checker *checker, const struct cel_node *node) {
    typedef const struct cel_type *check_fn(struct checker * checker, const struct cel_node *node);
    static check_fn *const checks[] = {
        [NODE_CONSTANT] = check_constant,
        [NODE_NAME] = check_name,
        [NODE_SELECT] = check_select,
        [NODE_INDEX] = check_index,
        [NODE_CALL] = check_call,
        [NODE_UNARY] = check_unary_binary,
        [NODE_BINARY] = check_unary_binary,
        [NODE_LIST] = check_list,
        [NODE_MAP] = check_map,
        [NODE_CONDITIONAL] = check_conditional,
        [NODE_LOOP] = check_loop,
        [NODE_BIND] = check_bind,
        [NODE_OPTIONAL_MAP] = check_optional_map,
    };
    return checks[node->kind](checker, node);
}

int cel_check(struct cel_compilation *c, const struct cel_node *node, const struct cel_type **type) {
    struct err own = ERR_NONE;
    c->err = c->err ? c->err : &own;
    struct checker checker = {.c = c, .u = {.arena = c->arena}};
    checker.slots = arena_array(c->arena, c->slots ? c->slots : 1, sizeof(struct cel_type *));
    if (!checker.slots) {
        return err_memory(c->err);
    }
    const struct cel_type *deduced = check(&checker, node);
    if (!deduced) {
        return c->err->code;
    }
    *type = cel_type_close(&checker.u, deduced);
    return checker.u.failed ? err_set(c->err, ERR_LIMIT, "the types of the expression need too much memory")
                            : 0;
}
