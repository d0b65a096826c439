#include "doc/dockerfile/dockerfile_lines.h"

#include "base/limits.h"

struct walk {
    struct reading *r;
    struct dockerfile_lines *out;
    struct str text;
    size_t p;
    bool may_be_directive;
};

/* One line of the file without its end: [start, end), the next at next. */
struct raw {
    size_t start, end, next;
};

static bool next_raw(struct walk *w, struct raw *line) {
    if (w->p >= w->text.n) {
        return false;
    }
    ptrdiff_t n = str_find_byte(str_from(w->text, w->p), '\n');
    *line =
        (struct raw){w->p, n < 0 ? w->text.n : w->p + (size_t)n, n < 0 ? w->text.n : w->p + (size_t)n + 1};
    while (line->end > line->start && w->text.p[line->end - 1] == '\r') {
        line->end--;
    }
    w->p = line->next;
    return true;
}

static struct str raw_text(const struct walk *w, const struct raw *line) {
    return str_sub(w->text, line->start, line->end - line->start);
}

static size_t first_text(const struct walk *w, const struct raw *line) {
    size_t p = line->start;
    while (p < line->end && ascii_is_space(w->text.p[p])) {
        p++;
    }
    return p;
}

static void add_comment(struct walk *w, const struct raw *line) {
    size_t hash = first_text(w, line);
    struct str text = str_trim(str_sub(w->text, hash + 1, line->end - hash - 1));
    size_t from = text.n ? (size_t)(text.p - w->text.p) : hash + 1;
    struct fields f = {0};
    int64_t number = doc_place(&w->r->lines, hash).line;
    fields_add(w->r, &f, STR("line"), reading_int(w->r, hash, hash, number));
    fields_add(w->r, &f, STR("text"), reading_string(w->r, from, from + text.n, text));
    items_add(w->r, &w->out->comments, fields_map(w->r, &f, hash, line->end));
}

/* ---- Directives */

static void set_escape(struct walk *w, size_t from, struct str value) {
    if (!str_eq(value, STR("`")) && !str_eq(value, STR("\\"))) {
        reading_problem(w->r, from, "the escape is ` or \\, not \"%.*s\"", STR_ARG(value));
        return;
    }
    w->out->escape = reading_string(w->r, from, from + value.n, value);
    w->out->escape_char = value.p[0];
}

/* "# name=value" for the names that are known: true. Anything else ends the directives. */
static bool read_directive(struct walk *w, const struct raw *line) {
    size_t hash = first_text(w, line);
    struct str name, value;
    str_cut(str_sub(w->text, hash + 1, line->end - hash - 1), '=', &name, &value);
    name = str_trim(name);
    value = str_trim(value);
    const struct doc **known = str_eq_nocase(name, STR("syntax"))   ? &w->out->syntax
                               : str_eq_nocase(name, STR("check"))  ? &w->out->check
                               : str_eq_nocase(name, STR("escape")) ? &w->out->escape
                                                                    : NULL;
    if (!known || !value.n) {
        return false;
    }
    size_t from = (size_t)(value.p - w->text.p);
    if (*known) {
        reading_problem(w->r, hash, "a second \"%.*s\" directive", STR_ARG(name));
    } else if (known == &w->out->escape) {
        set_escape(w, from, value);
    } else {
        *known = reading_string(w->r, from, from + value.n, value);
    }
    return true;
}

/* True for a comment line, which is then noted. */
static bool take_comment(struct walk *w, const struct raw *line) {
    size_t p = first_text(w, line);
    if (p == line->end || w->text.p[p] != '#') {
        return false;
    }
    w->may_be_directive = w->may_be_directive && read_directive(w, line);
    if (!w->may_be_directive) {
        add_comment(w, line);
    }
    return true;
}

/* ---- Heredocs */

/* The word of a heredoc without its quotes; false when it is none. */
static bool heredoc_name(struct walk *w, struct str raw, struct dockerfile_heredoc *out) {
    char *name = arena_alloc(w->r->arena, raw.n);
    size_t n = 0;
    char quote = 0;
    if (!name) {
        w->r->failed = true;
        return false;
    }
    out->expands = true;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (quote ? c == quote : c == '\'' || c == '"') {
            quote = (char)(quote ? 0 : c);
            out->expands = false;
        } else if (c == '\\' && quote != '\'' && i + 1 < raw.n) {
            name[n++] = raw.p[++i];
        } else {
            name[n++] = c;
        }
    }
    out->name = str_n(name, n);
    return n > 0 && !quote;
}

/* The heredoc whose word is at p: [digits]<<[-]name. */
static bool heredoc_at(struct walk *w, struct part p, size_t *behind, struct dockerfile_heredoc *out) {
    struct str text = part_text(p);
    size_t n = 0;
    while (n < text.n && ascii_is_digit(text.p[n])) {
        n++;
    }
    if (!str_starts(str_from(text, n), STR("<<"))) {
        return false;
    }
    n += 2;
    *out = (struct dockerfile_heredoc){.at = part_from(p),
                                       .strips_tabs = str_starts(str_from(text, n), STR("-"))};
    p.start += n + out->strips_tabs;
    p = part_trim(p);
    p.end = *behind = part_word_end(p);
    out->at_end = part_to(p);
    return str_find_byte(part_text(p), '<') < 0 && heredoc_name(w, part_text(p), out);
}

/* The heredocs that a line opens, by its words. */
static void find_heredocs(struct walk *w, struct dockerfile_line *line, size_t from) {
    struct part p = {&line->text, from, line->n, '\\'};
    struct dockerfile_heredoc found[LIMIT_HEREDOCS];
    for (p = part_trim(p); p.start < p.end; p = part_trim(p)) {
        size_t behind = p.start;
        bool is_one = heredoc_at(w, p, &behind, &found[line->n_heredocs]);
        if (is_one && ++line->n_heredocs == LIMIT_HEREDOCS) {
            line->n_heredocs--;
            reading_problem(w->r, part_from(p), "more than %d heredocs are not read", LIMIT_HEREDOCS - 1);
            break;
        }
        p.start = behind > p.start ? behind : part_word_end(p);
    }
    line->heredocs = arena_array(&w->r->scratch, MAX(line->n_heredocs, (size_t)1), sizeof *line->heredocs);
    if (!line->heredocs) {
        w->r->failed = true;
        line->n_heredocs = 0;
        return;
    }
    memcpy(line->heredocs, found, line->n_heredocs * sizeof *found);
}

/* True for ADD, COPY and RUN, also behind ONBUILD, that are no JSON lists; *from is where their words begin.
 */
static bool may_have_heredocs(struct walk *w, const struct dockerfile_line *line, size_t *from) {
    struct part p = {&line->text, 0, line->n, w->out->escape_char};
    if (str_find(line->text.text, STR("<<")) < 0) {
        return false;
    }
    struct str keyword = part_text(part_word(&p));
    if (str_eq_nocase(keyword, STR("ONBUILD"))) {
        keyword = part_text(part_word(&p));
    }
    if (!str_eq_nocase(keyword, STR("RUN")) && !str_eq_nocase(keyword, STR("COPY")) &&
        !str_eq_nocase(keyword, STR("ADD"))) {
        return false;
    }
    struct flags flags = {0};
    part_flags(w->r, &p, &flags);
    *from = p.start;
    return !part_json(w->r, p, NULL);
}

/* The lines up to the one that closes h. */
static void take_heredoc(struct walk *w, struct dockerfile_heredoc *h) {
    struct raw line;
    h->start = h->end = w->p;
    while (next_raw(w, &line)) {
        struct str text = raw_text(w, &line);
        while (h->strips_tabs && str_starts(text, STR("\t"))) {
            text = str_from(text, 1);
        }
        h->end = line.start;
        if (str_eq(text, h->name)) {
            return;
        }
        h->end = line.next;
    }
    reading_problem(w->r, h->at, "the heredoc \"%.*s\" is not closed", STR_ARG(h->name));
}

/* Puts the heredocs' lines behind the instruction's. */
static void read_heredocs(struct walk *w, struct dockerfile_line *line) {
    size_t from = 0;
    if (!may_have_heredocs(w, line, &from)) {
        return;
    }
    find_heredocs(w, line, from);
    size_t start = w->p;
    for (size_t i = 0; i < line->n_heredocs; i++) {
        take_heredoc(w, &line->heredocs[i]);
    }
    if (w->p == start) {
        return;
    }
    struct joiner b = joiner_new(w->r->arena, &w->r->scratch, line->n + 1 + (w->p - start));
    joiner_copy(&b, &line->text, 0, line->n);
    joiner_byte(&b, '\n', start - 1);
    joiner_add(&b, str_sub(w->text, start, w->p - start), start);
    w->r->failed = !joiner_finish(&b, w->p, &line->text) || w->r->failed;
    line->end = w->text.p[w->p - 1] == '\n' ? w->p - 1 : w->p;
    for (size_t i = 0; i < line->n_heredocs; i++) {
        struct dockerfile_heredoc *h = &line->heredocs[i];
        h->from = line->n + 1 + (h->start - start);
        h->to = line->n + 1 + (h->end - start);
    }
}

/* ---- Instructions */

/* Takes the escape off the end of a line that goes on; an escape in front of it makes it a plain byte. */
static bool goes_on(const struct walk *w, struct raw *line, size_t from) {
    size_t end = line->end;
    while (end > from && (w->text.p[end - 1] == ' ' || w->text.p[end - 1] == '\t')) {
        end--;
    }
    char escape = w->out->escape_char;
    bool is_escape = end > from && w->text.p[end - 1] == escape;
    if (!is_escape || (end - 1 > from && w->text.p[end - 2] == escape)) {
        return false;
    }
    line->end = end - 1;
    return true;
}

/* The lines that an instruction goes on over, into b; comments and empty lines between them count for
 * nothing. */
static size_t join_lines(struct walk *w, struct joiner *b, struct raw line) {
    bool more = goes_on(w, &line, line.start);
    size_t end = line.end;
    joiner_add(b, raw_text(w, &line), line.start);
    while (more && next_raw(w, &line)) {
        if (take_comment(w, &line) || first_text(w, &line) == line.end) {
            continue;
        }
        more = goes_on(w, &line, line.start);
        end = line.end;
        joiner_add(b, raw_text(w, &line), line.start);
    }
    return end;
}

/* The lines are gone over once before, so that the joined text has the room it needs and no more. */
static size_t room_for(const struct walk *w, struct raw line) {
    struct walk ahead = *w;
    size_t start = line.start;
    bool more = goes_on(w, &line, line.start);
    while (more && next_raw(&ahead, &line)) {
        size_t text = first_text(w, &line);
        bool counts = text < line.end && w->text.p[text] != '#';
        more = counts ? goes_on(w, &line, line.start) : true;
    }
    return ahead.p - start;
}

static void read_instruction(struct walk *w, struct raw line) {
    line.start = first_text(w, &line);
    struct dockerfile_line made = {.start = line.start};
    struct joiner b = joiner_new(w->r->arena, &w->r->scratch, room_for(w, line));
    made.end = join_lines(w, &b, line);
    if (!joiner_finish(&b, made.end, &made.text)) {
        w->r->failed = true;
        return;
    }
    made.n = made.text.text.n;
    read_heredocs(w, &made);
    struct dockerfile_line *slot = VEC_PUSH(&w->r->scratch, &w->out->v);
    if (!slot) {
        w->r->failed = true;
        return;
    }
    *slot = made;
}

void dockerfile_read_lines(struct reading *r, struct dockerfile_lines *out) {
    *out = (struct dockerfile_lines){.escape_char = '\\'};
    struct str text = r->lines.text;
    struct walk w = {.r = r, .out = out, .text = text, .p = r->lines.skipped, .may_be_directive = true};
    struct raw line;
    while (!r->failed && next_raw(&w, &line)) {
        if (take_comment(&w, &line)) {
            continue;
        }
        w.may_be_directive = false;
        if (first_text(&w, &line) < line.end) {
            read_instruction(&w, line);
        }
    }
}
