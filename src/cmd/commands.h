/* The commands, one a file. */
#ifndef PLIMSOLL_CMD_COMMANDS_H
#define PLIMSOLL_CMD_COMMANDS_H

#include "cmd/command.h"

extern const struct command command_completion;
extern const struct command command_base;
extern const struct command command_check;
extern const struct command command_db;
extern const struct command command_lsp;
extern const struct command command_man;
extern const struct command command_sbom;
extern const struct command command_scan;
extern const struct command command_version;

#endif
