#include "inspect/documents/documents.h"

static bool holds(struct str text, struct str word) {
    for (size_t i = 0; i + word.n <= text.n; i++) {
        if (str_eq_nocase(str_sub(text, i, word.n), word)) {
            return true;
        }
    }
    return false;
}

void documents_comment(struct facts *facts, uint32_t line, struct str text) {
    enum { LONGEST = 1024 };
    text = str_sub(text, 0, LONGEST);
    if (holds(text, STR("ignore")) || holds(text, STR("skip"))) {
        facts_comment(facts, line, text);
    }
}
