// Judges objects by ValidatingAdmissionPolicy as k8s.io/apiserver does on CREATE.
//
//	oracle FOLDER...
//
// Each folder has a policy.yaml (policies, bindings, parameters, Namespaces, definitions) and an objects.yaml. For each folder
// one line of JSON: whether a policy is refused, what each validation that does not admit says, and what the request comes to.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-logr/logr"
	v1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
)

type decision struct {
	Object  string `json:"object"`
	Rule    string `json:"rule"`
	IsError bool   `json:"is_error"`
	Message string `json:"message"`
}

type verdict struct {
	Object string `json:"object"`
	Policy string `json:"policy"`
	Weight string `json:"weight"`
}

type result struct {
	Folder    string     `json:"folder"`
	Refused   string     `json:"refused"`
	Decisions []decision `json:"decisions"`
	Verdicts  []verdict  `json:"verdicts"`
}

// What a kind is called and whether objects of it lie in a namespace.
type resource struct {
	plural    string
	isCluster bool
}

var resources = map[string]resource{
	"Pod": {"pods", false}, "ConfigMap": {"configmaps", false}, "Service": {"services", false}, "Secret": {"secrets", false},
	"Namespace": {"namespaces", true}, "Node": {"nodes", true}, "ServiceAccount": {"serviceaccounts", false},
	"Deployment.apps": {"deployments", false}, "StatefulSet.apps": {"statefulsets", false},
	"DaemonSet.apps": {"daemonsets", false}, "Job.batch": {"jobs", false}, "CronJob.batch": {"cronjobs", false},
	"Ingress.networking.k8s.io":                                   {"ingresses", false},
	"NetworkPolicy.networking.k8s.io":                             {"networkpolicies", false},
	"PriorityClass.scheduling.k8s.io":                             {"priorityclasses", true},
	"StorageClass.storage.k8s.io":                                 {"storageclasses", true},
	"Role.rbac.authorization.k8s.io":                              {"roles", false},
	"ClusterRole.rbac.authorization.k8s.io":                       {"clusterroles", true},
	"CustomResourceDefinition.apiextensions.k8s.io":               {"customresourcedefinitions", true},
	"ValidatingWebhookConfiguration.admissionregistration.k8s.io": {"validatingwebhookconfigurations", true},
}

type world struct {
	policies   []*v1.ValidatingAdmissionPolicy
	bindings   []*v1.ValidatingAdmissionPolicyBinding
	others     []*unstructured.Unstructured
	namespaces cache.Indexer
	resources  map[string]resource
}

func kindOf(gvk schema.GroupVersionKind) string {
	return strings.TrimSuffix(gvk.Kind+"."+gvk.Group, ".")
}

func read(file string) ([]*unstructured.Unstructured, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var object map[string]any
		if err := decoder.Decode(&object); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		if object == nil {
			continue
		}
		// Integers as the API server has them.
		text, _ := json.Marshal(object)
		u := &unstructured.Unstructured{}
		if err := u.UnmarshalJSON(text); err != nil {
			return nil, err
		}
		all = append(all, u)
	}
}

// The object as the API server holds it: of its Go type when it is Kubernetes' own.
func typed(u *unstructured.Unstructured) (runtime.Object, error) {
	if !scheme.Scheme.Recognizes(u.GroupVersionKind()) {
		return u, nil
	}
	object, err := scheme.Scheme.New(u.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	return object, decode(u, object, false)
}

func decode(u *unstructured.Unstructured, object any, isStrict bool) error {
	text, err := u.MarshalJSON()
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if isStrict {
		decoder.DisallowUnknownFields()
	}
	return decoder.Decode(object)
}

func nameNamespace(u *unstructured.Unstructured) {
	labels := u.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels[corev1.LabelMetadataName] = u.GetName()
	u.SetLabels(labels)
}

// The defaults of the two kinds that their own API gives.
func setDefaults(m *v1.MatchResources) {
	equivalent, all := v1.Equivalent, v1.AllScopes
	if m == nil {
		return
	}
	if m.MatchPolicy == nil {
		m.MatchPolicy = &equivalent
	}
	if m.NamespaceSelector == nil {
		m.NamespaceSelector = &metav1.LabelSelector{}
	}
	if m.ObjectSelector == nil {
		m.ObjectSelector = &metav1.LabelSelector{}
	}
	for _, list := range [][]v1.NamedRuleWithOperations{m.ResourceRules, m.ExcludeResourceRules} {
		for i := range list {
			if list[i].Scope == nil {
				list[i].Scope = &all
			}
		}
	}
}

func (w *world) add(u *unstructured.Unstructured) error {
	switch kindOf(u.GroupVersionKind()) {
	case "ValidatingAdmissionPolicy.admissionregistration.k8s.io":
		policy := &v1.ValidatingAdmissionPolicy{}
		err := decode(u, policy, true)
		setDefaults(policy.Spec.MatchConstraints)
		w.policies = append(w.policies, policy)
		return err
	case "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io":
		binding := &v1.ValidatingAdmissionPolicyBinding{}
		err := decode(u, binding, true)
		setDefaults(binding.Spec.MatchResources)
		w.bindings = append(w.bindings, binding)
		return err
	case "CustomResourceDefinition.apiextensions.k8s.io":
		kind, _, _ := unstructured.NestedString(u.Object, "spec", "names", "kind")
		plural, _, _ := unstructured.NestedString(u.Object, "spec", "names", "plural")
		group, _, _ := unstructured.NestedString(u.Object, "spec", "group")
		scope, _, _ := unstructured.NestedString(u.Object, "spec", "scope")
		w.resources[kind+"."+group] = resource{plural, scope == "Cluster"}
	case "Namespace":
		nameNamespace(u)
		object, err := typed(u)
		if err != nil {
			return err
		}
		object.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
		if err := w.namespaces.Add(object); err != nil {
			return err
		}
	}
	w.others = append(w.others, u)
	return nil
}

// ---- policies

type compiled struct {
	evaluator validating.Validator
	errors    []error
}

func compile(policy *v1.ValidatingAdmissionPolicy) (*compiled, error) {
	all := cel.OptionalVariableDeclarations{HasParams: policy.Spec.ParamKind != nil, HasAuthorizer: true}
	messages := cel.OptionalVariableDeclarations{HasParams: all.HasParams}
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	if err != nil {
		return nil, err
	}
	out := &compiled{}
	for _, v := range policy.Spec.Variables {
		done := compiler.CompileAndStoreVariable(&validating.Variable{Name: v.Name, Expression: v.Expression}, all, environment.StoredExpressions)
		if done.Error != nil {
			out.errors = append(out.errors, done.Error)
		}
	}
	evaluator := func(list []cel.ExpressionAccessor, options cel.OptionalVariableDeclarations) cel.ConditionEvaluator {
		e := compiler.CompileCondition(list, options, environment.StoredExpressions)
		out.errors = append(out.errors, e.CompilationErrors()...)
		return e
	}
	var conditions, validations, texts, annotations []cel.ExpressionAccessor
	for i := range policy.Spec.MatchConditions {
		conditions = append(conditions, (*matchconditions.MatchCondition)(&policy.Spec.MatchConditions[i]))
	}
	for _, v := range policy.Spec.Validations {
		validations = append(validations, &validating.ValidationCondition{Expression: v.Expression, Message: v.Message, Reason: v.Reason})
		if v.MessageExpression == "" {
			texts = append(texts, nil)
		} else {
			texts = append(texts, &validating.MessageExpressionCondition{MessageExpression: v.MessageExpression})
		}
	}
	for _, a := range policy.Spec.AuditAnnotations {
		annotations = append(annotations, &validating.AuditAnnotationCondition{Key: a.Key, ValueExpression: a.ValueExpression})
	}
	var matcher matchconditions.Matcher
	if len(conditions) > 0 {
		matcher = matchconditions.NewMatcher(evaluator(conditions, all), policy.Spec.FailurePolicy, "policy", "validate", policy.Name)
	}
	out.evaluator = validating.NewValidator(evaluator(validations, all), matcher, evaluator(annotations, all),
		evaluator(texts, messages), policy.Spec.FailurePolicy, nil)
	return out, nil
}

// ---- parameters

type synced struct{ cache.SharedIndexInformer }

func (synced) HasSynced() bool { return true }

type params struct {
	indexer cache.Indexer
	name    schema.GroupResource
}

func (p params) Informer() cache.SharedIndexInformer { return synced{} }
func (p params) Lister() cache.GenericLister         { return cache.NewGenericLister(p.indexer, p.name) }

func newIndexer() cache.Indexer {
	return cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
}

// The informer of a policy's parameters; nil when their kind is not known.
func (w *world) paramsOf(kind *v1.ParamKind, objects []*unstructured.Unstructured) (informers.GenericInformer, meta.RESTScope, error) {
	if kind == nil {
		return nil, nil, nil
	}
	gvk := schema.FromAPIVersionAndKind(kind.APIVersion, kind.Kind)
	known, ok := w.resources[kindOf(gvk)]
	if !ok {
		return nil, nil, nil
	}
	p := params{newIndexer(), schema.GroupResource{Group: gvk.Group, Resource: known.plural}}
	seen := map[string]bool{}
	for _, u := range append(append([]*unstructured.Unstructured{}, objects...), w.others...) {
		u = u.DeepCopy()
		if u.GroupVersionKind() != gvk {
			continue
		}
		if !known.isCluster && u.GetNamespace() == "" {
			u.SetNamespace("default")
		}
		if key := u.GetNamespace() + "/" + u.GetName(); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		object, err := typed(u)
		if err != nil {
			return nil, nil, err
		}
		if err := p.indexer.Add(object); err != nil {
			return nil, nil, err
		}
	}
	scope := meta.RESTScopeNamespace
	if known.isCluster {
		scope = meta.RESTScopeRoot
	}
	return p, scope, nil
}

// ---- requests

type request struct {
	key  string
	attr admission.Attributes
}

func (w *world) request(u *unstructured.Unstructured) (request, error) {
	u = u.DeepCopy()
	gvk := u.GroupVersionKind()
	known, ok := w.resources[kindOf(gvk)]
	if !ok {
		return request{}, fmt.Errorf("no resource for %v", gvk)
	}
	if !known.isCluster && u.GetNamespace() == "" {
		u.SetNamespace("default")
	}
	if known.isCluster {
		u.SetNamespace("")
	}
	if kindOf(gvk) == "Namespace" {
		nameNamespace(u)
	}
	object, err := typed(u)
	if err != nil {
		return request{}, err
	}
	key := kindOf(gvk) + "/" + u.GetName()
	if ns := u.GetNamespace(); ns != "" {
		key = ns + "/" + key
		if _, found, _ := w.namespaces.GetByKey(ns); !found {
			bare := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns, Labels: map[string]string{corev1.LabelMetadataName: ns}}}
			if err := w.namespaces.Add(bare); err != nil {
				return request{}, err
			}
		}
	}
	who := &user.DefaultInfo{Name: "alice", Groups: []string{"system:authenticated"}}
	attr := admission.NewAttributesRecord(object, nil, gvk, u.GetNamespace(), u.GetName(), gvk.GroupVersion().WithResource(known.plural), "",
		admission.Create, &metav1.CreateOptions{}, false, who)
	return request{key, attr}, nil
}

type warnings struct{ n int }

func (w *warnings) AddWarning(_, _ string) { w.n++ }

type judging struct {
	world   *world
	matcher generic.PolicyMatcher
	objects admission.ObjectInterfaces
	out     *result
}

func (j *judging) add(r request, rule string, isError bool, message string) {
	j.out.Decisions = append(j.out.Decisions, decision{r.key, rule, isError, message})
}

// One policy by one binding: each validation's decision.
func (j *judging) ask(r request, hook validating.PolicyHook, binding *v1.ValidatingAdmissionPolicyBinding) error {
	policy := hook.Policy
	rule := "vap:" + policy.Name
	ignores := policy.Spec.FailurePolicy != nil && *policy.Spec.FailurePolicy == v1.Ignore
	matches, gvr, gvk, err := j.matcher.DefinitionMatches(r.attr, j.objects, validating.NewValidatingAdmissionPolicyAccessor(policy))
	if err != nil || !matches {
		return err
	}
	matches, err = j.matcher.BindingMatches(r.attr, j.objects, validating.NewValidatingAdmissionPolicyBindingAccessor(binding))
	if err != nil || !matches {
		return err
	}
	found, err := generic.CollectParams(policy.Spec.ParamKind, hook.ParamInformer, hook.ParamScope, binding.Spec.ParamRef, r.attr.GetNamespace())
	if err != nil {
		if !ignores {
			j.add(r, rule, true, err.Error())
		}
		return nil
	}
	versioned, err := admission.NewVersionedAttributes(r.attr, gvk, j.objects)
	if err != nil {
		return err
	}
	var namespace *corev1.Namespace
	if ns := r.attr.GetNamespace(); ns != "" {
		if namespace, err = j.matcher.GetNamespace(context.Background(), ns); err != nil {
			return err
		}
	}
	for _, param := range found {
		// Without its type a parameter would have no apiVersion and kind; the dispatcher has its own way to give them.
		done := hook.Evaluator.Validate(context.Background(), gvr, versioned, param, namespace, celconfig.RuntimeCELCostBudget, nil)
		for i, d := range done.Decisions {
			if d.Action != validating.ActionDeny {
				continue
			}
			name := fmt.Sprintf("%s/%d", rule, i)
			if len(done.Decisions) != len(policy.Spec.Validations) || strings.HasPrefix(d.Message, "match condition") {
				name = rule
			}
			j.add(r, name, d.Evaluation == validating.EvalError, d.Message)
		}
		for _, a := range done.AuditAnnotations {
			if a.Action == validating.AuditAnnotationActionError {
				j.add(r, rule, true, a.Error)
			}
		}
	}
	return nil
}

func (j *judging) weigh(r request, hook validating.PolicyHook, before int) error {
	counter := &warnings{}
	ctx := warning.WithWarningRecorder(context.Background(), counter)
	dispatcher := validating.NewDispatcher(nil, j.matcher)
	err := dispatcher.Dispatch(ctx, r.attr, j.objects, []validating.PolicyHook{hook})
	weight := ""
	switch {
	case err != nil:
		weight = "high"
	case counter.n > 0:
		weight = "medium"
	case len(j.out.Decisions) > before:
		weight = "low"
	}
	if weight != "" {
		j.out.Verdicts = append(j.out.Verdicts, verdict{r.key, hook.Policy.Name, weight})
	}
	return nil
}

func judge(folder string) (*result, error) {
	out := &result{Folder: folder, Decisions: []decision{}, Verdicts: []verdict{}}
	w := &world{namespaces: newIndexer(), resources: map[string]resource{}}
	for kind, r := range resources {
		w.resources[kind] = r
	}
	documents, err := read(filepath.Join(folder, "policy.yaml"))
	if err != nil {
		return nil, err
	}
	objects, err := read(filepath.Join(folder, "objects.yaml"))
	if err != nil {
		return nil, err
	}
	for _, u := range objects {
		switch kindOf(u.GroupVersionKind()) {
		case "Namespace", "CustomResourceDefinition.apiextensions.k8s.io":
			if err := w.add(u.DeepCopy()); err != nil {
				return nil, err
			}
		}
	}
	for _, u := range documents {
		if err := w.add(u); err != nil {
			out.Refused = err.Error()
			return out, nil
		}
	}
	evaluators := map[string]validating.Validator{}
	for _, policy := range w.policies {
		c, err := compile(policy)
		if err != nil {
			return nil, err
		}
		if len(c.errors) > 0 {
			out.Refused = errors.Join(c.errors...).Error()
			return out, nil
		}
		evaluators[policy.Name] = c.evaluator
	}
	client := fake.NewSimpleClientset()
	j := &judging{w, generic.NewPolicyMatcher(matching.NewMatcher(listers.NewNamespaceLister(w.namespaces), client)),
		admission.NewObjectInterfacesFromScheme(scheme.Scheme), out}
	for _, u := range objects {
		r, err := w.request(u)
		if err != nil {
			return nil, err
		}
		if rules.IsExemptAdmissionConfigurationResource(r.attr) {
			continue
		}
		for _, policy := range w.policies {
			hook := validating.PolicyHook{Policy: policy, Evaluator: evaluators[policy.Name]}
			if hook.ParamInformer, hook.ParamScope, err = w.paramsOf(policy.Spec.ParamKind, objects); err != nil {
				return nil, err
			}
			before := len(out.Decisions)
			for _, binding := range w.bindings {
				if binding.Spec.PolicyName != policy.Name {
					continue
				}
				hook.Bindings = append(hook.Bindings, binding)
				if err := j.ask(r, hook, binding); err != nil {
					return nil, err
				}
			}
			if err := j.weigh(r, hook, before); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func main() {
	klog.SetLogger(logr.Discard())
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, folder := range os.Args[1:] {
		r, err := judge(folder)
		if err != nil {
			r = &result{Folder: folder, Refused: "oracle: " + err.Error()}
		}
		text, _ := json.Marshal(r)
		fmt.Fprintf(out, "%s\n", text)
	}
}
