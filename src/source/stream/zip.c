#include "source/stream/zip.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <sys/stat.h>

/* APPNOTE 4.3: signatures and fixed sizes of the records. */
enum {
    LOCAL_SIGNATURE = 0x04034b50,
    ENTRY_SIGNATURE = 0x02014b50,
    END_SIGNATURE = 0x06054b50,
    END64_SIGNATURE = 0x06064b50,
    LOCATOR_SIGNATURE = 0x07064b50,
};
enum { LOCAL_BYTES = 30, END_BYTES = 22, END64_BYTES = 56, LOCATOR_BYTES = 20 };
/* All that may hold the end record: its comment is of at most 64 KiB. */
enum { TAIL_BYTES = UINT16_MAX + END_BYTES + LOCATOR_BYTES };
enum { METHOD_STORED = 0, METHOD_DEFLATE = 8, FLAG_ENCRYPTED = 1, EXTRA_ZIP64 = 1 };

struct end_record {
    uint64_t entries, size, offset;
    bool is_split;
};

static int read_at(const struct zip *zip, uint64_t at, void *out, size_t n, struct err *err) {
    if (at > zip->size || n > zip->size - at) {
        return err_set(err, ERR_INPUT, "byte %llu: past the end of the archive", (unsigned long long)at);
    }
    if (zip->fd >= 0) {
        return file_read_at(zip->fd, (off_t)at, out, n, err);
    }
    if (n) {
        memcpy(out, zip->bytes.p + at, n);
    }
    return 0;
}

/* The end record is the last whose comment reaches exactly to the end. */
static bool find_end(struct str bytes, size_t *out) {
    for (size_t comment = 0; comment <= UINT16_MAX && comment + END_BYTES <= bytes.n; comment++) {
        struct cursor c = cursor_over(bytes);
        cursor_seek(&c, bytes.n - END_BYTES - comment);
        if (cursor_le32(&c) == END_SIGNATURE) {
            cursor_skip(&c, 16);
            if (cursor_le16(&c) == comment) {
                *out = bytes.n - END_BYTES - comment;
                return true;
            }
        }
    }
    return false;
}

static struct end_record read_end(struct str bytes, size_t at) {
    struct cursor c = cursor_over(bytes);
    struct end_record end;
    cursor_seek(&c, at + 4);
    end.is_split = cursor_le16(&c) != 0;
    end.is_split |= cursor_le16(&c) != 0;
    cursor_skip(&c, 2);
    end.entries = cursor_le16(&c);
    end.size = cursor_le32(&c);
    end.offset = cursor_le32(&c);
    return end;
}

/* APPNOTE 4.3.14 and 4.3.15: when a field of the end record is full, the ZIP64 one before it has the values.
 */
static bool read_end64(const struct zip *zip, struct str tail, uint64_t tail_at, size_t end_at,
                       struct end_record *end) {
    unsigned char record[END64_BYTES];
    struct cursor c = cursor_over(tail);
    if (end_at < LOCATOR_BYTES) {
        return false;
    }
    cursor_seek(&c, end_at - LOCATOR_BYTES);
    if (cursor_le32(&c) != LOCATOR_SIGNATURE) {
        return false;
    }
    cursor_skip(&c, 4);
    uint64_t at = cursor_le64(&c);
    if (at > tail_at + end_at || read_at(zip, at, record, sizeof record, NULL) < 0) {
        return false;
    }
    c = cursor_over(str_n((const char *)record, sizeof record));
    bool is_end64 = cursor_le32(&c) == END64_SIGNATURE;
    cursor_skip(&c, 12);
    end->is_split = cursor_le32(&c) != 0;
    end->is_split |= cursor_le32(&c) != 0;
    cursor_skip(&c, 8);
    end->entries = cursor_le64(&c);
    end->size = cursor_le64(&c);
    end->offset = cursor_le64(&c);
    return is_end64 && !c.failed;
}

/* The end records, from the last bytes of the archive. tail begins at byte tail_at. */
static int find_directory(struct zip *zip, struct str tail, uint64_t tail_at, struct end_record *end,
                          struct err *err) {
    size_t end_at;
    if (!find_end(tail, &end_at)) {
        return err_set(err, ERR_INPUT, "no ZIP archive, or cut short: it has no end record");
    }
    *end = read_end(tail, end_at);
    bool is_full = end->entries == UINT16_MAX || end->size == UINT32_MAX || end->offset == UINT32_MAX;
    if (is_full && !read_end64(zip, tail, tail_at, end_at, end)) {
        return err_set(err, ERR_INPUT, "the ZIP64 end record is damaged");
    }
    if (end->is_split) {
        return err_set(err, ERR_UNSUPPORTED, "a ZIP archive in several parts");
    }
    uint64_t at = tail_at + end_at;
    if (end->offset > at || end->size > at - end->offset) {
        return err_set(err, ERR_INPUT, "the central directory is not inside the archive");
    }
    if (end->entries > LIMIT_ZIP_MEMBERS) {
        return err_set(err, ERR_LIMIT, "%llu members", (unsigned long long)end->entries);
    }
    return 0;
}

static bool begins_directory(const struct zip *zip, uint64_t at) {
    unsigned char head[4] = {0};
    struct cursor c = cursor_over(str_n((const char *)head, sizeof head));
    return read_at(zip, at, head, sizeof head, NULL) == 0 && cursor_le32(&c) == ENTRY_SIGNATURE;
}

/* Offsets of an archive that was put behind a program (a start script) count from the archive's own begin. */
static void find_shift(struct zip *zip, const struct end_record *end, uint64_t before_end) {
    uint64_t shift = before_end - end->size - end->offset;
    if (shift && !begins_directory(zip, end->offset) && begins_directory(zip, end->offset + shift)) {
        zip->shift = shift;
    }
}

static int open_tail(struct zip *zip, struct str tail, uint64_t tail_at, struct end_record *end,
                     struct err *err) {
    int r = find_directory(zip, tail, tail_at, end, err);
    size_t end_at;
    if (r == 0 && end->entries && find_end(tail, &end_at)) {
        find_shift(zip, end, tail_at + end_at);
    }
    zip->left = r == 0 ? end->entries : 0;
    return r;
}

int zip_open(struct zip *zip, struct str bytes, struct err *err) {
    struct end_record end;
    *zip = (struct zip){.bytes = bytes, .fd = -1, .size = bytes.n};
    int r = open_tail(zip, bytes, 0, &end, err);
    if (r == 0) {
        struct cursor all = cursor_over(bytes);
        zip->directory = cursor_window(&all, (size_t)(end.offset + zip->shift), (size_t)end.size);
    }
    return r;
}

int zip_open_file(struct zip *zip, int fd, struct arena *arena, struct err *err) {
    struct end_record end;
    struct stat st;
    *zip = (struct zip){.fd = fd};
    if (fstat(fd, &st) < 0) {
        return err_set_errno(err, ERR_IO, "the archive");
    }
    zip->size = (uint64_t)st.st_size;
    size_t tail_n = (size_t)MIN(zip->size, (uint64_t)TAIL_BYTES);
    char *tail = arena_alloc(arena, tail_n);
    if (!tail) {
        return err_memory(err);
    }
    int r = read_at(zip, zip->size - tail_n, tail, tail_n, err);
    r = r < 0 ? r : open_tail(zip, str_n(tail, tail_n), zip->size - tail_n, &end, err);
    if (r < 0) {
        return r;
    }
    if (end.size > LIMIT_ZIP_DIRECTORY) {
        return err_set(err, ERR_LIMIT, "a central directory of %llu bytes", (unsigned long long)end.size);
    }
    char *directory = arena_alloc(arena, (size_t)end.size);
    if (!directory) {
        return err_memory(err);
    }
    zip->directory = cursor_over(str_n(directory, (size_t)end.size));
    return read_at(zip, end.offset + zip->shift, directory, (size_t)end.size, err);
}

/* APPNOTE 4.5.3: the fields that are full in the record, in this order. */
static bool read_extra64(struct str extra, struct zip_member *m) {
    struct cursor c = cursor_over(extra);
    while (cursor_left(&c) >= 4) {
        uint16_t id = cursor_le16(&c), n = cursor_le16(&c);
        struct cursor field = cursor_over(cursor_take(&c, n));
        if (c.failed) {
            return false;
        }
        if (id != EXTRA_ZIP64) {
            continue;
        }
        m->size = m->size == UINT32_MAX ? cursor_le64(&field) : m->size;
        m->packed = m->packed == UINT32_MAX ? cursor_le64(&field) : m->packed;
        m->offset = m->offset == UINT32_MAX ? cursor_le64(&field) : m->offset;
        return !field.failed;
    }
    return false;
}

static bool read_entry(struct cursor *c, struct zip_member *m) {
    bool is_entry = cursor_le32(c) == ENTRY_SIGNATURE;
    cursor_skip(c, 4);
    m->flags = cursor_le16(c);
    m->method = cursor_le16(c);
    cursor_skip(c, 4);
    m->crc = cursor_le32(c);
    m->packed = cursor_le32(c);
    m->size = cursor_le32(c);
    uint16_t name_n = cursor_le16(c), extra_n = cursor_le16(c), comment_n = cursor_le16(c);
    cursor_skip(c, 8);
    m->offset = cursor_le32(c);
    m->name = cursor_take(c, name_n);
    struct str extra = cursor_take(c, extra_n);
    cursor_skip(c, comment_n);
    if (!is_entry || c->failed) {
        return false;
    }
    bool is_full = m->size == UINT32_MAX || m->packed == UINT32_MAX || m->offset == UINT32_MAX;
    return !is_full || read_extra64(extra, m);
}

/* Adds the member to the sums that bound what the whole archive may cost. */
static int count_member(struct zip *zip, const struct zip_member *m, struct err *err) {
    uint64_t extent = LOCAL_BYTES + m->name.n;
    if (!add_fits(extent, m->packed, &extent) || !add_fits(zip->extent, extent, &zip->extent) ||
        zip->extent > zip->size) {
        return err_set(err, ERR_INPUT, "%.*s: members overlap", STR_ARG(m->name));
    }
    if (!add_fits(zip->unpacked, m->size, &zip->unpacked) ||
        (zip->unpacked > LIMIT_BOMB_FLOOR && zip->unpacked / LIMIT_BOMB_RATIO > zip->size)) {
        return err_set(err, ERR_LIMIT, "unpacks to more than %d times its size", LIMIT_BOMB_RATIO);
    }
    return 0;
}

int zip_next(struct zip *zip, struct zip_member *out, struct err *err) {
    *out = (struct zip_member){0};
    if (!zip->left) {
        return 0;
    }
    if (!read_entry(&zip->directory, out)) {
        return err_set(err, ERR_INPUT, "the central directory is damaged, %llu members before its end",
                       (unsigned long long)zip->left);
    }
    zip->left--;
    int r = count_member(zip, out, err);
    return r < 0 ? r : 1;
}

/* Where the member's data are, behind its local header. */
static int find_data(const struct zip *zip, const struct zip_member *m, uint64_t *out, struct err *err) {
    unsigned char local[LOCAL_BYTES + UINT16_MAX];
    uint64_t at = 0;
    size_t n = LOCAL_BYTES + m->name.n;
    bool is_local = add_fits(m->offset, zip->shift, &at) && read_at(zip, at, local, n, NULL) == 0;
    struct cursor c = cursor_over(str_n((const char *)local, is_local ? n : 0));
    is_local = cursor_le32(&c) == LOCAL_SIGNATURE;
    cursor_skip(&c, 22);
    uint16_t name_n = cursor_le16(&c), extra_n = cursor_le16(&c);
    bool has_name = name_n == m->name.n && str_eq(cursor_take(&c, name_n), m->name);
    *out = at + n + extra_n;
    if (c.failed || !is_local || !has_name || *out > zip->size || m->packed > zip->size - *out) {
        return err_set(err, ERR_INPUT, "the local header at byte %llu does not fit the directory",
                       (unsigned long long)m->offset);
    }
    return 0;
}

static int inflate(struct str data, unsigned char *out, size_t n, struct err *err) {
    if (data.n > UINT32_MAX || n > UINT32_MAX) {
        return err_set(err, ERR_LIMIT, "a member of %zu bytes", n);
    }
    _cleanup_(mem_freep) struct inflate_state *state = mem_alloc_zero(sizeof *state);
    if (!state) {
        return err_memory(err);
    }
    isal_inflate_init(state);
    state->next_in = (uint8_t *)data.p;
    state->avail_in = (uint32_t)data.n;
    state->next_out = out;
    state->avail_out = (uint32_t)n;
    int r = isal_inflate_stateless(state);
    if (r != ISAL_DECOMP_OK || state->total_out != n) {
        return err_set(err, ERR_INPUT, "the deflate data are damaged or not of the size stated");
    }
    return 0;
}

static int unpack(const struct zip_member *m, struct str data, unsigned char *out, struct err *err) {
    if (m->method == METHOD_DEFLATE) {
        return inflate(data, out, (size_t)m->size, err);
    }
    if (data.n != m->size) {
        return err_set(err, ERR_INPUT, "stored, but the two sizes differ");
    }
    memcpy(out, data.p, data.n);
    return 0;
}

static int check_method(const struct zip_member *m, struct err *err) {
    if (m->flags & FLAG_ENCRYPTED) {
        return err_set(err, ERR_UNSUPPORTED, "encrypted");
    }
    if (m->method != METHOD_STORED && m->method != METHOD_DEFLATE) {
        return err_set(err, ERR_UNSUPPORTED, "compression method %u", m->method);
    }
    return 0;
}

static int check_sum(const struct zip_member *m, const unsigned char *content, struct err *err) {
    if (crc32_gzip_refl(0, content, m->size) != m->crc) {
        return err_set(err, ERR_INPUT, "its checksum does not match its content");
    }
    return 0;
}

/* The packed bytes: a slice of the archive, or in *held, which the caller frees. */
static int get_data(const struct zip *zip, const struct zip_member *m, void **held, struct str *out,
                    struct err *err) {
    uint64_t at;
    int r = find_data(zip, m, &at, err);
    if (r < 0 || zip->fd < 0) {
        *out = r < 0 ? STR_NONE : str_sub(zip->bytes, (size_t)at, (size_t)m->packed);
        return r;
    }
    if (m->packed > m->size + m->size / 8 + KIB) {
        return err_set(err, ERR_INPUT, "packed, it is larger than its content can be");
    }
    *held = mem_alloc((size_t)m->packed);
    if (!*held) {
        return err_memory(err);
    }
    *out = str_n(*held, (size_t)m->packed);
    return read_at(zip, at, *held, (size_t)m->packed, err);
}

int zip_read(const struct zip *zip, const struct zip_member *m, struct buf *out, struct err *err) {
    _cleanup_(mem_freep) void *held = NULL;
    struct str data = STR_NONE;
    int r = check_method(m, err);
    if (r < 0) {
        return r;
    }
    if (m->size > out->cap - out->n) {
        return err_set(err, ERR_LIMIT, "%llu bytes", (unsigned long long)m->size);
    }
    /* One more than needed, so that an empty member has a place too. */
    unsigned char *room = buf_room(out, (size_t)m->size + (m->size < out->cap - out->n));
    if (!room) {
        return err_memory(err);
    }
    r = get_data(zip, m, &held, &data, err);
    r = r < 0 ? r : unpack(m, data, room, err);
    r = r < 0 ? r : check_sum(m, room, err);
    out->n += r < 0 ? 0 : (size_t)m->size;
    return r;
}

bool zip_is_plain(const struct zip *zip, const struct zip_member *m) {
    return zip->fd < 0 && m->method == METHOD_STORED && !(m->flags & FLAG_ENCRYPTED) && m->packed == m->size;
}

int zip_slice(const struct zip *zip, const struct zip_member *m, struct str *out, struct err *err) {
    assert(zip_is_plain(zip, m));
    int r = get_data(zip, m, NULL, out, err);
    return r < 0 ? r : check_sum(m, (const unsigned char *)out->p, err);
}
