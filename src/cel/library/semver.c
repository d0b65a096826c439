/* Kubernetes' semver library (k8s.io/apiserver, pkg/cel/library, Semver). */
#include "cel/library/libraries.h"

#include "cel/library/support.h"
#include "cel/values/semver.h"

#include <inttypes.h>

static bool equal(const void *a, const void *b) {
    return cel_semver_compare(a, b) == 0;
}

static const struct cel_opaque_kind kind = {{"kubernetes.Semver", 17}, equal};

static const struct cel_semver *of(const struct cel_value *v) {
    return cel_opaque_of(v, &kind);
}

/* args[1], when given: whether the text is normalized before. */
static int parse(const struct cel_value *args, size_t n, struct cel_semver *out, struct err *err) {
    return cel_semver_parse(cel_str(&args[0]), n > 1 && args[1].b, out, err);
}

static struct cel_value to_semver(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct err err = ERR_NONE;
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    struct cel_semver *version = arena_alloc(call->arena, sizeof *version);
    if (!version) {
        return cel_no_memory(call);
    }
    return parse(args, n, version, &err) < 0 ? cel_error_from(call, &err)
                                             : cel_opaque_result(call, &kind, version);
}

static struct cel_value is_semver(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct cel_semver version;
    if (!cel_spend(call, args[0].n)) {
        return cel_over_budget(call);
    }
    return cel_bool(parse(args, n, &version, NULL) == 0);
}

static struct cel_value to_string(struct cel_call *call, const struct cel_value *args, size_t n) {
    struct buf out = cel_buf_new(call);
    cel_semver_write(of(&args[0]), &out);
    struct cel_value result = cel_buf_result(call, &out);
    buf_free(&out);
    return result;
}

static struct cel_value number(struct cel_call *call, uint64_t u) {
    return u <= INT64_MAX ? cel_int((int64_t)u) : cel_error(call, "%" PRIu64 " does not fit int", u);
}

static struct cel_value major_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return number(call, of(&args[0])->major);
}

static struct cel_value minor_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return number(call, of(&args[0])->minor);
}

static struct cel_value patch_of(struct cel_call *call, const struct cel_value *args, size_t n) {
    return number(call, of(&args[0])->patch);
}

static struct cel_value is_less(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(cel_semver_compare(of(&args[0]), of(&args[1])) < 0);
}

static struct cel_value is_greater(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_bool(cel_semver_compare(of(&args[0]), of(&args[1])) > 0);
}

static struct cel_value compare_to(struct cel_call *call, const struct cel_value *args, size_t n) {
    return cel_int(cel_semver_compare(of(&args[0]), of(&args[1])));
}

#define SEMVER "kubernetes.Semver"

static const struct cel_function functions[] = {
    {"semver", "(string) " SEMVER, to_semver},
    {"semver", "(string, bool) " SEMVER, to_semver},
    {"isSemver", "(string) bool", is_semver},
    {"isSemver", "(string, bool) bool", is_semver},
    {"string", "(" SEMVER ") string", to_string},
    {"major", SEMVER ".() int", major_of},
    {"minor", SEMVER ".() int", minor_of},
    {"patch", SEMVER ".() int", patch_of},
    {"isLessThan", SEMVER ".(" SEMVER ") bool", is_less},
    {"isGreaterThan", SEMVER ".(" SEMVER ") bool", is_greater},
    {"compareTo", SEMVER ".(" SEMVER ") int", compare_to},
};

static const struct cel_opaque_kind *const kinds[] = {&kind};
const struct cel_library cel_library_semver = {"semver", functions, ARRAY_SIZE(functions), kinds,
                                               ARRAY_SIZE(kinds)};
