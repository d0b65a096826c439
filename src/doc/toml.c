#include "doc/toml.h"

#include "base/limits.h"
#include "doc/build.h"
#include "doc/text.h"
#include "doc/toml_scalar.h"
#include "doc/toml_table.h"

struct parser {
    struct text t;
    struct arena *arena;
    struct arena scratch; /* tables, and the stack below */
    VEC(const struct doc *) items;
    struct toml_table *root;
    unsigned sections; /* headers so far */
    struct err *err;
};

/* One part of a dotted key. */
struct part {
    struct str name;
    struct doc_place at;
    bool is_last;
};

static int parse_value(struct parser *j, unsigned depth, const struct doc **out);

static int unexpected(const struct parser *j, const char *wanted) {
    return text_unexpected(&j->t, j->t.p, wanted, j->err);
}

static int too_deep(const struct parser *j, struct doc_place at) {
    return doc_error(j->err, ERR_LIMIT, at, "nested more than %u deep", (unsigned)LIMIT_DOC_DEPTH);
}

static int redefined(const struct parser *j, const struct part *part, const char *why) {
    return doc_error(j->err, ERR_INPUT, part->at, "\"%.*s\" %s", (int)MIN(part->name.n, (size_t)80),
                     part->name.p, why);
}

static void skip_blanks(struct parser *j) {
    while (text_take(&j->t, ' ') || text_take(&j->t, '\t')) {
    }
}

/* "\n" or "\r\n". */
static bool take_line_end(struct parser *j) {
    struct text *t = &j->t;
    if (t->end - t->p > 1 && t->p[0] == '\r' && t->p[1] == '\n') {
        t->p++;
    }
    if (!text_take(t, '\n')) {
        return false;
    }
    text_line(t);
    return true;
}

static int skip_comment(struct parser *j) {
    struct text *t = &j->t;
    if (!text_take(t, '#')) {
        return 0;
    }
    for (; t->p < t->end && *t->p != '\n'; t->p++) {
        unsigned char c = (unsigned char)*t->p;
        bool ends_line = c == '\r' && t->end - t->p > 1 && t->p[1] == '\n';
        if (((c < 0x20 && c != '\t') || c == 0x7f) && !ends_line) {
            return doc_error(j->err, ERR_INPUT, text_place(t, t->p), "byte 0x%02x in a comment", c);
        }
    }
    if (t->p < t->end && t->p[-1] == '\r') {
        t->p--;
    }
    return 0;
}

/* White space, line ends and comments. */
static int skip_lines(struct parser *j) {
    do {
        skip_blanks(j);
        int rc = skip_comment(j);
        if (rc < 0) {
            return rc;
        }
    } while (take_line_end(j));
    return 0;
}

/* ---- keys ---- */

static bool is_bare(char c) {
    return ascii_is_alnum(c) || c == '_' || c == '-';
}

/* The next part of a key, and the dot behind it unless it is the last. */
static int parse_part(struct parser *j, struct part *part) {
    struct text *t = &j->t;
    part->at = text_place(t, t->p);
    char c = text_peek(t);
    if (c == '"' || c == '\'') {
        int rc = toml_read_string(t, j->arena, false, &part->name, j->err);
        if (rc < 0) {
            return rc;
        }
    } else {
        const char *start = t->p;
        while (t->p < t->end && is_bare(*t->p)) {
            t->p++;
        }
        part->name = str_n(start, (size_t)(t->p - start));
        if (part->name.n == 0) {
            return unexpected(j, "a key");
        }
    }
    skip_blanks(j);
    part->is_last = !text_take(t, '.');
    if (!part->is_last) {
        skip_blanks(j);
    }
    return 0;
}

/* ---- tables ---- */

static int add_table(struct parser *j, struct toml_table *parent, const struct part *part,
                     enum toml_origin origin, struct toml_table **out) {
    if (parent->depth >= LIMIT_DOC_DEPTH) {
        return too_deep(j, part->at);
    }
    struct toml_table *table = toml_table_new(&j->scratch, parent->depth + 1, part->at);
    struct toml_entry *entry = table ? toml_table_add(&j->scratch, parent, part->name, part->at) : NULL;
    if (!entry) {
        return err_memory(j->err);
    }
    table->origin = origin;
    table->section = j->sections;
    entry->table = table;
    *out = table;
    return 0;
}

/* The table that a part of a header, not the last, goes through. */
static int enter_by_header(struct parser *j, struct toml_table *parent, const struct part *part,
                           struct toml_table **out) {
    const struct toml_entry *entry = toml_table_find(parent, part->name);
    if (!entry) {
        return add_table(j, parent, part, TOML_IMPLICIT, out);
    }
    if (entry->value) {
        return redefined(j, part, "is a value already, not a table");
    }
    *out = entry->table ? entry->table : entry->array->tables.p[entry->array->tables.n - 1];
    return 0;
}

/* The table that a part of a dotted key, not the last, goes through: one that dotted keys of this section
 * made, or one that only stands above a header. */
static int enter_by_key(struct parser *j, struct toml_table *parent, const struct part *part,
                        struct toml_table **out) {
    const struct toml_entry *entry = toml_table_find(parent, part->name);
    if (!entry) {
        return add_table(j, parent, part, TOML_DOTTED, out);
    }
    struct toml_table *table = entry->table;
    bool is_open = table && (table->origin == TOML_IMPLICIT ||
                             (table->origin == TOML_DOTTED && table->section == j->sections));
    if (!is_open) {
        return redefined(j, part, "is defined already; dotted keys can't add to it");
    }
    table->origin = TOML_DOTTED;
    table->section = j->sections;
    *out = table;
    return 0;
}

/* [name] */
static int define_table(struct parser *j, struct toml_table *parent, const struct part *part,
                        struct toml_table **out) {
    const struct toml_entry *entry = toml_table_find(parent, part->name);
    if (!entry) {
        return add_table(j, parent, part, TOML_HEADER, out);
    }
    if (!entry->table || entry->table->origin != TOML_IMPLICIT) {
        return redefined(j, part, "is defined twice");
    }
    entry->table->origin = TOML_HEADER;
    entry->table->at = part->at;
    *out = entry->table;
    return 0;
}

/* [[name]] */
static int append_table(struct parser *j, struct toml_table *parent, const struct part *part,
                        struct toml_table **out) {
    struct toml_entry *entry = toml_table_find(parent, part->name);
    if (entry && !entry->array) {
        return redefined(j, part, "is defined already and not as an array of tables");
    }
    if (parent->depth + 2 > LIMIT_DOC_DEPTH) {
        return too_deep(j, part->at);
    }
    if (!entry) {
        struct toml_array *array = arena_alloc(&j->scratch, sizeof *array);
        entry = array ? toml_table_add(&j->scratch, parent, part->name, part->at) : NULL;
        if (!entry) {
            return err_memory(j->err);
        }
        entry->array = array;
    }
    struct toml_table *table = toml_table_new(&j->scratch, parent->depth + 2, part->at);
    struct toml_table **slot = table ? VEC_PUSH(&j->scratch, &entry->array->tables) : NULL;
    if (!slot) {
        return err_memory(j->err);
    }
    table->origin = TOML_HEADER;
    *slot = *out = table;
    return 0;
}

/* From behind the first bracket. */
static int parse_header(struct parser *j, struct toml_table **current) {
    bool is_array = text_take(&j->t, '[');
    struct toml_table *table = j->root;
    struct part part = {.is_last = false};
    skip_blanks(j);
    while (!part.is_last) {
        int rc = parse_part(j, &part);
        if (rc == 0 && !part.is_last) {
            rc = enter_by_header(j, table, &part, &table);
        } else if (rc == 0) {
            rc = is_array ? append_table(j, table, &part, &table) : define_table(j, table, &part, &table);
        }
        if (rc < 0) {
            return rc;
        }
    }
    if (!text_take(&j->t, ']') || (is_array && !text_take(&j->t, ']'))) {
        return unexpected(j, "']'");
    }
    j->sections++;
    *current = table;
    return 0;
}

/* key = value, into table. */
static int parse_pair(struct parser *j, struct toml_table *table) {
    struct part part;
    int rc = parse_part(j, &part);
    while (rc == 0 && !part.is_last) {
        rc = enter_by_key(j, table, &part, &table);
        rc = rc < 0 ? rc : parse_part(j, &part);
    }
    if (rc < 0) {
        return rc;
    }
    if (toml_table_find(table, part.name)) {
        return redefined(j, &part, "is defined twice");
    }
    if (!text_take(&j->t, '=')) {
        return unexpected(j, "'='");
    }
    skip_blanks(j);
    const struct doc *value;
    rc = parse_value(j, table->depth, &value);
    if (rc < 0) {
        return rc;
    }
    struct toml_entry *entry = toml_table_add(&j->scratch, table, part.name, part.at);
    if (!entry) {
        return err_memory(j->err);
    }
    entry->value = value;
    return 0;
}

/* ---- values ---- */

static int parse_items(struct parser *j, unsigned depth) {
    while (true) {
        int rc = skip_lines(j);
        if (rc < 0 || text_take(&j->t, ']')) {
            return rc;
        }
        const struct doc *value;
        rc = parse_value(j, depth, &value);
        if (rc < 0) {
            return rc;
        }
        const struct doc **slot = VEC_PUSH(&j->scratch, &j->items);
        if (!slot) {
            return err_memory(j->err);
        }
        *slot = value;
        rc = skip_lines(j);
        if (rc < 0 || text_take(&j->t, ']')) {
            return rc;
        }
        if (!text_take(&j->t, ',')) {
            return unexpected(j, "',' or ']'");
        }
    }
}

static int parse_array(struct parser *j, unsigned depth, struct doc_place at, const struct doc **out) {
    size_t base = j->items.n;
    j->t.p++;
    int rc = parse_items(j, depth);
    if (rc < 0) {
        return rc;
    }
    size_t n = j->items.n - base;
    *out = doc_new_list(j->arena, at, n ? j->items.p + base : NULL, n);
    j->items.n = base;
    return *out ? 0 : err_memory(j->err);
}

static int parse_pairs(struct parser *j, struct toml_table *table) {
    while (true) {
        int rc = skip_lines(j);
        if (rc < 0 || text_take(&j->t, '}')) {
            return rc;
        }
        rc = parse_pair(j, table);
        rc = rc < 0 ? rc : skip_lines(j);
        if (rc < 0 || text_take(&j->t, '}')) {
            return rc;
        }
        if (!text_take(&j->t, ',')) {
            return unexpected(j, "',' or '}'");
        }
    }
}

/* An inline table is closed when its bracket is: it is frozen here and becomes a value. */
static int parse_inline_table(struct parser *j, unsigned depth, struct doc_place at, const struct doc **out) {
    struct toml_table *table = toml_table_new(&j->scratch, depth, at);
    if (!table) {
        return err_memory(j->err);
    }
    j->t.p++;
    int rc = parse_pairs(j, table);
    if (rc < 0) {
        return rc;
    }
    *out = toml_table_freeze(j->arena, &j->scratch, table);
    return *out ? 0 : err_memory(j->err);
}

static int parse_scalar(struct parser *j, struct doc_place at, const struct doc **out) {
    struct doc *d = doc_new(j->arena, DOC_NULL, at);
    *out = d;
    return d ? toml_read_scalar(&j->t, j->arena, d, j->err) : err_memory(j->err);
}

/* A value in something of the given depth. Recursion is bounded here. */
static int parse_value(struct parser *j, unsigned depth, const struct doc **out) {
    struct doc_place at = text_place(&j->t, j->t.p);
    char c = text_peek(&j->t);
    if (c != '[' && c != '{') {
        return parse_scalar(j, at, out);
    }
    if (depth >= LIMIT_DOC_DEPTH) {
        return too_deep(j, at);
    }
    return c == '[' ? parse_array(j, depth + 1, at, out) : parse_inline_table(j, depth + 1, at, out);
}

/* ---- the text ---- */

static int parse_line(struct parser *j, struct toml_table **current) {
    int rc = text_take(&j->t, '[') ? parse_header(j, current) : parse_pair(j, *current);
    if (rc < 0) {
        return rc;
    }
    skip_blanks(j);
    rc = skip_comment(j);
    if (rc == 0 && j->t.p < j->t.end && !take_line_end(j)) {
        return unexpected(j, "the end of the line");
    }
    return rc;
}

static int parse_text(struct parser *j) {
    j->root = toml_table_new(&j->scratch, 1, (struct doc_place){1, 1});
    if (!j->root) {
        return err_memory(j->err);
    }
    struct toml_table *current = j->root;
    int rc = skip_lines(j);
    while (rc == 0 && j->t.p < j->t.end) {
        rc = parse_line(j, &current);
        rc = rc < 0 ? rc : skip_lines(j);
    }
    return rc;
}

int toml_parse(struct arena *arena, struct str text, const struct doc **out, struct err *err) {
    struct parser j = {.arena = arena, .scratch = arena_new(LIMIT_DOC_BYTES), .err = err};
    int rc = text_over(text, &j.t, err);
    rc = rc < 0 ? rc : text_check_utf8(&j.t, err);
    rc = rc < 0 ? rc : parse_text(&j);
    *out = rc < 0 ? NULL : toml_table_freeze(arena, &j.scratch, j.root);
    arena_free(&j.scratch);
    return rc < 0 || *out ? rc : err_memory(err);
}
