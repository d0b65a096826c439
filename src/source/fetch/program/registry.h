/* The pull half of the OCI distribution specification 1.1: where a manifest, blob or list of referrers is,
 * and what a refusal means. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_REGISTRY_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_REGISTRY_H

#include "source/fetch/program/http.h"

/* One place where the wanted thing may be. */
struct endpoint {
    struct url url;
    struct str account; /* the registry whose credentials count here; empty: none are sent */
    bool falls_back;    /* the next endpoint is the same server over plain HTTP */
};

/* The mirrors of the registry in their order, then the registry. ERR_USAGE for names that are none. */
int registry_endpoints(const struct fetch_request *request, const struct fetch_options *options,
                       struct arena *arena, struct endpoint **out, size_t *count, struct err *err);

/* Whether TLS need not be verified at url. */
bool registry_is_insecure(const struct fetch_options *options, const struct url *url);

/* The query of the page that a Link header says follows (distribution specification, "Listing Referrers"; RFC
 * 8288); empty when none does. ERR_INPUT when it is no page of this list: nothing else is asked for. */
int registry_next_page(const struct http_answer *answer, const struct endpoint *endpoint, struct arena *arena,
                       struct str *out, struct err *err);

/* "repository shop/web", or the URL. */
struct str registry_subject(const struct fetch_request *request, struct arena *arena);

/* What the answer says to somebody who had credentials or not; words: its body. Returns the code. */
int registry_refusal(const struct fetch_request *request, const struct endpoint *endpoint,
                     const struct url *at, const struct http_answer *answer, struct str words,
                     bool had_credentials, struct err *err);

#define REGISTRY_INDEX STR("application/vnd.oci.image.index.v1+json")

/* The Accept header for manifests of all kinds. */
#define REGISTRY_MANIFESTS                                                                                   \
    STR("application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "              \
        "application/vnd.docker.distribution.manifest.list.v2+json, "                                        \
        "application/vnd.docker.distribution.manifest.v2+json")

#endif
