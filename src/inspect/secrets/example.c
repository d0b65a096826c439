#include "inspect/secrets/example.h"

#include "base/hash.h"
#include "base/limits.h"
#include "inspect/secrets/proof.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

/* Numbers that look random and are always the same. */
struct source {
    uint64_t state;
};

static uint32_t next(struct source *source) {
    source->state = hash_bytes(str_n((const char *)&source->state, sizeof source->state));
    return (uint32_t)(source->state >> 24);
}

static const struct {
    const char *name, *letters;
} alphabets[] = {
    {"alnum", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"},
    {"lower", "abcdefghijklmnopqrstuvwxyz0123456789"},
    {"upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
    {"letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    {"digits", "0123456789"},
    {"hex", "0123456789abcdef"},
    {"HEX", "0123456789ABCDEF"},
    {"base32", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"},
    {"base58", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"},
    {"base64", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"},
    {"base64url", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
    {"bech32", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"},
};

static void put_letters(struct buf *out, struct source *source, const char *letters, size_t n) {
    size_t kinds = strlen(letters);
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, (unsigned char)letters[next(source) % kinds]);
    }
}

static void put_uuid(struct buf *out, struct source *source) {
    static const size_t parts[] = {8, 4, 4, 4, 12};
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
        buf_c(out, i ? "-" : "");
        put_letters(out, source, "0123456789abcdef", parts[i]);
    }
}

static void put_base64(struct buf *out, struct str bytes, bool is_url) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.n; i += 3) {
        uint32_t group = 0;
        size_t n = MIN(bytes.n - i, (size_t)3);
        for (size_t k = 0; k < 3; k++) {
            group = group << 8 | (k < n ? (unsigned char)bytes.p[i + k] : 0);
        }
        for (size_t k = 0; k <= n; k++) {
            char c = letters[group >> (18 - 6 * k) & 63];
            buf_byte(out, (unsigned char)(is_url && c == '+' ? '-' : is_url && c == '/' ? '_' : c));
        }
        buf_c(out, is_url ? "" : n == 1 ? "==" : n == 2 ? "=" : "");
    }
}

static void put_checked(struct buf *out, struct source *source) {
    enum { RANDOM = 30 };
    char sum[6];
    size_t start = out->n;
    put_letters(out, source, alphabets[0].letters, RANDOM);
    if (!out->failed) {
        proof_base62_checksum(str_from(buf_view(out), start), sum);
        buf_bytes(out, sum, sizeof sum);
    }
}

static void put_jwt(struct buf *out, struct source *source) {
    struct buf claims = buf_new(KIB);
    put_base64(out, STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), true);
    buf_byte(out, '.');
    buf_c(&claims, "{\"sub\":\"");
    put_letters(&claims, source, "0123456789", 10);
    buf_c(&claims, "\",\"iat\":1700000000}");
    put_base64(out, buf_view(&claims), true);
    buf_byte(out, '.');
    put_letters(out, source, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 43);
    buf_free(&claims);
}

/* A key on the curve Ed25519 of bytes that are always the same. */
static void put_pem(struct buf *out, struct source *source) {
    unsigned char seed[32];
    for (size_t i = 0; i < sizeof seed; i++) {
        seed[i] = (unsigned char)next(source);
    }
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    if (key && bio && PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1) {
        long n = BIO_get_mem_data(bio, &text);
        buf_bytes(out, text, (size_t)n);
    }
    BIO_free(bio);
    EVP_PKEY_free(key);
}

/* As a JSON string writes it. */
static void put_escaped_pem(struct buf *out, struct source *source) {
    struct buf pem = buf_new(4 * KIB);
    put_pem(&pem, source);
    for (size_t i = 0; i < pem.n; i++) {
        if (pem.p[i] == '\n') {
            buf_c(out, "\\n");
        } else {
            buf_byte(out, pem.p[i]);
        }
    }
    buf_free(&pem);
}

static void put_base64_pem(struct buf *out, struct source *source) {
    struct buf pem = buf_new(4 * KIB);
    put_pem(&pem, source);
    put_base64(out, buf_view(&pem), false);
    buf_free(&pem);
}

static void put_login(struct buf *out, struct source *source) {
    struct buf login = buf_new(KIB);
    buf_c(&login, "robot:");
    put_letters(&login, source, alphabets[0].letters, 14);
    put_base64(out, buf_view(&login), false);
    buf_free(&login);
}

static void put_pypi(struct buf *out, struct source *source) {
    struct buf bytes = buf_new(KIB);
    buf_bytes(&bytes, "\x02\x01\x08pypi.org\x02\x24", 13);
    put_uuid(&bytes, source);
    put_letters(&bytes, source, alphabets[0].letters, 60);
    put_base64(out, buf_view(&bytes), true);
    buf_free(&bytes);
}

static void put_key64(struct buf *out, struct source *source) {
    char bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)next(source);
    }
    put_base64(out, str_n(bytes, sizeof bytes), false);
}

static const struct {
    const char *name;
    void (*put)(struct buf *out, struct source *source);
} makers[] = {
    {"uuid", put_uuid},
    {"checked", put_checked},
    {"jwt", put_jwt},
    {"pem", put_pem},
    {"escaped-pem", put_escaped_pem},
    {"base64-pem", put_base64_pem},
    {"login", put_login},
    {"pypi", put_pypi},
    {"key64", put_key64},
};

static int put_kind(struct buf *out, struct source *source, struct str kind, struct err *err) {
    struct str name, count;
    uint64_t n = 0;
    bool has_count = str_cut(kind, ':', &name, &count) && str_to_u64(count, 10, &n) && n <= 4096;
    for (size_t i = 0; has_count && i < ARRAY_SIZE(alphabets); i++) {
        if (str_eq(name, str_c(alphabets[i].name))) {
            put_letters(out, source, alphabets[i].letters, (size_t)n);
            return 0;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
        if (str_eq(kind, str_c(makers[i].name))) {
            makers[i].put(out, source);
            return 0;
        }
    }
    return err_set(err, ERR_INPUT, "{{%.*s}} is no form of values", STR_ARG(kind));
}

int secret_example_expand(struct str text, struct buf *out, struct err *err) {
    struct source source = {hash_bytes(text)};
    int r = 0;
    while (r == 0 && text.n) {
        ptrdiff_t open = str_find(text, STR("{{"));
        ptrdiff_t close = open < 0 ? -1 : str_find(str_from(text, (size_t)open), STR("}}"));
        if (close < 0) {
            buf_str(out, text);
            break;
        }
        buf_str(out, str_sub(text, 0, (size_t)open));
        r = put_kind(out, &source, str_sub(text, (size_t)open + 2, (size_t)close - 2), err);
        text = str_from(text, (size_t)(open + close) + 2);
    }
    return r == 0 && out->failed ? err_memory(err) : r;
}
