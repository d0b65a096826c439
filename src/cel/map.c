#include "cel/map.h"

#include "base/hash.h"
#include "base/limits.h"
#include "cel/number.h"

#include <math.h>

/* Below this, comparing all keys is faster than hashing one. */
enum { INDEX_ABOVE = 8 };

/* Numbers that are equal hash alike, whatever their type. */
static uint64_t hash_number(const struct cel_value *key) {
    double d = key->d;
    uint64_t bits = key->u;
    if (key->kind == CEL_DOUBLE) {
        if (d >= -0x1p63 && d < 0x1p63 && d == floor(d)) {
            bits = (uint64_t)(int64_t)d;
        } else if (d >= 0 && d < 0x1p64 && d == floor(d)) {
            bits = (uint64_t)d;
        }
    }
    return hash_bytes(str_n((const char *)&bits, sizeof bits));
}

static uint64_t hash_key(const struct cel_value *key) {
    if (key->kind == CEL_STRING) {
        return hash_bytes(cel_str(key));
    }
    return key->kind == CEL_BOOL ? (uint64_t)key->b : hash_number(key);
}

static bool keys_equal(const struct cel_value *a, const struct cel_value *b) {
    if (a->kind == CEL_STRING || b->kind == CEL_STRING) {
        return a->kind == b->kind && str_eq(cel_str(a), cel_str(b));
    }
    if (a->kind == CEL_BOOL || b->kind == CEL_BOOL) {
        return a->kind == b->kind && a->b == b->b;
    }
    return cel_compare_numbers(a, b) == CEL_SAME;
}

static bool may_be_key(const struct cel_value *key) {
    return key->kind == CEL_STRING || key->kind == CEL_BOOL || key->kind == CEL_INT || key->kind == CEL_UINT;
}

/* The slot of the index that holds the key or is free for it. */
static uint32_t *find_slot(const struct cel_map *map, const struct cel_value *key) {
    size_t mask = map->index_size - 1;
    for (size_t i = (size_t)hash_key(key) & mask;; i = (i + 1) & mask) {
        uint32_t number = map->index[i];
        if (!number || keys_equal(&map->p[number - 1].key, key)) {
            return &map->index[i];
        }
    }
}

static const struct cel_map_entry *find(const struct cel_map *map, const struct cel_value *key) {
    if (map->index) {
        uint32_t number = *find_slot(map, key);
        return number ? &map->p[number - 1] : NULL;
    }
    for (size_t i = 0; i < map->n; i++) {
        if (keys_equal(&map->p[i].key, key)) {
            return &map->p[i];
        }
    }
    return NULL;
}

static bool grow_index(struct arena *arena, struct cel_map *map) {
    if (map->n < INDEX_ABOVE || map->n * 2 < map->index_size) {
        return true;
    }
    size_t size = map->index_size ? map->index_size * 2 : 32;
    uint32_t *index = arena_array(arena, size, sizeof *index);
    if (!index) {
        return false;
    }
    map->index = index;
    map->index_size = size;
    for (size_t i = 0; i < map->n; i++) {
        *find_slot(map, &map->p[i].key) = (uint32_t)i + 1;
    }
    return true;
}

enum cel_put cel_map_put(struct arena *arena, struct cel_map_builder *builder, struct cel_value key,
                         struct cel_value value) {
    if (!may_be_key(&key)) {
        return CEL_PUT_BAD_KEY;
    }
    if (!builder->map && !(builder->map = arena_alloc(arena, sizeof *builder->map))) {
        return CEL_PUT_NO_MEMORY;
    }
    struct cel_map *map = builder->map;
    if (find(map, &key)) {
        return CEL_PUT_REPEATED;
    }
    if (map->n >= LIMIT_CEL_VALUE / sizeof(struct cel_map_entry) || !grow_index(arena, map)) {
        return CEL_PUT_NO_MEMORY;
    }
    struct cel_map_entry *entry = VEC_PUSH(arena, map);
    if (!entry) {
        return CEL_PUT_NO_MEMORY;
    }
    *entry = (struct cel_map_entry){key, value};
    if (map->index) {
        *find_slot(map, &key) = (uint32_t)map->n;
    }
    return CEL_PUT;
}

struct cel_value cel_map_done(const struct cel_map_builder *builder) {
    size_t n = builder->map ? builder->map->n : 0;
    return (struct cel_value){.kind = CEL_MAP, .n = (uint32_t)n, .map = builder->map};
}

void cel_map_at(const struct cel_value *map, size_t i, struct cel_value *key, struct cel_value *value) {
    assert(map->kind == CEL_MAP && i < map->n);
    if (map->held == CEL_HELD_DOC) {
        const struct doc_member *member = &map->doc->map.members[i];
        *key = cel_string(member->key);
        key->from = member->value;
        cel_set_doc(value, member->value);
        return;
    }
    *key = map->map->p[i].key;
    *value = map->map->p[i].value;
}

bool cel_map_get_text(const struct cel_value *map, struct str key, struct cel_value *value) {
    if (map->held == CEL_HELD_DOC) {
        const struct doc *found = doc_get(map->doc, key);
        cel_set_doc(value, found);
        return found != NULL;
    }
    struct cel_value text = cel_string(key);
    const struct cel_map_entry *entry = map->map ? find(map->map, &text) : NULL;
    if (entry) {
        *value = entry->value;
    }
    return entry != NULL;
}

bool cel_map_get(const struct cel_value *map, const struct cel_value *key, struct cel_value *value) {
    if (key->kind == CEL_STRING) {
        return cel_map_get_text(map, cel_str(key), value);
    }
    if (map->held == CEL_HELD_DOC || !map->map || (!may_be_key(key) && key->kind != CEL_DOUBLE)) {
        return false;
    }
    const struct cel_map_entry *entry = find(map->map, key);
    if (entry) {
        *value = entry->value;
    }
    return entry != NULL;
}
