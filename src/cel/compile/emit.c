/* The tree to a block. Each emit function leaves one value on the machine's stack. */
#include "cel/compile/block.h"
#include "cel/compile/compile.h"

#include "base/limits.h"

struct emitter {
    struct cel_compilation *c;
    VEC(struct instruction) code;
    VEC(uint32_t) places;
    VEC(struct block_constant) constants;
    VEC(struct block_call) calls;
    VEC(struct block_range) variables;
    VEC(uint32_t) variable_numbers; /* the env's, beside variables */
    struct buf texts;               /* offsets are from its start until the block is put together */
    uint32_t depth, stack, loop, loops;
    uint32_t name; /* the instruction of the last name, UINT32_MAX before the first */
    bool failed;
};

static void emit(struct emitter *e, const struct cel_node *node);

/* Returns the instruction's number. */
static uint32_t put(struct emitter *e, const struct cel_node *node, enum cel_code code, uint32_t a,
                    uint32_t b, uint32_t c) {
    struct instruction *i = VEC_PUSH(e->c->arena, &e->code);
    uint32_t *place = VEC_PUSH(e->c->arena, &e->places);
    if (!i || !place || b > UINT16_MAX) {
        e->failed = true;
        return 0;
    }
    *i = (struct instruction){(uint8_t)code, (uint8_t)a, (uint16_t)b, c};
    *place = node->at;
    return (uint32_t)e->code.n - 1;
}

static void push(struct emitter *e) {
    e->depth++;
    e->stack = MAX(e->stack, e->depth);
}

static void pop(struct emitter *e, uint32_t n) {
    assert(e->depth >= n);
    e->depth -= n;
}

/* Makes the jump go to the next instruction. */
static void land(struct emitter *e, uint32_t jump) {
    if (!e->failed) {
        e->code.p[jump].c = (uint32_t)e->code.n;
    }
}

static struct block_range add_text(struct emitter *e, struct str s) {
    struct block_range range = {(uint32_t)e->texts.n, (uint32_t)s.n};
    buf_str(&e->texts, s);
    return range;
}

static bool is_text(enum cel_kind kind) {
    return kind == CEL_STRING || kind == CEL_BYTES || kind == CEL_TYPE;
}

static uint32_t find_constant(const struct emitter *e, const struct cel_value *v) {
    for (uint32_t i = 0; i < e->constants.n && i < 64; i++) {
        const struct block_constant *known = &e->constants.p[i];
        if (known->kind == v->kind && known->n == v->n &&
            (is_text((enum cel_kind)v->kind)
                 ? str_eq(cel_str(v), str_sub(buf_view(&e->texts), known->bits, known->n))
                 : known->bits == v->u)) {
            return i;
        }
    }
    return UINT32_MAX;
}

static uint32_t append_constant(struct emitter *e, const struct cel_value *v) {
    struct block_constant *constant = VEC_PUSH(e->c->arena, &e->constants);
    if (!constant) {
        e->failed = true;
        return 0;
    }
    uint64_t bits = is_text((enum cel_kind)v->kind) ? add_text(e, cel_str(v)).at : v->u;
    *constant = (struct block_constant){v->kind, v->n, bits};
    return (uint32_t)e->constants.n - 1;
}

static uint32_t add_constant(struct emitter *e, struct cel_value v) {
    if (v.kind == CEL_BOOL || v.kind == CEL_NULL) {
        v.u = v.kind == CEL_BOOL && v.b;
    }
    uint32_t known = find_constant(e, &v);
    return known != UINT32_MAX ? known : append_constant(e, &v);
}

static uint32_t add_name(struct emitter *e, struct str name) {
    return add_constant(e, cel_string(name));
}

static uint32_t add_variable(struct emitter *e, const struct cel_node *node) {
    for (uint32_t i = 0; i < e->variables.n; i++) {
        if (e->variable_numbers.p[i] == node->number) {
            return i;
        }
    }
    struct block_range *name = VEC_PUSH(e->c->arena, &e->variables);
    uint32_t *number = VEC_PUSH(e->c->arena, &e->variable_numbers);
    if (!name || !number) {
        e->failed = true;
        return 0;
    }
    *name = add_text(e, node->name);
    *number = node->number;
    return (uint32_t)e->variables.n - 1;
}

static void emit_fail(struct emitter *e, const struct cel_node *node, const char *fmt, struct str name) {
    char *message = arena_printf(e->c->arena, "%s '%.*s'", fmt, STR_ARG(name));
    if (!message) {
        e->failed = true;
        return;
    }
    push(e);
    put(e, node, CODE_FAIL, 0, 0, add_name(e, str_c(message)));
}

static void emit_name(struct emitter *e, const struct cel_node *node) {
    if (node->where == WHERE_NOWHERE) {
        emit_fail(e, node, "no variable", node->name);
        return;
    }
    push(e);
    if (node->where == WHERE_LOCAL) {
        e->name = put(e, node, CODE_LOCAL, 0, node->number, 0);
    } else {
        e->name = put(e, node, CODE_VARIABLE, 0, 0, add_variable(e, node));
    }
}

/* Tells the name in front of a selection that it may look for that member itself. */
static void lengthen_path(struct emitter *e, uint32_t select) {
    if (e->failed || e->name >= select) {
        return;
    }
    struct instruction *name = &e->code.p[e->name];
    if (name->a < UINT8_MAX && e->name + name->a + 1 == select) {
        name->a++;
    }
}

static void emit_select(struct emitter *e, const struct cel_node *node) {
    emit(e, node->a);
    enum cel_code code = node->is_test ? CODE_HAS : node->is_optional ? CODE_SELECT_MAYBE : CODE_SELECT;
    uint32_t select = put(e, node, code, 0, 0, add_name(e, node->name));
    if (code == CODE_SELECT) {
        lengthen_path(e, select);
    }
}

static void emit_index(struct emitter *e, const struct cel_node *node) {
    emit(e, node->a);
    emit(e, node->b);
    put(e, node, node->is_optional ? CODE_INDEX_MAYBE : CODE_INDEX, 0, 0, 0);
    pop(e, 1);
}

static void emit_parts(struct emitter *e, const struct cel_node *node) {
    for (size_t i = 0; i < node->part_count && !e->failed; i++) {
        emit(e, node->parts[i]);
        bool is_optional =
            node->part_is_optional &&
            (node->kind == NODE_MAP ? i % 2 && node->part_is_optional[i - 1] : node->part_is_optional[i]);
        if (is_optional) {
            put(e, node->parts[i], CODE_ELEMENT, 0, 0, 0);
        }
    }
}

static void emit_collection(struct emitter *e, const struct cel_node *node) {
    emit_parts(e, node);
    put(e, node, node->kind == NODE_LIST ? CODE_LIST : CODE_MAP, 0, 0, (uint32_t)node->part_count);
    pop(e, (uint32_t)node->part_count);
    push(e);
}

static uint32_t add_call(struct emitter *e, const struct cel_node *node, uint32_t arguments) {
    struct block_call *call = VEC_PUSH(e->c->arena, &e->calls);
    if (!call) {
        e->failed = true;
        return 0;
    }
    *call = (struct block_call){add_text(e, node->name), arguments, node->a != NULL};
    return (uint32_t)e->calls.n - 1;
}

static bool is_known_function(const struct emitter *e, const struct cel_node *node) {
    for (const struct cel_overload *o = cel_env_function(e->c->env, node->name); o; o = o->next) {
        if (cel_overload_takes(o, node->part_count + (node->a != NULL), node->a != NULL)) {
            return true;
        }
    }
    return false;
}

static void emit_call(struct emitter *e, const struct cel_node *node) {
    if (!is_known_function(e, node)) {
        emit_fail(e, node, "no function for these arguments:", node->name);
        return;
    }
    if (node->a) {
        emit(e, node->a);
    }
    emit_parts(e, node);
    uint32_t arguments = (uint32_t)node->part_count + (node->a != NULL);
    put(e, node, CODE_CALL, 0, arguments, add_call(e, node, arguments));
    pop(e, arguments);
    push(e);
}

static void emit_unary(struct emitter *e, const struct cel_node *node) {
    emit(e, node->a);
    put(e, node, node->op == OP_NOT ? CODE_NOT : CODE_NEGATE, 0, 0, 0);
}

static void emit_logic(struct emitter *e, const struct cel_node *node) {
    bool is_and = node->op == OP_AND;
    emit(e, node->a);
    uint32_t jump = put(e, node, is_and ? CODE_AND_JUMP : CODE_OR_JUMP, 0, 0, 0);
    emit(e, node->b);
    put(e, node, is_and ? CODE_AND : CODE_OR, 0, 0, 0);
    pop(e, 1);
    land(e, jump);
}

static int compare_texts(const void *a, const void *b) {
    const struct cel_node *const *x = a, *const *y = b;
    return block_compare_texts(cel_str(&(*x)->constant), cel_str(&(*y)->constant));
}

static bool is_list_of_texts(const struct cel_node *node) {
    bool is = node->kind == NODE_LIST && node->part_count > 0 && node->part_count <= UINT16_MAX &&
              !node->part_is_optional;
    for (size_t i = 0; is && i < node->part_count; i++) {
        is = node->parts[i]->kind == NODE_CONSTANT && node->parts[i]->constant.kind == CEL_STRING;
    }
    return is;
}

/* x in ['a', 'b']: the strings sorted, to be searched where they lie. */
static void emit_in_texts(struct emitter *e, const struct cel_node *node) {
    size_t n = node->b->part_count;
    struct cel_node **sorted = arena_array(e->c->arena, n, sizeof(struct cel_node *));
    if (!sorted) {
        e->failed = true;
        return;
    }
    memcpy(sorted, node->b->parts, n * sizeof(struct cel_node *));
    qsort(sorted, n, sizeof(struct cel_node *), compare_texts);
    emit(e, node->a);
    uint32_t first = (uint32_t)e->constants.n;
    for (size_t i = 0; i < n; i++) {
        append_constant(e, &sorted[i]->constant);
    }
    put(e, node, CODE_IN_TEXTS, 0, (uint32_t)n, first);
}

static enum cel_code code_of(enum cel_operator op) {
    static const enum cel_code codes[] = {
        [OP_EQUAL] = CODE_EQUAL,     [OP_NOT_EQUAL] = CODE_NOT_EQUAL,
        [OP_LESS] = CODE_LESS,       [OP_LESS_EQUAL] = CODE_LESS_EQUAL,
        [OP_GREATER] = CODE_GREATER, [OP_GREATER_EQUAL] = CODE_GREATER_EQUAL,
        [OP_IN] = CODE_IN,
    };
    return op < ARRAY_SIZE(codes) ? codes[op] : CODE_ARITHMETIC;
}

static void emit_binary(struct emitter *e, const struct cel_node *node) {
    if (node->op == OP_AND || node->op == OP_OR) {
        emit_logic(e, node);
        return;
    }
    if (node->op == OP_IN && is_list_of_texts(node->b)) {
        emit_in_texts(e, node);
        return;
    }
    emit(e, node->a);
    emit(e, node->b);
    put(e, node, code_of(node->op), 0, node->op, 0);
    pop(e, 1);
}

static void emit_conditional(struct emitter *e, const struct cel_node *node) {
    emit(e, node->a);
    uint32_t branch = put(e, node, CODE_BRANCH, 0, 0, 0);
    emit(e, node->b);
    put(e, node, CODE_MERGE, 0, 0, 0);
    pop(e, 1);
    uint32_t jump = put(e, node, CODE_JUMP, 0, 0, 0);
    land(e, branch);
    emit(e, node->c);
    put(e, node, CODE_MERGE, 0, 0, 0);
    pop(e, 1);
    land(e, jump);
}

static void emit_loop(struct emitter *e, const struct cel_node *node) {
    emit(e, node->a);
    uint32_t kind = (uint32_t)node->loop | (node->variables[1].n ? 128 : 0);
    uint32_t begin = put(e, node, CODE_LOOP, kind, node->number, 0);
    pop(e, 1);
    e->loop++;
    e->loops = MAX(e->loops, e->loop);
    uint32_t body = (uint32_t)e->code.n, filter = 0;
    if (node->b) {
        emit(e, node->b);
        filter = put(e, node->b, CODE_FILTER, 0, 0, 0);
        pop(e, 1);
    }
    emit(e, node->c);
    uint32_t next = put(e, node->c, CODE_NEXT, 0, 0, body);
    if (node->b && !e->failed) {
        e->code.p[filter].c = next;
    }
    e->loop--;
    land(e, begin);
}

static void emit_bind(struct emitter *e, const struct cel_node *node) {
    emit(e, node->a);
    put(e, node, CODE_STORE, 0, node->number, 0);
    pop(e, 1);
    emit(e, node->c);
}

static void emit_optional_map(struct emitter *e, const struct cel_node *node) {
    emit(e, node->a);
    uint32_t jump = put(e, node, CODE_UNWRAP, 0, node->number, 0);
    pop(e, 1);
    emit(e, node->c);
    put(e, node, CODE_WRAP, node->is_flat, 0, 0);
    land(e, jump);
}

static void emit_constant(struct emitter *e, const struct cel_node *node) {
    push(e);
    put(e, node, CODE_CONSTANT, 0, 0, add_constant(e, node->constant));
}

static void emit(struct emitter *e, const struct cel_node *node) {
    typedef void emit_fn(struct emitter * e, const struct cel_node *node);
    static emit_fn *const emitters[] = {
        [NODE_CONSTANT] = emit_constant,
        [NODE_NAME] = emit_name,
        [NODE_SELECT] = emit_select,
        [NODE_INDEX] = emit_index,
        [NODE_CALL] = emit_call,
        [NODE_UNARY] = emit_unary,
        [NODE_BINARY] = emit_binary,
        [NODE_LIST] = emit_collection,
        [NODE_MAP] = emit_collection,
        [NODE_CONDITIONAL] = emit_conditional,
        [NODE_LOOP] = emit_loop,
        [NODE_BIND] = emit_bind,
        [NODE_OPTIONAL_MAP] = emit_optional_map,
    };
    if (!e->failed) {
        emitters[node->kind](e, node);
    }
}

/* Adds an array at the end of the block, aligned. */
static struct block_range place(struct buf *out, const void *p, size_t n, size_t size) {
    static const char zeros[8];
    buf_bytes(out, zeros, (8 - out->n % 8) % 8);
    struct block_range range = {(uint32_t)out->n, (uint32_t)n};
    buf_bytes(out, p, n * size);
    return range;
}

/* Text offsets become the block's. */
static void move_texts(struct emitter *e, uint32_t by) {
    for (size_t i = 0; i < e->constants.n; i++) {
        e->constants.p[i].bits += is_text((enum cel_kind)e->constants.p[i].kind) ? by : 0;
    }
    for (size_t i = 0; i < e->calls.n; i++) {
        e->calls.p[i].name.at += by;
    }
    for (size_t i = 0; i < e->variables.n; i++) {
        e->variables.p[i].at += by;
    }
}

static void assemble(struct emitter *e, struct buf *out) {
    struct block_header header = {.magic = BLOCK_MAGIC,
                                  .version = BLOCK_VERSION,
                                  .slots = e->c->slots,
                                  .stack = e->stack,
                                  .loops = e->loops};
    buf_bytes(out, &header, sizeof header);
    struct block_range texts = place(out, e->texts.p, e->texts.n, 1);
    move_texts(e, texts.at);
    header.text = place(out, e->c->text.p, e->c->text.n, 1);
    header.code = place(out, e->code.p, e->code.n, sizeof *e->code.p);
    header.places = place(out, e->places.p, e->places.n, sizeof *e->places.p);
    header.constants = place(out, e->constants.p, e->constants.n, sizeof *e->constants.p);
    header.calls = place(out, e->calls.p, e->calls.n, sizeof *e->calls.p);
    header.variables = place(out, e->variables.p, e->variables.n, sizeof *e->variables.p);
    place(out, NULL, 0, 1);
    header.size = (uint32_t)out->n;
    if (!out->failed) {
        memcpy(out->p, &header, sizeof header);
    }
}

int cel_emit(struct cel_compilation *c, const struct cel_node *node, struct str *block) {
    struct emitter e = {.c = c, .texts = buf_new(LIMIT_CEL_BLOCK), .name = UINT32_MAX};
    struct buf out = buf_new(LIMIT_CEL_BLOCK);
    emit(&e, node);
    put(&e, node, CODE_RETURN, 0, 0, 0);
    bool failed = e.failed || e.texts.failed;
    if (!failed) {
        assert(e.depth == 1);
        assemble(&e, &out);
        *block = out.failed ? STR_NONE : arena_str(c->arena, buf_view(&out));
        failed = !block->p;
    }
    buf_free(&out);
    buf_free(&e.texts);
    return failed ? err_set(c->err, ERR_MEMORY, "the expression is too large to compile, or memory is full")
                  : 0;
}
