/* Text to parts, and their expressions to programs. */
#include "base/limits.h"
#include "cel/library/libraries.h"
#include "report/template/parts.h"

const char *const template_members[] = {"schema_version", "tool",       "run",     "target",
                                        "summary",        "guardrails", "fixes",   "layers",
                                        "files",          "rules",      "problems"};
const size_t template_members_n = ARRAY_SIZE(template_members);

static const char *const lists[TEMPLATE_LISTS] = {
    [TEMPLATE_FINDINGS] = "findings", [TEMPLATE_PACKAGES] = "packages"};

struct reader {
    struct arena *arena;
    struct template *t;
    struct str rest;
    struct doc_place at;  /* of rest; columns count characters */
    struct doc_place tag; /* of the last "${" */
    size_t open[LIMIT_TEMPLATE_DEPTH];
    size_t depth;
    struct err *err;
};

int template_wrong(const struct template *t, struct doc_place place, struct err *err) {
    return err_at(err, "%.*s: line %u column %u", STR_ARG(t->name), place.line, place.column);
}

static int wrong(const struct reader *r, struct doc_place place, const char *what) {
    err_set(r->err, ERR_INPUT, "%s", what);
    return template_wrong(r->t, place, r->err);
}

/* ---- places */

static void step(struct reader *r, size_t n) {
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)r->rest.p[i];
        if (c == '\n') {
            r->at.line++;
            r->at.column = 1;
        } else if ((c & 0xc0) != 0x80) {
            r->at.column++;
        }
    }
    r->rest = str_from(r->rest, n);
}

static struct part *add(struct reader *r, enum part_kind kind, struct str text, struct doc_place place) {
    if (r->t->parts.n == LIMIT_TEMPLATE_PARTS) {
        err_set(r->err, ERR_LIMIT, "more than %d parts", LIMIT_TEMPLATE_PARTS);
        template_wrong(r->t, place, r->err);
        return NULL;
    }
    struct part *part = VEC_PUSH(r->arena, &r->t->parts);
    if (!part) {
        err_memory(r->err);
        return NULL;
    }
    *part = (struct part){.kind = kind, .text = text, .place = place};
    return part;
}

/* ---- ${ ... }: where it ends, past strings and braces of the expression */

/* Past the string that begins at i; s.n when it does not end. */
static size_t skip_string(struct str s, size_t i) {
    char quote = s.p[i];
    bool is_raw = i > 0 && (s.p[i - 1] == 'r' || s.p[i - 1] == 'R');
    bool is_triple = i + 2 < s.n && s.p[i + 1] == quote && s.p[i + 2] == quote;
    size_t width = is_triple ? 3 : 1;
    for (i += width; i < s.n; i++) {
        if (s.p[i] == '\\' && !is_raw) {
            i++;
        } else if (s.p[i] == quote &&
                   (!is_triple || (i + 2 < s.n && s.p[i + 1] == quote && s.p[i + 2] == quote))) {
            return i + width;
        }
    }
    return s.n;
}

/* Offset of the brace that ends it; s.n: there is none. */
static size_t find_end(struct str s) {
    size_t depth = 0, i = 0;
    while (i < s.n) {
        char c = s.p[i];
        if (c == '"' || c == '\'') {
            i = skip_string(s, i);
            continue;
        }
        if (c == '}' && depth == 0) {
            return i;
        }
        depth += c == '{';
        depth -= c == '}';
        i++;
    }
    return s.n;
}

/* ---- blocks */

static bool take_word(struct str *s, const char *word) {
    struct str w = str_c(word), rest = str_from(*s, w.n);
    if (!str_starts(*s, w) || (rest.n && !ascii_is_space(rest.p[0]))) {
        return false;
    }
    *s = rest;
    return true;
}

/* Steps to the expression inside of a tag, without the space around it. */
static struct str expression(struct reader *r, struct str inside, struct str rest, struct doc_place *place) {
    struct reader walk = *r;
    struct str trimmed = str_trim(rest);
    walk.rest = inside;
    step(&walk, trimmed.n ? (size_t)(trimmed.p - inside.p) : 0);
    *place = walk.at;
    return trimmed;
}

static bool is_name(struct str s) {
    bool is_it = s.n > 0 && !ascii_is_digit(s.p[0]);
    for (size_t i = 0; i < s.n; i++) {
        is_it &= ascii_is_alnum(s.p[i]) || s.p[i] == '_';
    }
    return is_it;
}

static bool is_taken(struct str name) {
    for (size_t i = 0; i < template_members_n; i++) {
        if (str_eq(name, str_c(template_members[i]))) {
            return true;
        }
    }
    return str_eq(name, str_c(lists[0])) || str_eq(name, str_c(lists[1]));
}

/* The number of a variable of that name; blocks beside each other share it. */
static int variable_of(struct reader *r, struct str name, uint32_t *out) {
    for (size_t i = template_members_n; i < r->t->variables.n; i++) {
        if (str_eq(str_c(r->t->variables.p[i].name), name)) {
            *out = (uint32_t)i;
            return 0;
        }
    }
    if (r->t->variables.n == LIMIT_TEMPLATE_VARIABLES) {
        return wrong(r, r->tag, "too many names of variables");
    }
    struct cel_variable *variable = VEC_PUSH(r->arena, &r->t->variables);
    *out = (uint32_t)r->t->variables.n - 1;
    if (variable) {
        *variable = (struct cel_variable){arena_cstr(r->arena, name), "dyn"};
    }
    return variable && variable->name ? 0 : err_memory(r->err);
}

static int open_block(struct reader *r, struct doc_place place) {
    if (r->depth == LIMIT_TEMPLATE_DEPTH) {
        return wrong(r, place, "blocks are nested too deep");
    }
    r->open[r->depth++] = r->t->parts.n - 1;
    return 0;
}

/* `each NAME in EXPRESSION` */
static int take_each(struct reader *r, struct str inside, struct str rest) {
    struct doc_place place;
    struct str clause = str_trim(rest), name, after;
    size_t n = 0;
    while (n < clause.n && !ascii_is_space(clause.p[n])) {
        n++;
    }
    name = str_sub(clause, 0, n);
    after = str_trim(str_from(clause, n));
    if (!is_name(name) || !take_word(&after, "in") || !str_trim(after).n) {
        return wrong(r, r->tag, "should be: each NAME in LIST");
    }
    if (is_taken(name)) {
        return wrong(r, r->tag, "this name is a member of the report: choose another");
    }
    struct str list = expression(r, inside, after, &place);
    struct part *part = add(r, PART_EACH, list, place);
    if (!part) {
        return r->err->code;
    }
    part->list = str_eq(list, str_c(lists[TEMPLATE_FINDINGS]))   ? TEMPLATE_FINDINGS
                 : str_eq(list, str_c(lists[TEMPLATE_PACKAGES])) ? TEMPLATE_PACKAGES
                                                                 : TEMPLATE_LISTS;
    int rc = variable_of(r, name, &part->variable);
    return rc < 0 ? rc : open_block(r, place);
}

static int take_if(struct reader *r, struct str inside, struct str rest) {
    struct doc_place place;
    struct str condition = expression(r, inside, rest, &place);
    if (!condition.n) {
        return wrong(r, r->tag, "should be: if CONDITION");
    }
    return add(r, PART_IF, condition, place) ? open_block(r, place) : r->err->code;
}

static struct part *innermost(const struct reader *r) {
    return r->depth ? &r->t->parts.p[r->open[r->depth - 1]] : NULL;
}

static int take_else(struct reader *r, struct str inside, struct str rest) {
    struct part *block = innermost(r);
    if (str_trim(rest).n) {
        return wrong(r, r->tag, "else takes no condition: put an if into it");
    }
    if (!block || block->kind != PART_IF || block->otherwise) {
        return wrong(r, r->tag, "else without an if before it");
    }
    block->otherwise = r->t->parts.n;
    return add(r, PART_ELSE, STR_NONE, r->at) ? 0 : r->err->code;
}

static int take_end(struct reader *r, struct str inside, struct str rest) {
    struct part *block = innermost(r);
    size_t number = r->t->parts.n;
    if (str_trim(rest).n) {
        return wrong(r, r->tag, "end takes nothing behind it");
    }
    if (!block) {
        return wrong(r, r->tag, "end without an each or if before it");
    }
    block->end = number;
    if (block->kind == PART_IF && block->otherwise) {
        r->t->parts.p[block->otherwise].end = number;
    } else {
        block->otherwise = number;
    }
    r->depth--;
    return add(r, PART_END, STR_NONE, r->at) ? 0 : r->err->code;
}

static const struct {
    const char *word;
    int (*take)(struct reader *r, struct str inside, struct str rest);
} blocks[] = {{"each", take_each}, {"if", take_if}, {"else", take_else}, {"end", take_end}};

static int take_value(struct reader *r, struct str inside) {
    struct doc_place place;
    struct str text = expression(r, inside, inside, &place);
    if (!text.n) {
        return wrong(r, r->tag, "there is nothing between the braces");
    }
    return add(r, PART_VALUE, text, place) ? 0 : r->err->code;
}

static bool is_blank(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ' && s.p[i] != '\t') {
            return false;
        }
    }
    return true;
}

/* A block that is alone on its line takes the line with it. */
static void swallow_line(struct reader *r, struct str before, struct part *text_before) {
    ptrdiff_t start = str_rfind_byte(before, '\n'), end = str_find_byte(r->rest, '\n');
    struct str head = str_from(before, (size_t)(start + 1));
    struct str tail = str_sub(r->rest, 0, end < 0 ? r->rest.n : (size_t)end);
    bool has_return = tail.n && tail.p[tail.n - 1] == '\r';
    if (!is_blank(head) || !is_blank(str_sub(tail, 0, tail.n - has_return))) {
        return;
    }
    if (text_before && text_before->kind == PART_TEXT) {
        text_before->text.n -= MIN(head.n, text_before->text.n);
    }
    step(r, tail.n + (end >= 0));
}

/* At "${". before: the template up to it. */
static int take_tag(struct reader *r, struct str before) {
    r->tag = r->at;
    size_t text_before = r->t->parts.n;
    step(r, 2);
    size_t end = find_end(r->rest);
    struct str inside = str_sub(r->rest, 0, end), trimmed = str_trim(inside);
    if (end == r->rest.n) {
        return wrong(r, r->tag, "there is no } that ends this");
    }
    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
        struct str rest = trimmed;
        if (take_word(&rest, blocks[i].word)) {
            int rc = blocks[i].take(r, inside, rest);
            step(r, end + 1);
            swallow_line(r, before, text_before ? &r->t->parts.p[text_before - 1] : NULL);
            return rc;
        }
    }
    int rc = take_value(r, inside);
    step(r, end + 1);
    return rc;
}

/* Up to the next "${"; "$${" is that as text. */
static int take_text(struct reader *r) {
    ptrdiff_t at = str_find(r->rest, STR("${"));
    size_t n = at < 0 ? r->rest.n : (size_t)at;
    bool is_escaped = n > 0 && at > 0 && r->rest.p[n - 1] == '$';
    if (is_escaped && !add(r, PART_TEXT, str_sub(r->rest, 0, n - 1), r->at)) {
        return r->err->code;
    }
    struct str text = is_escaped ? str_sub(r->rest, n, 2) : str_sub(r->rest, 0, n);
    if (text.n && !add(r, PART_TEXT, text, r->at)) {
        return r->err->code;
    }
    step(r, is_escaped ? n + 2 : n);
    return 0;
}

static int read_parts(struct reader *r, struct str text) {
    int rc = 0;
    while (rc == 0 && r->rest.n) {
        rc =
            str_starts(r->rest, STR("${")) ? take_tag(r, str_sub(text, 0, text.n - r->rest.n)) : take_text(r);
    }
    if (rc == 0 && r->depth) {
        return wrong(r, innermost(r)->place, "this block has no ${ end }");
    }
    return rc;
}

/* ---- expressions */

/* Who counts findings has summary for it. */
static bool is_of_streamed(const struct err *err) {
    bool is_it = false;
    for (size_t i = 0; i < TEMPLATE_LISTS; i++) {
        is_it |= str_find(str_c(err->message), STR("no variable")) >= 0 &&
                 str_find(str_c(err->message), str_c(lists[i])) >= 0;
    }
    return is_it;
}

/* As the whole template would have it, so that the message names its line and column. */
static int explain(struct reader *r, const struct cel_env *env, const struct part *part) {
    struct str block;
    size_t lines = part->place.line - 1, columns = part->place.column - 1;
    char *padded = arena_alloc(r->arena, lines + columns + part->text.n + 1);
    if (!padded) {
        return err_memory(r->err);
    }
    memset(padded, '\n', lines);
    memset(padded + lines, ' ', columns);
    memcpy(padded + lines + columns, part->text.p, part->text.n);
    int rc =
        cel_compile(env, r->arena, str_n(padded, lines + columns + part->text.n), NULL, &block, NULL, r->err);
    if (rc == 0) {
        return wrong(r, part->place, "this expression is wrong");
    }
    if (is_of_streamed(r->err)) {
        return wrong(r, part->place,
                     "findings and packages are read one by one, by ${ each f in findings } alone; numbers "
                     "of them are in summary");
    }
    return err_at(r->err, "%.*s", STR_ARG(r->t->name));
}

/* Variables of blocks that the part is not in. */
static int check_scope(struct reader *r, const struct part *part, const bool *is_bound) {
    size_t n;
    const uint32_t *used = cel_program_variables(part->program, &n);
    for (size_t i = 0; i < n; i++) {
        if (!is_bound[used[i]]) {
            err_set(r->err, ERR_INPUT, "'%s' is a variable of another block",
                    r->t->variables.p[used[i]].name);
            return template_wrong(r->t, part->place, r->err);
        }
    }
    return 0;
}

static int compile_part(struct reader *r, const struct cel_env *env, struct part *part,
                        const bool *is_bound) {
    struct str block;
    struct err why = ERR_NONE;
    int rc = cel_compile(env, r->arena, part->text, NULL, &block, NULL, &why);
    if (rc == ERR_INPUT) {
        return explain(r, env, part);
    }
    rc = rc < 0 ? rc : cel_program_load(env, r->arena, block, &part->program, &why);
    if (rc < 0) {
        *r->err = why;
        return rc == ERR_MEMORY ? rc : template_wrong(r->t, part->place, r->err);
    }
    return check_scope(r, part, is_bound);
}

static int compile_parts(struct reader *r, const struct cel_env *env) {
    bool is_bound[LIMIT_TEMPLATE_VARIABLES] = {0};
    int rc = 0;
    memset(is_bound, true, template_members_n);
    r->depth = 0;
    for (size_t i = 0; rc == 0 && i < r->t->parts.n; i++) {
        struct part *part = &r->t->parts.p[i];
        bool is_expression = part->kind == PART_VALUE || part->kind == PART_IF ||
                             (part->kind == PART_EACH && part->list == TEMPLATE_LISTS);
        rc = is_expression ? compile_part(r, env, part, is_bound) : 0;
        if (part->kind == PART_EACH && is_bound[part->variable] && rc == 0) {
            rc = wrong(r, part->place, "a block around this one has the same name");
        }
        if (part->kind == PART_EACH || part->kind == PART_IF) {
            r->open[r->depth++] = i;
            is_bound[part->variable] |= part->kind == PART_EACH;
        } else if (part->kind == PART_END) {
            const struct part *block = &r->t->parts.p[r->open[--r->depth]];
            is_bound[block->variable] &= block->kind != PART_EACH;
        }
    }
    return rc;
}

static int new_env(struct reader *r, const struct cel_env **env) {
    const struct cel_library *libraries[CEL_LIBRARY_MAX + 1];
    size_t n = 0;
    for (; cel_libraries[n]; n++) {
        libraries[n] = cel_libraries[n];
    }
    libraries[n++] = &template_library;
    const struct cel_library **kept = arena_array(r->arena, n, sizeof(const struct cel_library *));
    if (!kept) {
        return err_memory(r->err);
    }
    memcpy(kept, libraries, n * sizeof *kept);
    const struct cel_env_config config = {.libraries = kept,
                                          .library_count = n,
                                          .variables = r->t->variables.p,
                                          .variable_count = r->t->variables.n};
    return cel_env_new(r->arena, &config, env, r->err);
}

static int add_members(struct reader *r) {
    for (size_t i = 0; i < template_members_n; i++) {
        struct cel_variable *variable = VEC_PUSH(r->arena, &r->t->variables);
        if (!variable) {
            return err_memory(r->err);
        }
        *variable = (struct cel_variable){template_members[i], "dyn"};
    }
    return 0;
}

int template_compile(struct arena *arena, struct str name, struct str text, const struct template **out,
                     struct err *err) {
    struct err local = ERR_NONE;
    struct template *t = arena_alloc(arena, sizeof *t);
    struct reader r = {.arena = arena, .t = t, .rest = text, .at = {1, 1}, .err = err ? err : &local};
    const struct cel_env *env;
    if (!t) {
        return err_memory(err);
    }
    t->name = name;
    if (text.n > LIMIT_TEMPLATE) {
        return err_set(err, ERR_LIMIT, "%.*s: more than %zu bytes", STR_ARG(name), (size_t)LIMIT_TEMPLATE);
    }
    int rc = add_members(&r);
    rc = rc < 0 ? rc : read_parts(&r, text);
    rc = rc < 0 ? rc : new_env(&r, &env);
    rc = rc < 0 ? rc : compile_parts(&r, env);
    *out = t;
    return rc;
}
