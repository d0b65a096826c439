#include "source/fetch/program/challenge.h"

/* A place in a header line; never past its end. */
struct reader {
    struct str text;
    size_t at;
};

static char look(const struct reader *r) {
    return r->at < r->text.n ? r->text.p[r->at] : 0;
}

static bool at_end(const struct reader *r) {
    return r->at == r->text.n;
}

static void skip_spaces(struct reader *r) {
    while (!at_end(r) && (look(r) == ' ' || look(r) == '\t')) {
        r->at++;
    }
}

/* Between elements of a list, which may be empty (RFC 9110 section 5.6.1.2). */
static void skip_commas(struct reader *r) {
    while (!at_end(r) && (look(r) == ' ' || look(r) == '\t' || look(r) == ',')) {
        r->at++;
    }
}

static bool is_token_char(char c) {
    return ascii_is_alnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token68_char(char c) {
    return ascii_is_alnum(c) || (c && strchr("-._~+/", c));
}

static struct str take(struct reader *r, bool (*is)(char)) {
    size_t start = r->at;
    while (!at_end(r) && is(look(r))) {
        r->at++;
    }
    return str_sub(r->text, start, r->at - start);
}

static int malformed(const struct reader *r, const char *what, struct err *err) {
    return err_set(err, ERR_INPUT, "WWW-Authenticate: byte %zu: %s", r->at, what);
}

static int take_quoted(struct reader *r, struct arena *arena, struct str *out, struct err *err) {
    size_t start = ++r->at, n = 0;
    char *bytes = arena_alloc(arena, r->text.n - start + 1);
    if (!bytes) {
        return err_memory(err);
    }
    for (; !at_end(r) && look(r) != '"'; r->at++) {
        if (look(r) == '\\' && ++r->at == r->text.n) {
            break;
        }
        bytes[n++] = look(r);
    }
    if (at_end(r)) {
        return malformed(r, "a quoted value does not end", err);
    }
    r->at++;
    *out = str_n(bytes, n);
    return 0;
}

static void keep(struct challenge *challenge, struct str name, struct str value) {
    const struct {
        struct str name, *slot;
    } known[] = {{STR("realm"), &challenge->realm},
                 {STR("service"), &challenge->service},
                 {STR("scope"), &challenge->scope},
                 {STR("error"), &challenge->error}};
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (str_eq_nocase(name, known[i].name)) {
            *known[i].slot = value;
        }
    }
}

/* One name=value. 1 when there was one, 0, with the place unmoved, when what follows is another scheme. */
static int take_parameter(struct reader *r, struct arena *arena, struct challenge *challenge,
                          struct err *err) {
    struct reader ahead = *r;
    struct str name = take(&ahead, is_token_char), value = STR_NONE;
    skip_spaces(&ahead);
    if (name.n == 0 || look(&ahead) != '=') {
        return 0;
    }
    ahead.at++;
    skip_spaces(&ahead);
    if (look(&ahead) == '"') {
        int failed = take_quoted(&ahead, arena, &value, err);
        if (failed < 0) {
            return failed;
        }
    } else {
        value = take(&ahead, is_token_char);
        if (value.n == 0) {
            return malformed(&ahead, "a value is missing", err);
        }
    }
    *r = ahead;
    keep(challenge, name, value);
    return 1;
}

/* Steps over the one opaque word that schemes like Negotiate carry instead of parameters. */
static void skip_token68(struct reader *r) {
    struct reader ahead = *r;
    take(&ahead, is_token68_char);
    while (look(&ahead) == '=') {
        ahead.at++;
    }
    skip_spaces(&ahead);
    if (at_end(&ahead) || look(&ahead) == ',') {
        *r = ahead;
    }
}

static int take_parameters(struct reader *r, struct arena *arena, struct challenge *challenge,
                           struct err *err) {
    for (;;) {
        int found = take_parameter(r, arena, challenge, err);
        if (found <= 0) {
            return found;
        }
        skip_spaces(r);
        if (!at_end(r) && look(r) != ',') {
            return malformed(r, "a comma is missing", err);
        }
        skip_commas(r);
    }
}

int challenge_parse(struct str text, struct arena *arena, struct challenges *out, struct err *err) {
    struct reader r = {text, 0};
    for (skip_commas(&r); !at_end(&r); skip_commas(&r)) {
        struct challenge challenge = {.scheme = take(&r, is_token_char)};
        if (challenge.scheme.n == 0) {
            return malformed(&r, "a scheme is missing", err);
        }
        if (out->n == CHALLENGES_MAX) {
            return malformed(&r, "more challenges than a server has use for", err);
        }
        skip_spaces(&r);
        skip_token68(&r);
        int failed = take_parameters(&r, arena, &challenge, err);
        if (failed < 0) {
            return failed;
        }
        out->items[out->n++] = challenge;
    }
    return 0;
}

const struct challenge *challenge_of(const struct challenges *challenges, struct str scheme) {
    for (size_t i = 0; i < challenges->n; i++) {
        if (str_eq_nocase(challenges->items[i].scheme, scheme)) {
            return &challenges->items[i];
        }
    }
    return NULL;
}
