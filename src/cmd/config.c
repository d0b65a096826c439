#include "cmd/config.h"

#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/wire.h"
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

/* ---- in the cage: scalars of the top level as pairs of strings */

static void put_value(struct buf *out, const struct doc *value) {
    int64_t number;
    if (doc_is(value, DOC_BOOL)) {
        wire_str(out, doc_bool(value, false) ? STR("true") : STR("false"));
    } else if (doc_int(value, &number)) {
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)number);
        wire_str(out, str_c(text));
    } else {
        wire_str(out, doc_str(value));
    }
}

static int parse_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct str *text = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    const struct doc **documents;
    size_t n;
    int r = yaml_parse(&arena, *text, &documents, &n, err);
    if (r < 0) {
        return r;
    }
    const struct doc *root = n ? documents[0] : NULL;
    for (size_t i = 0; doc_is(root, DOC_MAP) && i < root->map.n; i++) {
        wire_str(&out, root->map.members[i].key);
        put_value(&out, root->map.members[i].value);
    }
    return out.failed ? err_memory(err) : cage_port_write(port, buf_view(&out), err);
}

/* ---- outside */

static int take_values(struct config *config, struct arena *arena, struct str record, struct err *err) {
    struct cursor in = cursor_over(record);
    VEC(struct config_value) values = {0};
    while (cursor_left(&in)) {
        struct config_value *value = VEC_PUSH(arena, &values);
        if (!value) {
            return err_memory(err);
        }
        value->key = arena_cstr(arena, wire_get_str(&in));
        value->value = arena_cstr(arena, wire_get_str(&in));
        if (!value->key || !value->value) {
            return err_memory(err);
        }
    }
    config->values = values.p;
    config->n = values.n;
    return in.failed ? err_set(err, ERR_INPUT, "the reader's answer is damaged") : 0;
}

static int read_config(struct config *config, struct arena *arena, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB), record = buf_new(LIMIT_RECORD);
    int r = file_read(config->path, &text, err);
    if (r < 0) {
        return r;
    }
    struct str view = buf_view(&text);
    struct cage_job job = {.run = parse_in_cage,
                           .ctx = &view,
                           .memory = 256 * MIB,
                           .output_cap = LIMIT_RECORD,
                           .stall_seconds = LIMIT_STALL_SECONDS};
    r = cage_call(&job, &record, err);
    if (r == 0) {
        r = take_values(config, arena, buf_view(&record), err);
    }
    return r < 0 ? err_at(err, "%s", config->path) : 0;
}

int config_find(struct config *out, struct arena *arena, const char *target, struct err *err) {
    char folder[LIMIT_PATH];
    *out = (struct config){0};
    start_folder(target, folder);
    out->path = find_upward(arena, folder);
    return out->path ? read_config(out, arena, err) : 0;
}

const char *config_get(const struct config *config, const char *key) {
    for (size_t i = 0; i < config->n; i++) {
        if (strcmp(config->values[i].key, key) == 0 && config->values[i].value[0]) {
            return config->values[i].value;
        }
    }
    return NULL;
}
