#include "base/utf8.h"
#include "cel/regex/parser.h"

int parser_refuse(struct parser *p, size_t at, const char *what) {
    return err_set(p->err, ERR_INPUT, "byte %zu of the pattern: %s", at, what);
}

int parser_fail(struct parser *p, int code) {
    if (code == ERR_MEMORY) {
        return err_memory(p->err);
    }
    if (code == ERR_LIMIT) {
        return err_set(p->err, ERR_LIMIT, "byte %zu of the pattern: it is too large from here on", p->at);
    }
    return code;
}

int parser_rune(struct parser *p, uint32_t *code) {
    size_t n = utf8_next(str_from(p->pattern, p->at), code);
    if (!n) {
        return parser_refuse(p, p->at, "it is not UTF-8");
    }
    p->at += n;
    return 0;
}

static int hex_digit(char c) {
    char lower = ascii_lower(c);
    return ascii_is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* "{10FFFF}" or two digits, behind "\x". */
static bool read_hex(struct parser *p, uint32_t *code) {
    bool is_braced = parser_peek(p, 0) == '{';
    p->at += is_braced;
    size_t digits = 0;
    for (*code = 0; is_braced || digits < 2; digits++, p->at++) {
        int digit = hex_digit(parser_peek(p, 0));
        if (digit < 0) {
            break;
        }
        *code = *code * 16 + (uint32_t)digit;
        if (*code > RUNE_LAST) {
            return false;
        }
    }
    if (!is_braced) {
        return digits == 2;
    }
    return digits && parser_peek(p, 0) == '}' && ++p->at;
}

static bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

/* Up to three digits; a single one that is not 0 would be a backreference. */
static bool read_octal(struct parser *p, uint32_t *code) {
    if (parser_peek(p, 0) != '0' && !is_octal(parser_peek(p, 1))) {
        return false;
    }
    *code = 0;
    for (size_t digits = 0; digits < 3 && is_octal(parser_peek(p, 0)); digits++) {
        *code = *code * 8 + (uint32_t)(parser_peek(p, 0) - '0');
        p->at++;
    }
    return true;
}

static bool read_escape(struct parser *p, uint32_t *code) {
    static const char names[] = "afnrtv", meant[] = "\a\f\n\r\t\v";
    char c = parser_peek(p, 0);
    if (is_octal(c)) {
        return read_octal(p, code);
    }
    p->at++;
    if (c == 'x') {
        return read_hex(p, code);
    }
    const char *name = memchr(names, c, sizeof names - 1);
    *code = (unsigned char)(name ? meant[name - names] : c);
    return name || ((unsigned char)c < 0x80 && !ascii_is_alnum(c));
}

int parser_escape(struct parser *p, uint32_t *code) {
    size_t start = p->at++;
    assert(p->pattern.p[start] == '\\');
    if (parser_is_at_end(p)) {
        return parser_refuse(p, start, "the backslash escapes nothing");
    }
    return read_escape(p, code) ? 0 : parser_refuse(p, start, "no such escape");
}
