#include "base/utf8.h"
#include "cel/regex/parser.h"
#include "cel/regex/unicode.h"

/* ---- named groups ---- */

struct named_class {
    struct str name;
    struct str members; /* low and high end in turn */
};

/* All of ASCII: Unicode's are under \p. */
static const struct named_class perl_classes[] = {
    {STR("d"), STR("09")},
    {STR("s"), STR("\t\n\f\r  ")},
    {STR("w"), STR("09AZ__az")},
};

static const struct named_class posix_classes[] = {
    {STR("alnum"), STR("09AZaz")},
    {STR("alpha"), STR("AZaz")},
    {STR("ascii"), STR("\0\x7f")},
    {STR("blank"), STR("\t\t  ")},
    {STR("cntrl"), STR("\0\x1f\x7f\x7f")},
    {STR("digit"), STR("09")},
    {STR("graph"), STR("!~")},
    {STR("lower"), STR("az")},
    {STR("print"), STR(" ~")},
    {STR("punct"), STR("!/:@[`{~")},
    {STR("space"), STR("\t\r  ")},
    {STR("upper"), STR("AZ")},
    {STR("word"), STR("09AZ__az")},
    {STR("xdigit"), STR("09AFaf")},
};

static const struct named_class *find_class(const struct named_class *classes, size_t n, struct str name) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(classes[i].name, name)) {
            return &classes[i];
        }
    }
    return NULL;
}

static int add_members(struct runes *set, struct str members) {
    for (size_t i = 0; i + 1 < members.n; i += 2) {
        if (runes_add(set, (unsigned char)members.p[i], (unsigned char)members.p[i + 1]) < 0) {
            return ERR_MEMORY;
        }
    }
    return 0;
}

/* Puts p->group into p->set. Case is folded before the group is negated, as in RE2. */
static int take_group(struct parser *p, bool is_negated) {
    runes_sort(&p->group);
    if ((p->flags & FLAG_FOLD && unicode_add_folded(&p->group) < 0) ||
        (is_negated && runes_negate(&p->group) < 0)) {
        return parser_fail(p, ERR_MEMORY);
    }
    for (size_t i = 0; i < p->group.ranges.n; i++) {
        if (runes_add(&p->set, p->group.ranges.p[i].low, p->group.ranges.p[i].high) < 0) {
            return parser_fail(p, ERR_MEMORY);
        }
    }
    return 1;
}

static int add_named(struct parser *p, const struct named_class *class, bool is_negated) {
    p->group.ranges.n = 0;
    return add_members(&p->group, class->members) < 0 ? parser_fail(p, ERR_MEMORY)
                                                      : take_group(p, is_negated);
}

/* "\pL", "\p{Greek}", "\p{^Greek}"; \P for the opposite. */
static int add_unicode(struct parser *p) {
    size_t start = p->at;
    bool is_negated = parser_peek(p, 1) == 'P';
    p->at += 2;
    struct str rest = str_from(p->pattern, p->at), name = str_sub(rest, 0, 1);
    if (parser_peek(p, 0) == '{') {
        if (!str_cut(str_from(rest, 1), '}', &name, &rest)) {
            return parser_refuse(p, start, "'}' is missing");
        }
        p->at += name.n + 2;
    } else {
        p->at += name.n;
    }
    if (str_starts(name, STR("^"))) {
        is_negated = !is_negated;
        name = str_from(name, 1);
    }
    p->group.ranges.n = 0;
    int rc = unicode_add(&p->group, name);
    if (rc == ERR_ABSENT) {
        return parser_refuse(p, start, "no such Unicode category or script");
    }
    return rc < 0 ? parser_fail(p, rc) : take_group(p, is_negated);
}

int class_add_escape(struct parser *p) {
    char c = parser_peek(p, 0) == '\\' ? parser_peek(p, 1) : '\0';
    if (c == 'p' || c == 'P') {
        return add_unicode(p);
    }
    char lower = ascii_lower(c);
    const struct named_class *class = find_class(perl_classes, ARRAY_SIZE(perl_classes), str_n(&lower, 1));
    if (!class) {
        return 0;
    }
    p->at += 2;
    return add_named(p, class, c != lower);
}

/* "[:alpha:]" or "[:^alpha:]"; without ":]" the bracket stands for itself. */
static int add_posix(struct parser *p) {
    if (p->has_no_more_posix || !parser_sees(p, STR("[:"))) {
        return 0;
    }
    struct str rest = str_from(p->pattern, p->at + 2);
    ptrdiff_t end = str_find(rest, STR(":]"));
    if (end < 0) {
        p->has_no_more_posix = true;
        return 0;
    }
    struct str name = str_sub(rest, 0, (size_t)end);
    bool is_negated = str_starts(name, STR("^"));
    const struct named_class *class =
        find_class(posix_classes, ARRAY_SIZE(posix_classes), str_from(name, is_negated ? 1 : 0));
    if (!class) {
        return parser_refuse(p, p->at, "no such class");
    }
    p->at += name.n + 4;
    return add_named(p, class, is_negated);
}

/* ---- brackets ---- */

static int read_end(struct parser *p, uint32_t *code) {
    return parser_peek(p, 0) == '\\' ? parser_escape(p, code) : parser_rune(p, code);
}

/* "a" or "a-z". */
static int add_range(struct parser *p) {
    size_t start = p->at;
    uint32_t low, high;
    int rc = read_end(p, &low);
    if (rc < 0) {
        return rc;
    }
    high = low;
    if (parser_peek(p, 0) == '-' && p->pattern.n - p->at > 1 && parser_peek(p, 1) != ']') {
        p->at++;
        rc = read_end(p, &high);
        if (rc < 0) {
            return rc;
        }
    }
    if (high < low) {
        return parser_refuse(p, start, "the range ends before it begins");
    }
    p->group.ranges.n = 0;
    return runes_add(&p->group, low, high) < 0 ? parser_fail(p, ERR_MEMORY) : take_group(p, false);
}

static int add_item(struct parser *p) {
    int rc = add_posix(p);
    if (rc == 0) {
        rc = class_add_escape(p);
    }
    return rc ? rc : add_range(p);
}

int class_parse(struct parser *p) {
    size_t start = p->at++;
    bool is_negated = parser_peek(p, 0) == '^';
    p->at += is_negated;
    /* A bracket that closes at once stands for itself. */
    for (bool is_first = true; is_first || parser_peek(p, 0) != ']'; is_first = false) {
        if (parser_is_at_end(p)) {
            return parser_refuse(p, start, "']' is missing");
        }
        int rc = add_item(p);
        if (rc < 0) {
            return rc;
        }
    }
    p->at++;
    runes_sort(&p->set);
    return is_negated && runes_negate(&p->set) < 0 ? parser_fail(p, ERR_MEMORY) : 0;
}
