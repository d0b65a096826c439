/* An inspector that breaks on purpose, in the program that tests link: what a defect in a reader would do. */
#include "base/mem.h"
#include "inspect/inspector.h"
#include "source/stream/decoder.h"
#include "source/stream/tar.h"

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

/* The linker puts these in the place of tar_next() and decoder_step(): a defect in the readers of streams. */
int __real_tar_next(struct tar *tar, struct entry *entry, struct err *err);
int __wrap_tar_next(struct tar *tar, struct entry *entry, struct err *err);
int __real_decoder_step(struct decoder *decoder, struct flow *flow, struct err *err);
int __wrap_decoder_step(struct decoder *decoder, struct flow *flow, struct err *err);

int __wrap_tar_next(struct tar *tar, struct entry *entry, struct err *err) {
    int r = __real_tar_next(tar, entry, err);
    return r == 1 && str_eq(str_basename(entry->path), STR("plimsoll-fault-tar")) ? hang(NULL, err) : r;
}

int __wrap_decoder_step(struct decoder *decoder, struct flow *flow, struct err *err) {
    const char *out = (const char *)flow->out;
    size_t room = flow->out_n;
    int r = __real_decoder_step(decoder, flow, err);
    return str_find(str_n(out, room - flow->out_n), STR("plimsoll-fault-inflate")) >= 0 ? hang(NULL, err) : r;
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
