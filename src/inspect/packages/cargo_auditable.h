/* The crates of a Rust executable, as cargo-auditable left them in its section .dep-v0.
 *
 * Format: github.com/rust-secure-code/cargo-auditable, PARSING.md: JSON, compressed with zlib. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_CARGO_AUDITABLE_H
#define PLIMSOLL_INSPECT_PACKAGES_CARGO_AUDITABLE_H

#include "inspect/packages/elf_file.h"

/* Crates from the builder's own folders (source "local") are left out; those from git or another registry are
 * written and counted in a problem, since advisories speak of crates.io. Files without the section give
 * nothing. */
int cargo_auditable_inspect(struct inspection *in, const struct elf_file *file, struct err *err);

/* The section's content. */
int cargo_auditable_read(struct inspection *in, struct str section, struct err *err);

#endif
