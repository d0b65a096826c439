/* The cage: a forked child that reads hostile bytes and can do nothing else.
 *
 * Before its job runs, the child keeps only the descriptors it was handed, gives up new privileges, is put
 * under Landlock (no file, no network) and a seccomp filter (memory, threads of its own, reads and writes on
 * what it holds, nothing that opens, connects, executes or signals others), and gets limits on memory and
 * file size. It dies with its parent. A crash, a hang or a bomb costs the job; the parent learns at which
 * step.
 *
 *     struct cage_job job = {.run = read_layer, .ctx = &layer, .fds = &fd, .fds_n = 1, .memory = 256 * MIB};
 *     cage_start(&cage, &job, err);
 *     while (!cage_is_over(cage)) cage_wait(&cage, 1, -1, err);
 *     switch (cage_outcome(cage)) ...                          cage_output(cage) holds what the job wrote
 *
 * A job reads the parent's memory as it was at the start, so it needs no arguments beyond ctx. The parent
 * must have no threads while it starts one. Not for sharing between threads. */
#ifndef PLIMSOLL_BASE_CAGE_H
#define PLIMSOLL_BASE_CAGE_H

#include "base/buf.h"
#include "base/err.h"

struct cage;      /* the parent's side */
struct cage_port; /* the child's side */

struct cage_job {
    /* In the child. What it returns and its err come back as the outcome. */
    int (*run)(void *ctx, struct cage_port *port, struct err *err);
    void *ctx;
    const int *fds; /* stay open under their numbers; all others are closed */
    size_t fds_n;
    size_t memory;         /* bytes of private memory */
    uint64_t file_size;    /* most bytes of a file it writes to; 0: LIMIT_EXECUTABLE */
    size_t output_cap;     /* bytes that it may write */
    unsigned step_seconds; /* a step that takes longer is a hang; 0: no limit */
    /* Without progress, output or a step for this long it hangs as well, counted only while the parent
     * watches; 0: no limit. */
    unsigned stall_seconds;
    bool is_open; /* --no-cage: no filter, no Landlock; still a process of its own */
};

enum cage_outcome {
    CAGE_RUNNING,
    CAGE_DONE,
    CAGE_FAILED,  /* the job returned an error: cage_err() */
    CAGE_CRASHED, /* a signal ended it: cage_err() names it */
    CAGE_HUNG,    /* a step took too long, or it came no further, and it was ended */
    CAGE_FLOODED  /* it wrote more than output_cap and was ended */
};

/* ---- parent */

int cage_start(struct cage **out, const struct cage_job *job, struct err *err);
/* Kills it if it runs, and reaps it. */
void cage_free(struct cage *cage);
void cage_freep(struct cage **cage);

/* Reads what the cages have written, until at least one of them ends or milliseconds have passed (-1: no
 * limit). */
int cage_wait(struct cage **cages, size_t n, int milliseconds, struct err *err);

bool cage_is_over(const struct cage *cage);
enum cage_outcome cage_outcome(const struct cage *cage);
const struct err *cage_err(const struct cage *cage);
/* What it wrote so far; complete when it is over. */
struct str cage_output(const struct cage *cage);
/* Waits until it has written more or has ended, at most half a second: for output too large to be kept. */
void cage_read(struct cage *cage);
/* Forgets the first n bytes of its output. */
void cage_drop(struct cage *cage, size_t n);
/* The same, no longer the cage's: the caller frees it. */
struct buf cage_take_output(struct cage *cage);
/* Bytes that it says to have read. A broken child can write anything: a number to show, never to trust. */
uint64_t cage_progress(const struct cage *cage);
/* How often it said so. */
uint64_t cage_beats(const struct cage *cage);
/* The step that it was in, 0 outside of any: the number it gave to cage_port_step(). */
uint64_t cage_step(const struct cage *cage);

/* Hands over open files with a message of at most CAGE_PARCEL_BYTES; the child takes them with
 * cage_port_take(). Blocks while the child is behind. The parent's copies stay open. */
enum { CAGE_PARCEL_FDS = 128, CAGE_PARCEL_BYTES = 192 * 1024 };
int cage_give(struct cage *cage, struct str message, const int *fds, size_t n, struct err *err);
/* No more will be given. */
void cage_give_end(struct cage *cage);

/* Runs one job to its end: a negative code with its message unless it is CAGE_DONE. out gets what it wrote.
 */
int cage_call(const struct cage_job *job, struct buf *out, struct err *err);

/* What the kernel lacks of the cage, or NULL when it is whole: "Landlock", "seccomp", "Landlock, seccomp". */
const char *cage_lacks(void);

/* ---- child */

int cage_port_write(struct cage_port *port, struct str bytes, struct err *err);
/* Begins a step, or ends the one begun (0). */
void cage_port_step(struct cage_port *port, uint64_t step);
/* A sign that it comes on: between two of them less than stall_seconds may pass. */
void cage_port_progress(struct cage_port *port, uint64_t bytes_read);
/* 1 with the next parcel, 0 when no more will come. The message lives until the next call; fds are the
 * caller's. */
int cage_port_take(struct cage_port *port, struct str *message, int *fds, size_t *n, struct err *err);

#endif
