/* C initialisers, for the programs of the build that write content as source. */
#ifndef PLIMSOLL_CONTENT_C_SOURCE_H
#define PLIMSOLL_CONTENT_C_SOURCE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "doc/doc.h"

/* As an initialiser of a struct str. */
void c_put_str(struct buf *out, struct str s);
/* "    .member = {...},\n"; nothing for an empty one. */
void c_put_member(struct buf *out, const char *member, struct str s);
/* "static const ... block_<n>[] = {...};\n" */
void c_put_block(struct buf *out, size_t n, struct str bytes);

/* The documents of a YAML file, whose text lives in arena too. */
int c_read_yaml(struct arena *arena, const char *path, struct str *text, const struct doc ***documents,
                size_t *n, struct err *err);
/* "checks/dockerfile/user.yaml" of any path that ends so. */
struct str c_content_name(struct str path);

#endif
