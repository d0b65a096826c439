#include "cmd/commands.h"

static int run_version(const struct arguments *arguments) {
    printf("plimsoll %s\n", PLIMSOLL_VERSION);
    return EXIT_CLEAN;
}

static int run_completion(const struct arguments *arguments) {
    return print_completion(str_c(arguments->operands_n ? arguments->operands[0] : ""));
}

static int run_man(const struct arguments *arguments) {
    const char *name = arguments->operands_n ? arguments->operands[0] : "scan";
    const struct command *command = command_of(str_c(name));
    if (!command) {
        fprintf(stderr, "plimsoll: '%s' is not a command\n", name);
        return EXIT_WRONG;
    }
    print_man(command);
    return EXIT_CLEAN;
}

static const struct option only_help[] = {{.name = "help", .letter = 'h', .help = "this help"}, {0}};

const struct command command_version = {
    .name = "version",
    .summary = "the version of this program",
    .operands = "",
    .options = only_help,
    .examples = (const struct example[]){{"plimsoll version", "prints it"}, {0}},
    .run = run_version,
};

const struct command command_completion = {
    .name = "completion",
    .summary = "completion for your shell: bash, zsh or fish",
    .operands = "SHELL",
    .options = only_help,
    .examples =
        (const struct example[]){
            {"source <(plimsoll completion bash)", "completes in this shell from now on"}, {0}},
    .run = run_completion,
};

const struct command command_man = {
    .name = "man",
    .summary = "the manual page of a command",
    .operands = "COMMAND",
    .options = only_help,
    .examples = (const struct example[]){{"plimsoll man scan | man -l -", "shows it"}, {0}},
    .run = run_man,
};
