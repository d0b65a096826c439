/* Dockerfiles: the whole tree, and its comments. What is wrong in a file is a problem beside it. */
#include "doc/dockerfile/dockerfile.h"
#include "base/limits.h"
#include "infra/dockerfile.h"
#include "inspect/documents/documents.h"

static void keep_comments(struct facts *facts, const struct doc *root) {
    const struct doc *comments = doc_get(root, STR("comments"));
    for (size_t i = 0; i < doc_count(comments); i++) {
        const struct doc *text = doc_get(doc_at(comments, i), STR("text"));
        documents_comment(facts, doc_at(comments, i)->at.line, doc_str(text));
    }
}

static int inspect(struct inspection *in, struct err *err) {
    struct dockerfile file;
    if (!dockerfile_is_file_name(str_basename(in->entry->path))) {
        return 0;
    }
    int r = dockerfile_parse(in->arena, in->body, &file, err);
    if (r < 0) {
        return r;
    }
    for (size_t i = 0; i < file.problems.list.n; i++) {
        const struct doc_problem *problem = &file.problems.list.p[i];
        facts_problem(in->facts, false, "line %u column %u: %.*s", problem->at.line, problem->at.column,
                      STR_ARG(problem->message));
    }
    keep_comments(in->facts, file.root);
    return facts_document(in->facts, DOCUMENT_DOCKERFILE, file.root, err);
}

const struct inspector inspect_dockerfile = {
    .name = "dockerfile",
    .title = "Dockerfiles",
    .reads = "Dockerfile, Dockerfile.*, *.Dockerfile, Containerfile",
    .version = 1,
    .is_of_sources = true,
    .body_max = LIMIT_DOCUMENT,
    .wants = {{.prefix = "Dockerfile"},
              {.prefix = "dockerfile"},
              {.prefix = "Containerfile"},
              {.suffix = ".Dockerfile"},
              {.suffix = ".dockerfile"},
              {.suffix = ".Containerfile"},
              {.suffix = ".containerfile"}},
    .inspect = inspect,
};
