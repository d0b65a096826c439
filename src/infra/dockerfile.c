#include "infra/dockerfile.h"

#include "doc/dockerfile/dockerfile.h"

static struct resource part(struct resource *whole, struct str kind, struct str name,
                            const struct doc *object) {
    struct resource r = *whole;
    r.part_of = whole;
    r.kind = kind;
    r.name = name;
    r.object = object;
    r.at = object->at;
    r.next_of_kind = r.next_of_key = NULL;
    r.out = r.in = NULL;
    return r;
}

/* dockerfile.Stage/<file>/<name>: a stage without a name goes by its number. */
static int add_part(struct resources *set, struct resource *r, struct str name, struct err *err) {
    r->key = arena_strf(set->arena, "%.*s/%.*s/%.*s", STR_ARG(r->kind), STR_ARG(r->file), STR_ARG(name));
    r->name = name;
    return r->key.p && name.p ? resources_add(set, r, NULL, err) : err_memory(err);
}

static int add_stage(struct resources *set, struct resource *whole, const struct doc *stage, size_t i,
                     struct err *err) {
    struct resource r = part(whole, STR("dockerfile.Stage"), STR_NONE, stage);
    struct str name = doc_str(doc_get(stage, STR("name")));
    return add_part(set, &r, name.n ? name : arena_strf(set->arena, "%zu", i), err);
}

static int add_instruction(struct resources *set, struct resource *whole, const struct doc *instruction,
                           size_t i, struct err *err) {
    struct str name = doc_str(doc_get(instruction, STR("instruction")));
    struct str kind = arena_strf(set->arena, "dockerfile.%.*s", STR_ARG(name));
    if (!kind.p) {
        return err_memory(err);
    }
    struct resource r = part(whole, kind, STR_NONE, instruction);
    int result = add_part(set, &r, arena_strf(set->arena, "%zu", i + 1), err);
    const struct doc *trigger = doc_get(instruction, STR("trigger"));
    return result == 0 && trigger ? add_instruction(set, whole, trigger, i, err) : result;
}

int dockerfile_add(struct resources *set, struct str file, const struct doc *root, struct err *err) {
    const struct doc *stages = doc_get(root, STR("stages"));
    const struct doc *instructions = doc_get(root, STR("instructions"));
    struct resource *whole = NULL;
    struct resource r = {.source = RESOURCE_DOCKERFILE,
                         .kind = STR("Dockerfile"),
                         .name = file,
                         .key = arena_strf(set->arena, "Dockerfile/%.*s", STR_ARG(file)),
                         .file = file,
                         .object = root,
                         .input = root,
                         .at = root->at};
    int result = r.key.p ? resources_add(set, &r, &whole, err) : err_memory(err);
    for (size_t i = 0; result == 0 && i < doc_count(stages); i++) {
        result = add_stage(set, whole, doc_at(stages, i), i, err);
    }
    for (size_t i = 0; result == 0 && i < doc_count(instructions); i++) {
        result = add_instruction(set, whole, doc_at(instructions, i), i, err);
    }
    return result;
}

int dockerfile_read(struct resources *set, struct str file, struct str text, struct err *err) {
    struct dockerfile parsed;
    int result = dockerfile_parse(set->arena, text, &parsed, err);
    return result == 0 ? dockerfile_add(set, file, parsed.root, err) : result;
}

bool dockerfile_is_file_name(struct str name) {
    static const struct str names[] = {STR("dockerfile"), STR("containerfile")};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct str base = names[i];
        if (name.n < base.n) {
            continue;
        }
        bool begins = str_eq_nocase(str_sub(name, 0, base.n), base);
        bool ends = str_eq_nocase(str_from(name, name.n - base.n), base);
        if ((begins && (name.n == base.n || name.p[base.n] == '.' || name.p[base.n] == '-')) ||
            (ends && name.n > base.n + 1 && name.p[name.n - base.n - 1] == '.')) {
            return true;
        }
    }
    return false;
}
