/* What templates can do beyond CEL: writing a value so that it is data in what surrounds it. */
#include "base/limits.h"
#include "base/utf8.h"
#include "doc/json_write.h"
#include "report/template/parts.h"

/* ---- values as JSON */

static void write_value(struct json_writer *w, const struct cel_value *v, unsigned depth);

static void write_list(struct json_writer *w, const struct cel_value *v, unsigned depth) {
    json_begin_array(w);
    for (size_t i = 0; i < v->n; i++) {
        struct cel_value item = cel_list_at(v, i);
        write_value(w, &item, depth + 1);
    }
    json_end(w);
}

static void write_key(struct json_writer *w, const struct cel_value *key) {
    char number[32] = "";
    if (key->kind == CEL_STRING) {
        json_key(w, cel_str(key));
        return;
    }
    if (key->kind == CEL_BOOL) {
        snprintf(number, sizeof number, "%s", key->b ? "true" : "false");
    } else if (key->kind == CEL_UINT) {
        snprintf(number, sizeof number, "%llu", (unsigned long long)key->u);
    } else {
        snprintf(number, sizeof number, "%lld", (long long)key->i);
    }
    json_key(w, str_c(number));
}

static void write_map(struct json_writer *w, const struct cel_value *v, unsigned depth) {
    json_begin_object(w);
    for (size_t i = 0; i < v->n; i++) {
        struct cel_value key, value;
        cel_map_at(v, i, &key, &value);
        write_key(w, &key);
        write_value(w, &value, depth + 1);
    }
    json_end(w);
}

/* What JSON has no word for is null. */
static void write_value(struct json_writer *w, const struct cel_value *v, unsigned depth) {
    switch (depth < LIMIT_DOC_DEPTH ? v->kind : CEL_NULL) {
    case CEL_BOOL:
        json_bool(w, v->b);
        break;
    case CEL_INT:
        json_int(w, v->i);
        break;
    case CEL_UINT:
        json_uint(w, v->u);
        break;
    case CEL_DOUBLE:
        json_double(w, v->d);
        break;
    case CEL_STRING:
        json_str(w, cel_str(v));
        break;
    case CEL_LIST:
        write_list(w, v, depth);
        break;
    case CEL_MAP:
        write_map(w, v, depth);
        break;
    default:
        json_null(w);
    }
}

static int put_json(struct buf *out, const struct cel_value *value, struct err *err) {
    struct json_writer w = json_writer_new(out, 0);
    write_value(&w, value, 0);
    return json_finish(&w, err);
}

int template_put(struct buf *out, const struct cel_value *value, struct err *err) {
    if (value->kind == CEL_STRING) {
        buf_str(out, cel_str(value));
    } else if (value->kind != CEL_NULL) {
        return put_json(out, value, err);
    }
    return out->failed ? err_memory(err) : 0;
}

/* ---- functions */

static struct cel_value text_of(struct cel_call *call, struct buf *out) {
    bool failed = out->failed;
    struct str text = failed ? STR_NONE : arena_str(call->arena, buf_view(out));
    buf_free(out);
    return failed || !text.p ? cel_no_memory(call) : cel_string(text);
}

static struct cel_value json(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct buf out = buf_new(LIMIT_CEL_VALUE);
    out.failed |= put_json(&out, &args[0], NULL) < 0;
    return text_of(call, &out);
}

/* The five that HTML and XML give a meaning; control characters, which XML has no word for, become U+FFFD. */
static void put_html(struct buf *out, struct str s) {
    static const struct {
        char c;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    for (size_t i = 0; i < s.n; i++) {
        const char *entity = NULL;
        for (size_t e = 0; e < ARRAY_SIZE(entities) && !entity; e++) {
            entity = entities[e].c == s.p[i] ? entities[e].entity : NULL;
        }
        bool is_control = (unsigned char)s.p[i] < ' ' && !ascii_is_space(s.p[i]);
        if (entity || is_control) {
            buf_c(out, entity ? entity : "\xef\xbf\xbd");
        } else {
            buf_byte(out, (unsigned char)s.p[i]);
        }
    }
}

/* RFC 4180; a cell that a spreadsheet would run as a formula begins with an apostrophe. */
static void put_csv(struct buf *out, struct str s) {
    buf_c(out, s.n && memchr("=+-@\t\r\n", s.p[0], 7) ? "\"'" : "\"");
    for (size_t i = 0; i < s.n; i++) {
        buf_c(out, s.p[i] == '"' ? "\"" : "");
        buf_byte(out, (unsigned char)s.p[i]);
    }
    buf_byte(out, '"');
}

static struct cel_value escape(struct cel_call *call, const struct cel_value *value,
                               void (*put)(struct buf *, struct str)) {
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_CEL_VALUE);
    struct buf out = buf_new(LIMIT_CEL_VALUE);
    out.failed |= template_put(&text, value, NULL) < 0;
    put(&out, buf_view(&text));
    return text_of(call, &out);
}

static struct cel_value html(struct cel_call *call, const struct cel_value *args, size_t n) {
    return escape(call, &args[0], put_html);
}

static struct cel_value csv(struct cel_call *call, const struct cel_value *args, size_t n) {
    return escape(call, &args[0], put_csv);
}

static const struct cel_function functions[] = {
    {"html", "(dyn) string", html},
    {"json", "(dyn) string", json},
    {"csv", "(dyn) string", csv},
};

const struct cel_library template_library = {
    .name = "template", .functions = functions, .function_count = ARRAY_SIZE(functions)};
