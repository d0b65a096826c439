#include "resources_text.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/json_write.h"
#include "doc/number.h"
#include "infra/kubernetes/object.h"
#include "infra/kubernetes/read.h"
#include "infra/kubernetes/selector.h"

#include <glob.h>

int folder_read(void *context, struct str path, struct str *text, struct err *err) {
    const struct folder *folder = context;
    char name[2 * LIMIT_PATH];
    _cleanup_(buf_free) struct buf buf = buf_new(MIB);
    snprintf(name, sizeof name, "%s/%.*s", folder->name, STR_ARG(path));
    int rc = file_read(name, &buf, NULL);
    if (rc < 0) {
        return err_set(err, (enum err_code)rc, "can't be read");
    }
    *text = arena_str(folder->arena, buf_view(&buf));
    return text->p ? 0 : err_memory(err);
}

/* ---- lines ---- */

static void put_place(struct buf *out, const struct resources *set, const struct resource *r,
                      struct doc_place at) {
    struct str file = resources_file_of(set, r, at);
    buf_printf(out, " at %.*s:%u:%u\n", STR_ARG(file), at.line, at.column);
}

static void put_scalar(struct buf *out, const struct doc *d) {
    char digits[NUMBER_TEXT];
    switch (d->kind) {
    case DOC_BOOL:
        buf_c(out, d->b ? "true" : "false");
        break;
    case DOC_INT:
        buf_printf(out, "%lld", (long long)d->i);
        break;
    case DOC_DOUBLE:
        buf_str(out, str_n(digits, number_from_double(d->d, digits)));
        break;
    case DOC_STRING:
        buf_str(out, d->s);
        break;
    case DOC_UNKNOWN:
        buf_printf(out, "unknown(%.*s)", STR_ARG(d->s));
        break;
    case DOC_LIST:
        buf_c(out, "[]");
        break;
    case DOC_MAP:
        buf_c(out, "{}");
        break;
    default:
        buf_c(out, doc_kind_name(d->kind));
    }
}

static void put_values(struct buf *out, const struct resources *set, const struct resource *r,
                       const char *path, const struct doc *d) {
    char next[1024];
    for (size_t i = 0; i < doc_count(d); i++) {
        if (d->kind == DOC_MAP) {
            snprintf(next, sizeof next, "%s.%.*s", path, STR_ARG(d->map.members[i].key));
            put_values(out, set, r, next, d->map.members[i].value);
        } else {
            snprintf(next, sizeof next, "%s.%zu", path, i);
            put_values(out, set, r, next, d->list.items[i]);
        }
    }
    if (doc_count(d) == 0) {
        buf_printf(out, "%.*s %s = ", STR_ARG(r->key), *path ? path + 1 : "");
        put_scalar(out, d);
        put_place(out, set, r, d->at);
    }
}

static void put_containers(struct buf *out, const struct resource *r) {
    static const char *const kinds[] = {"init", "ordinary", "ephemeral"};
    struct kubernetes_container_walk walk = {.spec = kubernetes_pod_spec(r->object)};
    for (const struct doc *c; (c = kubernetes_container_next(&walk));) {
        buf_printf(out, "%.*s container %s %.*s\n", STR_ARG(r->key), kinds[walk.kind],
                   STR_ARG(doc_str(doc_get(c, STR("name")))));
    }
}

static void put_resource(struct buf *out, const struct resources *set, const struct resource *r) {
    buf_str(out, r->key);
    put_place(out, set, r, r->at);
    for (const struct resource_edge *edge = r->out; edge; edge = edge->next_out) {
        buf_printf(out, "%.*s -> %.*s%s", STR_ARG(r->key), STR_ARG(edge->to_key), edge->to ? "" : " absent");
        put_place(out, set, r, edge->at);
    }
    if (r->source == RESOURCE_COMPOSE) {
        put_values(out, set, r, "", r->object);
    } else {
        put_containers(out, r);
    }
}

/* ---- reading ---- */

static bool has_file(const struct folder *folder, const char *name) {
    char path[2 * LIMIT_PATH];
    snprintf(path, sizeof path, "%s/%s", folder->name, name);
    return access(path, R_OK) == 0;
}

static int read_compose(struct resources *set, struct folder *folder, struct err *err) {
    static const struct str files[] = {STR("compose.yaml"), STR("compose.override.yaml")};
    static const struct compose_variable variables[] = {{STR("SHELL_A"), STR("from shell")},
                                                        {STR("SHELL_EMPTY"), STR("")}};
    const struct compose_project project = {.files = files,
                                            .files_n = has_file(folder, "compose.override.yaml") ? 2 : 1,
                                            .variables = variables,
                                            .variables_n = ARRAY_SIZE(variables)};
    return compose_read(set, &project, (struct compose_files){folder_read, folder}, err);
}

/* All files but "expected", in the order of their names; the first error ends it. */
static int read_manifests(struct resources *set, struct folder *folder, struct err *err) {
    char pattern[LIMIT_PATH];
    glob_t files;
    int rc = 0;
    snprintf(pattern, sizeof pattern, "%s/*.*", folder->name);
    if (glob(pattern, 0, NULL, &files) != 0) {
        return err_set(err, ERR_ABSENT, "no files");
    }
    for (size_t i = 0; rc == 0 && i < files.gl_pathc; i++) {
        struct str name = str_basename(str_c(files.gl_pathv[i])), text;
        rc = folder_read(folder, name, &text, err);
        rc = rc < 0 ? rc : kubernetes_read(set, name, text, err);
    }
    globfree(&files);
    return rc < 0 ? rc : kubernetes_select(set, err);
}

void resources_text(struct buf *out, const char *name) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct resources set = resources_new(&arena);
    struct folder folder = {&arena, name};
    struct err err = ERR_NONE;
    bool is_compose = has_file(&folder, "compose.yaml");
    int rc = is_compose ? read_compose(&set, &folder, &err) : read_manifests(&set, &folder, &err);
    resources_link(&set);
    if (rc < 0) {
        buf_printf(out, "error %s\n", err.message);
    }
    for (size_t i = 0; i < set.all.n; i++) {
        put_resource(out, &set, set.all.p[i]);
    }
}

static void put_section(struct json_writer *w, const struct resources *set, struct str name,
                        struct str kind) {
    json_key(w, name);
    json_begin_object(w);
    for (const struct resource *r = resources_of_kind(set, kind); r; r = r->next_of_kind) {
        json_key(w, r->name);
        json_write_doc(w, r->object);
    }
    json_end(w);
}

int resources_json(struct buf *out, const char *name, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct resources set = resources_new(&arena);
    struct folder folder = {&arena, name};
    int rc = read_compose(&set, &folder, err);
    if (rc < 0) {
        return rc;
    }
    struct json_writer w = json_writer_new(out, 1);
    json_begin_object(&w);
    put_section(&w, &set, STR("services"), STR("compose.Service"));
    put_section(&w, &set, STR("volumes"), STR("compose.Volume"));
    put_section(&w, &set, STR("networks"), STR("compose.Network"));
    put_section(&w, &set, STR("secrets"), STR("compose.Secret"));
    put_section(&w, &set, STR("configs"), STR("compose.Config"));
    json_end(&w);
    return json_finish(&w, err);
}
