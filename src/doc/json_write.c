#include "doc/json_write.h"

#include "base/utf8.h"
#include "doc/number.h"

#include <math.h>

/* What a level is, and whether something stands in it already. */
enum { LEVEL_OBJECT = 1, LEVEL_FILLED = 2 };

struct json_writer json_writer_new(struct buf *out, unsigned indent) {
    return (struct json_writer){.out = out, .indent = indent};
}

static size_t line_size(const struct json_writer *w) {
    return w->indent ? 1 + (size_t)w->indent * w->depth : 0;
}

static unsigned char *write_line(const struct json_writer *w, unsigned char *at) {
    size_t n = line_size(w);
    if (n) {
        *at = '\n';
        memset(at + 1, ' ', n - 1);
    }
    return at + n;
}

static void put_line(struct json_writer *w) {
    unsigned char *room = buf_room(w->out, line_size(w));
    if (room) {
        w->out->n = (size_t)(write_line(w, room) - w->out->p);
    }
}

static bool is_object(const struct json_writer *w) {
    return w->depth > 0 && (w->levels[w->depth - 1] & LEVEL_OBJECT);
}

/* The comma and the new line in front of an item or a key: at most 1 + line_size(). */
static unsigned char *write_separator(struct json_writer *w, unsigned char *at) {
    unsigned char *level = &w->levels[w->depth - 1];
    if (*level & LEVEL_FILLED) {
        *at++ = ',';
    }
    *level |= LEVEL_FILLED;
    return write_line(w, at);
}

static void put_separator(struct json_writer *w) {
    unsigned char *room = w->depth ? buf_room(w->out, 1 + line_size(w)) : NULL;
    if (room) {
        w->out->n = (size_t)(write_separator(w, room) - w->out->p);
    }
}

/* False when the writer has failed and value must not be put. */
static bool begin_value(struct json_writer *w) {
    if (w->too_deep || w->out->failed) {
        return false;
    }
    assert(w->has_key == is_object(w));
    if (!w->has_key) {
        put_separator(w);
    }
    w->has_key = false;
    return true;
}

static void begin(struct json_writer *w, char bracket, unsigned char level) {
    if (!begin_value(w)) {
        return;
    }
    if (w->depth == LIMIT_DOC_DEPTH) {
        w->too_deep = true;
        return;
    }
    buf_byte(w->out, (unsigned char)bracket);
    w->levels[w->depth++] = level;
}

void json_begin_object(struct json_writer *w) {
    begin(w, '{', LEVEL_OBJECT);
}

void json_begin_array(struct json_writer *w) {
    begin(w, '[', 0);
}

void json_end(struct json_writer *w) {
    if (w->too_deep || w->out->failed) {
        return;
    }
    assert(w->depth > 0 && !w->has_key);
    unsigned char level = w->levels[--w->depth];
    if (level & LEVEL_FILLED) {
        put_line(w);
    }
    buf_byte(w->out, level & LEVEL_OBJECT ? '}' : ']');
}

/* Bytes that stand for themselves: printable ASCII but for the quote and the backslash. */
static const bool plain[256] = {
    [' '] = true,
    ['!'] = true,
    ['#' ... '['] = true,
    [']' ... '~'] = true,
};

static void put_control(struct buf *out, unsigned char c) {
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *known = memchr(from, c, sizeof from - 1);
    if (known) {
        buf_byte(out, '\\');
        buf_byte(out, (unsigned char)to[known - from]);
    } else {
        buf_printf(out, "\\u%04x", (unsigned)c);
    }
}

static void put_escaped(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n;) {
        size_t start = i;
        while (i < s.n && plain[(unsigned char)s.p[i]]) {
            i++;
        }
        buf_bytes(out, s.p + start, i - start);
        if (i == s.n) {
            break;
        }
        if ((unsigned char)s.p[i] < 0x80) {
            put_control(out, (unsigned char)s.p[i++]);
            continue;
        }
        uint32_t code;
        size_t n = utf8_next(str_from(s, i), &code);
        utf8_put(out, n ? code : 0xfffd);
        i += n ? n : 1;
    }
}

/* True when all eight bytes are plain. A byte of `spread` times x is x; the top bit of a byte comes up where
 * one was too small, was one of the three that are not plain, or was no ASCII. It may come up in a byte above
 * such a one too, but never without one. */
static bool is_plain_word(uint64_t word) {
    const uint64_t spread = 0x0101010101010101, top = 0x80 * spread;
    uint64_t low = word - ' ' * spread, quote = (word ^ '"' * spread) - spread;
    uint64_t backslash = (word ^ '\\' * spread) - spread, del = (word ^ 0x7f * spread) - spread;
    return !((low | quote | backslash | del | word) & top);
}

/* Most strings stand for themselves: those are copied at once. */
static bool is_plain(struct str s) {
    size_t n = 0;
    for (uint64_t word; s.n - n >= sizeof word; n += sizeof word) {
        memcpy(&word, s.p + n, sizeof word);
        if (!is_plain_word(word)) {
            return false;
        }
    }
    while (n < s.n && plain[(unsigned char)s.p[n]]) {
        n++;
    }
    return n == s.n;
}

static unsigned char *write_plain(unsigned char *at, struct str s) {
    *at++ = '"';
    memcpy(at, s.n ? s.p : "", s.n);
    at[s.n] = '"';
    return at + s.n + 1;
}

static void put_string(struct buf *out, struct str s) {
    unsigned char *room = is_plain(s) ? buf_room(out, s.n + 2) : NULL;
    if (room) {
        write_plain(room, s);
        out->n += s.n + 2;
        return;
    }
    buf_byte(out, '"');
    put_escaped(out, s);
    buf_byte(out, '"');
}

/* What stands before a member's value, with room for n bytes behind it: for these, and w->out->n, the caller
 * sees. NULL when the key has to be escaped, or there is no room. */
static unsigned char *write_key(struct json_writer *w, struct str key, size_t n) {
    enum { QUOTES = 2, COMMA = 1, COLON = 2 };
    unsigned char *at =
        is_plain(key) ? buf_room(w->out, COMMA + line_size(w) + key.n + QUOTES + COLON + n) : NULL;
    if (!at) {
        return NULL;
    }
    at = write_plain(write_separator(w, at), key);
    *at++ = ':';
    if (w->indent) {
        *at++ = ' ';
    }
    return at;
}

void json_key(struct json_writer *w, struct str key) {
    if (w->too_deep || w->out->failed) {
        return;
    }
    assert(is_object(w) && !w->has_key);
    w->has_key = true;
    unsigned char *at = write_key(w, key, 0);
    if (at) {
        w->out->n = (size_t)(at - w->out->p);
        return;
    }
    put_separator(w);
    put_string(w->out, key);
    buf_str(w->out, w->indent ? STR(": ") : STR(":"));
}

void json_member_str(struct json_writer *w, struct str key, struct str s) {
    bool is_quick = !w->too_deep && !w->out->failed && is_plain(s);
    assert(!is_quick || (is_object(w) && !w->has_key));
    unsigned char *at = is_quick ? write_key(w, key, s.n + 2) : NULL;
    if (at) {
        w->out->n = (size_t)(write_plain(at, s) - w->out->p);
        return;
    }
    json_key(w, key);
    json_str(w, s);
}

void json_member_text(struct json_writer *w, struct str key, struct str s) {
    if (s.n) {
        json_member_str(w, key, s);
    }
}

void json_member_raw(struct json_writer *w, struct str key, struct str json) {
    bool is_quick = !w->too_deep && !w->out->failed;
    assert(!is_quick || (is_object(w) && !w->has_key));
    unsigned char *at = is_quick ? write_key(w, key, json.n) : NULL;
    if (at) {
        memcpy(at, json.p, json.n);
        w->out->n = (size_t)(at + json.n - w->out->p);
        return;
    }
    json_key(w, key);
    json_raw(w, json);
}

void json_str(struct json_writer *w, struct str s) {
    if (begin_value(w)) {
        put_string(w->out, s);
    }
}

void json_raw(struct json_writer *w, struct str json) {
    if (begin_value(w)) {
        buf_str(w->out, json);
    }
}

static void put_uint(struct buf *out, uint64_t u) {
    char text[NUMBER_TEXT];
    buf_bytes(out, text, number_from_uint(u, text));
}

void json_int(struct json_writer *w, int64_t i) {
    if (begin_value(w)) {
        if (i < 0) {
            buf_byte(w->out, '-');
        }
        put_uint(w->out, i < 0 ? 0 - (uint64_t)i : (uint64_t)i);
    }
}

void json_uint(struct json_writer *w, uint64_t u) {
    if (begin_value(w)) {
        put_uint(w->out, u);
    }
}

void json_double(struct json_writer *w, double d) {
    if (!isfinite(d)) {
        json_null(w);
        return;
    }
    char text[NUMBER_TEXT];
    struct str s = str_n(text, number_from_double(d, text));
    if (begin_value(w)) {
        buf_str(w->out, s);
        /* So that it reads back as a double and not as an integer. */
        if (str_find_byte(s, '.') < 0 && str_find_byte(s, 'e') < 0) {
            buf_c(w->out, ".0");
        }
    }
}

void json_bool(struct json_writer *w, bool b) {
    json_raw(w, b ? STR("true") : STR("false"));
}

void json_null(struct json_writer *w) {
    json_raw(w, STR("null"));
}

/* RFC 4648 section 4. */
static void write_base64(struct json_writer *w, struct str s) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (!begin_value(w)) {
        return;
    }
    buf_byte(w->out, '"');
    for (size_t i = 0; i < s.n; i += 3) {
        size_t n = MIN(s.n - i, (size_t)3);
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++) {
            group = group << 8 | (k < n ? (unsigned char)s.p[i + k] : 0);
        }
        for (size_t k = 0; k < 4; k++) {
            buf_byte(w->out, (unsigned char)(k <= n ? digits[group >> (18 - 6 * k) & 63] : '='));
        }
    }
    buf_byte(w->out, '"');
}

static void write_list(struct json_writer *w, const struct doc *d) {
    json_begin_array(w);
    for (size_t i = 0; i < d->list.n && !w->too_deep && !w->out->failed; i++) {
        json_write_doc(w, d->list.items[i]);
    }
    json_end(w);
}

static void write_map(struct json_writer *w, const struct doc *d) {
    json_begin_object(w);
    for (size_t i = 0; i < d->map.n && !w->too_deep && !w->out->failed; i++) {
        json_key(w, d->map.members[i].key);
        json_write_doc(w, d->map.members[i].value);
    }
    json_end(w);
}

/* Recursion is bounded by begin(). */
void json_write_doc(struct json_writer *w, const struct doc *d) {
    switch (d ? d->kind : DOC_NULL) {
    case DOC_NULL:
    case DOC_UNKNOWN:
        json_null(w);
        break;
    case DOC_BOOL:
        json_bool(w, d->b);
        break;
    case DOC_INT:
        json_int(w, d->i);
        break;
    case DOC_UINT:
        json_uint(w, d->u);
        break;
    case DOC_DOUBLE:
        json_double(w, d->d);
        break;
    case DOC_STRING:
    case DOC_TIMESTAMP:
        json_str(w, d->s);
        break;
    case DOC_BYTES:
        write_base64(w, d->s);
        break;
    case DOC_LIST:
        write_list(w, d);
        break;
    case DOC_MAP:
        write_map(w, d);
        break;
    }
}

int json_finish(const struct json_writer *w, struct err *err) {
    if (w->too_deep) {
        return err_set(err, ERR_LIMIT, "JSON output nested more than %u deep", (unsigned)LIMIT_DOC_DEPTH);
    }
    if (w->out->failed) {
        return err_memory(err);
    }
    assert(w->depth == 0 && !w->has_key);
    return 0;
}
