#include "doc/dockerfile/dockerfile_words.h"

#include "base/limits.h"
#include "base/utf8.h"

struct part part_trim(struct part p) {
    while (p.start < p.end && ascii_is_space(p.j->text.p[p.start])) {
        p.start++;
    }
    while (p.start < p.end && ascii_is_space(p.j->text.p[p.end - 1])) {
        p.end--;
    }
    return p;
}

const struct doc *part_string(struct reading *r, struct part p) {
    return reading_string(r, part_from(p), part_to(p), part_text(p));
}

struct part part_word(struct part *p) {
    struct part word = *p = part_trim(*p);
    size_t n = word.start;
    while (n < p->end && !ascii_is_space(p->j->text.p[n])) {
        n++;
    }
    word.end = n;
    p->start = n;
    *p = part_trim(*p);
    return word;
}

/* ---- Flags */

/* The word at p without quotes and escapes, into out (NULL: only looks); returns where it ends. */
static size_t unquote_flag(const struct part *p, struct joiner *out) {
    size_t i = p->start;
    char quote = 0;
    for (; i < p->end; i++) {
        char c = p->j->text.p[i];
        if (!quote && ascii_is_space(c)) {
            break;
        }
        if (quote ? c == quote : c == '\'' || c == '"') {
            quote = (char)(quote ? 0 : c);
            continue;
        }
        if (c == p->escape && ++i == p->end) {
            break;
        }
        if (out) {
            joiner_copy(out, p->j, i, i + 1);
        }
    }
    return i;
}

static void add_flag(struct reading *r, struct flags *out, const struct joined *word, size_t start,
                     size_t end) {
    struct flag *flag = VEC_PUSH(&r->scratch, &out->v);
    if (!flag) {
        r->failed = true;
        return;
    }
    *flag = (struct flag){.start = start, .end = end};
    flag->has_value = str_cut(str_from(word->text, 2), '=', &flag->name, &flag->value);
    flag->value_start = flag->has_value ? joined_offset(word, flag->name.n + 3) : end;
}

void part_flags(struct reading *r, struct part *p, struct flags *out) {
    while (!r->failed) {
        *p = part_trim(*p);
        if (!str_starts(part_text(*p), STR("--"))) {
            return;
        }
        struct joiner b = joiner_new(r->arena, &r->scratch, unquote_flag(p, NULL) - p->start);
        size_t end = unquote_flag(p, &b);
        struct joined word;
        size_t from = part_from(*p), to = joined_end(p->j, p->start, end);
        if (!joiner_finish(&b, to, &word)) {
            r->failed = true;
            return;
        }
        p->start = end;
        if (word.text.n <= 2) {
            return;
        }
        add_flag(r, out, &word, from, to);
    }
}

/* ---- Words */

size_t part_word_end(struct part p) {
    char quote = 0;
    for (size_t i = p.start; i < p.end; i++) {
        char c = p.j->text.p[i];
        if (!quote && ascii_is_space(c)) {
            return i;
        }
        if (quote ? c == quote : c == '\'' || c == '"') {
            quote = (char)(quote ? 0 : c);
        } else if (c == p.escape && quote != '\'') {
            i++;
        }
    }
    return p.end;
}

void part_words(struct reading *r, struct part p, struct parts *out) {
    for (p = part_trim(p); p.start < p.end; p = part_trim(p)) {
        struct part *word = VEC_PUSH(&r->scratch, &out->v);
        if (!word) {
            r->failed = true;
            return;
        }
        *word = p;
        p.start = word->end = part_word_end(p);
    }
}

/* ---- JSON lists */

/* \uXXXX at i, with the second half of a pair; returns the bytes used. */
static size_t put_unicode(const struct part *p, size_t i, struct joiner *out) {
    uint64_t high = 0, low = 0;
    struct str text = str_sub(p->j->text, i, p->end - i);
    if (text.n < 6 || !str_to_u64(str_sub(text, 2, 4), 16, &high)) {
        return 0;
    }
    size_t used = 6;
    bool is_pair = high >= 0xd800 && high < 0xdc00 && text.n >= 12 && text.p[6] == '\\' && text.p[7] == 'u' &&
                   str_to_u64(str_sub(text, 8, 4), 16, &low) && low >= 0xdc00 && low < 0xe000;
    if (is_pair) {
        high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        used = 12;
    } else if (high >= 0xd800 && high < 0xe000) {
        high = 0xfffd;
    }
    unsigned char bytes[4];
    struct buf utf8 = {.p = bytes, .size = sizeof bytes, .cap = sizeof bytes};
    utf8_put(&utf8, (uint32_t)high);
    for (size_t k = 0; k < utf8.n; k++) {
        joiner_byte(out, (char)bytes[k], joined_offset(p->j, i + k));
    }
    return used;
}

/* The escape at i; the bytes used, 0 when there is no such. */
static size_t put_escape(const struct part *p, size_t i, struct joiner *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = (char)(i + 1 < p->end ? p->j->text.p[i + 1] : 0);
    const char *known = c ? memchr(from, c, sizeof from - 1) : NULL;
    if (known) {
        joiner_byte(out, to[known - from], joined_offset(p->j, i));
        return 2;
    }
    return c == 'u' ? put_unicode(p, i, out) : 0;
}

/* The string at p->start, its quote included; false when it is none. */
static bool read_string(struct reading *r, struct part *p, struct words *out) {
    size_t i = p->start + 1, close = i;
    while (close < p->end && p->j->text.p[close] != '"') {
        close += p->j->text.p[close] == '\\' ? 2 : 1;
    }
    if (close >= p->end) {
        return false;
    }
    struct joiner b = joiner_new(&r->scratch, &r->scratch, close - i);
    while (i < close) {
        unsigned char c = (unsigned char)p->j->text.p[i];
        size_t used = c == '\\' ? put_escape(p, i, &b) : c >= ' ';
        if (!used || used > close - i) {
            return false;
        }
        if (c != '\\') {
            joiner_copy(&b, p->j, i, i + 1);
        }
        i += used;
    }
    struct shell_word word = {.start = part_from(*p), .end = joined_end(p->j, p->start, close + 1)};
    p->start = close + 1;
    r->failed = !joiner_finish(&b, word.end, &word.value) || r->failed;
    struct shell_word *slot = out && !r->failed ? VEC_PUSH(&r->scratch, &out->v) : NULL;
    if (slot) {
        *slot = word;
    } else if (out) {
        r->failed = true;
    }
    return true;
}

static bool take(struct part *p, char c) {
    *p = part_trim(*p);
    bool is_there = p->start < p->end && p->j->text.p[p->start] == c;
    p->start += is_there;
    return is_there;
}

static bool read_strings(struct reading *r, struct part *p, struct words *out) {
    if (take(p, ']')) {
        return true;
    }
    do {
        *p = part_trim(*p);
        if (p->start == p->end || p->j->text.p[p->start] != '"' || !read_string(r, p, out)) {
            return false;
        }
    } while (take(p, ','));
    return take(p, ']');
}

/* The nodes are made once it is known that the whole is a list. */
static void make_nodes(struct reading *r, struct words *words) {
    for (size_t i = 0; i < words->v.n && !r->failed; i++) {
        struct shell_word *word = &words->v.p[i];
        struct str text = arena_str(r->arena, word->value.text);
        r->failed = !text.p;
        word->value.text = text;
        word->node = r->failed ? NULL : reading_string(r, word->start, word->end, text);
    }
}

bool part_json(struct reading *r, struct part p, struct words *out) {
    size_t before = out ? out->v.n : 0;
    if (!take(&p, '[')) {
        return false;
    }
    if (!read_strings(r, &p, out) || part_trim(p).start != p.end) {
        if (out) {
            out->v.n = before;
        }
        return false;
    }
    if (out) {
        make_nodes(r, out);
    }
    return true;
}
