#include "base/near.h"

enum { LONGEST = 64 };

/* Levenshtein's, in one row. */
static size_t distance(struct str a, struct str b) {
    size_t row[LONGEST + 1];
    if (a.n > LONGEST || b.n > LONGEST) {
        return LONGEST;
    }
    for (size_t j = 0; j <= b.n; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t change = diagonal + (ascii_lower(a.p[i - 1]) != ascii_lower(b.p[j - 1]));
            diagonal = row[j];
            row[j] = MIN(change, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.n];
}

struct near near_to(struct str word) {
    return (struct near){.word = word, .distance = MIN((size_t)2, word.n / 2) + 1};
}

void near_offer(struct near *near, struct str candidate) {
    size_t d = distance(near->word, candidate);
    if (d < near->distance) {
        near->best = candidate;
        near->distance = d;
    }
}
