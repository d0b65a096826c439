/* Finds secrets in files that flow by, piece by piece.
 *
 * Vectorscan says where something may be one; what stands there is then read by our own engine and has to
 * pass: what stands beside it, placeholders, entropy, words nearby, and the proof of its kind. A window of
 * the text is held, never the file. Values stay here: what is told is redacted and hashed under a key.
 *
 *     secret_scanner_begin(scanner, path, size)            false: nobody reads such a file
 *     secret_scanner_feed(scanner, piece, err) ...         any number, of any size
 *     secret_scanner_end(scanner, err)                     each secret has gone to sink.take() by then
 *
 * One file at a time, not for sharing between threads. */
#ifndef PLIMSOLL_INSPECT_SECRETS_SCAN_H
#define PLIMSOLL_INSPECT_SECRETS_SCAN_H

#include "base/err.h"
#include "inspect/secrets/database.h"
#include "inspect/secrets/key.h"
#include "inspect/secrets/place.h"
#include "inspect/secrets/rule.h"
#include "inspect/secrets/value.h"

/* What to look for: the rules of the program, and of the user. Made once, read by all. */
enum { SECRET_LISTS = 2 };
struct secret_set {
    struct secret_list {
        const struct secret_rules *rules;
        struct secret_database *database;
    } lists[SECRET_LISTS];
    size_t lists_n;
    struct secret_key key; /* of the hashes */
    int64_t now;
    const char *cache; /* folder for patterns that had to be compiled here; NULL: they are not kept */
    bool is_open;
    bool was_compiled; /* the database was another Vectorscan's: the patterns were compiled here */
    struct err why;    /* it can't be opened: nothing can be looked for; code 0 otherwise */
};

/* rules must live as long as the set. */
void secret_set_add(struct secret_set *set, const struct secret_rules *rules);
/* Makes the set ready for scanners, once: it costs some milliseconds that a scan without anything to look
 * through need not pay. A database that this Vectorscan can't open is compiled anew, and kept in the cache.
 * What fails once fails the same way from then on. */
int secret_set_open(struct secret_set *set, struct err *err);
void secret_set_close(struct secret_set *set);
/* Changes when the same bytes may give other secrets, or the same ones other hashes. */
uint64_t secret_set_fingerprint(const struct secret_set *set);

/* A secret, without its value. */
struct secret {
    const struct secret_rule *rule;
    enum severity severity; /* the rule's, or lower by its place and proof */
    enum secret_place place;
    uint32_t line, column; /* of its first byte */
    struct str preview;    /* "ghp_… (40 characters)" */
    struct str hash;       /* the same value, the same hash */
    struct str proof;      /* what proves it; may be empty */
};

struct secret_sink {
    int (*take)(void *ctx, const struct secret *secret, struct err *err);
    /* A line with "plimsoll:ignore", at or above a secret, from that word on. NULL: they are of no interest.
     */
    int (*comment)(void *ctx, uint32_t line, struct str text, struct err *err);
    /* Something of the file was not looked at. */
    int (*problem)(void *ctx, const char *message, struct err *err);
    void *ctx;
};

struct secret_scanner;

/* set is open. */
int secret_scanner_new(struct secret_scanner **out, const struct secret_set *set, struct secret_sink sink,
                       struct err *err);
void secret_scanner_free(struct secret_scanner *scanner);

/* By its name and size alone, without a scanner: a text, or an archive (place_archive()), which is not for
 * the scanner but what is in it. */
bool secret_wants(struct str path, uint64_t size);

/* path must live until the end. size: as far as it is known; it is not trusted. */
bool secret_scanner_begin(struct secret_scanner *scanner, struct str path, uint64_t size);
int secret_scanner_feed(struct secret_scanner *scanner, struct str bytes, struct err *err);
/* More of the file is of no interest: it is binary, or all of it was looked at. */
bool secret_scanner_is_done(const struct secret_scanner *scanner);
int secret_scanner_end(struct secret_scanner *scanner, struct err *err);

#endif
