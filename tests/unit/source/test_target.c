#include "source/target.h"

#include "image/place.h"

/* A name that begins with a slash is in the folder of the test. */
static void write_target(char *out, size_t size, const struct place *place, const char *scheme,
                         const char *name) {
    snprintf(out, size, "%s%s%s", scheme, name[0] == '/' ? place->folder : "", name);
}

static void expect(void **state, const char *scheme, const char *name, enum target_kind kind,
                   const char *pick) {
    struct place *place = *state;
    struct arena arena = arena_new(MIB);
    struct target target;
    struct err err = ERR_NONE;
    char text[256];
    write_target(text, sizeof text, place, scheme, name);
    assert_int_equal(target_parse(&arena, text, &target, &err), 0);
    assert_int_equal(target.kind, kind);
    assert_str_equal(target.pick, str_c(pick));
    assert_str_equal(target.name, str_c(text));
    arena_free(&arena);
}

static void refuses(void **state, const char *scheme, const char *name, const char *words) {
    struct place *place = *state;
    struct arena arena = arena_new(MIB);
    struct target target;
    struct err err = ERR_NONE;
    char text[256];
    write_target(text, sizeof text, place, scheme, name);
    assert_int_equal(target_parse(&arena, text, &target, &err), ERR_USAGE);
    assert_non_null(strstr(err.message, words));
    arena_free(&arena);
}

static void fill(struct place *place) {
    place_put(place, "image.tar", STR("x"));
    place_put(place, "layout/oci-layout", STR("{}"));
    place_put(place, "system/etc/os-release", STR("ID=debian"));
    place_put(place, "merged/usr/lib/os-release", STR("ID=debian"));
    place_put(place, "tree/package.json", STR("{}"));
}

static void schemes_say_what_it_is(void **state) {
    fill(*state);
    expect(state, "docker-archive:", "/image.tar", TARGET_DOCKER_ARCHIVE, "");
    expect(state, "oci-archive:", "/image.tar", TARGET_OCI_ARCHIVE, "");
    expect(state, "oci-dir:", "/layout", TARGET_OCI_DIRECTORY, "");
    expect(state, "dir:", "/system", TARGET_DIRECTORY, "");
    expect(state, "rootfs:", "/tree", TARGET_ROOTFS, "");
    expect(state, "image:", "nginx:1.27", TARGET_IMAGE, "");
    expect(state, "git:", "/tree", TARGET_GIT, "");
    expect(state, "git:", "/tree@v1.2", TARGET_GIT, "v1.2");
    expect(state, "git:", "/tree@main@{1}", TARGET_GIT, "main@{1}");
}

static void without_a_scheme_it_is_recognised(void **state) {
    fill(*state);
    expect(state, "", "/image.tar", TARGET_DOCKER_ARCHIVE, "");
    expect(state, "", "/layout", TARGET_OCI_DIRECTORY, "");
    expect(state, "", "/system", TARGET_ROOTFS, "");
    expect(state, "", "/merged", TARGET_ROOTFS, "");
    expect(state, "", "/tree", TARGET_DIRECTORY, "");
    expect(state, "", "nginx:1.27", TARGET_IMAGE, "");
    expect(state, "", "localhost:5000/shop/web@sha256:00", TARGET_IMAGE, "");
}

/* sbom: before a scheme of images means what is attached to one. */
static void attached_bills_are_of_an_image(void **state) {
    struct place *place = *state;
    struct arena arena = arena_new(MIB);
    struct target target;
    char text[256];
    fill(place);
    assert_int_equal(target_parse(&arena, "sbom:image:ghcr.io/acme/web:1", &target, NULL), 0);
    assert_int_equal(target.kind, TARGET_SBOM);
    assert_int_equal(target.image->kind, TARGET_IMAGE);
    assert_string_equal(target.image->place, "ghcr.io/acme/web:1");
    write_target(text, sizeof text, place, "sbom:oci-dir:", "/layout");
    snprintf(text + strlen(text), sizeof text - strlen(text), ":one");
    assert_int_equal(target_parse(&arena, text, &target, NULL), 0);
    assert_int_equal(target.image->kind, TARGET_OCI_DIRECTORY);
    assert_str_equal(target.image->pick, STR("one"));
    assert_int_equal(target_parse(&arena, "sbom:-", &target, NULL), 0);
    assert_null(target.image);
    refuses(state, "sbom:oci-dir:", "/nothing", "no file or folder");
    refuses(state, "sbom:image:", "", "names no target");
    refuses(state, "sbom:dir:", "/tree", "no file or folder");
    arena_free(&arena);
}

static void one_image_of_a_layout_is_picked(void **state) {
    fill(*state);
    expect(state, "oci-dir:", "/layout:latest", TARGET_OCI_DIRECTORY, "latest");
    expect(state, "oci-archive:", "/image.tar:1.0", TARGET_OCI_ARCHIVE, "1.0");
    place_put(*state, "with:colon/oci-layout", STR("{}"));
    expect(state, "oci-dir:", "/with:colon", TARGET_OCI_DIRECTORY, "");
}

static void what_is_not_there_is_said(void **state) {
    fill(*state);
    refuses(state, "docker-archive:", "/nothing.tar", "no file or folder");
    refuses(state, "", "/nothing.tar", "no file or folder");
    refuses(state, "docker-archive:", "/tree", "a folder, not a file");
    refuses(state, "dir:", "/image.tar", "not a folder");
    refuses(state, "image:", "", "names no target");
    refuses(state, "", "", "names no target");
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, place_open, place_close)
    const struct CMUnitTest tests[] = {
        CASE(schemes_say_what_it_is),          CASE(without_a_scheme_it_is_recognised),
        CASE(one_image_of_a_layout_is_picked), CASE(attached_bills_are_of_an_image),
        CASE(what_is_not_there_is_said),
    };
    return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
