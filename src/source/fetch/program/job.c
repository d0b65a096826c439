#include "source/fetch/program/job.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "source/fetch/reference.h"

#include <sys/random.h>

#define SECOND 1000000000ull

/* Retries are counted anew once a transfer has got this far: a long download may be cut often. */
#define PROGRESS MIB

/* Delays double no further than this. */
enum { BACKOFF_MAX_MS = 30000 };

static int copy_request(struct job *job, const struct fetch_request *request) {
    job->request = *request;
    struct str *const strings[] = {&job->request.url,       &job->request.registry, &job->request.repository,
                                   &job->request.reference, &job->request.accept,   &job->request.etag,
                                   &job->request.page};
    for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
        *strings[i] = arena_str(&job->arena, *strings[i]);
        if (!strings[i]->p) {
            return err_memory(&job->err);
        }
    }
    return 0;
}

/* A list of referrers is named by the digest of its subject. */
static struct str expected_digest(const struct job *job) {
    bool is_its_own = job->request.kind != FETCH_REFERRERS && reference_is_digest(job->request.reference);
    return is_its_own ? job->request.reference : STR_NONE;
}

static bool is_document(const struct fetch_request *request) {
    return request->kind == FETCH_MANIFEST || request->kind == FETCH_REFERRERS;
}

static int check_request(struct job *job) {
    struct fetch_request *request = &job->request;
    if (is_document(request)) {
        request->cap = request->cap ? MIN(request->cap, LIMIT_MANIFEST) : LIMIT_MANIFEST;
    }
    if (!request->cap) {
        return err_set(&job->err, ERR_USAGE, "a download without a cap");
    }
    if (request->kind == FETCH_URL && request->reference.n && !reference_is_digest(request->reference)) {
        return err_set(&job->err, ERR_USAGE, "\"%.*s\" is no digest", STR_ARG(request->reference));
    }
    if (request->etag.n >= VALIDATOR_MAX) {
        return err_set(&job->err, ERR_USAGE, "the etag is longer than %d bytes", VALIDATOR_MAX);
    }
    return 0;
}

/* True when the file holds the blob already, by an earlier run. */
static bool is_complete(struct job *job) {
    struct str expected = expected_digest(job);
    if (!expected.n || !job->body.n) {
        return false;
    }
    job->digest = body_digest(&job->body, &job->arena);
    return str_eq(job->digest, expected);
}

static bool is_known_plain(const struct job_context *context, const struct endpoint *endpoint) {
    uint64_t hash = hash_bytes(endpoint->url.origin);
    for (size_t i = 0; i < PLAIN_MAX; i++) {
        if (context->plain[i] == hash) {
            return endpoint->falls_back;
        }
    }
    return false;
}

static void fall_back(struct job *job) {
    if (!is_known_plain(job->context, &job->endpoints[job->at])) {
        job->context->plain[job->context->plain_next++ % PLAIN_MAX] =
            hash_bytes(job->endpoints[job->at].url.origin);
    }
    job->at++;
}

static int open_job(struct job *job, const struct fetch_request *request, int fd) {
    job->body = (struct body){.fd = fd};
    int r = copy_request(job, request);
    r = r < 0 ? r : check_request(job);
    r = r < 0 ? r
              : registry_endpoints(&job->request, job->context->options, &job->arena, &job->endpoints,
                                   &job->endpoint_count, &job->err);
    return r < 0 ? r : body_open(&job->body, fd, job->request.cap, expected_digest(job), &job->err);
}

struct job *job_new(struct job_context *context, uint32_t id, const struct fetch_request *request, int fd) {
    struct job *job = mem_alloc_zero(sizeof *job);
    if (!job) {
        closep(&fd);
        return NULL;
    }
    job->context = context;
    job->id = id;
    job->arena = arena_new(4 * LIMIT_FETCH_RECORD + 16 * LIMIT_HTTP_HEADERS);
    job->attempt = arena_new(16 * LIMIT_HTTP_ANSWER);
    job->words = buf_new(LIMIT_HTTP_ANSWER);
    if (open_job(job, request, fd) < 0 || is_complete(job)) {
        job->state = JOB_DONE;
    }
    snprintf(job->validator, sizeof job->validator, "%.*s", STR_ARG(job->request.etag));
    job->mark = job->body.n;
    return job;
}

void job_free(struct job *job) {
    exchange_free(&job->exchange);
    body_close(&job->body);
    secret_buf_free(&job->words);
    arena_free(&job->attempt);
    arena_free(&job->arena);
    mem_free(job);
}

/* Ends the job, or goes on to the next mirror or the registry. job->err is set. */
void job_fail(struct job *job) {
    assert(job->err.code < 0);
    exchange_end(&job->exchange);
    size_t next = job->at + 1;
    if (job->endpoint_count && job->endpoints[job->at].falls_back) {
        next++; /* plain HTTP is for a server without TLS, not for one that refuses */
    }
    if (next >= job->endpoint_count || job->err.code == ERR_MEMORY || job->err.code == ERR_USAGE) {
        job->state = JOB_DONE;
        return;
    }
    job->at = next;
    job->attempts = 0;
    job->state = JOB_WAITING;
    job->wake = 0;
}

/* Between 512 and 1,023, as parts of 1,024. */
static uint64_t jitter(void) {
    uint16_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0) {
        random = UINT16_MAX;
    }
    return 512 + random % 512;
}

static uint64_t delay(const struct job *job, struct str retry_after) {
    const struct fetch_options *options = job->context->options;
    uint64_t seconds;
    if (str_to_u64(retry_after, 10, &seconds)) {
        return MIN(seconds, (uint64_t)options->retry_after_max_s) * SECOND;
    }
    time_t date = retry_after.n ? curl_getdate(retry_after.p, NULL) : -1;
    if (date >= 0) {
        time_t now = time(NULL);
        seconds = date > now ? (uint64_t)(date - now) : 0;
        return MIN(seconds, (uint64_t)options->retry_after_max_s) * SECOND;
    }
    uint64_t ms = MIN((uint64_t)options->backoff_ms << MIN(job->attempts, 16u), (uint64_t)BACKOFF_MAX_MS);
    return ms * (SECOND / 1000 / 1024) * jitter();
}

void job_retry(struct job *job, struct str retry_after) {
    if (job->body.n >= job->mark + PROGRESS) {
        job->attempts = 0;
        job->mark = job->body.n;
    }
    if (job->attempts >= job->context->options->retries) {
        job_fail(job);
        return;
    }
    job->wake = clock_monotonic() + delay(job, retry_after);
    job->attempts++;
    exchange_end(&job->exchange);
    job->state = JOB_WAITING;
}

static int keep_words(struct job *job, struct str bytes) {
    if (bytes.n > job->words.cap - job->words.n) {
        return -1;
    }
    buf_str(&job->words, bytes);
    return job->words.failed ? -1 : 0;
}

/* "bytes 500-999/1000" (RFC 9110 section 14.4). */
static bool read_range(struct str text, uint64_t *first, uint64_t *total) {
    struct str range, size, from, to;
    if (!str_starts(text, STR("bytes ")) || !str_cut(str_from(text, 6), '/', &range, &size) ||
        !str_cut(range, '-', &from, &to)) {
        return false;
    }
    *total = 0;
    return str_to_u64(str_trim(from), 10, first) && (str_eq(size, STR("*")) || str_to_u64(size, 10, total));
}

static int begin_part(struct job *job) {
    uint64_t first;
    if (!job->from || !read_range(job->exchange.answer.range, &first, &job->body.total) ||
        first != job->from) {
        return err_set(
            &job->err, ERR_INPUT, "%.*s answers another range of bytes (\"%.*s\") than from byte %llu",
            STR_ARG(job->url.host), STR_ARG(job->exchange.answer.range), (unsigned long long)job->from);
    }
    return 0;
}

static int begin_whole(struct job *job) {
    const struct http_answer *answer = &job->exchange.answer;
    int r = job->body.n ? body_restart(&job->body, &job->err) : 0;
    job->mark = MIN(job->mark, job->body.n);
    job->is_anew = true;
    job->body.total = answer->has_length ? answer->length : 0;
    struct str validator =
        answer->etag.n && !str_starts(answer->etag, STR("W/")) ? answer->etag : answer->last_modified;
    bool fits = validator.n < sizeof job->validator;
    snprintf(job->validator, sizeof job->validator, "%.*s", STR_ARG(fits ? validator : STR_NONE));
    return r;
}

static struct str without_parameters(struct str media_type) {
    struct str type, parameters;
    str_cut(media_type, ';', &type, &parameters);
    return str_trim(type);
}

/* Looks at the head of a 200 or 206 before its body is let in. */
static int begin_body(struct job *job) {
    job->is_receiving = true;
    struct str type = without_parameters(job->exchange.answer.media_type);
    if (job->request.kind == FETCH_MANIFEST && str_eq_nocase(type, STR("text/html"))) {
        return err_set(
            &job->err, ERR_INPUT,
            "%.*s answers with a web page (text/html) instead of a manifest: is it a registry, or does "
            "a proxy or a login page stand in between?",
            STR_ARG(job->url.host));
    }
    int r = job->exchange.answer.status == 206 ? begin_part(job) : begin_whole(job);
    if (r == 0 && job->body.total > job->body.cap) {
        return err_set(&job->err, ERR_LIMIT, "%.*s offers %llu bytes, more than the %llu allowed",
                       STR_ARG(job->url.host), (unsigned long long)job->body.total,
                       (unsigned long long)job->body.cap);
    }
    return r;
}

static bool is_body(const struct job *job) {
    long status = job->exchange.answer.status;
    return job->step == STEP_BODY && (status == 200 || status == 206);
}

static int take(void *user, struct str bytes) {
    struct job *job = user;
    if (!is_body(job)) {
        return keep_words(job, bytes);
    }
    int r = job->is_receiving ? 0 : begin_body(job);
    if (r == 0) {
        r = body_write(&job->body, bytes, &job->err);
        r = r < 0 ? err_at(&job->err, "%.*s", STR_ARG(job->url.host)) : 0;
    }
    return r;
}

void job_send(struct job *job, const struct http_request *request) {
    job->exchange.take = take;
    job->exchange.user = job;
    job->is_receiving = false;
    secret_wipe(buf_view(&job->words));
    buf_clear(&job->words);
    exchange_end(&job->exchange);
    job->state = JOB_RUNNING;
    if (exchange_start(&job->exchange, job->context->multi, job->context->options, request, &job->err) < 0) {
        job_fail(job);
    }
}

static struct str accepted(const struct job *job) {
    if (job->request.accept.n) {
        return job->request.accept;
    }
    return job->request.kind == FETCH_MANIFEST    ? REGISTRY_MANIFESTS
           : job->request.kind == FETCH_REFERRERS ? REGISTRY_INDEX
                                                  : STR("*/*");
}

/* Whether what is in the file may be continued; else the answer is asked for whole and replaces it. */
static bool may_continue(const struct job *job) {
    if (is_document(&job->request) || !job->body.n) {
        return false;
    }
    return expected_digest(job).n || job->validator[0] || !job->is_anew;
}

void job_request_body(struct job *job) {
    job->step = STEP_BODY;
    const struct endpoint *endpoint = &job->endpoints[job->at];
    struct http_request request = {.url = &job->url,
                                   .is_verified = !registry_is_insecure(job->context->options, &job->url),
                                   .accept = accepted(job)};
    if (endpoint->account.n && str_eq(job->url.origin, endpoint->url.origin)) {
        const struct token *token =
            tokens_find(&job->context->tokens, job->url.origin, job->request.repository);
        job->auth = !token ? AUTH_NONE : job->auth == AUTH_FRESH ? AUTH_FRESH : AUTH_KEPT;
        job->had_credentials = token ? token->is_of_credentials : job->had_credentials;
        request.authorization = token ? secret_view(&token->header) : STR_NONE;
    }
    if (may_continue(job)) {
        request.from = job->body.n;
        request.if_range = expected_digest(job).n ? STR_NONE : str_c(job->validator);
    } else if (!job->body.n) {
        request.if_none_match = job->request.etag;
    }
    job->from = request.from;
    job_send(job, &request);
}

void job_start(struct job *job) {
    assert(job->state == JOB_QUEUED || job->state == JOB_WAITING);
    arena_free(&job->attempt);
    job->err = ERR_NONE;
    job->redirects = 0;
    job->auth = AUTH_NONE;
    job->had_credentials = false;
    if (is_known_plain(job->context, &job->endpoints[job->at])) {
        job->at++;
    }
    job->url = job->endpoints[job->at].url;
    job_request_body(job);
}

static void follow(struct job *job) {
    struct str location = job->exchange.answer.location;
    struct url next;
    if (!location.n) {
        err_set(&job->err, ERR_INPUT, "%.*s redirects to nowhere", STR_ARG(job->url.shown));
        job_fail(job);
    } else if (++job->redirects > LIMIT_REDIRECTS) {
        err_set(&job->err, ERR_LIMIT, "%.*s: more than %d redirects",
                STR_ARG(job->endpoints[job->at].url.shown), LIMIT_REDIRECTS);
        job_fail(job);
    } else if (url_resolve(&job->url, location, &job->attempt, &next, &job->err) < 0) {
        err_at(&job->err, "%.*s redirects", STR_ARG(job->url.shown));
        job_fail(job);
    } else if (job->url.is_https && !next.is_https) {
        err_set(&job->err, ERR_INPUT, "%.*s redirects from https to http, %.*s: refused",
                STR_ARG(job->url.shown), STR_ARG(next.shown));
        job_fail(job);
    } else {
        job->url = next;
        job_request_body(job);
    }
}

/* Empties the file and begins again; only once, so that it ends. */
static bool may_restart(struct job *job) {
    if (job->is_restarted || !job->body.is_continued) {
        return false;
    }
    job->is_restarted = true;
    if (body_restart(&job->body, &job->err) < 0) {
        return false;
    }
    job->validator[0] = 0;
    exchange_end(&job->exchange);
    job->state = JOB_WAITING;
    job->wake = 0;
    return true;
}

static void mismatch(struct job *job, struct str expected) {
    if (may_restart(job)) {
        return;
    }
    err_set(&job->err, ERR_INPUT, "%.*s: the body's digest is %.*s, expected %.*s: not what was published",
            STR_ARG(job->url.host), STR_ARG(job->digest), STR_ARG(expected));
    (void)body_restart(&job->body, NULL);
    job_fail(job);
}

static void end_well(struct job *job) {
    if (job->request.kind == FETCH_REFERRERS &&
        registry_next_page(&job->exchange.answer, &job->endpoints[job->at], &job->arena, &job->next,
                           &job->err) < 0) {
        err_at(&job->err, "%.*s", STR_ARG(job->url.host));
        job_fail(job);
        return;
    }
    exchange_end(&job->exchange);
    job->state = JOB_DONE;
}

static void finish(struct job *job) {
    if (!job->is_receiving && begin_body(job) < 0) {
        job_fail(job);
        return;
    }
    struct str announced = job->exchange.answer.digest, expected = expected_digest(job);
    if (!expected.n && job->request.kind == FETCH_MANIFEST && reference_is_digest(announced) &&
        str_starts(announced, str_c(job->body.algorithm))) {
        expected = announced;
    }
    job->digest = body_digest(&job->body, &job->arena);
    if (!job->digest.p) {
        err_memory(&job->err);
        job_fail(job);
    } else if (expected.n && !str_eq(expected, job->digest)) {
        mismatch(job, expected);
    } else {
        end_well(job);
    }
}

static void refuse(struct job *job, bool is_passing) {
    registry_refusal(&job->request, &job->endpoints[job->at], &job->url, &job->exchange.answer,
                     buf_view(&job->words), job->had_credentials, &job->err);
    if (is_passing) {
        job_retry(job, job->exchange.answer.retry_after);
    } else {
        job_fail(job);
    }
}

static void not_modified(struct job *job) {
    if (!job->request.etag.n || job->request.kind != FETCH_URL) {
        refuse(job, false);
        return;
    }
    exchange_end(&job->exchange);
    job->state = JOB_DONE;
}

static void by_status(struct job *job) {
    switch (job->exchange.answer.status) {
    case 200:
    case 206:
        finish(job);
        break;
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        follow(job);
        break;
    case 304:
        not_modified(job);
        break;
    case 401:
        job_authorize(job);
        break;
    case 416:
        if (!may_restart(job)) {
            refuse(job, false);
        }
        break;
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        refuse(job, true);
        break;
    default:
        refuse(job, false);
    }
}

/* A server of a loopback or insecure registry that has no TLS is asked over plain HTTP. */
static bool falls_back(struct job *job, CURLcode code) {
    return job->step == STEP_BODY && job->endpoints[job->at].falls_back && !job->redirects &&
           !job->exchange.answer.status && exchange_may_be_plain(code);
}

static void broken(struct job *job, CURLcode code) {
    bool is_passing = exchange_explain(&job->exchange, code, job->context->options, &job->err);
    bool is_plain_next = falls_back(job, code);
    if (job->body.n && job->is_receiving) {
        err_at(&job->err, "after %llu bytes", (unsigned long long)job->body.n);
    }
    err_at(&job->err, "%.*s", STR_ARG(job->url.host));
    exchange_end(&job->exchange);
    if (is_plain_next) {
        fall_back(job);
        job->state = JOB_WAITING;
        job->wake = 0;
    } else if (is_passing) {
        job_retry(job, STR_NONE);
    } else {
        job_fail(job);
    }
}

/* A body that broke a rule is not continued by anybody. */
static void reject(struct job *job) {
    if (job->err.code == ERR_LIMIT || job->err.code == ERR_INPUT) {
        (void)body_restart(&job->body, NULL);
    }
    job_fail(job);
}

void job_exchange_ended(struct job *job, CURLcode code) {
    assert(job->state == JOB_RUNNING);
    curl_easy_getinfo(job->exchange.easy, CURLINFO_RESPONSE_CODE, &job->exchange.answer.status);
    if (job->err.code) {
        reject(job);
        return;
    }
    if (is_body(job) && code != CURLE_OK && job->body.n) {
        job->body.is_continued = true;
    }
    /* The body of a refusal may be longer than is kept; its status counts. */
    bool is_cut_refusal = code == CURLE_WRITE_ERROR && !is_body(job);
    if (code != CURLE_OK && !is_cut_refusal) {
        broken(job, code);
    } else if (job->step == STEP_TOKEN) {
        job_token_ended(job);
    } else {
        by_status(job);
    }
}

void job_describe(const struct job *job, struct fetch_event *event) {
    const struct http_answer *answer = &job->exchange.answer;
    *event = (struct fetch_event){.id = job->id,
                                  .is_done = job->state == JOB_DONE,
                                  .received = job->body.n,
                                  .total = job->body.total,
                                  .validator = job->body.n ? str_c(job->validator) : STR_NONE,
                                  .status = (uint32_t)answer->status};
    if (job->state == JOB_DONE && job->err.code) {
        event->code = job->err.code;
        event->message = str_c(job->err.message);
    } else if (job->state == JOB_DONE) {
        event->media_type = without_parameters(answer->media_type);
        event->digest = job->digest;
        event->etag = answer->etag;
        event->next = job->next;
    }
}
