#include "cel/syntax/lex.h"

#include "doc/build.h"

#include <stdarg.h>

struct doc_place cel_place(struct str text, size_t at) {
    struct doc_place place = {1, 1};
    for (size_t i = 0; i < at && i < text.n; i++) {
        bool is_line_end = text.p[i] == '\n';
        place.line += is_line_end;
        place.column = is_line_end ? 1 : place.column + 1;
    }
    return place;
}

int cel_text_error(struct str text, size_t at, enum err_code code, struct err *err, const char *fmt, ...) {
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    return doc_error(err, code, cel_place(text, at), "%s", message);
}

static char peek(const struct cel_lexer *lexer, size_t ahead) {
    size_t i = lexer->at + ahead;
    return (char)(i < lexer->text.n ? lexer->text.p[i] : 0);
}

static void skip_space(struct cel_lexer *lexer) {
    for (;;) {
        char c = peek(lexer, 0);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            lexer->at++;
        } else if (c == '/' && peek(lexer, 1) == '/') {
            struct str rest = str_from(lexer->text, lexer->at);
            ptrdiff_t end = str_find_byte(rest, '\n');
            lexer->at += end < 0 ? rest.n : (size_t)end;
        } else {
            return;
        }
    }
}

static bool is_name_byte(char c) {
    return ascii_is_alnum(c) || c == '_';
}

static bool is_hex(char c) {
    char lower = ascii_lower(c);
    return ascii_is_digit(c) || (lower >= 'a' && lower <= 'f');
}

static size_t digits_at(const struct cel_lexer *lexer, size_t from) {
    size_t n = 0;
    while (ascii_is_digit(peek(lexer, from + n))) {
        n++;
    }
    return n;
}

/* Sets the token to the next n bytes and steps over them. */
static int take(struct cel_lexer *lexer, struct cel_token *token, enum cel_token_kind kind, size_t n) {
    token->kind = kind;
    token->text = str_sub(lexer->text, lexer->at, n);
    lexer->at += n;
    return 0;
}

static int lex_integer(struct cel_lexer *lexer, struct cel_token *token, size_t n) {
    if (ascii_lower(peek(lexer, n)) == 'u') {
        return take(lexer, token, TOKEN_UINT, n + 1);
    }
    return take(lexer, token, TOKEN_INT, n);
}

static int lex_number(struct cel_lexer *lexer, struct cel_token *token) {
    if (peek(lexer, 0) == '0' && ascii_lower(peek(lexer, 1)) == 'x' && is_hex(peek(lexer, 2))) {
        size_t n = 2;
        while (is_hex(peek(lexer, n))) {
            n++;
        }
        return lex_integer(lexer, token, n);
    }
    size_t whole = digits_at(lexer, 0), n = whole;
    if (peek(lexer, n) == '.' && ascii_is_digit(peek(lexer, n + 1))) {
        n += 1 + digits_at(lexer, n + 1);
    }
    if (ascii_lower(peek(lexer, n)) == 'e') {
        size_t sign = peek(lexer, n + 1) == '+' || peek(lexer, n + 1) == '-';
        size_t digits = digits_at(lexer, n + 1 + sign);
        n += digits ? 1 + sign + digits : 0;
    }
    return n == whole ? lex_integer(lexer, token, n) : take(lexer, token, TOKEN_DOUBLE, n);
}

/* The length of a string with prefix and quotes that begins `quote` bytes from here; 0 when it does not end.
 */
static size_t string_length(const struct cel_lexer *lexer, size_t quote, bool is_raw) {
    char c = peek(lexer, quote);
    bool is_triple = peek(lexer, quote + 1) == c && peek(lexer, quote + 2) == c;
    size_t width = is_triple ? 3 : 1;
    for (size_t i = quote + width; lexer->at + i < lexer->text.n; i++) {
        char now = peek(lexer, i);
        if (now == c && (!is_triple || (peek(lexer, i + 1) == c && peek(lexer, i + 2) == c))) {
            return i + width;
        }
        if (!is_triple && (now == '\n' || now == '\r')) {
            return 0;
        }
        i += now == '\\' && !is_raw;
    }
    return 0;
}

/* Bytes of a string's prefix (r, b, rb, br in either case) when a quote follows, or -1. */
static int string_prefix(const struct cel_lexer *lexer, bool *is_bytes, bool *is_raw) {
    *is_bytes = *is_raw = false;
    for (int n = 0; n < 3; n++) {
        char c = ascii_lower(peek(lexer, (size_t)n));
        if (c == '"' || c == '\'') {
            return n;
        }
        if (c == 'b' && !*is_bytes) {
            *is_bytes = true;
        } else if (c == 'r' && !*is_raw) {
            *is_raw = true;
        } else {
            return -1;
        }
    }
    return -1;
}

static int lex_string(struct cel_lexer *lexer, struct cel_token *token, size_t prefix, bool is_bytes,
                      bool is_raw, struct err *err) {
    size_t n = string_length(lexer, prefix, is_raw);
    if (!n) {
        return cel_text_error(lexer->text, lexer->at, ERR_INPUT, err, "the string has no end");
    }
    return take(lexer, token, is_bytes ? TOKEN_BYTES : TOKEN_STRING, n);
}

static int lex_name(struct cel_lexer *lexer, struct cel_token *token) {
    size_t n = 1;
    while (is_name_byte(peek(lexer, n))) {
        n++;
    }
    take(lexer, token, TOKEN_NAME, n);
    if (str_eq(token->text, STR("in"))) {
        token->kind = TOKEN_IN;
    }
    return 0;
}

static int lex_quoted_name(struct cel_lexer *lexer, struct cel_token *token, struct err *err) {
    size_t n = 1;
    while (is_name_byte(peek(lexer, n)) || (peek(lexer, n) && strchr(".-/ ", peek(lexer, n)))) {
        n++;
    }
    if (n == 1 || peek(lexer, n) != '`') {
        return cel_text_error(
            lexer->text, lexer->at, ERR_INPUT, err,
            "a quoted name holds letters, digits, '_', '.', '-', '/' and spaces, and ends in '`'");
    }
    lexer->at++;
    take(lexer, token, TOKEN_QUOTED_NAME, n - 1);
    lexer->at++;
    return 0;
}

static const struct {
    char text[3];
    enum cel_token_kind kind;
} marks[] = {
    {"&&", TOKEN_AND},       {"||", TOKEN_OR},         {"==", TOKEN_EQUAL},
    {"!=", TOKEN_NOT_EQUAL}, {"<=", TOKEN_LESS_EQUAL}, {">=", TOKEN_GREATER_EQUAL},
    {"<", TOKEN_LESS},       {">", TOKEN_GREATER},     {".", TOKEN_DOT},
    {",", TOKEN_COMMA},      {":", TOKEN_COLON},       {"?", TOKEN_QUESTION},
    {"(", TOKEN_OPEN},       {")", TOKEN_CLOSE},       {"[", TOKEN_OPEN_LIST},
    {"]", TOKEN_CLOSE_LIST}, {"{", TOKEN_OPEN_MAP},    {"}", TOKEN_CLOSE_MAP},
    {"!", TOKEN_NOT},        {"-", TOKEN_MINUS},       {"+", TOKEN_PLUS},
    {"*", TOKEN_STAR},       {"/", TOKEN_SLASH},       {"%", TOKEN_PERCENT},
};

static int lex_mark(struct cel_lexer *lexer, struct cel_token *token, struct err *err) {
    struct str rest = str_from(lexer->text, lexer->at);
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        if (str_starts(rest, str_c(marks[i].text))) {
            return take(lexer, token, marks[i].kind, strlen(marks[i].text));
        }
    }
    unsigned char c = (unsigned char)rest.p[0];
    if (c < 0x20 || c >= 0x7f) {
        return cel_text_error(lexer->text, lexer->at, ERR_INPUT, err, "unexpected byte 0x%02x", c);
    }
    return cel_text_error(lexer->text, lexer->at, ERR_INPUT, err, "unexpected '%c'", c);
}

int cel_lex(struct cel_lexer *lexer, struct cel_token *token, struct err *err) {
    skip_space(lexer);
    *token = (struct cel_token){.kind = TOKEN_END, .at = (uint32_t)lexer->at};
    if (lexer->at >= lexer->text.n) {
        return 0;
    }
    char c = peek(lexer, 0);
    bool is_bytes, is_raw;
    int prefix = string_prefix(lexer, &is_bytes, &is_raw);
    if (prefix >= 0) {
        return lex_string(lexer, token, (size_t)prefix, is_bytes, is_raw, err);
    }
    if (ascii_is_digit(c) || (c == '.' && ascii_is_digit(peek(lexer, 1)))) {
        return lex_number(lexer, token);
    }
    if (ascii_is_alpha(c) || c == '_') {
        return lex_name(lexer, token);
    }
    return c == '`' ? lex_quoted_name(lexer, token, err) : lex_mark(lexer, token, err);
}
