/* What a user lets stand: kept and shown as suppressed, never dropped. */
#ifndef PLIMSOLL_INSPECT_SECRETS_ALLOW_H
#define PLIMSOLL_INSPECT_SECRETS_ALLOW_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

struct secret_allow {
    struct text_list {
        struct str *p;
        size_t n;
    } paths, rules, hashes; /* globs: "*" is anything, "?" one byte; hashes may be cut, at 8 digits or more */
    struct str source;      /* the file that says so */
};

/* {paths: [...], rules: [...], hashes: [...]}. The document must live as long as the list. */
int secret_allow_read(struct arena *arena, struct str file, const struct doc *map, struct secret_allow *out,
                      struct err *err);

/* Why it is let stand, or NULL. */
const char *secret_allow_reason(const struct secret_allow *allow, struct str path, struct str rule,
                                struct str hash);

#endif
