/* The strings library of cel-go (ext/README.md): positions and lengths count code points. format() is in
 * format.c. */
#include "cel/library/libraries.h"

#include "base/utf8.h"
#include "cel/library/support.h"

#include <inttypes.h>

/* ---- Positions */

/* The byte at which character number i begins, s.n for the end; false past it. */
static bool byte_of(struct str s, int64_t i, size_t *out) {
    size_t at = 0;
    while (i > 0 && at < s.n) {
        at += cel_char_width(str_from(s, at));
        i--;
    }
    *out = at;
    return i == 0;
}

static int64_t count_chars(struct str s) {
    int64_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
    }
    return n;
}

static struct cel_value out_of_range(struct cel_call *call, int64_t i) {
    return cel_error(call, "index %" PRId64 " is out of range", i);
}

static struct cel_value char_at(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    size_t at;
    if (!cel_spend(call, s.n / 16)) {
        return cel_over_budget(call);
    }
    if (!byte_of(s, args[1].i, &at)) {
        return out_of_range(call, args[1].i);
    }
    return cel_string(str_sub(s, at, at < s.n ? cel_char_width(str_from(s, at)) : 0));
}

static struct cel_value index_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]), needle = cel_str(&args[1]);
    int64_t from = n > 2 ? args[2].i : 0;
    size_t at;
    if (!cel_spend(call, s.n / 16)) {
        return cel_over_budget(call);
    }
    if (!byte_of(s, from, &at)) {
        return out_of_range(call, from);
    }
    ptrdiff_t found = str_find(str_from(s, at), needle);
    return cel_int(found < 0 ? -1 : from + count_chars(str_sub(s, at, (size_t)found)));
}

/* The last occurrence that begins at byte `at` or before. False when the budget does not last. */
static bool find_last(struct cel_call *call, struct str s, struct str needle, size_t at, ptrdiff_t *found) {
    *found = -1;
    if (needle.n > s.n) {
        return true;
    }
    for (size_t i = MIN(at, s.n - needle.n) + 1; i-- > 0;) {
        if (needle.n && s.p[i] != needle.p[0]) {
            continue;
        }
        if (!cel_spend(call, 1 + needle.n / 16)) {
            return false;
        }
        if (str_eq(str_sub(s, i, needle.n), needle)) {
            *found = (ptrdiff_t)i;
            return true;
        }
    }
    return true;
}

static struct cel_value last_index_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]), needle = cel_str(&args[1]);
    size_t at = s.n;
    ptrdiff_t found;
    if (!cel_spend(call, s.n / 16)) {
        return cel_over_budget(call);
    }
    if (n > 2 && !byte_of(s, args[2].i, &at)) {
        return out_of_range(call, args[2].i);
    }
    if (!find_last(call, s, needle, at, &found)) {
        return cel_over_budget(call);
    }
    return cel_int(found < 0 ? -1 : count_chars(str_sub(s, 0, (size_t)found)));
}

static struct cel_value substring(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    size_t start, end = s.n;
    if (!cel_spend(call, s.n / 16)) {
        return cel_over_budget(call);
    }
    if (!byte_of(s, args[1].i, &start)) {
        return out_of_range(call, args[1].i);
    }
    if (n > 2 && !byte_of(s, args[2].i, &end)) {
        return out_of_range(call, args[2].i);
    }
    if (end < start) {
        return cel_error(call, "the range starts at %" PRId64 " and ends at %" PRId64, args[1].i, args[2].i);
    }
    return cel_string(str_sub(s, start, end - start));
}

/* ---- Replacing and splitting */

/* The places where needle stands in s, at most `left` of them (below 0: all), as Go's strings package takes
 * them: an empty one stands before each character and at the end. */
struct occurrences {
    struct str s, needle;
    size_t from;
    int64_t left;
    bool has_begun;
};

static bool next_occurrence(struct occurrences *o, size_t *at) {
    if (o->left == 0) {
        return false;
    }
    if (o->needle.n) {
        ptrdiff_t found = str_find(str_from(o->s, o->from), o->needle);
        if (found < 0) {
            return false;
        }
        *at = o->from + (size_t)found;
        o->from = *at + o->needle.n;
    } else {
        if (o->has_begun && o->from >= o->s.n) {
            return false;
        }
        o->from += o->has_begun ? cel_char_width(str_from(o->s, o->from)) : 0;
        o->has_begun = true;
        *at = o->from;
    }
    o->left -= o->left > 0;
    return true;
}

static char *append(char *out, struct str s) {
    if (s.n) {
        memcpy(out, s.p, s.n);
    }
    return out + s.n;
}

static struct cel_value replace(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]), needle = cel_str(&args[1]), by = cel_str(&args[2]);
    const struct occurrences all = {s, needle, 0, n > 3 ? args[3].i : -1, false};
    struct occurrences o = all;
    struct cel_value fault;
    size_t count = 0, at, done = 0;
    if (!cel_spend(call, s.n / 16)) {
        return cel_over_budget(call);
    }
    while (next_occurrence(&o, &at)) {
        count++;
    }
    size_t added;
    if (!mul_fits(count, by.n, &added) || !add_fits(added, s.n - count * needle.n, &added)) {
        return cel_no_memory(call);
    }
    char *out = cel_room_text(call, added, &fault), *end = out;
    if (!out) {
        return fault;
    }
    o = all;
    while (next_occurrence(&o, &at)) {
        end = append(append(end, str_sub(s, done, at - done)), by);
        done = at + needle.n;
    }
    end = append(end, str_from(s, done));
    assert((size_t)(end - out) == added);
    return cel_string(str_n(out, added));
}

static struct cel_value split(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]), by = cel_str(&args[1]);
    int64_t limit = n > 2 ? args[2].i : -1;
    struct occurrences o = {s, by, 0, limit > 0 ? limit - 1 : -1, true};
    struct cel_list_builder list = {0};
    size_t at, done = 0;
    if (limit == 0 || (!s.n && !by.n)) {
        return cel_list(NULL, 0);
    }
    if (!cel_spend(call, s.n / 16)) {
        return cel_over_budget(call);
    }
    while (next_occurrence(&o, &at) && (by.n || at < s.n)) {
        if (!cel_spend(call, 1)) {
            return cel_over_budget(call);
        }
        if (!cel_list_add(call->arena, &list, cel_string(str_sub(s, done, at - done)))) {
            return cel_no_memory(call);
        }
        done = at + by.n;
    }
    return cel_list_add(call->arena, &list, cel_string(str_from(s, done))) ? cel_list_done(&list)
                                                                           : cel_no_memory(call);
}

static struct cel_value join(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str by = n > 1 ? cel_str(&args[1]) : STR_NONE;
    struct cel_value fault;
    size_t total = 0;
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    if (cel_list_fault(&args[0], &fault)) {
        return fault;
    }
    for (size_t i = 0; i < args[0].n; i++) {
        struct cel_value item = cel_list_at(&args[0], i);
        if (item.kind != CEL_STRING) {
            return cel_error(call, "item %zu is no string", i);
        }
        total += item.n + (i ? by.n : 0);
    }
    char *out = cel_room_text(call, total, &fault), *end = out;
    if (!out) {
        return fault;
    }
    for (size_t i = 0; i < args[0].n; i++) {
        struct cel_value item = cel_list_at(&args[0], i);
        end = append(append(end, i ? by : STR_NONE), cel_str(&item));
    }
    return cel_string(str_n(out, total));
}

/* ---- Letters */

static struct cel_value map_ascii(struct cel_call *call, struct str s, char first, char last) {
    struct cel_value fault;
    char *out = cel_room_text(call, s.n, &fault);
    if (!out) {
        return fault;
    }
    for (size_t i = 0; i < s.n; i++) {
        out[i] = (char)(s.p[i] >= first && s.p[i] <= last ? s.p[i] ^ ('a' - 'A') : s.p[i]);
    }
    return cel_string(str_n(out, s.n));
}

static struct cel_value lower_ascii(struct cel_call *call, const struct cel_value *args, size_t n) {
    return map_ascii(call, cel_str(&args[0]), 'A', 'Z');
}

static struct cel_value upper_ascii(struct cel_call *call, const struct cel_value *args, size_t n) {
    return map_ascii(call, cel_str(&args[0]), 'a', 'z');
}

static struct cel_value reverse(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    struct cel_value fault;
    char *out = cel_room_text(call, s.n, &fault);
    if (!out) {
        return fault;
    }
    for (size_t at = 0; at < s.n;) {
        size_t width = cel_char_width(str_from(s, at));
        append(out + s.n - at - width, str_sub(s, at, width));
        at += width;
    }
    return cel_string(str_n(out, s.n));
}

/* White_Space of Unicode. */
static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

static struct cel_value trim(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    uint32_t code = 0;
    if (!cel_spend(call, s.n / 16)) {
        return cel_over_budget(call);
    }
    for (size_t width; (width = utf8_next(s, &code)) && is_space(code);) {
        s = str_from(s, width);
    }
    while (s.n) {
        size_t at = s.n - 1;
        while (at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80) {
            at--;
        }
        if (!utf8_next(str_from(s, at), &code) || !is_space(code)) {
            break;
        }
        s.n = at;
    }
    return cel_string(s);
}

static char escape_of(char c) {
    static const char controls[] = "abtnvfr"; /* from 0x07 on */
    if (c >= '\a' && c <= '\r') {
        return controls[c - '\a'];
    }
    return (char)(c == '"' || c == '\\' ? c : 0);
}

static struct cel_value quote(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct str s = cel_str(&args[0]);
    struct cel_value fault;
    size_t total = s.n + 2;
    for (size_t i = 0; i < s.n; i++) {
        total += escape_of(s.p[i]) != 0;
    }
    char *out = cel_room_text(call, total, &fault), *end = out;
    if (!out) {
        return fault;
    }
    *end++ = '"';
    for (size_t i = 0; i < s.n; i++) {
        char escape = escape_of(s.p[i]);
        if (escape) {
            *end++ = '\\';
        }
        *end++ = escape ? escape : s.p[i];
    }
    *end = '"';
    return cel_string(str_n(out, total));
}

static const struct cel_function functions[] = {
    {"charAt", "string.(int) string", char_at},
    {"indexOf", "string.(string) int", index_of},
    {"indexOf", "string.(string, int) int", index_of},
    {"lastIndexOf", "string.(string) int", last_index_of},
    {"lastIndexOf", "string.(string, int) int", last_index_of},
    {"substring", "string.(int) string", substring},
    {"substring", "string.(int, int) string", substring},
    {"replace", "string.(string, string) string", replace},
    {"replace", "string.(string, string, int) string", replace},
    {"split", "string.(string) list(string)", split},
    {"split", "string.(string, int) list(string)", split},
    {"join", "list(string).() string", join},
    {"join", "list(string).(string) string", join},
    {"lowerAscii", "string.() string", lower_ascii},
    {"upperAscii", "string.() string", upper_ascii},
    {"reverse", "string.() string", reverse},
    {"trim", "string.() string", trim},
    {"strings.quote", "(string) string", quote},
};

const struct cel_library cel_library_strings = {"strings", functions, ARRAY_SIZE(functions), NULL, 0};
