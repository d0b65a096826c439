#include "inspect/secrets/value.h"

#include <math.h>
#include <openssl/crypto.h>

double value_entropy(struct str value) {
    size_t counts[256] = {0};
    double bits = 0;
    for (size_t i = 0; i < value.n; i++) {
        counts[(unsigned char)value.p[i]]++;
    }
    for (size_t i = 0; i < 256 && value.n; i++) {
        double share = (double)counts[i] / (double)value.n;
        bits -= counts[i] ? share * log2(share) : 0;
    }
    return bits;
}

/* ---- placeholders */

/* A short word may stand in random letters, so it counts only by itself. */
static bool holds_nocase(struct str s, struct str word) {
    enum { SHORT = 6 };
    bool is_short = word.n < SHORT && ascii_is_alnum(word.p[0]) && word.p[0] != word.p[1];
    for (size_t i = 0; i + word.n <= s.n; i++) {
        bool is_apart = (i == 0 || !ascii_is_alnum(s.p[i - 1])) &&
                        (i + word.n == s.n || !ascii_is_alnum(s.p[i + word.n]));
        if ((is_apart || !is_short) && str_eq_nocase(str_sub(s, i, word.n), word)) {
            return true;
        }
    }
    return false;
}

/* The longest stretch in which each byte is `step` above the one before. */
static size_t longest_run(struct str s, int step) {
    size_t longest = s.n > 0, run = 1;
    for (size_t i = 1; i < s.n; i++) {
        run = s.p[i] - s.p[i - 1] == step ? run + 1 : 1;
        longest = MAX(longest, run);
    }
    return longest;
}

static size_t distinct(struct str s) {
    bool seen[256] = {false};
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        n += !seen[(unsigned char)s.p[i]];
        seen[(unsigned char)s.p[i]] = true;
    }
    return n;
}

static bool is_template(struct str s) {
    static const char *const openings[] = {"${", "{{", "$(", "%(", "#{", "<%", "@@", "{%", "[["};
    for (size_t i = 0; i < ARRAY_SIZE(openings); i++) {
        if (str_find(s, str_c(openings[i])) >= 0) {
            return true;
        }
    }
    bool is_variable = s.n > 1 && (s.p[0] == '$' || s.p[0] == '%') && ascii_is_alpha(s.p[1]);
    for (size_t i = 1; is_variable && i < s.n; i++) {
        is_variable = ascii_is_alnum(s.p[i]) || s.p[i] == '_' || s.p[i] == '%';
    }
    bool is_bracketed =
        s.n > 1 && ((s.p[0] == '<' && s.p[s.n - 1] == '>') || (s.p[0] == '{' && s.p[s.n - 1] == '}'));
    return is_variable || is_bracketed;
}

/* What people write where a password goes. */
static bool is_stock_word(struct str s) {
    static const char *const words[] = {
        "password",    "passwd",
        "pass",        "secret",
        "pwd",         "token",
        "apikey",      "api_key",
        "user",        "username",
        "admin",       "root",
        "test",        "guest",
        "null",        "none",
        "true",        "false",
        "default",     "undefined",
        "string",      "mypass",
        "mypassword",  "hunter2",
        "pa55word",    "passw0rd",
        "secretkey",   "p4ssw0rd",
        "xxx",         "password1",
        "password123", "test1234",
        "postgres",    "mysecretpassword",
        "some-secret", "a-secret",
        "opensesame",  "open sesame", /* RFC 7617, section 2 */
    };
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq_nocase(s, str_c(words[i]))) {
            return true;
        }
    }
    return false;
}

bool value_is_placeholder(struct str value) {
    static const char *const words[] = {
        "example",    "changeme",  "change_me", "change-me", "placeholder", "redacted",  "your_",
        "your-",      "yourtoken", "dummy",     "insert",    "replace_me",  "replaceme", "foobar",
        "notreal",    "fake",      "put your",  "thisis",    "my-secret",   "mysecret",  "not-a-real",
        "notasecret", "sample",    "xxxx",      "****",      "....",        "____",      "todo",
    };
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (holds_nocase(value, str_c(words[i]))) {
            return true;
        }
    }
    size_t same = longest_run(value, 0), rising = longest_run(value, 1), falling = longest_run(value, -1);
    bool is_long = value.n >= 16;
    return is_template(value) || is_stock_word(value) || same >= MAX(6U, value.n / 3) || rising >= 9 ||
           falling >= 9 || (is_long && distinct(value) < 5);
}

/* ---- what may be kept of it */

void value_preview(struct str value, char out[PREVIEW_BYTES]) {
    size_t shown = MIN(value.n / 4, (size_t)4), n = 0;
    while (n < shown && value.p[n] > ' ' && value.p[n] <= '~') {
        out[n] = value.p[n];
        n++;
    }
    snprintf(out + n, PREVIEW_BYTES - n, "… (%zu characters)", value.n);
}

void value_hash(const unsigned char key[SECRET_KEY_BYTES], struct str value, char out[SECRET_HASH_HEX + 1]) {
    _Static_assert((int)SECRET_KEY_BYTES == (int)SHA256_BYTES, "the key of an HMAC");
    unsigned char digest[SHA256_BYTES];
    sha256_hmac(key, value, digest);
    hex_encode(digest, SECRET_HASH_HEX / 2, out);
    OPENSSL_cleanse(digest, sizeof digest);
}

/* ---- base64 (RFC 4648, sections 4 and 5) */

static int sextet(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (ascii_is_digit(c)) {
        return c - '0' + 52;
    }
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool value_base64(struct str text, struct buf *out) {
    uint32_t bits = 0;
    size_t n = 0, padding = 0;
    for (size_t i = 0; i < text.n; i++) {
        int value = sextet(text.p[i]);
        if (ascii_is_space(text.p[i])) {
            continue;
        }
        padding += text.p[i] == '=';
        if (text.p[i] == '=' && padding <= 2) {
            continue;
        }
        if (value < 0 || padding) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        if (n++ % 4) {
            buf_byte(out, (unsigned char)(bits >> (6 - 2 * ((n - 1) % 4))));
        }
    }
    return n % 4 != 1 && !out->failed;
}

void value_wipe(struct buf *buf) {
    if (buf->p) {
        OPENSSL_cleanse(buf->p, buf->size);
    }
    buf_free(buf);
}

/* Base64 of how a SubjectPublicKeyInfo begins (RFC 5280, section 4.1; RFC 3279, 5480 and 8410). */
static bool is_public_key(struct str value) {
    static const char *const starts[] = {"MFkwEwYHKoZI", "MHYwEAYHKoZI", "MIGbMBAGByqG", "MCowBQYDK2V",
                                         "MIGfMA0GCSqG", "MIIBIjANBgkq", "MIIBojANBgkq", "MIICIjANBgkq"};
    for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
        if (str_starts(value, str_c(starts[i]))) {
            return true;
        }
    }
    return false;
}

/* Words, paths, calls and versions are no keys: those mix letters and digits throughout. */
bool value_looks_random(struct str value) {
    size_t digits = 0, uppers = 0, lowers = 0, signs = 0, switches = 0;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        bool is_digit = ascii_is_digit(c), was_digit = i > 0 && ascii_is_digit(value.p[i - 1]);
        digits += is_digit;
        uppers += c >= 'A' && c <= 'Z';
        lowers += c >= 'a' && c <= 'z';
        signs += !ascii_is_alnum(c);
        switches += i > 0 && is_digit != was_digit;
    }
    return digits >= 2 && uppers + lowers >= 2 && switches >= 3 && signs <= value.n / 4 &&
           !is_public_key(value);
}
