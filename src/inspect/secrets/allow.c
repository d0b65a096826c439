#include "inspect/secrets/allow.h"

enum { HASH_LEAST = 8 };

static int wrong(struct str file, struct doc_place at, const char *what, struct err *err) {
    return err_set(err, ERR_INPUT, "%.*s:%u:%u: %s", STR_ARG(file), at.line, at.column, what);
}

static int take_list(struct arena *arena, struct str file, const struct doc *value, struct text_list *out,
                     struct err *err) {
    if (!doc_is(value, DOC_LIST)) {
        return wrong(file, value->at, "secrets.allow: expected a list of texts", err);
    }
    *out = (struct text_list){arena_array(arena, value->list.n + 1, sizeof *out->p), 0};
    if (!out->p) {
        return err_memory(err);
    }
    for (size_t i = 0; i < value->list.n; i++) {
        struct str text = doc_str(value->list.items[i]);
        if (!text.n) {
            return wrong(file, value->list.items[i]->at, "secrets.allow: expected a text", err);
        }
        out->p[out->n++] = text;
    }
    return 0;
}

int secret_allow_read(struct arena *arena, struct str file, const struct doc *map, struct secret_allow *out,
                      struct err *err) {
    *out = (struct secret_allow){.source = file};
    if (!doc_is(map, DOC_MAP)) {
        return wrong(file, map->at, "secrets.allow: expected a map with paths, rules, hashes", err);
    }
    const struct {
        struct str name;
        struct text_list *list;
    } fields[] = {{STR("paths"), &out->paths}, {STR("rules"), &out->rules}, {STR("hashes"), &out->hashes}};
    int r = 0;
    for (size_t i = 0; r == 0 && i < map->map.n; i++) {
        const struct doc_member *member = &map->map.members[i];
        struct text_list *list = NULL;
        for (size_t f = 0; f < ARRAY_SIZE(fields); f++) {
            list = str_eq(member->key, fields[f].name) ? fields[f].list : list;
        }
        r = list ? take_list(arena, file, member->value, list, err)
                 : wrong(file, member->at, "secrets.allow: it has paths, rules and hashes", err);
    }
    for (size_t i = 0; r == 0 && i < out->hashes.n; i++) {
        if (out->hashes.p[i].n < HASH_LEAST) {
            r = wrong(file, map->at, "secrets.allow: a hash has at least 8 digits", err);
        }
    }
    return r;
}

static bool fits_any(const struct text_list *list, struct str s) {
    for (size_t i = 0; i < list->n; i++) {
        if (str_glob(list->p[i], s, false)) {
            return true;
        }
    }
    return false;
}

const char *secret_allow_reason(const struct secret_allow *allow, struct str path, struct str rule,
                                struct str hash) {
    if (fits_any(&allow->paths, path)) {
        return "its path is allowed";
    }
    if (fits_any(&allow->rules, rule)) {
        return "its rule is allowed";
    }
    for (size_t i = 0; i < allow->hashes.n; i++) {
        if (str_starts(hash, allow->hashes.p[i])) {
            return "its value is allowed by its hash";
        }
    }
    return NULL;
}
