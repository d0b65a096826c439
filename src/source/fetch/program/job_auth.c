#include "base/limits.h"
#include "source/fetch/program/job.h"

static void denied(struct job *job) {
    registry_refusal(&job->request, &job->endpoints[job->at], &job->url, &job->exchange.answer,
                     buf_view(&job->words), job->had_credentials, &job->err);
    job_fail(job);
}

/* Keeps header for the endpoint and repeats the request with it. */
static void go_on_with(struct job *job, struct secret *header, uint64_t seconds) {
    const struct endpoint *endpoint = &job->endpoints[job->at];
    if (tokens_put(&job->context->tokens, endpoint->url.origin, job->request.repository, header, seconds,
                   job->had_credentials, &job->err) < 0) {
        job_fail(job);
        return;
    }
    job->auth = AUTH_FRESH;
    job->url = endpoint->url;
    job->redirects = 0;
    job_request_body(job);
}

/* Basic credentials don't run out; a day is as long as anything is kept. */
enum { DAY = 86400 };

static void answer_basic(struct job *job, const struct credentials *credentials) {
    if (!credentials->username.n && !credentials->password.n) {
        denied(job);
        return;
    }
    _cleanup_(secret_free) struct secret header = {0};
    if (secret_set_basic(&header, STR("Basic "), secret_view(&credentials->username),
                         secret_view(&credentials->password), &job->err) < 0) {
        job_fail(job);
        return;
    }
    go_on_with(job, &header, DAY);
}

/* The token server's address: as safe as the registry's own. */
static int token_address(struct job *job, struct str text, struct err *err) {
    struct url realm;
    int r = url_parse(text, &job->attempt, &realm, err);
    if (r < 0) {
        err_at(err, "%.*s names a token server", STR_ARG(job->url.host));
        return r;
    }
    if (job->url.is_https && !realm.is_https) {
        return err_set(err, ERR_INPUT, "%.*s names a token server without TLS, %.*s: refused",
                       STR_ARG(job->url.host), STR_ARG(realm.shown));
    }
    job->url = realm;
    return 0;
}

static void ask_for_token(struct job *job, const struct challenge *challenge,
                          const struct credentials *credentials) {
    _cleanup_(token_question_free) struct token_question question = {0};
    if (token_ask(challenge, credentials, job->request.repository, &job->attempt, &question, &job->err) < 0 ||
        token_address(job, question.url, &job->err) < 0) {
        job_fail(job);
        return;
    }
    struct http_request request = {.url = &job->url,
                                   .is_verified = !registry_is_insecure(job->context->options, &job->url),
                                   .authorization = secret_view(&question.basic),
                                   .accept = STR("application/json"),
                                   .form = secret_view(&question.form)};
    job->step = STEP_TOKEN;
    job_send(job, &request);
}

static void answer_bearer(struct job *job, const struct challenge *challenge,
                          const struct credentials *credentials) {
    if (!credentials->registry_token.n) {
        ask_for_token(job, challenge, credentials);
        return;
    }
    _cleanup_(secret_free) struct secret header = {0};
    if (secret_set(&header, STR("Bearer "), secret_view(&credentials->registry_token), &job->err) < 0) {
        job_fail(job);
        return;
    }
    go_on_with(job, &header, DAY);
}

void job_authorize(struct job *job) {
    const struct endpoint *endpoint = &job->endpoints[job->at];
    if (!endpoint->account.n || !str_eq(job->url.origin, endpoint->url.origin) || job->auth == AUTH_FRESH) {
        tokens_drop(&job->context->tokens, endpoint->url.origin, job->request.repository);
        denied(job);
        return;
    }
    tokens_drop(&job->context->tokens, endpoint->url.origin, job->request.repository);
    _cleanup_(credentials_free) struct credentials credentials = {0};
    if (credentials_find(job->context->options->docker_config, endpoint->account, &credentials, &job->err) <
        0) {
        err_at(&job->err, "credentials for %.*s", STR_ARG(endpoint->account));
        job_fail(job);
        return;
    }
    job->had_credentials = credentials_exist(&credentials);
    const struct challenges *challenges = &job->exchange.answer.challenges;
    const struct challenge *bearer = challenge_of(challenges, STR("Bearer"));
    if (bearer && bearer->realm.n) {
        answer_bearer(job, bearer, &credentials);
    } else if (challenge_of(challenges, STR("Basic"))) {
        answer_basic(job, &credentials);
    } else {
        denied(job);
    }
}

void job_token_ended(struct job *job) {
    long status = job->exchange.answer.status;
    _cleanup_(secret_free) struct secret header = {0};
    uint64_t seconds;
    if (status == 429 || status >= 500) {
        err_set(&job->err, ERR_IO, "%.*s says %ld when asked for a token", STR_ARG(job->url.shown), status);
        job_retry(job, job->exchange.answer.retry_after);
    } else if (status == 400 || status == 401 || status == 403) {
        /* The endpoint's refusal, with the token server's words. */
        job->url = job->endpoints[job->at].url;
        denied(job);
    } else if (status != 200) {
        err_set(&job->err, ERR_INPUT, "%.*s says %ld when asked for a token", STR_ARG(job->url.shown),
                status);
        job_fail(job);
    } else if (token_read(buf_view(&job->words), &header, &seconds, &job->err) < 0) {
        err_at(&job->err, "%.*s, asked for a token,", STR_ARG(job->url.shown));
        job_fail(job);
    } else {
        go_on_with(job, &header, seconds);
    }
}
