/* What must hold for any bytes: the order is antisymmetric, and transitive where the scheme's own program is.
 */
#include "vuln/version/version.h"

#include "test.h"

/* What versions are made of, so that random ones share beginnings and reach every rule. */
static const char *const pieces[] = {
    "0",        "1",   "2",   "10",       "01",    "007",  "99999999999999999999",
    ".",        ".",   ".",   "-",        "-",     "_",    "~",
    "^",        "+",   ":",   "!",        "v",     "a",    "b",
    "c",        "p",   "r",   "rc",       "pl",    "RC",   "go",
    "final",    "dev", "pre", "post",     "alpha", "beta", "sp",
    "snapshot", "-r",  "_p",  "\xce\xb1", " ",
};

#define PIECES_MAX  7
#define VERSION_MAX 256

struct sample {
    char bytes[VERSION_MAX];
    size_t n;
};

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static struct sample make_sample(uint64_t *state) {
    struct sample sample = {.n = 0};
    size_t n = 1 + next_random(state) % PIECES_MAX;
    for (size_t i = 0; i < n; i++) {
        struct str piece = str_c(pieces[next_random(state) % ARRAY_SIZE(pieces)]);
        memcpy(sample.bytes + sample.n, piece.p, piece.n);
        sample.n += piece.n;
    }
    return sample;
}

static struct str view(const struct sample *sample) {
    return str_n(sample->bytes, sample->n);
}

static int compare(enum version_scheme scheme, const struct sample *a, const struct sample *b) {
    int order = version_compare(scheme, view(a), view(b));
    return (order > 0) - (order < 0);
}

static void any_two_compare_both_ways(void **state) {
    uint64_t seed = 0x9e3779b97f4a7c15;
    for (int i = 0; i < 6000; i++) {
        struct sample a = make_sample(&seed), b = make_sample(&seed);
        for (int s = 0; s < VERSION_SCHEMES; s++) {
            enum version_scheme scheme = (enum version_scheme)s;
            assert_int_equal(compare(scheme, &a, &a), 0);
            if (compare(scheme, &a, &b) != -compare(scheme, &b, &a)) {
                fail_msg("%s: \"%.*s\" and \"%.*s\"", version_scheme_name(scheme), STR_ARG(view(&a)),
                         STR_ARG(view(&b)));
            }
        }
    }
}

static void swap_samples(struct sample *a, struct sample *b) {
    struct sample t = *a;
    *a = *b;
    *b = t;
}

/* Puts three in order by two comparisons each, then asks for the third. */
static void check_three(enum version_scheme scheme, struct sample three[3]) {
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < 2; i++) {
            if (compare(scheme, &three[i], &three[i + 1]) > 0) {
                swap_samples(&three[i], &three[i + 1]);
            }
        }
    }
    int first = compare(scheme, &three[0], &three[1]), second = compare(scheme, &three[1], &three[2]);
    int whole = compare(scheme, &three[0], &three[2]);
    int expected = first == 0 && second == 0 ? 0 : -1;
    if (first > 0 || second > 0 || whole != expected) {
        fail_msg("%s: \"%.*s\", \"%.*s\", \"%.*s\"", version_scheme_name(scheme), STR_ARG(view(&three[0])),
                 STR_ARG(view(&three[1])), STR_ARG(view(&three[2])));
    }
}

static void any_three_have_an_order(void **state) {
    uint64_t seed = 0x2545f4914f6cdd1d;
    for (int i = 0; i < 6000; i++) {
        struct sample three[3] = {make_sample(&seed), make_sample(&seed), make_sample(&seed)};
        for (int s = 0; s < VERSION_SCHEMES; s++) {
            if (s != VERSION_MAVEN) { /* Maven's own order isn't; see maven.c */
                check_three((enum version_scheme)s, three);
            }
        }
    }
}

/* Numbers between dots and, after a dash, one qualifier with a number: the form that Maven recommends. */
static struct sample make_maven_sample(uint64_t *state) {
    static const char *const tails[] = {"",     "",          "-alpha-1", "-beta-2", "-RC1",
                                        "-rc2", "-SNAPSHOT", "-sp-1",    "-jre",    "-1"};
    struct sample sample = {.n = 0};
    size_t n = 1 + next_random(state) % 4;
    for (size_t i = 0; i < n; i++) {
        sample.bytes[sample.n++] = (char)('0' + next_random(state) % 3);
        sample.bytes[sample.n++] = '.';
    }
    sample.n--;
    struct str tail = str_c(tails[next_random(state) % ARRAY_SIZE(tails)]);
    memcpy(sample.bytes + sample.n, tail.p, tail.n);
    sample.n += tail.n;
    return sample;
}

static void maven_orders_what_it_recommends(void **state) {
    uint64_t seed = 0x106689d45497fdb5;
    for (int i = 0; i < 6000; i++) {
        struct sample three[3] = {make_maven_sample(&seed), make_maven_sample(&seed),
                                  make_maven_sample(&seed)};
        check_three(VERSION_MAVEN, three);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_two_compare_both_ways),
        cmocka_unit_test(any_three_have_an_order),
        cmocka_unit_test(maven_orders_what_it_recommends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
