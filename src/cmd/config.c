#include "cmd/config.h"

#include "base/file.h"
#include "base/limits.h"
#include "policy/packs/packs.h"

#include <sys/stat.h>

static const char file_name[] = ".plimsoll.yaml";

/* The folder to begin at: the target's own when it is a path, else the current one. */
static void start_folder(const char *target, char out[LIMIT_PATH]) {
    const char *colon = strchr(target, ':');
    const char *path = colon && colon[1] ? colon + 1 : target;
    struct stat st;
    char *real = stat(path, &st) == 0 ? realpath(path, NULL) : realpath(".", NULL);
    snprintf(out, LIMIT_PATH, "%s", real ? real : "/");
    free(real);
    if (stat(out, &st) == 0 && !S_ISDIR(st.st_mode)) {
        char *slash = strrchr(out, '/');
        if (slash) {
            *slash = 0;
        }
    }
}

static const char *find_upward(struct arena *arena, char folder[LIMIT_PATH]) {
    for (;;) {
        const char *path = arena_printf(arena, "%s/%s", folder, file_name);
        if (!path || access(path, R_OK) == 0) {
            return path;
        }
        char *slash = strrchr(folder, '/');
        if (!slash) {
            return NULL;
        }
        *slash = 0;
    }
}

/* A scalar as an option's value; NULL for lists and maps. */
static const char *text_of(struct arena *arena, const struct doc *value) {
    int64_t number;
    if (doc_is(value, DOC_BOOL)) {
        return value->b ? "true" : "false";
    }
    if (doc_int(value, &number)) {
        return arena_printf(arena, "%lld", (long long)number);
    }
    return arena_cstr(arena, doc_str(value));
}

static int take_values(struct config *config, struct arena *arena, struct err *err) {
    const struct doc *root = config->root;
    size_t n = doc_is(root, DOC_MAP) ? root->map.n : 0;
    config->values = arena_array(arena, n + 1, sizeof *config->values);
    if (!config->values) {
        return err_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        const struct doc_member *member = &root->map.members[i];
        config->values[i] = (struct config_value){.key = arena_cstr(arena, member->key),
                                                  .value = text_of(arena, member->value),
                                                  .at = member->value->at};
        if (!config->values[i].key || !config->values[i].value) {
            return err_memory(err);
        }
    }
    config->n = n;
    return 0;
}

static int read_config(struct config *config, struct arena *arena, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_CONFIG);
    const struct doc **documents = NULL;
    size_t n = 0;
    int r = file_read(config->path, &text, err);
    if (r < 0) {
        return r;
    }
    config->text = arena_str(arena, buf_view(&text));
    if (!config->text.p) {
        return err_memory(err);
    }
    if (packs_parse(arena, config->text, &documents, &n, err) < 0) {
        return err_at(err, "%s", config->path);
    }
    config->root = n ? documents[0] : NULL;
    return take_values(config, arena, err);
}

int config_find(struct config *out, struct arena *arena, const char *target, struct err *err) {
    char folder[LIMIT_PATH];
    *out = (struct config){0};
    start_folder(target, folder);
    out->path = find_upward(arena, folder);
    return out->path ? read_config(out, arena, err) : 0;
}

const struct config_value *config_get(const struct config *config, const char *key) {
    for (size_t i = 0; i < config->n; i++) {
        if (strcmp(config->values[i].key, key) == 0 && config->values[i].value[0]) {
            return &config->values[i];
        }
    }
    return NULL;
}
