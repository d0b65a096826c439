#include "model/licence.h"

/* Words that say nothing of which licence it is. */
static bool is_filler(struct str word) {
    static const struct str words[] = {STR("the"),      STR("license"),  STR("licence"),
                                       STR("licenses"), STR("licences"), STR("version")};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (str_eq(word, words[i])) {
            return true;
        }
    }
    return false;
}

/* "v2.0" → "2". */
static struct str plain_word(struct str word) {
    if (word.n > 1 && word.p[0] == 'v' && ascii_is_digit(word.p[1])) {
        word = str_from(word, 1);
    }
    bool is_number = word.n > 2 && ascii_is_digit(word.p[0]) && str_ends(word, STR(".0"));
    return is_number ? str_sub(word, 0, word.n - 2) : word;
}

struct str licence_plain_name(struct arena *arena, struct str name) {
    char *lower = arena_cstr(arena, name), *out = arena_cstr(arena, name);
    if (!lower || !out) {
        return STR_NONE;
    }
    for (size_t i = 0; i < name.n; i++) {
        bool is_gap = ascii_is_space(lower[i]) || lower[i] == ',';
        lower[i] = is_gap ? ' ' : ascii_lower(lower[i]);
    }
    size_t n = 0;
    for (struct str rest = str_n(lower, name.n), word; str_split(&rest, ' ', &word);) {
        word = plain_word(word);
        if (word.n && !is_filler(word)) {
            if (n) {
                out[n++] = ' ';
            }
            memmove(out + n, word.p, word.n);
            n += word.n;
        }
    }
    return str_n(out, n);
}
