/* What the user named: "image:nginx:1.27", "docker-archive:x.tar", "dir:.", or the same without a scheme. */
#ifndef PLIMSOLL_SOURCE_TARGET_H
#define PLIMSOLL_SOURCE_TARGET_H

#include "base/arena.h"
#include "base/err.h"

enum target_kind {
    TARGET_IMAGE,          /* by name: local storages, then a registry */
    TARGET_DOCKER_ARCHIVE, /* `docker save`; what it holds decides, so an OCI archive is read as well */
    TARGET_OCI_ARCHIVE,
    TARGET_OCI_DIRECTORY,
    TARGET_DIRECTORY, /* a source tree or any folder */
    TARGET_ROOTFS,    /* a root file system laid out as a folder */
    TARGET_SBOM,      /* a bill of materials in a file; place "-" is standard input */
    TARGET_GIT        /* a commit of a repository, as the folder that it was made from */
};

struct target {
    enum target_kind kind;
    struct str name; /* as the user wrote it */
    char *place;     /* the path or the image's name, without scheme */
    struct str pick; /* oci-dir:, oci-archive: and docker-archive:PATH:TAG: the tag or digest in it;
                        git:PATH@REF: the revision; else empty */
    const struct target *image; /* sbom:image:NAME and the like: the image whose attached bill is meant */
};

/* One scheme a row, for help and docs. */
struct target_scheme {
    const char *scheme;
    enum target_kind kind;
    const char *title, *example;
};
extern const struct target_scheme target_schemes[];
extern const size_t target_schemes_n;

/* Recognises the target. ERR_USAGE when a path is named that isn't there or can't be one of ours. */
int target_parse(struct arena *arena, const char *text, struct target *out, struct err *err);

#endif
