#include "cmd/commands.h"
#include "cmd/scan.h"

static int run_sbom(const struct arguments *arguments) {
    static const struct scan_mode mode = {.format = "cyclonedx", .judges = false};
    return scan_run(arguments, &mode);
}

static const char *const formats[] = {"cyclonedx", "spdx", NULL};

static const struct option options[] = {
    {"format", 'f', "FORMAT", "Bills of materials", "cyclonedx (1.6) or spdx (2.3), to standard output",
     formats, false},
    {"output", 'o', "FORMAT=FILE", "Bills of materials", "a further one to a file; can be repeated", NULL,
     true, true},
    {"quiet", 'q', NULL, "Bills of materials", "no progress", NULL, false},
    SCAN_IMAGE_OPTIONS,
    SCAN_READING_OPTIONS,
    {"help", 'h', NULL, "Debugging", "this help", NULL, false, true},
    {0},
};

const struct command command_sbom = {
    .name = "sbom",
    .summary = "a bill of materials: what an image or a folder is made of",
    .operands = "TARGET",
    .options = options,
    .examples =
        (const struct example[]){
            {"plimsoll sbom nginx:1.27 > nginx.cdx.json", "CycloneDX 1.6 of an image"},
            {"plimsoll sbom . -f spdx", "SPDX 2.3 of this folder's lockfiles"},
            {"plimsoll sbom docker-archive:web.tar -o spdx=web.spdx.json -o cyclonedx=web.cdx.json",
             "both at once"},
            {0},
        },
    .details = "Targets are those of plimsoll scan. Packages come with their layer, licence, checksum and "
               "what they need.\n"
               "Exit: 0 all was read, 2 wrong use or no such target, 3 part of it could not be read, which "
               "the bill says.",
    .run = run_sbom,
};
