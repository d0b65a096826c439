#include "base/cage_walls.h"

#include "base/file.h"
#include "base/limits.h"
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* A folder that may be read, with a file, a folder and links that lead out of it. */
static char folder[] = "/tmp/plimsoll-walls-XXXXXX";

static int make_folder(void **state) {
    char path[LIMIT_PATH];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/below", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/below/file", folder);
    assert_int_equal(file_replace(path, STR("content"), NULL), 0);
    snprintf(path, sizeof path, "%s/link", folder);
    return symlink("/etc/passwd", path);
}

static int remove_folder(void **state) {
    static const char *const names[] = {"/below/file", "/below", "/link", ""};
    char path[LIMIT_PATH];
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        snprintf(path, sizeof path, "%s%s", folder, names[i]);
        (void)remove(path);
    }
    return 0;
}

static int open_in(const char *name, int flags) {
    char path[LIMIT_PATH];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return open(path, flags | O_CLOEXEC, 0600);
}

/* Each returns 0, or the number of what should not have been. */
static int reads_what_is_below(void) {
    char text[16];
    int fd = open_in("below/file", O_RDONLY);
    if (fd < 0 || read(fd, text, sizeof text) != 7) {
        return 1;
    }
    DIR *names = opendir(folder);
    return names && readdir(names) ? 0 : 2;
}

static int writes_nothing(void) {
    static const int flags[] = {O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC, O_RDONLY | O_TRUNC,
                                O_WRONLY | O_APPEND};
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        if (open_in("below/file", flags[i]) >= 0) {
            return 10 + (int)i;
        }
    }
    bool can = open_in("new", O_RDONLY | O_CREAT) >= 0 || open_in("", O_TMPFILE | O_RDWR) >= 0 ||
               open_in("new", O_WRONLY | O_CREAT) >= 0 || unlink("/tmp/nothing") == 0 || errno != EPERM ||
               mkdir("/tmp/nothing", 0700) == 0 || errno != EPERM;
    return can ? 20 : 0;
}

/* Landlock alone knows where a file is. */
static int reads_nothing_else(void) {
    if (cage_walls_lack()) {
        return 0;
    }
    bool can = open("/etc/passwd", O_RDONLY) >= 0 || open_in("link", O_RDONLY) >= 0 ||
               open_in("../../etc/passwd", O_RDONLY) >= 0 || opendir("/") ||
               open("/proc/self/mem", O_RDONLY) >= 0;
    return can ? 30 : 0;
}

static int reaches_nothing(void) {
    char *const args[] = {(char *)"/bin/true", NULL};
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0) {
        return 40;
    }
    if (fork() >= 0 || (execve(args[0], args, NULL), errno) != EPERM) {
        return 41;
    }
    return kill(getppid(), 0) == 0 ? 42 : 0;
}

static void expect(int (*in_walls)(void)) {
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const char *const readable[] = {folder};
        const struct cage_walls walls = {
            .memory = 64 * MIB, .file_size = MIB, .readable = readable, .readable_n = 1};
        _exit(cage_walls_raise(&walls, NULL) < 0 ? 100 : in_walls());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_readable_folder_can_be_read(void **state) {
    expect(reads_what_is_below);
}

static void it_can_not_be_written_to(void **state) {
    expect(writes_nothing);
}

static void nothing_else_can_be_read(void **state) {
    expect(reads_nothing_else);
}

static void nothing_can_be_reached(void **state) {
    expect(reaches_nothing);
}

static void a_folder_that_is_not_there_raises_none(void **state) {
    static const char *const readable[] = {"/nonexistent/folder"};
    const struct cage_walls walls = {.readable = readable, .readable_n = 1};
    struct err err = ERR_NONE;
    int status;
    pid_t child = fork();
    if (child == 0) {
        bool is_said = cage_walls_raise(&walls, &err) == ERR_IO && strstr(err.message, readable[0]);
        _exit(is_said || cage_walls_lack() ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_readable_folder_can_be_read),
        cmocka_unit_test(it_can_not_be_written_to),
        cmocka_unit_test(nothing_else_can_be_read),
        cmocka_unit_test(nothing_can_be_reached),
        cmocka_unit_test(a_folder_that_is_not_there_raises_none),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
