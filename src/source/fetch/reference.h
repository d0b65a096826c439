/* Image references as Docker writes them: [registry/]repository[:tag][@algorithm:hex].
 *
 * The grammar and its defaults are those of the distribution project's reference package: the first part is
 * a registry when it has a dot, a colon or a capital, or is "localhost"; without one it is docker.io, where
 * a repository of one part is in library/. */
#ifndef PLIMSOLL_SOURCE_FETCH_REFERENCE_H
#define PLIMSOLL_SOURCE_FETCH_REFERENCE_H

#include "base/arena.h"
#include "base/err.h"

struct image_reference {
    struct str registry;   /* "docker.io", "registry.example:5000" */
    struct str repository; /* "library/nginx" */
    struct str tag;        /* "latest" when neither tag nor digest was given; may be empty beside a digest */
    struct str digest;     /* "sha256:…" or empty */
};

/* ERR_USAGE with the part that is wrong; ERR_MEMORY. Parts point into text or the arena. */
int reference_parse(struct str text, struct arena *arena, struct image_reference *out, struct err *err);

/* What a request names: the digest when there is one, else the tag. */
struct str reference_target(const struct image_reference *reference);

/* The host that serves a registry: registry-1.docker.io for docker.io, else the registry itself. */
struct str reference_host(struct str registry);

/* A digest that can be verified: sha256 or sha512 with as many lower-case hexadecimal digits as it has. */
bool reference_is_digest(struct str text);

#endif
