/* Actions that GitHub's workflows and composite actions use (docs.github.com/en/actions, "Workflow syntax"):
 * `uses: owner/repository[/path]@ref` of steps, and of jobs that call a workflow.
 *
 * The repository is the package and the ref its version, be it a tag, a branch or a commit. Actions of the
 * same repository ("./x") and images ("docker://x") are none. */
#include "base/limits.h"
#include "base/map.h"
#include "doc/yaml.h"
#include "inspect/packages/language.h"
#include "inspect/packages/packages.h"

struct reading {
    struct inspection *in;
    struct err *err;
    struct map seen; /* what is used, each once */
};

/* "owner/repository/path" without the path; empty when it has no slash. */
static struct str repository_of(struct str action) {
    ptrdiff_t owner = str_find_byte(action, '/');
    ptrdiff_t end = owner < 0 ? -1 : str_find_byte(str_from(action, (size_t)owner + 1), '/');
    if (owner <= 0) {
        return STR_NONE;
    }
    return end < 0 ? action : str_sub(action, 0, (size_t)(owner + 1 + end));
}

static int write_use(struct reading *reading, const struct doc *uses) {
    struct str stated = doc_str(uses), action, ref;
    bool is_new;
    if (!str_cut(stated, '@', &action, &ref) || !ref.n || str_starts(action, STR(".")) ||
        str_find(action, STR("://")) >= 0) {
        return 0;
    }
    struct package package = {.type = PACKAGE_GITHUB,
                              .flags = PACKAGE_IS_DIRECT,
                              .name = repository_of(action),
                              .version = ref,
                              .line = uses->at.line};
    struct str key =
        arena_strf(reading->in->arena, "%.*s@%.*s", STR_ARG(package.name), STR_ARG(package.version));
    if (!key.p || !map_put(&reading->seen, key, &is_new)) {
        return err_memory(reading->err);
    }
    if (is_new) {
        language_package(reading->in, &package);
    }
    return 0;
}

static int read_steps(struct reading *reading, const struct doc *steps) {
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < doc_count(steps); i++) {
        rc = write_use(reading, doc_get(doc_at(steps, i), STR("uses")));
    }
    return rc;
}

static int read_document(struct reading *reading, const struct doc *root) {
    const struct doc *jobs = doc_get(root, STR("jobs"));
    int rc = read_steps(reading, doc_path(root, "runs.steps"));
    for (size_t i = 0; rc == 0 && doc_is(jobs, DOC_MAP) && i < jobs->map.n; i++) {
        const struct doc *job = jobs->map.members[i].value;
        rc = write_use(reading, doc_get(job, STR("uses")));
        rc = rc < 0 ? rc : read_steps(reading, doc_get(job, STR("steps")));
    }
    return rc;
}

static bool is_wanted(struct str path) {
    struct str folder = str_dirname(path);
    return str_starts(str_basename(path), STR("action.")) ||
           str_eq(str_basename(str_dirname(folder)), STR(".github"));
}

static int inspect(struct inspection *in, struct err *err) {
    struct reading reading = {in, err, map_new(in->arena)};
    const struct doc **docs;
    size_t n = 0;
    if (!is_wanted(in->entry->path)) {
        return 0;
    }
    int rc = yaml_parse(in->arena, in->body, &docs, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        rc = read_document(&reading, docs[i]);
    }
    return rc;
}

const struct inspector inspect_github_actions = {
    .name = "github-actions",
    .title = "actions that GitHub workflows use",
    .reads = "*.yml and *.yaml in .github/workflows, action.yml, action.yaml",
    .version = 1,
    .is_of_sources = true,
    .large_is_other = true,
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.folder = "workflows", .suffix = ".yml"},
              {.folder = "workflows", .suffix = ".yaml"},
              {.name = "action.yml"},
              {.name = "action.yaml"}},
    .inspect = inspect,
};
