#include "source/stream/tar_sparse.h"

#include "base/limits.h"
#include "source/stream/tar_header.h"

enum { FIELD = 12 };

void tar_sparse_init(struct tar_sparse *sparse) {
    *sparse = (struct tar_sparse){.segments = buf_new(LIMIT_SPARSE * sizeof(struct tar_segment))};
}

void tar_sparse_free(struct tar_sparse *sparse) {
    buf_free(&sparse->segments);
}

void tar_sparse_clear(struct tar_sparse *sparse) {
    buf_clear(&sparse->segments);
    *sparse = (struct tar_sparse){.segments = sparse->segments};
}

size_t tar_sparse_count(const struct tar_sparse *sparse) {
    return sparse->segments.n / sizeof(struct tar_segment);
}

struct tar_segment tar_sparse_at(const struct tar_sparse *sparse, size_t i) {
    struct tar_segment segment;
    assert(i < tar_sparse_count(sparse));
    memcpy(&segment, sparse->segments.p + i * sizeof segment, sizeof segment);
    return segment;
}

int tar_sparse_add(struct tar_sparse *sparse, uint64_t offset, uint64_t size, struct err *err) {
    uint64_t end;
    if (offset < sparse->end || !add_fits(offset, size, &end) || end > INT64_MAX) {
        return err_set(err, ERR_INPUT, "the pieces of the sparse file are not in order");
    }
    sparse->end = end;
    if (size == 0) {
        return 0;
    }
    if (tar_sparse_count(sparse) == LIMIT_SPARSE) {
        return err_set(err, ERR_LIMIT, "a sparse file of more than %zu pieces", LIMIT_SPARSE);
    }
    struct tar_segment segment = {offset, size};
    buf_bytes(&sparse->segments, &segment, sizeof segment);
    sparse->stored += size;
    return sparse->segments.failed ? err_memory(err) : 0;
}

int tar_sparse_check(const struct tar_sparse *sparse, uint64_t size, uint64_t stored, struct err *err) {
    if (sparse->end > size) {
        return err_set(err, ERR_INPUT, "a piece of the sparse file is past its end");
    }
    if (sparse->stored > stored) {
        return err_set(err, ERR_INPUT, "the sparse file has more pieces than content");
    }
    return 0;
}

int tar_sparse_add_list(struct tar_sparse *sparse, struct str list, struct err *err) {
    for (struct str offset, size; str_split(&list, ',', &offset);) {
        uint64_t from, n;
        if (!str_split(&list, ',', &size) || !str_to_u64(offset, 10, &from) || !str_to_u64(size, 10, &n)) {
            return err_set(err, ERR_INPUT, "the map of the sparse file is not a list of numbers");
        }
        int r = tar_sparse_add(sparse, from, n, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/* One number of form 1.0 is complete: the count, then offsets and sizes in turn. */
static int add_number(struct tar_sparse *sparse, struct err *err) {
    uint64_t number = sparse->number;
    sparse->number = 0;
    sparse->has_digit = false;
    if (!sparse->has_count) {
        if (number > LIMIT_SPARSE) {
            return err_set(err, ERR_LIMIT, "a sparse file of more than %zu pieces", LIMIT_SPARSE);
        }
        sparse->has_count = true;
        sparse->numbers_left = 2 * number;
        return 0;
    }
    sparse->numbers_left--;
    if (sparse->numbers_left % 2 == 1) {
        sparse->offset = number;
        return 0;
    }
    return tar_sparse_add(sparse, sparse->offset, number, err);
}

static int add_character(struct tar_sparse *sparse, char c, struct err *err) {
    if (c == '\n' && sparse->has_digit) {
        return add_number(sparse, err);
    }
    if (!ascii_is_digit(c) || !mul_fits(sparse->number, (uint64_t)10, &sparse->number) ||
        !add_fits(sparse->number, (uint64_t)(c - '0'), &sparse->number)) {
        return err_set(err, ERR_INPUT, "the map of the sparse file is not a list of numbers");
    }
    sparse->has_digit = true;
    return 0;
}

int tar_sparse_add_block(struct tar_sparse *sparse, struct str block, struct err *err) {
    for (size_t i = 0; i < block.n; i++) {
        if (sparse->has_count && sparse->numbers_left == 0) {
            break;
        }
        int r = add_character(sparse, block.p[i], err);
        if (r < 0) {
            return r;
        }
    }
    return sparse->has_count && sparse->numbers_left == 0;
}

int tar_sparse_add_fields(struct tar_sparse *sparse, struct str fields, size_t count, struct err *err) {
    assert(fields.n >= count * 2 * FIELD);
    for (size_t i = 0; i < count; i++) {
        struct str offset = str_sub(fields, i * 2 * FIELD, FIELD);
        struct str size = str_sub(fields, i * 2 * FIELD + FIELD, FIELD);
        uint64_t from, n;
        if (offset.p[0] == 0) {
            return 0;
        }
        if (!tar_unsigned(offset, &from) || !tar_unsigned(size, &n)) {
            return err_set(err, ERR_INPUT, "the map of the sparse file is not made of numbers");
        }
        int r = tar_sparse_add(sparse, from, n, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}
