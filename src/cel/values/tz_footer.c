/* The TZ string of POSIX as RFC 8536, section 3.3.1, narrows and widens it: hours of a change from -167 to
 * 167. */
#include "cel/values/calendar.h"
#include "cel/values/tzif.h"

enum { ZONE_HOURS = 24, CHANGE_HOURS = 167 };

static bool take(struct str *s, char c) {
    if (s->n == 0 || s->p[0] != c) {
        return false;
    }
    *s = str_n(s->p + 1, s->n - 1);
    return true;
}

static bool take_number(struct str *s, int least, int most, int *out) {
    size_t n = 0;
    int value = 0;
    for (; n < s->n && n < 4 && ascii_is_digit(s->p[n]); n++) {
        value = value * 10 + (s->p[n] - '0');
    }
    *s = str_n(s->p + n, s->n - n);
    *out = value;
    return n > 0 && value >= least && value <= most;
}

/* "CET" or "<+0530>" */
static bool take_name(struct str *s) {
    bool is_quoted = take(s, '<');
    size_t n = 0;
    while (n < s->n && (ascii_is_alpha(s->p[n]) ||
                        (is_quoted && (ascii_is_digit(s->p[n]) || s->p[n] == '+' || s->p[n] == '-')))) {
        n++;
    }
    *s = str_n(s->p + n, s->n - n);
    return n >= 3 && (!is_quoted || take(s, '>'));
}

/* "[+-]hh[:mm[:ss]]" */
static bool take_time(struct str *s, int most_hours, int32_t *out) {
    bool is_negative = take(s, '-');
    int hours, minutes = 0, seconds = 0;
    if (!is_negative) {
        take(s, '+');
    }
    if (!take_number(s, 0, most_hours, &hours) || (take(s, ':') && !take_number(s, 0, 59, &minutes)) ||
        (take(s, ':') && !take_number(s, 0, 59, &seconds))) {
        return false;
    }
    int32_t sum = hours * 3600 + minutes * 60 + seconds;
    *out = is_negative ? -sum : sum;
    return true;
}

/* ",M3.5.0/3", ",J60", ",59" */
static bool take_rule(struct str *s, struct tz_rule *rule) {
    bool is_read = take(s, ',');
    if (is_read && take(s, 'M')) {
        rule->kind = TZ_WEEK_DAY;
        is_read = take_number(s, 1, 12, &rule->month) && take(s, '.') && take_number(s, 1, 5, &rule->week) &&
                  take(s, '.') && take_number(s, 0, 6, &rule->day);
    } else if (is_read) {
        rule->kind = take(s, 'J') ? TZ_JULIAN : TZ_DAY_OF_YEAR;
        is_read = take_number(s, rule->kind == TZ_JULIAN ? 1 : 0, 365, &rule->day);
    }
    rule->seconds = 2 * 3600;
    return is_read && (!take(s, '/') || take_time(s, CHANGE_HOURS, &rule->seconds));
}

/* Signs count west of Greenwich here; a struct counts east. */
static bool take_offset(struct str *s, int32_t *out) {
    int32_t west;
    if (!take_time(s, ZONE_HOURS, &west)) {
        return false;
    }
    *out = -west;
    return true;
}

int tz_footer_parse(struct str text, struct tz_footer *out, struct err *err) {
    struct str s = text;
    *out = (struct tz_footer){0};
    if (s.n == 0) {
        return 0;
    }
    out->is_there = take_name(&s) && take_offset(&s, &out->standard);
    if (out->is_there && s.n) {
        out->has_summer = true;
        out->is_there = take_name(&s);
        out->summer = out->standard + 3600;
        if (out->is_there && s.n && s.p[0] != ',') {
            out->is_there = take_offset(&s, &out->summer);
        }
        out->is_there = out->is_there && take_rule(&s, &out->start) && take_rule(&s, &out->end) && s.n == 0;
    }
    if (!out->is_there) {
        return err_set(err, ERR_INPUT, "\"%.*s\" is not a TZ rule", STR_ARG(str_sub(text, 0, 64)));
    }
    return 0;
}

/* Days since 1970 of a rule's day in a year. */
static int64_t rule_day(const struct tz_rule *rule, int64_t year) {
    int64_t new_year = days_from_date(year, 1, 1);
    if (rule->kind == TZ_DAY_OF_YEAR) {
        return new_year + rule->day;
    }
    if (rule->kind == TZ_JULIAN) { /* 29 February is never counted */
        return new_year + rule->day - 1 + (rule->day >= 60 && year_is_leap(year));
    }
    int64_t first = days_from_date(year, rule->month, 1);
    int day = (rule->day - week_day(first) + 7) % 7 + (rule->week - 1) * 7;
    while (day >= month_days(year, rule->month)) { /* week 5 is the last */
        day -= 7;
    }
    return first + day;
}

int32_t tz_footer_offset(const struct tz_footer *footer, int64_t seconds) {
    if (!footer->has_summer) {
        return footer->standard;
    }
    int64_t year = date_from_days(floor_div(seconds + footer->standard, DAY_SECONDS)).year;
    int64_t start = rule_day(&footer->start, year) * DAY_SECONDS + footer->start.seconds - footer->standard;
    int64_t end = rule_day(&footer->end, year) * DAY_SECONDS + footer->end.seconds - footer->summer;
    bool is_summer = start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end;
    return is_summer ? footer->summer : footer->standard;
}
