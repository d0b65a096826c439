/* POSIX and bash shell text (IEEE 1003.1-2017 XCU 2, Bash Reference Manual) to a flat list of simple
 * commands.
 *
 * Control structure is flattened: `if a; then b; fi` gives a and b. A command is a map:
 *
 *   name         the last part of the path of the first word; absent when there are assignments or redirects
 * alone words, args  all words and those behind the first, without their quotes; expansions stay as they are
 * written assignments  {NAME: value} in front of the first word redirects    [{op, fd?, target, text?,
 * expand?}]; of a heredoc, target is the delimiter variables    the names that $NAME and ${NAME...} in its
 * words use after        the operator in front of it: "&&" "||" "|" ";" "&", "" for the first; a line end is
 * ";" pipeline     a number that the commands of one pipeline share subshell     how many ( ) and $( ) it
 * stands in via          present for a command inside another: "sudo", "sh" (of sh -c), "$()", "``", "<()"
 *
 * Wrappers (sudo, env, exec, time, nice, xargs, sh -c ...) give their own command and then the one they run.
 * What is not closed is a problem with its place, and reaches to the end. Aliases, arithmetic and what `eval`
 * makes are not looked at. Linear in the text, but for SHELL_NESTING levels of text inside text. */
#ifndef PLIMSOLL_DOC_SHELL_H
#define PLIMSOLL_DOC_SHELL_H

#include "doc/dockerfile/joined.h"
#include "doc/dockerfile/reading.h"

/* Scripts inside scripts that are listed: sh -c "... $(... `...`)". Deeper ones are a problem. */
enum { SHELL_NESTING = 8 };

/* A word that was read: its value with the way back to the file. */
struct shell_word {
    struct joined value;
    size_t start, end; /* in the file */
    const struct doc *node;
};

/* Adds the commands of [start, end) of a text to out. */
void shell_read(struct reading *r, const struct joined *text, size_t start, size_t end, struct items *out);
/* Adds the one command that words are (an exec form), and what it runs. */
void shell_read_words(struct reading *r, const struct shell_word *words, size_t n, struct items *out);

struct shell {
    const struct doc *commands;
    struct doc_lines lines; /* for doc_span() of its nodes */
    struct doc_problems problems;
};

/* A whole script. text must live as long as the tree. ERR_LIMIT or ERR_MEMORY. */
int shell_parse(struct arena *arena, struct str text, struct shell *out, struct err *err);

/* For programs that take a shell's name from a path: "sh", "bash", "dash", "ash", "ksh", "zsh" (no ".exe").
 */
bool shell_is_posix(struct str program);

#endif
