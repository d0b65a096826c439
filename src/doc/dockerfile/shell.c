#include "doc/dockerfile/shell.h"

#include "base/limits.h"
#include "doc/dockerfile/shell_word.h"
#include "doc/dockerfile/shell_wrap.h"

/* What nested scripts share with the one they stand in. */
struct shared {
    struct reading *r;
    struct items *out;
    int64_t pipelines;
};

/* One script, [p, end) of j. */
struct script {
    struct shared *s;
    const struct joined *j;
    size_t p, end, opened; /* opened: the last bracket that opened a subshell */
    unsigned nesting, subshell, cases;
    int64_t pipeline;
    size_t bodies; /* where the next heredoc's text begins, behind this line; 0 when none is open */
    struct str after, via;
    bool is_fresh, in_pattern; /* no command since the last operator; the word here is a pattern of case */
};

/* One simple command while it is read. */
struct simple {
    VEC(struct shell_word) words;
    struct fields assignments;
    struct items redirects;
    struct shell_finds finds;
    const struct doc *assigned, *redirected; /* of the outer command, for what it wraps */
    size_t start, end;
    struct str via;
};

static void read_script(struct script *script);

/* ---- What is written */

static bool word_push(struct reading *r, struct simple *c, const struct shell_word *word) {
    struct shell_word *slot = VEC_PUSH(&r->scratch, &c->words);
    if (!slot) {
        r->failed = true;
        return false;
    }
    *slot = *word;
    return true;
}

static const struct doc *word_list(struct reading *r, const struct shell_word *words, size_t n, size_t start,
                                   size_t end) {
    struct items items = {0};
    for (size_t i = 0; i < n; i++) {
        items_add(r, &items, words[i].node);
    }
    return items_list(r, &items, n ? words[0].start : start, n ? words[n - 1].end : end);
}

static const struct doc *variable_list(struct reading *r, const struct simple *c) {
    struct items items = {0};
    for (size_t i = 0; i < c->finds.variables.n; i++) {
        items_add(r, &items, reading_string(r, c->start, c->end, c->finds.variables.p[i]));
    }
    return items_list(r, &items, c->start, c->end);
}

/* The map of a command of the words given. */
static void put_command(struct script *script, const struct simple *c, const struct shell_word *words,
                        size_t n) {
    struct reading *r = script->s->r;
    struct fields f = {0};
    size_t start = n ? words[0].start : c->start, end = n ? words[n - 1].end : c->end;
    start = c->via.n ? start : c->start;
    end = MAX(end, c->end);
    if (n) {
        struct str name = str_basename(words[0].value.text);
        fields_add(r, &f, STR("name"), reading_string(r, words[0].start, words[0].end, name));
    }
    fields_add(r, &f, STR("words"), word_list(r, words, n, start, end));
    fields_add(r, &f, STR("args"), word_list(r, words + (n > 0), n - (n > 0), end, end));
    fields_add(r, &f, STR("assignments"), c->assigned);
    fields_add(r, &f, STR("redirects"), c->redirected);
    fields_add(r, &f, STR("variables"), variable_list(r, c));
    fields_add(r, &f, STR("after"), reading_string(r, start, start, script->after));
    fields_add(r, &f, STR("pipeline"), reading_int(r, start, start, script->pipeline));
    fields_add(r, &f, STR("subshell"), reading_int(r, start, start, script->subshell));
    if (c->via.n) {
        fields_add(r, &f, STR("via"), reading_string(r, start, start, c->via));
    }
    items_add(r, script->s->out, fields_map(r, &f, start, end));
}

static void read_nested(struct script *outer, const struct joined *j, size_t p, size_t end, struct str via,
                        unsigned subshell) {
    if (outer->nesting == SHELL_NESTING) {
        reading_problem(outer->s->r, joined_offset(j, p), "scripts nested more than %d deep are not read",
                        SHELL_NESTING);
        return;
    }
    struct script inner = {.s = outer->s,
                           .j = j,
                           .p = p,
                           .end = end,
                           .nesting = outer->nesting + 1,
                           .subshell = subshell,
                           .via = via,
                           .pipeline = ++outer->s->pipelines,
                           .is_fresh = true};
    read_script(&inner);
}

/* The assignments in front of a command that a wrapper takes. */
static const struct doc *wrapped_assignments(struct reading *r, const struct shell_word *words, size_t n,
                                             size_t at) {
    struct fields f = {0};
    for (size_t i = 0; i < n; i++) {
        struct str value, name = str_sub(words[i].value.text, 0, shell_assignment(words[i].value.text));
        str_cut(words[i].value.text, '=', &(struct str){0}, &value);
        fields_add(r, &f, name, reading_string(r, words[i].start, words[i].end, value));
    }
    return fields_map(r, &f, n ? words[0].start : at, n ? words[n - 1].end : at);
}

/* The command, and what it runs, and what that runs. */
static void put_chain(struct script *script, struct simple *c) {
    struct reading *r = script->s->r;
    const struct shell_word *words = c->words.p;
    size_t n = c->words.n;
    put_command(script, c, words, n);
    for (unsigned i = 0; i < LIMIT_SHELL_WRAPPERS && n > 1; i++) {
        struct shell_wrapped inner = shell_unwrap(words, n);
        struct str via = str_basename(words[0].value.text);
        if (inner.script) {
            const struct joined *value = &words[inner.script].value;
            read_nested(script, value, 0, value->text.n, via, script->subshell);
        }
        if (!inner.command) {
            return;
        }
        c->assigned = wrapped_assignments(r, words + inner.assignments, inner.n_assignments,
                                          words[inner.command].start);
        words += inner.command;
        n -= inner.command;
        c->via = via;
        put_command(script, c, words, n);
    }
}

static void put_simple(struct script *script, struct simple *c) {
    struct reading *r = script->s->r;
    bool is_empty = c->words.n == 0 && c->assignments.v.n == 0 && c->redirects.v.n == 0;
    if (!is_empty && !r->failed) {
        c->via = script->via;
        c->assigned = fields_map(r, &c->assignments, c->start, c->end);
        c->redirected = items_list(r, &c->redirects, c->start, c->end);
        put_chain(script, c);
    }
    for (size_t i = 0; i < c->finds.scripts.n; i++) {
        struct shell_script *found = &c->finds.scripts.p[i];
        read_nested(script, script->j, found->start, found->end, found->via, script->subshell + 1);
    }
}

/* ---- What is read */

static char peek(const struct script *s, size_t ahead) {
    return (char)(s->p + ahead < s->end ? s->j->text.p[s->p + ahead] : 0);
}

static struct str rest_of(const struct script *s) {
    return str_sub(s->j->text, s->p, s->end - s->p);
}

/* Spaces, continued line ends and, in front of a word, comments. */
static void skip_blank(struct script *s) {
    while (s->p < s->end) {
        char c = peek(s, 0);
        if (c == '\\' && peek(s, 1) == '\n') {
            s->p += 2;
        } else if (c == ' ' || c == '\t' || c == '\r') {
            s->p++;
        } else if (c == '#') {
            ptrdiff_t line_end = str_find_byte(rest_of(s), '\n');
            s->p = line_end < 0 ? s->end : s->p + (size_t)line_end;
        } else {
            return;
        }
    }
}

static const struct str redirects[] = {STR("&>>"), STR("&>"), STR("<<<"), STR("<<-"), STR("<<"), STR("<>"),
                                       STR("<&"),  STR(">>"), STR(">&"),  STR(">|"),  STR("<"),  STR(">")};

/* The redirection at p behind its digits; STR_NONE when there is none. */
static struct str redirect_at(const struct script *s, size_t digits) {
    struct str rest = str_from(rest_of(s), digits);
    if (rest.n > 1 && (rest.p[0] == '<' || rest.p[0] == '>') && rest.p[1] == '(') {
        return STR_NONE;
    }
    for (size_t i = 0; i < ARRAY_SIZE(redirects); i++) {
        if (str_starts(rest, redirects[i])) {
            return digits && redirects[i].p[0] == '&' ? STR_NONE : redirects[i];
        }
    }
    return STR_NONE;
}

static size_t count_digits(const struct script *s) {
    size_t n = 0;
    while (ascii_is_digit(peek(s, n))) {
        n++;
    }
    return n;
}

/* Where the line that holds p ends: its '\n', or the end. */
static size_t line_end(const struct script *s) {
    for (size_t p = s->p; p < s->end;) {
        char c = s->j->text.p[p];
        bool is_quote = c == '\'' || c == '"' || c == '`' || c == '$';
        size_t behind = is_quote ? shell_skip(NULL, s->j, p, s->end) : p;
        if (c == '\n') {
            return p;
        }
        p = behind > p ? behind : p + (c == '\\' && p + 1 < s->end ? 2 : 1);
    }
    return s->end;
}

/* The lines from the first free one up to the delimiter: [*start, *end) of the script. */
static void take_heredoc(struct script *s, struct str delimiter, bool strips_tabs, size_t *start,
                         size_t *end) {
    size_t p = s->bodies ? s->bodies : MIN(line_end(s) + 1, s->end);
    *start = *end = p;
    while (p < s->end) {
        struct str line = str_sub(s->j->text, p, s->end - p);
        ptrdiff_t n = str_find_byte(line, '\n');
        line = n < 0 ? line : str_sub(line, 0, (size_t)n);
        size_t next = n < 0 ? s->end : p + line.n + 1;
        while (strips_tabs && str_starts(line, STR("\t"))) {
            line = str_from(line, 1);
        }
        line = str_ends(line, STR("\r")) ? str_sub(line, 0, line.n - 1) : line;
        if (str_eq(line, delimiter)) {
            *end = p;
            s->bodies = next;
            return;
        }
        p = *end = next;
    }
    s->bodies = s->end;
    reading_problem(s->s->r, joined_offset(s->j, s->p), "the heredoc \"%.*s\" is not closed",
                    STR_ARG(delimiter));
}

static void put_heredoc(struct script *s, struct fields *f, const struct shell_word *target, bool strips_tabs,
                        bool expands) {
    struct reading *r = s->s->r;
    size_t start, end;
    take_heredoc(s, target->value.text, strips_tabs, &start, &end);
    size_t from = joined_offset(s->j, start), to = joined_end(s->j, start, end);
    struct str text = str_sub(s->j->text, start, end - start);
    fields_add(r, f, STR("text"), reading_string(r, from, to, text));
    fields_add(r, f, STR("expand"), reading_bool(r, from, to, expands));
}

/* The redirection op with digits in front, at p. */
static void read_redirect(struct script *s, struct simple *c, size_t digits, struct str op) {
    struct reading *r = s->s->r;
    struct fields f = {0};
    size_t at = s->p, from = joined_offset(s->j, at);
    uint64_t fd;
    if (digits && str_to_u64(str_sub(s->j->text, at, digits), 10, &fd) && fd <= INT32_MAX) {
        fields_add(r, &f, STR("fd"), reading_int(r, from, from + digits, (int64_t)fd));
    }
    s->p += digits;
    fields_add(r, &f, STR("op"),
               reading_string(r, joined_offset(s->j, s->p), joined_end(s->j, s->p, s->p + op.n), op));
    s->p += op.n;
    skip_blank(s);
    size_t start = s->p;
    s->p = shell_word_end(r, s->j, start, s->end);
    struct shell_word target;
    bool is_heredoc = str_eq(op, STR("<<")) || str_eq(op, STR("<<-"));
    if (!shell_unquote(r, s->j, start, s->p, is_heredoc ? NULL : &c->finds, &target)) {
        return;
    }
    if (s->p == start) {
        reading_problem(r, from, "nothing stands behind \"%.*s\"", STR_ARG(op));
    }
    fields_add(r, &f, STR("target"), target.node);
    if (is_heredoc && s->p > start) {
        struct str raw = str_sub(s->j->text, start, s->p - start);
        put_heredoc(s, &f, &target, op.n == 3, str_eq(raw, target.value.text));
    }
    items_add(r, &c->redirects, fields_map(r, &f, from, joined_end(s->j, at, s->p)));
}

/* a=(1 2): what stands in the brackets is skipped. The list is the value as it is written. */
static size_t array_end(struct script *s, size_t p) {
    bool opens = p < s->end && s->j->text.p[p] == '(' && s->j->text.p[p - 1] == '=';
    return opens ? shell_skip(s->s->r, s->j, p, s->end) : p;
}

/* True when [start, end) is NAME=value, which is then among the command's assignments. */
static bool read_assignment(struct script *s, struct simple *c, size_t start, size_t end) {
    struct str raw = str_sub(s->j->text, start, end - start);
    size_t name = shell_assignment(raw);
    if (!name) {
        return false;
    }
    size_t value = start + name + 1 + (raw.p[name] == '+');
    s->p = end = array_end(s, shell_word_end(s->s->r, s->j, start, s->end));
    struct shell_word word;
    if (shell_unquote(s->s->r, s->j, value, end, &c->finds, &word)) {
        fields_add(s->s->r, &c->assignments, str_sub(raw, 0, name), word.node);
    }
    return true;
}

/* What a reserved word does to the flat list. */
enum reserved {
    RESERVED_NONE,
    RESERVED_GOES_ON,
    RESERVED_LIST,
    RESERVED_CASE,
    RESERVED_ESAC,
    RESERVED_FUNCTION,
    RESERVED_TEST
};

static enum reserved reserved_word(struct str raw) {
    static const struct {
        struct str word;
        enum reserved does;
    } words[] = {
        {STR("if"), RESERVED_GOES_ON},        {STR("then"), RESERVED_GOES_ON},
        {STR("elif"), RESERVED_GOES_ON},      {STR("else"), RESERVED_GOES_ON},
        {STR("fi"), RESERVED_GOES_ON},        {STR("while"), RESERVED_GOES_ON},
        {STR("until"), RESERVED_GOES_ON},     {STR("do"), RESERVED_GOES_ON},
        {STR("done"), RESERVED_GOES_ON},      {STR("{"), RESERVED_GOES_ON},
        {STR("}"), RESERVED_GOES_ON},         {STR("!"), RESERVED_GOES_ON},
        {STR("for"), RESERVED_LIST},          {STR("select"), RESERVED_LIST},
        {STR("case"), RESERVED_CASE},         {STR("esac"), RESERVED_ESAC},
        {STR("function"), RESERVED_FUNCTION}, {STR("[["), RESERVED_TEST},
    };
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq(raw, words[i].word)) {
            return words[i].does;
        }
    }
    return RESERVED_NONE;
}

/* One word from p on, which is known to stand there. */
static bool read_word(struct script *s, struct simple *c, struct shell_word *word) {
    size_t start = s->p;
    s->p = shell_word_end(s->s->r, s->j, start, s->end);
    return shell_unquote(s->s->r, s->j, start, s->p, &c->finds, word);
}

/* The words of `for` and `case` up to ; a line end or `in`: no command, but what they substitute is looked
 * at. */
static void skip_list(struct script *s, struct simple *c, bool to_in) {
    while (true) {
        skip_blank(s);
        size_t start = s->p;
        if (str_starts(rest_of(s), STR("(("))) {
            s->p = shell_skip(s->s->r, s->j, s->p, s->end);
            continue;
        }
        struct shell_word word;
        if (s->p == s->end || redirect_at(s, 0).n ||
            (shell_is_meta(peek(s, 0)) && !(to_in && peek(s, 0) == '\n'))) {
            return;
        }
        if (peek(s, 0) == '\n') {
            s->p++;
            continue;
        }
        if (!read_word(s, c, &word) ||
            (to_in && str_eq(str_sub(s->j->text, start, s->p - start), STR("in")))) {
            return;
        }
    }
}

/* [[ ... ]]: all up to the closing word, operators too, are its words. */
static void read_test(struct script *s, struct simple *c) {
    while (s->p < s->end) {
        skip_blank(s);
        size_t start = s->p;
        if (peek(s, 0) == '\n') {
            s->p++;
            continue;
        }
        while (s->p < s->end && shell_is_meta(peek(s, 0)) && !ascii_is_space(peek(s, 0))) {
            s->p++;
        }
        if (s->p == start && s->p < s->end) {
            s->p = shell_word_end(s->s->r, s->j, start, s->end);
        }
        struct shell_word word;
        if (start == s->p || !shell_unquote(s->s->r, s->j, start, s->p, &c->finds, &word) ||
            !word_push(s->s->r, c, &word) || str_eq(word.value.text, STR("]]"))) {
            return;
        }
    }
}

/* True when the reserved word [start, p) is done with, and what follows begins a command. */
static bool take_reserved(struct script *s, struct simple *c, size_t start) {
    switch (reserved_word(str_sub(s->j->text, start, s->p - start))) {
    case RESERVED_GOES_ON:
        return true;
    case RESERVED_LIST:
        skip_list(s, c, false);
        return true;
    case RESERVED_CASE:
        skip_list(s, c, true);
        s->cases++;
        s->in_pattern = true;
        return true;
    case RESERVED_ESAC:
        s->cases -= s->cases > 0;
        return true;
    case RESERVED_FUNCTION:
        skip_blank(s);
        s->p = shell_word_end(s->s->r, s->j, s->p, s->end);
        return true;
    case RESERVED_TEST:
        s->p = start;
        read_test(s, c);
        return false;
    default:
        return false;
    }
}

/* name() in front of a body: true, and stepped over. */
static bool skip_function_head(struct script *s) {
    size_t p = s->p;
    while (p < s->end && (s->j->text.p[p] == ' ' || s->j->text.p[p] == '\t')) {
        p++;
    }
    if (p >= s->end || s->j->text.p[p] != '(') {
        return false;
    }
    p++;
    while (p < s->end && (s->j->text.p[p] == ' ' || s->j->text.p[p] == '\t')) {
        p++;
    }
    if (p >= s->end || s->j->text.p[p] != ')') {
        return false;
    }
    s->p = p + 1;
    return true;
}

/* The next word of c; false when the command ends in front of it. */
static bool read_part(struct script *s, struct simple *c) {
    size_t digits = count_digits(s);
    struct str op = redirect_at(s, digits);
    if (op.n) {
        read_redirect(s, c, digits, op);
        return true;
    }
    bool substitutes = (peek(s, 0) == '<' || peek(s, 0) == '>') && peek(s, 1) == '(';
    if (s->p == s->end || (shell_is_meta(peek(s, 0)) && !substitutes)) {
        return false;
    }
    size_t start = s->p;
    if (c->words.n == 0) {
        s->p = shell_word_end(NULL, s->j, start, s->end);
        bool is_first = c->assignments.v.n == 0 && c->redirects.v.n == 0;
        if (is_first && (take_reserved(s, c, start) || skip_function_head(s))) {
            return !s->in_pattern;
        }
        if (c->words.n || read_assignment(s, c, start, s->p)) {
            return true;
        }
        s->p = start;
    }
    struct shell_word word;
    return read_word(s, c, &word) && word_push(s->s->r, c, &word);
}

static void read_simple(struct script *s) {
    struct simple c = {.start = joined_offset(s->j, s->p)};
    size_t from = s->p;
    while (!s->s->r->failed) {
        size_t end = s->p;
        skip_blank(s);
        if (c.words.n + c.assignments.v.n + c.redirects.v.n == 0) {
            from = s->p;
            c.start = joined_offset(s->j, from);
        }
        if (!read_part(s, &c)) {
            c.end = MAX(joined_end(s->j, from, MAX(end, from)), c.start);
            break;
        }
    }
    if (c.words.n + c.assignments.v.n + c.redirects.v.n > 0) {
        s->is_fresh = false;
    }
    put_simple(s, &c);
}

/* What an operator does. */
static const struct operator{
    struct str text, after;
    int subshell;
}
operators[] = {
    {STR("&&"), STR("&&"), 0}, {STR("||"), STR("||"), 0}, {STR(";;&"), STR(";"), 0}, {STR(";;"), STR(";"), 0},
    {STR(";&"), STR(";"), 0},  {STR("|&"), STR("|"), 0},  {STR("|"), STR("|"), 0},   {STR("&"), STR("&"), 0},
    {STR(";"), STR(";"), 0},   {STR("\n"), STR(";"), 0},  {STR("("), STR_NONE, 1},   {STR(")"), STR_NONE, -1},
};

static const struct operator* operator_at(const struct script *s) {
    for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
        if (str_starts(rest_of(s), operators[i].text)) {
            return &operators[i];
        }
    }
    return NULL;
}

static void take_bracket(struct script *s, int subshell) {
    if (subshell < 0 && s->subshell == 0) {
        reading_problem(s->s->r, joined_offset(s->j, s->p - 1), "\")\" closes nothing");
        return;
    }
    s->opened = subshell > 0 ? s->p - 1 : s->opened;
    s->subshell = subshell < 0 ? s->subshell - 1 : s->subshell + 1;
}

static void take_operator(struct script *s, const struct operator* op) {
    bool is_line = op->text.p[0] == '\n';
    s->p += op->text.n;
    if (op->subshell) {
        take_bracket(s, op->subshell);
        return;
    }
    if (is_line && s->bodies) {
        s->p = s->bodies;
        s->bodies = 0;
    }
    s->in_pattern = s->in_pattern || (s->cases && op->text.n > 1 && op->text.p[0] == ';');
    if (is_line && s->is_fresh) {
        return;
    }
    if (!str_eq(op->after, STR("|"))) {
        s->pipeline = ++s->s->pipelines;
    }
    s->after = op->after;
    s->is_fresh = true;
}

/* From a case's pattern to behind its ")", or over the `esac` that ends the case. */
static void skip_pattern(struct script *s) {
    s->in_pattern = false;
    while (s->p < s->end) {
        skip_blank(s);
        size_t start = s->p;
        char c = peek(s, 0);
        if (c == ')') {
            s->p++;
            return;
        }
        if (shell_is_meta(c)) {
            s->p = c == '\n' && s->bodies ? TAKE(s->bodies, 0) : s->p + 1;
            continue;
        }
        s->p = shell_word_end(s->s->r, s->j, start, s->end);
        if (str_eq(str_sub(s->j->text, start, s->p - start), STR("esac"))) {
            s->cases--;
            return;
        }
    }
}

/* Recursion, through read_nested(), is bounded by SHELL_NESTING. */
static void read_script(struct script *s) {
    while (s->p < s->end && !s->s->r->failed) {
        skip_blank(s);
        const struct operator* op = operator_at(s);
        if (s->in_pattern) {
            skip_pattern(s);
        } else if (str_starts(rest_of(s), STR("(("))) {
            s->p = shell_skip(s->s->r, s->j, s->p, s->end);
            s->is_fresh = false;
        } else if (op && !redirect_at(s, 0).n) {
            take_operator(s, op);
        } else if (s->p < s->end) {
            read_simple(s);
        }
    }
}

/* Says what brackets are open at the end. */
static void finish_script(struct script *s) {
    if (s->subshell) {
        reading_problem(s->s->r, joined_offset(s->j, s->opened), "\"(\" is not closed");
    }
}

void shell_read(struct reading *r, const struct joined *text, size_t start, size_t end, struct items *out) {
    struct shared shared = {.r = r, .out = out};
    struct script s = {.s = &shared, .j = text, .p = start, .end = end, .is_fresh = true};
    read_script(&s);
    finish_script(&s);
}

void shell_read_words(struct reading *r, const struct shell_word *words, size_t n, struct items *out) {
    struct shared shared = {.r = r, .out = out};
    struct joined empty = {.end = (uint32_t)(n ? words[0].start : 0)};
    struct script s = {.s = &shared, .j = &empty};
    struct simple c = {.start = n ? words[0].start : 0, .end = n ? words[n - 1].end : 0};
    for (size_t i = 0; i < n; i++) {
        if (!word_push(r, &c, &words[i])) {
            return;
        }
    }
    put_simple(&s, &c);
}

int shell_parse(struct arena *arena, struct str text, struct shell *out, struct err *err) {
    struct reading r;
    struct items commands = {0};
    *out = (struct shell){0};
    int rc = reading_begin(&r, arena, text, err);
    if (rc == 0) {
        struct joined_piece piece = {0, 0};
        struct joined script = {text, &piece, 1, (uint32_t)text.n};
        shell_read(&r, &script, 0, text.n, &commands);
        const struct doc *list = items_list(&r, &commands, 0, text.n);
        rc = r.failed ? err_memory(err) : 0;
        if (rc == 0) {
            *out = (struct shell){list, r.lines, r.problems};
        }
    }
    reading_free(&r);
    return rc;
}
