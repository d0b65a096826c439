/* One program and one document, evaluated by many threads at a time: each has its arena and its cache. Runs
 * under ThreadSanitizer in scripts/check-threads. */
#include "cel/cel.h"

#include "base/limits.h"
#include "cel/cache.h"
#include "cel/library/libraries.h"
#include "doc/json.h"

#include <pthread.h>

#include "test.h"

enum { THREADS = 4, ROUNDS = 200 };

struct shared {
    const struct cel_program *program;
    const struct doc *self;
    struct zones *zones;
};

static const struct cel_program *compile(struct arena *arena, struct str text) {
    static const struct cel_variable variables[] = {{"self", "dyn"}};
    struct cel_env_config config = {.libraries = cel_libraries, .variables = variables, .variable_count = 1};
    const struct cel_env *env;
    const struct cel_program *program;
    struct str block;
    struct err err = ERR_NONE;
    while (cel_libraries[config.library_count]) {
        config.library_count++;
    }
    assert_int_equal(cel_env_new(arena, &config, &env, &err), 0);
    assert_int_equal(cel_compile(env, arena, text, NULL, &block, NULL, &err), 0);
    assert_int_equal(cel_program_load(env, arena, block, &program, &err), 0);
    return program;
}

static void *evaluate_often(void *ctx) {
    const struct shared *shared = ctx;
    _cleanup_(cel_cache_freep) struct cel_cache *cache = cel_cache_new(shared->zones);
    struct cel_value self = cel_from_doc(shared->self);
    size_t wrong = 0;
    for (int i = 0; i < ROUNDS; i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
        struct cel_evaluation e = {.arena = &arena, .variables = &self, .variable_count = 1, .cache = cache};
        struct cel_value v = cel_eval(shared->program, &e);
        wrong += !cel_is_true(&v);
    }
    return wrong ? ctx : NULL;
}

static void threads_share_a_program(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct shared shared = {.zones = zones_new(NULL)};
    struct err err = ERR_NONE;
    pthread_t threads[THREADS];
    assert_non_null(shared.zones);
    assert_int_equal(json_parse(&arena, STR("{\"l\": [{\"n\": \"web-1\", \"t\": \"2024-07-01T10:00:00Z\"}]}"),
                                &shared.self, &err),
                     0);
    shared.program = compile(&arena, STR("self.l.all(x, x.n.matches('^web-[0-9]+$') && "
                                         "timestamp(x.t).getHours('Europe/Berlin') == 12) && "
                                         "self.l.map(x, x.n + '!').exists(n, n in ['web-1!', 'web-2!'])"));
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, evaluate_often, &shared), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    zones_free(shared.zones);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_share_a_program)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
