/* tests/cases/dockerfile/<case>: Dockerfile, and expected.json, written by hand from the reference.
 *
 * An object of expected.json names the members that are looked at; lists are compared whole. Three members
 * are about the node itself: "@" its place "line:column", "text@" the text that its span covers, "?" why it
 * is not known, "=" its value beside those. */
#include "base/file.h"
#include "base/limits.h"
#include "doc/dockerfile/dockerfile.h"
#include "doc/json.h"

#include "test.h"

#include <glob.h>

static const struct dockerfile *file;

static bool matches(const struct doc *want, const struct doc *got, struct str where);

static bool differs(struct str where, const char *what) {
    printf("# %.*s: %s\n", STR_ARG(where), what);
    return false;
}

static bool place_matches(struct str want, const struct doc *got) {
    char place[32];
    snprintf(place, sizeof place, "%u:%u", got->at.line, got->at.column);
    return str_eq(want, str_c(place));
}

static bool span_matches(struct str want, const struct doc *got) {
    struct doc_span span = doc_span(&file->lines, got);
    return str_eq(want, str_sub(file->lines.text, span.from, span.to - span.from));
}

static bool member_matches(const struct doc_member *want, const struct doc *got, struct str where) {
    struct str text = doc_str(want->value);
    if (str_eq(want->key, STR("@"))) {
        return place_matches(text, got) || differs(where, "stands at another place");
    }
    if (str_eq(want->key, STR("text@"))) {
        return span_matches(text, got) || differs(where, "has another text");
    }
    if (str_eq(want->key, STR("?"))) {
        return (doc_is(got, DOC_UNKNOWN) && str_eq(text, got->s)) ||
               differs(where, "is not unknown for that reason");
    }
    return str_eq(want->key, STR("=")) ? matches(want->value, got, where)
                                       : matches(want->value, doc_get(got, want->key), want->key);
}

static bool map_matches(const struct doc *want, const struct doc *got, struct str where) {
    for (size_t i = 0; i < want->map.n; i++) {
        if (!member_matches(&want->map.members[i], got, where)) {
            return differs(where, "in this");
        }
    }
    return true;
}

static bool list_matches(const struct doc *want, const struct doc *got, struct str where) {
    if (got->kind != DOC_LIST || got->list.n != want->list.n) {
        return differs(where, "has another number of items");
    }
    for (size_t i = 0; i < want->list.n; i++) {
        if (!matches(want->list.items[i], got->list.items[i], where)) {
            return differs(where, "in an item");
        }
    }
    return true;
}

/* null stands for "not there". */
static bool matches(const struct doc *want, const struct doc *got, struct str where) {
    if (want->kind == DOC_NULL || !got) {
        return (want->kind == DOC_NULL && !got) || differs(where, got ? "is there" : "is not there");
    }
    switch (want->kind) {
    case DOC_MAP:
        return map_matches(want, got, where);
    case DOC_LIST:
        return list_matches(want, got, where);
    case DOC_STRING:
        return (doc_is(got, DOC_STRING) && str_eq(want->s, got->s)) || differs(where, "is another string");
    case DOC_BOOL:
        return (doc_is(got, DOC_BOOL) && want->b == got->b) || differs(where, "is another bool");
    default:
        return (doc_is(got, DOC_INT) && want->i == got->i) || differs(where, "is another number");
    }
}

static void check_problems(const struct doc *want) {
    assert_int_equal(doc_count(want), file->problems.n);
    for (size_t i = 0; i < doc_count(want); i++) {
        const struct doc_problem *got = &file->problems.list.p[i];
        char place[32];
        snprintf(place, sizeof place, "%u:%u ", got->at.line, got->at.column);
        struct str text = doc_str(doc_at(want, i));
        assert_true(str_starts(text, str_c(place)));
        assert_str_equal(got->message, str_from(text, strlen(place)));
    }
}

static void check_case(const char *folder) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(MIB), json = buf_new(MIB);
    struct dockerfile parsed;
    struct err err = ERR_NONE;
    const struct doc *want;
    assert_int_equal(file_read(arena_printf(&arena, "%s/Dockerfile", folder), &text, &err), 0);
    assert_int_equal(file_read(arena_printf(&arena, "%s/expected.json", folder), &json, &err), 0);
    if (json_parse(&arena, buf_view(&json), &want, &err) < 0) {
        fail_msg("%s: %s", folder, err.message);
    }
    assert_int_equal(dockerfile_parse(&arena, buf_view(&text), &parsed, &err), 0);
    file = &parsed;
    if (!matches(doc_get(want, STR("root")), parsed.root, STR("root"))) {
        fail_msg("%s", folder);
    }
    check_problems(doc_get(want, STR("problems")));
}

static void cases_are_read_as_expected(void **state) {
    char pattern[4096];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/tests/cases/dockerfile/*", getenv("PLIMSOLL_TREE"));
    assert_int_equal(glob(pattern, GLOB_NOSORT, NULL, &found), 0);
    assert_true(found.gl_pathc >= 10);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        printf("# %s\n", found.gl_pathv[i]);
        check_case(found.gl_pathv[i]);
    }
    globfree(&found);
}

static const char everything[] =
    "# escape=\\\n# c\nARG V=1\nFROM --platform=$BUILDPLATFORM a:${V} AS b\nENV A=1 "
    "B=${A:-x}${V#*.}${A/x/y}\n"
    "RUN --mount=type=cache,target=/x \\\n # c\n a $(b) | sh -c 'c \"d\"' <<E && f\n$x\nE\n"
    "COPY --from=b [\"x\", \"y\\u00e9\"]\nRUN <<E\nx\nE\nEXPOSE 80 $P\nUSER u:$G\nWORKDIR w\nWORKDIR x\n"
    "HEALTHCHECK --interval=1s CMD x\nONBUILD ADD a b\nVOLUME /a\nSHELL [\"cmd\"]\nRUN x\nFOO\nFROM b\nARG "
    "Q\nARG V\n"
    "LABEL \"a\"=$Q\nSTOPSIGNAL $Q\n";

static void every_failed_allocation_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
        struct dockerfile parsed;
        struct err err = ERR_NONE;
        int rc = dockerfile_parse(&arena, str_c(everything), &parsed, &err);
        assert_true(rc == 0 || rc == ERR_MEMORY);
        assert_true(rc == 0 || !parsed.root);
    })
}

/* An arena of every size: each allocation of the tree fails once, those inside a chunk too. */
static void every_full_arena_is_an_error(void **state) {
    for (size_t cap = 0;; cap += 16) {
        _cleanup_(arena_free) struct arena arena = arena_new(cap);
        struct dockerfile parsed;
        struct err err = ERR_NONE;
        if (dockerfile_parse(&arena, str_c(everything), &parsed, &err) == 0) {
            return;
        }
        assert_int_equal(err.code, ERR_MEMORY);
        assert_null(parsed.root);
    }
}

static struct str repeat(struct arena *arena, const char *head, const char *unit, size_t n) {
    struct str all = {arena_alloc(arena, strlen(head) + n * strlen(unit)), strlen(head) + n * strlen(unit)};
    char *p = memcpy((char *)(uintptr_t)all.p, head, strlen(head));
    for (size_t i = 0; i < n; i++) {
        memcpy(p + strlen(head) + i * strlen(unit), unit, strlen(unit));
    }
    return all;
}

/* Each of these costs its square, or more, where something is gone over again for each of its parts. */
static void hostile_files_end_soon(void **state) {
    static const struct {
        const char *head, *unit;
        size_t n;
    } cases[] = {
        {"FROM a\nENV A=aaaaaaaaaaaaaaaa\n", "ENV A=$A$A\n", 2000},
        {"FROM a\nENV A=aaaaaaaaaaaaaaaa\nENV B=", "${U:-$A}", 20000},
        {"FROM scratch\nENV A=", "${A:-", 20000},
        {"FROM a\nRUN ", "$(", 100000},
        {"FROM a\nRUN ", "`a ", 100000},
        {"FROM a\nRUN ", "\"$(\"", 50000},
        {"FROM a\nRUN ", "sudo ", 50000},
        {"FROM a\nRUN ", "sh -c '", 50000},
        {"FROM a\nRUN ", "x <<E ", 50000},
        {"FROM a\nRUN <<A", "\nx <<E", 50000},
        {"FROM a\nRUN ", "(", 100000},
        {"FROM a\nRUN ", "x\\\n", 100000},
        {"FROM a\nRUN ", "\\\n#\n", 50000},
        {"FROM a\nRUN ", "--mount=type=cache ", 20000},
        {"FROM a\nCOPY ", "--x", 100000},
        {"FROM a\nCOPY ", "--x ", 20000},
        {"FROM a AS a\n", "FROM a AS a\nENV A=$B\n", 10000},
        {"FROM a\n", "WORKDIR x\n", 5000},
        {"FROM a\nENV A=", "$A", 100000},
        {"FROM a\nRUN ", "\n", 100000},
        {"FROM a\nCMD [", "\"a\",", 100000},
        {"#", " escape=`\n#", 100000},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES), texts = arena_new(16 * MIB);
        struct dockerfile parsed;
        struct err err = ERR_NONE;
        struct timespec from, to;
        struct str text = repeat(&texts, cases[i].head, cases[i].unit, cases[i].n);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        int rc = dockerfile_parse(&arena, text, &parsed, &err);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        double seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
        if (seconds > 5 || (rc < 0 && rc != ERR_MEMORY)) {
            fail_msg("%s%s...: %.1f s, %s", cases[i].head, cases[i].unit, seconds, err.message);
        }
        printf("# hostile %zu: %.0f ms, %.1f MB%s\n", i, seconds * 1e3, (double)arena.used / 1e6,
               rc < 0 ? ", refused" : "");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_read_as_expected),
        cmocka_unit_test(every_failed_allocation_is_an_error),
        cmocka_unit_test(every_full_arena_is_an_error),
        cmocka_unit_test(hostile_files_end_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
