#include "source/image/base.h"

#include "base/limits.h"
#include "test.h"

#define DIGEST         "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define LAYERS         "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:a\",\"sha256:b\",\"sha256:c\"]}"
#define STEP(by)       "{\"created_by\":\"" by "\",\"created\":\"2026-01-05T00:00:00Z\"}"
#define EMPTY(by, day) "{\"created_by\":\"" by "\",\"created\":\"" day "T00:00:00Z\",\"empty_layer\":true}"

struct work {
    struct arena arena;
    struct buf record;
    struct manifest config;
    struct image_base base;
};

static int open_work(void **state) {
    struct work *work = mem_alloc_zero(sizeof *work);
    work->arena = arena_new(4 * MIB);
    work->record = buf_new(LIMIT_RECORD);
    *state = work;
    return 0;
}

static int close_work(void **state) {
    struct work *work = *state;
    arena_free(&work->arena);
    buf_free(&work->record);
    mem_free(work);
    return 0;
}

static void read_config(struct work *work, const char *json) {
    struct err err = ERR_NONE;
    buf_clear(&work->record);
    if (manifest_encode(str_c(json), &work->record, &err) < 0 ||
        manifest_decode(buf_view(&work->record), &work->arena, &work->config, &err) < 0) {
        fail_msg("%s", err.message);
    }
}

/* Of a configuration with three layers, this history and these labels. */
static const struct image_base *find(void **state, const char *history, const char *labels) {
    struct work *work = *state;
    struct err err = ERR_NONE;
    const char *json = arena_printf(&work->arena,
                                    "{\"os\":\"linux\",\"architecture\":\"amd64\"," LAYERS
                                    ",\"history\":[%s],\"config\":{\"Labels\":{%s}}}",
                                    history, labels);
    read_config(work, json);
    assert_int_equal(base_of_config(&work->base, &work->arena, &work->config, &err), 0);
    return &work->base;
}

static void expect(const struct image_base *base, enum base_evidence named_by, const char *name,
                   const char *version, enum base_evidence layers_by, size_t layers) {
    assert_string_equal(base_evidence_name(base->named_by), base_evidence_name(named_by));
    assert_str_equal(base->name, str_c(name));
    assert_str_equal(base->version, str_c(version));
    assert_string_equal(base_evidence_name(base->layers_by), base_evidence_name(layers_by));
    assert_int_equal(base->layers, layers);
}

static void nothing_is_guessed(void **state) {
    expect(find(state, STEP("COPY a /") "," STEP("COPY b /") "," STEP("COPY c /"), ""), BASE_UNDECIDED, "",
           "", BASE_UNDECIDED, 0);
    assert_int_equal(find(state, "", "")->created, 0);
    assert_false(find(state, "", "")->is_pinned);
}

/* Up to the last CMD that is followed by layers, in the ways in which Docker and BuildKit write it. */
static void layers_up_to_the_last_command(void **state) {
    static const char *const commands[] = {"CMD [\\\"sh\\\"]", "/bin/sh -c #(nop)  CMD [\\\"bash\\\"]",
                                           "CMD sh"};
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        struct work *work = *state;
        const char *history =
            arena_printf(&work->arena,
                         STEP("COPY a /") "," EMPTY("%s", "2026-01-06") "," STEP("COPY b /") "," STEP(
                             "COPY c /") "," EMPTY("CMD [\\\"x\\\"]", "2026-02-01"),
                         commands[i]);
        const struct image_base *base = find(state, history, "");
        expect(base, BASE_UNDECIDED, "", "", BASE_HISTORY, 1);
        assert_int_equal(base->created, 1767657600); /* 2026-01-06, of its own CMD */
    }
    expect(find(state, STEP("RUN echo CMDS") "," STEP("COPY b /"), ""), BASE_UNDECIDED, "", "",
           BASE_UNDECIDED, 0);
}

static void distributions_make_their_images_in_their_way(void **state) {
    const struct image_base *base = find(
        state, STEP("# debian.sh --arch 'amd64' out/ 'bookworm' '@1760313600'") "," STEP("COPY b /"), "");
    expect(base, BASE_DISTRIBUTION, "debian", "bookworm", BASE_DISTRIBUTION, 1);
    assert_int_equal(base->created, 1760313600);
    expect(
        find(state, STEP("ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit") "," STEP("COPY b /"), ""),
        BASE_DISTRIBUTION, "alpine", "3.20.3", BASE_DISTRIBUTION, 1);
    expect(
        find(state,
             EMPTY("/bin/sh -c #(nop)  LABEL org.opencontainers.image.ref.name=ubuntu",
                   "2026-01-01") "," EMPTY("/bin/sh -c #(nop)  LABEL org.opencontainers.image.version=24.04",
                                           "2026-01-01") "," STEP("/bin/sh -c #(nop) ADD file:1a2b in / "),
             ""),
        BASE_DISTRIBUTION, "ubuntu", "24.04", BASE_DISTRIBUTION, 1);
    /* Some root file system: its layer is known, its name is not. */
    expect(find(state, STEP("/bin/sh -c #(nop) ADD file:1a2b in / ") "," STEP("COPY b /"), ""),
           BASE_UNDECIDED, "", "", BASE_DISTRIBUTION, 1);
    /* Something was built on it that is the base itself. */
    expect(find(state,
                STEP("# debian.sh --arch 'amd64' out/ 'bookworm' '@1760313600'") "," STEP(
                    "RUN apt-get") "," EMPTY("CMD [\\\"python3\\\"]", "2026-01-09") "," STEP("COPY c /"),
                ""),
           BASE_UNDECIDED, "", "", BASE_HISTORY, 2);
}

#define NAME_LABEL   "\"org.opencontainers.image.base.name\":"
#define DIGEST_LABEL "\"org.opencontainers.image.base.digest\":"

static void labels_and_annotations_name_it(void **state) {
    struct work *work = *state;
    struct err err = ERR_NONE;
    const struct image_base *base =
        find(state, "", NAME_LABEL "\"registry.example:5000/golden/debian:12.5\"");
    expect(base, BASE_LABEL, "registry.example:5000/golden/debian", "12.5", BASE_UNDECIDED, 0);
    assert_str_equal(base->reference, STR("registry.example:5000/golden/debian:12.5"));
    assert_false(base->is_pinned);
    base = find(state, "", NAME_LABEL "\"registry.example:5000/golden\"," DIGEST_LABEL "\"" DIGEST "\"");
    expect(base, BASE_LABEL, "registry.example:5000/golden", "", BASE_UNDECIDED, 0);
    assert_true(base->is_pinned);
    base = find(state, "", NAME_LABEL "\"debian:12@" DIGEST "\"");
    expect(base, BASE_LABEL, "debian", "12", BASE_UNDECIDED, 0);
    assert_str_equal(base->digest, STR(DIGEST));
    /* A manifest's annotation is the image's own, where a label may be inherited. */
    assert_int_equal(
        base_name_by(&work->base, &work->arena, BASE_ANNOTATION, STR("golden:1"), STR_NONE, &err), 0);
    expect(base, BASE_ANNOTATION, "golden", "1", BASE_UNDECIDED, 0);
    assert_false(base->is_pinned);
    assert_int_equal(base_name_by(&work->base, &work->arena, BASE_BILL, STR_NONE, STR_NONE, &err), 0);
    expect(base, BASE_ANNOTATION, "golden", "1", BASE_UNDECIDED, 0);
}

static void each_allocation_may_fail(void **state) {
    struct work *work = *state;
    read_config(work,
                "{\"os\":\"linux\",\"architecture\":\"amd64\"," LAYERS
                ",\"history\":[" STEP("# debian.sh --arch 'amd64' out/ 'bookworm' '@1760313600'") "," STEP(
                    "COPY b /") "],\"config\":{\"Labels\":{" NAME_LABEL "\"debian:12\"}}}");
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        struct image_base base;
        struct err err = ERR_NONE;
        int r = base_of_config(&base, &arena, &work->config, &err);
        assert_true(r == 0 || r == ERR_MEMORY);
    });
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_work, close_work)
    const struct CMUnitTest tests[] = {
        CASE(nothing_is_guessed),
        CASE(layers_up_to_the_last_command),
        CASE(distributions_make_their_images_in_their_way),
        CASE(labels_and_annotations_name_it),
        CASE(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
