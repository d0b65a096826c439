/* On what an image was built: by what it says itself, and by tables of known bases (policy/bases).
 *
 * The first of these that speaks names the base:
 *
 *     table          a known chain of layers is the image's lowest ones; the longest such chain
 *     annotation     org.opencontainers.image.base.name of the manifest
 *     label          the same as a label; an image inherits labels from its base, so this may be the base's
 *     distribution   the history's first step is the way in which a distribution makes its own image
 *
 * and the first of these says which layers are its:
 *
 *     table          the chain
 *     history        the layers up to the last CMD that is followed by layers: base images end with one
 *     distribution   the first layer is a whole root file system, and others follow
 *
 * What none of them says is not decided, and never guessed. */
#ifndef PLIMSOLL_SOURCE_IMAGE_BASE_H
#define PLIMSOLL_SOURCE_IMAGE_BASE_H

#include "base/arena.h"
#include "base/err.h"
#include "source/image/manifest.h"

enum base_evidence {
    BASE_UNDECIDED,
    BASE_TABLE,
    BASE_ANNOTATION,
    BASE_LABEL,
    BASE_HISTORY,
    BASE_DISTRIBUTION,
    BASE_BILL, /* a bill of materials says so */
    BASE_EVIDENCES
};

struct image_base {
    enum base_evidence named_by, layers_by;
    struct str name;      /* "registry.example/golden/debian": without tag and digest */
    struct str version;   /* "12.5": the tag, or the distribution's version */
    struct str reference; /* as it was stated: what to pull */
    struct str digest;    /* of the base's manifest, where it is recorded */
    size_t layers;        /* the lowest that belong to it; 0: not known */
    int64_t created;      /* when it was built; 0: not known */
    bool is_pinned;       /* the reference has a digest, or one is recorded beside it */
    struct str file;      /* the table that knows it */
};

/* "table", "annotation", …; "undecided". */
const char *base_evidence_name(enum base_evidence evidence);

/* By the configuration alone. */
int base_of_config(struct image_base *base, struct arena *arena, const struct manifest *config,
                   struct err *err);
/* What a reference names, with a digest that may be stated beside it; does nothing where both are empty. */
int base_name_by(struct image_base *base, struct arena *arena, enum base_evidence evidence,
                 struct str reference, struct str digest, struct err *err);

#endif
