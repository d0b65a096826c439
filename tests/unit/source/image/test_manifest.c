#include "source/image/manifest.h"

#include "base/limits.h"
#include "test.h"

#define DIGEST "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

struct parsed {
    struct arena arena;
    struct buf record;
    struct manifest manifest;
    struct err err;
    int result;
};

static int open_parsed(void **state) {
    struct parsed *parsed = mem_alloc_zero(sizeof *parsed);
    parsed->arena = arena_new(16 * MIB);
    parsed->record = buf_new(LIMIT_RECORD);
    *state = parsed;
    return 0;
}

static int close_parsed(void **state) {
    struct parsed *parsed = *state;
    arena_free(&parsed->arena);
    buf_free(&parsed->record);
    mem_free(parsed);
    return 0;
}

static const struct manifest *parse(void **state, const char *json) {
    struct parsed *parsed = *state;
    buf_clear(&parsed->record);
    parsed->err = ERR_NONE;
    parsed->result = manifest_encode(str_c(json), &parsed->record, &parsed->err);
    if (parsed->result == 0) {
        parsed->result =
            manifest_decode(buf_view(&parsed->record), &parsed->arena, &parsed->manifest, &parsed->err);
    }
    return parsed->result == 0 ? &parsed->manifest : NULL;
}

static void refuses(void **state, const char *json, int code, const char *words) {
    struct parsed *parsed = *state;
    assert_null(parse(state, json));
    assert_int_equal(parsed->result, code);
    if (!strstr(parsed->err.message, words)) {
        fail_msg("\"%s\" does not say \"%s\"", parsed->err.message, words);
    }
}

/* image-spec, "OCI Image Index Specification", and BuildKit's attestation manifests. */
static const char index_json[] =
    "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":["
    "{\"digest\":\"sha256:aa\",\"size\":1,\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}},"
    "{\"digest\":\"sha256:bb\",\"size\":2,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\","
    "\"variant\":\"v6\"}},"
    "{\"digest\":\"sha256:cc\",\"size\":3,\"platform\":{\"os\":\"linux\",\"architecture\":\"arm\","
    "\"variant\":\"v7\"},"
    "\"annotations\":{\"org.opencontainers.image.ref.name\":\"1.0\"}},"
    "{\"digest\":\"sha256:dd\",\"size\":4,\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"},"
    "\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}},"
    "{\"digest\":\"sha256:ee\",\"size\":5,\"artifactType\":\"application/spdx+json\","
    "\"platform\":{\"os\":\"linux\",\"architecture\":\"riscv64\"}}]}";

static const char *digest_for(const struct manifest *index, const char *platform) {
    static char digest[32];
    const struct manifest_item *item = manifest_for_platform(index, str_c(platform));
    snprintf(digest, sizeof digest, "%.*s", STR_ARG(item ? item->digest : STR("none")));
    return digest;
}

static void an_index_gives_the_image_of_a_platform(void **state) {
    const struct manifest *index = parse(state, index_json);
    assert_non_null(index);
    assert_int_equal(index->kind, MANIFEST_INDEX);
    assert_int_equal(index->items_n, 5);
    assert_str_equal(index->items[2].name, STR("1.0"));
    assert_int_equal(index->items[2].size, 3);
    assert_string_equal(digest_for(index, "linux/amd64"), "sha256:aa");
    assert_string_equal(digest_for(index, "linux/arm"), "sha256:bb");
    assert_string_equal(digest_for(index, "linux/arm/v7"), "sha256:cc");
    assert_string_equal(digest_for(index, "linux/arm/v8"), "none");
    assert_string_equal(digest_for(index, "windows/amd64"), "none");
    assert_string_equal(digest_for(index, "unknown/unknown"), "none");
    assert_string_equal(digest_for(index, "linux/riscv64"), "none");
    assert_string_equal(digest_for(index, ""), "none");
}

/* image-spec 1.1, "Image Manifest Property Descriptions"; annotations as BuildKit, cosign and oras write
 * them. */
static void what_is_attached_is_said(void **state) {
    const struct manifest *index = parse(
        state,
        "{\"subject\":{\"digest\":\"" DIGEST "\"},\"artifactType\":\"t/i\",\"manifests\":["
        "{\"digest\":\"sha256:aa\",\"artifactType\":\"application/vnd.cyclonedx+json\","
        "\"annotations\":{\"org.opencontainers.image.created\":\"2026-01-01T00:00:00Z\"}},"
        "{\"digest\":\"sha256:bb\",\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\","
        "\"vnd.docker.reference.digest\":\"" DIGEST "\"}},"
        "{\"digest\":\"sha256:cc\",\"annotations\":{\"kind\":\"dev.cosignproject.cosign/atts\"}},"
        "{\"digest\":\"sha256:dd\",\"annotations\":{\"org.opencontainers.image.ref.name\":"
        "\"sha256-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.att\"}},"
        "{\"digest\":\"sha256:ee\",\"annotations\":{\"kind\":\"dev.cosignproject.cosign/image\"}}]}");
    assert_non_null(index);
    assert_str_equal(index->subject, STR(DIGEST));
    assert_str_equal(index->artifact_type, STR("t/i"));
    assert_str_equal(index->items[0].artifact_type, STR("application/vnd.cyclonedx+json"));
    assert_str_equal(index->items[0].created, STR("2026-01-01T00:00:00Z"));
    assert_str_equal(index->items[1].of, STR(DIGEST));
    assert_str_equal(index->items[2].kind, STR("dev.cosignproject.cosign/atts"));
    for (size_t i = 0; i < 4; i++) {
        assert_true(index->items[i].is_attestation);
    }
    assert_false(index->items[4].is_attestation);
    const struct manifest *image = parse(
        state,
        "{\"artifactType\":\"t/a\",\"subject\":{\"digest\":\"" DIGEST
        "\"},\"layers\":[{\"digest\":\"sha256:ff\","
        "\"annotations\":{\"in-toto.io/predicate-type\":\"https://spdx.dev/Document\"}},"
        "{\"digest\":\"sha256:ff\",\"annotations\":{\"predicateType\":\"https://cyclonedx.org/bom\"}}]}");
    assert_non_null(image);
    assert_str_equal(image->subject, STR(DIGEST));
    assert_str_equal(image->artifact_type, STR("t/a"));
    assert_str_equal(image->items[0].predicate_type, STR("https://spdx.dev/Document"));
    assert_str_equal(image->items[1].predicate_type, STR("https://cyclonedx.org/bom"));
}

static void a_manifest_gives_layers_and_configuration(void **state) {
    const struct manifest *image = parse(
        state, "{\"schemaVersion\":2,\"config\":{\"digest\":\"" DIGEST "\",\"size\":5},\"layers\":["
               "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:aa\","
               "\"size\":12345678901},{\"digest\":\"sha256:bb\",\"size\":-1},{\"digest\":7}],"
               "\"annotations\":{\"org.opencontainers.image.base.name\":\"debian:12\"}}");
    assert_non_null(image);
    assert_int_equal(image->kind, MANIFEST_IMAGE);
    assert_str_equal(image->config.digest, STR(DIGEST));
    assert_int_equal(image->items_n, 3);
    assert_true(image->items[0].size == 12345678901);
    assert_str_equal(image->items[0].media_type, STR("application/vnd.oci.image.layer.v1.tar+gzip"));
    assert_true(image->items[1].size == 0);
    assert_int_equal(image->items[2].digest.n, 0);
    assert_str_equal(image->base_name, STR("debian:12"));
}

static void a_configuration_gives_contents_and_history(void **state) {
    const struct manifest *config =
        parse(state, "{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\",\"created\":\"2026-01-"
                     "02T03:04:05Z\","
                     "\"config\":{\"Labels\":{\"org.opencontainers.image.base.name\":\"alpine:3\"}},"
                     "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:aa\",\"sha256:bb\"]},"
                     "\"history\":[{\"created_by\":\"ADD file\"},{\"created_by\":\"CMD "
                     "[\\\"sh\\\"]\",\"empty_layer\":true}]}");
    assert_non_null(config);
    assert_int_equal(config->kind, MANIFEST_CONFIG);
    assert_str_equal(config->variant, STR("v8"));
    assert_str_equal(config->created, STR("2026-01-02T03:04:05Z"));
    assert_str_equal(config->base_name, STR("alpine:3"));
    assert_int_equal(config->diff_ids_n, 2);
    assert_str_equal(config->diff_ids[1], STR("sha256:bb"));
    assert_int_equal(config->history_n, 2);
    assert_str_equal(config->history[1].created_by, STR("CMD [\"sh\"]"));
    assert_true(config->history[1].is_empty);
    assert_false(config->history[0].is_empty);
}

/* moby's image specification 1.2, "Combined Image JSON + Filesystem Changeset Format". */
static void a_saved_manifest_gives_paths(void **state) {
    const struct manifest *saved = parse(
        state, "[{\"Config\":\"abc.json\",\"RepoTags\":[\"shop:1\",\"shop:2\"],"
               "\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]},{\"Config\":\"def.json\",\"Layers\":[]}]");
    assert_non_null(saved);
    assert_int_equal(saved->kind, MANIFEST_SAVED);
    assert_int_equal(saved->images_n, 2);
    const struct manifest *first = &saved->images[0], *second = &saved->images[1];
    assert_str_equal(first->config.digest, STR("abc.json"));
    assert_true(first->config.is_path);
    assert_int_equal(first->tags_n, 2);
    assert_str_equal(first->tags[1], STR("shop:2"));
    assert_int_equal(first->items_n, 2);
    assert_str_equal(first->items[1].digest, STR("b/layer.tar"));
    assert_str_equal(second->config.digest, STR("def.json"));
    assert_int_equal(second->tags_n, 0);
    saved = parse(state, "[{\"Config\":\"abc.json\",\"RepoTags\":null,\"Layers\":[]}]");
    assert_non_null(saved);
    assert_int_equal(saved->images[0].tags_n, 0);
}

static void other_documents_are_refused(void **state) {
    refuses(state, "", ERR_INPUT, "line 1");
    refuses(state, "{\"layers\":[", ERR_INPUT, "line 1 column");
    refuses(state, "{}", ERR_INPUT, "neither");
    refuses(state, "7", ERR_INPUT, "neither");
    refuses(state, "[]", ERR_INPUT, "names no image");
    refuses(state, "[{\"Config\":\"a\"}]", ERR_INPUT, "names no image");
    refuses(state, "{\"schemaVersion\":1,\"fsLayers\":[]}", ERR_UNSUPPORTED, "schema 1");
}

static void too_many_layers_are_refused(void **state) {
    static char json[LIMIT_LAYERS * 4 + 64];
    size_t n = (size_t)snprintf(json, sizeof json, "{\"layers\":[{}");
    for (int i = 0; i < LIMIT_LAYERS; i++) {
        n += (size_t)snprintf(json + n, sizeof json - n, ",{}");
    }
    snprintf(json + n, sizeof json - n, "]}");
    refuses(state, json, ERR_LIMIT, "1025 entries");
}

static void history_without_end_is_cut(void **state) {
    static char json[6 * LIMIT_LAYERS * 3 + 64];
    size_t n = (size_t)snprintf(json, sizeof json, "{\"rootfs\":{\"diff_ids\":[]},\"history\":[{}");
    for (int i = 0; i < 5 * LIMIT_LAYERS; i++) {
        n += (size_t)snprintf(json + n, sizeof json - n, ",{}");
    }
    snprintf(json + n, sizeof json - n, "]}");
    const struct manifest *config = parse(state, json);
    assert_non_null(config);
    assert_int_equal(config->history_n, 4 * LIMIT_LAYERS);
}

static void cut_records_are_errors(void **state) {
    struct parsed *parsed = *state;
    assert_non_null(parse(state, index_json));
    struct str whole = buf_view(&parsed->record);
    for (size_t n = 0; n < whole.n; n++) {
        struct err err = ERR_NONE;
        arena_reset(&parsed->arena);
        assert_int_equal(manifest_decode(str_sub(whole, 0, n), &parsed->arena, &parsed->manifest, &err),
                         ERR_INPUT);
    }
}

static void each_allocation_may_fail(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(MIB);
        struct buf record = buf_new(MIB);
        struct manifest manifest;
        struct err err = ERR_NONE;
        int r = manifest_encode(str_c(index_json), &record, &err);
        r = r == 0 ? manifest_decode(buf_view(&record), &arena, &manifest, &err) : r;
        assert_true(r == 0 || r == ERR_MEMORY);
        arena_free(&arena);
        buf_free(&record);
    });
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_parsed, close_parsed)
    const struct CMUnitTest tests[] = {
        CASE(an_index_gives_the_image_of_a_platform),
        CASE(what_is_attached_is_said),
        CASE(a_manifest_gives_layers_and_configuration),
        CASE(a_configuration_gives_contents_and_history),
        CASE(a_saved_manifest_gives_paths),
        CASE(other_documents_are_refused),
        CASE(too_many_layers_are_refused),
        CASE(history_without_end_is_cut),
        CASE(cut_records_are_errors),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
