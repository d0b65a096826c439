#include "cmd/terminal.h"

#include "base/clock.h"

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
