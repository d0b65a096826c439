/* Commands and their options: one table drives dispatch, help, man pages and shell completion.
 *
 * To add a command is to write src/cmd/<name>.c with a `const struct command command_<name>` and to add it to
 * the table in src/cmd/commands.c. */
#ifndef PLIMSOLL_CMD_COMMAND_H
#define PLIMSOLL_CMD_COMMAND_H

#include "base/arena.h"
#include "base/err.h"
#include "cmd/config.h"

enum exit_code {
    EXIT_CLEAN = 0,      /* nothing blocked */
    EXIT_BLOCKED = 1,    /* blocked by a guardrail; also when part of the input could not be read */
    EXIT_WRONG = 2,      /* wrong use, or no such target */
    EXIT_INCOMPLETE = 3, /* finished, but part of the input could not be read */
};

struct option {
    const char *
        name; /* "fail-on"; its environment variable is PLIMSOLL_FAIL_ON, its key in .plimsoll.yaml fail-on */
    char letter;         /* 0: none */
    const char *metavar; /* "SEVERITY"; NULL: a switch */
    const char *group;   /* heading in help; NULL: the command's own */
    const char *help;
    const char *const *choices; /* for checking and completion; NULL: anything */
    bool repeats;
    bool is_callers; /* never from .plimsoll.yaml: the folder that is scanned may be somebody else's */
};

struct example {
    const char *text, *what;
};

struct arguments;

struct command {
    const char *name;
    const char *summary;                           /* one line in the list of commands */
    const char *operands;                          /* "TARGET…" */
    const struct option *options;                  /* ends with an empty name */
    const struct example *examples;                /* ends with an empty text */
    const char *details;                           /* a paragraph for help and the man page; may be NULL */
    bool lists_formats;                            /* help ends with the formats of reports */
    int (*run)(const struct arguments *arguments); /* an exit code */
};

extern const struct command *const commands[];
extern const size_t commands_n;
const struct command *command_of(struct str name);
/* One that differs by a letter or two, or NULL. */
const char *nearest_command(struct str name);

/* ---- what was given */

struct arguments {
    struct arena *arena;
    const struct command *command;
    struct option_values {
        const char **p;
        size_t n, cap;
    } * options; /* by row of command->options */
    const char **operands;
    size_t operands_n;
    struct config config; /* the nearest .plimsoll.yaml */
};

/* argv without the program's and the command's names. Values come from the command line, else from the
 * environment, else from .plimsoll.yaml. ERR_USAGE with a message that says what would be right. */
int arguments_parse(struct arguments *out, struct arena *arena, const struct command *command, int argc,
                    char **argv, struct err *err);

/* The last value; NULL when not given, or when the command has no such option: several share code. A switch
 * that was given has the value "true". */
const char *arguments_get(const struct arguments *arguments, const char *option);
bool arguments_has(const struct arguments *arguments, const char *option);
const struct option_values *arguments_all(const struct arguments *arguments, const char *name);

/* ---- words to the user */

/* "plimsoll: <message>" on stderr. */
void complain(const struct err *err);
void print_command_help(const struct command *command);
void print_overview(void);
/* groff man page, and completions, from the same tables. */
void print_man(const struct command *command);
int print_completion(struct str shell);

#endif
