#include "inspect/feeder.h"

#include "base/limits.h"

struct feeder feeder_new(const struct read_options *options, struct arena *arena, struct buf *facts) {
    return (struct feeder){.options = options,
                           .arena = arena,
                           .reader = READER_NONE,
                           .message = buf_new(CAGE_PARCEL_BYTES),
                           .notes = {buf_new(LIMIT_FACTS)},
                           .facts = facts};
}

void feeder_note(struct feeder *feeder, struct str path, const char *message) {
    feeder->notes_n++;
    facts_file(&feeder->notes, path, STR_NONE);
    facts_problem(&feeder->notes, true, "not read: %s", message);
}

static int start_reader(struct feeder *feeder, struct err *err) {
    feeder->pass = (struct pass_layer){.fd = -1, .spool = -1};
    return reader_start(&feeder->reader, feeder->options, pass_files, &feeder->pass, feeder->arena, err);
}

static int end_reader(struct feeder *feeder, struct err *err) {
    cage_give_end(feeder->reader.cage);
    while (!cage_is_over(feeder->reader.cage)) {
        int r = cage_wait(&feeder->reader.cage, 1, -1, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/* Gives one parcel alone to a reader of its own; true when it came through. */
static int give_alone(struct feeder *feeder, struct str message, const int *fds, size_t n, bool *came_through,
                      struct err *err) {
    *came_through = false;
    int r = start_reader(feeder, err);
    if (r == 0) {
        struct err why = ERR_NONE;
        (void)cage_give(feeder->reader.cage, message, fds, n, &why);
        r = end_reader(feeder, err);
    }
    if (r == 0) {
        *came_through = cage_outcome(feeder->reader.cage) == CAGE_DONE;
        if (*came_through) {
            buf_str(feeder->facts, reader_facts(&feeder->reader));
        }
    }
    return r;
}

static struct str nth_offer(struct str message, size_t n) {
    enum { AFTER_PATH = 8 + 4 + 8 };
    struct cursor in = cursor_over(message);
    size_t start = 0;
    for (size_t i = 0; i <= n; i++) {
        start = in.at;
        (void)wire_get_str(&in);
        cursor_skip(&in, AFTER_PATH);
    }
    return str_sub(message, start, in.at - start);
}

/* File by file, so that the one that breaks its reader is known and the others are read. */
static int give_one_by_one(struct feeder *feeder, struct err *err) {
    for (size_t i = 0; i < feeder->fds_n; i++) {
        bool came_through;
        struct str offer = nth_offer(buf_view(&feeder->message), i);
        int r = give_alone(feeder, offer, &feeder->fds[i], 1, &came_through, err);
        if (r < 0) {
            return r;
        }
        if (!came_through) {
            feeder_note(feeder, feeder->paths[i], cage_err(feeder->reader.cage)->message);
        }
        reader_close(&feeder->reader);
    }
    return 0;
}

static void close_parcel(struct feeder *feeder) {
    for (size_t i = 0; i < feeder->fds_n; i++) {
        close(feeder->fds[i]);
    }
    feeder->fds_n = 0;
    buf_clear(&feeder->message);
}

/* Each parcel is a reader's whole work, so that what a broken one had is known exactly. */
static int send_parcel(struct feeder *feeder, struct err *err) {
    bool came_through = true;
    int r = 0;
    if (feeder->fds_n) {
        r = give_alone(feeder, buf_view(&feeder->message), feeder->fds, feeder->fds_n, &came_through, err);
        reader_close(&feeder->reader);
    }
    if (r == 0 && !came_through) {
        r = give_one_by_one(feeder, err);
    }
    close_parcel(feeder);
    return r;
}

int feeder_take(struct feeder *feeder, const struct entry *entry, int fd, uint64_t mask, struct err *err) {
    struct str kept = arena_str(feeder->arena, entry->path);
    if (!kept.p) {
        close(fd);
        return err_memory(err);
    }
    feeder->paths[feeder->fds_n] = kept;
    feeder->fds[feeder->fds_n++] = fd;
    feeder->given++;
    pass_offer(&feeder->message, entry, mask);
    bool is_full = feeder->fds_n == CAGE_PARCEL_FDS || feeder->message.n > CAGE_PARCEL_BYTES - 2 * LIMIT_PATH;
    return is_full ? send_parcel(feeder, err) : 0;
}

int feeder_end(struct feeder *feeder, struct err *err) {
    int r = send_parcel(feeder, err);
    buf_str(feeder->facts, buf_view(&feeder->notes.out));
    return r == 0 && (feeder->facts->failed || feeder->notes.out.failed) ? err_memory(err) : r;
}

void feeder_free(struct feeder *feeder) {
    close_parcel(feeder);
    reader_close(&feeder->reader);
    buf_free(&feeder->notes.out);
    buf_free(&feeder->message);
}
