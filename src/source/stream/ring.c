#include "source/stream/ring.h"

#include "base/limits.h"
#include "base/mem.h"

#include <signal.h>

/* The decoders and SHA-256 keep their tables on the heap; a few KiB of stack is what they use. */
#define THREAD_STACK (512 * KIB)

void ring_init(struct ring *ring, bool has_reader) {
    *ring = (struct ring){.has_reader = has_reader};
    pthread_mutex_init(&ring->lock, NULL);
    pthread_cond_init(&ring->changed, NULL);
}

int ring_alloc(struct ring *ring, size_t count, size_t block_size, bool hashes) {
    assert(count >= 2 && count <= RING_SLOTS && !ring->memory);
    ring->count = count;
    ring->memory = mem_alloc(count * (block_size + RING_MARGIN));
    if (!ring->memory) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        ring->slots[i].p = ring->memory + i * (block_size + RING_MARGIN) + RING_MARGIN;
    }
    if (hashes) {
        ring->sha = sha256_new();
    }
    return hashes && !ring->sha ? ERR_MEMORY : 0;
}

void ring_free(struct ring *ring) {
    if (ring->hasher_runs) {
        assert(ring->is_stopped);
        pthread_join(ring->hasher, NULL);
    }
    sha256_free(ring->sha);
    mem_free(ring->memory);
    pthread_cond_destroy(&ring->changed);
    pthread_mutex_destroy(&ring->lock);
}

bool ring_thread(pthread_t *thread, void *(*run)(void *), void *ctx) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_t attr;
    if (pthread_attr_init(&attr) != 0) {
        return false;
    }
    pthread_attr_setstacksize(&attr, THREAD_STACK);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(thread, &attr, run, ctx);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return !failed;
}

static void *run_hasher(void *ctx) {
    struct ring *ring = ctx;
    pthread_mutex_lock(&ring->lock);
    for (;;) {
        while (ring->hashed == ring->written && !ring->is_ended && !ring->is_stopped) {
            pthread_cond_wait(&ring->changed, &ring->lock);
        }
        if (ring->is_stopped || ring->hashed == ring->written) {
            break;
        }
        struct ring_slot slot = ring->slots[ring->hashed % ring->count];
        pthread_mutex_unlock(&ring->lock);
        sha256_add(ring->sha, slot.p, slot.n);
        pthread_mutex_lock(&ring->lock);
        ring->hashed++;
        pthread_cond_broadcast(&ring->changed);
    }
    pthread_mutex_unlock(&ring->lock);
    return NULL;
}

void ring_start_hasher(struct ring *ring) {
    assert(!ring->hasher_runs && ring->hashed == ring->written);
    if (ring->sha) {
        ring->hasher_runs = ring_thread(&ring->hasher, run_hasher, ring);
    }
}

void ring_stop(struct ring *ring) {
    pthread_mutex_lock(&ring->lock);
    ring->is_stopped = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->lock);
}

/* The oldest block that somebody still needs. */
static uint64_t oldest(const struct ring *ring) {
    uint64_t read = ring->has_reader ? ring->read : ring->written;
    return MIN(read, ring->hasher_runs ? ring->hashed : ring->written);
}

unsigned char *ring_room(struct ring *ring) {
    pthread_mutex_lock(&ring->lock);
    while (ring->written - oldest(ring) == ring->count && !ring->is_stopped) {
        pthread_cond_wait(&ring->changed, &ring->lock);
    }
    unsigned char *room = ring->is_stopped ? NULL : ring->slots[ring->written % ring->count].p;
    pthread_mutex_unlock(&ring->lock);
    return room;
}

void ring_put(struct ring *ring, size_t n, uint64_t mark) {
    pthread_mutex_lock(&ring->lock);
    assert(!ring->is_ended && ring->written - oldest(ring) < ring->count);
    struct ring_slot *slot = &ring->slots[ring->written % ring->count];
    slot->n = n;
    slot->mark = mark;
    ring->written++;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->lock);
    if (ring->sha && !ring->hasher_runs) {
        sha256_add(ring->sha, slot->p, n);
    }
}

void ring_end(struct ring *ring) {
    pthread_mutex_lock(&ring->lock);
    ring->is_ended = true;
    pthread_cond_broadcast(&ring->changed);
    pthread_mutex_unlock(&ring->lock);
}

static void release(struct ring *ring) {
    if (ring->is_held) {
        ring->is_held = false;
        ring->read++;
        pthread_cond_broadcast(&ring->changed);
    }
}

void ring_release(struct ring *ring) {
    pthread_mutex_lock(&ring->lock);
    release(ring);
    pthread_mutex_unlock(&ring->lock);
}

bool ring_next(struct ring *ring, struct ring_slot *slot) {
    pthread_mutex_lock(&ring->lock);
    release(ring);
    while (ring->read == ring->written && !ring->is_ended && !ring->is_stopped) {
        pthread_cond_wait(&ring->changed, &ring->lock);
    }
    ring->is_held = !ring->is_stopped && ring->read != ring->written;
    if (ring->is_held) {
        *slot = ring->slots[ring->read % ring->count];
    }
    bool has_block = ring->is_held;
    pthread_mutex_unlock(&ring->lock);
    return has_block;
}

void ring_digest(struct ring *ring, unsigned char out[SHA256_BYTES]) {
    assert(ring->sha && ring->is_ended);
    pthread_mutex_lock(&ring->lock);
    while (ring->hasher_runs && ring->hashed != ring->written) {
        pthread_cond_wait(&ring->changed, &ring->lock);
    }
    pthread_mutex_unlock(&ring->lock);
    sha256_end(ring->sha, out);
}
