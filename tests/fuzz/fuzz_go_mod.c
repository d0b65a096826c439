/* go.mod files, and by the same bytes vendor/modules.txt and VERSION. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_go_mod.inspect, "go.mod", data, size);
    inspect_bytes(inspect_go_vendor.inspect, "vendor/modules.txt", data, size);
    inspect_bytes(inspect_go_toolchain.inspect, "go/VERSION", data, size);
    return 0;
}
