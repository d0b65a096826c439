#include "cmd/scan_fix.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "doc/diff.h"
#include "doc/json.h"
#include "doc/json_write.h"
#include "infra/compose/compose.h"
#include "infra/dockerfile.h"
#include "lsp/position.h"
#include "policy/review.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

struct fixing {
    const struct scan_fix *fix;
    const struct cel_env *env; /* of all readings of files, in the cages too */
    struct arena arena;
    struct arena scratch; /* of one page of findings, of one finding */
    struct map wanted;    /* finding's name → 1 */
    struct map seen;      /* paths */
    VEC(struct str) paths;
    struct map places; /* of an open finding → its number in the store */
    size_t places_n;
    int root;
    struct buf *diff;
    struct scan_fixed *out;
};

/* ---- which findings */

/* Failures of one check on one resource: all of them are to be mended, or only those that are named. */
enum { WANT_ALL = 1, WANT_NAMED = 2 };

/* Findings read at once: some 300 KB of them. */
enum { PAGE = 512 };

static struct str name_of(struct arena *arena, struct str rule, struct str resource, struct str item) {
    return arena_strf(arena, "%.*s\n%.*s\n%.*s", STR_ARG(rule), STR_ARG(resource), STR_ARG(item));
}

/* The value of a key that lies in the scratch arena; a new one is copied. */
static uint64_t *put_key(struct fixing *f, struct map *map, struct str key) {
    uint64_t *value = key.p ? map_get(map, key) : NULL;
    if (value || !key.p) {
        return value;
    }
    struct str copy = arena_str(&f->arena, key);
    return copy.p ? map_put(map, copy, NULL) : NULL;
}

static uint64_t *put_name(struct fixing *f, struct str rule, struct str resource, struct str item) {
    return put_key(f, &f->wanted, name_of(&f->scratch, rule, resource, item));
}

static int add_path(struct fixing *f, struct str path, struct err *err) {
    struct str *slot = NULL;
    uint64_t *number = put_key(f, &f->seen, path);
    if (!number || *number) {
        return number ? 0 : err_memory(err);
    }
    struct str copy = arena_str(&f->arena, path);
    if (copy.p && (slot = VEC_PUSH(&f->arena, &f->paths))) {
        *slot = copy;
        *number = f->paths.n;
    }
    return slot ? 0 : err_memory(err);
}

/* Items have names or numbers that a fix may change, so they count only where some were set aside. */
static int note(struct fixing *f, const struct finding *finding, struct err *err) {
    const struct doc *evidence;
    int r = json_parse(&f->scratch, finding->evidence, &evidence, err);
    if (r < 0) {
        return r;
    }
    struct str resource = doc_str(doc_get(evidence, STR("resource")));
    uint64_t *whole = put_name(f, finding->rule, resource, STR("*"));
    if (!whole) {
        return err_memory(err);
    }
    if (finding->status != FINDING_OPEN) {
        *whole = WANT_NAMED;
        return 0;
    }
    *whole = *whole ? *whole : WANT_ALL;
    uint64_t *named = put_name(f, finding->rule, resource, doc_str(doc_get(evidence, STR("item"))));
    if (!named) {
        return err_memory(err);
    }
    *named = *named ? *named : WANT_ALL;
    return add_path(f, finding->path, err);
}

/* The same finding when its file is looked at alone. */
static struct str place_of(struct arena *arena, struct str path, struct str rule, struct doc_place at,
                           struct str item) {
    return arena_strf(arena, "%.*s\n%.*s\n%u:%u\n%.*s", STR_ARG(path), STR_ARG(rule), at.line, at.column,
                      STR_ARG(item));
}

static int note_place(struct fixing *f, const struct finding *finding, struct err *err) {
    const struct doc *evidence;
    int r = json_parse(&f->scratch, finding->evidence, &evidence, err);
    if (r < 0) {
        return r;
    }
    struct str place = place_of(&f->scratch, finding->path, finding->rule,
                                (struct doc_place){finding->line, finding->column, 0},
                                doc_str(doc_get(evidence, STR("item"))));
    uint64_t *slot = put_key(f, &f->places, place);
    if (!slot) {
        return err_memory(err);
    }
    *slot = *slot ? *slot : (uint64_t)finding->id;
    return 0;
}

static bool has_patch(const struct check_list *checks, struct str rule) {
    for (size_t i = 0; i < checks->n; i++) {
        if (str_eq(checks->p[i]->id, rule)) {
            return checks->p[i]->patches_n > 0;
        }
    }
    return false;
}

static int by_name(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static bool can_be_mended(const struct fixing *f, const struct finding *finding) {
    return finding->kind == FINDING_CONFIGURATION && has_patch(f->fix->checks, finding->rule);
}

static void sort_paths(struct fixing *f) {
    if (f->paths.n) {
        qsort(f->paths.p, f->paths.n, sizeof *f->paths.p, by_name);
    }
}

/* All findings, for mending. */
static int collect(struct fixing *f, struct err *err) {
    struct finding_list page = {.n = PAGE};
    int64_t after = 0;
    int r = 0;
    while (r == 0 && page.n == PAGE) {
        arena_reset(&f->scratch);
        r = store_get_findings_after(f->fix->store, &f->scratch, f->fix->run, after, PAGE, &page, err);
        for (size_t i = 0; r == 0 && i < page.n; i++) {
            const struct finding *finding = &page.p[i];
            after = finding->id;
            if (finding->path.n && can_be_mended(f, finding)) {
                r = note(f, finding, err);
            }
        }
    }
    sort_paths(f);
    return r;
}

/* Of the worst findings, which reports write; they come without the columns that are read here. */
static int take_worst(void *ctx, const struct finding *brief, struct err *err) {
    struct fixing *f = ctx;
    struct finding finding;
    if (brief->status != FINDING_OPEN || f->places_n == LIMIT_FIX_FINDINGS || !can_be_mended(f, brief)) {
        return 0;
    }
    arena_reset(&f->scratch);
    int r = store_get_finding(f->fix->store, &f->scratch, brief->id, &finding, err);
    if (r < 0 || !finding.path.n || (f->paths.n == LIMIT_FIX_FILES && !map_get(&f->seen, finding.path))) {
        return r;
    }
    f->places_n++;
    r = add_path(f, finding.path, err);
    return r == 0 ? note_place(f, &finding, err) : r;
}

static int collect_worst(struct fixing *f, struct err *err) {
    int r = store_each_finding(f->fix->store, f->fix->run, take_worst, f, err);
    sort_paths(f);
    return r;
}

static uint64_t wish_for(const struct fixing *f, const struct outcome *outcome, struct str item) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct resource *resource = outcome->resource;
    struct str name =
        name_of(&arena, outcome->check->id, resource->part_of ? resource->part_of->key : resource->key, item);
    const uint64_t *wish = name.p ? map_get(&f->wanted, name) : NULL;
    return wish ? *wish : 0;
}

static bool is_wanted(void *ctx, const struct fix_text *now, const struct resources *set,
                      const struct outcome *outcome) {
    uint64_t wish = wish_for(ctx, outcome, STR("*"));
    return wish == WANT_ALL || (wish == WANT_NAMED && wish_for(ctx, outcome, outcome->item));
}

/* ---- files */

static int open_below(int root, const char *path, uint64_t flags) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

/* False when it is no plain file that can be read. */
static bool read_below(struct fixing *f, const char *path, struct buf *text, struct stat *st) {
    _cleanup_(closep) int fd = open_below(f->root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    return fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode) && file_read_fd(fd, text, NULL) == 0;
}

static int fill(int fd, struct str text, const struct stat *st, struct err *err) {
    int r = file_write_fd(fd, text, err);
    if (r < 0) {
        return r;
    }
    if (fchown(fd, st->st_uid, st->st_gid) < 0 && errno != EPERM) {
        return err_set_errno(err, ERR_IO, "owner");
    }
    return fchmod(fd, st->st_mode & 07777) < 0 || fsync(fd) < 0 ? err_set_errno(err, ERR_IO, "write") : 0;
}

static int replace_below(struct fixing *f, const char *path, struct str text, const struct stat *st,
                         struct err *err) {
    struct str folder = str_dirname(str_c(path)), name = str_basename(str_c(path));
    const char *parent = folder.n ? arena_cstr(&f->arena, folder) : ".";
    const char *fresh = arena_printf(&f->arena, "%.*s.%ld.new", STR_ARG(name), (long)getpid());
    const char *base = arena_cstr(&f->arena, name);
    if (!parent || !fresh || !base) {
        return err_memory(err);
    }
    _cleanup_(closep) int at = open_below(f->root, parent, O_PATH | O_DIRECTORY);
    _cleanup_(closep) int fd = at < 0 ? -1 : openat(at, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return err_set_errno(err, ERR_IO, "%s", path);
    }
    int r = fill(fd, text, st, err);
    if (r == 0 && renameat(at, fresh, at, base) < 0) {
        r = err_set_errno(err, ERR_IO, "rename");
    }
    if (r < 0) {
        unlinkat(at, fresh, 0);
        return err_at(err, "%s", path);
    }
    return 0;
}

/* As the inspectors of a scan tell them apart. */
static struct str source_of(struct str path) {
    struct str name = str_basename(path);
    return dockerfile_is_file_name(name) ? STR("dockerfile")
           : compose_is_file_name(name)  ? STR("compose")
                                         : STR("kubernetes");
}

static struct review_request request_for(const struct fixing *f, struct str path, struct str text) {
    return (struct review_request){.in = {source_of(path), path, text, STR_NONE, f->env},
                                   .checks = f->fix->checks->p,
                                   .checks_n = f->fix->checks->n,
                                   .honours_others = f->fix->honours_others,
                                   .now = clock_now()};
}

/* ---- mending */

static int mend(struct fixing *f, struct str path, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_DOCUMENT);
    _cleanup_(arena_free) struct arena arena = arena_new(4 * LIMIT_DOC_BYTES);
    const struct scan_fix *fix = f->fix;
    const char *name = arena_cstr(&f->arena, path);
    struct stat st;
    struct fix_result result;
    if (!name) {
        return err_memory(err);
    }
    if (!read_below(f, name, &text, &st)) {
        return 0;
    }
    const struct review_request request = request_for(f, path, buf_view(&text));
    int r = review_mend(&arena, &request, is_wanted, f, &result, err);
    if (r < 0) {
        return r == ERR_MEMORY ? r : 0; /* it can't be read alone: a part of a compose project */
    }
    if (!result.mended.n) {
        return 0;
    }
    r = diff_unified(path, buf_view(&text), result.text, f->diff, err);
    r = r == 0 && !fix->is_dry ? replace_below(f, name, result.text, &st, err) : r;
    f->out->findings += result.mended.n;
    f->out->files++;
    return r;
}

/* ---- for reports */

static void put_edit(struct json_writer *w, const struct lsp_lines *lines, const struct edit *edit) {
    struct lsp_position from = lsp_position(lines, edit->span.from), to = lsp_position(lines, edit->span.to);
    const struct {
        struct str key;
        uint32_t value;
    } numbers[] = {{STR("line"), from.line + 1},
                   {STR("column"), from.character + 1},
                   {STR("endLine"), to.line + 1},
                   {STR("endColumn"), to.character + 1}};
    json_begin_object(w);
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        json_key(w, numbers[i].key);
        json_uint(w, numbers[i].value);
    }
    json_key(w, STR("text"));
    json_str(w, edit->text);
    json_end(w);
}

/* The evidence is an object that is not empty; it gets one member more. */
static int put_fix(struct fixing *f, int64_t id, const struct lsp_lines *lines, const struct fix *fix,
                   struct err *err) {
    struct finding finding;
    arena_reset(&f->scratch);
    int r = store_get_finding(f->fix->store, &f->scratch, id, &finding, err);
    if (r < 0) {
        return r;
    }
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD), edits = buf_new(LIMIT_RECORD);
    struct json_writer w = json_writer_new(&edits, 0);
    json_begin_array(&w);
    for (size_t i = 0; i < fix->n; i++) {
        put_edit(&w, lines, &fix->edits[i]);
    }
    json_end(&w);
    r = json_finish(&w, err);
    assert(finding.evidence.n > 2);
    buf_str(&out, str_sub(finding.evidence, 0, finding.evidence.n - 1));
    buf_c(&out, ",\"fix\":");
    buf_str(&out, buf_view(&edits));
    buf_byte(&out, '}');
    if (r == 0 && out.failed) {
        r = err_memory(err);
    }
    return r == 0 ? store_put_evidence(f->fix->store, id, buf_view(&out), err) : r;
}

static int put_fixes(struct fixing *f, struct arena *arena, const struct fix_text *in,
                     const struct review *review, struct err *err) {
    struct doc_lines lines;
    struct lsp_lines columns;
    int r = doc_lines_over(arena, in->text, &lines, err);
    r = r == 0 ? lsp_lines_over(arena, in->text, LSP_UTF16, &columns, err) : r;
    for (size_t i = 0; r == 0 && i < review->findings.n; i++) {
        const struct review_finding *found = &review->findings.p[i];
        struct str place =
            place_of(arena, in->file, found->check->id, doc_place(&lines, found->span.from), found->item);
        const uint64_t *id = place.p ? map_get(&f->places, place) : NULL;
        if (!place.p) {
            r = err_memory(err);
        } else if (id && found->fix.n) {
            r = put_fix(f, (int64_t)*id, &columns, &found->fix, err);
        }
    }
    return r;
}

static int note_fixes(struct fixing *f, struct str path, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_DOCUMENT);
    _cleanup_(arena_free) struct arena arena = arena_new(4 * LIMIT_DOC_BYTES);
    const char *name = arena_cstr(&f->arena, path);
    struct stat st;
    struct review review;
    if (!name) {
        return err_memory(err);
    }
    if (!read_below(f, name, &text, &st)) {
        return 0;
    }
    struct review_request request = request_for(f, path, buf_view(&text));
    request.wants_fixes = true;
    request.first = 1;
    request.last = UINT32_MAX;
    int r = review_in_cage(&arena, &request, &review, err);
    if (r < 0) {
        return r == ERR_MEMORY ? r : 0;
    }
    return put_fixes(f, &arena, &request.in, &review, err);
}

/* ---- all */

static int begin(struct fixing *f, struct err *err) {
    f->arena = arena_new(GIB);
    f->scratch = arena_new(GIB);
    f->wanted = map_new(&f->arena);
    f->seen = map_new(&f->arena);
    f->places = map_new(&f->arena);
    f->root = open(f->fix->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (f->root < 0) {
        return err_set_errno(err, ERR_IO, "%s", f->fix->root);
    }
    return policy_env_new(&f->arena, &f->env, err);
}

static void end(struct fixing *f) {
    closep(&f->root);
    arena_free(&f->scratch);
    arena_free(&f->arena);
}

int scan_fix(const struct scan_fix *fix, struct buf *diff, struct scan_fixed *out, struct err *err) {
    struct fixing f = {.fix = fix, .diff = diff, .out = out};
    *out = (struct scan_fixed){0};
    int r = begin(&f, err);
    r = r == 0 ? collect(&f, err) : r;
    for (size_t i = 0; r == 0 && i < f.paths.n; i++) {
        r = mend(&f, f.paths.p[i], err);
    }
    end(&f);
    return r;
}

int scan_fix_note(const struct scan_fix *fix, struct err *err) {
    struct fixing f = {.fix = fix};
    int r = begin(&f, err);
    r = r == 0 ? collect_worst(&f, err) : r;
    r = r == 0 ? store_begin(fix->store, err) : r;
    for (size_t i = 0; r == 0 && i < f.paths.n; i++) {
        r = note_fixes(&f, f.paths.p[i], err);
    }
    end(&f);
    return r == 0 ? store_commit(fix->store, err) : r;
}
