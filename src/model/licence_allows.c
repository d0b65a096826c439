/* AND binds closer than OR (SPDX 2.3, annex D.4). */
#include "model/licence.h"

struct choice {
    struct str rest;
    licence_fits *fits;
    void *ctx;
};

static bool take(struct choice *c, struct str word) {
    bool is_there = str_starts(c->rest, word);
    c->rest = is_there ? str_from(c->rest, word.n) : c->rest;
    return is_there;
}

static bool any_of(struct choice *c);

/* Up to what ends it: an operator or a parenthesis. */
static struct str licence_at(const struct choice *c) {
    size_t n = 0;
    while (n < c->rest.n && c->rest.p[n] != ')' && !str_starts(str_from(c->rest, n), STR(" AND ")) &&
           !str_starts(str_from(c->rest, n), STR(" OR "))) {
        n++;
    }
    return str_sub(c->rest, 0, n);
}

/* Parentheses are no deeper than licence_expression() lets them be. */
static bool one(struct choice *c) {
    if (take(c, STR("("))) {
        bool fits = any_of(c);
        take(c, STR(")"));
        return fits;
    }
    struct str licence = licence_at(c);
    c->rest = str_from(c->rest, licence.n);
    return licence.n && c->fits(c->ctx, licence);
}

static bool all_of(struct choice *c) {
    bool fit = one(c);
    while (take(c, STR(" AND "))) {
        fit = one(c) && fit;
    }
    return fit;
}

static bool any_of(struct choice *c) {
    bool fits = all_of(c);
    while (take(c, STR(" OR "))) {
        fits = all_of(c) || fits;
    }
    return fits;
}

bool licence_allows(struct str expression, licence_fits *fits, void *ctx) {
    struct choice choice = {expression, fits, ctx};
    return any_of(&choice);
}
