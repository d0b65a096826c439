/* Maven: ComparableVersion as of Maven 3.8.6, whose order is the one that public advisories were written to
 * (3.8.7 and later place words after a dot elsewhere).
 *
 * A version is a list of numbers and words; a '-' and each change between letters and digits open a list
 * within the list, which is always its last item. Zeros and release words at the end of a list go. Then item
 * against item: number > list > word, and a missing item is as a zero. Maven's own order is not transitive
 * where words follow a dot: 2-1 < 2.0.rc < 2.0 < 2-1. */
#include "vuln/version/scheme.h"

enum item_kind { ITEM_NONE, ITEM_WORD, ITEM_LIST, ITEM_NUMBER };

struct maven_item {
    enum item_kind kind;
    struct str text;
    bool is_before_digit; /* "b1": the word is "b", short for beta */
    bool opens_list;
    struct str rest; /* of the version, after the item */
};

/* What is left of the version, of which the last trailing bytes are nulls. Nulls that have more than solid
 * bytes left before them are followed by an item in their list. */
struct maven_cursor {
    struct str rest;
    size_t trailing, solid;
    bool opens_list;
};

/* Words with a rank below and above the release; others follow all of these in the order of their text. */
static const struct str qualifiers[] = {STR("alpha"),    STR("beta"), STR("milestone"), STR("rc"),
                                        STR("snapshot"), STR(""),     STR("sp")};
#define RANK_RELEASE 5
#define RANK_UNKNOWN ARRAY_SIZE(qualifiers)

static const struct {
    struct str word, meaning;
    bool only_before_digit;
} aliases[] = {
    {STR("ga"), STR("")},
    {STR("final"), STR("")},
    {STR("release"), STR("")},
    {STR("cr"), STR("rc")},
    {STR("a"), STR("alpha"), true},
    {STR("b"), STR("beta"), true},
    {STR("m"), STR("milestone"), true},
};

static size_t rank_of(const struct maven_item *item) {
    struct str word = item->text;
    for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
        if (str_eq_nocase(item->text, aliases[i].word) &&
            (item->is_before_digit || !aliases[i].only_before_digit)) {
            word = aliases[i].meaning;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(qualifiers); i++) {
        if (str_eq_nocase(word, qualifiers[i])) {
            return i;
        }
    }
    return RANK_UNKNOWN;
}

static bool is_null(const struct maven_item *item) {
    return item->kind == ITEM_NUMBER ? is_zero(item->text) : rank_of(item) == RANK_RELEASE;
}

/* The item that s, not empty, begins with; a separator without one before it stands for a zero. */
static struct maven_item read_item(struct str s) {
    struct maven_item item = {.kind = ITEM_NUMBER, .text = take_digits(&s)};
    if (item.text.n == 0 && s.p[0] != '.' && s.p[0] != '-') {
        item.kind = ITEM_WORD;
        item.text = take_until(&s, ".-0123456789");
        item.is_before_digit = s.n && ascii_is_digit(s.p[0]);
    }
    item.opens_list = s.n && !take_byte(&s, '.');
    if (item.opens_list) {
        take_byte(&s, '-');
    }
    item.rest = s;
    return item;
}

static struct maven_cursor start(struct str s) {
    struct maven_cursor at = {.rest = s, .trailing = s.n, .solid = s.n};
    for (struct str rest = s; rest.n;) {
        struct maven_item item = read_item(rest);
        rest = item.rest;
        if (!is_null(&item)) {
            at.trailing = rest.n;
        }
    }
    return at;
}

static bool has_more(const struct maven_cursor *at) {
    return at->rest.n > at->trailing;
}

/* Whether the list at rest holds more than nulls before the list within it; steps over them when not. */
static bool find_solid(struct maven_cursor *at) {
    for (struct str rest = at->rest; rest.n;) {
        struct maven_item item = read_item(rest);
        if (!is_null(&item)) {
            at->solid = rest.n;
            return true;
        }
        rest = item.rest;
        if (item.opens_list || rest.n == 0) {
            at->rest = rest;
            break;
        }
    }
    return false;
}

/* The next item of the list that the cursor is in; a list is entered by this. */
static struct maven_item next(struct maven_cursor *at) {
    if (has_more(at) && !at->opens_list) {
        struct maven_item item = read_item(at->rest);
        if (!is_null(&item) || at->rest.n > at->solid || find_solid(at)) {
            at->rest = item.rest;
            at->opens_list = item.opens_list;
            return item;
        }
    }
    at->opens_list = false;
    return (struct maven_item){.kind = has_more(at) ? ITEM_LIST : ITEM_NONE};
}

static int compare_words(const struct maven_item *a, const struct maven_item *b) {
    size_t rank_a = rank_of(a), rank_b = rank_of(b);
    if (rank_a != rank_b || rank_a != RANK_UNKNOWN) {
        return (rank_a > rank_b) - (rank_a < rank_b);
    }
    return nocase_compare(a->text, b->text);
}

/* Against nothing; a list is judged by its own items, which come next. */
static int compare_to_none(const struct maven_item *item) {
    switch (item->kind) {
    case ITEM_NUMBER:
        return is_zero(item->text) ? 0 : 1;
    case ITEM_WORD: {
        size_t rank = rank_of(item);
        return (rank > RANK_RELEASE) - (rank < RANK_RELEASE);
    }
    default:
        return 0;
    }
}

static int compare_items(const struct maven_item *a, const struct maven_item *b) {
    if (a->kind == ITEM_NONE || b->kind == ITEM_NONE) {
        return compare_to_none(a) - compare_to_none(b);
    }
    if (a->kind != b->kind) {
        return a->kind > b->kind ? 1 : -1;
    }
    if (a->kind == ITEM_LIST) {
        return 0;
    }
    return a->kind == ITEM_NUMBER ? digits_compare(a->text, b->text) : compare_words(a, b);
}

int maven_compare(struct str a, struct str b) {
    struct maven_cursor at_a = start(a), at_b = start(b);
    for (;;) {
        struct maven_item item_a = next(&at_a), item_b = next(&at_b);
        if (item_a.kind == ITEM_NONE && item_b.kind == ITEM_NONE) {
            return 0;
        }
        int order = compare_items(&item_a, &item_b);
        if (order) {
            return order;
        }
    }
}

/* Maven takes any text; what a repository can't hold is refused. */
bool maven_is_valid(struct str s) {
    return is_alnum_or(s, ".-_+~");
}
