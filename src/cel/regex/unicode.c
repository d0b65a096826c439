#include "cel/regex/unicode.h"

static uint32_t unpack(const uint8_t **p) {
    uint32_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *(*p)++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
}

static int add_table(struct runes *set, const struct unicode_table *table) {
    const uint8_t *p = unicode_packed + table->at;
    uint32_t at = 0;
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t low = at + unpack(&p), high = low + unpack(&p);
        if (runes_add(set, low, high) < 0) {
            return ERR_MEMORY;
        }
        at = high + 1;
    }
    return 0;
}

/* "L" stands for all of "Lu", "Ll", ...; only categories have names of two letters. */
static bool is_named(const struct unicode_table *table, struct str name) {
    return str_eq(table->name, name) || (name.n == 1 && table->name.n == 2 && table->name.p[0] == name.p[0]);
}

int unicode_add(struct runes *set, struct str name) {
    if (str_eq(name, STR("Any"))) {
        return runes_add(set, 0, RUNE_LAST);
    }
    bool is_known = false;
    for (size_t i = 0; i < unicode_table_count; i++) {
        if (!is_named(&unicode_tables[i], name)) {
            continue;
        }
        is_known = true;
        if (add_table(set, &unicode_tables[i]) < 0) {
            return ERR_MEMORY;
        }
    }
    return is_known ? 0 : ERR_ABSENT;
}

static uint32_t shifted(uint32_t code, int32_t delta) {
    return (uint32_t)((int32_t)code + delta);
}

/* What a run says about [low, high], as far as it isn't in the set yet. */
static int add_run(struct runes *set, struct rune_set known, const struct unicode_fold *run, uint32_t low,
                   uint32_t high) {
    low = MAX(low, run->low);
    high = MIN(high, run->high);
    low += (low - run->low) % run->stride;
    if (low > high || rune_set_has(known, shifted(low, run->delta), shifted(high, run->delta))) {
        return 0;
    }
    if (run->stride == 1) {
        return runes_add(set, shifted(low, run->delta), shifted(high, run->delta));
    }
    for (uint32_t code = low; code <= high; code += run->stride) {
        uint32_t next = shifted(code, run->delta);
        if (!rune_set_has(known, next, next) && runes_add(set, next, next) < 0) {
            return ERR_MEMORY;
        }
    }
    return 0;
}

/* Runs of stride 2 overlap their neighbours, so that only the low ends are in order. */
static int add_next(struct runes *set, struct rune_set known) {
    for (size_t i = 0; i < known.n; i++) {
        struct rune_range range = known.ranges[i];
        for (size_t k = 0; k < unicode_fold_count && unicode_folds[k].low <= range.high; k++) {
            const struct unicode_fold *run = &unicode_folds[k];
            if (run->high >= range.low && add_run(set, known, run, range.low, range.high) < 0) {
                return ERR_MEMORY;
            }
        }
    }
    return 0;
}

static int keep_before(struct runes *set) {
    set->before.n = 0;
    for (size_t i = 0; i < set->ranges.n; i++) {
        struct rune_range *range = VEC_PUSH(set->arena, &set->before);
        if (!range) {
            return ERR_MEMORY;
        }
        *range = set->ranges.p[i];
    }
    return 0;
}

/* Each round goes one step along the circles, of which the longest has four members. */
int unicode_add_folded(struct runes *set) {
    for (;;) {
        if (keep_before(set) < 0 || add_next(set, (struct rune_set){set->before.p, set->before.n}) < 0) {
            return ERR_MEMORY;
        }
        if (set->ranges.n == set->before.n) {
            return 0;
        }
        runes_sort(set);
    }
}
