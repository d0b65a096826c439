/* Calls: the first overload that accepts the arguments. */
#include "cel/machine/machine.h"

static bool accepts(const struct cel_overload *overload, const struct cel_value *args, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct cel_parameter *p = &overload->parameters[MIN(i, (size_t)overload->parameter_count - 1)];
        if (!(p->kinds >> args[i].kind & 1) ||
            (args[i].kind == CEL_OPAQUE && p->opaque && args[i].opaque->kind != p->opaque)) {
            return false;
        }
    }
    return true;
}

static struct cel_value no_overload(struct machine *m, const struct instruction *i,
                                    const struct cel_value *args, size_t n) {
    const struct block_call *calls = (const void *)(m->program->block + m->program->header->calls.at);
    struct block_range name = calls[i->c].name;
    struct buf types = buf_new(256);
    for (size_t k = 0; k < n; k++) {
        buf_c(&types, k ? ", " : "");
        buf_str(&types, cel_type_name(&args[k]));
    }
    struct cel_value error =
        machine_error(m, i, NULL, "no '%.*s' takes (%.*s)", (int)name.n,
                      (const char *)m->program->block + name.at, STR_ARG(buf_view(&types)));
    buf_free(&types);
    return error;
}

static struct cel_value call(struct machine *m, const struct instruction *i, const struct cel_value *args,
                             size_t n) {
    const struct cel_callable *callable = &m->program->calls[i->c];
    for (size_t k = 0; k < callable->n; k++) {
        const struct cel_overload *overload = callable->overloads[k];
        if (overload->row->fn && accepts(overload, args, n)) {
            return overload->row->fn(&m->call, args, n);
        }
    }
    return no_overload(m, i, args, n);
}

static const struct doc *join_all(struct machine *m, const struct cel_value *args, size_t n) {
    const struct doc *from = NULL;
    for (size_t k = 0; k < n; k++) {
        from = machine_join(m, from, args[k].from);
    }
    return from;
}

const struct instruction *step_call(struct machine *m, const struct instruction *i) {
    size_t n = i->b;
    struct cel_value *args = m->top - n + 1;
    const struct cel_value *fault = NULL;
    for (size_t k = 0; k < n; k++) {
        if (cel_is_fault(&args[k])) {
            fault = fault ? machine_fault(fault, &args[k]) : &args[k];
        }
    }
    struct cel_value result;
    if (fault) {
        cel_copy(&result, fault);
    } else if (!cel_spend(&m->call, 1)) {
        result = cel_over_budget(&m->call);
    } else {
        result = call(m, i, args, n);
        result.from = result.from ? result.from : join_all(m, args, n);
        machine_place(m, i, &result);
    }
    m->top = args - 1;
    machine_push(m, result);
    return i + 1;
}
