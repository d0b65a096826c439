/* Java archives: jar, war, ear and their kind (JAR File Specification), and those inside of them.
 *
 * What an archive is, its META-INF/maven/<group>/<artifact>/pom.properties says. Of several, the one that
 * fits the file's name (or the manifest) is the archive's own; the others came with classes that were copied
 * in
 * ("shaded"). Without one, the manifest and the file's name say it (java_name.h); the group may then stay
 * unknown, and the package's name is the artifact alone.
 *
 * One that is found inside of another has the path of those around it: "app.war!/WEB-INF/lib/a.jar". Depth,
 * members, and bytes unpacked are capped for the whole; what a cap cuts off is a problem. */
#include "base/limits.h"
#include "base/utf8.h"
#include "inspect/packages/installed.h"
#include "inspect/packages/java/java_name.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"
#include "source/stream/zip.h"

/* Of the whole file. */
struct java {
    struct inspection *in;
    struct problems problems;
    uint64_t members, archives, unpacked;
    size_t held;
    bool is_spent; /* a cap was reached and said */
};

/* One archive. */
struct archive {
    const struct archive *outer; /* NULL: the file itself */
    unsigned depth;              /* 0: the file itself */
    struct str path;             /* in the file, safe to show; empty: the file itself */
    struct str stem;             /* its file name without the suffix */
    VEC(struct java_name) poms;
    struct java_manifest manifest;
};

static const char *const suffixes[] = {".jar", ".war", ".ear", ".jpi", ".hpi", ".par", ".nar", ".kar"};

static bool cut_suffix(struct str path, struct str *stem) {
    struct str name = str_basename(path);
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        struct str suffix = str_c(suffixes[i]);
        if (name.n > suffix.n && str_eq_nocase(str_from(name, name.n - suffix.n), suffix)) {
            *stem = str_sub(name, 0, name.n - suffix.n);
            return true;
        }
    }
    return false;
}

/* ---- facts */

static void note(struct java *java, const struct archive *archive, struct str member, const char *message) {
    _cleanup_(buf_free) struct buf place = buf_new(2 * LIMIT_PATH);
    utf8_put_safe(&place, str_sub(member, 0, 200));
    problems_add(&java->problems, "%.*s%s%.*s%s%s", STR_ARG(archive->path), archive->path.n ? ": " : "",
                 STR_ARG(buf_view(&place)), member.n ? ": " : "", message);
}

static bool is_spent(struct java *java, const struct archive *archive) {
    const char *why = java->members > LIMIT_ARCHIVE_MEMBERS     ? "too many members in all"
                      : java->archives > LIMIT_ARCHIVE_NESTED   ? "too many archives inside of each other"
                      : java->unpacked > LIMIT_ARCHIVE_UNPACKED ? "unpacks to too many bytes in all"
                                                                : NULL;
    if (why && !java->is_spent) {
        note(java, archive, STR_NONE, why);
    }
    java->is_spent |= why != NULL;
    return java->is_spent;
}

static int put_name(struct java *java, const struct archive *archive, const struct java_name *name,
                    unsigned flags, struct err *err) {
    struct str full = name->group.n ? arena_strf(java->in->arena, "%.*s:%.*s", STR_ARG(name->group),
                                                 STR_ARG(name->artifact))
                                    : name->artifact;
    if (!full.p) {
        return err_memory(err);
    }
    if (name->version.n) {
        language_package(java->in, &(struct package){.type = PACKAGE_MAVEN,
                                                     .flags = PACKAGE_IS_INSTALLED | flags,
                                                     .name = full,
                                                     .version = name->version,
                                                     .within = archive->path});
    }
    return 0;
}

/* ---- pom.properties */

static struct str property(struct str line, struct str key) {
    struct str name, value;
    return str_cut(line, '=', &name, &value) && str_eq(str_trim(name), key) ? str_trim(value) : STR_NONE;
}

static void set(struct str *field, struct str value) {
    *field = value.n ? value : *field;
}

/* Properties that a build did not fill in ("${project.version}") say nothing. */
static bool is_filled(struct str value) {
    return value.n && value.n <= LIMIT_FIELD && str_find(value, STR("${")) < 0 && utf8_is_valid(value);
}

static int take_pom(struct java *java, struct archive *archive, struct str text, struct err *err) {
    struct java_name name = {0};
    for (struct str rest = text, line; str_line(&rest, &line);) {
        set(&name.group, property(line, STR("groupId")));
        set(&name.artifact, property(line, STR("artifactId")));
        set(&name.version, property(line, STR("version")));
    }
    if (!is_filled(name.group) || !is_filled(name.artifact) || !is_filled(name.version)) {
        return 0;
    }
    struct java_name *kept = VEC_PUSH(java->in->arena, &archive->poms);
    if (!kept) {
        return err_memory(err);
    }
    kept->group = arena_str(java->in->arena, name.group);
    kept->artifact = arena_str(java->in->arena, name.artifact);
    kept->version = arena_str(java->in->arena, name.version);
    return kept->group.p && kept->artifact.p && kept->version.p ? 0 : err_memory(err);
}

/* Alone in a file with another name: renamed, unless that name or the manifest says another version. */
static bool contradicts(const struct java_name *file, const struct str *values, const struct java_name *pom) {
    const struct str said[] = {file->version, values[JAVA_IMPLEMENTATION_VERSION],
                               values[JAVA_BUNDLE_VERSION]};
    for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
        if (said[i].n && !str_starts(pom->version, said[i]) && !str_starts(said[i], pom->version)) {
            return true;
        }
    }
    return false;
}

/* How well a pom fits the file's name and the manifest; 0: not at all. */
static int fit_of(const struct archive *archive, const struct java_name *pom) {
    struct java_name file;
    const struct str *values = archive->manifest.values;
    struct str bundle = values[JAVA_BUNDLE_SYMBOLIC_NAME], stem = archive->stem;
    java_name_of_file(stem, &file);
    bool is_versioned = str_starts(stem, pom->artifact) && stem.n > pom->artifact.n &&
                        stem.p[pom->artifact.n] == '-' &&
                        str_starts(str_from(stem, pom->artifact.n + 1), pom->version);
    if (is_versioned) {
        return 4;
    }
    if (str_eq(file.artifact, pom->artifact) || str_eq(stem, pom->artifact)) {
        return 3;
    }
    if (str_eq(values[JAVA_IMPLEMENTATION_TITLE], pom->artifact) || str_ends(bundle, pom->artifact) ||
        str_eq(values[JAVA_EXTENSION_NAME], pom->artifact)) {
        return 2;
    }
    return archive->poms.n == 1 && !contradicts(&file, values, pom) ? 1 : 0;
}

static const struct java_name *find_own(const struct archive *archive) {
    const struct java_name *own = NULL;
    int best = 0;
    for (size_t i = 0; i < archive->poms.n; i++) {
        const struct java_name *pom = &archive->poms.p[i];
        int fit = fit_of(archive, pom);
        bool is_longer = own && fit == best && pom->artifact.n > own->artifact.n;
        if (fit && (fit > best || is_longer)) {
            best = fit;
            own = pom;
        }
    }
    return own;
}

static int put_names(struct java *java, const struct archive *archive, struct err *err) {
    const struct java_name *own = find_own(archive);
    struct java_name guess = {0};
    int r = 0;
    if (!own) {
        java_name_guess(&archive->manifest, archive->stem, &guess);
        r = put_name(java, archive, &guess, 0, err);
    }
    for (size_t i = 0; r == 0 && i < archive->poms.n; i++) {
        const struct java_name *pom = &archive->poms.p[i];
        r = put_name(java, archive, pom, pom == own ? 0 : PACKAGE_IS_SHADED, err);
    }
    return r;
}

/* ---- members */

static int read_archive(struct java *java, struct zip *zip, struct archive *archive, struct err *err);

/* What goes wrong inside of an archive is a problem of that place; only a lack of memory ends the reading. */
static int note_failure(struct java *java, const struct archive *archive, struct str member,
                        const struct err *why, struct err *err) {
    if (why->code == ERR_MEMORY) {
        return err_memory(err);
    }
    note(java, archive, member, why->message);
    return 0;
}

static struct str inner_path(struct arena *arena, const struct archive *outer, struct str member) {
    _cleanup_(buf_free) struct buf safe = buf_new(5 * LIMIT_PATH);
    utf8_put_safe(&safe, member);
    return safe.failed ? STR_NONE
                       : arena_strf(arena, "%.*s%s%.*s", STR_ARG(outer->path), outer->path.n ? "!/" : "",
                                    STR_ARG(buf_view(&safe)));
}

static int open_inner(struct java *java, const struct archive *outer, struct str member, struct str bytes,
                      struct err *err) {
    struct archive inner = {.outer = outer, .depth = outer->depth + 1};
    struct err why = ERR_NONE;
    struct zip zip;
    inner.path = inner_path(java->in->arena, outer, member);
    if (!inner.path.p) {
        return err_memory(err);
    }
    cut_suffix(inner.path, &inner.stem);
    if (zip_open(&zip, bytes, &why) < 0) {
        return note_failure(java, &inner, STR_NONE, &why, err);
    }
    return read_archive(java, &zip, &inner, err);
}

static int unpack_inner(struct java *java, const struct zip *zip, const struct zip_member *member,
                        const struct archive *outer, struct err *err) {
    size_t left = LIMIT_ARCHIVE_HELD - java->held;
    _cleanup_(buf_free) struct buf content = buf_new(MIN(left, LIMIT_BODY));
    struct err why = ERR_NONE;
    if (member->size > content.cap) {
        note(java, outer, member->name, "not read: an archive too large to be held in memory");
        return 0;
    }
    if (zip_read(zip, member, &content, &why) < 0) {
        return note_failure(java, outer, member->name, &why, err);
    }
    java->unpacked += content.n;
    java->held += content.n;
    int r = is_spent(java, outer) ? 0 : open_inner(java, outer, member->name, buf_view(&content), err);
    java->held -= content.n;
    return r;
}

static int take_inner(struct java *java, const struct zip *zip, const struct zip_member *member,
                      const struct archive *outer, struct err *err) {
    struct err why = ERR_NONE;
    struct str bytes;
    java->archives++;
    if (is_spent(java, outer)) {
        return 0;
    }
    if (outer->depth + 1 >= LIMIT_ARCHIVE_DEPTH) {
        char message[64];
        snprintf(message, sizeof message, "not read: archives more than %d deep", LIMIT_ARCHIVE_DEPTH);
        note(java, outer, member->name, message);
        return 0;
    }
    if (member->name.n > LIMIT_PATH) {
        note(java, outer, member->name, "not read: its path is too long");
        return 0;
    }
    if (!zip_is_plain(zip, member)) {
        return unpack_inner(java, zip, member, outer, err);
    }
    return zip_slice(zip, member, &bytes, &why) < 0 ? note_failure(java, outer, member->name, &why, err)
                                                    : open_inner(java, outer, member->name, bytes, err);
}

static bool is_pom(struct str name) {
    return str_starts(name, STR("META-INF/maven/")) && str_ends(name, STR("/pom.properties"));
}

/* The manifest outlives its text. */
static int take_manifest(struct java *java, struct archive *archive, struct str text, struct err *err) {
    struct java_manifest *m = &archive->manifest;
    int r = java_manifest_read(java->in->arena, text, m, err);
    for (size_t i = 0; r == 0 && i < JAVA_ATTRIBUTES; i++) {
        if (m->values[i].n) {
            bool is_kept = m->values[i].n <= LIMIT_FIELD && utf8_is_valid(m->values[i]);
            m->values[i] = is_kept ? arena_str(java->in->arena, m->values[i]) : STR_NONE;
            r = is_kept && !m->values[i].p ? err_memory(err) : 0;
        }
    }
    return r;
}

static int take_text(struct java *java, const struct zip *zip, const struct zip_member *member,
                     struct archive *archive, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_ARCHIVE_TEXT);
    struct err why = ERR_NONE;
    java->unpacked += MIN(member->size, LIMIT_ARCHIVE_TEXT);
    if (is_spent(java, archive)) {
        return 0;
    }
    if (zip_read(zip, member, &text, &why) < 0) {
        return note_failure(java, archive, member->name, &why, err);
    }
    return is_pom(member->name) ? take_pom(java, archive, buf_view(&text), err)
                                : take_manifest(java, archive, buf_view(&text), err);
}

static int take_member(struct java *java, const struct zip *zip, const struct zip_member *member,
                       struct archive *archive, struct err *err) {
    struct str stem;
    java->members++;
    if (is_spent(java, archive)) {
        return 0;
    }
    if (str_eq_nocase(member->name, STR("META-INF/MANIFEST.MF")) || is_pom(member->name)) {
        return take_text(java, zip, member, archive, err);
    }
    return cut_suffix(member->name, &stem) ? take_inner(java, zip, member, archive, err) : 0;
}

/* Recursion ends at LIMIT_ARCHIVE_DEPTH. */
static int read_archive(struct java *java, struct zip *zip, struct archive *archive, struct err *err) {
    struct zip_member member;
    struct err why = ERR_NONE;
    int more = 0, r = 0;
    while (r == 0 && !java->is_spent && (more = zip_next(zip, &member, &why)) == 1) {
        r = take_member(java, zip, &member, archive, err);
    }
    if (r == 0 && more < 0) {
        r = note_failure(java, archive, STR_NONE, &why, err);
    }
    return r == 0 ? put_names(java, archive, err) : r;
}

static int inspect(struct inspection *in, struct err *err) {
    struct java java = {.in = in, .problems = {in->facts, 0}};
    struct archive archive = {0};
    struct zip zip;
    cut_suffix(in->entry->path, &archive.stem);
    int r = in->spool >= 0 ? zip_open_file(&zip, in->spool, in->arena, err) : zip_open(&zip, in->body, err);
    r = r == 0 ? read_archive(&java, &zip, &archive, err) : r;
    problems_end(&java.problems);
    return r;
}

const struct inspector inspect_java_archive = {
    .name = "java-archive",
    .title = "Java archives",
    .reads = "*.jar, *.war, *.ear, *.jpi, *.hpi, *.par, *.nar, *.kar, also inside of each other",
    .version = 2,
    .may_spool = true,
    .body_max = LIMIT_BODY_IN_MEMORY,
    .wants = {{.suffix = ".jar"},
              {.suffix = ".war"},
              {.suffix = ".ear"},
              {.suffix = ".jpi"},
              {.suffix = ".hpi"},
              {.suffix = ".par", .magic = "PK\3\4"},
              {.suffix = ".nar", .magic = "PK\3\4"},
              {.suffix = ".kar", .magic = "PK\3\4"}},
    .inspect = inspect,
};
