/* Prints what the built-in checks whose ids begin with PREFIX say of a file, for tests that compare:
 *
 *     judge_manifest SOURCE FILE PREFIX [VERSION...]
 *
 * A line each, "VERSION KEY ID fail" or "VERSION KEY ID undecided REASON"; VERSION is one of Kubernetes, "-"
 * for the newest.
 */
#include "base/file.h"
#include "base/limits.h"
#include "infra/link.h"
#include "policy/judge.h"
#include "policy/read.h"

struct program {
    const char *version;
    const struct check **checks;
    size_t n;
};

static int print(void *ctx, const struct outcome *outcome, struct err *err) {
    const struct program *program = ctx;
    printf("%s %.*s %.*s %s%.*s\n", program->version, STR_ARG(outcome->resource->key),
           STR_ARG(outcome->check->id), outcome->is_undecided ? "undecided " : "fail",
           STR_ARG(outcome->reason));
    return 0;
}

static int judge(const struct resources *set, struct program *program, const char *version, struct err *err) {
    bool is_newest = strcmp(version, "-") == 0;
    struct judge_options options = {
        .kubernetes = is_newest ? STR_NONE : str_c(version), .sink = print, .ctx = program};
    program->version = version;
    return policy_judge(set, program->checks, program->n, &options, err);
}

static int run(int argc, char **argv, struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_DOC_BYTES);
    struct resources set = resources_new(&arena);
    struct program program = {.checks = arena_array(&arena, builtin_checks_n, sizeof *program.checks)};
    int r = file_read(argv[2], &text, err);
    r = r == 0 ? policy_read(&set, str_c(argv[1]), str_c(argv[2]), buf_view(&text), err) : r;
    r = r == 0 ? infra_link(&set, err) : r;
    for (size_t i = 0; program.checks && i < builtin_checks_n; i++) {
        if (str_starts(builtin_checks[i]->id, str_c(argv[3]))) {
            program.checks[program.n++] = builtin_checks[i];
        }
    }
    for (int i = 4; r == 0 && i < argc; i++) {
        r = judge(&set, &program, argv[i], err);
    }
    return r == 0 && argc == 4 ? judge(&set, &program, "-", err) : r;
}

int main(int argc, char **argv) {
    struct err err = ERR_NONE;
    if (argc < 4) {
        fprintf(stderr, "judge_manifest SOURCE FILE PREFIX [VERSION...]\n");
        return 2;
    }
    if (run(argc, argv, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return 0;
}
