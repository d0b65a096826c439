/* Runs requests through source/fetch/fetch.h for test_fetch.py and prints how each ended, one line each:
 * number, code, status, received, total, media type, digest, etag, message, separated by tabs.
 *
 *     fetch_driver [name=value]... -- [manifest REGISTRY REPOSITORY REFERENCE FILE |
 *                                      blob REGISTRY REPOSITORY DIGEST FILE | url URL DIGEST|- FILE]...   */
#include "base/limits.h"
#include "source/fetch/fetch.h"

#include <fcntl.h>

enum { LIST_MAX = 8, REQUESTS_MAX = 64 };

struct settings {
    struct fetch_options options;
    struct str insecure[LIST_MAX];
    struct fetch_mirror mirrors[LIST_MAX];
    uint64_t cap;
    struct str etag;
};

static bool set_number(struct settings *s, struct str name, struct str value) {
    const struct {
        struct str name;
        uint32_t *slot;
    } numbers[] = {
        {STR("parallel"), &s->options.parallel},
        {STR("retries"), &s->options.retries},
        {STR("backoff_ms"), &s->options.backoff_ms},
        {STR("retry_after_max_s"), &s->options.retry_after_max_s},
        {STR("connect_ms"), &s->options.connect_ms},
        {STR("stall_s"), &s->options.stall_s},
        {STR("stall_rate"), &s->options.stall_rate},
    };
    uint64_t number = 0;
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        if (str_eq(name, numbers[i].name) && str_to_u64(value, 10, &number)) {
            *numbers[i].slot = (uint32_t)number;
            return true;
        }
    }
    return str_eq(name, STR("cap")) && str_to_u64(value, 10, &s->cap);
}

static bool set(struct settings *s, struct str name, struct str value) {
    if (str_eq(name, STR("ca_file"))) {
        s->options.ca_file = value;
    } else if (str_eq(name, STR("docker_config"))) {
        s->options.docker_config = value;
    } else if (str_eq(name, STR("etag"))) {
        s->etag = value;
    } else if (str_eq(name, STR("insecure")) && s->options.insecure_count < LIST_MAX) {
        s->insecure[s->options.insecure_count++] = value;
    } else if (str_eq(name, STR("mirror")) && s->options.mirror_count < LIST_MAX) {
        struct fetch_mirror *mirror = &s->mirrors[s->options.mirror_count++];
        return str_cut(value, '=', &mirror->registry, &mirror->base);
    } else {
        return set_number(s, name, value);
    }
    return true;
}

/* How many words the request at argv took; 0 when it is none. */
static int read_request(char **argv, int left, const struct settings *s, struct fetch_request *out) {
    *out = (struct fetch_request){.cap = s->cap, .etag = s->etag};
    const char *file;
    int used;
    if (left >= 4 && str_eq(str_c(argv[0]), STR("url"))) {
        out->kind = FETCH_URL;
        out->url = str_c(argv[1]);
        out->reference = str_eq(str_c(argv[2]), STR("-")) ? STR_NONE : str_c(argv[2]);
        file = argv[3];
        used = 4;
    } else if (left >= 5) {
        out->kind = str_eq(str_c(argv[0]), STR("blob")) ? FETCH_BLOB : FETCH_MANIFEST;
        out->registry = str_c(argv[1]);
        out->repository = str_c(argv[2]);
        out->reference = str_c(argv[3]);
        file = argv[4];
        used = 5;
    } else {
        return 0;
    }
    out->fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return out->fd < 0 ? 0 : used;
}

static int run(struct settings *s, char **argv, int argc, struct err *err) {
    _cleanup_(fetch_stopp) struct fetch *fetch = NULL;
    int r = fetch_start(&fetch, &s->options, err);
    size_t count = 0;
    while (r == 0 && argc > 0) {
        struct fetch_request request;
        int used = read_request(argv, argc, s, &request);
        if (!used) {
            return err_set(err, ERR_USAGE, "fetch_driver: bad request");
        }
        uint32_t id;
        r = fetch_submit(fetch, &request, &id, err);
        close(request.fd);
        count++;
        argv += used;
        argc -= used;
    }
    while (r == 0 && count) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct fetch_event e;
        r = fetch_wait(fetch, &e, &arena, err);
        if (r == 0 && e.is_done) {
            printf("%u\t%d\t%u\t%llu\t%llu\t%.*s\t%.*s\t%.*s\t%.*s\n", e.id, e.code, e.status,
                   (unsigned long long)e.received, (unsigned long long)e.total, STR_ARG(e.media_type),
                   STR_ARG(e.digest), STR_ARG(e.etag), STR_ARG(e.message));
            count--;
        }
    }
    return r;
}

int main(int argc, char **argv) {
    struct settings s = {.options = FETCH_OPTIONS, .cap = 64 * MIB};
    s.options.insecure = s.insecure;
    s.options.mirrors = s.mirrors;
    int at = 1;
    for (; at < argc && !str_eq(str_c(argv[at]), STR("--")); at++) {
        struct str name, value;
        if (!str_cut(str_c(argv[at]), '=', &name, &value) || !set(&s, name, value)) {
            fprintf(stderr, "fetch_driver: bad setting %s\n", argv[at]);
            return 2;
        }
    }
    struct err err = ERR_NONE;
    if (run(&s, argv + at + 1, argc - at - 1, &err) < 0) {
        fprintf(stderr, "fetch_driver: %s\n", err.message);
        return 1;
    }
    return 0;
}
