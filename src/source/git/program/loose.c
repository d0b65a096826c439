#include "source/git/program/loose.h"

#include "base/file.h"
#include "base/limits.h"

#include <zlib.h>

enum { IN = 16 * 1024, OUT = 64 * 1024, HEADER = 32 /* "blob 268435456" and its NUL */ };

static int open_loose(const struct repository *repository, const git_oid *id) {
    char hex[GIT_OID_HEXSZ + 1], path[LIMIT_PATH];
    git_oid_tostr(hex, sizeof hex, id);
    int n = snprintf(path, sizeof path, "%s/objects/%.2s/%s", repository->common_dir, hex, hex + 2);
    return n > 0 && (size_t)n < sizeof path ? file_open(path, NULL) : -1;
}

/* One block of the file through the stream; Z_STREAM_END at the end, Z_OK when it wants more. */
static int feed(z_stream *stream, unsigned char *in, size_t n) {
    unsigned char out[OUT];
    int code = Z_OK;
    stream->next_in = in;
    stream->avail_in = (unsigned)n;
    do {
        stream->next_out = out;
        stream->avail_out = OUT;
        code = inflate(stream, Z_NO_FLUSH);
    } while (code == Z_OK && stream->total_out <= LIMIT_GIT_OBJECT + HEADER &&
             (stream->avail_in || !stream->avail_out));
    return code == Z_BUF_ERROR ? Z_OK : code;
}

static int read_through(z_stream *stream, int fd, struct err *err) {
    unsigned char in[IN];
    int code = Z_OK;
    while (code == Z_OK) {
        ssize_t n = read(fd, in, sizeof in);
        if (n <= 0) {
            return err_set(err, ERR_INPUT, "damaged: its object ends early");
        }
        code = feed(stream, in, (size_t)n);
        if (stream->total_out > LIMIT_GIT_OBJECT + HEADER) {
            return err_set(err, ERR_LIMIT, "more than the %zu bytes that are read of one object",
                           LIMIT_GIT_OBJECT);
        }
    }
    return code == Z_STREAM_END ? 0 : err_set(err, ERR_INPUT, "damaged: its object is no compressed data");
}

int loose_check(const struct repository *repository, const git_oid *id, struct err *err) {
    z_stream stream = {0};
    _cleanup_(closep) int fd = open_loose(repository, id);
    if (fd < 0) {
        return 0;
    }
    if (inflateInit(&stream) != Z_OK) {
        return err_memory(err);
    }
    int r = read_through(&stream, fd, err);
    inflateEnd(&stream);
    return r;
}
