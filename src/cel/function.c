#include "cel/function.h"

#include "base/limits.h"

#include <stdarg.h>

struct cel_value cel_stop(struct cel_call *call, const char *reason) {
    if (!call->stop) {
        call->stop = reason;
    }
    return cel_text(CEL_ERROR, str_c(call->stop));
}

struct cel_value cel_no_memory(struct cel_call *call) {
    return cel_stop(call, "the evaluation needs more memory than it may have");
}

struct cel_value cel_over_budget(struct cel_call *call) {
    call->budget = 0;
    return cel_stop(call, "the evaluation takes more steps than it may");
}

struct cel_value cel_error(struct cel_call *call, const char *fmt, ...) {
    char message[512];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    size_t length = n < 0 ? 0 : MIN((size_t)n, sizeof message - 1);
    struct str text = arena_str(call->arena, str_n(message, length));
    return text.p ? cel_text(CEL_ERROR, text) : cel_no_memory(call);
}

struct cel_value cel_error_from(struct cel_call *call, const struct err *err) {
    return err->code == ERR_MEMORY ? cel_no_memory(call) : cel_error(call, "%s", err->message);
}

struct cel_value cel_copy_string(struct cel_call *call, struct str s) {
    if (s.n > LIMIT_CEL_VALUE) {
        return cel_no_memory(call);
    }
    if (!cel_spend(call, s.n)) {
        return cel_over_budget(call);
    }
    struct str copy = arena_str(call->arena, s);
    return copy.p ? cel_string(copy) : cel_no_memory(call);
}

struct cel_value cel_optional_result(struct cel_call *call, struct cel_value v) {
    struct cel_value out;
    return cel_optional_of(call->arena, v, &out) ? out : cel_no_memory(call);
}

struct cel_value cel_opaque_result(struct cel_call *call, const struct cel_opaque_kind *kind, const void *p) {
    struct cel_value out;
    return cel_opaque_new(call->arena, kind, p, &out) ? out : cel_no_memory(call);
}
