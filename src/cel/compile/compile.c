#include "cel/compile/compile.h"

#include "cel/syntax/lex.h"
#include "cel/syntax/parse.h"

#include <stdarg.h>

int cel_node_error(struct cel_compilation *c, const struct cel_node *node, const char *fmt, ...) {
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return cel_text_error(c->text, node->at, ERR_INPUT, c->err, "%s", message);
}

static const struct {
    const char *text, *function;
} operators[] = {
    [OP_NOT] = {"!", "!_"},       [OP_NEGATE] = {"-", "-_"},
    [OP_AND] = {"&&", "_&&_"},    [OP_OR] = {"||", "_||_"},
    [OP_EQUAL] = {"==", "_==_"},  [OP_NOT_EQUAL] = {"!=", "_==_"},
    [OP_LESS] = {"<", "_<_"},     [OP_LESS_EQUAL] = {"<=", "_<_"},
    [OP_GREATER] = {">", "_<_"},  [OP_GREATER_EQUAL] = {">=", "_<_"},
    [OP_IN] = {"in", "@in"},      [OP_ADD] = {"+", "_+_"},
    [OP_SUBTRACT] = {"-", "_-_"}, [OP_MULTIPLY] = {"*", "_*_"},
    [OP_DIVIDE] = {"/", "_/_"},   [OP_MODULO] = {"%", "_%_"},
};

struct str cel_operator_function(enum cel_operator op) {
    return str_c(operators[op].function);
}

const char *cel_operator_text(enum cel_operator op) {
    return operators[op].text;
}

int cel_compile(const struct cel_env *env, struct arena *arena, struct str text,
                const struct cel_compile_options *options, struct str *block, const struct cel_type **type,
                struct err *err) {
    struct cel_compilation c = {.env = env,
                                .arena = arena,
                                .text = text,
                                .is_checked = !options || !options->without_check,
                                .err = err};
    struct cel_node *root;
    const struct cel_type *deduced = NULL;
    int status = cel_parse(arena, text, options && options->without_macros, &root, err);
    if (status == 0) {
        status = cel_resolve(&c, root);
    }
    if (status == 0 && c.is_checked) {
        status = cel_check(&c, root, &deduced);
    }
    if (type) {
        *type = deduced;
    }
    return status == 0 ? cel_emit(&c, root, block) : status;
}
