/* Runs a template: walks its parts, asks its programs, puts what they say. */
#include "base/limits.h"
#include "report/template/parts.h"

struct writing {
    const struct template *t;
    const struct template_data *data;
    struct cel_value variables[LIMIT_TEMPLATE_VARIABLES];
    struct arena work; /* of one expression */
    uint64_t left;     /* expressions and rounds that may still be */
    struct buf *out;
    struct err *err;
};

static int write_parts(struct writing *w, size_t from, size_t to);

/* Where in the template the expression failed. */
static struct doc_place place_of(const struct part *part, const struct cel_value *error) {
    struct doc_place in = cel_error_place(part->program, error), place = part->place;
    if (in.line > 1) {
        return (struct doc_place){place.line + in.line - 1, in.column};
    }
    place.column += in.column ? in.column - 1 : 0;
    return place;
}

static int fail(struct writing *w, struct doc_place place, struct str message) {
    err_set(w->err, ERR_INPUT, "%.*s", STR_ARG(message));
    return template_wrong(w->t, place, w->err);
}

static int spend(struct writing *w, const struct part *part) {
    if (w->left == 0) {
        err_set(w->err, ERR_LIMIT, "the template takes more than %d steps", LIMIT_TEMPLATE_STEPS);
        return template_wrong(w->t, part->place, w->err);
    }
    w->left--;
    return 0;
}

static int ask(struct writing *w, struct arena *arena, const struct part *part, struct cel_value *out) {
    struct cel_evaluation e = {.arena = arena,
                               .variables = w->variables,
                               .variable_count = w->t->variables.n,
                               .budget = LIMIT_TEMPLATE_BUDGET};
    int r = spend(w, part);
    if (r < 0) {
        return r;
    }
    *out = cel_eval(part->program, &e);
    return cel_is_fault(out) ? fail(w, place_of(part, out), cel_str(out)) : 0;
}

static int write_value(struct writing *w, const struct part *part) {
    struct cel_value value;
    arena_reset(&w->work);
    int r = ask(w, &w->work, part, &value);
    r = r < 0 ? r : template_put(w->out, &value, w->err);
    return r == 0 && w->data->drain ? w->data->drain(w->data->ctx, w->out, w->err) : r;
}

static int write_if(struct writing *w, const struct part *part, size_t at) {
    struct cel_value value;
    arena_reset(&w->work);
    int r = ask(w, &w->work, part, &value);
    if (r < 0) {
        return r;
    }
    if (value.kind != CEL_BOOL) {
        return fail(w, part->place, STR("the condition of an if should be true or false"));
    }
    return value.b ? write_parts(w, at + 1, part->otherwise) : write_parts(w, part->otherwise + 1, part->end);
}

/* One after the other, each in memory that the next one takes over. */
static int write_each_read(struct writing *w, const struct part *part, size_t at) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    const struct doc *item = NULL;
    int r = 0;
    for (size_t i = 0; r == 0; i++) {
        arena_reset(&arena);
        r = spend(w, part);
        r = r < 0 ? r : w->data->item(w->data->ctx, part->list, i, &arena, &item, w->err);
        if (r < 0 || !item) {
            break;
        }
        w->variables[part->variable] = cel_from_doc(item);
        r = write_parts(w, at + 1, part->end);
    }
    return r;
}

/* Over a list its items, over a map its keys, as CEL's own macros do. */
static int write_each_of(struct writing *w, const struct part *part, size_t at) {
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_DOC_BYTES);
    struct cel_value list, value;
    int r = ask(w, &arena, part, &list);
    if (r == 0 && list.kind != CEL_LIST && list.kind != CEL_MAP && list.kind != CEL_NULL) {
        return fail(w, part->place, STR("each goes over a list or a map"));
    }
    for (size_t i = 0; r == 0 && list.kind != CEL_NULL && i < list.n; i++) {
        if (list.kind == CEL_LIST) {
            value = cel_list_at(&list, i);
            w->variables[part->variable] = value;
        } else {
            cel_map_at(&list, i, &w->variables[part->variable], &value);
        }
        r = spend(w, part);
        r = r < 0 ? r : write_parts(w, at + 1, part->end);
    }
    return r;
}

/* Nested no deeper than LIMIT_TEMPLATE_DEPTH. */
static int write_parts(struct writing *w, size_t from, size_t to) {
    int r = 0;
    for (size_t i = from; r == 0 && i < to; i++) {
        const struct part *part = &w->t->parts.p[i];
        switch (part->kind) {
        case PART_TEXT:
            buf_str(w->out, part->text);
            r = w->out->failed ? err_memory(w->err) : 0;
            break;
        case PART_VALUE:
            r = write_value(w, part);
            break;
        case PART_IF:
            r = write_if(w, part, i);
            i = part->end;
            break;
        case PART_EACH:
            r = part->list == TEMPLATE_LISTS ? write_each_of(w, part, i) : write_each_read(w, part, i);
            i = part->end;
            break;
        case PART_ELSE:
        case PART_END:
            break;
        }
    }
    return r;
}

int template_write(const struct template *t, const struct template_data *data, struct buf *out,
                   struct err *err) {
    struct err local = ERR_NONE;
    struct writing w = {.t = t,
                        .data = data,
                        .work = arena_new(LIMIT_DOC_BYTES),
                        .left = LIMIT_TEMPLATE_STEPS,
                        .out = out,
                        .err = err ? err : &local};
    assert(t->variables.n <= LIMIT_TEMPLATE_VARIABLES);
    for (size_t i = 0; i < template_members_n; i++) {
        w.variables[i] = cel_from_doc(doc_get(data->head, str_c(template_members[i])));
    }
    for (size_t i = template_members_n; i < t->variables.n; i++) {
        w.variables[i] = cel_null();
    }
    int r = write_parts(&w, 0, t->parts.n);
    arena_free(&w.work);
    return r;
}
