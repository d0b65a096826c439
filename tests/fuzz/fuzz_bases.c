/* A table of base images in; a mistake has its place, and what was read is written and read again. */
#include "base/limits.h"
#include "doc/yaml.h"
#include "fuzz.h"
#include "policy/bases/table.h"

/* libfyaml 0.7.12 leaks a little on quoted scalars of many lines and quotes; what we leak ourselves is still
 * seen. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

static int read_table(struct arena *arena, struct str text, struct base_table *out) {
    struct err err = ERR_NONE;
    const struct doc **documents;
    size_t n;
    if (yaml_parse(arena, text, &documents, &n, &err) < 0) {
        return -1;
    }
    int r = base_table_of(arena, STR("f"), n ? documents[0] : NULL, out, &err);
    unsigned line = 0, column = 0;
    if (r == ERR_INPUT && sscanf(err.message, "f:%u:%u: ", &line, &column) != 2) {
        abort();
    }
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_BASES_FILE);
    struct base_table table, again;
    if (read_table(&arena, str_n((const char *)data, size), &table) < 0 || !table.n) {
        return 0;
    }
    buf_c(&text, "bases:\n");
    for (size_t i = 0; i < table.n; i++) {
        base_entry_write(&text, &table.entries[i]);
    }
    if (!text.failed && (read_table(&arena, buf_view(&text), &again) < 0 || again.n != table.n)) {
        abort();
    }
    return 0;
}
