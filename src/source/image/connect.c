#include "source/image/connect.h"

int registry_connect(struct fetch **out, const struct image_options *options, struct arena *arena,
                     struct err *err) {
    struct fetch_options fetch = FETCH_OPTIONS;
    struct str *insecure = arena_array(arena, options->insecure_n + 1, sizeof *insecure);
    struct fetch_mirror *mirrors = arena_array(arena, options->mirrors_n + 1, sizeof *mirrors);
    if (!insecure || !mirrors) {
        return err_memory(err);
    }
    for (size_t i = 0; i < options->insecure_n; i++) {
        insecure[i] = str_c(options->insecure[i]);
    }
    for (size_t i = 0; i < options->mirrors_n; i++) {
        if (!str_cut(str_c(options->mirrors[i]), '=', &mirrors[i].registry, &mirrors[i].base)) {
            return err_set(err, ERR_USAGE, "--mirror takes HOST=URL, not '%s'", options->mirrors[i]);
        }
    }
    fetch.ca_file = options->ca_file;
    fetch.insecure = insecure;
    fetch.insecure_count = options->insecure_n;
    fetch.mirrors = mirrors;
    fetch.mirror_count = options->mirrors_n;
    return fetch_start(out, &fetch, err);
}

int registry_get(struct fetch *fetch, const struct fetch_request *request, struct arena *arena,
                 struct fetch_event *event, struct err *err) {
    uint32_t id;
    int r = fetch_submit(fetch, request, &id, err);
    if (r < 0) {
        return r;
    }
    do {
        r = fetch_wait(fetch, event, arena, err);
    } while (r == 0 && !event->is_done);
    if (r == 0 && event->code < 0) {
        r = err_set(err, (enum err_code)event->code, "%.*s", STR_ARG(event->message));
    }
    return r;
}
