/* Lockfiles in TOML, all by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_cargo_lock.inspect, "Cargo.lock", data, size);
    inspect_bytes(inspect_julia_manifest.inspect, "Manifest.toml", data, size);
    inspect_bytes(inspect_pdm_lock.inspect, "pdm.lock", data, size);
    inspect_bytes(inspect_poetry_lock.inspect, "poetry.lock", data, size);
    inspect_bytes(inspect_pylock.inspect, "pylock.toml", data, size);
    inspect_bytes(inspect_uv_lock.inspect, "uv.lock", data, size);
    return 0;
}
