/* Facts of layers written by hand, as a pass would write them. */
#ifndef PLIMSOLL_TESTS_UNIT_INSPECT_LAYERS_H
#define PLIMSOLL_TESTS_UNIT_INSPECT_LAYERS_H

#include "base/limits.h"
#include "inspect/changeset.h"
#include "inspect/pass.h"
#include "test.h"

struct made {
    struct facts facts;
    struct changeset changes;
};

static inline struct made made_new(void) {
    return (struct made){{buf_new(LIMIT_FACTS)}, changeset_new()};
}

static inline void made_free(struct made *made) {
    buf_free(&made->facts.out);
    changeset_free(&made->changes);
}

static inline void made_directory(struct made *made, const char *path) {
    assert_int_equal(changeset_take_path(&made->changes, str_c(path), true, NULL), 0);
}

static inline void made_entry(struct made *made, const char *path) {
    assert_int_equal(changeset_take_path(&made->changes, str_c(path), false, NULL), 0);
}

static inline void made_mark(struct made *made, const char *path) {
    assert_true(changeset_take_whiteout(&made->facts, str_c(path)));
}

/* A file that an inspector looked at; its facts follow. */
static inline void made_file(struct made *made, const char *path, const char *inspector) {
    made_entry(made, path);
    facts_file(&made->facts, str_c(path), str_c(inspector));
}

static inline void made_package(struct made *made, enum package_type type, const char *name,
                                const char *version) {
    facts_package(&made->facts,
                  &(struct package){.type = type, .name = str_c(name), .version = str_c(version)});
}

static inline struct str made_end(struct made *made, uint64_t entries) {
    while (changeset_put(&made->changes, &made->facts)) {
    }
    pass_end_write(&made->facts, &(struct pass_end){.entries = entries, .is_complete = true});
    assert_false(made->facts.out.failed);
    return buf_view(&made->facts.out);
}

#endif
