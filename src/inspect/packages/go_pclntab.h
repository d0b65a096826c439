/* Which packages are in a Go executable, by the names of the functions in its line table.
 *
 * The runtime wants the table (.gopclntab), so stripped executables have it. Its formats are stated in
 * debug/gosym and cmd/link of the Go distribution, and golang.org/s/go12symtab: magic numbers of
 * Go 1.2, 1.16, 1.18 and 1.20. Since 1.16 the names lie together and include those of inlined functions. A
 * package without any function is not named. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_GO_PCLNTAB_H
#define PLIMSOLL_INSPECT_PACKAGES_GO_PCLNTAB_H

#include "inspect/packages/elf_file.h"

struct go_packages {
    struct str *p; /* import paths, each once, in the order of the table */
    size_t n, cap;
};

/* ERR_ABSENT when there is no table of a known kind, other codes when it is damaged or above a limit: then
 * what is linked is not known. */
int go_pclntab_packages(const struct elf_file *file, struct go_packages *out, struct err *err);

/* The package of a function by its linker name, still escaped ("gopkg.in/yaml%2ev3"), or empty: of what the
 * compiler made, and of C. A slice of name. */
struct str go_package_of_function(struct str name);

/* Without the linker's escapes (cmd/internal/objabi.PathToPrefix). p is NULL when there is no memory. */
struct str go_package_unescape(struct arena *arena, struct str escaped);

#endif
