/* Each rule finds its own examples, and not those that it must not find. */
#include "base/limits.h"
#include "base/map.h"
#include "found.h"
#include "inspect/secrets/example.h"
#include "inspect/secrets/files.h"
#include "test.h"

struct fixture {
    struct secret_set set;
    struct secret_scanner *scanner;
    struct found *found;
};

static int open_all(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    struct err err = ERR_NONE;
    f->found = found_new();
    f->set.now = 1750000000;
    secret_set_add(&f->set, &secret_rules_builtin);
    assert_int_equal(secret_set_open(&f->set, &err), 0);
    assert_int_equal(secret_scanner_new(&f->scanner, &f->set, found_sink(f->found), &err), 0);
    *state = f;
    return 0;
}

static int close_all(void **state) {
    struct fixture *f = *state;
    secret_scanner_free(f->scanner);
    secret_set_close(&f->set);
    found_free(f->found);
    free(f);
    return 0;
}

/* A path that the rule's reader reads. */
static struct str path_of(struct found *found, const struct secret_rule *rule) {
    const struct secret_reader *reader = rule->file.n ? secret_reader_of(rule->file) : NULL;
    struct str name = STR("file"), rest;
    if (reader) {
        str_cut(str_c(reader->names), ' ', &name, &rest);
        name = name.p[0] == '*' ? arena_strf(&found->arena, "x%.*s", STR_ARG(str_from(name, 1))) : name;
    }
    return arena_strf(&found->arena, "etc/%.*s", STR_ARG(name));
}

/* Whether the rule is found in its example. */
static bool finds(struct fixture *f, const struct secret_rule *rule, const struct secret_example *example,
                  size_t piece) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    struct err err = ERR_NONE;
    found_clear(f->found);
    if (secret_example_expand(example->text, &text, &err) < 0 ||
        found_scan(f->scanner, path_of(f->found, rule), buf_view(&text), piece, &err) < 0) {
        fail_msg("%.*s:%u: %s", STR_ARG(rule->source), example->at.line, err.message);
    }
    return found_has(f->found, rule->id);
}

static void rules_find_their_examples(void **state) {
    struct fixture *f = *state;
    size_t wrong = 0;
    for (size_t i = 0; i < secret_rules_builtin.n; i++) {
        const struct secret_rule *rule = &secret_rules_builtin.p[i];
        for (size_t e = 0; e < rule->found_n; e++) {
            if (!finds(f, rule, &rule->found[e], 0)) {
                print_message("%.*s:%u: %.*s is not found; found: %.*s\n", STR_ARG(rule->source),
                              rule->found[e].at.line, STR_ARG(rule->id),
                              STR_ARG(f->found->n ? f->found->secrets[0].rule->id : STR("nothing")));
                wrong++;
            }
        }
        for (size_t e = 0; e < rule->not_found_n; e++) {
            if (finds(f, rule, &rule->not_found[e], 0)) {
                print_message("%.*s:%u: %.*s is found\n", STR_ARG(rule->source), rule->not_found[e].at.line,
                              STR_ARG(rule->id));
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

static void pieces_make_no_difference(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < secret_rules_builtin.n; i++) {
        const struct secret_rule *rule = &secret_rules_builtin.p[i];
        if (!finds(f, rule, &rule->found[0], 7)) {
            fail_msg("%.*s is not found in pieces", STR_ARG(rule->id));
        }
    }
}

static void no_example_tells_its_value(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < secret_rules_builtin.n; i++) {
        const struct secret_rule *rule = &secret_rules_builtin.p[i];
        (void)finds(f, rule, &rule->found[0], 0);
        for (size_t s = 0; s < f->found->n; s++) {
            const struct secret *secret = &f->found->secrets[s];
            ptrdiff_t shown = str_find(secret->preview, STR("…"));
            assert_true(shown <= 4);
            assert_int_equal(secret->hash.n, SECRET_HASH_HEX);
        }
    }
}

static void there_are_enough_of_them(void **state) {
    assert_true(secret_rules_builtin.n >= 220);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_find_their_examples),
        cmocka_unit_test(pieces_make_no_difference),
        cmocka_unit_test(no_example_tells_its_value),
        cmocka_unit_test(there_are_enough_of_them),

    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
