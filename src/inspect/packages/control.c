#include "inspect/packages/control.h"

struct control control_over(struct str text, const struct str *names, struct str *values, size_t n) {
    return (struct control){.rest = text, .names = names, .values = values, .n = n};
}

static void take_line(struct control *control, struct str line) {
    struct str name, value;
    bool is_folded = line.p[0] == ' ' || line.p[0] == '\t';
    if (is_folded || !str_cut(line, ':', &name, &value)) {
        return;
    }
    for (size_t i = 0; i < control->n; i++) {
        if (!control->values[i].n && str_eq_nocase(name, control->names[i])) {
            control->values[i] = str_trim(value);
        }
    }
}

bool control_next(struct control *control) {
    struct str line;
    control->first = 0;
    for (size_t i = 0; i < control->n; i++) {
        control->values[i] = STR_NONE;
    }
    while (str_line(&control->rest, &line)) {
        control->line++;
        bool is_empty = !str_trim(line).n;
        if (is_empty && control->first) {
            return true;
        }
        if (!is_empty) {
            control->first = control->first ? control->first : control->line;
            take_line(control, line);
        }
    }
    return control->first;
}
