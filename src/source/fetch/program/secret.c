#include "source/fetch/program/secret.h"

#include "base/mem.h"

#include <openssl/evp.h>

void secret_wipe(struct str bytes) {
    if (bytes.n) {
        explicit_bzero((char *)bytes.p, bytes.n);
    }
}

void secret_free(struct secret *secret) {
    secret_wipe(secret_view(secret));
    mem_free(secret->p);
    *secret = (struct secret){0};
}

void secret_buf_free(struct buf *buf) {
    secret_wipe(str_n((char *)buf->p, buf->size));
    buf_free(buf);
}

/* n bytes and a NUL, all zero. */
static int reserve(struct secret *secret, size_t n, struct err *err) {
    secret_free(secret);
    secret->p = n < SIZE_MAX ? mem_alloc_zero(n + 1) : NULL;
    if (!secret->p) {
        return err_memory(err);
    }
    secret->n = n;
    return 0;
}

static void copy(char *to, struct str from) {
    if (from.n) {
        memcpy(to, from.p, from.n);
    }
}

int secret_set(struct secret *secret, struct str first, struct str second, struct err *err) {
    size_t n;
    if (!add_fits(first.n, second.n, &n) || reserve(secret, n, err) < 0) {
        return err_memory(err);
    }
    copy(secret->p, first);
    copy(secret->p + first.n, second);
    return 0;
}

int secret_set_basic(struct secret *secret, struct str prefix, struct str user, struct str password,
                     struct err *err) {
    enum { LONGEST = 64 * 1024 };
    if (user.n > LONGEST || password.n > LONGEST) {
        return err_set(err, ERR_LIMIT, "a user name or password is longer than %d bytes", LONGEST);
    }
    _cleanup_(secret_free) struct secret pair = {0};
    size_t n = user.n + 1 + password.n;
    int r = reserve(&pair, n, err);
    if (r < 0) {
        return r;
    }
    copy(pair.p, user);
    pair.p[user.n] = ':';
    copy(pair.p + user.n + 1, password);
    r = reserve(secret, prefix.n + (n + 2) / 3 * 4, err);
    if (r < 0) {
        return r;
    }
    copy(secret->p, prefix);
    EVP_EncodeBlock((unsigned char *)secret->p + prefix.n, (const unsigned char *)pair.p, (int)n);
    return 0;
}

int secret_decode(struct secret *secret, struct str text, struct err *err) {
    text = str_trim(text);
    if (text.n % 4 || text.n > INT32_MAX) {
        return err_set(err, ERR_INPUT, "no base64");
    }
    int r = reserve(secret, text.n / 4 * 3, err);
    if (r < 0) {
        return r;
    }
    size_t padding = (str_ends(text, STR("=")) ? 1u : 0u) + (str_ends(text, STR("==")) ? 1u : 0u);
    if (text.n &&
        EVP_DecodeBlock((unsigned char *)secret->p, (const unsigned char *)text.p, (int)text.n) < 0) {
        secret_free(secret);
        return err_set(err, ERR_INPUT, "no base64");
    }
    secret->n -= padding;
    return 0;
}
