#include "infra/image.h"

#include "doc/json.h"

int image_add(struct resources *set, struct str name, const struct doc *object, struct err *err) {
    struct resource r = {.source = RESOURCE_IMAGE,
                         .kind = STR("Image"),
                         .name = name,
                         .key = STR("Image"), /* its name changes with each build */
                         .object = object,
                         .input = object,
                         .at = object->at};
    return resources_add(set, &r, NULL, err);
}

int image_read(struct resources *set, struct str file, struct str text, struct err *err) {
    const struct doc *object;
    int result = json_parse(set->arena, text, &object, err);
    return result == 0 ? image_add(set, file, object, err) : result;
}
