#include "policy/admission/parts.h"

#include "base/limits.h"
#include "infra/kubernetes/read.h"

/* ---- what is added */

struct vap vap_new(struct arena *arena) {
    return (struct vap){.arena = arena, .others = resources_new(arena), .names = map_new(arena)};
}

bool vap_is_document(const struct doc *d) {
    return doc_get(d, STR("apiVersion")) && doc_get(d, STR("kind"));
}

static int take(struct vap *vap, const struct resources *set, const struct resource *r, struct err *err) {
    bool is_policy = str_eq(r->kind, STR("ValidatingAdmissionPolicy.admissionregistration.k8s.io"));
    if (!is_policy &&
        !str_eq(r->kind, STR("ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io"))) {
        return 0;
    }
    struct str file = resources_file_of(set, r, r->at);
    const struct doc *object = resource_keep(set, r);
    if (!object) {
        return err_memory(err);
    }
    return is_policy ? vap_take_policy(vap, file, object, err) : vap_take_binding(vap, file, object, err);
}

static int take_from(struct vap *vap, const struct resources *set, size_t first, struct err *err) {
    int r = 0;
    for (size_t i = first; r == 0 && i < set->all.n; i++) {
        r = take(vap, set, set->all.p[i], err);
    }
    return r;
}

int vap_add(struct vap *vap, struct str file, const struct doc *document, struct err *err) {
    size_t before = vap->others.all.n;
    int r = kubernetes_add(&vap->others, file, document, err);
    return r == 0 ? take_from(vap, &vap->others, before, err) : r;
}

int vap_add_found(struct vap *vap, const struct resources *set, struct err *err) {
    return take_from(vap, set, 0, err);
}

/* ---- judging */

/* The bindings of one policy. */
struct bound {
    const struct vap_binding **p;
    size_t n, cap;
};

struct judging {
    const struct vap *vap;
    const struct resources *sets[2]; /* the manifests, then what came with the policies */
    const struct judge_options *options;
    struct arena lasting, made, work; /* of the whole call, of one object, of one judgement */
    struct map definitions;
    struct bound *bound; /* one a policy */
    size_t judgements;
    struct vap_object object;
    struct err *err;
};

/* One policy on one object by one binding and one parameter. */
struct question {
    struct judging *j;
    const struct vap_policy *policy;
    const struct vap_binding *binding;
    struct cel_value *values; /* in the order of the env's variables */
    bool *is_known;           /* of the policy's own variables */
};

/* ---- expressions */

static struct cel_value run(struct question *q, const struct vap_expression *e, bool explain) {
    struct cel_evaluation evaluation = {
        .arena = &q->j->work,
        .variables = q->values,
        .variable_count = q->policy->fixed + q->policy->variables.n,
        .budget = LIMIT_VAP_STEPS,
        .explain = explain,
    };
    return cel_eval(e->program, &evaluation);
}

/* Marks what e needs and has not been evaluated; false when there is no memory. A variable names only those
 * before it, so one walk from the last to the first finds all. */
static void mark(const struct question *q, const struct vap_expression *e, bool *is_needed) {
    for (size_t i = 0; i < e->uses_n; i++) {
        if (e->uses[i] >= q->policy->fixed) {
            is_needed[e->uses[i] - q->policy->fixed] = true;
        }
    }
}

static bool make_variables(struct question *q, const struct vap_expression *e) {
    const struct vap_clauses *own = &q->policy->variables;
    if (!own->n || !e->uses_n) {
        return true;
    }
    bool *is_needed = arena_array(&q->j->work, own->n, sizeof *is_needed);
    if (!is_needed) {
        return false;
    }
    mark(q, e, is_needed);
    for (size_t i = own->n; i-- > 0;) {
        if (is_needed[i] && !q->is_known[i]) {
            mark(q, &own->p[i].expression, is_needed);
        }
    }
    for (size_t i = 0; i < own->n; i++) {
        if (is_needed[i] && !q->is_known[i]) {
            q->values[q->policy->fixed + i] = run(q, &own->p[i].expression, false);
            q->is_known[i] = true;
        }
    }
    return true;
}

static struct cel_value evaluate(struct question *q, const struct vap_expression *e) {
    return make_variables(q, e) ? run(q, e, false)
                                : cel_text(CEL_ERROR, STR("there is no memory for the variables"));
}

/* ---- what is told */

/* tree, or tree with members added. */
static bool is_same(const struct doc *tree, const struct doc *node) {
    return tree == node || (doc_is(tree, DOC_MAP) && doc_is(node, DOC_MAP) && tree->map.n && node->map.n &&
                            tree->map.members[0].value == node->map.members[0].value);
}

/* The first value in the object that the verdict rests on: parameters and the request have other places. */
static bool is_within(const struct doc *tree, const struct doc *node, unsigned depth, size_t *steps) {
    if (is_same(tree, node)) {
        return true;
    }
    if (depth >= LIMIT_DOC_DEPTH || !*steps) {
        return false;
    }
    --*steps;
    bool found = false;
    for (size_t i = 0; !found && i < doc_count(tree); i++) {
        found = is_within(tree->kind == DOC_MAP ? tree->map.members[i].value : tree->list.items[i], node,
                          depth + 1, steps);
    }
    return found;
}

static const struct doc *decider(struct question *q, const struct vap_expression *e) {
    const struct doc *nodes[16];
    struct cel_value verdict = run(q, e, true);
    size_t n = cel_deciders(&verdict, nodes, ARRAY_SIZE(nodes));
    for (size_t i = 0; i < n; i++) {
        size_t steps = LIMIT_VAP_PLACE_STEPS;
        if (nodes[i]->at.line && is_within(q->j->object.resource->object, nodes[i], 0, &steps)) {
            return nodes[i];
        }
    }
    return NULL;
}

/* number: of the validation; SIZE_MAX for what is wrong with the policy as a whole. */
static int tell_by(struct question *q, size_t number, enum severity severity, struct outcome *outcome) {
    struct judging *j = q->j;
    const struct resource *resource = j->object.resource;
    struct str title = q->policy->name;
    struct check check = {
        .id = q->policy->rule, .severity = severity, .file = q->policy->file, .at = q->policy->at};
    if (number != SIZE_MAX) {
        const struct vap_clause *validation = &q->policy->validations.p[number];
        check.id = validation->name;
        title = validation->message.n ? validation->message : validation->expression.text;
        check.fail.text = validation->expression.text;
    }
    check.title = title;
    outcome->check = &check;
    outcome->resource = resource;
    outcome->target = resource->object;
    outcome->at = outcome->node ? outcome->node->at : resource->at;
    outcome->file = resources_file_of(j->sets[0], resource, outcome->at);
    return j->options->sink(j->options->ctx, outcome, j->err);
}

static int tell(struct question *q, size_t number, struct outcome *outcome) {
    return tell_by(q, number, q->binding->severity, outcome);
}

static int tell_undecided(struct question *q, size_t number, struct str reason) {
    return tell(q, number, &(struct outcome){.is_undecided = true, .reason = reason});
}

/* An error counts as the policy wants it. */
static int tell_error(struct question *q, size_t number, const char *what, struct str reason) {
    if (q->policy->ignores_errors) {
        return 0;
    }
    struct str message = arena_strf(&q->j->work, "%s: %.*s", what, STR_ARG(reason));
    return message.p ? tell(q, number, &(struct outcome){.message = message}) : err_memory(q->j->err);
}

/* The API server denies for it whatever the binding's actions are. */
static int tell_refusal(struct question *q, const char *what, struct str reason) {
    struct str message = arena_strf(&q->j->work, "%s: %.*s", what, STR_ARG(reason));
    return message.p ? tell_by(q, SIZE_MAX, SEVERITY_HIGH, &(struct outcome){.message = message})
                     : err_memory(q->j->err);
}

static int tell_fault(struct question *q, size_t number, const char *what, const struct cel_value *fault) {
    return fault->kind == CEL_UNKNOWN ? tell_undecided(q, number, cel_str(fault))
                                      : tell_error(q, number, what, cel_str(fault));
}

/* The messageExpression, else the message, else the expression itself. */
static struct str message_of(struct question *q, const struct vap_clause *validation) {
    struct str message = STR_NONE;
    if (validation->message_expression.program) {
        struct cel_value value = evaluate(q, &validation->message_expression);
        message = value.kind == CEL_STRING ? str_trim(cel_str(&value)) : STR_NONE;
    }
    if (!message.n || message.n > LIMIT_VAP_MESSAGE || str_find_byte(message, '\n') >= 0) {
        message = validation->message;
    }
    return message.n
               ? message
               : arena_strf(&q->j->work, "failed expression: %.*s", STR_ARG(validation->expression.text));
}

static int ask_validation(struct question *q, size_t number) {
    const struct vap_clause *validation = &q->policy->validations.p[number];
    struct cel_value verdict = evaluate(q, &validation->expression);
    if (cel_is_fault(&verdict)) {
        return tell_fault(q, number, "the expression could not be evaluated", &verdict);
    }
    if (cel_is_true(&verdict)) {
        return 0;
    }
    struct str message = message_of(q, validation);
    return tell(q, number,
                &(struct outcome){.message = message, .node = decider(q, &validation->expression)});
}

/* An annotation goes into the audit log of a cluster; only an error in one counts here. */
static int ask_annotation(struct question *q, const struct vap_clause *annotation) {
    struct cel_value value = evaluate(q, &annotation->expression);
    if (value.kind == CEL_STRING || value.kind == CEL_NULL || value.kind == CEL_UNKNOWN) {
        return 0;
    }
    struct str reason =
        value.kind == CEL_ERROR ? cel_str(&value) : STR("a valueExpression gives a string or null");
    return q->policy->ignores_errors && value.kind == CEL_ERROR
               ? 0
               : tell_refusal(q, "an audit annotation could not be evaluated", reason);
}

/* VAP_NO: one condition is false, whatever the others are. With VAP_MAYBE, *fault is what stands against. */
static enum vap_answer meets_conditions(struct question *q, struct cel_value *fault) {
    enum vap_answer answer = VAP_YES;
    struct cel_value kept = q->values[VAP_NAMESPACE];
    q->values[VAP_NAMESPACE] = cel_null(); /* conditions are asked before the Namespace is looked up */
    for (size_t i = 0; answer != VAP_NO && i < q->policy->conditions.n; i++) {
        struct cel_value value = evaluate(q, &q->policy->conditions.p[i].expression);
        if (cel_is_fault(&value)) {
            *fault = answer == VAP_MAYBE && fault->kind == CEL_UNKNOWN ? *fault : value;
            answer = VAP_MAYBE;
        } else if (!cel_is_true(&value)) {
            answer = VAP_NO;
        }
    }
    q->values[VAP_NAMESPACE] = kept;
    memset(q->is_known, 0, q->policy->variables.n * sizeof *q->is_known);
    return answer;
}

static int ask(struct question *q) {
    struct cel_value fault;
    enum vap_answer answer = meets_conditions(q, &fault);
    if (answer == VAP_MAYBE) {
        return tell_fault(q, SIZE_MAX, "a match condition could not be evaluated", &fault);
    }
    int r = 0;
    for (size_t i = 0; r == 0 && answer == VAP_YES && i < q->policy->validations.n; i++) {
        r = ask_validation(q, i);
    }
    for (size_t i = 0; r == 0 && answer == VAP_YES && i < q->policy->annotations.n; i++) {
        r = ask_annotation(q, &q->policy->annotations.p[i]);
    }
    return r;
}

/* ---- bindings and parameters */

static struct cel_value value_of(const struct doc *d) {
    return d ? cel_from_doc(d) : cel_null();
}

static int prepare(struct question *q, const struct doc *param) {
    struct judging *j = q->j;
    size_t own = q->policy->variables.n;
    arena_reset(&j->work);
    if (++j->judgements > LIMIT_VAP_JUDGEMENTS) {
        return err_set(j->err, ERR_LIMIT, "more than %u judgements of policies, parameters and objects",
                       (unsigned)LIMIT_VAP_JUDGEMENTS);
    }
    q->values = arena_array(&j->work, VAP_FIXED + own, sizeof *q->values);
    q->is_known = arena_array(&j->work, own + 1, sizeof *q->is_known);
    if (!q->values || !q->is_known) {
        return err_memory(j->err);
    }
    q->values[VAP_OBJECT] = value_of(j->object.object);
    q->values[VAP_OLD_OBJECT] = cel_null();
    q->values[VAP_REQUEST] = value_of(j->object.request);
    q->values[VAP_NAMESPACE] = value_of(j->object.namespace_object);
    q->values[VAP_AUTHORIZER] = cel_unknown(STR("who asks is not known from a manifest"));
    if (q->policy->fixed > VAP_PARAMS) {
        q->values[VAP_PARAMS] = value_of(param);
    }
    return 0;
}

static int ask_with_params(struct question *q) {
    struct judging *j = q->j;
    struct vap_params params;
    int r = vap_find_params(&j->made, j->sets, &j->definitions, q->policy, q->binding, &j->object, &params,
                            j->err);
    if (r < 0) {
        return r;
    }
    if (params.undecided.n) {
        return tell_undecided(q, SIZE_MAX, params.undecided);
    }
    if (params.problem.n) {
        return q->policy->ignores_errors ? 0 : tell_refusal(q, "the binding can't be used", params.problem);
    }
    for (size_t i = 0; r == 0 && i < params.found.n; i++) {
        r = prepare(q, params.found.p[i]);
        r = r == 0 ? ask(q) : r;
    }
    return r;
}

static int judge_by(struct judging *j, const struct vap_policy *policy, const struct bound *bound) {
    struct str policy_why = STR_NONE, why = STR_NONE;
    enum vap_answer about = vap_matches(policy->constraints, &j->object, &policy_why);
    int r = 0;
    for (size_t i = 0; r == 0 && about != VAP_NO && i < bound->n; i++) {
        struct question q = {.j = j, .policy = policy, .binding = bound->p[i]};
        enum vap_answer bound_to = vap_matches(q.binding->match, &j->object, &why);
        if (bound_to == VAP_NO) {
            continue;
        }
        r = MIN(about, bound_to) == VAP_YES
                ? ask_with_params(&q)
                : tell_undecided(&q, SIZE_MAX, about == VAP_MAYBE ? policy_why : why);
    }
    return r;
}

/* ---- all */

/* Policies do not guard the objects that make up admission itself. */
static bool is_exempt(struct str kind) {
    static const struct str kinds[] = {
        STR("MutatingAdmissionPolicy.admissionregistration.k8s.io"),
        STR("MutatingAdmissionPolicyBinding.admissionregistration.k8s.io"),
        STR("MutatingWebhookConfiguration.admissionregistration.k8s.io"),
        STR("ValidatingAdmissionPolicy.admissionregistration.k8s.io"),
        STR("ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io"),
        STR("ValidatingWebhookConfiguration.admissionregistration.k8s.io"),
    };
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (str_eq(kinds[i], kind)) {
            return true;
        }
    }
    return false;
}

static int judge_object(struct judging *j, const struct resource *resource) {
    arena_reset(&j->made);
    resources_rest(j->sets[0]);
    if (!resource_object(resource)) {
        return err_memory(j->err);
    }
    int r = vap_make_object(&j->made, j->sets, &j->definitions, resource, &j->object, j->err);
    for (size_t i = 0; r == 0 && i < j->vap->policies.n; i++) {
        r = judge_by(j, j->vap->policies.p[i], &j->bound[i]);
    }
    return r;
}

static int bind(struct judging *j) {
    const struct vap *vap = j->vap;
    struct map numbers = map_new(&j->lasting);
    j->bound = arena_array(&j->lasting, vap->policies.n + 1, sizeof *j->bound);
    for (size_t i = 0; j->bound && i < vap->policies.n; i++) {
        uint64_t *slot = map_put(&numbers, vap->policies.p[i]->name, NULL);
        if (!slot) {
            return err_memory(j->err);
        }
        *slot = i;
    }
    for (size_t i = 0; j->bound && i < vap->bindings.n; i++) {
        const uint64_t *number = map_get(&numbers, vap->bindings.p[i]->policy);
        const struct vap_binding **slot = number ? VEC_PUSH(&j->lasting, &j->bound[*number]) : NULL;
        if (number && !slot) {
            return err_memory(j->err);
        }
        if (slot) {
            *slot = vap->bindings.p[i];
        }
    }
    return j->bound ? 0 : err_memory(j->err);
}

static int judge_all(struct judging *j) {
    const struct resources *set = j->sets[0];
    j->definitions = map_new(&j->lasting);
    int r = bind(j);
    r = r == 0 ? vap_definitions(&j->definitions, set, j->err) : r;
    r = r == 0 ? vap_definitions(&j->definitions, j->sets[1], j->err) : r;
    for (size_t i = 0; r == 0 && i < set->all.n; i++) {
        const struct resource *resource = set->all.p[i];
        if (resource->source == RESOURCE_KUBERNETES && !is_exempt(resource->kind)) {
            r = judge_object(j, resource);
        }
    }
    return r;
}

int vap_judge(const struct vap *vap, const struct resources *set, const struct judge_options *options,
              struct err *err) {
    struct judging j = {.vap = vap,
                        .sets = {set, &vap->others},
                        .options = options,
                        .lasting = arena_new(LIMIT_POLICY_PROGRAMS),
                        .made = arena_new(LIMIT_POLICY_WORK),
                        .work = arena_new(LIMIT_POLICY_WORK),
                        .err = err};
    int r = judge_all(&j);
    arena_free(&j.work);
    arena_free(&j.made);
    arena_free(&j.lasting);
    return r;
}
