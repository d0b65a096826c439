/* ELF files with what Go and cargo-auditable leave in them. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect_executable.inspect, "app", data, size);
    return 0;
}
