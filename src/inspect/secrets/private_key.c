/* Private keys: PEM (RFC 7468, RFC 1421 headers), OpenSSH's own form (PROTOCOL.key), PGP armour (RFC 9580).
 */
#include "base/cursor.h"
#include "base/limits.h"
#include "inspect/secrets/proof.h"
#include "inspect/secrets/value.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

struct block {
    struct str label; /* "RSA PRIVATE KEY" */
    struct str whole; /* from BEGIN to the end of END, as it is written */
    struct str body;  /* between the two lines */
};

/* "-----BEGIN X-----": the label and what follows the line. */
static bool find_block(struct str text, struct block *out) {
    static const struct str begin = {"-----BEGIN ", 11}, dashes = {"-----", 5};
    char end[64];
    struct str rest = str_from(text, begin.n);
    ptrdiff_t label = str_starts(text, begin) ? str_find(str_sub(rest, 0, 40), dashes) : -1;
    if (label <= 0) {
        return false;
    }
    out->label = str_sub(rest, 0, (size_t)label);
    out->body = str_from(rest, (size_t)label + dashes.n);
    int n = snprintf(end, sizeof end, "-----END %.*s-----", STR_ARG(out->label));
    ptrdiff_t at = str_find(str_sub(out->body, 0, PROOF_REACH), str_n(end, (size_t)n));
    if (at < 0) {
        return false;
    }
    out->whole = str_sub(text, 0, (size_t)(out->body.p - text.p) + (size_t)at + (size_t)n);
    out->body = str_sub(out->body, 0, (size_t)at);
    return true;
}

/* The sign between two strings, not the first letter of a line. */
static bool joins_strings(struct str body, size_t at, size_t column) {
    return body.p[at] == '+' && !column && (at + 1 == body.n || ascii_is_space(body.p[at + 1]));
}

/* As lines of PEM: "\n" in quotes becomes a line's end, and what indents lines, quotes them or puts them
 * together ("..." + in a program) goes. */
static void put_plain(struct buf *out, const struct block *block) {
    buf_printf(out, "-----BEGIN %.*s-----\n", STR_ARG(block->label));
    size_t column = 0;
    for (size_t i = 0; i < block->body.n; i++) {
        char c = block->body.p[i];
        bool is_escape = c == '\\' && i + 1 < block->body.n && strchr("nrt", block->body.p[i + 1]);
        if (is_escape || c == '\n') {
            i += is_escape;
            if (column) {
                buf_byte(out, '\n');
            }
            column = 0;
        } else if (joins_strings(block->body, i, column)) {
            continue;
        } else if (ascii_is_alnum(c) || strchr("+/=:-", c) || (c == ',' && column) || (c == ' ' && column)) {
            buf_byte(out, (unsigned char)c);
            column++;
        }
    }
    buf_printf(out, "%s-----END %.*s-----\n", column ? "\n" : "", STR_ARG(block->label));
}

static int refuse_password(char *buf, int size, int rwflag, void *ctx) {
    return -1;
}

static bool parses(struct str pem, int *bits, const char **name) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, refuse_password, NULL) : NULL;
    bool is_key = key != NULL;
    if (is_key) {
        *bits = EVP_PKEY_get_bits(key);
        *name = EVP_PKEY_get0_type_name(key);
    }
    EVP_PKEY_free(key);
    BIO_free(bio);
    ERR_clear_error();
    return is_key;
}

static void say_encrypted(struct proof *out) {
    out->holds = out->is_weak = true;
    snprintf(out->words, sizeof out->words, "a private key, encrypted with a passphrase");
}

static struct str ssh_string(struct cursor *in) {
    return cursor_take(in, cursor_be32(in));
}

static bool check_openssh(const struct block *block, struct proof *out) {
    struct buf bytes = buf_new(PROOF_REACH);
    bool is_key = false;
    if (value_base64(block->body, &bytes)) {
        struct cursor in = cursor_over(buf_view(&bytes));
        struct str magic = cursor_take(&in, 15), cipher = ssh_string(&in);
        (void)ssh_string(&in); /* key derivation, its options */
        (void)ssh_string(&in);
        uint32_t keys = cursor_be32(&in);
        struct str public = ssh_string(&in), private = ssh_string(&in);
        is_key = !in.failed && str_eq(magic, STR("openssh-key-v1\0")) && keys == 1 && public.n && private.n;
        if (is_key && !str_eq(cipher, STR("none"))) {
            say_encrypted(out);
        } else if (is_key) {
            out->holds = true;
            snprintf(out->words, sizeof out->words, "a private key of OpenSSH that can be read");
        }
    }
    value_wipe(&bytes);
    return is_key;
}

/* Armour around a packet of a secret key: tag 5, in the old form of headers 0x94 to 0x97, in the new 0xc5. */
static bool check_pgp(struct block block, struct proof *out) {
    struct str headers, body;
    ptrdiff_t blank = str_find(block.body, STR("\n\n")), sum = str_find(block.body, STR("\n="));
    if (blank >= 0) {
        str_cut(str_from(block.body, (size_t)blank + 1), '\n', &headers, &body);
        sum = str_find(body, STR("\n="));
        block.body = sum >= 0 ? str_sub(body, 0, (size_t)sum) : body;
    } else if (sum >= 0) {
        block.body = str_sub(block.body, 0, (size_t)sum);
    }
    struct buf bytes = buf_new(PROOF_REACH);
    if (value_base64(block.body, &bytes) && bytes.n > 100) {
        unsigned tag = bytes.p[0];
        out->holds = tag == 0xc5 || (tag & 0xfc) == 0x94;
        snprintf(out->words, sizeof out->words, "a secret key of PGP");
    }
    value_wipe(&bytes);
    return out->holds;
}

bool proof_private_key(const struct proof_input *in, struct str text, struct proof *out) {
    struct block block;
    int bits = 0;
    const char *name = NULL;
    if (!find_block(text, &block)) {
        return false;
    }
    struct buf plain = buf_new(2 * PROOF_REACH);
    put_plain(&plain, &block);
    struct str pem = buf_view(&plain);
    struct block unescaped;
    if (plain.failed || !find_block(pem, &unescaped)) {
        value_wipe(&plain);
        return false;
    }
    out->value = block.whole;
    if (str_eq(block.label, STR("OPENSSH PRIVATE KEY"))) {
        (void)check_openssh(&unescaped, out);
    } else if (str_eq(block.label, STR("PGP PRIVATE KEY BLOCK"))) {
        (void)check_pgp(block, out);
    } else if (str_eq(block.label, STR("ENCRYPTED PRIVATE KEY")) || str_find(pem, STR(",ENCRYPTED")) >= 0) {
        if (unescaped.body.n > 64) {
            say_encrypted(out);
        }
    } else if (parses(pem, &bits, &name)) {
        out->holds = true;
        snprintf(out->words, sizeof out->words, "a private key of %d bits (%s) that can be read", bits,
                 name ? name : "unknown");
    }
    value_wipe(&plain);
    return out->holds;
}
