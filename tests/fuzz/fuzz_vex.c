/* Text of a VEX document to a record, the record back, and a question. */
#include "base/limits.h"
#include "fuzz.h"
#include "vuln/vex/reading.h"

static void ask(const struct vex *vex) {
    const struct package_record record = {.purl = STR("pkg:npm/a@1.0.0")};
    const struct vex_question question = {.id = STR("CVE-2024-1"),
                                          .package = &record,
                                          .image_name = STR("registry/web:1"),
                                          .image_digest = STR("sha256:00")};
    (void)vex_find(vex, &question);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct buf record = buf_new(LIMIT_BODY);
    struct vex vex = vex_new(&arena), raw = vex_new(&arena);
    struct err err = ERR_NONE;
    if (vex_encode(&arena, str_n((const char *)data, size), &record, &err) == 0) {
        if (vex_decode(&vex, buf_view(&record), STR("vex.json"), &err) < 0) {
            __builtin_trap();
        }
        ask(&vex);
    }
    if (vex_decode(&raw, str_n((const char *)data, size), STR("vex.json"), &err) == 0) {
        ask(&raw);
    }
    buf_free(&record);
    arena_free(&arena);
    return 0;
}
