#include "source/fetch/program/registry.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "doc/json.h"
#include "source/fetch/reference.h"

/* Names go into URLs: only what the reference grammar lets through. */
static int check_names(const struct fetch_request *request, struct arena *arena, struct err *err) {
    struct image_reference parsed;
    char sign = reference_is_digest(request->reference) ? '@' : ':';
    struct str text = arena_strf(arena, "%.*s/%.*s%c%.*s", STR_ARG(request->registry),
                                 STR_ARG(request->repository), sign, STR_ARG(request->reference));
    if (!text.p) {
        return err_memory(err);
    }
    int r = reference_parse(text, arena, &parsed, err);
    if (r < 0) {
        return r;
    }
    if (!str_eq(parsed.registry, request->registry) || !str_eq(parsed.repository, request->repository) ||
        !str_eq(reference_target(&parsed), request->reference) ||
        (sign == ':' && request->kind != FETCH_MANIFEST)) {
        return err_set(err, ERR_USAGE, "\"%.*s\" names no %s", STR_ARG(text),
                       request->kind == FETCH_MANIFEST ? "manifest" : "blob");
    }
    return 0;
}

static int add(const struct fetch_request *request, struct str base, struct str account, struct arena *arena,
               struct endpoint *out, struct err *err) {
    while (str_ends(base, STR("/"))) {
        base.n--;
    }
    static const char *const folders[] = {
        [FETCH_MANIFEST] = "manifests", [FETCH_BLOB] = "blobs", [FETCH_REFERRERS] = "referrers"};
    struct str page = request->kind == FETCH_REFERRERS ? request->page : STR_NONE;
    struct str text =
        arena_strf(arena, "%.*s/v2/%.*s/%s/%.*s%s%.*s", STR_ARG(base), STR_ARG(request->repository),
                   folders[request->kind], STR_ARG(request->reference), page.n ? "?" : "", STR_ARG(page));
    if (!text.p) {
        return err_memory(err);
    }
    int r = url_parse(text, arena, &out->url, err);
    if (r < 0) {
        err_at(err, "%.*s", STR_ARG(base));
        return r;
    }
    out->account = account.n ? account : out->url.host;
    return 0;
}

static int add_mirrors(const struct fetch_request *request, const struct fetch_options *options,
                       struct arena *arena, struct endpoint *out, size_t *n, struct err *err) {
    for (size_t i = 0; i < options->mirror_count; i++) {
        const struct fetch_mirror *mirror = &options->mirrors[i];
        if (str_eq(mirror->registry, request->registry)) {
            int r = add(request, mirror->base, STR_NONE, arena, &out[(*n)++], err);
            if (r < 0) {
                err_at(err, "mirror of %.*s", STR_ARG(mirror->registry));
                return r;
            }
        }
    }
    return 0;
}

static int add_registry(const struct fetch_request *request, const struct fetch_options *options,
                        struct arena *arena, struct endpoint *out, size_t *n, struct err *err) {
    struct str host = reference_host(request->registry);
    struct str base = arena_strf(arena, "https://%.*s", STR_ARG(host));
    struct str plain = arena_strf(arena, "http://%.*s", STR_ARG(host));
    if (!base.p || !plain.p) {
        return err_memory(err);
    }
    struct endpoint *secure = &out[(*n)++];
    int r = add(request, base, request->registry, arena, secure, err);
    if (r < 0) {
        return r;
    }
    secure->falls_back = url_is_loopback(&secure->url) || registry_is_insecure(options, &secure->url);
    return secure->falls_back ? add(request, plain, request->registry, arena, &out[(*n)++], err) : 0;
}

int registry_endpoints(const struct fetch_request *request, const struct fetch_options *options,
                       struct arena *arena, struct endpoint **out, size_t *count, struct err *err) {
    *out = arena_array(arena, options->mirror_count + 2, sizeof **out);
    *count = 0;
    if (!*out) {
        return err_memory(err);
    }
    if (request->kind == FETCH_URL) {
        *count = 1;
        return url_parse(request->url, arena, &(*out)[0].url, err);
    }
    int r = check_names(request, arena, err);
    r = r < 0 ? r : add_mirrors(request, options, arena, *out, count, err);
    return r < 0 ? r : add_registry(request, options, arena, *out, count, err);
}

/* `<target>; rel="next"`: one link of a list that commas separate, which may also stand inside of a target.
 */
static bool take_link(struct str *rest, struct str *target, struct str *parameters) {
    struct str before, after;
    if (!str_cut(*rest, '<', &before, &after) || !str_cut(after, '>', target, &after)) {
        return false;
    }
    (void)str_cut(after, ',', parameters, rest);
    return true;
}

/* The value of a query goes into the next request as it is. */
static bool is_query(struct str query) {
    for (size_t i = 0; i < query.n; i++) {
        if (query.p[i] <= ' ' || query.p[i] > '~' || query.p[i] == '#') {
            return false;
        }
    }
    return query.n > 0;
}

int registry_next_page(const struct http_answer *answer, const struct endpoint *endpoint, struct arena *arena,
                       struct str *out, struct err *err) {
    struct str target, parameters, rest = answer->link, before, query;
    struct url url;
    *out = STR_NONE;
    while (take_link(&rest, &target, &parameters)) {
        if (str_find(parameters, STR("rel=\"next\"")) < 0 && str_find(parameters, STR("rel=next")) < 0) {
            continue;
        }
        int r = url_resolve(&endpoint->url, target, arena, &url, err);
        if (r < 0) {
            return err_at(err, "the next page of referrers");
        }
        if (!str_eq(url.shown, endpoint->url.shown) || !str_cut(str_c(url.text), '?', &before, &query) ||
            !is_query(query)) {
            return err_set(err, ERR_INPUT, "the next page of referrers is said to be elsewhere: %.*s",
                           STR_ARG(url.shown));
        }
        *out = query;
        return 0;
    }
    return 0;
}

bool registry_is_insecure(const struct fetch_options *options, const struct url *url) {
    for (size_t i = 0; i < options->insecure_count; i++) {
        if (url_is_at(url, options->insecure[i])) {
            return true;
        }
    }
    return false;
}

struct str registry_subject(const struct fetch_request *request, struct arena *arena) {
    return request->kind == FETCH_URL ? STR("this address")
                                      : arena_strf(arena, "repository %.*s", STR_ARG(request->repository));
}

enum { WORDS_MAX = 300 };

/* " (unauthorized: access to the resource is denied)": the first error of the registry's list, made safe to
 * print; empty when the body is none (distribution specification, "Error codes"). */
static void put_words(struct buf *out, struct str body, struct arena *arena) {
    const struct doc *root = NULL;
    if (!body.n || json_parse(arena, body, &root, NULL) < 0) {
        return;
    }
    const struct doc *first = doc_at(doc_get(root, STR("errors")), 0);
    struct str code = doc_str(doc_get(first, STR("code")));
    struct str message = doc_str(doc_get(first, STR("message")));
    if (!message.n) {
        message = doc_str(doc_get(root, STR("details")));
    }
    if (code.n || message.n) {
        buf_c(out, " (");
        utf8_put_safe(out, str_sub(code, 0, WORDS_MAX));
        buf_c(out, code.n && message.n ? ": " : "");
        utf8_put_safe(out, str_sub(message, 0, WORDS_MAX));
        buf_c(out, ")");
    }
}

static int deny(const struct endpoint *endpoint, struct str shown, struct str subject, long status,
                struct str words, bool had_credentials, struct err *err) {
    struct str account = endpoint->account;
    if (!account.n) {
        return err_set(err, ERR_DENIED, "%.*s says %ld%.*s", STR_ARG(shown), status, STR_ARG(words));
    }
    if (had_credentials) {
        return err_set(
            err, ERR_DENIED,
            "%.*s says %ld for %.*s%.*s: the credentials for %.*s in the Docker configuration do not "
            "suffice; try: docker login %.*s",
            STR_ARG(shown), status, STR_ARG(subject), STR_ARG(words), STR_ARG(account), STR_ARG(account));
    }
    return err_set(
        err, ERR_DENIED,
        "%.*s says %ld for %.*s%.*s: no credentials for %.*s in the Docker configuration; try: docker "
        "login %.*s",
        STR_ARG(shown), status, STR_ARG(subject), STR_ARG(words), STR_ARG(account), STR_ARG(account));
}

int registry_refusal(const struct fetch_request *request, const struct endpoint *endpoint,
                     const struct url *at, const struct http_answer *answer, struct str words,
                     bool had_credentials, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(8 * LIMIT_HTTP_ANSWER);
    _cleanup_(buf_free) struct buf said = buf_new(8 * KIB);
    put_words(&said, words, &arena);
    struct str subject = registry_subject(request, &arena);
    struct str shown = request->kind == FETCH_URL ? at->shown : at->host;
    if (said.failed || !subject.p) {
        return err_memory(err);
    }
    struct str text = buf_view(&said);
    bool is_elsewhere = !str_eq(at->origin, endpoint->url.origin);
    switch (answer->status) {
    case 401:
    case 403:
        if (is_elsewhere) {
            return err_set(err, ERR_DENIED, "%.*s, where %.*s sends us for %.*s, says %ld%.*s",
                           STR_ARG(shown), STR_ARG(endpoint->url.host), STR_ARG(subject), answer->status,
                           STR_ARG(text));
        }
        return deny(endpoint, shown, subject, answer->status, text, had_credentials, err);
    case 404:
    case 410:
        if (request->kind == FETCH_URL) {
            return err_set(err, ERR_ABSENT, "%.*s: there is no such thing (%ld)", STR_ARG(shown),
                           answer->status);
        }
        return err_set(err, ERR_ABSENT, "%.*s has no %.*s in %.*s%.*s", STR_ARG(shown),
                       STR_ARG(request->reference), STR_ARG(subject), STR_ARG(text));
    case 429:
        return err_set(err, ERR_IO, "%.*s says 429 for %.*s%.*s: too many requests; try later, or log in",
                       STR_ARG(shown), STR_ARG(subject), STR_ARG(text));
    default:
        return err_set(err, ERR_IO, "%.*s says %ld for %.*s%.*s", STR_ARG(shown), answer->status,
                       STR_ARG(subject), STR_ARG(text));
    }
}
