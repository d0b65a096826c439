#include "inspect/pass.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "inspect/changeset.h"
#include "inspect/notables.h"
#include "inspect/pass_archive.h"
#include "inspect/route.h"
#include "inspect/secrets/place.h"
#include "source/stream/inflate.h"
#include "source/stream/tar.h"

#include <errno.h>
#include <sys/stat.h>

enum { FORMAT_VERSION = 4, FLUSH_AT = 512 * 1024 };

/* A hard link that an inspector wants by its path: its content went by under another name. */
struct wanted_link {
    struct str path, target;
    uint64_t mask;
    size_t next; /* 1 + index of another link to the same target; 0: none */
    bool is_found;
};

struct pass {
    const struct pass_layer *layer;
    struct cage_port *port;
    struct arena arena;   /* of the pass */
    struct arena scratch; /* of one file */
    struct router *router;
    struct facts facts;
    struct buf body;
    struct changeset changes;
    struct notables notables;
    struct map inspected; /* paths that gave facts → 1 */
    VEC(struct wanted_link) links;
    uint64_t entry; /* ordinal of the current one */
    uint64_t taken; /* bytes of files that were read for inspectors in this walk */
    size_t problems;
    struct pass_secrets secrets;
    struct inflate *in; /* what the walk reads from */
    uint64_t beats;     /* signs of life so far */
};

static int pass_open(struct pass *pass, const struct pass_layer *layer, struct cage_port *port,
                     struct err *err) {
    *pass = (struct pass){.layer = layer,
                          .port = port,
                          .arena = arena_new(64 * MIB),
                          .scratch = arena_new(LIMIT_INSPECTION),
                          .facts = {buf_new(4 * LIMIT_RECORD)},
                          .body = buf_new(LIMIT_BODY),
                          .changes = changeset_new()};
    pass->inspected = map_new(&pass->arena);
    pass->notables = notables_new(&pass->arena);
    int r = pass_secrets_open(&pass->secrets, layer->secrets, &pass->facts, err);
    return r == 0 ? router_new(&pass->router, &pass->arena, false, err) : r;
}

static void pass_close(struct pass *pass) {
    pass_secrets_close(&pass->secrets);
    arena_free(&pass->arena);
    arena_free(&pass->scratch);
    buf_free(&pass->facts.out);
    buf_free(&pass->body);
    changeset_free(&pass->changes);
}

static int flush(struct pass *pass, size_t at, struct err *err) {
    if (pass->facts.out.failed) {
        return err_set(err, ERR_LIMIT, "more facts than fit into memory");
    }
    if (pass->facts.out.n <= at) {
        return 0;
    }
    int r = cage_port_write(pass->port, buf_view(&pass->facts.out), err);
    buf_clear(&pass->facts.out);
    return r;
}

/* A problem of the file at path, or of the whole layer when path is empty. */
static void note(struct pass *pass, struct str path, bool is_incomplete, const char *message) {
    if (++pass->problems > LIMIT_PROBLEMS) {
        return;
    }
    facts_file(&pass->facts, path, STR_NONE);
    facts_problem(&pass->facts, is_incomplete, "%s", message);
}

/* ---- one file, one inspector */

static uint64_t step_of(uint64_t entry, unsigned inspector) {
    return entry * 64 + inspector + 1;
}

struct pass_step pass_step(uint64_t step) {
    assert(step > 0);
    return (struct pass_step){(step - 1) / 64, (unsigned)((step - 1) % 64)};
}

static const struct pass_skip *find_skip(const struct pass *pass, uint64_t step) {
    for (size_t i = 0; i < pass->layer->skips_n; i++) {
        if (pass->layer->skips[i].step == step) {
            return &pass->layer->skips[i];
        }
    }
    return NULL;
}

static int remember(struct pass *pass, struct str path, struct err *err) {
    if (map_get(&pass->inspected, path)) {
        return 0;
    }
    struct str kept = arena_str(&pass->arena, path);
    uint64_t *slot = kept.p ? map_put(&pass->inspected, kept, NULL) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    *slot = 1;
    return 0;
}

/* Most executables say nothing: of what gave no facts there is no trace. */
static void run_inspector(struct pass *pass, unsigned i, struct inspection *in) {
    uint64_t step = step_of(pass->entry, i);
    size_t start = pass->facts.out.n;
    const struct pass_skip *skip = find_skip(pass, step);
    facts_file(&pass->facts, in->entry->path, str_c(inspectors[i]->name));
    size_t head_end = pass->facts.out.n;
    if (skip) {
        facts_problem(&pass->facts, true, "%s", skip->why);
        return;
    }
    struct err why = ERR_NONE;
    size_t before = pass->facts.out.n;
    cage_port_step(pass->port, step);
    int r = inspectors[i]->inspect(in, &why);
    cage_port_step(pass->port, 0);
    arena_reset(&pass->scratch);
    if (pass->facts.out.failed) {
        /* More than one file may say: its facts go, those of others stay. */
        pass->facts.out.failed = false;
        pass->facts.out.n = before;
        r = err_set(&why, ERR_LIMIT, "not read by %s: it found more than fits into memory",
                    inspectors[i]->name);
    }
    if (r < 0 && ++pass->problems <= LIMIT_PROBLEMS) {
        facts_problem(&pass->facts, true, "%s", why.message);
    }
    if (pass->facts.out.n == head_end) {
        pass->facts.out.n = start;
    }
}

static int run_inspectors(struct pass *pass, uint64_t mask, struct inspection *in, struct err *err) {
    in->arena = &pass->scratch;
    in->facts = &pass->facts;
    size_t start = pass->facts.out.n;
    for (uint64_t left = mask; left; left &= left - 1) {
        run_inspector(pass, (unsigned)__builtin_ctzll(left), in);
    }
    int r = pass->facts.out.n > start ? remember(pass, in->entry->path, err) : 0;
    return r == 0 ? flush(pass, FLUSH_AT, err) : r;
}

/* Takes those whose limit the file's size is above out of the mask, with a problem each. */
static uint64_t within_limits(struct pass *pass, uint64_t mask, const struct entry *entry, bool *spools) {
    *spools = false;
    for (uint64_t left = mask; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        const struct inspector *inspector = inspectors[i];
        bool fits = entry->size <= inspector->body_max;
        if (!fits && inspector->may_spool && entry->size <= LIMIT_EXECUTABLE && pass->layer->spool >= 0) {
            *spools = true;
        } else if (!fits && inspector->large_is_other) {
            mask &= ~(UINT64_C(1) << i);
        } else if (!fits) {
            char message[128];
            snprintf(message, sizeof message, "not read: %llu bytes, more than the %zu that are read of one",
                     (unsigned long long)entry->size, inspector->body_max);
            note(pass, entry->path, true, message);
            mask &= ~(UINT64_C(1) << i);
        }
    }
    return mask;
}

/* ---- a layer */

/* To the parent: the reader comes on. */
static int beat(struct pass *pass, struct err *err) {
    const struct pass_layer *layer = pass->layer;
    uint64_t at = inflate_input_offset(pass->in);
    if (layer->why_ended && pass->beats >= layer->beats_max) {
        return err_set(err, ERR_LIMIT, "%s at byte %llu", layer->why_ended, (unsigned long long)at);
    }
    pass->beats++;
    cage_port_progress(pass->port, at);
    return 0;
}

static int spool_piece(struct pass *pass, struct str piece, uint64_t at, struct err *err) {
    while (piece.n) {
        ssize_t n = pwrite(pass->layer->spool, piece.p, piece.n, (off_t)at);
        if (n < 0 && errno != EINTR) {
            return err_set_errno(err, ERR_IO, "temporary file");
        }
        piece = str_from(piece, n < 0 ? 0 : (size_t)n);
        at += n < 0 ? 0 : (uint64_t)n;
    }
    return 0;
}

/* The bytes of the file before stay until they are written over, so that its pages are used again. */
static int start_spool(struct pass *pass, uint64_t size, struct err *err) {
    int r = ftruncate(pass->layer->spool, (off_t)size);
    return r < 0 ? err_set_errno(err, ERR_IO, "temporary file") : 0;
}

/* The rest of the current file, whose first piece is here, to memory or to the spool. */
static int collect(struct pass *pass, struct tar *tar, struct str piece, bool spools, struct inspection *in,
                   struct err *err) {
    uint64_t taken = 0;
    buf_clear(&pass->body);
    int r = spools ? start_spool(pass, in->entry->size, err) : 0;
    while (r == 0 && piece.n) {
        if (spools) {
            r = spool_piece(pass, piece, taken, err);
        } else {
            buf_str(&pass->body, piece);
            r = pass->body.failed ? err_memory(err) : 0;
        }
        taken += piece.n;
        if (r == 0 && (r = beat(pass, err)) == 0) {
            r = tar_read(tar, &piece, err);
        }
    }
    in->body = spools ? STR_NONE : buf_view(&pass->body);
    in->spool = spools ? pass->layer->spool : -1;
    return r;
}

/* Files may be larger than the stream that they are in: by holes, or read again under another name. */
static bool exceeds_stream(struct pass *pass, const struct tar *tar, const struct entry *entry) {
    if (pass->taken + entry->size <= tar_content_offset(tar) + LIMIT_HOLES) {
        return false;
    }
    note(pass, entry->path, true, "not read: the holes and hard links of this layer are too large");
    return true;
}

/* Makes ready what the inspectors of certain and by_magic want; *mask is set to those that can have it. */
static int open_file(struct pass *pass, struct tar *tar, const struct entry *entry, uint64_t certain,
                     uint64_t by_magic, uint64_t *mask, struct inspection *in, struct err *err) {
    struct str piece = STR_NONE;
    bool spools;
    int r = entry->size ? tar_read(tar, &piece, err) : 0;
    *mask = 0;
    *in = (struct inspection){.entry = entry, .body = piece, .spool = -1};
    if (r < 0) {
        return r;
    }
    uint64_t wanted =
        within_limits(pass, certain | route_head(pass->router, by_magic, piece), entry, &spools);
    if (!wanted || exceeds_stream(pass, tar, entry)) {
        return 0;
    }
    *mask = wanted;
    pass->taken += entry->size;
    return spools || piece.n < entry->size ? collect(pass, tar, piece, spools, in, err) : 0;
}

/* ---- secrets */

static void begin_secrets_step(struct pass *pass) {
    cage_port_step(pass->port, step_of(pass->entry, PASS_SECRETS_BIT));
}

static int feed_secrets(struct pass *pass, struct str bytes, struct err *err) {
    begin_secrets_step(pass);
    int r = pass_secrets_feed(&pass->secrets, bytes, err);
    cage_port_step(pass->port, 0);
    return r;
}

static int end_secrets(struct pass *pass, struct err *err) {
    begin_secrets_step(pass);
    int r = pass_secrets_end(&pass->secrets, err);
    cage_port_step(pass->port, 0);
    r = r == 0 && pass->secrets.has_facts ? remember(pass, pass->secrets.path, err) : r;
    return r == 0 ? flush(pass, FLUSH_AT, err) : r;
}

/* False: nobody looks for secrets in it. */
static bool begin_secrets(struct pass *pass, const struct entry *entry) {
    const struct pass_skip *skip = find_skip(pass, step_of(pass->entry, PASS_SECRETS_BIT));
    if (!pass_secrets_begin(&pass->secrets, entry->path, entry->size)) {
        return false;
    }
    if (skip) {
        note(pass, entry->path, true, skip->why);
    }
    return !skip;
}

/* Members of an archive; it is one step. */
static int scan_archive(struct pass *pass, const struct entry *entry, const struct archive_bytes *archive,
                        struct err *err) {
    const struct pass_skip *skip = find_skip(pass, step_of(pass->entry, PASS_SECRETS_BIT));
    if (skip) {
        note(pass, entry->path, true, skip->why);
        return 0;
    }
    begin_secrets_step(pass);
    int r = pass_archive(&pass->secrets, entry->path, archive, err);
    cage_port_step(pass->port, 0);
    r = r == 0 && pass->secrets.has_facts ? remember(pass, entry->path, err) : r;
    return r == 0 ? flush(pass, FLUSH_AT, err) : r;
}

/* One that flows by is collected first: it is read from its end. */
static int scan_archive_entry(struct pass *pass, struct tar *tar, struct inspection *in, bool is_collected,
                              struct err *err) {
    const struct entry *entry = in->entry;
    bool spools = entry->size > LIMIT_BODY;
    if (!pass->secrets.scanner || !secret_wants(entry->path, entry->size)) {
        return 0;
    }
    if (!is_collected && (entry->size > LIMIT_EXECUTABLE || (spools && pass->layer->spool < 0))) {
        note(pass, entry->path, true, "secrets: an archive larger than those that are opened");
        return 0;
    }
    if (!is_collected && exceeds_stream(pass, tar, entry)) {
        return 0;
    }
    pass->taken += is_collected ? 0 : entry->size;
    int r = !is_collected && in->body.n < entry->size ? collect(pass, tar, in->body, spools, in, err) : 0;
    const struct archive_bytes archive = {in->body, in->spool, entry->size};
    return r == 0 ? scan_archive(pass, entry, &archive, err) : r;
}

/* The content of a file that flows by, whose first piece is here; when others collected it, that is all. */
static int scan_secrets(struct pass *pass, struct tar *tar, const struct inspection *in, bool is_collected,
                        struct err *err) {
    struct str piece = in->body;
    if (!piece.n || !begin_secrets(pass, in->entry)) {
        return 0;
    }
    bool flows = !is_collected && piece.n < in->entry->size;
    if (flows && exceeds_stream(pass, tar, in->entry)) {
        return 0;
    }
    pass->taken += is_collected ? 0 : in->entry->size;
    int r = feed_secrets(pass, piece, err);
    while (r == 0 && flows && (r = beat(pass, err)) == 0 && (r = tar_read(tar, &piece, err)) == 0 &&
           piece.n) {
        r = feed_secrets(pass, piece, err);
    }
    int end = end_secrets(pass, err);
    return r < 0 ? r : end;
}

static int inspect_file(struct pass *pass, struct tar *tar, const struct entry *entry, uint64_t certain,
                        uint64_t by_magic, struct err *err) {
    uint64_t mask;
    struct inspection in;
    int r = open_file(pass, tar, entry, certain, by_magic, &mask, &in, err);
    r = r == 0 && mask ? run_inspectors(pass, mask, &in, err) : r;
    if (r == 0 && place_archive(entry->path)) {
        return scan_archive_entry(pass, tar, &in, mask, err);
    }
    return r == 0 ? scan_secrets(pass, tar, &in, mask, err) : r;
}

static void note_refusal(struct pass *pass, const struct tar *tar, const char *why) {
    _cleanup_(buf_free) struct buf place = buf_new(2 * LIMIT_PATH);
    char message[256];
    utf8_put_safe(&place, str_sub(tar_written_path(tar), 0, 200));
    snprintf(message, sizeof message, "not read: %s (entry at byte %llu of the layer)", why,
             (unsigned long long)tar_entry_offset(tar));
    note(pass, buf_view(&place), true, message);
}

static int take_link(struct pass *pass, const struct entry *entry, uint64_t certain, struct err *err) {
    struct wanted_link *link = VEC_PUSH(&pass->arena, &pass->links);
    if (!link) {
        return err_memory(err);
    }
    *link = (struct wanted_link){.path = arena_str(&pass->arena, entry->path),
                                 .target = arena_str(&pass->arena, entry->link),
                                 .mask = certain};
    return link->path.p && link->target.p ? 0 : err_memory(err);
}

/* A later entry at a path that gave facts: what it gave is gone. */
static void take_replacement(struct pass *pass, const struct entry *entry) {
    if (pass->inspected.n && map_get(&pass->inspected, entry->path)) {
        facts_replaced(&pass->facts, entry->path);
    }
}

/* What its header says to checks. */
static int take_header(struct pass *pass, const struct entry *entry, struct err *err) {
    bool is_kept;
    int r = changeset_take_path(&pass->changes, entry->path, entry->type == ENTRY_DIRECTORY, err);
    if (r == 0) {
        r = notables_take(&pass->notables, &pass->facts, entry, &is_kept, err);
    }
    return r == 0 && is_kept ? remember(pass, entry->path, err) : r;
}

static int take_entry(struct pass *pass, struct tar *tar, const struct entry *entry, struct err *err) {
    if (tar_refusal(tar)) {
        note_refusal(pass, tar, tar_refusal(tar));
        return 0;
    }
    if (changeset_is_void_whiteout(entry->path)) {
        note_refusal(pass, tar, "a whiteout that names no file");
        return 0;
    }
    if (changeset_take_whiteout(&pass->facts, entry->path)) {
        return 0;
    }
    take_replacement(pass, entry);
    int r = take_header(pass, entry, err);
    if (r < 0 || (entry->type != ENTRY_FILE && entry->type != ENTRY_HARDLINK)) {
        return r;
    }
    struct route route = route_path(pass->router, entry->path);
    if (entry->type == ENTRY_HARDLINK) {
        return route.certain ? take_link(pass, entry, route.certain, err) : 0;
    }
    bool has_secrets = pass->secrets.scanner && secret_wants(entry->path, entry->size);
    return route.certain || (route.by_magic && entry->size >= ROUTE_HEAD) || has_secrets
               ? inspect_file(pass, tar, entry, route.certain, entry->size >= ROUTE_HEAD ? route.by_magic : 0,
                              err)
               : 0;
}

static int next_block(void *ctx, struct str *block, struct err *err) {
    struct pass *pass = ctx;
    int r = beat(pass, err);
    return r == 0 ? inflate_next(pass->in, block, err) : r;
}

/* What once hung is read without threads: they would run into it ahead of the walk. */
static int open_stream(struct pass *pass, bool hashes, struct inflate **in, struct tar **tar,
                       struct err *err) {
    const struct pass_layer *layer = pass->layer;
    struct inflate_options options = {.fd = layer->fd,
                                      .offset = layer->offset,
                                      .size = layer->size,
                                      .hashes_input = hashes && layer->hashes_input,
                                      .hashes_output = hashes,
                                      .is_sequential = layer->why_ended};
    int r = inflate_open(in, &options, err);
    pass->in = *in;
    return r == 0 ? tar_open(tar, (struct tar_source){.next = next_block, .ctx = pass}, err) : r;
}

static int read_rest(struct pass *pass, struct err *err) {
    struct str block = STR_NONE;
    int r;
    do {
        r = next_block(pass, &block, err);
    } while (r == 0 && block.n);
    return r;
}

static int walk(struct pass *pass, struct tar *tar, struct err *err) {
    struct entry entry;
    int r;
    while ((r = tar_next(tar, &entry, err)) == 1) {
        r = take_entry(pass, tar, &entry, err);
        if (r < 0) {
            return r;
        }
        pass->entry++;
    }
    return r == 0 ? read_rest(pass, err) : r;
}

/* Target → 1 + index of the first link to it, the others behind it. */
static int index_links(struct pass *pass, struct map *targets, struct err *err) {
    for (size_t i = 0; i < pass->links.n; i++) {
        uint64_t *slot = map_put(targets, pass->links.p[i].target, NULL);
        if (!slot) {
            return err_memory(err);
        }
        pass->links.p[i].next = (size_t)*slot;
        *slot = i + 1;
    }
    return 0;
}

/* The file at entry under the name of each link to it. */
static int inspect_links(struct pass *pass, struct tar *tar, const struct entry *entry, size_t first,
                         struct err *err) {
    uint64_t wanted = 0, mask;
    struct inspection in;
    for (size_t i = first; i; i = pass->links.p[i - 1].next) {
        wanted |= pass->links.p[i - 1].mask;
        pass->links.p[i - 1].is_found = true;
    }
    int r = open_file(pass, tar, entry, wanted, 0, &mask, &in, err);
    for (size_t i = first; r == 0 && mask && i; i = pass->links.p[i - 1].next) {
        struct entry as_link = *entry;
        as_link.path = pass->links.p[i - 1].path;
        in.entry = &as_link;
        pass->entry++;
        pass->taken += entry->size;
        if (exceeds_stream(pass, tar, &as_link)) {
            return 0;
        }
        r = run_inspectors(pass, pass->links.p[i - 1].mask & mask, &in, err);
    }
    return r;
}

static void note_lost_links(struct pass *pass) {
    for (size_t i = 0; i < pass->links.n; i++) {
        if (!pass->links.p[i].is_found) {
            note(pass, pass->links.p[i].path, true,
                 "not read: a hard link to something that is no file of this layer");
        }
    }
}

/* Once more through the layer for the content of hard links that are wanted by their own path. */
static int walk_links(struct pass *pass, struct err *err) {
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    _cleanup_(tar_closep) struct tar *tar = NULL;
    struct map targets = map_new(&pass->arena);
    struct entry entry;
    pass->taken = 0;
    int r = index_links(pass, &targets, err);
    if (r == 0) {
        r = open_stream(pass, false, &in, &tar, err);
    }
    while (r == 0 && (r = tar_next(tar, &entry, err)) == 1) {
        const uint64_t *slot = entry.type == ENTRY_FILE ? map_get(&targets, entry.path) : NULL;
        r = slot ? inspect_links(pass, tar, &entry, (size_t)*slot, err) : 0;
        pass->entry++;
    }
    if (r == 0) {
        note_lost_links(pass);
    }
    return r;
}

static int put_paths(struct pass *pass, struct err *err) {
    int r = 0;
    while (r == 0 && notables_put(&pass->notables, &pass->facts)) {
        r = flush(pass, FLUSH_AT, err);
    }
    while (r == 0 && changeset_put(&pass->changes, &pass->facts)) {
        r = flush(pass, FLUSH_AT, err);
    }
    return r;
}

void pass_end_write(struct facts *facts, const struct pass_end *end) {
    size_t start = wire_begin(&facts->out, FACT_LAYER);
    buf_bytes(&facts->out, end->input, SHA256_BYTES);
    buf_bytes(&facts->out, end->output, SHA256_BYTES);
    wire_u64(&facts->out, end->input_bytes);
    wire_u64(&facts->out, end->output_bytes);
    wire_u64(&facts->out, end->entries);
    wire_u8(&facts->out, end->is_complete);
    wire_end(&facts->out, start);
}

bool pass_end_read(struct cursor rest, struct pass_end *out) {
    struct str input = cursor_take(&rest, SHA256_BYTES), output = cursor_take(&rest, SHA256_BYTES);
    *out = (struct pass_end){.input_bytes = cursor_le64(&rest),
                             .output_bytes = cursor_le64(&rest),
                             .entries = cursor_le64(&rest),
                             .is_complete = cursor_u8(&rest)};
    if (rest.failed) {
        return false;
    }
    memcpy(out->input, input.p, SHA256_BYTES);
    memcpy(out->output, output.p, SHA256_BYTES);
    return true;
}

/* What no builder writes: bytes behind the compressed data, an archive without its end, or with one in its
 * middle. */
static void note_oddities(struct pass *pass, const struct inflate *in, const struct tar *tar) {
    if (inflate_notice(in)) {
        note(pass, STR_NONE, false, inflate_notice(in));
    }
    if (tar_notice(tar)) {
        note(pass, STR_NONE, tar_left_bytes(tar), tar_notice(tar));
    }
}

/* Reads the layer to its end or to where it breaks; why says what broke. */
static void read_layer(struct pass *pass, struct pass_end *end, struct err *why) {
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    _cleanup_(tar_closep) struct tar *tar = NULL;
    int r = open_stream(pass, true, &in, &tar, why);
    if (r == 0) {
        r = walk(pass, tar, why);
    }
    end->entries = pass->entry;
    end->is_complete = r == 0;
    if (in) {
        end->input_bytes = inflate_input_offset(in);
        end->output_bytes = inflate_output_offset(in);
    }
    if (r == 0) {
        note_oddities(pass, in, tar);
        (void)inflate_digests(in, pass->layer->hashes_input ? end->input : NULL, end->output);
    }
}

int pass_layer(void *ctx, struct cage_port *port, struct err *err) {
    struct pass pass;
    struct pass_end end = {0};
    struct err why = ERR_NONE;
    int r = pass_open(&pass, ctx, port, err);
    if (r == 0) {
        read_layer(&pass, &end, &why);
        if (end.is_complete && pass.links.n) {
            end.is_complete = walk_links(&pass, &why) == 0;
        }
    }
    if (why.code < 0) {
        note(&pass, STR_NONE, true, why.message);
    }
    if (r == 0) {
        r = put_paths(&pass, err);
    }
    if (r == 0) {
        pass_end_write(&pass.facts, &end);
        r = flush(&pass, 0, err);
    }
    pass_close(&pass);
    return r;
}

/* ---- files that are handed in */

void pass_offer(struct buf *message, const struct entry *entry, uint64_t wanted) {
    wire_str(message, entry->path);
    wire_u64(message, entry->size);
    wire_u32(message, entry->mode);
    wire_u64(message, wanted);
}

static int read_whole(struct pass *pass, int fd, uint64_t size, struct err *err) {
    buf_clear(&pass->body);
    unsigned char *room = buf_room(&pass->body, (size_t)size);
    if (!room) {
        return err_memory(err);
    }
    int r = file_read_at(fd, 0, room, (size_t)size, err);
    pass->body.n = r == 0 ? (size_t)size : 0;
    return r;
}

/* The whole of a file for inspectors, or NULL with a problem of it. */
static bool read_given(struct pass *pass, int fd, const struct entry *entry) {
    struct err why = ERR_NONE;
    if (read_whole(pass, fd, entry->size, &why) == 0) {
        return true;
    }
    note(pass, entry->path, true, why.message);
    return false;
}

/* A file of any size, piece by piece: what can't be read any further ends it. */
static int scan_given(struct pass *pass, int fd, const struct entry *entry, struct err *err) {
    enum { PIECE = 256 * 1024 };
    int r = 0;
    if (place_archive(entry->path)) {
        const struct archive_bytes archive = {.fd = fd, .size = entry->size};
        return scan_archive(pass, entry, &archive, err);
    }
    if (!begin_secrets(pass, entry)) {
        return 0;
    }
    buf_clear(&pass->body);
    unsigned char *room = buf_room(&pass->body, PIECE);
    for (off_t at = 0; r == 0;) {
        ssize_t n = room ? pread(fd, room, PIECE, at) : 0;
        if (n <= 0) {
            break;
        }
        at += n;
        r = feed_secrets(pass, str_n((const char *)room, (size_t)n), err);
    }
    int end = end_secrets(pass, err);
    return r < 0 ? r : room ? end : err_memory(err);
}

static int scan_read(struct pass *pass, const struct entry *entry, struct err *err) {
    const struct archive_bytes archive = {.bytes = buf_view(&pass->body), .fd = -1};
    if (place_archive(entry->path)) {
        return scan_archive(pass, entry, &archive, err);
    }
    if (!begin_secrets(pass, entry)) {
        return 0;
    }
    int r = feed_secrets(pass, buf_view(&pass->body), err), end = end_secrets(pass, err);
    return r < 0 ? r : end;
}

static int inspect_given(struct pass *pass, int fd, const struct entry *entry, uint64_t wanted,
                         struct err *err) {
    bool spools, has_secrets = wanted & PASS_SECRETS;
    uint64_t mask = within_limits(pass, wanted & ~PASS_SECRETS, entry, &spools);
    if (!mask) {
        return has_secrets ? scan_given(pass, fd, entry, err) : 0;
    }
    struct inspection in = {.entry = entry, .spool = spools ? fd : -1};
    if (!spools && !read_given(pass, fd, entry)) {
        return 0;
    }
    in.body = spools ? STR_NONE : buf_view(&pass->body);
    int r = run_inspectors(pass, mask, &in, err);
    if (r == 0 && has_secrets && spools) {
        return scan_given(pass, fd, entry, err);
    }
    return r == 0 && has_secrets ? scan_read(pass, entry, err) : r;
}

static int take_parcel(struct pass *pass, struct str message, const int *fds, size_t n, struct err *err) {
    struct cursor in = cursor_over(message);
    for (size_t i = 0; i < n; i++) {
        struct entry entry = {.type = ENTRY_FILE, .path = wire_get_str(&in)};
        entry.size = cursor_le64(&in);
        entry.mode = cursor_le32(&in);
        uint64_t wanted = cursor_le64(&in);
        assert(!in.failed);
        int r = inspect_given(pass, fds[i], &entry, wanted, err);
        close(fds[i]);
        pass->entry++;
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

int pass_files(void *ctx, struct cage_port *port, struct err *err) {
    struct pass pass;
    struct str message;
    int fds[CAGE_PARCEL_FDS];
    size_t n;
    int r = pass_open(&pass, ctx, port, err);
    while (r == 0 && (r = cage_port_take(port, &message, fds, &n, err)) == 1) {
        r = take_parcel(&pass, message, fds, n, err);
    }
    if (r == 0) {
        struct pass_end end = {.entries = pass.entry, .is_complete = true};
        pass_end_write(&pass.facts, &end);
        r = flush(&pass, 0, err);
    }
    pass_close(&pass);
    return r;
}

/* ---- contents of a history */

static int scan_archived_blob(struct pass *pass, const struct pass_blob *blob, struct str place,
                              struct err *err) {
    const struct entry entry = {.path = place, .type = ENTRY_FILE, .size = blob->size};
    if (blob->size > LIMIT_BODY) {
        note(pass, place, true, "secrets: an archive larger than those that are opened");
        return 0;
    }
    buf_clear(&pass->body);
    unsigned char *bytes = buf_room(&pass->body, (size_t)blob->size);
    int r = bytes ? file_read_at(pass->layer->fd, (off_t)blob->offset, bytes, (size_t)blob->size, err)
                  : err_memory(err);
    const struct archive_bytes archive = {.bytes = str_n((const char *)bytes, (size_t)blob->size), .fd = -1};
    r = r == 0 ? scan_archive(pass, &entry, &archive, err) : r;
    arena_reset(&pass->scratch);
    return r;
}

static int scan_blob(struct pass *pass, const struct pass_blob *blob, struct err *err) {
    enum { PIECE = 256 * 1024 };
    const struct entry entry = {.path = blob->path, .type = ENTRY_FILE, .size = blob->size};
    struct str place = arena_strf(&pass->scratch, "%.*s:%.*s", STR_ARG(blob->label), STR_ARG(blob->path));
    unsigned char *room = buf_room(&pass->body, PIECE);
    if (!place.p || !room) {
        return err_memory(err);
    }
    if (place_archive(blob->path)) {
        return scan_archived_blob(pass, blob, place, err);
    }
    if (!begin_secrets(pass, &entry)) {
        return 0;
    }
    pass->secrets.path = place;
    int r = 0;
    for (uint64_t at = 0; r == 0 && at < blob->size; at += PIECE) {
        size_t n = (size_t)MIN(blob->size - at, (uint64_t)PIECE);
        r = file_read_at(pass->layer->fd, (off_t)(blob->offset + at), room, n, err);
        r = r == 0 ? feed_secrets(pass, str_n((const char *)room, n), err) : r;
    }
    int end = end_secrets(pass, err);
    arena_reset(&pass->scratch);
    return r < 0 ? r : end;
}

int pass_blobs(void *ctx, struct cage_port *port, struct err *err) {
    const struct pass_layer *layer = ctx;
    struct pass pass;
    int r = pass_open(&pass, layer, port, err);
    for (; r == 0 && pass.entry < layer->blobs_n; pass.entry++) {
        buf_clear(&pass.body);
        r = scan_blob(&pass, &layer->blobs[pass.entry], err);
    }
    r = r == 0 ? flush(&pass, 0, err) : r;
    pass_close(&pass);
    return r;
}

uint64_t pass_fingerprint(void) {
    char text[4096];
    int n = snprintf(text, sizeof text, "%d %llu", FORMAT_VERSION, (unsigned long long)surface_fingerprint);
    for (size_t i = 0; i < inspectors_n && n > 0 && (size_t)n < sizeof text; i++) {
        n += snprintf(text + n, sizeof text - (size_t)n, " %s=%u", inspectors[i]->name,
                      inspectors[i]->version);
    }
    assert((size_t)n < sizeof text);
    return hash_bytes(str_n(text, (size_t)n));
}
