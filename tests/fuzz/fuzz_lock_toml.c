/* Cargo's, Poetry's and uv's lockfiles by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_cargo_lock.inspect, "Cargo.lock", data, size);
    inspect_bytes(inspect_poetry_lock.inspect, "poetry.lock", data, size);
    inspect_bytes(inspect_uv_lock.inspect, "uv.lock", data, size);
    return 0;
}
