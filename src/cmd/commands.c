#include "cmd/commands.h"

const struct command *const commands[] = {
    &command_scan, &command_sbom,    &command_check,      &command_base, &command_db,
    &command_lsp,  &command_version, &command_completion, &command_man,
};
const size_t commands_n = ARRAY_SIZE(commands);

const struct command *command_of(struct str name) {
    for (size_t i = 0; i < commands_n; i++) {
        if (str_eq(name, str_c(commands[i]->name))) {
            return commands[i];
        }
    }
    return NULL;
}
