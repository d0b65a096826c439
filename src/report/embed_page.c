/* embed_page OUT HTML CSS JS: the page of the HTML report as C, in two parts: what comes before the data, and
 * what comes after it. Run by the build. The script's digest stands in the page's content security policy. */
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"

#include <openssl/evp.h>
#include <stdio.h>

struct page {
    struct str html, css, script;
    char digest[64]; /* base64 */
};

static int read_text(struct arena *arena, const char *path, struct str *out, struct err *err) {
    _cleanup_(buf_free) struct buf text = buf_new(MIB);
    int r = file_read(path, &text, err);
    *out = r == 0 ? arena_str(arena, buf_view(&text)) : STR_NONE;
    return r < 0 || out->p ? r : err_memory(err);
}

static int digest(struct page *page) {
    struct sha256 *sha = sha256_new();
    unsigned char bytes[SHA256_BYTES];
    if (!sha) {
        return -1;
    }
    sha256_add(sha, page->script.p, page->script.n);
    sha256_end(sha, bytes);
    sha256_free(sha);
    EVP_EncodeBlock((unsigned char *)page->digest, bytes, SHA256_BYTES);
    return 0;
}

static void put_bytes(FILE *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        fprintf(out, "%u,%s", (unsigned char)s.p[i], i % 24 == 23 ? "\n" : "");
    }
}

/* The text with @MARKS@ replaced. */
static void put_part(FILE *out, const struct page *page, const char *name, struct str part) {
    const struct {
        struct str mark, text;
    } marks[] = {
        {STR("@HASH@"), str_c(page->digest)}, {STR("@CSS@"), page->css}, {STR("@SCRIPT@"), page->script}};
    fprintf(out, "static const unsigned char %s[] = {\n", name);
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        ptrdiff_t at = str_find(part, marks[i].mark);
        if (at >= 0) {
            put_bytes(out, str_sub(part, 0, (size_t)at));
            put_bytes(out, marks[i].text);
            part = str_from(part, (size_t)at + marks[i].mark.n);
        }
    }
    put_bytes(out, part);
    fprintf(out, "};\nconst struct str report_%s = {(const char *)%s, sizeof %s};\n", name, name, name);
}

int main(int argc, char **argv) {
    _cleanup_(arena_free) struct arena arena = arena_new(16 * MIB);
    struct err err = ERR_NONE;
    struct page page = {0};
    if (argc != 5 || read_text(&arena, argv[2], &page.html, &err) < 0 ||
        read_text(&arena, argv[3], &page.css, &err) < 0 ||
        read_text(&arena, argv[4], &page.script, &err) < 0 || digest(&page) < 0) {
        fprintf(stderr, "embed_page: %s\n", err.message);
        return 1;
    }
    ptrdiff_t at = str_find(page.html, STR("@DATA@"));
    FILE *out = at < 0 ? NULL : fopen(argv[1], "we");
    if (!out) {
        fprintf(stderr, "embed_page: the page has no @DATA@, or %s can't be written\n", argv[1]);
        return 1;
    }
    fprintf(out, "#include \"report/page.h\"\n");
    put_part(out, &page, "page_before", str_sub(page.html, 0, (size_t)at));
    put_part(out, &page, "page_after", str_from(page.html, (size_t)at + 6));
    return fclose(out) == 0 ? 0 : 1;
}
