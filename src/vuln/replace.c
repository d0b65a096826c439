#include "vuln/replace.h"

#include "base/file.h"
#include "base/limits.h"

#include <fcntl.h>

int db_finish(sqlite3 *db, int64_t built, struct err *err) {
    int64_t newest;
    int r = db_number(db, "SELECT max(newest) FROM source", &newest, err);
    if (r == 0) {
        r = db_set_meta(db, "built", built ? built : newest, err);
    }
    return r < 0 ? r : db_seal(db, err);
}

int copy_file(const char *from, const char *to, struct err *err) {
    _cleanup_(mapping_free) struct mapping mapping = {0};
    int r = mapping_open(&mapping, from, err);
    return r < 0 ? r : file_replace(to, mapping.bytes, err);
}

static int verify_open(sqlite3 *db, const char *path, struct err *err) {
    int r = db_verify(db, err);
    return r < 0 ? err_at(err, "%s", path) : 0;
}

/* VACUUM puts the pages in the order of the keys and leaves no gaps, and writes the file anew for it: a
 * change of a few records can do without. */
static int tidy(sqlite3 *db, bool is_copy, struct err *err) {
    enum { FREE_PERCENT = 10 };
    int64_t pages, unused;
    int r = db_number(db, "PRAGMA page_count", &pages, err);
    if (r == 0) {
        r = db_number(db, "PRAGMA freelist_count", &unused, err);
    }
    bool is_loose = !is_copy || unused > pages / 100 * FREE_PERCENT;
    return r == 0 && is_loose ? db_execute(db, "VACUUM", err) : r;
}

static int change_at(const char *fresh, bool is_copy, db_change *change, void *context, struct err *err) {
    _cleanup_(db_closep) sqlite3 *db = NULL;
    int r = is_copy ? db_edit(&db, fresh, err) : db_create(&db, fresh, err);
    if (r == 0 && is_copy) {
        r = verify_open(db, fresh, err);
    }
    if (r == 0) {
        r = change(context, db, err);
    }
    if (r == 0) {
        r = db_execute(db, "COMMIT", err);
    }
    return r < 0 ? r : tidy(db, is_copy, err);
}

static int sync_file(const char *path, struct err *err) {
    _cleanup_(closep) int fd = open(path, O_RDWR | O_CLOEXEC);
    return fd < 0 || fsync(fd) < 0 ? err_set_errno(err, ERR_IO, "%s", path) : 0;
}

int db_replace(const char *path, bool is_copy, db_change *change, void *context, struct err *err) {
    char fresh[LIMIT_PATH];
    int n = snprintf(fresh, sizeof fresh, "%s.%ld.build", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof fresh) {
        return err_set(err, ERR_LIMIT, "%s: path too long", path);
    }
    unlink(fresh);
    int r = is_copy ? copy_file(path, fresh, err) : 0;
    if (r == 0) {
        r = change_at(fresh, is_copy, change, context, err);
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
    _cleanup_(db_closep) sqlite3 *db = NULL;
    int r = db_open(&db, path, err);
    return r < 0 ? r : verify_open(db, path, err);
}

int advisories_identity(const char *path, char out[SHA256_HEX + 1], struct err *err) {
    _cleanup_(db_closep) sqlite3 *db = NULL;
    _cleanup_(db_finalizep) sqlite3_stmt *row = NULL;
    int r = db_open(&db, path, err);
    if (r == 0) {
        r = db_prepare(db, &row, "SELECT sha256 FROM seal", err);
    }
    if (r == 0) {
        r = db_step(row, err);
    }
    if (r < 0) {
        return r;
    }
    struct str sum = r == 1 ? db_blob(row, 0) : STR_NONE;
    if (sum.n != SHA256_BYTES) {
        return err_set(err, ERR_INPUT, "%s: has no seal", path);
    }
    hex_encode((const unsigned char *)sum.p, sum.n, out);
    return 0;
}
