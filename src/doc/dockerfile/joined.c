#include "doc/dockerfile/joined.h"

/* The number of the piece that holds the byte at. */
static size_t piece_of(const struct joined *j, size_t at) {
    size_t low = 0, high = j->n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (j->pieces[middle].at <= at) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t joined_offset(const struct joined *j, size_t at) {
    if (at >= j->text.n) {
        return j->end;
    }
    const struct joined_piece *piece = &j->pieces[piece_of(j, at)];
    return piece->from + (at - piece->at);
}

size_t joined_end(const struct joined *j, size_t start, size_t end) {
    return end > start ? joined_offset(j, end - 1) + 1 : joined_offset(j, start);
}

struct joiner joiner_new(struct arena *arena, struct arena *scratch, size_t cap) {
    struct joiner b = {.scratch = scratch, .cap = cap, .p = arena_alloc(arena, cap)};
    b.failed = !b.p;
    return b;
}

void joiner_add(struct joiner *b, struct str bytes, size_t from) {
    if (b->failed || bytes.n == 0) {
        return;
    }
    assert(bytes.n <= b->cap - b->n);
    const struct joined_piece *last = b->pieces.n ? &b->pieces.p[b->pieces.n - 1] : NULL;
    if (!last || last->from + (b->n - last->at) != from) {
        struct joined_piece *piece = VEC_PUSH(b->scratch, &b->pieces);
        if (!piece) {
            b->failed = true;
            return;
        }
        *piece = (struct joined_piece){(uint32_t)b->n, (uint32_t)from};
    }
    memcpy(b->p + b->n, bytes.p, bytes.n);
    b->n += bytes.n;
}

void joiner_byte(struct joiner *b, char c, size_t from) {
    joiner_add(b, str_n(&c, 1), from);
}

void joiner_copy(struct joiner *b, const struct joined *j, size_t start, size_t end) {
    assert(start <= end && end <= j->text.n);
    size_t i = start < end ? piece_of(j, start) : 0;
    while (start < end) {
        size_t stop = i + 1 < j->n ? MIN((size_t)j->pieces[i + 1].at, end) : end;
        joiner_add(b, str_sub(j->text, start, stop - start), j->pieces[i].from + (start - j->pieces[i].at));
        start = stop;
        i++;
    }
}

bool joiner_finish(const struct joiner *b, size_t end, struct joined *out) {
    *out = (struct joined){str_n(b->p, b->n), b->pieces.p, b->pieces.n, (uint32_t)end};
    return !b->failed;
}
