#include "lsp/frame.h"

#include "base/limits.h"

struct frames frames_new(void) {
    /* Behind one message as large as can be, others may have arrived already. */
    return (struct frames){.in = buf_new(LIMIT_LSP_HEADER + LIMIT_LSP_MESSAGE + MIB)};
}

void frames_free(struct frames *frames) {
    buf_free(&frames->in);
}

int frames_put(struct frames *frames, struct str bytes, struct err *err) {
    struct buf *in = &frames->in;
    if (frames->taken) {
        in->n -= frames->taken;
        memmove(in->p, in->p + frames->taken, in->n);
        frames->taken = 0;
    }
    if (bytes.n > in->cap - in->n) {
        return err_set(err, ERR_LIMIT, "more than %zu bytes came in at once", in->cap);
    }
    buf_str(in, bytes);
    return in->failed ? err_memory(err) : 0;
}

/* The header without its empty line; what stands behind it in *rest. False when it has not arrived. */
static bool cut_header(struct str in, struct str *header, struct str *rest) {
    ptrdiff_t end = str_find(str_sub(in, 0, LIMIT_LSP_HEADER), STR("\r\n\r\n"));
    if (end < 0) {
        return false;
    }
    *header = str_sub(in, 0, (size_t)end);
    *rest = str_from(in, (size_t)end + 4);
    return true;
}

static int read_length(struct str header, size_t *length, struct err *err) {
    struct str line, name, value;
    bool is_there = false;
    uint64_t n = 0;
    while (str_line(&header, &line)) {
        if (!str_cut(line, ':', &name, &value) || !str_eq_nocase(name, STR("Content-Length"))) {
            continue;
        }
        if (is_there || !str_to_u64(str_trim(value), 10, &n)) {
            return err_set(err, ERR_INPUT, "a message's Content-Length is not one number");
        }
        is_there = true;
    }
    if (!is_there) {
        return err_set(err, ERR_INPUT, "a message comes without Content-Length");
    }
    if (n > LIMIT_LSP_MESSAGE) {
        return err_set(err, ERR_LIMIT, "a message of %llu bytes; at most %zu are taken",
                       (unsigned long long)n, LIMIT_LSP_MESSAGE);
    }
    *length = (size_t)n;
    return 0;
}

int frames_next(struct frames *frames, struct str *message, struct err *err) {
    struct str in = str_from(buf_view(&frames->in), frames->taken), header, rest;
    size_t length = 0;
    if (!cut_header(in, &header, &rest)) {
        return in.n >= LIMIT_LSP_HEADER
                   ? err_set(err, ERR_LIMIT, "a message's header has more than %zu bytes", LIMIT_LSP_HEADER)
                   : 0;
    }
    int r = read_length(header, &length, err);
    if (r < 0 || rest.n < length) {
        return r;
    }
    *message = str_sub(rest, 0, length);
    frames->taken += header.n + 4 + length;
    return 1;
}

void frame_write(struct buf *out, struct str message) {
    buf_printf(out, "Content-Length: %zu\r\n\r\n", message.n);
    buf_str(out, message);
}
