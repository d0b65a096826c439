/* rpm's own database, Packages.db (rpm: lib/backend/ndb/rpmpkg.c), all little endian.
 *
 * Slot pages of 4,096 bytes stand at the front: a head of 32 bytes ("RpmP", version, generation, count of
 * slot pages), then slots of 16 ("Slot", package, first block, count of blocks). Blocks are 16 bytes. A blob
 * is {"BlbS", package, generation, length}, the header, padding, {Adler-32 of all before, length, "BlbE"}. */
#include "base/cursor.h"
#include "inspect/packages/rpm/rpm_db.h"

enum { PAGE = 4096, HEAD = 32, SLOT = 16, BLOCK = 16, BLOB_HEAD = 16, BLOB_TAIL = 12 };

#define MAGIC(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define MAGIC_SLOT        MAGIC('S', 'l', 'o', 't')
#define MAGIC_BLOB        MAGIC('B', 'l', 'b', 'S')
#define MAGIC_END         MAGIC('B', 'l', 'b', 'E')

struct slot {
    uint32_t magic, package, block, blocks;
};

/* RFC 1950, section 8. */
static uint32_t adler32(struct str s) {
    enum { MODULUS = 65521, RUN = 5552 /* bytes that can't overflow 32 bits */ };
    uint32_t a = 1, b = 0;
    for (size_t at = 0; at < s.n; at += RUN) {
        for (size_t i = at; i < MIN(s.n, at + RUN); i++) {
            a += (unsigned char)s.p[i];
            b += a;
        }
        a %= MODULUS;
        b %= MODULUS;
    }
    return b << 16 | a;
}

static struct slot read_slot(struct cursor *in) {
    struct slot slot;
    slot.magic = cursor_le32(in);
    slot.package = cursor_le32(in);
    slot.block = cursor_le32(in);
    slot.blocks = cursor_le32(in);
    return slot;
}

/* The header blob that a slot points at; what is wrong with it, or NULL. */
static const char *read_blob(struct str body, const struct slot *slot, struct str *header) {
    struct cursor file = cursor_over(body);
    size_t n = (size_t)slot->blocks * BLOCK;
    struct cursor in = cursor_window(&file, (size_t)slot->block * BLOCK, n);
    struct str whole = str_n((const char *)in.p, in.failed ? 0 : n);
    uint32_t magic = cursor_le32(&in), package = cursor_le32(&in);
    cursor_skip(&in, 4); /* generation */
    uint32_t length = cursor_le32(&in);
    *header = cursor_take(&in, length);
    if (in.failed || n < BLOB_TAIL || in.at > n - BLOB_TAIL) {
        return "the blob does not fit the file";
    }
    cursor_seek(&in, n - BLOB_TAIL);
    uint32_t sum = cursor_le32(&in), length_again = cursor_le32(&in), end = cursor_le32(&in);
    if (magic != MAGIC_BLOB || package != slot->package || end != MAGIC_END || length_again != length) {
        return "the blob is damaged";
    }
    return sum == adler32(str_sub(whole, 0, n - BLOB_TAIL)) ? NULL : "the blob's checksum is wrong";
}

static int read_package(struct rpm_reader *reader, const struct slot *slot, uint32_t number,
                        struct err *err) {
    char place[64];
    struct str header;
    snprintf(place, sizeof place, "slot %u (byte %zu)", number, (size_t)slot->block * BLOCK);
    /* A checksum is taken over the blob: blobs that overlap cost as much as headers do. */
    size_t n = (size_t)slot->blocks * BLOCK;
    if (n > reader->left) {
        problems_add(&reader->problems, "%s: the blob is longer than what is left of the file", place);
        return 0;
    }
    const char *wrong = read_blob(reader->in->body, slot, &header);
    if (wrong) {
        reader->left -= n;
        problems_add(&reader->problems, "%s: %s", place, wrong);
        return 0;
    }
    reader->left -= n - header.n;
    return rpm_reader_header(reader, header, place, err);
}

int rpm_ndb_read(struct rpm_reader *reader, struct err *err) {
    struct cursor in = cursor_over(reader->in->body);
    cursor_skip(&in, 4);
    uint32_t version = cursor_le32(&in);
    cursor_skip(&in, 4); /* generation */
    uint32_t pages = cursor_le32(&in);
    if (in.failed || version != 0) {
        return err_set(err, ERR_UNSUPPORTED, "byte 4: NDB version %u is not known", version);
    }
    size_t slots = MIN((size_t)pages * PAGE, in.n) / SLOT;
    cursor_seek(&in, MIN((size_t)HEAD, in.n));
    for (uint32_t i = HEAD / SLOT; i < slots; i++) {
        struct slot slot = read_slot(&in);
        if (slot.magic != MAGIC_SLOT) {
            problems_add(&reader->problems, "slot %u: no \"Slot\" at its front", i);
        } else if (slot.block) {
            int code = read_package(reader, &slot, i, err);
            if (code < 0) {
                return code;
            }
        }
    }
    if ((size_t)pages * PAGE > in.n) {
        return err_set(err, ERR_INPUT, "the file ends at byte %zu, within its %u slot pages", in.n, pages);
    }
    return 0;
}
