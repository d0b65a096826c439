/* Build files in XML: pom.xml, .NET projects. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_maven_pom.inspect, "pom.xml", data, size);
    inspect_bytes(inspect_nuget_project.inspect, "a.csproj", data, size);
    return 0;
}
