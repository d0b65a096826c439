/* Documents that came with a target instead of from the user: the bill of materials of `sbom:image:NAME`, and
 * with `--vex attached` what is attached to the image, what its bill says of vulnerabilities, and the files
 * beside a bill that it names for that. Nothing is fetched but from the image's own registry.
 *
 * Which documents there were, by whom and whether signed is said in the report; signatures are not verified.
 * What can't be used is a problem of the target. */
#ifndef PLIMSOLL_CMD_SCAN_ATTACHED_H
#define PLIMSOLL_CMD_SCAN_ATTACHED_H

#include "doc/json_write.h"
#include "inspect/bills/bill.h"
#include "model/store.h"
#include "source/image/attached_document.h"
#include "vuln/vex/vex.h"

struct scan_document {
    struct attached_document is;
    struct str digest, way; /* way: "referrer sha256:…", "file web.vex.json" */
    bool is_used_as_bill, is_used_as_vex;
};

struct scan_attached {
    struct arena *arena;
    const struct image_options *options;
    bool wants_vex;
    struct vex vex;
    VEC(struct scan_document) documents;
    VEC(struct problem) problems;
};

/* Forgets what the target before had. */
void scan_attached_begin(struct scan_attached *a);
/* What is attached to an image, for its VEX; scanned: the image as it was read, which may be a local one. */
int scan_attached_image(struct scan_attached *a, const struct target *target, const struct image *scanned,
                        struct err *err);
/* The bill that is attached to an image, and then its VEX when that is wanted. ERR_ABSENT: there is none. */
int scan_attached_bill(struct scan_attached *a, const struct target *target, struct arena *arena,
                       struct bill *out, struct err *err);
/* What a bill in a file says of vulnerabilities, and which files beside it do. */
int scan_attached_said(struct scan_attached *a, struct str path, struct str text, struct err *err);

/* The problems into the store; the documents into the run's properties. */
int scan_attached_record(const struct scan_attached *a, struct store *store, int64_t run, bool *is_complete,
                         struct err *err);
void scan_attached_put(struct json_writer *w, const struct scan_attached *a);

#endif
