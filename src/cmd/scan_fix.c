#include "cmd/scan_fix.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "doc/diff.h"
#include "doc/json.h"
#include "infra/compose/compose.h"
#include "infra/dockerfile.h"
#include "policy/review.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

struct fixing {
    const struct scan_fix *fix;
    struct arena arena;
    struct map wanted; /* finding's name → 1 */
    struct map seen;   /* paths */
    VEC(struct str) paths;
    int root;
    struct buf *diff;
    struct scan_fixed *out;
};

/* ---- which findings */

/* Failures of one check on one resource: all of them are to be mended, or only those that are named. */
enum { WANT_ALL = 1, WANT_NAMED = 2 };

static struct str name_of(struct arena *arena, struct str rule, struct str resource, struct str item) {
    return arena_strf(arena, "%.*s\n%.*s\n%.*s", STR_ARG(rule), STR_ARG(resource), STR_ARG(item));
}

static uint64_t *put_name(struct fixing *f, struct str rule, struct str resource, struct str item) {
    struct str name = name_of(&f->arena, rule, resource, item);
    return name.p ? map_put(&f->wanted, name, NULL) : NULL;
}

static int add_path(struct fixing *f, struct str path, struct err *err) {
    bool is_new;
    struct str *slot = NULL;
    if (map_put(&f->seen, path, &is_new) && is_new && (slot = VEC_PUSH(&f->arena, &f->paths))) {
        *slot = path;
    }
    return slot || !is_new ? 0 : err_memory(err);
}

/* Items have names or numbers that a fix may change, so they count only where some were set aside. */
static int note(struct fixing *f, const struct finding *finding, struct err *err) {
    const struct doc *evidence;
    int r = json_parse(&f->arena, finding->evidence, &evidence, err);
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

static int collect(struct fixing *f, struct err *err) {
    struct finding_list findings;
    int r = store_get_findings(f->fix->store, &f->arena, f->fix->run, &findings, err);
    for (size_t i = 0; r == 0 && i < findings.n; i++) {
        const struct finding *finding = &findings.p[i];
        if (finding->kind == FINDING_CONFIGURATION && finding->path.n &&
            has_patch(f->fix->checks, finding->rule)) {
            r = note(f, finding, err);
        }
    }
    if (f->paths.n) {
        qsort(f->paths.p, f->paths.n, sizeof *f->paths.p, by_name);
    }
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
    const struct review_request request = {.in = {source_of(path), path, buf_view(&text), STR_NONE},
                                           .checks = fix->checks->p,
                                           .checks_n = fix->checks->n,
                                           .honours_others = fix->honours_others,
                                           .now = clock_now()};
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

int scan_fix(const struct scan_fix *fix, struct buf *diff, struct scan_fixed *out, struct err *err) {
    struct fixing f = {.fix = fix, .arena = arena_new(GIB), .diff = diff, .out = out};
    f.wanted = map_new(&f.arena);
    f.seen = map_new(&f.arena);
    *out = (struct scan_fixed){0};
    _cleanup_(closep) int root = open(fix->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    f.root = root;
    int r = root < 0 ? err_set_errno(err, ERR_IO, "%s", fix->root) : collect(&f, err);
    for (size_t i = 0; r == 0 && i < f.paths.n; i++) {
        r = mend(&f, f.paths.p[i], err);
    }
    arena_free(&f.arena);
    return r;
}
