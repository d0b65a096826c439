/* tests/cases/bills/<name>/: "input" gives the lines of "expected":
 *
 *     bill|format|image or folder|name|digest
 *     layer|diffID|instruction
 *     os|id|version|ecosystem
 *     package|purl|name|version|source|source version|licence|checksum|path|line|layer|ecosystem
 *     needs|name|version|name of the other|its version
 *     problem|place|message
 *     error|message                                          alone */
#include "inspect/bills/bill.h"

#include "base/file.h"
#include "base/limits.h"
#include "inspect/bills/reading.h"

#include <glob.h>
#include <stdlib.h>

#include "test.h"

static void put_fields(struct buf *out, const char *what, const struct str *fields, size_t n) {
    buf_c(out, what);
    for (size_t i = 0; i < n; i++) {
        buf_byte(out, '|');
        buf_str(out, fields[i]);
    }
}

static void put_package(struct buf *out, const struct package_record *record) {
    const struct package *package = &record->package;
    const struct str fields[] = {
        record->purl,     package->name,     package->version, package->source_name, package->source_version,
        package->licence, package->checksum, record->path};
    put_fields(out, "package", fields, ARRAY_SIZE(fields));
    buf_printf(out, "|%u|%d|%.*s\n", package->line, record->layer, STR_ARG(record->ecosystem));
    for (size_t i = 0; i < package->needs_n; i++) {
        const struct str need[] = {package->name, package->version, package->needs[i].name,
                                   package->needs[i].version};
        put_fields(out, "needs", need, ARRAY_SIZE(need));
        buf_byte(out, '\n');
    }
}

static void put_bill(struct buf *out, const struct bill *bill) {
    const struct inventory *inventory = &bill->inventory;
    const struct str head[] = {bill->format, bill->is_of_image ? STR("image") : STR("folder"), bill->name,
                               bill->image.digest};
    put_fields(out, "bill", head, ARRAY_SIZE(head));
    buf_byte(out, '\n');
    for (size_t i = 0; i < bill->image.layers_n; i++) {
        const struct str layer[] = {bill->image.layers[i].diff_id, bill->image.layers[i].created_by};
        put_fields(out, "layer", layer, ARRAY_SIZE(layer));
        buf_byte(out, '\n');
    }
    if (inventory->os.id.n) {
        const struct str os[] = {inventory->os.id, inventory->os.version_id, inventory->ecosystem};
        put_fields(out, "os", os, ARRAY_SIZE(os));
        buf_byte(out, '\n');
    }
    for (size_t i = 0; i < inventory->packages_n; i++) {
        put_package(out, &inventory->packages[i]);
    }
    for (size_t i = 0; i < inventory->problems_n; i++) {
        const struct str problem[] = {inventory->problems[i].place, inventory->problems[i].message};
        put_fields(out, "problem", problem, ARRAY_SIZE(problem));
        buf_byte(out, '\n');
    }
}

static void check_case(const char *folder) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf input = buf_new(MIB), expected = buf_new(MIB), record = buf_new(MIB),
                                   got = buf_new(MIB);
    struct bill bill;
    struct err err = ERR_NONE;
    assert_int_equal(file_read(arena_printf(&arena, "%s/input", folder), &input, &err), 0);
    assert_int_equal(file_read(arena_printf(&arena, "%s/expected", folder), &expected, &err), 0);
    if (bill_encode(&arena, buf_view(&input), STR("bill.json"), &record, &err) < 0) {
        buf_printf(&got, "error|%s\n", err.message);
    } else {
        assert_int_equal(bill_decode(&arena, buf_view(&record), &bill, &err), 0);
        put_bill(&got, &bill);
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

static void bills_are_read(void **state) {
    const char *source = getenv("PLIMSOLL_TREE");
    char pattern[512];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/tests/cases/bills/*", source ? source : ".");
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        check_case(found.gl_pathv[i]);
    }
    globfree(&found);
}

static void cut_records_are_refused(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    _cleanup_(buf_free) struct buf record = buf_new(MIB);
    struct str text = STR("{\"bomFormat\":\"CycloneDX\",\"components\":[{\"purl\":\"pkg:npm/a@1\"}]}");
    struct err err = ERR_NONE;
    struct bill bill;
    assert_int_equal(bill_encode(&arena, text, STR("b"), &record, &err), 0);
    for (size_t n = 0; n < record.n; n++) {
        assert_int_equal(bill_decode(&arena, str_sub(buf_view(&record), 0, n), &bill, &err), ERR_INPUT);
    }
}

static void memory_may_run_out(void **state) {
    struct str text =
        STR("{\"bomFormat\":\"CycloneDX\",\"components\":[{\"bom-ref\":\"a\",\"purl\":\"pkg:npm/a@1\"},"
            "{\"bom-ref\":\"b\",\"purl\":\"pkg:npm/b@1\"}],"
            "\"dependencies\":[{\"ref\":\"a\",\"dependsOn\":[\"b\"]}]}");
    WITH_EACH_ALLOCATION_FAILED({
        struct arena arena = arena_new(16 * MIB);
        struct buf record = buf_new(MIB);
        struct err err = ERR_NONE;
        struct bill bill;
        if (bill_encode(&arena, text, STR("b"), &record, &err) == 0) {
            (void)bill_decode(&arena, buf_view(&record), &bill, &err);
        }
        buf_free(&record);
        arena_free(&arena);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bills_are_read),
        cmocka_unit_test(cut_records_are_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
