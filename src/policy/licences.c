#include "policy/licences.h"

#include "base/limits.h"
#include "doc/json_write.h"
#include "model/licence.h"
#include "model/package_record.h"

enum verdict { LICENCE_ALLOWED, LICENCE_DENIED, LICENCE_UNKNOWN };

static const struct {
    struct str id, title, why, fix;
    enum severity severity;
} rules[] = {
    [LICENCE_DENIED] =
        {STR("PLM-LICENCE-001"), STR("Licence is not allowed"),
         STR("Whoever ships the package takes on what its licence asks for, and this one was ruled out."),
         STR("Take another package or version, or allow the licence for this one by an exception."),
         SEVERITY_HIGH},
    [LICENCE_UNKNOWN] = {STR("PLM-LICENCE-002"), STR("Licence is not known"),
                         STR("A package that states no licence gives no right to ship it."),
                         STR("Look the licence up, and say it by an exception with a reason."), SEVERITY_LOW},
};

struct judging {
    struct store *store;
    int64_t run;
    const struct licence_rules *rules;
    struct str file;    /* that states them */
    struct arena arena; /* of one package */
    struct buf text;
    bool has_said[ARRAY_SIZE(rules)];
};

static bool matches(const struct str *globs, size_t n, struct str licence) {
    struct str id, exception;
    ptrdiff_t with = str_find(licence, STR(" WITH "));
    str_cut(licence, ' ', &id, &exception);
    for (size_t i = 0; i < n; i++) {
        if (guardrail_glob(globs[i], licence, true) || (with >= 0 && guardrail_glob(globs[i], id, true))) {
            return true;
        }
    }
    return false;
}

static bool fits(void *ctx, struct str licence) {
    const struct licence_rules *r = ctx;
    return !matches(r->deny, r->deny_n, licence) && (!r->allow_n || matches(r->allow, r->allow_n, licence));
}

static int judge(struct judging *j, const struct package *package, struct str *expression, enum verdict *out,
                 struct err *err) {
    int r = licence_expression(&j->arena, package->licence, expression, err);
    struct licence_rules asked = *j->rules;
    if (r == 0 && !expression->n) {
        /* What a rule names as it is stated is known to it. */
        bool is_denied = package->licence.n && matches(asked.deny, asked.deny_n, package->licence);
        bool is_allowed = package->licence.n && matches(asked.allow, asked.allow_n, package->licence);
        *out = is_denied ? LICENCE_DENIED : is_allowed ? LICENCE_ALLOWED : LICENCE_UNKNOWN;
        return 0;
    }
    *out = r == 0 && licence_allows(*expression, fits, &asked) ? LICENCE_ALLOWED : LICENCE_DENIED;
    return r;
}

static int put_rule(struct judging *j, enum verdict verdict, struct err *err) {
    if (j->has_said[verdict]) {
        return 0;
    }
    buf_clear(&j->text);
    struct json_writer w = json_writer_new(&j->text, 0);
    json_begin_object(&w);
    json_member_str(&w, STR("title"), rules[verdict].title);
    json_member_str(&w, STR("severity"), str_c(severity_name(rules[verdict].severity)));
    json_member_str(&w, STR("why"), rules[verdict].why);
    json_member_str(&w, STR("fix"), rules[verdict].fix);
    json_end(&w);
    int r = json_finish(&w, err);
    j->has_said[verdict] = true;
    return r < 0
               ? r
               : store_put_rule(j->store, j->run, &(struct rule){rules[verdict].id, buf_view(&j->text)}, err);
}

static struct str message_of(struct judging *j, enum verdict verdict, struct str licence) {
    if (verdict == LICENCE_DENIED) {
        return arena_strf(&j->arena, "%.*s is not allowed by %.*s:%u", STR_ARG(licence), STR_ARG(j->file),
                          j->rules->at.line);
    }
    return licence.n ? arena_strf(&j->arena, "'%.*s' is no licence that is known", STR_ARG(licence))
                     : STR("it states none");
}

static int write_evidence(struct judging *j, const struct package *package, struct str message,
                          struct err *err) {
    struct str name = arena_strf(&j->arena, "%.*s %.*s", STR_ARG(package->name), STR_ARG(package->version));
    if (!name.p || !message.p) {
        return err_memory(err);
    }
    buf_clear(&j->text);
    struct json_writer w = json_writer_new(&j->text, 0);
    json_begin_object(&w);
    json_member_str(&w, STR("resource"), name);
    json_member_str(&w, STR("message"), message);
    json_end(&w);
    return json_finish(&w, err);
}

static int put_finding(struct judging *j, const struct asset *asset, const struct package_record *record,
                       enum verdict verdict, struct str message, struct err *err) {
    int r = put_rule(j, verdict, err);
    r = r < 0 ? r : write_evidence(j, &record->package, message, err);
    const struct finding finding = {.kind = FINDING_CONFIGURATION,
                                    .asset = asset->id,
                                    .rule = rules[verdict].id,
                                    .title = rules[verdict].title,
                                    .severity = rules[verdict].severity,
                                    .score = -1,
                                    .status = FINDING_OPEN,
                                    .path = record->path,
                                    .line = record->package.line,
                                    .layer = record->layer,
                                    .is_in_base = record->is_in_base,
                                    .evidence = buf_view(&j->text)};
    return r < 0 ? r : store_put_finding(j->store, j->run, &finding, NULL, err);
}

static int take_package(void *ctx, const struct asset *asset, struct err *err) {
    struct judging *j = ctx;
    struct package_record record;
    struct str expression;
    enum verdict verdict;
    arena_reset(&j->arena);
    int r = package_record_read(&j->arena, asset->properties, &record, err);
    r = r < 0 ? r : judge(j, &record.package, &expression, &verdict, err);
    if (r < 0 || verdict == LICENCE_ALLOWED || (verdict == LICENCE_UNKNOWN && !j->rules->reports_unknown)) {
        return r;
    }
    struct str message = message_of(j, verdict, expression.n ? expression : record.package.licence);
    return put_finding(j, asset, &record, verdict, message, err);
}

static bool says_anything(const struct licence_rules *r) {
    return r->allow_n || r->deny_n || r->reports_unknown;
}

int licences_judge(struct store *store, int64_t run, const struct guardrails *callers,
                   const struct guardrails *folders, struct err *err) {
    const struct guardrails *from = says_anything(&callers->licences) ? callers : folders;
    if (!says_anything(&from->licences)) {
        return 0;
    }
    struct judging j = {.store = store,
                        .run = run,
                        .rules = &from->licences,
                        .file = from->file,
                        .arena = arena_new(LIMIT_DOC_BYTES),
                        .text = buf_new(LIMIT_RECORD)};
    int r = store_each_asset(store, run, ASSET_PACKAGE, take_package, &j, err);
    arena_free(&j.arena);
    buf_free(&j.text);
    return r;
}
