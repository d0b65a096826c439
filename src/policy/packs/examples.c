#include "policy/packs/examples.h"

#include "base/limits.h"
#include "infra/link.h"
#include "policy/bases/facts.h"
#include "policy/fix.h"
#include "policy/read.h"

struct trial {
    const struct check_example *example;
    struct arena *arena;
    const struct resources *set;
    struct fix_text text;
    struct str bad_patch;          /* why one is wrong */
    bool failed, undecided, is_at; /* is_at: a failure stands on the line that the example names */
    uint32_t line;                 /* of the first failure */
    struct str reason;
};

/* A text that a patch does not fit has no fix; one that it fits has to pass afterwards. */
static int try_patch(struct trial *trial, const struct outcome *outcome, struct err *err) {
    struct err why = ERR_NONE;
    struct fix fix;
    int r = fix_make(trial->arena, &trial->text, trial->set, outcome, &fix, &why);
    if (r == ERR_INPUT) {
        trial->bad_patch = arena_str(trial->arena, str_c(why.message));
        return trial->bad_patch.p ? 0 : err_memory(err);
    }
    return r == ERR_MEMORY ? err_memory(err) : 0;
}

static int see(void *ctx, const struct outcome *outcome, struct err *err) {
    struct trial *trial = ctx;
    if (outcome->is_undecided) {
        trial->undecided = true;
        trial->reason = arena_str(trial->arena, outcome->reason);
        return trial->reason.p ? 0 : err_memory(err);
    }
    if (!trial->failed) {
        trial->line = outcome->at.line;
    }
    trial->failed = true;
    trial->is_at |= outcome->at.line == trial->example->line;
    return outcome->check->patches_n ? try_patch(trial, outcome, err) : 0;
}

static enum check_expect verdict_of(const struct trial *trial) {
    if (trial->failed) {
        return CHECK_EXPECT_FAIL;
    }
    return trial->undecided ? CHECK_EXPECT_UNDECIDED : CHECK_EXPECT_PASS;
}

static struct str compare(const struct trial *trial) {
    const struct check_example *example = trial->example;
    enum check_expect found = verdict_of(trial);
    if (found != example->expect) {
        return arena_strf(trial->arena, "expected %s, found %s%s%.*s", check_expect_name(example->expect),
                          check_expect_name(found), trial->reason.n ? ": " : "", STR_ARG(trial->reason));
    }
    if (example->line && !trial->is_at) {
        return arena_strf(trial->arena, "expected a finding at line %u, found one at line %u", example->line,
                          trial->line);
    }
    return STR_NONE;
}

/* ---- the text after the patch */

static bool want_all(void *ctx, const struct fix_text *now, const struct resources *set,
                     const struct outcome *outcome) {
    return true;
}

/* "line 3 is 'a', not 'b'" */
static struct str first_difference(struct arena *arena, struct str found, struct str expected) {
    struct str is, should;
    for (unsigned line = 1;; line++) {
        bool has_is = str_line(&found, &is), has_should = str_line(&expected, &should);
        if (!has_is || !has_should) {
            return arena_strf(arena, "the fixed text ends at line %u, not where it should", line);
        }
        if (!str_eq(is, should)) {
            return arena_strf(arena, "line %u of the fixed text is '%.*s', not '%.*s'", line, STR_ARG(is),
                              STR_ARG(should));
        }
    }
}

static int compare_fixed(struct trial *trial, const struct check *check, struct str *problem,
                         struct err *err) {
    struct fix_result result;
    if (!trial->example->fixed.n) {
        *problem = trial->bad_patch;
        return 0;
    }
    int r = fix_file(trial->arena, &trial->text, &check, 1, want_all, NULL, &result, err);
    if (r < 0) {
        return r;
    }
    if (!check->patches_n) {
        *problem = STR("says how it is fixed, but the check has no patch");
    } else if (!result.mended.n) {
        *problem = trial->bad_patch.n ? trial->bad_patch : STR("the patch does not fit");
    } else if (!str_eq(result.text, trial->example->fixed)) {
        *problem = first_difference(trial->arena, result.text, trial->example->fixed);
    }
    return 0;
}

/* A check that speaks of nothing in the example passes for the wrong reason. */
static bool is_covered(const struct check *check, const struct resources *set) {
    for (size_t i = 0; i < set->all.n; i++) {
        for (size_t k = 0; k < check->kinds_n; k++) {
            if (policy_kind_covers(check->kinds[k], set->all.p[i])) {
                return true;
            }
        }
    }
    return false;
}

int example_run(struct arena *arena, const struct check *check, size_t i, struct example_result *out,
                struct err *err) {
    _cleanup_(arena_free) struct arena scratch = arena_new(LIMIT_DOC_BYTES);
    struct resources set = resources_new(&scratch);
    const struct check_example *example = &check->examples[i];
    struct trial trial = {.example = example, .arena = arena, .set = &set};
    trial.text = (struct fix_text){example->source, STR("example"), example->text, example->kubernetes};
    struct judge_options options = {.kubernetes = trial.example->kubernetes, .sink = see, .ctx = &trial};
    struct err failure = ERR_NONE;
    *out = (struct example_result){.example = trial.example};
    int r = policy_read(&set, example->source, trial.text.file, example->text, &failure);
    r = r == 0 && example->rules.n ? base_rules_add(&set, example->rules, &failure) : r;
    r = r == 0 ? infra_link(&set, &failure) : r;
    if (r == 0) {
        r = policy_judge(&set, &check, 1, &options, &failure);
    }
    if (r == ERR_MEMORY) {
        return err_memory(err);
    }
    if (r < 0) {
        out->problem = arena_str(arena, str_c(failure.message));
    } else if (!is_covered(check, &set)) {
        out->problem = STR("nothing in it is of a kind that the check is about");
    } else {
        out->problem = compare(&trial);
    }
    if (r == 0 && !out->problem.n && trial.failed && compare_fixed(&trial, check, &out->problem, err) < 0) {
        return err->code;
    }
    out->is_good = !out->problem.n;
    return 0;
}
