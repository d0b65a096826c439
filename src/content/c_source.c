#include "content/c_source.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/yaml.h"

static void put_literal(struct buf *out, struct str s) {
    buf_byte(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '\n') {
            buf_c(out, "\\n\"\n        \"");
        } else if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '?') {
            buf_printf(out, "\\%03o", c);
        } else {
            buf_byte(out, c);
        }
    }
    buf_byte(out, '"');
}

void c_put_str(struct buf *out, struct str s) {
    if (!s.n) {
        buf_c(out, "{0}");
        return;
    }
    buf_byte(out, '{');
    put_literal(out, s);
    buf_printf(out, ", %zu}", s.n);
}

void c_put_member(struct buf *out, const char *member, struct str s) {
    if (s.n) {
        buf_printf(out, "    .%s = ", member);
        c_put_str(out, s);
        buf_c(out, ",\n");
    }
}

void c_put_block(struct buf *out, size_t n, struct str bytes) {
    buf_printf(out, "static const _Alignas(8) unsigned char block_%zu[] = {", n);
    for (size_t i = 0; i < bytes.n; i++) {
        buf_printf(out, "%s%u,", i % 24 ? "" : "\n    ", (unsigned char)bytes.p[i]);
    }
    buf_c(out, "};\n");
}

int c_read_yaml(struct arena *arena, const char *path, struct str *text, const struct doc ***documents,
                size_t *n, struct err *err) {
    _cleanup_(buf_free) struct buf bytes = buf_new(LIMIT_PACK_FILE);
    int r = file_read(path, &bytes, err);
    if (r < 0) {
        return r;
    }
    *text = arena_str(arena, buf_view(&bytes));
    if (!text->p) {
        return err_memory(err);
    }
    r = yaml_parse(arena, *text, documents, n, err);
    return r < 0 ? err_at(err, "%s", path) : 0;
}

struct str c_content_name(struct str path) {
    ptrdiff_t at = str_find(path, STR("content/"));
    return at < 0 ? path : str_from(path, (size_t)at + 8);
}
