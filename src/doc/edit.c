#include "doc/edit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "doc/build.h"
#include "doc/edit_parts.h"
#include "doc/json.h"
#include "doc/yaml.h"

/* ---- applying */

static int by_place(const void *a, const void *b) {
    const struct edit *x = *(const struct edit *const *)a, *y = *(const struct edit *const *)b;
    if (x->span.from != y->span.from) {
        return x->span.from < y->span.from ? -1 : 1;
    }
    if (x->span.to != y->span.to) {
        return x->span.to < y->span.to ? -1 : 1; /* insertions stand in front of what is replaced there */
    }
    return (x > y) - (x < y);
}

static int check_order(struct str text, const struct edit *const *sorted, size_t n, struct err *err) {
    size_t end = 0;
    for (size_t i = 0; i < n; i++) {
        struct doc_span span = sorted[i]->span;
        if (span.to < span.from || span.to > text.n) {
            return err_set(err, ERR_USAGE, "the edit at byte %zu reaches past the end of the text",
                           span.from);
        }
        if (span.from < end) {
            return err_set(err, ERR_USAGE, "two edits overlap at byte %zu", span.from);
        }
        end = span.to;
    }
    return 0;
}

static int write_edited(struct str text, const struct edit *const *sorted, size_t n, struct buf *out,
                        struct err *err) {
    size_t from = 0, before = out->n;
    for (size_t i = 0; i < n; i++) {
        buf_str(out, str_sub(text, from, sorted[i]->span.from - from));
        buf_str(out, sorted[i]->text);
        from = sorted[i]->span.to;
    }
    buf_str(out, str_from(text, from));
    if (out->failed) {
        out->n = before;
        return err_memory(err);
    }
    return 0;
}

int edit_apply(struct str text, const struct edit *edits, size_t n, struct buf *out, struct err *err) {
    size_t size;
    if (!mul_fits(n, sizeof(struct edit *), &size)) {
        return err_memory(err);
    }
    _cleanup_(mem_freep) const struct edit **sorted = mem_alloc(MAX(size, sizeof *sorted));
    if (!sorted) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &edits[i];
    }
    if (n) {
        qsort(sorted, n, sizeof(struct edit *), by_place);
    }
    int rc = check_order(text, sorted, n, err);
    return rc < 0 ? rc : write_edited(text, sorted, n, out, err);
}

/* ---- making */

int edit_read(struct arena *arena, enum edit_format format, struct str text, struct edit_text *out,
              struct err *err) {
    *out = (struct edit_text){.format = format};
    int rc = doc_lines_over(arena, text, &out->lines, err);
    if (rc < 0 || format == EDIT_YAML) {
        return rc < 0 ? rc : yaml_parse_tagged(arena, text, &out->docs, &out->n, err);
    }
    out->n = 1;
    out->docs = arena_array(arena, 1, sizeof(struct doc *));
    return out->docs ? json_parse(arena, text, &out->docs[0], err) : err_memory(err);
}

static int find_site(const struct edit_text *text, size_t document, const struct edit_step *path, size_t n,
                     struct edit_site *site, struct err *err) {
    if (document >= text->n) {
        return err_set(err, ERR_ABSENT, "there is no document %zu", document + 1);
    }
    *site = (struct edit_site){.text = text, .node = text->docs[document]};
    for (; site->found < n; site->found++) {
        const struct edit_step *step = &path[site->found];
        const struct doc_member *member = step->key.p ? doc_member(site->node, step->key) : NULL;
        const struct doc *next = step->key.p ? NULL : doc_at(site->node, step->index);
        if (member && edit_is_own(text, site->node, member)) {
            next = member->value;
        }
        if (!next) {
            break; /* a member that was merged in is overridden by one beside the merge key */
        }
        site->parent = site->node;
        site->member = member;
        site->node = next;
    }
    return 0;
}

/* value in as many maps as path has steps; NULL when there is no memory. */
static const struct doc *nest(struct arena *arena, const struct edit_step *path, size_t n,
                              const struct doc *value) {
    while (value && n > 0) {
        struct doc_member member = {.key = path[--n].key, .value = value};
        value = doc_new_map(arena, (struct doc_place){0, 0}, &member, 1, NULL);
    }
    return value;
}

static int check_missing(const struct edit_site *site, const struct edit_step *path, size_t n,
                         struct err *err) {
    for (size_t i = site->found; i < n; i++) {
        if (!path[i].key.p) {
            return err_set(err, ERR_ABSENT, "there is no item %zu to change", path[i].index);
        }
    }
    if (site->found < n && !doc_is(site->node, DOC_MAP) && !doc_is(site->node, DOC_NULL)) {
        return err_set(err, ERR_UNSUPPORTED, "\"%.*s\" should go into a map, but a %s stands there",
                       (int)MIN(path[site->found].key.n, (size_t)80), path[site->found].key.p,
                       doc_kind_name(site->node->kind));
    }
    return 0;
}

static int make_set(struct arena *arena, const struct edit_site *site, const struct edit_step *path, size_t n,
                    const struct doc *value, struct edit *out, struct err *err) {
    bool is_replaced = site->found == n || doc_is(site->node, DOC_NULL);
    size_t skipped = is_replaced ? site->found : site->found + 1;
    int rc = check_missing(site, path, n, err);
    if (rc < 0) {
        return rc;
    }
    const struct doc *nested = nest(arena, path + skipped, n - skipped, value);
    if (!nested) {
        return err_memory(err);
    }
    if (is_replaced) {
        return edit_replace(arena, site, nested, out, err);
    }
    const struct doc_member member = {.key = path[site->found].key, .value = nested};
    return edit_add(arena, site, &member, out, err);
}

/* Reads the edited text again. */
static int prove(struct arena *arena, const struct edit_text *before, const struct edit_target *target,
                 const struct edit_step *path, size_t n, const struct doc *value, const struct edit *edit,
                 struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_DOC_BYTES);
    struct edit_text after;
    int rc = edit_apply(target->text, edit, 1, &text, err);
    rc = rc < 0 ? rc : edit_read(arena, target->format, buf_view(&text), &after, err);
    if (rc == ERR_MEMORY) {
        return rc;
    }
    if (rc < 0 || !edit_is_as_meant(before, &after, target->document, path, n, value)) {
        return err_set(err, ERR_UNSUPPORTED, "the text is laid out in a way that no simple edit fits");
    }
    return 0;
}

static int make(struct arena *arena, const struct edit_target *target, const struct edit_step *path, size_t n,
                const struct doc *value, struct edit *out, struct err *err) {
    _cleanup_(arena_free) struct arena scratch = arena_new(2 * LIMIT_DOC_BYTES);
    struct edit_text before;
    struct edit_site site;
    struct edit edit = {0};
    int rc = edit_read(&scratch, target->format, target->text, &before, err);
    rc = rc < 0 ? rc : find_site(&before, target->document, path, n, &site, err);
    if (rc < 0) {
        return rc;
    }
    if (!value && site.found < n) {
        return err_set(err, ERR_ABSENT, "there is no such member to remove");
    }
    rc = value ? make_set(arena, &site, path, n, value, &edit, err) : edit_cut(&site, &edit, err);
    rc = rc < 0 ? rc : prove(&scratch, &before, target, path, n, value, &edit, err);
    *out = rc < 0 ? (struct edit){0} : edit;
    return rc;
}

int edit_set(struct arena *arena, const struct edit_target *target, const struct edit_step *path, size_t n,
             const struct doc *value, struct edit *out, struct err *err) {
    assert(value);
    return make(arena, target, path, n, value, out, err);
}

int edit_remove(struct arena *arena, const struct edit_target *target, const struct edit_step *path, size_t n,
                struct edit *out, struct err *err) {
    return make(arena, target, path, n, NULL, out, err);
}
