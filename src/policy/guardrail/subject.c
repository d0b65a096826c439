#include "policy/guardrail/subject.h"

#include "base/clock.h"
#include "cel/library/libraries.h"
#include "doc/json.h"

const struct subject_row subject_rows[SUBJECT_FIELDS] = {
    [SUBJECT_RULE] = {"finding.rule", "string", "id: the CVE, else the advisory's; or the check's"},
    [SUBJECT_ALIASES] = {"finding.aliases", "list(string)", "its other ids"},
    [SUBJECT_KIND] = {"finding.kind", "string", "\"vulnerability\", \"configuration\" or \"secret\""},
    [SUBJECT_TITLE] = {"finding.title", "string", ""},
    [SUBJECT_SEVERITY] = {"finding.severity", "string",
                          "\"critical\", \"high\", \"medium\", \"low\", \"none\" or \"unknown\""},
    [SUBJECT_LEVEL] = {"finding.level", "int",
                       "the severity as a number: 5 critical, 4 high, 3 medium, 2 low, 1 none, 0 unknown"},
    [SUBJECT_SCORE] = {"finding.score", "double",
                       "CVSS base score, 0 to 10; unknown where there is none, 0 of a check or secret"},
    [SUBJECT_STATUS] = {"finding.status", "string",
                        "\"open\", \"undecided\" or \"removed\" (in what a later layer deletes); a rule that "
                        "blocks what is undecided, or decides on what is removed, has to ask for it"},
    [SUBJECT_EXPLOITED] = {"finding.exploited", "bool",
                           "in the catalogue of known exploited vulnerabilities"},
    [SUBJECT_EPSS] = {"finding.epss", "double",
                      "chance of exploitation within 30 days, 0 to 1; unknown where there is none, 0 of a "
                      "check or secret"},
    [SUBJECT_FIXED] = {"finding.fixed", "string", "the first version without it; empty when none is known"},
    [SUBJECT_PATH] = {"finding.path", "string", "file that it is in; empty when not from a file"},
    [SUBJECT_LINE] = {"finding.line", "int", "from 1; 0 when not known"},
    [SUBJECT_LAYER] = {"finding.layer", "int", "of an image, from 1; 0 without layers"},
    [SUBJECT_IN_BASE] = {"finding.in_base", "bool", "the layer belongs to the base image"},
    [SUBJECT_CONTROLS] = {"finding.controls", "map(string, list(string))",
                          "a check's controls by framework; empty for vulnerabilities"},
    [SUBJECT_FINGERPRINT] = {"finding.fingerprint", "string", "the same over rebuilds and moved lines"},
    [SUBJECT_ASSET_KIND] = {"asset.kind", "string", "\"package\", \"resource\", \"file\", ..."},
    [SUBJECT_ASSET_KEY] = {"asset.key", "string", "its stable name: a purl, \"prod/Deployment.apps/web\""},
    [SUBJECT_ASSET_NAME] = {"asset.name", "string", ""},
    [SUBJECT_ASSET_VERSION] = {"asset.version", "string", "empty without one"},
    [SUBJECT_ASSET_PURL] = {"asset.purl", "string", "of a package, else empty"},
    [SUBJECT_ASSET_ECOSYSTEM] = {"asset.ecosystem", "string", "of a package: \"Debian:12\", \"npm\""},
    [SUBJECT_ASSET_DIRECT] = {"asset.direct", "bool", "a package that the project asks for itself"},
    [SUBJECT_ASSET_DEVELOPMENT] = {"asset.development", "bool", "a package that only building needs"},
    [SUBJECT_TARGET_KIND] = {"target.kind", "string", "\"image\" or \"directory\""},
    [SUBJECT_TARGET_NAME] = {"target.name", "string", "as it was named"},
    [SUBJECT_TARGET_KEY] = {"target.key", "string", "digest of an image's configuration; a folder's path"},
    [SUBJECT_TARGET_DIGEST] = {"target.digest", "string", "of an image's manifest, else empty"},
    [SUBJECT_TARGET_PLATFORM] = {"target.platform", "string", "of an image: \"linux/amd64\""},
    [SUBJECT_TARGET_REGISTRY] = {"target.registry", "string",
                                 "of an image that was named as registries do: \"docker.io\"; else empty"},
    [SUBJECT_TARGET_REPOSITORY] = {"target.repository", "string", "likewise: \"library/debian\""},
    [SUBJECT_TARGET_PINNED] = {"target.pinned", "bool", "the image was named by its digest"},
    [SUBJECT_TARGET_AGE_DAYS] = {"target.age_days", "int",
                                 "days since the image was built; unknown where it does not say"},
    [SUBJECT_TARGET_BASE] = {"target.base", "string", "the base image when it is known"},
    [SUBJECT_BASE_NAME] = {"base.name", "string", "without tag and digest: \"golden/debian\""},
    [SUBJECT_BASE_VERSION] = {"base.version", "string", "its tag, or what the table of bases says"},
    [SUBJECT_BASE_REFERENCE] = {"base.reference", "string", "as it was stated: what to pull"},
    [SUBJECT_BASE_DIGEST] = {"base.digest", "string", "of the base's manifest, else empty"},
    [SUBJECT_BASE_PINNED] = {"base.pinned", "bool", "the image states its base's digest"},
    [SUBJECT_BASE_AGE_DAYS] = {"base.age_days", "int",
                               "days since the base was built; unknown where that is not known"},
    [SUBJECT_BASE_LAYERS] = {"base.layers", "int", "how many layers are its; 0 when not known"},
    [SUBJECT_BASE_NAMED_BY] = {"base.named_by", "string",
                               "\"table\", \"annotation\", \"label\", \"distribution\", \"bill\" or "
                               "\"undecided\""},
};

int subject_env_new(struct arena *arena, const struct cel_env **out, struct err *err) {
    const struct cel_library *libraries[CEL_LIBRARY_MAX];
    size_t n = 0;
    while (n < CEL_LIBRARY_MAX && cel_libraries[n]) {
        libraries[n] = cel_libraries[n];
        n++;
    }
    struct cel_variable *variables = arena_array(arena, SUBJECT_FIELDS, sizeof *variables);
    if (!variables) {
        return err_memory(err);
    }
    for (size_t i = 0; i < SUBJECT_FIELDS; i++) {
        variables[i] = (struct cel_variable){subject_rows[i].name, subject_rows[i].type};
    }
    const struct cel_env_config config = {
        .libraries = libraries, .library_count = n, .variables = variables, .variable_count = SUBJECT_FIELDS};
    return cel_env_new(arena, &config, out, err);
}

/* ---- values */

static int parse(struct arena *arena, struct str json, const struct doc **out, struct err *err) {
    return json_parse(arena, json.n ? json : STR("{}"), out, err);
}

static struct cel_value text_of(const struct doc *map, struct str key) {
    return cel_string(doc_str(doc_get(map, key)));
}

static struct cel_value bool_of(const struct doc *map, struct str key) {
    return cel_bool(doc_bool(doc_get(map, key), false));
}

/* A list or map of the document, or an empty one. */
static struct cel_value whole_of(const struct doc *map, struct str key, enum doc_kind kind) {
    const struct doc *d = doc_get(map, key);
    if (doc_is(d, kind)) {
        return cel_from_doc(d);
    }
    return (struct cel_value){.kind = kind == DOC_MAP ? CEL_MAP : CEL_LIST};
}

static struct cel_value score_of(const struct finding *f) {
    if (f->score >= 0) {
        return cel_double(f->score);
    }
    return f->kind != FINDING_VULNERABILITY ? cel_double(0) : cel_unknown(STR("no score is known"));
}

static struct cel_value epss_of(const struct finding *f, const struct doc *evidence) {
    const struct doc *score = doc_path(evidence, "epss.score");
    int64_t whole;
    if (f->kind != FINDING_VULNERABILITY) {
        return cel_double(0);
    }
    if (doc_is(score, DOC_DOUBLE)) {
        return cel_double(score->d);
    }
    return doc_int(score, &whole) ? cel_double((double)whole)
                                  : cel_unknown(STR("no chance of exploitation is known"));
}

static void put_finding(const struct finding *f, const struct doc *evidence, const struct doc *rule,
                        struct cel_value *v) {
    v[SUBJECT_RULE] = cel_string(f->rule);
    v[SUBJECT_ALIASES] = whole_of(evidence, STR("aliases"), DOC_LIST);
    v[SUBJECT_KIND] = cel_string(str_c(finding_kind_name(f->kind)));
    v[SUBJECT_TITLE] = cel_string(f->title);
    v[SUBJECT_SEVERITY] = cel_string(str_c(severity_name(f->severity)));
    v[SUBJECT_LEVEL] = cel_int(f->severity);
    v[SUBJECT_SCORE] = score_of(f);
    v[SUBJECT_STATUS] = cel_string(str_c(finding_status_name(f->status)));
    v[SUBJECT_EXPLOITED] = cel_bool(doc_is(doc_get(evidence, STR("kev")), DOC_MAP));
    v[SUBJECT_EPSS] = epss_of(f, evidence);
    v[SUBJECT_FIXED] = cel_string(f->fixed);
    v[SUBJECT_PATH] = cel_string(f->path);
    v[SUBJECT_LINE] = cel_int(f->line);
    v[SUBJECT_LAYER] = cel_int(f->layer);
    v[SUBJECT_IN_BASE] = cel_bool(f->is_in_base);
    v[SUBJECT_CONTROLS] = whole_of(rule, STR("controls"), DOC_MAP);
    v[SUBJECT_FINGERPRINT] = cel_string(f->fingerprint);
}

static void put_asset(const struct asset *asset, const struct doc *properties, struct cel_value *v) {
    v[SUBJECT_ASSET_KIND] = cel_string(str_c(asset_kind_name(asset->kind)));
    v[SUBJECT_ASSET_KEY] = cel_string(asset->key);
    v[SUBJECT_ASSET_NAME] = cel_string(asset->name);
    v[SUBJECT_ASSET_VERSION] = cel_string(asset->version);
    v[SUBJECT_ASSET_PURL] = text_of(properties, STR("purl"));
    v[SUBJECT_ASSET_ECOSYSTEM] = text_of(properties, STR("ecosystem"));
    v[SUBJECT_ASSET_DIRECT] = bool_of(properties, STR("isDirect"));
    v[SUBJECT_ASSET_DEVELOPMENT] = bool_of(properties, STR("isDevelopment"));
}

static struct cel_value age_of(const struct doc *map, const char *what, int64_t now) {
    enum { DAY = 24 * 60 * 60 };
    int64_t created;
    if (!clock_parse(doc_text(map, "created"), &created) || created <= 0) {
        return cel_unknown(str_c(what));
    }
    return cel_int(MAX(now - created, 0) / DAY);
}

static void put_base(const struct doc *base, int64_t now, struct cel_value *v) {
    int64_t layers = 0;
    (void)doc_int(doc_get(base, STR("layers")), &layers);
    v[SUBJECT_BASE_NAME] = text_of(base, STR("name"));
    v[SUBJECT_BASE_VERSION] = text_of(base, STR("version"));
    v[SUBJECT_BASE_REFERENCE] = text_of(base, STR("reference"));
    v[SUBJECT_BASE_DIGEST] = text_of(base, STR("digest"));
    v[SUBJECT_BASE_PINNED] = bool_of(base, STR("isPinned"));
    v[SUBJECT_BASE_AGE_DAYS] = age_of(base, "it is not known when the base was built", now);
    v[SUBJECT_BASE_LAYERS] = cel_int(layers);
    v[SUBJECT_BASE_NAMED_BY] = base ? text_of(base, STR("namedBy")) : cel_string(STR("undecided"));
}

static void put_target(const struct asset *target, const struct doc *properties, int64_t now,
                       struct cel_value *v) {
    v[SUBJECT_TARGET_KIND] = cel_string(str_c(asset_kind_name(target->kind)));
    v[SUBJECT_TARGET_NAME] = cel_string(target->name);
    v[SUBJECT_TARGET_KEY] = cel_string(target->key);
    v[SUBJECT_TARGET_DIGEST] = text_of(properties, STR("digest"));
    v[SUBJECT_TARGET_PLATFORM] = text_of(properties, STR("platform"));
    v[SUBJECT_TARGET_REGISTRY] = text_of(properties, STR("registry"));
    v[SUBJECT_TARGET_REPOSITORY] = text_of(properties, STR("repository"));
    v[SUBJECT_TARGET_PINNED] = bool_of(properties, STR("isPinned"));
    v[SUBJECT_TARGET_AGE_DAYS] = age_of(properties, "it is not known when the image was built", now);
    v[SUBJECT_TARGET_BASE] = text_of(properties, STR("base"));
    put_base(doc_get(properties, STR("baseImage")), now, v);
}

int subject_values(struct arena *arena, const struct subject *subject,
                   struct cel_value values[SUBJECT_FIELDS], struct err *err) {
    const struct doc *evidence = NULL, *rule = NULL, *asset = NULL, *target = NULL;
    int r;
    if ((r = parse(arena, subject->finding->evidence, &evidence, err)) < 0 ||
        (r = parse(arena, subject->rule_properties, &rule, err)) < 0 ||
        (r = parse(arena, subject->asset->properties, &asset, err)) < 0 ||
        (r = parse(arena, subject->target->properties, &target, err)) < 0) {
        return r;
    }
    put_finding(subject->finding, evidence, rule, values);
    put_asset(subject->asset, asset, values);
    put_target(subject->target, target, subject->now, values);
    return 0;
}
