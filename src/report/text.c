#include "report/text.h"

#include "base/limits.h"
#include "base/utf8.h"

#include <stdarg.h>

static const char *const escapes[TEXT_STYLES] = {
    [TEXT_PLAIN] = "",        [TEXT_BOLD] = "\033[1m",
    [TEXT_DIM] = "\033[2m",   [TEXT_CRITICAL] = "\033[1;31m",
    [TEXT_HIGH] = "\033[31m", [TEXT_MEDIUM] = "\033[33m",
    [TEXT_LOW] = "\033[36m",  [TEXT_EXPLOITED] = "\033[1;35m",
};

/* East Asian wide and fullwidth characters and emoji (Unicode TR 11), and the common combining ones. */
static const struct {
    uint32_t first, last;
    unsigned columns;
} widths[] = {
    {0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},   {0x200b, 0x200d, 0}, {0x20d0, 0x20ff, 0},
    {0x2e80, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2}, {0xfe00, 0xfe0f, 0},
    {0xfe20, 0xfe2f, 0},   {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2}, {0xffe0, 0xffe6, 2},
    {0x1f300, 0x1faff, 2}, {0x20000, 0x3fffd, 2},
};

enum {
    LONGEST_BYTES = 4 * TEXT_LONGEST, /* UTF-8 takes at most four bytes a column, combining marks apart */
    LONGEST_FOLDED = 4096,            /* bytes of a message: an err's with the places before it */
    PART_GAP = 3,
};

struct text text_new(struct buf *out, unsigned width, bool has_colour) {
    return (struct text){.out = out, .width = width, .has_colour = has_colour, .scratch = buf_new(64 * KIB)};
}

void text_free(struct text *t) {
    buf_free(&t->scratch);
}

/* ---- making safe and measuring */

static unsigned columns_of(uint32_t code) {
    for (size_t i = 0; code >= widths[0].first && i < ARRAY_SIZE(widths); i++) {
        if (code >= widths[i].first && code <= widths[i].last) {
            return widths[i].columns;
        }
    }
    return 1;
}

/* Takes the first character off s, which is valid, and returns its columns. */
static unsigned take_column(struct str *s) {
    uint32_t code = 0;
    size_t n = utf8_next(*s, &code);
    *s = str_from(*s, MAX(n, (size_t)1));
    return columns_of(code);
}

static unsigned count_columns(struct str s) {
    unsigned columns = 0;
    while (s.n) {
        columns += take_column(&s);
    }
    return columns;
}

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* At most n bytes from the front or the end, without half a character at the cut (a run of stray bytes is cut
 * anywhere). */
static struct str cut_bytes(struct str s, size_t n, bool keeps_end) {
    if (s.n <= n) {
        return s;
    }
    size_t at = keeps_end ? s.n - n : n;
    for (size_t i = 0; i < 3 && is_continuation(s.p[at]); i++) {
        at += keeps_end ? (size_t)1 : (size_t)-1;
    }
    return keeps_end ? str_from(s, at) : str_sub(s, 0, at);
}

/* Valid until the next call with the same text. */
static struct str make_safe(struct text *t, struct str s) {
    buf_clear(&t->scratch);
    utf8_put_safe(&t->scratch, s);
    if (t->scratch.failed) {
        t->out->failed = true;
        return STR_NONE;
    }
    return buf_view(&t->scratch);
}

unsigned text_columns(struct text *t, struct str s) {
    struct str head = cut_bytes(s, LONGEST_BYTES, false);
    unsigned columns = count_columns(make_safe(t, head));
    return head.n < s.n ? TEXT_LONGEST : MIN(columns, (unsigned)TEXT_LONGEST);
}

unsigned text_left(const struct text *t) {
    if (!t->width) {
        return TEXT_LONGEST;
    }
    return t->column < t->width ? t->width - t->column : 0;
}

/* ---- putting */

static void put_styled(struct text *t, enum text_style style, const char *before, struct str s,
                       const char *after) {
    if (!s.n && !*before && !*after) {
        return;
    }
    for (; t->blanks; t->blanks--) {
        buf_byte(t->out, ' ');
    }
    bool is_styled = t->has_colour && style != TEXT_PLAIN;
    buf_c(t->out, is_styled ? escapes[style] : "");
    buf_c(t->out, before);
    buf_str(t->out, s);
    buf_c(t->out, after);
    buf_c(t->out, is_styled ? "\033[0m" : "");
    t->column += count_columns(s) + (*before || *after ? 1 : 0);
}

void text_put(struct text *t, enum text_style style, struct str s, unsigned max) {
    max = max ? MIN(max, (unsigned)TEXT_LONGEST) : text_left(t);
    struct str head = cut_bytes(s, LONGEST_BYTES, false);
    bool is_cut = head.n < s.n;
    struct str safe = make_safe(t, head);
    if (!max || !safe.n) {
        return;
    }
    if (!is_cut && count_columns(safe) <= max) {
        put_styled(t, style, "", safe, "");
        return;
    }
    struct str rest = safe, fits = safe;
    for (unsigned columns = 0; rest.n && (columns += take_column(&rest)) < max;) {
        fits = rest;
    }
    put_styled(t, style, "", str_sub(safe, 0, safe.n - (fits.p == safe.p ? safe.n : fits.n)), "…");
}

void text_put_tail(struct text *t, enum text_style style, struct str s, unsigned max) {
    max = max ? MIN(max, (unsigned)TEXT_LONGEST) : text_left(t);
    struct str tail = cut_bytes(s, LONGEST_BYTES, true);
    bool is_cut = tail.n < s.n;
    struct str safe = make_safe(t, tail);
    unsigned columns = count_columns(safe);
    if (!max || !safe.n) {
        return;
    }
    if (!is_cut && columns <= max) {
        put_styled(t, style, "", safe, "");
        return;
    }
    while (safe.n && columns >= max) {
        columns -= take_column(&safe);
    }
    put_styled(t, style, "…", safe, "");
}

void text_c(struct text *t, enum text_style style, const char *c) {
    put_styled(t, style, "", str_c(c), "");
}

void text_printf(struct text *t, enum text_style style, const char *fmt, ...) {
    char line[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    text_c(t, style, line);
}

void text_pad(struct text *t, unsigned column) {
    unsigned n = column > t->column ? column - t->column : 0;
    t->blanks += n;
    t->column += n;
}

void text_line(struct text *t) {
    buf_byte(t->out, '\n');
    t->column = t->blanks = 0;
}

static void begin_part(struct text *t, struct str s, unsigned indent) {
    if (t->column > indent) {
        if (t->width && t->column + PART_GAP + text_columns(t, s) > t->width) {
            text_line(t);
        } else {
            text_pad(t, t->column + PART_GAP);
        }
    }
    if (t->column < indent) {
        text_pad(t, indent);
    }
}

void text_part(struct text *t, enum text_style style, struct str s, unsigned indent) {
    if (s.n) {
        begin_part(t, s, indent);
        text_put(t, style, s, MAX(text_left(t), 1U));
    }
}

void text_part_tail(struct text *t, enum text_style style, struct str s, unsigned indent) {
    if (s.n) {
        begin_part(t, s, indent);
        text_put_tail(t, style, s, MAX(text_left(t), 1U));
    }
}

static bool take_word(struct str *rest, struct str *word) {
    *rest = str_trim(*rest);
    size_t n = 0;
    while (n < rest->n && !ascii_is_space(rest->p[n])) {
        n++;
    }
    *word = str_sub(*rest, 0, n);
    *rest = str_from(*rest, n);
    return n > 0;
}

void text_fold(struct text *t, enum text_style style, struct str s, unsigned indent) {
    struct str rest = cut_bytes(s, LONGEST_FOLDED, false);
    bool is_cut = rest.n < s.n;
    for (struct str word; take_word(&rest, &word);) {
        if (t->width && t->column > indent && t->column + 1 + text_columns(t, word) > t->width) {
            text_line(t);
        }
        text_pad(t, t->column > indent ? t->column + 1 : indent);
        text_put(t, style, word, TEXT_LONGEST);
    }
    text_c(t, style, is_cut ? " …" : "");
    text_line(t);
}

enum text_style text_style_of(enum severity severity) {
    static const enum text_style styles[SEVERITIES] = {
        [SEVERITY_UNKNOWN] = TEXT_DIM,   [SEVERITY_NONE] = TEXT_DIM,  [SEVERITY_LOW] = TEXT_LOW,
        [SEVERITY_MEDIUM] = TEXT_MEDIUM, [SEVERITY_HIGH] = TEXT_HIGH, [SEVERITY_CRITICAL] = TEXT_CRITICAL,
    };
    assert(severity < SEVERITIES);
    return styles[severity];
}
