/* Compose files by the names under which compose finds them: their text, as a project is put together of
 * several (inspect/compose_projects.c). */
#include "infra/compose/compose.h"
#include "base/limits.h"
#include "doc/yaml.h"
#include "inspect/documents/documents.h"

static bool is_compose(struct str name) {
    struct str before, after;
    if (compose_is_file_name(name)) {
        return true;
    }
    ptrdiff_t at = str_find(name, STR(".override."));
    if (at < 0) {
        return false;
    }
    before = str_sub(name, 0, (size_t)at);
    after = str_from(name, (size_t)at + STR(".override.").n);
    return (str_eq(before, STR("compose")) || str_eq(before, STR("docker-compose"))) &&
           (str_eq(after, STR("yaml")) || str_eq(after, STR("yml")));
}

static int inspect(struct inspection *in, struct err *err) {
    struct yaml_stream stream;
    if (!is_compose(str_basename(in->entry->path))) {
        return 0;
    }
    facts_document_text(in->facts, DOCUMENT_COMPOSE, in->body);
    int r = yaml_read(in->arena, in->body, YAML_TAGGED, &stream, err);
    for (size_t i = 0; r == 0 && i < stream.n_comments; i++) {
        documents_comment(in->facts, stream.comments[i].at.line, stream.comments[i].text);
    }
    return 0; /* what is wrong with it is said where the project is read */
}

const struct inspector inspect_compose = {
    .name = "compose",
    .title = "Compose files",
    .reads = "compose.yaml, compose.yml, docker-compose.yaml, docker-compose.yml and their *.override.*",
    .version = 1,
    .is_of_sources = true,
    .body_max = LIMIT_DOCUMENT / 2,
    .wants = {{.prefix = "compose."}, {.prefix = "docker-compose."}},
    .inspect = inspect,
};
