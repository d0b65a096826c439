/* Tables of known base images: which layers they are made of, which version is the newest, what is in it.
 *
 *     bases:
 *       - name: golden/debian            entries of one name are versions of one base, the newest by
 * `created` version: "12.7" reference: registry.example.com/golden/debian:12.7 digest: sha256:… of the
 * manifest created: 2026-11-01T00:00:00Z platform: linux/amd64 os: {id: debian, version: "12"} layers:
 * [sha256:…, …]          diffIDs, the lowest first packages:                      type, name, version, arch,
 * source's name and version, what is linked
 *           - [deb, libssl3, 3.0.15-1~deb12u1, amd64, openssl]
 *
 * name, created and layers are required. `plimsoll base add` writes entries; people write them too
 * (docs/base-images.md). The YAML is parsed in the cage. */
#ifndef PLIMSOLL_POLICY_BASES_TABLE_H
#define PLIMSOLL_POLICY_BASES_TABLE_H

#include "doc/doc.h"
#include "model/package_record.h"
#include "model/store.h"
#include "source/image/image.h"

struct base_entry {
    struct str name, version, reference, digest, platform;
    struct str os_id, os_version;
    int64_t created;
    const struct str *layers;
    size_t layers_n;
    struct package_record *packages;
    size_t packages_n;
    bool knows_packages; /* also an empty list is known */
    struct doc_place at;
};

struct base_table {
    struct str file;
    struct base_entry *entries;
    size_t n;
};

/* A file; ERR_ABSENT when there is none. Everything lives in arena. */
int base_table_read(struct arena *arena, const char *path, struct base_table *out, struct err *err);
/* The same of a text: "bases.yaml:3:5: …" for what is wrong in it. */
int base_table_parse(struct arena *arena, struct str file, struct str text, struct base_table *out,
                     struct err *err);
/* The same of a document that was parsed already; NULL: an empty one. */
int base_table_of(struct arena *arena, struct str file, const struct doc *root, struct base_table *out,
                  struct err *err);

/* The entry whose chain of layers is the longest that the image begins with; NULL when none is. Of equal
 * chains the newest. */
const struct base_entry *base_table_match(const struct base_table *table, const struct image *image);
/* The newest version of the image's base, when it was built after that one; NULL: none is known. Where the
 * table did not name the base, its reference is looked for there, and it must be known when it was built. */
int base_table_newest(const struct base_table *table, const struct image *image,
                      const struct base_entry **out, struct err *err);

/* Finds the image's base in the table, which goes before all that the image says. The image then points into
 * the table. */
void base_table_apply(const struct base_table *table, struct image *image);

/* An entry as YAML, an item of `bases`. */
void base_entry_write(struct buf *out, const struct base_entry *entry);
/* Reads an entry out of a run of an image: all but its name and version. created is 0 where the image does
 * not say it. */
int base_entry_of_run(struct arena *arena, struct store *store, int64_t run, struct base_entry *out,
                      struct err *err);

#endif
