#include "source/stream/inflate.h"

#include "base/limits.h"
#include "base/mem.h"
#include "source/stream/decoder.h"
#include "source/stream/digits.h"
#include "source/stream/ring.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>

#define INPUT_BLOCK  (128 * KIB)
#define OUTPUT_BLOCK (256 * KIB)
enum { INPUT_SLOTS = 6, OUTPUT_SLOTS = 8, HEAD = 16 };
static_assert((int)HEAD == (int)RING_MARGIN, "what look_ahead() keeps fits in front of a block");

struct inflate {
    struct inflate_options o;
    enum inflate_kind kind;
    struct decoder *decoder;   /* NULL: plain */
    struct ring input, output; /* of plain data only the output */
    pthread_t producer;
    bool producer_runs;

    /* Of the producer, or of the one thread. */
    unsigned char head[HEAD]; /* the first bytes, read to tell the kind */
    size_t head_n, head_used;
    uint64_t taken; /* bytes read, the head's included */
    bool has_input_ended;
    bool is_between; /* a member has ended and the next has not begun */
    struct flow flow;
    uint64_t produced;
    bool is_done;
    struct err error;   /* code is 0 at a clean end */
    uint64_t notice_at; /* offset of bytes that were passed over */
    char notice[128];

    /* Of the caller. */
    uint64_t in_offset, out_offset;
    size_t held; /* bytes of the block the caller has */
    bool is_at_end, has_digests;
    unsigned char input_digest[SHA256_BYTES], output_digest[SHA256_BYTES];
};

enum inflate_kind inflate_kind_of(struct str head) {
    static const struct {
        enum inflate_kind kind;
        struct str magic;
    } magics[] = {
        {INFLATE_GZIP, {"\x1f\x8b", 2}},
        {INFLATE_ZSTD, {"\x28\xb5\x2f\xfd", 4}},
        {INFLATE_XZ,
         {"\xfd"
          "7zXZ\0",
          6}},
    };
    for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
        if (str_starts(head, magics[i].magic)) {
            return magics[i].kind;
        }
    }
    /* Skippable frames (RFC 8878, 3.1.2) count up from 0x184D2A50. */
    if (head.n >= 4 && ((unsigned char)head.p[0] & 0xf0) == 0x50 &&
        str_eq(str_sub(head, 1, 3), STR("\x2a\x4d\x18"))) {
        return INFLATE_ZSTD;
    }
    /* "BZh", the level, and the first bytes of a block or of the end. */
    bool is_bzip2 =
        head.n >= 6 && str_starts(head, STR("BZh")) && head.p[3] >= '1' && head.p[3] <= '9' &&
        (str_eq(str_sub(head, 4, 2), STR("\x31\x41")) || str_eq(str_sub(head, 4, 2), STR("\x17\x72")));
    return is_bzip2 ? INFLATE_BZIP2 : INFLATE_PLAIN;
}

const char *inflate_kind_name(enum inflate_kind kind) {
    static const char *const names[] = {"plain", "gzip", "zstd", "xz", "bzip2"};
    assert(kind < ARRAY_SIZE(names));
    return names[kind];
}

/* Input */

static uint64_t in_offset_now(const struct inflate *in) {
    return in->taken - in->flow.in_n;
}

/* False when refill() has nothing left to give. */
static bool has_more(const struct inflate *in) {
    return !in->has_input_ended || in->head_used < in->head_n;
}

static int ends_early(struct inflate *in) {
    const char *name = in->decoder ? inflate_kind_name(in->kind) : "the";
    struct digits at = digits_of(in->taken), whole = digits_of(in->o.size);
    bool has_size = in->o.size != UINT64_MAX && in->o.size != in->taken;
    return err_set(&in->error, ERR_INPUT, "%s data ends early at byte %s%s%s", name, at.text,
                   has_size ? " of " : "", has_size ? whole.text : "");
}

static int read_some(struct inflate *in, unsigned char *p, size_t n, size_t *got) {
    if (in->o.read) {
        int r = in->o.read(in->o.ctx, in->o.offset + in->taken, p, n, got, &in->error);
        return r < 0 && !in->error.code ? err_set(&in->error, r, "read") : r;
    }
    for (;;) {
        ssize_t r = pread(in->o.fd, p, n, (off_t)(in->o.offset + in->taken));
        if (r >= 0) {
            *got = (size_t)r;
            return 0;
        }
        if (errno != EINTR) {
            return err_set_errno(&in->error, ERR_IO, "read at byte %s", digits_of(in->taken).text);
        }
    }
}

/* Fills p from the input up to n bytes; less only at the end. */
static int read_full(struct inflate *in, unsigned char *p, size_t n, size_t *done) {
    while (*done < n && !in->has_input_ended) {
        size_t got = 0;
        size_t want = (size_t)MIN((uint64_t)(n - *done), in->o.size - in->taken);
        int r = want ? read_some(in, p + *done, want, &got) : 0;
        if (r < 0) {
            return r;
        }
        assert(got <= want);
        in->has_input_ended = got == 0;
        *done += got;
        in->taken += got;
    }
    return 0;
}

/* As read_full(), the head that was read before first. */
static int read_block(struct inflate *in, unsigned char *p, size_t n, size_t *done) {
    *done = in->head_n - in->head_used;
    memcpy(p, in->head + in->head_used, *done);
    in->head_used = in->head_n;
    return read_full(in, p, n, done);
}

/* One more block of input, behind at most HEAD bytes left of the one before. */
static int refill(struct inflate *in) {
    unsigned char left[HEAD];
    size_t left_n = in->flow.in_n, n = 0;
    assert(left_n <= sizeof left);
    if (left_n) {
        memcpy(left, in->flow.in, left_n);
    }
    unsigned char *room = ring_room(&in->input);
    if (!room) {
        return 1;
    }
    int r = read_block(in, room, INPUT_BLOCK, &n);
    if (r < 0) {
        return r;
    }
    in->flow.in = room - left_n;
    in->flow.in_n = left_n + n;
    memcpy(room - left_n, left, left_n);
    if (n) {
        ring_put(&in->input, n, 0);
    }
    return 0;
}

/* Decoding: the producer. Functions return 0 to go on, 1 at the end, negative with in->error set. */

/* Reads on to the end without looking, for the digest covers it. */
static int finish_input(struct inflate *in) {
    in->flow.in_n = 0;
    while (has_more(in)) {
        int r = refill(in);
        if (r != 0) {
            return r;
        }
        in->flow.in_n = 0;
    }
    return in->o.size != UINT64_MAX && in->taken < in->o.size ? ends_early(in) : 1;
}

static int skip_garbage(struct inflate *in) {
    in->notice_at = in_offset_now(in);
    snprintf(in->notice, sizeof in->notice, "the bytes from %s on are not %s data and were passed over",
             digits_of(in->notice_at).text, inflate_kind_name(in->kind));
    return finish_input(in);
}

static int skip_zeros(struct inflate *in) {
    for (;;) {
        while (in->flow.in_n && *in->flow.in == 0) {
            in->flow.in++;
            in->flow.in_n--;
        }
        if (in->flow.in_n || !has_more(in)) {
            return 0;
        }
        int r = refill(in);
        if (r != 0) {
            return r;
        }
    }
}

static int look_ahead(struct inflate *in) {
    while (in->flow.in_n < HEAD && has_more(in)) {
        int r = refill(in);
        if (r != 0) {
            return r;
        }
    }
    return 0;
}

/* What stands behind a member: another one, padding of zeros (which only xz allows another one behind; gzip
 * files come with it from tapes), something foreign, or nothing. */
static int next_member(struct inflate *in) {
    int r = look_ahead(in);
    bool has_padding = r == 0 && in->flow.in_n && *in->flow.in == 0;
    if (has_padding) {
        r = skip_zeros(in);
        r = r == 0 ? look_ahead(in) : r;
    }
    if (r != 0) {
        return r;
    }
    if (!in->flow.in_n) {
        return finish_input(in);
    }
    bool is_same =
        inflate_kind_of(str_n((const char *)in->flow.in, MIN(in->flow.in_n, (size_t)HEAD))) == in->kind;
    if (!is_same || (has_padding && in->kind != INFLATE_XZ)) {
        return skip_garbage(in);
    }
    in->is_between = false;
    return 0;
}

static int step(struct inflate *in) {
    struct flow *flow = &in->flow;
    if (!flow->in_n && has_more(in)) {
        int r = refill(in);
        if (r != 0) {
            return r;
        }
    }
    if (in->is_between) {
        return next_member(in);
    }
    size_t in_before = flow->in_n, out_before = flow->out_n;
    int r = decoder_step(in->decoder, flow, &in->error);
    if (r < 0) {
        return err_at(&in->error, "%s data at byte %s", inflate_kind_name(in->kind),
                      digits_of(in_offset_now(in)).text);
    }
    in->is_between = r == 1;
    if (r == 1 || flow->in_n != in_before || flow->out_n != out_before) {
        return 0;
    }
    if (!flow->in_n && !has_more(in)) {
        return ends_early(in);
    }
    return flow->in_n ? err_set(&in->error, ERR_INPUT, "%s data at byte %s: it does not go on",
                                inflate_kind_name(in->kind), digits_of(in_offset_now(in)).text)
                      : 0;
}

static int fill_decoded(struct inflate *in, unsigned char *room, size_t *n) {
    in->flow.out = room;
    in->flow.out_n = OUTPUT_BLOCK;
    int r = 0;
    while (r == 0 && in->flow.out_n) {
        r = step(in);
    }
    *n = OUTPUT_BLOCK - in->flow.out_n;
    return r;
}

static int fill_plain(struct inflate *in, unsigned char *room, size_t *n) {
    int r = read_block(in, room, OUTPUT_BLOCK, n);
    if (r < 0 || !in->has_input_ended) {
        return r;
    }
    return in->o.size != UINT64_MAX && in->taken < in->o.size ? ends_early(in) : 1;
}

static int check_ratio(struct inflate *in) {
    uint64_t from = in_offset_now(in);
    if (!in->decoder || in->produced <= LIMIT_BOMB_FLOOR || in->produced / LIMIT_BOMB_RATIO <= from) {
        return 0;
    }
    return err_set(
        &in->error, ERR_LIMIT,
        "%s data unpacks to %s bytes by input byte %s, more than %d times its size: not read further",
        inflate_kind_name(in->kind), digits_of(in->produced).text, digits_of(from).text, LIMIT_BOMB_RATIO);
}

/* One more block of output, and the end when it was the last. */
static void produce(struct inflate *in) {
    unsigned char *room = ring_room(&in->output);
    size_t n = 0;
    int r = !room ? 1 : in->decoder ? fill_decoded(in, room, &n) : fill_plain(in, room, &n);
    in->produced += n;
    if (n) {
        ring_put(&in->output, n, in_offset_now(in));
    }
    if (r == 0) {
        r = check_ratio(in);
    }
    if (r != 0) {
        in->is_done = true;
        ring_end(&in->input);
        ring_end(&in->output);
    }
}

static void *run_producer(void *ctx) {
    struct inflate *in = ctx;
    while (!in->is_done) {
        produce(in);
    }
    return NULL;
}

/* The handle */

static int prepare(struct inflate *in, struct err *err) {
    bool is_plain = in->kind == INFLATE_PLAIN;
    bool hashes_output = in->o.hashes_output || (is_plain && in->o.hashes_input);
    if (ring_alloc(&in->output, OUTPUT_SLOTS, OUTPUT_BLOCK, hashes_output) < 0) {
        return err_memory(err);
    }
    if (is_plain) {
        return 0;
    }
    if (ring_alloc(&in->input, INPUT_SLOTS, INPUT_BLOCK, in->o.hashes_input) < 0 ||
        decoder_open(&in->decoder, in->kind) < 0) {
        return err_memory(err);
    }
    return 0;
}

static void start_threads(struct inflate *in) {
    if (in->o.is_sequential) {
        return;
    }
    ring_start_hasher(&in->output);
    ring_start_hasher(&in->input);
    in->producer_runs = ring_thread(&in->producer, run_producer, in);
}

int inflate_open(struct inflate **out, const struct inflate_options *o, struct err *err) {
    _cleanup_(inflate_closep) struct inflate *in = mem_alloc_zero(sizeof *in);
    if (!in) {
        return err_memory(err);
    }
    in->o = *o;
    ring_init(&in->input, false);
    ring_init(&in->output, true);
    int r = read_full(in, in->head, HEAD, &in->head_n);
    if (r < 0) {
        return err_set(err, r, "%s", in->error.message);
    }
    in->kind = inflate_kind_of(str_n((const char *)in->head, in->head_n));
    r = prepare(in, err);
    if (r < 0) {
        return r;
    }
    start_threads(in);
    *out = TAKE_PTR(in);
    return 0;
}

void inflate_close(struct inflate *in) {
    if (!in) {
        return;
    }
    ring_stop(&in->output);
    ring_stop(&in->input);
    if (in->producer_runs) {
        pthread_join(in->producer, NULL);
    }
    ring_free(&in->output);
    ring_free(&in->input);
    decoder_close(in->decoder);
    mem_free(in);
}

void inflate_closep(struct inflate **in) {
    inflate_close(*in);
}

static int end(struct inflate *in, struct err *err) {
    in->held = 0;
    in->is_at_end = true;
    in->in_offset = in_offset_now(in);
    return in->error.code ? err_set(err, in->error.code, "%s", in->error.message) : 0;
}

int inflate_next(struct inflate *in, struct str *block, struct err *err) {
    *block = STR_NONE;
    in->out_offset += in->held;
    in->held = 0;
    if (in->is_at_end) {
        return end(in, err);
    }
    if (!in->producer_runs) {
        ring_release(&in->output);
        if (!in->is_done) {
            produce(in);
        }
    }
    struct ring_slot slot;
    if (!ring_next(&in->output, &slot)) {
        return end(in, err);
    }
    in->in_offset = slot.mark;
    in->held = slot.n;
    *block = str_n((const char *)slot.p, slot.n);
    return 0;
}

int inflate_finish(struct inflate *in, struct err *err) {
    struct str block;
    int r;
    do {
        r = inflate_next(in, &block, err);
    } while (r == 0 && block.n);
    return r;
}

enum inflate_kind inflate_kind(const struct inflate *in) {
    return in->kind;
}

uint64_t inflate_input_offset(const struct inflate *in) {
    return in->in_offset;
}

uint64_t inflate_output_offset(const struct inflate *in) {
    return in->out_offset + in->held;
}

const char *inflate_notice(const struct inflate *in) {
    return in->is_at_end && in->notice[0] ? in->notice : NULL;
}

int inflate_digests(struct inflate *in, unsigned char input[SHA256_BYTES],
                    unsigned char output[SHA256_BYTES]) {
    bool has_input = in->o.hashes_input, has_output = in->o.hashes_output;
    if (!in->is_at_end || in->error.code || (input && !has_input) || (output && !has_output)) {
        return ERR_USAGE;
    }
    bool is_plain = in->kind == INFLATE_PLAIN;
    if (!in->has_digests) {
        if (in->output.sha) {
            ring_digest(&in->output, in->output_digest);
        }
        if (in->input.sha) {
            ring_digest(&in->input, in->input_digest);
        }
        in->has_digests = true;
    }
    if (input) {
        memcpy(input, is_plain ? in->output_digest : in->input_digest, SHA256_BYTES);
    }
    if (output) {
        memcpy(output, in->output_digest, SHA256_BYTES);
    }
    return 0;
}
