#include "source/fetch/fetch.h"

#include "base/file.h"
#include "base/limits.h"
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>

static void use_program(const char *folder) {
    setenv("PLIMSOLL_LIBEXEC", folder, 1);
}

static void use_own_program(void) {
    char folder[LIMIT_PATH];
    snprintf(folder, sizeof folder, "%s", getenv("PLIMSOLL_BUILD"));
    use_program(folder);
}

static void a_program_that_is_not_there(void **state) {
    use_program("/nonexistent");
    struct fetch_options options = FETCH_OPTIONS;
    struct fetch *fetch = NULL;
    struct err err = ERR_NONE;
    assert_int_equal(fetch_start(&fetch, &options, &err), ERR_ABSENT);
    assert_non_null(strstr(err.message, "/nonexistent/plimsoll-fetch"));
    assert_null(fetch);
}

static void a_program_that_leaves(void **state) {
    char folder[] = "/tmp/plimsoll-fetch-XXXXXX", program[64];
    assert_non_null(mkdtemp(folder));
    snprintf(program, sizeof program, "%s/plimsoll-fetch", folder);
    assert_int_equal(symlink("/bin/false", program), 0);
    use_program(folder);
    _cleanup_(fetch_stopp) struct fetch *fetch = NULL;
    struct fetch_options options = FETCH_OPTIONS;
    struct err err = ERR_NONE;
    int r = fetch_start(&fetch, &options, &err);
    if (r == 0) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct fetch_event event;
        r = fetch_wait(fetch, &event, &arena, &err);
    }
    unlink(program);
    rmdir(folder);
    assert_int_equal(r, ERR_IO);
    assert_string_equal(err.message, "plimsoll-fetch left with status 1");
}

static void request_that_fails(struct fetch *fetch, void *tag) {
    _cleanup_(closep) int fd = memfd_create("body", MFD_CLOEXEC);
    struct fetch_request request = {
        .kind = FETCH_URL, .url = STR("file:///etc/passwd"), .fd = fd, .cap = 1, .tag = tag};
    uint32_t id;
    assert_int_equal(fetch_submit(fetch, &request, &id, NULL), 0);
}

static void as_many_requests_as_are_allowed(void **state) {
    use_own_program();
    _cleanup_(fetch_stopp) struct fetch *fetch = NULL;
    struct fetch_options options = FETCH_OPTIONS;
    assert_int_equal(fetch_start(&fetch, &options, NULL), 0);
    static char tags[LIMIT_FETCH_REQUESTS];
    for (size_t i = 0; i < LIMIT_FETCH_REQUESTS; i++) {
        request_that_fails(fetch, &tags[i]);
    }
    struct fetch_request more = {.fd = -1};
    uint32_t id;
    assert_int_equal(fetch_submit(fetch, &more, &id, NULL), ERR_LIMIT);
    for (size_t i = 0; i < LIMIT_FETCH_REQUESTS; i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct fetch_event event;
        struct pollfd ready = {.fd = fetch_fd(fetch), .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 60000), 1);
        assert_int_equal(fetch_wait(fetch, &event, &arena, NULL), 0);
        assert_true(event.is_done);
        assert_int_equal(event.code, ERR_INPUT);
        *(char *)event.tag += 1;
    }
    for (size_t i = 0; i < LIMIT_FETCH_REQUESTS; i++) {
        assert_int_equal(tags[i], 1);
    }
}

/* The one child of this process, 0 when there is none. */
static int child(void) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    _cleanup_(buf_free) struct buf text = buf_new(4 * KIB);
    if (file_read(path, &text, NULL) < 0) {
        skip();
    }
    uint64_t pid = 0;
    str_to_u64(str_trim(buf_view(&text)), 10, &pid);
    return (int)pid;
}

/* How many of the child's descriptors above fd are our /dev/null. */
static size_t open_above(int pid, int fd) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        uint64_t number;
        char target[256] = "", link[512];
        if (str_to_u64(str_c(entry->d_name), 10, &number) && (int)number > fd) {
            snprintf(link, sizeof link, "%s/%s", path, entry->d_name);
            n += readlink(link, target, sizeof target - 1) > 0 && !strcmp(target, "/dev/null");
        }
    }
    closedir(folder);
    return n;
}

static void it_has_no_more_than_it_needs(void **state) {
    use_own_program();
    _cleanup_(closep) int left_open = open("/dev/null", O_RDWR); /* by intention not closed on exec */
    _cleanup_(closep) _unused_ int high = fcntl(left_open, F_DUPFD, 20);
    _cleanup_(fetch_stopp) struct fetch *fetch = NULL;
    struct fetch_options options = FETCH_OPTIONS;
    assert_int_equal(fetch_start(&fetch, &options, NULL), 0);
    request_that_fails(fetch, NULL);
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct fetch_event event;
    assert_int_equal(fetch_wait(fetch, &event, &arena, NULL), 0);
    int pid = child();
    assert_true(pid > 0);
    assert_int_equal(open_above(pid, 3), 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    _cleanup_(buf_free) struct buf status = buf_new(64 * KIB);
    assert_int_equal(file_read(path, &status, NULL), 0);
    assert_true(str_find(buf_view(&status), STR("NoNewPrivs:\t1")) >= 0);
}

static void it_leaves_with_its_socket(void **state) {
    use_own_program();
    struct fetch_options options = FETCH_OPTIONS;
    struct fetch *fetch = NULL;
    assert_int_equal(fetch_start(&fetch, &options, NULL), 0);
    fetch_stop(fetch);
    assert_int_equal(child(), 0);
}

static void without_memory(void **state) {
    use_own_program();
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(fetch_stopp) struct fetch *fetch = NULL;
        struct fetch_options options = FETCH_OPTIONS;
        int code = fetch_start(&fetch, &options, NULL);
        assert_true(code == 0 || code == ERR_MEMORY || code == ERR_LIMIT);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_that_is_not_there),     cmocka_unit_test(a_program_that_leaves),
        cmocka_unit_test(as_many_requests_as_are_allowed), cmocka_unit_test(it_has_no_more_than_it_needs),
        cmocka_unit_test(it_leaves_with_its_socket),       cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
