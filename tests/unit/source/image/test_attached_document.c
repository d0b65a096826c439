#include "source/image/attached_document.h"

#include "base/limits.h"
#include "test.h"

#define HEX    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST STR("sha256:" HEX)

static int look(struct arena *arena, struct str json, struct attached_document *out, struct err *err) {
    _cleanup_(buf_free) struct buf record = buf_new(LIMIT_RECORD);
    const struct str digest = DIGEST;
    int r = attached_document_encode(json, &digest, 1, &record, err);
    struct str kept = r == 0 ? arena_str(arena, buf_view(&record)) : STR_NONE;
    if (r < 0) {
        return r;
    }
    return kept.p ? attached_document_decode(arena, kept, out, err) : err_memory(err);
}

/* The examples' members are those of each format's specification. */
static void documents_say_what_they_are(void **state) {
    static const struct {
        struct str json;
        enum attached_format format;
        bool is_bill, says_vex;
        struct str producer;
    } cases[] = {
        {STR("{\"bomFormat\": \"CycloneDX\", \"components\": [{}], \"metadata\": {\"tools\": [{\"vendor\": "
             "\"a\","
             "\"name\": \"trivet\", \"version\": \"1\"}, {\"name\": \"other\"}]}}"),
         ATTACHED_CYCLONEDX, true, false, STR("trivet 1, other")},
        {STR("{\"bomFormat\": \"CycloneDX\", \"vulnerabilities\": [{\"analysis\": {\"state\": "
             "\"resolved\"}}],"
             "\"metadata\": {\"tools\": {\"components\": [{\"name\": \"x\", \"version\": \"2\"}]}}}"),
         ATTACHED_CYCLONEDX, false, true, STR("x 2")},
        {STR("{\"bomFormat\": \"CycloneDX\", \"vulnerabilities\": [{\"id\": \"CVE-1\"}], \"components\": "
             "[{}]}"),
         ATTACHED_CYCLONEDX, true, false, STR("")},
        {STR("{\"spdxVersion\": \"SPDX-2.3\", \"creationInfo\": {\"creators\": [\"Tool: lister-1\","
             "\"Organization: Acme\"]}}"),
         ATTACHED_SPDX, true, false, STR("lister-1, Acme")},
        {STR("{\"schema\": {\"url\": \"https://example.org/syft/schema-16.json\"}, \"artifacts\": [],"
             "\"descriptor\": {\"name\": \"syft\", \"version\": \"1.2\"}}"),
         ATTACHED_SYFT, true, false, STR("syft 1.2")},
        {STR("{\"@context\": \"https://openvex.dev/ns/v0.2.0\", \"author\": \"Vera\"}"), ATTACHED_OPENVEX,
         false, true, STR("Vera")},
        {STR("{\"document\": {\"csaf_version\": \"2.0\", \"publisher\": {\"name\": \"Acme\"}}}"),
         ATTACHED_CSAF, false, true, STR("Acme")},
        {STR("{\"@context\": \"https://spdx.org/rdf/3.0.1/spdx-context.jsonld\", \"@graph\": []}"),
         ATTACHED_SPDX_3, false, false, STR("")},
        {STR("{\"spdxVersion\": \"SPDX-3.0\"}"), ATTACHED_OTHER, false, false, STR("")},
        {STR("[]"), ATTACHED_OTHER, false, false, STR("")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct attached_document out;
        assert_int_equal(look(&arena, cases[i].json, &out, NULL), 0);
        assert_int_equal(out.format, cases[i].format);
        assert_int_equal(out.is_bill, cases[i].is_bill);
        assert_int_equal(out.says_vex, cases[i].says_vex);
        assert_str_equal(out.producer, cases[i].producer);
        assert_false(out.is_attestation || out.is_of_other || out.signatures);
    }
}

#define STATEMENT(hex)                                                                                       \
    "{\"_type\": \"https://in-toto.io/Statement/v1\", \"subject\": [{\"digest\": {\"sha256\": \"" hex        \
    "\"}}], \"predicate\": {\"spdxVersion\": \"SPDX-2.3\"}}"

/* {"subject": [{"digest": {"sha256": HEX}}], "predicate": {"spdxVersion": "SPDX-2.3"}} in base64. */
#define PAYLOAD                                                                                              \
    "eyJzdWJqZWN0IjpbeyJkaWdlc3QiOnsic2hhMjU2IjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5"   \
    "YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZiJ9fV0sInByZWRpY2F0ZSI6eyJzcGR4VmVyc2lvbiI6IlNQRFgtMi4zIn19"
#define ENVELOPE                                                                                             \
    "{\"payloadType\": \"application/vnd.in-toto+json\", \"payload\": \"" PAYLOAD                            \
    "\", \"signatures\": [{\"sig\": \"AA==\"}, {\"sig\": \"AA==\"}]}"

static void attestations_name_their_image(void **state) {
    static const struct {
        struct str json;
        bool is_of_other;
        uint32_t signatures;
    } cases[] = {
        {STR(STATEMENT(HEX)), false, 0},
        {STR(STATEMENT("00")), true, 0},
        {STR("{\"predicate\": {\"spdxVersion\": \"SPDX-2.3\"}}"), true, 0},
        {STR(ENVELOPE), false, 2},
        {STR("{\"mediaType\": \"application/vnd.dev.sigstore.bundle.v0.3+json\", \"dsseEnvelope\": " ENVELOPE
             "}"),
         false, 2},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct attached_document out;
        assert_int_equal(look(&arena, cases[i].json, &out, NULL), 0);
        assert_int_equal(out.format, ATTACHED_SPDX);
        assert_true(out.is_attestation);
        assert_int_equal(out.is_of_other, cases[i].is_of_other);
        assert_int_equal(out.signatures, cases[i].signatures);
    }
}

static const struct str referring =
    STR("{\"bomFormat\": \"CycloneDX\", \"externalReferences\": [{\"type\": \"website\", \"url\": \"w\"},"
        "{\"type\": \"exploitability-statement\", \"url\": \"a.json\"}], \"metadata\": {\"component\": {"
        "\"externalReferences\": [{\"type\": \"vulnerability-assertion\", \"url\": \"https://x\"}]}}}");

static void references_are_listed(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    struct attached_document out;
    assert_int_equal(look(&arena, referring, &out, NULL), 0);
    assert_int_equal(out.references_n, 2);
    assert_str_equal(out.references[0], STR("a.json"));
    assert_str_equal(out.references[1], STR("https://x"));
}

static void what_is_no_document_is_refused(void **state) {
    static const struct str cases[] = {STR(""), STR("SPDXVersion: SPDX-2.3"),
                                       STR("{\"payloadType\": \"x\", \"payload\": \"!\"}"),
                                       STR("{\"payloadType\": \"x\", \"payload\": \"e30\"}x"),
                                       STR("{\"payloadType\": \"x\", \"payload\": \"eA==\"}")};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct attached_document out;
        struct err err = ERR_NONE;
        assert_int_equal(look(&arena, cases[i], &out, &err), ERR_INPUT);
        assert_true(err.message[0] != 0);
    }
}

static void memory_runs_out_cleanly(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct attached_document out;
        struct err err = ERR_NONE;
        int r = look(&arena, referring, &out, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
        r = look(&arena, STR(ENVELOPE), &out, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_say_what_they_are), cmocka_unit_test(attestations_name_their_image),
        cmocka_unit_test(references_are_listed),       cmocka_unit_test(what_is_no_document_is_refused),
        cmocka_unit_test(memory_runs_out_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
