#include "cmd/db_feeds.h"

#include "base/file.h"
#include "base/limits.h"
#include "vuln/build.h"
#include "vuln/version/version.h"

#include <ftw.h>

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
    return remove(path);
}

/* Only what we made: a folder of this name is ours. */
static void remove_folder(const char *path) {
    enum { DESCRIPTORS = 8 };
    nftw(path, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

bool feeds_is_address(const char *text) {
    return str_starts(str_c(text), STR("http://")) || str_starts(str_c(text), STR("https://"));
}

int feeds_open(struct feeds *feeds, struct db_run *run, const char *from, const char *folder, bool resumes,
               struct err *err) {
    *feeds =
        (struct feeds){.run = run, .arena = run->arena, .from = from, .folder = folder, .resumes = resumes};
    feeds->is_remote = feeds_is_address(from);
    run->pulling.spool = arena_printf(run->arena, "%s/records", folder);
    if (!resumes) {
        remove_folder(folder);
    }
    return run->pulling.spool ? file_make_dirs(folder, err) : err_memory(err);
}

void feeds_close(struct feeds *feeds, bool keeps) {
    pull_stop(feeds->pull);
    feeds->pull = NULL;
    if (feeds->folder && !keeps) {
        remove_folder(feeds->folder);
    }
}

/* Names become folders. */
static bool is_name(struct str name) {
    for (size_t i = 0; i < name.n; i++) {
        if ((unsigned char)name.p[i] < ' ' || name.p[i] == '/') {
            return false;
        }
    }
    return name.n && name.n <= LIMIT_OSV_ID && name.p[0] != '.';
}

char *feeds_path(struct feeds *feeds, struct str ecosystem, const char *name) {
    const char *base = feeds->is_remote ? feeds->folder : feeds->from;
    return arena_printf(feeds->arena, "%s/%.*s/%s", base, STR_ARG(ecosystem), name);
}

/* ---- fetching */

static struct str etag_of(const struct feeds *feeds, const char *url) {
    for (size_t i = 0; i < feeds->etags.n; i++) {
        if (str_eq(feeds->etags.p[i].url, str_c(url))) {
            return feeds->etags.p[i].etag;
        }
    }
    return STR_NONE;
}

int feeds_want(struct feeds *feeds, struct str ecosystem, const char *name, uint64_t cap,
               struct pull_file *out, struct err *err) {
    if (!is_name(ecosystem)) {
        return err_set(err, ERR_USAGE, "\"%.*s\" is not the name of an ecosystem", STR_ARG(ecosystem));
    }
    char *folder = arena_printf(feeds->arena, "%s/%.*s", feeds->folder, STR_ARG(ecosystem));
    char *part = arena_cstr(feeds->arena, ecosystem);
    *out = (struct pull_file){.cap = cap, .path = feeds_path(feeds, ecosystem, name)};
    out->url = part ? pull_url(feeds->arena, feeds->from, part, name) : NULL;
    if (!folder || !out->path || !out->url) {
        return err_memory(err);
    }
    out->etag = etag_of(feeds, out->url);
    return file_make_dirs(folder, err);
}

static int remember(struct feeds *feeds, const struct pull_file *file, struct err *err) {
    struct str url = str_c(file->url);
    for (size_t i = 0; i < feeds->etags.n; i++) {
        if (str_eq(feeds->etags.p[i].url, url)) {
            feeds->etags.p[i].etag = file->etag;
            return 0;
        }
    }
    struct feeds_etag *entry = VEC_PUSH(feeds->arena, &feeds->etags);
    if (!entry) {
        return err_memory(err);
    }
    *entry = (struct feeds_etag){url, file->etag};
    return 0;
}

int feeds_pull(struct feeds *feeds, struct pull_file *files, size_t n, struct err *err) {
    int r = feeds->pull ? 0 : pull_start(&feeds->pull, &feeds->run->pulling, err);
    for (size_t i = 0; i < n; i++) {
        files[i].resumes = feeds->resumes && files[i].path;
    }
    r = r < 0 ? r : pull_files(feeds->pull, files, n, err);
    for (size_t i = 0; i < n; i++) {
        feeds->has_continued |= files[i].is_continued;
    }
    return r;
}

static int pull_one(struct feeds *feeds, struct pull_file *file, struct err *err) {
    int r = feeds_pull(feeds, file, 1, err);
    if (r == 0 && file->outcome == PULL_ABSENT) {
        r = err_set(err, ERR_ABSENT, "%s: the server has no such file", file->url);
    }
    return r;
}

int feeds_remember(struct feeds *feeds, const struct pull_file *files, size_t n, struct err *err) {
    int r = 0;
    for (size_t i = 0; i < n && r == 0; i++) {
        r = files[i].outcome == PULL_DONE ? remember(feeds, &files[i], err) : 0;
    }
    return r;
}

/* ---- the list of ecosystems */

static int read_names(struct feeds *feeds, const char *path, const char ***out, size_t *n, struct err *err) {
    _cleanup_(buf_free) struct buf list = buf_new(MIB);
    VEC(const char *) names = {0};
    int r = file_read(path, &list, err);
    for (struct str rest = buf_view(&list), line; r == 0 && str_line(&rest, &line);) {
        struct str name = str_trim(line);
        enum version_scheme scheme;
        if (str_find_byte(name, ':') >= 0 || !is_name(name) || !version_scheme_of(name, &scheme)) {
            continue;
        }
        const char **place = VEC_PUSH(feeds->arena, &names);
        if (!place || !(*place = arena_cstr(feeds->arena, name))) {
            return err_memory(err);
        }
    }
    if (r == 0 && !names.n) {
        r = err_set(err, ERR_INPUT, "%s: lists no ecosystem that is known here", path);
    }
    *out = names.p;
    *n = names.n;
    return r;
}

int feeds_names(struct feeds *feeds, const char ***out, size_t *n, struct err *err) {
    static const char name[] = "ecosystems.txt";
    const char *base = feeds->is_remote ? feeds->folder : feeds->from;
    char *path = arena_printf(feeds->arena, "%s/%s", base, name);
    if (!path) {
        return err_memory(err);
    }
    if (feeds->is_remote) {
        struct pull_file file = {.path = path, .cap = MIB};
        file.url = pull_url(feeds->arena, feeds->from, name, NULL);
        int r = file.url ? pull_one(feeds, &file, err) : err_memory(err);
        if (r < 0) {
            return r;
        }
    }
    return read_names(feeds, path, out, n, err);
}

int feeds_pull_zips(struct feeds *feeds, const char *const *names, size_t n, struct err *err) {
    struct pull_file *files = arena_array(feeds->arena, n, sizeof *files);
    int r = files || !n ? 0 : err_memory(err);
    for (size_t i = 0; i < n && r == 0; i++) {
        r = feeds_want(feeds, str_c(names[i]), "all.zip", LIMIT_OSV_ZIP, &files[i], err);
    }
    if (r == 0) {
        r = feeds_pull(feeds, files, n, err);
    }
    for (size_t i = 0; i < n && r == 0; i++) {
        if (files[i].outcome == PULL_ABSENT) {
            r = err_set(err, ERR_ABSENT, "%s: the server has no such file", files[i].url);
        }
    }
    return r;
}

int feeds_scores(struct feeds *feeds, const char *given, const char *name, const char **out,
                 struct err *err) {
    *out = NULL;
    if (!given || strcmp(given, "none") == 0) {
        return 0;
    }
    if (!feeds_is_address(given)) {
        *out = given;
        return 0;
    }
    struct pull_file file = {.url = given, .cap = LIMIT_FEED, .etag = etag_of(feeds, given)};
    file.path = arena_printf(feeds->arena, "%s/%s", feeds->folder, name);
    int r = file.path ? pull_one(feeds, &file, err) : err_memory(err);
    if (r < 0 || file.outcome == PULL_UNCHANGED) {
        return r;
    }
    *out = file.path;
    return remember(feeds, &file, err);
}

/* ---- vendors */

struct vendors {
    struct feeds *feeds;
    VEC(struct build_vendor) list;
    size_t fetched; /* numbers the files */
};

static int add_vendor(struct vendors *v, const struct advisory_source *source, const char *path,
                      struct err *err) {
    struct build_vendor *slot = VEC_PUSH(v->feeds->arena, &v->list);
    if (!slot) {
        return err_memory(err);
    }
    *slot = (struct build_vendor){source, path};
    return 0;
}

/* Of a source with several files all are needed when one is newer, so their tags are not asked for. */
static int pull_vendor(struct vendors *v, const struct advisory_source *source, const char *url,
                       bool is_whole, struct err *err) {
    struct feeds *feeds = v->feeds;
    struct pull_file file = {.url = url, .cap = LIMIT_VENDOR_FEED};
    file.etag = is_whole ? etag_of(feeds, url) : STR_NONE;
    file.path = arena_printf(feeds->arena, "%s/vendor-%zu", feeds->folder, v->fetched++);
    int r = file.path ? pull_one(feeds, &file, err) : err_memory(err);
    if (r < 0 || file.outcome == PULL_UNCHANGED) {
        return r;
    }
    r = remember(feeds, &file, err);
    return r < 0 ? r : add_vendor(v, source, file.path, err);
}

static int take_default(struct vendors *v, const struct advisory_source *source, struct err *err) {
    if (!source->base) {
        return err_set(err, ERR_USAGE,
                       "--source %s: it has no public file to fetch; name a file, a folder or an address: "
                       "--source %s=PLACE",
                       source->name, source->name);
    }
    if (!source->files) {
        return pull_vendor(v, source, source->base, true, err);
    }
    int r = 0;
    for (size_t i = 0; source->files[i] && r == 0; i++) {
        char *url = arena_printf(v->feeds->arena, "%s%s", source->base, source->files[i]);
        r = url ? pull_vendor(v, source, url, false, err) : err_memory(err);
    }
    return r;
}

static int take_source(struct vendors *v, const char *given, struct err *err) {
    struct str name, place;
    bool has_place = str_cut(str_c(given), '=', &name, &place);
    const struct advisory_source *source = advisory_source_named(name);
    if (!source || (has_place && !place.n)) {
        return err_set(err, ERR_USAGE, "--source %s: there is no such source. See: plimsoll db --help",
                       given);
    }
    if (!has_place) {
        return take_default(v, source, err);
    }
    return feeds_is_address(place.p) ? pull_vendor(v, source, place.p, true, err)
                                     : add_vendor(v, source, place.p, err);
}

int feeds_vendors(struct feeds *feeds, const char *const *old, size_t old_n, struct build_vendor **out,
                  size_t *n, struct err *err) {
    const struct option_values *given = arguments_all(feeds->run->arguments, "source");
    const struct option_values *own = arguments_all(feeds->run->arguments, "private");
    struct vendors v = {.feeds = feeds};
    int r = 0;
    for (size_t i = 0; i < given->n && r == 0; i++) {
        r = take_source(&v, given->p[i], err);
    }
    for (size_t i = 0; i < own->n && r == 0; i++) {
        r = add_vendor(&v, advisory_source_named(STR("private")), own->p[i], err);
    }
    for (size_t i = 0; i < old_n && !given->n && r == 0; i++) {
        const struct advisory_source *source = advisory_source_titled(str_c(old[i]));
        r = source && source->base ? take_default(&v, source, err) : 0;
    }
    *out = v.list.p;
    *n = v.list.n;
    return r;
}

/* ---- what the server said: a first line "<identity> <address>", then lines "<etag><TAB><address>" */

static char *etags_path(struct feeds *feeds, const char *database) {
    return arena_printf(feeds->arena, "%s.etags", database);
}

static int take_etag(struct feeds *feeds, struct str line, struct err *err) {
    struct str etag, url;
    if (!str_cut(line, '\t', &etag, &url)) {
        return 0;
    }
    struct pull_file file = {.etag = arena_str(feeds->arena, etag), .url = arena_cstr(feeds->arena, url)};
    return file.etag.p && file.url ? remember(feeds, &file, err) : err_memory(err);
}

static bool is_of(const struct feeds *feeds, struct str line, const char *identity) {
    struct str of, from;
    return str_cut(line, ' ', &of, &from) && str_eq(of, str_c(identity)) && str_eq(from, str_c(feeds->from));
}

int feeds_load_etags(struct feeds *feeds, const char *database, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    char identity[SHA256_HEX + 1];
    struct err ignored = ERR_NONE;
    const char *path = etags_path(feeds, database);
    if (!path) {
        return err_memory(err);
    }
    if (file_read(path, &text, &ignored) < 0 || advisories_identity(database, identity, &ignored) < 0) {
        return 0;
    }
    struct str rest = buf_view(&text), line;
    if (!str_line(&rest, &line) || !is_of(feeds, line, identity)) {
        return 0;
    }
    int r = 0;
    while (r == 0 && str_line(&rest, &line)) {
        r = take_etag(feeds, line, err);
    }
    return r;
}

int feeds_save_etags(struct feeds *feeds, const char *database, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    char identity[SHA256_HEX + 1];
    const char *path = etags_path(feeds, database);
    int r = path ? advisories_identity(database, identity, err) : err_memory(err);
    if (r < 0) {
        return r;
    }
    buf_printf(&text, "%s %s\n", identity, feeds->from);
    for (size_t i = 0; i < feeds->etags.n; i++) {
        const struct feeds_etag *entry = &feeds->etags.p[i];
        if (entry->etag.n && str_find_byte(entry->etag, '\t') < 0) {
            buf_printf(&text, "%.*s\t%.*s\n", STR_ARG(entry->etag), STR_ARG(entry->url));
        }
    }
    return text.failed ? err_memory(err) : file_replace_cached(path, buf_view(&text), err);
}
