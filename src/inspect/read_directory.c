/* A folder as a target, or as an image's layer: names are looked at here, contents only in the cage, through
 * descriptors handed in. */
#include "inspect/read.h"

#include "base/limits.h"
#include "base/mem.h"
#include "inspect/feeder.h"
#include "inspect/folder_layer.h"
#include "inspect/notables.h"
#include "inspect/passed_over.h"
#include "inspect/route.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 256 };

struct walk {
    const struct read_options *options;
    struct router *router;
    struct feeder feeder;
    struct folder_layer *layer; /* NULL: a folder of its own */
    struct notables notables;   /* of a layer, or of a root file system */
    struct facts headers;       /* theirs */
    dev_t device;
    bool is_system; /* a root file system: /proc and its like are passed over */
    char path[LIMIT_PATH];
    size_t path_n;
    uint64_t entries;
};

static struct str path_of(const struct walk *walk) {
    return str_n(walk->path, walk->path_n);
}

static void note(struct walk *walk, const char *message) {
    feeder_note(&walk->feeder, path_of(walk), message);
}

static void note_errno(struct walk *walk) {
    char words[128];
    note(walk, strerror_r(errno, words, sizeof words));
}

static int open_file(struct walk *walk, int folder, const char *name) {
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        note_errno(walk);
    } else if (walk->layer && folder_layer_is_elsewhere(fd)) {
        note(walk, "its content lies in another layer (overlay metacopy)");
        closep(&fd);
        fd = -1;
    }
    return fd;
}

/* Few executables are of interest, so the first bytes decide here, before a reader is bothered. */
static uint64_t look_at_head(const struct walk *walk, int fd, uint64_t by_magic) {
    char head[ROUTE_HEAD];
    ssize_t n = by_magic ? pread(fd, head, sizeof head, 0) : 0;
    return n > 0 ? route_head(walk->router, by_magic, str_n(head, (size_t)n)) : 0;
}

static int take_file(struct walk *walk, int folder, const char *name, const struct stat *st,
                     struct err *err) {
    struct str path = path_of(walk);
    struct route route = route_path(walk->router, path);
    if (st->st_size < ROUTE_HEAD) {
        route.by_magic = 0;
    }
    bool has_secrets = walk->options->secrets && secret_wants(path, (uint64_t)st->st_size);
    if (!route.certain && !route.by_magic && !has_secrets) {
        return 0;
    }
    int fd = open_file(walk, folder, name);
    if (fd < 0) {
        return 0;
    }
    uint64_t mask = route.certain | look_at_head(walk, fd, route.by_magic) | (has_secrets ? PASS_SECRETS : 0);
    if (!mask) {
        close(fd);
        return 0;
    }
    struct entry entry = {
        .path = path, .type = ENTRY_FILE, .size = (uint64_t)st->st_size, .mode = st->st_mode & 07777};
    return feeder_take(&walk->feeder, &entry, fd, mask, err);
}

static enum entry_type type_of(mode_t mode) {
    return S_ISREG(mode)   ? ENTRY_FILE
           : S_ISDIR(mode) ? ENTRY_DIRECTORY
           : S_ISLNK(mode) ? ENTRY_SYMLINK
                           : ENTRY_OTHER;
}

/* What a name says to checks without a look at its content. */
static int take_header(struct walk *walk, const struct stat *st, struct err *err) {
    struct entry entry = {.path = path_of(walk),
                          .type = type_of(st->st_mode),
                          .mode = st->st_mode & 07777,
                          .size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0,
                          .uid = st->st_uid,
                          .gid = st->st_gid};
    bool is_kept;
    return walk->is_system || walk->layer
               ? notables_take(&walk->notables, &walk->headers, &entry, &is_kept, err)
               : 0;
}

static bool is_passed_over(const struct walk *walk, const char *name) {
    return !walk->layer && passed_over_name(str_c(name), walk->is_system && walk->path_n == strlen(name));
}

/* Appends "/name" to the path; false when it would be too long. */
static bool enter(struct walk *walk, const char *name) {
    size_t n = strlen(name), slash = walk->path_n > 0;
    if (walk->path_n + slash + n >= sizeof walk->path) {
        return false;
    }
    if (slash) {
        walk->path[walk->path_n] = '/';
    }
    memcpy(walk->path + walk->path_n + slash, name, n);
    walk->path_n += slash + n;
    return true;
}

struct level {
    DIR *stream;
    size_t path_n; /* of the folder */
};

static void open_level(struct walk *walk, int parent, const char *name, struct level *level) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    *level = (struct level){fd >= 0 ? fdopendir(fd) : NULL, walk->path_n};
    if (!level->stream) {
        note_errno(walk);
        closep(&fd);
    } else if (walk->layer && !folder_layer_enter(walk->layer, path_of(walk), fd)) {
        note(walk, "a part of it lies in another layer (overlay redirect_dir)");
    }
}

/* One name of the innermost folder; may open a level below it. */
static int take_name(struct walk *walk, struct level *levels, size_t *depth, const char *name,
                     struct err *err) {
    struct level *level = &levels[*depth - 1];
    int folder = dirfd(level->stream);
    struct stat st;
    walk->path_n = level->path_n;
    if (!enter(walk, name) || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        note(walk, "the path is too long or went away");
        return 0;
    }
    walk->entries++;
    int r = walk->layer ? folder_layer_take(walk->layer, path_of(walk), &st, err) : 0;
    if (r != 0) {
        return MIN(r, 0);
    }
    if ((r = take_header(walk, &st, err)) < 0) {
        return r;
    }
    if (S_ISREG(st.st_mode)) {
        return take_file(walk, folder, name, &st, err);
    }
    if (!S_ISDIR(st.st_mode) || st.st_dev != walk->device || is_passed_over(walk, name)) {
        return 0;
    }
    if (*depth == DEPTH_MAX) {
        note(walk, "more than 256 folders deep");
        return 0;
    }
    open_level(walk, folder, name, &levels[*depth]);
    *depth += levels[*depth].stream != NULL;
    return 0;
}

static int walk_tree(struct walk *walk, const char *root, struct err *err) {
    _cleanup_(mem_freep) struct level *levels = mem_alloc_zero(DEPTH_MAX * sizeof *levels);
    size_t depth = 1;
    if (!levels) {
        return err_memory(err);
    }
    levels[0].stream = opendir(root);
    struct stat st;
    if (!levels[0].stream || fstat(dirfd(levels[0].stream), &st) < 0) {
        int r = err_set_errno(err, ERR_IO, "%s", root);
        if (levels[0].stream) {
            closedir(levels[0].stream);
        }
        return r;
    }
    walk->device = st.st_dev;
    if (walk->layer) {
        (void)folder_layer_enter(walk->layer, STR_NONE, dirfd(levels[0].stream));
    }
    int r = 0;
    while (depth) {
        const struct dirent *entry = r == 0 ? readdir(levels[depth - 1].stream) : NULL;
        if (!entry) {
            closedir(levels[--depth].stream);
        } else if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            r = take_name(walk, levels, &depth, entry->d_name, err);
        }
        if (walk->options->progress && walk->entries % 4096 == 0) {
            walk->options->progress(walk->options->progress_ctx, "reading files", walk->entries, 0);
        }
    }
    return r == 0 ? feeder_end(&walk->feeder, err) : r;
}

static int put_headers(struct walk *walk, struct buf *out, struct err *err) {
    while (notables_put(&walk->notables, &walk->headers)) {
    }
    buf_str(out, buf_view(&walk->headers.out));
    return out->failed || walk->headers.out.failed ? err_memory(err) : 0;
}

static void free_walk(struct walk *walk) {
    feeder_free(&walk->feeder);
    buf_free(&walk->headers.out);
}

static bool is_root_file_system(const char *path) {
    char name[LIMIT_PATH];
    struct stat st;
    int n = snprintf(name, sizeof name, "%s/etc", path);
    return n > 0 && (size_t)n < sizeof name && stat(name, &st) == 0 && S_ISDIR(st.st_mode);
}

int read_directory(const char *path, const struct read_options *options, struct arena *arena,
                   struct read_layer *layer, struct err *err) {
    layer->facts = buf_new(LIMIT_FACTS);
    struct walk walk = {.options = options,
                        .feeder = feeder_new(options, arena, &layer->facts),
                        .notables = notables_new(arena),
                        .headers = {buf_new(LIMIT_FACTS)},
                        .is_system = is_root_file_system(path)};
    int r = router_new(&walk.router, arena, !walk.is_system, err);
    if (r == 0) {
        r = walk_tree(&walk, path, err);
    }
    if (r == 0) {
        r = put_headers(&walk, &layer->facts, err);
    }
    free_walk(&walk);
    return r;
}

int read_folder_layer(const char *path, const struct read_options *options, struct arena *arena,
                      struct read_layer *layer, bool *is_complete, struct err *err) {
    struct folder_layer marks = folder_layer_new();
    struct walk walk = {.options = options,
                        .feeder = feeder_new(options, arena, &layer->facts),
                        .notables = notables_new(arena),
                        .headers = {buf_new(LIMIT_FACTS)},
                        .layer = &marks};
    int r = router_new(&walk.router, arena, false, err);
    if (r == 0) {
        r = walk_tree(&walk, path, err);
    }
    if (r == 0) {
        r = put_headers(&walk, &layer->facts, err);
    }
    *is_complete = r == 0 && walk.feeder.notes_n == 0;
    if (r == 0) {
        r = folder_layer_end(&marks, walk.entries - walk.feeder.given, *is_complete, &layer->facts, err);
    }
    free_walk(&walk);
    folder_layer_free(&marks);
    return r;
}
