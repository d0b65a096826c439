#include "cel/values/zone.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/mem.h"
#include "cel/values/tzif.h"

#include <pthread.h>

struct zones {
    pthread_mutex_t lock; /* for all that follows */
    struct arena arena;
    struct map by_name; /* to struct tzif *; as many as were asked for */
    struct str folder;
};

struct zones *zones_new(const char *folder) {
    struct zones *zones = mem_alloc_zero(sizeof *zones);
    if (!zones) {
        return NULL;
    }
    zones->arena = arena_new(LIMIT_ZONES_BYTES);
    zones->by_name = map_new(&zones->arena);
    zones->folder = arena_str(&zones->arena, folder ? str_c(folder) : STR("/usr/share/zoneinfo"));
    if (!zones->folder.p || pthread_mutex_init(&zones->lock, NULL) != 0) {
        arena_free(&zones->arena);
        mem_free(zones);
        return NULL;
    }
    return zones;
}

void zones_free(struct zones *zones) {
    if (zones) {
        pthread_mutex_destroy(&zones->lock);
        arena_free(&zones->arena);
        mem_free(zones);
    }
}

/* "+05:30", "-08:00", "02:00" */
static bool read_fixed(struct str name, struct zone *out) {
    bool is_behind = str_starts(name, STR("-"));
    struct str rest = is_behind || str_starts(name, STR("+")) ? str_from(name, 1) : name, hours, minutes;
    uint64_t h, m;
    if (rest.n != 5 || !str_cut(rest, ':', &hours, &minutes) || hours.n != 2 || !str_to_u64(hours, 10, &h) ||
        !str_to_u64(minutes, 10, &m) || h > 23 || m > 59) {
        return false;
    }
    int32_t offset = (int32_t)(h * 3600 + m * 60);
    *out = (struct zone){.offset = is_behind ? -offset : offset};
    return true;
}

/* Names of the database begin with a capital in each part or go on with letters, digits, '+', '-', '_'. What
 * else lies in the folder ("localtime", "zone.tab", "right/...") is no zone to us. */
static bool is_name(struct str name) {
    if (name.n == 0 || name.n > LIMIT_ZONE_NAME || name.p[0] < 'A' || name.p[0] > 'Z') {
        return false;
    }
    for (struct str part, rest = name; str_split(&rest, '/', &part);) {
        if (part.n == 0) {
            return false;
        }
        for (size_t i = 0; i < part.n; i++) {
            if (!ascii_is_alnum(part.p[i]) && (part.p[i] == 0 || !strchr("+-_", part.p[i]))) {
                return false;
            }
        }
    }
    return true;
}

static int load(struct zones *zones, struct str name, const struct tzif **out, struct err *err) {
    _cleanup_(buf_free) struct buf bytes = buf_new(LIMIT_TZIF);
    struct tzif *tzif;
    char path[LIMIT_PATH];
    int n = snprintf(path, sizeof path, "%.*s/%.*s", STR_ARG(zones->folder), STR_ARG(name));
    if (n < 0 || (size_t)n >= sizeof path || zones->by_name.n >= LIMIT_ZONES) {
        return err_set(err, ERR_LIMIT, "too many time zones, or too long a name");
    }
    struct err fault = ERR_NONE;
    int status = file_read(path, &bytes, &fault);
    if (status < 0) {
        return status == ERR_MEMORY ? err_memory(err)
                                    : err_set(err, ERR_ABSENT, "there is no such time zone");
    }
    struct str key = arena_str(&zones->arena, name);
    uint64_t *slot = NULL;
    bool is_new;
    status = tzif_parse(buf_view(&bytes), &zones->arena, &tzif, err);
    if (status == 0 && (!key.p || !(slot = map_put(&zones->by_name, key, &is_new)))) {
        status = err_memory(err);
    }
    if (status == 0) {
        *slot = (uint64_t)(uintptr_t)tzif;
        *out = tzif;
    }
    return status;
}

static int find_named(struct zones *zones, struct str name, struct zone *out, struct err *err) {
    int status = 0;
    *out = (struct zone){0};
    pthread_mutex_lock(&zones->lock);
    uint64_t *slot = map_get(&zones->by_name, name);
    if (slot) {
        out->rules = (const struct tzif *)(uintptr_t)*slot;
    } else {
        status = load(zones, name, &out->rules, err);
    }
    pthread_mutex_unlock(&zones->lock);
    return status;
}

int zones_find(struct zones *zones, struct str name, struct zone *out, struct err *err) {
    struct str shown = str_sub(name, 0, 64);
    if (name.n == 0 || str_eq(name, STR("UTC")) || str_eq(name, STR("GMT"))) {
        *out = (struct zone){0};
        return 0;
    }
    if (read_fixed(name, out)) {
        return 0;
    }
    if (!is_name(name)) {
        return err_set(err, ERR_INPUT, "\"%.*s\" is not a time zone such as \"Europe/Paris\" or \"+05:30\"",
                       STR_ARG(shown));
    }
    if (!zones) {
        return err_set(err, ERR_ABSENT, "\"%.*s\": there are no named time zones here", STR_ARG(shown));
    }
    int status = find_named(zones, name, out, err);
    if (status < 0) {
        err_at(err, "\"%.*s\"", STR_ARG(shown));
    }
    return status;
}

/* The number of transitions at or before a moment. */
static size_t count_before(const struct tzif *rules, int64_t seconds) {
    size_t low = 0, high = rules->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rules->times[middle] <= seconds) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int32_t zone_offset(const struct zone *zone, int64_t seconds) {
    const struct tzif *rules = zone->rules;
    if (!rules) {
        return zone->offset;
    }
    size_t before = count_before(rules, seconds);
    if (before == rules->n && rules->footer.is_there) {
        return tz_footer_offset(&rules->footer, seconds);
    }
    return before ? rules->offsets[before - 1] : rules->first;
}

int zone_read_tzif(struct str bytes, struct arena *arena, struct zone *out, struct err *err) {
    struct tzif *tzif;
    int status = tzif_parse(bytes, arena, &tzif, err);
    if (status == 0) {
        *out = (struct zone){.rules = tzif};
    }
    return status;
}
