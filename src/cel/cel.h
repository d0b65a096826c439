/* CEL, the Common Expression Language: compile an expression once, evaluate it often, on documents in place.
 *
 *     const struct cel_env *env;       libraries and variables; immutable, shared by threads
 *     struct str block;                the compiled form
 *     const struct cel_program *program;
 *     cel_env_new(&arena, &(struct cel_env_config){...}, &env, err);
 *     cel_compile(env, &arena, text, NULL, &block, NULL, err);   "line 1 column 6: no function 'sise'; did
 * you mean 'size'?" cel_program_load(env, &arena, block, &program, err);
 *
 *     struct cel_value variables[] = {cel_from_doc(resource)};   in the order of the env's variables
 *     struct cel_evaluation e = {.arena = &work, .variables = variables, .variable_count = 1};
 *     struct cel_value result = cel_eval(program, &e);           CEL_BOOL, ..., CEL_UNKNOWN, CEL_ERROR
 *
 * A block is one run of bytes with offsets instead of pointers: it may be written into a program at build
 * time and used in place. It is trusted: only blocks made by cel_compile() of this build.
 *
 * Nothing is kept between two evaluations, and no memory is taken but from the evaluation's arena; a full
 * arena, an empty budget and too deep a nesting end the evaluation with an error that no operator absorbs. */
#ifndef PLIMSOLL_CEL_CEL_H
#define PLIMSOLL_CEL_CEL_H

#include "cel/function.h"
#include "cel/type.h"
#include "cel/value.h"

struct cel_env;
struct cel_program;

struct cel_variable {
    const char *name; /* may be qualified: "x.y" */
    const char *type; /* "dyn", "map(string, dyn)"; see cel/type.h */
};

struct cel_env_config {
    const struct cel_library *const *libraries; /* beside the standard one */
    size_t library_count;
    const struct cel_variable *variables;
    size_t variable_count;
    struct str container; /* the name space in which names are looked for first, or empty */
};

/* Keeps the tables and names of config. ERR_INPUT when a signature or type is none; ERR_MEMORY. */
int cel_env_new(struct arena *arena, const struct cel_env_config *config, const struct cel_env **out,
                struct err *err);

struct cel_compile_options {
    bool without_check;  /* types are not checked; unknown names are errors when they are evaluated */
    bool without_macros; /* has, all, exists, ... are ordinary functions */
};

/* Parses, checks and compiles. options may be NULL; *type, when wanted, is the deduced type (NULL
 * without_check). ERR_INPUT with line and column, ERR_LIMIT, ERR_MEMORY. *block lives in arena. */
int cel_compile(const struct cel_env *env, struct arena *arena, struct str text,
                const struct cel_compile_options *options, struct str *block, const struct cel_type **type,
                struct err *err);

/* Makes a block ready: finds its functions and variables in env. The block must stay, and is not copied.
 * ERR_ABSENT when env lacks one of them. */
int cel_program_load(const struct cel_env *env, struct arena *arena, struct str block,
                     const struct cel_program **out, struct err *err);

/* The numbers, in the env, of the *n variables that the program names. */
const uint32_t *cel_program_variables(const struct cel_program *program, size_t *n);

struct cel_evaluation {
    struct arena *arena;
    const struct cel_value *variables; /* in the order of the env's; fewer: the others are not bound */
    size_t variable_count;
    void *user;              /* for functions: cel_call.user */
    struct cel_cache *cache; /* of this thread (cel/cache.h), or NULL: slower */
    uint64_t budget;         /* steps; 0: LIMIT_CEL_STEPS */
    bool explain;            /* keep every node that decided, for cel_deciders(); slower */
};

struct cel_value cel_eval(const struct cel_program *program, struct cel_evaluation *e);

/* The nodes that decided result, of an evaluation with .explain: at most max, each once; returns their
 * number. The value's own `from` must not be read then. */
size_t cel_deciders(const struct cel_value *result, const struct doc **nodes, size_t max);

/* Line and column in the expression at which an error arose; 0, 0 when not known. */
struct doc_place cel_error_place(const struct cel_program *program, const struct cel_value *error);

#endif
