/* Cases from RE2's syntax page (https://github.com/google/re2/wiki/Syntax), section by section; what a search
 * must not cost is counted in steps, not seconds. */
#include "base/buf.h"
#include "base/limits.h"
#include "cel/regex/regex.h"

#include "test.h"

enum { GROUPS_MAX = 8 };

static const struct regex *compile(struct arena *arena, struct str pattern) {
    const struct regex *regex;
    struct err err = ERR_NONE;
    if (regex_compile(arena, pattern, &regex, &err) < 0) {
        fail_msg("%.*s: %s", STR_ARG(pattern), err.message);
    }
    return regex;
}

/* "0-3 1-2 -": the match and its groups; "none". */
static void write_match(char *out, size_t size, int found, const struct regex_span *spans, size_t n) {
    size_t at = (size_t)snprintf(out, size, "%s", found ? "" : "none");
    for (size_t i = 0; found && i < n; i++) {
        const char *gap = i ? " " : "";
        int wrote = spans[i].start == REGEX_NONE
                        ? snprintf(out + at, size - at, "%s-", gap)
                        : snprintf(out + at, size - at, "%s%zu-%zu", gap, spans[i].start, spans[i].end);
        at += (size_t)wrote;
    }
}

struct match_case {
    const char *pattern, *text, *expected;
};

static const struct match_case single_characters[] = {
    {".", "\n", "none"},
    {"(?s).", "\n", "0-1"},
    {".", "\xc3\xa9", "0-2"},
    {"[xyz]", "az", "1-2"},
    {"[^xyz]", "xa", "1-2"},
    {"[^a]", "\n", "0-1"},
    {"\\d+", "a12", "1-3"},
    {"\\D", "1a", "1-2"},
    {"\\d", "\xd9\xa3", "none"}, /* a digit, but not of ASCII */
    {"[[:alpha:]]+", "1ab", "1-3"},
    {"[[:^alpha:]]", "a1", "1-2"},
    {"\\pN", "\xd9\xa3", "0-2"},
    {"\\p{Greek}+", "a\xce\xb1\xce\xb2", "1-5"},
    {"\\PN", "1a", "1-2"},
    {"\\P{Greek}", "\xce\xb1z", "2-3"},
    {"\\p{^Greek}", "\xce\xb1z", "2-3"},
    {"[\\d\\pL]+", "_1\xc3\xa9_", "1-4"},
    {"[^\\D]", "a7", "1-2"},
    {"[]a]+", "b]a", "1-3"},
    {"[a-]+", "b-a", "1-3"},
    {"[^\\x00-\\x{10FFFF}]", "abc", "none"},
};

static const struct match_case composites[] = {
    {"xy", "axy", "1-3"},        {"a|ab", "ab", "0-1"}, /* the first that matches is preferred */
    {"ab|a", "ab", "0-2"},       {"x*", "xxx", "0-3"},       {"x+", "axx", "1-3"},
    {"x?", "x", "0-1"},          {"x{2,3}", "xxxx", "0-3"},  {"x{2,}", "xxxx", "0-4"},
    {"x{2}", "xxxx", "0-2"},     {"x*?", "xxx", "0-0"},      {"x+?", "xxx", "0-1"},
    {"x??", "x", "0-0"},         {"x{2,3}?", "xxxx", "0-2"}, {"x{2,}?", "xxxx", "0-2"},
    {"x{2}?", "xxxx", "0-2"},    {"x{,2}", "x{,2}", "0-5"}, /* no repeat */
    {"x{0}y", "xy", "1-2"},      {"(|a)*", "aa", "0-0 0-0"}, {"(|a)+", "aa", "0-0 0-0"},
    {"(a*)*", "aab", "0-2 0-2"}, {"(a*)+", "b", "0-0 0-0"},  {"a||b", "b", "0-0"},
    {"()", "x", "0-0 0-0"},      {"", "x", "0-0"},
};

static const struct match_case groupings[] = {
    {"(a)(b)?", "a", "0-1 0-1 -"},
    {"(?P<name>re)", "are", "1-3 1-3"},
    {"(?<name>re)", "are", "1-3 1-3"},
    {"(?:re)+", "rere", "0-4"},
    {"(?i)k", "\xe2\x84\xaa", "0-3"},
    {"(?i:a)b", "AB", "none"},
    {"(?i:a)b", "Ab", "0-2"},
    {"(?i)a(?-i)b", "AB", "none"},
    {"((?i)a)b", "AB", "none"},
    {"(?i)[^k]", "K\xe2\x84\xaak", "none"},
    {"(?i)\xcf\x83", "\xcf\x82", "0-2"},
    {"(?U)a+", "aa", "0-1"},
    {"(?U)a+?", "aa", "0-2"},
    {"(?s-i:.)", "\n", "0-1"},
    {"(a|b)*c", "abac", "0-4 2-3"},
};

static const struct match_case empties[] = {
    {"^b", "a\nb", "none"},      {"(?m)^b", "a\nb", "2-3"}, {"a$", "a\nb", "none"},
    {"a$", "a\n", "none"}, /* \z, not \Z */
    {"(?m)a$", "a\nb", "0-1"},   {"\\Aa", "ba", "none"},    {"(?m)\\Aa", "b\na", "none"},
    {"a\\z", "ab", "none"},      {"\\bb", "ab b", "3-4"},   {"\\Bb", "ab b", "1-2"},
    {"\\b", "\xc3\xa9", "none"}, /* words are of ASCII */
    {"^$", "", "0-0"},           {"(?m)$", "ab\n", "2-2"},  {"^*", "a", "0-0"},
    {"(^|x)a", "xa", "0-2 0-1"},
};

static const struct match_case escapes[] = {
    {"\\a\\f\\t\\n\\r\\v", "\a\f\t\n\r\v", "0-6"},
    {"\\*", "*", "0-1"},
    {"\\_\\-", "_-", "0-2"},
    {"\\123", "S", "0-1"},
    {"\\08", "x", "none"},
    {"\\x7F", "\x7f", "0-1"},
    {"\\x{10FFFF}", "\xf4\x8f\xbf\xbf", "0-4"},
    {"\\Q..\\E+", "a....", "1-5"},
    {"\\Qa.b", "a.b", "0-3"},
    {"\\Q\\\\E", "\\", "0-1"},
    {"[\\x41-\\x{43}]+", "ABC", "0-3"},
    {"[\\a\\]]", "]", "0-1"},
};

static void check(const struct match_case *c) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    const struct regex *regex = compile(&arena, str_c(c->pattern));
    _cleanup_(regex_matcher_free) struct regex_matcher matcher = regex_matcher_new(regex);
    struct regex_span spans[GROUPS_MAX];
    char said[256];
    int found = regex_search(&matcher, str_c(c->text), 0, spans, GROUPS_MAX, NULL);
    write_match(said, sizeof said, found, spans, regex_group_count(regex) + 1);
    if (strcmp(said, c->expected) != 0) {
        fail_msg("%s on \"%s\": %s is not %s", c->pattern, c->text, said, c->expected);
    }
    assert_int_equal(regex_search(&matcher, str_c(c->text), 0, NULL, 0, NULL), found);
}

#define CHECK_ALL(cases)                                                                                     \
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {                                                         \
        check(&(cases)[i]);                                                                                  \
    }

static void the_syntax_page_holds(void **state) {
    CHECK_ALL(single_characters)
    CHECK_ALL(composites)
    CHECK_ALL(groupings)
    CHECK_ALL(empties)
    CHECK_ALL(escapes)
}

/* Refused patterns and what is said. */
static const struct {
    struct str pattern;
    const char *message;
} refused[] = {
    {STR("a(b"), "byte 1 of the pattern: ')' is missing"},
    {STR("a)b"), "byte 1 of the pattern: ')' closes no group"},
    {STR("a[b"), "byte 1 of the pattern: ']' is missing"},
    {STR("[]"), "byte 0 of the pattern: ']' is missing"},
    {STR("[b-a]"), "byte 1 of the pattern: the range ends before it begins"},
    {STR("[a-\\d]"), "byte 3 of the pattern: no such escape"},
    {STR("[[:foo:]]"), "byte 1 of the pattern: no such class"},
    {STR("\\p{Klingon}"), "byte 0 of the pattern: no such Unicode category or script"},
    {STR("\\pX"), "byte 0 of the pattern: no such Unicode category or script"},
    {STR("\\p{Greek"), "byte 0 of the pattern: '}' is missing"},
    {STR("a\\"), "byte 1 of the pattern: the backslash escapes nothing"},
    {STR("(a)\\1"), "byte 3 of the pattern: no such escape"},
    {STR("\\Z"), "byte 0 of the pattern: no such escape"},
    {STR("\\C"), "byte 0 of the pattern: no such escape"},
    {STR("\\x{110000}"), "byte 0 of the pattern: no such escape"},
    {STR("\\x4"), "byte 0 of the pattern: no such escape"},
    {STR("\\8"), "byte 0 of the pattern: no such escape"},
    {STR("*a"), "byte 0 of the pattern: there is nothing to repeat"},
    {STR("a|*"), "byte 2 of the pattern: there is nothing to repeat"},
    {STR("a**"), "byte 2 of the pattern: a repeat of a repeat wants a group"},
    {STR("a{2}{3}"), "byte 4 of the pattern: a repeat of a repeat wants a group"},
    {STR("a{1001}"), "byte 1 of the pattern: counts go from the lower to the higher, up to 1000"},
    {STR("a{3,2}"), "byte 1 of the pattern: counts go from the lower to the higher, up to 1000"},
    {STR("(a{100}){11}"), "byte 8 of the pattern: repeats inside each other come to more than 1000"},
    {STR("(?=a)"), "byte 0 of the pattern: no such kind of group"},
    {STR("(?!a)"), "byte 0 of the pattern: no such kind of group"},
    {STR("(?>a)"), "byte 0 of the pattern: no such kind of group"},
    {STR("(?P=n)"), "byte 0 of the pattern: no such kind of group"},
    {STR("(?i-)"), "byte 0 of the pattern: no such kind of group"},
    {STR("(?x)a"), "byte 0 of the pattern: no such kind of group"},
    {STR("(?<=a)"),
     "byte 0 of the pattern: the group's name must be letters, digits and '_', and end in '>'"},
    {STR("(?P<n>a)(?P<n>b)"), "byte 8 of the pattern: the group's name is taken"},
    {STR("a\xff"), "byte 1 of the pattern: it is not UTF-8"},
    {STR("[\xc3]"), "byte 1 of the pattern: it is not UTF-8"},
};

static void what_re2_refuses_is_refused_with_its_place(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
        const struct regex *regex;
        struct err err = ERR_NONE;
        assert_int_equal(regex_compile(&arena, refused[i].pattern, &regex, &err), ERR_INPUT);
        assert_string_equal(err.message, refused[i].message);
        assert_int_equal(regex_compile(&arena, refused[i].pattern, &regex, NULL), ERR_INPUT);
    }
}

static void groups_have_numbers_and_names(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    const struct regex *regex = compile(&arena, STR("(?P<year>\\d+)-((?<day>\\d+))"));
    assert_int_equal(regex_group_count(regex), 3);
    assert_str_equal(regex_group_name(regex, 1), STR("year"));
    assert_null(regex_group_name(regex, 2).p);
    assert_str_equal(regex_group_name(regex, 3), STR("day"));
    assert_int_equal(regex_group_named(regex, STR("day")), 3);
    assert_int_equal(regex_group_named(regex, STR("month")), 0);
}

static void a_search_begins_where_it_is_told_and_sees_what_stands_before(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct regex_span span;
    _cleanup_(regex_matcher_free) struct regex_matcher b =
        regex_matcher_new(compile(&arena, STR("\\bb|^c|(?m:^d)")));
    assert_int_equal(regex_search(&b, STR("ab b"), 1, &span, 1, NULL), 1);
    assert_int_equal(span.start, 3);
    assert_int_equal(regex_search(&b, STR("ac"), 1, NULL, 0, NULL), 0);
    assert_int_equal(regex_search(&b, STR("a\nd"), 2, NULL, 0, NULL), 1);
    assert_int_equal(regex_match_here(&b, STR("ab b"), 3, &span, 1, NULL), 1);
    assert_int_equal(regex_match_here(&b, STR("ab b"), 1, NULL, 0, NULL), 0);
    assert_int_equal(regex_match_here(&b, STR("ab b"), 4, NULL, 0, NULL), 0);
}

/* The whole text decides between alternatives: RE2's FullMatch of a|ab. */
static void the_whole_text_may_want_another_way(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct regex_span spans[2];
    _cleanup_(regex_matcher_free) struct regex_matcher m = regex_matcher_new(compile(&arena, STR("(a|ab)")));
    assert_int_equal(regex_match_whole(&m, STR("ab"), spans, 2, NULL), 1);
    assert_int_equal(spans[1].end, 2);
    assert_int_equal(regex_match_whole(&m, STR("ab"), NULL, 0, NULL), 1);
    assert_int_equal(regex_match_whole(&m, STR("abc"), NULL, 0, NULL), 0);
    assert_int_equal(regex_match_whole(&m, STR("abc"), spans, 2, NULL), 0);
}

static void bytes_that_are_not_utf8_are_matched_by_nothing(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct regex_span span;
    _cleanup_(regex_matcher_free) struct regex_matcher any =
        regex_matcher_new(compile(&arena, STR("(?s).+")));
    assert_int_equal(regex_search(&any, STR("\xff\xfe"), 0, &span, 1, NULL), 0);
    assert_int_equal(regex_search(&any, STR("\xff\xfe"), 0, NULL, 0, NULL), 0);
    assert_int_equal(regex_search(&any,
                                  STR("\xff"
                                      "a\xc3\xa9\xc3"),
                                  0, &span, 1, NULL),
                     1);
    assert_int_equal(span.start, 1);
    assert_int_equal(span.end, 4);
}

/* ---- cost ---- */

static struct str repeat(struct arena *arena, const char *piece, size_t times, const char *last) {
    size_t n = strlen(piece);
    char *p = arena_alloc(arena, times * n + strlen(last) + 1);
    assert_non_null(p);
    for (size_t i = 0; i < times; i++) {
        memcpy(p + i * n, piece, n);
    }
    memcpy(p + times * n, last, strlen(last));
    return str_n(p, times * n + strlen(last));
}

/* Patterns that cost a backtracking engine years. No run may look at more than this many instructions a byte.
 */
static const struct {
    const char *pattern, *piece, *last;
    int found;
    unsigned steps_a_byte;
} hostile[] = {
    {"(a+)+$", "a", "b", 0, 20},
    {"^(a+)+$", "a", "b", 0, 20},
    {"(a|a)*b", "a", "c", 0, 20},
    {"(a*)*b", "a", "c", 0, 30},
    {"(?:a?){30}a{30}b", "a", "c", 0, 200},
    {"(x+x+)+y", "x", "", 0, 30},
    {"(.*)(.*)(.*)(.*)(.*)z", "ab", "", 0, 40},
    {"^(([a-z])+.)+[A-Z]([a-z])+$", "a", "", 0, 40},
    {".{0,1000}.{0,1000}z", "a", "", 0, 10000},
    {"(a{0,30}){0,30}z", "a", "", 0, 6000},
    {"(?:(?:(?:a{10}){10}){10})*b", "a", "", 0, 4000},
    {"[ab]*a[ab]{12}c", "abaabbbabaab", "", 0, 100},
    {"([^/]+/)*[^/]+\\.tar\\.gz$", "usr/", "x.tar.gz", 1, 100},
};

static void no_pattern_explodes(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
        struct regex_span spans[2];
        struct str text = repeat(&arena, hostile[i].piece, 4000 / strlen(hostile[i].piece), hostile[i].last);
        const struct regex *regex = compile(&arena, str_c(hostile[i].pattern));
        for (size_t n = 0; n <= 2; n++) {
            _cleanup_(regex_matcher_free) struct regex_matcher matcher = regex_matcher_new(regex);
            assert_int_equal(regex_search(&matcher, text, 0, spans, n, NULL), hostile[i].found);
            if (matcher.steps > hostile[i].steps_a_byte * text.n) {
                fail_msg("%s: %zu steps for %zu bytes", hostile[i].pattern, (size_t)matcher.steps, text.n);
            }
        }
    }
}

/* Twice the text, twice the steps. */
static void steps_grow_with_the_text(void **state) {
    static const char *const patterns[] = {"(a+)+$", "(a|a)*b", "(?:a?){20}a{20}b", "(.*)(.*)c",
                                           "[ab]*a[ab]{12}c"};
    for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
        const struct regex *regex = compile(&arena, str_c(patterns[i]));
        uint64_t steps[2];
        for (size_t k = 0; k < 2; k++) {
            _cleanup_(regex_matcher_free) struct regex_matcher matcher = regex_matcher_new(regex);
            struct str text = repeat(&arena, "abbabaaab", 2000 * (k + 1), "");
            assert_true(regex_search(&matcher, text, 0, NULL, 0, NULL) >= 0);
            steps[k] = matcher.steps;
        }
        assert_true(steps[1] <= 2 * steps[0] + 1000);
    }
}

/* A text that the automaton has seen costs one step a byte. */
static void the_automaton_is_remembered(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    struct str text = repeat(&arena, "abc", 1000, "");
    _cleanup_(regex_matcher_free) struct regex_matcher m =
        regex_matcher_new(compile(&arena, STR("(ab|c)*d")));
    assert_int_equal(regex_search(&m, text, 0, NULL, 0, NULL), 0);
    m.steps = 0;
    assert_int_equal(regex_search(&m, text, 0, NULL, 0, NULL), 0);
    assert_int_equal(m.steps, text.n);
}

/* More states than are kept: the automaton begins anew or steps aside, and the answer stays. */
static void too_many_states_are_forgotten(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    const struct regex *regex = compile(&arena, STR("(?:[ab]*a[ab]{14}c|x{900}[ab]*b[ab]{17}d)"));
    _cleanup_(regex_matcher_free) struct regex_matcher m = regex_matcher_new(regex);
    char text[60001];
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        random = random * 1664525 + 1013904223;
        text[i] = random >> 31 ? 'a' : 'b';
    }
    text[sizeof text - 1] = 'c';
    struct regex_span span;
    int found = text[sizeof text - 16] == 'a';
    assert_int_equal(regex_search(&m, str_n(text, sizeof text), 0, NULL, 0, NULL), found);
    assert_int_equal(regex_search(&m, str_n(text, sizeof text), 0, &span, 1, NULL), found);
    text[sizeof text - 16] = found ? 'b' : 'a';
    assert_int_equal(regex_search(&m, str_n(text, sizeof text), 0, NULL, 0, NULL), !found);
    assert_true(m.memory.used + m.states.used <= LIMIT_REGEX_MATCH_BYTES);
}

/* More kinds of code points than an automaton tells apart: the simulation answers. */
static void many_classes_do_without_the_automaton(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    _cleanup_(buf_free) struct buf pattern = buf_new(MIB);
    for (uint32_t code = 0x4e00; code < 0x4e00 + 600; code++) {
        buf_printf(&pattern, "%s\\x{%x}y", code == 0x4e00 ? "" : "|", (unsigned)code);
    }
    _cleanup_(regex_matcher_free) struct regex_matcher m =
        regex_matcher_new(compile(&arena, buf_view(&pattern)));
    assert_int_equal(regex_search(&m, STR("x\xe4\xb8\x81y"), 0, NULL, 0, NULL), 1);
    assert_int_equal(regex_search(&m, STR("x\xe4\xb8\x81z"), 0, NULL, 0, NULL), 0);
}

/* ---- limits ---- */

static void limits_are_kept(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    const struct regex *regex;
    struct err err = ERR_NONE;
    struct str deep = repeat(&arena, "(", LIMIT_REGEX_DEPTH + 1, "");
    assert_int_equal(regex_compile(&arena, deep, &regex, &err), ERR_LIMIT);
    assert_string_equal(err.message, "byte 1000 of the pattern: more than 1000 groups inside each other");
    struct str stacked = repeat(&arena, "(?i)*", LIMIT_REGEX_DEPTH + 1, "");
    struct str all = arena_strf(&arena, "a%.*s", STR_ARG(stacked));
    assert_int_equal(regex_compile(&arena, all, &regex, &err), ERR_LIMIT);
    struct str large = repeat(&arena, "(?:a{1000})", LIMIT_REGEX_SIZE / 1000 + 1, "");
    assert_int_equal(regex_compile(&arena, large, &regex, &err), ERR_LIMIT);
    assert_string_equal(err.message, "the pattern is too large: more than 350000 instructions");
    struct str wide = repeat(&arena, "a", LIMIT_REGEX_SIZE + 1, "");
    assert_int_equal(regex_compile(&arena, wide, &regex, &err), ERR_LIMIT);
}

static void the_deepest_pattern_that_is_allowed_works(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    struct str opened = repeat(&arena, "(", LIMIT_REGEX_DEPTH, "a"),
               closed = repeat(&arena, ")", LIMIT_REGEX_DEPTH, "");
    struct str pattern = arena_strf(&arena, "%.*s%.*s", STR_ARG(opened), STR_ARG(closed));
    static struct regex_span spans[LIMIT_REGEX_DEPTH + 1];
    _cleanup_(regex_matcher_free) struct regex_matcher m = regex_matcher_new(compile(&arena, pattern));
    assert_int_equal(regex_search(&m, STR("ba"), 0, spans, ARRAY_SIZE(spans), NULL), 1);
    assert_int_equal(spans[LIMIT_REGEX_DEPTH].start, 1);
}

static int try_all(void) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_REGEX_BYTES);
    struct err err = ERR_NONE;
    const struct regex *regex;
    int rc = regex_compile(&arena, STR("(?i)(?P<n>\\pL+)[^\\d]{2,9}|(x|\\p{Greek})*?$"), &regex, &err);
    if (rc < 0) {
        return rc;
    }
    _cleanup_(regex_matcher_free) struct regex_matcher m = regex_matcher_new(regex);
    struct regex_span spans[3];
    struct str text = STR("0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 abc ;;");
    rc = regex_search(&m, text, 0, spans, 3, &err);
    if (rc >= 0) {
        assert_int_equal(rc, 1);
        assert_int_equal(spans[1].start, 66);
        rc = regex_search(&m, text, 0, NULL, 0, &err);
    }
    assert_true(rc == 1 || rc == ERR_MEMORY);
    return rc;
}

static void each_failed_allocation_is_said_or_done_without(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        int rc = try_all();
        assert_true(rc == 1 || (rc == ERR_MEMORY && mem_has_failed()));
    })
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_syntax_page_holds),
        cmocka_unit_test(what_re2_refuses_is_refused_with_its_place),
        cmocka_unit_test(groups_have_numbers_and_names),
        cmocka_unit_test(a_search_begins_where_it_is_told_and_sees_what_stands_before),
        cmocka_unit_test(the_whole_text_may_want_another_way),
        cmocka_unit_test(bytes_that_are_not_utf8_are_matched_by_nothing),
        cmocka_unit_test(no_pattern_explodes),
        cmocka_unit_test(steps_grow_with_the_text),
        cmocka_unit_test(the_automaton_is_remembered),
        cmocka_unit_test(too_many_states_are_forgotten),
        cmocka_unit_test(many_classes_do_without_the_automaton),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(the_deepest_pattern_that_is_allowed_works),
        cmocka_unit_test(each_failed_allocation_is_said_or_done_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
