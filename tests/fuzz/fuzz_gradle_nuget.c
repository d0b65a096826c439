/* Lockfiles of Gradle, sbt and NuGet by the same bytes. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_gradle.inspect, "gradle.lockfile", data, size);
    inspect_bytes(inspect_gradle.inspect, "gradle/verification-metadata.xml", data, size);
    inspect_bytes(inspect_sbt_lock.inspect, "build.sbt.lock", data, size);
    inspect_bytes(inspect_nuget_lock.inspect, "packages.lock.json", data, size);
    inspect_bytes(inspect_nuget_lock.inspect, "a.deps.json", data, size);
    inspect_bytes(inspect_nuget_lock.inspect, "obj/project.assets.json", data, size);
    return 0;
}
