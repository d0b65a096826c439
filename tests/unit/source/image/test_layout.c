#include "base/hash.h"
#include "place.h"
#include "source/image/image.h"

#define CONFIG                                                                                               \
    "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"   \
    "aa\"]},"                                                                                                \
    "\"history\":[{\"created_by\":\"CMD [\\\"sh\\\"]\",\"empty_layer\":true},{\"created_by\":\"COPY a "      \
    "b\"}]}"

/* Puts a blob and writes its digest. */
static void put_blob(struct place *place, const char *content, char digest[8 + SHA256_HEX]) {
    char hex[SHA256_HEX + 1], name[128];
    assert_int_equal(sha256_hex(str_c(content), hex), 0);
    snprintf(digest, 8 + SHA256_HEX, "sha256:%s", hex);
    snprintf(name, sizeof name, "blobs/sha256/%s", hex);
    place_put(place, name, str_c(content));
}

static void put_manifest(struct place *place, const char *layer, char digest[8 + SHA256_HEX]) {
    char config[8 + SHA256_HEX], json[1024];
    put_blob(place, CONFIG, config);
    snprintf(json, sizeof json,
             "{\"config\":{\"digest\":\"%s\",\"size\":9},\"layers\":[{\"digest\":\"%s\",\"size\":5}]}",
             config, layer);
    put_blob(place, json, digest);
}

static void put_index(struct place *place, const char *first, const char *second) {
    char json[1024];
    snprintf(json, sizeof json,
             "{\"manifests\":[{\"digest\":\"%s\",\"annotations\":{\"org.opencontainers.image.ref.name\":"
             "\"one\"}}%s%s%s]}",
             first, second ? ",{\"digest\":\"" : "", second ? second : "",
             second ? "\",\"annotations\":{\"org.opencontainers.image.ref.name\":\"two\"}}" : "");
    place_put(place, "index.json", str_c(json));
    place_put(place, "oci-layout", STR("{\"imageLayoutVersion\":\"1.0.0\"}"));
}

static int open_layout(struct place *place, const char *pick, struct image **image, struct err *err) {
    struct target target = {
        .kind = TARGET_OCI_DIRECTORY, .name = STR("oci-dir:x"), .place = place->folder, .pick = str_c(pick)};
    *err = ERR_NONE;
    return image_open(image, &target, &(struct image_options){.platform = STR("linux/amd64")}, err);
}

static void a_layout_gives_its_image(void **state) {
    struct place *place = *state;
    _cleanup_(image_closep) struct image *image = NULL;
    char layer[8 + SHA256_HEX], manifest[8 + SHA256_HEX];
    struct image_blob blob;
    struct err err;
    bool wanted = true;
    put_blob(place, "layer", layer);
    put_manifest(place, layer, manifest);
    put_index(place, manifest, NULL);
    assert_int_equal(open_layout(place, NULL, &image, &err), 0);
    assert_str_equal(image->manifest_digest, str_c(manifest));
    assert_str_equal(image->platform, STR("linux/amd64"));
    assert_int_equal(image->layers_n, 1);
    assert_str_equal(image->layers[0].digest, str_c(layer));
    assert_str_equal(image->layers[0].diff_id, STR("sha256:aa"));
    assert_str_equal(image->layers[0].created_by, STR("COPY a b"));
    assert_int_equal(image_layer_open(image, 0, &wanted, &blob, &err), 0);
    assert_int_equal(blob.size, 5);
}

static void a_missing_layer_is_its_own_error(void **state) {
    struct place *place = *state;
    _cleanup_(image_closep) struct image *image = NULL;
    char manifest[8 + SHA256_HEX];
    struct image_blob blob;
    struct err err;
    bool wanted = true;
    put_manifest(place, "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", manifest);
    put_index(place, manifest, NULL);
    assert_int_equal(open_layout(place, NULL, &image, &err), 0);
    assert_int_equal(image_layer_open(image, 0, &wanted, &blob, &err), ERR_ABSENT);
    assert_non_null(strstr(err.message, "missing"));
}

static void one_of_several_is_picked_by_name(void **state) {
    struct place *place = *state;
    _cleanup_(image_closep) struct image *image = NULL;
    char layer[8 + SHA256_HEX], one[8 + SHA256_HEX], two[8 + SHA256_HEX];
    struct err err;
    put_blob(place, "layer", layer);
    put_manifest(place, "sha256:bb", one);
    put_manifest(place, layer, two);
    put_index(place, one, two);
    assert_int_equal(open_layout(place, NULL, &image, &err), ERR_USAGE);
    assert_int_equal(open_layout(place, "three", &image, &err), ERR_USAGE);
    assert_int_equal(open_layout(place, "two", &image, &err), 0);
    assert_str_equal(image->manifest_digest, str_c(two));
}

static void changed_documents_are_refused(void **state) {
    struct place *place = *state;
    _cleanup_(image_closep) struct image *image = NULL;
    char manifest[8 + SHA256_HEX], name[128];
    struct err err;
    put_manifest(place, "sha256:bb", manifest);
    put_index(place, manifest, NULL);
    snprintf(name, sizeof name, "blobs/sha256/%s", manifest + 7);
    place_put(place, name, STR("{\"layers\":[]}"));
    assert_int_equal(open_layout(place, NULL, &image, &err), 0);
    assert_true(str_find(image->problem, STR("changed or damaged")) >= 0);
    assert_int_equal(image->layers_n, 0);
}

/* A digest is a part of a path, and links may lie in the folder. */
static void nothing_outside_the_folder_is_read(void **state) {
    struct place *place = *state;
    _cleanup_(image_closep) struct image *image = NULL;
    struct err err;
    put_index(place, "sha256:../../../../../etc/passwd", NULL);
    assert_int_equal(open_layout(place, NULL, &image, &err), 0);
    assert_true(image->problem.n && !image->layers_n);
    image_close(TAKE_PTR(image));
    const char *zeros = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    char name[128];
    put_index(place, zeros, NULL);
    snprintf(name, sizeof name, "blobs/sha256/%s", zeros + 7);
    place_put(place, "blobs/sha256/x", STR(""));
    assert_int_equal(symlink("/etc/passwd", place_path(place, name)), 0);
    assert_true(open_layout(place, NULL, &image, &err) < 0);
    assert_null(strstr(err.message, "root:"));
}

static void a_folder_without_an_index_is_none(void **state) {
    struct image *image = NULL;
    struct err err;
    assert_int_equal(open_layout(*state, NULL, &image, &err), ERR_USAGE);
    assert_non_null(strstr(err.message, "index.json"));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, place_open, place_close)
    const struct CMUnitTest tests[] = {
        CASE(a_layout_gives_its_image),           CASE(a_missing_layer_is_its_own_error),
        CASE(one_of_several_is_picked_by_name),   CASE(changed_documents_are_refused),
        CASE(nothing_outside_the_folder_is_read), CASE(a_folder_without_an_index_is_none),
    };
    return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
