#include "doc/edit_parts.h"
#include "doc/json_write.h"
#include "doc/yaml_scalar.h"

/* Words that are no strings to readers of YAML 1.1, as Kubernetes' is. */
static bool is_word_of_yaml_1_1(struct str s) {
    static const struct str words[] = {STR("y"), STR("n"), STR("yes"), STR("no"), STR("on"), STR("off")};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq_nocase(s, words[i])) {
            return true;
        }
    }
    return false;
}

/* Narrower than what YAML allows: letters first, nothing that any context could take for an indicator. */
static bool is_safe_plain(struct str s) {
    if (s.n == 0 || !(ascii_is_alpha(s.p[0]) || s.p[0] == '/' || s.p[0] == '_') || is_word_of_yaml_1_1(s)) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && !memchr("_./@+-", s.p[i], 6)) {
            return false;
        }
    }
    struct doc d = {0};
    return yaml_scalar_resolve(NULL, &d, s, STR(""), true) == YAML_SCALAR_OK && d.kind == DOC_STRING;
}

static bool fits_single_quotes(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static void put_json(struct buf *out, const struct doc *d) {
    struct json_writer w = json_writer_new(out, 0);
    json_write_doc(&w, d);
    out->failed = out->failed || w.too_deep;
}

static void put_double_quoted(struct buf *out, struct str s) {
    struct json_writer w = json_writer_new(out, 0);
    json_str(&w, s);
}

void edit_put_string(struct buf *out, struct str s, char quote) {
    if (quote == 0 && is_safe_plain(s)) {
        buf_str(out, s);
        return;
    }
    if (quote != '\'' || !fits_single_quotes(s)) {
        put_double_quoted(out, s);
        return;
    }
    buf_byte(out, '\'');
    for (size_t i = 0; i < s.n; i++) {
        buf_c(out, s.p[i] == '\'' ? "'" : "");
        buf_byte(out, (unsigned char)s.p[i]);
    }
    buf_byte(out, '\'');
}

void edit_put_key(struct buf *out, enum edit_format format, struct str key) {
    edit_put_string(out, key, format == EDIT_JSON ? '"' : 0);
}

static void put_flow_items(struct buf *out, enum edit_format format, const struct doc *d) {
    for (size_t i = 0; i < doc_count(d); i++) {
        buf_c(out, i ? ", " : "");
        if (d->kind == DOC_MAP) {
            edit_put_key(out, format, d->map.members[i].key);
            buf_c(out, ": ");
        }
        edit_put_flow(out, format, d->kind == DOC_MAP ? d->map.members[i].value : d->list.items[i]);
    }
}

/* As deep as the value given, which the program made and not a file. */
void edit_put_flow(struct buf *out, enum edit_format format, const struct doc *d) {
    if (d->kind == DOC_MAP || d->kind == DOC_LIST) {
        buf_byte(out, d->kind == DOC_MAP ? '{' : '[');
        put_flow_items(out, format, d);
        buf_byte(out, d->kind == DOC_MAP ? '}' : ']');
    } else if (d->kind == DOC_STRING && format == EDIT_YAML) {
        edit_put_string(out, d->s, 0);
    } else {
        put_json(out, d);
    }
}

static void put_spaces(struct buf *out, size_t n) {
    for (size_t i = 0; i < n && !out->failed; i++) {
        buf_byte(out, ' ');
    }
}

void edit_put_block_body(struct buf *out, const struct doc *d, size_t indent, struct str end) {
    for (size_t i = 0; i < doc_count(d); i++) {
        if (i) {
            buf_str(out, end);
            put_spaces(out, indent);
        }
        if (d->kind == DOC_LIST) {
            buf_c(out, "- ");
            edit_put_flow(out, EDIT_YAML, d->list.items[i]);
        } else {
            edit_put_key(out, EDIT_YAML, d->map.members[i].key);
            buf_byte(out, ':');
            edit_put_block(out, d->map.members[i].value, indent, end);
        }
    }
}

void edit_put_block(struct buf *out, const struct doc *d, size_t indent, struct str end) {
    if (doc_count(d) == 0) {
        buf_byte(out, ' ');
        edit_put_flow(out, EDIT_YAML, d);
        return;
    }
    buf_str(out, end);
    put_spaces(out, indent + 2);
    edit_put_block_body(out, d, indent + 2, end);
}
