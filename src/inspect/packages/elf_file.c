#include "inspect/packages/elf_file.h"

#include "base/file.h"
#include "base/limits.h"

#include <elf.h>
#include <sys/stat.h>

static const struct {
    const char *name;
    enum elf_section section;
} wanted[] = {
    {".go.buildinfo", ELF_GO_BUILDINFO},
    {".gopclntab", ELF_GO_PCLNTAB},
    {".data.rel.ro.gopclntab", ELF_GO_PCLNTAB},
    {".dep-v0", ELF_CARGO_AUDIT},
    {".data.rel.ro", ELF_RELRO},
    {".note.package", ELF_PACKAGE_NOTE},
};

struct header {
    uint64_t segments_at, sections_at;
    uint16_t segment_size, section_size;
    uint64_t segments_n, sections_n, names;
};

struct section {
    uint32_t name, type, link, info;
    struct elf_span span;
};

struct segment {
    uint32_t type, flags;
    struct elf_span span;
};

uint16_t elf_file_u16(const struct elf_file *file, struct cursor *c) {
    return file->is_big_endian ? cursor_be16(c) : cursor_le16(c);
}

uint32_t elf_file_u32(const struct elf_file *file, struct cursor *c) {
    return file->is_big_endian ? cursor_be32(c) : cursor_le32(c);
}

uint64_t elf_file_word(const struct elf_file *file, struct cursor *c) {
    if (!file->is_64) {
        return elf_file_u32(file, c);
    }
    return file->is_big_endian ? cursor_be64(c) : cursor_le64(c);
}

static bool is_inside(const struct elf_file *file, uint64_t offset, uint64_t n) {
    uint64_t end;
    return add_fits(offset, n, &end) && end <= file->size;
}

int elf_file_read(const struct elf_file *file, uint64_t offset, uint64_t n, struct str *out,
                  struct err *err) {
    if (!is_inside(file, offset, n)) {
        return err_set(err, ERR_INPUT, "byte %llu: %llu bytes are past the file's end",
                       (unsigned long long)offset, (unsigned long long)n);
    }
    if (file->in->spool < 0) {
        *out = str_sub(file->in->body, (size_t)offset, (size_t)n);
        return 0;
    }
    char *p = arena_alloc(file->in->arena, (size_t)n);
    if (!p) {
        return err_memory(err);
    }
    *out = str_n(p, (size_t)n);
    return file_read_at(file->in->spool, (off_t)offset, p, (size_t)n, err);
}

/* ---- sections */

static struct section get_section(const struct elf_file *file, struct str table, size_t section_size,
                                  size_t i) {
    struct cursor c = cursor_over(str_sub(table, i * section_size, section_size));
    struct section section = {0};
    section.name = elf_file_u32(file, &c);
    section.type = elf_file_u32(file, &c);
    elf_file_word(file, &c); /* flags */
    section.span.address = elf_file_word(file, &c);
    section.span.offset = elf_file_word(file, &c);
    section.span.size = elf_file_word(file, &c);
    section.link = elf_file_u32(file, &c);
    section.info = elf_file_u32(file, &c);
    return section;
}

static void remember(struct elf_file *file, struct str name, const struct section *section) {
    for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
        enum elf_section kind = wanted[i].section;
        if (str_eq(name, str_c(wanted[i].name)) && !file->has[kind] && section->type != SHT_NOBITS &&
            is_inside(file, section->span.offset, section->span.size)) {
            file->has[kind] = true;
            file->sections[kind] = section->span;
        }
    }
}

static struct str section_name(struct str names, uint32_t at) {
    struct cursor c = cursor_over(names);
    cursor_seek(&c, at);
    return cursor_cstr(&c);
}

/* count records of size bytes at offset, as one slice. */
static int read_table(const struct elf_file *file, uint64_t offset, uint64_t count, size_t size,
                      struct str *out, struct err *err) {
    uint64_t n;
    if (!mul_fits(count, size, &n) || n > LIMIT_ELF_TABLE) {
        return err_set(err, ERR_LIMIT, "an ELF table has %llu entries", (unsigned long long)count);
    }
    return elf_file_read(file, offset, n, out, err);
}

static int find_sections(struct elf_file *file, const struct header *header, struct err *err) {
    struct str table, names;
    if (header->names >= header->sections_n) {
        return 0; /* without names there is nothing to look for: files may be stripped of them */
    }
    int rc = read_table(file, header->sections_at, header->sections_n, header->section_size, &table, err);
    if (rc < 0) {
        return err_at(err, "section headers");
    }
    struct section section = get_section(file, table, header->section_size, (size_t)header->names);
    if (read_table(file, section.span.offset, section.span.size, 1, &names, err) < 0) {
        return err_at(err, "section names");
    }
    file->has_names = true;
    for (size_t i = 0; i < header->sections_n; i++) {
        section = get_section(file, table, header->section_size, i);
        remember(file, section_name(names, section.name), &section);
    }
    return 0;
}

/* ---- segments */

static struct segment get_segment(const struct elf_file *file, size_t i) {
    struct cursor c = cursor_over(str_sub(file->segments, i * file->segment_size, file->segment_size));
    struct segment segment = {.type = elf_file_u32(file, &c)};
    if (file->is_64) {
        segment.flags = elf_file_u32(file, &c);
    }
    segment.span.offset = elf_file_word(file, &c);
    segment.span.address = elf_file_word(file, &c);
    elf_file_word(file, &c); /* physical address */
    segment.span.size = elf_file_word(file, &c);
    if (!file->is_64) {
        elf_file_word(file, &c); /* size in memory */
        segment.flags = elf_file_u32(file, &c);
    }
    if (segment.type != PT_LOAD || !is_inside(file, segment.span.offset, segment.span.size)) {
        return (struct segment){0};
    }
    return segment;
}

static size_t segments_n(const struct elf_file *file) {
    return file->segment_size ? file->segments.n / file->segment_size : 0;
}

bool elf_file_at(const struct elf_file *file, uint64_t address, struct elf_span *out) {
    for (size_t i = 0; i < segments_n(file); i++) {
        struct elf_span span = get_segment(file, i).span;
        if (address >= span.address && address - span.address < span.size) {
            uint64_t skipped = address - span.address;
            *out = (struct elf_span){address, span.offset + skipped, span.size - skipped};
            return true;
        }
    }
    return false;
}

bool elf_file_data_segment(const struct elf_file *file, struct elf_span *out) {
    for (size_t i = 0; i < segments_n(file); i++) {
        struct segment segment = get_segment(file, i);
        if ((segment.flags & (PF_X | PF_W)) == PF_W) {
            *out = segment.span;
            return true;
        }
    }
    return false;
}

/* ---- opening */

static int file_size(struct elf_file *file, struct err *err) {
    struct stat st;
    if (file->in->spool < 0) {
        file->size = file->in->body.n;
        return 0;
    }
    if (fstat(file->in->spool, &st) < 0) {
        return err_set_errno(err, ERR_IO, "the spooled file");
    }
    file->size = (uint64_t)st.st_size;
    return 0;
}

static int read_ident(struct elf_file *file, struct err *err) {
    struct str ident;
    int rc = elf_file_read(file, 0, EI_NIDENT, &ident, err);
    if (rc < 0) {
        return rc;
    }
    if (!str_starts(ident, STR(ELFMAG)) || ident.p[EI_CLASS] < ELFCLASS32 || ident.p[EI_CLASS] > ELFCLASS64 ||
        ident.p[EI_DATA] < ELFDATA2LSB || ident.p[EI_DATA] > ELFDATA2MSB) {
        return err_set(err, ERR_UNSUPPORTED, "an ELF file of an unknown class or byte order");
    }
    file->is_64 = ident.p[EI_CLASS] == ELFCLASS64;
    file->is_big_endian = ident.p[EI_DATA] == ELFDATA2MSB;
    return 0;
}

static int read_header(struct elf_file *file, struct header *out, struct err *err) {
    struct str bytes;
    size_t size = file->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    int rc = elf_file_read(file, 0, size, &bytes, err);
    if (rc < 0) {
        return rc;
    }
    struct cursor c = cursor_over(bytes);
    cursor_skip(&c, EI_NIDENT + 2 + 2 + 4); /* type, machine, version */
    elf_file_word(file, &c);                /* entry */
    out->segments_at = elf_file_word(file, &c);
    out->sections_at = elf_file_word(file, &c);
    cursor_skip(&c, 4 + 2); /* flags, size of this header */
    out->segment_size = elf_file_u16(file, &c);
    out->segments_n = elf_file_u16(file, &c);
    out->section_size = elf_file_u16(file, &c);
    out->sections_n = elf_file_u16(file, &c);
    out->names = elf_file_u16(file, &c);
    assert(!c.failed);
    return 0;
}

/* Counts that do not fit 16 bits stand in the first section header. */
static int read_extended_counts(const struct elf_file *file, struct header *header, struct err *err) {
    struct str first;
    if (!header->sections_at ||
        (header->sections_n && header->names != SHN_XINDEX && header->segments_n != PN_XNUM)) {
        return 0;
    }
    int rc = elf_file_read(file, header->sections_at, header->section_size, &first, err);
    if (rc < 0) {
        return err_at(err, "section headers");
    }
    struct section section = get_section(file, first, header->section_size, 0);
    header->sections_n = header->sections_n ? header->sections_n : section.span.size;
    header->names = header->names == SHN_XINDEX ? section.link : header->names;
    header->segments_n = header->segments_n == PN_XNUM ? section.info : header->segments_n;
    return 0;
}

static int check_sizes(const struct elf_file *file, const struct header *header, struct err *err) {
    size_t section = file->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
    size_t segment = file->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    if ((header->sections_at && header->section_size < section) ||
        (header->segments_n && header->segment_size < segment)) {
        return err_set(err, ERR_INPUT, "the ELF header gives its tables entries that are too small");
    }
    return 0;
}

static int find_segments(struct elf_file *file, const struct header *header, struct err *err) {
    if (read_table(file, header->segments_at, header->segments_n, header->segment_size, &file->segments,
                   err) < 0) {
        return err_at(err, "program headers");
    }
    file->segment_size = header->segment_size;
    return 0;
}

int elf_file_open(struct elf_file *file, const struct inspection *in, struct err *err) {
    struct header header;
    *file = (struct elf_file){.in = in};
    int rc = file_size(file, err);
    rc = rc < 0 ? rc : read_ident(file, err);
    rc = rc < 0 ? rc : read_header(file, &header, err);
    rc = rc < 0 ? rc : check_sizes(file, &header, err);
    rc = rc < 0 ? rc : read_extended_counts(file, &header, err);
    rc = rc < 0 ? rc : find_segments(file, &header, err);
    return rc < 0 ? rc : find_sections(file, &header, err);
}
