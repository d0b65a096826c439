/* Facts: what inspectors found, on its way out of the cage and into the layer cache.
 *
 * A stream of wire records. Each file's facts begin with a FACT_FILE, and all that follow belong to it. The
 * writer side is what an inspector calls; a full buffer is remembered in facts->out.failed and reported by
 * the pass.
 *
 *     facts_package(in->facts, &(struct package){.type = PACKAGE_NPM, .name = name, .version = version}); */
#ifndef PLIMSOLL_INSPECT_FACTS_H
#define PLIMSOLL_INSPECT_FACTS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/wire.h"
#include "doc/doc.h"
#include "model/model.h"
#include "model/package.h"
#include "source/entry.h"

/* Stored in cache files: append, never renumber. */
enum fact_kind {
    FACT_FILE = 1, /* an inspected file, or without an inspector a path that has problems */
    FACT_PACKAGE,
    FACT_OS,
    FACT_OWNED,   /* a distribution package and hashes of the paths that it owns */
    FACT_PROBLEM, /* something of the file was not read, or is odd */
    FACT_HIDDEN,  /* a whiteout: this path (or, opaque, all below it) of lower layers is gone */
    FACT_PATHS,   /* hashes of all paths in the layer, ascending; a directory's is of its path with a slash */
    FACT_LAYER,   /* closes the stream: digests, sizes, counts */
    FACT_REPLACED, /* a later entry of the layer has this path: what was found at it before is gone */
    FACT_DOCUMENT, /* a configuration file, or one document of it, as doc/pack.h keeps it */
    FACT_COMMENT,  /* a comment of it that may be for a scanner */
    FACT_ENTRY,    /* what an entry's header says, of those that notables.h names */
    FACT_TREE,     /* how much of one folder of a cache or tool the layer has */
    FACT_SECRET,   /* a secret of it, without its value */
    FACT_POM,      /* a Maven project, which others may take from: java/maven_model.h */
    FACT_LICENCE   /* what a file apart says of a Debian package's licence */
};

/* Of a FACT_SECRET: what may be known of it outside of the cage. */
struct secret_fact {
    struct str rule, preview, hash, proof;
    struct str within; /* where in the file, when it is an archive: "b.zip!/c.env" */
    enum severity severity;
    uint32_t place; /* enum secret_place */
    uint32_t line, column;
};

/* os-release(5) and the files that stand in for it. */
struct os {
    struct str id;         /* "debian", "alpine", "almalinux" */
    struct str version_id; /* "12", "3.19.1", "9.4" */
    struct str name;       /* PRETTY_NAME */
    struct str codename;   /* VERSION_CODENAME */
    struct str like;       /* ID_LIKE, space separated */
    struct str exact;      /* the point release where another file has it: /etc/debian_version "12.5" */
};

/* What a FACT_DOCUMENT is. Stored: append. */
enum document_format {
    DOCUMENT_DOCKERFILE, /* doc/dockerfile/dockerfile.h */
    DOCUMENT_KUBERNETES, /* one object */
    DOCUMENT_COMPOSE,    /* the text, not a packed tree: projects are put together of several files */
    DOCUMENT_FORMATS
};

struct facts {
    struct buf out;
};

/* ---- for inspectors */

void facts_package(struct facts *facts, const struct package *package);
void facts_os(struct facts *facts, const struct os *os);

/* The files of one distribution package: begin, each path as the database writes it, end. name is the
 * package's name (deb: without ":arch"). */
size_t facts_owned_begin(struct facts *facts, enum package_type type, struct str name);
void facts_owned_path(struct facts *facts, struct str path);
void facts_owned_end(struct facts *facts, size_t start);

/* root packed; what is too large to be kept is a problem of the file. */
int facts_document(struct facts *facts, enum document_format format, const struct doc *root, struct err *err);
void facts_document_text(struct facts *facts, enum document_format format, struct str text);
void facts_comment(struct facts *facts, uint32_t line, struct str text);
void facts_secret(struct facts *facts, const struct secret_fact *secret);
/* record: as maven_model_put() writes it, of at most LIMIT_RECORD / 2 bytes. */
void facts_pom(struct facts *facts, struct str record);
/* licence: of at most LIMIT_FIELD bytes. */
void facts_licence(struct facts *facts, struct str package, struct str licence);

/* A part of this file was not read (is_incomplete), or is worth a word; the message says where in the file.
 */
void facts_problem(struct facts *facts, bool is_incomplete, const char *fmt, ...) _printf_(3, 4);

/* The hash that FACT_OWNED and FACT_PATHS hold. A leading slash is dropped, and for owned paths bin, sbin and
 * lib* at the top count as those below usr (merged-usr systems state either). */
uint64_t facts_path_hash(struct str path);
uint64_t facts_directory_hash(struct str path); /* with a slash behind; of at most LIMIT_PATH bytes */
uint64_t facts_owned_hash(struct str path);

/* ---- of one package, for other records that hold some */

void facts_put_package(struct buf *out, const struct package *package);
/* 0, or ERR_MEMORY; the cursor has failed when the bytes are none. Slices point into them, lists are in
 * arena. */
int facts_get_package(struct cursor *in, struct arena *arena, struct package *package);

/* ---- for the pass */

void facts_file(struct facts *facts, struct str path, struct str inspector);
void facts_hidden(struct facts *facts, struct str path, bool is_opaque);
void facts_replaced(struct facts *facts, struct str path);
void facts_paths(struct facts *facts, const uint64_t *hashes, size_t n); /* in pieces below LIMIT_RECORD */

/* path, link, type, mode, size and owner of the entry. */
void facts_entry(struct facts *facts, const struct entry *entry);
/* Of a folder with all below it, "/" + "*" stands behind its path, so that it is a path below the folder. */
void facts_tree(struct facts *facts, struct str path, uint64_t bytes, uint64_t files);

/* ---- for readers */

/* Hashes lie unaligned in the record: read them with fact_hash(). */
struct fact {
    enum fact_kind kind;
    struct str path;      /* FILE, HIDDEN, REPLACED, TREE */
    struct str inspector; /* FILE */
    struct package package;
    struct os os;
    enum package_type owner_type;    /* OWNED */
    struct str owner;                /* OWNED, LICENCE */
    struct str hashes;               /* OWNED, PATHS: 8 bytes each, little endian */
    struct str message;              /* PROBLEM; LICENCE: as an expression */
    bool flag;                       /* PROBLEM: is_incomplete; HIDDEN: is_opaque */
    enum document_format format;     /* DOCUMENT */
    struct str bytes;                /* DOCUMENT, POM */
    uint32_t line;                   /* COMMENT: its text is the message */
    struct entry entry;              /* ENTRY */
    uint64_t tree_bytes, tree_files; /* TREE: its path is path */
    struct secret_fact secret;       /* SECRET */
    struct cursor rest;              /* LAYER: for the pass, which writes it */
};

/* 1 and the next fact, 0 at the end, ERR_INPUT when the bytes are no facts (a cage that was broken, a cut
 * cache). Slices point into the stream; only package.linked is allocated, in arena. */
int facts_next(struct cursor *in, struct arena *arena, struct fact *out, struct err *err);
uint64_t fact_hash(struct str hashes, size_t i);

#endif
