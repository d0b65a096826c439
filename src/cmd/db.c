#include "base/clock.h"
#include "base/limits.h"
#include "cmd/commands.h"
#include "vuln/advisories.h"

static int run_db(const struct arguments *arguments) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(advisories_closep) struct advisories *advisories = NULL;
    struct advisories_state state;
    struct err err = ERR_NONE;
    const char *path = advisories_default_path(&arena);
    if (!path || advisories_open(&advisories, path, &err) < 0 ||
        advisories_state(advisories, &arena, &state, &err) < 0) {
        complain(&err);
        return EXIT_WRONG;
    }
    printf("%s\n", path);
    return EXIT_CLEAN;
}

const struct command command_db = {
    .name = "db",
    .summary = "the advisory database: status",
    .operands = "status",
    .options = (const struct option[]){{.name = "help", .letter = 'h', .help = "this help"}, {0}},
    .examples = (const struct example[]){{"plimsoll db status", "says what the database has"}, {0}},
    .run = run_db,
};
