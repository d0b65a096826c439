#include "source/image/archive.h"

#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "source/stream/inflate.h"
#include "source/stream/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* ---- in the cage */

/* Blocks straight from the file, with content passed over by moving the offset. */
struct plain_file {
    int fd;
    off_t offset;
    off_t size;
    unsigned char block[64 * 1024];
};

static int plain_next(void *ctx, struct str *block, struct err *err) {
    struct plain_file *file = ctx;
    size_t n = (size_t)MIN((off_t)sizeof file->block, file->size - file->offset);
    int r = file_read_at(file->fd, file->offset, file->block, n, err);
    file->offset += (off_t)n;
    *block = str_n((const char *)file->block, n);
    return r;
}

static int plain_skip(void *ctx, uint64_t n, struct err *err) {
    struct plain_file *file = ctx;
    if (n > (uint64_t)(file->size - file->offset)) {
        return err_set(err, ERR_INPUT, "tar file ends early at byte %lld", (long long)file->size);
    }
    file->offset += (off_t)n;
    return 0;
}

static struct str link_of(struct arena *arena, const struct entry *entry) {
    if (entry->type != ENTRY_SYMLINK) {
        return entry->link;
    }
    /* `docker save` once wrote "../<id>/layer.tar" for a layer that it had written already. */
    struct str link = entry->link, folder = str_dirname(entry->path);
    while (str_starts(link, STR("../"))) {
        link = str_from(link, 3);
        folder = str_dirname(folder);
    }
    return folder.n ? arena_strf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(link)) : link;
}

enum { MEMBERS_MAX = 100000 };

static void put_member(struct buf *out, const struct tar *tar, const struct entry *entry) {
    _cleanup_(arena_free) struct arena arena = arena_new(4 * LIMIT_PATH);
    if (!tar_refusal(tar) && (entry->type == ENTRY_FILE || entry->link.n)) {
        wire_str(out, entry->path);
        wire_str(out, link_of(&arena, entry));
        wire_u64(out, tar_content_offset(tar));
        wire_u64(out, entry->size);
    }
}

/* What is whole of an archive that ends early is kept; *broken says why the rest is not there. */
static int list_members(struct tar *tar, struct buf *out, struct err *broken, struct err *err) {
    struct entry entry;
    size_t n = 0;
    int r;
    while ((r = tar_next(tar, &entry, broken)) == 1) {
        if (++n > MEMBERS_MAX) {
            return err_set(err, ERR_LIMIT, "more than %d files: this is no image archive", MEMBERS_MAX);
        }
        put_member(out, tar, &entry);
    }
    if (r < 0 && n == 0) {
        return err_set(err, ERR_INPUT, "it is neither a tar file nor a compressed one, so no image is in it");
    }
    return out->failed ? err_memory(err) : 0;
}

static int outline(void *ctx, struct cage_port *port, struct err *err) {
    int fd = *(int *)ctx;
    struct stat st;
    if (fstat(fd, &st) < 0) {
        return err_set_errno(err, ERR_IO, "stat");
    }
    struct plain_file file = {.fd = fd, .size = st.st_size};
    struct err broken = ERR_NONE;
    _cleanup_(tar_closep) struct tar *tar = NULL;
    _cleanup_(buf_free) struct buf head = buf_new(LIMIT_PATH), members = buf_new(32 * MIB);
    int r = tar_open(&tar, (struct tar_source){.next = plain_next, .ctx = &file, .skip = plain_skip}, err);
    if (r == 0) {
        r = list_members(tar, &members, &broken, err);
    }
    wire_str(&head, str_c(broken.message));
    if (r == 0) {
        r = head.failed ? err_memory(err) : cage_port_write(port, buf_view(&head), err);
    }
    return r == 0 ? cage_port_write(port, buf_view(&members), err) : r;
}

struct unpacking {
    int from, to;
};

static int unpack(void *ctx, struct cage_port *port, struct err *err) {
    const struct unpacking *u = ctx;
    struct inflate_options options = {.fd = u->from, .size = UINT64_MAX};
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    struct str block = STR_NONE;
    struct err broken = ERR_NONE;
    int r = inflate_open(&in, &options, err);
    do {
        if (r == 0 && inflate_next(in, &block, &broken) < 0) {
            block = STR_NONE;
        }
        if (r == 0) {
            r = file_write_fd(u->to, block, err);
            cage_port_progress(port, inflate_input_offset(in));
        }
    } while (r == 0 && block.n);
    return r == 0 ? cage_port_write(port, str_c(broken.message), err) : r;
}

/* ---- outside */

static int unnamed_file(const char *folder, struct err *err) {
    const char *temporary = getenv("TMPDIR");
    const char *place = folder ? folder : temporary && *temporary ? temporary : "/tmp";
    int fd = open(place, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return fd >= 0 ? fd : err_set_errno(err, ERR_IO, "%s: no room for a temporary file", place);
}

/* problem is set when only a part could be unpacked. */
static int unpack_to_file(int *fd, const struct image_options *options, struct buf *problem,
                          struct err *err) {
    _cleanup_(closep) int plain = unnamed_file(options->cache, err);
    if (plain < 0) {
        return plain;
    }
    struct unpacking unpacking = {*fd, plain};
    int fds[] = {*fd, plain};
    struct cage_job job = {.run = unpack,
                           .ctx = &unpacking,
                           .fds = fds,
                           .fds_n = 2,
                           .memory = 256 * MIB,
                           .file_size = UINT64_MAX,
                           .output_cap = LIMIT_PATH,
                           .stall_seconds = LIMIT_STALL_SECONDS,
                           .is_open = options->is_open};
    int r = cage_call(&job, problem, err);
    if (r == 0) {
        close(*fd);
        *fd = TAKE_FD(plain);
    }
    return r;
}

static int is_compressed(int fd, bool *out, struct err *err) {
    char head[8] = "";
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 0) {
        return err_set_errno(err, ERR_IO, "read");
    }
    *out = inflate_kind_of(str_n(head, (size_t)n)) != INFLATE_PLAIN;
    return 0;
}

static int take_members(struct archive *archive, struct str record, struct err *err) {
    struct cursor in = cursor_over(record);
    archive->problem = wire_get_str(&in);
    VEC(struct archive_member) list = {0};
    while (cursor_left(&in)) {
        struct archive_member *member = VEC_PUSH(&archive->arena, &list);
        if (!member) {
            return err_memory(err);
        }
        member->path = wire_get_str(&in);
        member->link = wire_get_str(&in);
        member->offset = cursor_le64(&in);
        member->size = cursor_le64(&in);
        uint64_t *slot = map_put(&archive->members, member->path, NULL);
        if (!slot) {
            return err_memory(err);
        }
        *slot = list.n - 1;
    }
    archive->list = list.p;
    archive->n = list.n;
    return in.failed ? err_set(err, ERR_INPUT, "the reader's answer is damaged") : 0;
}

static int read_outline(struct archive *archive, const struct image_options *options, struct err *err) {
    struct cage_job job = {.run = outline,
                           .ctx = &archive->fd,
                           .fds = &archive->fd,
                           .fds_n = 1,
                           .memory = 256 * MIB,
                           .output_cap = 32 * MIB,
                           .stall_seconds = LIMIT_STALL_SECONDS,
                           .is_open = options->is_open};
    _cleanup_(buf_free) struct buf record = buf_new(32 * MIB);
    int r = cage_call(&job, &record, err);
    if (r < 0) {
        return r;
    }
    struct str kept = arena_str(&archive->arena, buf_view(&record));
    return kept.p ? take_members(archive, kept, err) : err_memory(err);
}

int archive_open(struct archive *archive, int fd, const struct image_options *options, struct err *err) {
    bool compressed = false;
    _cleanup_(buf_free) struct buf problem = buf_new(LIMIT_PATH);
    *archive = (struct archive){.fd = fd, .arena = arena_new(128 * MIB)};
    archive->members = map_new(&archive->arena);
    int r = is_compressed(fd, &compressed, err);
    if (r == 0 && compressed) {
        r = unpack_to_file(&archive->fd, options, &problem, err);
    }
    if (r == 0) {
        r = read_outline(archive, options, err);
    }
    if (problem.n) {
        archive->problem = arena_str(&archive->arena, buf_view(&problem));
        r = r < 0 ? err_at(err, "%.*s", STR_ARG(archive->problem)) : 0;
    }
    return r;
}

void archive_close(struct archive *archive) {
    closep(&archive->fd);
    archive->fd = -1;
    arena_free(&archive->arena);
}

int archive_find(const struct archive *archive, struct str path, struct image_blob *out, struct err *err) {
    enum { LINKS_MAX = 8 };
    for (int links = 0; links < LINKS_MAX; links++) {
        const uint64_t *slot = map_get(&archive->members, path);
        if (!slot) {
            bool is_cut = archive->problem.n > 0;
            return err_set(err, ERR_ABSENT, "%.*s is not in %s%.*s", STR_ARG(path),
                           is_cut ? "the part of the archive that could be read: " : "the archive",
                           STR_ARG(archive->problem));
        }
        const struct archive_member *member = &archive->list[*slot];
        if (!member->link.n) {
            *out = (struct image_blob){archive->fd, member->offset, member->size};
            return 0;
        }
        path = member->link;
    }
    return err_set(err, ERR_INPUT, "%.*s is a link in a circle", STR_ARG(path));
}
