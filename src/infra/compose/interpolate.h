/* Variables in the strings of a compose file (Compose Specification, "Interpolation"), and ".env" files. */
#ifndef PLIMSOLL_INFRA_COMPOSE_INTERPOLATE_H
#define PLIMSOLL_INFRA_COMPOSE_INTERPOLATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

/* Names to values. What is put keeps its first value, and stands before what is read, whose last value
 * counts. */
struct variables {
    struct arena *arena;
    struct map values;
    const struct variables *outer; /* what is set there counts first; may be NULL */
};

struct variables variables_new(struct arena *arena, const struct variables *outer);
int variables_put(struct variables *v, struct str name, struct str value, struct err *err);
/* NULL when it is not set. */
const struct str *variables_get(const struct variables *v, struct str name);

/* The lines of a ".env" file: NAME=value, "export", quotes, comments; values may use what stands before them.
 * A NAME without "=" is stepped over. Text and values live in, or as long as, the arena. */
int variables_read(struct variables *v, struct str text, struct err *err);

/* What a text says with its variables put in. */
struct interpolated {
    struct str text;
    bool changed;
    struct str unset;    /* the first variable that has no value and no default: text is not known */
    struct str required; /* the first ${X:?...} without a value, with message */
    struct str message;
};

/* ERR_INPUT for a "$" that begins nothing; ERR_LIMIT past LIMIT_COMPOSE_TEXT or LIMIT_COMPOSE_NESTING. */
int interpolate(const struct variables *v, struct str text, struct interpolated *out, struct err *err);

#endif
