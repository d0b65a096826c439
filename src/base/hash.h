/* Digests: SHA-256 (OpenSSL, which uses the processor's instructions) for content, XXH3 for tables. */
#ifndef PLIMSOLL_BASE_HASH_H
#define PLIMSOLL_BASE_HASH_H

#include "base/err.h"
#include "base/str.h"

enum { SHA256_BYTES = 32, SHA256_HEX = 64 };

/* Not for anything an attacker gains by colliding. */
uint64_t hash_bytes(struct str s);

struct sha256; /* a digest under way */

/* NULL when there is no memory. */
struct sha256 *sha256_new(void) _nodiscard_;
void sha256_free(struct sha256 *sha);
void sha256_freep(struct sha256 **sha);
void sha256_add(struct sha256 *sha, const void *p, size_t n);
/* Writes the digest and begins anew. */
void sha256_end(struct sha256 *sha, unsigned char out[SHA256_BYTES]);

/* The digest of s as 64 lower-case digits and a NUL. 0 or ERR_MEMORY. */
int sha256_hex(struct str s, char out[SHA256_HEX + 1]);
/* The HMAC (RFC 2104) of s under a key of 32 bytes. */
void sha256_hmac(const unsigned char key[SHA256_BYTES], struct str s, unsigned char out[SHA256_BYTES]);
void hex_encode(const unsigned char *p, size_t n, char *out); /* 2 n digits and a NUL */
/* False when s is not n bytes in hexadecimal. */
bool hex_decode(struct str s, unsigned char *out, size_t n);

#endif
