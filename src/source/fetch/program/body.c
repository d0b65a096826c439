#include "source/fetch/program/body.h"

#include "base/hash.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>

/* base/hash.h has SHA-256 alone; both algorithms of the image specification take one way here. */
static const EVP_MD *algorithm_of(struct str digest, const char **name) {
    if (str_starts(digest, STR("sha512:"))) {
        *name = "sha512";
        return EVP_sha512();
    }
    *name = "sha256";
    return EVP_sha256();
}

static int add_existing(struct body *body, struct err *err) {
    unsigned char piece[16 * 1024];
    for (uint64_t at = 0; at < body->n;) {
        ssize_t got = pread(body->fd, piece, sizeof piece, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return err_set_errno(err, ERR_IO, "the begun file cannot be read");
        }
        EVP_DigestUpdate(body->digest, piece, (size_t)got);
        at += (uint64_t)got;
    }
    return 0;
}

static int check_file(int fd, uint64_t *size, struct err *err) {
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        return err_set(err, ERR_USAGE, "the body needs a regular file to go to");
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) != O_RDWR) {
        return err_set(err, ERR_USAGE, "the body's file must be open for reading and writing");
    }
    *size = (uint64_t)st.st_size;
    return 0;
}

int body_open(struct body *body, int fd, uint64_t cap, struct str expected, struct err *err) {
    *body = (struct body){.fd = fd, .cap = cap};
    int r = check_file(fd, &body->n, err);
    if (r < 0) {
        return r;
    }
    const EVP_MD *md = algorithm_of(expected, &body->algorithm);
    body->digest = EVP_MD_CTX_new();
    if (!body->digest || EVP_DigestInit_ex(body->digest, md, NULL) != 1) {
        return err_memory(err);
    }
    if (body->n > cap) {
        return body_restart(body, err);
    }
    body->is_continued = body->n > 0;
    return add_existing(body, err);
}

void body_close(struct body *body) {
    EVP_MD_CTX_free(body->digest);
    closep(&body->fd);
    *body = (struct body){.fd = -1};
}

int body_write(struct body *body, struct str bytes, struct err *err) {
    if (bytes.n > body->cap - body->n) {
        return err_set(err, ERR_LIMIT, "sends more than the %llu bytes allowed",
                       (unsigned long long)body->cap);
    }
    EVP_DigestUpdate(body->digest, bytes.p, bytes.n);
    while (bytes.n) {
        ssize_t n = pwrite(body->fd, bytes.p, bytes.n, (off_t)body->n);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_set_errno(err, ERR_IO, "the body cannot be written");
        }
        body->n += (uint64_t)n;
        bytes = str_from(bytes, (size_t)n);
    }
    return 0;
}

int body_restart(struct body *body, struct err *err) {
    if (ftruncate(body->fd, 0) < 0) {
        return err_set_errno(err, ERR_IO, "the body's file cannot be emptied");
    }
    body->n = body->total = 0;
    body->is_continued = false;
    return EVP_DigestInit_ex(body->digest, NULL, NULL) == 1 ? 0 : err_memory(err);
}

struct str body_digest(const struct body *body, struct arena *arena) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    unsigned n = 0;
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    bool ok = copy && EVP_MD_CTX_copy_ex(copy, body->digest) == 1 && EVP_DigestFinal_ex(copy, bytes, &n) == 1;
    EVP_MD_CTX_free(copy);
    if (!ok) {
        return STR_NONE;
    }
    hex_encode(bytes, n, hex);
    return arena_strf(arena, "%s:%s", body->algorithm, hex);
}
