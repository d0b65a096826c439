#include "base/utf8.h"
#include "cmd/command.h"
#include "cmd/terminal.h"
#include "report/report.h"

void complain(const struct err *err) {
    print_safe(stderr, "plimsoll: %s\n", err->message);
}

void print_overview(void) {
    printf("Plimsoll says what is dangerous in what you ship, where it came from, and what removes it.\n\n");
    for (size_t i = 0; i < commands_n; i++) {
        printf("  plimsoll %-12s %s\n", commands[i]->name, commands[i]->summary);
    }
    printf("\nTry it here:  plimsoll scan .\n"
           "More:         plimsoll COMMAND --help\n");
}

/* Width of "-o, --output FORMAT=FILE" in help. */
static int option_width(const struct option *option) {
    return (int)strlen(option->name) + (option->metavar ? (int)strlen(option->metavar) + 1 : 0);
}

static void print_option(const struct option *option, int width) {
    char left[96];
    snprintf(left, sizeof left, "%s%s%s", option->name, option->metavar ? " " : "",
             option->metavar ? option->metavar : "");
    if (option->letter) {
        printf("  -%c, --%-*s  ", option->letter, width, left);
    } else {
        printf("      --%-*s  ", width, left);
    }
    for (const char *c = option->help; *c; c++) {
        putchar(*c);
        if (*c == '\n') {
            printf("%*s", width + 10, "");
        }
    }
    putchar('\n');
}

static bool same_group(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void print_options(const struct command *command) {
    int width = 0;
    const char *group = "";
    for (const struct option *option = command->options; option->name; option++) {
        width = MAX(width, option_width(option));
    }
    for (const struct option *option = command->options; option->name; option++) {
        if (!same_group(group, option->group)) {
            group = option->group;
            printf("\n%s\n", group ? group : "Options");
        }
        print_option(option, width);
    }
}

static void print_formats(void) {
    printf("\nFormats of reports\n");
    for (size_t i = 0; i < report_formats_n; i++) {
        printf("  %-18s %s\n", report_formats[i].name, report_formats[i].title);
    }
}

void print_command_help(const struct command *command) {
    for (const struct example *example = command->examples; example->text; example++) {
        printf("  %s\n      %s\n", example->text, example->what);
    }
    printf("\nUsage: plimsoll %s [OPTION…] %s\n", command->name, command->operands);
    if (command->details) {
        printf("\n%s\n", command->details);
    }
    print_options(command);
    if (command->lists_formats) {
        print_formats();
    }
}

/* groff: a leading dot or quote is a request, a backslash an escape, a hyphen must stay one. */
static void put_man(const char *text) {
    struct str rest = str_c(text);
    uint32_t code, before = '\n';
    for (size_t n; (n = utf8_next(rest, &code)) > 0; rest = str_from(rest, n)) {
        if ((code == '.' || code == '\'') && before == '\n') {
            printf("\\&");
        }
        if (code == '\\') {
            printf("\\e");
        } else if (code == '-') {
            printf("\\-");
        } else if (code > 0x7f) {
            printf("\\[u%04X]", (unsigned)code);
        } else {
            putchar((int)code);
        }
        before = code;
    }
}

static void put_man_formats(void) {
    printf(".SH FORMATS OF REPORTS\n");
    for (size_t i = 0; i < report_formats_n; i++) {
        printf(".TP\n.B ");
        put_man(report_formats[i].name);
        printf("\n");
        put_man(report_formats[i].title);
        printf("\n");
    }
}

void print_man(const struct command *command) {
    printf(".TH PLIMSOLL\\-%s 1 \"\" \"plimsoll %s\"\n.SH NAME\nplimsoll\\-%s \\- ", command->name,
           PLIMSOLL_VERSION, command->name);
    put_man(command->summary);
    printf("\n.SH SYNOPSIS\n.B plimsoll %s\n[OPTION...] ", command->name);
    put_man(command->operands);
    if (command->details) {
        printf("\n.SH DESCRIPTION\n");
        put_man(command->details);
    }
    printf("\n.SH EXAMPLES\n");
    for (const struct example *example = command->examples; example->text; example++) {
        printf(".TP\n.B ");
        put_man(example->text);
        printf("\n");
        put_man(example->what);
        printf("\n");
    }
    printf(".SH OPTIONS\n");
    for (const struct option *option = command->options; option->name; option++) {
        printf(".TP\n");
        if (option->letter) {
            printf(".BR \\-%c \", \" ", option->letter);
        } else {
            printf(".BR ");
        }
        printf("\\-\\-");
        put_man(option->name);
        if (option->metavar) {
            printf(" \" %s\"", option->metavar);
        }
        printf("\n");
        put_man(option->help);
        printf("\n");
    }
    if (command->lists_formats) {
        put_man_formats();
    }
    printf(".SH EXIT STATUS\n0 nothing blocked, 1 blocked, 2 wrong use or no such target, 3 finished but "
           "part of the input could not be read.\n");
}

static void complete_bash(void) {
    printf("_plimsoll() {\n    local cur=${COMP_WORDS[COMP_CWORD]} cmd=${COMP_WORDS[1]}\n"
           "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        COMPREPLY=($(compgen -W \"");
    for (size_t i = 0; i < commands_n; i++) {
        printf("%s%s", i ? " " : "", commands[i]->name);
    }
    printf("\" -- \"$cur\"))\n        return\n    fi\n    local words=\n    case $cmd in\n");
    for (size_t i = 0; i < commands_n; i++) {
        printf("    %s) words=\"", commands[i]->name);
        for (const struct option *option = commands[i]->options; option->name; option++) {
            printf("%s--%s", option == commands[i]->options ? "" : " ", option->name);
        }
        printf("\" ;;\n");
    }
    printf("    esac\n    case $cur in\n    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
           "    *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n    esac\n}\ncomplete -F _plimsoll plimsoll\n");
}

static void complete_fish(void) {
    for (size_t i = 0; i < commands_n; i++) {
        printf("complete -c plimsoll -n __fish_use_subcommand -a %s -d '%s'\n", commands[i]->name,
               commands[i]->summary);
        for (const struct option *option = commands[i]->options; option->name; option++) {
            printf("complete -c plimsoll -n '__fish_seen_subcommand_from %s' -l %s%s\n", commands[i]->name,
                   option->name, option->metavar ? " -r" : "");
        }
    }
}

static void complete_zsh(void) {
    printf("#compdef plimsoll\nautoload -U +X bashcompinit && bashcompinit\n");
    complete_bash();
}

int print_completion(struct str shell) {
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", complete_bash}, {"zsh", complete_zsh}, {"fish", complete_fish}};
    for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
        if (str_eq(shell, str_c(shells[i].name))) {
            shells[i].print();
            return EXIT_CLEAN;
        }
    }
    fprintf(stderr, "plimsoll: no completion for '%.*s'. There is one for bash, zsh and fish\n",
            STR_ARG(shell));
    return EXIT_WRONG;
}
