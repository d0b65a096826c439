/* An apk database in; facts that can be read out. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_apk.inspect, "lib/apk/db/installed", data, size);
    return 0;
}
