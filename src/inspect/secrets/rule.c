#include "inspect/secrets/rule.h"

#include "base/hash.h"

static const char *const proof_names[PROOFS] = {
    [PROOF_NONE] = "none",
    [PROOF_CRC32_BASE62] = "crc32-base62",
    [PROOF_AWS_KEY_ID] = "aws-key-id",
    [PROOF_JWT] = "jwt",
    [PROOF_PRIVATE_KEY] = "private-key",
    [PROOF_BASE64_KEY] = "base64-key",
    [PROOF_BASE64_LOGIN] = "base64-login",
    [PROOF_BASE64_64] = "base64-64-bytes",
    [PROOF_PYPI] = "pypi",
};

const char *secret_proof_name(enum secret_proof proof) {
    assert(proof < PROOFS);
    return proof_names[proof];
}

uint64_t secret_rules_digest(const struct secret_rules *rules) {
    uint64_t digest = hash_bytes(rules->database);
    for (size_t i = 0; i < rules->n; i++) {
        const struct secret_rule *r = &rules->p[i];
        const uint64_t numbers[] = {digest,
                                    hash_bytes(r->id),
                                    hash_bytes(r->keywords),
                                    hash_bytes(r->unless),
                                    hash_bytes(r->file),
                                    r->severity,
                                    (uint64_t)(r->entropy * 1000),
                                    r->proof,
                                    r->rank};
        digest = hash_bytes(str_n((const char *)numbers, sizeof numbers));
    }
    return digest;
}
