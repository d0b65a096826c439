/* Any text as an expression: parsed, checked, compiled, run over a small document within a small budget;
 * checked or not by the first byte. */
#include "cel/cel.h"
#include "cel/library/libraries.h"
#include "doc/json.h"
#include "fuzz.h"

#include "base/limits.h"

#define DOCUMENT "{\"a\": 1, \"s\": \"text\", \"l\": [1, \"b\", {\"c\": true}], \"m\": {\"k\": null}}"

static int new_env(struct arena *arena, const struct cel_env **env) {
    static const struct cel_variable variables[] = {{"self", "dyn"}, {"n", "int"}};
    struct cel_env_config config = {.libraries = cel_libraries, .variables = variables, .variable_count = 2};
    while (cel_libraries[config.library_count]) {
        config.library_count++;
    }
    return cel_env_new(arena, &config, env, NULL);
}

static void evaluate(struct arena *arena, const struct cel_program *program, const struct doc *self,
                     bool explain) {
    struct cel_value variables[] = {cel_from_doc(self), cel_int(7)};
    struct cel_evaluation e = {
        .arena = arena, .variables = variables, .variable_count = 2, .budget = 20000, .explain = explain};
    struct cel_value v = cel_eval(program, &e);
    const struct doc *nodes[16];
    if (explain) {
        cel_deciders(&v, nodes, ARRAY_SIZE(nodes));
    }
    cel_error_place(program, &v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena = arena_new(8 * MIB);
    const struct cel_env *env;
    const struct doc *self;
    const struct cel_program *program;
    struct str text = str_n((const char *)data, size), block;
    struct cel_compile_options options = {.without_check = size && data[0] == ' '};
    struct err err = ERR_NONE;
    if (new_env(&arena, &env) == 0 && json_parse(&arena, STR(DOCUMENT), &self, NULL) == 0 &&
        cel_compile(env, &arena, text, &options, &block, NULL, &err) == 0 &&
        cel_program_load(env, &arena, block, &program, &err) == 0) {
        evaluate(&arena, program, self, false);
        evaluate(&arena, program, self, true);
    }
    arena_free(&arena);
    return 0;
}
