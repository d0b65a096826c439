/* A dpkg status file, stanza or file list in; facts that can be read out. The first byte says which. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const paths[] = {
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/base",
        "var/lib/dpkg/info/libc6:amd64.list",
        "var/lib/dpkg/info/bash.md5sums",
    };
    if (size) {
        inspect_bytes(inspect_dpkg.inspect, paths[data[0] % ARRAY_SIZE(paths)], data + 1, size - 1);
    }
    return 0;
}
