#include "source/image/artifact.h"

#include "base/limits.h"
#include "test.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static int read_manifest(struct arena *arena, struct str json, struct artifact *out, struct err *err) {
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_RECORD);
    *out = (struct artifact){0};
    int r = artifact_encode(json, &record, err);
    struct str kept = r == 0 ? arena_str(arena, buf_view(&record)) : STR_NONE;
    if (r < 0) {
        return r;
    }
    return kept.p ? artifact_decode(arena, kept, out, err) : err_memory(err);
}

/* The manifest of `oras push`, image-spec 1.1: manifest.md and annotations.md. */
static const struct str manifest = STR(
    "{\"schemaVersion\": 2, \"layers\": [{\"mediaType\": \"text/yaml\", \"size\": 3, \"digest\": \"" DIGEST
    "\", \"annotations\": {\"org.opencontainers.image.title\": \"a.yaml\"}},"
    " {\"mediaType\": \"application/vnd.oci.image.layer.v1.tar+gzip\", \"digest\": \"" DIGEST "\"}]}");

static void blobs_are_listed(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct artifact artifact;
    assert_int_equal(read_manifest(&arena, manifest, &artifact, NULL), 0);
    assert_int_equal(artifact.n, 2);
    assert_str_equal(artifact.blobs[0].title, STR("a.yaml"));
    assert_str_equal(artifact.blobs[0].media_type, STR("text/yaml"));
    assert_str_equal(artifact.blobs[0].digest, STR(DIGEST));
    assert_int_equal(artifact.blobs[0].fd, -1);
    assert_str_equal(artifact.blobs[1].title, STR_NONE);
    artifact_close(&artifact);
}

static void what_is_none_is_refused(void **state) {
    static const struct {
        struct str json;
        int code;
        const char *says;
    } cases[] = {
        {STR("{\"manifests\": []}"), ERR_INPUT, "index of images"},
        {STR("{\"layers\": {}}"), ERR_INPUT, "no list of layers"},
        {STR("[]"), ERR_INPUT, "no list of layers"},
        {STR("{\"layers\": [{\"digest\": \"../../x\"}]}"), ERR_INPUT, "layer 1 has no digest"},
        {STR("{\"layers\": [7]}"), ERR_INPUT, "layer 1 has no digest"},
        {STR("{\"layers\": "), ERR_INPUT, ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct artifact artifact;
        struct err err = ERR_NONE;
        assert_int_equal(read_manifest(&arena, cases[i].json, &artifact, &err), cases[i].code);
        assert_non_null(strstr(err.message, cases[i].says));
    }
}

static void memory_runs_out_cleanly(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct artifact artifact;
        int r = read_manifest(&arena, manifest, &artifact, NULL);
        assert_true(r == 0 || r == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blobs_are_listed),
        cmocka_unit_test(what_is_none_is_refused),
        cmocka_unit_test(memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
