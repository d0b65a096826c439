#include "infra/compose/interpolate.h"

#include "base/buf.h"
#include "base/limits.h"

/* ---- variables ---- */

struct variables variables_new(struct arena *arena, const struct variables *outer) {
    return (struct variables){arena, map_new(arena), outer};
}

struct variable {
    struct str value;
    bool from_file;
};

static int put(struct variables *v, struct str name, struct variable variable, struct err *err) {
    uint64_t *slot = map_put(&v->values, name, NULL);
    struct variable *kept = slot ? (struct variable *)(uintptr_t)*slot : NULL;
    if (slot && !kept) {
        kept = arena_alloc(v->arena, sizeof *kept);
        *slot = (uint64_t)(uintptr_t)kept;
    } else if (kept && !kept->from_file) {
        return 0;
    }
    if (!kept) {
        return err_memory(err);
    }
    *kept = variable;
    return 0;
}

int variables_put(struct variables *v, struct str name, struct str value, struct err *err) {
    return put(v, name, (struct variable){value, false}, err);
}

const struct str *variables_get(const struct variables *v, struct str name) {
    const struct str *outer = v->outer ? variables_get(v->outer, name) : NULL;
    if (outer) {
        return outer;
    }
    const uint64_t *slot = map_get(&v->values, name);
    const struct variable *found = slot ? (const struct variable *)(uintptr_t)*slot : NULL;
    return found ? &found->value : NULL;
}

/* ---- interpolation ---- */

struct interpolation {
    const struct variables *variables;
    struct buf *out;
    struct interpolated *result;
    struct err *err;
};

static int put_text(struct interpolation *in, struct str text, unsigned depth);

static bool is_name_byte(char c, bool is_first) {
    return ascii_is_alpha(c) || c == '_' || (!is_first && ascii_is_digit(c));
}

static struct str name_at(struct str text) {
    size_t n = 0;
    while (n < text.n && is_name_byte(text.p[n], n == 0)) {
        n++;
    }
    return str_sub(text, 0, n);
}

static void note_unset(struct interpolation *in, struct str name) {
    if (!in->result->unset.n) {
        in->result->unset = name;
    }
}

static int put_value(struct interpolation *in, struct str name) {
    const struct str *value = variables_get(in->variables, name);
    if (!value) {
        note_unset(in, name);
        return 0;
    }
    buf_str(in->out, *value);
    return in->out->failed ? err_set(in->err, ERR_LIMIT, "variables make more than %zu bytes", in->out->cap)
                           : 0;
}

/* "name", then nothing, or an operator and a word: the inside of "${...}". */
static int put_braced(struct interpolation *in, struct str inside, unsigned depth) {
    struct str name = name_at(inside), rest = str_from(inside, name.n);
    const struct str *value = variables_get(in->variables, name);
    bool minds_empty = rest.n && rest.p[0] == ':';
    char op = rest.n > minds_empty ? rest.p[minds_empty] : 0;
    struct str word = str_from(rest, (size_t)minds_empty + 1);
    if (!name.n || (rest.n && op != '-' && op != '?' && op != '+')) {
        return err_set(in->err, ERR_INPUT, "\"${%.*s}\" is no variable", (int)MIN(inside.n, (size_t)80),
                       inside.p);
    }
    bool is_there = value && (!minds_empty || value->n);
    if (op == '+') {
        return is_there ? put_text(in, word, depth + 1) : 0;
    }
    if (op == '-' && !is_there) {
        return put_text(in, word, depth + 1);
    }
    if (op == '?' && !is_there) {
        in->result->message = in->result->required.n ? in->result->message : word;
        in->result->required = in->result->required.n ? in->result->required : name;
        return 0;
    }
    return put_value(in, name);
}

/* The text up to the "}" that ends the braces which stand before it; -1 without one. */
static ptrdiff_t find_end(struct str text) {
    size_t open = 1;
    for (size_t i = 0; i < text.n; i++) {
        open += text.p[i] == '{';
        open -= text.p[i] == '}';
        if (open == 0) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

/* What begins with "$"; *used is its length. */
static int put_dollar(struct interpolation *in, struct str text, size_t *used, unsigned depth) {
    char next = (char)(text.n > 1 ? text.p[1] : 0);
    if (next == '$') {
        *used = 2;
        buf_byte(in->out, '$');
        return 0;
    }
    if (next == '{') {
        struct str inside = str_from(text, 2);
        ptrdiff_t end = find_end(inside);
        *used = (size_t)end + 3;
        return end < 0 ? err_set(in->err, ERR_INPUT, "\"${\" without \"}\"")
                       : put_braced(in, str_sub(inside, 0, (size_t)end), depth);
    }
    struct str name = name_at(str_from(text, 1));
    *used = name.n + 1;
    return name.n ? put_value(in, name)
                  : err_set(in->err, ERR_INPUT,
                            "a \"$\" that begins no variable (write \"$$\" for the sign itself)");
}

static int put_text(struct interpolation *in, struct str text, unsigned depth) {
    if (depth > LIMIT_COMPOSE_NESTING) {
        return err_set(in->err, ERR_LIMIT, "variables in variables, more than %u deep",
                       (unsigned)LIMIT_COMPOSE_NESTING);
    }
    for (ptrdiff_t at; (at = str_find_byte(text, '$')) >= 0;) {
        size_t used = 0;
        buf_str(in->out, str_sub(text, 0, (size_t)at));
        text = str_from(text, (size_t)at);
        int rc = put_dollar(in, text, &used, depth);
        if (rc < 0) {
            return rc;
        }
        text = str_from(text, used);
    }
    buf_str(in->out, text);
    return 0;
}

int interpolate(const struct variables *v, struct str text, struct interpolated *out, struct err *err) {
    *out = (struct interpolated){.text = text};
    if (str_find_byte(text, '$') < 0) {
        return 0;
    }
    _cleanup_(buf_free) struct buf buf = buf_new(LIMIT_COMPOSE_TEXT);
    struct interpolation in = {v, &buf, out, err};
    int rc = put_text(&in, text, 0);
    if (rc < 0) {
        return rc;
    }
    out->changed = true;
    out->text = arena_str(v->arena, buf_view(&buf));
    return buf.failed || !out->text.p ? err_memory(err) : 0;
}

/* ---- .env ---- */

/* A quoted value: up to the closing quote, which may stand on a later line. False without one. */
static bool take_quoted(struct str *rest, char quote, struct str *value) {
    for (size_t i = 1; i < rest->n; i++) {
        if (rest->p[i] == '\\' && quote == '"') {
            i++;
        } else if (rest->p[i] == quote) {
            *value = str_sub(*rest, 1, i - 1);
            *rest = str_from(*rest, i + 1);
            return true;
        }
    }
    return false;
}

/* "\n", "\"" and the like in double quotes. */
static struct str unescape(struct arena *arena, struct str s) {
    char *p = arena_alloc(arena, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; p && i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\' && i + 1 < s.n) {
            c = s.p[++i];
            c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
        }
        p[n++] = c;
    }
    return str_n(p, n);
}

/* Up to the line's end or a comment. */
static struct str take_plain(struct str *rest) {
    struct str line;
    str_line(rest, &line);
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '#' && (i == 0 || ascii_is_space(line.p[i - 1]))) {
            line = str_sub(line, 0, i);
        }
    }
    return str_trim(line);
}

static int put_assignment(struct variables *v, struct str name, struct str *rest, struct err *err) {
    char quote = (char)(rest->n ? rest->p[0] : 0);
    bool is_quoted = quote == '"' || quote == '\'';
    struct str value = STR_NONE, line;
    if (is_quoted && take_quoted(rest, quote, &value)) {
        str_line(rest, &line);
    } else {
        value = take_plain(rest);
    }
    value = quote == '"' ? unescape(v->arena, value) : value;
    if (quote == '"' && !value.p) {
        return err_memory(err);
    }
    struct interpolated out = {.text = value};
    int rc = quote == '\'' ? 0 : interpolate(v, value, &out, err);
    if (rc == ERR_INPUT) {
        out.text = value;
        rc = 0;
    }
    return rc < 0 ? rc : put(v, name, (struct variable){out.text, true}, err);
}

int variables_read(struct variables *v, struct str text, struct err *err) {
    while (text.n) {
        size_t blank = 0;
        while (blank < text.n && ascii_is_space(text.p[blank])) {
            blank++;
        }
        text = str_from(text, blank);
        if (str_starts(text, STR("export "))) {
            text = str_from(text, 7);
        }
        size_t n = 0;
        while (n < text.n &&
               (is_name_byte(text.p[n], n == 0) || (n && (text.p[n] == '.' || text.p[n] == '-')))) {
            n++;
        }
        struct str name = str_sub(text, 0, n), line;
        if (n == 0 || n >= text.n || text.p[n] != '=') {
            str_line(&text, &line);
            continue;
        }
        text = str_from(text, n + 1);
        while (text.n && (text.p[0] == ' ' || text.p[0] == '\t')) {
            text = str_from(text, 1);
        }
        int rc = put_assignment(v, name, &text, err);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}
