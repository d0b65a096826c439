/* `plimsoll scan` as the user meets it: its options, examples and words. */
#include "cmd/commands.h"
#include "cmd/scan.h"

static int run_scan(const struct arguments *arguments) {
    static const struct scan_mode mode = {.format = "human", .judges = true};
    return scan_run(arguments, &mode);
}

static const char *const severities[] = {"low", "medium", "high", "critical", NULL};

static const char *const profiles[] = {"off", "baseline", "strict", NULL};

static const struct option options[] = {
    {"fail-on", 0, "SEVERITY", "What counts", "exit with 1 when something is at least this bad", severities,
     false},
    {"severity", 0, "SEVERITY", "What counts", "leave out what is less bad", severities, false},
    {"ignore-unfixed", 0, NULL, "What counts", "leave out what has no fixed version yet", NULL, false},
    {"profile", 0, "PROFILE", "What counts", "built-in guardrails: off, baseline or strict", profiles, false},
    {"guardrails", 0, "FILE", "What counts", "your guardrails, which no scanned folder can loosen", NULL,
     false, true},
    {"baseline", 0, "FILE|run:N|REF", "What counts",
     "only what is new against a JSON report, a run of --store or a git revision", NULL, false, true},
    {"vex", 0, "FILE|attached", "What counts",
     "what is said of vulnerabilities: OpenVEX, CycloneDX or CSAF, or what is attached to the image", NULL,
     true, true},
    {"policy", 0, "DIR|FILE|oci:IMAGE", "What counts", "further checks of your own; see: plimsoll check new",
     NULL, true, true},
    {"admission-policies", 0, NULL, "What counts",
     "judge the manifests also by the ValidatingAdmissionPolicy objects among them", NULL, false},
    {"no-secrets", 0, NULL, "Secrets", "do not look for secrets", NULL, false},
    {"secret-rules", 0, "FILE", "Secrets", "further kinds of secrets; see docs/secrets.md", NULL, true, true},
    {"secrets-key", 0, "FILE", "Secrets",
     "hash values under this file's bytes, for the same fingerprints on several machines", NULL, false, true},
    {"history", 0, NULL, "Secrets",
     "of git: targets, look for secrets in all commits of all branches and tags", NULL, false},
    {"history-range", 0, "RANGE", "Secrets", "the same for the commits of a range, as v1.0..main", NULL,
     false},
    {"fix", 0, NULL, "Fixes", "mend the files of a folder where a check knows how", NULL, false, true},
    {"dry-run", 0, NULL, "Fixes", "with --fix: write nothing, print what would change as a diff", NULL, false,
     true},
    {"explain", 0, NULL, "Reports", "say which guardrail decided each finding, and which were asked", NULL,
     false},
    {"format", 'f', "FORMAT", "Reports", "how it is said on standard output; see the list of formats", NULL,
     false},
    {"output", 'o', "FORMAT=FILE", "Reports", "a further report to a file; can be repeated", NULL, true,
     true},
    {"template", 0, "FILE", "Reports", "what -f template writes by; see docs/templates.md", NULL, false,
     true},
    {"sha", 0, "COMMIT", "Reports", "github-snapshot: the commit it is of; default: GITHUB_SHA", NULL, false,
     true},
    {"ref", 0, "REF", "Reports",
     "github-snapshot: its branch or tag, as refs/heads/main; default: GITHUB_REF", NULL, false, true},
    {"job", 0, "NAME", "Reports",
     "github-snapshot: what the next one of the same name replaces; default: GITHUB_WORKFLOW and GITHUB_JOB",
     NULL, false, true},
    {"all", 'a', NULL, "Reports", "every finding, not only critical and high", NULL, false},
    {"show-suppressed", 0, NULL, "Reports", "also what was judged not to apply, and why", NULL, false},
    {"show-removed", 0, NULL, "Reports", "also packages that later layers delete or replace", NULL, false},
    {"quiet", 'q', NULL, "Reports", "only what blocks", NULL, false},
    SCAN_IMAGE_OPTIONS,
    {"bases", 0, "FILE", "Images", "base images that are known, and their newest version; see: plimsoll base",
     NULL, false},
    {"db", 0, "FILE", "Data", "the advisory database; default: the updated one, else the snapshot", NULL,
     false},
    {"store", 0, "FILE", "Data", "keep the results in this database; default: in memory", NULL, false, true},
    SCAN_READING_OPTIONS,
    {"help", 'h', NULL, "Debugging", "this help", NULL, false, true},
    {0},
};

const struct command command_scan = {
    .name = "scan",
    .summary = "which packages of an image or a folder are vulnerable, and what to do",
    .operands = "TARGET…",
    .options = options,
    .examples =
        (const struct example[]){
            {"plimsoll scan nginx:1.27", "an image from podman's or Docker's storage, or from its registry"},
            {"plimsoll scan docker-archive:web.tar --fail-on high",
             "what `docker save` wrote; exits with 1 when it is bad"},
            {"plimsoll scan . -o sarif=out.sarif",
             "this folder's lockfiles, with a report for code scanning"},
            {"plimsoll scan sbom:image:ghcr.io/acme/web:1 --vex attached",
             "the bill and VEX that are attached to an image"},
            {0},
        },
    .details = "A target is SCHEME:PLACE, or a PLACE that is recognised. Schemes: image, docker-archive, "
               "oci-archive,\n"
               "oci-dir, dir, rootfs, sbom (a file, or image:NAME for what is attached to it), git (PATH or "
               "PATH@REF).\n"
               "Exit: 0 nothing blocked, 1 blocked, 2 wrong use or no such target,\n"
               "3 finished but part of it could not be read. Options can also be set in the environment\n"
               "(PLIMSOLL_FAIL_ON=high) and in .plimsoll.yaml (fail-on: high).",
    .lists_formats = true,
    .run = run_scan,
};
