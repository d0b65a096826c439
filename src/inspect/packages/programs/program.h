/* Programs that say their version in their own bytes: the rows of content/programs, compiled by the build.
 *
 * Only a file whose name is in a row is searched, in one pass over its bytes, PROGRAM_PIECE at a time.
 * What is found is a generic package, which the inventory drops where a distribution's package owns the file.
 */
#ifndef PLIMSOLL_INSPECT_PACKAGES_PROGRAMS_PROGRAM_H
#define PLIMSOLL_INSPECT_PACKAGES_PROGRAMS_PROGRAM_H

#include "inspect/packages/elf_file.h"

enum { PROGRAM_FILES = 8, PROGRAM_STRINGS = 4, PROGRAM_PIECE = 64 * 1024 };

/* What stands around a version. before may be empty; then the version is the digits and dots before `after`.
 */
struct program_string {
    struct str before, after;
    bool has_three_parts; /* at least two dots */
};

struct program {
    struct str name;
    struct str files[PROGRAM_FILES]; /* a "*" at the end stands for anything; up to the first empty one */
    struct program_string strings[PROGRAM_STRINGS];
    struct str begins;
    struct str example, version;
};

extern const struct program programs[];
extern const size_t programs_n;

bool program_fits(const struct program *program, struct str file_name);

/* The version of one string in a piece of a file; empty when it is not there. */
struct str program_version(const struct program *program, const struct program_string *string,
                           struct str bytes);

/* Writes what the file's name and bytes say; nothing for most files. */
int program_inspect(struct inspection *in, const struct elf_file *file, struct err *err);

#endif
