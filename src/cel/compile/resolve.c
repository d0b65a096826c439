/* Names to what they mean (langdef, "Name resolution"): locals first, then the longest qualified name that is
 * a variable or type in the container or outside of it. */
#include "cel/compile/compile.h"

typedef VEC(struct str) name_vec;

struct scope {
    struct cel_compilation *c;
    name_vec locals; /* the innermost last; a local's number is its slot */
    bool failed;     /* a name could not be put together: there was no memory */
};

static int resolve(struct scope *scope, struct cel_node *node);

static ptrdiff_t find_local(const struct scope *scope, struct str name) {
    for (size_t i = scope->locals.n; i-- > 0;) {
        if (str_eq(scope->locals.p[i], name)) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

static const struct cel_node *head_of(const struct cel_node *node) {
    while (node->kind == NODE_SELECT && !node->is_optional && !node->is_test) {
        node = node->a;
    }
    return node;
}

/* "a.b.c" of a chain of plain members over a name; p NULL when it is none or begins with a local. */
static struct str path_of(struct scope *scope, const struct cel_node *node) {
    const struct cel_node *head = head_of(node);
    if (head->kind != NODE_NAME || head->where != WHERE_NOWHERE ||
        (!head->is_absolute && find_local(scope, head->name) >= 0)) {
        return STR_NONE;
    }
    if (node == head) {
        return head->name;
    }
    struct buf path = buf_new(4096);
    name_vec names = {0};
    for (; node != head; node = node->a) {
        struct str *slot = VEC_PUSH(scope->c->arena, &names);
        if (!slot) {
            scope->failed = true;
            return STR_NONE;
        }
        *slot = node->name;
    }
    buf_str(&path, head->name);
    while (names.n) {
        buf_byte(&path, '.');
        buf_str(&path, names.p[--names.n]);
    }
    /* One that is too long names nothing. */
    struct str whole = path.failed ? STR_NONE : arena_str(scope->c->arena, buf_view(&path));
    scope->failed |= path.failed ? path.n < path.cap / 2 : !whole.p;
    buf_free(&path);
    return whole;
}

/* Makes node the variable or type that the name means; false when there is none. */
static bool bind_name(struct scope *scope, struct cel_node *node, struct str path, bool is_absolute) {
    const struct cel_env *env = scope->c->env;
    struct str name;
    for (size_t step = 0; cel_env_candidate(env, scope->c->arena, path, is_absolute, &step, &name);) {
        ptrdiff_t variable = cel_env_variable(env, name);
        if (variable >= 0) {
            node->kind = NODE_NAME;
            node->where = WHERE_VARIABLE;
            node->number = (uint32_t)variable;
            node->name = name;
            return true;
        }
        struct cel_type type;
        if (cel_env_type(env, name, &type)) {
            node->kind = NODE_CONSTANT;
            node->constant = cel_type_value(name);
            return true;
        }
    }
    return false;
}

static int resolve_name(struct scope *scope, struct cel_node *node) {
    ptrdiff_t local = node->is_absolute ? -1 : find_local(scope, node->name);
    if (local >= 0) {
        node->where = WHERE_LOCAL;
        node->number = (uint32_t)local;
        return 0;
    }
    if (bind_name(scope, node, node->name, node->is_absolute) || !scope->c->is_checked) {
        return 0;
    }
    if (scope->failed) {
        return err_memory(scope->c->err);
    }
    struct str near = cel_env_suggest_variable(scope->c->env, node->name, scope->locals.p, scope->locals.n);
    if (near.n) {
        return cel_node_error(scope->c, node, "no variable '%.*s'; did you mean '%.*s'?", STR_ARG(node->name),
                              STR_ARG(near));
    }
    return cel_node_error(scope->c, node, "no variable '%.*s'", STR_ARG(node->name));
}

static int resolve_select(struct scope *scope, struct cel_node *node) {
    if (!node->is_optional && !node->is_test) {
        struct str path = path_of(scope, node);
        if (path.p && bind_name(scope, node, path, head_of(node)->is_absolute)) {
            return 0;
        }
    }
    return resolve(scope, node->a);
}

static int resolve_parts(struct scope *scope, struct cel_node *node) {
    for (size_t i = 0; i < node->part_count; i++) {
        int status = resolve(scope, node->parts[i]);
        if (status < 0) {
            return status;
        }
    }
    return 0;
}

/* The function of a name in the container or outside of it. */
static bool bind_function(struct scope *scope, struct cel_node *node, struct str path, bool is_absolute) {
    struct str name;
    for (size_t step = 0;
         cel_env_candidate(scope->c->env, scope->c->arena, path, is_absolute, &step, &name);) {
        for (const struct cel_overload *o = cel_env_function(scope->c->env, name); o; o = o->next) {
            if (!o->is_receiver) {
                node->name = name;
                return true;
            }
        }
    }
    return false;
}

static bool has_receiver_overload(const struct scope *scope, struct str name) {
    for (const struct cel_overload *o = cel_env_function(scope->c->env, name); o; o = o->next) {
        if (o->is_receiver) {
            return true;
        }
    }
    return false;
}

static int no_function(struct scope *scope, const struct cel_node *node, struct str path) {
    if (scope->failed) {
        return err_memory(scope->c->err);
    }
    if (!scope->c->is_checked) {
        return 0;
    }
    struct str near = cel_env_suggest_function(scope->c->env, path);
    if (!near.n) {
        near = cel_env_suggest_function(scope->c->env, node->name);
    }
    if (near.n && !str_eq(near, path)) {
        return cel_node_error(scope->c, node, "no function '%.*s'; did you mean '%.*s'?", STR_ARG(path),
                              STR_ARG(near));
    }
    return cel_node_error(scope->c, node, "no function '%.*s'%s", STR_ARG(path),
                          near.n ? "; it is called with a dot: a.f()" : "");
}

/* "a.b.f" of a call a.b.f(), when a is no local; p NULL when it has a target that is no name. */
static struct str function_path(struct scope *scope, const struct cel_node *call) {
    if (!call->a) {
        return call->name;
    }
    struct str path = path_of(scope, call->a);
    struct str whole =
        path.p ? arena_strf(scope->c->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(call->name)) : path;
    scope->failed |= path.p && !whole.p;
    return whole;
}

static int resolve_call(struct scope *scope, struct cel_node *node) {
    struct str path = function_path(scope, node);
    const struct cel_node *head = node->a ? head_of(node->a) : node;
    int status = 0;
    if (path.p && bind_function(scope, node, path, head->is_absolute)) {
        node->a = NULL;
    } else if (!node->a || !has_receiver_overload(scope, node->name)) {
        bool is_name_space = path.p && cel_env_variable(scope->c->env, head->name) < 0;
        status = no_function(scope, node, is_name_space ? path : node->name);
    }
    if (status == 0 && node->a) {
        status = resolve(scope, node->a);
    }
    return status < 0 ? status : resolve_parts(scope, node);
}

static int enter(struct scope *scope, struct str name) {
    struct str *slot = VEC_PUSH(scope->c->arena, &scope->locals);
    if (!slot) {
        return err_memory(scope->c->err);
    }
    *slot = name;
    scope->c->slots = MAX(scope->c->slots, (uint32_t)scope->locals.n);
    return 0;
}

/* What binds names: a outside of them, b and c inside. */
static int resolve_binding(struct scope *scope, struct cel_node *node) {
    int status = resolve(scope, node->a);
    size_t before = scope->locals.n;
    node->number = (uint32_t)before;
    for (size_t i = 0; i < 2 && status == 0 && node->variables[i].n; i++) {
        status = enter(scope, node->variables[i]);
    }
    if (status == 0 && node->b) {
        status = resolve(scope, node->b);
    }
    if (status == 0) {
        status = resolve(scope, node->c);
    }
    scope->locals.n = before;
    return status;
}

static int resolve_children(struct scope *scope, struct cel_node *node) {
    struct cel_node *children[] = {node->a, node->b, node->c};
    for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
        int status = children[i] ? resolve(scope, children[i]) : 0;
        if (status < 0) {
            return status;
        }
    }
    return resolve_parts(scope, node);
}

static int resolve(struct scope *scope, struct cel_node *node) {
    switch (node->kind) {
    case NODE_NAME:
        return resolve_name(scope, node);
    case NODE_SELECT:
        return resolve_select(scope, node);
    case NODE_CALL:
        return resolve_call(scope, node);
    case NODE_LOOP:
    case NODE_BIND:
    case NODE_OPTIONAL_MAP:
        return resolve_binding(scope, node);
    default:
        return resolve_children(scope, node);
    }
}

int cel_resolve(struct cel_compilation *c, struct cel_node *node) {
    struct scope scope = {.c = c};
    return resolve(&scope, node);
}
