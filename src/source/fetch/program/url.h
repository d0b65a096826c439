/* URLs as far as fetching needs them, taken apart by libcurl so that both see the same host.
 *
 * Only http and https; a user name or password inside is refused. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_URL_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_URL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct url {
    const char *text;  /* the whole, NUL-terminated, without fragment */
    struct str origin; /* "https://host:443", lower case: what an Authorization header belongs to */
    struct str host;   /* "host" or "host:port", as the registry or user would name it */
    struct str name;   /* host alone */
    struct str shown;  /* without query, which may be a signature: for messages */
    bool is_https;
};

/* ERR_INPUT, ERR_MEMORY. */
int url_parse(struct str text, struct arena *arena, struct url *out, struct err *err);
/* What a Location header means at base (RFC 3986 section 5). */
int url_resolve(const struct url *base, struct str location, struct arena *arena, struct url *out,
                struct err *err);
/* localhost, 127.0.0.0/8 and ::1. */
bool url_is_loopback(const struct url *url);
/* Whether "host" or "host:port" names where url points. */
bool url_is_at(const struct url *url, struct str host);

/* Adds s percent-encoded for a query or form. */
void url_put_encoded(struct buf *out, struct str s);

#endif
