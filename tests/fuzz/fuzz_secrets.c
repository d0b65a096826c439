/* A file in, under a name that its first byte chooses and in pieces of a size that its second does; secrets
 * out, of which nothing is told that could be a value. */
#include "base/limits.h"
#include "fuzz.h"
#include "inspect/secrets/scan.h"

static const char *const paths[] = {"a.txt",       ".npmrc",    ".netrc",     ".pypirc",
                                    "config.json", ".env",      ".pgpass",    ".htpasswd",
                                    "kubeconfig",  "x.tfstate", "master.key", "tests/my.cnf"};

static int take(void *ctx, const struct secret *secret, struct err *err) {
    ptrdiff_t shown = str_find(secret->preview, STR("…"));
    if (shown > 4 || secret->hash.n != SECRET_HASH_HEX || !secret->line || !secret->column ||
        secret->severity >= SEVERITIES) {
        abort();
    }
    return 0;
}

static int take_comment(void *ctx, uint32_t line, struct str text, struct err *err) {
    if (!line || text.n > 400) {
        abort();
    }
    return 0;
}

static int take_problem(void *ctx, const char *message, struct err *err) {
    return 0;
}

/* Opening takes longer than most inputs: it is done once. */
static struct secret_scanner *scanner_of_all(void) {
    static struct secret_set set;
    static struct secret_scanner *scanner;
    struct err err = ERR_NONE;
    const struct secret_sink sink = {take, take_comment, take_problem, NULL};
    if (!scanner) {
        secret_set_add(&set, &secret_rules_builtin);
    }
    if (!scanner && (secret_set_open(&set, &err) < 0 || secret_scanner_new(&scanner, &set, sink, &err) < 0)) {
        abort();
    }
    return scanner;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct secret_scanner *scanner = scanner_of_all();
    struct err err = ERR_NONE;
    if (size < 2) {
        return 0;
    }
    struct str text = str_n((const char *)data + 2, size - 2);
    size_t piece = data[1] ? 16 * (size_t)data[1] : text.n;
    if (!secret_scanner_begin(scanner, str_c(paths[data[0] % ARRAY_SIZE(paths)]), text.n)) {
        return 0;
    }
    for (size_t at = 0; at < text.n; at += piece) {
        if (secret_scanner_feed(scanner, str_sub(text, at, piece), &err) < 0) {
            break;
        }
    }
    (void)secret_scanner_end(scanner, &err);
    return 0;
}
