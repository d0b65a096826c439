#include "inspect/packages/checksum.h"

#include "base/hash.h"

enum { BYTES_MAX = 64 };

/* From weak to strong. */
static const struct algorithm {
    struct str name;
    size_t bytes;
} algorithms[] = {
    {STR("md5"), 16}, {STR("sha1"), 20}, {STR("sha256"), 32}, {STR("sha384"), 48}, {STR("sha512"), 64},
};

static size_t find_algorithm(struct str name, size_t bytes) {
    for (size_t i = 0; i < ARRAY_SIZE(algorithms); i++) {
        if (name.n ? str_eq_nocase(name, algorithms[i].name) : bytes == algorithms[i].bytes) {
            return i;
        }
    }
    return ARRAY_SIZE(algorithms);
}

/* ---- RFC 4648, section 4 */

static int base64_value(char c) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(letters, c) : NULL;
    return at ? (int)(at - letters) : -1;
}

static bool base64_decode(struct str s, unsigned char *out, size_t n) {
    uint32_t bits = 0;
    unsigned held = 0;
    size_t got = 0;
    while (s.n && s.p[s.n - 1] == '=') {
        s.n--;
    }
    for (size_t i = 0; i < s.n; i++) {
        int value = base64_value(s.p[i]);
        if (value < 0) {
            return false;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xffffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            if (got == n) {
                return false;
            }
            out[got++] = (unsigned char)(bits >> held);
        }
    }
    return got == n && held < 6;
}

/* ---- */

/* One statement; the row of its algorithm, or the number of rows when it is none. */
static size_t read_one(struct str stated, unsigned char digest[BYTES_MAX]) {
    struct str name, value;
    bool is_base64 = str_cut(stated, '-', &name, &value);
    if (is_base64) {
        str_cut(value, '?', &value, &(struct str){0}); /* options, which nobody defined */
    } else if (!str_cut(stated, ':', &name, &value) && !str_cut(stated, '=', &name, &value)) {
        name = STR_NONE;
        value = stated;
    }
    size_t row = find_algorithm(name, value.n / 2);
    if (row == ARRAY_SIZE(algorithms)) {
        return row;
    }
    size_t bytes = algorithms[row].bytes;
    bool is_whole = is_base64 ? base64_decode(value, digest, bytes) : hex_decode(value, digest, bytes);
    return is_whole ? row : ARRAY_SIZE(algorithms);
}

struct checksum checksum_read(struct str stated) {
    unsigned char digest[BYTES_MAX];
    struct checksum out = {.n = 0};
    size_t best = 0;
    for (struct str rest = stated, word; str_split(&rest, ' ', &word);) {
        size_t row = read_one(word, digest);
        if (row == ARRAY_SIZE(algorithms) || (out.n && row <= best)) {
            continue;
        }
        best = row;
        out.n = algorithms[row].name.n;
        memcpy(out.text, algorithms[row].name.p, out.n);
        out.text[out.n++] = ':';
        hex_encode(digest, algorithms[row].bytes, out.text + out.n);
        out.n += 2 * algorithms[row].bytes;
    }
    return out;
}
