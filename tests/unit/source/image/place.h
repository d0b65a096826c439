/* A folder of a test's own, with files that it writes there, and tar files made by hand. */
#ifndef PLIMSOLL_TESTS_UNIT_SOURCE_IMAGE_PLACE_H
#define PLIMSOLL_TESTS_UNIT_SOURCE_IMAGE_PLACE_H

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "test.h"

#include <ftw.h>
#include <sys/stat.h>

struct place {
    char folder[64];
    char path[2 * LIMIT_PATH]; /* of the last place_path() */
};

static inline int place_remove(const char *path, const struct stat *st, int kind, struct FTW *walk) {
    return remove(path);
}

static inline int place_open(void **state) {
    struct place *place = mem_alloc_zero(sizeof *place);
    snprintf(place->folder, sizeof place->folder, "/tmp/plimsoll-test-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    *state = place;
    return 0;
}

static inline int place_close(void **state) {
    struct place *place = *state;
    nftw(place->folder, place_remove, 8, FTW_DEPTH | FTW_PHYS);
    mem_free(place);
    return 0;
}

static inline const char *place_path(struct place *place, const char *name) {
    snprintf(place->path, sizeof place->path, "%s/%s", place->folder, name);
    return place->path;
}

/* Folders above it are made. */
static inline const char *place_put(struct place *place, const char *name, struct str content) {
    struct err err = ERR_NONE;
    const char *path = place_path(place, name);
    char above[2 * LIMIT_PATH];
    snprintf(above, sizeof above, "%.*s", STR_ARG(str_dirname(str_c(path))));
    char absolute[2 * LIMIT_PATH + 1];
    snprintf(absolute, sizeof absolute, "%s%s", above[0] == '/' ? "" : "/", above);
    assert_int_equal(file_make_dirs(absolute, &err), 0);
    assert_int_equal(file_replace(path, content, &err), 0);
    return path;
}

/* An entry in the ustar format (POSIX.1-1988). kind '0': a file, '2': a symbolic link to link. */
static inline void tar_put(struct buf *tar, const char *name, char kind, const char *link,
                           struct str content) {
    char block[512] = "";
    unsigned sum = 0;
    snprintf(block, 100, "%s", name);
    snprintf(block + 100, 8, "%07o", 0644);
    snprintf(block + 124, 12, "%011zo", content.n);
    memset(block + 148, ' ', 8);
    block[156] = kind;
    snprintf(block + 157, 100, "%s", link);
    memcpy(block + 257, "ustar\00000", 8);
    for (size_t i = 0; i < sizeof block; i++) {
        sum += (unsigned char)block[i];
    }
    snprintf(block + 148, 8, "%06o", sum);
    buf_str(tar, str_n(block, sizeof block));
    buf_str(tar, content);
    memset(block, 0, sizeof block);
    buf_str(tar, str_n(block, (512 - content.n % 512) % 512));
}

static inline void tar_end(struct buf *tar) {
    static const char zeros[1024];
    buf_str(tar, str_n(zeros, sizeof zeros));
}

#endif
