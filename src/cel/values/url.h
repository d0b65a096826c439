/* URLs as Kubernetes' CEL library takes them: an absolute URI or an absolute path (Go's net/url; RFC 3986).
 *
 * Slices point into the text or into the arena. (Prefixed, since the program that fetches has a struct url of
 * its own.) */
#ifndef PLIMSOLL_CEL_VALUES_URL_H
#define PLIMSOLL_CEL_VALUES_URL_H

#include "base/arena.h"
#include "base/err.h"

struct cel_url {
    struct str scheme;         /* lower case */
    struct str host;           /* with port and brackets: "[::1]:80" */
    struct str hostname, port; /* "::1", "80" */
    struct str escaped_path;
    struct str query; /* as written, without the '?' */
    struct str text;  /* as Go writes the whole again: what string(url) and equality look at */
};

/* One key of a query with all its values, in the order of their coming. */
struct cel_url_parameter {
    struct str key;
    VEC(struct str) values;
};
struct cel_url_query {
    VEC(struct cel_url_parameter) parameters;
};

/* isURL(): ERR_INPUT is a no. What passes may still have a fragment that cel_url_parse() refuses. */
int cel_url_check(struct str text, struct arena *arena, struct err *err);
/* url() */
int cel_url_parse(struct str text, struct arena *arena, struct cel_url *out, struct err *err);
/* Unescaped; parts that can't be unescaped, or have a ';', are left out, as Go does. ERR_MEMORY only. */
int cel_url_query(const struct cel_url *url, struct arena *arena, struct cel_url_query *out, struct err *err);

#endif
