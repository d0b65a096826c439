/* advisory_match DB < lines "ecosystem<TAB>package<TAB>version": the ids that match, for looking at by hand,
 * and how long opening and all look-ups took. */
#include "base/clock.h"
#include "base/limits.h"
#include "vuln/advisories.h"

static void show(const struct match *m) {
    static const char *const verdicts[] = {"affected", "not-linked", "undecided"};
    printf("  %.*s %s %s %.1f fixed=%.*s last=%.*s kev=%.*s vector=%.*s info=%.*s (%.*s):", STR_ARG(m->id),
           verdicts[m->verdict], severity_name(m->severity), m->score, STR_ARG(m->fixed),
           STR_ARG(m->last_affected), STR_ARG(m->exploited_since), STR_ARG(m->vector),
           STR_ARG(m->informational), STR_ARG(m->reason));
    for (size_t i = 0; i < m->aliases_n; i++) {
        printf(" %.*s", STR_ARG(m->aliases[i]));
    }
    printf("\n");
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    char line[4096];
    uint64_t began = clock_monotonic();
    if (argc != 2 || advisories_open(&advisories, argv[1], &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 2;
    }
    while (fgets(line, sizeof line, stdin)) {
        struct package_record record = {0};
        struct match *matches;
        size_t n;
        struct str rest = str_trim(str_c(line));
        str_split(&rest, '\t', &record.ecosystem);
        str_split(&rest, '\t', &record.package.name);
        str_split(&rest, '\t', &record.package.version);
        if (advisories_match(advisories, &arena, &record, &matches, &n, &err) < 0) {
            fprintf(stderr, "%s\n", err.message);
            return 1;
        }
        printf("%.*s %.*s: %zu\n", STR_ARG(record.package.name), STR_ARG(record.package.version), n);
        for (size_t i = 0; i < n; i++) {
            show(&matches[i]);
        }
        arena_reset(&arena);
    }
    fprintf(stderr, "%.1f ms\n", (double)(clock_monotonic() - began) / 1e6);
    return 0;
}
