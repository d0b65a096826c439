#include "inspect/packages/cargo_auditable.h"

#include "base/limits.h"
#include "doc/json.h"
#include "inspect/packages/language.h"

#include <zlib.h>

enum { CHUNK = 64 * 1024 };

/* ---- inflating */

static void *zlib_alloc(void *arena, unsigned n, unsigned size) {
    return arena_array(arena, n, size);
}

static void zlib_free(void *arena, void *p) {}

static int inflate_chunks(z_stream *z, struct buf *out, struct err *err) {
    int rc = Z_OK;
    while (rc == Z_OK) {
        unsigned char *room = buf_room(out, CHUNK);
        if (!room) {
            return err_set(err, ERR_LIMIT, ".dep-v0 unpacks to more than %zu bytes", LIMIT_CARGO_AUDIT);
        }
        z->next_out = room;
        z->avail_out = CHUNK;
        rc = inflate(z, Z_NO_FLUSH);
        out->n += CHUNK - z->avail_out;
    }
    return rc == Z_STREAM_END ? 0 : err_set(err, ERR_INPUT, ".dep-v0 is not a whole zlib stream");
}

static int inflate_all(struct arena *arena, struct str section, struct buf *out, struct err *err) {
    z_stream z = {.zalloc = zlib_alloc,
                  .zfree = zlib_free,
                  .opaque = arena,
                  .next_in = (unsigned char *)section.p,
                  .avail_in = (unsigned)section.n};
    if (inflateInit(&z) != Z_OK) {
        return err_memory(err);
    }
    int rc = inflate_chunks(&z, out, err);
    inflateEnd(&z);
    return rc;
}

/* ---- the list */

/* Marks what the root depends on. */
static void mark_direct(const struct doc *packages, bool *is_direct) {
    size_t n = doc_count(packages);
    for (size_t i = 0; i < n; i++) {
        const struct doc *package = doc_at(packages, i);
        const struct doc *dependencies =
            doc_bool(doc_get(package, STR("root")), false) ? doc_get(package, STR("dependencies")) : NULL;
        for (size_t j = 0; j < doc_count(dependencies); j++) {
            int64_t index;
            if (doc_int(doc_at(dependencies, j), &index) && index >= 0 && (uint64_t)index < n) {
                is_direct[index] = true;
            }
        }
    }
}

static void write_package(struct inspection *in, const struct doc *package, bool is_direct) {
    bool is_build = str_eq(doc_str(doc_get(package, STR("kind"))), STR("build"));
    language_package(in, &(struct package){.type = PACKAGE_CARGO,
                                           .flags = PACKAGE_IS_INSTALLED |
                                                    (unsigned)(is_build ? PACKAGE_IS_DEVELOPMENT : 0) |
                                                    (unsigned)(is_direct ? PACKAGE_IS_DIRECT : 0),
                                           .name = doc_str(doc_get(package, STR("name"))),
                                           .version = doc_str(doc_get(package, STR("version")))});
}

static int write_packages(struct inspection *in, const struct doc *packages, struct err *err) {
    size_t n = doc_count(packages), foreign = 0;
    bool *is_direct = arena_array(in->arena, n, sizeof *is_direct);
    if (!is_direct) {
        return err_memory(err);
    }
    mark_direct(packages, is_direct);
    for (size_t i = 0; i < n; i++) {
        const struct doc *package = doc_at(packages, i);
        struct str source = doc_str(doc_get(package, STR("source")));
        if (!str_eq(source, STR("local"))) {
            foreign += !str_eq(source, STR("crates.io"));
            write_package(in, package, is_direct[i]);
        }
    }
    if (foreign) {
        facts_problem(in->facts, false, "%zu crates are not from crates.io, of which the advisories speak",
                      foreign);
    }
    return 0;
}

int cargo_auditable_read(struct inspection *in, struct str section, struct err *err) {
    _cleanup_(buf_free) struct buf json = buf_new(LIMIT_CARGO_AUDIT);
    const struct doc *root;
    int rc = inflate_all(in->arena, section, &json, err);
    rc = rc < 0 ? rc : json_parse(in->arena, buf_view(&json), &root, err);
    if (rc < 0) {
        return err_at(err, ".dep-v0");
    }
    const struct doc *packages = doc_get(root, STR("packages"));
    if (!doc_is(packages, DOC_LIST)) {
        return err_set(err, ERR_INPUT, ".dep-v0: there is no list of packages");
    }
    return write_packages(in, packages, err);
}

int cargo_auditable_inspect(struct inspection *in, const struct elf_file *file, struct err *err) {
    struct str section;
    if (!file->has[ELF_CARGO_AUDIT]) {
        return 0;
    }
    struct elf_span span = file->sections[ELF_CARGO_AUDIT];
    if (span.size > LIMIT_CARGO_AUDIT) {
        return err_set(err, ERR_LIMIT, ".dep-v0 is larger than %zu bytes", LIMIT_CARGO_AUDIT);
    }
    int rc = elf_file_read(file, span.offset, span.size, &section, err);
    return rc < 0 ? rc : cargo_auditable_read(in, section, err);
}
