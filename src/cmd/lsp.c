/* lsp: the language server, over standard input and output. */
#include "lsp/lsp.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd/command.h"
#include "cmd/commands.h"
#include "cmd/registry_options.h"
#include "policy/packs/checks.h"

#include <errno.h>

enum { READ_AT_ONCE = 64 * 1024 };

static int serve(struct lsp *lsp, struct err *err) {
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_REPORT);
    char in[READ_AT_ONCE];
    int r = 0;
    while (r == 0) {
        ssize_t n = read(STDIN_FILENO, in, sizeof in);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return err_set_errno(err, ERR_IO, "standard input");
        }
        if (n == 0) {
            return 0; /* the editor has gone */
        }
        buf_clear(&out);
        r = lsp_take(lsp, str_n(in, (size_t)n), &out, err);
        if (out.n && !out.failed) {
            int w = file_write_fd(STDOUT_FILENO, buf_view(&out), r < 0 ? NULL : err);
            r = r < 0 || w == 0 ? r : w;
        }
    }
    return MIN(r, 0);
}

static int start(const struct arguments *arguments, struct arena *arena, struct lsp **lsp, struct err *err) {
    const struct option_values *policies = arguments_all(arguments, "policy");
    const char *kubernetes = arguments_get(arguments, "kubernetes");
    const struct image_options registry = registry_options(arguments, cache_folder(arena));
    struct check_list checks;
    int r = checks_load(arena, policies->p, policies->n, &registry, &checks, err);
    const struct lsp_options options = {
        .checks = checks.p, .checks_n = checks.n, .kubernetes = str_c(kubernetes)};
    return r == 0 ? lsp_new(lsp, &options, err) : r;
}

static int run_lsp(const struct arguments *arguments) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    _cleanup_(lsp_freep) struct lsp *lsp = NULL;
    struct err err = ERR_NONE;
    if (start(arguments, &arena, &lsp, &err) < 0 || serve(lsp, &err) < 0) {
        complain(&err);
        return EXIT_WRONG;
    }
    return lsp_exit_code(lsp);
}

static const struct option options[] = {
    {.name = "policy",
     .metavar = "DIR|FILE|oci:IMAGE",
     .help = "further checks of your own; can be repeated",
     .repeats = true,
     .is_callers = true},
    REGISTRY_OPTIONS("Registries"),
    {.name = "kubernetes",
     .metavar = "VERSION",
     .help = "judge manifests for this version, as in 1.31; default: the newest known"},
    {.name = "stdio",
     .help = "speak over standard input and output, which it always does",
     .is_callers = true},
    {.name = "help", .letter = 'h', .group = "Debugging", .help = "this help", .is_callers = true},
    {0},
};

const struct command command_lsp = {
    .name = "lsp",
    .summary = "the language server for editors",
    .operands = "",
    .options = options,
    .examples =
        (const struct example[]){
            {"plimsoll lsp", "what an editor starts; docs/lsp.md shows how to set some of them up"},
            {"plimsoll lsp --policy checks/", "with further checks of your own"},
            {0},
        },
    .details =
        "Diagnostics as you type for Dockerfiles, compose files, Kubernetes manifests, packs of checks and "
        ".plimsoll.yaml; the reason by hover; fixes and comments that set a finding aside as code "
        "actions.\nExit: 0 after shutdown and exit, 1 without shutdown, 2 a stream that can't be "
        "followed.",
    .run = run_lsp,
};
