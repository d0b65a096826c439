#include "source/fetch/program/http.h"

#include "base/limits.h"
#include "source/fetch/program/secret.h"

/* Keeps the value of a header line that is wanted; the first of a name counts. */
static void keep_header(struct exchange *x, struct str name, struct str value) {
    struct http_answer *a = &x->answer;
    const struct {
        struct str name, *slot;
    } wanted[] = {
        {STR("location"), &a->location},
        {STR("content-type"), &a->media_type},
        {STR("content-range"), &a->range},
        {STR("docker-content-digest"), &a->digest},
        {STR("etag"), &a->etag},
        {STR("last-modified"), &a->last_modified},
        {STR("retry-after"), &a->retry_after},
    };
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        if (str_eq_nocase(name, wanted[i].name) && !wanted[i].slot->n) {
            *wanted[i].slot = arena_str(&x->arena, value);
        }
    }
    /* Of several lines the one that leads on. */
    if (str_eq_nocase(name, STR("link")) && str_find(a->link, STR("next")) < 0) {
        a->link = arena_str(&x->arena, value);
    }
    if (str_eq_nocase(name, STR("www-authenticate"))) {
        struct str copy = arena_str(&x->arena, value);
        /* A line that can't be read offers nothing; the refusal's message tells the rest. */
        (void)challenge_parse(copy, &x->arena, &a->challenges, NULL);
    }
    if (str_eq_nocase(name, STR("content-length"))) {
        a->has_length = str_to_u64(value, 10, &a->length);
    }
}

static size_t on_header(char *p, size_t size, size_t n, void *user) {
    struct exchange *x = user;
    struct str line = str_trim(str_n(p, size * n)), name, value;
    if (str_starts(line, STR("HTTP/"))) {
        /* Interim answers (1xx) come before the final one. */
        arena_reset(&x->arena);
        x->answer = (struct http_answer){0};
        x->header_bytes = 0;
    }
    x->header_bytes += line.n;
    if (x->header_bytes > LIMIT_HTTP_HEADERS) {
        snprintf(x->words, sizeof x->words, "more than %zu bytes of headers", LIMIT_HTTP_HEADERS);
        return 0;
    }
    if (str_cut(line, ':', &name, &value)) {
        keep_header(x, str_trim(name), str_trim(value));
    }
    return size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *user) {
    struct exchange *x = user;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->answer.status);
    return x->take(x->user, str_n(p, size * n)) < 0 ? 0 : size * n;
}

static void free_lines(struct curl_slist **lines) {
    for (struct curl_slist *line = *lines; line; line = line->next) {
        secret_wipe(str_c(line->data));
    }
    curl_slist_free_all(*lines);
    *lines = NULL;
}

/* Adds "name: value"; nothing when value is empty. Values with a line end are dropped with their line: they
 * would be another header. */
static bool add_line(struct exchange *x, const char *name, struct str value) {
    if (!value.n || str_find_byte(value, '\n') >= 0 || str_find_byte(value, '\r') >= 0) {
        return true;
    }
    _cleanup_(secret_buf_free) struct buf line = buf_new(LIMIT_HTTP_ANSWER);
    if (!buf_room(&line, strlen(name) + value.n + 3)) {
        return false;
    }
    buf_printf(&line, "%s: %.*s", name, STR_ARG(value));
    buf_byte(&line, 0);
    struct curl_slist *longer = line.failed ? NULL : curl_slist_append(x->lines, (char *)line.p);
    if (longer) {
        x->lines = longer;
    }
    return longer != NULL;
}

static bool set_lines(struct exchange *x, const struct http_request *request) {
    char range[40] = "";
    if (request->from) {
        snprintf(range, sizeof range, "bytes=%llu-", (unsigned long long)request->from);
    }
    return add_line(x, "Authorization", request->authorization) && add_line(x, "Accept", request->accept) &&
           add_line(x, "Range", str_c(range)) && add_line(x, "If-Range", request->if_range) &&
           add_line(x, "If-None-Match", request->if_none_match) &&
           curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->lines) == CURLE_OK;
}

/* libcurl's own default is the system's store; these come in its stead or beside it. */
static bool set_trust(CURL *easy, const struct fetch_options *options, bool is_verified,
                      struct arena *arena) {
    const char *file = getenv("SSL_CERT_FILE"), *folder = getenv("SSL_CERT_DIR");
    if (options->ca_file.n) {
        file = arena_cstr(arena, options->ca_file);
    }
    return curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, (long)is_verified) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, is_verified ? 2L : 0L) == CURLE_OK &&
           (!file || !*file || curl_easy_setopt(easy, CURLOPT_CAINFO, file) == CURLE_OK) &&
           (!folder || !*folder || curl_easy_setopt(easy, CURLOPT_CAPATH, folder) == CURLE_OK);
}

static bool set_rules(struct exchange *x, const struct fetch_options *options) {
    CURL *easy = x->easy;
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        {CURLOPT_FOLLOWLOCATION, 0},
        {CURLOPT_NOSIGNAL, 1},
        {CURLOPT_NETRC, CURL_NETRC_IGNORED},
        {CURLOPT_HEADEROPT, CURLHEADER_SEPARATE}, /* none of ours to a proxy that only tunnels */
        {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
        {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
        {CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms},
        {CURLOPT_LOW_SPEED_LIMIT, (long)options->stall_rate},
        {CURLOPT_LOW_SPEED_TIME, (long)options->stall_s},
        {CURLOPT_BUFFERSIZE, 256 * 1024},
        {CURLOPT_TCP_KEEPALIVE, 1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        if (curl_easy_setopt(easy, numbers[i].option, numbers[i].value) != CURLE_OK) {
            return false;
        }
    }
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_USERAGENT, "plimsoll/" PLIMSOLL_VERSION) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, x->words) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, x) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, x) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, x->user) == CURLE_OK;
}

static bool set_form(CURL *easy, struct str form) {
    return !form.n || (curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)form.n) == CURLE_OK &&
                       curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, form.p) == CURLE_OK);
}

int exchange_start(struct exchange *x, CURLM *multi, const struct fetch_options *options,
                   const struct http_request *request, struct err *err) {
    assert(!x->easy && x->take);
    exchange_free(x);
    x->arena = arena_new(4 * LIMIT_HTTP_HEADERS);
    x->easy = curl_easy_init();
    x->multi = multi;
    bool ok = x->easy && set_rules(x, options) &&
              set_trust(x->easy, options, request->is_verified, &x->arena) && set_lines(x, request) &&
              set_form(x->easy, request->form) &&
              curl_easy_setopt(x->easy, CURLOPT_URL, request->url->text) == CURLE_OK &&
              curl_multi_add_handle(multi, x->easy) == CURLM_OK;
    if (!ok) {
        exchange_end(x);
        return err_memory(err);
    }
    return 0;
}

void exchange_end(struct exchange *x) {
    if (!x->easy) {
        return;
    }
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &x->answer.status);
    curl_multi_remove_handle(x->multi, x->easy);
    curl_easy_cleanup(x->easy);
    x->easy = NULL;
    free_lines(&x->lines);
}

void exchange_free(struct exchange *x) {
    exchange_end(x);
    arena_free(&x->arena);
    x->answer = (struct http_answer){0};
    x->header_bytes = 0;
    x->words[0] = 0;
}

static const struct failure {
    CURLcode code;
    bool is_passing;   /* trying again makes sense */
    bool may_be_plain; /* so looks a server that has no TLS */
    const char *words;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, false, false, "the host is not known"},
    {CURLE_COULDNT_RESOLVE_PROXY, false, false, "the proxy is not known"},
    {CURLE_COULDNT_CONNECT, false, true, "cannot connect"},
    {CURLE_PEER_FAILED_VERIFICATION, false, false,
     "its TLS certificate is not trusted (name the authority that signed it with --ca-file or "
     "SSL_CERT_FILE)"},
    {CURLE_SSL_CACERT_BADFILE, false, false, "the file of trusted certificates cannot be read"},
    {CURLE_SSL_CONNECT_ERROR, false, true, "no TLS there"},
    {CURLE_PARTIAL_FILE, true, false, "the connection ended early"},
    {CURLE_RECV_ERROR, true, true, "the connection broke"},
    {CURLE_SEND_ERROR, true, true, "the connection broke"},
    {CURLE_GOT_NOTHING, true, true, "the connection was closed without an answer"},
    {CURLE_HTTP2, true, false, "the connection broke"},
    {CURLE_HTTP2_STREAM, true, false, "the connection broke"},
    {CURLE_OPERATION_TIMEDOUT, true, true, "timed out"},
};

static const struct failure *failure_of(CURLcode code) {
    for (size_t i = 0; i < ARRAY_SIZE(failures); i++) {
        if (failures[i].code == code) {
            return &failures[i];
        }
    }
    return NULL;
}

bool exchange_may_be_plain(CURLcode code) {
    const struct failure *failure = failure_of(code);
    return failure && failure->may_be_plain;
}

static void explain_slowness(const struct exchange *x, const struct fetch_options *options, struct err *err) {
    curl_off_t ready = 0;
    curl_easy_getinfo(x->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
    if (!ready) {
        err_set(err, ERR_IO, "no connection within %u ms", options->connect_ms);
    } else {
        err_set(err, ERR_IO, "stalled: less than %u bytes a second for %u s", options->stall_rate,
                options->stall_s);
    }
}

bool exchange_explain(const struct exchange *x, CURLcode code, const struct fetch_options *options,
                      struct err *err) {
    const struct failure *failure = failure_of(code);
    const char *details = x->words[0] ? x->words : curl_easy_strerror(code);
    if (code == CURLE_OUT_OF_MEMORY) {
        err_memory(err);
    } else if (code == CURLE_OPERATION_TIMEDOUT) {
        explain_slowness(x, options, err);
    } else if (failure) {
        err_set(err, ERR_IO, "%s: %s", failure->words, details);
    } else {
        err_set(err, ERR_IO, "%s", details);
    }
    return failure && failure->is_passing;
}
