/* tests/cases/vex/<name>/: what "input" says of each question of "expected":
 *
 *     CVE-2024-1|pkg:npm/a@1.0.0|image name|image digest|manifest digest >
 * not_affected|justification|detail|author|line CVE-2024-1|pkg:npm/a@2.0.0||| > nothing
 *
 * or the one line "error|message". */
#include "vuln/vex/vex.h"

#include "base/file.h"
#include "base/limits.h"
#include "vuln/vex/reading.h"

#include <glob.h>
#include <stdlib.h>

#include "test.h"

static void put_answer(struct buf *out, const struct vex *vex, struct str line) {
    struct str question, answer, rest, id, purl, name, digest;
    str_cut(line, '>', &question, &answer);
    rest = str_trim(question);
    struct package_record record = {0};
    str_cut(rest, '|', &id, &rest);
    str_cut(rest, '|', &purl, &rest);
    str_cut(rest, '|', &name, &rest);
    str_cut(rest, '|', &digest, &rest);
    record.purl = purl;
    const struct vex_question q = {.id = STR("X-1"),
                                   .aliases = &id,
                                   .aliases_n = 1,
                                   .package = &record,
                                   .image_name = name,
                                   .image_digest = digest,
                                   .manifest_digest = rest};
    const struct vex_statement *said = vex_find(vex, &q);
    buf_str(out, str_trim(question));
    buf_c(out, " > ");
    if (said) {
        buf_printf(out, "%s|%.*s|%.*s|%.*s|%u\n", vex_status_name(said->status), STR_ARG(said->justification),
                   STR_ARG(said->detail), STR_ARG(said->author), said->line);
    } else {
        buf_c(out, "nothing\n");
    }
}

static void check_case(const char *folder) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf input = buf_new(MIB), expected = buf_new(MIB), record = buf_new(MIB),
                                   got = buf_new(MIB);
    struct vex vex = vex_new(&arena);
    struct err err = ERR_NONE;
    assert_int_equal(file_read(arena_printf(&arena, "%s/input", folder), &input, &err), 0);
    assert_int_equal(file_read(arena_printf(&arena, "%s/expected", folder), &expected, &err), 0);
    if (vex_encode(&arena, buf_view(&input), &record, &err) < 0) {
        buf_printf(&got, "error|%s\n", err.message);
    } else {
        assert_int_equal(vex_decode(&vex, buf_view(&record), STR("vex.json"), &err), 0);
        for (struct str rest = buf_view(&expected), line; str_line(&rest, &line);) {
            put_answer(&got, &vex, line);
        }
    }
    struct str rest = buf_view(&expected), others = buf_view(&got), line, other = STR_NONE;
    while (str_line(&rest, &line)) {
        (void)str_line(&others, &other);
        if (!str_eq(line, other)) {
            fail_msg("%s: %.*s", folder, STR_ARG(other));
        }
    }
    assert_int_equal(others.n, 0);
}

static void documents_answer(void **state) {
    const char *source = getenv("PLIMSOLL_TREE");
    char pattern[512];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/tests/cases/vex/*", source ? source : ".");
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        check_case(found.gl_pathv[i]);
    }
    globfree(&found);
}

static const struct str small = STR(
    "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"statements\":[{\"vulnerability\":{\"name\":\"CVE-1\"},"
    "\"products\":[{\"@id\":\"pkg:npm/a\",\"subcomponents\":[{\"@id\":\"pkg:npm/"
    "b\"}]}],\"status\":\"fixed\"}]}");

static void cut_records_are_refused(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf record = buf_new(MIB);
    struct err err = ERR_NONE;
    assert_int_equal(vex_encode(&arena, small, &record, &err), 0);
    for (size_t n = 0; n < record.n; n++) {
        struct vex vex = vex_new(&arena);
        assert_int_equal(vex_decode(&vex, str_sub(buf_view(&record), 0, n), STR("f"), &err), ERR_INPUT);
    }
}

static void memory_may_run_out(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(16 * MIB);
        struct buf record = buf_new(MIB);
        struct vex vex = vex_new(&arena);
        struct err err = ERR_NONE;
        if (vex_encode(&arena, small, &record, &err) == 0) {
            (void)vex_decode(&vex, buf_view(&record), STR("f"), &err);
        }
        buf_free(&record);
        arena_free(&arena);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_answer),
        cmocka_unit_test(cut_records_are_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
