#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/db_feeds.h"
#include "vuln/advisories.h"
#include "vuln/caged_parse.h"

/* With more records than these, the whole archive is the shorter way: a record is a request of its own. */
enum { CHANGES_MOST = 2000 };

struct update {
    struct db_run *run;
    struct feeds feeds;
    const char *own;
    bool has_old;
    const char **names; /* ecosystems */
    size_t names_n;
    const char **vendor_titles; /* the database's sources that are not OSV's */
    size_t vendor_titles_n;
    struct build_vendor *vendors;
    size_t vendors_n;
    VEC(struct update_whole) wholes;
    VEC(struct update_change) changes;
    const char *kev, *epss;
};

/* ---- which ecosystems */

static int names_of_old(struct update *u, struct err *err) {
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    struct advisories_state state;
    int r = advisories_open(&advisories, u->own, err);
    if (r == 0) {
        r = advisories_state(advisories, u->run->arena, &state, err);
    }
    if (r < 0) {
        return r;
    }
    u->names = arena_array(u->run->arena, state.sources_n + 1, sizeof *u->names);
    u->vendor_titles = arena_array(u->run->arena, state.sources_n + 1, sizeof *u->vendor_titles);
    for (size_t i = 0; u->names && u->vendor_titles && i < state.sources_n; i++) {
        bool is_vendor = advisory_source_titled(state.sources[i].ecosystem) != NULL;
        const char **place = is_vendor ? &u->vendor_titles[u->vendor_titles_n++] : &u->names[u->names_n++];
        *place = arena_cstr(u->run->arena, state.sources[i].ecosystem);
        if (!*place) {
            return err_memory(err);
        }
    }
    return u->names && u->vendor_titles ? 0 : err_memory(err);
}

static int choose_names(struct update *u, struct err *err) {
    const struct option_values *given = arguments_all(u->run->arguments, "ecosystem");
    int r = u->has_old ? names_of_old(u, err) : 0;
    if (r < 0) {
        return r;
    }
    if (given->n == 1 && strcmp(given->p[0], "all") == 0) {
        return feeds_names(&u->feeds, &u->names, &u->names_n, err);
    }
    if (given->n) {
        u->names = given->p;
        u->names_n = given->n;
        return 0;
    }
    return u->has_old ? 0 : feeds_names(&u->feeds, &u->names, &u->names_n, err);
}

/* ---- what differs */

static int add_whole(struct update *u, const char *name, struct err *err) {
    struct update_whole *whole = VEC_PUSH(u->run->arena, &u->wholes);
    if (!whole) {
        return err_memory(err);
    }
    *whole = (struct update_whole){str_c(name), feeds_path(&u->feeds, str_c(name), "all.zip")};
    return whole->zip ? 0 : err_memory(err);
}

static int add_changes(struct update *u, const struct update_change *changes, size_t n, struct err *err) {
    for (size_t i = 0; i < n; i++) {
        struct update_change *place = VEC_PUSH(u->run->arena, &u->changes);
        if (!place) {
            return err_memory(err);
        }
        *place = changes[i];
    }
    return 0;
}

/* By the server's list, when it has one: the whole archive for an ecosystem that is new here, or of which too
 * much changed. */
static int compare(struct update *u, const char *name, const struct pull_file *list, struct err *err) {
    struct update_change *changes;
    size_t n;
    if (list->outcome == PULL_UNCHANGED) {
        return 0;
    }
    if (list->outcome == PULL_ABSENT || !u->has_old) {
        return add_whole(u, name, err);
    }
    int r = advisories_changes(u->own, str_c(name), list->path, caged_parse, &u->run->is_open, u->run->arena,
                               &changes, &n, err);
    if (r == ERR_ABSENT || (r == 0 && n > CHANGES_MOST)) {
        return add_whole(u, name, err);
    }
    return r < 0 ? err_at(err, "%s", name) : add_changes(u, changes, n, err);
}

static int compare_all(struct update *u, struct err *err) {
    struct pull_file *lists = arena_array(u->run->arena, u->names_n + 1, sizeof *lists);
    int r = lists ? 0 : err_memory(err);
    for (size_t i = 0; i < u->names_n && r == 0; i++) {
        r = feeds_want(&u->feeds, str_c(u->names[i]), "modified_id.csv", LIMIT_OSV_CHANGES, &lists[i], err);
    }
    if (r == 0 && u->has_old) {
        r = feeds_pull(&u->feeds, lists, u->names_n, err);
    }
    for (size_t i = 0; i < u->names_n && r == 0; i++) {
        r = compare(u, u->names[i], &lists[i], err);
    }
    if (r == 0 && u->has_old) {
        r = feeds_remember(&u->feeds, lists, u->names_n, err);
    }
    return r;
}

/* ---- fetching it */

static int pull_wholes(struct update *u, struct err *err) {
    struct pull_file *zips = arena_array(u->run->arena, u->wholes.n + 1, sizeof *zips);
    int r = zips ? 0 : err_memory(err);
    for (size_t i = 0; i < u->wholes.n && r == 0; i++) {
        r = feeds_want(&u->feeds, u->wholes.p[i].ecosystem, "all.zip", LIMIT_OSV_ZIP, &zips[i], err);
    }
    if (r == 0) {
        r = feeds_pull(&u->feeds, zips, u->wholes.n, err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < u->wholes.n && r == 0; i++) {
        if (zips[i].outcome == PULL_ABSENT) {
            r = err_set(err, ERR_ABSENT, "%s: the server has no such file", zips[i].url);
        } else if (zips[i].outcome == PULL_DONE) {
            u->wholes.p[kept++] = u->wholes.p[i];
        }
    }
    if (r == 0) {
        r = feeds_remember(&u->feeds, zips, u->wholes.n, err);
    }
    u->wholes.n = kept;
    return r;
}

static int want_record(struct update *u, const struct update_change *change, struct pull_file *out,
                       struct err *err) {
    char *name = arena_printf(u->run->arena, "%.*s.json", STR_ARG(change->id));
    int r =
        name ? feeds_want(&u->feeds, change->ecosystem, name, LIMIT_OSV_RECORD, out, err) : err_memory(err);
    out->path = NULL;
    return r;
}

/* One that the server has no more is gone. */
static int pull_records(struct update *u, struct err *err) {
    struct pull_file *records = arena_array(u->run->arena, u->changes.n + 1, sizeof *records);
    size_t n = 0, at = 0;
    int r = records ? 0 : err_memory(err);
    for (size_t i = 0; i < u->changes.n && r == 0; i++) {
        r = u->changes.p[i].is_gone ? 0 : want_record(u, &u->changes.p[i], &records[n++], err);
    }
    if (r == 0) {
        r = feeds_pull(&u->feeds, records, n, err);
    }
    for (size_t i = 0; i < u->changes.n && r == 0; i++) {
        if (!u->changes.p[i].is_gone) {
            const struct pull_file *record = &records[at++];
            u->changes.p[i].is_gone = record->outcome != PULL_DONE;
            u->changes.p[i].body = record->body;
        }
    }
    return r;
}

static int collect(struct update *u, struct err *err) {
    int r = choose_names(u, err);
    if (r < 0) {
        return r;
    }
    if (u->feeds.is_remote) {
        r = compare_all(u, err);
        r = r < 0 ? r : pull_wholes(u, err);
        return r < 0 ? r : pull_records(u, err);
    }
    for (size_t i = 0; i < u->names_n && r == 0; i++) {
        r = add_whole(u, u->names[i], err);
    }
    return r;
}

/* The public ones belong to the public export: a mirror brings its own, or none. */
static int collect_scores(struct update *u, struct err *err) {
    const struct arguments *arguments = u->run->arguments;
    const char *kev = arguments_get(arguments, "kev"), *epss = arguments_get(arguments, "epss");
    bool is_public = !arguments_has(arguments, "from");
    int r = feeds_scores(&u->feeds, kev || !is_public ? kev : FEEDS_KEV, "kev.json", &u->kev, err);
    return r < 0 ? r
                 : feeds_scores(&u->feeds, epss || !is_public ? epss : FEEDS_EPSS, "epss.csv", &u->epss, err);
}

/* Those that the database has are renewed from their public places along with the public export: not by a
 * mirror, nor when only some ecosystems are asked for. */
static int collect_vendors(struct update *u, struct err *err) {
    const struct arguments *arguments = u->run->arguments;
    bool renews = !arguments_has(arguments, "from") && !arguments_has(arguments, "ecosystem");
    return feeds_vendors(&u->feeds, u->vendor_titles, renews ? u->vendor_titles_n : 0, &u->vendors,
                         &u->vendors_n, err);
}

/* ---- putting it in */

static bool has_something(const struct update *u) {
    return u->wholes.n || u->changes.n || u->vendors_n || u->kev || u->epss;
}

static int apply(struct update *u, struct err *err) {
    const struct update_options options = {.wholes = u->wholes.p,
                                           .wholes_n = u->wholes.n,
                                           .changes = u->changes.p,
                                           .changes_n = u->changes.n,
                                           .vendors = u->vendors,
                                           .vendors_n = u->vendors_n,
                                           .kev = u->kev,
                                           .epss = u->epss,
                                           .parse = caged_parse,
                                           .parse_context = &u->run->is_open,
                                           .problem = db_tell,
                                           .problem_context = u->run,
                                           .built = clock_now(),
                                           .is_anew = !u->has_old,
                                           .is_verified = u->has_old,
                                           .is_strict = u->feeds.has_continued};
    size_t replaced = 0;
    int r = has_something(u) ? advisories_update(&options, u->own, &replaced, err) : 0;
    if (r == 0) {
        r = feeds_save_etags(&u->feeds, u->own, err);
    }
    if (r == 0) {
        printf(has_something(u) ? "%zu advisories came or went\n" : "nothing is newer: %zu changes\n",
               replaced);
    }
    return r;
}

/* A damaged one, or one of another format, is made anew. */
static bool has_usable(const char *path) {
    struct err why = ERR_NONE;
    if (access(path, F_OK) < 0) {
        return false;
    }
    bool is_usable = advisories_verify(path, &why) == 0;
    if (!is_usable) {
        fprintf(stderr, "plimsoll: %s; it is made anew\n", why.message);
    }
    return is_usable;
}

static int fetch_all(struct update *u, struct err *err) {
    int r = u->has_old ? feeds_load_etags(&u->feeds, u->own, err) : 0;
    r = r < 0 ? r : collect(u, err);
    r = r < 0 ? r : collect_scores(u, err);
    r = r < 0 ? r : collect_vendors(u, err);
    progress_end(&u->run->progress);
    return r;
}

/* resumes: takes up what an earlier run left. *is_doubtful: it failed, and that may be due to these bytes. */
static int attempt(struct update *u, const char *from, const char *folder, bool resumes, bool *is_doubtful,
                   struct err *err) {
    *u = (struct update){.run = u->run, .own = u->own, .has_old = u->has_old};
    int r = feeds_open(&u->feeds, u->run, from, folder, resumes, err);
    r = r < 0 ? r : fetch_all(u, err);
    bool is_fetched = r == 0;
    r = r < 0 ? r : apply(u, err);
    *is_doubtful = (r == ERR_INPUT || r == ERR_LIMIT) && u->feeds.has_continued;
    feeds_close(&u->feeds, r < 0 && !is_fetched && !*is_doubtful);
    return r;
}

/* What is put together of two runs' bytes has to be whole: else all is fetched anew. */
static int run_locked(struct update *u, const char *from, struct err *err) {
    char *folder = arena_printf(u->run->arena, "%s.feeds", u->own);
    bool is_doubtful;
    if (!folder) {
        return err_memory(err);
    }
    u->has_old = has_usable(u->own);
    int r = attempt(u, from, folder, true, &is_doubtful, err);
    if (r < 0 && is_doubtful) {
        fprintf(stderr, "plimsoll: what an earlier update had begun is no good, all is fetched anew (%s)\n",
                err->message);
        *err = ERR_NONE;
        r = attempt(u, from, folder, false, &is_doubtful, err);
    }
    return r;
}

int db_update(struct db_run *run, struct err *err) {
    _cleanup_(closep) int lock = -1;
    struct update u = {.run = run, .own = db_own_path(run, err)};
    const char *from = arguments_get(run->arguments, "from");
    int r = u.own ? db_lock(u.own, &lock, err) : err->code;
    if (r == 0) {
        r = run_locked(&u, from ? from : FEEDS_OSV, err);
    }
    if (r < 0 && u.has_old) {
        fprintf(stderr, "plimsoll: the update failed, the advisories are those from before\n");
    }
    return r;
}

/* ---- build: the same feeds, into a file that the user names */

static int build_from(struct feeds *feeds, const char *output, struct err *err) {
    struct db_run *run = feeds->run;
    const struct option_values *given = arguments_all(run->arguments, "ecosystem");
    struct build_options options = {.osv_dir = feeds->is_remote ? feeds->folder
                                               : *feeds->from   ? feeds->from
                                                                : NULL,
                                    .ecosystems = given->n ? given->p : NULL,
                                    .ecosystems_n = given->n,
                                    .notes = arguments_get(run->arguments, "partial-notes"),
                                    .parse = caged_parse,
                                    .parse_context = &run->is_open,
                                    .problem = db_tell,
                                    .problem_context = run};
    int r = 0;
    if (feeds->is_remote) {
        const char **names;
        size_t n;
        r = feeds_names(feeds, &names, &n, err);
        if (r == 0 && !given->n) {
            options.ecosystems = names;
            options.ecosystems_n = n;
        }
        r = r < 0 ? r : feeds_pull_zips(feeds, options.ecosystems, options.ecosystems_n, err);
    }
    r = r < 0 ? r : feeds_scores(feeds, arguments_get(run->arguments, "kev"), "kev.json", &options.kev, err);
    r = r < 0 ? r
              : feeds_scores(feeds, arguments_get(run->arguments, "epss"), "epss.csv", &options.epss, err);
    struct build_vendor *vendors = NULL;
    r = r < 0 ? r : feeds_vendors(feeds, NULL, 0, &vendors, &options.vendors_n, err);
    options.vendors = vendors;
    progress_end(&run->progress);
    return r < 0 ? r : advisories_build(&options, output, err);
}

int db_build(struct db_run *run, struct err *err) {
    const char *from = arguments_get(run->arguments, "from"),
               *output = arguments_get(run->arguments, "output");
    struct feeds feeds = {0};
    bool has_vendors = arguments_has(run->arguments, "source") || arguments_has(run->arguments, "private");
    if ((!from && !has_vendors) || !output) {
        return err_set(err, ERR_USAGE,
                       "name the feeds and the file: plimsoll db build --from DIR --source NAME -o FILE");
    }
    char *folder = arena_printf(run->arena, "%s.%ld.feeds", output, (long)getpid());
    if (!folder) {
        return err_memory(err);
    }
    int r = feeds_open(&feeds, run, from ? from : "", folder, false, err);
    if (r == 0) {
        r = build_from(&feeds, output, err);
    }
    feeds_close(&feeds, false);
    return r;
}
