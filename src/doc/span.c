#include "doc/span.h"

#include "doc/text.h"

static size_t count_lines(struct str s) {
    size_t n = 1;
    for (size_t i = 0; i < s.n; i++) {
        n += s.p[i] == '\n';
    }
    return n;
}

int doc_lines_over(struct arena *arena, struct str text, struct doc_lines *lines, struct err *err) {
    struct text t;
    int rc = text_over(text, &t, err);
    if (rc < 0) {
        return rc;
    }
    struct str rest = text_rest(&t);
    size_t skipped = text.n - rest.n, n = count_lines(rest);
    uint32_t *starts = arena_array(arena, n, sizeof *starts);
    if (!starts) {
        return err_memory(err);
    }
    size_t line = 0;
    starts[line++] = (uint32_t)skipped;
    for (size_t i = skipped; i < text.n; i++) {
        if (text.p[i] == '\n') {
            starts[line++] = (uint32_t)i + 1;
        }
    }
    *lines = (struct doc_lines){text, skipped, starts, n};
    return 0;
}

struct doc_place doc_place(const struct doc_lines *lines, size_t offset) {
    size_t low = 0, high = lines->n;
    assert(offset <= lines->text.n);
    offset = MAX(offset, lines->skipped);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (lines->starts[middle] <= offset) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (struct doc_place){(uint32_t)low + 1, (uint32_t)(offset - lines->starts[low]) + 1};
}

size_t doc_offset(const struct doc_lines *lines, struct doc_place place) {
    if (place.line == 0 || place.line > lines->n) {
        return lines->text.n;
    }
    size_t offset = (size_t)lines->starts[place.line - 1] + place.column - (place.column > 0);
    return MIN(offset, lines->text.n);
}

struct doc_span doc_span(const struct doc_lines *lines, const struct doc *d) {
    size_t from = doc_offset(lines, d->at);
    return (struct doc_span){from, MIN(from + d->length, lines->text.n)};
}
