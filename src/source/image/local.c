#include "source/image/local.h"

#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"

#include <sys/stat.h>

/* ---- lists, in the cage */

struct asking {
    struct str text;
    const void *ctx;
    int (*encode)(struct str text, const void *ctx, struct buf *out, struct err *err);
};

static int ask_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct asking *asking = ctx;
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    int r = asking->encode(asking->text, asking->ctx, &out, err);
    return r == 0 ? cage_port_write(port, buf_view(&out), err) : r;
}

int local_ask(const struct image_options *options, struct arena *arena, const char *path,
              int (*encode)(struct str, const void *, struct buf *, struct err *), const void *ctx,
              struct str *record, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_STORAGE_LIST);
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    int r = file_read(path, &text, err);
    if (r < 0) {
        return r;
    }
    struct asking asking = {buf_view(&text), ctx, encode};
    struct cage_job job = {.run = ask_in_cage,
                           .ctx = &asking,
                           .memory = 256 * MIB,
                           .output_cap = LIMIT_RECORD,
                           .stall_seconds = LIMIT_STALL_SECONDS,
                           .is_open = options->is_open};
    r = cage_call(&job, &out, err);
    if (r < 0) {
        return r == ERR_ABSENT ? r : err_at(err, "%s", path);
    }
    *record = arena_str(arena, buf_view(&out));
    return record->p ? 0 : err_memory(err);
}

/* ---- places */

struct places {
    struct arena *arena;
    const struct image_options *options;
    struct local_place *out;
    size_t n;
};

static void add_place(struct places *places, const char *title, const char *root,
                      int (*open)(struct image_source **, const char *, const struct storage_query *,
                                  const struct image_options *, struct err *)) {
    for (size_t i = 0; i < places->n; i++) {
        if (strcmp(places->out[i].root, root) == 0) {
            return;
        }
    }
    assert(places->n < LOCAL_PLACES);
    places->out[places->n++] = (struct local_place){title, root, open};
}

static void add_podman(struct places *places, const char *root) {
    add_place(places, "podman's storage", root, local_open_containers);
}

static void add_docker(struct places *places, const char *root) {
    add_place(places, "Docker's storage", root, local_open_docker);
}

/* $variable/rest, or ~/otherwise/rest; NULL without either or without memory. */
static const char *below_home(struct arena *arena, const char *variable, const char *otherwise,
                              const char *rest) {
    const char *base = getenv(variable), *home = getenv("HOME");
    if (base && *base) {
        return arena_printf(arena, "%s/%s", base, rest);
    }
    return home && *home ? arena_printf(arena, "%s/%s/%s", home, otherwise, rest) : NULL;
}

static int encode_conf(struct str text, const void *ctx _unused_, struct buf *out, struct err *err) {
    return storage_conf_encode(text, out, err);
}

/* A configuration that isn't there or can't be read names no place. */
static void add_configured(struct places *places, const char *path) {
    struct str record, root;
    struct err ignored = ERR_NONE;
    if (local_ask(places->options, places->arena, path, encode_conf, NULL, &record, &ignored) == 0 &&
        storage_conf_decode(record, &root, &ignored) == 0 && root.n) {
        const char *kept = arena_cstr(places->arena, root);
        if (kept) {
            add_podman(places, kept);
        }
    }
}

static void add_podman_places(struct places *places) {
    const char *conf = getenv("CONTAINERS_STORAGE_CONF");
    if (conf && *conf) {
        add_configured(places, conf);
        return;
    }
    const char *own = below_home(places->arena, "XDG_CONFIG_HOME", ".config", "containers/storage.conf");
    const char *data = below_home(places->arena, "XDG_DATA_HOME", ".local/share", "containers/storage");
    if (own) {
        add_configured(places, own);
    }
    if (data) {
        add_podman(places, data);
    }
    add_configured(places, "/etc/containers/storage.conf");
    add_configured(places, "/usr/share/containers/storage.conf");
    add_podman(places, "/var/lib/containers/storage");
}

int local_places(struct arena *arena, const struct image_options *options, struct local_place *out, size_t *n,
                 struct err *err) {
    struct places places = {arena, options, out, 0};
    add_podman_places(&places);
    const char *docker = below_home(arena, "XDG_DATA_HOME", ".local/share", "docker");
    if (docker) {
        add_docker(&places, docker);
    }
    add_docker(&places, "/var/lib/docker");
    *n = places.n;
    return arena->used < arena->cap ? 0 : err_memory(err);
}

int local_set_folder(struct image *image, size_t i, const char *path, bool states_diff_id, struct err *err) {
    struct image_layer *layer = &image->layers[i];
    struct stat st;
    if (lstat(path, &st) < 0) {
        return err_set_errno(err, ERR_IO, "layer %zu: %s", i + 1, path);
    }
    if (!S_ISDIR(st.st_mode)) {
        return err_set(err, ERR_INPUT, "layer %zu: %s is not a folder", i + 1, path);
    }
    layer->folder = arena_cstr(&image->arena, str_c(path));
    layer->is_directory = true;
    layer->states_diff_id = states_diff_id;
    return layer->folder ? 0 : err_memory(err);
}

/* ---- looking */

static const char *why_not(int r) {
    return r == ERR_DENIED ? ": not readable" : "";
}

int image_source_local(struct image_source **out, const struct target *target,
                       const struct image_options *options, struct buf *looked, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct local_place places[LOCAL_PLACES];
    struct storage_query query;
    size_t n = 0;
    int r = storage_query_parse(str_c(target->place), &arena, &query, err);
    if (r == 0) {
        r = local_places(&arena, options, places, &n, err);
    }
    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < n; i++) {
        struct err why = ERR_NONE;
        r = places[i].open(out, places[i].root, &query, options, &why);
        if (r == 0 || (r != ERR_ABSENT && r != ERR_DENIED)) {
            *err = why;
            return r < 0 ? err_at(err, "%s (%s)", places[i].title, places[i].root) : 0;
        }
        buf_printf(looked, "%s%s (%s%s)", i ? ", " : "", places[i].title, places[i].root, why_not(r));
    }
    return err_set(err, ERR_ABSENT, "in no local storage");
}
