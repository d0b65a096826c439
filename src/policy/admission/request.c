/* The request to CREATE an object, made from its manifest. */
#include "doc/build.h"
#include "infra/kubernetes/object.h"
#include "policy/admission/parts.h"

/* A map that is built member by member; what fails shows when it is done. */
struct making {
    struct arena *arena;
    struct doc_member members[12];
    size_t n;
    bool failed;
};

static void put(struct making *m, struct str key, const struct doc *value) {
    assert(m->n < ARRAY_SIZE(m->members));
    m->failed = m->failed || !value;
    m->members[m->n++] = (struct doc_member){.key = key, .value = value};
}

static void put_text(struct making *m, struct str key, struct str text) {
    put(m, key, doc_new_string(m->arena, (struct doc_place){0}, text));
}

/* As `omitempty` has it. */
static void put_given(struct making *m, struct str key, struct str text) {
    if (text.n) {
        put_text(m, key, text);
    }
}

static void put_unknown(struct making *m, struct str key, struct str reason) {
    struct doc *d = doc_new(m->arena, DOC_UNKNOWN, (struct doc_place){0});
    if (d) {
        d->s = reason;
    }
    put(m, key, d);
}

static const struct doc *done(const struct making *m) {
    return m->failed ? NULL : doc_new_map(m->arena, (struct doc_place){0}, m->members, m->n, NULL);
}

static const struct doc *make_identity(struct arena *arena, const struct vap_object *o, struct str key,
                                       struct str name) {
    struct making m = {.arena = arena};
    put_text(&m, STR("group"), o->group);
    put_text(&m, STR("version"), o->version);
    put_text(&m, key, name);
    return done(&m);
}

/* AdmissionRequest of admission.k8s.io/v1, without object and oldObject. */
static const struct doc *make_request(struct arena *arena, const struct vap_object *o) {
    struct making m = {.arena = arena};
    const struct doc *kind = make_identity(arena, o, STR("kind"), doc_str(doc_get(o->object, STR("kind"))));
    const struct doc *resource = make_identity(arena, o, STR("resource"), o->kind.plural);
    put(&m, STR("kind"), kind);
    put(&m, STR("resource"), resource);
    put(&m, STR("requestKind"), kind);
    put(&m, STR("requestResource"), resource);
    put_given(&m, STR("name"), o->name);
    put_given(&m, STR("namespace"), o->namespace);
    put_text(&m, STR("operation"), STR("CREATE"));
    put_unknown(&m, STR("userInfo"), STR("who asks is not known from a manifest"));
    put_unknown(&m, STR("options"), STR("the options of the request are not known from a manifest"));
    put(&m, STR("dryRun"), doc_new_bool(arena, (struct doc_place){0}, false));
    return done(&m);
}

/* map with one member set, which it has or not. */
static const struct doc *with(struct arena *arena, const struct doc *map, struct str key,
                              const struct doc *value) {
    size_t n = doc_is(map, DOC_MAP) ? map->map.n : 0, place = n;
    struct doc_member *members = arena_array(arena, n + 1, sizeof *members);
    if (!members || !value) {
        return NULL;
    }
    if (n) {
        memcpy(members, map->map.members, n * sizeof *members);
    }
    for (size_t i = 0; i < n; i++) {
        place = str_eq(members[i].key, key) ? i : place;
    }
    members[place].key = key;
    members[place].value = value;
    return doc_new_map(arena, map ? map->at : (struct doc_place){0}, members, MAX(n, place + 1), NULL);
}

/* ---- what every object of a kind has, once the API server has read it: structs that may be empty */

static const struct doc *empty_map(struct arena *arena) {
    return doc_new_map(arena, (struct doc_place){0}, NULL, 0, NULL);
}

static const struct doc *with_resources(struct arena *arena, const struct doc *containers) {
    size_t n = doc_count(containers);
    const struct doc **items = arena_array(arena, n, sizeof *items);
    for (size_t i = 0; items && i < n; i++) {
        items[i] = doc_at(containers, i);
        if (doc_is(items[i], DOC_MAP) && !doc_get(items[i], STR("resources"))) {
            items[i] = with(arena, items[i], STR("resources"), empty_map(arena));
        }
        if (!items[i]) {
            return NULL;
        }
    }
    return items ? doc_new_list(arena, containers->at, items, n) : NULL;
}

static const struct doc *fill_pod(struct arena *arena, const struct doc *spec) {
    static const struct str lists[] = {STR("initContainers"), STR("containers"), STR("ephemeralContainers")};
    for (size_t i = 0; spec && i < ARRAY_SIZE(lists); i++) {
        const struct doc *list = doc_get(spec, lists[i]);
        if (doc_is(list, DOC_LIST) && doc_count(list)) {
            spec = with(arena, spec, lists[i], with_resources(arena, list));
        }
    }
    return spec;
}

/* The PodSpec at the end of path, which ends with an empty name. */
static const struct doc *fill_at(struct arena *arena, const struct doc *map, const struct str *path) {
    if (!path->n) {
        return fill_pod(arena, map);
    }
    const struct doc *next = doc_get(map, *path);
    return doc_is(next, DOC_MAP) ? with(arena, map, *path, fill_at(arena, next, path + 1)) : map;
}

static const struct doc *fill(struct arena *arena, const struct doc *object, struct str kind) {
    static const struct {
        struct str kind, path[6];
    } rows[] = {
#define TEMPLATE {STR("spec"), STR("template"), STR("spec"), STR_NONE}
        {STR("Pod"), {STR("spec"), STR_NONE}},
        {STR("Deployment.apps"), TEMPLATE},
        {STR("StatefulSet.apps"), TEMPLATE},
        {STR("DaemonSet.apps"), TEMPLATE},
        {STR("ReplicaSet.apps"), TEMPLATE},
        {STR("ReplicationController"), TEMPLATE},
        {STR("Job.batch"), TEMPLATE},
        {STR("CronJob.batch"),
         {STR("spec"), STR("jobTemplate"), STR("spec"), STR("template"), STR("spec"), STR_NONE}},
#undef TEMPLATE
    };
    for (size_t i = 0; object && i < ARRAY_SIZE(rows); i++) {
        if (str_eq(rows[i].kind, kind)) {
            object = fill_at(arena, object, rows[i].path);
            return object && !doc_get(object, STR("status"))
                       ? with(arena, object, STR("status"), empty_map(arena))
                       : object;
        }
    }
    return object;
}

/* With the namespace that it is created in. */
static const struct doc *place(struct arena *arena, const struct doc *object, struct str namespace) {
    const struct doc *metadata = doc_get(object, STR("metadata"));
    if (!namespace.n || doc_str(doc_get(metadata, STR("namespace"))).n) {
        return object;
    }
    const struct doc *name = doc_new_string(arena, (struct doc_place){0}, namespace);
    return with(arena, object, STR("metadata"), with(arena, metadata, STR("namespace"), name));
}

/* With the label that the API server gives to every Namespace. NULL when there is no memory. */
static const struct doc *name_namespace(struct arena *arena, const struct doc *namespace, struct str name) {
    static const struct str key = STR("kubernetes.io/metadata.name");
    const struct doc *metadata = doc_get(namespace, STR("metadata"));
    const struct doc *text = doc_new_string(arena, (struct doc_place){0}, name);
    const struct doc *labels = with(arena, doc_get(metadata, STR("labels")), key, text);
    metadata = labels ? with(arena, metadata, STR("name"), text) : NULL;
    return metadata ? with(arena, namespace, STR("metadata"), with(arena, metadata, STR("labels"), labels))
                    : NULL;
}

static const struct doc *bare_namespace(struct arena *arena) {
    struct making m = {.arena = arena};
    put_text(&m, STR("apiVersion"), STR("v1"));
    put_text(&m, STR("kind"), STR("Namespace"));
    return done(&m);
}

static int find_namespace(struct arena *arena, const struct resources *const sets[2], struct vap_object *o,
                          struct err *err) {
    struct str key = kubernetes_key(arena, STR_NONE, STR("Namespace"), o->namespace);
    if (!key.p) {
        return err_memory(err);
    }
    const struct resource *found = resources_by_key(sets[0], key);
    found = found ? found : resources_by_key(sets[1], key);
    o->has_guessed_namespace = !found;
    const struct doc *bare = found ? resource_object(found) : bare_namespace(arena);
    o->namespace_object = bare ? name_namespace(arena, bare, o->namespace) : NULL;
    o->selected_labels = doc_path(o->namespace_object, "metadata.labels");
    return o->namespace_object ? 0 : err_memory(err);
}

/* A Namespace is selected by its own labels. */
static int select_itself(struct arena *arena, struct vap_object *o, struct err *err) {
    const struct doc *named = name_namespace(arena, o->object, o->name);
    o->object = named;
    o->selected_labels = doc_path(named, "metadata.labels");
    return named ? 0 : err_memory(err);
}

int vap_make_object(struct arena *arena, const struct resources *const sets[2], const struct map *definitions,
                    const struct resource *resource, struct vap_object *out, struct err *err) {
    const struct doc *object = resource->object;
    *out = (struct vap_object){.resource = resource,
                               .kind = vap_kind_of(arena, definitions, resource->kind),
                               .name = doc_str(doc_path(object, "metadata.name"))};
    if (!out->kind.plural.p) {
        return err_memory(err);
    }
    if (!str_cut(resource->api_version, '/', &out->group, &out->version)) {
        out->version = resource->api_version;
        out->group = STR("");
    }
    out->namespace = out->kind.is_cluster ? STR("") : resource->namespace;
    out->object = fill(arena, place(arena, object, out->namespace), resource->kind);
    if (!out->object) {
        return err_memory(err);
    }
    int r = 0;
    if (out->namespace.n) {
        r = find_namespace(arena, sets, out, err);
    } else if (str_eq(resource->kind, STR("Namespace"))) {
        r = select_itself(arena, out, err);
    }
    out->request = r == 0 ? make_request(arena, out) : NULL;
    return r == 0 && !out->request ? err_memory(err) : r;
}
