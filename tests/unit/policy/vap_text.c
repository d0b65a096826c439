#include "vap_text.h"

#include "doc/yaml.h"
#include "infra/kubernetes/read.h"

static int write_outcome(void *ctx, const struct outcome *outcome, struct err *err) {
    struct buf *out = ctx;
    struct str text = outcome->is_undecided ? outcome->reason : outcome->message;
    buf_printf(out, "%s %.*s %.*s:%u %s%.*s\n", severity_name(outcome->check->severity),
               STR_ARG(outcome->check->id), STR_ARG(outcome->resource->key), outcome->at.line,
               outcome->is_undecided ? "undecided: " : "", STR_ARG(text));
    return out->failed ? err_memory(err) : 0;
}

static int add_policies(struct arena *arena, struct vap *vap, struct str text, struct err *err) {
    const struct doc **documents;
    size_t n = 0;
    int r = yaml_parse(arena, text, &documents, &n, err);
    for (size_t i = 0; r == 0 && i < n; i++) {
        r = vap_is_document(documents[i]) ? vap_add(vap, STR("policy.yaml"), documents[i], err) : 0;
    }
    return r;
}

int vap_to_text(struct arena *arena, struct str policies, struct str objects, struct buf *out,
                struct err *err) {
    struct vap vap = vap_new(arena);
    struct resources set = resources_new(arena);
    const struct judge_options options = {.sink = write_outcome, .ctx = out};
    int r = add_policies(arena, &vap, policies, err);
    r = r == 0 ? kubernetes_read(&set, STR("objects.yaml"), objects, err) : r;
    return r == 0 ? vap_judge(&vap, &set, &options, err) : r;
}
