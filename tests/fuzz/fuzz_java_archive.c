/* Java archives in each other, and manifests and file names by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/java/java_name.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct java_manifest manifest;
    struct java_name name;
    struct str bytes = str_n((const char *)data, size);
    inspect_bytes(inspect_java_archive.inspect, "lib/a-1.0.jar", data, size);
    if (java_manifest_read(&arena, bytes, &manifest, NULL) == 0) {
        java_name_guess(&manifest, str_sub(bytes, 0, 40), &name);
    }
    return 0;
}
