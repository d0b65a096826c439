#include "source/image/storage.h"

#include "base/limits.h"
#include "test.h"

#define ID_A "8221fe99e90a8d1c4c327863d260f27680781a45d1c8b55f8ea009add6972da7"
#define ID_B "8221aa92fa8e66c12e0475e4c7064c717a4f0a5d53cedd23b5e4fda2add2b61b"
#define ID_C "1c15029e261ef519a4106f5bc31344bfa0df1270786f70f8787f276bba47535d"

static unsigned match(const char *text, const char *listed) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct storage_query query;
    struct err err = ERR_NONE;
    assert_int_equal(storage_query_parse(str_c(text), &arena, &query, &err), 0);
    return storage_query_match(&query, str_c(listed), STR("sha256:" ID_A));
}

/* containers-registries.conf(5) and `docker image ls` say how names are written. */
static void test_names(void **state _unused_) {
    assert_true(match("nginx", "docker.io/library/nginx:latest"));
    assert_true(match("nginx", "nginx:latest"));
    assert_true(match("nginx:1.27", "docker.io/library/nginx:1.27"));
    assert_true(match("docker.io/library/nginx:latest", "nginx:latest"));
    assert_true(match("localhost/shop:1", "localhost/shop:1"));
    assert_true(match("shop:1", "localhost/shop:1"));
    assert_true(match("shop:1", "localhost/shop:1") < match("shop:1", "docker.io/library/shop:1"));
    assert_true(match("quay.io/a/b:1", "quay.io/a/b:1"));
    assert_true(match("a/b", "docker.io/a/b:latest"));
    assert_true(match("nginx@sha256:" ID_A, "docker.io/library/nginx:1.27"));
    assert_true(match("nginx:9@sha256:" ID_B, "nginx@sha256:" ID_B));
    assert_false(match("nginx", "docker.io/library/nginx:1.27"));
    assert_false(match("nginx", "docker.io/library/nginx-extra:latest"));
    assert_false(match("nginx", "quay.io/nginx:latest"));
    assert_false(match("docker.io/library/shop:1", "localhost/shop:1"));
    assert_false(match("nginx@sha256:" ID_B, "docker.io/library/nginx:latest"));
}

static int find(int (*encode)(struct str, const struct storage_query *, struct buf *, struct err *),
                struct str json, const char *text, char id[65], char layer[65]) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf record = buf_new(MIB);
    struct storage_query query;
    struct storage_image image;
    struct err err = ERR_NONE;
    int r = storage_query_parse(str_c(text), &arena, &query, &err);
    if (r == 0) {
        r = encode(json, &query, &record, &err);
    }
    if (r == 0) {
        r = storage_image_decode(buf_view(&record), &image, &err);
    }
    if (r == 0) {
        snprintf(id, 65, "%.*s", STR_ARG(image.id));
        snprintf(layer, 65, "%.*s", STR_ARG(image.layer));
    }
    return r;
}

#define IMAGES                                                                                               \
    STR("[{\"id\":\"" ID_A "\",\"names\":[\"localhost/debian:12\"],\"layer\":\"" ID_C "\"},"                 \
        "{\"id\":\"" ID_B "\",\"names\":[\"docker.io/library/shop:1\"]},"                                    \
        "{\"id\":\"../../etc\",\"names\":[\"localhost/evil:1\"]}]")

static void test_images(void **state _unused_) {
    char id[65], layer[65];
    assert_int_equal(find(storage_images_encode, IMAGES, "debian:12", id, layer), 0);
    assert_string_equal(id, ID_A);
    assert_string_equal(layer, ID_C);
    assert_int_equal(find(storage_images_encode, IMAGES, "8221aa92", id, layer), 0);
    assert_string_equal(id, ID_B);
    assert_string_equal(layer, "");
    assert_int_equal(find(storage_images_encode, IMAGES, "sha256:" ID_A, id, layer), 0);
    assert_string_equal(id, ID_A);
    assert_int_equal(find(storage_images_encode, IMAGES, "8221", id, layer), ERR_USAGE);
    assert_int_equal(find(storage_images_encode, IMAGES, "evil:1", id, layer), ERR_ABSENT);
    assert_int_equal(find(storage_images_encode, STR("{"), "debian:12", id, layer), ERR_INPUT);
    WITH_EACH_ALLOCATION_FAILED((void)find(storage_images_encode, IMAGES, "debian:12", id, layer));
}

static void test_repositories(void **state _unused_) {
    struct str json =
        STR("{\"Repositories\":{\"nginx\":{\"nginx:1.27\":\"sha256:" ID_A "\",\"nginx@sha256:" ID_C
            "\":\"sha256:" ID_A "\"},\"quay.io/a/b\":{\"quay.io/a/b:1\":\"sha256:" ID_B "\"}}}");
    char id[65], layer[65];
    assert_int_equal(find(storage_repositories_encode, json, "docker.io/library/nginx:1.27", id, layer), 0);
    assert_string_equal(id, ID_A);
    assert_int_equal(find(storage_repositories_encode, json, "nginx@sha256:" ID_C, id, layer), 0);
    assert_string_equal(id, ID_A);
    assert_int_equal(find(storage_repositories_encode, json, "8221aa", id, layer), 0);
    assert_string_equal(id, ID_B);
    assert_int_equal(find(storage_repositories_encode, json, "nginx", id, layer), ERR_ABSENT);
    assert_int_equal(find(storage_repositories_encode, STR("[]"), "nginx", id, layer), ERR_ABSENT);
    WITH_EACH_ALLOCATION_FAILED((void)find(storage_repositories_encode, json, "nginx:1.27", id, layer));
}

static void test_layers(void **state _unused_) {
    struct str json =
        STR("[{\"id\":\"aa\",\"diff-digest\":\"sha256:1\"},"
            "{\"id\":\"bb\",\"parent\":\"aa\"},{\"id\":\"x\",\"parent\":\"y\"},"
            "{\"id\":\"y\",\"parent\":\"x\"},{\"id\":\"..\"},{\"id\":\"z\",\"parent\":\"none\"}]");
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(buf_free) struct buf record = buf_new(MIB);
    struct storage_layer *layers;
    struct err err = ERR_NONE;
    size_t n;
    assert_int_equal(storage_layers_encode(json, STR("bb"), &record, &err), 0);
    assert_int_equal(storage_layers_decode(buf_view(&record), &arena, &layers, &n, &err), 0);
    assert_int_equal(n, 2);
    assert_str_equal(layers[0].id, STR("aa"));
    assert_str_equal(layers[0].diff_id, STR("sha256:1"));
    assert_str_equal(layers[1].id, STR("bb"));
    assert_str_equal(layers[1].diff_id, STR(""));
    assert_int_equal(storage_layers_encode(json, STR("x"), &record, &err), ERR_LIMIT);
    assert_int_equal(storage_layers_encode(json, STR(".."), &record, &err), ERR_INPUT);
    assert_int_equal(storage_layers_encode(json, STR("z"), &record, &err), ERR_INPUT);
}

static void test_conf(void **state _unused_) {
    _cleanup_(buf_free) struct buf record = buf_new(MIB);
    struct str root;
    struct err err = ERR_NONE;
    struct str toml = STR("[storage]\ndriver = \"overlay\"\ngraphroot = \"/srv/images\"\n");
    assert_int_equal(storage_conf_encode(toml, &record, &err), 0);
    assert_int_equal(storage_conf_decode(buf_view(&record), &root, &err), 0);
    assert_str_equal(root, STR("/srv/images"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),  cmocka_unit_test(test_images), cmocka_unit_test(test_repositories),
        cmocka_unit_test(test_layers), cmocka_unit_test(test_conf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
