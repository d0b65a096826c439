#include "source/stream/tar.h"

#include "base/limits.h"
#include "base/mem.h"
#include "source/stream/digits.h"
#include "source/stream/tar_header.h"
#include "source/stream/tar_pax.h"
#include "source/stream/tar_sparse.h"

struct tar {
    struct tar_source source;
    struct str block; /* what is left of the current block */
    uint64_t at;      /* offset of block.p in the stream */
    bool source_ended, is_ended, left_bytes;
    struct err error; /* once set, it stays */
    char notice[128];

    unsigned char scratch[TAR_BLOCK]; /* a header that crosses blocks */
    struct tar_pax global;
    /* Of the current entry. */
    uint64_t entry_offset;
    struct buf pax_bytes, long_name, long_link;
    struct tar_pax pax;
    bool has_long_name, has_long_link;
    const char *refusal;
    struct str written;
    char joined[TAR_NAME + 1], path[LIMIT_PATH], link[LIMIT_PATH];

    /* Its content. */
    uint64_t stored_left, padding; /* bytes in the stream */
    bool is_file, is_sparse;
    struct tar_sparse sparse;
    size_t segment;
    uint64_t position, size; /* in the file, of a sparse one */
};

static const char zeros[16 * 1024];

int tar_open(struct tar **out, struct tar_source source, struct err *err) {
    struct tar *tar = mem_alloc_zero(sizeof *tar);
    if (!tar) {
        return err_memory(err);
    }
    tar->source = source;
    tar->pax_bytes = buf_new(LIMIT_PAX);
    tar->long_name = buf_new(LIMIT_PAX);
    tar->long_link = buf_new(LIMIT_PAX);
    tar_sparse_init(&tar->sparse);
    *out = tar;
    return 0;
}

void tar_close(struct tar *tar) {
    if (tar) {
        buf_free(&tar->pax_bytes);
        buf_free(&tar->long_name);
        buf_free(&tar->long_link);
        tar_sparse_free(&tar->sparse);
        mem_free(tar);
    }
}

void tar_closep(struct tar **tar) {
    tar_close(*tar);
}

/* The stream. Functions return 0, or negative with tar->error set. */

static int pull(struct tar *tar) {
    assert(!tar->block.n);
    if (tar->source_ended) {
        return 0;
    }
    int r = tar->source.next(tar->source.ctx, &tar->block, &tar->error);
    if (r < 0) {
        tar->block = STR_NONE;
        return tar->error.code ? r : err_set(&tar->error, r, "read");
    }
    tar->source_ended = tar->block.n == 0;
    return 0;
}

static void advance(struct tar *tar, size_t n) {
    assert(n <= tar->block.n);
    tar->block = str_from(tar->block, n);
    tar->at += n;
}

static int ends_early(struct tar *tar, const char *inside) {
    return err_set(&tar->error, ERR_INPUT, "tar data ends early at byte %s, inside %s",
                   digits_of(tar->at).text, inside);
}

/* The next 512 bytes, in the block where they can be; shorter at the end. */
static int take_block(struct tar *tar, struct str *out) {
    if (tar->block.n >= TAR_BLOCK) {
        *out = str_sub(tar->block, 0, TAR_BLOCK);
        advance(tar, TAR_BLOCK);
        return 0;
    }
    size_t got = 0;
    while (got < TAR_BLOCK && !tar->source_ended) {
        size_t n = MIN(tar->block.n, TAR_BLOCK - got);
        if (n) {
            memcpy(tar->scratch + got, tar->block.p, n);
            advance(tar, n);
            got += n;
        } else if (pull(tar) < 0) {
            return tar->error.code;
        }
    }
    *out = str_n((const char *)tar->scratch, got);
    return 0;
}

/* Passes n bytes to out, or over them when it is NULL. */
static int pass(struct tar *tar, uint64_t n, struct buf *out, const char *inside) {
    while (n) {
        if (!tar->block.n) {
            if (!out && tar->source.skip) {
                tar->at += n;
                return tar->source.skip(tar->source.ctx, n, &tar->error);
            }
            if (pull(tar) < 0) {
                return tar->error.code;
            }
            if (tar->source_ended) {
                return ends_early(tar, inside);
            }
        }
        size_t part = (size_t)MIN(n, (uint64_t)tar->block.n);
        if (out) {
            buf_str(out, str_sub(tar->block, 0, part));
        }
        advance(tar, part);
        n -= part;
    }
    return out && out->failed ? err_memory(&tar->error) : 0;
}

static uint64_t padding_of(uint64_t size) {
    return (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}

/* The padding of the last entry may be missing, as some writers leave it out with the end blocks. */
static int finish_content(struct tar *tar) {
    int r = pass(tar, tar->stored_left, NULL, "the content of an entry");
    uint64_t padding = tar->padding;
    tar->stored_left = tar->padding = 0;
    tar->is_file = false;
    while (r == 0 && padding && !tar->source_ended) {
        size_t n = (size_t)MIN(padding, (uint64_t)tar->block.n);
        advance(tar, n);
        padding -= n;
        r = padding ? pull(tar) : 0;
    }
    return r;
}

static int header_error(struct tar *tar, uint64_t at) {
    return err_at(&tar->error, "tar header at byte %s", digits_of(at).text);
}

/* Headers */

/* Behind a block of zeros comes another one, or the end of the stream, which old writers leave it at. */
static int end_of_archive(struct tar *tar) {
    uint64_t at = tar->at;
    struct str block;
    if (take_block(tar, &block) < 0) {
        return tar->error.code;
    }
    tar->is_ended = true;
    if (block.n == TAR_BLOCK && !tar_block_is_zero(block)) {
        tar->left_bytes = true;
        snprintf(tar->notice, sizeof tar->notice,
                 "a lone block of zeros ends the archive; the bytes from %s on were not read",
                 digits_of(at).text);
    }
    return 0;
}

/* 1 and a header, 0 at the end. */
static int read_header(struct tar *tar, struct tar_header *header, struct str *block) {
    uint64_t at = tar->at;
    if (take_block(tar, block) < 0) {
        return tar->error.code;
    }
    if (block->n == 0) {
        tar->is_ended = true;
        if (at) {
            snprintf(tar->notice, sizeof tar->notice, "the archive ends without its end blocks");
        }
        return 0;
    }
    if (block->n < TAR_BLOCK) {
        return ends_early(tar, "a header");
    }
    if (tar_block_is_zero(*block)) {
        return end_of_archive(tar);
    }
    return tar_header_parse(header, *block, &tar->error) < 0 ? header_error(tar, at) : 1;
}

/* The content of an extension header, which replaces one of the same type before it. */
static int read_extension(struct tar *tar, uint64_t size, struct buf *out) {
    buf_clear(out);
    if (size > LIMIT_PAX) {
        return err_set(&tar->error, ERR_LIMIT, "an extension of %s bytes", digits_of(size).text);
    }
    int r = pass(tar, size, out, "an extension header");
    return r < 0 ? r : pass(tar, padding_of(size), NULL, "an extension header");
}

static int read_pax(struct tar *tar, uint64_t size) {
    int r = read_extension(tar, size, &tar->pax_bytes);
    if (r < 0) {
        return r;
    }
    tar->pax = tar->global;
    tar_sparse_clear(&tar->sparse);
    return tar_pax_parse(&tar->pax, &tar->sparse, buf_view(&tar->pax_bytes), &tar->error);
}

/* Its records are parsed where a long name goes, for they are not needed afterwards. */
static int read_global(struct tar *tar, uint64_t size) {
    _cleanup_(buf_free) struct buf bytes = buf_new(LIMIT_PAX);
    int r = read_extension(tar, size, &bytes);
    struct tar_pax pax = tar->global;
    if (r < 0 || (r = tar_pax_parse(&pax, NULL, buf_view(&bytes), &tar->error)) < 0) {
        return r;
    }
    tar->global = (struct tar_pax){
        .uid = pax.uid,
        .gid = pax.gid,
        .modified = pax.modified,
        .has_uid = pax.has_uid,
        .has_gid = pax.has_gid,
        .has_modified = pax.has_modified,
    };
    return 0;
}

/* 1 when the header only says something about the next one, 0 when it is an entry. */
static int read_if_extension(struct tar *tar, const struct tar_header *header) {
    int r;
    switch (header->type) {
    case 'x':
        r = read_pax(tar, header->size);
        break;
    case 'g':
        r = read_global(tar, header->size);
        break;
    case 'L':
        r = read_extension(tar, header->size, &tar->long_name);
        tar->has_long_name = true;
        break;
    case 'K':
        r = read_extension(tar, header->size, &tar->long_link);
        tar->has_long_link = true;
        break;
    case 'V': /* the label of a tape */
        r = pass(tar, header->size, NULL, "a volume label");
        r = r < 0 ? r : pass(tar, padding_of(header->size), NULL, "a volume label");
        break;
    default:
        return 0;
    }
    return r < 0 ? r : 1;
}

/* Names: a GNU long name wins over pax, and pax over the header. */

static struct str up_to_nul(struct str s) {
    ptrdiff_t end = str_find_byte(s, 0);
    return end < 0 ? s : str_sub(s, 0, (size_t)end);
}

static struct str header_name(struct tar *tar, const struct tar_header *header) {
    if (!header->prefix.n) {
        return header->name;
    }
    int n = snprintf(tar->joined, sizeof tar->joined, "%.*s/%.*s", STR_ARG(header->prefix),
                     STR_ARG(header->name));
    assert(n > 0 && (size_t)n < sizeof tar->joined);
    return str_n(tar->joined, (size_t)n);
}

static bool has_pax_sparse(const struct tar_pax *pax) {
    bool is_1_0 = pax->has_sparse_major && pax->sparse_major == 1 && pax->sparse_minor == 0;
    return is_1_0 || pax->sparse_map.n || pax->has_sparse_pieces;
}

static struct str written_path(struct tar *tar, const struct tar_header *header) {
    if (has_pax_sparse(&tar->pax) && tar->pax.sparse_name.n) {
        return tar->pax.sparse_name;
    }
    if (tar->has_long_name) {
        return up_to_nul(buf_view(&tar->long_name));
    }
    return tar->pax.path.n ? tar->pax.path : header_name(tar, header);
}

static struct str written_link(struct tar *tar, const struct tar_header *header) {
    if (tar->has_long_link) {
        return up_to_nul(buf_view(&tar->long_link));
    }
    return tar->pax.link.n ? tar->pax.link : header->link;
}

static const char *copy_link(struct tar *tar, struct str link, struct entry *entry) {
    if (entry->type == ENTRY_HARDLINK) {
        return tar_path_normalize(link, tar->link, &entry->link);
    }
    if (link.n >= LIMIT_PATH || str_find_byte(link, 0) >= 0) {
        return "a link target that Linux does not allow";
    }
    memcpy(tar->link, link.p, link.n);
    entry->link = str_n(tar->link, link.n);
    return NULL;
}

static void set_names(struct tar *tar, const struct tar_header *header, struct entry *entry) {
    struct str path = written_path(tar, header);
    const char *refusal = tar_path_normalize(path, tar->path, &entry->path);
    if (!refusal && !entry->path.n && entry->type != ENTRY_DIRECTORY) {
        refusal = "no name";
    }
    if (!refusal && (entry->type == ENTRY_SYMLINK || entry->type == ENTRY_HARDLINK)) {
        refusal = copy_link(tar, written_link(tar, header), entry);
    }
    tar->refusal = refusal;
    tar->written = entry->path;
    if (refusal) {
        path = str_sub(path, 0, LIMIT_PATH);
        memcpy(tar->path, path.p ? path.p : "", path.n);
        tar->written = str_n(tar->path, path.n);
        entry->path = entry->link = STR_NONE;
    }
}

/* Entries */

static const struct type {
    char flag;
    enum entry_type type;
    bool is_device, has_content; /* has_content: bytes follow in the stream */
} types[] = {
    {'0', ENTRY_FILE, false, true},       {0, ENTRY_FILE, false, true},
    {'7', ENTRY_FILE, false, true},       {'S', ENTRY_FILE, false, true},
    {'1', ENTRY_HARDLINK, false, false},  {'2', ENTRY_SYMLINK, false, false},
    {'3', ENTRY_OTHER, true, false},      {'4', ENTRY_OTHER, true, false},
    {'5', ENTRY_DIRECTORY, false, false}, {'6', ENTRY_OTHER, false, false},
    {'D', ENTRY_DIRECTORY, false, true},
};

/* Container engines refuse types that are not in the table, and so they stand for no file here. */
static const struct type *type_of(char flag) {
    static const struct type other = {0, ENTRY_OTHER, false, true};
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (types[i].flag == flag) {
            return &types[i];
        }
    }
    return &other;
}

static int read_old_sparse(struct tar *tar, struct str block) {
    uint64_t size;
    tar_sparse_clear(&tar->sparse);
    if (!tar_unsigned(str_sub(block, 483, 12), &size)) {
        return err_set(&tar->error, ERR_INPUT, "the size of the sparse file is not a number");
    }
    tar->size = size;
    int r = tar_sparse_add_fields(&tar->sparse, str_sub(block, 386, 96), 4, &tar->error);
    bool goes_on = block.p[482] != 0;
    while (r == 0 && goes_on) {
        if (take_block(tar, &block) < 0) {
            return tar->error.code;
        }
        if (block.n < TAR_BLOCK) {
            return ends_early(tar, "the map of a sparse file");
        }
        r = tar_sparse_add_fields(&tar->sparse, str_sub(block, 0, 504), 21, &tar->error);
        goes_on = block.p[504] != 0;
    }
    return r;
}

/* Form 1.0: the map is the front of the content. */
static int read_sparse_blocks(struct tar *tar) {
    struct str block;
    int r = 0;
    tar_sparse_clear(&tar->sparse);
    while (r == 0) {
        if (tar->stored_left < TAR_BLOCK) {
            return err_set(&tar->error, ERR_INPUT, "the map of the sparse file is longer than its content");
        }
        if (take_block(tar, &block) < 0) {
            return tar->error.code;
        }
        if (block.n < TAR_BLOCK) {
            return ends_early(tar, "the map of a sparse file");
        }
        tar->stored_left -= TAR_BLOCK;
        r = tar_sparse_add_block(&tar->sparse, block, &tar->error);
    }
    return r < 0 ? r : 0;
}

static int read_sparse(struct tar *tar, char type, struct str block) {
    const struct tar_pax *pax = &tar->pax;
    tar->size = pax->has_sparse_size ? pax->sparse_size : tar->stored_left;
    int r = 0;
    if (type == 'S') {
        r = read_old_sparse(tar, block);
    } else if (pax->has_sparse_major && pax->sparse_major == 1) {
        r = read_sparse_blocks(tar);
    } else if (pax->sparse_map.n) {
        tar_sparse_clear(&tar->sparse);
        r = tar_sparse_add_list(&tar->sparse, pax->sparse_map, &tar->error);
    }
    return r < 0 ? r : tar_sparse_check(&tar->sparse, tar->size, tar->stored_left, &tar->error);
}

static int set_content(struct tar *tar, const struct tar_header *header, struct str block,
                       const struct type *type, struct entry *entry) {
    uint64_t stored = tar->pax.has_size ? tar->pax.size : header->size;
    bool is_v7_directory = header->type == 0 && entry->type == ENTRY_DIRECTORY;
    tar->stored_left = type->has_content && !is_v7_directory ? stored : 0;
    tar->padding = padding_of(tar->stored_left);
    tar->is_file = entry->type == ENTRY_FILE;
    tar->is_sparse = tar->is_file && (header->type == 'S' || has_pax_sparse(&tar->pax));
    if (tar->stored_left > INT64_MAX) {
        return err_set(&tar->error, ERR_INPUT, "the size is not a number that a file can have");
    }
    entry->size = tar->is_file ? tar->stored_left : 0;
    if (!tar->is_sparse) {
        return 0;
    }
    int r = read_sparse(tar, header->type, block);
    entry->size = tar->size;
    tar->segment = 0;
    tar->position = 0;
    return r;
}

static int read_entry(struct tar *tar, const struct tar_header *header, struct str block,
                      struct entry *entry) {
    const struct type *type = type_of(header->type);
    const struct tar_pax *pax = &tar->pax;
    *entry = (struct entry){
        .type = type->type,
        .mode = header->mode,
        .is_device = type->is_device,
        .device_major = header->device_major,
        .device_minor = header->device_minor,
        .uid = pax->has_uid ? pax->uid : header->uid,
        .gid = pax->has_gid ? pax->gid : header->gid,
        .modified = pax->has_modified ? pax->modified : header->modified,
    };
    /* V7 had no type for directories. */
    if (header->type == 0 && str_ends(written_path(tar, header), STR("/"))) {
        entry->type = ENTRY_DIRECTORY;
    }
    set_names(tar, header, entry);
    return set_content(tar, header, block, type, entry);
}

static void begin_entry(struct tar *tar) {
    tar->entry_offset = tar->at;
    tar->pax = tar->global;
    tar->has_long_name = tar->has_long_link = tar->is_sparse = false;
    tar->refusal = NULL;
    tar->written = STR_NONE;
    tar_sparse_clear(&tar->sparse);
}

static int next_entry(struct tar *tar, struct entry *entry) {
    int r = finish_content(tar);
    if (r < 0) {
        return r;
    }
    begin_entry(tar);
    for (int n = 0; n <= LIMIT_TAR_EXTENSIONS; n++) {
        uint64_t at = tar->at;
        struct tar_header header;
        struct str block;
        r = read_header(tar, &header, &block);
        if (r == 0 && n > 0) {
            return err_set(&tar->error, ERR_INPUT,
                           "tar data ends early at byte %s, behind an extension header", digits_of(at).text);
        }
        if (r <= 0) {
            return r;
        }
        r = read_if_extension(tar, &header);
        if (r < 0) {
            return header_error(tar, at);
        }
        if (r == 0) {
            r = read_entry(tar, &header, block, entry);
            return r < 0 ? header_error(tar, at) : 1;
        }
    }
    err_set(&tar->error, ERR_LIMIT, "more than %d extension headers in a row", LIMIT_TAR_EXTENSIONS);
    return header_error(tar, tar->entry_offset);
}

int tar_next(struct tar *tar, struct entry *entry, struct err *err) {
    *entry = (struct entry){0};
    int r = tar->error.code;
    if (r == 0) {
        r = tar->is_ended ? 0 : next_entry(tar, entry);
    }
    if (r < 0) {
        *entry = (struct entry){0};
        return err_set(err, r, "%s", tar->error.message);
    }
    return r;
}

/* Content */

/* Up to n stored bytes; empty only when n is 0. */
static int read_stored(struct tar *tar, uint64_t n, struct str *piece) {
    *piece = STR_NONE;
    n = MIN(n, tar->stored_left);
    if (!n) {
        return 0;
    }
    if (!tar->block.n && pull(tar) < 0) {
        return tar->error.code;
    }
    if (!tar->block.n) {
        return ends_early(tar, "the content of an entry");
    }
    *piece = str_sub(tar->block, 0, (size_t)MIN(n, (uint64_t)tar->block.n));
    advance(tar, piece->n);
    tar->stored_left -= piece->n;
    return 0;
}

static int read_sparse_piece(struct tar *tar, struct str *piece) {
    bool has_segment = tar->segment < tar_sparse_count(&tar->sparse);
    struct tar_segment segment = {.offset = tar->size};
    if (has_segment) {
        segment = tar_sparse_at(&tar->sparse, tar->segment);
    }
    *piece = STR_NONE;
    if (tar->position < segment.offset) {
        *piece = str_n(zeros, (size_t)MIN(segment.offset - tar->position, (uint64_t)sizeof zeros));
    } else if (has_segment) {
        uint64_t end = segment.offset + segment.size;
        int r = read_stored(tar, end - tar->position, piece);
        if (r < 0) {
            return r;
        }
        tar->segment += tar->position + piece->n == end;
    }
    tar->position += piece->n;
    return 0;
}

int tar_read(struct tar *tar, struct str *piece, struct err *err) {
    *piece = STR_NONE;
    int r = tar->error.code;
    if (r == 0 && tar->is_file) {
        r = tar->is_sparse ? read_sparse_piece(tar, piece) : read_stored(tar, tar->stored_left, piece);
    }
    return r < 0 ? err_set(err, r, "%s", tar->error.message) : 0;
}

const char *tar_refusal(const struct tar *tar) {
    return tar->refusal;
}

struct str tar_written_path(const struct tar *tar) {
    return tar->written;
}

const char *tar_notice(const struct tar *tar) {
    return tar->notice[0] ? tar->notice : NULL;
}

bool tar_left_bytes(const struct tar *tar) {
    return tar->left_bytes;
}

uint64_t tar_content_offset(const struct tar *tar) {
    return tar->at;
}

uint64_t tar_entry_offset(const struct tar *tar) {
    return tar->entry_offset;
}
