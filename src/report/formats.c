#include "report/formats.h"

const struct report_format report_formats[] = {
    {"cyclonedx", "CycloneDX 1.6 JSON: a bill of materials", report_cyclonedx, true},
    {"human", "for people: what to do first, then the findings", report_human, false},
    {"json", "one JSON object; docs/report.schema.json describes it", report_json, false},
    {"sarif", "SARIF 2.1.0, for code scanning services and editors", report_sarif, false},
    {"spdx", "SPDX 2.3 JSON: a bill of materials", report_spdx, true},
};
const size_t report_formats_n = ARRAY_SIZE(report_formats);

const struct report_format *report_format_of(struct str name) {
    for (size_t i = 0; i < ARRAY_SIZE(report_formats); i++) {
        if (str_eq(name, str_c(report_formats[i].name))) {
            return &report_formats[i];
        }
    }
    return NULL;
}
