/* Lockfiles in YAML, all by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_conda_environment.inspect, "environment.yml", data, size);
    inspect_bytes(inspect_conda_lock.inspect, "conda-lock.yml", data, size);
    inspect_bytes(inspect_github_actions.inspect, "action.yml", data, size);
    inspect_bytes(inspect_pnpm_lock.inspect, "pnpm-lock.yaml", data, size);
    inspect_bytes(inspect_podfile_lock.inspect, "Podfile.lock", data, size);
    inspect_bytes(inspect_pub_lock.inspect, "pubspec.lock", data, size);
    inspect_bytes(inspect_stack_lock.inspect, "stack.yaml.lock", data, size);
    inspect_bytes(inspect_yarn_lock.inspect, "yarn.lock", data, size);
    return 0;
}
