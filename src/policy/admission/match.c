/* Which objects a policy and its bindings are about (MatchResources of admissionregistration.k8s.io/v1). */
#include "infra/kubernetes/selector.h"
#include "policy/admission/parts.h"

static const struct str not_defined =
    STR("the plural name and scope of its kind are not known without its CustomResourceDefinition");
static const struct str not_converted =
    STR("the policy is about another version of its kind, to which the API server would convert it");
static const struct str no_labels = STR("the labels of its Namespace are not known");

static bool holds(const struct doc *list, struct str wanted) {
    for (size_t i = 0; i < doc_count(list); i++) {
        struct str item = doc_str(doc_at(list, i));
        if (str_eq(item, STR("*")) || str_eq(item, wanted)) {
            return true;
        }
    }
    return false;
}

static bool names_object(const struct doc *names, struct str name) {
    bool found = doc_count(names) == 0;
    for (size_t i = 0; !found && i < doc_count(names); i++) {
        found = str_eq(doc_str(doc_at(names, i)), name);
    }
    return found;
}

/* "pods", "*", "pods/" + "*", "*" + "/" + "*": with a subresource only when that may be none. */
static bool names_resource(const struct doc *resources, struct str plural, bool *by_name) {
    bool found = false;
    for (size_t i = 0; i < doc_count(resources); i++) {
        struct str name, sub;
        bool has_sub = str_cut(doc_str(doc_at(resources, i)), '/', &name, &sub);
        if (has_sub && sub.n && !str_eq(sub, STR("*"))) {
            continue;
        }
        if (str_eq(name, STR("*"))) {
            *by_name = false;
            return true;
        }
        *by_name = true;
        found = found || str_eq(name, plural);
    }
    return found;
}

static enum vap_answer has_scope(const struct doc *rule, const struct vap_object *object, struct str *why) {
    struct str scope = doc_str(doc_get(rule, STR("scope")));
    if (!scope.n || str_eq(scope, STR("*"))) {
        return VAP_YES;
    }
    if (object->kind.is_guess) {
        *why = not_defined;
        return VAP_MAYBE;
    }
    return str_eq(scope, STR("Cluster")) == !object->namespace.n ? VAP_YES : VAP_NO;
}

static enum vap_answer has_resource(const struct doc *rule, const struct vap_object *object,
                                    struct str *why) {
    bool by_name = false;
    bool found = names_resource(doc_get(rule, STR("resources")), object->kind.plural, &by_name);
    if (by_name && object->kind.is_guess) {
        *why = not_defined;
        return VAP_MAYBE;
    }
    return found ? VAP_YES : VAP_NO;
}

/* The group that the API server would also find the object under: those of "extensions" have moved. */
static bool has_group(const struct doc *rule, const struct vap_object *object, bool is_exact, bool *same) {
    const struct doc *groups = doc_get(rule, STR("apiGroups"));
    struct str kind, today;
    str_cut(object->resource->kind, '.', &kind, &today);
    *same = holds(groups, object->group);
    return *same || (!is_exact && holds(groups, today));
}

static enum vap_answer rule_matches(const struct doc *rule, const struct vap_object *object, bool is_exact,
                                    struct str *why) {
    bool same_group;
    if (!holds(doc_get(rule, STR("operations")), STR("CREATE")) ||
        !has_group(rule, object, is_exact, &same_group) ||
        !names_object(doc_get(rule, STR("resourceNames")), object->name)) {
        return VAP_NO;
    }
    bool same = same_group && holds(doc_get(rule, STR("apiVersions")), object->version);
    if (!same && is_exact) {
        return VAP_NO;
    }
    enum vap_answer scope = has_scope(rule, object, why);
    enum vap_answer resource = scope == VAP_NO ? VAP_NO : has_resource(rule, object, why);
    if (scope == VAP_NO || resource == VAP_NO) {
        return VAP_NO;
    }
    if (!same) {
        *why = not_converted;
        return VAP_MAYBE;
    }
    return MIN(scope, resource);
}

static enum vap_answer any_rule(const struct doc *rules, const struct vap_object *object, bool is_exact,
                                struct str *why) {
    enum vap_answer best = VAP_NO;
    for (size_t i = 0; best != VAP_YES && i < doc_count(rules); i++) {
        enum vap_answer answer = rule_matches(doc_at(rules, i), object, is_exact, why);
        best = MAX(best, answer);
    }
    return best;
}

static bool is_name_label(struct str key) {
    return str_eq(key, STR("kubernetes.io/metadata.name"));
}

/* Looks at other labels than the one that every Namespace has. */
static bool needs_labels(const struct doc *selector) {
    const struct doc *labels = doc_get(selector, STR("matchLabels"));
    const struct doc *expressions = doc_get(selector, STR("matchExpressions"));
    for (size_t i = 0; doc_is(labels, DOC_MAP) && i < labels->map.n; i++) {
        if (!is_name_label(labels->map.members[i].key)) {
            return true;
        }
    }
    for (size_t i = 0; i < doc_count(expressions); i++) {
        if (!is_name_label(doc_str(doc_get(doc_at(expressions, i), STR("key"))))) {
            return true;
        }
    }
    return false;
}

/* Objects outside of any namespace are always selected, but for Namespaces. */
static enum vap_answer selects_namespace(const struct doc *selector, const struct vap_object *object,
                                         struct str *why) {
    if (!object->selected_labels) {
        return VAP_YES;
    }
    if (object->has_guessed_namespace && needs_labels(selector)) {
        *why = no_labels;
        return VAP_MAYBE;
    }
    return kubernetes_selector_matches(selector, object->selected_labels) ? VAP_YES : VAP_NO;
}

enum vap_answer vap_matches(const struct doc *match, const struct vap_object *object, struct str *why) {
    const struct doc *labels = doc_path(object->object, "metadata.labels");
    bool is_exact = str_eq(doc_str(doc_get(match, STR("matchPolicy"))), STR("Exact"));
    struct str reason = STR_NONE;
    const struct doc *rules = doc_get(match, STR("resourceRules"));
    enum vap_answer answer = selects_namespace(doc_get(match, STR("namespaceSelector")), object, why);
    if (answer == VAP_NO || !kubernetes_selector_matches(doc_get(match, STR("objectSelector")), labels)) {
        return VAP_NO;
    }
    enum vap_answer excluded =
        any_rule(doc_get(match, STR("excludeResourceRules")), object, is_exact, &reason);
    enum vap_answer included = excluded == VAP_YES ? VAP_NO
                               : doc_count(rules)  ? any_rule(rules, object, is_exact, &reason)
                                                   : VAP_YES;
    if (included == VAP_NO) {
        return VAP_NO;
    }
    if (included == VAP_MAYBE || excluded == VAP_MAYBE) {
        *why = reason;
        return VAP_MAYBE;
    }
    return answer;
}
