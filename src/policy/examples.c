#include "policy/examples.h"

#include "base/limits.h"
#include "infra/link.h"
#include "policy/read.h"

struct trial {
    const struct check_example *example;
    struct arena *arena;
    bool failed, undecided, is_at; /* is_at: a failure stands on the line that the example names */
    uint32_t line;                 /* of the first failure */
    struct str reason;
};

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
    return 0;
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
    struct trial trial = {.example = &check->examples[i], .arena = arena};
    struct judge_options options = {.kubernetes = trial.example->kubernetes, .sink = see, .ctx = &trial};
    struct err failure = ERR_NONE;
    *out = (struct example_result){.example = trial.example};
    int r = policy_read(&set, trial.example->source, STR("example"), trial.example->text, &failure);
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
    out->is_good = !out->problem.n;
    return 0;
}
