#include "cel/syntax/literal.h"

#include "base/utf8.h"
#include "doc/number.h"

#include <math.h>

static int integer(struct str whole, const struct cel_token *token, bool is_negative, struct cel_value *out,
                   struct err *err) {
    struct str digits = token->text;
    bool is_unsigned = token->kind == TOKEN_UINT;
    digits.n -= is_unsigned;
    bool is_hex = digits.n > 2 && ascii_lower(digits.p[1]) == 'x';
    uint64_t value;
    uint64_t most = is_unsigned ? UINT64_MAX : (uint64_t)INT64_MAX + is_negative;
    if (!str_to_u64(is_hex ? str_from(digits, 2) : digits, is_hex ? 16 : 10, &value) || value > most) {
        return cel_text_error(whole, token->at, ERR_INPUT, err, "%s%.*s does not fit %s",
                              is_negative ? "-" : "", STR_ARG(token->text), is_unsigned ? "uint" : "int");
    }
    *out = is_unsigned ? cel_uint(value) : cel_int((int64_t)(is_negative ? 0 - value : value));
    return 0;
}

int cel_literal_number(struct str whole, const struct cel_token *token, bool is_negative,
                       struct cel_value *out, struct err *err) {
    if (token->kind != TOKEN_DOUBLE) {
        return integer(whole, token, is_negative, out, err);
    }
    double d;
    if (!number_to_double(token->text, &d)) {
        return err_memory(err);
    }
    if (isinf(d)) {
        return cel_text_error(whole, token->at, ERR_INPUT, err, "%.*s does not fit double",
                              STR_ARG(token->text));
    }
    *out = cel_double(is_negative ? -d : d);
    return 0;
}

struct decoder {
    struct str rest;
    char *out;
    size_t n;
    bool is_bytes;
};

static void put_code(struct decoder *d, uint32_t code) {
    if (code < 0x80) {
        d->out[d->n++] = (char)code;
        return;
    }
    unsigned tail = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    d->out[d->n++] = (char)(first[tail] | code >> (6 * tail));
    while (tail--) {
        d->out[d->n++] = (char)(0x80 | (code >> (6 * tail) & 0x3f));
    }
}

/* Takes digits of an escape off the front; false when there are fewer. */
static bool take_digits(struct decoder *d, size_t n, unsigned base, uint64_t *code) {
    bool is_good = d->rest.n >= n && str_to_u64(str_sub(d->rest, 0, n), base, code);
    d->rest = str_from(d->rest, n);
    return is_good;
}

static bool put_number(struct decoder *d, uint64_t code, bool is_byte) {
    if (d->is_bytes && is_byte) {
        d->out[d->n++] = (char)code;
        return code <= 0xff;
    }
    if (d->is_bytes || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
        return false;
    }
    put_code(d, (uint32_t)code);
    return true;
}

/* No escape is shorter than what it stands for, so out, which is as long as the text, holds all. */
static bool decode_escape(struct decoder *d) {
    static const char from[] = "abfnrtv\\?\"'`", to[] = "\a\b\f\n\r\t\v\\?\"'`";
    char c = d->rest.p[0];
    const char *plain = strchr(from, c);
    uint64_t code;
    if (c && plain) {
        d->out[d->n++] = to[plain - from];
        d->rest = str_from(d->rest, 1);
        return true;
    }
    if (c >= '0' && c <= '3') {
        return take_digits(d, 3, 8, &code) && put_number(d, code, true);
    }
    d->rest = str_from(d->rest, 1);
    switch (c) {
    case 'x':
    case 'X':
        return take_digits(d, 2, 16, &code) && put_number(d, code, true);
    case 'u':
        return take_digits(d, 4, 16, &code) && put_number(d, code, false);
    case 'U':
        return take_digits(d, 8, 16, &code) && put_number(d, code, false);
    default:
        return false;
    }
}

static bool decode(struct decoder *d, bool is_raw) {
    while (d->rest.n) {
        char c = d->rest.p[0];
        if (c == '\\' && !is_raw) {
            struct str escape = d->rest;
            d->rest = str_from(d->rest, 1);
            if (!d->rest.n || !decode_escape(d)) {
                d->rest = escape;
                return false;
            }
            continue;
        }
        if (c == '\r') { /* line ends are \n in every file */
            d->rest = str_from(d->rest, d->rest.n > 1 && d->rest.p[1] == '\n' ? 1 : 0);
            c = '\n';
        }
        d->out[d->n++] = c;
        d->rest = str_from(d->rest, 1);
    }
    return true;
}

int cel_literal_text(struct arena *arena, struct str whole, const struct cel_token *token,
                     struct cel_value *out, struct err *err) {
    struct str s = token->text;
    bool is_raw = false, is_bytes = token->kind == TOKEN_BYTES;
    while (s.p[0] != '"' && s.p[0] != '\'') {
        is_raw = is_raw || ascii_lower(s.p[0]) == 'r';
        s = str_from(s, 1);
    }
    bool is_triple = s.n >= 6 && s.p[1] == s.p[0] && s.p[2] == s.p[0];
    size_t quotes = is_triple ? 3 : 1;
    s = str_sub(s, quotes, s.n - 2 * quotes);
    if (!utf8_is_valid(s)) {
        return cel_text_error(whole, token->at, ERR_INPUT, err, "the string is not UTF-8");
    }
    if ((is_raw || str_find_byte(s, '\\') < 0) && str_find_byte(s, '\r') < 0) {
        *out = cel_text(is_bytes ? CEL_BYTES : CEL_STRING, s);
        return 0;
    }
    struct decoder d = {.rest = s, .out = arena_alloc(arena, s.n + 1), .is_bytes = is_bytes};
    if (!d.out) {
        return err_memory(err);
    }
    if (!decode(&d, is_raw)) {
        size_t at = (size_t)(s.p - whole.p) + (s.n - d.rest.n);
        return cel_text_error(whole, at, ERR_INPUT, err, "no such escape in a %s",
                              is_bytes ? "bytes literal" : "string");
    }
    *out = cel_text(is_bytes ? CEL_BYTES : CEL_STRING, str_n(d.out, d.n));
    return 0;
}
