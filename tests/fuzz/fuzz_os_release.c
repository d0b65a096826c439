/* A release file in; facts that can be read out. The first byte says which of them. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size) {
        const char *path = inspect_os_release.wants[data[0] % INSPECTOR_WANTS].path;
        inspect_bytes(inspect_os_release.inspect, path, data + 1, size - 1);
    }
    return 0;
}
