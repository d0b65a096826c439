/* Versions in the bytes of any program, and files in which a runtime says its own. */
#include "fuzz.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/programs/program.h"
#include "inspect_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    for (size_t i = 0; i < programs_n; i++) {
        for (size_t s = 0; s < PROGRAM_STRINGS; s++) {
            const struct program_string *string = &programs[i].strings[s];
            if (string->before.n || string->after.n) {
                program_version(&programs[i], string, str_n((const char *)data, size));
            }
        }
    }
    inspect_bytes(inspect_runtime_release.inspect, "opt/java/release", data, size);
    inspect_bytes(inspect_runtime_release.inspect, "releases/26/OTP_VERSION", data, size);
    return 0;
}
