/* The standard functions that are no operators (langdef, "Standard definitions"): size, text searches,
 * getters, dyn, type, matches. Conversions are in convert.c. */
#include "cel/library/standard.h"

#include "cel/cache.h"
#include "cel/times.h"

static struct cel_value same(struct cel_call *call, const struct cel_value *args, size_t n) {
    return args[0];
}

static struct cel_value type_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_type_value(cel_type_name(&args[0]));
}

static struct cel_value size_of_parts(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_int(args[0].n);
}

/* Of valid UTF-8: each byte that does not continue a character begins one. */
static struct cel_value size_of_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    int64_t count = 0;
    if (!cel_spend(call, s.n / 16)) {
        return cel_over_budget(call);
    }
    for (size_t i = 0; i < s.n; i++) {
        count += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    }
    return cel_int(count);
}

static struct cel_value starts_with(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(str_starts(cel_str(&args[0]), cel_str(&args[1])));
}

static struct cel_value ends_with(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(str_ends(cel_str(&args[0]), cel_str(&args[1])));
}

static struct cel_value contains(struct cel_call *call, const struct cel_value *args, size_t n) {
    if (!cel_spend(call, args[0].n / 16)) {
        return cel_over_budget(call);
    }
    return cel_bool(str_find(cel_str(&args[0]), cel_str(&args[1])) >= 0);
}

static struct cel_value matches(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_value fault;
    struct err err = ERR_NONE;
    struct regex_matcher *matcher = cel_regex_acquire(call, cel_str(&args[1]), &fault);
    if (!matcher) {
        return fault;
    }
    int found = regex_search(matcher, cel_str(&args[0]), 0, NULL, 0, &err);
    if (!cel_regex_release(call, matcher)) {
        return cel_over_budget(call);
    }
    return found < 0 ? cel_error_from(call, &err) : cel_bool(found > 0);
}

/* The timestamp args[0] on the clock of the zone args[1], or UTC. False when there is no such zone. */
static bool civil_of(struct cel_call *call, const struct cel_value *args, size_t n, struct civil *out,
                     struct cel_value *fault) {
    struct timestamp t = cel_to_timestamp(&args[0]);
    struct zone zone = {0};
    struct err err = ERR_NONE;
    if (n > 1 && zones_find(cel_call_zones(call), cel_str(&args[1]), &zone, &err) < 0) {
        *fault = cel_error_from(call, &err);
        return false;
    }
    *out = timestamp_civil(t, zone_offset(&zone, t.seconds));
    return true;
}

#define GETTER(name, field)                                                                                  \
    static struct cel_value name(struct cel_call *call, const struct cel_value *args, size_t n) {            \
        struct civil civil;                                                                                  \
        struct cel_value fault;                                                                              \
        return civil_of(call, args, n, &civil, &fault) ? cel_int(civil.field) : fault;                       \
    }
GETTER(get_full_year, year)
GETTER(get_month, month)
GETTER(get_date, day_of_month)
GETTER(get_day_of_month, day_of_month - 1)
GETTER(get_day_of_week, day_of_week)
GETTER(get_day_of_year, day_of_year)
GETTER(get_hours, hour)
GETTER(get_minutes, minute)
GETTER(get_seconds, second)
GETTER(get_milliseconds, millisecond)

#define DURATION_GETTER(name)                                                                                \
    static struct cel_value get_##name(struct cel_call *call, const struct cel_value *args, size_t n) {      \
        return cel_int(name((struct duration){args[0].i}));                                                  \
    }
DURATION_GETTER(duration_hours)
DURATION_GETTER(duration_minutes)
DURATION_GETTER(duration_seconds)
DURATION_GETTER(duration_milliseconds)

#define TIMESTAMP "google.protobuf.Timestamp"
#define DURATION  "google.protobuf.Duration"
#define AT_UTC    TIMESTAMP ".() int"
#define AT_ZONE   TIMESTAMP ".(string) int"

static const struct cel_function functions[] = {
    {"dyn", "(~A) dyn", same},
    {"type", "(~A) type(~A)", type_of},
    {"size", "(string) int", size_of_string},
    {"size", "(bytes) int", size_of_parts},
    {"size", "(list(~A)) int", size_of_parts},
    {"size", "(map(~A, ~B)) int", size_of_parts},
    {"size", "string.() int", size_of_string},
    {"size", "bytes.() int", size_of_parts},
    {"size", "list(~A).() int", size_of_parts},
    {"size", "map(~A, ~B).() int", size_of_parts},
    {"startsWith", "string.(string) bool", starts_with},
    {"endsWith", "string.(string) bool", ends_with},
    {"contains", "string.(string) bool", contains},
    {"matches", "(string, string) bool", matches},
    {"matches", "string.(string) bool", matches},
    {"getFullYear", AT_UTC, get_full_year},
    {"getFullYear", AT_ZONE, get_full_year},
    {"getMonth", AT_UTC, get_month},
    {"getMonth", AT_ZONE, get_month},
    {"getDate", AT_UTC, get_date},
    {"getDate", AT_ZONE, get_date},
    {"getDayOfMonth", AT_UTC, get_day_of_month},
    {"getDayOfMonth", AT_ZONE, get_day_of_month},
    {"getDayOfWeek", AT_UTC, get_day_of_week},
    {"getDayOfWeek", AT_ZONE, get_day_of_week},
    {"getDayOfYear", AT_UTC, get_day_of_year},
    {"getDayOfYear", AT_ZONE, get_day_of_year},
    {"getHours", AT_UTC, get_hours},
    {"getHours", AT_ZONE, get_hours},
    {"getHours", DURATION ".() int", get_duration_hours},
    {"getMinutes", AT_UTC, get_minutes},
    {"getMinutes", AT_ZONE, get_minutes},
    {"getMinutes", DURATION ".() int", get_duration_minutes},
    {"getSeconds", AT_UTC, get_seconds},
    {"getSeconds", AT_ZONE, get_seconds},
    {"getSeconds", DURATION ".() int", get_duration_seconds},
    {"getMilliseconds", AT_UTC, get_milliseconds},
    {"getMilliseconds", AT_ZONE, get_milliseconds},
    {"getMilliseconds", DURATION ".() int", get_duration_milliseconds},
};

const struct cel_library cel_library_standard = {"standard", functions, ARRAY_SIZE(functions), NULL, 0};
