/* Any bytes as a CVSS vector: a score is from 0 to 10. */
#include "fuzz.h"
#include "vuln/cvss.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct cvss cvss;
    if (cvss_read(str_n((const char *)data, size), &cvss) && !(cvss.score >= 0 && cvss.score <= 10)) {
        abort();
    }
    return 0;
}
