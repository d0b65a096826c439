#include "doc/text.h"

#include "base/utf8.h"
#include "doc/build.h"

int text_over(struct str s, struct text *out, struct err *err) {
    if (s.n >= UINT32_MAX) {
        return err_set(err, ERR_LIMIT, "a text of %zu bytes is too long to parse", s.n);
    }
    if (str_starts(s, STR("\xef\xbb\xbf"))) {
        s = str_from(s, 3);
    }
    const char *p = s.p ? s.p : "";
    *out = (struct text){p, p + s.n, p, 1};
    return 0;
}

int text_check_utf8(const struct text *t, struct err *err) {
    struct text at = *t;
    for (const char *p = t->p; p < t->end;) {
        uint32_t code;
        size_t n = (unsigned char)*p < 0x80 ? 1 : utf8_next(str_n(p, (size_t)(t->end - p)), &code);
        if (!n) {
            text_advance(&at, p);
            return doc_error(err, ERR_INPUT, text_place(&at, p), "byte 0x%02x is not UTF-8",
                             (unsigned char)*p);
        }
        p += n;
    }
    return 0;
}

void text_advance(struct text *t, const char *to) {
    assert(to >= t->p && to <= t->end);
    while (t->p < to) {
        const char *line_end = memchr(t->p, '\n', (size_t)(to - t->p));
        if (!line_end) {
            t->p = to;
            return;
        }
        t->p = line_end + 1;
        text_line(t);
    }
}

int text_unexpected(const struct text *t, const char *p, const char *wanted, struct err *err) {
    struct doc_place at = text_place(t, p);
    if (p == t->end) {
        return doc_error(err, ERR_INPUT, at, "expected %s, found the end of the text", wanted);
    }
    unsigned char c = (unsigned char)*p;
    if (c > ' ' && c < 0x7f) {
        return doc_error(err, ERR_INPUT, at, "expected %s, found '%c'", wanted, c);
    }
    return doc_error(err, ERR_INPUT, at, "expected %s, found byte 0x%02x", wanted, c);
}
