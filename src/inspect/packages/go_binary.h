/* The modules that a Go executable was built from, and which of their packages are in it. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_GO_BINARY_H
#define PLIMSOLL_INSPECT_PACKAGES_GO_BINARY_H

#include "inspect/packages/elf_file.h"

/* Writes the main module, every module it depends on and the standard library ("stdlib", version "1.21.3").
 *
 * - A replaced module is named by what replaces it, import paths too; replaced by a folder, it is left out.
 * - A main module that was built from a working tree ("(devel)") has no version; nor has a development
 * toolchain.
 * - Files that are not Go executables give nothing. When the line table is not readable, the packages lack
 *   PACKAGE_KNOWS_LINKED, and a problem says why. */
int go_binary_inspect(struct inspection *in, const struct elf_file *file, struct err *err);

#endif
