/* What a document that hangs on an image, or was handed over, says that it is: a bill of materials or VEX, by
 * whom, signed or not, and of which image. Looked at in the cage; signatures are not verified. */
#ifndef PLIMSOLL_SOURCE_IMAGE_ATTACHED_DOCUMENT_H
#define PLIMSOLL_SOURCE_IMAGE_ATTACHED_DOCUMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum attached_format {
    ATTACHED_OTHER,
    ATTACHED_CYCLONEDX,
    ATTACHED_SPDX,
    ATTACHED_SPDX_3, /* known, and not read */
    ATTACHED_SYFT,
    ATTACHED_OPENVEX,
    ATTACHED_CSAF,
    ATTACHED_FORMATS
};

struct attached_document {
    enum attached_format format;
    bool is_bill;                     /* lists what its subject is made of */
    bool says_vex;                    /* and says what vulnerabilities mean for it */
    bool is_attestation, is_of_other; /* in-toto; one that names none of the digests that were asked for */
    uint32_t signatures;
    struct str producer;    /* "syft 1.19.0", "Acme Security"; empty when it is not stated */
    struct str *references; /* CycloneDX: where it says that more is said of vulnerabilities */
    size_t references_n;
};

const char *attached_format_name(enum attached_format format); /* "CycloneDX" */

/* digests: of the image, any of which an attestation may name; none: whatever it names is right. ERR_INPUT:
 * it is no JSON. Strings live in arena. */
int attached_document_look(struct arena *arena, struct str text, const struct str *digests, size_t n,
                           bool is_open, struct attached_document *out, struct err *err);

/* What runs in the cage, and outside of it. */
int attached_document_encode(struct str text, const struct str *digests, size_t n, struct buf *out,
                             struct err *err);
int attached_document_decode(struct arena *arena, struct str record, struct attached_document *out,
                             struct err *err);

#endif
