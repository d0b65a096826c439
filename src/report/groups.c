#include "report/groups.h"

#include "report/fixes.h"

struct work {
    struct view *view;
    struct map groups, rows, places; /* key → index + 1; the others only say what was seen */
    VEC(struct group) found;
};

/* What a group is called, and what else tells it from others. */
struct identity {
    const char *type;
    struct str name, version;
    int32_t layer; /* copies of a language package in several layers are still one */
};

static struct identity identify(const struct view_finding *finding) {
    if (!finding->package) {
        return (struct identity){asset_kind_name(finding->asset.kind), finding->asset.name,
                                 finding->asset.version, finding->f.layer};
    }
    const struct package *package = &finding->package->record.package;
    struct identity id = {package_type_name(package->type), package->name, package->version, 0};
    if (fixes_is_distribution(finding->package)) {
        id.name = package->source_name.n ? package->source_name : package->name;
        id.version = package->source_version.n ? package->source_version : package->version;
        id.layer = finding->f.layer;
    }
    return id;
}

static struct group *find_group(struct work *work, const struct view_finding *finding) {
    struct identity id = identify(finding);
    struct str key = view_format(work->view, "%s:%d:%zu:%.*s:%.*s", id.type, id.layer, id.name.n,
                                 STR_ARG(id.name), STR_ARG(id.version));
    uint64_t *slot = key.p ? map_put(&work->groups, key, NULL) : NULL;
    if (!slot) {
        return NULL;
    }
    if (!*slot) {
        struct group *group = VEC_PUSH(&work->view->arena, &work->found);
        if (!group) {
            return NULL;
        }
        *group = (struct group){.first = finding, .name = id.name, .version = id.version};
        *slot = work->found.n;
    }
    return &work->found.p[*slot - 1];
}

/* 1 when the group sees this key for the first time. */
static int is_new(struct work *work, struct map *seen, const struct group *group, struct str key) {
    size_t place = (size_t)(group - work->found.p);
    char *whole = arena_alloc(&work->view->arena, sizeof place + key.n);
    bool first = false;
    if (whole) {
        memcpy(whole, &place, sizeof place);
        memcpy(whole + sizeof place, key.p ? key.p : "", key.n);
    }
    return whole && map_put(seen, str_n(whole, sizeof place + key.n), &first) ? first : ERR_MEMORY;
}

static void raise_fixed(struct group *group, const struct view_finding *finding) {
    struct str fixed = finding->f.fixed;
    if (fixed.n && (!group->fixed.n || !finding->package ||
                    fixes_is_older(&finding->package->record, group->fixed, fixed))) {
        group->fixed = fixed;
    }
}

static int add(struct work *work, const struct view_finding *finding, struct err *err) {
    struct group *group = find_group(work, finding);
    if (!group) {
        return err_memory(err);
    }
    group->findings++;
    raise_fixed(group, finding);
    struct arena *arena = &work->view->arena;
    int row = is_new(work, &work->rows, group, finding->f.rule);
    int place = row < 0 ? row
                        : is_new(work, &work->places, group,
                                 str_n((const char *)&finding->f.asset, sizeof finding->f.asset));
    const struct view_finding **slot = row == 1 ? VEC_PUSH(arena, &group->rows) : NULL;
    const struct view_finding **at = place == 1 ? VEC_PUSH(arena, &group->places) : NULL;
    if (place < 0 || (row == 1 && !slot) || (place == 1 && !at)) {
        return err_memory(err);
    }
    if (slot) {
        *slot = finding;
    }
    if (at) {
        *at = finding;
    }
    return 0;
}

int groups_find(struct view *view, group_filter *filter, struct group_list *out, struct err *err) {
    struct work work = {view, map_new(&view->arena), map_new(&view->arena), map_new(&view->arena), {0}};
    *out = (struct group_list){0};
    for (size_t i = 0; i < view->findings_n; i++) {
        if (!filter(view, &view->findings[i])) {
            continue;
        }
        int code = add(&work, &view->findings[i], err);
        if (code < 0) {
            return code;
        }
        out->findings++;
    }
    out->p = work.found.p;
    out->n = work.found.n;
    return 0;
}
