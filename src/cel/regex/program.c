/* From the tree to the program, after Thompson: each node becomes a fragment with open ends. */
#include "cel/regex/program.h"

#include "base/limits.h"
#include "base/utf8.h"

/* An open end is a field of an instruction, named by 2 * instruction (+ 1 for its field a); until it is
 * closed, the field holds the next open end of the fragment, 0 for none. */
struct ends {
    uint32_t first, last;
};

struct fragment {
    uint32_t start;
    struct ends ends;
    bool may_be_empty; /* it can match nothing */
};

struct builder {
    struct arena *arena;
    const struct syntax *syntax;
    struct program *program;
    VEC(struct instruction) code;
    int failed; /* 0 or the code of the first failure; then nothing more is added */
};

static struct fragment build(struct builder *b, const struct node *node);

static uint32_t emit(struct builder *b, struct instruction in) {
    if (b->failed) {
        return 0;
    }
    if (b->code.n >= LIMIT_REGEX_SIZE) {
        b->failed = ERR_LIMIT;
        return 0;
    }
    struct instruction *slot = VEC_PUSH(b->arena, &b->code);
    if (!slot) {
        b->failed = ERR_MEMORY;
        return 0;
    }
    *slot = in;
    return (uint32_t)(b->code.n - 1);
}

/* ---- open ends ---- */

static uint32_t *field(struct builder *b, uint32_t end) {
    struct instruction *in = &b->code.p[end / 2];
    return end % 2 ? &in->a : &in->next;
}

static struct ends end_next(uint32_t at) {
    return (struct ends){at * 2, at * 2};
}

static struct ends end_other(uint32_t at) {
    return (struct ends){at * 2 + 1, at * 2 + 1};
}

static struct ends join(struct builder *b, struct ends x, struct ends y) {
    if (b->failed || !x.first || !y.first) {
        return x.first ? x : y;
    }
    *field(b, x.last) = y.first;
    return (struct ends){x.first, y.last};
}

static void close_ends(struct builder *b, struct ends ends, uint32_t target) {
    for (uint32_t end = b->failed ? 0 : ends.first; end;) {
        uint32_t *open = field(b, end);
        end = *open;
        *open = target;
    }
}

/* ---- nodes ---- */

static struct fragment simple(struct builder *b, struct instruction in) {
    uint32_t at = emit(b, in);
    return (struct fragment){at, end_next(at), in.op != OP_RANGE && in.op != OP_SET};
}

static struct fragment empty(struct builder *b) {
    return simple(b, (struct instruction){.op = OP_NOP});
}

static struct fragment concat(struct builder *b, struct fragment x, struct fragment y) {
    close_ends(b, x.ends, y.start);
    return (struct fragment){x.start, y.ends, x.may_be_empty && y.may_be_empty};
}

/* A split that prefers `body` unless lazy; *out is its other way. */
static uint32_t split(struct builder *b, uint32_t body, bool is_lazy, struct ends *out) {
    uint32_t at = emit(b, (struct instruction){.op = OP_SPLIT});
    if (!b->failed) {
        *(is_lazy ? &b->code.p[at].a : &b->code.p[at].next) = body;
    }
    *out = is_lazy ? end_next(at) : end_other(at);
    return at;
}

static struct fragment optional(struct builder *b, struct fragment body, bool is_lazy) {
    struct ends skip;
    uint32_t at = split(b, body.start, is_lazy, &skip);
    return (struct fragment){at, join(b, body.ends, skip), true};
}

static struct fragment plus(struct builder *b, struct fragment body, bool is_lazy) {
    struct ends out;
    close_ends(b, body.ends, split(b, body.start, is_lazy, &out));
    return (struct fragment){body.start, out, body.may_be_empty};
}

/* A body that may be empty must be tried before the way out: (|a)* is ((|a)+)?. */
static struct fragment star(struct builder *b, struct fragment body, bool is_lazy) {
    if (body.may_be_empty) {
        return optional(b, plus(b, body, is_lazy), is_lazy);
    }
    struct ends out;
    uint32_t at = split(b, body.start, is_lazy, &out);
    close_ends(b, body.ends, at);
    return (struct fragment){at, out, true};
}

/* (x(x(x)?)?)?: behind each copy the next may follow, and each may be skipped with all after it. */
static struct fragment optional_copies(struct builder *b, const struct node *node, uint32_t times) {
    struct fragment whole = {.may_be_empty = true};
    struct ends behind = {0};
    for (uint32_t i = 0; i < times && !b->failed; i++) {
        struct ends skip;
        struct fragment copy = build(b, node->first);
        uint32_t at = split(b, copy.start, node->is_lazy, &skip);
        close_ends(b, behind, at);
        whole.start = i ? whole.start : at;
        whole.ends = join(b, whole.ends, skip);
        behind = copy.ends;
    }
    whole.ends = join(b, whole.ends, behind);
    return whole;
}

static struct fragment build_repeat(struct builder *b, const struct node *node) {
    if (node->max == 0) {
        return empty(b);
    }
    bool is_endless = node->max == REPEAT_ENDLESS;
    if (is_endless && node->min == 0) {
        return star(b, build(b, node->first), node->is_lazy);
    }
    struct fragment whole = {0};
    uint32_t plain = node->min - (is_endless ? 1 : 0);
    for (uint32_t i = 0; i < plain && !b->failed; i++) {
        struct fragment copy = build(b, node->first);
        whole = i ? concat(b, whole, copy) : copy;
    }
    if (!is_endless && node->min == node->max) {
        return whole;
    }
    struct fragment rest = is_endless ? plus(b, build(b, node->first), node->is_lazy)
                                      : optional_copies(b, node, node->max - node->min);
    return plain ? concat(b, whole, rest) : rest;
}

static struct fragment build_alternate(struct builder *b, const struct node *node) {
    struct fragment whole = {0};
    struct ends other = {0};
    for (const struct node *child = node->first; child && !b->failed; child = child->sibling) {
        struct fragment branch = build(b, child);
        uint32_t start = branch.start;
        struct ends next = {0};
        if (child->sibling) {
            start = split(b, branch.start, false, &next);
        }
        close_ends(b, other, start);
        whole.start = whole.start ? whole.start : start;
        whole.ends = join(b, whole.ends, branch.ends);
        whole.may_be_empty |= branch.may_be_empty;
        other = next;
    }
    return whole;
}

static struct fragment build_concat(struct builder *b, const struct node *node) {
    if (!node->first) {
        return empty(b);
    }
    struct fragment whole = build(b, node->first);
    for (const struct node *child = node->first->sibling; child && !b->failed; child = child->sibling) {
        whole = concat(b, whole, build(b, child));
    }
    return whole;
}

static struct fragment build_group(struct builder *b, const struct node *node) {
    struct fragment open = simple(b, (struct instruction){.op = OP_CAPTURE, .a = node->value * 2});
    struct fragment inside = concat(b, open, build(b, node->first));
    return concat(b, inside, simple(b, (struct instruction){.op = OP_CAPTURE, .a = node->value * 2 + 1}));
}

static struct fragment build_runes(struct builder *b, uint32_t place) {
    struct rune_set set = b->syntax->pool.sets.p[place];
    if (set.n == 1) {
        return simple(b, (struct instruction){OP_RANGE, 0, set.ranges[0].low, set.ranges[0].high});
    }
    return simple(b, (struct instruction){.op = OP_SET, .a = place});
}

/* Not deeper than LIMIT_REGEX_DEPTH repeats and groups, each with two lists. */
static struct fragment build(struct builder *b, const struct node *node) {
    if (b->failed) {
        return (struct fragment){0};
    }
    switch (node->kind) {
    case NODE_RUNES:
        return build_runes(b, node->value);
    case NODE_CONCAT:
        return build_concat(b, node);
    case NODE_ALTERNATE:
        return build_alternate(b, node);
    case NODE_REPEAT:
        return build_repeat(b, node);
    case NODE_GROUP:
        return build_group(b, node);
    case NODE_ASSERT:
        b->program->has_assertions = true;
        return simple(b, (struct instruction){.op = OP_ASSERT, .a = node->value});
    }
    return empty(b);
}

/* ---- what can be known before a search ---- */

static const struct instruction *skip_empty(const struct program *program, uint32_t at) {
    const struct instruction *in = &program->code[at];
    while (in->op == OP_NOP || in->op == OP_CAPTURE) {
        in = &program->code[in->next];
    }
    return in;
}

static bool is_one_character(const struct instruction *in) {
    return in->op == OP_RANGE && in->a == in->b && (in->a < 0xd800 || in->a >= 0xe000);
}

/* The literal at the front, as far as no other way goes by. */
static struct str find_prefix(struct arena *arena, const struct program *program) {
    unsigned char bytes[64];
    struct buf prefix = {.p = bytes, .size = sizeof bytes, .cap = sizeof bytes};
    const struct instruction *in = skip_empty(program, program->start);
    while (is_one_character(in) && prefix.size - prefix.n >= 4) {
        utf8_put(&prefix, in->a);
        in = skip_empty(program, in->next);
    }
    return arena_str(arena, buf_view(&prefix));
}

static bool begins_at_start(const struct program *program) {
    const struct instruction *in = skip_empty(program, program->start);
    return in->op == OP_ASSERT && in->a == ASSERT_TEXT_START;
}

/* ---- the whole ---- */

static int copy_sets(struct arena *arena, const struct syntax *syntax, struct program *program) {
    program->sets = arena_array(arena, syntax->pool.sets.n, sizeof *program->sets);
    if (!program->sets) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < syntax->pool.sets.n; i++) {
        struct rune_set set = syntax->pool.sets.p[i];
        struct rune_range *ranges = arena_array(arena, set.n, sizeof *ranges);
        if (!ranges) {
            return ERR_MEMORY;
        }
        if (set.n) {
            memcpy(ranges, set.ranges, set.n * sizeof *ranges);
        }
        program->sets[i] = (struct rune_set){ranges, set.n};
    }
    return 0;
}

static int finish(struct arena *arena, struct builder *b) {
    struct program *program = b->program;
    program->code = arena_array(arena, b->code.n, sizeof *program->code);
    if (!program->code || copy_sets(arena, b->syntax, program) < 0) {
        return ERR_MEMORY;
    }
    program->n = b->code.n;
    memcpy(program->code, b->code.p, program->n * sizeof *program->code);
    program->is_anchored = begins_at_start(program);
    program->prefix = find_prefix(arena, program);
    return program->prefix.p ? alphabet_build(arena, b->arena, b->syntax, program) : ERR_MEMORY;
}

int program_build(struct arena *arena, const struct syntax *syntax, struct program *program,
                  struct err *err) {
    *program = (struct program){0};
    struct builder b = {.arena = syntax->arena, .syntax = syntax, .program = program};
    emit(&b, (struct instruction){.op = OP_FAIL});
    struct fragment whole = build(&b, syntax->root);
    close_ends(&b, whole.ends, emit(&b, (struct instruction){.op = OP_MATCH}));
    program->start = whole.start;
    int rc = b.failed ? b.failed : finish(arena, &b);
    if (rc == ERR_LIMIT) {
        return err_set(err, ERR_LIMIT, "the pattern is too large: more than %d instructions",
                       LIMIT_REGEX_SIZE);
    }
    return rc < 0 ? err_memory(err) : 0;
}

static bool word_edge(unsigned before, unsigned after) {
    return (before & SIDE_WORD) != (after & SIDE_WORD);
}

bool assertion_holds(enum regex_assertion what, unsigned before, unsigned after) {
    switch (what) {
    case ASSERT_TEXT_START:
        return before & SIDE_EDGE;
    case ASSERT_TEXT_END:
        return after & SIDE_EDGE;
    case ASSERT_LINE_START:
        return before & (SIDE_EDGE | SIDE_LINE_END);
    case ASSERT_LINE_END:
        return after & (SIDE_EDGE | SIDE_LINE_END);
    case ASSERT_WORD_EDGE:
        return word_edge(before, after);
    case ASSERT_NO_WORD_EDGE:
        return !word_edge(before, after);
    }
    return false;
}
