#include "vuln/begun.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"

#include <sys/stat.h>

static bool note_path(const char *path, char out[LIMIT_PATH]) {
    int n = snprintf(out, LIMIT_PATH, "%s.of", path);
    return n > 0 && n < LIMIT_PATH;
}

/* "<validator><TAB><total><TAB><address>\n", whole or not at all. */
static bool read_note(struct str note, const char *url, struct begun *out) {
    struct str validator, total, address, rest = note;
    bool is_note = str_split(&rest, '\t', &validator) && str_split(&rest, '\t', &total) &&
                   str_cut(rest, '\n', &address, &rest) && !rest.n && str_eq(address, str_c(url)) &&
                   validator.n && validator.n < sizeof out->validator && str_to_u64(total, 10, &out->total);
    if (is_note) {
        snprintf(out->validator, sizeof out->validator, "%.*s", STR_ARG(validator));
    }
    return is_note;
}

bool begun_read(const char *path, const char *url, struct begun *out) {
    _cleanup_(buf_free) struct buf note = buf_new(4 * LIMIT_PATH);
    char of[LIMIT_PATH];
    struct stat status;
    struct err ignored = ERR_NONE;
    *out = (struct begun){0};
    if (!note_path(path, of) || file_read(of, &note, &ignored) < 0 || !read_note(buf_view(&note), url, out) ||
        lstat(path, &status) < 0 || !S_ISREG(status.st_mode)) {
        return false;
    }
    out->n = (uint64_t)status.st_size;
    return out->n && (!out->total || out->n <= out->total);
}

/* A date may be asked for a part of what it is of, but not whether that is new: an ETag is in quotes. */
bool begun_is_whole(const struct begun *begun) {
    struct str validator = str_c(begun->validator);
    return begun->n == begun->total && str_ends(validator, STR("\""));
}

void begun_write(const char *path, const char *url, struct str validator, uint64_t total) {
    _cleanup_(buf_free) struct buf note = buf_new(4 * LIMIT_PATH);
    char of[LIMIT_PATH];
    bool fits = validator.n && validator.n < BEGUN_WORD_MAX && str_find_byte(validator, '\t') < 0 &&
                str_find_byte(validator, '\n') < 0 && str_find_byte(str_c(url), '\n') < 0;
    buf_printf(&note, "%.*s\t%llu\t%s\n", STR_ARG(validator), (unsigned long long)total, url);
    if (!fits || note.failed || !note_path(path, of) || file_replace_cached(of, buf_view(&note), NULL) < 0) {
        begun_forget(path);
    }
}

void begun_forget(const char *path) {
    char of[LIMIT_PATH];
    if (note_path(path, of)) {
        unlink(of);
    }
}
