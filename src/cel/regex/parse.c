#include "base/limits.h"
#include "base/utf8.h"
#include "cel/regex/parser.h"
#include "cel/regex/unicode.h"

/* Children in the order of the pattern. */
struct list {
    struct node *first;
    struct node **end;  /* where the next one goes */
    struct node **last; /* where the last one hangs: a repeat takes its place; NULL when empty */
};

static int parse_alternation(struct parser *p, struct node **out);

static struct node *new_node(struct parser *p, enum node_kind kind, uint32_t value) {
    if (++p->nodes > LIMIT_REGEX_SIZE) {
        parser_fail(p, ERR_LIMIT);
        return NULL;
    }
    struct node *node = arena_alloc(p->syntax->arena, sizeof *node);
    if (!node) {
        parser_fail(p, ERR_MEMORY);
        return NULL;
    }
    *node = (struct node){.kind = kind, .value = value, .repeats = 1};
    return node;
}

static struct list list_new(struct node **first) {
    return (struct list){.end = first};
}

static int list_add(struct parser *p, struct list *list, struct node *node) {
    if (!node) {
        return p->err->code;
    }
    *list->end = node;
    list->last = list->end;
    list->end = &node->sibling;
    return 0;
}

/* p->set as a node. */
static int add_set(struct parser *p, struct list *list) {
    uint32_t place;
    int rc = rune_pool_put(&p->syntax->pool, runes_view(&p->set), &place);
    return rc < 0 ? parser_fail(p, rc) : list_add(p, list, new_node(p, NODE_RUNES, place));
}

static int add_literal(struct parser *p, struct list *list, uint32_t code) {
    p->set.ranges.n = 0;
    if (runes_add(&p->set, code, code) < 0 || (p->flags & FLAG_FOLD && unicode_add_folded(&p->set) < 0)) {
        return parser_fail(p, ERR_MEMORY);
    }
    return add_set(p, list);
}

static int add_any(struct parser *p, struct list *list) {
    p->at++;
    p->set.ranges.n = 0;
    int rc = p->flags & FLAG_DOT_ALL ? runes_add(&p->set, 0, RUNE_LAST) : runes_add(&p->set, '\n', '\n');
    if (rc < 0 || (!(p->flags & FLAG_DOT_ALL) && runes_negate(&p->set) < 0)) {
        return parser_fail(p, ERR_MEMORY);
    }
    return add_set(p, list);
}

static int add_class(struct parser *p, struct list *list) {
    p->set.ranges.n = 0;
    int rc = class_parse(p);
    return rc < 0 ? rc : add_set(p, list);
}

static int add_assertion(struct parser *p, struct list *list, size_t width, enum regex_assertion what) {
    p->at += width;
    return list_add(p, list, new_node(p, NODE_ASSERT, what));
}

/* ---- escapes ---- */

/* "\Q...\E", or up to the end. */
static int add_quoted(struct parser *p, struct list *list) {
    p->at += 2;
    while (!parser_is_at_end(p) && !parser_sees(p, STR("\\E"))) {
        uint32_t code;
        int rc = parser_rune(p, &code);
        if (rc == 0) {
            rc = add_literal(p, list, code);
        }
        if (rc < 0) {
            return rc;
        }
    }
    p->at += parser_is_at_end(p) ? 0 : 2;
    return 0;
}

static int add_escape(struct parser *p, struct list *list) {
    switch (parser_peek(p, 1)) {
    case 'A':
        return add_assertion(p, list, 2, ASSERT_TEXT_START);
    case 'z':
        return add_assertion(p, list, 2, ASSERT_TEXT_END);
    case 'b':
        return add_assertion(p, list, 2, ASSERT_WORD_EDGE);
    case 'B':
        return add_assertion(p, list, 2, ASSERT_NO_WORD_EDGE);
    case 'Q':
        return add_quoted(p, list);
    }
    p->set.ranges.n = 0;
    int rc = class_add_escape(p);
    if (rc > 0) {
        runes_sort(&p->set);
        return add_set(p, list);
    }
    uint32_t code;
    if (rc == 0) {
        rc = parser_escape(p, &code);
    }
    return rc < 0 ? rc : add_literal(p, list, code);
}

/* ---- groups ---- */

/* Numbers the next group; its name may be none. */
static int add_name(struct parser *p, struct str name, size_t at) {
    struct str *slot = VEC_PUSH(p->syntax->arena, &p->syntax->names);
    if (!slot) {
        return parser_fail(p, ERR_MEMORY);
    }
    *slot = name;
    if (!name.p) {
        return 0;
    }
    bool is_new;
    uint64_t *number = map_put(&p->syntax->named, name, &is_new);
    if (!number) {
        return parser_fail(p, ERR_MEMORY);
    }
    *number = p->syntax->names.n;
    return is_new ? 0 : parser_refuse(p, at, "the group's name is taken");
}

static bool is_name(struct str name) {
    for (size_t i = 0; i < name.n; i++) {
        if (!ascii_is_alnum(name.p[i]) && name.p[i] != '_') {
            return false;
        }
    }
    return name.n > 0;
}

/* The name of a group behind `opening`, up to '>'. */
static int read_name(struct parser *p, size_t opening, struct str *name) {
    size_t start = p->at;
    struct str rest;
    if (!str_cut(str_from(p->pattern, p->at + opening), '>', name, &rest) || !is_name(*name)) {
        return parser_refuse(p, start, "the group's name must be letters, digits and '_', and end in '>'");
    }
    p->at += opening + name->n + 1;
    return 0;
}

/* What stands inside of a group, up to and with its ')'. */
static int parse_inside(struct parser *p, size_t start, unsigned outer_flags, struct node **inside) {
    if (++p->depth > LIMIT_REGEX_DEPTH) {
        return err_set(p->err, ERR_LIMIT, "byte %zu of the pattern: more than %d groups inside each other",
                       start, LIMIT_REGEX_DEPTH);
    }
    int rc = parse_alternation(p, inside);
    if (rc < 0) {
        return rc;
    }
    if (parser_is_at_end(p)) {
        return parser_refuse(p, start, "')' is missing");
    }
    p->at++;
    p->depth--;
    p->flags = outer_flags;
    return 0;
}

/* Nesting by repeats counts as well, because they nest without brackets: a(?i)*(?i)*(?i)* */
static int set_depth(struct parser *p, struct node *node, size_t at) {
    for (const struct node *child = node->first; child; child = child->sibling) {
        node->depth = MAX(node->depth, child->depth);
        node->repeats = MAX(node->repeats, child->repeats);
    }
    node->depth += node->kind == NODE_GROUP || node->kind == NODE_REPEAT;
    return node->depth > LIMIT_REGEX_DEPTH
               ? err_set(p->err, ERR_LIMIT, "byte %zu of the pattern: nested more than %d deep", at,
                         LIMIT_REGEX_DEPTH)
               : 0;
}

static int add_capture(struct parser *p, struct list *list, size_t start, struct str name) {
    int rc = add_name(p, name, start);
    struct node *node = rc < 0 ? NULL : new_node(p, NODE_GROUP, (uint32_t)p->syntax->names.n);
    rc = rc < 0 ? rc : list_add(p, list, node);
    rc = rc < 0 ? rc : parse_inside(p, start, p->flags, &node->first);
    return rc < 0 ? rc : set_depth(p, node, start);
}

static const struct {
    char name;
    unsigned flag;
} flag_names[] = {{'i', FLAG_FOLD}, {'m', FLAG_LINES}, {'s', FLAG_DOT_ALL}, {'U', FLAG_LAZY}};

static unsigned flag_of(char c) {
    for (size_t i = 0; i < ARRAY_SIZE(flag_names); i++) {
        if (flag_names[i].name == c) {
            return flag_names[i].flag;
        }
    }
    return 0;
}

/* "i-s" up to ':' or ')'. False when it is none. */
static bool read_flags(struct parser *p, unsigned *flags) {
    bool is_off = false, is_wanted = false;
    for (;; p->at++) {
        char c = parser_peek(p, 0);
        unsigned flag = flag_of(c);
        if (flag) {
            *flags = is_off ? *flags & ~flag : *flags | flag;
            is_wanted = false;
        } else if (c == '-' && !is_off) {
            is_off = is_wanted = true;
        } else {
            return (c == ':' || c == ')') && !is_wanted;
        }
    }
}

/* "(?flags)" holds to the end of the group around it, "(?flags:...)" inside. */
static int add_flags(struct parser *p, struct list *list, size_t start) {
    unsigned outer_flags = p->flags, flags = p->flags;
    p->at += 2;
    if (!read_flags(p, &flags)) {
        return parser_refuse(p, start, "no such kind of group");
    }
    p->flags = flags;
    if (parser_peek(p, 0) == ')') {
        p->at++;
        return 0;
    }
    p->at++;
    struct node *inside = NULL;
    int rc = parse_inside(p, start, outer_flags, &inside);
    return rc < 0 ? rc : list_add(p, list, inside);
}

static int add_group(struct parser *p, struct list *list) {
    size_t start = p->at;
    struct str name = STR_NONE;
    size_t opening = parser_sees(p, STR("(?P<")) ? 4 : parser_sees(p, STR("(?<")) ? 3 : 0;
    if (opening) {
        int rc = read_name(p, opening, &name);
        return rc < 0 ? rc : add_capture(p, list, start, name);
    }
    if (parser_sees(p, STR("(?"))) {
        return add_flags(p, list, start);
    }
    p->at++;
    return add_capture(p, list, start, name);
}

/* ---- repeats ---- */

/* A number without leading zeros at s[*i]; saturates above LIMIT_REGEX_REPEAT. */
static bool read_count(struct str s, size_t *i, uint32_t *count) {
    size_t start = *i;
    *count = 0;
    for (; *i < s.n && ascii_is_digit(s.p[*i]); ++*i) {
        *count = MIN(*count * 10 + (uint32_t)(s.p[*i] - '0'), (uint32_t)LIMIT_REGEX_REPEAT + 1);
    }
    return *i > start && (*i == start + 1 || s.p[start] != '0');
}

/* "{n}", "{n,}" or "{n,m}" at the place; its length, 0 when the brace stands for itself. */
static size_t read_counts(const struct parser *p, struct node *repeat) {
    struct str s = str_from(p->pattern, p->at);
    size_t i = 1;
    if (!read_count(s, &i, &repeat->min)) {
        return 0;
    }
    repeat->max = repeat->min;
    if (i < s.n && s.p[i] == ',') {
        i++;
        if (i < s.n && s.p[i] == '}') {
            repeat->max = REPEAT_ENDLESS;
        } else if (!read_count(s, &i, &repeat->max)) {
            return 0;
        }
    }
    return i < s.n && s.p[i] == '}' ? i + 1 : 0;
}

/* The length of a repeat at the place with its counts; 0 when there is none. */
static size_t read_repeat(const struct parser *p, struct node *repeat) {
    repeat->max = REPEAT_ENDLESS;
    switch (parser_peek(p, 0)) {
    case '*':
        return 1;
    case '+':
        repeat->min = 1;
        return 1;
    case '?':
        repeat->max = 1;
        return 1;
    case '{':
        return read_counts(p, repeat);
    }
    return 0;
}

static bool counts_are_allowed(const struct node *repeat) {
    uint32_t last = repeat->max == REPEAT_ENDLESS ? repeat->min : repeat->max;
    return last <= LIMIT_REGEX_REPEAT && repeat->min <= repeat->max;
}

/* What is repeated hangs below the repeat, which takes its place. */
static int wrap_last(struct parser *p, struct list *list, struct node repeat, size_t at) {
    struct node *node = new_node(p, NODE_REPEAT, 0);
    if (!node) {
        return list_add(p, list, NULL);
    }
    node->min = repeat.min;
    node->max = repeat.max;
    node->is_lazy = repeat.is_lazy;
    node->first = *list->last;
    *list->last = node;
    list->end = &node->sibling;
    int rc = set_depth(p, node, at);
    uint32_t last = repeat.max == REPEAT_ENDLESS ? repeat.min : repeat.max;
    node->repeats *= MAX(last, 1U);
    if (rc == 0 && node->repeats > LIMIT_REGEX_REPEAT) {
        return parser_refuse(p, at, "repeats inside each other come to more than 1000");
    }
    return rc;
}

/* 1 when a repeat stood at the place, 0 when none did. */
static int add_repeat(struct parser *p, struct list *list, bool is_after_repeat) {
    struct node repeat = {0};
    size_t at = p->at, width = read_repeat(p, &repeat);
    if (!width) {
        return 0;
    }
    if (!counts_are_allowed(&repeat)) {
        return parser_refuse(p, at, "counts go from the lower to the higher, up to 1000");
    }
    if (is_after_repeat) {
        return parser_refuse(p, at, "a repeat of a repeat wants a group");
    }
    if (!list->last) {
        return parser_refuse(p, at, "there is nothing to repeat");
    }
    p->at += width;
    bool is_marked = parser_peek(p, 0) == '?';
    p->at += is_marked;
    repeat.is_lazy = is_marked != !!(p->flags & FLAG_LAZY);
    int rc = wrap_last(p, list, repeat, at);
    return rc < 0 ? rc : 1;
}

/* ---- the whole ---- */

static int add_atom(struct parser *p, struct list *list) {
    switch (parser_peek(p, 0)) {
    case '\\':
        return add_escape(p, list);
    case '[':
        return add_class(p, list);
    case '(':
        return add_group(p, list);
    case '.':
        return add_any(p, list);
    case '^':
        return add_assertion(p, list, 1, p->flags & FLAG_LINES ? ASSERT_LINE_START : ASSERT_TEXT_START);
    case '$':
        return add_assertion(p, list, 1, p->flags & FLAG_LINES ? ASSERT_LINE_END : ASSERT_TEXT_END);
    }
    uint32_t code;
    int rc = parser_rune(p, &code);
    return rc < 0 ? rc : add_literal(p, list, code);
}

static bool is_at_branch_end(const struct parser *p) {
    return parser_is_at_end(p) || parser_peek(p, 0) == '|' || parser_peek(p, 0) == ')';
}

static int parse_branch(struct parser *p, struct node **out) {
    struct node *branch = new_node(p, NODE_CONCAT, 0);
    if (!branch) {
        return p->err->code;
    }
    struct list list = list_new(&branch->first);
    for (int is_repeat = 0; !is_at_branch_end(p);) {
        is_repeat = add_repeat(p, &list, is_repeat);
        int rc = is_repeat ? is_repeat : add_atom(p, &list);
        if (rc < 0) {
            return rc;
        }
    }
    *out = branch;
    return set_depth(p, branch, p->at);
}

static int parse_alternation(struct parser *p, struct node **out) {
    struct node *node = new_node(p, NODE_ALTERNATE, 0);
    if (!node) {
        return p->err->code;
    }
    struct list list = list_new(&node->first);
    do {
        p->at += list.last != NULL;
        struct node *branch = NULL;
        int rc = parse_branch(p, &branch);
        rc = rc < 0 ? rc : list_add(p, &list, branch);
        if (rc < 0) {
            return rc;
        }
    } while (parser_peek(p, 0) == '|');
    *out = node->first->sibling ? node : node->first;
    return set_depth(p, node, p->at);
}

int syntax_parse(struct arena *arena, struct str pattern, struct syntax *syntax, struct err *err) {
    struct err unseen;
    *syntax = (struct syntax){.arena = arena, .pool = rune_pool_new(arena), .named = map_new(arena)};
    struct parser p = {.pattern = pattern, .syntax = syntax, .err = err ? err : &unseen};
    p.set.arena = p.group.arena = arena;
    int rc = parse_alternation(&p, &syntax->root);
    if (rc == 0 && !parser_is_at_end(&p)) {
        rc = parser_refuse(&p, p.at, "')' closes no group");
    }
    return rc;
}
