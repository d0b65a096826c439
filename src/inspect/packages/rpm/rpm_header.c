#include "inspect/packages/rpm/rpm_header.h"

#include "base/limits.h"
#include "base/mem.h"

/* rpm's own bounds: 65,535 entries, 256 MB of data. */
enum { HEAD = 8, ENTRY = 16, ENTRIES_MAX = 65535 };

enum rpm_type { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRING_ARRAY = 8, TYPE_I18N_STRING = 9 };

static const uint32_t tag_numbers[RPM_TAGS] = {
    [RPM_NAME] = 1000,        [RPM_VERSION] = 1001,     [RPM_RELEASE] = 1002,   [RPM_EPOCH] = 1003,
    [RPM_VENDOR] = 1011,      [RPM_LICENSE] = 1014,     [RPM_ARCH] = 1022,      [RPM_OLDFILENAMES] = 1027,
    [RPM_SOURCERPM] = 1044,   [RPM_DIRINDEXES] = 1116,  [RPM_BASENAMES] = 1117, [RPM_DIRNAMES] = 1118,
    [RPM_PROVIDENAME] = 1047, [RPM_REQUIRENAME] = 1049,
};

/* ---- entries */

static int read_entry(struct rpm_header *header, struct cursor *in, struct str data, struct err *err) {
    size_t at = in->at;
    uint32_t tag = cursor_be32(in), type = cursor_be32(in), offset = cursor_be32(in), count = cursor_be32(in);
    for (size_t i = 0; i < RPM_TAGS; i++) {
        if (tag_numbers[i] != tag) {
            continue;
        }
        if (offset >= data.n || !count) {
            return err_set(err, ERR_INPUT, "byte %zu: the entry of tag %u points at byte %u of %zu", at, tag,
                           offset, data.n);
        }
        header->values[i] = (struct rpm_value){type, count, str_from(data, offset)};
    }
    return 0;
}

int rpm_header_open(struct rpm_header *header, struct str blob, struct err *err) {
    struct cursor in = cursor_over(blob);
    uint32_t entries = cursor_be32(&in), length = cursor_be32(&in);
    *header = (struct rpm_header){0};
    if (in.failed || !entries || entries > ENTRIES_MAX ||
        (uint64_t)HEAD + (uint64_t)entries * ENTRY + length > blob.n) {
        return err_set(err, ERR_INPUT, "byte 0: a header of %u entries and %u bytes does not fit %zu bytes",
                       entries, length, blob.n);
    }
    struct str data = str_sub(blob, HEAD + (size_t)entries * ENTRY, length);
    for (uint32_t i = 0; i < entries; i++) {
        int code = read_entry(header, &in, data, err);
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

/* ---- values */

static bool is_string(uint32_t type) {
    return type == TYPE_STRING || type == TYPE_STRING_ARRAY || type == TYPE_I18N_STRING;
}

struct str rpm_header_string(const struct rpm_header *header, enum rpm_tag tag) {
    const struct rpm_value *value = &header->values[tag];
    if (!value->count || !is_string(value->type)) {
        return STR_NONE;
    }
    struct cursor in = cursor_over(value->data);
    struct str s = cursor_cstr(&in);
    return in.failed ? STR_NONE : s;
}

bool rpm_header_u32(const struct rpm_header *header, enum rpm_tag tag, uint32_t *out) {
    const struct rpm_value *value = &header->values[tag];
    struct cursor in = cursor_over(value->data);
    *out = cursor_be32(&in);
    return value->count && value->type == TYPE_INT32 && !in.failed;
}

int rpm_header_strings(const struct rpm_header *header, enum rpm_tag tag,
                       int (*put)(void *user, struct str s), void *user) {
    const struct rpm_value *value = &header->values[tag];
    struct cursor in = cursor_over(value->data);
    int code = 0;
    for (uint32_t i = 0; code == 0 && value->type == TYPE_STRING_ARRAY && i < value->count; i++) {
        struct str s = cursor_cstr(&in);
        if (in.failed) {
            break;
        }
        code = put(user, s);
    }
    return code;
}

/* ---- paths */

struct paths {
    int (*put)(void *user, struct str path);
    void *user;
    struct str *folders;
    uint32_t folders_n;
    size_t left; /* bytes of paths that may still come: short names below one long folder, crafted to be
                    many, must not cost more than a real package of that size could */
};

/* The longest part of a path that is real is its folder; 64 times the names' own bytes is far beyond. */
enum { PATH_BYTES_RATIO = 64 };

static int read_folders(const struct rpm_value *value, struct paths *paths, struct err *err) {
    if (value->type != TYPE_STRING_ARRAY || value->count > value->data.n ||
        value->count > LIMIT_RPM_FOLDERS) {
        return err_set(err, ERR_INPUT, "DIRNAMES: %u folders of type %u", value->count, value->type);
    }
    paths->folders = mem_alloc(value->count * sizeof *paths->folders);
    if (!paths->folders) {
        return err_memory(err);
    }
    struct cursor in = cursor_over(value->data);
    for (; paths->folders_n < value->count; paths->folders_n++) {
        paths->folders[paths->folders_n] = cursor_cstr(&in);
    }
    return in.failed ? err_set(err, ERR_INPUT, "DIRNAMES: the data ends early") : 0;
}

static int put_path(struct paths *paths, struct str folder, struct str name) {
    char path[LIMIT_PATH];
    if (folder.n + name.n > sizeof path) {
        return 0;
    }
    if (folder.n + name.n > paths->left) {
        return ERR_INPUT;
    }
    paths->left -= folder.n + name.n;
    memcpy(path, folder.n ? folder.p : "", folder.n);
    memcpy(path + folder.n, name.n ? name.p : "", name.n);
    return paths->put(paths->user, str_n(path, folder.n + name.n));
}

static int put_names(const struct rpm_header *header, struct paths *paths, struct err *err) {
    const struct rpm_value *value = &header->values[RPM_BASENAMES];
    const struct rpm_value *indexes = &header->values[RPM_DIRINDEXES];
    struct cursor names = cursor_over(value->data), places = cursor_over(indexes->data);
    if (value->type != TYPE_STRING_ARRAY || indexes->type != TYPE_INT32 || indexes->count != value->count) {
        return err_set(err, ERR_INPUT, "BASENAMES: %u names, %u DIRINDEXES", value->count, indexes->count);
    }
    for (uint32_t i = 0; i < value->count; i++) {
        struct str name = cursor_cstr(&names);
        uint32_t place = cursor_be32(&places);
        if (names.failed || places.failed || place >= paths->folders_n) {
            return err_set(err, ERR_INPUT, "BASENAMES: name %u is cut or in no folder", i);
        }
        int code = put_path(paths, paths->folders[place], name);
        if (code < 0) {
            return err_set(err, code, "BASENAMES: the paths cannot be taken from name %u on", i);
        }
    }
    return 0;
}

static int put_old_names(const struct rpm_value *value, struct paths *paths, struct err *err) {
    struct cursor in = cursor_over(value->data);
    for (uint32_t i = 0; i < value->count; i++) {
        struct str path = cursor_cstr(&in);
        if (in.failed || value->type != TYPE_STRING_ARRAY) {
            return err_set(err, ERR_INPUT, "OLDFILENAMES: name %u is cut or no string", i);
        }
        int code = paths->put(paths->user, path);
        if (code < 0) {
            return err_set(err, code, "OLDFILENAMES: the paths cannot be taken from name %u on", i);
        }
    }
    return 0;
}

int rpm_header_paths(const struct rpm_header *header, int (*put)(void *user, struct str path), void *user,
                     struct err *err) {
    const struct rpm_value *names = &header->values[RPM_BASENAMES];
    const struct rpm_value *old_names = &header->values[RPM_OLDFILENAMES];
    struct paths paths = {.put = put, .user = user, .left = names->data.n * PATH_BYTES_RATIO};
    if (!names->count) {
        return old_names->count ? put_old_names(old_names, &paths, err) : 0;
    }
    int code = read_folders(&header->values[RPM_DIRNAMES], &paths, err);
    if (code >= 0) {
        code = put_names(header, &paths, err);
    }
    mem_free(paths.folders);
    return code;
}
