#include "source/stream/tar_pax.h"

enum kind { TEXT, NUMBER, TIME, OFFSET, PIECE };

/* One row a keyword that means something here; others (SCHILY.xattr.*, comment, hdrcharset, ...) are passed
 * over. */
struct keyword {
    struct str key;
    enum kind kind;
    size_t value, has; /* offsets in struct tar_pax */
};

#define ROW(key, kind, value, has)                                                                           \
    { STR_INIT(key), kind, offsetof(struct tar_pax, value), offsetof(struct tar_pax, has) }
#define STR_INIT(literal)                                                                                    \
    { literal, sizeof(literal) - 1 }

static const struct keyword keywords[] = {
    ROW("path", TEXT, path, path),
    ROW("linkpath", TEXT, link, link),
    ROW("size", NUMBER, size, has_size),
    ROW("uid", NUMBER, uid, has_uid),
    ROW("gid", NUMBER, gid, has_gid),
    ROW("mtime", TIME, modified, has_modified),
    ROW("GNU.sparse.name", TEXT, sparse_name, sparse_name),
    ROW("GNU.sparse.map", TEXT, sparse_map, sparse_map),
    ROW("GNU.sparse.size", NUMBER, sparse_size, has_sparse_size),
    ROW("GNU.sparse.realsize", NUMBER, sparse_size, has_sparse_size),
    ROW("GNU.sparse.major", NUMBER, sparse_major, has_sparse_major),
    ROW("GNU.sparse.minor", NUMBER, sparse_minor, has_sparse_minor),
    ROW("GNU.sparse.offset", OFFSET, sparse_offset, has_sparse_offset),
    ROW("GNU.sparse.numbytes", PIECE, sparse_offset, has_sparse_pieces),
};

static bool number_of(struct str text, uint64_t *out) {
    return str_to_u64(text, 10, out) && *out <= INT64_MAX;
}

/* Seconds with a sign and a fraction, rounded down. */
static bool seconds_of(struct str text, int64_t *out) {
    struct str whole, fraction;
    uint64_t seconds;
    bool has_fraction = str_cut(text, '.', &whole, &fraction);
    bool is_negative = str_starts(whole, STR("-"));
    if (!number_of(str_from(whole, is_negative ? 1 : 0), &seconds)) {
        return false;
    }
    bool has_rest = false;
    for (size_t i = 0; has_fraction && i < fraction.n; i++) {
        if (!ascii_is_digit(fraction.p[i])) {
            return false;
        }
        has_rest = has_rest || fraction.p[i] != '0';
    }
    *out = is_negative ? -(int64_t)seconds - has_rest : (int64_t)seconds;
    return true;
}

/* GNU.sparse.offset and GNU.sparse.numbytes follow each other, once a piece. */
static int add_piece(struct tar_pax *pax, struct tar_sparse *sparse, struct str value, struct err *err) {
    uint64_t n;
    if (!pax->has_sparse_offset || !number_of(value, &n)) {
        return err_set(err, ERR_INPUT, "the pieces of the sparse file are not in order");
    }
    pax->has_sparse_offset = false;
    pax->has_sparse_pieces = true;
    return sparse ? tar_sparse_add(sparse, pax->sparse_offset, n, err) : 0;
}

static int apply(struct tar_pax *pax, struct tar_sparse *sparse, const struct keyword *keyword,
                 struct str value, struct err *err) {
    char *at = (char *)pax + keyword->value;
    bool *has = (bool *)((char *)pax + keyword->has);
    if (keyword->kind == PIECE) {
        return add_piece(pax, sparse, value, err);
    }
    if (keyword->kind == TEXT) {
        *(struct str *)at = value.n ? value : STR_NONE;
        return 0;
    }
    *has = value.n > 0;
    bool is_good = !*has || (keyword->kind == TIME ? seconds_of(value, (int64_t *)at)
                                                   : number_of(value, (uint64_t *)at));
    return is_good ? 0 : err_set(err, ERR_INPUT, "%.*s is not a number", STR_ARG(keyword->key));
}

/* Takes one record off the front of *rest. False when its length does not fit it. */
static bool take_record(struct str *rest, struct str *key, struct str *value) {
    struct str length, behind;
    uint64_t n;
    if (!str_cut(str_sub(*rest, 0, 24), ' ', &length, &behind) || !str_to_u64(length, 10, &n) ||
        n > rest->n || n < length.n + 2) {
        return false;
    }
    struct str record = str_sub(*rest, length.n + 1, (size_t)n - length.n - 1);
    *rest = str_from(*rest, (size_t)n);
    return str_ends(record, STR("\n")) && str_cut(str_sub(record, 0, record.n - 1), '=', key, value) &&
           key->n > 0;
}

int tar_pax_parse(struct tar_pax *pax, struct tar_sparse *sparse, struct str records, struct err *err) {
    size_t whole = records.n;
    while (records.n) {
        size_t at = whole - records.n;
        struct str key, value;
        if (!take_record(&records, &key, &value)) {
            return err_set(err, ERR_INPUT, "the pax record at its byte %zu has a wrong form", at);
        }
        for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
            if (!str_eq(key, keywords[i].key)) {
                continue;
            }
            int r = apply(pax, sparse, &keywords[i], value, err);
            if (r < 0) {
                return r;
            }
            break;
        }
    }
    return 0;
}
