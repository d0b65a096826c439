#include "lsp/frame.h"

#include "base/limits.h"
#include "test.h"

/* What frames_next() says of bytes that arrive at once. */
static int next_of(const char *bytes, struct str *message, struct frames *frames, struct err *err) {
    *frames = frames_new();
    assert_int_equal(frames_put(frames, str_c(bytes), err), 0);
    return frames_next(frames, message, err);
}

static void finds_messages(void **state) {
    static const struct {
        const char *bytes, *message;
    } cases[] = {
        {"Content-Length: 2\r\n\r\n{}", "{}"},
        {"content-length:2\r\nContent-Type: a; charset=utf-8\r\n\r\n{}", "{}"},
        {"Content-Type: a\r\nContent-Length:  2 \r\n\r\n{}rest", "{}"},
        {"Content-Length: 0\r\n\r\n", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct frames frames;
        struct str message;
        struct err err = ERR_NONE;
        assert_int_equal(next_of(cases[i].bytes, &message, &frames, &err), 1);
        assert_str_equal(message, str_c(cases[i].message));
        frames_free(&frames);
    }
}

static void waits_for_the_rest(void **state) {
    static const char *const cases[] = {"", "Content-Length: 2\r\n", "Content-Length: 2\r\n\r",
                                        "Content-Length: 2\r\n\r\n{"};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct frames frames;
        struct str message;
        struct err err = ERR_NONE;
        assert_int_equal(next_of(cases[i], &message, &frames, &err), 0);
        frames_free(&frames);
    }
}

static void refuses_what_it_cannot_follow(void **state) {
    static const struct {
        const char *bytes;
        int code;
    } cases[] = {
        {"\r\n\r\n{}", ERR_INPUT},
        {"Content-Length: two\r\n\r\n{}", ERR_INPUT},
        {"Content-Length: -2\r\n\r\n{}", ERR_INPUT},
        {"Content-Length: 2 3\r\n\r\n{}", ERR_INPUT},
        {"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", ERR_INPUT},
        {"Content-Length: 99999999999999999999999\r\n\r\n{}", ERR_INPUT},
        {"Content-Length: 67108865\r\n\r\n{}", ERR_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct frames frames;
        struct str message;
        struct err err = ERR_NONE;
        assert_int_equal(next_of(cases[i].bytes, &message, &frames, &err), cases[i].code);
        frames_free(&frames);
    }
}

static void bounds_the_header(void **state) {
    struct frames frames = frames_new();
    struct str message;
    struct err err = ERR_NONE;
    char line[LIMIT_LSP_HEADER];
    memset(line, 'a', sizeof line);
    assert_int_equal(frames_put(&frames, str_n(line, sizeof line - 1), &err), 0);
    assert_int_equal(frames_next(&frames, &message, &err), 0);
    assert_int_equal(frames_put(&frames, str_n(line, 1), &err), 0);
    assert_int_equal(frames_next(&frames, &message, &err), ERR_LIMIT);
    frames_free(&frames);
}

/* The same messages whatever pieces they come in. */
static void takes_pieces(void **state) {
    static const struct str stream =
        STR("Content-Length: 3\r\n\r\n[1]Content-Length: 4\r\nA: b\r\n\r\n[22]Content-Length: 0\r\n\r\n");
    static const char *const messages[] = {"[1]", "[22]", ""};
    for (size_t size = 1; size <= stream.n; size++) {
        struct frames frames = frames_new();
        struct err err = ERR_NONE;
        size_t found = 0;
        for (size_t at = 0; at < stream.n; at += size) {
            struct str message;
            assert_int_equal(frames_put(&frames, str_sub(stream, at, size), &err), 0);
            while (frames_next(&frames, &message, &err) == 1) {
                assert_true(found < ARRAY_SIZE(messages));
                assert_str_equal(message, str_c(messages[found++]));
            }
        }
        assert_int_equal(found, ARRAY_SIZE(messages));
        frames_free(&frames);
    }
}

static void writes_a_header(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(KIB);
    frame_write(&out, STR("{\"a\":\"\xc3\xa4\"}"));
    assert_str_equal(buf_view(&out), STR("Content-Length: 10\r\n\r\n{\"a\":\"\xc3\xa4\"}"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_messages),
        cmocka_unit_test(waits_for_the_rest),
        cmocka_unit_test(refuses_what_it_cannot_follow),
        cmocka_unit_test(bounds_the_header),
        cmocka_unit_test(takes_pieces),
        cmocka_unit_test(writes_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
