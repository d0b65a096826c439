#include "policy/read.h"

#include "infra/compose/compose.h"
#include "infra/dockerfile.h"
#include "infra/image.h"
#include "infra/kubernetes/read.h"

static int give_text(void *context, struct str path, struct str *text, struct err *err) {
    const struct str *only = context;
    if (!str_eq(path, only[0])) {
        return err_set(err, ERR_ABSENT, "there is no such file");
    }
    *text = only[1];
    return 0;
}

/* A project of this file alone. */
static int read_compose(struct resources *set, struct str file, struct str text, struct err *err) {
    struct str only[] = {file, text};
    const struct compose_project project = {.files = &file, .files_n = 1};
    return compose_read(set, &project, (struct compose_files){give_text, only}, err);
}

static const struct {
    struct str source;
    int (*read)(struct resources *set, struct str file, struct str text, struct err *err);
} readers[] = {
    {STR("dockerfile"), dockerfile_read},
    {STR("kubernetes"), kubernetes_read},
    {STR("compose"), read_compose},
    {STR("image"), image_read},
};

int policy_read(struct resources *set, struct str source, struct str file, struct str text, struct err *err) {
    for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
        if (str_eq(readers[i].source, source)) {
            return readers[i].read(set, file, text, err);
        }
    }
    return err_set(err, ERR_UNSUPPORTED, "'%.*s' is not one of dockerfile, kubernetes, compose, image",
                   STR_ARG(source));
}

struct str policy_source_name(size_t i) {
    return i < ARRAY_SIZE(readers) ? readers[i].source : STR_NONE;
}
