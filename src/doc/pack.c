#include "doc/pack.h"

#include "base/limits.h"
#include "base/map.h"
#include "base/wire.h"
#include "doc/build.h"

/* A node begins with its kind and these flags; SHARED is followed by the number of the list or map that was
 * finished before, and nothing else. */
enum {
    NODE_KIND = 0x0f,
    NODE_OTHER_FILE = 0x10, /* the file's number follows */
    NODE_TRUE = 0x20,
    NODE_SHARED = 0x40,
};
static_assert((int)DOC_UNKNOWN <= (int)NODE_KIND, "the kind has four bits");

static uint64_t zigzag(int64_t value) {
    return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}
static int64_t unzigzag(uint64_t value) {
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* ---- writing */

struct packer {
    struct buf *out;
    struct arena arena; /* of shared */
    struct map shared;  /* the address of a list or map → its number, from 1 */
    uint64_t finished;
    struct doc_place last;
    struct err *err;
};

static void put_str(struct packer *p, struct str s) {
    wire_uvarint(p->out, s.n);
    buf_str(p->out, s);
}

static void put_place(struct packer *p, struct doc_place at, unsigned flags) {
    bool other = at.file != p->last.file;
    wire_u8(p->out, (uint8_t)(flags | (other ? NODE_OTHER_FILE : 0)));
    if (other) {
        wire_uvarint(p->out, at.file);
    }
    wire_uvarint(p->out, zigzag((int64_t)at.line - p->last.line));
    wire_uvarint(p->out, at.column);
    p->last = at;
}

static int pack(struct packer *p, const struct doc *d, unsigned depth);

static int pack_members(struct packer *p, const struct doc *d, unsigned depth) {
    int r = 0;
    wire_uvarint(p->out, d->map.n);
    for (size_t i = 0; r == 0 && i < d->map.n; i++) {
        put_place(p, d->map.members[i].at, 0);
        put_str(p, d->map.members[i].key);
        r = pack(p, d->map.members[i].value, depth + 1);
    }
    return r;
}

static int pack_items(struct packer *p, const struct doc *d, unsigned depth) {
    int r = 0;
    wire_uvarint(p->out, d->list.n);
    for (size_t i = 0; r == 0 && i < d->list.n; i++) {
        r = pack(p, d->list.items[i], depth + 1);
    }
    return r;
}

static int pack_branch(struct packer *p, const struct doc *d, unsigned depth) {
    const struct doc **key = arena_alloc(&p->arena, sizeof d);
    if (!key) {
        return err_memory(p->err);
    }
    *key = d;
    bool is_new;
    uint64_t *number = map_put(&p->shared, str_n((const char *)key, sizeof d), &is_new);
    if (!number) {
        return err_memory(p->err);
    }
    if (!is_new) {
        wire_u8(p->out, NODE_SHARED);
        wire_uvarint(p->out, *number);
        return 0;
    }
    put_place(p, d->at, d->kind);
    int r = d->kind == DOC_MAP ? pack_members(p, d, depth) : pack_items(p, d, depth);
    number = map_get(&p->shared, str_n((const char *)key, sizeof d));
    *number = ++p->finished;
    return r;
}

static void pack_double(struct buf *out, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    wire_u64(out, bits);
}

static int pack(struct packer *p, const struct doc *d, unsigned depth) {
    if (depth > LIMIT_DOC_DEPTH) {
        return doc_error(p->err, ERR_LIMIT, d->at, "more than %u levels", LIMIT_DOC_DEPTH);
    }
    if (d->kind == DOC_LIST || d->kind == DOC_MAP) {
        return pack_branch(p, d, depth);
    }
    put_place(p, d->at, (unsigned)d->kind | (d->kind == DOC_BOOL && d->b ? NODE_TRUE : 0));
    switch (d->kind) {
    case DOC_INT:
        wire_uvarint(p->out, zigzag(d->i));
        break;
    case DOC_UINT:
        wire_uvarint(p->out, d->u);
        break;
    case DOC_DOUBLE:
        pack_double(p->out, d->d);
        break;
    case DOC_STRING:
    case DOC_BYTES:
    case DOC_TIMESTAMP:
    case DOC_UNKNOWN:
        put_str(p, d->s);
        break;
    default:
        break;
    }
    return 0;
}

int doc_pack(struct buf *out, const struct doc *root, struct err *err) {
    struct packer p = {.out = out, .arena = arena_new(LIMIT_DOC_BYTES), .err = err};
    p.shared = map_new(&p.arena);
    int r = pack(&p, root, 0);
    arena_free(&p.arena);
    return r == 0 && out->failed ? err_set(err, ERR_LIMIT, "the document is too large to keep") : r;
}

/* ---- reading */

struct branch {
    const struct doc *doc;
    unsigned height; /* levels below it: sharing must not stack them up beyond all walks' depth */
};

struct unpacker {
    struct arena *arena;
    struct arena scratch; /* what the tree does not keep */
    struct cursor *in;
    VEC(struct branch) finished;
    unsigned height;       /* of the node that was taken last */
    const uint32_t *files; /* NULL: numbers of files stay */
    size_t files_n;
    struct doc_place last;
    struct err *err;
};

static int damaged(struct unpacker *u) {
    return err_set(u->err, ERR_INPUT, "the kept document is damaged at byte %zu", u->in->at);
}

static struct str take_str(struct unpacker *u) {
    uint64_t n = cursor_uvarint(u->in);
    return cursor_take(u->in, n > SIZE_MAX ? SIZE_MAX : (size_t)n);
}

static uint32_t take_file(struct unpacker *u) {
    uint64_t file = cursor_uvarint(u->in);
    if (!u->files) {
        return (uint32_t)file;
    }
    return file && file <= u->files_n ? u->files[file - 1] : 0;
}

static unsigned take_place(struct unpacker *u, struct doc_place *at) {
    unsigned flags = cursor_u8(u->in);
    if (flags & NODE_SHARED) {
        return flags;
    }
    *at = u->last;
    if (flags & NODE_OTHER_FILE) {
        at->file = take_file(u);
    }
    at->line = (uint32_t)((uint64_t)at->line + (uint64_t)unzigzag(cursor_uvarint(u->in)));
    at->column = (uint32_t)cursor_uvarint(u->in);
    u->last = *at;
    return flags;
}

static const struct doc *unpack(struct unpacker *u, unsigned depth);

/* A count that the bytes left can't hold is a lie; a node takes at least `least` of them. */
static bool take_count(struct unpacker *u, size_t least, size_t *n) {
    uint64_t count = cursor_uvarint(u->in);
    *n = (size_t)count;
    return !u->in->failed && count <= cursor_left(u->in) / least;
}

static const struct doc *unpack_map(struct unpacker *u, struct doc_place at, unsigned depth) {
    size_t n;
    if (!take_count(u, 6, &n)) {
        damaged(u);
        return NULL;
    }
    struct doc_member *members = arena_array(&u->scratch, n, sizeof *members);
    unsigned height = 0;
    for (size_t i = 0; members && i < n; i++) {
        take_place(u, &members[i].at);
        members[i].key = take_str(u);
        members[i].value = unpack(u, depth + 1);
        if (!members[i].value) {
            return NULL;
        }
        height = MAX(height, u->height + 1);
    }
    u->height = height;
    struct doc *d = members ? doc_new_map(u->arena, at, members, n, NULL) : NULL;
    if (!d) {
        err_memory(u->err);
    }
    return d;
}

static const struct doc *unpack_list(struct unpacker *u, struct doc_place at, unsigned depth) {
    size_t n;
    if (!take_count(u, 2, &n)) {
        damaged(u);
        return NULL;
    }
    const struct doc **items = arena_array(&u->scratch, n, sizeof *items);
    unsigned height = 0;
    for (size_t i = 0; items && i < n; i++) {
        items[i] = unpack(u, depth + 1);
        if (!items[i]) {
            return NULL;
        }
        height = MAX(height, u->height + 1);
    }
    u->height = height;
    struct doc *d = items ? doc_new_list(u->arena, at, items, n) : NULL;
    if (!d) {
        err_memory(u->err);
    }
    return d;
}

static const struct doc *unpack_branch(struct unpacker *u, enum doc_kind kind, struct doc_place at,
                                       unsigned depth) {
    const struct doc *d = kind == DOC_MAP ? unpack_map(u, at, depth) : unpack_list(u, at, depth);
    if (!d) {
        return NULL;
    }
    struct branch *branch = VEC_PUSH(&u->scratch, &u->finished);
    if (!branch) {
        err_memory(u->err);
        return NULL;
    }
    *branch = (struct branch){d, u->height};
    return d;
}

static const struct doc *unpack_shared(struct unpacker *u, unsigned depth) {
    uint64_t number = cursor_uvarint(u->in);
    if (u->in->failed || number == 0 || number > u->finished.n ||
        depth + u->finished.p[number - 1].height > LIMIT_DOC_DEPTH) {
        damaged(u);
        return NULL;
    }
    u->height = u->finished.p[number - 1].height;
    return u->finished.p[number - 1].doc;
}

static void take_scalar(struct unpacker *u, struct doc *d, unsigned flags) {
    uint64_t bits;
    switch (d->kind) {
    case DOC_BOOL:
        d->b = flags & NODE_TRUE;
        break;
    case DOC_INT:
        d->i = unzigzag(cursor_uvarint(u->in));
        break;
    case DOC_UINT:
        d->u = cursor_uvarint(u->in);
        break;
    case DOC_DOUBLE:
        bits = cursor_le64(u->in);
        memcpy(&d->d, &bits, sizeof bits);
        break;
    case DOC_NULL:
        break;
    default:
        d->s = take_str(u);
    }
}

static const struct doc *unpack(struct unpacker *u, unsigned depth) {
    struct doc_place at = {0};
    unsigned flags = take_place(u, &at);
    enum doc_kind kind = (enum doc_kind)(flags & NODE_KIND);
    if (flags & NODE_SHARED) {
        return unpack_shared(u, depth);
    }
    if (u->in->failed || kind > DOC_UNKNOWN || depth > LIMIT_DOC_DEPTH) {
        damaged(u);
        return NULL;
    }
    if (kind == DOC_LIST || kind == DOC_MAP) {
        return unpack_branch(u, kind, at, depth);
    }
    struct doc *d = doc_new(u->arena, kind, at);
    if (!d) {
        err_memory(u->err);
        return NULL;
    }
    take_scalar(u, d, flags);
    u->height = 0;
    if (u->in->failed) {
        damaged(u);
        return NULL;
    }
    return d;
}

int doc_unpack(struct arena *arena, struct cursor *in, const struct doc **root, struct err *err) {
    return doc_unpack_files(arena, in, NULL, 0, root, err);
}

int doc_unpack_files(struct arena *arena, struct cursor *in, const uint32_t *files, size_t n,
                     const struct doc **root, struct err *err) {
    struct unpacker u = {.arena = arena,
                         .scratch = arena_new(LIMIT_DOC_BYTES),
                         .in = in,
                         .files = files,
                         .files_n = n,
                         .err = err};
    struct err local = ERR_NONE;
    if (!err) {
        u.err = &local;
    }
    *root = unpack(&u, 0);
    arena_free(&u.scratch);
    return *root ? 0 : u.err->code;
}
