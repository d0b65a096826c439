/* A byte for the scheme, then two versions with a NUL between them: they compare the same both ways, and each
 * is equal to itself. */
#include "fuzz.h"
#include "vuln/version/version.h"

static int sign(int order) {
    return (order > 0) - (order < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    enum version_scheme scheme = (enum version_scheme)(data[0] % VERSION_SCHEMES);
    struct str a, b;
    str_cut(str_n((const char *)data + 1, size - 1), '\0', &a, &b);
    bool is_mirrored = sign(version_compare(scheme, a, b)) == -sign(version_compare(scheme, b, a));
    bool is_itself = version_compare(scheme, a, a) == 0 && version_compare(scheme, b, b) == 0;
    if (!is_mirrored || !is_itself) {
        __builtin_trap();
    }
    (void)version_is_valid(scheme, a);
    return 0;
}
