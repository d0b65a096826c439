#include "inspect/packages/programs/package_note.h"

#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/language.h"

enum { NOTE_TYPE = (int)0xcafe1a7e, NOTE_MAX = 64 * 1024 };

/* ELF notes: size of the name, of the description, a type; both padded to four bytes. */
static struct str description(const struct elf_file *file, struct str section) {
    struct cursor c = cursor_over(section);
    while (cursor_left(&c) >= 12) {
        uint32_t name_n = elf_file_u32(file, &c), n = elf_file_u32(file, &c), type = elf_file_u32(file, &c);
        struct str name = cursor_take(&c, name_n);
        cursor_skip(&c, -(size_t)name_n % 4);
        struct str text = cursor_take(&c, n);
        if (c.failed) {
            break;
        }
        if (type == (uint32_t)NOTE_TYPE && str_eq(name, str_n("FDO", 4))) {
            return text;
        }
        cursor_skip(&c, -(size_t)n % 4);
    }
    return STR_NONE;
}

/* JSON and a NUL, or more of them as padding. */
static struct str without_zeros(struct str text) {
    while (text.n && !text.p[text.n - 1]) {
        text.n--;
    }
    return text;
}

int package_note_inspect(struct inspection *in, const struct elf_file *file, struct err *err) {
    struct elf_span span = file->sections[ELF_PACKAGE_NOTE];
    struct str section;
    const struct doc *root;
    if (!file->has[ELF_PACKAGE_NOTE]) {
        return 0;
    }
    if (span.size > NOTE_MAX) {
        return err_set(err, ERR_LIMIT, ".note.package is larger than %d bytes", NOTE_MAX);
    }
    int r = elf_file_read(file, span.offset, span.size, &section, err);
    struct str text = r == 0 ? without_zeros(description(file, section)) : STR_NONE;
    if (r < 0 || !text.n) {
        return r;
    }
    if (json_parse(in->arena, text, &root, err) < 0) {
        return err_at(err, ".note.package");
    }
    struct package package = {.type = PACKAGE_GENERIC,
                              .flags = PACKAGE_IS_INSTALLED,
                              .name = doc_str(doc_get(root, STR("name"))),
                              .version = doc_str(doc_get(root, STR("version"))),
                              .arch = doc_str(doc_get(root, STR("architecture"))),
                              .vendor = doc_str(doc_get(root, STR("os")))};
    if (package.version.n && package.arch.n <= LIMIT_FIELD && package.vendor.n <= LIMIT_FIELD) {
        language_package(in, &package);
    }
    return 0;
}
