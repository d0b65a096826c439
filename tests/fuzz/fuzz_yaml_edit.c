/* Two bytes of orders, then YAML or JSON in: a value set or removed at a path that the document has, or one
 * step further. The edit is refused, or the text it gives says at that path what was asked for. */
#include "base/limits.h"
#include "doc/edit.h"
#include "doc/json.h"
#include "doc/yaml.h"
#include "fuzz.h"

enum { PATH_MAX_STEPS = 8 };

struct orders {
    uint8_t turn; /* which children to go down to */
    bool is_json, is_set, adds;
    unsigned depth;
    enum doc_kind kind;
};

/* libfyaml 0.7.12 leaks a little on quoted scalars of many lines and quotes. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

static const struct doc *parse(struct arena *arena, bool is_json, struct str text) {
    const struct doc *root = NULL, **docs;
    size_t n;
    if (is_json) {
        return json_parse(arena, text, &root, NULL) < 0 ? NULL : root;
    }
    return yaml_parse_tagged(arena, text, &docs, &n, NULL) == 0 && n ? docs[0] : NULL;
}

static size_t choose_path(const struct orders *o, const struct doc *d, struct edit_step *path) {
    size_t n = 0;
    while (n < o->depth && doc_count(d)) {
        size_t i = (o->turn + n) % doc_count(d);
        path[n] = (struct edit_step){d->kind == DOC_MAP ? d->map.members[i].key : STR_NONE, i};
        d = d->kind == DOC_MAP ? d->map.members[i].value : d->list.items[i];
        n++;
    }
    if (o->adds) {
        path[n++] = (struct edit_step){.key = STR("added: key")};
        path[n++] = (struct edit_step){.key = STR("deeper")};
    }
    return n;
}

static const struct doc *follow(const struct doc *d, const struct edit_step *path, size_t n) {
    for (size_t i = 0; i < n; i++) {
        d = path[i].key.p ? doc_get(d, path[i].key) : doc_at(d, path[i].index);
    }
    return d;
}

static void require(bool ok) {
    if (!ok) {
        abort();
    }
}

static void check_value(const struct doc *d, const struct doc *value) {
    require(d && d->kind == value->kind && doc_count(d) == doc_count(value));
    require(d->kind != DOC_STRING || str_eq(d->s, value->s));
    require(d->kind != DOC_BOOL || d->b == value->b);
}

static void check(const struct orders *o, struct str before, const struct edit *edit,
                  const struct edit_step *path, size_t n, const struct doc *value) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf out = buf_new(16 * MIB);
    require(edit_apply(before, edit, 1, &out, NULL) == 0);
    const struct doc *found = follow(parse(&arena, o->is_json, buf_view(&out)), path, n);
    if (o->is_set) {
        check_value(found, value);
    } else {
        require(!found);
    }
}

static void run(const struct orders *o, struct str text) {
    static const struct doc yes = {.kind = DOC_BOOL, .b = true};
    static const struct doc *items[] = {&yes, &yes};
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct doc value = {.kind = o->kind};
    struct edit_step path[PATH_MAX_STEPS + 2];
    struct edit edit;
    if (o->kind == DOC_STRING) {
        value.s = STR("it's \"x\": #\n");
    } else if (o->kind == DOC_LIST) {
        value.list.items = items;
        value.list.n = 2;
    }
    const struct doc *root = parse(&arena, o->is_json, text);
    if (!root) {
        return;
    }
    size_t n = choose_path(o, root, path);
    const struct edit_target target = {o->is_json ? EDIT_JSON : EDIT_YAML, text, 0};
    int rc = o->is_set ? edit_set(&arena, &target, path, n, &value, &edit, NULL)
                       : edit_remove(&arena, &target, path, n, &edit, NULL);
    if (rc == 0) {
        check(o, text, &edit, path, n, &value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const enum doc_kind kinds[] = {DOC_BOOL, DOC_STRING, DOC_LIST, DOC_MAP};
    if (size < 2) {
        return 0;
    }
    struct orders o = {.turn = data[0],
                       .is_json = data[1] & 1,
                       .is_set = data[1] & 2,
                       .adds = data[1] & 4,
                       .depth = data[1] >> 5,
                       .kind = kinds[data[1] >> 3 & 3]};
    run(&o, str_n((const char *)data + 2, size - 2));
    return 0;
}
