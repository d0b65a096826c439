#include "inspect/packages/go_buildinfo.h"

#include "base/limits.h"

#define MAGIC STR("\xff Go buildinf:")

enum {
    ALIGNMENT = 16,
    HEADER = 32,
    SENTINEL = 16,
    FLAG_BIG_ENDIAN = 1,
    FLAG_INLINE = 2,
};

struct pointers {
    unsigned size; /* 4 or 8 */
    bool is_big_endian;
};

/* The header and what follows it, in bytes; empty when there is none. */
static struct str find_header(struct str bytes, uint64_t address) {
    size_t at = (size_t)(-address % ALIGNMENT);
    for (; at < bytes.n && bytes.n - at >= HEADER; at += ALIGNMENT) {
        if (str_starts(str_from(bytes, at), MAGIC)) {
            return str_from(bytes, at);
        }
    }
    return STR_NONE;
}

static uint64_t get_pointer(struct cursor *c, const struct pointers *pointers) {
    if (pointers->size == 4) {
        return pointers->is_big_endian ? cursor_be32(c) : cursor_le32(c);
    }
    return pointers->is_big_endian ? cursor_be64(c) : cursor_le64(c);
}

static int read_address(const struct elf_file *file, uint64_t address, uint64_t n, struct str *out,
                        struct err *err) {
    struct elf_span span;
    if (n > LIMIT_GO_BUILDINFO) {
        return err_set(err, ERR_LIMIT, "a string of the Go build information has %llu bytes",
                       (unsigned long long)n);
    }
    if (!elf_file_at(file, address, &span) || span.size < n) {
        return err_set(err, ERR_INPUT, "the Go build information points outside the file's segments");
    }
    return elf_file_read(file, span.offset, n, out, err);
}

/* The Go string (data pointer, length) at address; address 0 is none. */
static int read_string(const struct elf_file *file, const struct pointers *pointers, uint64_t address,
                       struct str *out, struct err *err) {
    struct str head;
    *out = STR_NONE;
    if (!address) {
        return 0;
    }
    int rc = read_address(file, address, 2 * pointers->size, &head, err);
    if (rc < 0) {
        return rc;
    }
    struct cursor c = cursor_over(head);
    uint64_t data = get_pointer(&c, pointers);
    uint64_t n = get_pointer(&c, pointers);
    return n ? read_address(file, data, n, out, err) : 0;
}

static int read_pointed(const struct elf_file *file, struct cursor *c, const struct pointers *pointers,
                        struct go_buildinfo *out, struct err *err) {
    if (pointers->size != 4 && pointers->size != 8) {
        return err_set(err, ERR_INPUT, "the Go build information has pointers of %u bytes", pointers->size);
    }
    uint64_t version = get_pointer(c, pointers);
    uint64_t modules = get_pointer(c, pointers);
    int rc = read_string(file, pointers, version, &out->version, err);
    return rc < 0 ? rc : read_string(file, pointers, modules, &out->modules, err);
}

static struct str take_counted(struct cursor *c) {
    uint64_t n = cursor_uvarint(c);
    if (n > cursor_left(c)) {
        c->failed = true;
        return STR_NONE;
    }
    return cursor_take(c, (size_t)n);
}

static int read_inline(struct cursor *c, struct go_buildinfo *out, struct err *err) {
    cursor_seek(c, HEADER);
    out->version = take_counted(c);
    out->modules = take_counted(c);
    if (c->failed) {
        return err_set(err, ERR_INPUT, "the Go build information ends early, or is above %zu bytes",
                       LIMIT_GO_BUILDINFO);
    }
    return 0;
}

static struct str without_sentinels(struct str text) {
    if (text.n <= 2 * SENTINEL || text.p[text.n - SENTINEL - 1] != '\n') {
        return STR_NONE;
    }
    return str_sub(text, SENTINEL, text.n - 2 * SENTINEL);
}

static int read_header(const struct elf_file *file, struct str header, struct go_buildinfo *out,
                       struct err *err) {
    struct cursor c = cursor_over(header);
    cursor_skip(&c, MAGIC.n);
    struct pointers pointers = {.size = cursor_u8(&c)};
    uint8_t flags = cursor_u8(&c);
    pointers.is_big_endian = flags & FLAG_BIG_ENDIAN;
    int rc = flags & FLAG_INLINE ? read_inline(&c, out, err) : read_pointed(file, &c, &pointers, out, err);
    if (rc < 0) {
        return rc;
    }
    out->modules = without_sentinels(out->modules);
    return 1;
}

int go_buildinfo_read(const struct elf_file *file, struct go_buildinfo *out, struct err *err) {
    struct elf_span span = file->sections[ELF_GO_BUILDINFO];
    struct str bytes;
    *out = (struct go_buildinfo){0};
    if (!file->has[ELF_GO_BUILDINFO] && (file->has_names || !elf_file_data_segment(file, &span))) {
        return 0; /* the linker names the section; only files that lost all names are searched */
    }
    int rc = elf_file_read(file, span.offset, MIN(span.size, LIMIT_GO_BUILDINFO), &bytes, err);
    if (rc < 0) {
        return rc;
    }
    struct str header = find_header(bytes, span.address);
    return header.n ? read_header(file, header, out, err) : 0;
}
