/* Files of our own and of the user: whole reads with a cap, and writes that replace at once or not at all. */
#ifndef PLIMSOLL_BASE_FILE_H
#define PLIMSOLL_BASE_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <sys/types.h>

/* An fd that closes on exec, or a negative code: ERR_ABSENT when there is none, ERR_DENIED, ERR_IO. */
int file_open(const char *path, struct err *err) _nodiscard_;

/* Adds all of fd from its current offset to out; ERR_LIMIT when out's cap is reached. */
int file_read_fd(int fd, struct buf *out, struct err *err);
/* The whole file. */
int file_read(const char *path, struct buf *out, struct err *err);

/* Reads exactly n bytes at offset. ERR_INPUT when the file ends before. */
int file_read_at(int fd, off_t offset, void *out, size_t n, struct err *err);
int file_write_fd(int fd, struct str bytes, struct err *err);

/* Writes to a new file beside path, syncs, and renames it into place: readers see the old or the new. */
int file_replace(const char *path, struct str bytes, struct err *err);
/* The same in pieces: write to fd, then put it in place, or leave the old file as it is. */
struct file_new {
    int fd;
    char *path; /* of the new file */
};
#define FILE_NEW_NONE ((struct file_new){.fd = -1})
int file_new_open(struct file_new *out, const char *path, struct err *err) _nodiscard_;
int file_new_place(struct file_new *file, const char *path, struct err *err);
/* Also after it was placed, and of FILE_NEW_NONE. */
void file_new_close(struct file_new *file);
/* As file_replace(), without waiting for the disk: for what can be made again and carries its own checksum.
 */
int file_replace_cached(const char *path, struct str bytes, struct err *err);

/* Makes the folder and those above it (mode 0700 for the ones it makes). */
int file_make_dirs(const char *path, struct err *err);

/* $XDG_CACHE_HOME/plimsoll (or ~/.cache/plimsoll), overridden by PLIMSOLL_CACHE; NULL when there is no home.
 */
char *file_cache_dir(struct arena *arena);

/* $XDG_STATE_HOME/plimsoll (or ~/.local/state/plimsoll), overridden by PLIMSOLL_STATE: what must not be lost
 * with the cache; NULL when there is no home. */
char *file_state_dir(struct arena *arena);

#endif
