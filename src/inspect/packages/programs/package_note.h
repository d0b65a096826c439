/* What an ELF file's note says of the package that it was built for (systemd.io/ELF_PACKAGE_METADATA).
 *
 * Where the distribution's database lists the file, that counts and the inventory drops this; where it was
 * left out of an image, the note still says what the file is. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_PROGRAMS_PACKAGE_NOTE_H
#define PLIMSOLL_INSPECT_PACKAGES_PROGRAMS_PACKAGE_NOTE_H

#include "inspect/packages/elf_file.h"

/* Writes the package that .note.package names; nothing for files without it. */
int package_note_inspect(struct inspection *in, const struct elf_file *file, struct err *err);

#endif
