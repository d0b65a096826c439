/* Manifests of artifacts as JSON, and the records that a broken reader may answer with. */
#include "base/limits.h"
#include "fuzz.h"
#include "source/fetch/reference.h"
#include "source/image/artifact.h"

static void decode(struct str record) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct artifact artifact = {0};
    struct err err = ERR_NONE;
    int r = artifact_decode(&arena, record, &artifact, &err);
    assert(r == 0 || err.message[0]);
    for (size_t i = 0; r == 0 && i < artifact.n; i++) {
        assert(reference_is_digest(artifact.blobs[i].digest) && artifact.blobs[i].fd == -1);
    }
    artifact_close(&artifact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_n((const char *)data, size);
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_RECORD);
    struct err err = ERR_NONE;
    if (artifact_encode(bytes, &record, &err) == 0) {
        decode(buf_view(&record));
    } else {
        assert(err.message[0]);
    }
    decode(bytes);
    return 0;
}
