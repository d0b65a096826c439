/* Fetching over HTTP, done by a program of its own: plimsoll-fetch has the network and the credentials, this
 * process has neither.
 *
 * fetch_start() runs plimsoll-fetch and talks to it over a socket pair, one record (base/wire.h) a packet. A
 * request hands over an open file, into which the body is written while it arrives; many requests may be
 * under way, options.parallel of them on the network at a time, the rest waits its turn.
 *
 *     struct fetch_options options = FETCH_OPTIONS;
 *     _cleanup_(fetch_stopp) struct fetch *fetch = NULL;
 *     if (fetch_start(&fetch, &options, err) < 0) return err->code;
 *     struct fetch_request want = {.kind = FETCH_BLOB, .registry = STR("docker.io"),
 *                                  .repository = STR("library/nginx"), .reference = digest,
 *                                  .fd = fd, .cap = GIB};
 *     fetch_submit(fetch, &want, &id, err);
 *     do { fetch_wait(fetch, &event, &arena, err); } while (!event.is_done);
 *
 * Rules: a blob and whatever is named by digest is verified while it streams; TLS is verified; an
 * Authorization header never goes to another origin; https is never left for http; a body past `cap` is cut
 * off. On a failed verification the file is emptied. Credentials are the Docker configuration's; they are
 * never part of a message.
 *
 * Sources: OCI distribution specification 1.1 (pull, listing referrers), Docker registry token specification,
 * RFC 9110.  */
#ifndef PLIMSOLL_SOURCE_FETCH_FETCH_H
#define PLIMSOLL_SOURCE_FETCH_FETCH_H

#include "base/arena.h"
#include "base/err.h"

struct fetch; /* a running plimsoll-fetch */

/* Where a registry's content is looked for first, e.g. {"docker.io", "https://mirror.example"}. */
struct fetch_mirror {
    struct str registry, base;
};

struct fetch_options {
    struct str ca_file;         /* PEM; empty: SSL_CERT_FILE, then the system's */
    struct str docker_config;   /* folder of config.json; empty: DOCKER_CONFIG, then ~/.docker */
    const struct str *insecure; /* "host" or "host:port": plain HTTP allowed, TLS not verified */
    size_t insecure_count;
    const struct fetch_mirror *mirrors; /* of one registry in the order they are tried */
    size_t mirror_count;
    uint32_t parallel;          /* transfers at a time */
    uint32_t retries;           /* of one request at one server, without progress in between */
    uint32_t backoff_ms;        /* before the first retry; doubles, with jitter */
    uint32_t retry_after_max_s; /* a longer Retry-After is cut to this */
    uint32_t connect_ms;        /* for name, connection and TLS */
    uint32_t stall_s;           /* a transfer below stall_rate bytes a second for so long is broken off */
    uint32_t stall_rate;
};

#define FETCH_OPTIONS                                                                                        \
    ((struct fetch_options){.parallel = 4,                                                                   \
                            .retries = 4,                                                                    \
                            .backoff_ms = 500,                                                               \
                            .retry_after_max_s = 60,                                                         \
                            .connect_ms = 15000,                                                             \
                            .stall_s = 30,                                                                   \
                            .stall_rate = 1024})

enum fetch_kind { FETCH_URL, FETCH_MANIFEST, FETCH_BLOB, FETCH_REFERRERS };

struct fetch_request {
    enum fetch_kind kind;
    struct str url;                  /* FETCH_URL: http or https; no credentials are sent there */
    struct str registry, repository; /* as in struct image_reference */
    struct str reference;            /* tag or digest; for FETCH_URL the digest to verify, or empty */
    struct str page;                 /* FETCH_REFERRERS: `next` of the page before; empty: the first */
    struct str accept;               /* media types; empty: those of manifests, or all */
    /* FETCH_URL, what the caller has: an empty file is filled only if the server's differs (status 304 if
     * not), a begun one is continued only if it is still the same (from zero if not). */
    struct str etag;
    /* A regular file open for reading and writing, still the caller's. A blob or URL continues at its end;
     * a manifest or list of referrers replaces what is in it. */
    int fd;
    uint64_t cap; /* most bytes taken; 0 is allowed for those two only and means LIMIT_MANIFEST */
    void *tag;    /* comes back with each event */
};

struct fetch_event {
    uint32_t id;
    void *tag;
    bool is_done;             /* the last event of this request */
    int code;                 /* enum err_code, or 0 */
    struct str message;       /* when code isn't 0 */
    uint64_t received, total; /* bytes in the file; total is 0 while it isn't known */
    struct str media_type;    /* Content-Type without parameters */
    struct str digest;        /* of the body, verified: as asked for, as announced, or sha256 */
    struct str etag;
    struct str next; /* FETCH_REFERRERS: the query of the next page; empty: this was the last */
    /* What the bytes in the file are by their server's word, also while it grows and after a failure: as the
     * etag of a later request they are continued if they are still the same. Empty: no word, or no bytes. */
    struct str validator;
    uint32_t status; /* the last HTTP status; 0 when there was none */
};

/* Runs the program: from $PLIMSOLL_LIBEXEC, from where this executable was built or installed, or from
 * the libexec folder of the installation. ERR_ABSENT when it is nowhere. */
int fetch_start(struct fetch **out, const struct fetch_options *options, struct err *err) _nodiscard_;
/* Breaks off what is under way. */
void fetch_stop(struct fetch *fetch);
void fetch_stopp(struct fetch **fetch);

/* ERR_LIMIT when LIMIT_FETCH_REQUESTS are under way. The strings need not outlive the call. */
int fetch_submit(struct fetch *fetch, const struct fetch_request *request, uint32_t *id,
                 struct err *err) _nodiscard_;
/* Waits for the next event of any request. Its strings are in the arena. Fails only when plimsoll-fetch
 * itself is gone; a request that failed is an event. */
int fetch_wait(struct fetch *fetch, struct fetch_event *event, struct arena *arena,
               struct err *err) _nodiscard_;
/* Readable when fetch_wait() would not wait. */
int fetch_fd(const struct fetch *fetch);

#endif
