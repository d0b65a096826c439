/* One request on its way: which endpoint, which authorization, which redirect, how many retries.
 *
 *     QUEUED ─► RUNNING ⇄ WAITING (for a retry) ─► DONE
 *
 * RUNNING has one exchange under way: for the body, or for a token in between. Each attempt begins at the
 * endpoint anew, for the addresses that redirects lead to do not live long. */
#ifndef PLIMSOLL_SOURCE_FETCH_PROGRAM_JOB_H
#define PLIMSOLL_SOURCE_FETCH_PROGRAM_JOB_H

#include "source/fetch/program/body.h"
#include "source/fetch/program/http.h"
#include "source/fetch/program/registry.h"
#include "source/fetch/program/token.h"

/* Servers without TLS that are remembered, so that each blob need not find it out again. */
enum { PLAIN_MAX = 16 };

/* What all jobs share. */
struct job_context {
    CURLM *multi;
    const struct fetch_options *options;
    struct tokens tokens;
    uint64_t plain[PLAIN_MAX]; /* hashed origins that turned out to have no TLS; 0 is free */
    size_t plain_next;
};

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_WAITING, JOB_DONE };
enum job_step { STEP_BODY, STEP_TOKEN };

/* Where the Authorization header of this attempt came from. */
enum job_auth { AUTH_NONE, AUTH_KEPT, AUTH_FRESH };

enum { VALIDATOR_MAX = 256 };

struct job {
    struct job_context *context;
    uint32_t id;
    struct arena arena; /* the request and its endpoints */
    struct fetch_request request;
    struct endpoint *endpoints;
    size_t endpoint_count, at;
    struct body body;

    enum job_state state;
    enum job_step step;
    uint64_t wake; /* clock_monotonic(), when WAITING */
    unsigned attempts;
    uint64_t mark; /* body.n when attempts was last 0 */
    bool is_restarted;

    struct arena attempt; /* of this attempt: addresses, the question for a token */
    struct url url;
    unsigned redirects;
    uint64_t from; /* the first byte asked for */
    bool is_receiving;
    bool is_anew; /* what is in the file was begun by this job */
    enum job_auth auth;
    bool had_credentials;
    struct exchange exchange;
    struct buf words;               /* an answer that isn't the body */
    char validator[VALIDATOR_MAX];  /* If-Range: the body that was begun */
    struct str digest;              /* of the finished body */
    struct str next;                /* of the finished list of referrers: the query of its next page */
    uint64_t shown_at, shown_bytes; /* of the last progress event */
    struct err err;
};

/* Takes fd. A request that can't be started is DONE with its error at once; NULL when there is no memory. */
struct job *job_new(struct job_context *context, uint32_t id, const struct fetch_request *request, int fd);
void job_free(struct job *job);

/* From QUEUED or WAITING: begins an attempt. */
void job_start(struct job *job);
/* The exchange under way has ended with code. */
void job_exchange_ended(struct job *job, CURLcode code);
/* The strings are the job's. */
void job_describe(const struct job *job, struct fetch_event *event);

/* For job_auth.c: begins the exchange for job->url; ends the job without a further try; goes on elsewhere. */
void job_send(struct job *job, const struct http_request *request);
void job_fail(struct job *job);
void job_retry(struct job *job, struct str retry_after);
/* Answers a 401, and takes what the token server says. */
void job_authorize(struct job *job);
void job_token_ended(struct job *job);
void job_request_body(struct job *job);

#endif
