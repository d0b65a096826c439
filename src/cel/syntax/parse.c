#include "cel/syntax/parse.h"

#include "base/limits.h"
#include "cel/syntax/literal.h"

#include <stdarg.h>

static struct cel_node *parse_expression(struct cel_parser *parser);

typedef VEC(struct cel_node *) node_vec;
typedef VEC(bool) bool_vec;

struct cel_node *cel_parse_error(struct cel_parser *parser, size_t at, const char *fmt, ...) {
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    cel_text_error(parser->text, at, ERR_INPUT, parser->err, "%s", message);
    return NULL;
}

struct cel_node *cel_node_new(struct cel_parser *parser, enum cel_node_kind kind, uint32_t at) {
    struct cel_node *node = arena_alloc(parser->arena, sizeof *node);
    if (!node) {
        err_memory(parser->err);
        return NULL;
    }
    node->kind = kind;
    node->at = at;
    node->height = 1;
    return node;
}

static uint32_t height_of(const struct cel_node *node) {
    return node ? node->height : 0;
}

bool cel_node_done(struct cel_parser *parser, struct cel_node *node) {
    uint32_t most = MAX(height_of(node->a), MAX(height_of(node->b), height_of(node->c)));
    for (size_t i = 0; i < node->part_count; i++) {
        most = MAX(most, height_of(node->parts[i]));
    }
    node->height = most + 1;
    if (node->height > LIMIT_CEL_DEPTH) {
        cel_text_error(parser->text, node->at, ERR_LIMIT, parser->err, "nested deeper than %d levels",
                       LIMIT_CEL_DEPTH);
        return false;
    }
    return true;
}

static struct cel_node *done(struct cel_parser *parser, struct cel_node *node) {
    return cel_node_done(parser, node) ? node : NULL;
}

static bool advance(struct cel_parser *parser) {
    return cel_lex(&parser->lexer, &parser->token, parser->err) == 0;
}

static bool at_token(const struct cel_parser *parser, enum cel_token_kind kind) {
    return parser->token.kind == kind;
}

static struct cel_node *unexpected(struct cel_parser *parser, const char *wanted) {
    if (at_token(parser, TOKEN_END)) {
        return cel_parse_error(parser, parser->token.at, "expected %s, but the expression ends", wanted);
    }
    return cel_parse_error(parser, parser->token.at, "expected %s, found '%.*s'", wanted,
                           STR_ARG(parser->token.text));
}

/* Steps over a token of that kind; false with the error set when another stands there. */
static bool expect(struct cel_parser *parser, enum cel_token_kind kind, const char *wanted) {
    if (!at_token(parser, kind)) {
        unexpected(parser, wanted);
        return false;
    }
    return advance(parser);
}

static bool add_part(struct cel_parser *parser, node_vec *parts, struct cel_node *part) {
    if (!part) {
        return false;
    }
    struct cel_node **slot = VEC_PUSH(parser->arena, parts);
    if (!slot) {
        err_memory(parser->err);
        return false;
    }
    *slot = part;
    return true;
}

static void give_parts(struct cel_node *node, const node_vec *parts) {
    node->parts = parts->p;
    node->part_count = parts->n;
}

/* Expressions up to the closing token, which is stepped over. */
static bool parse_arguments(struct cel_parser *parser, struct cel_node *node) {
    node_vec parts = {0};
    while (!at_token(parser, TOKEN_CLOSE)) {
        if (parts.n && !expect(parser, TOKEN_COMMA, "',' or ')'")) {
            return false;
        }
        if (!add_part(parser, &parts, parse_expression(parser))) {
            return false;
        }
    }
    give_parts(node, &parts);
    return advance(parser);
}

static const char *const reserved[] = {"as",        "break",  "const",  "continue", "else", "for",
                                       "function",  "if",     "import", "let",      "loop", "package",
                                       "namespace", "return", "var",    "void",     "while"};

static bool is_reserved(struct str name) {
    for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
        if (str_eq(name, str_c(reserved[i]))) {
            return true;
        }
    }
    return false;
}

static struct cel_node *constant(struct cel_parser *parser, uint32_t at, struct cel_value value) {
    struct cel_node *node = cel_node_new(parser, NODE_CONSTANT, at);
    if (node) {
        node->constant = value;
    }
    return node;
}

static struct cel_node *parse_literal(struct cel_parser *parser, bool is_negative, uint32_t at) {
    struct cel_value value;
    struct cel_token token = parser->token;
    int status;
    if (token.kind == TOKEN_STRING || token.kind == TOKEN_BYTES) {
        status = cel_literal_text(parser->arena, parser->text, &token, &value, parser->err);
    } else {
        status = cel_literal_number(parser->text, &token, is_negative, &value, parser->err);
    }
    return status == 0 && advance(parser) ? constant(parser, at, value) : NULL;
}

static struct cel_node *finish_call(struct cel_parser *parser, struct cel_node *call) {
    if (!parse_arguments(parser, call) || !cel_node_done(parser, call)) {
        return NULL;
    }
    if (parser->without_macros) {
        return call;
    }
    struct cel_node *node = cel_macro_expand(parser, call);
    return node ? done(parser, node) : NULL;
}

static struct cel_node *parse_name(struct cel_parser *parser, bool is_absolute, uint32_t at) {
    struct str name = parser->token.text;
    if (!at_token(parser, TOKEN_NAME)) {
        return unexpected(parser, "a name");
    }
    if (is_reserved(name)) {
        return cel_parse_error(parser, parser->token.at, "'%.*s' is a reserved word", STR_ARG(name));
    }
    if (!is_absolute && str_eq(name, STR("null"))) {
        return advance(parser) ? constant(parser, at, cel_null()) : NULL;
    }
    if (!is_absolute && (str_eq(name, STR("true")) || str_eq(name, STR("false")))) {
        return advance(parser) ? constant(parser, at, cel_bool(name.n == 4)) : NULL;
    }
    struct cel_node *node = cel_node_new(parser, NODE_NAME, at);
    if (!node || !advance(parser)) {
        return NULL;
    }
    node->name = name;
    node->is_absolute = is_absolute;
    if (!at_token(parser, TOKEN_OPEN)) {
        return node;
    }
    node->kind = NODE_CALL;
    return advance(parser) ? finish_call(parser, node) : NULL;
}

/* A "?" in front of an element, key or index. */
static bool take_question(struct cel_parser *parser, bool *is_optional) {
    *is_optional = at_token(parser, TOKEN_QUESTION);
    return !*is_optional || advance(parser);
}

static bool add_flag(struct cel_parser *parser, bool_vec *flags, bool flag) {
    bool *slot = VEC_PUSH(parser->arena, flags);
    if (!slot) {
        err_memory(parser->err);
        return false;
    }
    *slot = flag;
    return true;
}

static bool parse_element(struct cel_parser *parser, node_vec *parts, bool_vec *flags, bool *has_optional) {
    bool is_optional;
    if (!take_question(parser, &is_optional)) {
        return false;
    }
    *has_optional = *has_optional || is_optional;
    return add_flag(parser, flags, is_optional) && add_part(parser, parts, parse_expression(parser));
}

/* A list's or map's parts up to the closing token; a comma may stand before it. */
static struct cel_node *parse_collection(struct cel_parser *parser, bool is_map) {
    enum cel_token_kind close = is_map ? TOKEN_CLOSE_MAP : TOKEN_CLOSE_LIST;
    struct cel_node *node = cel_node_new(parser, is_map ? NODE_MAP : NODE_LIST, parser->token.at);
    node_vec parts = {0};
    bool_vec flags = {0};
    bool has_optional = false;
    if (!node || !advance(parser)) {
        return NULL;
    }
    while (!at_token(parser, close)) {
        if (!parse_element(parser, &parts, &flags, &has_optional)) {
            return NULL;
        }
        if (is_map && (!expect(parser, TOKEN_COLON, "':'") || !add_flag(parser, &flags, false) ||
                       !add_part(parser, &parts, parse_expression(parser)))) {
            return NULL;
        }
        if (!at_token(parser, close) && !expect(parser, TOKEN_COMMA, is_map ? "',' or '}'" : "',' or ']'")) {
            return NULL;
        }
    }
    give_parts(node, &parts);
    node->part_is_optional = has_optional ? flags.p : NULL;
    return advance(parser) ? done(parser, node) : NULL;
}

static struct cel_node *parse_primary(struct cel_parser *parser) {
    uint32_t at = parser->token.at;
    switch (parser->token.kind) {
    case TOKEN_INT:
    case TOKEN_UINT:
    case TOKEN_DOUBLE:
    case TOKEN_STRING:
    case TOKEN_BYTES:
        return parse_literal(parser, false, at);
    case TOKEN_OPEN_LIST:
        return parse_collection(parser, false);
    case TOKEN_OPEN_MAP:
        return parse_collection(parser, true);
    case TOKEN_OPEN: {
        struct cel_node *node = advance(parser) ? parse_expression(parser) : NULL;
        return node && expect(parser, TOKEN_CLOSE, "')'") ? node : NULL;
    }
    case TOKEN_DOT:
        return advance(parser) ? parse_name(parser, true, at) : NULL;
    case TOKEN_NAME:
        return parse_name(parser, false, at);
    default:
        return unexpected(parser, "a value");
    }
}

static struct cel_node *parse_member(struct cel_parser *parser, struct cel_node *target) {
    uint32_t at = parser->token.at;
    bool is_optional;
    if (!advance(parser) || !take_question(parser, &is_optional)) {
        return NULL;
    }
    if (!at_token(parser, TOKEN_NAME) && !at_token(parser, TOKEN_QUOTED_NAME)) {
        return unexpected(parser, "the name of a member");
    }
    struct cel_node *node = cel_node_new(parser, NODE_SELECT, at);
    bool may_be_call = at_token(parser, TOKEN_NAME) && !is_optional;
    if (!node) {
        return NULL;
    }
    node->a = target;
    node->name = parser->token.text;
    node->is_optional = is_optional;
    if (!advance(parser)) {
        return NULL;
    }
    if (!may_be_call || !at_token(parser, TOKEN_OPEN)) {
        return done(parser, node);
    }
    node->kind = NODE_CALL;
    return advance(parser) ? finish_call(parser, node) : NULL;
}

static struct cel_node *parse_index(struct cel_parser *parser, struct cel_node *target) {
    struct cel_node *node = cel_node_new(parser, NODE_INDEX, parser->token.at);
    if (!node || !advance(parser) || !take_question(parser, &node->is_optional)) {
        return NULL;
    }
    node->a = target;
    node->b = parse_expression(parser);
    return node->b && expect(parser, TOKEN_CLOSE_LIST, "']'") ? done(parser, node) : NULL;
}

static bool is_type_path(const struct cel_node *node) {
    while (node->kind == NODE_SELECT && !node->is_optional && !node->is_test) {
        node = node->a;
    }
    return node->kind == NODE_NAME;
}

static struct cel_node *parse_postfix(struct cel_parser *parser) {
    struct cel_node *node = parse_primary(parser);
    while (node) {
        if (at_token(parser, TOKEN_DOT)) {
            node = parse_member(parser, node);
        } else if (at_token(parser, TOKEN_OPEN_LIST)) {
            node = parse_index(parser, node);
        } else if (at_token(parser, TOKEN_OPEN_MAP) && is_type_path(node)) {
            return cel_parse_error(
                parser, node->at,
                "messages (Type{field: value}) can't be made here; write a map: {'field': value}");
        } else {
            return node;
        }
    }
    return NULL;
}

static struct cel_node *unary(struct cel_parser *parser, enum cel_operator op, uint32_t at,
                              struct cel_node *a) {
    struct cel_node *node = a ? cel_node_new(parser, NODE_UNARY, at) : NULL;
    if (!node) {
        return NULL;
    }
    node->op = op;
    node->a = a;
    return done(parser, node);
}

static bool is_number_token(const struct cel_parser *parser) {
    return at_token(parser, TOKEN_INT) || at_token(parser, TOKEN_DOUBLE);
}

/* A run of "!" or of "-"; two cancel each other only when evaluated, as the operand's type counts. */
static struct cel_node *parse_unary(struct cel_parser *parser) {
    enum cel_token_kind kind = parser->token.kind;
    if (kind != TOKEN_NOT && kind != TOKEN_MINUS) {
        return parse_postfix(parser);
    }
    uint32_t at = parser->token.at, count = 0;
    while (at_token(parser, kind)) {
        count++;
        if (count > LIMIT_CEL_DEPTH) {
            return cel_parse_error(parser, at, "more than %d operators in a row", LIMIT_CEL_DEPTH);
        }
        if (!advance(parser)) {
            return NULL;
        }
    }
    struct cel_node *node;
    if (kind == TOKEN_MINUS && is_number_token(parser)) {
        node = parse_literal(parser, true, at);
        count--;
        while (node && at_token(parser, TOKEN_DOT)) {
            node = parse_member(parser, node);
        }
    } else {
        node = parse_postfix(parser);
    }
    while (node && count--) {
        node = unary(parser, kind == TOKEN_NOT ? OP_NOT : OP_NEGATE, at, node);
    }
    return node;
}

/* Binary operators by strength; && and || are parsed as chains. */
enum { LEVEL_RELATION = 0, LEVEL_SUM = 1, LEVEL_PRODUCT = 2, LEVEL_COUNT = 3 };
static const struct {
    enum cel_token_kind token;
    enum cel_operator op;
    int level;
} operators[] = {
    {TOKEN_EQUAL, OP_EQUAL, LEVEL_RELATION},     {TOKEN_NOT_EQUAL, OP_NOT_EQUAL, LEVEL_RELATION},
    {TOKEN_LESS, OP_LESS, LEVEL_RELATION},       {TOKEN_LESS_EQUAL, OP_LESS_EQUAL, LEVEL_RELATION},
    {TOKEN_GREATER, OP_GREATER, LEVEL_RELATION}, {TOKEN_GREATER_EQUAL, OP_GREATER_EQUAL, LEVEL_RELATION},
    {TOKEN_IN, OP_IN, LEVEL_RELATION},           {TOKEN_PLUS, OP_ADD, LEVEL_SUM},
    {TOKEN_MINUS, OP_SUBTRACT, LEVEL_SUM},       {TOKEN_STAR, OP_MULTIPLY, LEVEL_PRODUCT},
    {TOKEN_SLASH, OP_DIVIDE, LEVEL_PRODUCT},     {TOKEN_PERCENT, OP_MODULO, LEVEL_PRODUCT},
};

static bool operator_at(const struct cel_parser *parser, int level, enum cel_operator *op) {
    for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
        if (operators[i].token == parser->token.kind && operators[i].level == level) {
            *op = operators[i].op;
            return true;
        }
    }
    return false;
}

static struct cel_node *binary(struct cel_parser *parser, enum cel_operator op, uint32_t at,
                               struct cel_node *a, struct cel_node *b) {
    struct cel_node *node = a && b ? cel_node_new(parser, NODE_BINARY, at) : NULL;
    if (!node) {
        return NULL;
    }
    node->op = op;
    node->a = a;
    node->b = b;
    return done(parser, node);
}

static struct cel_node *parse_binary(struct cel_parser *parser, int level) {
    if (level == LEVEL_COUNT) {
        return parse_unary(parser);
    }
    struct cel_node *node = parse_binary(parser, level + 1);
    enum cel_operator op;
    while (node && operator_at(parser, level, &op)) {
        uint32_t at = parser->token.at;
        node = advance(parser) ? binary(parser, op, at, node, parse_binary(parser, level + 1)) : NULL;
    }
    return node;
}

/* A balanced tree of the terms in their order: a chain may have thousands, and its tree must stay low. */
static struct cel_node *balance(struct cel_parser *parser, enum cel_operator op, struct cel_node **terms,
                                const uint32_t *at, size_t n) {
    if (n == 1) {
        return terms[0];
    }
    size_t half = n / 2;
    struct cel_node *a = balance(parser, op, terms, at, half);
    struct cel_node *b = a ? balance(parser, op, terms + half, at + half, n - half) : NULL;
    return binary(parser, op, at[half], a, b);
}

static struct cel_node *parse_chain(struct cel_parser *parser, enum cel_operator op) {
    enum cel_token_kind kind = op == OP_OR ? TOKEN_OR : TOKEN_AND;
    node_vec terms = {0};
    VEC(uint32_t) places = {0};
    for (;;) {
        uint32_t *place = VEC_PUSH(parser->arena, &places);
        if (!place) {
            err_memory(parser->err);
            return NULL;
        }
        *place = parser->token.at;
        if (terms.n && !advance(parser)) {
            return NULL;
        }
        struct cel_node *term =
            op == OP_OR ? parse_chain(parser, OP_AND) : parse_binary(parser, LEVEL_RELATION);
        if (!term || (!terms.n && !at_token(parser, kind))) {
            return term;
        }
        if (!add_part(parser, &terms, term)) {
            return NULL;
        }
        if (!at_token(parser, kind)) {
            return balance(parser, op, terms.p, places.p, terms.n);
        }
    }
}

static struct cel_node *parse_conditional(struct cel_parser *parser) {
    struct cel_node *condition = parse_chain(parser, OP_OR);
    if (!condition || !at_token(parser, TOKEN_QUESTION)) {
        return condition;
    }
    struct cel_node *node = cel_node_new(parser, NODE_CONDITIONAL, parser->token.at);
    if (!node || !advance(parser)) {
        return NULL;
    }
    node->a = condition;
    node->b = parse_chain(parser, OP_OR);
    if (!node->b || !expect(parser, TOKEN_COLON, "':'")) {
        return NULL;
    }
    node->c = parse_expression(parser);
    return node->c ? done(parser, node) : NULL;
}

static struct cel_node *parse_expression(struct cel_parser *parser) {
    if (parser->depth >= LIMIT_CEL_DEPTH) {
        cel_text_error(parser->text, parser->token.at, ERR_LIMIT, parser->err, "nested deeper than %d levels",
                       LIMIT_CEL_DEPTH);
        return NULL;
    }
    parser->depth++;
    struct cel_node *node = parse_conditional(parser);
    parser->depth--;
    return node;
}

int cel_parse(struct arena *arena, struct str text, bool without_macros, struct cel_node **out,
              struct err *err) {
    struct err own = ERR_NONE;
    struct cel_parser parser = {.arena = arena,
                                .text = text,
                                .lexer = {.text = text},
                                .without_macros = without_macros,
                                .err = err ? err : &own};
    if (text.n > LIMIT_CEL_TEXT) {
        return err_set(err, ERR_LIMIT, "the expression has more than %zu bytes", LIMIT_CEL_TEXT);
    }
    struct cel_node *node = advance(&parser) ? parse_expression(&parser) : NULL;
    if (node && !at_token(&parser, TOKEN_END)) {
        node = unexpected(&parser, "the end of the expression");
    }
    if (!node) {
        return parser.err->code;
    }
    *out = node;
    return 0;
}
