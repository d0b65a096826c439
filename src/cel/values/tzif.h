/* The rules of one time zone, for zone.c and tzif.c. */
#ifndef PLIMSOLL_CEL_VALUES_TZIF_H
#define PLIMSOLL_CEL_VALUES_TZIF_H

#include "base/arena.h"
#include "base/err.h"

/* When one of the two changes of a year happens (POSIX TZ, RFC 8536 section 3.3.1). */
struct tz_rule {
    enum { TZ_JULIAN, TZ_DAY_OF_YEAR, TZ_WEEK_DAY } kind;
    int month, week, day; /* month and week for TZ_WEEK_DAY alone, whose day is 0 for Sunday */
    int32_t seconds;      /* after midnight; may be below 0 or past a day */
};

/* What holds after the last transition: "CET-1CEST,M3.5.0,M10.5.0/3". */
struct tz_footer {
    bool is_there, has_summer;
    int32_t standard, summer; /* seconds ahead of UTC */
    struct tz_rule start, end;
};

struct tzif {
    size_t n;
    const int64_t *times;   /* transitions, ascending */
    const int32_t *offsets; /* seconds ahead of UTC from each of them on */
    int32_t first;          /* before the first */
    struct tz_footer footer;
};

/* ERR_INPUT names the byte. */
int tzif_parse(struct str bytes, struct arena *arena, struct tzif **out, struct err *err);
int tz_footer_parse(struct str text, struct tz_footer *out, struct err *err);
int32_t tz_footer_offset(const struct tz_footer *footer, int64_t seconds);

#endif
