/* A scanner that keeps what it was told, for tests. */
#ifndef PLIMSOLL_TESTS_UNIT_INSPECT_SECRETS_FOUND_H
#define PLIMSOLL_TESTS_UNIT_INSPECT_SECRETS_FOUND_H

#include "base/arena.h"
#include "inspect/secrets/scan.h"

enum { FOUND_MAX = 2000 };

struct found {
    struct arena arena;
    struct secret secrets[FOUND_MAX];
    size_t n;
    struct str comments[16];
    uint32_t comment_lines[16];
    size_t comments_n;
    struct str problem; /* the last */
};

static inline int found_take(void *ctx, const struct secret *secret, struct err *err) {
    struct found *found = ctx;
    assert(found->n < FOUND_MAX);
    struct secret *kept = &found->secrets[found->n++];
    *kept = *secret;
    kept->preview = arena_str(&found->arena, secret->preview);
    kept->hash = arena_str(&found->arena, secret->hash);
    kept->proof = arena_str(&found->arena, secret->proof);
    return 0;
}

static inline int found_comment(void *ctx, uint32_t line, struct str text, struct err *err) {
    struct found *found = ctx;
    if (found->comments_n < 16) {
        found->comment_lines[found->comments_n] = line;
        found->comments[found->comments_n++] = arena_str(&found->arena, text);
    }
    return 0;
}

static inline int found_problem(void *ctx, const char *message, struct err *err) {
    struct found *found = ctx;
    found->problem = arena_strf(&found->arena, "%s", message);
    return 0;
}

static inline struct secret_sink found_sink(struct found *found) {
    return (struct secret_sink){found_take, found_comment, found_problem, found};
}

static inline struct found *found_new(void) {
    struct found *found = calloc(1, sizeof *found);
    found->arena = arena_new(64 * 1024 * 1024);
    return found;
}

static inline void found_clear(struct found *found) {
    arena_free(&found->arena);
    *found = (struct found){.arena = arena_new(64 * 1024 * 1024)};
}

static inline void found_free(struct found *found) {
    arena_free(&found->arena);
    free(found);
}

static inline bool found_has(const struct found *found, struct str rule) {
    for (size_t i = 0; i < found->n; i++) {
        if (str_eq(found->secrets[i].rule->id, rule)) {
            return true;
        }
    }
    return false;
}

/* The text as one file, in pieces of that many bytes; 0: in one. */
static inline int found_scan(struct secret_scanner *scanner, struct str path, struct str text, size_t piece,
                             struct err *err) {
    if (!secret_scanner_begin(scanner, path, text.n)) {
        return 0;
    }
    int r = 0;
    for (size_t at = 0; r == 0 && at < text.n; at += piece ? piece : text.n) {
        r = secret_scanner_feed(scanner, str_sub(text, at, piece ? piece : text.n), err);
    }
    return r == 0 ? secret_scanner_end(scanner, err) : r;
}

#endif
