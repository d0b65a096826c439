/* Our listing of archives, and the bytes of their files, against GNU tar's and Python's. */
#include "base/clock.h"
#include "base/limits.h"
#include "programs.h"
#include "source/stream/inflate.h"
#include "source/stream/tar.h"
#include "test.h"

#include <sys/stat.h>

/* The tree */

static void put_path(const char *path, struct str bytes) {
    struct err err = ERR_NONE;
    _cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(file_write_fd(fd, bytes, &err), 0);
}

static void put_sparse(const char *path, off_t size, const off_t *pieces, size_t n) {
    _cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(pwrite(fd, "piece of a sparse file", 22, pieces[i]), 22);
    }
}

static void make_sparse_files(void) {
    off_t pieces[60];
    for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
        pieces[i] = (off_t)i * 65536 + 100;
    }
    put_sparse("t/sparse-hole", 1000000, NULL, 0);
    put_sparse("t/sparse-3", 700000, pieces + 2, 3);
    put_sparse("t/sparse-60", 60 * 65536, pieces, 60);
}

static void make_files(void) {
    static const size_t sizes[] = {0, 1, 511, 512, 513, 100000};
    _cleanup_(buf_free) struct buf noise = buf_new(MIB);
    put_noise(&noise, 100000, 7);
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        char name[64];
        snprintf(name, sizeof name, "t/file of %zu bytes", sizes[i]);
        put_path(name, str_sub(buf_view(&noise), 0, sizes[i]));
    }
    put_path("t/caf\xc3\xa9", STR("x"));
    put_path("t/set-id", STR("x"));
    assert_int_equal(chmod("t/set-id", 06755), 0);
    assert_int_equal(symlink("../some/where else", "t/symlink"), 0);
    assert_int_equal(link("t/set-id", "t/zz-hardlink"), 0);
    assert_int_equal(mkfifo("t/fifo", 0620), 0);
    assert_int_equal(mkdir("t/dir", 01777), 0);
    struct timespec old[2] = {{.tv_sec = 1000000000, .tv_nsec = 500000000}, {.tv_sec = 1000000000}};
    assert_int_equal(utimensat(AT_FDCWD, "t/dir", old, 0), 0);
}

/* 99, 100, 101 and 250 bytes of name, and links to them: what each format stores in its own way. */
static void make_long_names(void) {
    static const size_t sizes[] = {99, 100, 101, 250};
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        char name[300], from[300];
        snprintf(name, sizeof name, "long/%0*d", (int)sizes[i] - 5, 1);
        snprintf(from, sizeof from, "long/link-%zu", sizes[i]);
        put_path(name, STR("long"));
        assert_int_equal(symlink(name, from), 0);
    }
}

static int enter_tree(void **state) {
    char *folder = strdup("/tmp/plimsoll-tar-XXXXXX");
    if (!folder || !mkdtemp(folder) || chdir(folder) < 0) {
        return -1;
    }
    *state = folder;
    setenv("TZ", "UTC", 1);
    setenv("LC_ALL", "C", 1);
    umask(022);
    if (mkdir("t", 0755) < 0 || mkdir("long", 0755) < 0) {
        return -1;
    }
    make_files();
    make_sparse_files();
    make_long_names();
    return 0;
}

static int leave_tree(void **state) {
    int r = chdir("/");
    remove_tree(*state);
    free(*state);
    return r;
}

/* Listings in the form of `tar -tv --full-time --numeric-owner --quoting-style=literal`, squeezed. */

static void put_mode(struct buf *out, const struct entry *e, char type) {
    static const char letters[] = "rwxrwxrwx";
    buf_byte(out, (unsigned char)type);
    for (int i = 0; i < 9; i++) {
        bool is_set = e->mode >> (8 - i) & 1, is_special = i % 3 == 2 && e->mode >> (11 - i / 3) & 1;
        char special = i == 8 ? 't' : 's';
        char c = is_set ? letters[i] : '-';
        c = is_special ? (char)(is_set ? special : special - 'a' + 'A') : c;
        buf_byte(out, (unsigned char)c);
    }
}

static void put_line(struct buf *out, const struct entry *e) {
    static const char types[] = "-dlhp"; /* of OTHER only a pipe is in the tree */
    char time[CLOCK_TEXT];
    clock_format(e->modified, time);
    put_mode(out, e, types[e->type]);
    buf_printf(out, " %llu/%llu %llu %.10s %.8s ", (unsigned long long)e->uid, (unsigned long long)e->gid,
               (unsigned long long)e->size, time, time + 11);
    buf_str(out, e->path);
    buf_c(out, e->type == ENTRY_DIRECTORY ? "/" : "");
    if (e->type == ENTRY_SYMLINK || e->type == ENTRY_HARDLINK) {
        buf_c(out, e->type == ENTRY_SYMLINK ? " -> " : " link to ");
        buf_str(out, e->link);
    }
    buf_byte(out, '\n');
}

/* Columns one space apart; times without the fraction that pax has. */
static void squeeze(struct buf *text) {
    size_t n = 0;
    for (size_t i = 0; i < text->n; i++) {
        if (text->p[i] == '.' && n > 6 && text->p[n - 3] == ':' && text->p[n - 6] == ':') {
            while (ascii_is_digit((char)text->p[i + 1])) {
                i++;
            }
            continue;
        }
        if (text->p[i] != ' ' || n == 0 || text->p[n - 1] != ' ') {
            text->p[n++] = text->p[i];
        }
    }
    text->n = n;
}

static void assert_same_content(struct tar *tar, const struct entry *e) {
    char path[LIMIT_PATH];
    struct err err = ERR_NONE;
    _cleanup_(buf_free) struct buf expected = buf_new(16 * MIB), got = buf_new(16 * MIB);
    snprintf(path, sizeof path, "%.*s", STR_ARG(e->path));
    assert_int_equal(file_read(path, &expected, &err), 0);
    for (struct str piece;;) {
        assert_int_equal(tar_read(tar, &piece, &err), 0);
        if (!piece.n) {
            break;
        }
        buf_str(&got, piece);
    }
    assert_int_equal(got.n, e->size);
    assert_true(str_eq(buf_view(&got), buf_view(&expected)));
}

static int next_block(void *ctx, struct str *block, struct err *err) {
    return inflate_next(ctx, block, err);
}

/* Lists the archive at path; every second entry's content is compared with the file's, all when `all`. */
static void list(const char *path, bool all, struct buf *out) {
    struct err err = ERR_NONE;
    _cleanup_(closep) int fd = file_open(path, &err);
    struct inflate_options o = {.fd = fd, .size = UINT64_MAX};
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    _cleanup_(tar_closep) struct tar *tar = NULL;
    assert_int_equal(inflate_open(&in, &o, &err), 0);
    assert_int_equal(tar_open(&tar, (struct tar_source){next_block, in}, &err), 0);
    struct entry e;
    int r, n = 0;
    while ((r = tar_next(tar, &e, &err)) > 0) {
        assert_null(tar_refusal(tar));
        put_line(out, &e);
        if (e.type == ENTRY_FILE && (all || n++ % 2)) {
            assert_same_content(tar, &e);
        }
    }
    if (r < 0) {
        fail_msg("%s", err.message);
    }
    assert_null(tar_notice(tar));
    assert_int_equal(inflate_finish(in, &err), 0);
}

static void assert_lists_as_tar(const char *path) {
    _cleanup_(buf_free) struct buf expected = buf_new(MIB), got = buf_new(MIB);
    assert_int_equal(RUN(STR(""), &expected, "tar", "-tvf", path, "--full-time", "--numeric-owner",
                         "--quoting-style=literal"),
                     0);
    list(path, true, &got);
    squeeze(&expected);
    squeeze(&got);
    assert_true(got.n > 100);
    assert_str_equal(buf_view(&got), buf_view(&expected));
    buf_clear(&got);
    list(path, false, &got);
    squeeze(&got);
    assert_str_equal(buf_view(&got), buf_view(&expected));
}

static void gnu_tar_in_every_format(void **state) {
    static const struct {
        const char *format, *owner;
        bool has_long_names;
    } cases[] = {
        {"--format=v7", "--owner=:1234", false},       {"--format=ustar", "--owner=:1234", true},
        {"--format=oldgnu", "--owner=:3000000", true}, {"--format=gnu", "--owner=:3000000", true},
        {"--format=posix", "--owner=:3000000", true},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        /* Ustar can't split a name of one part; it lists what fits. */
        bool is_ustar = i == 1;
        const char *folder = !cases[i].has_long_names || is_ustar ? "t" : "long";
        assert_int_equal(RUN(STR(""), &out, "tar", "-cf", "a.tar", cases[i].format, cases[i].owner,
                             "--mtime=@1234567890", i == 0 ? "--exclude=fifo" : "--exclude=nothing", "t",
                             folder),
                         0);
        assert_lists_as_tar("a.tar");
        assert_int_equal(RUN(STR(""), &out, "tar", "-czf", "a.tar.gz", cases[i].format, cases[i].owner,
                             "--exclude=fifo", "t", folder),
                         0);
        assert_lists_as_tar("a.tar.gz");
    }
}

static void ustar_prefixes(void **state) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    char folder[140];
    snprintf(folder, sizeof folder, "prefix-%080d", 2);
    assert_int_equal(mkdir(folder, 0755), 0);
    char path[300];
    snprintf(path, sizeof path, "%s/%090d", folder, 3);
    put_path(path, STR("in a prefix"));
    assert_int_equal(RUN(STR(""), &out, "tar", "-cf", "a.tar", "--format=ustar", folder), 0);
    assert_lists_as_tar("a.tar");
}

static void gnu_tar_sparse_in_every_version(void **state) {
    static const char *const cases[][2] = {
        {"--format=oldgnu", "--sparse"},
        {"--format=gnu", "--sparse"},
        {"--format=posix", "--sparse-version=0.0"},
        {"--format=posix", "--sparse-version=0.1"},
        {"--format=posix", "--sparse-version=1.0"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        assert_int_equal(RUN(STR(""), &out, "tar", "-cSf", "a.tar", cases[i][0], cases[i][1], "t"), 0);
        struct stat st;
        assert_int_equal(stat("a.tar", &st), 0);
        assert_true(st.st_size < 1000000); /* the holes are not stored */
        assert_lists_as_tar("a.tar");
    }
}

static void times_before_1970(void **state) {
    static const char *const formats[] = {"--format=gnu", "--format=posix"};
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        _cleanup_(buf_free) struct buf out = buf_new(MIB);
        assert_int_equal(
            RUN(STR(""), &out, "tar", "-cf", "a.tar", formats[i], "--mtime=1960-02-03 04:05:06", "t"), 0);
        assert_lists_as_tar("a.tar");
    }
}

static void python_in_every_format(void **state) {
    static const char program[] = "import tarfile, sys\n"
                                  "for name in 'USTAR', 'GNU', 'PAX':\n"
                                  "    with tarfile.open('py-' + name + '.tar', 'w',\n"
                                  "                      format=getattr(tarfile, name + '_FORMAT')) as t:\n"
                                  "        t.add('t')\n"
                                  "        if name != 'USTAR': t.add('long')\n";
    static const char *const archives[] = {"py-USTAR.tar", "py-GNU.tar", "py-PAX.tar"};
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    if (RUN(STR(""), &out, "python3", "-c", program) != 0) {
        skip();
    }
    for (size_t i = 0; i < ARRAY_SIZE(archives); i++) {
        assert_lists_as_tar(archives[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gnu_tar_in_every_format, enter_tree, leave_tree),
        cmocka_unit_test_setup_teardown(ustar_prefixes, enter_tree, leave_tree),
        cmocka_unit_test_setup_teardown(gnu_tar_sparse_in_every_version, enter_tree, leave_tree),
        cmocka_unit_test_setup_teardown(times_before_1970, enter_tree, leave_tree),
        cmocka_unit_test_setup_teardown(python_in_every_format, enter_tree, leave_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
