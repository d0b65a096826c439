/* The history of a repository: what plimsoll-git writes of its contents, a batch at a time, goes to a caged
 * reader while the next batch is written. Only contents with secrets are remembered. */
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "inspect/inventory.h"
#include "inspect/pass.h"
#include "inspect/passed_over.h"
#include "inspect/read.h"
#include "inspect/reader.h"
#include "source/git/history.h"

#include <sys/mman.h>

enum { LANES = 2, MAX_PAIRS = 1000000, HEX = 2 * GIT_ID, PROBLEMS_TOLD = 20 };

/* One batch: its file, and the reader that is at it. */
struct lane {
    int fd;
    struct pass_layer pass;
    struct reader reader;
    VEC(struct pass_blob) blobs;
    struct arena names;
};

/* A secret stands in a content. */
struct pair {
    size_t secret; /* in the inventory */
    unsigned char id[GIT_ID];
};

struct story {
    struct commit *commit;
    const struct read_options *options;
    struct arena *arena;
    struct map *searched;
    struct inventory *inventory;
    struct lane lanes[LANES];
    struct map known; /* rule NUL hash NUL path → 1 + place in secrets */
    VEC(struct inventory_secret) secrets;
    VEC(struct pair) pairs;
    VEC(struct problem) problems;
    size_t unread;
};

/* ---- what readers found */

static int note(struct story *s, struct str place, const char *message, struct err *err) {
    if (++s->unread > PROBLEMS_TOLD) {
        return 0;
    }
    struct problem *problem = VEC_PUSH(s->arena, &s->problems);
    if (!problem) {
        return err_memory(err);
    }
    *problem = (struct problem){.place = arena_strf(s->arena, "history: %.*s", STR_ARG(place)),
                                .message = arena_strf(s->arena, "%s", message),
                                .is_incomplete = true};
    return problem->place.p && problem->message.p ? 0 : err_memory(err);
}

/* What the facts point to ends with them. */
static int keep_texts(struct story *s, struct inventory_secret *secret, struct err *err) {
    struct str *const texts[] = {&secret->path,      &secret->fact.rule,  &secret->fact.preview,
                                 &secret->fact.hash, &secret->fact.proof, &secret->fact.within};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        size_t n = texts[i]->n;
        *texts[i] = arena_str(s->arena, *texts[i]);
        if (n && !texts[i]->n) {
            return err_memory(err);
        }
    }
    return 0;
}

/* The secret at path, new or known, is in that content too. */
static int take_secret(struct story *s, const struct secret_fact *fact, struct str path,
                       const unsigned char id[GIT_ID], struct err *err) {
    struct str key = arena_strf(s->arena, "%.*s%c%.*s%c%.*s%c%.*s", STR_ARG(fact->rule), 0,
                                STR_ARG(fact->hash), 0, STR_ARG(path), 0, STR_ARG(fact->within));
    uint64_t *slot = key.p ? map_put(&s->known, key, NULL) : NULL;
    if (!slot) {
        return err_memory(err);
    }
    if ((!*slot && s->secrets.n >= LIMIT_SECRETS_TARGET) || s->pairs.n >= MAX_PAIRS) {
        return note(s, path, "more secrets than are kept of one target: the rest is left out", err);
    }
    if (!*slot) {
        struct inventory_secret *secret = VEC_PUSH(s->arena, &s->secrets);
        if (!secret) {
            return err_memory(err);
        }
        *secret = (struct inventory_secret){.path = path, .fact = *fact};
        if (keep_texts(s, secret, err) < 0) {
            return err->code;
        }
        *slot = s->secrets.n;
    }
    struct pair *pair = VEC_PUSH(s->arena, &s->pairs);
    if (!pair) {
        return err_memory(err);
    }
    pair->secret = (size_t)*slot - 1;
    memcpy(pair->id, id, GIT_ID);
    return 0;
}

static int take_facts(struct story *s, struct str facts, struct err *err) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_RECORD);
    struct cursor in = cursor_over(facts);
    struct fact fact;
    struct str path = STR_NONE;
    unsigned char id[GIT_ID] = {0};
    int r;
    while ((r = facts_next(&in, &scratch, &fact, err)) == 1) {
        r = 0;
        if (fact.kind == FACT_FILE && hex_decode(str_sub(fact.path, 0, HEX), id, GIT_ID)) {
            path = str_from(fact.path, HEX + 1);
        } else if (fact.kind == FACT_FILE) {
            path = fact.path;
        } else if (fact.kind == FACT_SECRET) {
            r = take_secret(s, &fact.secret, path, id, err);
        } else if (fact.kind == FACT_PROBLEM) {
            char message[256];
            snprintf(message, sizeof message, "%.*s", STR_ARG(fact.message));
            r = note(s, path, message, err);
        }
        if (r < 0) {
            return r;
        }
        arena_reset(&scratch);
    }
    return r;
}

/* ---- lanes */

static int open_lane(struct lane *lane, struct err *err) {
    *lane = (struct lane){
        .fd = memfd_create("history", MFD_CLOEXEC), .reader = READER_NONE, .names = arena_new(16 * MIB)};
    return lane->fd >= 0 ? 0 : err_set_errno(err, ERR_IO, "memory file");
}

static void close_lane(struct lane *lane) {
    reader_close(&lane->reader);
    closep(&lane->fd);
    arena_free(&lane->names);
}

/* Waits for what it is at; then it is empty. */
static int finish(struct story *s, struct lane *lane, struct err *err) {
    int r = 0;
    while (r == 0 && reader_is_running(&lane->reader) && !reader_ended(&lane->reader)) {
        r = cage_wait(&lane->reader.cage, 1, -1, err);
    }
    if (r == 0 && reader_is_running(&lane->reader)) {
        r = take_facts(s, reader_facts(&lane->reader), err);
        const struct err *why = reader_err(&lane->reader);
        r = r == 0 && why ? note(s, lane->blobs.p[0].path, why->message, err) : r;
    }
    reader_close(&lane->reader);
    arena_reset(&lane->names);
    lane->blobs.p = NULL;
    lane->blobs.n = lane->blobs.cap = 0;
    if (r == 0 && (ftruncate(lane->fd, 0) < 0 || lseek(lane->fd, 0, SEEK_SET) < 0)) {
        r = err_set_errno(err, ERR_IO, "memory file");
    }
    return r;
}

static int add_blob(struct lane *lane, const struct history_content *content, uint64_t *offset,
                    struct err *err) {
    char hex[HEX + 1];
    struct pass_blob *blob = VEC_PUSH(&lane->names, &lane->blobs);
    if (!blob) {
        return err_memory(err);
    }
    hex_encode(content->id, GIT_ID, hex);
    *blob = (struct pass_blob){.path = arena_str(&lane->names, content->path),
                               .label = arena_str(&lane->names, str_c(hex)),
                               .offset = *offset,
                               .size = content->size};
    *offset += content->size;
    return blob->path.p && blob->label.p ? 0 : err_memory(err);
}

static int start(struct story *s, struct lane *lane, struct err *err) {
    lane->pass =
        (struct pass_layer){.fd = lane->fd, .spool = -1, .blobs = lane->blobs.p, .blobs_n = lane->blobs.n};
    return lane->blobs.n ? reader_start(&lane->reader, s->options, pass_blobs, &lane->pass, s->arena, err)
                         : 0;
}

/* ---- contents */

static int wish_of(const struct story *s, const struct history_content *content) {
    enum { SOME = 1024 };
    struct str id = str_n((const char *)content->id, GIT_ID);
    if (content->problem.n || !secret_wants(content->path, SOME)) {
        return HISTORY_PASS;
    }
    return content->is_in_head && map_get(s->searched, id) ? HISTORY_KNOWN : HISTORY_WRITE;
}

/* Contents that were settled go to the lane's reader. */
static int take_some(struct story *s, struct lane *lane, const struct history_content *contents, size_t n,
                     struct err *err) {
    uint64_t offset = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        if (contents[i].problem.n) {
            r = note(s, contents[i].path, contents[i].problem.p, err);
        } else if (contents[i].is_written) {
            r = add_blob(lane, &contents[i], &offset, err);
        }
    }
    return r == 0 ? start(s, lane, err) : r;
}

static int take_batch(struct story *s, struct history_content *contents, size_t n, size_t *lane,
                      struct err *err) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_PACKET);
    unsigned char *wishes = arena_array(&scratch, n + 1, 1);
    size_t done = 0;
    int r = wishes ? 0 : err_memory(err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        wishes[i] = (unsigned char)wish_of(s, &contents[i]);
        r = contents[i].problem.n ? note(s, contents[i].path, contents[i].problem.p, err) : 0;
    }
    while (r == 0 && done < n) {
        size_t settled;
        struct lane *here = &s->lanes[(*lane)++ % LANES];
        r = finish(s, here, err);
        r = r == 0
                ? history_take(s->commit, wishes + done, here->fd, contents + done, n - done, &settled, err)
                : r;
        r = r == 0 ? take_some(s, here, contents + done, settled, err) : r;
        done += r == 0 ? settled : 0;
    }
    return r;
}

static int take_all(struct story *s, const struct history *history, struct err *err) {
    struct history_content *contents;
    size_t n, lane = 0;
    uint64_t done = 0;
    int r;
    while ((r = history_next(s->commit, &contents, &n, &done, err)) == 1) {
        r = take_batch(s, contents, n, &lane, err);
        if (r < 0) {
            return r;
        }
        if (s->options->progress) {
            s->options->progress(s->options->progress_ctx, "reading the history", done, history->commits);
        }
    }
    for (size_t i = 0; r == 0 && i < LANES; i++) {
        r = finish(s, &s->lanes[i], err);
    }
    return r;
}

/* ---- since when, until when */

/* Of all contents that a secret stands in: the earliest beginning, the latest end. */
struct span {
    bool is_known, is_in_head, stays, is_removed;
    uint32_t first, removed;
};

static void widen(struct span *span, const struct history_fate *fate) {
    if (!fate->is_known) {
        return;
    }
    span->first = span->is_known ? MIN(span->first, fate->first) : fate->first;
    span->is_known = true;
    span->is_in_head |= fate->is_in_head;
    span->stays |= !fate->is_removed;
    if (fate->is_removed) {
        span->removed = span->is_removed ? MAX(span->removed, fate->removed) : fate->removed;
        span->is_removed = true;
    }
}

static int ask_fates(struct story *s, struct span *spans, struct err *err) {
    unsigned char ids[HISTORY_ASKED][GIT_ID];
    struct history_fate fates[HISTORY_ASKED];
    int r = 0;
    for (size_t at = 0; r == 0 && at < s->pairs.n; at += HISTORY_ASKED) {
        size_t n = MIN(s->pairs.n - at, (size_t)HISTORY_ASKED);
        for (size_t i = 0; i < n; i++) {
            memcpy(ids[i], s->pairs.p[at + i].id, GIT_ID);
        }
        r = history_fates(s->commit, (const unsigned char(*)[GIT_ID])ids, fates, n, err);
        for (size_t i = 0; r == 0 && i < n; i++) {
            widen(&spans[s->pairs.p[at + i].secret], &fates[i]);
        }
    }
    return r;
}

static int name_commit(struct story *s, uint32_t number, struct inventory_commit *out, struct err *err) {
    struct history_commit commit;
    _cleanup_(buf_free) struct buf author = buf_new(LIMIT_FIELD);
    char hex[HEX + 1];
    int r = history_commits(s->commit, &number, &commit, 1, s->arena, err);
    if (r < 0) {
        return r;
    }
    hex_encode(commit.id, GIT_ID, hex);
    utf8_put_safe(&author, commit.author);
    *out = (struct inventory_commit){.id = arena_str(s->arena, str_c(hex)),
                                     .time = commit.time,
                                     .author = arena_str(s->arena, buf_view(&author))};
    return out->id.p && out->author.p ? 0 : err_memory(err);
}

static int tell_spans(struct story *s, struct err *err) {
    struct span *spans = arena_array(s->arena, s->secrets.n + 1, sizeof *spans);
    int r = spans ? ask_fates(s, spans, err) : err_memory(err);
    for (size_t i = 0; r == 0 && i < s->secrets.n; i++) {
        struct inventory_secret *secret = &s->secrets.p[i];
        const struct span *span = &spans[i];
        if (!span->is_known) {
            continue;
        }
        secret->has_history = true;
        secret->is_in_head = span->is_in_head;
        r = name_commit(s, span->first, &secret->since, err);
        if (r == 0 && !span->is_in_head && !span->stays && span->is_removed) {
            r = name_commit(s, span->removed, &secret->removed, err);
        }
    }
    return r;
}

/* ---- the whole */

static int take_known(struct story *s, struct err *err) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < s->inventory->secrets_n; i++) {
        const struct inventory_secret *secret = &s->inventory->secrets[i];
        const struct commit_file *file = commit_find(s->commit, secret->path);
        r = file ? take_secret(s, &secret->fact, secret->path, file->id, err) : 0;
    }
    return r;
}

static int keep(struct story *s, struct err *err) {
    struct inventory *inventory = s->inventory;
    size_t n = inventory->problems_n;
    struct problem *all = arena_array(s->arena, n + s->problems.n + 1, sizeof *all);
    if (!all) {
        return err_memory(err);
    }
    if (n) {
        memcpy(all, inventory->problems, n * sizeof *all);
    }
    if (s->problems.n) {
        memcpy(all + n, s->problems.p, s->problems.n * sizeof *all);
    }
    inventory->problems = all;
    inventory->problems_n = MIN(n + s->problems.n, (size_t)LIMIT_PROBLEMS);
    inventory->secrets = s->secrets.p;
    inventory->secrets_n = s->secrets.n;
    return 0;
}

static int note_gaps(struct story *s, const struct history *history, struct err *err) {
    char message[160];
    if (history->is_cut) {
        snprintf(message, sizeof message, "more than %d commits: the others are not read", LIMIT_GIT_COMMITS);
        return note(s, STR("commits"), message, err);
    }
    if (!history->missing) {
        return 0;
    }
    snprintf(message, sizeof message, "%s: what is before %llu of its commits is not there%s",
             history->is_shallow ? "a shallow clone" : "a damaged repository",
             (unsigned long long)history->missing,
             history->is_shallow ? "; get it by git fetch --unshallow" : "");
    return note(s, STR("commits"), message, err);
}

int read_git_history(struct commit *commit, struct str range, const struct read_options *options,
                     struct arena *arena, struct map *searched, struct inventory *inventory,
                     struct err *err) {
    struct story s = {.commit = commit,
                      .options = options,
                      .arena = arena,
                      .searched = searched,
                      .inventory = inventory,
                      .known = map_new(arena)};
    struct history history;
    int r = 0;
    for (size_t i = 0; i < LANES; i++) {
        int opened = open_lane(&s.lanes[i], err);
        r = r == 0 ? opened : r;
    }
    r = r == 0 ? history_begin(commit, range, &history, err) : r;
    r = r == 0 ? take_known(&s, err) : r;
    r = r == 0 ? note_gaps(&s, &history, err) : r;
    r = r == 0 ? take_all(&s, &history, err) : r;
    r = r == 0 ? tell_spans(&s, err) : r;
    r = r == 0 ? keep(&s, err) : r;
    for (size_t i = 0; i < LANES; i++) {
        close_lane(&s.lanes[i]);
    }
    return r;
}
