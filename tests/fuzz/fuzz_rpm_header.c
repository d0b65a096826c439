/* The header of an rpm package, as a database holds it, in; facts that can be read out. */
#include "fuzz.h"
#include "inspect/packages/rpm/rpm_db.h"
#include "inspect_bytes.h"

static int read_header(struct inspection *in, struct err *err) {
    struct rpm_needs needs = rpm_needs_new(in->arena);
    struct rpm_reader reader = rpm_reader_new(in, &needs);
    int r = rpm_reader_header(&reader, in->body, "header", err);
    return r < 0 ? r : rpm_needs_put(&needs, &reader.problems, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(read_header, "header", data, size);
    return 0;
}
