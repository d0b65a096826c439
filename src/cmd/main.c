#include "base/limits.h"
#include "cmd/command.h"

#include <signal.h>

static int wrong(const struct err *err) {
    complain(err);
    return EXIT_WRONG;
}

static int run(const struct command *command, int argc, char **argv) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    struct arguments arguments;
    struct err err = ERR_NONE;
    if (arguments_parse(&arguments, &arena, command, argc, argv, &err) < 0) {
        return wrong(&err);
    }
    if (arguments_has(&arguments, "help")) {
        print_command_help(command);
        return EXIT_CLEAN;
    }
    return command->run(&arguments);
}

static int unknown_command(struct str name) {
    struct err err = ERR_NONE;
    const char *nearest = nearest_command(name);
    if (nearest) {
        err_set(&err, ERR_USAGE, "'%.*s' is not a command. Did you mean: plimsoll %s", STR_ARG(name),
                nearest);
    } else {
        err_set(&err, ERR_USAGE, "'%.*s' is not a command. To scan it: plimsoll scan %.*s", STR_ARG(name),
                STR_ARG(name));
    }
    return wrong(&err);
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    struct str name = str_c(argc > 1 ? argv[1] : "");
    if (!name.n || str_eq(name, STR("--help")) || str_eq(name, STR("-h")) || str_eq(name, STR("help"))) {
        print_overview();
        return name.n ? EXIT_CLEAN : EXIT_WRONG;
    }
    if (str_eq(name, STR("--version"))) {
        name = STR("version");
    }
    const struct command *command = command_of(name);
    if (!command) {
        return unknown_command(name);
    }
    int code = run(command, argc - 2, argv + 2);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return code == EXIT_CLEAN ? EXIT_WRONG : code;
    }
    return code;
}
