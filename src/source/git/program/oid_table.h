/* Object ids → numbers: open addressing by the id's own first bytes, which are a hash already. */
#ifndef PLIMSOLL_SOURCE_GIT_PROGRAM_OID_TABLE_H
#define PLIMSOLL_SOURCE_GIT_PROGRAM_OID_TABLE_H

#include "source/git/program/repository.h"

struct oid_slot {
    git_oid id;
    uint32_t value; /* 1 + what is kept; 0: the slot is free */
};

struct oid_table {
    struct oid_slot *slots; /* NULL: empty */
    size_t n, size;         /* size is 0 or a power of two */
};

void oid_table_free(struct oid_table *table);
/* The number under which the id was put, or -1. */
int64_t oid_table_get(const struct oid_table *table, const git_oid *id);
/* The id must be new; value at most UINT32_MAX - 1. 0 or ERR_MEMORY. */
int oid_table_put(struct oid_table *table, const git_oid *id, uint32_t value, struct err *err);

#endif
