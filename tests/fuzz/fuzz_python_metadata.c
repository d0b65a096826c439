/* The head of Python metadata. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_python_installed.inspect, "a.dist-info/METADATA", data, size);
    return 0;
}
