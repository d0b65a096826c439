#include "inspect/pass_archive.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "inspect/secrets/place.h"
#include "source/stream/inflate.h"
#include "source/stream/tar.h"
#include "source/stream/zip.h"

enum { PROBLEMS_MAX = 20, NAME_SHOWN = 1024 };

#define HELD_MORE "more bytes than are held of an archive in another"

/* Of the whole file. */
struct walk {
    struct pass_secrets *secrets;
    struct str path;
    uint64_t members, archives, unpacked;
    size_t held, problems;
    bool is_spent; /* a cap was reached and said */
};

/* An archive: the file itself, or one inside. */
struct level {
    struct str place; /* "b.zip!/", to be put before names; empty for the file itself */
    struct str name;  /* "b.zip" */
    unsigned depth;
};

static void note(struct walk *walk, struct str place, const char *message) {
    if (++walk->problems <= PROBLEMS_MAX) {
        pass_secrets_note(walk->secrets, walk->path, place, message);
    }
}

static bool is_spent(struct walk *walk, const struct level *level) {
    const char *why = walk->members > LIMIT_ARCHIVE_MEMBERS     ? "too many members in all"
                      : walk->archives > LIMIT_ARCHIVE_NESTED   ? "too many archives inside of each other"
                      : walk->unpacked > LIMIT_ARCHIVE_UNPACKED ? "unpacks to too many bytes in all"
                                                                : NULL;
    if (why && !walk->is_spent) {
        note(walk, level->place, why);
    }
    walk->is_spent |= why != NULL;
    return walk->is_spent;
}

/* Where a member is; its name may be any bytes. False when there is no memory: names of all levels fit. */
static bool put_place(const struct level *level, struct str name, struct buf *out) {
    buf_str(out, level->place);
    utf8_put_safe(out, str_sub(name, 0, NAME_SHOWN));
    return !out->failed;
}

static int read_archive(struct walk *walk, const struct archive_bytes *archive, enum archive_kind kind,
                        const struct level *level, struct err *err);

static int take_inner(struct walk *walk, struct str bytes, struct str place, const struct level *outer,
                      struct err *err) {
    _cleanup_(buf_free) struct buf prefix = buf_new(LIMIT_PATH * LIMIT_ARCHIVE_DEPTH);
    const struct archive_bytes inner = {.bytes = bytes, .fd = -1};
    buf_str(&prefix, place);
    buf_c(&prefix, "!/");
    const struct level level = {buf_view(&prefix), str_basename(place), outer->depth + 1};
    walk->archives++;
    if (prefix.failed) {
        return err_memory(err);
    }
    if (level.depth == LIMIT_ARCHIVE_DEPTH) {
        note(walk, place, "archives inside of each other, more than are opened");
        return 0;
    }
    return is_spent(walk, outer) ? 0 : read_archive(walk, &inner, place_archive(place), &level, err);
}

static int take_text(struct walk *walk, struct str text, struct str place, struct err *err) {
    if (!pass_secrets_begin_within(walk->secrets, walk->path, place, text.n)) {
        return 0;
    }
    int r = pass_secrets_feed(walk->secrets, text, err), end = pass_secrets_end(walk->secrets, err);
    return r < 0 ? r : end;
}

/* ---- ZIP */

static int take_zip_member(struct walk *walk, const struct zip *zip, const struct zip_member *member,
                           const struct level *level, struct err *err) {
    _cleanup_(buf_free) struct buf place = buf_new(LIMIT_PATH * LIMIT_ARCHIVE_DEPTH);
    _cleanup_(buf_free) struct buf body = buf_new(MIN(LIMIT_BODY, LIMIT_ARCHIVE_HELD - walk->held));
    struct err why = ERR_NONE;
    if (!put_place(level, member->name, &place)) {
        return err_memory(err);
    }
    if (!secret_wants(buf_view(&place), member->size)) {
        return 0;
    }
    walk->unpacked += MIN(member->size, (uint64_t)LIMIT_ARCHIVE_HELD);
    if (is_spent(walk, level)) {
        return 0;
    }
    if (zip_read(zip, member, &body, &why) < 0) {
        note(walk, buf_view(&place), why.message);
        return why.code == ERR_MEMORY ? err_memory(err) : 0;
    }
    walk->held += body.n;
    int r = place_archive(member->name) ? take_inner(walk, buf_view(&body), buf_view(&place), level, err)
                                        : take_text(walk, buf_view(&body), buf_view(&place), err);
    walk->held -= body.n;
    return r;
}

static int read_zip(struct walk *walk, const struct archive_bytes *archive, const struct level *level,
                    struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(2 * LIMIT_ZIP_DIRECTORY);
    struct zip zip;
    struct zip_member member;
    struct err why = ERR_NONE;
    int r = archive->fd >= 0 ? zip_open_file(&zip, archive->fd, &arena, &why)
                             : zip_open(&zip, archive->bytes, &why);
    int more = r == 0 ? 1 : r;
    r = 0;
    while (r == 0 && more == 1 && !walk->is_spent && (more = zip_next(&zip, &member, &why)) == 1) {
        walk->members++;
        r = is_spent(walk, level) ? 0 : take_zip_member(walk, &zip, &member, level, err);
    }
    if (r == 0 && more < 0) {
        note(walk, level->place, why.message);
    }
    return why.code == ERR_MEMORY ? err_memory(err) : r;
}

/* ---- bytes of tar or of one file, inflated */

static int read_memory(void *ctx, uint64_t at, void *p, size_t n, size_t *got, struct err *err) {
    const struct archive_bytes *archive = ctx;
    struct str rest = str_from(archive->bytes, (size_t)MIN(at, (uint64_t)archive->bytes.n));
    *got = MIN(n, rest.n);
    memcpy(p, rest.p, *got);
    return 0;
}

struct flow_in {
    struct walk *walk;
    const struct level *level;
    struct inflate *in;
};

static int flow_open(struct flow_in *flow, const struct archive_bytes *archive, struct err *err) {
    const struct inflate_options options = {.fd = archive->fd,
                                            .size = archive->fd >= 0 ? archive->size : archive->bytes.n,
                                            .read = archive->fd >= 0 ? NULL : read_memory,
                                            .ctx = (void *)archive,
                                            .is_sequential = true};
    return inflate_open(&flow->in, &options, err);
}

static void flow_close(struct flow_in *flow) {
    inflate_close(flow->in);
}

/* What is passed over costs as well. */
static int next_block(void *ctx, struct str *block, struct err *err) {
    struct flow_in *flow = ctx;
    int r = inflate_next(flow->in, block, err);
    flow->walk->unpacked += r == 0 ? block->n : 0;
    if (r == 0 && is_spent(flow->walk, flow->level)) {
        *block = STR_NONE;
    }
    return r;
}

/* ---- tar */

static int hold(struct tar *tar, struct buf *body, struct err *err) {
    struct str piece;
    int r;
    while ((r = tar_read(tar, &piece, err)) == 0 && piece.n) {
        buf_str(body, piece);
        if (body->failed) {
            return err_set(err, ERR_LIMIT, "%s", HELD_MORE);
        }
    }
    return r;
}

static int take_tar_text(struct walk *walk, struct tar *tar, const struct entry *entry, struct str place,
                         struct err *err, struct err *why) {
    struct str piece;
    int r = 0, torn = 0;
    if (!pass_secrets_begin_within(walk->secrets, walk->path, place, entry->size)) {
        return 0;
    }
    while (r == 0 && !walk->is_spent && (torn = tar_read(tar, &piece, why)) == 0 && piece.n) {
        r = pass_secrets_feed(walk->secrets, piece, err);
    }
    int end = pass_secrets_end(walk->secrets, err);
    return r < 0 ? r : end < 0 ? end : torn < 0;
}

/* 1 when the archive is torn: why. */
static int take_tar_entry(struct walk *walk, struct tar *tar, const struct entry *entry,
                          const struct level *level, struct err *why, struct err *err) {
    _cleanup_(buf_free) struct buf place = buf_new(LIMIT_PATH * LIMIT_ARCHIVE_DEPTH);
    if (entry->type != ENTRY_FILE) {
        return 0;
    }
    if (!put_place(level, entry->path, &place)) {
        return err_memory(err);
    }
    if (!secret_wants(buf_view(&place), entry->size)) {
        return 0;
    }
    if (!place_archive(entry->path)) {
        return take_tar_text(walk, tar, entry, buf_view(&place), err, why);
    }
    _cleanup_(buf_free) struct buf body = buf_new(MIN(LIMIT_BODY, LIMIT_ARCHIVE_HELD - walk->held));
    int r = hold(tar, &body, why);
    if (r < 0) {
        note(walk, buf_view(&place), why->message);
        return r != ERR_LIMIT;
    }
    walk->held += body.n;
    r = take_inner(walk, buf_view(&body), buf_view(&place), level, err);
    walk->held -= body.n;
    return r;
}

static int read_tar(struct walk *walk, const struct archive_bytes *archive, const struct level *level,
                    struct err *err) {
    _cleanup_(flow_close) struct flow_in flow = {walk, level, NULL};
    _cleanup_(tar_closep) struct tar *tar = NULL;
    struct err why = ERR_NONE;
    struct entry entry;
    int more = flow_open(&flow, archive, &why), r = 0;
    more = more == 0 ? tar_open(&tar, (struct tar_source){.next = next_block, .ctx = &flow}, &why) : more;
    while (more >= 0 && r == 0 && !walk->is_spent && (more = tar_next(tar, &entry, &why)) == 1) {
        walk->members++;
        r = is_spent(walk, level) || tar_refusal(tar) ? 0
                                                      : take_tar_entry(walk, tar, &entry, level, &why, err);
    }
    if ((more < 0 || r == 1) && !walk->is_spent) {
        note(walk, level->place, why.message);
    }
    return why.code == ERR_MEMORY ? err_memory(err) : MIN(r, 0);
}

/* ---- one compressed file */

/* The text as it comes; 1 when it is torn: why. */
static int take_packed_text(struct flow_in *flow, struct str first, struct str place, struct err *why,
                            struct err *err) {
    struct pass_secrets *secrets = flow->walk->secrets;
    struct str more;
    int r = 0, torn = next_block(flow, &more, why);
    bool is_whole = torn == 0 && !more.n;
    if (!pass_secrets_begin_within(secrets, flow->walk->path, place, is_whole ? first.n : UINT64_MAX)) {
        return torn < 0;
    }
    for (r = pass_secrets_feed(secrets, first, err); r == 0 && torn == 0 && more.n;) {
        r = pass_secrets_feed(secrets, more, err);
        torn = r == 0 ? next_block(flow, &more, why) : 0;
    }
    int end = pass_secrets_end(secrets, err);
    return r < 0 ? r : end < 0 ? end : torn < 0;
}

/* "a.zip.gz". */
static int take_packed_archive(struct flow_in *flow, struct buf *body, struct str place, struct err *why,
                               struct err *err) {
    struct walk *walk = flow->walk;
    struct str more;
    int r;
    while ((r = next_block(flow, &more, why)) == 0 && more.n) {
        buf_str(body, more);
        if (body->failed) {
            note(walk, place, HELD_MORE);
            return 0;
        }
    }
    if (r < 0 || walk->is_spent) {
        return r < 0;
    }
    walk->held += body->n;
    r = take_inner(walk, buf_view(body), place, flow->level, err);
    walk->held -= body->n;
    return r;
}

static bool is_tar(struct str first) {
    return str_eq(str_sub(first, 257, 5), STR("ustar")); /* POSIX.1-2017, pax: the field "magic" */
}

static int take_packed(struct walk *walk, const struct archive_bytes *archive, const struct level *level,
                       struct str place, bool *has_tar, struct err *why, struct err *err) {
    _cleanup_(buf_free) struct buf body = buf_new(MIN(LIMIT_BODY, LIMIT_ARCHIVE_HELD - walk->held));
    _cleanup_(flow_close) struct flow_in flow = {walk, level, NULL};
    struct str first;
    if (flow_open(&flow, archive, why) < 0 || next_block(&flow, &first, why) < 0) {
        return 1;
    }
    buf_str(&body, first);
    if (body.failed) {
        note(walk, place, HELD_MORE);
        return 0;
    }
    *has_tar = is_tar(buf_view(&body));
    return *has_tar               ? 0
           : place_archive(place) ? take_packed_archive(&flow, &body, place, why, err)
                                  : take_packed_text(&flow, buf_view(&body), place, why, err);
}

/* As an archive with one member; behind a name without ".tar" there may be tar all the same. */
static int read_packed(struct walk *walk, const struct archive_bytes *archive, const struct level *level,
                       struct err *err) {
    _cleanup_(buf_free) struct buf place = buf_new(LIMIT_PATH * LIMIT_ARCHIVE_DEPTH);
    struct err why = ERR_NONE;
    bool has_tar = false;
    if (!put_place(level, place_unpacked(level->name), &place)) {
        return err_memory(err);
    }
    if (!secret_wants(buf_view(&place), UINT64_MAX)) {
        return 0;
    }
    walk->members++;
    int r =
        is_spent(walk, level) ? 0 : take_packed(walk, archive, level, buf_view(&place), &has_tar, &why, err);
    if (r == 0 && has_tar) {
        return read_tar(walk, archive, level, err);
    }
    if (r == 1 && !walk->is_spent) {
        note(walk, buf_view(&place), why.message);
    }
    return why.code == ERR_MEMORY ? err_memory(err) : MIN(r, 0);
}

/* ---- either */

static bool is_one(const struct archive_bytes *archive, enum archive_kind kind) {
    char head[8];
    struct str start = str_sub(archive->bytes, 0, sizeof head);
    if (archive->fd >= 0) {
        ssize_t n = pread(archive->fd, head, sizeof head, 0);
        start = str_n(head, n > 0 ? (size_t)n : 0);
    }
    return kind == ARCHIVE_ZIP   ? str_starts(start, STR("PK"))
           : kind == ARCHIVE_TAR ? start.n == sizeof head && start.p[0]
                                 : inflate_kind_of(start) != INFLATE_PLAIN;
}

static int read_archive(struct walk *walk, const struct archive_bytes *archive, enum archive_kind kind,
                        const struct level *level, struct err *err) {
    if (!is_one(archive, kind)) {
        return 0;
    }
    return kind == ARCHIVE_ZIP      ? read_zip(walk, archive, level, err)
           : kind == ARCHIVE_PACKED ? read_packed(walk, archive, level, err)
                                    : read_tar(walk, archive, level, err);
}

int pass_archive(struct pass_secrets *secrets, struct str path, const struct archive_bytes *archive,
                 struct err *err) {
    struct walk walk = {.secrets = secrets, .path = path};
    const struct level level = {STR_NONE, str_basename(path), 0};
    secrets->path = path;
    secrets->has_facts = false;
    return read_archive(&walk, archive, place_archive(path), &level, err);
}
