/* The regex library of cel-go (ext/README.md) and the one of Kubernetes (find, findAll). Matches are taken as
 * Go's regexp package takes them: an empty match right behind another one does not count. */
#include "cel/library/libraries.h"

#include "cel/cache.h"
#include "cel/library/support.h"

enum { SPANS = 10 }; /* the whole and \1 to \9 */

/* Matches one after another. When there are no more, fault says why if it was for a fault. */
struct finder {
    struct cel_call *call;
    struct regex_matcher *matcher;
    struct str text;
    size_t at, last_end;
    bool is_done;
    int64_t left; /* below 0: all */
    struct regex_span spans[SPANS];
    struct cel_value fault; /* null when there is none */
};

static bool finder_begin(struct finder *f, struct cel_call *call, const struct cel_value *text,
                         const struct cel_value *pattern, int64_t limit) {
    *f = (struct finder){
        .call = call, .text = cel_str(text), .last_end = REGEX_NONE, .left = limit, .fault = cel_null()};
    f->matcher = cel_regex_acquire(call, cel_str(pattern), &f->fault);
    return f->matcher != NULL;
}

/* Gives what the function has to return, which is `result` when all went well. */
static struct cel_value finder_end(struct finder *f, struct cel_value result) {
    if (f->matcher && !cel_regex_release(f->call, f->matcher)) {
        return cel_over_budget(f->call);
    }
    return f->fault.kind == CEL_NULL ? result : f->fault;
}

/* Searching again behind each match may take the square of the text: the budget is looked at here too. */
static bool finder_search(struct finder *f, size_t spans) {
    struct err err = ERR_NONE;
    if (f->is_done || f->left == 0) {
        return false;
    }
    int found = regex_search(f->matcher, f->text, f->at, f->spans, spans, &err);
    if (found < 0) {
        f->fault = cel_error_from(f->call, &err);
    } else if (f->matcher->steps / 8 > f->call->budget) {
        f->fault = cel_over_budget(f->call);
        return false;
    }
    return found > 0;
}

static bool finder_next(struct finder *f, size_t spans) {
    while (finder_search(f, spans)) {
        const struct regex_span *whole = &f->spans[0];
        bool is_empty = whole->start == whole->end;
        bool is_behind = is_empty && whole->start == f->last_end;
        f->last_end = whole->end;
        f->is_done = is_empty && whole->end >= f->text.n;
        f->at = whole->end;
        if (is_empty && !f->is_done) {
            f->at += cel_char_width(str_from(f->text, f->at));
        }
        if (!is_behind) {
            f->left -= f->left > 0;
            return true;
        }
    }
    return false;
}

static struct str span_text(const struct finder *f, size_t i) {
    const struct regex_span *span = &f->spans[i];
    return span->start == REGEX_NONE ? STR_NONE : str_sub(f->text, span->start, span->end - span->start);
}

static bool add_text(struct finder *f, struct cel_list_builder *list, struct str text) {
    if (!cel_spend(f->call, 1)) {
        f->fault = cel_over_budget(f->call);
    } else if (!cel_list_add(f->call->arena, list, cel_string(text))) {
        f->fault = cel_no_memory(f->call);
    }
    return f->fault.kind == CEL_NULL;
}

/* ---- Kubernetes */

static struct cel_value find(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct finder f;
    struct str found = STR_NONE;
    if (finder_begin(&f, call, &args[0], &args[1], 1) && finder_next(&f, 1)) {
        found = span_text(&f, 0);
    }
    return finder_end(&f, cel_string(found));
}

static struct cel_value find_all(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct finder f;
    struct cel_list_builder list = {0};
    if (finder_begin(&f, call, &args[0], &args[1], n > 2 ? args[2].i : -1)) {
        while (finder_next(&f, 1) && add_text(&f, &list, span_text(&f, 0))) {
        }
    }
    return finder_end(&f, cel_list_done(&list));
}

/* ---- cel-go */

/* At most one group may capture: it is what is wanted, else the whole. */
static bool extract_begin(struct finder *f, struct cel_call *call, const struct cel_value *args,
                          size_t *group) {
    if (!finder_begin(f, call, &args[0], &args[1], -1)) {
        return false;
    }
    *group = regex_group_count(f->matcher->regex);
    if (*group > 1) {
        f->fault = cel_error(call, "the pattern has %zu groups that capture; extracting takes one", *group);
    }
    return *group <= 1;
}

static struct cel_value extract(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct finder f;
    size_t group = 0;
    struct cel_value result = cel_optional_none();
    if (extract_begin(&f, call, args, &group) && finder_next(&f, group + 1)) {
        struct str text = span_text(&f, group);
        result = group && !text.n ? result : cel_optional_result(call, cel_string(text));
    }
    return finder_end(&f, result);
}

static struct cel_value extract_all(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct finder f;
    size_t group = 0;
    struct cel_list_builder list = {0};
    if (extract_begin(&f, call, args, &group)) {
        while (finder_next(&f, group + 1)) {
            struct str text = span_text(&f, group);
            if ((!group || text.n) && !add_text(&f, &list, text)) {
                break;
            }
        }
    }
    return finder_end(&f, cel_list_done(&list));
}

/* Each '\' stands before a digit that names a group, or before another '\'. */
static bool check_replacement(struct finder *f, struct str by) {
    size_t groups = regex_group_count(f->matcher->regex);
    for (size_t i = 0; i < by.n; i++) {
        if (by.p[i] != '\\') {
            continue;
        }
        char c = (char)(++i < by.n ? by.p[i] : 0);
        if (!ascii_is_digit(c) && c != '\\') {
            f->fault = cel_error(f->call, "the replacement has a '\\' that is followed by no digit");
            return false;
        }
        if (c != '\\' && (size_t)(c - '0') > groups) {
            f->fault = cel_error(f->call, "the replacement names group %c, the pattern has %zu", c, groups);
            return false;
        }
    }
    return true;
}

static void put_replacement(const struct finder *f, struct str by, struct buf *out) {
    for (size_t i = 0; i < by.n && !out->failed; i++) {
        bool is_escape = by.p[i] == '\\';
        char c = by.p[i + is_escape];
        i += is_escape;
        if (is_escape && c != '\\') {
            buf_str(out, span_text(f, (size_t)(c - '0')));
        } else {
            buf_byte(out, (unsigned char)c);
        }
    }
}

static struct cel_value replace(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct finder f;
    struct str by = cel_str(&args[2]);
    struct cel_value result = args[0];
    if (finder_begin(&f, call, &args[0], &args[1], n > 3 ? args[3].i : -1) && check_replacement(&f, by)) {
        struct buf out = cel_buf_new(call);
        size_t done = 0;
        while (!out.failed && finder_next(&f, SPANS)) {
            buf_str(&out, str_sub(f.text, done, f.spans[0].start - done));
            put_replacement(&f, by, &out);
            done = f.spans[0].end;
        }
        buf_str(&out, str_from(f.text, done));
        result = f.fault.kind == CEL_NULL ? cel_buf_result(call, &out) : f.fault;
        buf_free(&out);
    }
    return finder_end(&f, result);
}

static const struct cel_function functions[] = {
    {"find", "string.(string) string", find},
    {"findAll", "string.(string) list(string)", find_all},
    {"findAll", "string.(string, int) list(string)", find_all},
};

static const struct cel_function extension[] = {
    {"regex.extract", "(string, string) optional_type(string)", extract},
    {"regex.extractAll", "(string, string) list(string)", extract_all},
    {"regex.replace", "(string, string, string) string", replace},
    {"regex.replace", "(string, string, string, int) string", replace},
};

const struct cel_library cel_library_kubernetes_regex = {"kubernetes regex", functions, ARRAY_SIZE(functions),
                                                         NULL, 0};
const struct cel_library cel_library_regex = {"regex", extension, ARRAY_SIZE(extension), NULL, 0};
