/* What looking for secrets costs by itself: files are read, then scanned in memory.
 *
 *     secrets FILE...        or names on standard input, one a line
 *
 * One JSON object on standard output: bytes, seconds, and how long opening the patterns took. */
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "inspect/secrets/scan.h"

struct counts {
    size_t secrets, problems;
};

static int take(void *ctx, const struct secret *secret, struct err *err) {
    ((struct counts *)ctx)->secrets++;
    return 0;
}

static int take_problem(void *ctx, const char *message, struct err *err) {
    ((struct counts *)ctx)->problems++;
    return 0;
}

struct bench {
    struct secret_set set;
    struct secret_scanner *scanner;
    struct counts counts;
    struct buf text;
    uint64_t files, bytes, nanoseconds, opening;
};

static int open_scanner(struct bench *b, struct err *err) {
    uint64_t start = clock_monotonic();
    const struct secret_sink sink = {take, NULL, take_problem, &b->counts};
    secret_set_add(&b->set, &secret_rules_builtin);
    int r = secret_set_open(&b->set, err);
    r = r == 0 ? secret_scanner_new(&b->scanner, &b->set, sink, err) : r;
    b->opening = clock_monotonic() - start;
    return r;
}

static int scan_file(struct bench *b, const char *path, struct err *err) {
    struct err ignored = ERR_NONE;
    buf_clear(&b->text);
    if (file_read(path, &b->text, &ignored) < 0 ||
        !secret_scanner_begin(b->scanner, str_c(path), b->text.n)) {
        return 0;
    }
    uint64_t start = clock_monotonic();
    int r = secret_scanner_feed(b->scanner, buf_view(&b->text), err);
    int end = secret_scanner_end(b->scanner, err);
    b->nanoseconds += clock_monotonic() - start;
    b->bytes += b->text.n;
    b->files++;
    return r < 0 ? r : end;
}

int main(int argc, char **argv) {
    struct bench b = {.text = buf_new(GIB)};
    struct err err = ERR_NONE;
    char line[LIMIT_PATH];
    int r = open_scanner(&b, &err);
    for (int i = 1; r == 0 && i < argc; i++) {
        r = scan_file(&b, argv[i], &err);
    }
    while (r == 0 && argc == 1 && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        r = scan_file(&b, line, &err);
    }
    secret_scanner_free(b.scanner);
    secret_set_close(&b.set);
    buf_free(&b.text);
    if (r < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("{\"files\": %llu, \"bytes\": %llu, \"seconds\": %.3f, \"opening_ms\": %.3f, \"secrets\": %zu}\n",
           (unsigned long long)b.files, (unsigned long long)b.bytes, (double)b.nanoseconds / 1e9,
           (double)b.opening / 1e6, b.counts.secrets);
    return 0;
}
