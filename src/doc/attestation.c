#include "doc/attestation.h"

#include "base/base64.h"
#include "doc/json.h"

static int open_envelope(struct arena *arena, struct str payload, const struct doc **root, struct err *err) {
    struct str text;
    int r = base64_decode(arena, payload, &text);
    if (r < 0) {
        return r == ERR_MEMORY ? err_memory(err)
                               : err_set(err, ERR_INPUT, "the attestation's payload is no base64");
    }
    r = json_parse(arena, text, root, err);
    return r < 0 ? err_at(err, "payload") : 0;
}

/* Old attestations of cosign put the document into "Data". */
static const struct doc *predicate_of(const struct doc *statement) {
    const struct doc *predicate = doc_get(statement, STR("predicate"));
    const struct doc *data = doc_get(predicate, STR("Data"));
    return doc_is(data, DOC_MAP) ? data : predicate;
}

int attestation_unwrap(struct arena *arena, const struct doc **root, struct err *err) {
    struct str payload = doc_str(doc_get(*root, STR("payload")));
    int r = payload.n && doc_get(*root, STR("payloadType")) ? open_envelope(arena, payload, root, err) : 0;
    const struct doc *predicate = r == 0 ? predicate_of(*root) : NULL;
    *root = predicate ? predicate : *root;
    return r;
}
