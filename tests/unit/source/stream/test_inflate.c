#include "source/stream/inflate.h"

#include "base/limits.h"
#include "programs.h"
#include "test.h"

/* A source in memory that gives at most `most` bytes at a time. */
struct memory {
    struct str bytes;
    size_t most;
};

static int read_memory(void *ctx, uint64_t at, void *p, size_t n, size_t *got, struct err *err) {
    struct memory *memory = ctx;
    struct str part = str_sub(memory->bytes, (size_t)at, MIN(n, memory->most));
    if (part.n) {
        memcpy(p, part.p, part.n);
    }
    *got = part.n;
    return 0;
}

struct result {
    int code;
    struct err err;
    struct buf output;
    char input_digest[SHA256_HEX + 1], output_digest[SHA256_HEX + 1];
    char notice[128];
};

static void free_result(struct result *result) {
    buf_free(&result->output);
}

static void take_digests(struct inflate *in, struct result *result) {
    unsigned char a[SHA256_BYTES], b[SHA256_BYTES];
    assert_int_equal(inflate_digests(in, a, b), 0);
    hex_encode(a, sizeof a, result->input_digest);
    hex_encode(b, sizeof b, result->output_digest);
}

static struct result inflate_all(struct str bytes, size_t most, bool is_sequential, uint64_t size) {
    struct memory memory = {bytes, most};
    struct inflate_options o = {.fd = -1,
                                .size = size,
                                .read = read_memory,
                                .ctx = &memory,
                                .hashes_input = true,
                                .hashes_output = true,
                                .is_sequential = is_sequential};
    struct result result = {.output = buf_new(64 * MIB)};
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    result.code = inflate_open(&in, &o, &result.err);
    for (struct str block; result.code == 0;) {
        result.code = inflate_next(in, &block, &result.err);
        if (result.code < 0 || !block.n) {
            break;
        }
        buf_str(&result.output, block);
        assert_int_equal(inflate_output_offset(in), result.output.n);
        assert_true(inflate_input_offset(in) <= bytes.n);
    }
    if (result.code == 0) {
        struct str none;
        assert_int_equal(inflate_next(in, &none, &result.err), 0);
        assert_int_equal(none.n, 0);
        take_digests(in, &result);
        assert_int_equal(inflate_input_offset(in), bytes.n);
        const char *notice = inflate_notice(in);
        snprintf(result.notice, sizeof result.notice, "%s", notice ? notice : "");
    }
    return result;
}

static void assert_inflates(struct str compressed, struct str expected, size_t most, bool is_sequential) {
    _cleanup_(free_result) struct result got = inflate_all(compressed, most, is_sequential, UINT64_MAX);
    if (got.code != 0) {
        fail_msg("%s", got.err.message);
    }
    assert_int_equal(got.output.n, expected.n);
    assert_true(str_eq(buf_view(&got.output), expected));
    char digest[SHA256_HEX + 1];
    assert_int_equal(sha256_hex(compressed, digest), 0);
    assert_string_equal(got.input_digest, digest);
    assert_int_equal(sha256_hex(expected, digest), 0);
    assert_string_equal(got.output_digest, digest);
    assert_string_equal(got.notice, "");
}

static void assert_inflates_in_all_ways(struct str compressed, struct str expected) {
    assert_inflates(compressed, expected, SIZE_MAX, false);
    assert_inflates(compressed, expected, SIZE_MAX, true);
    assert_inflates(compressed, expected, 4093, false);
    assert_inflates(compressed, expected, 1, true);
}

/* Text, noise and zeros, over several blocks of input and output. */
static struct buf sample(size_t n) {
    struct buf out = buf_new(16 * MIB);
    while (out.n < n) {
        for (int i = 0; i < 400; i++) {
            buf_printf(&out, "line %d of some text\n", i);
        }
        put_noise(&out, 9000, out.n);
        memset(buf_room(&out, 5000), 0, 5000);
        out.n += 5000;
    }
    return out;
}

static const char *const compressors[][4] = {
    {"gzip", "-1", "-c", NULL},
    {"gzip", "-9", "-c", NULL},
    {"zstd", "-q", "-c", NULL},
    {"zstd", "-19", "-qc", NULL},
    {"xz", "-0", "-c", NULL},
    {"bzip2", "-1", "-c", NULL},
    {"cat", NULL},
};

static void compress(const char *const *argv, struct str in, struct buf *out) {
    assert_int_equal(run(argv, in, out), 0);
    assert_false(out->failed);
}

static void inflates_what_programs_write(void **state) {
    static const size_t sizes[] = {0, 1, 100, 256 * 1024, 1500000};
    for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
        _cleanup_(buf_free) struct buf plain = sample(sizes[s]);
        plain.n = sizes[s];
        for (size_t i = 0; i < ARRAY_SIZE(compressors); i++) {
            _cleanup_(buf_free) struct buf packed = buf_new(16 * MIB);
            compress(compressors[i], buf_view(&plain), &packed);
            assert_inflates_in_all_ways(buf_view(&packed), buf_view(&plain));
        }
    }
}

static void members_in_a_row_are_one(void **state) {
    _cleanup_(buf_free) struct buf plain = sample(300000);
    for (size_t i = 0; i < ARRAY_SIZE(compressors); i++) {
        _cleanup_(buf_free) struct buf one = buf_new(16 * MIB), packed = buf_new(16 * MIB),
                                       twice = buf_new(16 * MIB);
        for (size_t part = 0; part < 5; part++) {
            struct str piece = str_sub(buf_view(&plain), 0, part * 70001);
            compress(compressors[i], piece, &one);
            buf_str(&packed, buf_view(&one));
            buf_str(&twice, piece);
        }
        assert_inflates_in_all_ways(buf_view(&packed), buf_view(&twice));
    }
}

static void gzip_header_fields_are_passed_over(void **state) {
    /* RFC 1952 with FEXTRA, FNAME and FCOMMENT, around "hello\n" as a stored block. */
    static const char bytes[] = "\x1f\x8b\x08\x1c\0\0\0\0\0\x03"
                                "\x04\0abcd"
                                "name\0"
                                "comment\0"
                                "\x01\x06\0\xf9\xffhello\n"
                                "\x20\x30\x3a\x36\x06\0\0\0";
    assert_inflates_in_all_ways(str_n(bytes, sizeof bytes - 1), STR("hello\n"));
}

static void skippable_frames_are_passed_over(void **state) {
    _cleanup_(buf_free) struct buf frame = buf_new(MIB), packed = buf_new(MIB);
    compress(compressors[2], STR("hello\n"), &frame);
    buf_str(&packed, STR("\x53\x2a\x4d\x18\x03\0\0\0abc"));
    buf_str(&packed, buf_view(&frame));
    buf_str(&packed, STR("\x50\x2a\x4d\x18\0\0\0\0"));
    buf_str(&packed, buf_view(&frame));
    assert_inflates_in_all_ways(buf_view(&packed), STR("hello\nhello\n"));
}

static void padding_and_garbage_behind_the_data(void **state) {
    for (size_t i = 0; i < 6; i++) {
        _cleanup_(buf_free) struct buf packed = buf_new(MIB);
        compress(compressors[i], STR("hello\n"), &packed);
        size_t end = packed.n;
        memset(buf_room(&packed, 300000), 0, 300000);
        packed.n += 300000;
        assert_inflates_in_all_ways(buf_view(&packed), STR("hello\n"));
        packed.n = end;
        buf_str(&packed, STR("garbage"));
        _cleanup_(free_result) struct result got = inflate_all(buf_view(&packed), 3, false, UINT64_MAX);
        assert_int_equal(got.code, 0);
        assert_str_equal(buf_view(&got.output), STR("hello\n"));
        char notice[128];
        snprintf(notice, sizeof notice, "the bytes from %zu on are not %s data and were passed over", end,
                 inflate_kind_name(inflate_kind_of(buf_view(&packed))));
        assert_string_equal(got.notice, notice);
    }
}

static void every_cut_is_an_error(void **state) {
    _cleanup_(buf_free) struct buf plain = sample(20000);
    for (size_t i = 0; i < 6; i++) {
        _cleanup_(buf_free) struct buf packed = buf_new(MIB);
        compress(compressors[i], str_sub(buf_view(&plain), 6000, 2000), &packed);
        for (size_t n = 6; n < packed.n; n++) {
            _cleanup_(free_result) struct result got =
                inflate_all(str_sub(buf_view(&packed), 0, n), SIZE_MAX, n % 16 != 0, packed.n);
            char words[128];
            snprintf(words, sizeof words, "%s data ends early at byte %zu of ",
                     inflate_kind_name(inflate_kind_of(buf_view(&packed))), n);
            if (n < 1000) {
                assert_int_equal(got.code, ERR_INPUT);
                assert_memory_equal(got.err.message, words, strlen(words));
            }
            assert_true(got.code == ERR_INPUT);
        }
    }
}

static void the_size_is_named_when_known(void **state) {
    _cleanup_(buf_free) struct buf plain = sample(3000000), packed = buf_new(16 * MIB);
    compress(compressors[0], buf_view(&plain), &packed);
    _cleanup_(free_result) struct result got =
        inflate_all(str_sub(buf_view(&packed), 0, 1234567), SIZE_MAX, false, 20004004);
    assert_int_equal(got.code, ERR_INPUT);
    assert_true(got.output.n > 1000000);
    assert_true(str_starts(buf_view(&plain), buf_view(&got.output)));
    assert_string_equal(got.err.message, "gzip data ends early at byte 1,234,567 of 20,004,004");
    _cleanup_(free_result) struct result unknown =
        inflate_all(str_sub(buf_view(&packed), 0, 1234567), SIZE_MAX, false, UINT64_MAX);
    assert_string_equal(unknown.err.message, "gzip data ends early at byte 1,234,567");
    _cleanup_(free_result) struct result short_plain = inflate_all(STR("abc"), SIZE_MAX, false, 5);
    assert_string_equal(short_plain.err.message, "the data ends early at byte 3 of 5");
}

static void damage_is_an_error(void **state) {
    _cleanup_(buf_free) struct buf plain = sample(5000);
    for (size_t i = 0; i < 6; i++) {
        _cleanup_(buf_free) struct buf packed = buf_new(MIB);
        compress(compressors[i], str_sub(buf_view(&plain), 0, 700), &packed);
        size_t passed = 0;
        for (size_t bit = 6 * 8; bit < packed.n * 8; bit++) {
            packed.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
            _cleanup_(free_result) struct result got =
                inflate_all(buf_view(&packed), SIZE_MAX, true, UINT64_MAX);
            passed += got.code == 0 && got.output.n != 0 &&
                      !str_eq(buf_view(&got.output), str_sub(buf_view(&plain), 0, 700));
            packed.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        /* Each format's own check stands behind its data. */
        assert_int_equal(passed, 0);
    }
}

static void a_range_of_a_file(void **state) {
    _cleanup_(buf_free) struct buf packed = buf_new(MIB), whole = buf_new(MIB);
    compress(compressors[0], STR("hello\n"), &packed);
    buf_str(&whole, STR("in front"));
    buf_str(&whole, buf_view(&packed));
    buf_str(&whole, STR("behind"));
    _cleanup_(closep) int fd = memfd_create("range", MFD_CLOEXEC);
    struct err err = ERR_NONE;
    assert_int_equal(file_write_fd(fd, buf_view(&whole), &err), 0);
    struct inflate_options o = {.fd = fd, .offset = 8, .size = packed.n, .hashes_output = true};
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    assert_int_equal(inflate_open(&in, &o, &err), 0);
    assert_int_equal(inflate_kind(in), INFLATE_GZIP);
    struct str block;
    assert_int_equal(inflate_next(in, &block, &err), 0);
    assert_str_equal(block, STR("hello\n"));
    unsigned char digest[SHA256_BYTES];
    assert_int_equal(inflate_digests(in, NULL, digest), ERR_USAGE);
    assert_int_equal(inflate_finish(in, &err), 0);
    assert_int_equal(inflate_digests(in, NULL, digest), 0);
    assert_int_equal(inflate_digests(in, digest, NULL), ERR_USAGE);
    assert_null(inflate_notice(in));
}

static void closing_early_ends_all_threads(void **state) {
    _cleanup_(buf_free) struct buf plain = sample(6000000), packed = buf_new(16 * MIB);
    compress(compressors[0], buf_view(&plain), &packed);
    for (int blocks = 0; blocks < 12; blocks++) {
        struct memory memory = {buf_view(blocks % 2 ? &plain : &packed), SIZE_MAX};
        struct inflate_options o = {.size = UINT64_MAX,
                                    .read = read_memory,
                                    .ctx = &memory,
                                    .hashes_input = true,
                                    .hashes_output = true};
        struct inflate *in = NULL;
        struct err err;
        struct str block;
        assert_int_equal(inflate_open(&in, &o, &err), 0);
        for (int i = 0; i < blocks; i++) {
            assert_int_equal(inflate_next(in, &block, &err), 0);
        }
        inflate_close(in);
    }
}

/* 1.1 GB of zeros, one member after another, so that the test holds little. */
static void a_bomb_is_a_limit(void **state) {
    static const unsigned char zeros[1 << 20];
    _cleanup_(buf_free) struct buf member = buf_new(MIB), bomb = buf_new(16 * MIB);
    compress(compressors[1], str_n((const char *)zeros, sizeof zeros), &member);
    for (int i = 0; i < 1100; i++) {
        buf_str(&bomb, buf_view(&member));
    }
    struct memory memory = {buf_view(&bomb), SIZE_MAX};
    struct inflate_options o = {.size = UINT64_MAX, .read = read_memory, .ctx = &memory};
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    struct err err = ERR_NONE;
    assert_int_equal(inflate_open(&in, &o, &err), 0);
    assert_int_equal(inflate_finish(in, &err), ERR_LIMIT);
    assert_true(inflate_output_offset(in) > LIMIT_BOMB_FLOOR);
    assert_true(inflate_output_offset(in) < LIMIT_BOMB_FLOOR + MIB);
    assert_non_null(strstr(err.message, "more than 250 times its size"));
}

static void a_window_too_large_is_a_limit(void **state) {
    /* RFC 8878: magic, no single segment, a window descriptor of exponent 18 (2^28), an empty last block. */
    _cleanup_(free_result) struct result got =
        inflate_all(STR("\x28\xb5\x2f\xfd\x00\x90\x01\x00\x00"), SIZE_MAX, true, UINT64_MAX);
    assert_int_equal(got.code, ERR_LIMIT);
    assert_non_null(strstr(got.err.message, "wants a window above 128 MiB"));
    _cleanup_(free_result) struct result fits =
        inflate_all(STR("\x28\xb5\x2f\xfd\x00\x88\x01\x00\x00"), SIZE_MAX, true, UINT64_MAX);
    assert_int_equal(fits.code, 0);
}

static int read_failing(void *ctx, uint64_t at, void *p, size_t n, size_t *got, struct err *err) {
    if (at > 100) {
        return err_set(err, ERR_IO, "the disk is gone");
    }
    memset(p, 'a', *got = MIN(n, (size_t)50));
    return 0;
}

static void a_failing_source_is_told(void **state) {
    struct inflate_options o = {.size = UINT64_MAX, .read = read_failing};
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    struct err err = ERR_NONE;
    assert_int_equal(inflate_open(&in, &o, &err), 0);
    struct str block;
    assert_int_equal(inflate_next(in, &block, &err), 0);
    assert_true(block.n > 100);
    assert_int_equal(inflate_next(in, &block, &err), ERR_IO);
    assert_string_equal(err.message, "the disk is gone");
    assert_int_equal(inflate_next(in, &block, &err), ERR_IO);
}

static int inflate_quietly(struct str packed) {
    struct memory memory = {packed, SIZE_MAX};
    struct inflate_options o = {.size = UINT64_MAX,
                                .read = read_memory,
                                .ctx = &memory,
                                .hashes_input = true,
                                .hashes_output = true,
                                .is_sequential = true};
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    struct err err = ERR_NONE;
    int r = inflate_open(&in, &o, &err);
    return r == 0 ? inflate_finish(in, &err) : r;
}

static void allocation_failures_are_told(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(compressors); i++) {
        _cleanup_(buf_free) struct buf packed = buf_new(MIB);
        compress(compressors[i], STR("hello\n"), &packed);
        WITH_EACH_ALLOCATION_FAILED({
            int r = inflate_quietly(buf_view(&packed));
            assert_int_equal(r, mem_has_failed() ? ERR_MEMORY : 0);
        });
    }
}

static void kinds_are_told_by_magic(void **state) {
    assert_int_equal(inflate_kind_of(STR("")), INFLATE_PLAIN);
    assert_int_equal(inflate_kind_of(STR("\x1f\x8b")), INFLATE_GZIP);
    assert_int_equal(inflate_kind_of(STR("\x28\xb5\x2f\xfd")), INFLATE_ZSTD);
    assert_int_equal(inflate_kind_of(STR("\x5f\x2a\x4d\x18")), INFLATE_ZSTD);
    assert_int_equal(inflate_kind_of(STR("\x60\x2a\x4d\x18")), INFLATE_PLAIN);
    assert_int_equal(inflate_kind_of(STR("\xfd"
                                         "7zXZ\0")),
                     INFLATE_XZ);
    assert_int_equal(inflate_kind_of(STR("BZh91AY&SY")), INFLATE_BZIP2);
    assert_int_equal(inflate_kind_of(STR("BZh is a name")), INFLATE_PLAIN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_told_by_magic),
        cmocka_unit_test(inflates_what_programs_write),
        cmocka_unit_test(members_in_a_row_are_one),
        cmocka_unit_test(gzip_header_fields_are_passed_over),
        cmocka_unit_test(skippable_frames_are_passed_over),
        cmocka_unit_test(padding_and_garbage_behind_the_data),
        cmocka_unit_test(every_cut_is_an_error),
        cmocka_unit_test(the_size_is_named_when_known),
        cmocka_unit_test(damage_is_an_error),
        cmocka_unit_test(a_range_of_a_file),
        cmocka_unit_test(closing_early_ends_all_threads),
        cmocka_unit_test(a_bomb_is_a_limit),
        cmocka_unit_test(a_window_too_large_is_a_limit),
        cmocka_unit_test(a_failing_source_is_told),
        cmocka_unit_test(allocation_failures_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
