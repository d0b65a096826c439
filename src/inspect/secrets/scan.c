#include "inspect/secrets/scan.h"

#include "base/limits.h"
#include "base/mem.h"
#include "inspect/secrets/candidate.h"
#include "inspect/secrets/compile.h"
#include "inspect/secrets/files.h"
#include "inspect/secrets/window.h"

enum {
    WINDOW = 512 * 1024,
    BACK = LIMIT_SECRET_WIDTH + 256, /* of the window that the next one begins with: a match and its words */
    PIECE = 16 * 1024,               /* of UTF-16, at a time */
    LINE_SHOWN = 400,                /* of a comment */
};

struct candidate {
    uint32_t list, rule; /* in the set */
    uint32_t end;        /* in the window */
};

/* Bytes of the file's text that a secret was found in: others give way. */
struct taken {
    uint64_t start, end;
};

/* What has a kind's form without its proof is no secret by its name either: the last ones are remembered. */
enum { REFUTED = 64 };

struct reading {
    struct str path;
    enum secret_place place;
    const struct secret_reader *reader; /* NULL: none reads files of this name */
    uint64_t size, seen;
    enum text_encoding encoding;
    unsigned char odd; /* first half of a character of UTF-16 */
    bool has_odd;
    bool is_known; /* the encoding is */
    bool is_over;  /* nothing more is looked at */
    bool is_whole; /* it came in one piece, and was looked at */
    struct window window;
    struct buf body; /* of a file that its reader wants whole */
    size_t judged;   /* bytes of the window whose candidates were judged */
    size_t candidates, found;
    struct taken refuted[REFUTED];
    size_t refuted_n;
};

struct secret_scanner {
    const struct secret_set *set;
    struct secret_sink sink;
    struct secret_room *room;
    struct arena patterns; /* of the matchers */
    struct arena scratch;
    struct secret_matcher *matchers[SECRET_LISTS]; /* by rule */
    uint32_t *last[SECRET_LISTS];                  /* by rule: where the candidate before ended */
    struct candidate *candidates;
    size_t candidates_n;
    struct taken *taken;
    struct reading file;
    /* Of the scan of one window. */
    uint32_t list;
    size_t from, to;
};

/* ---- the set */

void secret_set_add(struct secret_set *set, const struct secret_rules *rules) {
    assert(set->lists_n < SECRET_LISTS);
    set->lists[set->lists_n++] = (struct secret_list){.rules = rules};
}

static int open_list(struct secret_set *set, struct secret_list *list, struct err *err) {
    struct str bytes = list->rules->database;
    struct err foreign = ERR_NONE;
    int r = bytes.n ? secret_database_open(&list->database, bytes, &foreign) : 0;
    if (r < 0 && r != ERR_UNSUPPORTED) {
        *err = foreign;
    }
    if (r == ERR_UNSUPPORTED) {
        set->was_compiled = true;
        r = secret_rules_open_anew(list->rules, set->cache, &list->database, err);
    }
    return r;
}

int secret_set_open(struct secret_set *set, struct err *err) {
    if (!set->is_open && !set->why.code) {
        int r = secret_key_ready(&set->key, &set->why);
        for (size_t i = 0; r == 0 && i < set->lists_n; i++) {
            r = open_list(set, &set->lists[i], &set->why);
        }
        set->is_open = r == 0;
    }
    return set->why.code ? err_set(err, (enum err_code)set->why.code, "%s", set->why.message) : 0;
}

void secret_set_close(struct secret_set *set) {
    for (size_t i = 0; i < set->lists_n; i++) {
        secret_database_close(set->lists[i].database);
    }
    *set = (struct secret_set){0};
}

uint64_t secret_set_fingerprint(const struct secret_set *set) {
    enum { VERSION = 3 };
    uint64_t parts[2 + SECRET_LISTS] = {VERSION, secret_key_fingerprint(&set->key)};
    for (size_t i = 0; i < set->lists_n; i++) {
        parts[2 + i] = set->lists[i].rules->digest;
    }
    return hash_bytes(str_n((const char *)parts, sizeof parts));
}

/* ---- the scanner */

static int make_lists(struct secret_scanner *scanner, struct err *err) {
    for (size_t i = 0; i < scanner->set->lists_n; i++) {
        const struct secret_list *list = &scanner->set->lists[i];
        scanner->matchers[i] = mem_alloc_zero((list->rules->n + 1) * sizeof *scanner->matchers[i]);
        scanner->last[i] = mem_alloc_zero((list->rules->n + 1) * sizeof *scanner->last[i]);
        if (!scanner->matchers[i] || !scanner->last[i]) {
            return err_memory(err);
        }
        int r = list->database ? secret_room_fit(&scanner->room, list->database, err) : 0;
        if (r < 0) {
            return r;
        }
    }
    return 0;
}

int secret_scanner_new(struct secret_scanner **out, const struct secret_set *set, struct secret_sink sink,
                       struct err *err) {
    struct secret_scanner *scanner = mem_alloc_zero(sizeof *scanner);
    if (!scanner) {
        return err_memory(err);
    }
    assert(set->is_open);
    scanner->set = set;
    scanner->sink = sink;
    scanner->patterns = arena_new(LIMIT_REGEX_BYTES);
    scanner->scratch = arena_new(LIMIT_DOC_BYTES);
    scanner->candidates = mem_alloc(LIMIT_SECRET_CANDIDATES * sizeof *scanner->candidates);
    scanner->taken = mem_alloc(LIMIT_SECRETS * sizeof *scanner->taken);
    int r = scanner->candidates && scanner->taken ? make_lists(scanner, err) : err_memory(err);
    if (r < 0) {
        secret_scanner_free(scanner);
        return r;
    }
    *out = scanner;
    return 0;
}

void secret_scanner_free(struct secret_scanner *scanner) {
    if (!scanner) {
        return;
    }
    for (size_t i = 0; i < scanner->set->lists_n; i++) {
        for (size_t rule = 0; scanner->matchers[i] && rule < scanner->set->lists[i].rules->n; rule++) {
            if (scanner->matchers[i][rule].is_made) {
                regex_matcher_free(&scanner->matchers[i][rule].regex);
            }
        }
        mem_free(scanner->matchers[i]);
        mem_free(scanner->last[i]);
    }
    secret_room_free(scanner->room);
    window_free(&scanner->file.window);
    value_wipe(&scanner->file.body);
    arena_free(&scanner->patterns);
    arena_free(&scanner->scratch);
    mem_free(scanner->candidates);
    mem_free(scanner->taken);
    mem_free(scanner);
}

/* ---- one secret */

static const struct secret_rule *rule_of(const struct secret_scanner *scanner, const struct candidate *c) {
    return &scanner->set->lists[c->list].rules->p[c->rule];
}

static bool is_taken(const struct secret_scanner *scanner, uint64_t start, uint64_t end) {
    for (size_t i = 0; i < scanner->file.found; i++) {
        if (start < scanner->taken[i].end && scanner->taken[i].start < end) {
            return true;
        }
    }
    return false;
}

static bool is_refuted(const struct reading *file, uint64_t start, uint64_t end) {
    for (size_t i = 0; i < MIN(file->refuted_n, (size_t)REFUTED); i++) {
        if (start < file->refuted[i].end && file->refuted[i].start < end) {
            return true;
        }
    }
    return false;
}

static enum severity lowered(enum severity severity) {
    return severity > SEVERITY_LOW ? severity - 1 : severity;
}

static int problem(struct secret_scanner *scanner, const char *message, struct err *err) {
    return scanner->sink.problem(scanner->sink.ctx, message, err);
}

/* One more secret of the file; true when it is the last that is told. */
static bool count_secret(struct secret_scanner *scanner, uint64_t start, uint64_t end) {
    struct reading *file = &scanner->file;
    scanner->taken[file->found++] = (struct taken){start, end};
    return file->found == LIMIT_SECRETS;
}

static int tell(struct secret_scanner *scanner, const struct secret_rule *rule, struct str value,
                const struct proof *proof, struct window_place at, struct err *err) {
    char preview[PREVIEW_BYTES], hash[SECRET_HASH_HEX + 1];
    bool is_block = rule->proof == PROOF_PRIVATE_KEY;
    value_preview(is_block ? STR_NONE : value, preview);
    if (is_block) {
        snprintf(preview, sizeof preview, "(%zu characters)", value.n);
    }
    value_hash(scanner->set->key.digest, value, hash);
    enum severity severity = proof && proof->is_weak ? lowered(rule->severity) : rule->severity;
    const struct secret secret = {.rule = rule,
                                  .severity = scanner->file.place ? lowered(severity) : severity,
                                  .place = scanner->file.place,
                                  .line = at.line,
                                  .column = at.column,
                                  .preview = str_c(preview),
                                  .hash = str_c(hash),
                                  .proof = proof ? str_c(proof->words) : STR_NONE};
    return scanner->sink.take(scanner->sink.ctx, &secret, err);
}

/* A comment for scanners on the secret's line or the one above; nothing of what is behind the secret's
 * beginning, which may be the secret. */
static int tell_comments(struct secret_scanner *scanner, struct str text, size_t at, uint32_t line,
                         struct err *err) {
    static const struct str marker = {"plimsoll:ignore", 15};
    struct str before = str_sub(text, 0, at), above;
    size_t start = (size_t)(str_rfind_byte(before, '\n') + 1);
    ptrdiff_t end = str_find_byte(str_from(text, at), '\n');
    if (!scanner->sink.comment) {
        return 0;
    }
    struct str behind = str_sub(text, at, end < 0 ? text.n - at : (size_t)end);
    struct str same = str_from(before, start);
    above = str_sub(text, 0, start ? start - 1 : 0);
    above = str_from(above, (size_t)(str_rfind_byte(above, '\n') + 1));
    const struct {
        struct str line;
        uint32_t number;
    } places[] = {{above, line - 1}, {same, line}, {behind, line}};
    int r = 0;
    for (size_t i = 0; r == 0 && i < ARRAY_SIZE(places); i++) {
        ptrdiff_t found = str_find(places[i].line, marker);
        if (found >= 0 && places[i].number) {
            r = scanner->sink.comment(scanner->sink.ctx, places[i].number,
                                      str_sub(places[i].line, (size_t)found, LINE_SHOWN), err);
        }
    }
    return r;
}

static int end_full(struct secret_scanner *scanner, struct err *err) {
    char message[128];
    snprintf(message, sizeof message, "more than %d secrets: the rest of the file is not looked at",
             LIMIT_SECRETS);
    scanner->file.is_over = true;
    return problem(scanner, message, err);
}

static int judge_one(struct secret_scanner *scanner, const struct candidate *c, struct str text,
                     struct err *err) {
    struct reading *file = &scanner->file;
    const struct secret_rule *rule = rule_of(scanner, c);
    struct confirmed found = {.is_refuted = false};
    if (rule->rank == RANK_NAMED && file->place != PLACE_OWN) {
        return 0;
    }
    arena_reset(&scanner->scratch);
    int r = candidate_confirm(&scanner->matchers[c->list][c->rule], &scanner->patterns, &scanner->scratch,
                              rule, text, c->end, scanner->set->now, &found, err);
    if (r < 0 || (r == 0 && !found.is_refuted)) {
        return r;
    }
    size_t at = (size_t)(found.value.p - text.p);
    uint64_t start = file->window.offset + at, end = start + found.value.n;
    if (found.is_refuted) {
        file->refuted[file->refuted_n++ % REFUTED] = (struct taken){start, end};
        return 0;
    }
    if (is_taken(scanner, start, end) || (rule->rank >= RANK_GENERIC && is_refuted(file, start, end))) {
        return 0;
    }
    struct window_place place = window_place(&file->window, text, at);
    bool is_last = count_secret(scanner, start, end);
    r = tell(scanner, rule, found.value, &found.proof, place, err);
    r = r == 0 ? tell_comments(scanner, text, at, place.line, err) : r;
    return r == 0 && is_last ? end_full(scanner, err) : r;
}

/* ---- one window */

static int take_match(void *ctx, unsigned rule, uint64_t end) {
    struct secret_scanner *scanner = ctx;
    uint32_t *last = &scanner->last[scanner->list][rule];
    bool is_longer = *last && end == (uint64_t)*last + 1; /* of an open-ended pattern: the first end does */
    *last = (uint32_t)end;
    if (is_longer || end <= scanner->from || end > scanner->to) {
        return 0;
    }
    if (scanner->candidates_n == LIMIT_SECRET_CANDIDATES) {
        return 1;
    }
    scanner->candidates[scanner->candidates_n++] = (struct candidate){scanner->list, rule, (uint32_t)end};
    return 0;
}

static int by_rank(const void *a, const void *b, void *ctx) {
    const struct candidate *x = a, *y = b;
    int order = (int)rule_of(ctx, x)->rank - (int)rule_of(ctx, y)->rank;
    return order ? order : (x->end > y->end) - (x->end < y->end);
}

static int find_candidates(struct secret_scanner *scanner, struct str text, struct err *err) {
    int r = 0;
    scanner->candidates_n = 0;
    for (uint32_t i = 0; r == 0 && i < scanner->set->lists_n; i++) {
        const struct secret_list *list = &scanner->set->lists[i];
        scanner->list = i;
        memset(scanner->last[i], 0, list->rules->n * sizeof *scanner->last[i]);
        r = list->database ? secret_database_scan(list->database, scanner->room, text, take_match, scanner)
                           : 0;
    }
    return r < 0 ? err_memory(err) : r;
}

/* Looks at text, of which the first `from` bytes were judged before and those behind `to` will be with the
 * next window. */
static int scan_text(struct secret_scanner *scanner, struct str text, size_t from, size_t to,
                     struct err *err) {
    struct reading *file = &scanner->file;
    scanner->from = from;
    scanner->to = to;
    int r = find_candidates(scanner, text, err);
    if (r < 0) {
        return r;
    }
    bool is_flood = r == 1;
    qsort_r(scanner->candidates, scanner->candidates_n, sizeof *scanner->candidates, by_rank, scanner);
    r = 0;
    for (size_t i = 0; r == 0 && !file->is_over && i < scanner->candidates_n; i++) {
        is_flood |= ++file->candidates > LIMIT_SECRET_CANDIDATES;
        r = is_flood && file->candidates > LIMIT_SECRET_CANDIDATES
                ? 0
                : judge_one(scanner, &scanner->candidates[i], text, err);
    }
    if (r == 0 && is_flood && !file->is_over) {
        file->is_over = true;
        r = problem(scanner, "too many places that look like secrets: the rest of the file is not looked at",
                    err);
    }
    return r;
}

static int scan_window(struct secret_scanner *scanner, bool is_last, struct err *err) {
    struct reading *file = &scanner->file;
    struct str text = window_text(&file->window);
    size_t to = is_last ? text.n : text.n - PROOF_REACH;
    int r = scan_text(scanner, text, file->judged, to, err);
    if (!is_last) {
        window_slide(&file->window, to - BACK);
        file->judged = BACK;
    }
    return r;
}

static int add_text(struct secret_scanner *scanner, struct str text, struct err *err) {
    struct reading *file = &scanner->file;
    int r = 0;
    while (r == 0 && text.n && !file->is_over) {
        size_t n = window_add(&file->window, text, WINDOW);
        if (!n && window_text(&file->window).n < WINDOW) {
            return err_memory(err);
        }
        text = str_from(text, n);
        if (window_text(&file->window).n == WINDOW) {
            r = scan_window(scanner, false, err);
        }
    }
    return r;
}

/* ---- UTF-16 becomes UTF-8; what is no pair of surrogates becomes U+FFFD */

static int add_utf16(struct secret_scanner *scanner, struct str bytes, struct err *err) {
    struct reading *file = &scanner->file;
    char out[PIECE];
    int r = 0;
    while (r == 0 && bytes.n && !file->is_over) {
        size_t used, n = window_utf16(bytes, file->encoding == TEXT_UTF16_BE, &file->odd, &file->has_odd, out,
                                      sizeof out, &used);
        bytes = str_from(bytes, used);
        r = add_text(scanner, str_n(out, n), err);
    }
    return r;
}

/* ---- files whose form is known */

struct found_in_file {
    struct secret_scanner *scanner;
    const struct secret_rule *rule;
    struct str text;
};

static const struct secret_rule *rule_of_reader(const struct secret_scanner *scanner, struct str name) {
    for (size_t i = 0; i < scanner->set->lists_n; i++) {
        const struct secret_rules *rules = scanner->set->lists[i].rules;
        for (size_t rule = 0; rule < rules->n; rule++) {
            if (str_eq(rules->p[rule].file, name)) {
                return &rules->p[rule];
            }
        }
    }
    return NULL;
}

/* Where it stands in the text, when it is a part of it. */
static bool is_part(struct str text, struct str value, size_t *at) {
    uintptr_t start = (uintptr_t)text.p, p = (uintptr_t)value.p;
    *at = p - start;
    return text.p && p >= start && *at <= text.n && value.n <= text.n - *at;
}

static int take_from_file(void *ctx, struct str value, uint32_t line, uint32_t column, struct err *err) {
    struct found_in_file *in = ctx;
    struct secret_scanner *scanner = in->scanner;
    size_t at;
    bool is_here = is_part(in->text, value, &at);
    if (!value.n || value_is_placeholder(value) || scanner->file.is_over ||
        (is_here && is_taken(scanner, at, at + value.n))) {
        return 0;
    }
    struct window_place place = {line, column};
    if (is_here) {
        place = window_place(&scanner->file.window, in->text, at);
    }
    bool is_last = count_secret(scanner, is_here ? at : 0, is_here ? at + value.n : 0);
    int r = tell(scanner, in->rule, value, NULL, place, err);
    if (r == 0 && is_here) {
        r = tell_comments(scanner, in->text, at, place.line, err);
    }
    return r == 0 && is_last ? end_full(scanner, err) : r;
}

/* One that is of another form is read as any text. */
static int read_file(struct secret_scanner *scanner, struct str text, struct err *err) {
    const struct secret_reader *reader = scanner->file.reader;
    struct found_in_file in = {scanner, rule_of_reader(scanner, str_c(reader->name)), text};
    struct secret_file file = {text, &scanner->scratch, take_from_file, &in};
    struct err ignored = ERR_NONE;
    arena_reset(&scanner->scratch);
    int r = in.rule ? reader->read(&file, &ignored) : 0;
    return r == ERR_MEMORY ? err_memory(err) : 0;
}

/* ---- a file */

bool secret_wants(struct str path, uint64_t size) {
    return size >= LIMIT_SECRET_WIDTH_MIN && (!place_is_noise(path) || place_archive(path));
}

bool secret_scanner_begin(struct secret_scanner *scanner, struct str path, uint64_t size) {
    struct window window = scanner->file.window;
    struct buf body = scanner->file.body;
    if (!secret_wants(path, size) || place_archive(path)) {
        return false;
    }
    window_begin(&window);
    scanner->file = (struct reading){.path = path,
                                     .place = secret_place_of(path),
                                     .reader = secret_reader_for(path),
                                     .size = size,
                                     .window = window,
                                     .body = body};
    return true;
}

/* The whole text is at hand. */
static int scan_whole(struct secret_scanner *scanner, struct str text, struct err *err) {
    int r = scanner->file.reader ? read_file(scanner, text, err) : 0;
    return r == 0 && !scanner->file.is_over ? scan_text(scanner, text, 0, text.n, err) : r;
}

static int feed_first(struct secret_scanner *scanner, struct str bytes, struct err *err) {
    struct reading *file = &scanner->file;
    file->is_known = true;
    file->encoding = place_encoding(bytes);
    file->is_over = file->encoding == TEXT_BINARY;
    if (file->encoding != TEXT_BYTES || (file->reader && file->size > file->reader->body_max)) {
        file->reader = NULL;
    }
    file->is_whole = file->encoding == TEXT_BYTES && bytes.n >= file->size;
    if (!file->is_whole && file->reader) {
        file->body = buf_new(file->reader->body_max);
    }
    return file->is_whole ? scan_whole(scanner, bytes, err) : 0;
}

/* A file that is longer than its reader wants flows by as others do. */
static int collect(struct secret_scanner *scanner, struct str bytes, struct err *err) {
    struct reading *file = &scanner->file;
    bool fits = bytes.n <= file->reader->body_max - file->body.n;
    if (fits) {
        buf_str(&file->body, bytes);
        return file->body.failed ? err_memory(err) : 0;
    }
    file->reader = NULL;
    int r = add_text(scanner, buf_view(&file->body), err);
    return r == 0 ? add_text(scanner, bytes, err) : r;
}

int secret_scanner_feed(struct secret_scanner *scanner, struct str bytes, struct err *err) {
    struct reading *file = &scanner->file;
    int r = bytes.n && !file->is_known ? feed_first(scanner, bytes, err) : 0;
    if (r < 0 || file->is_over || file->is_whole || !bytes.n) {
        return r;
    }
    file->seen += bytes.n;
    if (file->seen > LIMIT_SECRET_TEXT) {
        file->is_over = true;
        return problem(scanner, "more text than is looked through for secrets: the rest is not", err);
    }
    if (file->reader) {
        return collect(scanner, bytes, err);
    }
    return file->encoding == TEXT_BYTES ? add_text(scanner, bytes, err) : add_utf16(scanner, bytes, err);
}

bool secret_scanner_is_done(const struct secret_scanner *scanner) {
    return scanner->file.is_over || scanner->file.is_whole;
}

int secret_scanner_end(struct secret_scanner *scanner, struct err *err) {
    struct reading *file = &scanner->file;
    int r = 0;
    if (!file->is_over && !file->is_whole) {
        r = file->reader ? scan_whole(scanner, buf_view(&file->body), err) : scan_window(scanner, true, err);
    }
    window_wipe(&file->window);
    value_wipe(&file->body);
    arena_reset(&scanner->scratch);
    return r;
}
