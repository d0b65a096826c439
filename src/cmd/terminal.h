/* What the terminal can do, and the one line that moves on it. */
#ifndef PLIMSOLL_CMD_TERMINAL_H
#define PLIMSOLL_CMD_TERMINAL_H

#include "base/str.h"

#include <stdio.h>

/* stdout is a terminal and NO_COLOR is not set; CLICOLOR_FORCE colours anything. */
bool terminal_has_colour(void);
/* Columns of stdout; 0 when it is not a terminal. */
unsigned terminal_width(void);

/* As fprintf(), for words that come from outside: what would act on a terminal is shown instead. Line ends
 * stay. */
void print_safe(FILE *out, const char *fmt, ...) _printf_(2, 3);

/* A line on stderr, only where that is a terminal. total 0: items instead of bytes. */
struct progress {
    bool is_on, is_shown;
    uint64_t began, last;
};
struct progress progress_start(bool is_wanted);
void progress_show(void *context, const char *what, uint64_t done, uint64_t total);
void progress_end(struct progress *progress);

#endif
