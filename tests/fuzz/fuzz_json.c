/* JSON in; what is accepted, written and read again is the same tree. */
#include "base/limits.h"
#include "doc/json.h"
#include "doc/json_write.h"
#include "fuzz.h"

#include <math.h>

static bool is_same(const struct doc *a, const struct doc *b);

static bool is_same_map(const struct doc *a, const struct doc *b) {
    for (size_t i = 0; i < a->map.n; i++) {
        if (!is_same(a->map.members[i].value, doc_get(b, a->map.members[i].key))) {
            return false;
        }
    }
    return a->map.n == b->map.n;
}

static bool is_same_list(const struct doc *a, const struct doc *b) {
    for (size_t i = 0; i < a->list.n; i++) {
        if (!is_same(a->list.items[i], doc_at(b, i))) {
            return false;
        }
    }
    return a->list.n == b->list.n;
}

static bool is_same(const struct doc *a, const struct doc *b) {
    if (a->kind == DOC_DOUBLE && !isfinite(a->d)) {
        return doc_is(b, DOC_NULL);
    }
    if (!doc_is(b, a->kind)) {
        return false;
    }
    switch (a->kind) {
    case DOC_BOOL:
        return a->b == b->b;
    case DOC_INT:
        return a->i == b->i;
    case DOC_UINT:
        return a->u == b->u;
    case DOC_DOUBLE:
        return a->d == b->d;
    case DOC_STRING:
        return str_eq(a->s, b->s);
    case DOC_LIST:
        return is_same_list(a, b);
    case DOC_MAP:
        return is_same_map(a, b);
    default:
        return true;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(64 * MIB);
    const struct doc *first, *second;
    struct err err = ERR_NONE;
    if (json_parse(&arena, str_n((const char *)data, size), &first, &err) < 0) {
        return 0;
    }
    struct json_writer w = json_writer_new(&text, (unsigned)(size % 3));
    json_write_doc(&w, first);
    if (json_finish(&w, &err) < 0 || json_parse(&arena, buf_view(&text), &second, &err) < 0 ||
        !is_same(first, second)) {
        abort();
    }
    return 0;
}
