#include "report/view.h"

#include "base/clock.h"
#include "base/limits.h"
#include "doc/json.h"
#include "report/decisions.h"
#include "report/view_parts.h"

/* ---- reading properties */

int view_parse(struct arena *arena, struct str json, const char *what, int64_t id, const struct doc **out,
               struct err *err) {
    int code = json_parse(arena, json.n ? json : STR("{}"), out, err);
    return code < 0 ? err_at(err, "%s %lld in the store", what, (long long)id) : 0;
}

double view_number(const struct doc *d, double otherwise) {
    int64_t i;
    if (doc_is(d, DOC_DOUBLE)) {
        return d->d;
    }
    return doc_int(d, &i) ? (double)i : otherwise;
}

static int64_t integer(const struct doc *d) {
    int64_t i = 0;
    return doc_int(d, &i) ? i : 0;
}

static int64_t moment(const struct doc *d) {
    int64_t seconds = 0;
    return clock_parse(doc_str(d), &seconds) ? seconds : 0;
}

/* The strings of a list, empty ones left out. */
int view_read_strings(struct view *view, const struct doc *list, struct str **out, size_t *n,
                      struct err *err) {
    size_t count = doc_count(list);
    *n = 0;
    *out = count ? arena_array(view->texts, count, sizeof **out) : NULL;
    if (count && !*out) {
        return err_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        struct str s = doc_str(doc_at(list, i));
        if (s.n) {
            (*out)[(*n)++] = s;
        }
    }
    return 0;
}

static int load_documents(struct view *view, const struct doc *list, struct err *err) {
    view->documents_n = doc_count(list);
    view->documents = arena_array(&view->arena, view->documents_n + 1, sizeof *view->documents);
    if (!view->documents) {
        return err_memory(err);
    }
    for (size_t i = 0; i < view->documents_n; i++) {
        const struct doc *d = doc_at(list, i);
        view->documents[i] = (struct view_document){.format = doc_text(d, "format"),
                                                    .producer = doc_text(d, "producer"),
                                                    .digest = doc_text(d, "digest"),
                                                    .way = doc_text(d, "way"),
                                                    .is_bill = doc_bool(doc_get(d, STR("isBill")), false),
                                                    .is_vex = doc_bool(doc_get(d, STR("isVex")), false),
                                                    .is_signed = integer(doc_get(d, STR("signatures"))) > 0};
    }
    return 0;
}

static void load_base(struct view_base *base, const struct doc *d) {
    *base = (struct view_base){.name = doc_text(d, "name"),
                               .version = doc_text(d, "version"),
                               .reference = doc_text(d, "reference"),
                               .digest = doc_text(d, "digest"),
                               .file = doc_text(d, "file"),
                               .named_by = doc_text(d, "namedBy"),
                               .layers_by = doc_text(d, "layersBy"),
                               .created = moment(doc_get(d, STR("created"))),
                               .is_pinned = doc_bool(doc_get(d, STR("isPinned")), false)};
}

static int load_rebuild(struct view *view, const struct doc *d, struct err *err) {
    struct view_rebuild *rebuild = &view->rebuild;
    const struct doc *ids = doc_get(d, STR("vanishing"));
    if (!doc_is(d, DOC_MAP)) {
        return 0;
    }
    *rebuild = (struct view_rebuild){.is_there = true,
                                     .is_known = doc_bool(doc_get(d, STR("isKnown")), false),
                                     .name = doc_text(d, "name"),
                                     .version = doc_text(d, "version"),
                                     .reference = doc_text(d, "reference"),
                                     .digest = doc_text(d, "digest"),
                                     .created = moment(doc_get(d, STR("created"))),
                                     .vanishing_n = doc_count(ids),
                                     .appears = (size_t)MAX(integer(doc_get(d, STR("appears"))), 0),
                                     .appearing = doc_get(d, STR("appearing"))};
    rebuild->vanishing = arena_array(&view->arena, rebuild->vanishing_n + 1, sizeof *rebuild->vanishing);
    if (!rebuild->vanishing) {
        return err_memory(err);
    }
    for (size_t i = 0; i < rebuild->vanishing_n; i++) {
        rebuild->vanishing[i] = integer(doc_at(ids, i));
    }
    return 0;
}

static int load_run(struct view *view, struct store *store, int64_t run, struct err *err) {
    const struct doc *root = NULL;
    int code = store_get_run(store, &view->arena, run, &view->run, err);
    if (code < 0 || (code = view_parse(&view->arena, view->run.properties, "run", run, &root, err)) < 0) {
        return code;
    }
    if ((code = decisions_load_guardrails(view, root, err)) < 0) {
        return code;
    }
    if ((code = load_rebuild(view, doc_get(root, STR("rebuild")), err)) < 0) {
        return code;
    }
    const struct doc *advisories = doc_get(root, STR("advisories")), *cage = doc_get(root, STR("cage"));
    view->seconds = view_number(doc_get(root, STR("seconds")), -1);
    view->has_removed = integer(doc_get(root, STR("removed"))) > 0;
    view->cached_layers = integer(doc_get(root, STR("cachedLayers")));
    view->advisories.is_known = doc_is(advisories, DOC_MAP);
    view->advisories.built = moment(doc_get(advisories, STR("built")));
    view->advisories.newest = moment(doc_get(advisories, STR("newest")));
    view->advisories.is_empty = !view->advisories.built && !view->advisories.newest;
    view->advisories.is_snapshot = doc_bool(doc_get(advisories, STR("isSnapshot")), false);
    view->cage.is_known = doc_is(cage, DOC_MAP);
    view->cage.is_on = doc_bool(doc_get(cage, STR("isOn")), false);
    code = load_documents(view, doc_get(root, STR("documents")), err);
    code = code < 0 ? code
                    : view_read_strings(view, doc_get(advisories, STR("lacks")), &view->advisories.lacks,
                                        &view->advisories.lacks_n, err);
    return code < 0 ? code
                    : view_read_strings(view, doc_get(cage, STR("lacks")), &view->cage.lacks,
                                        &view->cage.lacks_n, err);
}

static int load_target(struct view *view, struct store *store, struct err *err) {
    struct view_target *target = &view->target;
    const struct doc *root = NULL;
    if (!view->run.subject) {
        target->asset = (struct asset){.kind = ASSET_DIRECTORY, .name = view->run.target};
        return 0;
    }
    int code = store_get_asset(store, &view->arena, view->run.subject, &target->asset, err);
    if (code < 0 || (code = view_parse(&view->arena, target->asset.properties, "asset", target->asset.id,
                                       &root, err)) < 0) {
        return code;
    }
    target->platform = doc_str(doc_get(root, STR("platform")));
    target->digest = doc_str(doc_get(root, STR("digest")));
    target->base = doc_str(doc_get(root, STR("base")));
    target->created = moment(doc_get(root, STR("created")));
    target->registry = doc_text(root, "registry");
    target->repository = doc_text(root, "repository");
    target->is_pinned = doc_bool(doc_get(root, STR("isPinned")), false);
    target->size = integer(doc_get(root, STR("size")));
    target->layers = integer(doc_get(root, STR("layersTotal")));
    target->base_layers = integer(doc_get(root, STR("baseLayers")));
    target->files = doc_get(root, STR("files"));
    load_base(&target->base_image, doc_get(root, STR("baseImage")));
    return 0;
}

/* ---- assets */

static struct str id_key(const int64_t *id) {
    return str_n((const char *)id, sizeof *id);
}

static int index_put(struct map *map, struct str key, size_t i, struct err *err) {
    uint64_t *slot = map_put(map, key, NULL);
    if (!slot) {
        return err_memory(err);
    }
    *slot = i + 1;
    return 0;
}

static int add_layer(struct view *view, const struct asset *asset, struct err *err) {
    const struct doc *root = NULL;
    struct view_layer *layer = VEC_PUSH(&view->arena, &view->layers);
    int code =
        layer ? view_parse(&view->arena, asset->properties, "asset", asset->id, &root, err) : err_memory(err);
    if (code < 0) {
        return code;
    }
    layer->index = (int32_t)MIN(MAX(integer(doc_get(root, STR("index"))), 0), LIMIT_LAYERS);
    layer->digest = doc_str(doc_get(root, STR("digest")));
    layer->diff_id = asset->key;
    layer->created_by = doc_str(doc_get(root, STR("createdBy")));
    layer->size = integer(doc_get(root, STR("size")));
    layer->is_base = doc_bool(doc_get(root, STR("isBase")), false);
    return 0;
}

/* Of the asset only what its record does not say: there may be very many. */
static int add_package(void *ctx, const struct asset *asset, struct err *err) {
    struct view *view = ctx;
    struct view_package *package = VEC_PUSH(&view->arena, &view->packages);
    if (!package) {
        return err_memory(err);
    }
    int code = package_record_read(&view->arena, asset->properties, &package->record, err);
    package->asset = (struct asset){.id = asset->id,
                                    .kind = asset->kind,
                                    .name = package->record.package.name,
                                    .version = package->record.package.version};
    return code < 0
               ? err_at(err, "asset %lld in the store", (long long)asset->id)
               : index_put(&view->packages_by_asset, id_key(&package->asset.id), view->packages.n - 1, err);
}

/* All but the packages; those of files are of no use here. */
static int load_layers_and_os(struct view *view, struct store *store, struct err *err) {
    struct asset_list layers, systems;
    int code = store_get_assets(store, &view->arena, view->run.id, ASSET_LAYER, &layers, err);
    if (code == 0) {
        code = store_get_assets(store, &view->arena, view->run.id, ASSET_OS, &systems, err);
    }
    for (size_t i = 0; code == 0 && i < layers.n; i++) {
        code = add_layer(view, &layers.p[i], err);
    }
    if (code == 0 && systems.n) {
        view->os = systems.p[0];
    }
    return code;
}

static int load_packages(struct view *view, struct store *store, bool has_all, struct err *err) {
    int64_t run = view->run.id;
    int code = store_count_assets(store, run, ASSET_PACKAGE, &view->packages_total, err);
    if (code < 0) {
        return code;
    }
    code = has_all ? store_each_asset(store, run, ASSET_PACKAGE, add_package, view, err)
                   : store_each_found_asset(store, run, ASSET_PACKAGE, add_package, view, err);
    view->visible_n = view->packages.n;
    return code == 0 && view->has_removed
               ? store_each_found_asset(store, run, ASSET_REMOVED, add_package, view, err)
               : code;
}

static int load_assets(struct view *view, struct store *store, bool has_all, struct err *err) {
    int code = load_layers_and_os(view, store, err);
    code = code == 0 ? load_packages(view, store, has_all, err) : code;
    for (size_t i = 0; code == 0 && i < view->layers.n; i++) {
        int32_t *number = &view->layers.p[i].index;
        code = index_put(&view->layers_by_index, str_n((char *)number, sizeof *number), i, err);
    }
    return code;
}

/* ---- rules */

static int add_rule(struct view *view, const struct rule *rule, struct err *err) {
    const struct doc *root = NULL;
    struct view_rule *out = VEC_PUSH(&view->arena, &view->rules);
    int code = out ? view_parse(&view->arena, rule->properties, "rule", 0, &root, err) : err_memory(err);
    if (code < 0) {
        return code;
    }
    *out = (struct view_rule){.id = rule->id,
                              .title = doc_str(doc_get(root, STR("title"))),
                              .why = doc_str(doc_get(root, STR("why"))),
                              .fix = doc_str(doc_get(root, STR("fix"))),
                              .controls = doc_get(root, STR("controls"))};
    code =
        view_read_strings(view, doc_get(root, STR("references")), &out->references, &out->references_n, err);
    return code < 0 ? code : index_put(&view->rules_by_id, out->id, view->rules.n - 1, err);
}

static int load_rules(struct view *view, struct store *store, struct err *err) {
    struct rule_list list;
    int code = store_get_rules(store, &view->arena, view->run.id, &list, err);
    for (size_t i = 0; code == 0 && i < list.n; i++) {
        code = add_rule(view, &list.p[i], err);
    }
    return code < 0 ? code : store_count_assets(store, view->run.id, ASSET_RESOURCE, &view->resources_n, err);
}

static int load_problems(struct view *view, struct store *store, struct err *err) {
    int code = store_get_problems(store, &view->arena, view->run.id, &view->problems, err);
    for (size_t i = 0; code == 0 && i < view->problems.n; i++) {
        view->incomplete += view->problems.p[i].is_incomplete;
    }
    return code;
}

static int load(struct view *out, struct store *store, int64_t run, const struct report_options *options,
                bool has_all, struct err *err) {
    *out = (struct view){.arena = arena_new(LIMIT_REPORT_VIEW),
                         .passing = arena_new(LIMIT_DOC_BYTES),
                         .scratch = arena_new(LIMIT_DOC_BYTES),
                         .store = store,
                         .options = *options};
    out->texts = &out->arena;
    out->packages_by_asset = map_new(&out->arena);
    out->layers_by_index = map_new(&out->arena);
    out->rules_by_id = map_new(&out->arena);
    int code;
    if ((code = load_run(out, store, run, err)) < 0 || (code = load_target(out, store, err)) < 0 ||
        (code = load_assets(out, store, has_all, err)) < 0 || (code = load_rules(out, store, err)) < 0 ||
        (code = view_load_rows(out, err)) < 0) {
        return code;
    }
    return load_problems(out, store, err);
}

int view_load(struct view *out, struct store *store, int64_t run, const struct report_options *options,
              struct err *err) {
    return load(out, store, run, options, false, err);
}

int view_load_all(struct view *out, struct store *store, int64_t run, const struct report_options *options,
                  struct err *err) {
    return load(out, store, run, options, true, err);
}

int view_drain(const struct view *view, struct buf *out, struct err *err) {
    enum { DRAIN_AT = 1024 * 1024 };
    const struct report_options *o = &view->options;
    if (out->failed) {
        return err_memory(err);
    }
    int code = view_failure(view, err);
    return code < 0 ? code : o->drain && out->n >= DRAIN_AT ? o->drain(o->drain_ctx, out, err) : 0;
}

void view_free(struct view *view) {
    arena_free(&view->arena);
    arena_free(&view->passing);
    arena_free(&view->scratch);
}

struct str view_format(struct view *view, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    struct str text = arena_vstrf(view->texts ? view->texts : &view->arena, fmt, args);
    va_end(args);
    view->failed |= !text.p;
    return text;
}

bool view_is_distribution(const struct view_package *package) {
    enum package_type type = package->record.package.type;
    return type == PACKAGE_DEB || type == PACKAGE_RPM || type == PACKAGE_APK;
}

int report_is_blocked(struct store *store, int64_t run, bool *blocked, struct err *err) {
    return store_has_action(store, run, ACTION_BLOCK, blocked, err);
}

/* ---- names */

/* Docker's history writes "/bin/sh -c #(nop) COPY …" and "/bin/sh -c apt-get …", BuildKit's "COPY … #
 * buildkit" and "RUN /bin/sh -c apt-get … # buildkit" (with build arguments as "RUN |1 A=b /bin/sh -c …"). */
struct str view_instruction(struct view *view, struct str created_by) {
    static const struct str shell = {"/bin/sh -c ", 11}, no_operation = {"#(nop)", 6};
    struct str s = str_trim(created_by);
    if (str_ends(s, STR("# buildkit"))) {
        s = str_trim(str_sub(s, 0, s.n - 10));
    }
    if (str_starts(s, shell)) {
        s = str_trim(str_from(s, shell.n));
        if (str_starts(s, no_operation)) {
            return str_trim(str_from(s, no_operation.n));
        }
        return view_format(view, "RUN %.*s", STR_ARG(s));
    }
    ptrdiff_t at = str_starts(s, STR("RUN ")) ? str_find(s, shell) : -1;
    return at < 0 ? s : view_format(view, "RUN %.*s", STR_ARG(str_trim(str_from(s, (size_t)at + shell.n))));
}

struct str view_layer_instruction(struct view *view, const struct view_layer *layer) {
    static const char *const writes_nothing[] = {
        "ARG",        "CMD",     "ENTRYPOINT", "ENV",        "EXPOSE", "HEALTHCHECK", "LABEL",
        "MAINTAINER", "ONBUILD", "SHELL",      "STOPSIGNAL", "USER",   "VOLUME",
    };
    struct str instruction = view_instruction(view, layer->created_by), name, rest;
    str_cut(instruction, ' ', &name, &rest);
    for (size_t i = 0; i < ARRAY_SIZE(writes_nothing); i++) {
        if (str_eq(name, str_c(writes_nothing[i]))) {
            return STR_NONE;
        }
    }
    return instruction;
}

static bool ends_os_name(struct str word) {
    return !word.n || ascii_is_digit(word.p[0]) || word.p[0] == '(' || str_eq(word, STR("GNU/Linux")) ||
           (word.n > 1 && word.p[0] == 'v' && ascii_is_digit(word.p[1]));
}

struct str view_os_name(struct view *view, const struct asset *os) {
    size_t n = 0;
    for (struct str rest = os->name, word; str_split(&rest, ' ', &word) && !ends_os_name(word);) {
        n = (size_t)(word.p + word.n - os->name.p);
    }
    struct str name = n ? str_sub(os->name, 0, n) : os->name;
    return n && os->version.n ? view_format(view, "%.*s %.*s", STR_ARG(name), STR_ARG(os->version))
                              : os->name;
}
