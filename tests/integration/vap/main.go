// What Kubernetes' own evaluator says of policies and manifests: main POLICIES OBJECTS. One line a denial:
// the rule, the object's namespace/kind/name, the message (for an error only "error").
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	v1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/yaml"
)

type criteria struct{ v1.MatchResources }

func (c *criteria) GetParsedNamespaceSelector() (labels.Selector, error) {
	return metav1.LabelSelectorAsSelector(c.NamespaceSelector)
}
func (c *criteria) GetParsedObjectSelector() (labels.Selector, error) {
	return metav1.LabelSelectorAsSelector(c.ObjectSelector)
}
func (c *criteria) GetMatchResources() v1.MatchResources { return c.MatchResources }

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func read(path string) []*unstructured.Unstructured {
	text, err := os.ReadFile(path)
	check(err)
	var all []*unstructured.Unstructured
	for _, part := range bytes.Split(text, []byte("\n---")) {
		u := &unstructured.Unstructured{}
		check(yaml.Unmarshal(part, &u.Object))
		if u.Object != nil && u.GetKind() != "" {
			all = append(all, u)
		}
	}
	return all
}

// As the API server completes both kinds.
func complete(m *v1.MatchResources) *criteria {
	if m == nil {
		m = &v1.MatchResources{}
	}
	equivalent := v1.Equivalent
	if m.MatchPolicy == nil {
		m.MatchPolicy = &equivalent
	}
	if m.NamespaceSelector == nil {
		m.NamespaceSelector = &metav1.LabelSelector{}
	}
	if m.ObjectSelector == nil {
		m.ObjectSelector = &metav1.LabelSelector{}
	}
	return &criteria{*m}
}

func compile(p *v1.ValidatingAdmissionPolicy) validating.Validator {
	vars := cel.OptionalVariableDeclarations{HasParams: p.Spec.ParamKind != nil, HasAuthorizer: true}
	plain := cel.OptionalVariableDeclarations{HasParams: p.Spec.ParamKind != nil}
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	check(err)
	var variables []cel.NamedExpressionAccessor
	for i := range p.Spec.Variables {
		variables = append(variables, &validating.Variable{Name: p.Spec.Variables[i].Name, Expression: p.Spec.Variables[i].Expression})
	}
	compiler.CompileAndStoreVariables(variables, vars, environment.StoredExpressions)
	var conditions, validations, messages, annotations []cel.ExpressionAccessor
	for i := range p.Spec.MatchConditions {
		conditions = append(conditions, (*matchconditions.MatchCondition)(&p.Spec.MatchConditions[i]))
	}
	for _, v := range p.Spec.Validations {
		validations = append(validations, &validating.ValidationCondition{Expression: v.Expression, Message: v.Message, Reason: v.Reason})
		var message cel.ExpressionAccessor
		if v.MessageExpression != "" {
			message = &validating.MessageExpressionCondition{MessageExpression: v.MessageExpression}
		}
		messages = append(messages, message)
	}
	for _, a := range p.Spec.AuditAnnotations {
		annotations = append(annotations, &validating.AuditAnnotationCondition{Key: a.Key, ValueExpression: a.ValueExpression})
	}
	var matcher matchconditions.Matcher
	if len(conditions) > 0 {
		matcher = matchconditions.NewMatcher(compiler.CompileCondition(conditions, vars, environment.StoredExpressions), p.Spec.FailurePolicy, "policy", "validate", p.Name)
	}
	return validating.NewValidator(compiler.CompileCondition(validations, vars, environment.StoredExpressions), matcher,
		compiler.CompileCondition(annotations, vars, environment.StoredExpressions),
		compiler.CompileCondition(messages, plain, environment.StoredExpressions), p.Spec.FailurePolicy, nil)
}

func attributes(u *unstructured.Unstructured) admission.Attributes {
	gvk := u.GroupVersionKind()
	gvr, _ := meta.UnsafeGuessKindToResource(gvk)
	return admission.NewAttributesRecord(u, nil, gvk, u.GetNamespace(), u.GetName(), gvr, "", admission.Create, &metav1.CreateOptions{}, false, &user.DefaultInfo{Name: "someone"})
}

// By name only: the binding's rules for parameters are not asked here.
func param(all []*unstructured.Unstructured, b *v1.ValidatingAdmissionPolicyBinding, kind *v1.ParamKind, namespace string) (runtime.Object, bool) {
	if kind == nil || b.Spec.ParamRef == nil {
		return nil, true
	}
	if b.Spec.ParamRef.Namespace != "" {
		namespace = b.Spec.ParamRef.Namespace
	}
	for _, u := range all {
		if u.GetKind() == kind.Kind && u.GetName() == b.Spec.ParamRef.Name && u.GetNamespace() == namespace {
			return u, true
		}
	}
	return nil, false
}

var clusterKinds = map[string]bool{"Namespace": true, "Node": true, "ClusterRole": true, "ClusterRoleBinding": true, "PersistentVolume": true}

func main() {
	policies, objects := read(os.Args[1]), read(os.Args[2])
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	known := map[string]bool{}
	for _, u := range append(append([]*unstructured.Unstructured{}, policies...), objects...) {
		if u.GetNamespace() == "" && !clusterKinds[u.GetKind()] {
			u.SetNamespace("default")
		}
		if u.GetKind() == "Namespace" {
			own := u.GetLabels()
			if own == nil {
				own = map[string]string{}
			}
			own["kubernetes.io/metadata.name"] = u.GetName()
			u.SetLabels(own)
			known[u.GetName()] = true
			indexer.Add(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: u.GetName(), Labels: own}})
		}
	}
	for _, u := range objects {
		if n := u.GetNamespace(); n != "" && !known[n] {
			known[n] = true
			indexer.Add(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: n, Labels: map[string]string{"kubernetes.io/metadata.name": n}}})
		}
	}
	lister := listers.NewNamespaceLister(indexer)
	matcher := matching.NewMatcher(lister, nil)
	interfaces := admission.NewObjectInterfacesFromScheme(runtime.NewScheme())
	for _, u := range objects {
		for _, pu := range policies {
			if pu.GetKind() != "ValidatingAdmissionPolicy" {
				continue
			}
			p := &v1.ValidatingAdmissionPolicy{}
			check(runtime.DefaultUnstructuredConverter.FromUnstructured(pu.Object, p))
			attr := attributes(u)
			matches, gvr, gvk, err := matcher.Matches(attr, interfaces, complete(p.Spec.MatchConstraints))
			check(err)
			if !matches {
				continue
			}
			evaluator := compile(p)
			for _, bu := range policies {
				b := &v1.ValidatingAdmissionPolicyBinding{}
				if bu.GetKind() != "ValidatingAdmissionPolicyBinding" {
					continue
				}
				check(runtime.DefaultUnstructuredConverter.FromUnstructured(bu.Object, b))
				if b.Spec.PolicyName != p.Name {
					continue
				}
				if matches, _, _, err := matcher.Matches(attr, interfaces, complete(b.Spec.MatchResources)); err != nil || !matches {
					check(err)
					continue
				}
				found, ok := param(append(policies, objects...), b, p.Spec.ParamKind, u.GetNamespace())
				if !ok {
					continue
				}
				judge(evaluator, p, u, attr, gvr, gvk, found, lister)
			}
		}
	}
}

func judge(evaluator validating.Validator, p *v1.ValidatingAdmissionPolicy, u *unstructured.Unstructured, attr admission.Attributes, gvr schema.GroupVersionResource, gvk schema.GroupVersionKind, param runtime.Object, lister listers.NamespaceLister) {
	versioned := &admission.VersionedAttributes{Attributes: attr, VersionedObject: u, VersionedKind: gvk}
	var namespace *corev1.Namespace
	if u.GetNamespace() != "" {
		namespace, _ = lister.Get(u.GetNamespace())
	}
	result := evaluator.Validate(context.Background(), gvr, versioned, param, namespace, celconfig.RuntimeCELCostBudget, nil)
	for i, d := range result.Decisions {
		if d.Action != validating.ActionDeny {
			continue
		}
		message := d.Message
		if d.Evaluation == validating.EvalError {
			message = "error"
		}
		place := strings.TrimPrefix(u.GetNamespace()+"/"+u.GetKind()+"/"+u.GetName(), "/")
		fmt.Printf("vap:%s/%d %s %s\n", p.Name, i, place, message)
	}
}
