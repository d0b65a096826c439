/* Policies and bindings to structs, with their expressions compiled. */
#include "base/limits.h"
#include "infra/kubernetes/object.h"
#include "policy/admission/parts.h"

struct vap_reading {
    struct vap *vap;
    struct vap_policy *policy;
    struct str file;
    struct err *err;
};

/* ---- expressions */

enum result { RESULT_ANY, RESULT_BOOL, RESULT_STRING, RESULT_STRING_OR_NULL };

/* The API server wants to see the type in the expression. Of request, namespaceObject and variables it knows
 * those that dyn stands for here. */
static bool may_give(const struct cel_type *type, enum result wanted, bool has_typed) {
    if (!type || wanted == RESULT_ANY || (type->kind == CEL_T_DYN && has_typed)) {
        return true;
    }
    if (wanted == RESULT_BOOL) {
        return type->kind == CEL_T_BOOL;
    }
    return type->kind == CEL_T_STRING || (wanted == RESULT_STRING_OR_NULL && type->kind == CEL_T_NULL);
}

static int wrong_type(struct vap_reading *in, const struct doc *value, const struct cel_type *type,
                      enum result wanted) {
    static const char *const words[] = {[RESULT_ANY] = "a value",
                                        [RESULT_BOOL] = "true or false",
                                        [RESULT_STRING] = "a string",
                                        [RESULT_STRING_OR_NULL] = "a string or null"};
    _cleanup_(buf_free) struct buf found = buf_new(256);
    cel_type_write(&found, type);
    return vap_wrong(in->file, value->at, in->err, "the expression gives %.*s and not %s",
                     STR_ARG(buf_view(&found)), words[wanted]);
}

static bool names_typed(const struct vap_policy *policy, const struct vap_expression *e) {
    for (size_t i = 0; i < e->uses_n; i++) {
        if (e->uses[i] == VAP_REQUEST || e->uses[i] == VAP_NAMESPACE || e->uses[i] == VAP_AUTHORIZER ||
            e->uses[i] >= policy->fixed) {
            return true;
        }
    }
    return false;
}

/* A variable may name only those before it: number is its own, or that of none behind the last. */
static int check_uses(struct vap_reading *in, const struct doc *value, const struct vap_expression *e,
                      size_t number) {
    const struct vap_policy *policy = in->policy;
    for (size_t i = 0; i < e->uses_n; i++) {
        if (e->uses[i] >= policy->fixed + number) {
            return vap_wrong(in->file, value->at, in->err,
                             "variables.%.*s stands further below: a variable may use only those before it",
                             STR_ARG(policy->variables.p[e->uses[i] - policy->fixed].name));
        }
    }
    return 0;
}

static int take_expression(struct vap_reading *in, const struct doc *value, enum result wanted, size_t number,
                           struct vap_expression *out) {
    struct arena *arena = in->vap->arena;
    struct str block;
    const struct cel_type *type = NULL;
    struct err err = ERR_NONE;
    out->text = str_trim(doc_str(value));
    int r = cel_compile(in->policy->env, arena, out->text, NULL, &block, &type, &err);
    if (r == ERR_MEMORY) {
        return err_memory(in->err);
    }
    if (r < 0) {
        return vap_wrong(in->file, value->at, in->err, "in the expression: %s", err.message);
    }
    r = cel_program_load(in->policy->env, arena, block, &out->program, in->err);
    if (r < 0) {
        return r;
    }
    out->uses = cel_program_variables(out->program, &out->uses_n);
    if (!may_give(type, wanted, names_typed(in->policy, out))) {
        return wrong_type(in, value, type, wanted);
    }
    return check_uses(in, value, out, number);
}

/* ---- lists of named expressions */

static bool is_identifier(struct str s) {
    bool fits = s.n > 0 && !ascii_is_digit(s.p[0]);
    for (size_t i = 0; fits && i < s.n; i++) {
        fits = ascii_is_alnum(s.p[i]) || s.p[i] == '_';
    }
    return fits;
}

static int make_clauses(struct vap_reading *in, const struct doc *list, struct vap_clauses *out) {
    out->n = doc_count(list);
    out->p = arena_array(in->vap->arena, out->n ? out->n : 1, sizeof *out->p);
    return out->p ? 0 : err_memory(in->err);
}

/* The names of a list, each once. */
static int take_names(struct vap_reading *in, const struct doc *list, const char *key,
                      struct vap_clauses *out) {
    struct map seen = map_new(in->vap->arena);
    int r = make_clauses(in, list, out);
    for (size_t i = 0; r == 0 && i < out->n; i++) {
        const struct doc *name = doc_get(doc_at(list, i), str_c(key));
        bool is_new = true;
        out->p[i].name = doc_str(name);
        if (!map_put(&seen, out->p[i].name, &is_new)) {
            return err_memory(in->err);
        }
        if (!is_new) {
            return vap_wrong(in->file, name->at, in->err, "the name '%.*s' is taken", STR_ARG(name->s));
        }
    }
    return r;
}

static int take_variable_names(struct vap_reading *in, const struct doc *list) {
    struct vap_clauses *variables = &in->policy->variables;
    int r = take_names(in, list, "name", variables);
    for (size_t i = 0; r == 0 && i < variables->n; i++) {
        if (!is_identifier(variables->p[i].name)) {
            r = vap_wrong(in->file, doc_get(doc_at(list, i), STR("name"))->at, in->err,
                          "the name of a variable is made of letters, digits and '_'");
        }
    }
    return r;
}

static int take_all(struct vap_reading *in, const struct doc *list, struct str key, enum result wanted,
                    bool is_variables, struct vap_clauses *out) {
    int r = 0;
    for (size_t i = 0; r == 0 && i < out->n; i++) {
        r = take_expression(in, doc_get(doc_at(list, i), key), wanted,
                            is_variables ? i : in->policy->variables.n, &out->p[i].expression);
    }
    return r;
}

/* ---- validations */

static int take_message_expression(struct vap_reading *in, const struct doc *value,
                                   struct vap_expression *out) {
    int r = take_expression(in, value, RESULT_STRING, in->policy->variables.n, out);
    for (size_t i = 0; r == 0 && i < out->uses_n; i++) {
        if (out->uses[i] == VAP_AUTHORIZER) {
            r = vap_wrong(in->file, value->at, in->err, "a messageExpression has no authorizer");
        }
    }
    return r;
}

static int take_message(struct vap_reading *in, const struct doc *validation, struct vap_clause *out) {
    const struct doc *message = doc_get(validation, STR("message"));
    const struct doc *expression = doc_get(validation, STR("messageExpression"));
    out->message = str_trim(doc_str(message));
    if (str_find_byte(out->message, '\n') >= 0) {
        return vap_wrong(in->file, message->at, in->err, "a message is one line");
    }
    return str_trim(doc_str(expression)).n ? take_message_expression(in, expression, &out->message_expression)
                                           : 0;
}

static int take_validations(struct vap_reading *in, const struct doc *list) {
    struct vap_clauses *out = &in->policy->validations;
    int r = make_clauses(in, list, out);
    if (r == 0) {
        r = take_all(in, list, STR("expression"), RESULT_BOOL, false, out);
    }
    for (size_t i = 0; r == 0 && i < out->n; i++) {
        out->p[i].name = arena_strf(in->vap->arena, "%.*s/%zu", STR_ARG(in->policy->rule), i);
        r = out->p[i].name.p ? take_message(in, doc_at(list, i), &out->p[i]) : err_memory(in->err);
    }
    return r;
}

/* ---- the policy */

static int check_version(struct str file, const struct doc *object, struct err *err) {
    static const struct str versions[] = {STR("admissionregistration.k8s.io/v1"),
                                          STR("admissionregistration.k8s.io/v1beta1"),
                                          STR("admissionregistration.k8s.io/v1alpha1")};
    const struct doc *version = doc_get(object, STR("apiVersion"));
    for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
        if (str_eq(doc_str(version), versions[i])) {
            return 0;
        }
    }
    return vap_wrong(file, version->at, err, "'%.*s' is none of v1, v1beta1, v1alpha1 of %s",
                     (int)MIN(doc_str(version).n, (size_t)128), doc_str(version).p,
                     "admissionregistration.k8s.io");
}

static int take_param_kind(struct vap_reading *in, const struct doc *kind) {
    if (!kind) {
        return 0;
    }
    in->policy->param_kind = kubernetes_kind(in->vap->arena, doc_str(doc_get(kind, STR("apiVersion"))),
                                             doc_str(doc_get(kind, STR("kind"))));
    in->policy->fixed = VAP_FIXED;
    return in->policy->param_kind.p ? 0 : err_memory(in->err);
}

static int take_spec(struct vap_reading *in, const struct doc *spec) {
    struct vap_policy *policy = in->policy;
    const struct doc *variables = doc_get(spec, STR("variables"));
    const struct doc *conditions = doc_get(spec, STR("matchConditions"));
    const struct doc *validations = doc_get(spec, STR("validations"));
    const struct doc *annotations = doc_get(spec, STR("auditAnnotations"));
    if (!doc_count(validations) && !doc_count(annotations)) {
        return vap_wrong(in->file, spec->at, in->err, "a policy has validations or auditAnnotations");
    }
    if (!doc_count(doc_path(spec, "matchConstraints.resourceRules"))) {
        return vap_wrong(in->file, doc_get(spec, STR("matchConstraints"))->at, in->err,
                         "matchConstraints: the field 'resourceRules' is missing");
    }
    policy->constraints = doc_get(spec, STR("matchConstraints"));
    policy->ignores_errors = str_eq(doc_str(doc_get(spec, STR("failurePolicy"))), STR("Ignore"));
    int r = take_param_kind(in, doc_get(spec, STR("paramKind")));
    if (r < 0 || (r = take_variable_names(in, variables)) < 0 ||
        (r = vap_env_new(in->vap->arena, &policy->variables, policy->param_kind.n > 0, &policy->env,
                         in->err)) < 0 ||
        (r = take_all(in, variables, STR("expression"), RESULT_ANY, true, &policy->variables)) < 0 ||
        (r = take_names(in, conditions, "name", &policy->conditions)) < 0 ||
        (r = take_all(in, conditions, STR("expression"), RESULT_BOOL, false, &policy->conditions)) < 0 ||
        (r = take_validations(in, validations)) < 0 ||
        (r = take_names(in, annotations, "key", &policy->annotations)) < 0) {
        return r;
    }
    return take_all(in, annotations, STR("valueExpression"), RESULT_STRING_OR_NULL, false,
                    &policy->annotations);
}

static int put_policy(struct vap_reading *in, const struct doc *name) {
    bool is_new;
    uint64_t *slot = map_put(&in->vap->names, in->policy->name, &is_new);
    struct vap_policy **place = slot ? VEC_PUSH(in->vap->arena, &in->vap->policies) : NULL;
    if (!place) {
        return err_memory(in->err);
    }
    *place = in->policy;
    if (!is_new) {
        const struct vap_policy *other = (const struct vap_policy *)(uintptr_t)*slot;
        return vap_wrong(in->file, name->at, in->err, "the policy '%.*s' is there already: %.*s:%u",
                         STR_ARG(other->name), STR_ARG(other->file), other->at.line);
    }
    *slot = (uint64_t)(uintptr_t)in->policy;
    return 0;
}

int vap_take_policy(struct vap *vap, struct str file, const struct doc *object, struct err *err) {
    struct vap_policy *policy = arena_alloc(vap->arena, sizeof *policy);
    struct vap_reading in = {.vap = vap, .policy = policy, .file = file, .err = err};
    const struct doc *name = doc_path(object, "metadata.name");
    int r = vap_check_shape(file, object, false, err);
    if (r < 0 || (r = check_version(file, object, err)) < 0) {
        return r;
    }
    struct str rule = arena_strf(vap->arena, "vap:%.*s", STR_ARG(doc_str(name)));
    if (!policy || !rule.p) {
        return err_memory(err);
    }
    *policy = (struct vap_policy){
        .name = name->s, .file = file, .rule = rule, .at = object->at, .fixed = VAP_PARAMS};
    r = take_spec(&in, doc_get(object, STR("spec")));
    return r == 0 ? put_policy(&in, name) : r;
}

/* ---- the binding */

/* What it does with a denial that weighs most. */
static enum severity severity_of_actions(const struct doc *actions) {
    static const struct {
        struct str name;
        enum severity severity;
    } rows[] = {{STR("Deny"), SEVERITY_HIGH}, {STR("Warn"), SEVERITY_MEDIUM}, {STR("Audit"), SEVERITY_LOW}};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        for (size_t k = 0; k < doc_count(actions); k++) {
            if (str_eq(doc_str(doc_at(actions, k)), rows[i].name)) {
                return rows[i].severity;
            }
        }
    }
    return SEVERITY_HIGH; /* of v1alpha1, before there were actions */
}

static bool has_action(const struct doc *actions, struct str name) {
    for (size_t i = 0; i < doc_count(actions); i++) {
        if (str_eq(doc_str(doc_at(actions, i)), name)) {
            return true;
        }
    }
    return false;
}

static int check_actions(struct str file, const struct doc *spec, bool is_old, struct err *err) {
    const struct doc *actions = doc_get(spec, STR("validationActions"));
    if (!doc_count(actions) && !is_old) {
        return vap_wrong(file, spec->at, err, "spec: the field 'validationActions' is missing");
    }
    if (has_action(actions, STR("Deny")) && has_action(actions, STR("Warn"))) {
        return vap_wrong(file, actions->at, err, "validationActions: Deny and Warn say the same twice");
    }
    return 0;
}

static int check_param_ref(struct str file, const struct doc *ref, bool is_old, struct err *err) {
    bool has_name = doc_str(doc_get(ref, STR("name"))).n > 0;
    bool has_selector = doc_get(ref, STR("selector")) != NULL;
    if (ref && has_name == has_selector) {
        return vap_wrong(file, ref->at, err, "paramRef: it has one of 'name' and 'selector'");
    }
    if (ref && !is_old && !doc_get(ref, STR("parameterNotFoundAction"))) {
        return vap_wrong(file, ref->at, err, "paramRef: the field 'parameterNotFoundAction' is missing");
    }
    return 0;
}

int vap_take_binding(struct vap *vap, struct str file, const struct doc *object, struct err *err) {
    const struct doc *spec = doc_get(object, STR("spec"));
    bool is_old = str_ends(doc_str(doc_get(object, STR("apiVersion"))), STR("/v1alpha1"));
    int r = vap_check_shape(file, object, true, err);
    if (r < 0 || (r = check_version(file, object, err)) < 0 ||
        (r = check_actions(file, spec, is_old, err)) < 0 ||
        (r = check_param_ref(file, doc_get(spec, STR("paramRef")), is_old, err)) < 0) {
        return r;
    }
    struct vap_binding *binding = arena_alloc(vap->arena, sizeof *binding);
    const struct vap_binding **place = binding ? VEC_PUSH(vap->arena, &vap->bindings) : NULL;
    if (!place) {
        return err_memory(err);
    }
    *binding = (struct vap_binding){
        .name = doc_str(doc_path(object, "metadata.name")),
        .policy = doc_str(doc_get(spec, STR("policyName"))),
        .match = doc_get(spec, STR("matchResources")),
        .param_ref = doc_get(spec, STR("paramRef")),
        .severity = severity_of_actions(doc_get(spec, STR("validationActions"))),
    };
    *place = binding;
    return 0;
}
