#include "source/fetch/program/token.h"

#include "base/clock.h"
#include "base/limits.h"
#include "doc/json.h"
#include "source/fetch/program/url.h"

/* "If expires_in is omitted, it is 60 seconds": the token specification; and no token is kept longer than a
 * day, whatever the server says. */
enum { LIFE_DEFAULT = 60, LIFE_MAX = 86400 };

void tokens_free(struct tokens *tokens) {
    for (size_t i = 0; i < TOKENS_MAX; i++) {
        secret_free(&tokens->items[i].header);
    }
}

static int make_key(struct str origin, struct str repository, char out[SHA256_HEX + 1]) {
    _cleanup_(buf_free) struct buf both = buf_new(LIMIT_FETCH_RECORD);
    buf_str(&both, origin);
    buf_byte(&both, '\n');
    buf_str(&both, repository);
    return both.failed ? ERR_MEMORY : sha256_hex(buf_view(&both), out);
}

static struct token *find(struct tokens *tokens, struct str origin, struct str repository) {
    char key[SHA256_HEX + 1];
    if (make_key(origin, repository, key) < 0) {
        return NULL;
    }
    for (size_t i = 0; i < TOKENS_MAX; i++) {
        if (tokens->items[i].header.p && memcmp(tokens->items[i].key, key, sizeof key) == 0) {
            return &tokens->items[i];
        }
    }
    return NULL;
}

const struct token *tokens_find(struct tokens *tokens, struct str origin, struct str repository) {
    const struct token *token = find(tokens, origin, repository);
    return token && clock_monotonic() < token->until ? token : NULL;
}

void tokens_drop(struct tokens *tokens, struct str origin, struct str repository) {
    struct token *token = find(tokens, origin, repository);
    if (token) {
        secret_free(&token->header);
    }
}

int tokens_put(struct tokens *tokens, struct str origin, struct str repository, struct secret *header,
               uint64_t seconds, bool is_of_credentials, struct err *err) {
    struct token *token = find(tokens, origin, repository);
    if (!token) {
        token = &tokens->items[tokens->next++ % TOKENS_MAX];
    }
    secret_free(&token->header);
    if (make_key(origin, repository, token->key) < 0) {
        return err_memory(err);
    }
    token->header = TAKE(*header, (struct secret){0});
    token->is_of_credentials = is_of_credentials;
    /* A tenth early, so that it does not run out on its way. */
    token->until = clock_monotonic() + MIN(seconds, (uint64_t)LIFE_MAX) * 900000000u;
    return 0;
}

void token_question_free(struct token_question *question) {
    secret_free(&question->form);
    secret_free(&question->basic);
}

static void put_field(struct buf *out, const char *name, struct str value) {
    if (value.n) {
        buf_printf(out, "%s%s=", out->n ? "&" : "", name);
        url_put_encoded(out, value);
    }
}

/* The scope that the server asks for, or what a pull needs. */
static struct str scope_of(const struct challenge *challenge, struct str repository, struct arena *arena) {
    return challenge->scope.n ? challenge->scope
                              : arena_strf(arena, "repository:%.*s:pull", STR_ARG(repository));
}

static int ask_by_form(const struct challenge *challenge, struct str scope, struct str identity_token,
                       struct token_question *out, struct err *err) {
    _cleanup_(secret_buf_free) struct buf form = buf_new(LIMIT_HTTP_ANSWER);
    if (!buf_room(&form, form.cap)) {
        return err_memory(err);
    }
    put_field(&form, "grant_type", STR("refresh_token"));
    put_field(&form, "service", challenge->service);
    put_field(&form, "client_id", STR("plimsoll"));
    put_field(&form, "scope", scope);
    put_field(&form, "refresh_token", identity_token);
    if (form.failed) {
        return err_memory(err);
    }
    return secret_set(&out->form, buf_view(&form), STR_NONE, err);
}

static int ask_by_query(const struct challenge *challenge, struct str scope,
                        const struct credentials *credentials, struct arena *arena,
                        struct token_question *out, struct err *err) {
    _cleanup_(buf_free) struct buf query = buf_new(LIMIT_HTTP_HEADERS);
    put_field(&query, "service", challenge->service);
    for (struct str rest = scope, one; str_split(&rest, ' ', &one);) {
        put_field(&query, "scope", one);
    }
    bool has_query = str_find_byte(challenge->realm, '?') >= 0;
    out->url = arena_strf(arena, "%.*s%s%.*s", STR_ARG(challenge->realm), has_query ? "&" : "?",
                          STR_ARG(buf_view(&query)));
    if (query.failed || !out->url.p) {
        return err_memory(err);
    }
    if (!credentials->username.n && !credentials->password.n) {
        return 0;
    }
    return secret_set_basic(&out->basic, STR("Basic "), secret_view(&credentials->username),
                            secret_view(&credentials->password), err);
}

int token_ask(const struct challenge *challenge, const struct credentials *credentials, struct str repository,
              struct arena *arena, struct token_question *out, struct err *err) {
    *out = (struct token_question){.url = challenge->realm};
    struct str scope = scope_of(challenge, repository, arena);
    if (!scope.p) {
        return err_memory(err);
    }
    return credentials->identity_token.n
               ? ask_by_form(challenge, scope, secret_view(&credentials->identity_token), out, err)
               : ask_by_query(challenge, scope, credentials, arena, out, err);
}

/* RFC 6750 section 2.1: what may stand in the header. */
static bool is_token(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~') {
            return false;
        }
    }
    return s.n > 0;
}

int token_read(struct str answer, struct secret *header, uint64_t *seconds, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(8 * LIMIT_HTTP_ANSWER);
    const struct doc *root = NULL;
    struct err why = ERR_NONE;
    if (json_parse(&arena, answer, &root, &why) < 0) {
        return why.code == ERR_MEMORY ? err_memory(err) : err_set(err, ERR_INPUT, "answers no JSON");
    }
    struct str token = doc_str(doc_get(root, STR("token")));
    if (!token.n) {
        token = doc_str(doc_get(root, STR("access_token")));
    }
    int64_t life;
    *seconds = doc_int(doc_get(root, STR("expires_in")), &life) && life > 0 ? (uint64_t)life : LIFE_DEFAULT;
    int r = is_token(token) ? secret_set(header, STR("Bearer "), token, err)
                            : err_set(err, ERR_INPUT, "answers without a token");
    const char *const names[] = {"token", "access_token", "refresh_token"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        secret_wipe(doc_str(doc_get(root, str_c(names[i]))));
    }
    return r;
}
