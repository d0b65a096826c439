/* Lockfiles and records of packages in JSON, all by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_bun_lock.inspect, "bun.lock", data, size);
    inspect_bytes(inspect_composer_installed.inspect, "vendor/composer/installed.json", data, size);
    inspect_bytes(inspect_composer_lock.inspect, "composer.lock", data, size);
    inspect_bytes(inspect_conda_installed.inspect, "conda-meta/a.json", data, size);
    inspect_bytes(inspect_renv_lock.inspect, "renv.lock", data, size);
    inspect_bytes(inspect_swift_resolved.inspect, "Package.resolved", data, size);
    return 0;
}
