/* The content of .dep-v0, packed. */
#include "fuzz.h"
#include "inspect/packages/cargo_auditable.h"
#include "inspect_bytes.h"

static int inspect(struct inspection *in, struct err *err) {
    return cargo_auditable_read(in, in->body, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(inspect, "app", data, size);
    return 0;
}
