/* One HTTP exchange through libcurl: a request, the header lines of its answer that matter here, and the body
 * piece by piece.
 *
 * Redirects are not followed here: whoever does must decide anew what may be sent. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_HTTP_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_HTTP_H

#include "source/fetch/fetch.h"
#include "source/fetch/program/challenge.h"
#include "source/fetch/program/url.h"

#include <curl/curl.h>

struct http_request {
    const struct url *url;
    bool is_verified;         /* TLS */
    struct str authorization; /* value of the header, or empty */
    struct str accept;
    struct str form; /* sent by POST when there is one */
    uint64_t from;   /* first byte wanted, 0 for all */
    struct str if_range, if_none_match;
};

struct http_answer {
    long status; /* 0 while there is none */
    struct str location, media_type, range, digest, etag, last_modified, retry_after, link;
    struct challenges challenges;
    uint64_t length; /* of this body; meaningful when has_length */
    bool has_length;
};

struct exchange {
    CURL *easy; /* NULL when none is under way */
    CURLM *multi;
    struct curl_slist *lines;
    struct arena arena; /* of the answer's strings, until the next exchange_start() */
    struct http_answer answer;
    size_t header_bytes;
    char words[CURL_ERROR_SIZE];
    int (*take)(void *user, struct str bytes); /* negative breaks off */
    void *user;
};

/* exchange->take and ->user are set by the caller, who gets `user` back as the CURLINFO_PRIVATE of the ended
 * transfer. */
int exchange_start(struct exchange *x, CURLM *multi, const struct fetch_options *options,
                   const struct http_request *request, struct err *err);
/* Ends the transfer; the answer stays until exchange_free(). */
void exchange_end(struct exchange *x);
void exchange_free(struct exchange *x);

/* Sets err to what a failed transfer means, and says whether trying again makes sense. */
bool exchange_explain(const struct exchange *exchange, CURLcode code, const struct fetch_options *options,
                      struct err *err);
/* Whether code, of a transfer that got no answer, is what TLS meets at a server without it. */
bool exchange_may_be_plain(CURLcode code);

#endif
