#include "report/formats.h"

const struct report_format report_formats[] = {
    {"csv", "comma-separated values, a line for each finding", report_csv, false},
    {"cyclonedx", "CycloneDX 1.6 JSON: a bill of materials", report_cyclonedx, true},
    {"github", "annotations of a GitHub workflow", report_github, false},
    {"github-snapshot", "a snapshot for GitHub's dependency graph", report_github_snapshot, true},
    {"gitlab-container", "GitLab's container scanning report", report_gitlab_container, false},
    {"gitlab-dependency", "GitLab's dependency scanning report", report_gitlab_dependency, false},
    {"gitlab-sast", "GitLab's SAST report: what checks found", report_gitlab_sast, false},
    {"gitlab-secret", "GitLab's secret detection report", report_gitlab_secret, false},
    {"html", "one page for a browser, which needs nothing beside itself", report_html, false},
    {"human", "for people: what to do first, then the findings", report_human, false},
    {"json", "one JSON object; docs/report.schema.json describes it", report_json, false},
    {"junit", "JUnit's XML, for CI servers", report_junit, false},
    {"markdown", "a comment for a merge request", report_markdown, false},
    {"openvex", "OpenVEX 0.2: what was decided about vulnerabilities", report_openvex, false},
    {"sarif", "SARIF 2.1.0, for code scanning services and editors", report_sarif, false},
    {"spdx", "SPDX 2.3 JSON: a bill of materials", report_spdx, true},
    {"template", "your own shape, by --template FILE", report_template, false},
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
