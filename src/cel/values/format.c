#include "cel/values/format.h"

#include "cel/values/time.h"
#include "cel/values/url.h"

/* RFC 1123 and 1035 in the lengths that Kubernetes sets. */
enum { LABEL_LENGTH = 63, SUBDOMAIN_LENGTH = 253 };

static void fault(struct format_faults *faults, struct str message) {
    if (faults->n < FORMAT_FAULTS) {
        faults->messages[faults->n++] = message;
    }
}

static bool is_lower_alnum(char c) {
    return ascii_is_digit(c) || (c >= 'a' && c <= 'z');
}

/* Lower case letters, digits and '-' inside. */
static bool is_label(struct str s) {
    if (s.n == 0 || !is_lower_alnum(s.p[0]) || !is_lower_alnum(s.p[s.n - 1])) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (!is_lower_alnum(s.p[i]) && s.p[i] != '-') {
            return false;
        }
    }
    return true;
}

static bool is_subdomain(struct str s) {
    bool is_valid = s.n > 0;
    for (struct str part; is_valid && str_split(&s, '.', &part);) {
        is_valid = is_label(part);
    }
    return is_valid;
}

/* The name part of a key or a label's value: letters, digits, "-_." inside. */
static bool is_name(struct str s) {
    if (s.n == 0 || !ascii_is_alnum(s.p[0]) || !ascii_is_alnum(s.p[s.n - 1])) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.') {
            return false;
        }
    }
    return true;
}

static void check_label(struct str s, struct format_faults *faults) {
    if (s.n > LABEL_LENGTH) {
        fault(faults, STR("has more than 63 characters"));
    }
    if (!is_label(s)) {
        fault(faults, is_subdomain(s) ? STR("a label has no dots")
                                      : STR("has something else than a-z, 0-9 and '-', or '-' at an end (RFC "
                                            "1123 label)"));
    }
}

static void check_subdomain(struct str s, struct format_faults *faults) {
    if (s.n > SUBDOMAIN_LENGTH) {
        fault(faults, STR("has more than 253 characters"));
    }
    if (!is_subdomain(s)) {
        fault(faults,
              STR("is not made of labels of a-z, 0-9 and '-' with dots between (RFC 1123 subdomain)"));
    }
}

static void check_label_1035(struct str s, struct format_faults *faults) {
    if (s.n > LABEL_LENGTH) {
        fault(faults, STR("has more than 63 characters"));
    }
    if (!is_label(s) || ascii_is_digit(s.p[0])) {
        fault(faults,
              STR("does not begin with a-z, has something else than a-z, 0-9 and '-', or ends with '-' "
                  "(RFC 1035 label)"));
    }
}

typedef void check(struct str s, struct format_faults *faults);

/* A prefix is checked as a name with something behind it: as Kubernetes does, 'a' in place of its last two
 * characters when it ends with '-'. */
static int check_prefix(struct str s, struct arena *arena, check *check_name, struct format_faults *faults,
                        struct err *err) {
    if (s.n < 2 || s.p[s.n - 1] != '-') {
        check_name(s, faults);
        return 0;
    }
    struct str name = arena_strf(arena, "%.*sa", STR_ARG(str_sub(s, 0, s.n - 2)));
    if (!name.p) {
        return err_memory(err);
    }
    check_name(name, faults);
    return 0;
}

static int dns1123_label(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    check_label(s, faults);
    return 0;
}

static int dns1123_subdomain(struct str s, struct arena *arena, struct format_faults *faults,
                             struct err *err) {
    check_subdomain(s, faults);
    return 0;
}

static int dns1035_label(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    check_label_1035(s, faults);
    return 0;
}

static int dns1123_label_prefix(struct str s, struct arena *arena, struct format_faults *faults,
                                struct err *err) {
    return check_prefix(s, arena, check_label, faults, err);
}

static int dns1123_subdomain_prefix(struct str s, struct arena *arena, struct format_faults *faults,
                                    struct err *err) {
    return check_prefix(s, arena, check_subdomain, faults, err);
}

static int dns1035_label_prefix(struct str s, struct arena *arena, struct format_faults *faults,
                                struct err *err) {
    return check_prefix(s, arena, check_label_1035, faults, err);
}

/* "name" or "example.com/name" */
static int qualified_name(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    struct str prefix, name = s;
    if (str_cut(s, '/', &prefix, &name)) {
        if (str_find_byte(name, '/') >= 0) {
            fault(faults,
                  STR("has more than one '/': a qualified name is a name after an optional subdomain"));
            return 0;
        }
        if (prefix.n == 0) {
            fault(faults, STR("the part before '/' is empty"));
        } else {
            check_subdomain(prefix, faults);
        }
    } else {
        name = s;
    }
    if (name.n == 0) {
        fault(faults, STR("the name is empty"));
    } else if (name.n > LABEL_LENGTH) {
        fault(faults, STR("the name has more than 63 characters"));
    }
    if (!is_name(name)) {
        fault(faults,
              STR("the name has something else than letters, digits, '-', '_' and '.', or one of these "
                  "three at an end"));
    }
    return 0;
}

static int label_value(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    if (s.n > LABEL_LENGTH) {
        fault(faults, STR("has more than 63 characters"));
    }
    if (s.n && !is_name(s)) {
        fault(faults,
              STR("has something else than letters, digits, '-', '_' and '.', or one of these three at "
                  "an end"));
    }
    return 0;
}

static int uri(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    int status = cel_url_check(s, arena, NULL);
    if (status == ERR_MEMORY) {
        return err_memory(err);
    }
    if (status < 0) {
        fault(faults, STR("is neither an absolute URI nor an absolute path"));
    }
    return 0;
}

/* 8-4-4-4-12 hexadecimal digits; each hyphen may be missing. */
static bool is_uuid(struct str s) {
    static const size_t groups[] = {8, 4, 4, 4, 12};
    uint64_t value;
    for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
        if (i && str_starts(s, STR("-"))) {
            s = str_from(s, 1);
        }
        if (s.n < groups[i] || !str_to_u64(str_sub(s, 0, groups[i]), 16, &value)) {
            return false;
        }
        s = str_from(s, groups[i]);
    }
    return s.n == 0;
}

static int uuid(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    if (!is_uuid(s)) {
        fault(faults, STR("is not a UUID"));
    }
    return 0;
}

/* RFC 4648, section 4, with its padding; not empty. */
static bool is_base64(struct str s) {
    size_t padding = str_ends(s, STR("==")) ? 2 : str_ends(s, STR("="));
    for (size_t i = 0; i + padding < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && s.p[i] != '+' && s.p[i] != '/') {
            return false;
        }
    }
    return s.n > 0 && s.n % 4 == 0;
}

static int byte(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    if (!is_base64(s)) {
        fault(faults, STR("is not base64"));
    }
    return 0;
}

static int date(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    if (!date_is_valid(s)) {
        fault(faults, STR("is not a date such as 2021-01-31"));
    }
    return 0;
}

static bool is_two_digits(struct str s, size_t at, int most) {
    struct str two = str_sub(s, at, 2);
    return two.n == 2 && ascii_is_digit(two.p[0]) && ascii_is_digit(two.p[1]) &&
           (two.p[0] - '0') * 10 + two.p[1] - '0' <= most;
}

/* "12:00:00.5z" and "12:00:00+01:00"; the hours of the offset are not looked at, as in Kubernetes. */
static bool is_clock(struct str s) {
    if (s.n < 9 || !is_two_digits(s, 0, 23) || s.p[2] != ':' || !is_two_digits(s, 3, 59) || s.p[5] != ':' ||
        !is_two_digits(s, 6, 59)) {
        return false;
    }
    s = str_from(s, 8);
    if (s.p[0] == '.') {
        size_t n = 1;
        while (n < s.n && ascii_is_digit(s.p[n])) {
            n++;
        }
        s = n > 1 ? str_from(s, n) : STR_NONE;
    }
    if (s.n == 1) {
        return ascii_lower(s.p[0]) == 'z';
    }
    return s.n == 6 && (s.p[0] == '+' || s.p[0] == '-') && is_two_digits(s, 1, 99) && s.p[3] == ':' &&
           is_two_digits(s, 4, 99);
}

static int datetime(struct str s, struct arena *arena, struct format_faults *faults, struct err *err) {
    bool has_mark = s.n > 10 && ascii_lower(s.p[10]) == 't';
    if (!has_mark || !date_is_valid(str_sub(s, 0, 10)) || !is_clock(str_from(s, 11))) {
        fault(faults, STR("is not a date and time such as 2021-01-31T12:00:00Z"));
    }
    return 0;
}

static const struct named_format formats[] = {
    {{"byte", 4}, byte},
    {{"date", 4}, date},
    {{"datetime", 8}, datetime},
    {{"dns1035Label", 12}, dns1035_label},
    {{"dns1035LabelPrefix", 18}, dns1035_label_prefix},
    {{"dns1123Label", 12}, dns1123_label},
    {{"dns1123LabelPrefix", 18}, dns1123_label_prefix},
    {{"dns1123Subdomain", 16}, dns1123_subdomain},
    {{"dns1123SubdomainPrefix", 22}, dns1123_subdomain_prefix},
    {{"labelValue", 10}, label_value},
    {{"qualifiedName", 13}, qualified_name},
    {{"uri", 3}, uri},
    {{"uuid", 4}, uuid},
};

const struct named_format *format_all(size_t *n) {
    *n = ARRAY_SIZE(formats);
    return formats;
}

const struct named_format *format_find(struct str name) {
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        if (str_eq(formats[i].name, name)) {
            return &formats[i];
        }
    }
    return NULL;
}
