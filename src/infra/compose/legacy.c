#include "infra/compose/legacy.h"

#include "infra/compose/short.h"

/* Every member is a service: it says what it runs. */
static bool is_format_1(const struct doc *model) {
    static const struct str marks[] = {STR("version"), STR("services"), STR("name"), STR("include")};
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        if (doc_get(model, marks[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < model->map.n; i++) {
        const struct doc *service = model->map.members[i].value;
        if (!doc_get(service, STR("image")) && !doc_get(service, STR("build")) &&
            !doc_get(service, STR("extends"))) {
            return false;
        }
    }
    return model->map.n > 0;
}

static void put_build(struct map_maker *m, const struct doc_member *build, const struct doc *dockerfile) {
    struct map_maker inner = {.arena = m->arena, .at = build->value->at};
    map_maker_put(&inner, STR("context"), build->at, build->value);
    map_maker_put(&inner, STR("dockerfile"), dockerfile->at, dockerfile);
    map_maker_put(m, build->key, build->at, map_maker_done(&inner));
}

static void put_logging(struct map_maker *m, const struct doc *driver, const struct doc *options) {
    const struct doc *first = driver ? driver : options;
    struct map_maker inner = {.arena = m->arena, .at = first->at};
    if (driver) {
        map_maker_put(&inner, STR("driver"), driver->at, driver);
    }
    if (options) {
        map_maker_put(&inner, STR("options"), options->at, options);
    }
    map_maker_put(m, STR("logging"), first->at, map_maker_done(&inner));
}

static const struct doc *service_today(struct arena *arena, const struct doc *service) {
    static const struct str moved[] = {STR("dockerfile"), STR("log_driver"), STR("log_opt")};
    const struct doc *dockerfile = doc_get(service, moved[0]), *driver = doc_get(service, moved[1]),
                     *options = doc_get(service, moved[2]);
    struct map_maker m = {.arena = arena, .at = service->at};
    for (size_t i = 0; i < service->map.n; i++) {
        const struct doc_member *member = &service->map.members[i];
        bool is_build = dockerfile && str_eq(member->key, STR("build")) && doc_is(member->value, DOC_STRING);
        if (is_build) {
            put_build(&m, member, dockerfile);
        } else if (member->value != dockerfile && member->value != driver && member->value != options) {
            bool is_net = str_eq(member->key, STR("net"));
            map_maker_put(&m, is_net ? STR("network_mode") : member->key, member->at, member->value);
        }
    }
    if (driver || options) {
        put_logging(&m, driver, options);
    }
    return map_maker_done(&m);
}

int compose_from_format_1(struct arena *arena, const struct doc **model, struct err *err) {
    if (!is_format_1(*model)) {
        return 0;
    }
    struct map_maker services = {.arena = arena, .at = (*model)->at}, m = services;
    for (size_t i = 0; i < (*model)->map.n; i++) {
        const struct doc_member *member = &(*model)->map.members[i];
        map_maker_put(&services, member->key, member->at, service_today(arena, member->value));
    }
    map_maker_put(&m, STR("services"), (*model)->at, map_maker_done(&services));
    *model = map_maker_done(&m);
    return *model ? 0 : err_memory(err);
}
