/* Advisories in the OSV schema (https://ossf.github.io/osv-schema/): from JSON to the facts that count, and
 * these facts as compact bytes.
 *
 * The JSON comes from outside and is read in the cage; osv_encode() makes what leaves it and osv_decode()
 * reads that back outside. So the two ends agree on bytes that are checked again, and SQLite never stands
 * next to a parser of foreign text.
 *
 *     struct osv_record record;
 *     if (osv_read(&arena, json, &record, err) < 0) ...
 *     osv_encode(&out, &record);
 *
 * What is kept: what matching, severity and reports need. References, credits and GIT ranges are not. */
#ifndef PLIMSOLL_VULN_OSV_H
#define PLIMSOLL_VULN_OSV_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"
#include "doc/doc.h"
#include "vuln/version/range.h"

struct osv_strings {
    struct str *p;
    size_t n;
};

/* A package of a module in which the defect is (Go). */
struct osv_import {
    struct str path;
    struct osv_strings symbols; /* empty: all */
};

struct osv_affected {
    struct str ecosystem; /* with its suffix: "Debian:12" */
    struct str name;      /* PyPI names normalised (PEP 503), others as they are */
    struct range *ranges; /* without those of GIT; all by the ecosystem's order (RANGE_ECOSYSTEM) */
    size_t ranges_n;
    struct osv_strings versions; /* single ones; those that a range holds already are left out */
    struct osv_import *imports;
    size_t imports_n;
    struct osv_strings functions; /* Rust: paths of the functions that have the defect */
    struct osv_strings vectors;   /* CVSS of this package alone */
    /* ecosystem_specific.platform or os, which says that only some platforms are affected. */
    struct osv_strings platforms;
};

struct osv_record {
    struct str id;
    struct osv_strings aliases;
    /* Ids of vulnerabilities that a distribution's record repairs: `upstream`, and CVE ids under `related` of
     * AlmaLinux, whose records have no other place for them. */
    struct osv_strings upstream;
    struct str summary;                     /* empty when only facts are kept */
    int64_t published, modified, withdrawn; /* 0: not stated, or the year 1 that Go's source states */
    struct osv_strings vectors;             /* CVSS */
    double score;             /* a bare CVSS number, the one of the highest version; below 0: none */
    struct str word;          /* "high", in lower case; empty when not stated */
    struct str module;        /* the module stream that an erratum of AlmaLinux is for: "nodejs:18" */
    struct str informational; /* not a vulnerability: "unmaintained", "unsound", "notice", "bugfix" */
    struct osv_affected *affected;
    size_t affected_n;
};

/* 0 or a negative code. Slices point into json and arena. Refused: no id, id or name above LIMIT_OSV_NAME,
 * lists above LIMIT_OSV_LIST, wrong kinds of values where they would change a match. */
int osv_read(struct arena *arena, struct str json, struct osv_record *out, struct err *err);

/* The same of JSON or YAML that was read already. */
int osv_read_doc(struct arena *arena, const struct doc *root, struct osv_record *out, struct err *err);

/* Leaves out single versions that the ranges hold anyway: the verdict on every version stays the same, and
 * PyPI's records, which state both, become a tenth. */
void osv_reduce(struct osv_record *record);

/* Writes the record; look at out->failed at the end. */
void osv_encode(struct buf *out, const struct osv_record *record);
/* Takes what osv_encode() wrote. ERR_INPUT when the bytes are not whole, or something is left over. */
int osv_decode(struct arena *arena, struct str bytes, struct osv_record *out, struct err *err);

/* Parts of a record, as the database keeps them: all but id and affected; one affected without its ecosystem
 * and name. */
void osv_encode_head(struct buf *out, const struct osv_record *record);
int osv_decode_head(struct arena *arena, struct str bytes, struct osv_record *out, struct err *err);
void osv_encode_affected(struct buf *out, const struct osv_affected *affected);
int osv_decode_affected(struct arena *arena, struct str bytes, struct osv_affected *out, struct err *err);

#endif
