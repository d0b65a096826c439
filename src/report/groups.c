#include "report/groups.h"

#include "base/limits.h"
#include "report/fixes.h"

/* ---- numbering */

static struct view_group identify(const struct view_finding *finding) {
    if (view_is_check(finding)) {
        return (struct view_group){"check", finding->f.rule, finding->f.title, 0};
    }
    if (view_is_secret(finding)) {
        /* The same kind matters less in a test: groups have one severity. */
        return (struct view_group){"secret", finding->f.rule, str_c(severity_name(finding->f.severity)), 0};
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

static bool keep_group(struct arena *arena, struct view_group *group) {
    group->name = arena_str(arena, group->name);
    group->version = arena_str(arena, group->version);
    return group->name.p && group->version.p;
}

/* The group's number + 1; 0 without memory. */
static uint32_t find_group(struct groups_numbering *numbering, const struct view_finding *finding) {
    struct view_group identity = identify(finding);
    struct arena *arena = &numbering->view->arena;
    struct buf *key = &numbering->key;
    buf_clear(key);
    buf_c(key, identity.type);
    buf_byte(key, 0);
    buf_bytes(key, &identity.layer, sizeof identity.layer);
    buf_bytes(key, &identity.name.n, sizeof identity.name.n);
    buf_str(key, identity.name);
    buf_str(key, identity.version);
    const uint64_t *known = key->failed ? NULL : map_get(&numbering->groups, buf_view(key));
    if (known || key->failed) {
        return known ? (uint32_t)*known : 0;
    }
    struct str kept = arena_str(arena, buf_view(key));
    uint64_t *slot = kept.p ? map_put(&numbering->groups, kept, NULL) : NULL;
    struct view_group *group = slot ? VEC_PUSH(arena, &numbering->found) : NULL;
    if (!group || !keep_group(arena, &identity)) {
        return 0;
    }
    *group = identity;
    *slot = numbering->found.n;
    return (uint32_t)numbering->found.n;
}

static int number_group(struct groups_numbering *numbering, struct view_row *row,
                        const struct view_finding *finding, struct err *err) {
    uint32_t number = 0, *known = &number;
    if (finding->package) {
        known = &numbering->of_package[finding->package - numbering->view->packages.p];
    }
    if (!*known) {
        *known = find_group(numbering, finding);
    }
    row->group = *known - 1;
    return *known ? 0 : err_memory(err);
}

/* Each finding of a check has a place of its own to be mended. */
static int number_issue(struct groups_numbering *numbering, struct view_row *row,
                        const struct view_finding *finding, struct err *err) {
    struct view *view = numbering->view;
    if (view_has_rule(finding)) {
        row->issue = (uint32_t)view->issues_n++;
        return 0;
    }
    struct str rule = finding->f.rule;
    size_t place[] = {row->group, finding->f.status};
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
    *slot = *slot ? *slot : ++view->issues_n;
    row->issue = (uint32_t)(*slot - 1);
    return 0;
}

int groups_numbering_begin(struct groups_numbering *numbering, struct view *view) {
    *numbering = (struct groups_numbering){.view = view,
                                           .groups = map_new(&view->arena),
                                           .issues = map_new(&view->arena),
                                           .key = buf_new(LIMIT_RECORD)};
    numbering->of_package = arena_array(&view->arena, view->packages.n + 1, sizeof *numbering->of_package);
    return numbering->of_package ? 0 : ERR_MEMORY;
}

int groups_number(struct groups_numbering *numbering, struct view_row *row,
                  const struct view_finding *finding, struct err *err) {
    int code = number_group(numbering, row, finding, err);
    return code < 0 ? code : number_issue(numbering, row, finding, err);
}

/* The number in the order in which they come; places: by the number so far, from 1. */
static uint32_t renumber(uint32_t *places, uint32_t number, size_t *n) {
    if (!places[number]) {
        *n += 1;
        places[number] = (uint32_t)*n;
    }
    return places[number] - 1;
}

int groups_number_in_order(struct groups_numbering *numbering, struct err *err) {
    struct view *view = numbering->view;
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REPORT_VIEW);
    uint32_t *groups = arena_array(&arena, numbering->found.n + 1, sizeof *groups);
    uint32_t *issues = arena_array(&arena, view->issues_n + 1, sizeof *issues);
    view->groups = arena_array(&view->arena, numbering->found.n + 1, sizeof *view->groups);
    if (!groups || !issues || !view->groups) {
        return err_memory(err);
    }
    size_t issues_n = 0;
    for (size_t i = 0; i < view->rows_n; i++) {
        struct view_row *row = &view->rows[i];
        struct view_group found = numbering->found.p[row->group];
        row->is_repeat = issues[row->issue];
        row->issue = renumber(issues, row->issue, &issues_n);
        row->group = renumber(groups, row->group, &view->groups_n);
        view->groups[row->group] = found;
    }
    return 0;
}

void groups_numbering_end(struct groups_numbering *numbering) {
    buf_free(&numbering->key);
}

/* ---- grouping */

struct grouping {
    struct view *view;
    size_t *of_group; /* by the group's number: its place in the list + 1 */
    bool *has_issue;  /* by the issue's number */
    VEC(struct group) found;
    struct map assets;
};

static struct group *take_group(struct grouping *grouping, struct view_row *row) {
    size_t *place = &grouping->of_group[row->group];
    if (!*place) {
        struct group *group = VEC_PUSH(&grouping->view->arena, &grouping->found);
        if (!group) {
            return NULL;
        }
        *group = (struct group){.first = view_keep(grouping->view, row),
                                .of = &grouping->view->groups[row->group]};
        *place = grouping->found.n;
    }
    return &grouping->found.p[*place - 1];
}

static void raise_fixed(struct view *view, struct group *group, const struct view_row *row) {
    const struct view_finding *finding = view_show(view, row);
    struct str fixed = finding->upgrade;
    if (fixed.n && (!group->fixed.n || !finding->package ||
                    fixes_is_older(&finding->package->record, group->fixed, fixed))) {
        group->fixed = view_keep_text(view, row, fixed);
    }
}

static int add_row(struct grouping *grouping, struct group *group, const struct view_row *row,
                   struct err *err) {
    bool *has_issue = &grouping->has_issue[row->issue];
    if (*has_issue) {
        return 0;
    }
    const struct view_row **slot = VEC_PUSH(&grouping->view->arena, &group->rows);
    if (!slot) {
        return err_memory(err);
    }
    *slot = row;
    *has_issue = true;
    return 0;
}

/* The packages of the group; where a check found something its rows say. */
static int add_place(struct grouping *grouping, struct group *group, struct view_row *row, struct err *err) {
    bool is_new = false;
    int64_t asset = view_show(grouping->view, row)->f.asset;
    struct arena *arena = &grouping->view->arena;
    struct str key = str_n((const char *)&asset, sizeof asset);
    if (map_get(&grouping->assets, key)) {
        return 0;
    }
    key = arena_str(arena, key);
    if (!key.p || !map_put(&grouping->assets, key, &is_new)) {
        return err_memory(err);
    }
    const struct view_finding **place = VEC_PUSH(arena, &group->places);
    if (!place) {
        return err_memory(err);
    }
    *place = view_keep(grouping->view, row);
    return 0;
}

static int add(struct grouping *grouping, struct view_row *row, struct err *err) {
    struct group *group = take_group(grouping, row);
    int code = group ? add_row(grouping, group, row, err) : err_memory(err);
    return code == 0 && !view_row_has_rule(row) ? add_place(grouping, group, row, err) : code;
}

int groups_find(struct view *view, group_filter *filter, struct group_list *out, struct err *err) {
    struct grouping grouping = {.view = view, .assets = map_new(&view->arena)};
    *out = (struct group_list){0};
    grouping.of_group = arena_array(&view->arena, view->groups_n + 1, sizeof(size_t));
    grouping.has_issue = arena_array(&view->arena, view->issues_n + 1, sizeof(bool));
    int code = grouping.of_group && grouping.has_issue ? 0 : err_memory(err);
    for (size_t i = 0; code == 0 && i < view->rows_n; i++) {
        if (filter(&view->rows[i])) {
            out->issues += !grouping.has_issue[view->rows[i].issue];
            code = add(&grouping, &view->rows[i], err);
        }
    }
    for (size_t i = 0; code == 0 && i < view->rows_n; i++) {
        const struct view_row *row = &view->rows[i];
        size_t place = grouping.of_group[row->group];
        if (place && view_row_is_open(row) && !view_row_has_rule(row)) {
            raise_fixed(view, &grouping.found.p[place - 1], row);
        }
    }
    out->p = grouping.found.p;
    out->n = grouping.found.n;
    return code < 0 ? code : view_failure(view, err);
}
