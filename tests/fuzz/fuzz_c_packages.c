/* Conan, vcpkg, opkg and pacman by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_conan.inspect, "conan.lock", data, size);
    inspect_bytes(inspect_conan.inspect, "conanfile.txt", data, size);
    inspect_bytes(inspect_vcpkg.inspect, "vcpkg.json", data, size);
    inspect_bytes(inspect_vcpkg.inspect, "installed/vcpkg/status", data, size);
    inspect_bytes(inspect_opkg.inspect, "usr/lib/opkg/status", data, size);
    inspect_bytes(inspect_pacman.inspect, "var/lib/pacman/local/a-1-1/desc", data, size);
    inspect_bytes(inspect_pacman.inspect, "var/lib/pacman/local/a-1-1/files", data, size);
    return 0;
}
