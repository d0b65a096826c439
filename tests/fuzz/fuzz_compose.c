/* Files of a compose project in: parts that a line "%%" separates are compose.yaml, other.yaml,
 * sub/compose.yaml and .env. Every place of what is read names a file. */
#include "base/limits.h"
#include "fuzz.h"
#include "infra/compose/compose.h"

#include <stdlib.h>

/* As in fuzz_yaml.c. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void) {
    return "leak:libfyaml";
}

static int read_part(void *context, struct str path, struct str *text, struct err *err) {
    static const struct str names[] = {STR("compose.yaml"), STR("other.yaml"), STR("sub/compose.yaml"),
                                       STR(".env")};
    struct str rest = *(const struct str *)context;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        ptrdiff_t end = str_find(rest, STR("%%\n"));
        *text = end < 0 ? rest : str_sub(rest, 0, (size_t)end);
        rest = end < 0 ? STR("") : str_from(rest, (size_t)end + 3);
        if (str_eq(names[i], path)) {
            return 0;
        }
    }
    return err_set(err, ERR_ABSENT, "no such file");
}

static void check_places(const struct doc *d) {
    if (d->at.file == 0) {
        abort();
    }
    for (size_t i = 0; i < doc_count(d); i++) {
        check_places(d->kind == DOC_MAP ? d->map.members[i].value : d->list.items[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct resources set = resources_new(&arena);
    struct str text = str_n((const char *)data, size);
    const struct str file = STR("compose.yaml");
    const struct compose_project project = {.files = &file, .files_n = 1};
    struct err err = ERR_NONE;
    int rc = compose_read(&set, &project, (struct compose_files){read_part, &text}, &err);
    resources_link(&set);
    for (size_t i = 0; rc == 0 && i < set.all.n; i++) {
        check_places(set.all.p[i]->object);
    }
    return 0;
}
