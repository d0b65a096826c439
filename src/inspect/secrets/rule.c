#include "inspect/secrets/rule.h"

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
