/* Executables that say what they were built from: Go's, and Rust's by cargo-auditable.
 *
 * One inspector, so that each ELF file is opened once; what it holds is told by its section names. */
#include "base/limits.h"
#include "inspect/packages/cargo_auditable.h"
#include "inspect/packages/go_binary.h"
#include "inspect/packages/packages.h"

static int inspect(struct inspection *in, struct err *err) {
    struct elf_file file;
    int rc = elf_file_open(&file, in, err);
    rc = rc < 0 ? rc : go_binary_inspect(in, &file, err);
    return rc < 0 ? rc : cargo_auditable_inspect(in, &file, err);
}

const struct inspector inspect_executable = {
    .name = "executable",
    .title = "Go and Rust executables",
    .reads = "ELF files: Go build information and line table, cargo-auditable's .dep-v0",
    .version = 2,
    .may_spool = true,
    .body_max = LIMIT_BODY_IN_MEMORY,
    .wants = {{.magic = "\x7f"
                        "ELF"}},
    .inspect = inspect,
};
