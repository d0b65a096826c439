/* Nanoseconds of one evaluation of an expression over a JSON document.
 *
 *     cel FILE.json EXPRESSION…        the document is the variable `self`
 *
 * One JSON object a line on standard output: the expression, its result, the nanoseconds. */
#include "cel/cel.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cel/cache.h"
#include "cel/library/libraries.h"
#include "doc/json.h"
#include "doc/json_write.h"

#include <stdio.h>

enum { MEASURE_NANOSECONDS = 300 * 1000 * 1000 };

static size_t count_libraries(void) {
    size_t n = 0;
    while (cel_libraries[n]) {
        n++;
    }
    return n;
}

static void tell(struct str text, const struct cel_value *result, double nanoseconds) {
    _cleanup_(buf_free) struct buf out = buf_new(MIB);
    struct json_writer w = json_writer_new(&out, 0);
    json_begin_object(&w);
    json_key(&w, STR("expression"));
    json_str(&w, text);
    json_key(&w, STR("result"));
    json_str(&w, result->kind == CEL_BOOL ? (result->b ? STR("true") : STR("false")) : cel_type_name(result));
    json_key(&w, STR("nanoseconds"));
    json_double(&w, nanoseconds);
    json_end(&w);
    printf("%.*s\n", STR_ARG(buf_view(&out)));
}

static int measure(const struct cel_env *env, struct arena *arena, const struct doc *document,
                   struct str text, struct err *err) {
    _cleanup_(arena_free) struct arena work = arena_new(64 * MIB);
    struct str block;
    const struct cel_program *program;
    int r = cel_compile(env, arena, text, NULL, &block, NULL, err);
    r = r == 0 ? cel_program_load(env, arena, block, &program, err) : r;
    if (r < 0) {
        return r;
    }
    struct cel_value self = cel_from_doc(document);
    struct cel_evaluation last = {.arena = &work, .variables = &self, .variable_count = 1};
    uint64_t n = 0, n_true = 0, began = clock_monotonic(), passed = 0;
    while (passed < MEASURE_NANOSECONDS) {
        for (int i = 0; i < 1000; i++) {
            struct cel_evaluation e = {.arena = &work, .variables = &self, .variable_count = 1};
            const struct cel_value result = cel_eval(program, &e);
            n_true += cel_is_true(&result);
            arena_reset(&work);
        }
        n += 1000;
        passed = clock_monotonic() - began;
    }
    const struct cel_value result = cel_eval(program, &last);
    assert(n_true == (cel_is_true(&result) ? n : 0));
    tell(text, &result, (double)passed / (double)n);
    return 0;
}

static int run(int argc, char **argv, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf text = buf_new(16 * MIB);
    const struct cel_env *env;
    const struct doc *document;
    static const struct cel_variable self[] = {{"self", "dyn"}};
    const struct cel_env_config config = {.libraries = cel_libraries,
                                          .library_count = count_libraries(),
                                          .variables = self,
                                          .variable_count = ARRAY_SIZE(self)};
    int r = file_read(argv[1], &text, err);
    r = r == 0 ? json_parse(&arena, buf_view(&text), &document, err) : r;
    r = r == 0 ? cel_env_new(&arena, &config, &env, err) : r;
    for (int i = 2; r == 0 && i < argc; i++) {
        r = measure(env, &arena, document, str_c(argv[i]), err);
    }
    return r;
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc < 3) {
        fprintf(stderr, "usage: cel FILE.json EXPRESSION...\n");
        return 2;
    }
    if (run(argc, argv, &err) < 0) {
        fprintf(stderr, "cel: %s\n", err.message);
        return 1;
    }
    return 0;
}
