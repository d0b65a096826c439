/* Vendors' files: one, or a folder of them in an order that is always the same. */
#include "base/limits.h"
#include "vuln/replace.h"
#include "vuln/writer.h"

#include <dirent.h>
#include <sys/stat.h>

enum { FOLDER_DEPTH = 8 };

struct folder {
    struct writer *writer;
    const struct advisory_source *source;
    struct err *err;
};

/* By bytes, in every locale. */
static int compare_names(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_file(const struct folder *f, const char *path) {
    _cleanup_(mapping_free) struct mapping mapping = {0};
    struct writer *w = f->writer;
    int r = mapping_open(&mapping, path, f->err);
    if (r == 0) {
        r = writer_parse(w, f->source->feed, mapping.bytes, writer_take, w, f->err);
    }
    return r < 0 ? err_at(f->err, "%s", path) : 0;
}

/* A damaged file of a folder leaves the others; alone it is the whole feed. */
static int take_file(const struct folder *f, const char *path) {
    int r = read_file(f, path);
    if (r != ERR_INPUT && r != ERR_LIMIT && r != ERR_UNSUPPORTED) {
        return r;
    }
    struct writer *w = f->writer;
    if (w->problem) {
        w->problem(w->problem_context, w->place, str_c(path), str_c(f->err->message));
    }
    return 0;
}

static int walk(const struct folder *f, const char *path, unsigned depth);

static int walk_entry(const struct folder *f, const char *folder, const char *name, unsigned depth) {
    char path[LIMIT_PATH];
    struct stat status;
    int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof path) {
        return err_set(f->err, ERR_LIMIT, "%s/%s: path too long", folder, name);
    }
    if (name[0] == '.') {
        return 0;
    }
    if (stat(path, &status) < 0) {
        return err_set_errno(f->err, ERR_IO, "%s", path);
    }
    if (S_ISDIR(status.st_mode)) {
        return walk(f, path, depth + 1);
    }
    return S_ISREG(status.st_mode) ? take_file(f, path) : 0;
}

static int walk(const struct folder *f, const char *path, unsigned depth) {
    struct dirent **entries;
    if (depth > FOLDER_DEPTH) {
        return err_set(f->err, ERR_LIMIT, "%s: more than %d folders deep", path, FOLDER_DEPTH);
    }
    int n = scandir(path, &entries, NULL, compare_names), r = 0;
    if (n < 0) {
        return err_set_errno(f->err, ERR_IO, "%s", path);
    }
    for (int i = 0; i < n; i++) {
        r = r < 0 ? r : walk_entry(f, path, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
    return r;
}

int writer_read_vendor(struct writer *w, const struct advisory_source *source, const char *path,
                       struct err *err) {
    const struct folder folder = {w, source, err};
    struct stat status;
    uint64_t before = w->records;
    if (stat(path, &status) < 0) {
        return err_set_errno(err, ERR_ABSENT, "%s", path);
    }
    int r = S_ISDIR(status.st_mode) ? walk(&folder, path, 0) : read_file(&folder, path);
    return r == 0 && w->records == before ? err_set(err, ERR_INPUT, "%s: there is nothing in it", path) : r;
}
