/* Timestamps and durations as CEL has them (cel-spec, langdef, "Timestamps and durations"; RFC 3339).
 *
 * A timestamp is a moment from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z. A duration is a signed
 * 64-bit count of nanoseconds, about 292 years: the conformance cases want the difference of two far
 * timestamps refused, which the wider range of protobuf would not do. What leaves its range is ERR_INPUT;
 * nothing wraps, nothing allocates. */
#ifndef PLIMSOLL_CEL_VALUES_TIME_H
#define PLIMSOLL_CEL_VALUES_TIME_H

#include "base/err.h"
#include "base/str.h"

#define NANOSECONDS INT64_C(1000000000)

struct timestamp {
    int64_t seconds; /* since 1970, rounded down */
    int32_t nanos;   /* 0 to 999,999,999 */
};

struct duration {
    int64_t nanoseconds;
};

/* The fields of a timestamp on the clock of a place, counted as CEL's getters count them. */
struct civil {
    int year, month;              /* month from 0 */
    int day_of_month;             /* from 1, as getDate() */
    int day_of_week, day_of_year; /* from 0; Sunday is 0 */
    int hour, minute, second, millisecond;
};

enum { TIMESTAMP_TEXT = 40, DURATION_TEXT = 40 };

/* Checks the range of seconds and nanos that come from elsewhere. */
int timestamp_from(int64_t seconds, int64_t nanos, struct timestamp *out, struct err *err);
/* RFC 3339 with 'T' and 'Z' in capitals; fractions past nanoseconds are cut; second 60 is refused. */
int timestamp_parse(struct str text, struct timestamp *out, struct err *err);
/* "2009-02-13T23:31:30.5Z": UTC, no zeros at the end of the fraction. Returns the length. */
size_t timestamp_format(struct timestamp t, char out[TIMESTAMP_TEXT]);
/* "2009-02-13", a day that is. */
bool date_is_valid(struct str text);
int timestamp_compare(struct timestamp a, struct timestamp b); /* -1, 0, 1 */
int timestamp_add(struct timestamp t, struct duration d, struct timestamp *out, struct err *err);
int timestamp_sub(struct timestamp t, struct duration d, struct timestamp *out, struct err *err);
/* a - b */
int timestamp_diff(struct timestamp a, struct timestamp b, struct duration *out, struct err *err);
/* On a clock that is offset seconds ahead of UTC. */
struct civil timestamp_civil(struct timestamp t, int32_t offset);

int duration_from(int64_t seconds, int64_t nanos, struct duration *out, struct err *err);
/* As Go's time.ParseDuration: "1h30m", "-1.5s", "2us", "0"; parts of nanoseconds are cut. */
int duration_parse(struct str text, struct duration *out, struct err *err);
/* Seconds: "5400s", "-1.5s". Returns the length. */
size_t duration_format(struct duration d, char out[DURATION_TEXT]);
int duration_compare(struct duration a, struct duration b);
int duration_add(struct duration a, struct duration b, struct duration *out, struct err *err);
int duration_sub(struct duration a, struct duration b, struct duration *out, struct err *err);
int duration_negate(struct duration d, struct duration *out, struct err *err);

/* Whole units, cut toward zero; milliseconds are those past the second (321 of 123.321456789s). */
static inline int64_t duration_hours(struct duration d) {
    return d.nanoseconds / (3600 * NANOSECONDS);
}
static inline int64_t duration_minutes(struct duration d) {
    return d.nanoseconds / (60 * NANOSECONDS);
}
static inline int64_t duration_seconds(struct duration d) {
    return d.nanoseconds / NANOSECONDS;
}
static inline int64_t duration_milliseconds(struct duration d) {
    return d.nanoseconds % NANOSECONDS / 1000000;
}

#endif
