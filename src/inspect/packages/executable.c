/* Executables that say what they are: Go's, Rust's by cargo-auditable, notes of packages, and versions in the
 * bytes of well-known programs.
 *
 * One inspector, so that each ELF file is opened once; what it holds is told by its section names. */
#include "base/limits.h"
#include "inspect/packages/cargo_auditable.h"
#include "inspect/packages/go_binary.h"
#include "inspect/packages/packages.h"
#include "inspect/packages/programs/package_note.h"
#include "inspect/packages/programs/program.h"

static int inspect(struct inspection *in, struct err *err) {
    struct elf_file file;
    int rc = elf_file_open(&file, in, err);
    rc = rc < 0 ? rc : go_binary_inspect(in, &file, err);
    rc = rc < 0 ? rc : cargo_auditable_inspect(in, &file, err);
    rc = rc < 0 ? rc : package_note_inspect(in, &file, err);
    return rc < 0 ? rc : program_inspect(in, &file, err);
}

const struct inspector inspect_executable = {
    .name = "executable",
    .title = "executables",
    .reads = "ELF files: Go build information and line table, cargo-auditable's .dep-v0, notes of packages, "
             "versions "
             "of the programs in content/programs",
    .version = 4,
    .may_spool = true,
    .body_max = LIMIT_BODY_IN_MEMORY,
    .wants = {{.magic = "\x7f"
                        "ELF"}},
    .inspect = inspect,
};
