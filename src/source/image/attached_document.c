#include "source/image/attached_document.h"

#include "base/cage.h"
#include "base/limits.h"
#include "base/wire.h"
#include "doc/attestation.h"
#include "doc/json.h"

const char *attached_format_name(enum attached_format format) {
    static const char *const names[ATTACHED_FORMATS] = {
        [ATTACHED_OTHER] = "unknown", [ATTACHED_CYCLONEDX] = "CycloneDX", [ATTACHED_SPDX] = "SPDX",
        [ATTACHED_SPDX_3] = "SPDX 3", [ATTACHED_SYFT] = "Syft",           [ATTACHED_OPENVEX] = "OpenVEX",
        [ATTACHED_CSAF] = "CSAF"};
    assert(format < ATTACHED_FORMATS);
    return names[format];
}

/* ---- in the cage: what each format says of itself */

enum { PRODUCER_MAX = 200, REFERENCES_MAX = 64 };

static void put_tool(struct buf *out, struct str name, struct str version) {
    buf_printf(out, "%s%.*s%s%.*s", out->n && name.n ? ", " : "", STR_ARG(name),
               name.n && version.n ? " " : "", STR_ARG(version));
}

/* The list of 1.4 and before, and the components since. */
static void cyclonedx_producer(struct buf *out, const struct doc *root) {
    const struct doc *tools = doc_path(root, "metadata.tools");
    const struct doc *list = doc_is(tools, DOC_LIST) ? tools : doc_get(tools, STR("components"));
    for (size_t i = 0; i < doc_count(list) && out->n < PRODUCER_MAX; i++) {
        put_tool(out, doc_text(doc_at(list, i), "name"), doc_text(doc_at(list, i), "version"));
    }
}

/* "Tool: syft-1.19.0", "Organization: Acme". */
static void spdx_producer(struct buf *out, const struct doc *root) {
    const struct doc *creators = doc_path(root, "creationInfo.creators");
    for (size_t i = 0; i < doc_count(creators) && out->n < PRODUCER_MAX; i++) {
        struct str kind, name;
        (void)str_cut(doc_str(doc_at(creators, i)), ':', &kind, &name);
        put_tool(out, str_trim(name), STR_NONE);
    }
}

static void no_producer(struct buf *out, const struct doc *root) {}

static void syft_producer(struct buf *out, const struct doc *root) {
    put_tool(out, doc_str(doc_path(root, "descriptor.name")), doc_str(doc_path(root, "descriptor.version")));
}

static void openvex_producer(struct buf *out, const struct doc *root) {
    put_tool(out, doc_text(root, "author"), STR_NONE);
}

static void csaf_producer(struct buf *out, const struct doc *root) {
    put_tool(out, doc_str(doc_path(root, "document.publisher.name")), STR_NONE);
}

static bool has_analysis(const struct doc *root) {
    const struct doc *all = doc_get(root, STR("vulnerabilities"));
    for (size_t i = 0; i < doc_count(all); i++) {
        if (doc_str(doc_path(doc_at(all, i), "analysis.state")).n) {
            return true;
        }
    }
    return false;
}

static const struct format {
    enum attached_format format;
    const char *mark; /* a member that has this in it; "": any */
    const char *says;
    bool is_bill, says_vex;
    void (*put_producer)(struct buf *out, const struct doc *root);
} formats[] = {
    {ATTACHED_CYCLONEDX, "bomFormat", "CycloneDX", true, false, cyclonedx_producer},
    {ATTACHED_SPDX, "spdxVersion", "SPDX-2", true, false, spdx_producer},
    {ATTACHED_SPDX_3, "@context", "spdx.org/rdf/3", false, false, no_producer},
    {ATTACHED_SYFT, "schema.url", "syft", true, false, syft_producer},
    {ATTACHED_OPENVEX, "@context", "openvex", false, true, openvex_producer},
    {ATTACHED_CSAF, "document.csaf_version", "", false, true, csaf_producer},
};

static const struct format *format_of(const struct doc *root) {
    for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
        struct str mark = doc_str(doc_path(root, formats[i].mark));
        if (mark.n && str_find(mark, str_c(formats[i].says)) >= 0) {
            return &formats[i];
        }
    }
    return NULL;
}

static size_t put_references(struct buf *out, const struct doc *list, size_t room) {
    size_t n = 0;
    for (size_t i = 0; i < doc_count(list) && n < room; i++) {
        const struct doc *reference = doc_at(list, i);
        struct str type = doc_text(reference, "type");
        if (str_eq(type, STR("exploitability-statement")) || str_eq(type, STR("vulnerability-assertion"))) {
            wire_str(out, doc_text(reference, "url"));
            n++;
        }
    }
    return n;
}

/* Of the document, and of what it is about (CycloneDX 1.5, externalReferences). */
static void put_all_references(struct buf *out, const struct doc *root) {
    const struct doc *lists[] = {doc_get(root, STR("externalReferences")),
                                 doc_path(root, "metadata.component.externalReferences")};
    _cleanup_(buf_free) struct buf found = buf_new(LIMIT_RECORD / 2);
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        n += put_references(&found, lists[i], REFERENCES_MAX - n);
    }
    wire_u32(out, (uint32_t)n);
    buf_str(out, buf_view(&found));
    out->failed |= found.failed;
}

static void put_document(struct buf *out, const struct attestation *a, bool is_of_other) {
    const struct format *format = format_of(a->predicate);
    bool is_cyclonedx = format && format->format == ATTACHED_CYCLONEDX;
    bool is_bill = is_cyclonedx ? doc_count(doc_get(a->predicate, STR("components"))) ||
                                      !doc_get(a->predicate, STR("vulnerabilities"))
                                : format && format->is_bill;
    _cleanup_(buf_free) struct buf producer = buf_new(LIMIT_RECORD / 4);
    if (format) {
        format->put_producer(&producer, a->predicate);
    }
    wire_u8(out, (uint8_t)(format ? format->format : ATTACHED_OTHER));
    wire_u8(out, is_bill);
    wire_u8(out, is_cyclonedx ? has_analysis(a->predicate) : format && format->says_vex);
    wire_u8(out, a->statement != NULL);
    wire_u8(out, is_of_other);
    wire_u32(out, (uint32_t)MIN(a->signatures, (size_t)UINT32_MAX));
    wire_str(out, str_sub(buf_view(&producer), 0, PRODUCER_MAX));
    put_all_references(out, is_cyclonedx ? a->predicate : NULL);
}

int attached_document_encode(struct str text, const struct str *digests, size_t n, struct buf *out,
                             struct err *err) {
    _cleanup_(arena_free) struct arena arena = arena_new(2 * LIMIT_DOC_BYTES);
    const struct doc *root;
    struct attestation attestation;
    int r = json_parse(&arena, text, &root, err);
    r = r == 0 ? attestation_open(&arena, root, &attestation, err) : r;
    if (r < 0) {
        return r;
    }
    bool is_of_other = n && attestation.statement && !attestation_is_of(attestation.statement, digests, n);
    put_document(out, &attestation, is_of_other);
    return out->failed ? err_memory(err) : 0;
}

/* ---- outside */

int attached_document_decode(struct arena *arena, struct str record, struct attached_document *out,
                             struct err *err) {
    struct cursor in = cursor_over(record);
    uint8_t format = cursor_u8(&in);
    *out = (struct attached_document){0};
    in.failed |= format >= ATTACHED_FORMATS;
    out->format = in.failed ? ATTACHED_OTHER : (enum attached_format)format;
    out->is_bill = cursor_u8(&in);
    out->says_vex = cursor_u8(&in);
    out->is_attestation = cursor_u8(&in);
    out->is_of_other = cursor_u8(&in);
    out->signatures = cursor_le32(&in);
    out->producer = wire_get_str(&in);
    out->references_n = wire_get_count(&in, 4);
    out->references = arena_array(arena, out->references_n + 1, sizeof *out->references);
    if (!out->references) {
        return err_memory(err);
    }
    for (size_t i = 0; i < out->references_n; i++) {
        out->references[i] = wire_get_str(&in);
    }
    return in.failed ? err_set(err, ERR_INPUT, "the reader's answer is damaged") : 0;
}

struct look {
    struct str text;
    const struct str *digests;
    size_t n;
};

static int look_in_cage(void *ctx, struct cage_port *port, struct err *err) {
    const struct look *look = ctx;
    _cleanup_(buf_free) struct buf out = buf_new(LIMIT_RECORD);
    int r = attached_document_encode(look->text, look->digests, look->n, &out, err);
    return r == 0 ? cage_port_write(port, buf_view(&out), err) : r;
}

int attached_document_look(struct arena *arena, struct str text, const struct str *digests, size_t n,
                           bool is_open, struct attached_document *out, struct err *err) {
    struct look look = {text, digests, n};
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_RECORD);
    const struct cage_job job = {.run = look_in_cage,
                                 .ctx = &look,
                                 .memory = GIB,
                                 .output_cap = LIMIT_RECORD,
                                 .stall_seconds = LIMIT_STALL_SECONDS,
                                 .is_open = is_open};
    int r = cage_call(&job, &record, err);
    struct str kept = r == 0 ? arena_str(arena, buf_view(&record)) : STR_NONE;
    if (r < 0) {
        return r;
    }
    return kept.p ? attached_document_decode(arena, kept, out, err) : err_memory(err);
}
