/* Flags, words and JSON lists of one instruction. Internal to the Dockerfile reader. */
#ifndef PLIMSOLL_DOC_DOCKERFILE_WORDS_H
#define PLIMSOLL_DOC_DOCKERFILE_WORDS_H

#include "doc/dockerfile/shell.h"

/* A part of an instruction's text. */
struct part {
    const struct joined *j;
    size_t start, end;
    char escape;
};

static inline struct str part_text(struct part p) {
    return str_sub(p.j->text, p.start, p.end - p.start);
}
static inline size_t part_from(struct part p) {
    return joined_offset(p.j, p.start);
}
static inline size_t part_to(struct part p) {
    return joined_end(p.j, p.start, p.end);
}
/* Without white space at both ends. */
struct part part_trim(struct part p);
/* The part as it is written, as a string. */
const struct doc *part_string(struct reading *r, struct part p);

/* The first word, which white space ends; *p goes behind it and the white space. */
struct part part_word(struct part *p);

/* --name or --name=value, quotes and escapes taken away. */
struct flag {
    struct str name, value;
    bool has_value;
    size_t start, end, value_start;
};
struct flags {
    VEC(struct flag) v;
};
/* Takes the flags off the front of *p. */
void part_flags(struct reading *r, struct part *p, struct flags *out);

/* Where the word at p.start ends; white space in quotes and behind the escape doesn't end it. */
size_t part_word_end(struct part p);

struct parts {
    VEC(struct part) v;
};
/* The words as they are written. */
void part_words(struct reading *r, struct part p, struct parts *out);

struct words {
    VEC(struct shell_word) v;
};
/* True when p is a JSON list of strings, which are then added to out (NULL: only looks). */
bool part_json(struct reading *r, struct part p, struct words *out);

#endif
