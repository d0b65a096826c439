#include "infra/image.h"

#include "doc/build.h"
#include "doc/json.h"

static int add(struct resources *set, struct str kind, struct str name, const struct doc *object,
               struct err *err) {
    struct resource r = {.source = RESOURCE_IMAGE,
                         .kind = kind,
                         .name = name,
                         .key = kind, /* its name changes with each build */
                         .object = object,
                         .input = object,
                         .at = object->at};
    return resources_add(set, &r, NULL, err);
}

int image_add(struct resources *set, struct str name, const struct doc *object, struct err *err) {
    return add(set, STR("Image"), name, object, err);
}

int image_with_files(struct arena *arena, const struct doc *config, struct str files, const struct doc **out,
                     struct err *err) {
    const struct doc *parsed;
    *out = config;
    if (!files.n || !doc_is(config, DOC_MAP)) {
        return 0;
    }
    int result = json_parse(arena, files, &parsed, err);
    size_t n = config->map.n;
    struct doc_member *members = result == 0 ? arena_array(arena, n + 1, sizeof *members) : NULL;
    if (result < 0 || !members) {
        return result < 0 ? result : err_memory(err);
    }
    if (n) {
        memcpy(members, config->map.members, n * sizeof *members);
    }
    members[n] = (struct doc_member){.key = STR("files"), .value = parsed};
    *out = doc_new_map(arena, config->at, members, n + 1, NULL);
    return *out ? 0 : err_memory(err);
}

int image_with_facts(struct arena *arena, const struct doc *config, struct str facts, const struct doc **out,
                     struct err *err) {
    const struct doc *parsed;
    *out = config;
    int result = doc_is(config, DOC_MAP) ? json_parse(arena, facts, &parsed, err) : 0;
    if (result < 0 || !doc_is(config, DOC_MAP)) {
        return result;
    }
    size_t n = config->map.n, more = doc_count(parsed);
    struct doc_member *members = arena_array(arena, n + more + 1, sizeof *members);
    if (!members) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n + more; i++) {
        members[i] = i < n ? config->map.members[i] : parsed->map.members[i - n];
    }
    *out = doc_new_map(arena, config->at, members, n + more, NULL);
    return *out ? 0 : err_memory(err);
}

int image_add_root(struct resources *set, struct str name, struct str files, struct err *err) {
    const struct doc *object, *nothing = doc_new_map(set->arena, (struct doc_place){0}, NULL, 0, NULL);
    if (!nothing) {
        return err_memory(err);
    }
    int result = image_with_files(set->arena, nothing, files, &object, err);
    return result == 0 ? add(set, STR("RootFS"), name, object, err) : result;
}

int image_read(struct resources *set, struct str file, struct str text, struct err *err) {
    const struct doc *object;
    int result = json_parse(set->arena, text, &object, err);
    return result == 0 ? image_add(set, file, object, err) : result;
}
