#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "vuln/replace.h"

#include <fcntl.h>
#include <zstd.h>

/* Compression: the smallest that a minute makes of the public export. */
enum { LEVEL = 12, STEP_SECONDS = 120 };

static void compressor_freep(ZSTD_CCtx **z) {
    ZSTD_freeCCtx(*z);
}

static void decompressor_freep(ZSTD_DCtx **z) {
    ZSTD_freeDCtx(*z);
}

static int zstd_failed(size_t code, struct err *err) {
    return err_set(err, ERR_INPUT, "zstd: %s", ZSTD_getErrorName(code));
}

/* ---- unpacking, in the cage */

struct unpacking {
    int from, to;
    bool is_whole; /* at the end of a frame */
};

static int unpack_part(struct unpacking *u, ZSTD_DCtx *z, struct str part, struct err *err) {
    char room[64 * 1024];
    ZSTD_inBuffer in = {part.p, part.n, 0};
    ZSTD_outBuffer out = {room, sizeof room, 0};
    while (in.pos < in.size || out.pos == out.size) {
        size_t before = in.pos;
        out.pos = 0;
        size_t left = ZSTD_decompressStream(z, &out, &in);
        if (ZSTD_isError(left)) {
            return zstd_failed(left, err);
        }
        /* Asked once more behind a frame's end, it wants the head of the next. */
        u->is_whole = left == 0 || (u->is_whole && in.pos == before && !out.pos);
        int r = file_write_fd(u->to, str_n(room, out.pos), err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

static int unpack(void *context, struct cage_port *port, struct err *err) {
    _cleanup_(decompressor_freep) ZSTD_DCtx *z = ZSTD_createDCtx();
    struct unpacking *u = context;
    char part[64 * 1024];
    if (!z || ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, LIMIT_WINDOW_LOG))) {
        return err_memory(err);
    }
    ssize_t n;
    uint64_t step = 0;
    while ((n = read(u->from, part, sizeof part)) > 0) {
        cage_port_step(port, ++step);
        int r = unpack_part(u, z, str_n(part, (size_t)n), err);
        if (r < 0) {
            return r;
        }
    }
    if (n < 0) {
        return err_set_errno(err, ERR_IO, "read");
    }
    return u->is_whole ? 0 : err_set(err, ERR_INPUT, "the zstd data end early; fetch the file again");
}

static int unpack_to(int from, const char *to, bool is_open, struct err *err) {
    _cleanup_(closep) int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, "%s", to);
    }
    struct unpacking unpacking = {.from = from, .to = fd};
    const int fds[] = {from, fd};
    struct cage_job job = {.run = unpack,
                           .ctx = &unpacking,
                           .fds = fds,
                           .fds_n = ARRAY_SIZE(fds),
                           .memory = 2 * LIMIT_WINDOW + 16 * MIB,
                           .file_size = LIMIT_DATABASE,
                           .output_cap = KIB,
                           .step_seconds = STEP_SECONDS,
                           .is_open = is_open};
    _cleanup_(buf_free) struct buf none = buf_new(KIB);
    return cage_call(&job, &none, err);
}

static int is_packed(int fd, bool *out, struct err *err) {
    static const struct str magic = STR("\x28\xb5\x2f\xfd");
    char head[4];
    ssize_t n = pread(fd, head, sizeof head, 0);
    *out = n > 0 && str_eq(str_n(head, (size_t)n), magic);
    return n < 0 ? err_set_errno(err, ERR_IO, "read") : 0;
}

int advisories_is_packed(const char *path, bool *out, struct err *err) {
    _cleanup_(closep) int fd = file_open(path, err);
    return fd < 0 ? fd : is_packed(fd, out, err);
}

static int import_plain(const char *from, const char *path, struct err *err) {
    int r = advisories_verify(from, err);
    return r < 0 ? r : copy_file(from, path, err);
}

static int import_packed(int fd, const char *path, bool is_open, struct err *err) {
    char plain[LIMIT_PATH];
    int n = snprintf(plain, sizeof plain, "%s.%ld.unpacked", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof plain) {
        return err_set(err, ERR_LIMIT, "%s: path too long", path);
    }
    int r = unpack_to(fd, plain, is_open, err);
    if (r == 0) {
        r = import_plain(plain, path, err);
    }
    unlink(plain);
    return r;
}

int advisories_import(const char *from, const char *path, bool is_open, struct err *err) {
    bool is_zstd = false;
    _cleanup_(closep) int fd = file_open(from, err);
    if (fd < 0) {
        return fd;
    }
    int r = is_packed(fd, &is_zstd, err);
    if (r == 0 && !is_zstd) {
        return import_plain(from, path, err);
    }
    if (r == 0) {
        r = import_packed(fd, path, is_open, err);
    }
    return r < 0 ? err_at(err, "%s", from) : 0;
}

/* ---- packing */

static int pack_fd(struct str bytes, int fd, struct err *err) {
    _cleanup_(compressor_freep) ZSTD_CCtx *z = ZSTD_createCCtx();
    char room[64 * 1024];
    if (!z || ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1))) {
        return err_memory(err);
    }
    ZSTD_inBuffer in = {bytes.p, bytes.n, 0};
    size_t left = 1;
    while (left) {
        ZSTD_outBuffer out = {room, sizeof room, 0};
        left = ZSTD_compressStream2(z, &out, &in, ZSTD_e_end);
        if (ZSTD_isError(left)) {
            return zstd_failed(left, err);
        }
        int r = file_write_fd(fd, str_n(room, out.pos), err);
        if (r < 0) {
            return r;
        }
    }
    return fsync(fd) < 0 ? err_set_errno(err, ERR_IO, "sync") : 0;
}

static int pack_to(const char *path, const char *fresh, struct err *err) {
    _cleanup_(mapping_free) struct mapping mapping = {0};
    int r = mapping_open(&mapping, path, err);
    if (r < 0) {
        return r;
    }
    _cleanup_(closep) int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, "%s", fresh);
    }
    r = pack_fd(mapping.bytes, fd, err);
    return r < 0 ? err_at(err, "%s", fresh) : 0;
}

int advisories_export(const char *path, const char *to, struct err *err) {
    char fresh[LIMIT_PATH];
    int r = advisories_verify(path, err);
    if (r < 0 || !str_ends(str_c(to), STR(".zst"))) {
        return r < 0 ? r : copy_file(path, to, err);
    }
    int n = snprintf(fresh, sizeof fresh, "%s.%ld.new", to, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof fresh) {
        return err_set(err, ERR_LIMIT, "%s: path too long", to);
    }
    r = pack_to(path, fresh, err);
    if (r == 0 && rename(fresh, to) < 0) {
        r = err_set_errno(err, ERR_IO, "%s", to);
    }
    if (r < 0) {
        unlink(fresh);
    }
    return r;
}
