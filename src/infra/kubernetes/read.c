#include "infra/kubernetes/read.h"

#include "base/limits.h"
#include "doc/build.h"
#include "doc/json.h"
#include "doc/pack.h"
#include "doc/yaml.h"
#include "infra/kubernetes/nulls.h"
#include "infra/kubernetes/object.h"
#include "infra/kubernetes/references.h"
#include "infra/kubernetes/selector.h"

/* ---- one object ---- */

static struct str name_of(const struct doc *object) {
    const struct doc *metadata = doc_get(object, STR("metadata"));
    struct str name = doc_str(doc_get(metadata, STR("name")));
    return name.n ? name : doc_str(doc_get(metadata, STR("generateName")));
}

static struct str namespace_of(const struct doc *object, struct str kind) {
    if (kubernetes_is_cluster_kind(kind)) {
        return STR_NONE;
    }
    struct str namespace = doc_str(doc_path(object, "metadata.namespace"));
    return namespace.n ? namespace : STR("default");
}

struct reading {
    struct resources *set;
    struct arena *trees; /* of nodes that are made */
    struct str file;
    const struct doc *input;
    /* When a packed document is read again: whose objects these are, and how many were met; else NULL. */
    const struct resource_document *document;
    size_t met;
    size_t items; /* of lists so far: aliases make many of few */
    struct err *err;
};

static int add_object(struct reading *in, const struct doc *object) {
    struct arena *arena = in->set->arena;
    struct resource *added;
    struct resource r = {.source = RESOURCE_KUBERNETES,
                         .api_version = doc_str(doc_get(object, STR("apiVersion"))),
                         .name = name_of(object),
                         .file = in->file,
                         .object = object,
                         .input = in->input,
                         .at = object->at};
    r.kind = kubernetes_kind(arena, r.api_version, doc_str(doc_get(object, STR("kind"))));
    if (!r.kind.p) {
        return err_memory(in->err);
    }
    r.namespace = namespace_of(object, r.kind);
    r.key = kubernetes_key(arena, r.namespace, r.kind, r.name);
    if (!r.key.p || kubernetes_pod_labels(arena, object, &r.pod_labels) < 0) {
        return err_memory(in->err);
    }
    int rc = resources_add(in->set, &r, &added, in->err);
    return rc == 0 ? kubernetes_refer(in->set, added, in->err) : rc;
}

static int take_object(struct reading *in, const struct doc *written) {
    const struct resource_document *document = in->document;
    const struct doc *object = kubernetes_without_nulls(in->trees, written);
    if (!object) {
        return err_memory(in->err);
    }
    if (!document) {
        return add_object(in, object);
    }
    if (in->met < document->n) { /* the reading before may have ended at a limit */
        document->resources[in->met]->object = object;
        document->resources[in->met++]->input = in->input;
    }
    return 0;
}

/* ---- lists ---- */

static bool is_list(const struct doc *d) {
    return str_ends(doc_str(doc_get(d, STR("kind"))), STR("List")) &&
           doc_is(doc_get(d, STR("items")), DOC_LIST);
}

/* An item of a PodList need not say that it is a Pod: a copy of it that does. */
static int with_kind_of(struct reading *in, const struct doc *list, const struct doc **item) {
    struct str list_kind = doc_str(doc_get(list, STR("kind")));
    struct str kind = str_sub(list_kind, 0, list_kind.n - 4);
    if (!doc_is(*item, DOC_MAP) || kubernetes_is_object(*item) || kind.n == 0) {
        return 0;
    }
    const struct doc *d = *item, *kind_value = doc_new_string(in->trees, d->at, kind);
    struct doc_member *members = arena_array(in->trees, d->map.n + 2, sizeof *members);
    if (!kind_value || !members) {
        return err_memory(in->err);
    }
    if (d->map.n) {
        memcpy(members, d->map.members, d->map.n * sizeof *members);
    }
    members[d->map.n] = (struct doc_member){STR("apiVersion"), d->at, doc_get(list, STR("apiVersion"))};
    members[d->map.n + 1] = (struct doc_member){STR("kind"), d->at, kind_value};
    *item = doc_new_map(in->trees, d->at, members, d->map.n + 2, NULL);
    return *item ? 0 : err_memory(in->err);
}

static int add(struct reading *in, const struct doc *d, unsigned depth) {
    if (!kubernetes_is_object(d) || kubernetes_is_kustomization(d)) {
        return 0;
    }
    if (!is_list(d)) {
        return take_object(in, d);
    }
    const struct doc *items = doc_get(d, STR("items"));
    in->items += items->list.n;
    if (depth >= LIMIT_LIST_DEPTH || in->items > LIMIT_RESOURCES) {
        return doc_error(in->err, ERR_LIMIT, d->at, "lists of more than %u items or more than %u deep",
                         (unsigned)LIMIT_RESOURCES, (unsigned)LIMIT_LIST_DEPTH);
    }
    for (size_t i = 0; i < items->list.n; i++) {
        const struct doc *item = items->list.items[i];
        int rc = with_kind_of(in, d, &item);
        rc = rc < 0 ? rc : add(in, item, depth + 1);
        if (rc < 0) {
            return rc;
        }
    }
    return 0;
}

int kubernetes_add(struct resources *set, struct str file, const struct doc *d, struct err *err) {
    struct reading in = {.set = set, .trees = set->arena, .file = file, .input = d, .err = err};
    return add(&in, d, 0);
}

/* ---- packed documents ---- */

static int unpack_again(const struct resource_document *document, struct arena *arena) {
    struct cursor bytes = cursor_over(document->packed);
    struct err unsaid = ERR_NONE; /* of its limits the first reading told */
    const struct doc *root;
    int r = doc_unpack(arena, &bytes, &root, &unsaid);
    if (r < 0) {
        return r;
    }
    struct reading in = {.trees = arena, .input = root, .document = document, .err = &unsaid};
    r = add(&in, root, 0);
    return r == ERR_MEMORY ? r : 0;
}

/* The resources from number `first` on are those of a document whose tree is there now. */
static int note_document(struct resources *set, struct str packed, size_t first, struct err *err) {
    size_t n = set->all.n - first;
    struct resource_document *document = arena_alloc(set->arena, sizeof *document);
    struct resource **resources = arena_array(set->arena, n, sizeof *resources);
    if (!document || !resources) {
        return err_memory(err);
    }
    memcpy(resources, set->all.p + first, n * sizeof(struct resource *));
    for (size_t i = 0; i < n; i++) {
        resources[i]->document = document;
    }
    *document = (struct resource_document){.trees = set->trees,
                                           .packed = packed,
                                           .resources = resources,
                                           .n = n,
                                           .unpack = unpack_again,
                                           .next_open = set->trees->open};
    set->trees->open = document;
    return 0;
}

int kubernetes_add_packed(struct resources *set, struct str file, struct str packed, struct err *err) {
    struct cursor bytes = cursor_over(packed);
    size_t before = set->all.n;
    const struct doc *root;
    resources_rest(set);
    int r = doc_unpack(set->trees->arena, &bytes, &root, err);
    if (r < 0) {
        return r;
    }
    struct reading in = {.set = set, .trees = set->trees->arena, .file = file, .input = root, .err = err};
    r = add(&in, root, 0);
    int noted = set->all.n > before ? note_document(set, packed, before, err) : 0;
    return noted < 0 ? noted : r;
}

/* ---- what is not read as it stands ---- */

/* What only Helm gives to a template, in front of which stands no letter. */
static bool is_for_helm(struct str action) {
    static const struct str words[] = {STR(".Values"),   STR(".Release."),  STR(".Chart."),
                                       STR(".Files."),   STR("include \""), STR(".Capabilities."),
                                       STR(".Template.")};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        ptrdiff_t at = str_find(action, words[i]);
        if (at > 0 && !ascii_is_alnum(action.p[at - 1])) {
            return true;
        }
    }
    return false;
}

bool kubernetes_is_helm_template(struct str text) {
    ptrdiff_t at;
    while ((at = str_find(text, STR("{{"))) >= 0) {
        text = str_from(text, (size_t)at);
        ptrdiff_t end = str_find(text, STR("}}"));
        if (end < 0) {
            return false;
        }
        if (is_for_helm(str_sub(text, 0, (size_t)end))) {
            return true;
        }
        text = str_from(text, (size_t)end + 2);
    }
    return false;
}

/* A line that is nothing but a template's action, or a value that begins with one: no YAML. */
static bool has_template_action(struct str text) {
    struct str line;
    while (str_line(&text, &line)) {
        struct str rest = str_trim(line);
        ptrdiff_t colon = str_find(rest, STR(": {{"));
        if (str_starts(rest, STR("{{")) || str_starts(rest, STR("- {{")) || colon > 0) {
            return true;
        }
    }
    return false;
}

static int refuse_template(struct err *err) {
    return err_set(
        err, ERR_UNSUPPORTED,
        "a Helm template: what it declares depends on its chart's values (render it with `helm template`)");
}

/* ---- a file ---- */

static bool looks_like_json(struct str text) {
    struct str trimmed = str_trim(text);
    return trimmed.n && trimmed.p[0] == '{';
}

/* All documents of text, which must live as long as the arena. JSON that is not strict is read as YAML. */
static int parse(struct arena *arena, struct str text, const struct doc ***docs, size_t *n, struct err *err) {
    if (looks_like_json(text)) {
        *docs = arena_array(arena, 1, sizeof **docs);
        *n = 1;
        int rc = *docs ? json_parse(arena, text, &(*docs)[0], err) : err_memory(err);
        if (rc == 0 || rc == ERR_MEMORY) {
            return rc;
        }
    }
    return yaml_parse_kubernetes(arena, text, docs, n, err);
}

static int add_documents(struct resources *set, struct str file, const struct doc *const *docs, size_t n,
                         struct err *err) {
    size_t before = set->all.n;
    bool has_kustomization = false;
    for (size_t i = 0; i < n; i++) {
        has_kustomization = has_kustomization || kubernetes_is_kustomization(docs[i]);
        int rc = kubernetes_add(set, file, docs[i], err);
        if (rc < 0) {
            return rc;
        }
    }
    return has_kustomization && set->all.n == before
               ? err_set(
                     err, ERR_UNSUPPORTED,
                     "a kustomization: what it makes of its resources is not known (build it with `kubectl "
                     "kustomize`)")
               : 0;
}

int kubernetes_read(struct resources *set, struct str file, struct str text, struct err *err) {
    if (kubernetes_is_helm_template(text)) {
        return refuse_template(err);
    }
    struct str name = arena_str(set->arena, file), kept = name.p ? arena_str(set->arena, text) : STR_NONE;
    if (!kept.p) {
        return err_memory(err);
    }
    const struct doc **docs;
    size_t n;
    int rc = parse(set->arena, kept, &docs, &n, err);
    if (rc == ERR_INPUT && has_template_action(text)) {
        return refuse_template(err);
    }
    return rc < 0 ? rc : add_documents(set, name, docs, n, err);
}
