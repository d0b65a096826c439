/* plimsoll-patterns: rules of secrets on standard input, their Vectorscan database on standard output.
 * Started by plimsoll (compile.h); patterns are somebody else's, so they are compiled in the cage. */
#include "base/cage.h"
#include "base/file.h"
#include "base/limits.h"
#include "inspect/secrets/compile.h"
#include "inspect/secrets/database_compile.h"

#include <stdio.h>

enum { COMPILE_SECONDS = 60 };

static int compile(void *ctx, struct cage_port *port, struct err *err) {
    const struct str *question = ctx;
    _cleanup_(arena_free) struct arena arena = arena_new(LIMIT_RECORD);
    _cleanup_(buf_free) struct buf database = buf_new(LIMIT_SECRET_DATABASE);
    _cleanup_(buf_free) struct buf answer = buf_new(LIMIT_SECRET_DATABASE);
    struct secret_rule_list list = {0};
    int r = secret_compile_get(&arena, *question, &list, err);
    r = r == 0 ? secret_database_compile(&arena, list.p, list.n, &database, err) : r;
    if (r < 0) {
        return r;
    }
    secret_compile_put_answer(&answer, list.p, list.n, buf_view(&database), NULL);
    return answer.failed ? err_memory(err) : cage_port_write(port, buf_view(&answer), err);
}

static int answer(struct buf *out, struct err *err) {
    _cleanup_(buf_free) struct buf question = buf_new(LIMIT_RECORD);
    int r = file_read_fd(STDIN_FILENO, &question, err);
    struct str bytes = buf_view(&question);
    const struct cage_job job = {.run = compile,
                                 .ctx = &bytes,
                                 .memory = 2 * GIB,
                                 .output_cap = LIMIT_SECRET_DATABASE,
                                 .stall_seconds = COMPILE_SECONDS};
    return r == 0 ? cage_call(&job, out, err) : r;
}

int main(void) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_SECRET_DATABASE);
    struct err err = ERR_NONE;
    if (answer(&out, &err) < 0) {
        buf_clear(&out);
        secret_compile_put_answer(&out, NULL, 0, STR_NONE, err.message);
    }
    return file_write_fd(STDOUT_FILENO, buf_view(&out), &err) < 0;
}
