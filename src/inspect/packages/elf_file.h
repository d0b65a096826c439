/* An ELF file as inspectors of executables want it: where its sections and segments are, and their bytes.
 *
 * System V ABI, chapter 4 ("Object Files"): both classes, both byte orders, extended numbering. What headers
 * say is held against the file's size. Only the sections of the table below are remembered, so that an
 * ordinary executable costs one pass over its section names. Bytes come from the body or, piece by piece,
 * from the spool. (Not libelf: it allocates by counts it has not checked, and outside the file's arena.) */
#ifndef PLIMSOLL_INSPECT_PACKAGES_ELF_FILE_H
#define PLIMSOLL_INSPECT_PACKAGES_ELF_FILE_H

#include "base/cursor.h"
#include "inspect/inspector.h"

enum elf_section {
    ELF_GO_BUILDINFO,
    ELF_GO_PCLNTAB,
    ELF_CARGO_AUDIT,
    ELF_PACKAGE_NOTE,
    ELF_RELRO, /* where an external linker puts what Go calls .data.rel.ro.gopclntab */
    ELF_SECTIONS
};

/* A part of the file; offset + size is inside it. */
struct elf_span {
    uint64_t address, offset, size;
};

struct elf_file {
    const struct inspection *in;
    uint64_t size;
    bool is_64, is_big_endian;
    bool has_names; /* of sections */
    bool has[ELF_SECTIONS];
    struct elf_span sections[ELF_SECTIONS];
    struct str segments; /* the program headers */
    size_t segment_size;
};

/* ERR_INPUT when the headers do not hold, ERR_LIMIT when they are too many, ERR_UNSUPPORTED for an unknown
 * class or byte order. */
int elf_file_open(struct elf_file *file, const struct inspection *in, struct err *err);

/* n bytes at offset: a slice of the body, or read from the spool into the inspection's arena. */
int elf_file_read(const struct elf_file *file, uint64_t offset, uint64_t n, struct str *out, struct err *err);

/* The file's bytes from a loaded address to the end of its segment; false when none is loaded there. */
bool elf_file_at(const struct elf_file *file, uint64_t address, struct elf_span *out);
/* The first segment that is writable and not executable: where Go puts its data. */
bool elf_file_data_segment(const struct elf_file *file, struct elf_span *out);

/* Fields in the file's byte order; a word is 4 or 8 bytes by class. */
uint16_t elf_file_u16(const struct elf_file *file, struct cursor *c);
uint32_t elf_file_u32(const struct elf_file *file, struct cursor *c);
uint64_t elf_file_word(const struct elf_file *file, struct cursor *c);

#endif
