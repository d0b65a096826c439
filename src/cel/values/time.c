#include "cel/values/time.h"

#include "cel/values/calendar.h"

#include <inttypes.h>

/* 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z */
static const int64_t first_second = -62135596800, last_second = 253402300799;

static int out_of_range(const char *what, struct err *err) {
    return err_set(err, ERR_INPUT, "%s out of range", what);
}

int timestamp_from(int64_t seconds, int64_t nanos, struct timestamp *out, struct err *err) {
    if (nanos < 0 || nanos >= NANOSECONDS || seconds < first_second || seconds > last_second) {
        return out_of_range("timestamp", err);
    }
    *out = (struct timestamp){seconds, (int32_t)nanos};
    return 0;
}

/* Two or four digits; -1 when they are none. */
static int take_digits(struct str *s, size_t n) {
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (i >= s->n || !ascii_is_digit(s->p[i])) {
            return -1;
        }
        value = value * 10 + (s->p[i] - '0');
    }
    *s = str_n(s->p + n, s->n - n);
    return value;
}

static bool take(struct str *s, char c) {
    if (s->n == 0 || s->p[0] != c) {
        return false;
    }
    *s = str_n(s->p + 1, s->n - 1);
    return true;
}

/* "2009-02-13" as days. */
static bool take_date(struct str *s, int64_t *days) {
    int year = take_digits(s, 4);
    int month = year >= 0 && take(s, '-') ? take_digits(s, 2) : -1;
    int day = month >= 0 && take(s, '-') ? take_digits(s, 2) : -1;
    if (month < 1 || month > 12 || day < 1 || day > month_days(year, month)) {
        return false;
    }
    *days = days_from_date(year, month, day);
    return true;
}

bool date_is_valid(struct str text) {
    int64_t days;
    return take_date(&text, &days) && text.n == 0;
}

/* "23:31" as minutes. */
static bool take_minutes(struct str *s, int64_t *minutes) {
    int hour = take_digits(s, 2);
    int minute = hour >= 0 && take(s, ':') ? take_digits(s, 2) : -1;
    *minutes = (int64_t)hour * 60 + minute;
    return hour <= 23 && minute >= 0 && minute <= 59;
}

/* ".5" as nanoseconds; digits after the ninth only have to be digits. */
static bool take_fraction(struct str *s, int64_t *nanos) {
    *nanos = 0;
    if (!take(s, '.')) {
        return true;
    }
    size_t n = 0;
    for (int64_t unit = NANOSECONDS / 10; n < s->n && ascii_is_digit(s->p[n]); n++, unit /= 10) {
        *nanos += (s->p[n] - '0') * unit;
    }
    *s = str_n(s->p + n, s->n - n);
    return n > 0;
}

/* "Z" or "+05:30", as minutes ahead of UTC. */
static bool take_offset(struct str *s, int64_t *minutes) {
    *minutes = 0;
    if (take(s, 'Z')) {
        return true;
    }
    bool is_behind = take(s, '-');
    if ((!is_behind && !take(s, '+')) || !take_minutes(s, minutes)) {
        return false;
    }
    *minutes = is_behind ? -*minutes : *minutes;
    return true;
}

int timestamp_parse(struct str text, struct timestamp *out, struct err *err) {
    struct str rest = text;
    int64_t days, minutes, nanos, ahead;
    int second = -1;
    bool is_time = take_date(&rest, &days) && take(&rest, 'T') && take_minutes(&rest, &minutes) &&
                   take(&rest, ':') && (second = take_digits(&rest, 2)) >= 0 && second <= 59 &&
                   take_fraction(&rest, &nanos) && take_offset(&rest, &ahead) && rest.n == 0;
    if (!is_time) {
        return err_set(err, ERR_INPUT,
                       "\"%.*s\" is not an RFC 3339 timestamp in the range of the years 0001 to 9999",
                       STR_ARG(str_sub(text, 0, 64)));
    }
    return timestamp_from(days * DAY_SECONDS + (minutes - ahead) * 60 + second, nanos, out, err);
}

/* ".5" into out, nothing for 0. */
static size_t format_fraction(int64_t nanos, char *out, size_t size) {
    if (nanos == 0) {
        return 0;
    }
    size_t n = (size_t)snprintf(out, size, ".%09" PRId64, nanos);
    while (out[n - 1] == '0') {
        n--;
    }
    return n;
}

size_t timestamp_format(struct timestamp t, char out[TIMESTAMP_TEXT]) {
    struct civil c = timestamp_civil(t, 0);
    size_t n = (size_t)snprintf(out, TIMESTAMP_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month + 1,
                                c.day_of_month, c.hour, c.minute, c.second);
    assert(n < TIMESTAMP_TEXT - 12);
    n += format_fraction(t.nanos, out + n, TIMESTAMP_TEXT - n);
    out[n++] = 'Z';
    out[n] = 0;
    return n;
}

int timestamp_compare(struct timestamp a, struct timestamp b) {
    int order = (a.seconds > b.seconds) - (a.seconds < b.seconds);
    return order ? order : (a.nanos > b.nanos) - (a.nanos < b.nanos);
}

/* Adds what may be below zero or past a second. */
static int shift(struct timestamp t, int64_t seconds, int64_t nanos, struct timestamp *out, struct err *err) {
    int64_t sum = t.nanos + nanos, carry = floor_div(sum, NANOSECONDS);
    return timestamp_from(t.seconds + seconds + carry, sum - carry * NANOSECONDS, out, err);
}

int timestamp_add(struct timestamp t, struct duration d, struct timestamp *out, struct err *err) {
    return shift(t, d.nanoseconds / NANOSECONDS, d.nanoseconds % NANOSECONDS, out, err);
}

int timestamp_sub(struct timestamp t, struct duration d, struct timestamp *out, struct err *err) {
    return shift(t, -(d.nanoseconds / NANOSECONDS), -(d.nanoseconds % NANOSECONDS), out, err);
}

int timestamp_diff(struct timestamp a, struct timestamp b, struct duration *out, struct err *err) {
    return duration_from(a.seconds - b.seconds, a.nanos - b.nanos, out, err);
}

struct civil timestamp_civil(struct timestamp t, int32_t offset) {
    int64_t seconds = t.seconds + offset, days = floor_div(seconds, DAY_SECONDS);
    int in_day = (int)(seconds - days * DAY_SECONDS);
    struct date date = date_from_days(days);
    return (struct civil){
        .year = (int)date.year,
        .month = date.month - 1,
        .day_of_month = date.day,
        .day_of_week = week_day(days),
        .day_of_year = (int)(days - days_from_date(date.year, 1, 1)),
        .hour = in_day / 3600,
        .minute = in_day / 60 % 60,
        .second = in_day % 60,
        .millisecond = t.nanos / 1000000,
    };
}

int duration_from(int64_t seconds, int64_t nanos, struct duration *out, struct err *err) {
    __int128 sum = (__int128)seconds * NANOSECONDS + nanos;
    if (sum < INT64_MIN || sum > INT64_MAX) {
        return out_of_range("duration", err);
    }
    out->nanoseconds = (int64_t)sum;
    return 0;
}

/* Longer names first where one begins another. The micro sign has two code points. */
static const struct {
    struct str name;
    int64_t nanoseconds;
} units[] = {
    {{"ns", 2}, 1},
    {{"us", 2}, 1000},
    {{"\xC2\xB5s", 3}, 1000},
    {{"\xCE\xBCs", 3}, 1000},
    {{"ms", 2}, 1000000},
    {{"s", 1}, NANOSECONDS},
    {{"m", 1}, 60 * NANOSECONDS},
    {{"h", 1}, 3600 * NANOSECONDS},
};

/* The unit must be the whole of what stands before the next number. */
static int64_t take_unit(struct str *s) {
    size_t n = 0;
    while (n < s->n && s->p[n] != '.' && !ascii_is_digit(s->p[n])) {
        n++;
    }
    struct str name = str_sub(*s, 0, n);
    *s = str_from(*s, n);
    for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
        if (str_eq(name, units[i].name)) {
            return units[i].nanoseconds;
        }
    }
    return 0;
}

/* whole + fraction / scale; digits of a fraction that 63 bits don't hold are stepped over. */
struct decimal {
    uint64_t whole, fraction;
    double scale;
    bool is_read, is_large;
};

static struct decimal take_decimal(struct str *s) {
    struct decimal d = {.scale = 1};
    size_t i = 0;
    for (; i < s->n && ascii_is_digit(s->p[i]); i++) {
        d.is_read = true;
        if (!mul_fits(d.whole, UINT64_C(10), &d.whole) ||
            !add_fits(d.whole, (uint64_t)(s->p[i] - '0'), &d.whole)) {
            d.is_large = true;
        }
    }
    if (i < s->n && s->p[i] == '.') {
        for (i++; i < s->n && ascii_is_digit(s->p[i]); i++) {
            d.is_read = true;
            if (d.fraction <= INT64_MAX / 10) {
                d.fraction = d.fraction * 10 + (uint64_t)(s->p[i] - '0');
                d.scale *= 10;
            }
        }
    }
    *s = str_from(*s, i);
    return d;
}

/* Adds one "1.5h" to sum. */
static int take_part(struct str *s, __int128 *sum, struct err *err) {
    struct decimal d = take_decimal(s);
    int64_t unit = d.is_read ? take_unit(s) : 0;
    if (unit == 0) {
        return ERR_INPUT;
    }
    /* the fraction in doubles, as Go does it: two programs must not differ by a nanosecond */
    *sum += (__int128)d.whole * unit + (__int128)((double)d.fraction * ((double)unit / d.scale));
    if (d.is_large || *sum > (__int128)INT64_MAX + 1) {
        return out_of_range("duration", err);
    }
    return 0;
}

int duration_parse(struct str text, struct duration *out, struct err *err) {
    struct str rest = text;
    bool is_negative = take(&rest, '-');
    if (!is_negative) {
        take(&rest, '+');
    }
    struct err fault = ERR_NONE;
    __int128 sum = 0;
    int status = rest.n ? 0 : ERR_INPUT;
    if (!str_eq(rest, STR("0"))) {
        while (status == 0 && rest.n) {
            status = take_part(&rest, &sum, &fault);
        }
    }
    if (status == 0 && !is_negative && sum > INT64_MAX) {
        status = out_of_range("duration", &fault);
    }
    if (status < 0) {
        return err_set(err, ERR_INPUT, "\"%.*s\": %s", STR_ARG(str_sub(text, 0, 64)),
                       fault.code ? fault.message : "not a duration such as \"1h30m\" or \"1.5s\"");
    }
    out->nanoseconds = (int64_t)(is_negative ? -sum : sum);
    return 0;
}

size_t duration_format(struct duration d, char out[DURATION_TEXT]) {
    uint64_t u = d.nanoseconds < 0 ? 0 - (uint64_t)d.nanoseconds : (uint64_t)d.nanoseconds;
    size_t n = (size_t)snprintf(out, DURATION_TEXT, "%s%" PRIu64, d.nanoseconds < 0 ? "-" : "",
                                u / (uint64_t)NANOSECONDS);
    assert(n < DURATION_TEXT - 12);
    n += format_fraction((int64_t)(u % (uint64_t)NANOSECONDS), out + n, DURATION_TEXT - n);
    out[n++] = 's';
    out[n] = 0;
    return n;
}

int duration_compare(struct duration a, struct duration b) {
    return (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
}

int duration_add(struct duration a, struct duration b, struct duration *out, struct err *err) {
    return add_fits(a.nanoseconds, b.nanoseconds, &out->nanoseconds) ? 0 : out_of_range("duration", err);
}

int duration_sub(struct duration a, struct duration b, struct duration *out, struct err *err) {
    return sub_fits(a.nanoseconds, b.nanoseconds, &out->nanoseconds) ? 0 : out_of_range("duration", err);
}

int duration_negate(struct duration d, struct duration *out, struct err *err) {
    return duration_sub((struct duration){0}, d, out, err);
}
