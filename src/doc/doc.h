/* The document: one value tree with positions, whatever format it came from.
 *
 * A tree is immutable once made and lives in the arena that its reader was given. Strings are slices, either
 * into the text that was read (which must then live as long as the tree) or into the arena. A YAML alias
 * shares its anchor's node, so a tree may be a graph, but never a cycle: walks end, though a walk that does
 * not remember what it saw may take long. All walks are bounded by LIMIT_DOC_DEPTH levels.
 *
 *     const struct doc *root;
 *     if (json_parse(&arena, text, &root, err) < 0) ...
 *     struct str name = doc_str(doc_get(root, STR("name")));
 *
 * Every look-up takes NULL for "not there" and gives NULL on, so that look-ups chain without checks. */
#ifndef PLIMSOLL_DOC_DOC_H
#define PLIMSOLL_DOC_DOC_H

#include "base/str.h"

enum doc_kind {
    DOC_NULL,
    DOC_BOOL,
    DOC_INT,  /* every integer that fits int64_t */
    DOC_UINT, /* only integers above INT64_MAX */
    DOC_DOUBLE,
    DOC_STRING,
    DOC_BYTES,
    DOC_TIMESTAMP, /* s: the text as written, RFC 3339 or a part of it (a local date, a local time) */
    DOC_LIST,
    DOC_MAP,
    DOC_UNKNOWN, /* s: why it is not known */
};

struct doc_place {
    uint32_t line, column; /* from 1, column counts bytes; 0 when a value was not read from a text */
    uint32_t file;         /* 0: the file that was read; else a number that who put files together explains */
};

struct doc;

struct doc_member {
    struct str key;
    struct doc_place at; /* of the key */
    const struct doc *value;
};

/* 32 bytes. */
struct doc {
    enum doc_kind kind : 8;
    uint32_t length : 24; /* bytes of its text, see span.h; 0 when the reader does not say, or too many */
    struct doc_place at;
    union {
        bool b;
        int64_t i;
        uint64_t u;
        double d;
        struct str s; /* DOC_STRING, DOC_BYTES, DOC_TIMESTAMP, DOC_UNKNOWN */
        struct {
            const struct doc **items;
            size_t n;
        } list;
        struct {
            struct doc_member *members; /* in the order of the text, keys unique */
            size_t n;                   /* large maps have an index behind the last member: see build.h */
        } map;
    };
};

/* The member's value; NULL when map is not a map or has no such key. O(log n), on large maps too. */
const struct doc *doc_get(const struct doc *map, struct str key);
/* As doc_get(), the member with its key's place. */
const struct doc_member *doc_member(const struct doc *map, struct str key);
/* NULL when list is not a list or ends before i. */
const struct doc *doc_at(const struct doc *list, size_t i);
/* Members or items; 0 for everything else and NULL. */
size_t doc_count(const struct doc *d);
/* By member names and item numbers: "spec.containers.0.image". A key that holds a dot can't be reached so. */
const struct doc *doc_path(const struct doc *d, const char *dotted);

/* The string; STR_NONE when d is NULL or not a string. */
struct str doc_str(const struct doc *d);
/* The text of a member; empty when it is missing, or no string. */
struct str doc_text(const struct doc *map, const char *key);
/* The bool, or otherwise. */
bool doc_bool(const struct doc *d, bool otherwise);
/* True, and *out set, for an integer that fits. */
bool doc_int(const struct doc *d, int64_t *out);

static inline bool doc_is(const struct doc *d, enum doc_kind kind) {
    return d && d->kind == kind;
}
/* "null", "bool", "integer", "string", ... for messages. */
const char *doc_kind_name(enum doc_kind kind);

#endif
