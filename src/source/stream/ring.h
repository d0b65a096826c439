/* A ring of byte blocks between one writer, one reader and one digest, without copies.
 *
 * The writer fills the block that ring_room() gives and publishes it with ring_put(); the reader takes blocks
 * in order with ring_next(), which gives the previous one back; the digest passes over each block in a thread
 * of its own, or inside ring_put() where it has none. A block is free again when both are past it.
 *
 * A ring without a reader is for a writer that looks at its own blocks: each stays until the next
 * ring_room(). Blocks have RING_MARGIN spare bytes in front, not digested. */
#ifndef PLIMSOLL_SOURCE_STREAM_RING_H
#define PLIMSOLL_SOURCE_STREAM_RING_H

#include "base/hash.h"
#include "base/str.h"

#include <pthread.h>

enum { RING_SLOTS = 8, RING_MARGIN = 16 };

struct ring_slot {
    unsigned char *p;
    size_t n;
    uint64_t mark; /* what the writer wants the reader to know with this block */
};

struct ring {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct ring_slot slots[RING_SLOTS];
    size_t count;
    unsigned char *memory;
    uint64_t written, read, hashed; /* blocks so far */
    bool has_reader, is_held;       /* is_held: the reader has block number `read` */
    bool is_ended, is_stopped;
    struct sha256 *sha; /* NULL: no digest */
    pthread_t hasher;
    bool hasher_runs;
};

/* An empty ring without blocks; ring_free() is due from here on. */
void ring_init(struct ring *ring, bool has_reader);
/* 0 or ERR_MEMORY. */
int ring_alloc(struct ring *ring, size_t count, size_t block_size, bool hashes) _nodiscard_;
/* After ring_stop(), when the writer is gone. */
void ring_free(struct ring *ring);
/* Moves the digest into its own thread, if one can be had. */
void ring_start_hasher(struct ring *ring);
/* Wakes and ends whoever waits: ring_room() gives NULL from now on, ring_next() nothing. */
void ring_stop(struct ring *ring);

/* The writer: waits for a free block; NULL when the ring was stopped. */
unsigned char *ring_room(struct ring *ring);
void ring_put(struct ring *ring, size_t n, uint64_t mark);
void ring_end(struct ring *ring);

/* The reader: waits for the next block; false when there is none any more. */
bool ring_next(struct ring *ring, struct ring_slot *slot);
/* Gives the block held back early, before a writer in the same thread looks for room. */
void ring_release(struct ring *ring);

/* After ring_end(): waits for the digest of all blocks. */
void ring_digest(struct ring *ring, unsigned char out[SHA256_BYTES]);

/* A thread with all signals blocked and a small stack; false when the system has none to give. */
bool ring_thread(pthread_t *thread, void *(*run)(void *), void *ctx);

#endif
