#include "source/fetch/reference.h"

#include "base/limits.h"
#include "test.h"

/* SHA-256 of nothing, FIPS 180-4. */
#define HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const struct {
    struct str text, registry, repository, tag, digest;
} good[] = {
    {STR("nginx"), STR("docker.io"), STR("library/nginx"), STR("latest"), STR("")},
    {STR("nginx:1.27"), STR("docker.io"), STR("library/nginx"), STR("1.27"), STR("")},
    {STR("docker.io/nginx"), STR("docker.io"), STR("library/nginx"), STR("latest"), STR("")},
    {STR("index.docker.io/library/nginx"), STR("docker.io"), STR("library/nginx"), STR("latest"), STR("")},
    {STR("bitnami/redis"), STR("docker.io"), STR("bitnami/redis"), STR("latest"), STR("")},
    {STR("localhost/web"), STR("localhost"), STR("web"), STR("latest"), STR("")},
    {STR("localhost:5000/web:1"), STR("localhost:5000"), STR("web"), STR("1"), STR("")},
    {STR("registry:5000"), STR("docker.io"), STR("library/registry"), STR("5000"), STR("")},
    {STR("registry:5000/web"), STR("registry:5000"), STR("web"), STR("latest"), STR("")},
    {STR("ghcr.io/a/b/c:v1_2-3.4"), STR("ghcr.io"), STR("a/b/c"), STR("v1_2-3.4"), STR("")},
    {STR("[::1]:5000/web"), STR("[::1]:5000"), STR("web"), STR("latest"), STR("")},
    {STR("[2001:db8::1]/web"), STR("[2001:db8::1]"), STR("web"), STR("latest"), STR("")},
    {STR("UPPER/web"), STR("UPPER"), STR("web"), STR("latest"), STR("")},
    {STR("a__b/c--d/e.f"), STR("docker.io"), STR("a__b/c--d/e.f"), STR("latest"), STR("")},
    {STR("web@sha256:" HEX), STR("docker.io"), STR("library/web"), STR(""), STR("sha256:" HEX)},
    {STR("r.io/web:1@sha256:" HEX), STR("r.io"), STR("web"), STR("1"), STR("sha256:" HEX)},
    {STR("web@sha512:" HEX HEX), STR("docker.io"), STR("library/web"), STR(""), STR("sha512:" HEX HEX)},
};

static void references_that_docker_takes(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct image_reference r;
        struct err err = ERR_NONE;
        if (reference_parse(good[i].text, &arena, &r, &err) < 0) {
            fail_msg("%s", err.message);
        }
        assert_str_equal(r.registry, good[i].registry);
        assert_str_equal(r.repository, good[i].repository);
        assert_str_equal(r.tag, good[i].tag);
        assert_str_equal(r.digest, good[i].digest);
        assert_str_equal(reference_target(&r), good[i].digest.n ? good[i].digest : good[i].tag);
    }
}

static const struct {
    struct str text;
    const char *words;
} bad[] = {
    {STR(""), "empty name"},
    {STR("Nginx"), "\"Nginx\" is no repository name"},
    {STR("a//b"), "no repository name"},
    {STR("/a"), "no repository name"},
    {STR("a/"), "no repository name"},
    {STR("a..b"), "no repository name"},
    {STR("a___b"), "no repository name"},
    {STR("-a"), "no repository name"},
    {STR("a-"), "no repository name"},
    {STR("a b"), "no repository name"},
    {STR("r.io/"), "no repository name"},
    {STR("a:"), "\"\" is no tag"},
    {STR("a:.b"), "\".b\" is no tag"},
    {STR("a:b c"), "no tag"},
    {STR("a@"), "no digest"},
    {STR("a@sha256:00"), "no digest"},
    {STR("a@md5:" HEX), "no digest"},
    {STR("a@sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"), "no digest"},
    {STR("r.io:0/a"), "no registry"},
    {STR("r.io:65536/a"), "no registry"},
    {STR("r.io:x/a"), "no registry"},
    {STR("-r.io/a"), "no registry"},
    {STR("r..io/a"), "no registry"},
    {STR("[::1/a"), "no registry"},
    {STR(HEX), "image ID"},
    {STR("https://r.io/a"), ""},
};

static void references_that_it_does_not(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct image_reference r;
        struct err err = ERR_NONE;
        if (reference_parse(bad[i].text, &arena, &r, &err) != ERR_USAGE ||
            !strstr(err.message, bad[i].words)) {
            fail_msg("%.*s: \"%s\"", STR_ARG(bad[i].text), err.message);
        }
    }
}

static void lengths(void **state) {
    _cleanup_(arena_free) struct arena arena = arena_new(MIB);
    char name[300];
    memset(name, 'a', sizeof name);
    struct image_reference r;
    /* "library/" counts. */
    assert_int_equal(reference_parse(str_n(name, 255 - 8), &arena, &r, NULL), 0);
    assert_int_equal(reference_parse(str_n(name, 256 - 8), &arena, &r, NULL), ERR_USAGE);
    name[1] = ':';
    assert_int_equal(reference_parse(str_n(name, 2 + 128), &arena, &r, NULL), 0);
    assert_int_equal(reference_parse(str_n(name, 2 + 129), &arena, &r, NULL), ERR_USAGE);
}

static void docker_hub_is_served_elsewhere(void **state) {
    assert_str_equal(reference_host(STR("docker.io")), STR("registry-1.docker.io"));
    assert_str_equal(reference_host(STR("r.io:5000")), STR("r.io:5000"));
}

static void without_memory(void **state) {
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct image_reference r;
        int code = reference_parse(STR("nginx"), &arena, &r, NULL);
        assert_true(code == 0 || code == ERR_MEMORY);
    });
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references_that_docker_takes),
        cmocka_unit_test(references_that_it_does_not),
        cmocka_unit_test(lengths),
        cmocka_unit_test(docker_hub_is_served_elsewhere),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
