#include "cmd/report_inputs.h"

#include "base/file.h"
#include "base/limits.h"
#include "report/template/template.h"

int report_read_template(struct report_options *out, const struct arguments *arguments, bool is_wanted,
                         struct arena *arena, struct err *err) {
    const char *path = arguments_get(arguments, "template");
    _cleanup_(buf_free) struct buf text = buf_new(LIMIT_TEMPLATE);
    if (!path) {
        return is_wanted
                   ? err_set(err, ERR_USAGE, "the format template needs one: name it with --template FILE")
                   : 0;
    }
    int r = file_read(path, &text, err);
    struct str kept = r == 0 ? arena_str(arena, buf_view(&text)) : STR_NONE;
    if (r < 0) {
        return r;
    }
    return kept.p ? template_compile(arena, str_c(path), kept, &out->template, err) : err_memory(err);
}

static struct str variable(const char *name) {
    return str_c(getenv(name));
}

int report_read_github(struct report_github *github, const struct arguments *arguments, struct arena *arena,
                       struct err *err) {
    const char *sha = arguments_get(arguments, "sha"), *ref = arguments_get(arguments, "ref");
    const char *job = arguments_get(arguments, "job");
    struct str server = variable("GITHUB_SERVER_URL"), repository = variable("GITHUB_REPOSITORY");
    struct str workflow = variable("GITHUB_WORKFLOW"), step = variable("GITHUB_JOB");
    *github = (struct report_github){.sha = sha ? str_c(sha) : variable("GITHUB_SHA"),
                                     .ref = ref ? str_c(ref) : variable("GITHUB_REF"),
                                     .job = variable("GITHUB_RUN_ID"),
                                     .correlator = str_c(job)};
    if (!job && workflow.n && step.n) {
        github->correlator = arena_strf(arena, "%.*s %.*s", STR_ARG(workflow), STR_ARG(step));
    }
    if (server.n && repository.n) {
        github->repository = arena_strf(arena, "%.*s/%.*s", STR_ARG(server), STR_ARG(repository));
    }
    if (github->repository.n && github->job.n) {
        github->run =
            arena_strf(arena, "%.*s/actions/runs/%.*s", STR_ARG(github->repository), STR_ARG(github->job));
    }
    bool has_memory = (!workflow.n || !step.n || github->correlator.p) &&
                      (!server.n || !repository.n || github->repository.p);
    return has_memory ? 0 : err_memory(err);
}
