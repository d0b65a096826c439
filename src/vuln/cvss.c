#include "vuln/cvss.h"

#include "vuln/cvss4_table.h"

#include <math.h>

struct metric {
    const char *name;
    const char *values; /* separated by spaces */
    bool is_required;
};

enum { METRICS_MAX = 32 };

/* The first letter of each metric's value, which tells the values of one metric that scores look at apart; 0
 * when it is not stated. Index: the row of the version's table. */
struct vector {
    char value[METRICS_MAX];
};

static bool has_word(const char *words, struct str word) {
    for (struct str rest = str_c(words), part; str_split(&rest, ' ', &part);) {
        if (str_eq(part, word)) {
            return true;
        }
    }
    return false;
}

/* *next: the row that is looked at first, as vectors keep to the order of the specification. */
static bool read_metric(const struct metric *metrics, size_t n, struct str text, size_t *next,
                        struct vector *out) {
    struct str name, value;
    if (!str_cut(text, ':', &name, &value)) {
        return false;
    }
    for (size_t k = 0; k < n; k++) {
        size_t i = (*next + k) % n;
        if (str_eq(str_c(metrics[i].name), name)) {
            bool is_good = !out->value[i] && has_word(metrics[i].values, value);
            out->value[i] = is_good ? value.p[0] : 0;
            *next = i + 1;
            return is_good;
        }
    }
    return false;
}

static bool read_vector(const struct metric *metrics, size_t n, struct str text, struct vector *out) {
    assert(n <= METRICS_MAX);
    *out = (struct vector){0};
    size_t next = 0;
    for (struct str rest = text, part; str_split(&rest, '/', &part);) {
        if (!read_metric(metrics, n, part, &next, out)) {
            return false;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (metrics[i].is_required && !out->value[i]) {
            return false;
        }
    }
    return true;
}

/* The weight of a value: letters and weights run in parallel. */
static double weight(char value, const char *letters, const double *weights) {
    const char *at = strchr(letters, value);
    assert(value && at);
    return weights[at - letters];
}
#define WEIGHT(value, letters, ...) weight((value), (letters), (const double[]){__VA_ARGS__})

/* CVSS v2 guide, section 3.2.1. */
enum { V2_AV, V2_AC, V2_AU, V2_C, V2_I, V2_A };
static const struct metric v2_metrics[] = {
    {"AV", "L A N", true},        {"AC", "H M L", true},
    {"Au", "M S N", true},        {"C", "N P C", true},
    {"I", "N P C", true},         {"A", "N P C", true},
    {"E", "U POC F H ND", false}, {"RL", "OF TF W U ND", false},
    {"RC", "UC UR C ND", false},  {"CDP", "N L LM MH H ND", false},
    {"TD", "N L M H ND", false},  {"CR", "L M H ND", false},
    {"IR", "L M H ND", false},    {"AR", "L M H ND", false},
};

static double v2_impact(char value) {
    return 1 - WEIGHT(value, "NPC", 0, 0.275, 0.660);
}

static double v2_score(const struct vector *v) {
    double impact =
        10.41 * (1 - v2_impact(v->value[V2_C]) * v2_impact(v->value[V2_I]) * v2_impact(v->value[V2_A]));
    double exploitability = 20 * WEIGHT(v->value[V2_AV], "LAN", 0.395, 0.646, 1.0) *
                            WEIGHT(v->value[V2_AC], "HML", 0.35, 0.61, 0.71) *
                            WEIGHT(v->value[V2_AU], "MSN", 0.45, 0.56, 0.704);
    if (impact <= 0) {
        return 0;
    }
    return round((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176 * 10) / 10;
}

/* CVSS v3.1 specification, sections 7.1 and 7.4; v3.0 has the same base equations. */
enum { V3_AV, V3_AC, V3_PR, V3_UI, V3_S, V3_C, V3_I, V3_A };
static const struct metric v3_metrics[] = {
    {"AV", "N A L P", true},    {"AC", "L H", true},       {"PR", "N L H", true},
    {"UI", "N R", true},        {"S", "U C", true},        {"C", "H L N", true},
    {"I", "H L N", true},       {"A", "H L N", true},      {"E", "X U P F H", false},
    {"RL", "X O T W U", false}, {"RC", "X U R C", false},  {"CR", "X L M H", false},
    {"IR", "X L M H", false},   {"AR", "X L M H", false},  {"MAV", "X N A L P", false},
    {"MAC", "X L H", false},    {"MPR", "X N L H", false}, {"MUI", "X N R", false},
    {"MS", "X U C", false},     {"MC", "X N L H", false},  {"MI", "X N L H", false},
    {"MA", "X N L H", false},
};

/* Appendix A: the smallest number with one decimal that is not below x, without what binary fractions add. */
static double v3_round_up(double x) {
    int64_t units = llround(x * 100000);
    int64_t tenths = units / 10000 + (units % 10000 != 0);
    return (double)tenths / 10;
}

static double v3_impact(char value) {
    return 1 - WEIGHT(value, "HLN", 0.56, 0.22, 0);
}

static double v3_score(const struct vector *v) {
    bool is_changed = v->value[V3_S] == 'C';
    double iss = 1 - v3_impact(v->value[V3_C]) * v3_impact(v->value[V3_I]) * v3_impact(v->value[V3_A]);
    double impact = is_changed ? 7.52 * (iss - 0.029) - 3.25 * pow(iss - 0.02, 15) : 6.42 * iss;
    if (impact <= 0) {
        return 0;
    }
    double privileges = is_changed ? WEIGHT(v->value[V3_PR], "NLH", 0.85, 0.68, 0.50)
                                   : WEIGHT(v->value[V3_PR], "NLH", 0.85, 0.62, 0.27);
    double exploitability = 8.22 * WEIGHT(v->value[V3_AV], "NALP", 0.85, 0.62, 0.55, 0.20) *
                            WEIGHT(v->value[V3_AC], "LH", 0.77, 0.44) * privileges *
                            WEIGHT(v->value[V3_UI], "NR", 0.85, 0.62);
    double sum = impact + exploitability;
    return v3_round_up(MIN(is_changed ? 1.08 * sum : sum, 10));
}

/* CVSS v4.0 specification, sections 2 to 4 and 7. */
enum {
    V4_AV,
    V4_AC,
    V4_AT,
    V4_PR,
    V4_UI,
    V4_VC,
    V4_VI,
    V4_VA,
    V4_SC,
    V4_SI,
    V4_SA,
    V4_MODIFIED, /* the same eleven, modified, from here */
    V4_E = 2 * V4_MODIFIED,
    V4_CR,
    V4_IR,
    V4_AR,
    V4_SCORED,
};
static const struct metric v4_metrics[] = {
    {"AV", "N A L P", true},     {"AC", "L H", true},
    {"AT", "N P", true},         {"PR", "N L H", true},
    {"UI", "N P A", true},       {"VC", "H L N", true},
    {"VI", "H L N", true},       {"VA", "H L N", true},
    {"SC", "H L N", true},       {"SI", "H L N", true},
    {"SA", "H L N", true},       {"MAV", "X N A L P", false},
    {"MAC", "X L H", false},     {"MAT", "X N P", false},
    {"MPR", "X N L H", false},   {"MUI", "X N P A", false},
    {"MVC", "X H L N", false},   {"MVI", "X H L N", false},
    {"MVA", "X H L N", false},   {"MSC", "X H L N", false},
    {"MSI", "X S H L N", false}, {"MSA", "X S H L N", false},
    {"E", "X A P U", false},     {"CR", "X H M L", false},
    {"IR", "X H M L", false},    {"AR", "X H M L", false},
    {"S", "X N P", false},       {"AU", "X N Y", false},
    {"R", "X A U I", false},     {"V", "X D C", false},
    {"RE", "X L M H", false},    {"U", "X Clear Green Amber Red", false},
};

/* How far values are from the worst, in steps (section 8.2, metric levels); the place in the string. SC
 * begins at 1, as only SI and SA have a safety value. */
static const char *const v4_levels[V4_SCORED] = {
    [V4_AV] = "NALP", [V4_AC] = "LH",  [V4_AT] = "NP",  [V4_PR] = "NLH",  [V4_UI] = "NPA",
    [V4_VC] = "HLN",  [V4_VI] = "HLN", [V4_VA] = "HLN", [V4_SC] = "SHLN", [V4_SI] = "SHLN",
    [V4_SA] = "SHLN", [V4_CR] = "HML", [V4_IR] = "HML", [V4_AR] = "HML",
};

static int v4_level(int metric, char value) {
    const char *at = strchr(v4_levels[metric], value);
    assert(value && at);
    return (int)(at - v4_levels[metric]);
}

/* The values that count: the modified where stated, and the worst for what is not defined. */
static void v4_effective(struct vector *v) {
    for (int i = 0; i < V4_MODIFIED; i++) {
        char modified = v->value[V4_MODIFIED + i];
        if (modified && modified != 'X') {
            v->value[i] = modified;
        }
    }
    for (int i = V4_E; i <= V4_AR; i++) {
        if (!v->value[i] || v->value[i] == 'X') {
            v->value[i] = i == V4_E ? 'A' : 'H';
        }
    }
}

struct macro_vector {
    int eq[6];
};

static int v4_eq1(const char *m) {
    int worst = (m[V4_AV] == 'N') + (m[V4_PR] == 'N') + (m[V4_UI] == 'N');
    return worst == 3 ? 0 : worst > 0 && m[V4_AV] != 'P' ? 1 : 2;
}

static int v4_eq3(const char *m) {
    bool is_any_high = m[V4_VC] == 'H' || m[V4_VI] == 'H' || m[V4_VA] == 'H';
    return m[V4_VC] == 'H' && m[V4_VI] == 'H' ? 0 : is_any_high ? 1 : 2;
}

static int v4_eq4(const char *m) {
    bool is_any_high = m[V4_SC] == 'H' || m[V4_SI] == 'H' || m[V4_SA] == 'H';
    return m[V4_SI] == 'S' || m[V4_SA] == 'S' ? 0 : is_any_high ? 1 : 2;
}

static int v4_eq6(const char *m) {
    for (int i = 0; i < 3; i++) {
        if (m[V4_CR + i] == 'H' && m[V4_VC + i] == 'H') {
            return 0;
        }
    }
    return 1;
}

/* Section 8.2: the definitions of EQ1 to EQ6. */
static struct macro_vector v4_macro_vector(const char *m) {
    return (struct macro_vector){{
        v4_eq1(m),
        m[V4_AC] == 'L' && m[V4_AT] == 'N' ? 0 : 1,
        v4_eq3(m),
        v4_eq4(m),
        m[V4_E] == 'A'   ? 0
        : m[V4_E] == 'P' ? 1
                         : 2,
        v4_eq6(m),
    }};
}

/* In tenths; NO_SCORE when there is no such MacroVector. */
static int v4_macro_score(struct macro_vector mv) {
    static const int sizes[] = {3, 2, 3, 3, 3, 2};
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        if (mv.eq[i] >= sizes[i]) {
            return NO_SCORE;
        }
    }
    return macro_scores[mv.eq[0]][mv.eq[1]][mv.eq[2]][mv.eq[3]][mv.eq[4]][mv.eq[5]];
}

static int v4_lower_score(struct macro_vector mv, int eq) {
    mv.eq[eq]++;
    return v4_macro_score(mv);
}

/* EQ3 and EQ6 depend on each other and step together: of two ways down, the higher score. */
static int v4_lower_score_eq36(struct macro_vector mv) {
    int by_eq3 = v4_lower_score(mv, 2), by_eq6 = v4_lower_score(mv, 5);
    if (mv.eq[2] == 0 && mv.eq[5] == 0) {
        return MAX(by_eq3, by_eq6);
    }
    return mv.eq[2] == 1 && mv.eq[5] == 0 ? by_eq6 : by_eq3;
}

/* The highest severity vectors of each EQ's levels, and the depth of the level in steps (section 8.2). */
enum { MAXIMA = 5, GROUP_METRICS = 6 };
struct v4_level {
    int depth;
    const char *maxima[MAXIMA]; /* values in the order of the group's metrics */
};
struct v4_group {
    int metrics[GROUP_METRICS];
    int metrics_n;
    struct v4_level levels[5];
};
static const struct v4_group v4_groups[] = {
    {{V4_AV, V4_PR, V4_UI}, 3, {{1, {"NNN"}}, {4, {"ANN", "NLN", "NNP"}}, {5, {"PNN", "ALP"}}}},
    {{V4_AC, V4_AT}, 2, {{1, {"LN"}}, {2, {"HN", "LP"}}}},
    /* by EQ3 * 2 + EQ6; the fifth is EQ3 2 with EQ6 1 */
    {{V4_VC, V4_VI, V4_VA, V4_CR, V4_IR, V4_AR},
     6,
     {{7, {"HHHHHH"}},
      {6, {"HHLMMH", "HHHMMM"}},
      {8, {"LHHHHH", "HLHHHH"}},
      {8, {"LHLHMH", "LHHHMM", "HLHMHM", "HLLMHH", "LLHHHM"}},
      {10, {"LLLHHH"}}}},
    {{V4_SC, V4_SI, V4_SA}, 3, {{6, {"HSS"}}, {5, {"HHH"}}, {4, {"LLL"}}}},
};

/* Steps from maximum down to the vector; negative when some metric is above it. */
static int v4_distance(const struct v4_group *group, const char *maximum, const char *m) {
    int sum = 0;
    for (int i = 0; i < group->metrics_n; i++) {
        int metric = group->metrics[i];
        int steps = v4_level(metric, m[metric]) - v4_level(metric, maximum[i]);
        if (steps < 0) {
            return -1;
        }
        sum += steps;
    }
    return sum;
}

/* How deep in its level the vector stands, from 0 to 1. */
static double v4_depth(const struct v4_group *group, int level, const char *m) {
    const struct v4_level *l = &group->levels[level];
    for (int i = 0; i < MAXIMA && l->maxima[i]; i++) {
        int steps = v4_distance(group, l->maxima[i], m);
        if (steps >= 0) {
            return (double)steps / l->depth;
        }
    }
    assert(false && "a vector is below one of the highest vectors of its MacroVector");
    return 0;
}

static double v4_score(struct vector *v) {
    v4_effective(v);
    const char *m = v->value;
    bool has_impact = false;
    for (int i = V4_VC; i <= V4_SA; i++) {
        has_impact |= m[i] != 'N';
    }
    if (!has_impact) {
        return 0;
    }
    struct macro_vector mv = v4_macro_vector(m);
    int score = v4_macro_score(mv);
    assert(score != NO_SCORE);
    /* EQ5 has one metric, so each vector is its level's highest: it counts in the mean with nothing. */
    const int lower[] = {v4_lower_score(mv, 0), v4_lower_score(mv, 1), v4_lower_score_eq36(mv),
                         v4_lower_score(mv, 3), v4_lower_score(mv, 4)};
    const int level[] = {mv.eq[0], mv.eq[1], MIN(mv.eq[2] * 2 + mv.eq[5], 4), mv.eq[3]};
    double sum = 0;
    int n = 0;
    for (size_t i = 0; i < ARRAY_SIZE(lower); i++) {
        if (lower[i] != NO_SCORE) {
            n++;
            sum += i < ARRAY_SIZE(level) ? (score - lower[i]) * v4_depth(&v4_groups[i], level[i], m) : 0;
        }
    }
    double tenths = score - (n ? sum / n : 0);
    /* A half that binary fractions put a hair below is still a half. */
    return MIN(MAX(floor(tenths + 0.5 + 1e-6), 0), 100) / 10;
}

static bool read_v2(struct str text, struct cvss *out) {
    struct vector v;
    if (text.n > 2 && text.p[0] == '(' && text.p[text.n - 1] == ')') {
        text = str_sub(text, 1, text.n - 2);
    }
    if (!read_vector(v2_metrics, ARRAY_SIZE(v2_metrics), text, &v)) {
        return false;
    }
    out->version = CVSS_2;
    out->score = v2_score(&v);
    /* v2 has no critical: NVD's scale ends at high. */
    out->severity = MIN(severity_of_score(out->score), SEVERITY_HIGH);
    return true;
}

static bool read_v3(struct str text, enum cvss_version version, struct cvss *out) {
    struct vector v;
    if (!read_vector(v3_metrics, ARRAY_SIZE(v3_metrics), text, &v)) {
        return false;
    }
    *out = (struct cvss){version, v3_score(&v), SEVERITY_UNKNOWN};
    out->severity = severity_of_score(out->score);
    return true;
}

static bool read_v4(struct str text, struct cvss *out) {
    struct vector v;
    if (!read_vector(v4_metrics, ARRAY_SIZE(v4_metrics), text, &v)) {
        return false;
    }
    *out = (struct cvss){CVSS_4_0, v4_score(&v), SEVERITY_UNKNOWN};
    out->severity = severity_of_score(out->score);
    return true;
}

bool cvss_read(struct str vector, struct cvss *out) {
    struct str prefix = STR("CVSS:3.1/");
    if (str_starts(vector, STR("CVSS:4.0/"))) {
        return read_v4(str_from(vector, prefix.n), out);
    }
    if (str_starts(vector, prefix)) {
        return read_v3(str_from(vector, prefix.n), CVSS_3_1, out);
    }
    if (str_starts(vector, STR("CVSS:3.0/"))) {
        return read_v3(str_from(vector, prefix.n), CVSS_3_0, out);
    }
    return read_v2(vector, out);
}
