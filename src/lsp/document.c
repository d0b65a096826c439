#include "lsp/document.h"

#include "base/limits.h"
#include "base/mem.h"
#include "infra/compose/compose.h"
#include "infra/dockerfile.h"

/* ---- names */

static int hex(char c) {
    return ascii_is_digit(c)                                ? c - '0'
           : ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f' ? ascii_lower(c) - 'a' + 10
                                                            : -1;
}

/* The last part of the path, with %XX decoded (RFC 3986). */
static struct str file_of(struct arena *arena, struct str uri) {
    struct str path, query;
    str_cut(uri, '?', &path, &query);
    str_cut(path, '#', &path, &query);
    struct str name = arena_str(arena, str_basename(path));
    size_t n = 0;
    for (size_t i = 0; name.p && i < name.n; i++) {
        char c = name.p[i];
        if (c == '%' && i + 2 < name.n && hex(name.p[i + 1]) >= 0 && hex(name.p[i + 2]) >= 0) {
            c = (char)(hex(name.p[i + 1]) * 16 + hex(name.p[i + 2]));
            i += 2;
        }
        ((char *)name.p)[n++] = c;
    }
    name.n = n;
    return name.n || !name.p ? name : STR("file");
}

struct document *document_new(struct str uri, struct str language) {
    struct document *document = mem_alloc_zero(sizeof *document);
    if (!document) {
        return NULL;
    }
    document->names = arena_new(MIB);
    document->arena = arena_new(LIMIT_DOC_BYTES);
    document->text = buf_new(LIMIT_LSP_MESSAGE);
    document->uri = arena_str(&document->names, uri);
    document->language = arena_str(&document->names, language);
    document->file = file_of(&document->names, uri);
    if (!document->uri.p || !document->language.p || !document->file.p) {
        document_free(document);
        return NULL;
    }
    return document;
}

void document_free(struct document *document) {
    if (document) {
        arena_free(&document->arena);
        arena_free(&document->names);
        buf_free(&document->text);
        mem_free(document);
    }
}

/* ---- text */

bool document_replace(struct document *document, size_t from, size_t to, struct str text) {
    struct buf *buf = &document->text;
    assert(from <= to && to <= buf->n);
    size_t tail = buf->n - to;
    if (text.n > to - from && !buf_room(buf, text.n - (to - from))) {
        return false;
    }
    if (buf->p) {
        memmove(buf->p + from + text.n, buf->p + to, tail);
    }
    if (text.n) {
        memcpy(buf->p + from, text.p, text.n);
    }
    buf->n = from + text.n + tail;
    document->is_stale = true;
    return true;
}

/* ---- what it is */

static bool is_dockerfile(const struct document *d) {
    return str_eq(d->language, STR("dockerfile")) || str_eq(d->language, STR("containerfile")) ||
           dockerfile_is_file_name(d->file);
}

static bool is_compose(const struct document *d) {
    return str_eq(d->language, STR("dockercompose")) || compose_is_file_name(d->file);
}

static bool is_settings(const struct document *d) {
    return str_eq(d->file, STR(".plimsoll.yaml"));
}

static bool is_data(const struct document *d) {
    static const struct str words[] = {STR("yaml"), STR("json"), STR("jsonc"), STR("kubernetes"),
                                       STR("helm")};
    static const struct str ends[] = {STR(".yaml"), STR(".yml"), STR(".json")};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq(d->language, words[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        if (str_ends(d->file, ends[i])) {
            return true;
        }
    }
    return false;
}

static bool has_key(struct str text, struct str key) {
    struct str line;
    while (str_line(&text, &line)) {
        if (str_starts(line, key)) {
            return true;
        }
    }
    return false;
}

static bool is_pack(const struct document *d) {
    struct str text = buf_view(&d->text);
    return is_data(d) && has_key(text, STR("kinds:")) && has_key(text, STR("fail:"));
}

static bool is_manifest(const struct document *d) {
    struct str text = buf_view(&d->text);
    return is_data(d) && str_find(text, STR("apiVersion")) >= 0 && str_find(text, STR("kind")) >= 0;
}

struct str document_source(const struct document *d) {
    static const struct {
        struct str source;
        bool (*is)(const struct document *d);
    } rows[] = {
        {STR("dockerfile"), is_dockerfile}, {STR("compose"), is_compose},     {STR("settings"), is_settings},
        {STR("checks"), is_pack},           {STR("kubernetes"), is_manifest},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].is(d)) {
            return rows[i].source;
        }
    }
    return STR_NONE;
}

int document_refresh_lines(struct document *d, enum lsp_encoding encoding, struct err *err) {
    arena_reset(&d->arena);
    d->review = (struct review){0};
    d->lines = (struct lsp_lines){0};
    d->source = document_source(d);
    return lsp_lines_over(&d->arena, buf_view(&d->text), encoding, &d->lines, err);
}
