/* GitLab's security reports, schema 15.0.4: one writer, a row for each scan type. What is open is reported:
 * GitLab keeps the state of each by the id, which is made of the finding's fingerprint. */
#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "doc/json_write.h"
#include "report/formats.h"
#include "report/words.h"

enum { NAME_MAX_BYTES = 255, SOLUTION_MAX_BYTES = 7000, DESCRIPTION_MAX_BYTES = 64 * KIB };

struct gitlab {
    const struct gitlab_type *type;
    struct json_writer *w;
    struct view *view;
    struct buf scratch;
    struct str os_name, image;
};

struct gitlab_type {
    const char *name; /* of the scan */
    enum finding_kind kind;
    void (*put_location)(struct gitlab *g, const struct view_finding *finding);
    bool has_files; /* the report lists dependency files */
};

static void put(struct json_writer *w, const char *key, struct str s) {
    json_key(w, str_c(key));
    json_str(w, s);
}

/* Schemas want at least a character. */
static void put_named(struct json_writer *w, const char *key, struct str s) {
    put(w, key, s.n ? s : STR("unknown"));
}

static void begin_object(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_begin_object(w);
}

static void begin_array(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_begin_array(w);
}

/* Texts are written into the scratch buffer, and stand until its next use. */
static struct buf *begin_text(struct gitlab *g) {
    buf_clear(&g->scratch);
    return &g->scratch;
}

static struct str finish_text(struct gitlab *g) {
    g->view->failed |= g->scratch.failed;
    return buf_view(&g->scratch);
}

/* ---- the scan */

/* "2026-11-24T12:00:00": without a zone, in UTC. */
static void put_time(struct json_writer *w, const char *key, int64_t seconds) {
    char time[CLOCK_TEXT];
    clock_format(MAX(seconds, (int64_t)0), time);
    put(w, key, str_sub(str_c(time), 0, 19));
}

static void put_program(struct json_writer *w, const char *key, struct str version) {
    begin_object(w, key);
    put(w, "id", STR("plimsoll"));
    put(w, "name", STR("Plimsoll"));
    put_named(w, "version", version);
    begin_object(w, "vendor");
    put(w, "name", STR("Plimsoll"));
    json_end(w);
    json_end(w);
}

static void put_messages(struct gitlab *g) {
    struct json_writer *w = g->w;
    begin_array(w, "messages");
    for (size_t i = 0; i < g->view->problems.n; i++) {
        const struct problem *problem = &g->view->problems.p[i];
        struct buf *text = begin_text(g);
        buf_printf(text, "%.*s: %.*s", STR_ARG(problem->place), STR_ARG(problem->message));
        json_begin_object(w);
        put(w, "level", problem->is_incomplete ? STR("warn") : STR("info"));
        put(w, "value", finish_text(g));
        json_end(w);
    }
    json_end(w);
}

static void put_scan(struct gitlab *g) {
    struct json_writer *w = g->w;
    const struct run *run = &g->view->run;
    begin_object(w, "scan");
    put_program(w, "analyzer", run->version);
    put_program(w, "scanner", run->version);
    put(w, "type", str_c(g->type->name));
    put_time(w, "start_time", run->started);
    put_time(w, "end_time", run->finished ? run->finished : run->started);
    put(w, "status", STR("success"));
    put_messages(g);
    json_end(w);
}

/* ---- locations */

static void put_dependency(struct json_writer *w, struct str name, struct str version) {
    begin_object(w, "package");
    put_named(w, "name", name);
    json_end(w);
    put_named(w, "version", version);
}

static void put_dependency_of(struct gitlab *g, const struct view_finding *finding) {
    begin_object(g->w, "dependency");
    put_dependency(g->w, finding->asset->name, finding->asset->version);
    json_end(g->w);
}

static void put_container(struct gitlab *g, const struct view_finding *finding) {
    put_dependency_of(g, finding);
    put(g->w, "operating_system", g->os_name);
    put(g->w, "image", g->image);
}

static void put_manifest(struct gitlab *g, const struct view_finding *finding) {
    put_named(g->w, "file", words_path(g->view, finding));
    put_dependency_of(g, finding);
}

static void put_source(struct gitlab *g, const struct view_finding *finding) {
    put_named(g->w, "file", words_path(g->view, finding));
    if (finding->f.line) {
        json_key(g->w, STR("start_line"));
        json_uint(g->w, finding->f.line);
    }
}

/* GitLab writes this commit itself where none is known. */
static void put_secret(struct gitlab *g, const struct view_finding *finding) {
    put_source(g, finding);
    begin_object(g->w, "commit");
    const struct view_commit *since =
        finding->secret && finding->secret->since.id.n ? &finding->secret->since : NULL;
    put(g->w, "sha", since ? since->id : STR("0000000"));
    if (since) {
        put(g->w, "date", since->date);
        put(g->w, "author", since->author);
    }
    json_end(g->w);
}

/* ---- vulnerabilities */

/* The same finding of another version or place is another vulnerability. */
static void put_id(struct gitlab *g, const struct view_finding *finding) {
    char hex[SHA256_HEX + 1];
    struct buf *text = begin_text(g);
    struct str purl = finding->package ? finding->package->record.purl : finding->resource;
    buf_str(text, finding->f.fingerprint);
    buf_printf(text, "\n%.*s\n%u\n%u\n", STR_ARG(purl), finding->f.line, finding->f.column);
    buf_str(text, finding->item);
    if (sha256_hex(finish_text(g), hex) < 0) {
        g->view->failed = true;
        return;
    }
    text = begin_text(g);
    buf_printf(text, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
    put(g->w, "id", finish_text(g));
}

static const char *identifier_type(struct str id) {
    static const struct {
        const char *prefix, *type;
    } types[] = {{"CVE-", "cve"}, {"GHSA-", "ghsa"}, {"RHSA-", "rhsa"}, {"USN-", "usn"}, {"ELSA-", "elsa"}};
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (str_starts(id, str_c(types[i].prefix))) {
            return types[i].type;
        }
    }
    return "osv";
}

static void put_identifier(struct json_writer *w, const char *type, struct str id) {
    json_begin_object(w);
    put(w, "type", str_c(type));
    put_named(w, "name", words_cut(id, NAME_MAX_BYTES));
    put_named(w, "value", id);
    json_end(w);
}

static void put_identifiers(struct gitlab *g, const struct view_finding *finding) {
    bool is_check = view_has_rule(finding);
    begin_array(g->w, "identifiers");
    put_identifier(g->w, is_check ? "plimsoll" : identifier_type(finding->f.rule), finding->f.rule);
    for (size_t i = 0; i < finding->aliases_n; i++) {
        put_identifier(g->w, identifier_type(finding->aliases[i]), finding->aliases[i]);
    }
    json_end(g->w);
}

static void put_links(struct gitlab *g, const struct view_finding *finding) {
    words_link(begin_text(g), finding);
    struct str link = finish_text(g);
    if (link.n) {
        begin_array(g->w, "links");
        json_begin_object(g->w);
        put(g->w, "url", link);
        json_end(g->w);
        json_end(g->w);
    }
}

static void put_vulnerability(struct gitlab *g, const struct view_finding *finding) {
    static const char *const severities[SEVERITIES] = {"Unknown", "Info", "Low",
                                                       "Medium",  "High", "Critical"};
    struct json_writer *w = g->w;
    json_begin_object(w);
    put_id(g, finding);
    put(w, "name", words_cut(words_title(finding), NAME_MAX_BYTES));
    words_message(begin_text(g), finding);
    put(w, "description", words_cut(finish_text(g), DESCRIPTION_MAX_BYTES));
    put(w, "severity", str_c(severities[finding->f.severity]));
    words_fix(begin_text(g), finding);
    struct str solution = finish_text(g);
    if (solution.n) {
        put(w, "solution", words_cut(solution, SOLUTION_MAX_BYTES));
    }
    put_identifiers(g, finding);
    put_links(g, finding);
    begin_object(w, "location");
    g->type->put_location(g, finding);
    json_end(w);
    json_end(w);
}

static int put_vulnerabilities(struct gitlab *g, struct err *err) {
    struct view *view = g->view;
    int r = 0;
    begin_array(g->w, "vulnerabilities");
    for (size_t i = 0; r == 0 && i < view->rows_n; i++) {
        const struct view_row *row = &view->rows[i];
        if (view_row_is_open(row) && row->kind == g->type->kind) {
            put_vulnerability(g, view_show(view, row));
            r = view_drain(view, g->w->out, err);
        }
    }
    json_end(g->w);
    return r;
}

/* ---- dependency files */

static int by_path(const void *a, const void *b) {
    const struct view_package *const *x = a, *const *y = b;
    int order = str_cmp((*x)->record.path, (*y)->record.path);
    order = order ? order : (int)(*x)->record.package.type - (int)(*y)->record.package.type;
    return order ? order : ((*x)->asset.id > (*y)->asset.id) - ((*x)->asset.id < (*y)->asset.id);
}

static bool is_same_file(const struct view_package *a, const struct view_package *b) {
    return a && str_eq(a->record.path, b->record.path) && a->record.package.type == b->record.package.type;
}

static void begin_file(struct json_writer *w, const struct view_package *package) {
    json_begin_object(w);
    put_named(w, "path", package->record.path);
    put(w, "package_manager", str_c(package_type_name(package->record.package.type)));
    begin_array(w, "dependencies");
}

static void end_file(struct json_writer *w) {
    json_end(w);
    json_end(w);
}

static int put_files(struct gitlab *g, struct err *err) {
    struct view *view = g->view;
    const struct view_package **sorted = arena_array(&view->arena, view->visible_n + 1, sizeof *sorted);
    const struct view_package *last = NULL;
    int r = sorted ? 0 : err_memory(err);
    for (size_t i = 0; r == 0 && i < view->visible_n; i++) {
        sorted[i] = &view->packages.p[i];
    }
    if (r == 0 && view->visible_n) {
        qsort(sorted, view->visible_n, sizeof *sorted, by_path);
    }
    begin_array(g->w, "dependency_files");
    for (size_t i = 0; r == 0 && i < view->visible_n; last = sorted[i++]) {
        if (!is_same_file(last, sorted[i])) {
            if (last) {
                end_file(g->w);
            }
            begin_file(g->w, sorted[i]);
        }
        json_begin_object(g->w);
        put_dependency(g->w, sorted[i]->asset.name, sorted[i]->asset.version);
        json_key(g->w, STR("direct"));
        json_bool(g->w, sorted[i]->record.package.flags & PACKAGE_IS_DIRECT);
        json_end(g->w);
        r = view_drain(view, g->w->out, err);
    }
    if (last) {
        end_file(g->w);
    }
    json_end(g->w);
    return r;
}

/* ---- the image's name */

/* As the schema has it: "name:tag", "host:port/name:tag", or with a digest; nothing else has colons. */
static bool is_image_name(struct str name) {
    size_t parts = 0;
    struct str rest = name, part, second = STR_NONE;
    bool are_filled = true;
    while (str_split(&rest, ':', &part)) {
        second = ++parts == 2 ? part : second;
        are_filled = are_filled && part.n;
    }
    bool has_port = second.n && ascii_is_digit(second.p[0]);
    return are_filled && (parts == 2 || parts == 3 || (parts == 4 && has_port)) &&
           str_find_byte(name, '\n') < 0;
}

static struct str image_name(struct gitlab *g) {
    const struct view_target *target = &g->view->target;
    struct str name = target->asset.name;
    if (is_image_name(name)) {
        return name;
    }
    struct str bare = name.n ? arena_str(&g->view->arena, name) : STR("unknown");
    char *bytes = name.n ? (char *)(uintptr_t)bare.p : NULL;
    g->view->failed |= !bare.p;
    for (size_t i = 0; bytes && i < bare.n; i++) {
        bytes[i] = bytes[i] == ':' || (unsigned char)bytes[i] < ' ' ? '_' : bytes[i];
    }
    return target->digest.n ? view_format(g->view, "%.*s@%.*s", STR_ARG(bare), STR_ARG(target->digest))
                            : view_format(g->view, "%.*s:latest", STR_ARG(bare));
}

static int write_report(struct gitlab *g, struct err *err) {
    struct json_writer *w = g->w;
    json_begin_object(w);
    put(w, "version", STR("15.0.4"));
    put_scan(g);
    int r = put_vulnerabilities(g, err);
    if (r == 0 && g->type->has_files) {
        r = put_files(g, err);
    }
    if (r < 0) {
        return r;
    }
    json_end(w);
    buf_byte(w->out, '\n');
    r = view_failure(g->view, err);
    return r < 0 ? r : json_finish(w, err);
}

static int write_type(const struct gitlab_type *type, struct store *store, int64_t run,
                      const struct report_options *options, struct buf *out, struct err *err) {
    _cleanup_(view_free) struct view view = {0};
    int r = view_load_all(&view, store, run, options, err);
    if (r < 0) {
        return r;
    }
    struct json_writer w = json_writer_new(out, 2);
    struct gitlab g = {.type = type, .w = &w, .view = &view, .scratch = buf_new(LIMIT_REPORT)};
    g.os_name = view.os.name.n ? view_os_name(&view, &view.os) : STR("unknown");
    g.image = image_name(&g);
    r = write_report(&g, err);
    buf_free(&g.scratch);
    return r;
}

int report_gitlab_container(struct store *store, int64_t run, const struct report_options *options,
                            struct buf *out, struct err *err) {
    static const struct gitlab_type type = {"container_scanning", FINDING_VULNERABILITY, put_container,
                                            false};
    return write_type(&type, store, run, options, out, err);
}

int report_gitlab_dependency(struct store *store, int64_t run, const struct report_options *options,
                             struct buf *out, struct err *err) {
    static const struct gitlab_type type = {"dependency_scanning", FINDING_VULNERABILITY, put_manifest, true};
    return write_type(&type, store, run, options, out, err);
}

int report_gitlab_sast(struct store *store, int64_t run, const struct report_options *options,
                       struct buf *out, struct err *err) {
    static const struct gitlab_type type = {"sast", FINDING_CONFIGURATION, put_source, false};
    return write_type(&type, store, run, options, out, err);
}

int report_gitlab_secret(struct store *store, int64_t run, const struct report_options *options,
                         struct buf *out, struct err *err) {
    static const struct gitlab_type type = {"secret_detection", FINDING_SECRET, put_secret, false};
    return write_type(&type, store, run, options, out, err);
}
