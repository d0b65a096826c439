#include "base/buf.h"
#include "base/limits.h"
#include "doc/dockerfile/shell.h"

#include "test.h"

/* The commands in one line: [after][via:][VAR=value ]word,word[ op target]; joined by " / ". */
static struct str outline(struct arena *arena, const struct doc *commands) {
    struct buf out = buf_new(MIB);
    for (size_t i = 0; i < doc_count(commands); i++) {
        const struct doc *c = doc_at(commands, i), *words = doc_get(c, STR("words"));
        const struct doc *assigned = doc_get(c, STR("assignments")),
                         *redirects = doc_get(c, STR("redirects"));
        struct str via = doc_str(doc_get(c, STR("via")));
        buf_str(&out, i ? STR(" / ") : STR(""));
        buf_str(&out, doc_str(doc_get(c, STR("after"))));
        buf_str(&out, via);
        buf_str(&out, via.n ? STR(":") : STR(""));
        for (size_t k = 0; k < assigned->map.n; k++) {
            buf_printf(&out, "%.*s=%.*s ", STR_ARG(assigned->map.members[k].key),
                       STR_ARG(doc_str(assigned->map.members[k].value)));
        }
        for (size_t k = 0; k < doc_count(words); k++) {
            buf_str(&out, k ? STR(",") : STR(""));
            buf_str(&out, doc_str(doc_at(words, k)));
        }
        for (size_t k = 0; k < doc_count(redirects); k++) {
            const struct doc *r = doc_at(redirects, k);
            buf_printf(&out, " %.*s %.*s", STR_ARG(doc_str(doc_get(r, STR("op")))),
                       STR_ARG(doc_str(doc_get(r, STR("target")))));
            struct str text = doc_str(doc_get(r, STR("text")));
            if (text.n) {
                buf_printf(&out, "{%.*s}", STR_ARG(text));
            }
        }
    }
    struct str copy = arena_str(arena, buf_view(&out));
    buf_free(&out);
    return copy;
}

/* By the grammar of IEEE 1003.1-2017 XCU 2.10 and the Bash Reference Manual. */
static void commands_are_listed(void **state) {
    static const struct {
        const char *text, *outline;
        unsigned problems;
    } cases[] = {
        {"", "", 0},
        {"a b c", "a,b,c", 0},
        {"a && b || c; d & e | f |& g", "a / &&b / ||c / ;d / &e / |f / |g", 0},
        {"a\n\n b # c ; d\n", "a / ;b", 0},
        {"a &&\n b", "a / &&b", 0},
        {"a#b '#' \\# c#", "a#b,#,#,c#", 0},
        {"'a b' \"c d\" e\\ f ''", "a b,c d,e f,", 0},
        {"\"a\\\"b\\$c\\\\d\\e\"", "a\"b$c\\d\\e", 0},
        {"$'a\\tb\\x41\\'\\101\\u00e9'", "a\tbA'A\xc3\xa9", 0},
        {"$\"a b\"", "a b", 0},
        {"a\\\nb c \\\n d", "ab,c,d", 0},
        {"$a \"${b:-c d}\" e${f}g", "$a,${b:-c d},e${f}g", 0},
        {"A=1 B='x y' c d=e", "A=1 B=x y c,d=e", 0},
        {"A=1", "A=1 ", 0},
        {"A+=x b", "A=x b", 0},
        {"a=(1 2) b", "a=(1 2) b", 0},
        {"a >b 2>&1 <c >>d &>e >|f <>g", "a > b >& 1 < c >> d &> e >| f <> g", 0},
        {"a 2 >b", "a,2 > b", 0},
        {">f", " > f", 0},
        {"a <<<'x y'", "a <<< x y", 0},
        {"a <<E b\n$x\nE\nc", "a,b << E{$x\n} / ;c", 0},
        {"a <<-E; b\n\tx\n\tE\nc", "a <<- E{\tx\n} / ;b / ;c", 0},
        {"a <<A <<'B' | c\n1\nA\n2\nB\nd", "a << A{1\n} << B{2\n} / |c / ;d", 0},
        {"a <<E\nx\n", "a << E{x\n}", 1},
        {"a $(b c) d", "a,$(b c),d / $():b,c", 0},
        {"a \"$(b \"c d\")\"", "a,$(b \"c d\") / $():b,c d", 0},
        {"a `b` | c", "a,`b` / ``:b / |c", 0},
        {"a <(b) >(c)", "a,<(b),>(c) / <():b / <():c", 0},
        {"A=$(b)", "A=$(b)  / $():b", 0},
        {"a $((1+2)) $(( (1) ))", "a,$((1+2)),$(( (1) ))", 0},
        {"((i++)); a", ";a", 0},
        {"if a; then b; elif c; then d; else e; fi", "a / ;b / ;c / ;d / ;e", 0},
        {"while a; do b; done; until c; do d; done", "a / ;b / ;c / ;d", 0},
        {"for i in x $(y); do z $i; done", "$():y / ;z,$i", 0},
        {"for ((i=0;i<3;i++)); do a; done", ";a", 0},
        {"case $(a) in x|y) b;; (z) c;; *) d; esac; e", "$():a / b / ;c / ;d / ;e", 0},
        {"case x in esac; a", ";a", 0},
        {"{ a; b; } >f", "a / ;b / ; > f", 0},
        {"(a; (b)) && c", "a / ;b / &&c", 0},
        {"f() { a; }; function g { b; }", "a / ;b", 0},
        {"! a | b", "a / |b", 0},
        {"[[ -f x && y < z ]] && a", "[[,-f,x,&&,y,<,z,]] / &&a", 0},
        {"[ a = b ] || c", "[,a,=,b,] / ||c", 0},
        {"echo if then fi", "echo,if,then,fi", 0},
        {"sudo -u x -E a b", "sudo,-u,x,-E,a,b / sudo:a,b", 0},
        {"sudo A=1 a", "sudo,A=1,a / sudo:A=1 a", 0},
        {"env -i A=1 B=2 a b", "env,-i,A=1,B=2,a,b / env:A=1 B=2 a,b", 0},
        {"env", "env", 0},
        {"timeout -k 5 10 a", "timeout,-k,5,10,a / timeout:a", 0},
        {"nice -n 5 time -p exec -a x a",
         "nice,-n,5,time,-p,exec,-a,x,a / nice:time,-p,exec,-a,x,a / time:exec,-a,x,a / exec:a", 0},
        {"sh -c 'a && b' c", "sh,-c,a && b,c / sh:a / &&sh:b", 0},
        {"bash -euxo pipefail -c \"a \\\"b c\\\" | d\"",
         "bash,-euxo,pipefail,-c,a \"b c\" | d / bash:a,b c / |bash:d", 0},
        {"/bin/sh x.sh -c a", "/bin/sh,x.sh,-c,a", 0},
        {"su - x -c 'a b'", "su,-,x,-c,a b / su:a,b", 0},
        {"eval 'a b'", "eval,a b / eval:a,b", 0},
        {"xargs -r -n 1 a b", "xargs,-r,-n,1,a,b / xargs:a,b", 0},
        {"echo 'a", "echo,a", 1},
        {"echo \"a", "echo,a", 1},
        {"echo ${a", "echo,${a", 1},
        {"a)", "a", 1},
        {"(a", "a", 1},
        {"a >", "a > ", 1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct shell shell;
        struct err err = ERR_NONE;
        assert_int_equal(shell_parse(&arena, str_c(cases[i].text), &shell, &err), 0);
        struct str got = outline(&arena, shell.commands);
        if (!str_eq(got, str_c(cases[i].outline)) || shell.problems.n != cases[i].problems) {
            fail_msg("%s: \"%.*s\" with %zu problems", cases[i].text, STR_ARG(got), shell.problems.n);
        }
    }
}

static void commands_have_fields(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct shell shell;
    struct err err = ERR_NONE;
    struct str text = STR("A=1 /usr/bin/a \"$B ${C:-x}\" | (b; c) 2>f\nsh -c \"x \\\"y\\\" z\"");
    assert_int_equal(shell_parse(&arena, text, &shell, &err), 0);
    const struct doc *a = doc_at(shell.commands, 0), *b = doc_at(shell.commands, 1),
                     *c = doc_at(shell.commands, 2);
    assert_str_equal(doc_str(doc_get(a, STR("name"))), STR("a"));
    assert_str_equal(doc_str(doc_path(a, "variables.0")), STR("B"));
    assert_str_equal(doc_str(doc_path(a, "variables.1")), STR("C"));
    assert_int_equal(doc_get(a, STR("pipeline"))->i, doc_get(b, STR("pipeline"))->i);
    assert_int_not_equal(doc_get(b, STR("pipeline"))->i, doc_get(c, STR("pipeline"))->i);
    assert_int_equal(doc_get(a, STR("subshell"))->i, 0);
    assert_int_equal(doc_get(c, STR("subshell"))->i, 1);
}

/* A word in a script in quotes still has its own place and span in the file. */
static void words_in_words_have_places(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct shell shell;
    struct err err = ERR_NONE;
    struct str text = STR("a\n  sh -c \"x \\\"y\\\" \\\n zz\"");
    assert_int_equal(shell_parse(&arena, text, &shell, &err), 0);
    const struct doc *words = doc_get(doc_at(shell.commands, 2), STR("words"));
    static const struct {
        struct doc_span span;
        struct doc_place at;
    } want[] = {{{11, 12}, {.line = 2, .column = 10}},
                {{14, 16}, {.line = 2, .column = 13}},
                {{22, 24}, {.line = 3, .column = 2}}};
    for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
        const struct doc *word = doc_at(words, i);
        struct doc_span got = doc_span(&shell.lines, word);
        if (i != 1) { /* within quotes that were taken out */
            assert_int_equal(got.from, want[i].span.from);
            assert_int_equal(got.to, want[i].span.to);
        }
        assert_int_equal(word->at.line, want[i].at.line);
        assert_int_equal(word->at.column, want[i].at.column);
    }
}

static void every_failed_allocation_is_an_error(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
        struct shell shell;
        struct err err = ERR_NONE;
        int rc = shell_parse(&arena,
                             STR("A=1 sudo sh -c 'a $(b \"c\")' <<E >f $'\\n'\nx\nE\ncase a in b) c;; esac"),
                             &shell, &err);
        assert_true(rc == 0 || (rc == ERR_MEMORY && !shell.commands));
    })
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_listed),
        cmocka_unit_test(commands_have_fields),
        cmocka_unit_test(words_in_words_have_places),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
