#include "source/fetch/program/body.h"

#include "base/limits.h"
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>

/* FIPS 180-4 examples: of nothing and of "abc". */
#define EMPTY_256 STR("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
#define ABC_256   STR("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
#define ABC_512                                                                                              \
    STR("sha512:"                                                                                            \
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"   \
        "454d4423643ce80e2a9ac94fa54ca49f")

static int file_with(const char *text) {
    int fd = memfd_create("body", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static void bytes_and_their_digest(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(body_close) struct body body;
    assert_int_equal(body_open(&body, file_with(""), 3, STR_NONE, NULL), 0);
    assert_str_equal(body_digest(&body, &arena), EMPTY_256);
    assert_int_equal(body_write(&body, STR("ab"), NULL), 0);
    assert_int_equal(body_write(&body, STR("c"), NULL), 0);
    assert_str_equal(body_digest(&body, &arena), ABC_256);
    assert_int_equal(body_write(&body, STR("d"), NULL), ERR_LIMIT);
    assert_int_equal(lseek(body.fd, 0, SEEK_END), 3);
    assert_int_equal(body_restart(&body, NULL), 0);
    assert_str_equal(body_digest(&body, &arena), EMPTY_256);
    assert_int_equal(lseek(body.fd, 0, SEEK_END), 0);
}

static void what_is_there_counts(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    _cleanup_(body_close) struct body body;
    assert_int_equal(body_open(&body, file_with("ab"), 3, ABC_512, NULL), 0);
    assert_true(body.is_continued && body.n == 2);
    assert_int_equal(body_write(&body, STR("c"), NULL), 0);
    assert_str_equal(body_digest(&body, &arena), ABC_512);
}

static void a_file_past_the_cap_is_emptied(void **state) {
    _cleanup_(body_close) struct body body;
    assert_int_equal(body_open(&body, file_with("abcd"), 3, STR_NONE, NULL), 0);
    assert_true(body.n == 0 && !body.is_continued);
}

static void only_regular_files(void **state) {
    const int fds[] = {-1, open("/dev/null", O_RDWR | O_CLOEXEC),
                       open("/proc/self/exe", O_RDONLY | O_CLOEXEC)};
    for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
        _cleanup_(body_close) struct body body;
        assert_int_equal(body_open(&body, fds[i], 3, STR_NONE, NULL), ERR_USAGE);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_their_digest),
        cmocka_unit_test(what_is_there_counts),
        cmocka_unit_test(a_file_past_the_cap_is_emptied),
        cmocka_unit_test(only_regular_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
