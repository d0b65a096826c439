#include "inspect/packages/programs/program.h"

#include "expect.h"
#include "inspect/packages/packages.h"

#include <elf.h>
#include <sys/mman.h>

/* An ELF file without sections and segments, and text behind its header. */
static void make_elf(struct buf *out, struct str text) {
    Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                         .e_type = ET_DYN};
    buf_bytes(out, &header, sizeof header);
    buf_str(out, text);
    assert_false(out->failed);
}

static void path_of(const struct program *program, char path[128]) {
    struct str file = program->files[0], stem = str_sub(file, 0, file.n - str_ends(file, STR("*")));
    snprintf(path, 128, "usr/local/bin/%.*s", STR_ARG(stem));
}

static struct str expected_of(const struct program *program, struct buf *out) {
    buf_clear(out);
    buf_printf(out, "package|generic|%.*s|%.*s||line 0|installed\n", STR_ARG(program->name),
               STR_ARG(program->version));
    return buf_view(out);
}

static void every_row_finds_its_example(void **state) {
    _cleanup_(buf_free) struct buf elf = buf_new(MIB), found = buf_new(MIB), expected = buf_new(MIB);
    char path[128];
    assert_true(programs_n >= 40);
    for (size_t i = 0; i < programs_n; i++) {
        path_of(&programs[i], path);
        buf_clear(&elf);
        buf_clear(&found);
        make_elf(&elf, programs[i].example);
        assert_int_equal(facts_text(&found, &inspect_executable, str_c(path), buf_view(&elf)), 0);
        if (str_find(buf_view(&found), expected_of(&programs[i], &expected)) < 0) {
            fail_msg("%.*s: \"%.*s\" is not \"%.*s\"", STR_ARG(programs[i].name), STR_ARG(buf_view(&found)),
                     STR_ARG(buf_view(&expected)));
        }
    }
}

static void names_stand_in_order(void **state) {
    for (size_t i = 1; i < programs_n; i++) {
        assert_true(str_cmp(programs[i - 1].name, programs[i].name) < 0);
    }
}

static void expect_found_at(size_t place, struct str path, struct str text, const char *expected) {
    _cleanup_(closep) int fd = memfd_create("program", MFD_CLOEXEC);
    _cleanup_(buf_free) struct buf elf = buf_new(MIB), found = buf_new(MIB);
    make_elf(&elf, STR_NONE);
    assert_int_equal(pwrite(fd, elf.p, elf.n, 0), (ssize_t)elf.n);
    assert_int_equal(pwrite(fd, text.p, text.n, (off_t)place), (ssize_t)text.n);
    assert_int_equal(ftruncate(fd, (off_t)(place + text.n + PROGRAM_PIECE)), 0);
    assert_int_equal(facts_text_spooled(&found, &inspect_executable, path, fd), 0);
    if (!str_eq(buf_view(&found), str_c(expected))) {
        fail_msg("at %zu: %.*s", place, STR_ARG(buf_view(&found)));
    }
}

/* Wherever in a large file the string is: the end of a piece must not make another version of it. */
static void spooled_files_are_searched_in_pieces(void **state) {
    for (size_t place = PROGRAM_PIECE - 600; place < PROGRAM_PIECE + 32; place++) {
        expect_found_at(place, STR("opt/nginx"), STR("\0nginx/1.25.31\0"),
                        "package|generic|nginx|1.25.31||line 0|installed\n");
    }
    expect_found_at(64, STR("opt/nginx"), STR("\0nginx/1.25.31\0"),
                    "package|generic|nginx|1.25.31||line 0|installed\n");
    expect_found_at(3 * PROGRAM_PIECE, STR("opt/nginx"), STR("\0nginx/1.25.31\0"),
                    "package|generic|nginx|1.25.31||line 0|installed\n");
}

static void only_versions_are_taken(void **state) {
    static const struct {
        struct program program;
        struct str bytes, version;
    } cases[] = {
        {{.strings = {{STR("a/"), STR(""), false}}}, STR("a/1 a/x1.2 a/1. a/1.2"), STR("1.2")},
        {{.strings = {{STR("a/"), STR(""), true}}}, STR("a/1.2 a/1.2.3-rc1."), STR("1.2.3-rc1")},
        {{.strings = {{STR("a/"), STR(")"), false}}}, STR("a/1.2 a/1.3)"), STR("1.3")},
        {{.strings = {{STR("a-"), STR("-final"), false}}}, STR("a-1.2-1-final"), STR("1.2-1")},
        {{.strings = {{STR(""), STR("-X"), false}}}, STR("v-X 5.5-10.1.2-X"), STR("10.1.2")},
        {{.strings = {{STR("\0"), STR("\0"), true}}, .begins = STR("3.")},
         STR("\0001.2.3\0003.4.5\0"),
         STR("3.4.5")},
        {{.strings = {{STR("a/"), STR(""), false}}},
         STR("a/1.234567890123456789012345678901234567890"),
         STR("")},
        {{.strings = {{STR("a/"), STR(""), false}}}, STR(""), STR("")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct program *program = &cases[i].program;
        assert_str_equal(program_version(program, &program->strings[0], cases[i].bytes), cases[i].version);
    }
}

static void other_files_are_not_searched(void **state) {
    _cleanup_(buf_free) struct buf elf = buf_new(MIB);
    make_elf(&elf, STR("nginx/1.25.3"));
    expect_facts(&inspect_executable, "usr/bin/other", buf_view(&elf), "");
    expect_bounded(&inspect_executable, "usr/bin/nginx", buf_view(&elf));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_finds_its_example),          cmocka_unit_test(names_stand_in_order),
        cmocka_unit_test(spooled_files_are_searched_in_pieces), cmocka_unit_test(only_versions_are_taken),
        cmocka_unit_test(other_files_are_not_searched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
