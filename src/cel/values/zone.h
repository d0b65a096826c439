/* Time zones: fixed offsets, and the names of the IANA database read from TZif files (RFC 8536, v1 to v4).
 *
 * A struct zone is a small value; what it points at is never changed and lives as long as its zones. One
 * struct zones may be asked by many threads: the first to ask for a name reads its file, once.
 *
 *     struct zone zone; int32_t offset;
 *     if (zones_find(zones, STR("Europe/Paris"), &zone, err) < 0) ...
 *     struct civil civil = timestamp_civil(t, zone_offset(&zone, t.seconds));                       */
#ifndef PLIMSOLL_CEL_VALUES_ZONE_H
#define PLIMSOLL_CEL_VALUES_ZONE_H

#include "base/arena.h"
#include "base/err.h"

struct tzif;

struct zone {
    int32_t offset;           /* seconds ahead of UTC, when there are no rules */
    const struct tzif *rules; /* NULL for UTC and fixed offsets */
};

struct zones;

/* Reads from a folder such as /usr/share/zoneinfo, which is taken when folder is NULL; NULL when there is no
 * memory. */
struct zones *zones_new(const char *folder) _nodiscard_;
void zones_free(struct zones *zones); /* NULL is allowed */
static inline void zones_freep(struct zones **zones) {
    zones_free(*zones);
}

/* "", "UTC" and "GMT", "+05:30", "-08:00", "02:00", or a name. ERR_INPUT when it can't be one, ERR_ABSENT
 * when there is no such zone, ERR_LIMIT when too many were asked for. zones may be NULL: no names then. */
int zones_find(struct zones *zones, struct str name, struct zone *out, struct err *err);

/* Seconds ahead of UTC at a moment, in seconds since 1970. */
int32_t zone_offset(const struct zone *zone, int64_t seconds);

/* A zone over the bytes of a TZif file; its rules live in the arena and hold nothing of the bytes. */
int zone_read_tzif(struct str bytes, struct arena *arena, struct zone *out, struct err *err);

#endif
