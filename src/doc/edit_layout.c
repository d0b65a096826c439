#include "base/limits.h"
#include "doc/edit_parts.h"

/* ---- looking at the text */

static struct str text_of(const struct edit_site *site) {
    return site->text->lines.text;
}

static struct doc_span span_of(const struct edit_site *site, const struct doc *d) {
    return doc_span(&site->text->lines, d);
}

static size_t key_offset(const struct edit_site *site, const struct doc_member *member) {
    return doc_offset(&site->text->lines, member->at);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static bool is_break(char c) {
    return c == '\n' || c == '\r';
}

static size_t line_start(struct str s, size_t i) {
    while (i > 0 && s.p[i - 1] != '\n') {
        i--;
    }
    return i;
}

/* In front of the line break, or the end of the text. */
static size_t line_end(struct str s, size_t i) {
    while (i < s.n && !is_break(s.p[i])) {
        i++;
    }
    return i;
}

static size_t next_line(struct str s, size_t i) {
    i = line_end(s, i);
    i += i < s.n && s.p[i] == '\r';
    return i + (i < s.n && s.p[i] == '\n');
}

static bool is_first_in_line(struct str s, size_t i) {
    size_t start = line_start(s, i);
    return str_trim(str_sub(s, start, i - start)).n == 0;
}

static struct str line_break(struct str s) {
    size_t end = line_end(s, 0);
    return end + 1 < s.n && s.p[end] == '\r' && s.p[end + 1] == '\n' ? STR("\r\n") : STR("\n");
}

/* Behind the closing quote of what begins at i. */
static size_t skip_quoted(struct str s, size_t i) {
    char quote = s.p[i++];
    while (i < s.n && s.p[i] != quote) {
        i += quote == '"' && s.p[i] == '\\' ? 2 : 1;
    }
    return MIN(i + 1, s.n);
}

/* Behind the ":" of the key that begins at i; the end of the text when there is none in its line. */
static size_t behind_colon(struct str s, size_t i) {
    if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
        i = skip_quoted(s, i);
    }
    for (; i < s.n; i++) {
        bool is_end = i + 1 >= s.n || is_blank(s.p[i + 1]) || is_break(s.p[i + 1]) ||
                      (i > 0 && memchr("\"'", s.p[i - 1], 2)) || memchr(",[]{}", s.p[i + 1], 5);
        if (s.p[i] == ':' && is_end) {
            return i + 1;
        }
    }
    return s.n;
}

static bool is_flow(const struct edit_site *site, const struct doc *d) {
    struct doc_span span = span_of(site, d);
    return span.to > span.from && memchr("{[", text_of(site).p[span.from], 2);
}

bool edit_is_own(const struct edit_text *text, const struct doc *map, const struct doc_member *member) {
    struct doc_span span = doc_span(&text->lines, map);
    size_t key = doc_offset(&text->lines, member->at);
    return key >= span.from && key < span.to;
}

static bool is_own(const struct edit_site *site, const struct doc *map, const struct doc_member *member) {
    return edit_is_own(site->text, map, member);
}

/* The first or last member by place; NULL when all were merged in. */
static const struct doc_member *own_member(const struct edit_site *site, const struct doc *map, bool last) {
    const struct doc_member *best = NULL;
    for (size_t i = 0; i < doc_count(map); i++) {
        const struct doc_member *m = &map->map.members[i];
        if (is_own(site, map, m) && (!best || (key_offset(site, m) > key_offset(site, best)) == last)) {
            best = m;
        }
    }
    return best;
}

static const struct doc_member *own_behind(const struct edit_site *site, const struct doc *map, size_t from) {
    const struct doc_member *best = NULL;
    for (size_t i = 0; i < doc_count(map); i++) {
        const struct doc_member *m = &map->map.members[i];
        size_t key = key_offset(site, m);
        if (is_own(site, map, m) && key > from && (!best || key < key_offset(site, best))) {
            best = m;
        }
    }
    return best;
}

/* ---- an edit */

static int refuse(struct err *err, const char *why) {
    return err_set(err, ERR_UNSUPPORTED, "%s", why);
}

/* Keeps what was written in the arena; frees out. */
static int finish(struct arena *arena, struct buf *out, size_t from, size_t to, struct edit *edit,
                  struct err *err) {
    struct str text = out->failed ? STR_NONE : out->n ? arena_str(arena, buf_view(out)) : STR("");
    if (!text.p) {
        return err_memory(err);
    }
    *edit = (struct edit){{from, to}, text};
    return 0;
}

/* ---- replacing */

static void put_inline(struct buf *out, const struct edit_site *site, const struct doc *value, char old) {
    bool keeps_quote = site->text->format == EDIT_YAML && value->kind == DOC_STRING;
    if (keeps_quote && (old == '"' || old == '\'')) {
        edit_put_string(out, value->s, old);
    } else {
        edit_put_flow(out, site->text->format, value);
    }
}

/* A block list or map for another: the lines from its first "-" or key on. */
static int replace_block(struct arena *arena, const struct edit_site *site, const struct doc *value,
                         struct edit *out, struct err *err) {
    struct doc_span span = span_of(site, site->node);
    struct str text = text_of(site);
    _cleanup_(buf_free) struct buf b = buf_new(LIMIT_EDIT);
    if (doc_count(value)) {
        edit_put_block_body(&b, value, site->node->at.column - 1, line_break(text));
    } else {
        edit_put_flow(&b, EDIT_YAML, value);
    }
    return finish(arena, &b, span.from, span.to, out, err);
}

/* Where the header of a block scalar ("|-") stands: behind the colon of its key. */
static bool has_block_header(const struct edit_site *site, size_t colon, size_t *header) {
    struct str text = text_of(site);
    *header = colon;
    while (*header < text.n && is_blank(text.p[*header])) {
        ++*header;
    }
    return *header < text.n && memchr("|>", text.p[*header], 2);
}

static int replace_block_scalar(struct arena *arena, const struct edit_site *site, size_t header,
                                const struct doc *value, struct edit *out, struct err *err) {
    struct doc_span span = span_of(site, site->node);
    struct str text = text_of(site);
    size_t to = span.to > header ? span.to : next_line(text, header);
    _cleanup_(buf_free) struct buf b = buf_new(LIMIT_EDIT);
    to = is_first_in_line(text, to) ? line_start(text, to) : to;
    edit_put_flow(&b, EDIT_YAML, value);
    if (to > header && text.p[to - 1] == '\n') {
        buf_str(&b, line_break(text));
    }
    return finish(arena, &b, header, to, out, err);
}

/* "key:" without a value. */
static int fill_empty(struct arena *arena, const struct edit_site *site, size_t colon,
                      const struct doc *value, struct edit *out, struct err *err) {
    struct str text = text_of(site);
    _cleanup_(buf_free) struct buf b = buf_new(LIMIT_EDIT);
    bool is_block = !is_flow(site, site->parent) && doc_count(value) > 0;
    size_t at = is_block ? line_end(text, colon) : colon;
    if (is_block) {
        edit_put_block(&b, value, site->member->at.column - 1, line_break(text));
    } else {
        buf_byte(&b, ' ');
        edit_put_flow(&b, EDIT_YAML, value);
    }
    return finish(arena, &b, at, at, out, err);
}

static int replace_inline(struct arena *arena, const struct edit_site *site, const struct doc *value,
                          struct edit *out, struct err *err) {
    struct doc_span span = span_of(site, site->node);
    _cleanup_(buf_free) struct buf b = buf_new(LIMIT_EDIT);
    put_inline(&b, site, value, text_of(site).p[span.from]);
    return finish(arena, &b, span.from, span.to, out, err);
}

int edit_replace(struct arena *arena, const struct edit_site *site, const struct doc *value, struct edit *out,
                 struct err *err) {
    const struct doc *node = site->node;
    bool is_yaml = site->text->format == EDIT_YAML;
    if (is_yaml && site->member) {
        size_t colon = behind_colon(text_of(site), key_offset(site, site->member)), header;
        if (node->kind == DOC_NULL && node->length == 0) {
            return fill_empty(arena, site, colon, value, out, err);
        }
        if (node->kind == DOC_STRING && has_block_header(site, colon, &header)) {
            return replace_block_scalar(arena, site, header, value, out, err);
        }
    }
    if (node->length == 0) {
        return refuse(err, "the old value has no text of its own");
    }
    if (is_yaml && (node->kind == DOC_MAP || node->kind == DOC_LIST) && !is_flow(site, node)) {
        return value->kind == DOC_MAP || value->kind == DOC_LIST
                   ? replace_block(arena, site, value, out, err)
                   : refuse(err, "a block list or map stands where a scalar should");
    }
    return replace_inline(arena, site, value, out, err);
}

/* ---- adding */

static void put_flow_member(struct buf *b, const struct edit_site *site, const struct doc_member *member) {
    edit_put_key(b, site->text->format, member->key);
    buf_c(b, ": ");
    edit_put_flow(b, site->text->format, member->value);
}

/* Behind the last member, on a line of its own where the last has one. */
static int add_flow(struct arena *arena, const struct edit_site *site, const struct doc_member *member,
                    struct edit *out, struct err *err) {
    struct str text = text_of(site);
    size_t at = span_of(site, site->node).to - 1;
    const struct doc_member *last = own_member(site, site->node, true);
    _cleanup_(buf_free) struct buf b = buf_new(LIMIT_EDIT);
    if (last) {
        size_t key = key_offset(site, last), start = line_start(text, key);
        while (at > key && ascii_is_space(text.p[at - 1])) {
            at--;
        }
        buf_c(&b, text.p[at - 1] == ',' ? "" : ",");
        if (is_first_in_line(text, key)) {
            buf_str(&b, line_break(text));
            buf_str(&b, str_sub(text, start, key - start));
        } else {
            buf_byte(&b, ' ');
        }
    }
    put_flow_member(&b, site, member);
    return finish(arena, &b, at, at, out, err);
}

/* The start of the line below the block map's last value; *is_open when the text ends without a line break.
 */
static size_t below(const struct edit_site *site, bool *is_open) {
    struct str text = text_of(site);
    size_t end = span_of(site, site->node).to, start = line_start(text, end);
    *is_open = false;
    if (start > 0 && is_first_in_line(text, end)) {
        return start; /* a block scalar ends with its last line break */
    }
    size_t next = next_line(text, end);
    *is_open = next == line_end(text, end);
    return next;
}

static int add_block(struct arena *arena, const struct edit_site *site, const struct doc_member *member,
                     struct edit *out, struct err *err) {
    struct str text = text_of(site), end = line_break(text);
    const struct doc_member *first = own_member(site, site->node, false);
    if (!first) {
        return refuse(err, "the map has no members of its own to stand below");
    }
    size_t indent = first->at.column - 1;
    bool is_open;
    size_t at = below(site, &is_open);
    _cleanup_(buf_free) struct buf b = buf_new(LIMIT_EDIT);
    buf_str(&b, is_open ? end : STR(""));
    for (size_t i = 0; i < indent && !b.failed; i++) {
        buf_byte(&b, ' ');
    }
    edit_put_key(&b, EDIT_YAML, member->key);
    buf_byte(&b, ':');
    edit_put_block(&b, member->value, indent, end);
    buf_str(&b, is_open ? STR("") : end);
    return finish(arena, &b, at, at, out, err);
}

int edit_add(struct arena *arena, const struct edit_site *site, const struct doc_member *member,
             struct edit *out, struct err *err) {
    if (site->node->length == 0) {
        return refuse(err, "the map has no text of its own");
    }
    return is_flow(site, site->node) ? add_flow(arena, site, member, out, err)
                                     : add_block(arena, site, member, out, err);
}

/* ---- removing */

/* Behind the member's value; behind its key's colon when the value stands elsewhere or has no text. */
static size_t member_end(const struct edit_site *site) {
    size_t colon = behind_colon(text_of(site), key_offset(site, site->member));
    struct doc_span span = span_of(site, site->member->value);
    bool is_here = span.from >= colon && is_own(site, site->parent, site->member) &&
                   span.to <= span_of(site, site->parent).to;
    return is_here ? MAX(span.to, colon) : colon;
}

static void cut_flow(const struct edit_site *site, const struct doc_member *next, struct doc_span *span) {
    struct str text = text_of(site);
    if (next) {
        span->to = key_offset(site, next);
        return;
    }
    size_t i = span->from;
    while (i > 0 && ascii_is_space(text.p[i - 1])) {
        i--;
    }
    span->from = i > 0 && text.p[i - 1] == ',' ? i - 1 : span->from;
}

static void cut_block(const struct edit_site *site, const struct doc_member *next, struct doc_span *span) {
    struct str text = text_of(site);
    if (!is_first_in_line(text, span->from)) {
        span->to = next ? key_offset(site, next) : span->to; /* the first of "- a: 1" */
        return;
    }
    span->from = line_start(text, span->from);
    bool is_at_start = span->to > span->from && is_first_in_line(text, span->to);
    span->to = is_at_start ? line_start(text, span->to) : next_line(text, span->to);
}

int edit_cut(const struct edit_site *site, struct edit *out, struct err *err) {
    if (!site->member || !is_own(site, site->parent, site->member)) {
        return refuse(err, "the member does not stand in the map itself");
    }
    bool flow = is_flow(site, site->parent);
    struct doc_span span = {key_offset(site, site->member), member_end(site)};
    *out = (struct edit){.text = STR("")};
    if (!flow && doc_count(site->parent) == 1) {
        *out = (struct edit){span_of(site, site->parent), STR("{}")};
        return 0;
    }
    const struct doc_member *next = own_behind(site, site->parent, span.from);
    if (flow) {
        cut_flow(site, next, &span);
    } else {
        cut_block(site, next, &span);
    }
    out->span = span;
    return 0;
}
