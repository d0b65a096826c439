#include "base/cage.h"

#include "base/file.h"
#include "base/limits.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

static struct cage_job job_of(int (*run)(void *, struct cage_port *, struct err *)) {
    return (struct cage_job){.run = run, .memory = 256 * MIB, .output_cap = MIB};
}

static int hello(void *ctx, struct cage_port *port, struct err *err) {
    return cage_port_write(port, str_c(ctx), err);
}

static void output_comes_back(void **state) {
    struct cage_job job = job_of(hello);
    job.ctx = (void *)"hello";
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct err err = ERR_NONE;
    assert_int_equal(cage_call(&job, &out, &err), 0);
    assert_str_equal(buf_view(&out), STR("hello"));
}

static int fails(void *ctx, struct cage_port *port, struct err *err) {
    return err_set(err, ERR_LIMIT, "too deep");
}

static int crashes(void *ctx, struct cage_port *port, struct err *err) {
    cage_port_step(port, 7);
    signal(SIGABRT, SIG_DFL);
    abort();
    return 0;
}

static int hangs(void *ctx, struct cage_port *port, struct err *err) {
    cage_port_step(port, 9);
    for (volatile bool on = true; on;) {
    }
    return 0;
}

static int stalls(void *ctx, struct cage_port *port, struct err *err) {
    cage_port_progress(port, 4096);
    cage_port_step(port, 11);
    cage_port_step(port, 0);
    for (volatile bool on = true; on;) {
    }
    return 0;
}

static int floods(void *ctx, struct cage_port *port, struct err *err) {
    static const char zeros[4096];
    for (;;) {
        int r = cage_port_write(port, str_n(zeros, sizeof zeros), err);
        if (r < 0) {
            return r;
        }
    }
}

static void ending_has_a_reason(void **state) {
    static const struct {
        int (*run)(void *, struct cage_port *, struct err *);
        enum cage_outcome outcome;
        uint64_t step;
    } cases[] = {{fails, CAGE_FAILED, 0},
                 {crashes, CAGE_CRASHED, 7},
                 {hangs, CAGE_HUNG, 9},
                 {stalls, CAGE_HUNG, 0},
                 {floods, CAGE_FLOODED, 0}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct cage_job job = job_of(cases[i].run);
        job.step_seconds = job.stall_seconds = 1;
        _cleanup_(cage_freep) struct cage *cage = NULL;
        struct err err = ERR_NONE;
        assert_int_equal(cage_start(&cage, &job, &err), 0);
        while (!cage_is_over(cage)) {
            assert_int_equal(cage_wait(&cage, 1, -1, &err), 0);
        }
        assert_int_equal(cage_outcome(cage), cases[i].outcome);
        assert_int_equal(cage_step(cage), cases[i].step);
        assert_true(cage_err(cage)->code < 0);
        assert_true(strlen(cage_err(cage)->message) > 0);
    }
}

/* Each line names a thing that must not be possible. */
static int tries_to_leave(void *ctx, struct cage_port *port, struct err *err) {
    if (open("/etc/passwd", O_RDONLY) >= 0) {
        return err_set(err, ERR_IO, "opened a file");
    }
    if (open("/tmp/plimsoll-escape", O_CREAT | O_WRONLY, 0600) >= 0) {
        return err_set(err, ERR_IO, "made a file");
    }
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0) {
        return err_set(err, ERR_IO, "made a socket");
    }
    if (fork() >= 0) {
        return err_set(err, ERR_IO, "forked");
    }
    char *const args[] = {(char *)"/bin/true", NULL};
    if (execve(args[0], args, NULL) >= 0 || errno != EPERM) {
        return err_set(err, ERR_IO, "executed");
    }
    if (kill(getppid(), 0) >= 0) {
        return err_set(err, ERR_IO, "signalled its parent");
    }
    if (fcntl(*(int *)ctx, F_GETFD) >= 0) {
        return err_set(err, ERR_IO, "kept a descriptor it was not given");
    }
    return 0;
}

static void nothing_can_be_reached(void **state) {
    _cleanup_(closep) int secret = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    struct cage_job job = job_of(tries_to_leave);
    job.ctx = &secret;
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct err err = ERR_NONE;
    int r = cage_call(&job, &out, &err);
    if (r < 0) {
        fail_msg("%s", err.message);
    }
    if (cage_lacks()) {
        print_message("the kernel lacks %s\n", cage_lacks());
    }
}

static int swallows_memory(void *ctx, struct cage_port *port, struct err *err) {
    for (size_t i = 0; i < 64; i++) {
        void *p = mem_alloc(16 * MIB);
        if (!p) {
            return err_memory(err);
        }
        memset(p, 1, 16 * MIB);
    }
    return 0;
}

static void memory_has_an_end(void **state) {
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* the limit counts the sanitizer's own memory, so it is off */
#endif
    struct cage_job job = job_of(swallows_memory);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct err err = ERR_NONE;
    assert_int_equal(cage_call(&job, &out, &err), ERR_MEMORY);
}

static void *add_one(void *p) {
    (*(int *)p)++;
    return NULL;
}

static int uses_a_thread(void *ctx, struct cage_port *port, struct err *err) {
    int n = 41;
    pthread_t thread;
    if (pthread_create(&thread, NULL, add_one, &n) != 0) {
        return err_set(err, ERR_IO, "no thread");
    }
    pthread_join(thread, NULL);
    return n == 42 ? 0 : err_set(err, ERR_IO, "the thread did nothing");
}

static void threads_of_its_own_work(void **state) {
    struct cage_job job = job_of(uses_a_thread);
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct err err = ERR_NONE;
    assert_int_equal(cage_call(&job, &out, &err), 0);
}

static int echoes_files(void *ctx, struct cage_port *port, struct err *err) {
    struct str message;
    int fds[CAGE_PARCEL_FDS];
    size_t n;
    int r;
    while ((r = cage_port_take(port, &message, fds, &n, err)) == 1) {
        cage_port_write(port, message, err);
        for (size_t i = 0; i < n; i++) {
            _cleanup_(buf_free) struct buf body = buf_new(MIB);
            r = file_read_fd(fds[i], &body, err);
            close(fds[i]);
            if (r < 0) {
                return r;
            }
            cage_port_write(port, buf_view(&body), err);
        }
    }
    return r;
}

static void files_can_be_given(void **state) {
    struct cage_job job = job_of(echoes_files);
    struct err err = ERR_NONE;
    _cleanup_(cage_freep) struct cage *cage = NULL;
    assert_int_equal(cage_start(&cage, &job, &err), 0);
    for (int i = 0; i < 1000; i++) {
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        assert_int_equal(write(pipes[1], "ab", 2), 2);
        close(pipes[1]);
        assert_int_equal(cage_give(cage, STR("m"), pipes, 1, &err), 0);
        close(pipes[0]);
    }
    cage_give_end(cage);
    while (!cage_is_over(cage)) {
        assert_int_equal(cage_wait(&cage, 1, -1, &err), 0);
    }
    assert_int_equal(cage_outcome(cage), CAGE_DONE);
    assert_int_equal(cage_output(cage).n, 3000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_comes_back),       cmocka_unit_test(ending_has_a_reason),
        cmocka_unit_test(nothing_can_be_reached),  cmocka_unit_test(memory_has_an_end),
        cmocka_unit_test(threads_of_its_own_work), cmocka_unit_test(files_can_be_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
