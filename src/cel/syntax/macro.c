/* Macros: calls that become loops and bindings. One row each. */
#include "cel/syntax/parse.h"

#include <inttypes.h>

typedef struct cel_node *expand_fn(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop);

struct macro {
    const char *name;
    const char *target; /* "cel" in cel.bind(...); NULL: any expression; "": none */
    size_t parts;
    expand_fn *expand;
    enum cel_loop loop;
};

/* The argument that names a variable. */
static bool take_variable(struct cel_parser *parser, const struct cel_node *call, size_t i,
                          struct str *name) {
    const struct cel_node *part = call->parts[i];
    if (part->kind != NODE_NAME || part->is_absolute) {
        cel_parse_error(parser, part->at, "%.*s(): argument %zu must be a name", STR_ARG(call->name), i + 1);
        return false;
    }
    *name = part->name;
    return true;
}

static struct cel_node *expand_has(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop) {
    struct cel_node *part = call->parts[0];
    if (part->kind != NODE_SELECT || part->is_optional || part->is_test) {
        return cel_parse_error(parser, part->at, "has() takes a member: has(a.b)");
    }
    part->is_test = true;
    return part;
}

static struct cel_node *new_loop(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop,
                                 size_t variables) {
    struct cel_node *node = cel_node_new(parser, NODE_LOOP, call->at);
    if (!node) {
        return NULL;
    }
    node->loop = loop;
    node->a = call->a;
    for (size_t i = 0; i < variables; i++) {
        if (!take_variable(parser, call, i, &node->variables[i])) {
            return NULL;
        }
    }
    if (variables == 2 && str_eq(node->variables[0], node->variables[1])) {
        return cel_parse_error(parser, call->parts[1]->at, "%.*s(): both variables are named '%.*s'",
                               STR_ARG(call->name), STR_ARG(node->variables[0]));
    }
    bool has_filter = call->part_count > variables + 1;
    node->b = has_filter ? call->parts[variables] : NULL;
    node->c = call->parts[call->part_count - 1];
    return node;
}

static struct cel_node *expand_one(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop) {
    return new_loop(parser, call, loop, 1);
}

static struct cel_node *expand_two(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop) {
    return new_loop(parser, call, loop, 2);
}

static struct cel_node *expand_bind(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop) {
    struct cel_node *node = cel_node_new(parser, NODE_BIND, call->at);
    if (!node || !take_variable(parser, call, 0, &node->variables[0])) {
        return NULL;
    }
    node->a = call->parts[1];
    node->c = call->parts[2];
    return node;
}

static struct cel_node *new_optional_map(struct cel_parser *parser, struct cel_node *call, bool is_flat) {
    struct cel_node *node = cel_node_new(parser, NODE_OPTIONAL_MAP, call->at);
    if (!node || !take_variable(parser, call, 0, &node->variables[0])) {
        return NULL;
    }
    node->a = call->a;
    node->c = call->parts[1];
    node->is_flat = is_flat;
    return node;
}

static struct cel_node *expand_opt_map(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop) {
    return new_optional_map(parser, call, false);
}

static struct cel_node *expand_opt_flat_map(struct cel_parser *parser, struct cel_node *call,
                                            enum cel_loop loop) {
    return new_optional_map(parser, call, true);
}

static struct cel_node *new_name(struct cel_parser *parser, uint32_t at, const char *name) {
    struct cel_node *node = cel_node_new(parser, NODE_NAME, at);
    if (!node || !name) {
        return NULL;
    }
    node->name = str_c(name);
    return node;
}

/* list.sortBy(x, key) sorts by the list of keys:
 * cel.bind(@list, list, @list.@sortByAssociatedKeys(@list.map(x, key))). */
static struct cel_node *expand_sort_by(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop) {
    struct cel_node *bind = cel_node_new(parser, NODE_BIND, call->at);
    struct cel_node *keys = new_loop(parser, call, LOOP_LIST, 1);
    struct cel_node *sort = cel_node_new(parser, NODE_CALL, call->at);
    if (!bind || !keys || !sort) {
        return NULL;
    }
    bind->variables[0] = STR("@list");
    bind->a = call->a;
    bind->c = sort;
    keys->a = new_name(parser, call->at, "@list");
    sort->name = STR("@sortByAssociatedKeys");
    sort->a = new_name(parser, call->at, "@list");
    sort->parts = call->parts;
    sort->parts[0] = keys;
    sort->part_count = 1;
    return sort->a && keys->a && cel_node_done(parser, keys) && cel_node_done(parser, sort) ? bind : NULL;
}

/* The number in cel.index(2): only a literal will do. */
static bool take_number(struct cel_parser *parser, const struct cel_node *call, size_t i, int64_t *out) {
    const struct cel_node *part = call->parts[i];
    if (part->kind != NODE_CONSTANT || part->constant.kind != CEL_INT || part->constant.i < 0) {
        cel_parse_error(parser, part->at, "cel.%.*s() takes whole numbers", STR_ARG(call->name));
        return false;
    }
    *out = part->constant.i;
    return true;
}

static struct cel_node *expand_index(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop) {
    int64_t i;
    return take_number(parser, call, 0, &i)
               ? new_name(parser, call->at, arena_printf(parser->arena, "@index%" PRId64, i))
               : NULL;
}

static struct cel_node *expand_variable(struct cel_parser *parser, struct cel_node *call,
                                        enum cel_loop loop) {
    int64_t depth, i;
    if (!take_number(parser, call, 0, &depth) || !take_number(parser, call, 1, &i)) {
        return NULL;
    }
    char prefix = call->name.p[0]; /* iterVar, accuVar */
    return new_name(parser, call->at,
                    arena_printf(parser->arena, "@%c:%" PRId64 ":%" PRId64, prefix, depth, i));
}

/* cel.block([a, b], e) binds cel.index(0) to a, cel.index(1) to b. */
static struct cel_node *expand_block(struct cel_parser *parser, struct cel_node *call, enum cel_loop loop) {
    struct cel_node *list = call->parts[0], *body = call->parts[1];
    if (list->kind != NODE_LIST || list->part_is_optional) {
        return cel_parse_error(parser, list->at, "cel.block() takes a list first");
    }
    for (size_t i = list->part_count; i-- > 0;) {
        struct cel_node *node = cel_node_new(parser, NODE_BIND, call->at);
        char *name = arena_printf(parser->arena, "@index%zu", i);
        if (!node || !name) {
            return NULL;
        }
        node->variables[0] = str_c(name);
        node->a = list->parts[i];
        node->c = body;
        if (!cel_node_done(parser, node)) {
            return NULL;
        }
        body = node;
    }
    return body;
}

static const struct macro macros[] = {
    {"has", "", 1, expand_has, 0},
    {"all", NULL, 2, expand_one, LOOP_ALL},
    {"all", NULL, 3, expand_two, LOOP_ALL},
    {"exists", NULL, 2, expand_one, LOOP_EXISTS},
    {"exists", NULL, 3, expand_two, LOOP_EXISTS},
    {"exists_one", NULL, 2, expand_one, LOOP_EXISTS_ONE},
    {"exists_one", NULL, 3, expand_two, LOOP_EXISTS_ONE},
    {"existsOne", NULL, 2, expand_one, LOOP_EXISTS_ONE},
    {"existsOne", NULL, 3, expand_two, LOOP_EXISTS_ONE},
    {"map", NULL, 2, expand_one, LOOP_LIST},
    {"map", NULL, 3, expand_one, LOOP_LIST},
    {"filter", NULL, 2, expand_one, LOOP_FILTER},
    {"transformList", NULL, 3, expand_two, LOOP_LIST},
    {"transformList", NULL, 4, expand_two, LOOP_LIST},
    {"transformMap", NULL, 3, expand_two, LOOP_MAP},
    {"transformMap", NULL, 4, expand_two, LOOP_MAP},
    {"transformMapEntry", NULL, 3, expand_two, LOOP_MAP_ENTRIES},
    {"transformMapEntry", NULL, 4, expand_two, LOOP_MAP_ENTRIES},
    {"optMap", NULL, 2, expand_opt_map, 0},
    {"optFlatMap", NULL, 2, expand_opt_flat_map, 0},
    {"sortBy", NULL, 2, expand_sort_by, 0},
    {"bind", "cel", 3, expand_bind, 0},
    {"block", "cel", 2, expand_block, 0},
    {"index", "cel", 1, expand_index, 0},
    {"iterVar", "cel", 2, expand_variable, 0},
    {"accuVar", "cel", 2, expand_variable, 0},
};

static bool target_fits(const struct macro *macro, const struct cel_node *target) {
    if (!macro->target) {
        return target != NULL;
    }
    if (!macro->target[0]) {
        return !target;
    }
    return target && target->kind == NODE_NAME && str_eq(target->name, str_c(macro->target));
}

struct cel_node *cel_macro_expand(struct cel_parser *parser, struct cel_node *call) {
    for (size_t i = 0; i < ARRAY_SIZE(macros); i++) {
        const struct macro *macro = &macros[i];
        if (macro->parts == call->part_count && str_eq(call->name, str_c(macro->name)) &&
            target_fits(macro, call->a)) {
            struct cel_node *node = macro->expand(parser, call, macro->loop);
            if (!node && parser->err->code == 0) {
                err_memory(parser->err);
            }
            return node;
        }
    }
    return call;
}
