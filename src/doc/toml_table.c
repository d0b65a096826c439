#include "doc/toml_table.h"

#include "base/limits.h"
#include "doc/build.h"

struct toml_table *toml_table_new(struct arena *scratch, unsigned depth, struct doc_place at) {
    struct toml_table *table = arena_alloc(scratch, sizeof *table);
    if (table) {
        table->depth = depth;
        table->at = at;
        table->index = map_new(scratch);
    }
    return table;
}

static bool is_indexed(const struct toml_table *table) {
    return table->entries.n > DOC_INDEX_ABOVE;
}

struct toml_entry *toml_table_find(const struct toml_table *table, struct str key) {
    if (is_indexed(table)) {
        const uint64_t *number = map_get(&table->index, key);
        return number ? &table->entries.p[*number - 1] : NULL;
    }
    for (size_t i = 0; i < table->entries.n; i++) {
        if (str_eq(table->entries.p[i].key, key)) {
            return &table->entries.p[i];
        }
    }
    return NULL;
}

static bool index_entries(struct toml_table *table, size_t from) {
    for (size_t i = from; i < table->entries.n; i++) {
        uint64_t *number = map_put(&table->index, table->entries.p[i].key, NULL);
        if (!number) {
            return false;
        }
        *number = i + 1;
    }
    return true;
}

struct toml_entry *toml_table_add(struct arena *scratch, struct toml_table *table, struct str key,
                                  struct doc_place at) {
    assert(!toml_table_find(table, key));
    struct toml_entry *entry = VEC_PUSH(scratch, &table->entries);
    if (!entry) {
        return NULL;
    }
    *entry = (struct toml_entry){.key = key, .at = at};
    size_t last = table->entries.n - 1;
    if (is_indexed(table) && !index_entries(table, last == DOC_INDEX_ABOVE ? 0 : last)) {
        return NULL;
    }
    return entry;
}

static struct doc *freeze_array(struct arena *arena, struct arena *scratch, const struct toml_entry *entry) {
    size_t n = entry->array->tables.n;
    const struct doc **items = arena_array(scratch, n, sizeof *items);
    if (!items) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        items[i] = toml_table_freeze(arena, scratch, entry->array->tables.p[i]);
        if (!items[i]) {
            return NULL;
        }
    }
    return doc_new_list(arena, entry->at, items, n);
}

static const struct doc *freeze_entry(struct arena *arena, struct arena *scratch,
                                      const struct toml_entry *entry) {
    if (entry->table) {
        return toml_table_freeze(arena, scratch, entry->table);
    }
    return entry->array ? freeze_array(arena, scratch, entry) : entry->value;
}

/* Recursion is bounded by the depth that the reader allows a table. */
struct doc *toml_table_freeze(struct arena *arena, struct arena *scratch, const struct toml_table *table) {
    assert(table->depth <= LIMIT_DOC_DEPTH);
    size_t n = table->entries.n;
    struct doc_member *members = arena_array(scratch, n, sizeof *members);
    if (!members) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        const struct toml_entry *entry = &table->entries.p[i];
        members[i] = (struct doc_member){entry->key, entry->at, freeze_entry(arena, scratch, entry)};
        if (!members[i].value) {
            return NULL;
        }
    }
    return doc_new_map(arena, table->at, members, n, NULL);
}
