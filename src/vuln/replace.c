#include "vuln/replace.h"

#include "base/file.h"
#include "base/limits.h"
#include "vuln/seal.h"

#include <fcntl.h>

int db_finish(sqlite3 *db, int64_t built, struct err *err) {
    int64_t newest;
    int r = db_number(db, "SELECT max(newest) FROM source", &newest, err);
    if (r == 0) {
        r = db_set_meta(db, "built", built ? built : newest, err);
    }
    return r < 0 ? r : seal_prepare(db, err);
}

int copy_file(const char *from, const char *to, struct err *err) {
    _cleanup_(mapping_free) struct mapping mapping = {0};
    int r = mapping_open(&mapping, from, err);
    return r < 0 ? r : file_replace(to, mapping.bytes, err);
}

/* Of one that is synced when it has been changed. */
static int copy_base(const char *from, const char *to, struct err *err) {
    _cleanup_(mapping_free) struct mapping mapping = {0};
    int r = mapping_open(&mapping, from, err);
    return r < 0 ? r : file_replace_cached(to, mapping.bytes, err);
}

/* VACUUM puts the pages in the order of the keys and leaves no gaps, and writes the file anew for it: a
 * change of a few records can do without. */
static int tidy(sqlite3 *db, enum db_base base, struct err *err) {
    enum { FREE_PERCENT = 10 };
    int64_t pages, unused;
    int r = db_number(db, "PRAGMA page_count", &pages, err);
    if (r == 0) {
        r = db_number(db, "PRAGMA freelist_count", &unused, err);
    }
    bool is_loose = base == DB_BASE_NONE || unused > pages / 100 * FREE_PERCENT;
    return r == 0 && is_loose ? db_execute(db, "VACUUM", err) : r;
}

static int change_at(const char *fresh, enum db_base base, db_change *change, void *context,
                     struct err *err) {
    _cleanup_(db_closep) sqlite3 *db = NULL;
    int r = base == DB_BASE_NONE ? db_create(&db, fresh, err) : db_edit(&db, fresh, err);
    if (r == 0) {
        r = change(context, db, err);
    }
    if (r == 0) {
        r = db_execute(db, "COMMIT", err);
    }
    return r < 0 ? r : tidy(db, base, err);
}

static int sync_file(const char *path, struct err *err) {
    _cleanup_(closep) int fd = open(path, O_RDWR | O_CLOEXEC);
    return fd < 0 || fsync(fd) < 0 ? err_set_errno(err, ERR_IO, "%s", path) : 0;
}

int db_replace(const char *path, enum db_base base, db_change *change, void *context, struct err *err) {
    char fresh[LIMIT_PATH];
    int n = snprintf(fresh, sizeof fresh, "%s.%ld.build", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof fresh) {
        return err_set(err, ERR_LIMIT, "%s: path too long", path);
    }
    unlink(fresh);
    int r = base == DB_BASE_COPY ? seal_verify(path, err) : 0;
    if (r == 0 && base != DB_BASE_NONE) {
        r = copy_base(path, fresh, err);
    }
    if (r == 0) {
        r = change_at(fresh, base, change, context, err);
    }
    if (r == 0) {
        r = seal_write(fresh, err);
    }
    if (r == 0) {
        r = sync_file(fresh, err);
    }
    if (r == 0 && rename(fresh, path) < 0) {
        r = err_set_errno(err, ERR_IO, "%s", path);
    }
    if (r < 0) {
        unlink(fresh);
    }
    return r;
}

int advisories_verify(const char *path, struct err *err) {
    return seal_verify(path, err);
}

int advisories_identity(const char *path, char out[SHA256_HEX + 1], struct err *err) {
    unsigned char sum[SHA256_BYTES];
    int r = seal_read(path, sum, err);
    if (r == 0) {
        hex_encode(sum, sizeof sum, out);
    }
    return r;
}
