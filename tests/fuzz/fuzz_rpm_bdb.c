/* A Berkeley DB database of rpm in; facts that can be read out. */
#include "fuzz.h"
#include "inspect/packages/rpm/rpm_db.h"
#include "inspect_bytes.h"

static int read_database(struct inspection *in, struct err *err) {
    struct rpm_needs needs = rpm_needs_new(in->arena);
    struct rpm_reader reader = rpm_reader_new(in, &needs);
    int r = rpm_bdb_read(&reader, err);
    return r < 0 ? r : rpm_needs_put(&needs, &reader.problems, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    inspect_bytes(read_database, "var/lib/rpm/Packages", data, size);
    return 0;
}
