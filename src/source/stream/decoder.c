#include "source/stream/decoder.h"

#include "base/limits.h"
#include "base/mem.h"

#include <bzlib.h>
#include <isa-l/igzip_lib.h>
#include <lzma.h>
#include <zstd.h>
#include <zstd_errors.h>

/* The xz library counts its own tables too. */
#define XZ_MEMORY (LIMIT_WINDOW + 16 * MIB)

struct gzip {
    struct inflate_state state;
    struct isal_gzip_header header; /* kept, for a header may arrive in pieces */
    bool has_header;
};

struct xz {
    lzma_stream stream;
    lzma_allocator allocator;
};

struct decoder {
    const struct decoder_kind *kind;
    bool is_fresh; /* the next step begins a member */
    union {
        struct gzip gzip;
        ZSTD_DCtx *zstd;
        struct xz xz;
        bz_stream bzip2;
    };
};

struct decoder_kind {
    int (*open)(struct decoder *d);
    int (*begin)(struct decoder *d); /* before each member */
    int (*step)(struct decoder *d, struct flow *flow, struct err *err);
    void (*close)(struct decoder *d);
};

/* gzip: RFC 1952 */

static int gzip_open(struct decoder *d) {
    isal_inflate_init(&d->gzip.state);
    return 0;
}

static int gzip_begin(struct decoder *d) {
    isal_inflate_reset(&d->gzip.state);
    isal_gzip_header_init(&d->gzip.header);
    d->gzip.state.crc_flag = ISAL_GZIP_NO_HDR_VER;
    d->gzip.has_header = false;
    return 0;
}

static const char *gzip_words(int r) {
    switch (r) {
    case ISAL_INCORRECT_CHECKSUM:
        return "the checksum or length differs";
    case ISAL_INVALID_WRAPPER:
        return "not a gzip header";
    case ISAL_UNSUPPORTED_METHOD:
        return "a compression method other than deflate";
    case ISAL_INVALID_LOOKBACK:
        return "a reference to before the start";
    case ISAL_INVALID_SYMBOL:
        return "a code that is not in its table";
    default:
        return "not a valid deflate block";
    }
}

static int gzip_step(struct decoder *d, struct flow *flow, struct err *err) {
    struct inflate_state *state = &d->gzip.state;
    state->next_in = (uint8_t *)flow->in;
    state->avail_in = (uint32_t)flow->in_n;
    state->next_out = flow->out;
    state->avail_out = (uint32_t)flow->out_n;
    int r = ISAL_DECOMP_OK;
    if (!d->gzip.has_header) {
        r = isal_read_gzip_header(state, &d->gzip.header);
        d->gzip.has_header = r == ISAL_DECOMP_OK;
    }
    if (d->gzip.has_header) {
        r = isal_inflate(state);
    }
    flow->in = state->next_in;
    flow->in_n = state->avail_in;
    flow->out = state->next_out;
    flow->out_n = state->avail_out;
    if (r < 0) {
        return err_set(err, ERR_INPUT, "%s", gzip_words(r));
    }
    return d->gzip.has_header && state->block_state == ISAL_BLOCK_FINISH;
}

static void gzip_close(struct decoder *d) {
    (void)d;
}

/* zstd: RFC 8878 */

static int zstd_open(struct decoder *d) {
    d->zstd = ZSTD_createDCtx();
    if (!d->zstd) {
        return ERR_MEMORY;
    }
    size_t r = ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, LIMIT_WINDOW_LOG);
    assert(!ZSTD_isError(r));
    (void)r;
    return 0;
}

static int zstd_begin(struct decoder *d) {
    ZSTD_DCtx_reset(d->zstd, ZSTD_reset_session_only);
    return 0;
}

static int zstd_step(struct decoder *d, struct flow *flow, struct err *err) {
    ZSTD_inBuffer in = {flow->in, flow->in_n, 0};
    ZSTD_outBuffer out = {flow->out, flow->out_n, 0};
    size_t r = ZSTD_decompressStream(d->zstd, &out, &in);
    flow->in += in.pos;
    flow->in_n -= in.pos;
    flow->out += out.pos;
    flow->out_n -= out.pos;
    if (!ZSTD_isError(r)) {
        return r == 0;
    }
    switch (ZSTD_getErrorCode(r)) {
    case ZSTD_error_memory_allocation:
        return err_memory(err);
    case ZSTD_error_frameParameter_windowTooLarge:
        return err_set(err, ERR_LIMIT, "wants a window above %zu MiB", LIMIT_WINDOW / MIB);
    default:
        return err_set(err, ERR_INPUT, "%s", ZSTD_getErrorName(r));
    }
}

static void zstd_close(struct decoder *d) {
    ZSTD_freeDCtx(d->zstd);
}

/* xz: the .xz file format 1.2 */

static void *xz_alloc(void *ctx, size_t count, size_t size) {
    size_t n;
    return mul_fits(count, size, &n) ? mem_alloc(n) : NULL;
}

static void xz_dealloc(void *ctx, void *p) {
    mem_free(p);
}

static int xz_open(struct decoder *d) {
    d->xz.stream = (lzma_stream)LZMA_STREAM_INIT;
    d->xz.allocator = (lzma_allocator){.alloc = xz_alloc, .free = xz_dealloc};
    d->xz.stream.allocator = &d->xz.allocator;
    return 0;
}

static int xz_begin(struct decoder *d) {
    return lzma_stream_decoder(&d->xz.stream, XZ_MEMORY, 0) == LZMA_OK ? 0 : ERR_MEMORY;
}

static int xz_result(lzma_ret r, struct err *err) {
    switch (r) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: /* no progress, which the caller sees */
        return 0;
    case LZMA_STREAM_END:
        return 1;
    case LZMA_MEM_ERROR:
        return err_memory(err);
    case LZMA_MEMLIMIT_ERROR:
        return err_set(err, ERR_LIMIT, "wants a window above %zu MiB", LIMIT_WINDOW / MIB);
    case LZMA_FORMAT_ERROR:
        return err_set(err, ERR_INPUT, "not an xz header");
    case LZMA_OPTIONS_ERROR:
        return err_set(err, ERR_UNSUPPORTED, "a filter or option that is not known");
    default:
        return err_set(err, ERR_INPUT, "damaged or the checksum differs");
    }
}

static int xz_step(struct decoder *d, struct flow *flow, struct err *err) {
    lzma_stream *stream = &d->xz.stream;
    stream->next_in = flow->in;
    stream->avail_in = flow->in_n;
    stream->next_out = flow->out;
    stream->avail_out = flow->out_n;
    lzma_ret r = lzma_code(stream, LZMA_RUN);
    flow->in = stream->next_in;
    flow->in_n = stream->avail_in;
    flow->out = stream->next_out;
    flow->out_n = stream->avail_out;
    return xz_result(r, err);
}

static void xz_close(struct decoder *d) {
    lzma_end(&d->xz.stream);
}

/* bzip2 */

static void *bzip2_alloc(void *ctx, int count, int size) {
    return xz_alloc(ctx, (size_t)count, (size_t)size);
}

static int bzip2_open(struct decoder *d) {
    d->bzip2 = (bz_stream){.bzalloc = bzip2_alloc, .bzfree = xz_dealloc};
    return 0;
}

static void bzip2_close(struct decoder *d) {
    BZ2_bzDecompressEnd(&d->bzip2);
}

static int bzip2_begin(struct decoder *d) {
    bzip2_close(d);
    return BZ2_bzDecompressInit(&d->bzip2, 0, 0) == BZ_OK ? 0 : ERR_MEMORY;
}

static int bzip2_step(struct decoder *d, struct flow *flow, struct err *err) {
    bz_stream *stream = &d->bzip2;
    stream->next_in = (char *)flow->in;
    stream->avail_in = (unsigned)flow->in_n;
    stream->next_out = (char *)flow->out;
    stream->avail_out = (unsigned)flow->out_n;
    int r = BZ2_bzDecompress(stream);
    flow->in = (const unsigned char *)stream->next_in;
    flow->in_n = stream->avail_in;
    flow->out = (unsigned char *)stream->next_out;
    flow->out_n = stream->avail_out;
    switch (r) {
    case BZ_OK:
        return 0;
    case BZ_STREAM_END:
        return 1;
    case BZ_MEM_ERROR:
        return err_memory(err);
    default:
        return err_set(err, ERR_INPUT, "damaged or the checksum differs");
    }
}

static const struct decoder_kind kinds[] = {
    [INFLATE_GZIP] = {gzip_open, gzip_begin, gzip_step, gzip_close},
    [INFLATE_ZSTD] = {zstd_open, zstd_begin, zstd_step, zstd_close},
    [INFLATE_XZ] = {xz_open, xz_begin, xz_step, xz_close},
    [INFLATE_BZIP2] = {bzip2_open, bzip2_begin, bzip2_step, bzip2_close},
};

int decoder_open(struct decoder **out, enum inflate_kind kind) {
    assert(kind != INFLATE_PLAIN && kind < ARRAY_SIZE(kinds));
    struct decoder *d = mem_alloc_zero(sizeof *d);
    if (!d) {
        return ERR_MEMORY;
    }
    d->kind = &kinds[kind];
    d->is_fresh = true;
    if (d->kind->open(d) < 0) {
        mem_free(d);
        return ERR_MEMORY;
    }
    *out = d;
    return 0;
}

void decoder_close(struct decoder *d) {
    if (d) {
        d->kind->close(d);
        mem_free(d);
    }
}

int decoder_step(struct decoder *d, struct flow *flow, struct err *err) {
    assert(flow->in_n <= UINT32_MAX && flow->out_n <= UINT32_MAX);
    if (d->is_fresh && d->kind->begin(d) < 0) {
        return err_memory(err);
    }
    d->is_fresh = false;
    int r = d->kind->step(d, flow, err);
    d->is_fresh = r == 1;
    return r;
}
