/* The proleptic Gregorian calendar: days since 1970-01-01 and back. For the files of this folder.
 *
 * Counted in years that begin in March, so that the leap day is the last; 400 years have 146,097 days. */
#ifndef PLIMSOLL_CEL_VALUES_CALENDAR_H
#define PLIMSOLL_CEL_VALUES_CALENDAR_H

#include "base/macro.h"

#define DAY_SECONDS INT64_C(86400)

struct date {
    int64_t year;
    int month, day; /* both from 1 */
};

static inline int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static inline bool year_is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* month from 1 */
static inline int month_days(int64_t year, int month) {
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && year_is_leap(year));
}

static inline int64_t days_from_date(int64_t year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year, era = floor_div(y, 400), in_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719468;
}

static inline struct date date_from_days(int64_t days) {
    int64_t shifted = days + 719468, era = floor_div(shifted, 146097), in_era = shifted - era * 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int day_of_year = (int)(in_era - (365 * year + year / 4 - year / 100));
    int month = (5 * day_of_year + 2) / 153;
    struct date date = {year + era * 400, month < 10 ? month + 3 : month - 9,
                        day_of_year - (153 * month + 2) / 5 + 1};
    date.year += date.month <= 2;
    return date;
}

/* 0 is Sunday; 1970-01-01 was a Thursday. */
static inline int week_day(int64_t days) {
    return (int)(days + 4 - floor_div(days + 4, 7) * 7);
}

#endif
