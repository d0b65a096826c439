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

int attestation_open(struct arena *arena, const struct doc *root, struct attestation *out, struct err *err) {
    const struct doc *bundled = doc_get(root, STR("dsseEnvelope"));
    const struct doc *envelope = bundled ? bundled : root;
    struct str payload = doc_text(envelope, "payload");
    *out = (struct attestation){.predicate = root};
    if (payload.n && doc_get(envelope, STR("payloadType"))) {
        out->signatures = doc_count(doc_get(envelope, STR("signatures")));
        int r = open_envelope(arena, payload, &root, err);
        if (r < 0) {
            return r;
        }
        out->predicate = root;
    }
    const struct doc *predicate = predicate_of(root);
    if (predicate) {
        out->statement = root;
        out->predicate = predicate;
    }
    return 0;
}

bool attestation_is_of(const struct doc *statement, const struct str *digests, size_t n) {
    const struct doc *subjects = doc_get(statement, STR("subject"));
    for (size_t i = 0; i < doc_count(subjects); i++) {
        const struct doc *named = doc_get(doc_at(subjects, i), STR("digest"));
        for (size_t d = 0; d < n; d++) {
            struct str algorithm, hex;
            if (str_cut(digests[d], ':', &algorithm, &hex) &&
                str_eq(doc_str(doc_get(named, algorithm)), hex)) {
                return true;
            }
        }
    }
    return false;
}

int attestation_unwrap(struct arena *arena, const struct doc **root, struct err *err) {
    struct attestation attestation;
    int r = attestation_open(arena, *root, &attestation, err);
    *root = r == 0 ? attestation.predicate : *root;
    return r;
}
