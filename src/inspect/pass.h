/* The one pass over bytes: a layer (or files handed in) goes by, inspectors get what they want, facts come
 * out.
 *
 * These are cage jobs: they run in the child and write facts to the port. Each call of an inspector is a
 * step, numbered by pass_step(), so that the parent can tell which file broke the reader and have it left out
 * the next time.      */
#ifndef PLIMSOLL_INSPECT_PASS_H
#define PLIMSOLL_INSPECT_PASS_H

#include "base/cage.h"
#include "base/hash.h"
#include "inspect/inspector.h"
#include "inspect/secrets/scan.h"

/* What broke a reader before. */
struct pass_skip {
    uint64_t step;
    const char *why; /* a message for the report */
};

struct pass_layer {
    int fd; /* the blob */
    uint64_t offset, size;
    int spool; /* an empty file for large executables, read and write */
    bool hashes_input;
    const struct pass_skip *skips;
    size_t skips_n;
    /* Where a reader hung outside of inspectors: it is read up to this sign of life. NULL: to the end. */
    const char *why_ended;
    uint64_t beats_max;
    const struct secret_set *secrets; /* NULL: they are not looked for */
    const struct pass_blob *blobs;
    size_t blobs_n;
};

/* ctx is a struct pass_layer. A layer that ends early still gives its facts, with a problem on the layer. */
int pass_layer(void *ctx, struct cage_port *port, struct err *err);

/* ctx is a struct pass_layer of which spool and skips count; files come as parcels: for each a pass_offer()
 * in the message, and its descriptor. */
int pass_files(void *ctx, struct cage_port *port, struct err *err);
/* Adds a file to a parcel's message. step is of the entry: the n-th file offered in all, from 0. */
void pass_offer(struct buf *message, const struct entry *entry, uint64_t wanted);

/* ctx is a struct pass_layer of which fd, skips and blobs count: contents that lie in the file one after the
 * other are looked through for secrets. Facts of each are of the file "<label>:<path>". */
struct pass_blob {
    struct str path, label;
    uint64_t offset, size;
};
int pass_blobs(void *ctx, struct cage_port *port, struct err *err);

/* The mask of what a file is wanted for has a bit an inspector, and this one for the scanner of secrets. */
enum { PASS_SECRETS_BIT = 63 };
#define PASS_SECRETS (UINT64_C(1) << PASS_SECRETS_BIT)

/* Which entry and inspector a step is of: for skips and messages. The inspector may be PASS_SECRETS_BIT. */
struct pass_step {
    uint64_t entry;
    unsigned inspector;
};
struct pass_step pass_step(uint64_t step);

/* The closing FACT_LAYER. */
struct pass_end {
    unsigned char input[SHA256_BYTES], output[SHA256_BYTES]; /* zero when not asked for, or not complete */
    uint64_t input_bytes, output_bytes, entries;
    bool is_complete; /* the whole stream was read; single files may still have problems */
};
void pass_end_write(struct facts *facts, const struct pass_end *end);
/* From fact.rest of a FACT_LAYER. */
bool pass_end_read(struct cursor rest, struct pass_end *out);

/* Changes whenever facts of the same bytes may change: the format and each inspector's version. */
uint64_t pass_fingerprint(void);

#endif
