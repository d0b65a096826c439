/* npm's lockfiles, and package.json by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_npm_lock.inspect, "package-lock.json", data, size);
    inspect_bytes(inspect_npm_installed.inspect, "node_modules/a/package.json", data, size);
    return 0;
}
