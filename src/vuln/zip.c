#include "vuln/zip.h"

#include "base/limits.h"
#include "base/mem.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

/* APPNOTE 4.3: signatures and fixed sizes of the records. */
enum {
    LOCAL_SIGNATURE = 0x04034b50,
    ENTRY_SIGNATURE = 0x02014b50,
    END_SIGNATURE = 0x06054b50,
    END64_SIGNATURE = 0x06064b50,
    LOCATOR_SIGNATURE = 0x07064b50,
};
enum { LOCAL_BYTES = 30, END_BYTES = 22, LOCATOR_BYTES = 20 };
enum { METHOD_STORED = 0, METHOD_DEFLATE = 8, FLAG_ENCRYPTED = 1, EXTRA_ZIP64 = 1 };

struct end_record {
    uint64_t entries, size, offset;
    bool is_split;
};

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
static bool read_end64(struct str bytes, size_t end_at, struct end_record *end) {
    struct cursor c = cursor_over(bytes);
    if (end_at < LOCATOR_BYTES) {
        return false;
    }
    cursor_seek(&c, end_at - LOCATOR_BYTES);
    if (cursor_le32(&c) != LOCATOR_SIGNATURE) {
        return false;
    }
    cursor_skip(&c, 4);
    uint64_t at = cursor_le64(&c);
    cursor_seek(&c, (size_t)MIN(at, bytes.n));
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

int zip_open(struct zip *zip, struct str bytes, struct err *err) {
    size_t end_at;
    *zip = (struct zip){.bytes = bytes};
    if (!find_end(bytes, &end_at)) {
        return err_set(err, ERR_INPUT, "no ZIP archive, or cut short: it has no end record");
    }
    struct end_record end = read_end(bytes, end_at);
    bool is_full = end.entries == UINT16_MAX || end.size == UINT32_MAX || end.offset == UINT32_MAX;
    if (is_full && !read_end64(bytes, end_at, &end)) {
        return err_set(err, ERR_INPUT, "the ZIP64 end record is damaged");
    }
    if (end.is_split) {
        return err_set(err, ERR_UNSUPPORTED, "a ZIP archive in several parts");
    }
    if (end.offset > end_at || end.size > end_at - end.offset) {
        return err_set(err, ERR_INPUT, "the central directory is not inside the archive");
    }
    if (end.entries > LIMIT_ZIP_MEMBERS) {
        return err_set(err, ERR_LIMIT, "%llu members", (unsigned long long)end.entries);
    }
    struct cursor all = cursor_over(bytes);
    zip->directory = cursor_window(&all, (size_t)end.offset, (size_t)end.size);
    zip->left = end.entries;
    return 0;
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
        zip->extent > zip->bytes.n) {
        return err_set(err, ERR_INPUT, "%.*s: members overlap", STR_ARG(m->name));
    }
    if (!add_fits(zip->unpacked, m->size, &zip->unpacked) ||
        (zip->unpacked > LIMIT_BOMB_FLOOR && zip->unpacked / LIMIT_BOMB_RATIO > zip->bytes.n)) {
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

static int find_data(const struct zip *zip, const struct zip_member *m, struct str *out, struct err *err) {
    struct cursor c = cursor_over(zip->bytes);
    cursor_seek(&c, (size_t)MIN(m->offset, zip->bytes.n));
    bool is_local = cursor_le32(&c) == LOCAL_SIGNATURE;
    cursor_skip(&c, 22);
    uint16_t name_n = cursor_le16(&c), extra_n = cursor_le16(&c);
    bool has_name = str_eq(cursor_take(&c, name_n), m->name);
    cursor_skip(&c, extra_n);
    *out = cursor_take(&c, (size_t)MIN(m->packed, SIZE_MAX));
    if (c.failed || !is_local || !has_name) {
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

int zip_read(const struct zip *zip, const struct zip_member *m, struct buf *out, struct err *err) {
    struct str data;
    if (m->flags & FLAG_ENCRYPTED) {
        return err_set(err, ERR_UNSUPPORTED, "encrypted");
    }
    if (m->method != METHOD_STORED && m->method != METHOD_DEFLATE) {
        return err_set(err, ERR_UNSUPPORTED, "compression method %u", m->method);
    }
    int r = find_data(zip, m, &data, err);
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
    r = unpack(m, data, room, err);
    if (r < 0) {
        return r;
    }
    if (crc32_gzip_refl(0, room, m->size) != m->crc) {
        return err_set(err, ERR_INPUT, "its checksum does not match its content");
    }
    out->n += (size_t)m->size;
    return 0;
}
