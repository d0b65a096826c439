/* Names of npm packages inside longer words. */
#ifndef PLIMSOLL_INSPECT_PACKAGES_JAVASCRIPT_NPM_NAME_H
#define PLIMSOLL_INSPECT_PACKAGES_JAVASCRIPT_NPM_NAME_H

#include "base/str.h"

/* "@scope/name@range" → "@scope/name" and "range"; false when there is no "@" behind the name. */
static inline bool npm_name_split(struct str text, struct str *name, struct str *range) {
    struct str rest = str_from(text, 1);
    bool is_split = str_cut(rest, '@', name, range);
    *name = str_sub(text, 0, is_split ? name->n + 1 : text.n);
    return is_split;
}

/* As npm_name_split(), at the last "@". */
static inline bool npm_name_split_last(struct str text, struct str *name, struct str *version) {
    struct str rest = str_from(text, 1);
    bool is_split = str_cut_last(rest, '@', name, version);
    *name = str_sub(text, 0, is_split ? name->n + 1 : text.n);
    return is_split;
}

/* The registry's versions begin with a digit; sources (git, files, folders) with a word. */
static inline bool npm_is_version(struct str version) {
    return version.n && ascii_is_digit(version.p[0]);
}

#endif
