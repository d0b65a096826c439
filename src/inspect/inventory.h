/* What is in a target: the visible facts of all its layers, each package with the layer in which it came in.
 */
#ifndef PLIMSOLL_INSPECT_INVENTORY_H
#define PLIMSOLL_INSPECT_INVENTORY_H

#include "inspect/facts.h"
#include "inspect/surface.h"
#include "model/model.h"
#include "model/package_record.h"

struct inventory_layer {
    struct str facts;   /* as read; must stay */
    struct str problem; /* of the layer as a whole, or empty */
    bool is_in_base;
};

/* A configuration file, or one document of it: FACT_DOCUMENT. */
struct inventory_document {
    enum document_format format;
    struct str path, bytes;
};

struct inventory_comment {
    struct str path, text;
    uint32_t line;
};

/* Of a git repository, when its history was read. */
struct inventory_commit {
    struct str id; /* 40 hexadecimal digits; empty: there is none */
    int64_t time;
    struct str author; /* safe to show */
};

/* One secret of one file, wherever else in it or in which layers it stands too. */
struct inventory_secret {
    struct str path; /* empty: of an image's configuration */
    struct str item; /* "env DB_PASSWORD": which part of it; empty for files */
    struct secret_fact fact;
    int32_t layer;     /* the lowest that has it; 0 without layers */
    int32_t hidden_by; /* the layer that deletes or replaces the file; 0: it can be seen */
    bool is_in_base;
    /* In a history: the first commit that has it, and the one since which none has it. */
    bool has_history, is_in_head;
    struct inventory_commit since, removed;
};

struct inventory {
    struct os os; /* id empty: no operating system was found */
    int32_t os_layer;
    struct str ecosystem;            /* of its packages; empty when there are no advisories for it */
    struct package_record *packages; /* by type, name, version, path */
    size_t packages_n;
    struct package_record *removed; /* taken away by later layers, in the same order */
    size_t removed_n;
    struct inventory_document *documents; /* in the order in which they were read */
    size_t documents_n;
    struct inventory_comment *comments;
    size_t comments_n;
    struct surface surface;
    struct str account; /* of the surface, as JSON; empty for a folder that is no root file system */
    struct inventory_secret *secrets; /* the first LIMIT_SECRETS_TARGET */
    size_t secrets_n;
    struct problem *problems; /* the first LIMIT_PROBLEMS */
    size_t problems_n;
    uint64_t entries; /* files and folders seen */
};

/* n layers from the lowest up; a folder is one layer. has_layers false: layer numbers are 0 and places name
 * no layer. */
int inventory_build(struct arena *arena, const struct inventory_layer *layers, size_t n, bool has_layers,
                    struct inventory *out, struct err *err);

#endif
