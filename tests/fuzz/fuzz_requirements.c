/* pip requirements files. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_python_requirements.inspect, "requirements.txt", data, size);
    return 0;
}
