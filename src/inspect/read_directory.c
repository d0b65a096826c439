/* A folder as a target: names are looked at here, contents only in the cage, through descriptors handed in.
 */
#include "inspect/read.h"

#include "base/cage.h"
#include "base/limits.h"
#include "base/mem.h"
#include "inspect/reader.h"
#include "inspect/route.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 256 };

/* Folders that hold no content of their own target: kernel views, version control, caches of this program. */
static const char *const passed_over[] = {".git", ".hg", ".svn"};
static const char *const passed_over_at_root[] = {"proc", "sys", "dev", "run"};

struct walk {
    const struct read_options *options;
    struct arena *arena;
    struct router *router;
    struct reader reader;
    struct pass_layer pass;
    struct buf message;
    int fds[CAGE_PARCEL_FDS];
    struct str paths[CAGE_PARCEL_FDS]; /* of the fds, for messages when the reader breaks */
    size_t fds_n;
    dev_t device;
    bool is_system; /* a root file system: /proc and its like are passed over */
    char path[LIMIT_PATH];
    size_t path_n;
    struct facts notes; /* of what could not be opened, and of readers that broke */
    struct buf *facts;  /* of readers that ended */
    uint64_t entries;
};

static void note(struct walk *walk, struct str path, const char *message) {
    facts_file(&walk->notes, path, STR_NONE);
    facts_problem(&walk->notes, true, "not read: %s", message);
}

/* ---- readers: each takes many files; one that breaks loses the file that broke it, no other */

static int start_reader(struct walk *walk, struct err *err) {
    walk->pass = (struct pass_layer){.fd = -1, .spool = -1};
    return reader_start(&walk->reader, walk->options, pass_files, &walk->pass, walk->arena, err);
}

static int end_reader(struct walk *walk, struct err *err) {
    cage_give_end(walk->reader.cage);
    while (!cage_is_over(walk->reader.cage)) {
        int r = cage_wait(&walk->reader.cage, 1, -1, err);
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

/* Gives one parcel alone to a reader of its own; true when it came through. */
static int give_alone(struct walk *walk, struct str message, const int *fds, size_t n, bool *came_through,
                      struct err *err) {
    *came_through = false;
    int r = start_reader(walk, err);
    if (r == 0) {
        struct err why = ERR_NONE;
        (void)cage_give(walk->reader.cage, message, fds, n, &why);
        r = end_reader(walk, err);
    }
    if (r == 0) {
        *came_through = cage_outcome(walk->reader.cage) == CAGE_DONE;
        if (*came_through) {
            buf_str(walk->facts, reader_facts(&walk->reader));
        }
    }
    return r;
}

static struct str nth_offer(struct str message, size_t n) {
    enum { AFTER_PATH = 8 + 4 + 8 + 8 };
    struct cursor in = cursor_over(message);
    size_t start = 0;
    for (size_t i = 0; i <= n; i++) {
        start = in.at;
        (void)wire_get_str(&in);
        cursor_skip(&in, AFTER_PATH);
    }
    return str_sub(message, start, in.at - start);
}

/* File by file, so that the one that breaks its reader is known and the others are read. */
static int give_one_by_one(struct walk *walk, struct err *err) {
    for (size_t i = 0; i < walk->fds_n; i++) {
        bool came_through;
        struct str offer = nth_offer(buf_view(&walk->message), i);
        int r = give_alone(walk, offer, &walk->fds[i], 1, &came_through, err);
        if (r < 0) {
            return r;
        }
        if (!came_through) {
            note(walk, walk->paths[i], cage_err(walk->reader.cage)->message);
        }
        reader_close(&walk->reader);
    }
    return 0;
}

static void close_parcel(struct walk *walk) {
    for (size_t i = 0; i < walk->fds_n; i++) {
        close(walk->fds[i]);
    }
    walk->fds_n = 0;
    buf_clear(&walk->message);
}

/* Each parcel is a reader's whole work, so that what a broken one had is known exactly. */
static int send_parcel(struct walk *walk, struct err *err) {
    bool came_through = true;
    int r = 0;
    if (walk->fds_n) {
        r = give_alone(walk, buf_view(&walk->message), walk->fds, walk->fds_n, &came_through, err);
        reader_close(&walk->reader);
    }
    if (r == 0 && !came_through) {
        r = give_one_by_one(walk, err);
    }
    close_parcel(walk);
    return r;
}

/* ---- the walk */

static int open_file(struct walk *walk, int folder, const char *name) {
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        char words[128];
        note(walk, str_n(walk->path, walk->path_n), strerror_r(errno, words, sizeof words));
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
    struct str path = str_n(walk->path, walk->path_n);
    struct route route = route_path(walk->router, path);
    if (st->st_size < ROUTE_HEAD) {
        route.by_magic = 0;
    }
    if (!route.certain && !route.by_magic) {
        return 0;
    }
    int fd = open_file(walk, folder, name);
    if (fd < 0) {
        return 0;
    }
    uint64_t mask = route.certain | look_at_head(walk, fd, route.by_magic);
    struct str kept = mask ? arena_str(walk->arena, path) : STR_NONE;
    if (!mask || !kept.p) {
        close(fd);
        return mask ? err_memory(err) : 0;
    }
    struct entry entry = {
        .path = path, .type = ENTRY_FILE, .size = (uint64_t)st->st_size, .mode = st->st_mode & 07777};
    walk->paths[walk->fds_n] = kept;
    walk->fds[walk->fds_n++] = fd;
    pass_offer(&walk->message, &entry, mask, 0);
    bool is_full = walk->fds_n == CAGE_PARCEL_FDS || walk->message.n > CAGE_PARCEL_BYTES - 2 * LIMIT_PATH;
    return is_full ? send_parcel(walk, err) : 0;
}

static bool is_passed_over(const struct walk *walk, const char *name) {
    for (size_t i = 0; i < ARRAY_SIZE(passed_over); i++) {
        if (strcmp(name, passed_over[i]) == 0) {
            return true;
        }
    }
    for (size_t i = 0; walk->is_system && walk->path_n == strlen(name) && i < ARRAY_SIZE(passed_over_at_root);
         i++) {
        if (strcmp(name, passed_over_at_root[i]) == 0) {
            return true;
        }
    }
    return false;
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

static int open_level(struct walk *walk, int parent, const char *name, struct level *level, struct err *err) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    *level = (struct level){fd >= 0 ? fdopendir(fd) : NULL, walk->path_n};
    if (!level->stream) {
        char words[128];
        note(walk, str_n(walk->path, walk->path_n), strerror_r(errno, words, sizeof words));
        closep(&fd);
    }
    return 0;
}

/* One name of the innermost folder; may open a level below it. */
static int take_name(struct walk *walk, struct level *levels, size_t *depth, const char *name,
                     struct err *err) {
    struct level *level = &levels[*depth - 1];
    int folder = dirfd(level->stream);
    struct stat st;
    walk->path_n = level->path_n;
    if (!enter(walk, name) || fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
        note(walk, str_n(walk->path, walk->path_n), "the path is too long or went away");
        return 0;
    }
    walk->entries++;
    if (S_ISREG(st.st_mode)) {
        return take_file(walk, folder, name, &st, err);
    }
    if (!S_ISDIR(st.st_mode) || st.st_dev != walk->device || is_passed_over(walk, name)) {
        return 0;
    }
    if (*depth == DEPTH_MAX) {
        note(walk, str_n(walk->path, walk->path_n), "more than 256 folders deep");
        return 0;
    }
    int r = open_level(walk, folder, name, &levels[*depth], err);
    *depth += levels[*depth].stream != NULL;
    return r;
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
        return err_set_errno(err, ERR_IO, "%s", root);
    }
    walk->device = st.st_dev;
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
    return r == 0 ? send_parcel(walk, err) : r;
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
                        .arena = arena,
                        .reader = READER_NONE,
                        .message = buf_new(CAGE_PARCEL_BYTES),
                        .is_system = is_root_file_system(path),
                        .notes = {buf_new(LIMIT_FACTS)},
                        .facts = &layer->facts};
    int r = router_new(&walk.router, arena, err);
    if (r == 0) {
        r = walk_tree(&walk, path, err);
    }
    close_parcel(&walk);
    reader_close(&walk.reader);
    buf_str(&layer->facts, buf_view(&walk.notes.out));
    buf_free(&walk.notes.out);
    buf_free(&walk.message);
    return r == 0 && layer->facts.failed ? err_memory(err) : r;
}
