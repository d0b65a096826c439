#include "inspect/cache.h"

#include "base/file.h"
#include "base/limits.h"
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>

static const struct str diff_id = {"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                                   71};

struct room {
    char path[64];
    struct arena arena;
    struct layer_cache cache;
};

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk) {
    return remove(path);
}

static int open_room(void **state) {
    struct room *room = mem_alloc_zero(sizeof *room);
    snprintf(room->path, sizeof room->path, "/tmp/plimsoll-cache-XXXXXX");
    assert_non_null(mkdtemp(room->path));
    room->arena = arena_new(MIB);
    room->cache = layer_cache_at(&room->arena, room->path, 0);
    *state = room;
    return 0;
}

static int close_room(void **state) {
    struct room *room = *state;
    nftw(room->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    arena_free(&room->arena);
    mem_free(room);
    return 0;
}

static void put(const struct room *room, struct str facts) {
    struct buf buf = buf_new(MIB);
    buf_str(&buf, facts);
    layer_cache_put(&room->cache, diff_id, &buf);
    assert_false(buf.failed);
    assert_str_equal(buf_view(&buf), facts);
    buf_free(&buf);
}

static bool get(const struct room *room, struct str id, struct str expected) {
    _cleanup_(mapping_free) struct mapping mapping = {0};
    struct str facts;
    bool is_there = layer_cache_get(&room->cache, id, &mapping, &facts);
    if (is_there) {
        assert_str_equal(facts, expected);
    } else {
        assert_null(mapping.bytes.p);
    }
    return is_there;
}

static void facts_come_back(void **state) {
    struct room *room = *state;
    assert_false(get(room, diff_id, STR("")));
    put(room, STR("facts"));
    assert_true(get(room, diff_id, STR("facts")));
    put(room, STR("others"));
    assert_true(get(room, diff_id, STR("others")));
}

static void empty_facts_are_facts(void **state) {
    struct room *room = *state;
    put(room, STR_NONE);
    assert_true(get(room, diff_id, STR("")));
}

static int open_entry(const struct room *room) {
    char path[LIMIT_PATH];
    snprintf(path, sizeof path, "%s/%.*s", room->cache.folder, STR_ARG(str_from(diff_id, 7)));
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void damage_counts_as_absence(void **state) {
    struct room *room = *state;
    put(room, STR("facts of a layer"));
    int fd = open_entry(room);
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t at = 0; at < size; at++) {
        char byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        assert_false(get(room, diff_id, STR("")));
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    assert_true(get(room, diff_id, STR("facts of a layer")));
    while (size--) {
        assert_int_equal(ftruncate(fd, size), 0);
        assert_false(get(room, diff_id, STR("")));
    }
    close(fd);
}

static void only_digests_are_file_names(void **state) {
    struct room *room = *state;
    static const char *const bad[] = {
        "",
        "sha256:",
        "sha256:../../etc/passwd",
        "sha512:0123",
        "x",
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde/"};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct buf facts = buf_new(MIB);
        layer_cache_put(&room->cache, str_c(bad[i]), &facts);
        assert_false(get(room, str_c(bad[i]), STR("")));
        buf_free(&facts);
    }
    assert_null(opendir(room->cache.folder));
}

static void without_a_folder_nothing_is_kept(void **state) {
    const struct room none = {.cache = layer_cache_at(NULL, NULL, 0)};
    struct buf facts = buf_new(MIB);
    layer_cache_put(&none.cache, diff_id, &facts);
    assert_false(get(&none, diff_id, STR("")));
    buf_free(&facts);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_room, close_room)
    const struct CMUnitTest tests[] = {
        CASE(facts_come_back),
        CASE(empty_facts_are_facts),
        CASE(damage_counts_as_absence),
        CASE(only_digests_are_file_names),
        cmocka_unit_test(without_a_folder_nothing_is_kept),
    };
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
