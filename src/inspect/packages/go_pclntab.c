#include "inspect/packages/go_pclntab.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"

enum {
    MAGIC_1_2 = 0xfffffffb,
    MAGIC_1_16 = 0xfffffffa,
    MAGIC_1_18 = 0xfffffff0,
    MAGIC_1_20 = 0xfffffff1,
    HEADER_FIXED = 8,
    HEADER = HEADER_FIXED + 8 * 8,
    ALIGNMENT = 8,
    NAMES_SHARED = 4, /* all names, counted once a function, are at most so many tables long */
};

struct table {
    const struct elf_file *file;
    struct elf_span span;
    uint32_t magic;
    unsigned pointer; /* bytes: 4 or 8 */
};

/* ---- names */

static bool is_made_by_compiler(struct str name) {
    static const char *const prefixes[] = {"type..", "type:", "go:", "go.("};
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        if (str_starts(name, str_c(prefixes[i]))) {
            return true;
        }
    }
    return false;
}

/* What can't stand in an import path begins a type's part of the name. */
static struct str before_types(struct str name) {
    size_t n = 0;
    while (n < name.n && !strchr("([{*", name.p[n])) {
        n++;
    }
    return str_sub(name, 0, n);
}

static bool is_import_path(struct str path) {
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (c <= ' ' || strchr(":;\"'<>|", c)) {
            return false;
        }
    }
    return path.n && path.p[0] != '/' && !str_eq(path, STR("go")) && !str_eq(path, STR("type"));
}

struct str go_package_of_function(struct str name) {
    if (is_made_by_compiler(name)) {
        return STR_NONE;
    }
    struct str path = before_types(name);
    ptrdiff_t slash = str_rfind_byte(path, '/');
    size_t last = slash < 0 ? 0 : (size_t)slash;
    ptrdiff_t dot = str_find_byte(str_from(path, last), '.');
    path = dot < 0 ? STR_NONE : str_sub(path, 0, last + (size_t)dot);
    return is_import_path(path) ? path : STR_NONE;
}

struct str go_package_unescape(struct arena *arena, struct str escaped) {
    if (str_find_byte(escaped, '%') < 0) {
        return escaped;
    }
    char *p = arena_alloc(arena, escaped.n);
    size_t n = 0;
    for (size_t i = 0; p && i < escaped.n; i++) {
        unsigned char byte;
        if (escaped.p[i] == '%' && hex_decode(str_sub(escaped, i + 1, 2), &byte, 1)) {
            p[n++] = (char)byte;
            i += 2;
        } else {
            p[n++] = escaped.p[i];
        }
    }
    return str_n(p, n);
}

/* ---- collecting */

struct collector {
    struct arena *arena;
    struct err *err;
    struct map seen;
    struct str last; /* names of one package follow each other */
    size_t bytes;
    struct go_packages *out;
};

static int add_name(struct collector *c, struct str name) {
    struct str package = go_package_of_function(name);
    bool is_new;
    if (!package.n || str_eq(package, c->last)) {
        return 0;
    }
    c->last = package;
    c->bytes += package.n;
    if (!map_put(&c->seen, package, &is_new)) {
        return err_memory(c->err);
    }
    if (!is_new) {
        c->bytes -= package.n;
        return 0;
    }
    if (c->out->n == LIMIT_GO_LINKED || c->bytes > LIMIT_GO_LINKED_BYTES) {
        return err_set(c->err, ERR_LIMIT, "the line table names more than %d packages", LIMIT_GO_LINKED);
    }
    struct str *slot = VEC_PUSH(c->arena, c->out);
    if (!slot) {
        return err_memory(c->err);
    }
    *slot = go_package_unescape(c->arena, package);
    return slot->p ? 0 : err_memory(c->err);
}

static int damaged(struct err *err) {
    return err_set(err, ERR_INPUT, "the line table (.gopclntab) is damaged");
}

static uint64_t get_pointer(const struct table *t, struct cursor *c) {
    bool is_big = t->file->is_big_endian;
    if (t->pointer == 4) {
        return is_big ? cursor_be32(c) : cursor_le32(c);
    }
    return is_big ? cursor_be64(c) : cursor_le64(c);
}

/* Since Go 1.16 the names lie one behind the other, from funcnameOffset to cuOffset. */
static int add_joined(const struct table *t, struct cursor *header, struct collector *c) {
    cursor_skip(header, t->pointer * (t->magic == MAGIC_1_16 ? 2 : 3));
    uint64_t start = get_pointer(t, header);
    uint64_t end = get_pointer(t, header);
    struct str names;
    if (header->failed || start >= end || end > t->span.size) {
        return damaged(c->err);
    }
    if (end - start > LIMIT_GO_NAMES) {
        return err_set(c->err, ERR_LIMIT, "the line table has more than %zu bytes of names", LIMIT_GO_NAMES);
    }
    int rc = elf_file_read(t->file, t->span.offset + start, end - start, &names, c->err);
    for (struct cursor in = cursor_over(names); rc == 0 && cursor_left(&in);) {
        struct str name = cursor_cstr(&in);
        rc = in.failed ? damaged(c->err) : add_name(c, name);
    }
    return rc;
}

static struct str cstr_at(struct str bytes, uint64_t at) {
    if (at >= bytes.n) {
        return STR_NONE;
    }
    struct cursor c = cursor_over(bytes);
    cursor_seek(&c, (size_t)at);
    return cursor_cstr(&c);
}

/* Go 1.2 to 1.15: (address, offset of the function's record) pairs, and in the record the name's offset. */
static int add_by_function(const struct table *t, struct cursor *header, struct collector *c) {
    uint64_t count = get_pointer(t, header);
    struct str bytes;
    if (t->span.size > LIMIT_GO_NAMES) {
        return err_set(c->err, ERR_LIMIT, "the line table has more than %zu bytes", LIMIT_GO_NAMES);
    }
    if (header->failed || count > t->span.size / (2 * t->pointer)) {
        return damaged(c->err);
    }
    int rc = elf_file_read(t->file, t->span.offset, t->span.size, &bytes, c->err);
    uint64_t left = t->span.size * NAMES_SHARED;
    struct cursor pairs = cursor_over(bytes);
    cursor_skip(&pairs, HEADER_FIXED + t->pointer);
    for (uint64_t i = 0; rc == 0 && i < count; i++) {
        get_pointer(t, &pairs);
        uint64_t record = get_pointer(t, &pairs);
        struct cursor function = cursor_over(bytes);
        cursor_seek(&function, record > bytes.n ? bytes.n : (size_t)record);
        cursor_skip(&function, t->pointer);
        struct str name = cstr_at(bytes, elf_file_u32(t->file, &function));
        bool is_damaged = pairs.failed || function.failed || name.n > left;
        left -= MIN(left, name.n);
        rc = is_damaged ? damaged(c->err) : add_name(c, name);
    }
    return rc;
}

/* ---- finding the table */

static bool read_magic(struct table *t, struct str bytes) {
    struct cursor c = cursor_over(bytes);
    t->magic = elf_file_u32(t->file, &c);
    uint16_t zeros = cursor_le16(&c);
    uint8_t quantum = cursor_u8(&c);
    t->pointer = cursor_u8(&c);
    bool is_known =
        t->magic == MAGIC_1_2 || t->magic == MAGIC_1_16 || t->magic == MAGIC_1_18 || t->magic == MAGIC_1_20;
    return !c.failed && is_known && zeros == 0 && (quantum == 1 || quantum == 2 || quantum == 4) &&
           (t->pointer == 4 || t->pointer == 8);
}

static int find_in_relro(struct table *t, struct err *err) {
    struct elf_span span = t->file->sections[ELF_RELRO];
    struct str bytes;
    int rc = elf_file_read(t->file, span.offset, MIN(span.size, LIMIT_GO_NAMES), &bytes, err);
    for (size_t at = (size_t)(-span.address % ALIGNMENT); rc == 0 && at < bytes.n; at += ALIGNMENT) {
        if (read_magic(t, str_from(bytes, at))) {
            t->span = (struct elf_span){span.address + at, span.offset + at, span.size - at};
            return 0;
        }
    }
    return rc < 0 ? rc : err_set(err, ERR_ABSENT, "there is no Go line table");
}

static int find_table(struct table *t, struct err *err) {
    struct str bytes;
    if (!t->file->has[ELF_GO_PCLNTAB]) {
        return t->file->has[ELF_RELRO] ? find_in_relro(t, err)
                                       : err_set(err, ERR_ABSENT, "there is no Go line table");
    }
    t->span = t->file->sections[ELF_GO_PCLNTAB];
    int rc = elf_file_read(t->file, t->span.offset, MIN(t->span.size, HEADER_FIXED), &bytes, err);
    if (rc < 0 || read_magic(t, bytes)) {
        return rc;
    }
    return err_set(err, ERR_ABSENT, "the Go line table is of an unknown kind");
}

int go_pclntab_packages(const struct elf_file *file, struct go_packages *out, struct err *err) {
    struct table table = {.file = file};
    struct arena *arena = file->in->arena;
    struct collector collector = {.arena = arena, .err = err, .seen = map_new(arena), .out = out};
    struct str bytes;
    *out = (struct go_packages){0};
    int rc = find_table(&table, err);
    if (rc < 0) {
        return rc;
    }
    rc = elf_file_read(file, table.span.offset, MIN(table.span.size, HEADER), &bytes, err);
    if (rc < 0) {
        return rc;
    }
    struct cursor header = cursor_over(bytes);
    cursor_skip(&header, HEADER_FIXED);
    rc = table.magic == MAGIC_1_2 ? add_by_function(&table, &header, &collector)
                                  : add_joined(&table, &header, &collector);
    return rc == 0 && !out->n ? damaged(err) : rc; /* the runtime, at least, is in every executable */
}
