#include "base/cage_walls.h"

#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif
#ifndef HAS_SANITIZER
#define HAS_SANITIZER 0
#endif

bool cage_walls_keep_stderr(void) {
    return HAS_SANITIZER;
}

static long landlock_version(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static bool has_seccomp(void) {
    return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

const char *cage_walls_lack(void) {
    bool landlock = landlock_version() > 0, filter = has_seccomp();
    return landlock && filter ? NULL : landlock ? "seccomp" : filter ? "Landlock" : "Landlock, seccomp";
}

/* The attributes by ABI version (kernel docs, userspace-api/landlock); our headers may be older than the
 * kernel. */
struct ruleset {
    uint64_t file, network, scope;
};

static struct ruleset all_rights(long version) {
    struct ruleset rules = {0};
    unsigned bits = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
    rules.file = (UINT64_C(1) << bits) - 1;
    rules.network = version >= 4 ? 3 : 0;
    rules.scope = version >= 6 ? 3 : 0;
    return rules;
}

static int allow_reading(int ruleset, const char *folder, struct err *err) {
    _cleanup_(closep) int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR, .parent_fd = fd};
    return fd < 0 || syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0
               ? err_set_errno(err, ERR_IO, "%s", folder)
               : 0;
}

static int raise_landlock(const struct cage_walls *walls, struct err *err) {
    long version = landlock_version();
    if (version <= 0) {
        return 0;
    }
    struct ruleset rules = all_rights(version);
    size_t size = version >= 6 ? sizeof rules : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    _cleanup_(closep) int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    int r = fd < 0 ? err_set_errno(err, ERR_IO, "Landlock") : 0;
    for (size_t i = 0; r == 0 && i < walls->readable_n; i++) {
        r = allow_reading(fd, walls->readable[i], err);
    }
    if (r == 0 && syscall(SYS_landlock_restrict_self, fd, 0) < 0) {
        r = err_set_errno(err, ERR_IO, "Landlock");
    }
    return r;
}

static int limit(int which, rlim_t value, struct err *err) {
    struct rlimit limits = {value, value};
    return setrlimit((__rlimit_resource_t)which, &limits) < 0 ? err_set_errno(err, ERR_IO, "setrlimit") : 0;
}

static int raise_limits(size_t memory, uint64_t file_size, struct err *err) {
    int r = limit(RLIMIT_CORE, 0, err);
    if (r == 0) {
        r = limit(RLIMIT_FSIZE, (rlim_t)file_size, err);
    }
    /* A sanitizer's shadow is private memory of terabytes. */
    if (r == 0 && memory && !HAS_SANITIZER) {
        r = limit(RLIMIT_DATA, memory, err);
    }
    return r;
}

/* What readers, the allocator, threads of our own and abort() need; the rest fails with EPERM. */
static const int allowed[] = {
    SYS_read,
    SYS_readv,
    SYS_pread64,
    SYS_preadv,
    SYS_write,
    SYS_writev,
    SYS_pwrite64,
    SYS_ftruncate,
    SYS_lseek,
    SYS_close,
    SYS_fstat,
    SYS_recvmsg,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_set_robust_list,
    SYS_rseq,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigaction,
    SYS_sigaltstack,
    SYS_exit,
    SYS_exit_group,
    SYS_clock_gettime,
    SYS_gettimeofday,
    SYS_getpid,
    SYS_gettid,
    SYS_sched_yield,
    SYS_getrandom,
    SYS_sched_getaffinity,
    SYS_restart_syscall,
    SYS_membarrier,
    SYS_fcntl,
    SYS_getrusage,
#ifdef SYS_time
    SYS_time,
#endif
};

/* What a library needs that finds files by their names, and a socket to answer on. */
static const int allowed_to_readers[] = {
    SYS_sendmsg, SYS_getdents64, SYS_getcwd, SYS_readlinkat, SYS_newfstatat, SYS_statx,
    SYS_getuid,  SYS_geteuid,    SYS_getgid, SYS_getegid,    SYS_faccessat,  SYS_faccessat2,
#ifdef SYS_stat
    SYS_stat,    SYS_lstat,      SYS_access, SYS_readlink,
#endif
};

/* Calls that are allowed for some arguments only. */
static int allow_partly(scmp_filter_ctx filter) {
    int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_mmap, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_clone, 1,
                          SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    /* clone3 hides its flags behind a pointer; glibc falls back to clone when it is not there. */
    r |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SYS_clone3, 0);
    r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_newfstatat, 1,
                          SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH));
    /* abort() signals its own thread. */
    r |=
        seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_tgkill, 1, SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return r;
}

/* To be read, never to be written, made or emptied. */
static int allow_opening(scmp_filter_ctx filter) {
    const scmp_datum_t writes = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
    int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_openat, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, writes, 0));
#ifdef SYS_open
    r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SYS_open, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, writes, 0));
#endif
    return r;
}

static int allow_reader(scmp_filter_ctx filter) {
    int r = allow_opening(filter);
    for (size_t i = 0; i < ARRAY_SIZE(allowed_to_readers); i++) {
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_to_readers[i], 0);
    }
    return r;
}

static int raise_seccomp(const struct cage_walls *walls, struct err *err) {
    if (!has_seccomp()) {
        return 0;
    }
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) {
        return err_memory(err);
    }
    int r = 0;
    for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
        r |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    }
    r |= allow_partly(filter);
    r |= walls->readable_n ? allow_reader(filter) : 0;
    r |= seccomp_load(filter);
    seccomp_release(filter);
    return r == 0 ? 0 : err_set(err, ERR_IO, "the seccomp filter could not be loaded");
}

int cage_walls_raise(const struct cage_walls *walls, struct err *err) {
    int r = raise_limits(walls->memory, walls->file_size, err);
    if (r == 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)) {
        r = err_set_errno(err, ERR_IO, "prctl");
    }
    if (r == 0) {
        r = raise_landlock(walls, err);
    }
    return r == 0 ? raise_seccomp(walls, err) : r;
}
