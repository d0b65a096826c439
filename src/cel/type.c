#include "cel/type.h"

#include "base/limits.h"

static const struct {
    const char *name;
    enum cel_type_kind kind;
    uint32_t parameters;
} names[] = {
    {"dyn", CEL_T_DYN, 0},
    {"null_type", CEL_T_NULL, 0},
    {"bool", CEL_T_BOOL, 0},
    {"int", CEL_T_INT, 0},
    {"uint", CEL_T_UINT, 0},
    {"double", CEL_T_DOUBLE, 0},
    {"string", CEL_T_STRING, 0},
    {"bytes", CEL_T_BYTES, 0},
    {"google.protobuf.Timestamp", CEL_T_TIMESTAMP, 0},
    {"google.protobuf.Duration", CEL_T_DURATION, 0},
    {"list", CEL_T_LIST, 1},
    {"map", CEL_T_MAP, 2},
    {"type", CEL_T_TYPE, 1},
    {"optional_type", CEL_T_OPTIONAL, 1},
    {"wrapper", CEL_T_WRAPPER, 1},
};

static const struct cel_type any = {.kind = CEL_T_DYN};

const char *cel_type_kind_name(enum cel_type_kind kind) {
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (names[i].kind == kind) {
            return names[i].name;
        }
    }
    return "";
}

struct reader {
    struct arena *arena;
    struct str rest;
    struct err *err;
};

static int read_type(struct reader *r, unsigned depth, const struct cel_type **out);

static bool take(struct reader *r, char c) {
    r->rest = str_trim(r->rest);
    if (!r->rest.n || r->rest.p[0] != c) {
        return false;
    }
    r->rest = str_from(r->rest, 1);
    return true;
}

static struct str take_name(struct reader *r) {
    r->rest = str_trim(r->rest);
    size_t n = 0;
    while (n < r->rest.n && (ascii_is_alnum(r->rest.p[n]) || r->rest.p[n] == '_' || r->rest.p[n] == '.')) {
        n++;
    }
    /* "list(~A).(int)", "(int...)": the dots behind it belong to no name */
    while (n && r->rest.p[n - 1] == '.') {
        n--;
    }
    struct str name = str_sub(r->rest, 0, n);
    r->rest = str_from(r->rest, n);
    return name;
}

static int read_parameters(struct reader *r, struct cel_type *type, unsigned depth) {
    if (!r->rest.n || r->rest.p[0] != '(') {
        return 0;
    }
    take(r, '(');
    do {
        if (type->n == CEL_TYPE_PARAMETERS) {
            return err_set(r->err, ERR_INPUT, "a type has at most %d parameters", CEL_TYPE_PARAMETERS);
        }
        int status = read_type(r, depth + 1, &type->of[type->n++]);
        if (status < 0) {
            return status;
        }
    } while (take(r, ','));
    return take(r, ')') ? 0 : err_set(r->err, ERR_INPUT, "expected ')' in a type");
}

/* Sets the kind; fills parameters that were not written with dyn. */
static int finish(struct reader *r, struct cel_type *type) {
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (!str_eq(type->name, str_c(names[i].name))) {
            continue;
        }
        if (type->n > names[i].parameters) {
            return err_set(r->err, ERR_INPUT, "type %s has %u parameters", names[i].name,
                           names[i].parameters);
        }
        type->kind = names[i].kind;
        bool is_bare_type = type->kind == CEL_T_TYPE && type->n == 0;
        while (type->n < names[i].parameters && !is_bare_type) {
            type->of[type->n++] = &any;
        }
        type->name = STR_NONE;
        return 0;
    }
    type->kind = CEL_T_ABSTRACT;
    return 0;
}

static int read_type(struct reader *r, unsigned depth, const struct cel_type **out) {
    if (depth > LIMIT_CEL_TYPE_DEPTH) {
        return err_set(r->err, ERR_LIMIT, "a type is nested deeper than %d levels", LIMIT_CEL_TYPE_DEPTH);
    }
    struct cel_type *type = arena_alloc(r->arena, sizeof *type);
    if (!type) {
        return err_memory(r->err);
    }
    bool is_parameter = take(r, '~');
    type->name = take_name(r);
    if (!type->name.n) {
        return err_set(r->err, ERR_INPUT, "expected a type at '%.*s'", STR_ARG(r->rest));
    }
    *out = type;
    if (is_parameter) {
        type->kind = CEL_T_PARAMETER;
        return 0;
    }
    int status = read_parameters(r, type, depth);
    return status < 0 ? status : finish(r, type);
}

int cel_type_parse(struct arena *arena, struct str *text, const struct cel_type **out, struct err *err) {
    struct reader r = {arena, *text, err};
    int status = read_type(&r, 0, out);
    *text = r.rest;
    return status;
}

void cel_type_write(struct buf *out, const struct cel_type *type) {
    switch (type->kind) {
    case CEL_T_PARAMETER:
        buf_byte(out, '~');
        buf_str(out, type->name);
        return;
    case CEL_T_ABSTRACT:
        buf_str(out, type->name);
        break;
    default:
        buf_c(out, cel_type_kind_name(type->kind));
        break;
    }
    for (uint32_t i = 0; i < type->n; i++) {
        buf_c(out, i ? ", " : "(");
        cel_type_write(out, type->of[i]);
    }
    if (type->n) {
        buf_byte(out, ')');
    }
}
