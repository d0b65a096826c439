#include "policy/guardrail/apply.h"

#include "base/limits.h"
#include "doc/yaml.h"
#include "policy/guardrail/steps.h"
#include "policy/text_place.h"

#include "test.h"

static int read_text(struct arena *arena, const char *text, bool is_alone, struct guardrails *out,
                     const struct cel_env **env, struct err *err) {
    const struct doc **documents;
    size_t n;
    assert_int_equal(subject_env_new(arena, env, err), 0);
    assert_int_equal(yaml_parse(arena, str_c(text), &documents, &n, err), 0);
    const struct guardrail_file file = {STR("g.yaml"), str_c(text), n ? documents[0] : NULL};
    return guardrails_read(arena, *env, &file, is_alone, out, err);
}

/* ---- mistakes */

#define RULE(when) "rules:\n  - name: r\n    action: block\n    when: " when "\n"

static void mistakes_are_named_with_their_places(void **state) {
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"rulez: []\n", "g.yaml:1:1: 'rulez' is not a field\n  known fields: profile, rules, exceptions, "
                        "licences, images, compat   did you mean 'rules'?"},
        {"profile: hard\n", "g.yaml:1:10: a profile is one of off, baseline and strict"},
        {"rules: {}\n", "g.yaml:1:8: 'rules' should be a list, not map"},
        {"rules: [7]\n", "g.yaml:1:9: a rule is a map of fields, not integer"},
        {"rules:\n  - {name: r, when: 'true'}\n", "g.yaml:2:5: a rule needs the field 'action'"},
        {"rules:\n  - {name: r, when: true, action: stop}\n",
         "g.yaml:2:35: an action is one of block, warn and ignore"},
        {"rules:\n  - {name: r, when: true, action: block, until: tomorrow}\n",
         "g.yaml:2:49: 'until' is the last day that it counts, as in 2027-01-31"},
        {"rules:\n  - {name: r, when: true, action: warn}\n  - {name: r, when: true, action: warn}\n",
         "g.yaml:3:12: there is a rule 'r' already in line 2"},
        {"exceptions:\n  - {id: CVE-1, owner: a, until: 2027-01-31}\n",
         "g.yaml:2:5: an exception needs the field 'reason'"},
        {"exceptions:\n  - {owner: a, reason: b, until: 2027-02-30}\n",
         "g.yaml:2:34: 'until' is the last day that it counts, as in 2027-01-31"},
        {"exceptions:\n  - {owner: a, reason: b, until: 2027-01-31}\n",
         "g.yaml:2:5: an exception says what it is for: id, path, asset or fingerprint"},
        {"images: {base-days: 0}\n", "g.yaml:1:21: 'base-days' should be a number of days from 1 to 36500"},
        {"images: {digest: yes}\n", "g.yaml:1:18: 'digest' should be required or optional"},
        {"images: {bases: x}\n", "g.yaml:1:17: 'bases'"},
        {"images: {regstries: [x]}\n", "g.yaml:1:10: 'regstries' is not a field\n  known fields: "
                                       "bases, registries, base-days, digest"
                                       "   did you mean 'registries'?"},
        {"compat: {suppressions: maybe}\n",
         "g.yaml:1:24: 'suppressions' should be true or false, not string"},
        {RULE("true && sise(finding.rule) > 1"), "g.yaml:4:19: no function 'sise'; did you mean 'size'?"},
        {RULE("\"'a' in targt.name\""), "g.yaml:4:19: no variable 'targt'"},
        {RULE("finding.line"), "g.yaml:4:11: 'when' should give true or false, not int"},
        {RULE("finding.severity >= 'high'"),
         "g.yaml:4:11: severities are words, which have no order: use finding.level >= 4 (high), or "
         "finding.severity in ['high', 'critical']"},
        {RULE("has(finding.path)"), "g.yaml:4:15: finding.path is always there: compare its value, which is "
                                    "empty where there is none"},
        {RULE("asset == target"), "g.yaml:4:11: 'asset' is no value by itself: name one of its fields, as in "
                                  "asset.name"},
        {RULE(">-\n      finding.line > 0 &&\n      finding.lien > 0"),
         "g.yaml:6:7: 'finding.lien' is not a field of finding\n  known fields: rule, aliases, kind, title, "
         "severity, level, score, status, exploited, epss, fixed, path, line, layer, in_base, controls, "
         "fingerprint   did you mean 'line'?"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
        struct guardrails g;
        const struct cel_env *env;
        struct err err = ERR_NONE;
        assert_int_equal(read_text(&arena, cases[i].text, true, &g, &env, &err), ERR_INPUT);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0) {
            fail_msg("%s\nshould be\n%s", err.message, cases[i].message);
        }
    }
}

static void what_memory_lacks_is_an_error(void **state) {
    static const char text[] =
        "profile: strict\nrules:\n  - {name: r, when: finding.line > 1, action: warn}\n"
        "exceptions:\n  - {id: C, owner: a, reason: b, until: 2027-01-31}\n"
        "images: {bases: [a*, b], registries: [c], base-days: 90, digest: required}\n";
    _cleanup_(arena_free) struct arena arena = arena_new(64 * MIB);
    const struct doc **documents;
    size_t n;
    struct err err = ERR_NONE;
    const struct cel_env *env;
    assert_int_equal(subject_env_new(&arena, &env, &err), 0);
    assert_int_equal(yaml_parse(&arena, str_c(text), &documents, &n, &err), 0);
    const struct guardrail_file file = {STR("g.yaml"), str_c(text), documents[0]};
    WITH_EACH_ALLOCATION_FAILED({
        _cleanup_(arena_free) struct arena own = arena_new(16 * MIB);
        struct guardrails g;
        struct err e = ERR_NONE;
        int r = guardrails_read(&own, env, &file, true, &g, &e);
        if (r != 0 && r != ERR_MEMORY) {
            fail_msg("%s", e.message);
        }
    });
}

/* ---- decisions */

enum { DAY = 24 * 60 * 60 };
static const int64_t now = 1795564800; /* 2026-11-25 */

struct place {
    struct arena arena;
    const struct cel_env *env;
    struct guardrail_options options;
    struct guardrails callers, folders;
    struct store *store;
    struct run run;
    int64_t package, pod;
    struct buf summary;
};

static void open_place(struct place *p) {
    struct err err = ERR_NONE;
    *p = (struct place){.arena = arena_new(64 * MIB), .summary = buf_new(MIB)};
    p->run = (struct run){.target = STR("shop"), .version = STR("1"), .started = now};
    p->options.now = now;
    assert_int_equal(subject_env_new(&p->arena, &p->env, &err), 0);
    p->options.env = p->env;
    assert_int_equal(store_open(&p->store, NULL, &err), 0);
    assert_int_equal(store_begin(p->store, &err), 0);
    assert_int_equal(store_run_begin(p->store, &p->run, &p->run.id, &err), 0);
    const struct asset assets[] = {
        {.kind = ASSET_DIRECTORY, .key = STR("/shop"), .name = STR("shop")},
        {.kind = ASSET_PACKAGE,
         .key = STR("pkg:npm/lodash@4.17.20#package-lock.json"),
         .name = STR("lodash"),
         .version = STR("4.17.20"),
         .properties = STR("{\"purl\":\"pkg:npm/lodash@4.17.20\",\"ecosystem\":\"npm\",\"isDirect\":true}")},
        {.kind = ASSET_RESOURCE, .key = STR("default/Pod/web"), .name = STR("web")},
    };
    int64_t *ids[] = {&p->run.subject, &p->package, &p->pod};
    for (size_t i = 0; i < ARRAY_SIZE(assets); i++) {
        assert_int_equal(store_put_asset(p->store, p->run.id, &assets[i], ids[i], &err), 0);
    }
    const struct rule rule = {STR("PLM-K8S-001"),
                              STR("{\"controls\":{\"pod-security-standards\":[\"baseline\"]}}")};
    assert_int_equal(store_put_rule(p->store, p->run.id, &rule, &err), 0);
}

static void close_place(struct place *p) {
    store_close(p->store);
    buf_free(&p->summary);
    arena_free(&p->arena);
}

/* A high one with a fix, a critical one without, an undecided one, and a check. */
static void put_findings(struct place *p) {
    struct err err = ERR_NONE;
    const struct finding findings[] = {
        {.asset = p->package,
         .rule = STR("CVE-2021-1"),
         .severity = SEVERITY_HIGH,
         .score = 7.2,
         .path = STR("package-lock.json"),
         .line = 6,
         .fixed = STR("4.17.21"),
         .evidence = STR("{\"aliases\":[\"GHSA-1\"],\"kev\":{\"since\":\"2022-01-01\"},\"epss\":null}")},
        {.asset = p->package,
         .rule = STR("CVE-2021-2"),
         .severity = SEVERITY_CRITICAL,
         .score = -1,
         .path = STR("package-lock.json"),
         .line = 6,
         .evidence = STR("{\"aliases\":[],\"kev\":null,\"epss\":{\"score\":0.3,\"percentile\":0.9}}")},
        {.asset = p->package,
         .rule = STR("CVE-2021-3"),
         .severity = SEVERITY_CRITICAL,
         .score = 9.8,
         .status = FINDING_UNDECIDED,
         .path = STR("package-lock.json"),
         .line = 6,
         .evidence = STR("{\"aliases\":[],\"kev\":null,\"epss\":null}")},
        {.kind = FINDING_CONFIGURATION,
         .asset = p->pod,
         .rule = STR("PLM-K8S-001"),
         .severity = SEVERITY_HIGH,
         .score = -1,
         .path = STR("pod.yaml"),
         .line = 12,
         .evidence = STR("{}")},
    };
    for (size_t i = 0; i < ARRAY_SIZE(findings); i++) {
        assert_int_equal(store_put_finding(p->store, p->run.id, &findings[i], NULL, &err), 0);
    }
}

static void read_into(struct place *p, const char *text, bool is_callers) {
    struct err err = ERR_NONE;
    const struct doc **documents;
    size_t n;
    if (!text) {
        return;
    }
    struct guardrails *out = is_callers ? &p->callers : &p->folders;
    assert_int_equal(yaml_parse(&p->arena, str_c(text), &documents, &n, &err), 0);
    const struct guardrail_file file = {is_callers ? STR("own.yaml") : STR(".plimsoll.yaml"), str_c(text),
                                        documents[0]};
    if (guardrails_read(&p->arena, p->env, &file, true, out, &err) < 0) {
        fail_msg("%s", err.message);
    }
    *(is_callers ? &p->options.callers : &p->options.folders) = out;
}

/* "1 block rule:js, …" over the findings in the order of their rules; s: suppressed. */
static struct str decide(struct place *p) {
    struct err err = ERR_NONE;
    struct finding_list list;
    if (guardrail_apply(p->store, &p->run, &p->options, &p->summary, &err) < 0) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(store_get_findings(p->store, &p->arena, p->run.id, &list, &err), 0);
    char letters[5] = "....";
    static const char actions[ACTIONS] = {'-', 'w', 'b', 'i'};
    for (size_t i = 0; i < list.n; i++) {
        const struct finding *f = &list.p[i];
        bool is_check = f->kind == FINDING_CONFIGURATION;
        letters[is_check ? 3 : f->rule.p[f->rule.n - 1] - '1'] = actions[f->action];
        assert_int_equal(f->status == FINDING_SUPPRESSED, f->action == ACTION_IGNORE);
    }
    return arena_str(&p->arena, str_c(letters));
}

#define IS(when, action)     "rules: [{name: r, when: \"" when "\", action: " action "}]\n"
#define EXCEPT(match, until) "exceptions: [{" match ", reason: known, owner: team, until: " until "}]\n"

/* One letter a finding, in the order of put_findings(): b block, w warn, i set aside, - nothing. */
static const struct {
    const char *what, *callers, *folders, *expected;
    enum guardrail_profile profile;
    enum severity fail_on, least;
    bool ignores_unfixed;
} table[] = {
    {"nothing", NULL, NULL, "----"},
    {"a rule blocks", NULL, IS("finding.fixed != ''", "block"), "b---"},
    {"a rule on the asset", NULL, IS("asset.ecosystem == 'npm' && asset.direct", "warn"), "www-"},
    {"a rule on the target", NULL, IS("target.kind == 'directory' && finding.line > 6", "ignore"), "---i"},
    {"a rule on controls", NULL, IS("'pod-security-standards' in finding.controls", "block"), "---b"},
    {"aliases", NULL, IS("'GHSA-1' in finding.aliases", "block"), "b---"},
    {"exploited", NULL, IS("finding.exploited", "block"), "b---"},
    {"a score that is not known decides nothing", NULL, IS("finding.score > 7.0", "block"), "b---"},
    {"false absorbs what is not known", NULL, IS("finding.epss > 0.2 || finding.severity == 'high'", "block"),
     "bb-b"},
    {"a rule that takes too long decides nothing", NULL,
     IS("lists.range(3000).all(i, lists.range(3000).all(j, i + j >= 0))", "block"), "----"},
    {"a failing rule decides nothing", NULL, IS("1 / (finding.line - 6) > 0", "block"), "----"},
    {"undecided is not blocked", NULL, IS("true", "block"), "bb-b"},
    {"unless a rule says so", NULL, IS("finding.status == 'undecided'", "block"), "--b-"},
    {"the first that matches", NULL,
     "rules:\n- {name: a, when: finding.exploited, action: warn}\n- {name: b, when: true, action: block}\n",
     "wb-b"},
    {"a rule that has ended", NULL, "rules: [{name: a, when: true, action: block, until: 2026-11-24}]\n",
     "----"},
    {"its last day counts", NULL, "rules: [{name: a, when: true, action: block, until: 2026-11-25}]\n",
     "bb-b"},
    {"an exception", NULL, EXCEPT("id: cve-2021-*", "2027-01-31") IS("true", "block"), "iiib"},
    {"by alias", NULL, EXCEPT("id: GHSA-1", "2027-01-31"), "i---"},
    {"by path", NULL, EXCEPT("path: '*.yaml'", "2027-01-31"), "---i"},
    {"by asset", NULL, EXCEPT("asset: 'pkg:npm/lodash@*', id: '*-1'", "2027-01-31"), "i---"},
    {"all must match", NULL, EXCEPT("path: pod.yaml, id: CVE-2021-1", "2027-01-31"), "----"},
    {"one that has ended", NULL, EXCEPT("id: '*'", "2026-11-24") IS("true", "block"), "bb-b"},
    {"on its last day", NULL, EXCEPT("id: '*'", "2026-11-25") IS("true", "block"), "iiii"},
    {"the caller's block is final", IS("finding.exploited", "block"), EXCEPT("id: '*'", "2027-01-31"),
     "biii"},
    {"the folder's rule does not loosen it", IS("true", "block"), IS("true", "ignore"), "bbib"},
    {"the caller's warning is final too", IS("true", "warn"), IS("true", "block"), "wwww"},
    {"the caller's profile", "profile: baseline\n", IS("true", "ignore"), "biib"},
    {"profile baseline", NULL, NULL, "b--b", PROFILE_BASELINE},
    {"profile strict", NULL, NULL, "bbwb", PROFILE_STRICT},
    {"the folder's profile", NULL, "profile: strict\n", "bbwb"},
    {"is overruled by the option", NULL, "profile: strict\n", "----", PROFILE_OFF},
    {"the folder's rules before the profile", NULL, IS("finding.exploited", "warn"), "w--b",
     PROFILE_BASELINE},
    {"--fail-on", NULL, NULL, "bb-b", PROFILE_NONE, SEVERITY_HIGH},
    {"--fail-on and an exception", NULL, EXCEPT("id: CVE-2021-1", "2027-01-31"), "ib-b", PROFILE_NONE,
     SEVERITY_HIGH},
    {"what is left out is not asked of", NULL, NULL, "-b--", PROFILE_NONE, SEVERITY_HIGH, SEVERITY_CRITICAL},
    {"unfixed left out", NULL, NULL, "b--b", PROFILE_NONE, SEVERITY_HIGH, SEVERITY_UNKNOWN, true},
    {"but by the caller", IS("true", "block"), NULL, "bb-b", PROFILE_NONE, SEVERITY_UNKNOWN,
     SEVERITY_CRITICAL, true},
};

static void the_first_word_decides(void **state) {
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct place p;
        open_place(&p);
        put_findings(&p);
        p.options.profile = table[i].profile;
        p.options.has_fail_on = table[i].fail_on != SEVERITY_UNKNOWN;
        p.options.fail_on = table[i].fail_on;
        p.options.least = table[i].least;
        p.options.ignores_unfixed = table[i].ignores_unfixed;
        read_into(&p, table[i].callers, true);
        read_into(&p, table[i].folders, false);
        struct str found = decide(&p);
        if (!str_eq(found, str_c(table[i].expected))) {
            fail_msg("%s: %.*s should be %s", table[i].what, STR_ARG(found), table[i].expected);
        }
        close_place(&p);
    }
}

/* Of all guardrails only rules that read the status, and exceptions, decide on what a later layer deletes. */
static void what_is_removed_has_to_be_asked_for(void **state) {
    static const struct {
        const char *callers, *folders;
        enum finding_action action;
    } cases[] = {
        {NULL, NULL, ACTION_NONE},
        {NULL, IS("true", "block"), ACTION_NONE},
        {NULL, IS("finding.exploited", "warn"), ACTION_NONE},
        {NULL, IS("finding.status == 'removed'", "block"), ACTION_BLOCK},
        {NULL, IS("finding.status != 'open' && finding.level == 5", "warn"), ACTION_WARN},
        {NULL, EXCEPT("id: CVE-2021-9", "2027-01-31") IS("finding.status == 'removed'", "block"),
         ACTION_IGNORE},
        {IS("finding.status == 'removed'", "block"), EXCEPT("id: CVE-2021-9", "2027-01-31"), ACTION_BLOCK},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct place p;
        struct finding_list list;
        struct err err = ERR_NONE;
        struct baseline baseline = baseline_empty(NULL);
        open_place(&p);
        const struct finding removed = {.asset = p.package,
                                        .rule = STR("CVE-2021-9"),
                                        .severity = SEVERITY_CRITICAL,
                                        .score = 9.8,
                                        .status = FINDING_REMOVED,
                                        .path = STR("package-lock.json"),
                                        .evidence =
                                            STR("{\"aliases\":[],\"kev\":{\"since\":\"2022-01-01\"}}")};
        struct finding before = removed; /* it was there, and open */
        struct run earlier = p.run;
        before.status = FINDING_OPEN;
        assert_int_equal(store_run_begin(p.store, &earlier, &earlier.id, &err), 0);
        assert_int_equal(store_put_finding(p.store, earlier.id, &before, NULL, &err), 0);
        assert_int_equal(store_put_finding(p.store, p.run.id, &removed, NULL, &err), 0);
        assert_int_equal(baseline_of_run(&p.arena, p.store, earlier.id, &baseline, &err), 0);
        p.options.baseline = &baseline;
        p.options.profile = PROFILE_STRICT;
        p.options.has_fail_on = true;
        p.options.fail_on = SEVERITY_LOW;
        read_into(&p, cases[i].callers, true);
        read_into(&p, cases[i].folders, false);
        assert_int_equal(guardrail_apply(p.store, &p.run, &p.options, &p.summary, &err), 0);
        assert_int_equal(store_get_findings(p.store, &p.arena, p.run.id, &list, &err), 0);
        assert_int_equal(list.n, 1);
        assert_int_equal(list.p[0].action, cases[i].action);
        assert_int_equal(list.p[0].status,
                         cases[i].action == ACTION_IGNORE ? FINDING_SUPPRESSED : FINDING_REMOVED);
        close_place(&p);
    }
}

/* As inspect/record.c writes it. */
static void rules_see_the_base(void **state) {
    static const char image[] =
        "{\"registry\":\"docker.io\",\"repository\":\"shop/web\",\"isPinned\":true,"
        "\"created\":\"2026-11-20T00:00:00Z\",\"base\":\"golden/debian:12\",\"baseImage\":{\"name\":"
        "\"golden/debian\",\"version\":\"12\",\"reference\":\"r.example/golden/debian:12\",\"digest\":"
        "\"sha256:ab\",\"created\":\"2026-08-27T00:00:00Z\",\"layers\":3,\"namedBy\":\"table\","
        "\"isPinned\":true}}";
    static const struct {
        const char *properties, *when;
        bool blocks;
    } cases[] = {
        {image, IS("base.age_days == 90 && target.age_days == 5", "block"), true},
        {image, IS("base.age_days > 90", "block"), false},
        {image, IS("target.registry == 'docker.io' && target.repository == 'shop/web'", "block"), true},
        {image, IS("target.pinned && base.pinned && base.digest == 'sha256:ab'", "block"), true},
        {image, IS("base.name == 'golden/debian' && base.version == '12' && base.layers == 3", "block"),
         true},
        {image, IS("base.named_by == 'table' && base.reference.startsWith('r.example/')", "block"), true},
        {"{}", IS("base.age_days > 1", "block"), false},
        {"{}", IS("base.age_days < 9999 || base.named_by == 'undecided'", "block"), true},
        {"{}", IS("!base.pinned && !target.pinned && base.layers == 0 && base.name == ''", "block"), true},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct place p;
        struct err err = ERR_NONE;
        open_place(&p);
        put_findings(&p);
        const struct asset subject = {.kind = ASSET_IMAGE,
                                      .key = STR("sha256:1"),
                                      .name = STR("web"),
                                      .properties = str_c(cases[i].properties)};
        assert_int_equal(store_put_asset(p.store, p.run.id, &subject, &p.run.subject, &err), 0);
        read_into(&p, cases[i].when, false);
        struct str found = decide(&p);
        if (!str_eq(found, cases[i].blocks ? STR("bb-b") : STR("----"))) {
            fail_msg("%s: %.*s", cases[i].when, STR_ARG(found));
        }
        close_place(&p);
    }
}

static struct finding finding_of(struct place *p, const char *rule) {
    struct err err = ERR_NONE;
    struct finding_list list;
    assert_int_equal(store_get_findings(p->store, &p->arena, p->run.id, &list, &err), 0);
    for (size_t i = 0; i < list.n; i++) {
        if (str_eq(list.p[i].rule, str_c(rule))) {
            return list.p[i];
        }
    }
    fail();
    return (struct finding){0};
}

static void a_decision_says_why(void **state) {
    struct place p;
    open_place(&p);
    put_findings(&p);
    read_into(
        &p,
        EXCEPT(
            "id: CVE-2021-1",
            "2027-01-31") "rules:\n- {name: likely, when: finding.epss > 0.5, action: warn}\n"
                          "- {name: all, when: finding.severity == 'critical', action: warn, reason: see}\n",
        false);
    (void)decide(&p);
    assert_str_equal(
        finding_of(&p, "CVE-2021-1").decision,
        STR("{\"by\":\"exception\",\"guardrail\":\"CVE-2021-1\",\"file\":\".plimsoll.yaml\",\"line\":1,"
            "\"reason\":\"known\",\"owner\":\"team\",\"until\":\"2027-01-31\"}"));
    assert_str_equal(
        finding_of(&p, "CVE-2021-3").decision,
        STR("{\"by\":\"rule\",\"guardrail\":\"all\",\"file\":\".plimsoll.yaml\",\"line\":4,\"reason\":"
            "\"see\","
            "\"undecided\":[{\"guardrail\":\"likely\",\"reason\":\"no chance of exploitation is known\"}]}"));
    assert_str_equal(
        buf_view(&p.summary),
        STR("{\"rules\":[{\"name\":\"likely\",\"by\":\"rule\",\"file\":\".plimsoll.yaml\",\"action\":"
            "\"warn\"},{\"name\":\"all\",\"by\":\"rule\",\"file\":\".plimsoll.yaml\",\"action\":"
            "\"warn\"}]}"));
    close_place(&p);
}

/* 14 days before the end it is said, and after it. */
static void ends_are_said_in_time(void **state) {
    static const struct {
        const char *until, *message;
    } cases[] = {
        {"2026-11-24", "the exception 'C' of team ended with 2026-11-24 and counts no more"},
        {"2026-11-25", "the exception 'C' of team ends with 2026-11-25, in 0 days"},
        {"2026-11-26", "the exception 'C' of team ends with 2026-11-26, in 1 day"},
        {"2026-12-08", "the exception 'C' of team ends with 2026-12-08, in 13 days"},
        {"2026-12-09", NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct place p;
        struct problem_list problems;
        struct err err = ERR_NONE;
        open_place(&p);
        read_into(&p,
                  arena_printf(&p.arena, "exceptions: [{id: C, reason: r, owner: team, until: %s}]\n",
                               cases[i].until),
                  false);
        (void)decide(&p);
        assert_int_equal(store_get_problems(p.store, &p.arena, p.run.id, &problems, &err), 0);
        assert_int_equal(problems.n, cases[i].message ? 1 : 0);
        if (problems.n) {
            assert_str_equal(problems.p[0].message, str_c(cases[i].message));
            assert_str_equal(problems.p[0].place, STR(".plimsoll.yaml:1"));
            assert_false(problems.p[0].is_incomplete);
        }
        close_place(&p);
    }
}

static void comments_set_aside_but_not_what_the_caller_blocks(void **state) {
    const struct suppression s = {.id = STR("PLM-K8S-001"),
                                  .as = STR("PLM-K8S-001"),
                                  .tool = STR("plimsoll"),
                                  .path = STR("pod.yaml"),
                                  .line = 11,
                                  .from = 11,
                                  .to = 12};
    for (int callers = 0; callers < 2; callers++) {
        struct place p;
        open_place(&p);
        put_findings(&p);
        p.options.suppressions = &s;
        p.options.suppressions_n = 1;
        read_into(&p, callers ? IS("true", "block") : NULL, true);
        assert_str_equal(decide(&p), callers ? STR("bb-b") : STR("---i"));
        close_place(&p);
    }
}

static void what_was_there_is_set_aside(void **state) {
    struct place p;
    struct baseline baseline;
    struct err err = ERR_NONE;
    open_place(&p);
    put_findings(&p);
    assert_int_equal(baseline_of_run(&p.arena, p.store, p.run.id, &baseline, &err), 0);
    const struct finding known = finding_of(&p, "CVE-2021-3");
    struct finding other = known;
    assert_true(baseline_knows(&baseline, &known));
    other.status = FINDING_OPEN; /* what could not be decided, and is there now, is new */
    assert_false(baseline_knows(&baseline, &other));
    p.options.baseline = &baseline;
    p.options.has_fail_on = true;
    p.options.fail_on = SEVERITY_LOW;
    assert_str_equal(decide(&p), STR("iiii"));
    assert_int_equal(baseline_of_run(&p.arena, p.store, p.run.id, &baseline, &err), 0);
    assert_true(baseline_knows(&baseline,
                               &(struct finding){.fingerprint = finding_of(&p, "CVE-2021-1").fingerprint}));
    assert_int_equal(baseline_of_run(&p.arena, p.store, 99, &baseline, &err), ERR_ABSENT);
    close_place(&p);
}

/* ---- parts */

static void globs_match_the_whole(void **state) {
    static const struct {
        const char *glob, *s;
        bool matches, ignores_case;
    } cases[] = {
        {"CVE-*", "CVE-2021-1", true},
        {"cve-*", "CVE-2021-1", false},
        {"cve-*", "CVE-2021-1", true, true},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"a?c", "abc", true},
        {"a?c", "ac", false},
        {"*a*b", "xaxxb", true},
        {"*a*b", "xaxxbc", false},
        {"**", "x", true},
        {"a", "ab", false},
        {"app/*.yaml", "app/x/y.yaml", true},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(guardrail_glob(str_c(cases[i].glob), str_c(cases[i].s), cases[i].ignores_case),
                         cases[i].matches);
    }
    char many[4096];
    memset(many, 'a', sizeof many);
    assert_false(guardrail_glob(STR("*a*a*a*a*a*a*a*a*b"), str_n(many, sizeof many), false));
}

static void words_are_found_in_every_style(void **state) {
    static const struct {
        const char *text;
        uint32_t offset, line, column;
    } cases[] = {
        {"when: ab == c\n", 6, 1, 13},
        {"when: \"x == x\"\n", 5, 1, 13},
        {"when: |\n  a &&\n  b\n", 5, 3, 3},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_(arena_free) struct arena arena = arena_new(MIB);
        const struct doc **documents;
        size_t n;
        struct err err = ERR_NONE;
        assert_int_equal(yaml_parse(&arena, str_c(cases[i].text), &documents, &n, &err), 0);
        struct doc_place at =
            text_place(str_c(cases[i].text), doc_get(documents[0], STR("when")), cases[i].offset);
        assert_int_equal(at.line, cases[i].line);
        assert_int_equal(at.column, cases[i].column);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_named_with_their_places),
        cmocka_unit_test(what_memory_lacks_is_an_error),
        cmocka_unit_test(the_first_word_decides),
        cmocka_unit_test(what_is_removed_has_to_be_asked_for),
        cmocka_unit_test(rules_see_the_base),
        cmocka_unit_test(a_decision_says_why),
        cmocka_unit_test(ends_are_said_in_time),
        cmocka_unit_test(comments_set_aside_but_not_what_the_caller_blocks),
        cmocka_unit_test(what_was_there_is_set_aside),
        cmocka_unit_test(globs_match_the_whole),
        cmocka_unit_test(words_are_found_in_every_style),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
