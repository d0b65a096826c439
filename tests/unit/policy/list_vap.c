/* list_vap POLICIES OBJECTS: vap_to_text() of two files, or the error. */
#include "vap_text.h"

#include "base/file.h"
#include "base/limits.h"

#include <stdio.h>

int main(int argc, char **argv) {
    _cleanup_(arena_free) struct arena arena = arena_new(256 * MIB);
    _cleanup_(buf_free) struct buf policies = buf_new(MIB), objects = buf_new(MIB), out = buf_new(16 * MIB);
    struct err err = ERR_NONE;
    if (argc != 3 || file_read(argv[1], &policies, &err) < 0 || file_read(argv[2], &objects, &err) < 0) {
        fprintf(stderr, "usage: list_vap POLICIES OBJECTS: %s\n", err.message);
        return 2;
    }
    int r = vap_to_text(&arena, buf_view(&policies), buf_view(&objects), &out, &err);
    printf("%.*s%s%s%s", STR_ARG(buf_view(&out)), r < 0 ? "error: " : "", r < 0 ? err.message : "",
           r < 0 ? "\n" : "");
    return 0;
}
