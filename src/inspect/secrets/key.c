#include "inspect/secrets/key.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"

#include <fcntl.h>
#include <sys/random.h>

enum { KEY_LEAST = 16 };

static int digest(struct str bytes, unsigned char key[SECRET_KEY_BYTES], struct err *err) {
    struct sha256 *sha = sha256_new();
    if (!sha) {
        return err_memory(err);
    }
    sha256_add(sha, bytes.p, bytes.n);
    sha256_end(sha, key);
    sha256_free(sha);
    return 0;
}

/* A long one is known by its digest alone. */
static int take(struct str bytes, struct secret_key *key, struct err *err) {
    *key = (struct secret_key){.raw_n = bytes.n <= sizeof key->raw ? bytes.n : 0};
    memcpy(key->raw, bytes.p, key->raw_n);
    key->is_ready = !key->raw_n;
    return key->is_ready ? digest(bytes, key->digest, err) : 0;
}

int secret_key_ready(struct secret_key *key, struct err *err) {
    int r = key->is_ready || !key->raw_n
                ? 0
                : digest(str_n((const char *)key->raw, key->raw_n), key->digest, err);
    key->is_ready = r == 0;
    return r;
}

uint64_t secret_key_fingerprint(const struct secret_key *key) {
    return hash_bytes(key->raw_n ? str_n((const char *)key->raw, key->raw_n)
                                 : str_n((const char *)key->digest, sizeof key->digest));
}

int secret_key_of_file(const char *path, struct secret_key *key, struct err *err) {
    struct buf bytes = buf_new(64 * KIB);
    int r = file_read(path, &bytes, err);
    if (r == 0 && bytes.n < KEY_LEAST) {
        r = err_set(err, ERR_INPUT, "%s: a key has at least %d bytes", path, KEY_LEAST);
    }
    r = r == 0 ? take(buf_view(&bytes), key, err) : r;
    value_wipe(&bytes);
    return r;
}

/* Two that begin at once both end with the one that is there first. */
static void make(const char *folder, const char *path, const unsigned char bytes[SECRET_KEY_BYTES]) {
    struct err ignored = ERR_NONE;
    if (file_make_dirs(folder, &ignored) < 0) {
        return;
    }
    _cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        (void)file_write_fd(fd, str_n((const char *)bytes, SECRET_KEY_BYTES), &ignored);
    }
}

int secret_key_of_installation(const char *folder, struct secret_key *key, struct err *err) {
    char path[LIMIT_PATH];
    unsigned char fresh[SECRET_KEY_BYTES];
    struct err ignored = ERR_NONE;
    int n = folder ? snprintf(path, sizeof path, "%s/secrets.key", folder) : -1;
    bool has_path = n > 0 && (size_t)n < sizeof path;
    if (has_path && secret_key_of_file(path, key, &ignored) == 0) {
        return 0;
    }
    if (getrandom(fresh, sizeof fresh, 0) != sizeof fresh) {
        return err_set_errno(err, ERR_IO, "random bytes");
    }
    if (has_path) {
        make(folder, path, fresh);
        if (secret_key_of_file(path, key, &ignored) == 0) {
            return 0;
        }
    }
    return take(str_n((const char *)fresh, sizeof fresh), key, err);
}
