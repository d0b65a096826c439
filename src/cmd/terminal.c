#include "cmd/terminal.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"

#include <sys/ioctl.h>

bool terminal_has_colour(void) {
    const char *forced = getenv("CLICOLOR_FORCE"), *refused = getenv("NO_COLOR"), *kind = getenv("TERM");
    if (refused && *refused) {
        return false;
    }
    if (forced && *forced && strcmp(forced, "0") != 0) {
        return true;
    }
    return isatty(STDOUT_FILENO) && kind && strcmp(kind, "dumb") != 0;
}

unsigned terminal_width(void) {
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    if (!isatty(STDOUT_FILENO)) {
        return 0;
    }
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) {
        return size.ws_col;
    }
    return columns ? (unsigned)strtoul(columns, NULL, 10) : 80;
}

static void put_lines_safe(struct buf *out, struct str text) {
    while (text.n) {
        ptrdiff_t at = str_find_byte(text, '\n');
        size_t n = at < 0 ? text.n : (size_t)at;
        utf8_put_safe(out, str_sub(text, 0, n));
        buf_c(out, at < 0 ? "" : "\n");
        text = str_from(text, at < 0 ? n : n + 1);
    }
}

void print_safe(FILE *out, const char *fmt, ...) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_RECORD);
    _cleanup_(buf_free) struct buf safe = buf_new(LIMIT_RECORD);
    va_list args;
    va_start(args, fmt);
    struct str text = arena_vstrf(&arena, fmt, args);
    va_end(args);
    put_lines_safe(&safe, text);
    if (!text.p || safe.failed) {
        fputs("no memory for these words\n", out);
    } else {
        fwrite(safe.p ? safe.p : (unsigned char *)"", 1, safe.n, out);
    }
}

struct progress progress_start(bool is_wanted) {
    return (struct progress){.is_on = is_wanted && isatty(STDERR_FILENO), .began = clock_monotonic()};
}

enum { SHOW_AFTER_NS = 300000000, SHOW_EVERY_NS = 100000000 };

static double megabytes(uint64_t bytes) {
    return (double)bytes / 1e6;
}

void progress_show(void *context, const char *what, uint64_t done, uint64_t total) {
    struct progress *progress = context;
    uint64_t now = clock_monotonic();
    if (!progress->is_on || now - progress->began < SHOW_AFTER_NS || now - progress->last < SHOW_EVERY_NS) {
        return;
    }
    progress->last = now;
    progress->is_shown = true;
    double seconds = (double)(now - progress->began) / 1e9;
    if (!total) {
        fprintf(stderr, "\r\033[K%s  %llu", what, (unsigned long long)done);
        return;
    }
    double left = done ? seconds * (double)(total - MIN(done, total)) / (double)done : 0;
    fprintf(stderr, "\r\033[K%s  %.0f of %.0f MB  %.0f MB/s  %.0f s left", what, megabytes(done),
            megabytes(total), megabytes(done) / seconds, left);
}

void progress_end(struct progress *progress) {
    if (progress->is_shown) {
        fprintf(stderr, "\r\033[K");
        progress->is_shown = false;
    }
}
