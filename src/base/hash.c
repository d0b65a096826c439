#include "base/hash.h"

#include "base/mem.h"

/* The digest itself, not EVP: that reads OpenSSL's configuration and makes tables of all its algorithms
 * first, which costs a millisecond of each process, to call the same code. OpenSSL 3 marks it as the older
 * way. */
#define OPENSSL_API_COMPAT 0x10100000L
#define XXH_INLINE_ALL
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <xxhash.h>

uint64_t hash_bytes(struct str s) {
    return XXH3_64bits(s.p ? s.p : "", s.n);
}

struct sha256 {
    SHA256_CTX state;
};

struct sha256 *sha256_new(void) {
    struct sha256 *sha = mem_alloc_zero(sizeof *sha);
    if (sha) {
        SHA256_Init(&sha->state);
    }
    return sha;
}

void sha256_free(struct sha256 *sha) {
    mem_free(sha);
}

void sha256_freep(struct sha256 **sha) {
    sha256_free(*sha);
}

void sha256_add(struct sha256 *sha, const void *p, size_t n) {
    SHA256_Update(&sha->state, p, n);
}

void sha256_end(struct sha256 *sha, unsigned char out[SHA256_BYTES]) {
    SHA256_Final(out, &sha->state);
    SHA256_Init(&sha->state);
}

int sha256_hex(struct str s, char out[SHA256_HEX + 1]) {
    _cleanup_(sha256_freep) struct sha256 *sha = sha256_new();
    if (!sha) {
        return ERR_MEMORY;
    }
    unsigned char digest[SHA256_BYTES];
    sha256_add(sha, s.p, s.n);
    sha256_end(sha, digest);
    hex_encode(digest, sizeof digest, out);
    return 0;
}

/* The digest of the key, each byte of it changed by `pad`, filled up to a block, and of s. */
static void digest_keyed(const unsigned char key[SHA256_BYTES], unsigned char pad, struct str s,
                         unsigned char out[SHA256_BYTES]) {
    unsigned char block[SHA256_CBLOCK];
    SHA256_CTX state;
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] = i < SHA256_BYTES ? key[i] ^ pad : pad;
    }
    SHA256_Init(&state);
    SHA256_Update(&state, block, sizeof block);
    SHA256_Update(&state, s.p ? s.p : "", s.n);
    SHA256_Final(out, &state);
    OPENSSL_cleanse(block, sizeof block);
    OPENSSL_cleanse(&state, sizeof state);
}

void sha256_hmac(const unsigned char key[SHA256_BYTES], struct str s, unsigned char out[SHA256_BYTES]) {
    enum { INNER = 0x36, OUTER = 0x5c };
    unsigned char inner[SHA256_BYTES];
    digest_keyed(key, INNER, s, inner);
    digest_keyed(key, OUTER, str_n((const char *)inner, sizeof inner), out);
    OPENSSL_cleanse(inner, sizeof inner);
}

void hex_encode(const unsigned char *p, size_t n, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    out[2 * n] = 0;
}

bool hex_decode(struct str s, unsigned char *out, size_t n) {
    if (s.n != 2 * n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t byte;
        if (!str_to_u64(str_sub(s, 2 * i, 2), 16, &byte)) {
            return false;
        }
        out[i] = (unsigned char)byte;
    }
    return true;
}
