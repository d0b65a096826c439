/* Readers of files whose form is known by their name: where they keep secrets, there is no guessing. */
#ifndef PLIMSOLL_INSPECT_SECRETS_FILES_H
#define PLIMSOLL_INSPECT_SECRETS_FILES_H

#include "base/arena.h"
#include "base/err.h"

/* What a reader hands each secret to: the rule is the one whose `file` is the reader's name. */
struct secret_file {
    struct str text;
    struct arena *arena; /* for this file alone */
    int (*take)(void *ctx, struct str value, uint32_t line, uint32_t column, struct err *err);
    void *ctx;
};

/* line 0: value is a slice of the text. */
struct secret_reader {
    const char *name;  /* "npmrc" */
    const char *title; /* for docs */
    const char *names; /* last parts of paths, "a b"; "*.x" by their end, "x.*" by their beginning */
    const char *under; /* and the folder that it lies in; NULL: any */
    size_t body_max;
    int (*read)(struct secret_file *file, struct err *err); /* ERR_INPUT: it is of another form */
};

extern const struct secret_reader secret_readers[];
extern const size_t secret_readers_n;

/* NULL when there is none. */
const struct secret_reader *secret_reader_of(struct str name);
/* The one that reads files with this path, or NULL. */
const struct secret_reader *secret_reader_for(struct str path);

#endif
