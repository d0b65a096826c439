/* An inspector that breaks on purpose, in the program that tests link: what a defect in a reader would do. */
#include "base/mem.h"
#include "inspect/inspector.h"

extern const struct inspector inspect_faults;

static int crash(struct inspection *in, struct err *err) {
    abort();
    return 0;
}

static int hang(struct inspection *in, struct err *err) {
    for (volatile bool on = true; on;) {
    }
    return 0;
}

static int swallow_memory(struct inspection *in, struct err *err) {
    enum { PIECE = 16 << 20, PIECES = 64 };
    for (int i = 0; i < PIECES; i++) {
        void *piece = mem_alloc(PIECE);
        if (!piece) {
            return err_memory(err);
        }
        memset(piece, 1, PIECE);
    }
    return err_set(err, ERR_LIMIT, "took a gigabyte and nobody minded");
}

static int flood(struct inspection *in, struct err *err) {
    while (!in->facts->out.failed) {
        facts_package(in->facts,
                      &(struct package){.type = PACKAGE_NPM, .name = STR("flood"), .version = STR("1")});
    }
    return 0;
}

static int inspect(struct inspection *in, struct err *err) {
    static const struct {
        struct str name;
        int (*breaks)(struct inspection *in, struct err *err);
    } faults[] = {{{"plimsoll-fault-abort", 20}, crash},
                  {{"plimsoll-fault-loop", 19}, hang},
                  {{"plimsoll-fault-memory", 21}, swallow_memory},
                  {{"plimsoll-fault-flood", 20}, flood}};
    for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
        if (str_eq(str_basename(in->entry->path), faults[i].name)) {
            return faults[i].breaks(in, err);
        }
    }
    return 0;
}

const struct inspector inspect_faults = {
    .name = "faults",
    .title = "planted faults",
    .reads = "plimsoll-fault-*",
    .version = 1,
    .body_max = 1 << 20,
    .wants = {{.name = "plimsoll-fault-abort"},
              {.name = "plimsoll-fault-loop"},
              {.name = "plimsoll-fault-memory"},
              {.name = "plimsoll-fault-flood"}},
    .inspect = inspect,
};
