#include "base/clock.h"

int64_t clock_now(void) {
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    uint64_t seconds;
    if (fixed && str_to_u64(str_c(fixed), 10, &seconds) && seconds < INT64_MAX) {
        return (int64_t)seconds;
    }
    return (int64_t)time(NULL);
}

uint64_t clock_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar; counts from March so that the leap day is last.
 */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool number(struct str *s, size_t digits, int64_t *out) {
    uint64_t value;
    if (s->n < digits || !str_to_u64(str_sub(*s, 0, digits), 10, &value)) {
        return false;
    }
    *out = (int64_t)value;
    *s = str_from(*s, digits);
    return true;
}

static bool byte(struct str *s, char c) {
    if (!s->n || s->p[0] != c) {
        return false;
    }
    *s = str_from(*s, 1);
    return true;
}

static int64_t days_in_month(int64_t year, int64_t month) {
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool date(struct str *s, int64_t *days) {
    int64_t year, month, day;
    if (!number(s, 4, &year) || !byte(s, '-') || !number(s, 2, &month) || !byte(s, '-') ||
        !number(s, 2, &day) || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) {
        return false;
    }
    *days = days_from_civil(year, month, day);
    return true;
}

static bool offset(struct str *s, int64_t *seconds) {
    int64_t hours, minutes;
    if (byte(s, 'Z') || byte(s, 'z')) {
        *seconds = 0;
        return true;
    }
    int64_t sign = byte(s, '-') ? -1 : byte(s, '+') ? 1 : 0;
    if (!sign || !number(s, 2, &hours) || !byte(s, ':') || !number(s, 2, &minutes) || hours > 23 ||
        minutes > 59) {
        return false;
    }
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool time_of_day(struct str *s, int64_t *seconds) {
    int64_t hour, minute, second;
    if (!number(s, 2, &hour) || !byte(s, ':') || !number(s, 2, &minute) || !byte(s, ':') ||
        !number(s, 2, &second) || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

static bool skip_fraction(struct str *s) {
    if (!byte(s, '.')) {
        return true;
    }
    if (!s->n || !ascii_is_digit(s->p[0])) {
        return false;
    }
    while (s->n && ascii_is_digit(s->p[0])) {
        *s = str_from(*s, 1);
    }
    return true;
}

bool clock_parse(struct str s, int64_t *seconds) {
    int64_t days, day_seconds, shift;
    if (!date(&s, &days)) {
        return false;
    }
    if (!s.n) {
        *seconds = days * 86400;
        return true;
    }
    bool has_separator = byte(&s, 'T') || byte(&s, 't') || byte(&s, ' ');
    if (!has_separator || !time_of_day(&s, &day_seconds) || !skip_fraction(&s) || !offset(&s, &shift) ||
        s.n) {
        return false;
    }
    *seconds = days * 86400 + day_seconds - shift;
    return true;
}

void clock_format(int64_t seconds, char out[CLOCK_TEXT]) {
    time_t when = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&when, &tm) || strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
        snprintf(out, CLOCK_TEXT, "-");
    }
}
