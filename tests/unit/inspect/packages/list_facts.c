/* list_facts INSPECTOR PATH-IN-IMAGE FILE      the facts of a file, as facts_text.h writes them
 * list_facts hash < paths                      the hash of each line as an owned path */
#include "base/file.h"
#include "base/limits.h"
#include "facts_text.h"

static int list(const char *name, const char *path, const char *file) {
    _cleanup_(buf_free) struct buf body = buf_new(LIMIT_BODY), out = buf_new(LIMIT_FACTS * 4);
    const struct inspector *inspector = facts_text_find(name);
    struct err err = ERR_NONE;
    _cleanup_(closep) int spool = inspector && inspector->may_spool ? file_open(file, &err) : -1;
    if (!inspector || err.code < 0 || (spool < 0 && file_read(file, &body, &err) < 0)) {
        fprintf(stderr, "%s: %s\n", name, err.message);
        return 2;
    }
    int code = spool < 0 ? facts_text(&out, inspector, str_c(path), buf_view(&body))
                         : facts_text_spooled(&out, inspector, str_c(path), spool);
    if (out.n) {
        fwrite(out.p, 1, out.n, stdout);
    }
    return code < 0;
}

static int hash_lines(void) {
    _cleanup_(buf_free) struct buf paths = buf_new(LIMIT_BODY);
    struct err err = ERR_NONE;
    if (file_read_fd(STDIN_FILENO, &paths, &err) < 0) {
        return 2;
    }
    for (struct str rest = buf_view(&paths), line; str_line(&rest, &line);) {
        printf("%016llx\n", (unsigned long long)facts_owned_hash(line));
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 2 && !strcmp(argv[1], "hash")) {
        return hash_lines();
    }
    return argc == 4 ? list(argv[1], argv[2], argv[3]) : 2;
}
