#include "cmd/config.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "doc/yaml.h"

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

static int read_config(struct config *config, struct arena *arena, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    const struct doc **documents;
    size_t n;
    int r = file_read(config->path, &text, err);
    if (r < 0) {
        return r;
    }
    struct str kept = arena_str(arena, buf_view(&text));
    r = kept.p ? yaml_parse(arena, kept, &documents, &n, err) : err_memory(err);
    if (r < 0) {
        return err_at(err, "%s", config->path);
    }
    config->root = n ? documents[0] : NULL;
    return 0;
}

struct config config_find(struct arena *arena, const char *target) {
    char folder[LIMIT_PATH];
    struct config config = {0};
    start_folder(target, folder);
    config.path = find_upward(arena, folder);
    if (config.path) {
        (void)read_config(&config, arena, &config.err);
    }
    return config;
}

const char *config_get(const struct config *config, struct arena *arena, const char *key) {
    const struct doc *value = config->root ? doc_get(config->root, str_c(key)) : NULL;
    int64_t number;
    if (doc_is(value, DOC_BOOL)) {
        return doc_bool(value, false) ? "true" : "false";
    }
    if (doc_int(value, &number)) {
        return arena_printf(arena, "%lld", (long long)number);
    }
    return doc_is(value, DOC_STRING) ? arena_cstr(arena, doc_str(value)) : NULL;
}
