#include "policy/text_place.h"

static bool is_of_word(char c) {
    return ascii_is_alnum(c) || c == '_';
}

/* The name at the offset, or the one byte that stands there. */
static struct str word_at(struct str s, size_t offset) {
    size_t n = offset;
    while (n < s.n && is_of_word(s.p[n])) {
        n++;
    }
    return str_sub(s, offset, MAX(n - offset, (size_t)1));
}

static bool is_whole_word(struct str s, size_t at, struct str word) {
    if (!is_of_word(word.p[0])) {
        return true;
    }
    bool begins = at == 0 || !is_of_word(s.p[at - 1]);
    return begins && (at + word.n == s.n || !is_of_word(s.p[at + word.n]));
}

/* Offset of the next one at or behind from, or -1. */
static ptrdiff_t find_word(struct str s, size_t from, struct str word) {
    for (;;) {
        ptrdiff_t at = str_find(str_from(s, from), word);
        if (at < 0) {
            return -1;
        }
        from += (size_t)at;
        if (is_whole_word(s, from, word)) {
            return (ptrdiff_t)from;
        }
        from++;
    }
}

static size_t start_of(struct str file, struct doc_place at) {
    struct str rest = file, line;
    size_t offset = 0;
    for (uint32_t n = 1; n < at.line && str_split(&rest, '\n', &line); n++) {
        offset += line.n + 1;
    }
    return MIN(offset + (at.column ? at.column - 1 : 0), file.n);
}

struct doc_place text_place(struct str file, const struct doc *scalar, size_t offset) {
    struct str value = doc_str(scalar);
    if (offset >= value.n) {
        return scalar->at;
    }
    struct str word = word_at(value, offset);
    struct doc_place at = scalar->at;
    size_t from = start_of(file, at);
    ptrdiff_t found = -1;
    for (ptrdiff_t i = -1; i < (ptrdiff_t)offset; from = (size_t)found + 1) {
        i = find_word(value, (size_t)(i + 1), word);
        found = find_word(file, from, word);
        if (i < 0 || i > (ptrdiff_t)offset || found < 0) {
            return scalar->at;
        }
    }
    for (size_t i = start_of(file, at); i < (size_t)found; i++) {
        at.column = file.p[i] == '\n' ? 1 : at.column + 1;
        at.line += file.p[i] == '\n';
    }
    return at;
}
