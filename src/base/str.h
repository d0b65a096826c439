/* A slice of bytes that somebody else owns: the string type of the program.
 *
 * Not NUL-terminated and may hold any byte. Print with the macros:
 *
 *     printf("%.*s\n", STR_ARG(name));
 *
 * Functions that return a slice return a part of their argument; nothing here allocates. */
#ifndef PLIMSOLL_BASE_STR_H
#define PLIMSOLL_BASE_STR_H

#include "base/macro.h"

struct str {
    const char *p; /* may be NULL when n is 0 */
    size_t n;
};

/* A slice over a string literal; usable in static tables. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE     ((struct str){NULL, 0})
/* The two arguments of "%.*s". */
#define STR_ARG(s)   ((int)MIN((s).n, (size_t)INT32_MAX)), ((s).p ? (s).p : "")

static inline struct str str_n(const char *p, size_t n) {
    return (struct str){p, n};
}
struct str str_c(const char *c); /* c may be NULL */

static inline bool str_eq(struct str a, struct str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
int str_cmp(struct str a, struct str b);        /* by bytes, the shorter first */
int str_cmp_nocase(struct str a, struct str b); /* the same of ASCII in lower case */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);

/* Offset of the first (last) occurrence, or -1. */
ptrdiff_t str_find(struct str s, struct str needle);
ptrdiff_t str_find_byte(struct str s, char c);
ptrdiff_t str_rfind_byte(struct str s, char c);

/* The part from offset on (empty past the end); of at most n bytes. */
struct str str_from(struct str s, size_t offset);
struct str str_sub(struct str s, size_t offset, size_t n);

/* Without ASCII white space (space, \t \n \v \f \r) at both ends. */
struct str str_trim(struct str s);

/* Takes the part before the first sep off *rest and steps over sep. False when *rest is at its end
 * (NULL p); "a," gives "a" and "".
 *
 *     for (struct str rest = line, word; str_split(&rest, ',', &word);) ... */
bool str_split(struct str *rest, char sep, struct str *part);

/* Splits s at the first (last) sep; without one, *before is s, *after is empty and false comes back. */
bool str_cut(struct str s, char sep, struct str *before, struct str *after);
bool str_cut_last(struct str s, char sep, struct str *before, struct str *after);

/* One line without its "\n" or "\r\n"; as str_split(), but a last empty line does not count. */
bool str_line(struct str *rest, struct str *line);

/* The whole of s as an unsigned number in base 2, 8, 10 or 16: digits only; false when empty, foreign or too
 * large. */
bool str_to_u64(struct str s, unsigned base, uint64_t *out);

/* "*" stands for anything, "?" for one byte. In time of the product of both lengths. */
bool str_glob(struct str glob, struct str s, bool ignores_case);

/* The last part of a path, and what stands before it (without the slash). */
struct str str_basename(struct str path);
struct str str_dirname(struct str path);

static inline bool ascii_is_digit(char c) {
    return c >= '0' && c <= '9';
}
static inline bool ascii_is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline bool ascii_is_alnum(char c) {
    return ascii_is_digit(c) || ascii_is_alpha(c);
}
static inline bool ascii_is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
static inline char ascii_lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

#endif
