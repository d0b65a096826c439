/* What the files of ValidatingAdmissionPolicy share. Internal to policy/vap*.c. */
#ifndef PLIMSOLL_POLICY_ADMISSION_PARTS_H
#define PLIMSOLL_POLICY_ADMISSION_PARTS_H

#include "policy/admission/vap.h"

/* The variables of an expression; behind them, those of the policy ("variables.x"), in their order. */
enum vap_fixed {
    VAP_OBJECT,
    VAP_OLD_OBJECT,
    VAP_REQUEST,
    VAP_NAMESPACE,
    VAP_AUTHORIZER,
    VAP_PARAMS, /* the last: only policies with a paramKind have it */
    VAP_FIXED
};

struct vap_expression {
    struct str text;
    const struct cel_program *program; /* NULL: there is none */
    const uint32_t *uses;              /* numbers of the variables that it names */
    size_t uses_n;
};

/* A variable, match condition, validation or audit annotation. */
struct vap_clause {
    struct str name; /* of a validation: its rule, "vap:NAME/0" */
    struct vap_expression expression, message_expression;
    struct str message;
};

struct vap_clauses {
    struct vap_clause *p;
    size_t n;
};

struct vap_policy {
    struct str name, file, rule; /* "vap:NAME" */
    struct doc_place at;
    const struct doc *constraints;
    struct str param_kind; /* "ConfigMap"; empty without one */
    bool ignores_errors;   /* failurePolicy */
    const struct cel_env *env;
    size_t fixed; /* how many variables stand in front of its own */
    struct vap_clauses variables, conditions, validations, annotations;
};

struct vap_binding {
    struct str name, policy;
    const struct doc *match, *param_ref;
    enum severity severity;
};

/* ---- vap_shape.c */

/* ERR_INPUT at the first field of a policy (binding) that is unknown, missing or of a wrong kind. */
int vap_check_shape(struct str file, const struct doc *object, bool is_binding, struct err *err);
/* "file:1:2: message". */
int vap_wrong(struct str file, struct doc_place at, struct err *err, const char *fmt, ...) _printf_(4, 5);

/* ---- vap_read.c */

int vap_take_policy(struct vap *vap, struct str file, const struct doc *object, struct err *err);
int vap_take_binding(struct vap *vap, struct str file, const struct doc *object, struct err *err);

/* ---- vap_kind.c: which API resource a manifest is */

struct vap_kind {
    struct str plural;
    bool is_cluster;
    bool is_guess; /* no definition says so */
};

/* "Kind.group" → its CustomResourceDefinition. */
int vap_definitions(struct map *definitions, const struct resources *set, struct err *err);
/* plural.p is NULL when there is no memory. */
struct vap_kind vap_kind_of(struct arena *arena, const struct map *definitions, struct str kind_with_group);

/* ---- vap_request.c: the object as the API server would have it */

struct vap_object {
    const struct resource *resource;
    struct vap_kind kind;
    struct str group, version, name, namespace;   /* namespace is empty for cluster-scoped objects */
    const struct doc *object;                     /* with its namespace */
    const struct doc *request, *namespace_object; /* the latter NULL for cluster-scoped objects */
    const struct doc *selected_labels;            /* that a namespaceSelector looks at; NULL: none apply */
    bool has_guessed_namespace;
};

/* sets: where Namespaces are looked for, the first first. */
int vap_make_object(struct arena *arena, const struct resources *const sets[2], const struct map *definitions,
                    const struct resource *resource, struct vap_object *out, struct err *err);

/* ---- vap_match.c */

enum vap_answer { VAP_NO, VAP_MAYBE, VAP_YES };

/* match: MatchResources; NULL matches all. With VAP_MAYBE, *why says what is not known. */
enum vap_answer vap_matches(const struct doc *match, const struct vap_object *object, struct str *why);

/* ---- vap_params.c */

struct vap_params {
    VEC(const struct doc *) found;
    struct str problem;   /* a configuration error, for the failurePolicy */
    struct str undecided; /* what is not known */
};

/* found holds one NULL when the policy is judged without parameters. */
int vap_find_params(struct arena *arena, const struct resources *const sets[2], const struct map *definitions,
                    const struct vap_policy *policy, const struct vap_binding *binding,
                    const struct vap_object *object, struct vap_params *out, struct err *err);

/* ---- vap_env.c */

/* The environment of a policy with these variables. */
int vap_env_new(struct arena *arena, const struct vap_clauses *own, bool has_params,
                const struct cel_env **out, struct err *err);

#endif
