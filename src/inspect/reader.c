#include "inspect/reader.h"

#include "base/limits.h"

#include <fcntl.h>
#include <sys/mman.h>

enum { MEMORY = 224 * 1024 * 1024, STEP_SECONDS = 30 };

/* An unnamed file on disk, so that a large executable does not count as memory; memory where there is no
 * disk. */
static int open_spool(void) {
    const char *temporary = getenv("TMPDIR");
    int fd = open(temporary && *temporary ? temporary : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return fd >= 0 ? fd : memfd_create("spool", MFD_CLOEXEC);
}

static int launch(struct reader *reader, struct err *err) {
    int fds[2];
    size_t n = 0;
    if (reader->pass->fd >= 0) {
        fds[n++] = reader->pass->fd;
    }
    if (reader->spool >= 0) {
        fds[n++] = reader->spool;
    }
    reader->pass->skips = reader->skips;
    reader->pass->skips_n = reader->skips_n;
    reader->pass->why_ended = reader->why_ended;
    reader->pass->beats_max = reader->beats_max;
    struct secret_set *secrets = reader->options->secrets;
    reader->pass->secrets = secrets && secret_set_open(secrets, NULL) == 0 ? secrets : NULL;
    struct cage_job job = {
        .run = reader->run,
        .ctx = reader->pass,
        .fds = fds,
        .fds_n = n,
        .memory = MEMORY,
        .output_cap = LIMIT_FACTS,
        .step_seconds = reader->options->step_seconds ? reader->options->step_seconds : STEP_SECONDS,
        .stall_seconds =
            reader->options->stall_seconds ? reader->options->stall_seconds : LIMIT_STALL_SECONDS,
        .is_open = reader->options->is_open,
    };
    return cage_start(&reader->cage, &job, err);
}

int reader_start(struct reader *reader, const struct read_options *options,
                 int (*run)(void *, struct cage_port *, struct err *), struct pass_layer *pass,
                 struct arena *arena, struct err *err) {
    *reader =
        (struct reader){.run = run, .pass = pass, .options = options, .arena = arena, .spool = open_spool()};
    pass->spool = reader->spool;
    return launch(reader, err);
}

void reader_close(struct reader *reader) {
    cage_freep(&reader->cage);
    reader->cage = NULL;
    closep(&reader->spool);
    reader->spool = -1;
}

/* The file that broke the child, to be left out; false when it can't be told or there were too many. */
static bool add_skip(struct reader *reader, uint64_t step) {
    if (!step || reader->skips_n == READER_SKIPS) {
        return false;
    }
    for (size_t i = 0; i < reader->skips_n; i++) {
        if (reader->skips[i].step == step) {
            return false;
        }
    }
    unsigned inspector = pass_step(step).inspector;
    const char *name = inspector < inspectors_n        ? inspectors[inspector]->name
                       : inspector == PASS_SECRETS_BIT ? "secrets"
                                                       : "?";
    const char *why =
        arena_printf(reader->arena, "not read by %s: %s", name, cage_err(reader->cage)->message);
    if (!why) {
        return false;
    }
    reader->skips[reader->skips_n++] = (struct pass_skip){step, why};
    return true;
}

/* One that came no further is begun once more, for what stands before the block that it was at. */
static bool end_before(struct reader *reader, enum cage_outcome outcome) {
    uint64_t beats = cage_beats(reader->cage);
    if (outcome != CAGE_HUNG || cage_step(reader->cage) || reader->why_ended || !beats) {
        return false;
    }
    reader->why_ended = arena_printf(reader->arena, "%s", cage_err(reader->cage)->message);
    reader->beats_max = beats - 1;
    return reader->why_ended;
}

bool reader_ended(struct reader *reader) {
    if (!cage_is_over(reader->cage)) {
        return false;
    }
    enum cage_outcome outcome = cage_outcome(reader->cage);
    if (outcome == CAGE_DONE) {
        return true;
    }
    bool broke = outcome == CAGE_CRASHED || outcome == CAGE_HUNG;
    if (broke && reader->pass->fd >= 0 &&
        (add_skip(reader, cage_step(reader->cage)) || end_before(reader, outcome))) {
        cage_freep(&reader->cage);
        reader->cage = NULL;
        struct err err = ERR_NONE;
        if (launch(reader, &err) == 0) {
            return false;
        }
        reader->err = err;
        return true;
    }
    reader->err = *cage_err(reader->cage);
    return true;
}

struct str reader_facts(const struct reader *reader) {
    return reader->cage ? cage_output(reader->cage) : STR_NONE;
}

struct buf reader_take_facts(struct reader *reader) {
    return reader->cage ? cage_take_output(reader->cage) : buf_new(LIMIT_FACTS);
}

const struct err *reader_err(const struct reader *reader) {
    return reader->err.code ? &reader->err : NULL;
}
