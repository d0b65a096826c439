#include "base/program.h"

#include "base/limits.h"
#include "test.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

static void a_descriptor_goes_along(void **state) {
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
    _cleanup_(closep) int ours = pair[0];
    _cleanup_(closep) int theirs = pair[1];
    _cleanup_(closep) int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    _cleanup_(closep) int got = -1;
    _cleanup_(buf_free) struct buf in = buf_new(LIMIT_PACKET);
    assert_int_equal(packet_receive(theirs, &in, &got, NULL), ERR_ABSENT);
    assert_int_equal(packet_send(ours, STR("one"), null, NULL), 1);
    assert_int_equal(packet_send(ours, STR("two"), -1, NULL), 1);
    assert_int_equal(packet_receive(theirs, &in, &got, NULL), 1);
    assert_str_equal(buf_view(&in), STR("one"));
    struct stat sent, received;
    assert_int_equal(fstat(null, &sent), 0);
    assert_int_equal(fstat(got, &received), 0);
    assert_true(sent.st_ino == received.st_ino);
    assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
    int none;
    assert_int_equal(packet_receive(theirs, &in, &none, NULL), 1);
    assert_str_equal(buf_view(&in), STR("two"));
    assert_int_equal(none, -1);
    closep(&ours);
    ours = -1;
    assert_int_equal(packet_receive(theirs, &in, &none, NULL), 0);
    assert_int_equal(packet_send(theirs, STR("x"), -1, NULL), ERR_ABSENT);
}

/* A folder with a program of some script. */
static void put_program(const char *folder, const char *script) {
    char path[LIMIT_PATH];
    snprintf(path, sizeof path, "%s/plimsoll-test", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, script, strlen(script)), (ssize_t)strlen(script));
    closep(&fd);
    setenv("PLIMSOLL_LIBEXEC", folder, 1);
}

static void remove_program(const char *folder) {
    char path[LIMIT_PATH];
    snprintf(path, sizeof path, "%s/plimsoll-test", folder);
    unlink(path);
    rmdir(folder);
    unsetenv("PLIMSOLL_LIBEXEC");
}

static void how_it_ended_is_said(void **state) {
    char folder[] = "/tmp/plimsoll-program-XXXXXX";
    assert_non_null(mkdtemp(folder));
    static const struct {
        const char *script, *says;
    } cases[] = {{"#!/bin/sh\nexit 7\n", "plimsoll-test left with status 7"},
                 {"#!/bin/sh\nkill -9 $$\n", "plimsoll-test was ended by signal 9"}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(program_stop) struct program program = PROGRAM_NONE;
        _cleanup_(buf_free) struct buf in = buf_new(LIMIT_PACKET);
        struct err err = ERR_NONE;
        int fd;
        put_program(folder, cases[i].script);
        assert_int_equal(program_start(&program, "plimsoll-test", &err), 0);
        assert_int_equal(packet_receive(program.socket, &in, &fd, &err), 0);
        assert_int_equal(program_gone(&program, &err), ERR_IO);
        assert_string_equal(err.message, cases[i].says);
    }
    remove_program(folder);
}

static void it_has_its_socket_and_leaves_with_it(void **state) {
    char folder[] = "/tmp/plimsoll-program-XXXXXX";
    assert_non_null(mkdtemp(folder));
    _cleanup_(program_stop) struct program program = PROGRAM_NONE;
    _cleanup_(buf_free) struct buf in = buf_new(LIMIT_PACKET);
    struct err err = ERR_NONE;
    int fd;
    put_program(folder, "#!/bin/sh\nprintf hello >&3\nread line <&3\n");
    assert_int_equal(program_start(&program, "plimsoll-test", &err), 0);
    assert_int_equal(packet_receive(program.socket, &in, &fd, &err), 1);
    assert_str_equal(buf_view(&in), STR("hello"));
    program_stop(&program);
    assert_int_equal(program.pid, 0);
    remove_program(folder);
}

static void one_that_is_nowhere_is_named(void **state) {
    struct program program = PROGRAM_NONE;
    struct err err = ERR_NONE;
    setenv("PLIMSOLL_LIBEXEC", "/nonexistent", 1);
    assert_int_equal(program_start(&program, "plimsoll-test", &err), ERR_ABSENT);
    assert_non_null(strstr(err.message, "/nonexistent/plimsoll-test (from PLIMSOLL_LIBEXEC)"));
    unsetenv("PLIMSOLL_LIBEXEC");
    assert_int_equal(program_start(&program, "plimsoll-test", &err), ERR_ABSENT);
    assert_non_null(strstr(err.message, "plimsoll-test is not beside this program"));
    program_stop(&program);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_descriptor_goes_along),
        cmocka_unit_test(how_it_ended_is_said),
        cmocka_unit_test(it_has_its_socket_and_leaves_with_it),
        cmocka_unit_test(one_that_is_nowhere_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
