#include "inspect/packages/python/python_metadata.h"

bool python_metadata_next(struct str *rest, struct str *name, struct str *value) {
    struct str line;
    if (!str_line(rest, &line) || !line.n) {
        return false;
    }
    if (!str_cut(line, ':', name, value)) {
        *value = str_n(line.p + line.n, 0);
    }
    while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
        str_line(rest, &line);
        *value = str_n(value->p, (size_t)(line.p + line.n - value->p));
    }
    *value = str_trim(*value);
    return true;
}

static bool is_one_line(struct str s) {
    return str_find_byte(s, '\n') < 0;
}

static void set_once(struct str *field, struct str value) {
    if (!field->n && is_one_line(value)) {
        *field = value;
    }
}

void python_metadata_read(struct str text, struct python_metadata *out) {
    struct str rest = text, name, value, licence = STR_NONE;
    *out = (struct python_metadata){0};
    while (python_metadata_next(&rest, &name, &value)) {
        if (str_eq_nocase(name, STR("Name"))) {
            set_once(&out->name, value);
        } else if (str_eq_nocase(name, STR("Version"))) {
            set_once(&out->version, value);
        } else if (str_eq_nocase(name, STR("License-Expression"))) {
            set_once(&out->licence, value);
        } else if (str_eq_nocase(name, STR("License"))) {
            set_once(&licence, value);
        }
    }
    if (!out->licence.n) {
        out->licence = licence;
    }
}
