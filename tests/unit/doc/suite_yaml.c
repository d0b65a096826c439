/* The YAML test suite (yaml/yaml-test-suite): input marked "fail" must be refused, all other must be accepted
 * and be what the case's JSON says, where it has one. */
#include "base/file.h"
#include "base/limits.h"
#include "doc/json.h"
#include "doc/yaml.h"

#include "test.h"

#include <dirent.h>

/* Cases that are known to fail, and why. A case that begins to pass must leave the list. */
#define KEYS "lists and maps as keys are refused: the document has none"
static const struct {
    const char *name, *why;
} known[] = {
    {"Q9WF/0", KEYS},
    {"X38W/0", KEYS},
    {"SBG9/0", KEYS},
    {"KK5P/0", KEYS},
    {"9MMW/0", KEYS},
    {"XW4D/0", KEYS},
    {"6BFJ/0", KEYS},
    {"M2N8/0", KEYS},
    {"M2N8/1", KEYS},
    {"RZP5/0", KEYS},
    {"M5DY/0", KEYS},
    {"LX3P/0", KEYS},
    {"6PBE/0", KEYS},
    {"4FJ6/0", KEYS},
    {"V9D5/0", KEYS},
    {"2JQS/0", "the two keys are both empty: equal keys are refused (YAML 1.2.2 section 3.2.1.1)"},
    {"565N/0", "!!binary is bytes here, the case wants its text"},
    {"ZYU8/2", "libfyaml 0.7.12 refuses a version directive with two numbers"},
    {"ZYU8/3", "libfyaml 0.7.12 refuses a version of more than two digits"},
};

struct counts {
    unsigned passed, known_failures, failed;
};

/* ---- the suite's marks ---- */

static const struct {
    struct str mark, text;
} marks[] = {
    {STR("\xe2\x90\xa3"), STR(" ")},  {STR("\xe2\x86\xb5"), STR("")},
    {STR("\xe2\x86\x90"), STR("\r")}, {STR("\xe2\x87\x94"), STR("\xef\xbb\xbf")},
    {STR("\xe2\x88\x8e\n"), STR("")}, {STR("\xc2\xbb"), STR("\t")},
    {STR("\xe2\x80\x94"), STR("")},
};

static void put_unmarked(struct buf *out, struct str s) {
    while (s.n) {
        size_t i = 0;
        while (i < ARRAY_SIZE(marks) && !str_starts(s, marks[i].mark)) {
            i++;
        }
        if (i < ARRAY_SIZE(marks)) {
            buf_str(out, marks[i].text);
            s = str_from(s, marks[i].mark.n);
        } else {
            buf_byte(out, (unsigned char)s.p[0]);
            s = str_from(s, 1);
        }
    }
}

/* ---- expected JSON: values one behind the other ---- */

static struct str take_json(struct str *rest) {
    struct str s = str_trim(*rest);
    size_t i = 0;
    int depth = 0;
    bool in_string = false;
    for (; i < s.n; i++) {
        if (in_string) {
            i += s.p[i] == '\\';
            in_string = i < s.n && s.p[i] != '"';
        } else if (s.p[i] == '"') {
            in_string = true;
        } else if (s.p[i] == '[' || s.p[i] == '{') {
            depth++;
        } else if (s.p[i] == ']' || s.p[i] == '}') {
            depth--;
        } else if (depth == 0 && s.p[i] == '\n') {
            break;
        }
        if (depth == 0 && !in_string && (s.p[i] == ']' || s.p[i] == '}')) {
            i++;
            break;
        }
    }
    *rest = str_from(s, i);
    return str_sub(s, 0, i);
}

static bool number_of(const struct doc *d, double *out) {
    *out = d->kind == DOC_INT ? (double)d->i : d->kind == DOC_UINT ? (double)d->u : d->d;
    return d->kind == DOC_INT || d->kind == DOC_UINT || d->kind == DOC_DOUBLE;
}

static bool is_same(const struct doc *a, const struct doc *b) {
    double x, y;
    if (!a || !b) {
        return false;
    }
    if (number_of(a, &x) && number_of(b, &y)) {
        return x == y;
    }
    if (a->kind != b->kind || doc_count(a) != doc_count(b)) {
        return false;
    }
    for (size_t i = 0; i < doc_count(a); i++) {
        bool is_list = a->kind == DOC_LIST;
        const struct doc *mine = is_list ? doc_at(a, i) : a->map.members[i].value;
        if (!is_same(mine, is_list ? doc_at(b, i) : doc_get(b, a->map.members[i].key))) {
            return false;
        }
    }
    return a->kind == DOC_BOOL ? a->b == b->b : str_eq(doc_str(a), doc_str(b));
}

static const char *compare(struct arena *arena, const struct doc *json, const struct doc **docs, size_t n) {
    size_t i = 0;
    if (!doc_is(json, DOC_STRING)) {
        return NULL;
    }
    for (struct str rest = doc_str(json), text; str_trim(rest).n; i++) {
        const struct doc *expected;
        text = take_json(&rest);
        assert_int_equal(json_parse(arena, text, &expected, NULL), 0);
        if (i >= n || !is_same(docs[i], expected)) {
            return "the value is another";
        }
    }
    return i == n ? NULL : "the number of documents is another";
}

/* ---- a case ---- */

/* NULL when it passes. */
static const char *run_case(struct arena *arena, struct str yaml, const struct doc *json, bool must_fail) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    const struct doc **docs;
    size_t n;
    struct err err = ERR_NONE;
    put_unmarked(&text, yaml);
    assert_false(text.failed);
    if (yaml_parse(arena, buf_view(&text), &docs, &n, &err) < 0) {
        return must_fail ? NULL : arena_printf(arena, "%s", err.message);
    }
    return must_fail ? "was accepted" : compare(arena, json, docs, n);
}

static void judge(const char *name, const char *failure, struct counts *counts) {
    const char *why = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (str_eq(str_c(known[i].name), str_c(name))) {
            why = known[i].why;
        }
    }
    if (!failure && !why) {
        counts->passed++;
    } else if (failure && why) {
        counts->known_failures++;
        print_message("# known failure: %s: %s (%s)\n", name, failure, why);
    } else {
        counts->failed++;
        print_message("# failed: %s: %s\n", name,
                      failure ? failure : "passes, but is listed as known failure");
    }
}

static void run_file(const char *folder, struct str file, struct counts *counts) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    const struct doc **docs, *yaml = NULL, *json = NULL;
    size_t n;
    struct err err = ERR_NONE;
    const char *path = arena_printf(&arena, "%s/%.*s", folder, STR_ARG(file));
    assert_int_equal(file_read(path, &text, &err), 0);
    if (yaml_parse(&arena, buf_view(&text), &docs, &n, &err) < 0 || n != 1) {
        fail_msg("%s: %s", path, err.message);
    }
    for (size_t i = 0; i < doc_count(docs[0]); i++) {
        const struct doc *entry = doc_at(docs[0], i);
        yaml = doc_get(entry, STR("yaml")) ? doc_get(entry, STR("yaml")) : yaml;
        json = doc_get(entry, STR("json")) ? doc_get(entry, STR("json")) : json;
        const char *failure =
            run_case(&arena, doc_str(yaml), json, doc_bool(doc_get(entry, STR("fail")), false));
        judge(arena_printf(&arena, "%.*s/%zu", STR_ARG(str_sub(file, 0, 4)), i), failure, counts);
    }
}

static struct counts run_folder(DIR *dir, const char *folder) {
    struct counts counts = {0};
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (str_ends(str_c(entry->d_name), STR(".yaml"))) {
            run_file(folder, str_c(entry->d_name), &counts);
        }
    }
    return counts;
}

static void the_suite_passes(void **state) {
    const char *folder = *state;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    struct counts counts = run_folder(dir, folder);
    closedir(dir);
    print_message("# YAML: %u passed, %u known failures, %u failed\n", counts.passed, counts.known_failures,
                  counts.failed);
    assert_int_equal(counts.failed, 0);
    assert_true(counts.passed > 0);
}

int main(void) {
    const char *shared = getenv("PLIMSOLL_SHARED");
    char folder[LIMIT_PATH];
    snprintf(folder, sizeof folder, "%s/conformance/yaml/src", shared ? shared : "");
    if (access(folder, R_OK) < 0) {
        printf("1..0 # SKIP no suite under PLIMSOLL_SHARED\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(the_suite_passes, folder)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
