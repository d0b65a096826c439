/* Mistakes that the types of single variables can't say well: `finding.severty`, `has(finding.path)`,
 * `finding.severity >= 'high'`. A walk over the tree of the expression. */
#include "base/near.h"
#include "cel/syntax/parse.h"
#include "policy/guardrail/subject.h"

#include <stdarg.h>

struct walk {
    struct subject_use *use;
    size_t at;
    struct err *err;
};

static int wrong(struct walk *w, const struct cel_node *node, const char *fmt, ...) _printf_(3, 4);
static int wrong(struct walk *w, const struct cel_node *node, const char *fmt, ...) {
    char message[768];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    w->at = node->at;
    return err_set(w->err, ERR_INPUT, "%s", message);
}

/* ---- the rows of one name */

static bool is_of(size_t row, struct str owner, struct str *field) {
    struct str before;
    str_cut(str_c(subject_rows[row].name), '.', &before, field);
    return str_eq(before, owner);
}

static bool is_owner(struct str name) {
    struct str field;
    for (size_t i = 0; i < SUBJECT_FIELDS; i++) {
        if (is_of(i, name, &field)) {
            return true;
        }
    }
    return false;
}

static ptrdiff_t row_of(struct str owner, struct str name) {
    struct str field;
    for (size_t i = 0; i < SUBJECT_FIELDS; i++) {
        if (is_of(i, owner, &field) && str_eq(field, name)) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

static int no_such_field(struct walk *w, const struct cel_node *node) {
    struct str owner = node->a->name, field;
    struct near near = near_to(node->name);
    char known[512] = "";
    for (size_t i = 0, n = 0; i < SUBJECT_FIELDS; i++) {
        if (is_of(i, owner, &field)) {
            near_offer(&near, field);
            n += (size_t)snprintf(known + n, sizeof known - n, "%s%.*s", n ? ", " : "", STR_ARG(field));
            assert(n < sizeof known);
        }
    }
    if (near.best.n) {
        return wrong(w, node->a,
                     "'%.*s.%.*s' is not a field of %.*s\n  known fields: %s   did you mean '%.*s'?",
                     STR_ARG(owner), STR_ARG(node->name), STR_ARG(owner), known, STR_ARG(near.best));
    }
    return wrong(w, node->a, "'%.*s.%.*s' is not a field of %.*s\n  known fields: %s", STR_ARG(owner),
                 STR_ARG(node->name), STR_ARG(owner), known);
}

/* ---- the walk */

static bool is_field(const struct cel_node *node) {
    return node->kind == NODE_SELECT && node->a->kind == NODE_NAME && is_owner(node->a->name);
}

static int check_field(struct walk *w, const struct cel_node *node) {
    ptrdiff_t row = row_of(node->a->name, node->name);
    if (row < 0) {
        return no_such_field(w, node);
    }
    if (node->is_test || node->is_optional) {
        return wrong(w, node->a,
                     "%.*s.%.*s is always there: compare its value, which is empty where there is none",
                     STR_ARG(node->a->name), STR_ARG(node->name));
    }
    w->use->reads_status |= row == SUBJECT_STATUS;
    return 0;
}

static bool is_severity(const struct cel_node *node) {
    return is_field(node) && row_of(node->a->name, node->name) == SUBJECT_SEVERITY;
}

static int check_order(struct walk *w, const struct cel_node *node) {
    if (node->op < OP_LESS || node->op > OP_GREATER_EQUAL ||
        (!is_severity(node->a) && !is_severity(node->b))) {
        return 0;
    }
    return wrong(w, is_severity(node->a) ? node->a->a : node->b->a,
                 "severities are words, which have no order: use finding.level >= 4 (high), or "
                 "finding.severity in ['high', 'critical']");
}

static bool hides(const struct cel_node *node) {
    return is_owner(node->variables[0]) || is_owner(node->variables[1]);
}

static int walk(struct walk *w, const struct cel_node *node) {
    if (is_field(node)) {
        return check_field(w, node);
    }
    if (node->kind == NODE_NAME && is_owner(node->name)) {
        return wrong(w, node, "'%.*s' is no value by itself: name one of its fields, as in %s",
                     STR_ARG(node->name),
                     str_eq(node->name, STR("finding")) ? "finding.severity" : "asset.name");
    }
    if (hides(node)) {
        return wrong(w, node, "a variable of a macro can't be called finding, asset, target or base");
    }
    int r = node->kind == NODE_BINARY ? check_order(w, node) : 0;
    const struct cel_node *children[] = {node->a, node->b, node->c};
    for (size_t i = 0; r == 0 && i < ARRAY_SIZE(children); i++) {
        r = children[i] ? walk(w, children[i]) : 0;
    }
    for (size_t i = 0; r == 0 && i < node->part_count; i++) {
        r = walk(w, node->parts[i]);
    }
    return r;
}

int subject_check(struct arena *arena, struct str expression, struct subject_use *use, size_t *at,
                  struct err *err) {
    struct walk w = {.use = use, .err = err};
    struct cel_node *root;
    *use = (struct subject_use){0};
    *at = 0;
    int r = cel_parse(arena, expression, false, &root, NULL);
    if (r < 0) {
        return r == ERR_MEMORY ? err_memory(err) : 0; /* the compiler says what else is wrong */
    }
    r = walk(&w, root);
    *at = w.at;
    return r;
}
