#include "vuln/osv.h"

#include "base/clock.h"
#include "base/limits.h"
#include "doc/json.h"
#include "model/package.h"

struct reader {
    struct arena *arena;
    struct err *err;
};

/* The member as a list; an absent one and null are empty. */
static int get_list(struct reader *r, const struct doc *map, struct str key, size_t most,
                    const struct doc **out) {
    const struct doc *list = doc_get(map, key);
    *out = doc_is(list, DOC_LIST) ? list : NULL;
    if (list && !doc_is(list, DOC_LIST) && !doc_is(list, DOC_NULL)) {
        return err_set(r->err, ERR_INPUT, "line %u: \"%.*s\" is not a list", list->at.line, STR_ARG(key));
    }
    if (doc_count(*out) > most) {
        return err_set(r->err, ERR_LIMIT, "\"%.*s\" has %zu items, more than %zu", STR_ARG(key),
                       doc_count(*out), most);
    }
    return 0;
}

/* As get_list(), with an array in *array that has a place for each item; nothing is there for an empty list.
 */
static int new_array(struct reader *r, const struct doc *map, struct str key, size_t most,
                     const struct doc **list, size_t size, void **array) {
    int code = get_list(r, map, key, most, list);
    size_t n = code < 0 ? 0 : doc_count(*list);
    *array = n ? arena_array(r->arena, n, size) : NULL;
    if (code < 0 || (n && !*array)) {
        *list = NULL;
        return code < 0 ? code : err_memory(r->err);
    }
    return 0;
}

/* A string that must be there, not empty and of a length that an id, a name or a version has. */
static int get_word(struct reader *r, const struct doc *value, const char *what, struct str *out) {
    *out = doc_str(value);
    if (!out->n) {
        return err_set(r->err, ERR_INPUT, "no %s", what);
    }
    if (out->n > LIMIT_OSV_WORD) {
        return err_set(r->err, ERR_LIMIT, "%s of %zu bytes", what, out->n);
    }
    return 0;
}

static int get_strings(struct reader *r, const struct doc *map, struct str key, size_t most,
                       struct osv_strings *out) {
    const struct doc *list;
    int code = new_array(r, map, key, most, &list, sizeof *out->p, (void **)&out->p);
    size_t n = doc_count(list);
    if (code < 0) {
        return code;
    }
    for (size_t i = 0; i < n && code == 0; i++) {
        code = get_word(r, doc_at(list, i), "string in a list", &out->p[i]);
    }
    out->n = n;
    return code < 0 ? err_at(r->err, "\"%.*s\"", STR_ARG(key)) : 0;
}

/* A time before 1970 is the year 1 of Go's source: not stated. */
static int64_t get_time(const struct doc *map, struct str key) {
    int64_t seconds;
    return clock_parse(doc_str(doc_get(map, key)), &seconds) && seconds > 0 ? seconds : 0;
}

static int get_vectors(struct reader *r, const struct doc *map, struct osv_strings *out) {
    const struct doc *list;
    int code = new_array(r, map, STR("severity"), LIMIT_OSV_ALIASES, &list, sizeof *out->p, (void **)&out->p);
    size_t n = doc_count(list);
    for (size_t i = 0; i < n; i++) {
        struct str vector = doc_str(doc_get(doc_at(list, i), STR("score")));
        if (str_starts(doc_str(doc_get(doc_at(list, i), STR("type"))), STR("CVSS_")) &&
            vector.n <= LIMIT_OSV_WORD) {
            out->p[out->n++] = vector;
        }
    }
    return code;
}

static int read_event(struct reader *r, const struct doc *event, struct range_event *out) {
    static const struct {
        struct str key;
        enum range_event_kind kind;
    } kinds[] = {
        {STR("introduced"), RANGE_INTRODUCED},
        {STR("fixed"), RANGE_FIXED},
        {STR("last_affected"), RANGE_LAST_AFFECTED},
        {STR("limit"), RANGE_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        const struct doc *version = doc_get(event, kinds[i].key);
        if (version) {
            out->kind = kinds[i].kind;
            return get_word(r, version, "version in an event", &out->version);
        }
    }
    return err_set(r->err, ERR_INPUT, "an event that is not introduced, fixed, last_affected or limit");
}

static int read_range(struct reader *r, const struct doc *range, struct range *out) {
    const struct doc *events;
    struct range_event *array = NULL;
    int code = new_array(r, range, STR("events"), LIMIT_OSV_LIST, &events, sizeof *array, (void **)&array);
    size_t n = code < 0 ? 0 : doc_count(events);
    for (size_t i = 0; i < n && code == 0; i++) {
        code = read_event(r, doc_at(events, i), &array[i]);
    }
    *out = (struct range){RANGE_ECOSYSTEM, array, n};
    return code;
}

static int read_ranges(struct reader *r, const struct doc *affected, struct osv_affected *out) {
    const struct doc *list;
    int code = new_array(r, affected, STR("ranges"), LIMIT_OSV_LIST, &list, sizeof *out->ranges,
                         (void **)&out->ranges);
    size_t n = doc_count(list);
    for (size_t i = 0; i < n && code == 0; i++) {
        struct str type = doc_str(doc_get(doc_at(list, i), STR("type")));
        if (str_eq(type, STR("SEMVER")) || str_eq(type, STR("ECOSYSTEM"))) {
            code = read_range(r, doc_at(list, i), &out->ranges[out->ranges_n++]);
        } else if (!str_eq(type, STR("GIT"))) {
            code = err_set(r->err, ERR_UNSUPPORTED, "a range of type \"%.*s\"", STR_ARG(type));
        }
    }
    return code;
}

static int read_imports(struct reader *r, const struct doc *specific, struct osv_affected *out) {
    const struct doc *list;
    int code = new_array(r, specific, STR("imports"), LIMIT_OSV_LIST, &list, sizeof *out->imports,
                         (void **)&out->imports);
    size_t n = doc_count(list);
    out->imports_n = n;
    for (size_t i = 0; i < n && code == 0; i++) {
        struct osv_import *import = &out->imports[i];
        code = get_word(r, doc_get(doc_at(list, i), STR("path")), "import path", &import->path);
        if (code == 0) {
            code = get_strings(r, doc_at(list, i), STR("symbols"), LIMIT_OSV_LIST, &import->symbols);
        }
    }
    return code;
}

/* RubyGems states one platform as a string, RustSec lists of operating systems; either narrows the record. */
static int read_platforms(struct reader *r, const struct doc *specific, struct osv_affected *out) {
    struct str platform = doc_str(doc_get(specific, STR("platform")));
    if (!platform.n || platform.n > LIMIT_OSV_WORD) {
        return get_strings(r, doc_get(specific, STR("affects")), STR("os"), LIMIT_OSV_ALIASES,
                           &out->platforms);
    }
    out->platforms.p = arena_array(r->arena, 1, sizeof *out->platforms.p);
    if (!out->platforms.p) {
        return err_memory(r->err);
    }
    out->platforms.p[out->platforms.n++] = platform;
    return 0;
}

static int read_specific(struct reader *r, const struct doc *affected, struct osv_affected *out) {
    const struct doc *specific = doc_get(affected, STR("ecosystem_specific"));
    int code = read_imports(r, specific, out);
    if (code == 0) {
        code = get_strings(r, doc_get(specific, STR("affects")), STR("functions"), LIMIT_OSV_LIST,
                           &out->functions);
    }
    return code < 0 ? code : read_platforms(r, specific, out);
}

/* "Red Hat:enterprise_linux:9::appstream": os-release does not know from which repository a package is. */
static struct str without_repository(struct str ecosystem) {
    ptrdiff_t at =
        str_starts(ecosystem, STR("Red Hat:enterprise_linux:")) ? str_find(ecosystem, STR("::")) : -1;
    return at < 0 ? ecosystem : str_sub(ecosystem, 0, (size_t)at);
}

static int read_package(struct reader *r, const struct doc *affected, struct osv_affected *out) {
    const struct doc *package = doc_get(affected, STR("package"));
    int code = get_word(r, doc_get(package, STR("ecosystem")), "ecosystem", &out->ecosystem);
    if (code == 0) {
        code = get_word(r, doc_get(package, STR("name")), "package name", &out->name);
    }
    if (code == 0) {
        out->ecosystem = without_repository(out->ecosystem);
    }
    if (code == 0 && str_eq(out->ecosystem, STR("PyPI"))) {
        out->name = package_pypi_name(r->arena, out->name);
        code = out->name.p ? 0 : err_memory(r->err);
    }
    return code;
}

static int read_affected(struct reader *r, const struct doc *affected, struct osv_affected *out) {
    int code = read_package(r, affected, out);
    if (code == 0) {
        code = read_ranges(r, affected, out);
    }
    if (code == 0) {
        code = get_strings(r, affected, STR("versions"), LIMIT_OSV_LIST, &out->versions);
    }
    if (code == 0) {
        code = get_vectors(r, affected, &out->vectors);
    }
    return code < 0 ? code : read_specific(r, affected, out);
}

static int read_all_affected(struct reader *r, const struct doc *root, struct osv_record *out) {
    const struct doc *list;
    int code = new_array(r, root, STR("affected"), LIMIT_OSV_LIST, &list, sizeof *out->affected,
                         (void **)&out->affected);
    size_t n = doc_count(list);
    for (size_t i = 0; i < n && code == 0; i++) {
        /* A record that is only about a commit range names no package: nothing to match. */
        if (doc_get(doc_at(list, i), STR("package"))) {
            code = read_affected(r, doc_at(list, i), &out->affected[out->affected_n++]);
        }
        code = code < 0 ? err_at(r->err, "affected %zu", i) : 0;
    }
    return code;
}

static bool is_cve(struct str id) {
    return str_starts(id, STR("CVE-"));
}

/* Errata of AlmaLinux: for security, bugs, enhancements. */
static bool is_alma(struct str id) {
    return str_starts(id, STR("ALSA-")) || str_starts(id, STR("ALBA-")) || str_starts(id, STR("ALEA-"));
}

/* AlmaLinux lists the CVEs that an erratum repairs under `related`, which elsewhere means "similar". */
static int read_upstream(struct reader *r, const struct doc *root, struct osv_record *out) {
    int code = get_strings(r, root, STR("upstream"), LIMIT_OSV_ALIASES, &out->upstream);
    if (code < 0 || out->upstream.n || !is_alma(out->id)) {
        return code;
    }
    struct osv_strings related = {0};
    code = get_strings(r, root, STR("related"), LIMIT_OSV_ALIASES, &related);
    for (size_t i = 0; i < related.n; i++) {
        if (is_cve(related.p[i])) {
            related.p[out->upstream.n++] = related.p[i];
        }
    }
    out->upstream.p = related.p;
    return code;
}

static double get_number(const struct doc *d) {
    int64_t i;
    double value = doc_is(d, DOC_DOUBLE) ? d->d : doc_int(d, &i) ? (double)i : -1;
    return value >= 0 && value <= 10 ? value : -1;
}

/* Where a record has no vector, a number or a word may stand under database_specific. */
static void read_severity(const struct doc *root, struct osv_record *out) {
    static const struct str scores[] = {STR("cvss_v4_score"), STR("cvss_v3_score"), STR("cvss_v2_score")};
    const struct doc *specific = doc_get(root, STR("database_specific"));
    out->score = -1;
    for (size_t i = 0; i < ARRAY_SIZE(scores) && out->score < 0; i++) {
        out->score = get_number(doc_get(specific, scores[i]));
    }
    struct str word = doc_str(doc_get(specific, STR("severity")));
    out->word = word.n <= LIMIT_OSV_WORD ? word : STR_NONE;
}

/* RustSec's word; and an erratum of AlmaLinux for a bug or an enhancement that repairs no CVE. */
static void read_informational(const struct doc *root, struct osv_record *out) {
    struct str word = doc_str(doc_path(root, "database_specific.informational"));
    if (!word.n) {
        word = doc_str(doc_path(root, "affected.0.database_specific.informational"));
    }
    bool is_bugfix = str_starts(out->id, STR("ALBA-")) || str_starts(out->id, STR("ALEA-"));
    out->informational = is_bugfix && !out->upstream.n ? STR("bugfix")
                         : word.n <= LIMIT_OSV_WORD    ? word
                                                       : STR_NONE;
}

/* AlmaLinux puts the severity and the module stream into the summary: "Important: nodejs:18 security update".
 */
static void read_alma_summary(struct osv_record *out) {
    static const struct {
        struct str said, word;
    } words[] = {
        {STR("Low"), STR("low")},
        {STR("Moderate"), STR("medium")},
        {STR("Important"), STR("high")},
        {STR("Critical"), STR("critical")},
    };
    struct str first, rest = out->summary;
    str_cut(rest, ':', &first, &rest);
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq(first, words[i].said)) {
            out->word = words[i].word;
        }
    }
    rest = out->summary;
    for (struct str part, name, stream; !out->module.n && str_split(&rest, ' ', &part);) {
        if (str_cut(part, ':', &name, &stream) && name.n && stream.n) {
            out->module = part;
        }
    }
}

static int read_record(struct reader *r, const struct doc *root, struct osv_record *out) {
    if (!doc_is(root, DOC_MAP)) {
        return err_set(r->err, ERR_INPUT, "not a JSON object");
    }
    int code = get_word(r, doc_get(root, STR("id")), "id", &out->id);
    if (code == 0) {
        code = get_strings(r, root, STR("aliases"), LIMIT_OSV_ALIASES, &out->aliases);
    }
    if (code == 0) {
        code = read_upstream(r, root, out);
    }
    if (code == 0) {
        code = get_vectors(r, root, &out->vectors);
    }
    if (code < 0) {
        return code;
    }
    out->summary = str_sub(doc_str(doc_get(root, STR("summary"))), 0, LIMIT_OSV_SUMMARY);
    out->published = get_time(root, STR("published"));
    out->modified = get_time(root, STR("modified"));
    out->withdrawn = get_time(root, STR("withdrawn"));
    read_severity(root, out);
    read_informational(root, out);
    if (is_alma(out->id)) {
        read_alma_summary(out);
    }
    return read_all_affected(r, root, out);
}

int osv_read_doc(struct arena *arena, const struct doc *root, struct osv_record *out, struct err *err) {
    struct reader reader = {arena, err};
    *out = (struct osv_record){0};
    return read_record(&reader, root, out);
}

int osv_read(struct arena *arena, struct str json, struct osv_record *out, struct err *err) {
    const struct doc *root;
    *out = (struct osv_record){0};
    if (json.n > LIMIT_OSV_RECORD) {
        return err_set(err, ERR_LIMIT, "an advisory of %zu bytes", json.n);
    }
    int code = json_parse(arena, json, &root, err);
    return code < 0 ? code : osv_read_doc(arena, root, out, err);
}
