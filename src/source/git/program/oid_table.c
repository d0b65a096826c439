#include "source/git/program/oid_table.h"

#include "base/mem.h"

enum { LEAST = 1024 };

void oid_table_free(struct oid_table *table) {
    mem_free(table->slots);
    *table = (struct oid_table){0};
}

/* The slot of the id, or the free one that it would take. */
static struct oid_slot *find(const struct oid_table *table, const git_oid *id) {
    uint64_t hash;
    memcpy(&hash, id->id, sizeof hash);
    size_t at = (size_t)hash & (table->size - 1);
    while (table->slots[at].value && !git_oid_equal(&table->slots[at].id, id)) {
        at = (at + 1) & (table->size - 1);
    }
    return &table->slots[at];
}

static int grow(struct oid_table *table, struct err *err) {
    struct oid_table larger = {.n = table->n, .size = table->size ? 2 * table->size : LEAST};
    larger.slots = mem_alloc_zero(larger.size * sizeof *larger.slots);
    if (!larger.slots) {
        return err_memory(err);
    }
    for (size_t i = 0; i < table->size; i++) {
        if (table->slots[i].value) {
            *find(&larger, &table->slots[i].id) = table->slots[i];
        }
    }
    mem_free(table->slots);
    *table = larger;
    return 0;
}

int64_t oid_table_get(const struct oid_table *table, const git_oid *id) {
    return table->size ? (int64_t)find(table, id)->value - 1 : -1;
}

int oid_table_put(struct oid_table *table, const git_oid *id, uint32_t value, struct err *err) {
    if (4 * (table->n + 1) > 3 * table->size && grow(table, err) < 0) {
        return err->code;
    }
    struct oid_slot *slot = find(table, id);
    assert(!slot->value && value < UINT32_MAX);
    *slot = (struct oid_slot){*id, value + 1};
    table->n++;
    return 0;
}
