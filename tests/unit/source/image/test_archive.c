#include "source/image/archive.h"

#include "place.h"

#include <zlib.h>

static void make_tar(struct buf *tar) {
    tar_put(tar, "first", '0', "", STR("one"));
    tar_put(tar, "a/layer.tar", '0', "", STR("layer"));
    tar_put(tar, "b/layer.tar", '2', "../a/layer.tar", STR_NONE);
    tar_put(tar, "loop/x", '2', "y", STR_NONE);
    tar_put(tar, "loop/y", '2', "x", STR_NONE);
    tar_put(tar, "out", '2', "/etc/passwd", STR_NONE);
    tar_put(tar, "first", '0', "", STR("again"));
    tar_put(tar, "last", '0', "", STR("end"));
    tar_end(tar);
}

static int open_bytes(struct place *place, struct str bytes, struct archive *archive, struct err *err) {
    int fd = file_open(place_put(place, "x.tar", bytes), err);
    assert_true(fd >= 0);
    return archive_open(archive, fd, &(struct image_options){.cache = place->folder}, err);
}

static int find(const struct archive *archive, const char *path, char content[16]) {
    struct image_blob blob;
    struct err err = ERR_NONE;
    int r = archive_find(archive, str_c(path), &blob, &err);
    if (r == 0) {
        assert_true(blob.size < 16);
        memset(content, 0, 16);
        assert_int_equal(pread(blob.fd, content, (size_t)blob.size, (off_t)blob.offset), blob.size);
    }
    return r;
}

static void members_are_found(void **state) {
    _cleanup_(buf_free) struct buf tar = buf_new(MIB);
    struct archive archive;
    struct err err = ERR_NONE;
    char content[16];
    make_tar(&tar);
    assert_int_equal(open_bytes(*state, buf_view(&tar), &archive, &err), 0);
    assert_int_equal(archive.problem.n, 0);
    assert_int_equal(find(&archive, "a/layer.tar", content), 0);
    assert_string_equal(content, "layer");
    assert_int_equal(find(&archive, "b/layer.tar", content), 0);
    assert_string_equal(content, "layer");
    assert_int_equal(find(&archive, "first", content), 0);
    assert_string_equal(content, "again");
    assert_int_equal(find(&archive, "loop/x", content), ERR_INPUT);
    assert_int_equal(find(&archive, "out", content), ERR_ABSENT);
    assert_int_equal(find(&archive, "nothing", content), ERR_ABSENT);
    archive_close(&archive);
}

static struct str gzipped(struct str bytes, unsigned char *room, size_t size) {
    z_stream z = {.next_in = (unsigned char *)bytes.p,
                  .avail_in = (unsigned)bytes.n,
                  .next_out = room,
                  .avail_out = (unsigned)size};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return str_n((const char *)room, z.total_out);
}

static void compressed_archives_are_the_same(void **state) {
    _cleanup_(buf_free) struct buf tar = buf_new(MIB);
    unsigned char room[8192];
    struct archive archive;
    struct err err = ERR_NONE;
    char content[16];
    make_tar(&tar);
    struct str packed = gzipped(buf_view(&tar), room, sizeof room);
    assert_int_equal(open_bytes(*state, packed, &archive, &err), 0);
    assert_int_equal(find(&archive, "last", content), 0);
    assert_string_equal(content, "end");
    archive_close(&archive);
}

/* What is whole is there; the rest is missing with the reason. */
static void a_cut_archive_keeps_what_is_whole(void **state) {
    _cleanup_(buf_free) struct buf tar = buf_new(MIB);
    struct archive archive;
    struct image_blob blob;
    struct err err = ERR_NONE;
    char content[16];
    make_tar(&tar);
    assert_int_equal(open_bytes(*state, str_sub(buf_view(&tar), 0, 2048 + 100), &archive, &err), 0);
    assert_int_equal(find(&archive, "a/layer.tar", content), 0);
    assert_int_equal(archive_find(&archive, STR("last"), &blob, &err), ERR_ABSENT);
    assert_non_null(strstr(err.message, "ends early at byte 2,148"));
    archive_close(&archive);
}

static void a_cut_compressed_archive_says_so(void **state) {
    _cleanup_(buf_free) struct buf tar = buf_new(MIB);
    unsigned char room[8192];
    struct archive archive;
    struct err err = ERR_NONE;
    make_tar(&tar);
    struct str packed = gzipped(buf_view(&tar), room, sizeof room);
    (void)open_bytes(*state, str_sub(packed, 0, packed.n / 2), &archive, &err);
    assert_true(archive.problem.n > 0);
    assert_true(str_find(archive.problem, STR("gzip data ends early at byte")) >= 0);
    archive_close(&archive);
}

static void what_is_no_tar_is_refused(void **state) {
    struct archive archive;
    struct err err = ERR_NONE;
    assert_int_equal(open_bytes(*state, STR("not a tar file at all"), &archive, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "neither a tar file"));
    archive_close(&archive);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, place_open, place_close)
    const struct CMUnitTest tests[] = {
        CASE(members_are_found),
        CASE(compressed_archives_are_the_same),
        CASE(a_cut_archive_keeps_what_is_whole),
        CASE(a_cut_compressed_archive_says_so),
        CASE(what_is_no_tar_is_refused),
    };
    return cmocka_run_group_tests_name("archive", tests, NULL, NULL);
}
