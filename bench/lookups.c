/* The time to open an advisory database and to look packages up in it.
 *
 *     lookups DB < lines "ecosystem<TAB>package<TAB>version"
 *
 * One JSON object on standard output. Reading the lines is not counted. */
#include "base/clock.h"
#include "base/limits.h"
#include "vuln/advisories.h"

#include <time.h>

enum { LOOKUPS_MOST = 4096 };

/* The number of packages. Slices of the records are in text. */
static size_t take_lines(struct str text, struct package_record *records) {
    size_t n = 0;
    struct str line;
    while (n < LOOKUPS_MOST && str_split(&text, '\n', &line)) {
        struct package_record record = {0};
        if (str_split(&line, '\t', &record.ecosystem) && str_split(&line, '\t', &record.package.name) &&
            str_split(&line, '\t', &record.package.version)) {
            records[n++] = record;
        }
    }
    return n;
}

static int look_up(const char *path, const struct package_record *records, size_t n, size_t *found,
                   struct err *err) {
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    int r = advisories_open(&advisories, path, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct match *matches;
        size_t matches_n = 0;
        r = advisories_match(advisories, &arena, &records[i], &matches, &matches_n, err);
        *found += matches_n;
        arena_reset(&arena);
    }
    return r;
}

int main(int argc, char **argv) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf text = buf_new(16 * MIB);
    struct package_record *records = arena_array(&arena, LOOKUPS_MOST, sizeof *records);
    unsigned char *room;
    size_t got, found = 0;
    struct err err = ERR_NONE;
    if (argc != 2 || !records) {
        fprintf(stderr, "usage: lookups DB < LINES\n");
        return 2;
    }
    while ((room = buf_room(&text, 64 * KIB)) && (got = fread(room, 1, 64 * KIB, stdin)) > 0) {
        text.n += got;
    }
    size_t n = take_lines(buf_view(&text), records);
    double cpu = (double)clock() / CLOCKS_PER_SEC;
    uint64_t began = clock_monotonic();
    if (look_up(argv[1], records, n, &found, &err) < 0) {
        fprintf(stderr, "lookups: %s\n", err.message);
        return 1;
    }
    printf("{\"packages\": %zu, \"advisories\": %zu, \"seconds\": %.6f, \"cpu_seconds\": %.6f}\n", n, found,
           (double)(clock_monotonic() - began) / 1e9, (double)clock() / CLOCKS_PER_SEC - cpu);
    return 0;
}
