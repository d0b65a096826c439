/* Programs that run another program. Internal to the shell reader. */
#ifndef PLIMSOLL_DOC_SHELL_WRAP_H
#define PLIMSOLL_DOC_SHELL_WRAP_H

#include "doc/dockerfile/shell.h"

struct shell_wrapped {
    size_t command; /* the number of the word that the inner command begins with; 0 when there is none */
    size_t script;  /* the number of the word that is a script; 0 when there is none */
    size_t assignments, n_assignments; /* the words NAME=value in front of it */
};

/* What the command that words are runs; all 0 when it runs nothing that is written there. */
struct shell_wrapped shell_unwrap(const struct shell_word *words, size_t n);

/* The length of NAME in NAME=value or NAME+=value, 0 when word is none. */
size_t shell_assignment(struct str word);

#endif
