/* The floor of scanning layers: inflating them and computing both digests, and nothing else.
 *
 *     floor [-t THREADS] LAYER...
 *
 * Two arrangements are timed, one after the other with warm files, and the faster one is reported: "layers"
 * gives whole layers to THREADS workers, "pipeline" takes layers in turn and spreads the work on each over
 * threads. One JSON object on standard output. */
#include "base/clock.h"
#include "base/file.h"
#include "source/stream/inflate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

enum { THREADS_MOST = 64 };

struct work {
    char **paths;
    size_t n;
    atomic_size_t next;
    atomic_ullong input, output;
    atomic_bool failed;
    bool is_sequential;
};

static int inflate_file(struct work *work, const char *path, struct err *err) {
    _cleanup_(closep) int fd = file_open(path, err);
    if (fd < 0) {
        return fd;
    }
    struct inflate_options o = {.fd = fd,
                                .size = UINT64_MAX,
                                .hashes_input = true,
                                .hashes_output = true,
                                .is_sequential = work->is_sequential};
    unsigned char input[SHA256_BYTES], output[SHA256_BYTES];
    _cleanup_(inflate_closep) struct inflate *in = NULL;
    int r = inflate_open(&in, &o, err);
    if (r < 0 || (r = inflate_finish(in, err)) < 0 || (r = inflate_digests(in, input, output)) < 0) {
        return r;
    }
    work->input += inflate_input_offset(in);
    work->output += inflate_output_offset(in);
    return 0;
}

static void *run_worker(void *ctx) {
    struct work *work = ctx;
    for (size_t i; (i = work->next++) < work->n;) {
        struct err err = ERR_NONE;
        if (inflate_file(work, work->paths[i], &err) < 0) {
            fprintf(stderr, "floor: %s: %s\n", work->paths[i], err.message);
            work->failed = true;
        }
    }
    return NULL;
}

/* A negative wall time means that it failed. */
struct timing {
    double wall, cpu;
};

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static struct timing run_work(struct work *work, size_t threads) {
    pthread_t workers[THREADS_MOST];
    size_t started = 0;
    double cpu = cpu_seconds();
    uint64_t begin = clock_monotonic();
    for (; started < threads - 1; started++) {
        if (pthread_create(&workers[started], NULL, run_worker, work) != 0) {
            break;
        }
    }
    run_worker(work);
    for (size_t i = 0; i < started; i++) {
        pthread_join(workers[i], NULL);
    }
    return (struct timing){work->failed ? -1 : (double)(clock_monotonic() - begin) / 1e9,
                           cpu_seconds() - cpu};
}

int main(int argc, char **argv) {
    uint64_t threads = 2;
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "-t") == 0) {
        first = 3;
        if (!str_to_u64(str_c(argv[2]), 10, &threads) || threads < 1 || threads > THREADS_MOST) {
            first = argc;
        }
    }
    if (first >= argc) {
        fprintf(stderr, "usage: floor [-t THREADS] LAYER...\n");
        return 2;
    }
    struct work layers = {.paths = argv + first, .n = (size_t)(argc - first), .is_sequential = true};
    struct work pipeline = {.paths = argv + first, .n = (size_t)(argc - first)};
    struct timing by_layers = run_work(&layers, (size_t)threads);
    struct timing by_pipeline = by_layers.wall < 0 || threads == 1 ? by_layers : run_work(&pipeline, 1);
    if (by_layers.wall < 0 || by_pipeline.wall < 0) {
        return 1;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    bool is_pipeline = by_pipeline.wall < by_layers.wall;
    struct timing best = is_pipeline ? by_pipeline : by_layers;
    printf("{\"arrangement\": \"%s\", \"threads\": %llu, \"seconds\": %.3f, \"cpu_seconds\": %.3f, "
           "\"layers_seconds\": %.3f, \"pipeline_seconds\": %.3f, \"input_bytes\": %llu, "
           "\"output_bytes\": %llu, \"peak_rss_bytes\": %llu}\n",
           is_pipeline ? "pipeline" : "layers", (unsigned long long)threads, best.wall, best.cpu,
           by_layers.wall, by_pipeline.wall, (unsigned long long)layers.input,
           (unsigned long long)layers.output, (unsigned long long)usage.ru_maxrss * 1024);
    return 0;
}
