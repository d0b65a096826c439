#include "lsp/position.h"

#include "base/utf8.h"

/* The length of the line break at i; 0 when none is there. */
static size_t break_at(struct str text, size_t i) {
    if (text.p[i] == '\r') {
        return i + 1 < text.n && text.p[i + 1] == '\n' ? 2 : 1;
    }
    return text.p[i] == '\n';
}

int lsp_lines_over(struct arena *arena, struct str text, enum lsp_encoding encoding, struct lsp_lines *out,
                   struct err *err) {
    if (text.n >= UINT32_MAX) {
        return err_set(err, ERR_LIMIT, "the text is too long");
    }
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == '\n' || text.p[i] == '\r';
    }
    uint32_t *starts = arena_array(arena, n, sizeof *starts);
    if (!starts) {
        return err_memory(err);
    }
    n = 1;
    for (size_t i = 0, length; i < text.n; i += length ? length : 1) {
        length = break_at(text, i);
        if (length) {
            starts[n++] = (uint32_t)(i + length);
        }
    }
    *out = (struct lsp_lines){text, encoding, starts, n};
    return 0;
}

static struct str line_with_break(const struct lsp_lines *lines, size_t line) {
    if (line >= lines->n) {
        return str_from(lines->text, lines->text.n);
    }
    size_t end = line + 1 < lines->n ? lines->starts[line + 1] : lines->text.n;
    return str_sub(lines->text, lines->starts[line], end - lines->starts[line]);
}

struct str lsp_line(const struct lsp_lines *lines, size_t line) {
    struct str s = line_with_break(lines, line);
    while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r')) {
        s.n--;
    }
    return s;
}

/* Bytes of the character in front of s, and its units; a byte that is no UTF-8 counts for one. */
static size_t step(struct str s, enum lsp_encoding encoding, uint32_t *units) {
    uint32_t code = 0;
    size_t n = utf8_next(s, &code);
    n = n ? n : 1;
    *units = encoding == LSP_UTF8 ? (uint32_t)n : code > 0xffff ? 2 : 1;
    return n;
}

struct lsp_position lsp_position(const struct lsp_lines *lines, size_t offset) {
    size_t low = 0, high = lines->n;
    offset = MIN(offset, lines->text.n);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(lines->starts[middle] <= offset ? &low : &high) = middle;
    }
    struct str rest = lsp_line(lines, low);
    size_t left = offset - lines->starts[low];
    struct lsp_position position = {(uint32_t)low, 0};
    for (uint32_t units; rest.n;) {
        size_t n = step(rest, lines->encoding, &units);
        if (n > left) {
            break;
        }
        left -= n;
        rest = str_from(rest, n);
        position.character += units;
    }
    return position;
}

size_t lsp_offset(const struct lsp_lines *lines, struct lsp_position position) {
    if (position.line >= lines->n) {
        return lines->text.n;
    }
    struct str rest = lsp_line(lines, position.line);
    size_t offset = lines->starts[position.line];
    uint32_t left = position.character;
    for (uint32_t units; rest.n;) {
        size_t n = step(rest, lines->encoding, &units);
        if (units > left) {
            break;
        }
        left -= units;
        offset += n;
        rest = str_from(rest, n);
    }
    return offset;
}
