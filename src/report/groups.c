#include "report/groups.h"

#include "report/fixes.h"

/* ---- numbering */

struct numbering {
    struct view *view;
    struct map groups, issues; /* key → number + 1 */
    size_t *of_package;        /* by the package's place in the view: its group + 1 */
    VEC(struct view_group) found;
};

static struct view_group identify(const struct view_finding *finding) {
    if (view_is_check(finding)) {
        return (struct view_group){"check", finding->f.rule, finding->f.title, 0};
    }
    if (!finding->package) {
        return (struct view_group){asset_kind_name(finding->asset->kind), finding->asset->name,
                                   finding->asset->version, finding->f.layer};
    }
    const struct package *package = &finding->package->record.package;
    struct view_group group = {package_type_name(package->type), package->name, package->version, 0};
    if (view_is_distribution(finding->package)) {
        group.name = package->source_name.n ? package->source_name : package->name;
        group.version = package->source_version.n ? package->source_version : package->version;
        group.layer = finding->package->record.layer;
    }
    return group;
}

/* The group's number + 1; 0 without memory. */
static size_t find_group(struct numbering *numbering, const struct view_finding *finding) {
    struct view_group identity = identify(finding);
    struct str key = view_format(numbering->view, "%s:%d:%zu:%.*s:%.*s", identity.type, identity.layer,
                                 identity.name.n, STR_ARG(identity.name), STR_ARG(identity.version));
    uint64_t *slot = key.p ? map_put(&numbering->groups, key, NULL) : NULL;
    if (slot && !*slot) {
        struct view_group *group = VEC_PUSH(&numbering->view->arena, &numbering->found);
        if (!group) {
            return 0;
        }
        *group = identity;
        *slot = numbering->found.n;
    }
    return slot ? (size_t)*slot : 0;
}

static int number_group(struct numbering *numbering, struct view_finding *finding, struct err *err) {
    size_t number = 0, *known = &number;
    if (finding->package) {
        known = &numbering->of_package[finding->package - numbering->view->packages];
    }
    if (!*known) {
        *known = find_group(numbering, finding);
    }
    finding->group = *known - 1;
    return *known ? 0 : err_memory(err);
}

/* Each finding of a check has a place of its own to be mended. */
static int number_issue(struct numbering *numbering, struct view_finding *finding, struct err *err) {
    struct view *view = numbering->view;
    if (view_is_check(finding)) {
        finding->issue = view->issues_n++;
        return 0;
    }
    struct str rule = finding->f.rule;
    size_t place[] = {finding->group, finding->f.status};
    char *key = arena_alloc(&view->arena, sizeof place + rule.n);
    if (!key) {
        return err_memory(err);
    }
    memcpy(key, place, sizeof place);
    memcpy(key + sizeof place, rule.p ? rule.p : "", rule.n);
    uint64_t *slot = map_put(&numbering->issues, str_n(key, sizeof place + rule.n), NULL);
    if (!slot) {
        return err_memory(err);
    }
    finding->is_repeat = *slot != 0;
    *slot = *slot ? *slot : ++view->issues_n;
    finding->issue = (size_t)*slot - 1;
    return 0;
}

int groups_number(struct view *view, struct err *err) {
    struct numbering numbering = {
        .view = view, .groups = map_new(&view->arena), .issues = map_new(&view->arena)};
    numbering.of_package = arena_array(&view->arena, view->packages_n + 1, sizeof(size_t));
    int code = numbering.of_package ? 0 : err_memory(err);
    for (size_t i = 0; code == 0 && i < view->findings_n; i++) {
        code = number_group(&numbering, &view->findings[i], err);
        code = code < 0 ? code : number_issue(&numbering, &view->findings[i], err);
    }
    view->groups = numbering.found.p;
    view->groups_n = numbering.found.n;
    return code;
}

/* ---- grouping */

struct grouping {
    struct view *view;
    size_t *of_group; /* by the group's number: its place in the list + 1 */
    bool *has_issue;  /* by the issue's number */
    struct map assets;
    VEC(struct group) found;
};

static struct group *take_group(struct grouping *grouping, const struct view_finding *finding) {
    size_t *place = &grouping->of_group[finding->group];
    if (!*place) {
        struct group *group = VEC_PUSH(&grouping->view->arena, &grouping->found);
        if (!group) {
            return NULL;
        }
        *group = (struct group){.first = finding, .of = &grouping->view->groups[finding->group]};
        *place = grouping->found.n;
    }
    return &grouping->found.p[*place - 1];
}

static void raise_fixed(struct group *group, const struct view_finding *finding) {
    struct str fixed = finding->upgrade;
    if (fixed.n && (!group->fixed.n || !finding->package ||
                    fixes_is_older(&finding->package->record, group->fixed, fixed))) {
        group->fixed = fixed;
    }
}

static int add(struct grouping *grouping, const struct view_finding *finding, struct err *err) {
    struct arena *arena = &grouping->view->arena;
    struct group *group = take_group(grouping, finding);
    bool is_new_asset = false;
    struct str asset = str_n((const char *)&finding->f.asset, sizeof finding->f.asset);
    if (!group || !map_put(&grouping->assets, asset, &is_new_asset)) {
        return err_memory(err);
    }
    bool *has_issue = &grouping->has_issue[finding->issue];
    const struct view_finding **row = *has_issue ? NULL : VEC_PUSH(arena, &group->rows);
    const struct view_finding **place = is_new_asset ? VEC_PUSH(arena, &group->places) : NULL;
    if ((!*has_issue && !row) || (is_new_asset && !place)) {
        return err_memory(err);
    }
    if (row) {
        *row = finding;
    }
    if (place) {
        *place = finding;
    }
    *has_issue = true;
    return 0;
}

int groups_find(struct view *view, group_filter *filter, struct group_list *out, struct err *err) {
    struct grouping grouping = {.view = view, .assets = map_new(&view->arena)};
    *out = (struct group_list){0};
    grouping.of_group = arena_array(&view->arena, view->groups_n + 1, sizeof(size_t));
    grouping.has_issue = arena_array(&view->arena, view->issues_n + 1, sizeof(bool));
    int code = grouping.of_group && grouping.has_issue ? 0 : err_memory(err);
    for (size_t i = 0; code == 0 && i < view->findings_n; i++) {
        if (filter(view, &view->findings[i])) {
            out->issues += !grouping.has_issue[view->findings[i].issue];
            code = add(&grouping, &view->findings[i], err);
        }
    }
    for (size_t i = 0; code == 0 && i < view->findings_n; i++) {
        const struct view_finding *finding = &view->findings[i];
        size_t place = grouping.of_group[finding->group];
        if (place && view_is_open(finding)) {
            raise_fixed(&grouping.found.p[place - 1], finding);
        }
    }
    out->p = grouping.found.p;
    out->n = grouping.found.n;
    return code;
}
