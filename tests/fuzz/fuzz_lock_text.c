/* Lockfiles and records of packages in forms of their own, all by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_cabal_freeze.inspect, "cabal.project.freeze", data, size);
    inspect_bytes(inspect_gem_installed.inspect, "specifications/a.gemspec", data, size);
    inspect_bytes(inspect_gemfile_lock.inspect, "Gemfile.lock", data, size);
    inspect_bytes(inspect_mix_lock.inspect, "mix.lock", data, size);
    inspect_bytes(inspect_r_installed.inspect, "library/a/DESCRIPTION", data, size);
    inspect_bytes(inspect_rebar_lock.inspect, "rebar.lock", data, size);
    inspect_bytes(inspect_terraform_lock.inspect, ".terraform.lock.hcl", data, size);
    inspect_bytes(inspect_yarn_lock.inspect, "yarn.lock", data, size);
    return 0;
}
