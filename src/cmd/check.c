/* check list | explain ID | test [FILE|DIR|oci:IMAGE…] | new ID: the checks themselves, and tests of the
 * user's own. */
#include "base/limits.h"
#include "base/near.h"
#include "cmd/command.h"
#include "cmd/registry_options.h"
#include "cmd/terminal.h"
#include "policy/packs/checks.h"
#include "policy/packs/examples.h"

#include <stdio.h>

struct check_run {
    const struct arguments *arguments;
    struct arena *arena;
    struct check_list checks;
    struct image_options registry;
};

/* ---- list */

static int list(struct check_run *run, struct err *err) {
    for (size_t i = 0; i < run->checks.n; i++) {
        const struct check *check = run->checks.p[i];
        printf("%-18.*s %-9s %.*s\n", STR_ARG(check->id), severity_name(check->severity),
               STR_ARG(check->title));
    }
    printf("%zu checks   more of one: plimsoll check explain %.*s\n", run->checks.n,
           STR_ARG(run->checks.n ? run->checks.p[0]->id : STR("ID")));
    return EXIT_CLEAN;
}

/* ---- explain */

static const struct check *find(struct check_run *run, struct str id, struct err *err) {
    struct near near = near_to(id);
    for (size_t i = 0; i < run->checks.n; i++) {
        if (str_eq_nocase(run->checks.p[i]->id, id)) {
            return run->checks.p[i];
        }
        near_offer(&near, run->checks.p[i]->id);
    }
    if (near.best.n) {
        err_set(err, ERR_USAGE, "there is no check '%.*s'. Did you mean %.*s?", STR_ARG(id),
                STR_ARG(near.best));
    } else {
        err_set(err, ERR_USAGE, "there is no check '%.*s'. See: plimsoll check list", STR_ARG(id));
    }
    return NULL;
}

static void print_lines(const char *title, struct str text) {
    bool is_first = true;
    for (struct str rest = text, line; str_line(&rest, &line); is_first = false) {
        printf("  %-10s%.*s\n", is_first ? title : "", STR_ARG(line));
    }
}

static void print_expression(const char *title, const struct check_expression *expression) {
    if (expression->text.n) {
        print_lines(title, expression->text);
    }
}

static void print_examples(const struct check *check) {
    for (size_t i = 0; i < check->examples_n; i++) {
        const struct check_example *example = &check->examples[i];
        printf("\n  %ss (%.*s)\n", check_expect_name(example->expect), STR_ARG(example->source));
        unsigned number = 1;
        for (struct str rest = example->text, line; str_line(&rest, &line); number++) {
            printf("  %c %3u  %.*s\n", number == example->line ? '>' : ' ', number, STR_ARG(line));
        }
    }
}

static void print_check(const struct check *check) {
    printf("%.*s   %s\n%.*s\n\n", STR_ARG(check->id), severity_name(check->severity), STR_ARG(check->title));
    print_lines("why", check->why);
    print_lines("fix", check->fix);
    for (size_t i = 0; i < check->kinds_n; i++) {
        printf("  %-10s%.*s\n", i ? "" : "for", STR_ARG(check->kinds[i]));
    }
    print_expression("when", &check->when);
    print_expression("each", &check->each);
    print_expression("fail", &check->fail);
    for (size_t i = 0; i < check->controls_n; i++) {
        printf("  %-10s%.*s %.*s\n", i ? "" : "controls", STR_ARG(check->controls[i].framework),
               STR_ARG(check->controls[i].numbers));
    }
    for (size_t i = 0; i < check->references_n; i++) {
        printf("  %-10s%.*s\n", i ? "" : "see", STR_ARG(check->references[i]));
    }
    print_examples(check);
}

static int explain(struct check_run *run, struct err *err) {
    const struct arguments *arguments = run->arguments;
    if (arguments->operands_n < 2) {
        return err_set(err, ERR_USAGE, "name a check: plimsoll check explain ID");
    }
    for (size_t i = 1; i < arguments->operands_n; i++) {
        const struct check *check = find(run, str_c(arguments->operands[i]), err);
        if (!check) {
            return err->code;
        }
        print_check(check);
    }
    return EXIT_CLEAN;
}

/* ---- test */

static bool shows_fixed(const struct check *check) {
    for (size_t i = 0; i < check->examples_n; i++) {
        if (check->examples[i].fixed.n) {
            return true;
        }
    }
    return false;
}

static int test_check(struct check_run *run, const struct check *check, size_t *good, size_t *bad,
                      struct err *err) {
    for (size_t i = 0; i < check->examples_n; i++) {
        struct example_result result;
        int r = example_run(run->arena, check, i, &result, err);
        if (r < 0) {
            return r;
        }
        *(result.is_good ? good : bad) += 1;
        if (!result.is_good) {
            printf("%.*s:%u: %.*s: %.*s\n", STR_ARG(check->file), result.example->at.line, STR_ARG(check->id),
                   STR_ARG(result.problem));
        }
    }
    if (check->patches_n && !shows_fixed(check)) {
        *bad += 1;
        printf("%.*s:%u: %.*s: has a patch, but no example says what is fixed by it\n", STR_ARG(check->file),
               check->at.line, STR_ARG(check->id));
    }
    if (!check->examples_n) {
        *bad += 1;
        printf("%.*s:%u: %.*s: has no examples\n", STR_ARG(check->file), check->at.line, STR_ARG(check->id));
    }
    return 0;
}

/* Of the files named, else of everything that is loaded. */
static int test(struct check_run *run, struct err *err) {
    const struct arguments *arguments = run->arguments;
    size_t good = 0, bad = 0, named = arguments->operands_n - 1;
    int r = named ? checks_load(run->arena, arguments->operands + 1, named, &run->registry, &run->checks, err)
                  : 0;
    for (size_t i = named ? run->checks.builtin : 0; r == 0 && i < run->checks.n; i++) {
        r = test_check(run, run->checks.p[i], &good, &bad, err);
    }
    if (r < 0) {
        return r;
    }
    printf("%zu checks: %zu examples as expected, %zu not\n",
           run->checks.n - (named ? run->checks.builtin : 0), good, bad);
    return bad ? EXIT_BLOCKED : EXIT_CLEAN;
}

/* ---- new */

static int new (struct check_run *run, struct err *err) {
    const struct arguments *arguments = run->arguments;
    const char *id = arguments->operands_n > 1 ? arguments->operands[1] : "ACME-001";
    printf("# Fill it in, then: plimsoll check test FILE\n"
           "id: %s\n"
           "title: Container runs as root\n"
           "severity: medium\n"
           "kinds: [Workload]\n"
           "each: containers(self)\n"
           "fail: item.?securityContext.?runAsUser.orValue(1) == 0\n"
           "why: One sentence on the harm.\n"
           "fix: One sentence on what to do.\n"
           "examples:\n"
           "  - source: kubernetes\n"
           "    expect: fail\n"
           "    at: 7\n"
           "    text: |\n"
           "      apiVersion: v1\n"
           "      kind: Pod\n"
           "      metadata: {name: a}\n"
           "      spec:\n"
           "        containers:\n"
           "          - name: a\n"
           "            securityContext: {runAsUser: 0}\n"
           "  - source: kubernetes\n"
           "    expect: pass\n"
           "    text: |\n"
           "      apiVersion: v1\n"
           "      kind: Pod\n"
           "      metadata: {name: a}\n"
           "      spec: {containers: [{name: a, securityContext: {runAsUser: 1000}}]}\n",
           id);
    return EXIT_CLEAN;
}

/* ---- the command */

static const struct {
    const char *name;
    int (*run)(struct check_run *run, struct err *err); /* an exit code, or an error */
} actions[] = {{"list", list}, {"explain", explain}, {"test", test}, {"new", new}};

static int dispatch(struct check_run *run, struct err *err) {
    const char *name = run->arguments->operands_n ? run->arguments->operands[0] : "";
    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        if (str_eq(str_c(actions[i].name), str_c(name))) {
            const struct option_values *policies = arguments_all(run->arguments, "policy");
            run->registry = registry_options(run->arguments, cache_folder(run->arena));
            int r = checks_load(run->arena, policies->p, policies->n, &run->registry, &run->checks, err);
            return r == 0 ? actions[i].run(run, err) : r;
        }
    }
    return err_set(err, ERR_USAGE, "say what to do: plimsoll check list, explain ID, test FILE or new ID");
}

static int run_check(const struct arguments *arguments) {
    _cleanup_(arena_free) struct arena arena = arena_new(GIB);
    struct check_run run = {.arguments = arguments, .arena = &arena};
    struct err err = ERR_NONE;
    int r = dispatch(&run, &err);
    if (r < 0) {
        complain(&err);
        return EXIT_WRONG;
    }
    return r;
}

static const struct option options[] = {
    {.name = "policy",
     .metavar = "DIR|FILE|oci:IMAGE",
     .help = "further checks; can be repeated",
     .repeats = true,
     .is_callers = true},
    REGISTRY_OPTIONS("Registries"),
    {.name = "help", .letter = 'h', .group = "Debugging", .help = "this help", .is_callers = true},
    {0},
};

const struct command command_check = {
    .name = "check",
    .summary = "the configuration checks: list, explain, test, new",
    .operands = "list | explain ID… | test [FILE|DIR|oci:IMAGE…] | new [ID]",
    .options = options,
    .examples =
        (const struct example[]){
            {"plimsoll check list", "all checks, with id, severity and title"},
            {"plimsoll check explain PLM-K8S-PSS-PRIVILEGED",
             "the reason, the fix, the expression and examples of one"},
            {"plimsoll check new ACME-001 > acme.yaml", "the frame of a check of your own"},
            {"plimsoll check test acme.yaml", "runs the examples in it"},
            {0},
        },
    .details =
        "A check is YAML with an expression in CEL; its examples are its tests. docs/checks.md shows every "
        "field.\n"
        "Exit: 0 done, 1 an example is not as expected, 2 wrong use or a pack that can't be read.",
    .run = run_check,
};
