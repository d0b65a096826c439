#include "vuln/seal.h"

#include "vuln/replace.h"

#include <fcntl.h>

enum { PAGE_BYTES = 4096 }; /* of db_create() */

int seal_prepare(sqlite3 *db, struct err *err) {
    return db_execute(db, "DELETE FROM seal; INSERT INTO seal (sha256) VALUES (zeroblob(32))", err);
}

/* The offset of the blob, by the root page of its table. */
static int find_place(sqlite3 *db, uint64_t *out, struct err *err) {
    int64_t root;
    int r = db_number(db, "SELECT rootpage FROM sqlite_schema WHERE name = 'seal'", &root, err);
    if (r < 0) {
        return r;
    }
    if (root <= 0 || root > INT32_MAX) {
        return err_set(err, ERR_INPUT, "advisory database: has no seal");
    }
    *out = (uint64_t)root * PAGE_BYTES - SHA256_BYTES;
    return 0;
}

static int read_stated(sqlite3 *db, unsigned char out[SHA256_BYTES], struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *row = NULL;
    int r = db_prepare(db, &row, "SELECT sha256 FROM seal", err);
    if (r == 0) {
        r = db_step(row, err);
    }
    struct str sum = r == 1 ? db_blob(row, 0) : STR_NONE;
    if (r >= 0 && sum.n != SHA256_BYTES) {
        return err_set(err, ERR_INPUT, "advisory database: has no seal");
    }
    memcpy(out, r < 0 ? "" : sum.p, r < 0 ? 0 : SHA256_BYTES);
    return MIN(r, 0);
}

/* Where the file's seal stands, and what it is. */
static int look(const char *path, bool checks_schema, uint64_t *place, unsigned char stated[SHA256_BYTES],
                struct err *err) {
    _cleanup_(db_closep) sqlite3 *db = NULL;
    int r = db_open(&db, path, err);
    if (r == 0 && checks_schema) {
        r = db_check_schema(db, err);
    }
    if (r == 0) {
        r = find_place(db, place, err);
    }
    return r < 0 ? r : read_stated(db, stated, err);
}

/* ERR_INPUT when the seal does not stand where it should. */
static int sum_file(const char *path, uint64_t place, const unsigned char stated[SHA256_BYTES],
                    unsigned char out[SHA256_BYTES], struct err *err) {
    static const unsigned char zeros[SHA256_BYTES];
    _cleanup_(mapping_free) struct mapping mapping = {0};
    int r = mapping_open(&mapping, path, err);
    if (r < 0) {
        return r;
    }
    struct str all = mapping.bytes, seal = str_sub(all, place, SHA256_BYTES);
    if (!str_eq(seal, str_n((const char *)stated, SHA256_BYTES))) {
        return err_set(err, ERR_INPUT, "advisory database: its seal is not in its place");
    }
    _cleanup_(sha256_freep) struct sha256 *sha = sha256_new();
    if (!sha) {
        return err_memory(err);
    }
    struct str rest = str_from(all, place + SHA256_BYTES);
    sha256_add(sha, all.p, place);
    sha256_add(sha, zeros, sizeof zeros);
    sha256_add(sha, rest.p, rest.n);
    sha256_end(sha, out);
    return 0;
}

int seal_write(const char *path, struct err *err) {
    unsigned char stated[SHA256_BYTES], sum[SHA256_BYTES];
    uint64_t place = 0;
    int r = look(path, false, &place, stated, err);
    if (r == 0) {
        r = sum_file(path, place, stated, sum, err);
    }
    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        assert(!stated[i]);
    }
    _cleanup_(closep) int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : pwrite(fd, sum, sizeof sum, (off_t)place);
    return n == sizeof sum ? 0 : err_set_errno(err, ERR_IO, "%s", path);
}

int seal_verify(const char *path, struct err *err) {
    unsigned char stated[SHA256_BYTES], sum[SHA256_BYTES];
    uint64_t place = 0;
    int r = look(path, true, &place, stated, err);
    if (r == 0) {
        r = sum_file(path, place, stated, sum, err);
    }
    if (r == 0 && memcmp(sum, stated, sizeof sum) != 0) {
        r = err_set(err, ERR_INPUT,
                    "advisory database: its checksum does not match; fetch or build it again");
    }
    return r < 0 ? err_at(err, "%s", path) : 0;
}

int seal_read(const char *path, unsigned char out[SHA256_BYTES], struct err *err) {
    uint64_t place = 0;
    int r = look(path, false, &place, out, err);
    return r < 0 ? err_at(err, "%s", path) : 0;
}
