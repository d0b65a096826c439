/* Packages as a Berkeley DB hash (rpm until 4.16: RHEL 5 to 8, Amazon Linux 1 and 2, old Fedora and SUSE).
 *
 * Layout: Berkeley DB 4 and 5, dbinc/db_page.h. Pages are of the size that the first one, the metadata, names
 * and of its byte order. A hash page holds pairs of items, key and value; a value is in place or stands on a
 * chain of overflow pages. A key is the package's number; the value of number 0 is the next number. All
 * pages are read in their order, so buckets and the free list don't matter. */
#include "base/buf.h"
#include "base/cursor.h"
#include "inspect/packages/rpm/rpm_db.h"

enum { PAGE_HEAD = 26, PAGE_MIN = 512, PAGE_MAX = 65536 };
enum page_type { PAGE_HASH_UNSORTED = 2, PAGE_OVERFLOW = 7, PAGE_HASH_META = 8, PAGE_HASH = 13 };
enum item_type { ITEM_IN_PLACE = 1, ITEM_OVERFLOW = 3 };

struct bdb {
    struct rpm_reader *reader;
    bool is_big_endian;
    uint32_t page_size, pages;
    uint32_t overflow_left; /* each overflow page belongs to one chain */
    struct buf blob;        /* a value from a chain */
};

struct page {
    struct cursor in;
    uint32_t number, next;
    uint16_t entries;
    uint16_t high_free; /* overflow: bytes of data on it */
    uint8_t type;
};

static uint32_t u32(const struct bdb *bdb, struct cursor *in) {
    return bdb->is_big_endian ? cursor_be32(in) : cursor_le32(in);
}

static uint16_t u16(const struct bdb *bdb, struct cursor *in) {
    return bdb->is_big_endian ? cursor_be16(in) : cursor_le16(in);
}

static struct page read_page(const struct bdb *bdb, uint32_t number) {
    struct cursor file = cursor_over(bdb->reader->in->body);
    struct page page = {
        .in = cursor_window(&file, (size_t)number * bdb->page_size, bdb->page_size),
        .number = number,
    };
    cursor_seek(&page.in, 16); /* past the log's number, the page's own and the one before */
    page.next = u32(bdb, &page.in);
    page.entries = u16(bdb, &page.in);
    page.high_free = u16(bdb, &page.in);
    cursor_skip(&page.in, 1); /* level */
    page.type = cursor_u8(&page.in);
    return page;
}

/* ---- overflow chains */

/* NULL and the value in bdb->blob, or what is wrong. */
static const char *read_chain(struct bdb *bdb, uint32_t number, uint32_t length) {
    buf_clear(&bdb->blob);
    while (bdb->blob.n < length) {
        if (!number || number >= bdb->pages || !bdb->overflow_left) {
            return "its chain of overflow pages leaves the file or loops";
        }
        bdb->overflow_left--;
        struct page page = read_page(bdb, number);
        size_t n = MIN((size_t)page.high_free, length - bdb->blob.n);
        struct str data = cursor_take(&page.in, n);
        if (page.type != PAGE_OVERFLOW || page.in.failed || !n) {
            return "its chain of overflow pages is damaged";
        }
        buf_str(&bdb->blob, data);
        number = page.next;
    }
    return bdb->blob.failed ? "its chain of overflow pages is too long" : NULL;
}

/* ---- items of a hash page */

/* Item i stands between its own offset and that of the item before it. */
static struct str item(const struct bdb *bdb, const struct page *page, uint16_t i) {
    struct cursor offsets = page->in;
    size_t end = bdb->page_size;
    if (i) {
        cursor_seek(&offsets, PAGE_HEAD + 2 * ((size_t)i - 1));
        end = u16(bdb, &offsets);
    }
    cursor_seek(&offsets, PAGE_HEAD + 2 * (size_t)i);
    size_t start = u16(bdb, &offsets);
    if (offsets.failed || start < PAGE_HEAD + 2 * (size_t)page->entries || start >= end) {
        return STR_NONE;
    }
    struct cursor in = cursor_window(&page->in, start, end - start);
    return cursor_take(&in, end - start);
}

static bool is_number_0(struct str key) {
    return key.n == 5 && key.p[0] == ITEM_IN_PLACE && !memcmp(key.p + 1, "\0\0\0\0", 4);
}

static const char *read_value(struct bdb *bdb, struct str value, struct str *header) {
    struct cursor in = cursor_over(value);
    uint8_t type = cursor_u8(&in);
    if (type == ITEM_IN_PLACE) {
        *header = cursor_take(&in, cursor_left(&in));
        return NULL;
    }
    cursor_skip(&in, 3);
    uint32_t number = u32(bdb, &in), length = u32(bdb, &in);
    if (type != ITEM_OVERFLOW || in.failed || length > bdb->reader->left) {
        return "its value is damaged";
    }
    const char *wrong = read_chain(bdb, number, length);
    *header = buf_view(&bdb->blob);
    return wrong;
}

static int read_pair(struct bdb *bdb, const struct page *page, uint16_t i, struct err *err) {
    char place[64];
    struct str header;
    if (is_number_0(item(bdb, page, i))) {
        return 0;
    }
    snprintf(place, sizeof place, "page %u, item %u", page->number, i + 1U);
    const char *wrong = read_value(bdb, item(bdb, page, (uint16_t)(i + 1)), &header);
    if (wrong) {
        problems_add(&bdb->reader->problems, "%s: %s", place, wrong);
        return 0;
    }
    return rpm_reader_header(bdb->reader, header, place, err);
}

static int read_hash_page(struct bdb *bdb, const struct page *page, struct err *err) {
    if (page->entries % 2 || PAGE_HEAD + 2 * (size_t)page->entries > bdb->page_size) {
        problems_add(&bdb->reader->problems, "page %u: %u entries can't be pairs on it", page->number,
                     page->entries);
        return 0;
    }
    for (uint16_t i = 0; i < page->entries; i = (uint16_t)(i + 2)) {
        int code = read_pair(bdb, page, i, err);
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

/* ---- the file */

static int read_meta(struct bdb *bdb, uint32_t *last, struct err *err) {
    struct str body = bdb->reader->in->body;
    struct cursor in = cursor_over(body);
    cursor_skip(&in, 12);
    bdb->is_big_endian = cursor_u8(&in) == 0; /* the magic is 0x00061561 */
    cursor_skip(&in, 7);                      /* the rest of it, version */
    bdb->page_size = u32(bdb, &in);
    uint8_t encryption = cursor_u8(&in), type = cursor_u8(&in), flags = cursor_u8(&in);
    cursor_skip(&in, 5);
    *last = u32(bdb, &in);
    if (in.failed || type != PAGE_HASH_META || bdb->page_size < PAGE_MIN || bdb->page_size > PAGE_MAX ||
        (bdb->page_size & (bdb->page_size - 1))) {
        return err_set(err, ERR_INPUT, "byte 20: pages of %u bytes, type %u: no Berkeley DB hash",
                       bdb->page_size, type);
    }
    if (encryption || flags) {
        return err_set(err, ERR_UNSUPPORTED, "byte 24: the Berkeley DB is encrypted or has page checksums");
    }
    bdb->pages = (uint32_t)MIN(body.n / bdb->page_size, (size_t)UINT32_MAX);
    bdb->overflow_left = MAX(bdb->pages, 1U) - 1; /* all but this one */
    return 0;
}

static int read_pages(struct bdb *bdb, struct err *err) {
    for (uint32_t i = 1; i < bdb->pages; i++) {
        struct page page = read_page(bdb, i);
        if (page.type != PAGE_HASH && page.type != PAGE_HASH_UNSORTED) {
            continue;
        }
        int code = read_hash_page(bdb, &page, err);
        if (code < 0) {
            return code;
        }
    }
    return 0;
}

int rpm_bdb_read(struct rpm_reader *reader, struct err *err) {
    struct bdb bdb = {.reader = reader, .blob = buf_new(reader->in->body.n)};
    uint32_t last;
    int code = read_meta(&bdb, &last, err);
    if (code >= 0) {
        code = read_pages(&bdb, err);
    }
    buf_free(&bdb.blob);
    if (code >= 0 && last >= bdb.pages) {
        return err_set(err, ERR_INPUT, "the file ends at byte %zu, before its last page (%u)",
                       reader->in->body.n, last);
    }
    return code;
}
