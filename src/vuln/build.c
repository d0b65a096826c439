#include "vuln/build.h"

#include "base/file.h"
#include "base/limits.h"
#include "vuln/affected.h"
#include "vuln/replace.h"
#include "vuln/writer.h"

struct builder {
    const struct build_options *options;
    struct writer writer;
    struct arena arena;
    struct str notes;
};

/* The sentence for an ecosystem in the lines of the notes file, or empty. */
static struct str find_note(struct str notes, struct str ecosystem) {
    for (struct str rest = notes, line, name, note; str_line(&rest, &line);) {
        if (str_cut(line, '\t', &name, &note) && str_eq(name, ecosystem)) {
            return str_trim(note);
        }
    }
    return STR_NONE;
}

static int put_source(struct builder *b, struct str ecosystem, struct err *err) {
    _cleanup_(db_finalizep) sqlite3_stmt *put = NULL;
    struct writer *w = &b->writer;
    int r = db_prepare(
        w->db, &put, "INSERT INTO source (id, ecosystem, records, newest, note) VALUES (?, ?, ?, ?, ?)", err);
    if (r < 0) {
        return r;
    }
    sqlite3_bind_int64(put, 1, w->source);
    db_bind(put, 2, ecosystem);
    sqlite3_bind_int64(put, 3, (int64_t)w->records);
    sqlite3_bind_int64(put, 4, w->newest);
    db_bind(put, 5, find_note(b->notes, ecosystem));
    return db_run(put, err);
}

static int build_source(struct builder *b, int64_t id, struct str ecosystem, struct err *err) {
    char *path = arena_printf(&b->arena, "%s/%.*s/all.zip", b->options->osv_dir, STR_ARG(ecosystem));
    if (!path) {
        return err_memory(err);
    }
    writer_begin(&b->writer, id, ecosystem);
    int r = writer_read(&b->writer, FEED_OSV_ZIP, path, err);
    return r < 0 ? r : put_source(b, ecosystem, err);
}

/* "Debian:12" is a part of "Debian": with both listed, the part's records would stand twice. */
static bool is_part_of_listed(struct str list, struct str ecosystem) {
    struct str base, suffix;
    if (!str_cut(ecosystem, ':', &base, &suffix)) {
        return false;
    }
    for (struct str rest = list, line; str_line(&rest, &line);) {
        if (str_eq(str_trim(line), base)) {
            return true;
        }
    }
    return false;
}

/* All that --source says of one vendor, which is one source of the database. */
static int build_vendor(struct builder *b, size_t first, int64_t id, struct err *err) {
    const struct build_options *o = b->options;
    const struct advisory_source *source = o->vendors[first].source;
    writer_begin(&b->writer, id, str_c(source->title));
    int r = 0;
    for (size_t i = first; i < o->vendors_n && r == 0; i++) {
        r = o->vendors[i].source == source ? writer_read_vendor(&b->writer, source, o->vendors[i].path, err)
                                           : 0;
    }
    return r < 0 ? r : put_source(b, str_c(source->title), err);
}

static int build_vendors(struct builder *b, int64_t id, struct err *err) {
    const struct build_options *o = b->options;
    int r = 0;
    for (size_t i = 0; i < o->vendors_n && r == 0; i++) {
        size_t first = 0;
        while (o->vendors[first].source != o->vendors[i].source) {
            first++;
        }
        r = first == i ? build_vendor(b, i, ++id, err) : 0;
    }
    return r;
}

static bool is_wanted(const struct build_options *options, struct str ecosystem) {
    for (size_t i = 0; i < options->ecosystems_n; i++) {
        if (str_eq(str_c(options->ecosystems[i]), ecosystem)) {
            return true;
        }
    }
    return !options->ecosystems;
}

static bool is_folder_name(struct str name) {
    return name.n && name.n < 256 && name.p[0] != '.' && str_find_byte(name, '/') < 0 &&
           str_find_byte(name, '\0') < 0;
}

static int build_sources(struct builder *b, int64_t *last, struct err *err) {
    _cleanup_(buf_free) struct buf list = buf_new(MIB);
    char *path = arena_printf(&b->arena, "%s/ecosystems.txt", b->options->osv_dir);
    if (!path) {
        return err_memory(err);
    }
    int r = file_read(path, &list, err);
    for (struct str rest = buf_view(&list), line; r == 0 && str_line(&rest, &line);) {
        struct str ecosystem = str_trim(line);
        if (!ecosystem.n || !is_wanted(b->options, ecosystem) ||
            is_part_of_listed(buf_view(&list), ecosystem)) {
            continue;
        }
        r = is_folder_name(ecosystem)
                ? build_source(b, ++*last, ecosystem, err)
                : err_set(err, ERR_INPUT, "%s: \"%.*s\" is not the name of an ecosystem", path,
                          STR_ARG(ecosystem));
    }
    return r;
}

static int build_all(struct builder *b, struct err *err) {
    _cleanup_(buf_free) struct buf notes = buf_new(MIB);
    const struct build_options *o = b->options;
    int r = o->notes ? file_read(o->notes, &notes, err) : 0;
    b->notes = buf_view(&notes);
    int64_t last = 0;
    if (r == 0 && o->osv_dir) {
        r = build_sources(b, &last, err);
    }
    if (r == 0) {
        r = build_vendors(b, last, err);
    }
    if (r == 0) {
        r = affected_pack(b->writer.db, err);
    }
    if (r == 0) {
        r = writer_read_scores(&b->writer, FEED_KEV, o->kev, err);
    }
    if (r == 0) {
        r = writer_read_scores(&b->writer, FEED_EPSS, o->epss, err);
    }
    if (r == 0) {
        r = db_set_meta(b->writer.db, "is_snapshot", o->is_snapshot, err);
    }
    b->notes = STR_NONE;
    return r;
}

static int fill(void *context, sqlite3 *db, struct err *err) {
    struct builder b = {.options = context, .arena = arena_new(MIB)};
    int r = writer_open(&b.writer, db, err);
    b.writer.keep_summary = !b.options->is_snapshot;
    b.writer.parse = b.options->parse;
    b.writer.parse_context = b.options->parse_context;
    b.writer.problem = b.options->problem;
    b.writer.problem_context = b.options->problem_context;
    if (r == 0) {
        r = build_all(&b, err);
    }
    writer_close(&b.writer);
    arena_free(&b.arena);
    return r < 0 ? r : db_finish(db, b.options->built, err);
}

int advisories_build(const struct build_options *options, const char *path, struct err *err) {
    return db_replace(path, DB_BASE_NONE, fill, (void *)options, err);
}
