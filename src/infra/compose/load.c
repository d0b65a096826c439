#include "infra/compose/load.h"

#include "base/limits.h"
#include "doc/build.h"
#include "doc/yaml.h"
#include "infra/compose/canonical.h"
#include "infra/compose/interpolate.h"
#include "infra/compose/legacy.h"
#include "infra/compose/merge.h"
#include "infra/compose/path.h"
#include "infra/compose/rebase.h"
#include "infra/compose/short.h"

#include <stdarg.h>

/* The projects that are open at present. */
struct including {
    const struct including *outer;
    struct str path;
};

struct loading {
    struct resources *set;
    struct arena *arena;
    struct compose_files files;
    struct variables variables; /* of the project that is loaded at present */
    struct map bases;           /* path to struct file *: what its services extend */
    const struct including *including;
    size_t values, files_read;
    struct err *err;
};

/* One document, canonical. */
struct source {
    struct str path, folder;
    const struct doc *model, *input;
    struct map services; /* name to struct extending * */
};

/* A service with its bases merged; NULL as long as that is being done. */
struct extending {
    const struct doc *service;
};

struct file {
    struct source *sources; /* one for each document */
    size_t n;
};

/* ---- errors ---- */

/* "path: " in front of what was said. */
static int in_file(struct loading *in, struct str path, int rc) {
    return rc < 0 && rc != ERR_MEMORY && in->err ? err_at(in->err, "%.*s", STR_ARG(path)) : rc;
}

/* "path: line 3 column 4: " and the message; at is in a file of the set. */
_printf_(4, 5) static int refuse(struct loading *in, enum err_code code, struct doc_place at, const char *fmt,
                                 ...) {
    char message[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    assert(at.file > 0);
    doc_error(in->err, code, at, "%s", message);
    return in_file(in, in->set->files.p[at.file - 1], code);
}

/* As refuse(), in front of what was said. */
static int seen_from(struct loading *in, struct doc_place at, int rc) {
    if (rc == 0 || rc == ERR_MEMORY || !in->err) {
        return rc;
    }
    return err_at(in->err, "%.*s: line %u column %u", STR_ARG(in->set->files.p[at.file - 1]), at.line,
                  at.column);
}

/* ---- text to values ---- */

static int take_string(struct loading *in, const struct doc *d, struct doc *copy) {
    struct interpolated text;
    struct err err = ERR_NONE;
    int rc = interpolate(&in->variables, d->s, &text, &err);
    if (rc < 0) {
        return rc == ERR_MEMORY ? err_memory(in->err)
                                : doc_error(in->err, (enum err_code)rc, d->at, "%s", err.message);
    }
    if (text.required.n) {
        return doc_error(in->err, ERR_INPUT, d->at, "the variable %.*s is required: %.*s",
                         STR_ARG(text.required), (int)MIN(text.message.n, (size_t)200),
                         text.message.p ? text.message.p : "");
    }
    copy->s = text.text;
    if (text.unset.n) {
        copy->kind = DOC_UNKNOWN;
        copy->s = arena_strf(in->arena, "the variable %.*s is not set", STR_ARG(text.unset));
    }
    return copy->s.p ? 0 : err_memory(in->err);
}

static int take(struct loading *in, const struct doc *d, uint32_t file, const struct doc **out);

static int take_list(struct loading *in, const struct doc *d, uint32_t file, struct doc *copy) {
    copy->list.items = arena_array(in->arena, d->list.n, sizeof(struct doc *));
    if (!copy->list.items) {
        return err_memory(in->err);
    }
    for (size_t i = 0; i < d->list.n; i++) {
        int rc = take(in, d->list.items[i], file, &copy->list.items[i]);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int take_map(struct loading *in, const struct doc *d, uint32_t file, const struct doc **out) {
    struct map_maker m = {.arena = in->arena, .at = d->at};
    m.at.file = file;
    for (size_t i = 0; i < d->map.n; i++) {
        const struct doc_member *member = &d->map.members[i];
        const struct doc *value;
        struct doc_place at = member->at;
        at.file = file;
        int rc = take(in, member->value, file, &value);
        if (rc < 0) {
            return rc;
        }
        map_maker_put(&m, member->key, at, value);
    }
    *out = map_maker_done(&m);
    return *out ? 0 : err_memory(in->err);
}

/* {"!tag": value} of the reader, where the tag is none of compose. */
static const struct doc *without_foreign_tag(const struct doc *d) {
    bool is_tagged = doc_is(d, DOC_MAP) && d->map.n == 1 && str_starts(d->map.members->key, STR("!"));
    return is_tagged && !compose_tag(d) ? d->map.members->value : d;
}

/* A copy of d with its variables put in and its places in file. Aliases are copied each time they stand. */
static int take(struct loading *in, const struct doc *d, uint32_t file, const struct doc **out) {
    d = without_foreign_tag(d);
    if (++in->values > LIMIT_COMPOSE_VALUES) {
        return doc_error(in->err, ERR_LIMIT, d->at, "more than %u values", (unsigned)LIMIT_COMPOSE_VALUES);
    }
    if (d->kind == DOC_MAP) {
        return take_map(in, d, file, out);
    }
    struct doc *copy = doc_new(in->arena, d->kind, d->at);
    *out = copy;
    if (!copy) {
        return err_memory(in->err);
    }
    *copy = *d;
    copy->at.file = file;
    if (d->kind == DOC_LIST) {
        return take_list(in, d, file, copy);
    }
    return d->kind == DOC_STRING ? take_string(in, d, copy) : 0;
}

/* ---- files ---- */

static int read_text(struct loading *in, struct str path, struct str *text) {
    if (++in->files_read > LIMIT_COMPOSE_FILES) {
        return err_set(in->err, ERR_LIMIT, "more than %u files in one project",
                       (unsigned)LIMIT_COMPOSE_FILES);
    }
    return in->files.read(in->files.context, path, text, in->err);
}

static int take_document(struct loading *in, struct source *source, const struct doc *d, uint32_t file) {
    const struct doc *model;
    int rc = take(in, d, file, &model);
    if (rc == 0 && !doc_is(model, DOC_MAP)) {
        rc = doc_error(in->err, ERR_INPUT, d->at, "a compose file is a map, not a %s",
                       doc_kind_name(model->kind));
    }
    rc = rc < 0 ? rc : compose_from_format_1(in->arena, &model, in->err);
    rc = rc < 0 ? rc : compose_canonical(in->arena, model, &in->values, &source->model, in->err);
    source->input = d;
    source->services = map_new(in->arena);
    return rc;
}

static int take_documents(struct loading *in, struct str path, uint32_t file, const struct doc *const *docs,
                          size_t n, struct file *out) {
    out->sources = arena_array(in->arena, n, sizeof *out->sources);
    if (!out->sources) {
        return err_memory(in->err);
    }
    for (size_t i = 0; i < n; i++) {
        struct source *source = &out->sources[out->n];
        *source = (struct source){.path = path, .folder = str_dirname(path)};
        if (docs[i]->kind == DOC_NULL) {
            continue;
        }
        int rc = take_document(in, source, docs[i], file);
        if (rc < 0) {
            return rc;
        }
        out->n++;
    }
    return 0;
}

/* All documents of a file; each later one is an override. Empty ones count for nothing. */
static int read_file(struct loading *in, struct str path, struct file *out) {
    struct str text, kept = arena_str(in->arena, path);
    const struct doc **docs;
    size_t n;
    uint32_t file = kept.p ? resources_file(in->set, kept) : 0;
    *out = (struct file){0};
    if (!file) {
        return err_memory(in->err);
    }
    int rc = read_text(in, kept, &text);
    rc = rc < 0 ? rc : yaml_parse_tagged(in->arena, text, &docs, &n, in->err);
    rc = rc < 0 ? rc : take_documents(in, kept, file, docs, n, out);
    return in_file(in, kept, rc);
}

/* As read_file(), once for each file that is extended. */
static int read_base(struct loading *in, struct str path, struct file **out) {
    uint64_t *slot = map_put(&in->bases, path, NULL);
    if (!slot) {
        return err_memory(in->err);
    }
    *out = (struct file *)(uintptr_t)*slot;
    if (*out) {
        return 0;
    }
    *out = arena_alloc(in->arena, sizeof **out);
    *slot = (uint64_t)(uintptr_t)*out;
    return *out ? read_file(in, path, *out) : err_memory(in->err);
}

/* ---- extends ---- */

static int extend(struct loading *in, struct source *source, struct str name, struct doc_place at,
                  unsigned depth, const struct doc **out);

/* The service of another file that is the base, with its paths seen from our folder. */
static int base_of_file(struct loading *in, struct source *source, const struct doc *file, struct str name,
                        struct doc_place at, unsigned depth, const struct doc **out) {
    struct str path;
    struct file *base = NULL;
    int rc = path_join(in->arena, source->folder, file->s, &path, in->err);
    rc = rc < 0 ? rc : read_base(in, path, &base);
    if (rc < 0) {
        return seen_from(in, file->at, rc);
    }
    if (base->n == 0) {
        return refuse(in, ERR_INPUT, at, "%.*s is empty", STR_ARG(path));
    }
    rc = extend(in, &base->sources[0], name, at, depth, out);
    return rc < 0 ? rc : compose_rebase(in->arena, source->folder, base->sources[0].folder, out, in->err);
}

static const struct doc *without_extends(struct arena *arena, const struct doc *service) {
    struct map_maker m = {.arena = arena, .at = service->at};
    for (size_t i = 0; i < service->map.n; i++) {
        const struct doc_member *member = &service->map.members[i];
        if (!str_eq(member->key, STR("extends"))) {
            map_maker_put(&m, member->key, member->at, member->value);
        }
    }
    return map_maker_done(&m);
}

static int merge_base(struct loading *in, struct source *source, const struct doc *service, unsigned depth,
                      const struct doc **out) {
    const struct doc *extends = doc_get(service, STR("extends")), *own, *base;
    const struct doc *named = doc_is(extends, DOC_MAP) ? doc_get(extends, STR("service")) : extends;
    const struct doc *file = doc_get(extends, STR("file"));
    *out = service;
    if (!extends || doc_is(extends, DOC_NULL) || compose_tag(extends)) {
        return 0;
    }
    if (!doc_str(named).n || (file && !doc_is(file, DOC_STRING))) {
        return refuse(in, ERR_INPUT, extends->at, "extends wants the name of a service");
    }
    int rc = file ? base_of_file(in, source, file, named->s, named->at, depth, &base)
                  : extend(in, source, named->s, named->at, depth, &base);
    own = rc == 0 ? without_extends(in->arena, service) : NULL;
    if (rc == 0 && !own) {
        rc = err_memory(in->err);
    }
    return rc < 0 ? rc : in_file(in, source->path, compose_merge_service(in->arena, base, own, out, in->err));
}

static int extend(struct loading *in, struct source *source, struct str name, struct doc_place at,
                  unsigned depth, const struct doc **out) {
    const struct doc *service = doc_get(doc_get(source->model, STR("services")), name);
    bool is_new = false;
    uint64_t *slot = map_put(&source->services, name, &is_new);
    if (!slot) {
        return err_memory(in->err);
    }
    if (!is_new) {
        const struct extending *known = (const struct extending *)(uintptr_t)*slot;
        *out = known->service;
        return *out ? 0 : refuse(in, ERR_INPUT, at, "service %.*s extends itself", STR_ARG(name));
    }
    struct extending *extending = arena_alloc(in->arena, sizeof *extending);
    if (!extending) {
        return err_memory(in->err);
    }
    *slot = (uint64_t)(uintptr_t)extending;
    if (!service) {
        return refuse(in, ERR_INPUT, at, "there is no service %.*s in %.*s", STR_ARG(name),
                      STR_ARG(source->path));
    }
    if (depth > LIMIT_COMPOSE_CHAIN) {
        return refuse(in, ERR_LIMIT, at, "more than %u services extend one another",
                      (unsigned)LIMIT_COMPOSE_CHAIN);
    }
    int rc = doc_is(service, DOC_MAP) ? merge_base(in, source, service, depth + 1, &service) : 0;
    *out = extending->service = service;
    return rc;
}

/* The model with every service merged with its bases. */
static int extend_all(struct loading *in, struct source *source) {
    const struct doc *services = doc_get(source->model, STR("services"));
    struct map_maker all = {.arena = in->arena, .at = source->model->at};
    struct map_maker m = {.arena = in->arena, .at = services ? services->at : all.at};
    if (!doc_is(services, DOC_MAP) || compose_tag(services)) {
        return 0;
    }
    for (size_t i = 0; i < services->map.n; i++) {
        const struct doc_member *member = &services->map.members[i];
        const struct doc *service;
        int rc = extend(in, source, member->key, member->at, 0, &service);
        if (rc < 0) {
            return rc;
        }
        map_maker_put(&m, member->key, member->at, service);
    }
    const struct doc *merged = map_maker_done(&m);
    for (size_t i = 0; i < source->model->map.n; i++) {
        const struct doc_member *member = &source->model->map.members[i];
        map_maker_put(&all, member->key, member->at, member->value == services ? merged : member->value);
    }
    source->model = map_maker_done(&all);
    return source->model ? 0 : err_memory(in->err);
}

/* ---- include ---- */

static int load_files(struct loading *in, const struct str *paths, size_t n, unsigned depth,
                      struct compose_model *out);

/* Adds a ".env" file, or one that "include" names; none is no error. */
static int read_variables(struct loading *in, struct str path) {
    struct str text;
    int rc = read_text(in, path, &text);
    if (rc == ERR_ABSENT) {
        return 0;
    }
    return in_file(in, path, rc < 0 ? rc : variables_read(&in->variables, text, in->err));
}

static int read_default_variables(struct loading *in, struct str folder) {
    struct str path;
    int rc = path_join(in->arena, folder, STR(".env"), &path, in->err);
    return rc < 0 ? rc : read_variables(in, path);
}

/* One path or a list of them, seen from folder. */
static int paths_of(struct loading *in, struct str folder, const struct doc *d, struct str **out, size_t *n) {
    *n = doc_is(d, DOC_LIST) ? d->list.n : doc_is(d, DOC_STRING);
    *out = arena_array(in->arena, *n, sizeof **out);
    if (!*out) {
        return err_memory(in->err);
    }
    for (size_t i = 0; i < *n; i++) {
        const struct doc *path = doc_is(d, DOC_LIST) ? d->list.items[i] : d;
        if (!doc_str(path).n) {
            return refuse(in, ERR_INPUT, path->at, "include wants paths");
        }
        if (str_find(path->s, STR("://")) >= 0 || str_starts(path->s, STR("git@"))) {
            return refuse(in, ERR_UNSUPPORTED, path->at, "\"%.*s\" is not in the folder that is read",
                          (int)MIN(path->s.n, (size_t)200), path->s.p);
        }
        int rc = path_join(in->arena, folder, path->s, &(*out)[i], in->err);
        if (rc < 0) {
            return seen_from(in, path->at, rc);
        }
    }
    return 0;
}

static bool is_same_place(struct doc_place a, struct doc_place b) {
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* What the included model has under key, added to what is there. The same twice is once. */
static int import_section(struct loading *in, const struct doc *included, const struct doc *there,
                          const struct doc **out) {
    struct map_maker m = {.arena = in->arena, .at = there ? there->at : included->at};
    for (size_t i = 0; doc_is(there, DOC_MAP) && i < there->map.n; i++) {
        map_maker_put(&m, there->map.members[i].key, there->map.members[i].at, there->map.members[i].value);
    }
    for (size_t i = 0; doc_is(included, DOC_MAP) && i < included->map.n; i++) {
        const struct doc_member *new = &included->map.members[i], *old = doc_member(there, new->key);
        if (!old) {
            map_maker_put(&m, new->key, new->at, new->value);
        } else if (!is_same_place(old->at, new->at)) {
            return refuse(in, ERR_INPUT, old->at, "%.*s is in an included file too (line %u there)",
                          STR_ARG(new->key), new->at.line);
        }
    }
    *out = map_maker_done(&m);
    return *out ? 0 : err_memory(in->err);
}

static int import(struct loading *in, const struct doc *included, const struct doc **model) {
    static const struct str sections[] = {STR("services"), STR("volumes"), STR("networks"),
                                          STR("secrets"),  STR("configs"), STR("models")};
    struct map_maker m = {.arena = in->arena, .at = (*model)->at};
    for (size_t i = 0; i < (*model)->map.n; i++) {
        map_maker_put(&m, (*model)->map.members[i].key, (*model)->map.members[i].at,
                      (*model)->map.members[i].value);
    }
    for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
        const struct doc *new = doc_get(included, sections[i]), *merged;
        if (!doc_is(new, DOC_MAP)) {
            continue;
        }
        int rc = import_section(in, new, doc_get(*model, sections[i]), &merged);
        if (rc < 0) {
            return rc;
        }
        map_maker_put(&m, sections[i], new->at, merged);
    }
    *model = map_maker_done(&m);
    return *model ? 0 : err_memory(in->err);
}

static bool is_included(const struct loading *in, struct str path) {
    for (const struct including *i = in->including; i; i = i->outer) {
        if (str_eq(i->path, path)) {
            return true;
        }
    }
    return false;
}

static int load_paths(struct loading *in, const struct doc *entry, const struct str *paths, size_t n,
                      unsigned depth, struct compose_model *out) {
    const struct including here = {in->including, paths[0]};
    if (is_included(in, here.path)) {
        return refuse(in, ERR_INPUT, entry->at, "%.*s includes itself", STR_ARG(here.path));
    }
    in->including = &here;
    int rc = seen_from(in, entry->at, load_files(in, paths, n, depth + 1, out));
    in->including = here.outer;
    return rc;
}

static int load_entry(struct loading *in, const struct doc *entry, struct str folder, unsigned depth,
                      struct compose_model *out) {
    struct str *paths, *env;
    size_t n, env_n;
    const struct doc *path = doc_is(entry, DOC_MAP) ? doc_get(entry, STR("path")) : entry;
    int rc = paths_of(in, folder, path, &paths, &n);
    if (rc == 0 && n == 0) {
        rc = refuse(in, ERR_INPUT, entry->at, "include wants a path");
    }
    rc = rc < 0 ? rc : paths_of(in, folder, doc_get(entry, STR("env_file")), &env, &env_n);
    if (rc == 0 && env_n == 0) {
        rc = read_default_variables(in, str_dirname(paths[0]));
    }
    for (size_t i = 0; rc == 0 && i < env_n; i++) {
        rc = read_variables(in, env[i]);
    }
    return rc < 0 ? rc : load_paths(in, entry, paths, n, depth, out);
}

/* An included project has our variables, then those of its own file. */
static int load_included(struct loading *in, const struct doc *entry, struct str folder, unsigned depth,
                         struct compose_model *out) {
    struct variables variables = in->variables;
    struct map bases = in->bases;
    in->variables = variables_new(in->arena, &variables);
    in->bases = map_new(in->arena);
    int rc = load_entry(in, entry, folder, depth, out);
    in->variables = variables;
    in->bases = bases;
    return rc;
}

/* Includes of all sources; what a source declares and what it includes may not be the same. */
static int include_all(struct loading *in, const struct source *source, const struct doc *include,
                       unsigned depth, const struct doc **model) {
    if (depth >= LIMIT_COMPOSE_NESTING) {
        return refuse(in, ERR_LIMIT, include->at, "files that include one another, more than %u deep",
                      (unsigned)LIMIT_COMPOSE_NESTING);
    }
    for (size_t i = 0; i < doc_count(include); i++) {
        struct compose_model included;
        const struct doc *entry = doc_at(include, i);
        if (!entry) {
            return refuse(in, ERR_INPUT, include->at, "include wants a list");
        }
        int rc = load_included(in, entry, source->folder, depth, &included);
        rc = rc < 0
                 ? rc
                 : compose_rebase_model(in->arena, source->folder, included.folder, &included.model, in->err);
        rc = rc < 0 ? rc : import(in, included.model, model);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* ---- a project ---- */

static int load_file(struct loading *in, struct str path, unsigned depth, struct compose_model *out) {
    struct file file;
    int rc = read_file(in, path, &file);
    for (size_t i = 0; rc == 0 && i < file.n; i++) {
        struct source *source = &file.sources[i];
        const struct doc *include = doc_get(source->model, STR("include"));
        out->input = out->input ? out->input : source->input;
        rc = extend_all(in, source);
        rc = rc < 0 ? rc
                    : in_file(in, path,
                              compose_merge(in->arena, out->model, source->model, &out->model, in->err));
        rc = rc < 0 || !include ? rc : include_all(in, source, include, depth, &out->model);
    }
    return rc;
}

static int load_files(struct loading *in, const struct str *paths, size_t n, unsigned depth,
                      struct compose_model *out) {
    *out = (struct compose_model){.folder = str_dirname(paths[0])};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = load_file(in, paths[i], depth, out);
    }
    if (rc == 0 && !out->model) {
        rc = err_set(in->err, ERR_INPUT, "%.*s: nothing is in it", STR_ARG(paths[0]));
    }
    return rc;
}

int compose_load(struct resources *set, const struct compose_project *project, struct compose_files files,
                 struct compose_model *out, struct err *err) {
    assert(project->files_n > 0);
    struct loading in = {.set = set, .arena = set->arena, .files = files, .err = err};
    in.variables = variables_new(set->arena, NULL);
    const struct including root = {NULL, project->files[0]};
    in.bases = map_new(set->arena);
    in.including = &root;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < project->variables_n; i++) {
        rc = variables_put(&in.variables, project->variables[i].name, project->variables[i].value, err);
    }
    rc = rc < 0 ? rc : read_default_variables(&in, str_dirname(project->files[0]));
    rc = rc < 0 ? rc : load_files(&in, project->files, project->files_n, 0, out);
    return rc < 0 ? rc : compose_defaults(set->arena, out->model, &in.values, &out->model, err);
}
