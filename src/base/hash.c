#include "base/hash.h"

#include "base/mem.h"

#define XXH_INLINE_ALL
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <xxhash.h>

uint64_t hash_bytes(struct str s) {
    return XXH3_64bits(s.p ? s.p : "", s.n);
}

struct sha256 {
    EVP_MD_CTX *evp;
};

/* Without a type it begins again with the one it has, which saves looking it up among the providers. */
static void begin(struct sha256 *sha, const EVP_MD *type) {
    int ok = EVP_DigestInit_ex(sha->evp, type, NULL);
    assert(ok == 1);
    (void)ok;
}

/* A digest needs nothing of the system's configuration of OpenSSL, which takes longer to read than most of
 * what is digested. */
struct sha256 *sha256_new(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    struct sha256 *sha = mem_alloc_zero(sizeof *sha);
    if (!sha) {
        return NULL;
    }
    sha->evp = EVP_MD_CTX_new();
    if (!sha->evp) {
        mem_free(sha);
        return NULL;
    }
    begin(sha, EVP_sha256());
    return sha;
}

void sha256_free(struct sha256 *sha) {
    if (sha) {
        EVP_MD_CTX_free(sha->evp);
        mem_free(sha);
    }
}

void sha256_freep(struct sha256 **sha) {
    sha256_free(*sha);
}

void sha256_add(struct sha256 *sha, const void *p, size_t n) {
    int ok = EVP_DigestUpdate(sha->evp, p, n);
    assert(ok == 1);
    (void)ok;
}

void sha256_end(struct sha256 *sha, unsigned char out[SHA256_BYTES]) {
    int ok = EVP_DigestFinal_ex(sha->evp, out, NULL);
    assert(ok == 1);
    (void)ok;
    begin(sha, NULL);
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
