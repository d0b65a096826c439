#include "inspect/secrets/proof.h"

#include "base/clock.h"
#include "base/limits.h"
#include "doc/json.h"
#include "inspect/secrets/value.h"

#include <zlib.h>

static void hold(struct proof *out, const char *words) {
    out->holds = true;
    snprintf(out->words, sizeof out->words, "%s", words);
}

/* ---- checksums */

void proof_base62_checksum(struct str random, char out[6]) {
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    unsigned long sum = crc32(0, (const unsigned char *)random.p, (unsigned)random.n);
    for (size_t i = 6; i-- > 0; sum /= 62) {
        out[i] = digits[sum % 62];
    }
}

/* github.blog, "Behind GitHub's new authentication token formats"; npm took over the form. */
static void check_base62(const struct proof_input *in, struct proof *out) {
    char expected[6];
    struct str before, random;
    if (!str_cut_last(in->value, '_', &before, &random) || random.n <= sizeof expected) {
        return;
    }
    proof_base62_checksum(str_sub(random, 0, random.n - sizeof expected), expected);
    if (str_eq(str_from(random, random.n - sizeof expected), str_n(expected, sizeof expected))) {
        hold(out, "its checksum is right");
    }
}

/* ---- AWS */

static int base32_digit(char c) {
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

/* In keys made since 2019, whose first bit is set, bits 7 to 46 of the first six bytes behind the prefix are
 * the account. */
static void check_aws_key_id(const struct proof_input *in, struct proof *out) {
    uint64_t bits = 0;
    struct str digits = str_from(in->value, 4);
    for (size_t i = 0; i < digits.n; i++) {
        int digit = base32_digit(digits.p[i]);
        if (digit < 0) {
            return;
        }
        bits = i < 10 ? bits << 5 | (unsigned)digit : bits;
    }
    uint64_t account = (bits >> 2 & UINT64_C(0x7fffffffff80)) >> 7;
    out->holds = digits.n == 16;
    if (!out->holds || base32_digit(digits.p[0]) < 16 || account > UINT64_C(999999999999)) {
        return;
    }
    snprintf(out->words, sizeof out->words, "a key of account %012llu", (unsigned long long)account);
}

/* ---- JWT (RFC 7519) */

static const struct doc *decode_json(struct arena *arena, struct str part) {
    struct buf bytes = buf_new(64 * KIB);
    const struct doc *doc = NULL;
    struct err ignored = ERR_NONE;
    if (value_base64(part, &bytes)) {
        struct str text = arena_str(arena, buf_view(&bytes));
        if (!text.p || json_parse(arena, text, &doc, &ignored) < 0) {
            doc = NULL;
        }
    }
    value_wipe(&bytes);
    return doc_is(doc, DOC_MAP) ? doc : NULL;
}

static void say_expiry(const struct doc *claims, int64_t now, struct str algorithm, struct proof *out) {
    int64_t expires;
    char day[CLOCK_TEXT] = "";
    if (!doc_int(doc_get(claims, STR("exp")), &expires) || expires < 0 || expires > UINT32_MAX) {
        snprintf(out->words, sizeof out->words, "a token signed with %.*s that does not expire",
                 STR_ARG(algorithm));
        return;
    }
    clock_format(expires, day);
    day[10] = 0;
    out->is_weak = expires < now;
    snprintf(out->words, sizeof out->words, "a token signed with %.*s that %s on %s", STR_ARG(algorithm),
             expires < now ? "expired" : "expires", day);
}

static void check_jwt(const struct proof_input *in, struct proof *out) {
    struct str header, rest, claims, signature;
    if (!str_cut(in->value, '.', &header, &rest) || !str_cut(rest, '.', &claims, &signature)) {
        return;
    }
    const struct doc *head = decode_json(in->arena, header), *body = decode_json(in->arena, claims);
    struct str algorithm = str_sub(doc_str(doc_get(head, STR("alg"))), 0, 16);
    if (!head || !body || !algorithm.n || str_eq(algorithm, STR("none"))) {
        return; /* one that nobody signed is worth nothing */
    }
    for (size_t i = 0; i < algorithm.n; i++) {
        if (!ascii_is_alnum(algorithm.p[i]) && algorithm.p[i] != '-') {
            return;
        }
    }
    out->holds = true;
    say_expiry(body, in->now, algorithm, out);
}

/* ---- base64 of something */

static bool decode(const struct proof_input *in, struct str *out) {
    struct buf bytes = buf_new(PROOF_REACH);
    bool is_decoded = value_base64(in->value, &bytes);
    *out = is_decoded ? arena_str(in->arena, buf_view(&bytes)) : STR_NONE;
    value_wipe(&bytes);
    return out->p;
}

static void check_base64_key(const struct proof_input *in, struct proof *out) {
    struct str pem;
    if (decode(in, &pem)) {
        struct str value = out->value;
        (void)proof_private_key(in, pem, out);
        out->value = value;
    }
}

static void check_base64_login(const struct proof_input *in, struct proof *out) {
    struct str text, name, password;
    if (!decode(in, &text) || !str_cut(text, ':', &name, &password) || !password.n) {
        return;
    }
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] < ' ') {
            return;
        }
    }
    if (!value_is_placeholder(password)) {
        hold(out, "a name and a password in base64");
    }
}

static void check_base64_64(const struct proof_input *in, struct proof *out) {
    struct str bytes;
    if (decode(in, &bytes) && bytes.n == 64) {
        hold(out, "64 bytes in base64");
    }
}

/* A macaroon (libmacaroons, binary form 2) whose place is pypi.org or test.pypi.org. */
static void check_pypi(const struct proof_input *in, struct proof *out) {
    struct proof_input body = *in;
    struct str bytes;
    body.value = str_from(in->value, STR("pypi-").n);
    if (decode(&body, &bytes) && bytes.n > 12 && bytes.p[0] == 2 && bytes.p[1] == 1 &&
        str_find(str_sub(bytes, 0, 16), STR("pypi.org")) >= 0) {
        hold(out, "a macaroon of PyPI");
    }
}

static void check_private_key(const struct proof_input *in, struct proof *out) {
    (void)proof_private_key(in, in->rest, out);
}

void proof_check(enum secret_proof kind, const struct proof_input *in, struct proof *out) {
    static void (*const checks[PROOFS])(const struct proof_input *, struct proof *) = {
        [PROOF_CRC32_BASE62] = check_base62,
        [PROOF_AWS_KEY_ID] = check_aws_key_id,
        [PROOF_JWT] = check_jwt,
        [PROOF_PRIVATE_KEY] = check_private_key,
        [PROOF_BASE64_KEY] = check_base64_key,
        [PROOF_BASE64_LOGIN] = check_base64_login,
        [PROOF_BASE64_64] = check_base64_64,
        [PROOF_PYPI] = check_pypi,
    };
    *out = (struct proof){.value = in->value, .holds = !checks[kind]};
    if (checks[kind]) {
        checks[kind](in, out);
    }
}
