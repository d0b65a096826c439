#include "infra/compose/compose.h"

#include "infra/compose/load.h"

bool compose_is_file_name(struct str name) {
    static const struct str stems[] = {STR("compose"), STR("docker-compose")};
    struct str stem, extension;
    if (!str_cut(name, '.', &stem, &extension) ||
        (!str_eq(extension, STR("yaml")) && !str_eq(extension, STR("yml")))) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_SIZE(stems); i++) {
        if (str_eq(stem, stems[i])) {
            return true;
        }
    }
    return false;
}

struct adding {
    struct resources *set;
    const struct compose_project *project;
    const struct compose_model *model;
    struct err *err;
};

static struct str key_of(struct adding *in, struct str kind, struct str name) {
    struct str folder = in->model->folder;
    return folder.n
               ? arena_strf(in->set->arena, "%.*s/%.*s/%.*s", STR_ARG(kind), STR_ARG(folder), STR_ARG(name))
               : arena_strf(in->set->arena, "%.*s/%.*s", STR_ARG(kind), STR_ARG(name));
}

/* ---- references ---- */

static int refer(struct adding *in, struct resource *from, struct str kind, struct str name,
                 struct doc_place at) {
    struct str key = key_of(in, kind, name);
    return key.p ? resources_refer(in->set, from, kind, key, at, in->err) : err_memory(in->err);
}

/* Keys of a map: {depends_on: {db: ...}}. */
static int refer_by_keys(struct adding *in, struct resource *from, const struct doc *map, struct str kind) {
    for (size_t i = 0; doc_is(map, DOC_MAP) && i < map->map.n; i++) {
        int rc = refer(in, from, kind, map->map.members[i].key, map->map.members[i].at);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* Sources of mounts: [{source: s}]. Of volumes only those that have a name. */
static int refer_by_sources(struct adding *in, struct resource *from, const struct doc *list,
                            struct str kind) {
    for (size_t i = 0; doc_is(list, DOC_LIST) && i < list->list.n; i++) {
        const struct doc *source = doc_get(doc_at(list, i), STR("source"));
        struct str type = doc_str(doc_get(doc_at(list, i), STR("type")));
        bool is_named = doc_str(source).n && (!type.n || str_eq(type, STR("volume")));
        int rc = is_named ? refer(in, from, kind, source->s, source->at) : 0;
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

/* "db:alias", "service:db": the service in a text that may say more. */
static int refer_by_text(struct adding *in, struct resource *from, const struct doc *d) {
    static const struct str prefix = STR("service:");
    struct str text = doc_str(d), name, rest;
    text = str_starts(text, prefix) ? str_from(text, prefix.n) : text;
    if (!text.n || str_starts(text, STR("container:"))) {
        return 0;
    }
    str_cut(text, ':', &name, &rest);
    return refer(in, from, STR("compose.Service"), name, d->at);
}

static int refer_by_texts(struct adding *in, struct resource *from, const struct doc *list) {
    for (size_t i = 0; doc_is(list, DOC_LIST) && i < list->list.n; i++) {
        int rc = refer_by_text(in, from, list->list.items[i]);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int refer_namespaces(struct adding *in, struct resource *from, const struct doc *service) {
    static const struct str keys[] = {STR("network_mode"), STR("pid"), STR("ipc"), STR("uts"), STR("cgroup")};
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const struct doc *mode = doc_get(service, keys[i]);
        int rc = str_starts(doc_str(mode), STR("service:")) ? refer_by_text(in, from, mode) : 0;
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

static int refer_service(struct adding *in, struct resource *from) {
    const struct doc *service = from->object;
    int rc = refer_by_keys(in, from, doc_get(service, STR("depends_on")), STR("compose.Service"));
    rc = rc < 0 ? rc : refer_by_keys(in, from, doc_get(service, STR("networks")), STR("compose.Network"));
    rc = rc < 0 ? rc : refer_by_sources(in, from, doc_get(service, STR("volumes")), STR("compose.Volume"));
    rc = rc < 0 ? rc : refer_by_sources(in, from, doc_get(service, STR("secrets")), STR("compose.Secret"));
    rc = rc < 0 ? rc : refer_by_sources(in, from, doc_get(service, STR("configs")), STR("compose.Config"));
    rc = rc < 0 ? rc : refer_by_sources(in, from, doc_path(service, "build.secrets"), STR("compose.Secret"));
    rc = rc < 0 ? rc : refer_by_texts(in, from, doc_get(service, STR("links")));
    rc = rc < 0 ? rc : refer_by_texts(in, from, doc_get(service, STR("volumes_from")));
    return rc < 0 ? rc : refer_namespaces(in, from, service);
}

/* ---- resources ---- */

/* A service runs when it names no profile, or one that is asked for; "*" asks for all. */
static bool is_wanted(const struct compose_project *project, const struct doc *service) {
    const struct doc *profiles = doc_get(service, STR("profiles"));
    if (project->profiles_n == 0 || doc_count(profiles) == 0) {
        return true;
    }
    for (size_t i = 0; i < project->profiles_n; i++) {
        for (size_t k = 0; k < doc_count(profiles); k++) {
            if (str_eq(project->profiles[i], STR("*")) ||
                str_eq(project->profiles[i], doc_str(doc_at(profiles, k)))) {
                return true;
            }
        }
    }
    return false;
}

static int add_one(struct adding *in, struct str kind, const struct doc_member *member) {
    struct resource r = {.source = RESOURCE_COMPOSE,
                         .kind = kind,
                         .name = member->key,
                         .key = key_of(in, kind, member->key),
                         .object = member->value,
                         .input = in->model->input,
                         .at = member->value->at},
                    *added;
    assert(member->value->at.file > 0);
    r.file = in->set->files.p[member->value->at.file - 1];
    int rc = r.key.p ? resources_add(in->set, &r, &added, in->err) : err_memory(in->err);
    bool is_service = str_eq(kind, STR("compose.Service"));
    return rc == 0 && is_service ? refer_service(in, added) : rc;
}

static int add_section(struct adding *in, struct str section, struct str kind) {
    const struct doc *map = doc_get(in->model->model, section);
    bool is_service = str_eq(section, STR("services"));
    for (size_t i = 0; doc_is(map, DOC_MAP) && i < map->map.n; i++) {
        const struct doc_member *member = &map->map.members[i];
        bool is_there = !is_service || is_wanted(in->project, member->value);
        int rc = is_there ? add_one(in, kind, member) : 0;
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

int compose_read(struct resources *set, const struct compose_project *project, struct compose_files files,
                 struct err *err) {
    static const struct {
        struct str section, kind;
    } sections[] = {
        {STR("services"), STR("compose.Service")}, {STR("volumes"), STR("compose.Volume")},
        {STR("networks"), STR("compose.Network")}, {STR("secrets"), STR("compose.Secret")},
        {STR("configs"), STR("compose.Config")},
    };
    struct compose_model model;
    struct adding in = {set, project, &model, err};
    int rc = compose_load(set, project, files, &model, err);
    for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(sections); i++) {
        rc = add_section(&in, sections[i].section, sections[i].kind);
    }
    return rc;
}
