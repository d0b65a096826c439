/* A block made ready for an env: its functions and variables found. */
#include "cel/machine/machine.h"

static const void *array_at(const unsigned char *block, struct block_range range) {
    return block + range.at;
}

typedef VEC(const struct cel_overload *) overload_vec;

static int load_call(const struct cel_env *env, struct arena *arena, struct str name,
                     const struct block_call *call, struct cel_callable *out, struct err *err) {
    overload_vec found = {0};
    for (const struct cel_overload *o = cel_env_function(env, name); o; o = o->next) {
        if (!cel_overload_takes(o, call->arguments, call->is_receiver != 0)) {
            continue;
        }
        const struct cel_overload **slot = VEC_PUSH(arena, &found);
        if (!slot) {
            return err_memory(err);
        }
        *slot = o;
    }
    *out = (struct cel_callable){found.p, (uint32_t)found.n};
    return found.n ? 0 : err_set(err, ERR_ABSENT, "there is no function '%.*s'", STR_ARG(name));
}

static int load_calls(const struct cel_env *env, struct arena *arena, struct cel_program *program,
                      struct err *err) {
    struct block_range range = program->header->calls;
    const struct block_call *calls = array_at(program->block, range);
    struct cel_callable *loaded = arena_array(arena, range.n ? range.n : 1, sizeof *loaded);
    if (!loaded) {
        return err_memory(err);
    }
    for (uint32_t i = 0; i < range.n; i++) {
        struct str name = str_n((const char *)program->block + calls[i].name.at, calls[i].name.n);
        int status = load_call(env, arena, name, &calls[i], &loaded[i], err);
        if (status < 0) {
            return status;
        }
    }
    program->calls = loaded;
    return 0;
}

static int load_variables(const struct cel_env *env, struct arena *arena, struct cel_program *program,
                          struct err *err) {
    struct block_range range = program->header->variables;
    const struct block_range *names = array_at(program->block, range);
    uint32_t *loaded = arena_array(arena, range.n ? range.n : 1, sizeof *loaded);
    if (!loaded) {
        return err_memory(err);
    }
    for (uint32_t i = 0; i < range.n; i++) {
        struct str name = str_n((const char *)program->block + names[i].at, names[i].n);
        ptrdiff_t number = cel_env_variable(env, name);
        if (number < 0) {
            return err_set(err, ERR_ABSENT, "there is no variable '%.*s'", STR_ARG(name));
        }
        loaded[i] = (uint32_t)number;
    }
    program->variables = loaded;
    return 0;
}

int cel_program_load(const struct cel_env *env, struct arena *arena, struct str block,
                     const struct cel_program **out, struct err *err) {
    const struct block_header *header = (const void *)block.p;
    if (block.n < sizeof *header || (uintptr_t)block.p % 8 || header->magic != BLOCK_MAGIC ||
        header->version != BLOCK_VERSION || header->size > block.n) {
        return err_set(err, ERR_INPUT, "this is no compiled expression of this version");
    }
    struct cel_program *program = arena_alloc(arena, sizeof *program);
    if (!program) {
        return err_memory(err);
    }
    *program = (struct cel_program){.block = (const unsigned char *)block.p, .header = header};
    program->code = array_at(program->block, header->code);
    program->constants = array_at(program->block, header->constants);
    int status = load_calls(env, arena, program, err);
    if (status == 0) {
        status = load_variables(env, arena, program, err);
    }
    *out = program;
    return status;
}

const uint32_t *cel_program_variables(const struct cel_program *program, size_t *n) {
    *n = program->header->variables.n;
    return program->variables;
}
