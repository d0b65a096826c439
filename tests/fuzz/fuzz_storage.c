/* The lists of local storages: each reader takes the same bytes. */
#include "base/limits.h"
#include "fuzz.h"
#include "source/image/storage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    struct str text = str_n((const char *)data, size), root;
    struct storage_query query;
    struct storage_image image;
    struct storage_layer *layers;
    struct err err = ERR_NONE;
    size_t n;
    (void)storage_query_parse(text, &arena, &query, &err);
    if (storage_query_parse(STR("8221"), &arena, &query, &err) < 0) {
        return 0;
    }
    (void)storage_images_encode(text, &query, &out, &err);
    (void)storage_repositories_encode(text, &query, &out, &err);
    (void)storage_layers_encode(text, STR("bb"), &out, &err);
    (void)storage_conf_encode(text, &out, &err);
    (void)storage_image_decode(text, &image, &err);
    (void)storage_layers_decode(text, &arena, &layers, &n, &err);
    (void)storage_conf_decode(text, &root, &err);
    return 0;
}
