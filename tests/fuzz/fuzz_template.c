/* Any text as a template, compiled and written over a small report. */
#include "base/limits.h"
#include "doc/json.h"
#include "fuzz.h"
#include "report/template/template.h"

#define HEAD                                                                                                 \
    "{\"summary\": {\"open\": 2}, \"target\": {\"name\": \"web\"}, \"fixes\": [{\"to\": \"1\"}], \"tool\": " \
    "{}}"

/* Two of each, which are the head itself. */
static int item(void *ctx, enum template_list list, size_t i, struct arena *arena, const struct doc **out,
                struct err *err) {
    *out = i < 2 ? *(const struct doc *const *)ctx : NULL;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(32 * MIB);
    _cleanup_(buf_free) struct buf out = buf_new(64 * KIB);
    struct err err = ERR_NONE;
    const struct template *t;
    struct template_data report = {.item = item};
    if (json_parse(&arena, STR(HEAD), &report.head, NULL) < 0) {
        return 0;
    }
    report.ctx = &report.head;
    int r = template_compile(&arena, STR("t"), str_n((const char *)data, size), &t, &err);
    r = r == 0 ? template_write(t, &report, &out, &err) : r;
    assert(r == 0 || err.message[0]);
    (void)r;
    return 0;
}
