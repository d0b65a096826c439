"""ValidatingAdmissionPolicy as we judge it and as k8s.io/apiserver does.

    test_admission.py LIST_VAP FOLDER_OF_CASES

Each case is one policy, its bindings and the objects asked about. Compared are: whether the policy is refused, which validation
denies or has an error for which object, the message of a denial, and what the request comes to (denied, warned, audited).
Cases that need what a manifest does not say must be undecided with us. Without go, or when its modules can't be had, all
is skipped.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

CASES = pathlib.Path(sys.argv.pop(2)).resolve()
LIST_VAP = os.path.abspath(sys.argv.pop(1))
ORACLE = pathlib.Path(__file__).parent / "admission_oracle.go"
REQUIREMENTS = ["k8s.io/apiserver@v0.36.1", "k8s.io/client-go@v0.36.1"]
GROUP = "admissionregistration.k8s.io/v1"
RANK = ["", "low", "medium", "high"]

PODS = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {
    "name": "web", "labels": {"app": "web", "tier": "front"}, "annotations": {"example.com/a": "1"}},
    "spec": {"hostNetwork": True, "nodeName": "n1", "containers": [
        {"name": "a", "image": "example.com/a:1.2.3", "resources": {"limits": {"cpu": "500m", "memory": "1Gi"}},
         "ports": [{"containerPort": 80}, {"containerPort": 443}]},
        {"name": "b", "image": "example.com/b@sha256:00", "env": [{"name": "X", "value": "y"}]}]}}
SHOP = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"env": "prod"},
                                                               "annotations": {"owner": "team-a"}}}


def config_map(name, namespace="default", labels=None, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "data": data,
            "metadata": {"name": name, "namespace": namespace, "labels": labels or {}}}


def pod(name="web", namespace=None, **labels):
    made = json.loads(json.dumps(POD))
    made["metadata"].update(name=name, labels=labels or POD["metadata"]["labels"])
    if namespace:
        made["metadata"]["namespace"] = namespace
    return made


def policy(spec, binding=None, bindings=None, others=(), objects=(POD,)):
    """(documents, objects)"""
    whole = dict({"matchConstraints": {"resourceRules": [PODS]}}, **spec)
    documents = [{"apiVersion": GROUP, "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "p"}, "spec": whole}]
    for i, more in enumerate(bindings or [binding or {}]):
        documents.append({"apiVersion": GROUP, "kind": "ValidatingAdmissionPolicyBinding", "metadata": {"name": f"b{i}"},
                          "spec": dict({"policyName": "p", "validationActions": ["Deny"]}, **more)})
    return documents + list(others), list(objects)


def expression(text, **more):
    return policy(dict({"validations": [{"expression": text, "message": "it is not so"}]}, **more))


def deny(message=None, **validation):
    return {"validations": [dict({"expression": "false"}, **dict({"message": message} if message else {}, **validation))]}


# Each is one validation on POD.
EXPRESSIONS = """
object.spec.hostNetwork == true
object.spec.hostNetwork
!object.spec.hostNetwork
object.spec.hostPID == true
has(object.spec.hostPID)
has(object.spec.hostPID) && object.spec.hostPID
object.spec.?hostPID.orValue(false)
object.spec.?hostPID.orValue(true) == true
object.?spec.?nodeName == optional.of('n1')
object.?spec.?none.hasValue()
object.spec[?'nodeName'].orValue('') == 'n1'
object.metadata.name == 'web'
object.metadata.namespace == 'default'
object.kind == 'Pod' && object.apiVersion == 'v1'
'app' in object.metadata.labels
object.metadata.labels['app'] == 'web'
object.metadata.labels.none == 'web'
object.metadata.labels['none'] == 'web' || true
object.metadata.labels['none'] == 'web' && false
object.metadata.labels['none'] == 'web' && true
object.metadata.labels.all(k, k in ['app', 'tier'])
object.metadata.labels.exists_one(k, k == 'app')
object.metadata.labels.all(k, v, v != '')
object.metadata.labels.transformList(k, v, k + v).size() == 2
object.metadata.annotations['example.com/a'] == '1'
object.metadata.annotations['example.com/a'] == 1
object.spec.containers.all(c, c.image.startsWith('example.com/'))
object.spec.containers.exists(c, c.name == 'z')
object.spec.containers.filter(c, has(c.env)).size() == 1
object.spec.containers.map(c, c.name) == ['a', 'b']
object.spec.containers.map(c, has(c.env), c.name)[0] == 'b'
object.spec.containers[2].name == 'c'
object.spec.containers[-1].name == 'b'
object.spec.containers[0].ports.map(p, p.containerPort).sum() == 523
object.spec.containers[0].ports.map(p, p.containerPort).max() == 443
object.spec.containers[0].ports.map(p, p.containerPort).isSorted()
object.spec.containers[0].ports[0].containerPort == 80.0
object.spec.containers[0].ports[0].containerPort == '80'
object.spec.containers[0].ports[0].containerPort / 0 == 1
object.spec.containers[0].ports[0].containerPort + '1' == '801'
object.spec.containers.all(c, has(c.resources.limits))
object.spec.containers.all(c, has(c.resources))
object.spec.containers.all(c, !has(c.resources.requests))
object.spec.containers.exists(c, c.none == 1)
object.spec.containers.exists(c, c.env[0].name == 'X')
object.spec.containers.all(c, c.env[0].name == 'Z')
object.spec.containers.all(c, c.name in ['a', 'b'] && c.image.matches('^example[.]com/'))
object.spec.containers.all(c, c.image.matches('('))
object.spec.none.none == 1
has(object.spec.none.none)
has(object.status)
object == null
oldObject == null
has(oldObject.spec)
oldObject.spec.nodeName == 'x'
oldObject == null || oldObject.spec.nodeName == object.spec.nodeName
type(oldObject) == null_type
params == null
1
'a'
null
true
dyn(true)
dyn(1)
object.spec
true ? true : object.none
object.none == 1 ? true : false
size(object.metadata.name) == 3
request.operation == 'CREATE'
request.operation in ['CREATE', 'UPDATE']
request.kind.kind == 'Pod' && request.kind.group == '' && request.kind.version == 'v1'
request.requestKind == request.kind
request.resource.resource == 'pods' && request.resource.version == 'v1'
request.requestResource.resource == 'pods'
request.name == 'web' && request.namespace == 'default'
request.dryRun == false
!request.dryRun
request.dryRun
has(request.subResource)
request.subResource == ''
has(request.requestSubResource)
request.?subResource.orValue('none') == 'none'
namespaceObject.metadata.name == 'default'
namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'default'
has(namespaceObject.metadata.annotations)
has(namespaceObject.metadata.labels)
namespaceObject == null
quantity(object.spec.containers[0].resources.limits.cpu).isLessThan(quantity('1'))
quantity(object.spec.containers[0].resources.limits.memory).compareTo(quantity('1024Mi')) == 0
quantity('1Gi').add(quantity('1Gi')) == quantity('2Gi')
quantity('1.5').asApproximateFloat() == 1.5
quantity('1500m').asInteger() == 1
quantity('50k').isInteger() && quantity('50k').asInteger() == 50000
quantity('x') == quantity('1')
isQuantity('1Zi') || !isQuantity('1.5e3')
sign(quantity('-3')) == -1 && quantity('5').sub(2) == quantity('3')
ip('127.0.0.1').isLoopback() && ip('::1').family() == 6
ip('01.2.3.4').family() == 4
isIP('1.2.3.4') && !isIP('1.2.3') && !isIP('::ffff:1.2.3.4')
ip('fe80::1').isLinkLocalUnicast() && ip('224.0.0.1').isLinkLocalMulticast()
ip('10.0.0.1').isGlobalUnicast() && !ip('0.0.0.0').isGlobalUnicast() && ip('::').isUnspecified()
ip.isCanonical('::1') && !ip.isCanonical('0:0::1')
string(ip('::1')) == '::1'
cidr('10.0.0.0/8').containsIP('10.1.1.1') && !cidr('10.0.0.0/8').containsIP(ip('11.1.1.1'))
cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')
cidr('10.0.0.0/8').prefixLength() == 8 && cidr('10.0.0.0/8').ip() == ip('10.0.0.0')
cidr('10.0.0.1/33').prefixLength() == 1
isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0')
url('https://example.com:80/a?b=c').getPort() == '80' && url('https://example.com/a').getScheme() == 'https'
url('https://u@example.com:80/a%20b?b=c&b=d').getHostname() == 'example.com'
url('https://example.com:80/').getHost() == 'example.com:80'
url('https://example.com/a b').getEscapedPath() == '/a%20b'
url('https://example.com/?b=c&b=d').getQuery() == {'b': ['c', 'd']}
url('x').getHost() == ''
isURL('https://a') && !isURL('a') && isURL('/a')
semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('1.0.0-rc.1+b') && !isSemver('1.2')
semver('v1.2.3', true).major() == 1 && semver('1.2.3').minor() == 2
semver('1.2').patch() == 0
semver('1.2', true) == semver('1.2.0')
!format.dns1123Label().validate('a-b').hasValue()
format.dns1123Label().validate('A').hasValue()
format.named('dns1123Subdomain').hasValue() && !format.named('none').hasValue()
!format.dns1123Subdomain().validate(object.metadata.name).hasValue()
format.uuid().validate('x').value().size() > 0
!format.uri().validate('https://a').hasValue() && !format.byte().validate('YQ==').hasValue()
!format.date().validate('2024-01-01').hasValue() && format.datetime().validate('2024').hasValue()
!format.labelValue().validate('').hasValue() && !format.qualifiedName().validate('a/b').hasValue()
'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'
'aXb'.lowerAscii() == 'axb' && 'ab'.replace('a', 'c') == 'cb' && ' a '.trim() == 'a'
'abc'.substring(1) == 'bc' && 'abc'.indexOf('c') == 2 && 'abc'.charAt(0) == 'a' && 'abca'.lastIndexOf('a') == 3
'abc'.substring(4) == ''
'%s is %d'.format(['a', 1]) == 'a is 1'
'a'.reverse() == 'a'
'abc'.find('[b-z]+') == 'bc' && 'a1b2'.findAll('[0-9]') == ['1', '2'] && 'a1b2'.findAll('[0-9]', 1) == ['1']
sets.contains([1, 2], [1]) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 1], [1])
[1, 2, 2].indexOf(2) == 1 && [1, 2, 2].lastIndexOf(2) == 2 && [1, 2].min() == 1
[].max() == 1
base64.encode(b'a') == 'YQ=='
math.greatest(1, 2) == 2
duration('1h') > duration('30m') && timestamp('2024-01-01T00:00:00Z').getFullYear() == 2024
duration('1x') > duration('30m')
int('12') == 12 && string(1) == '1' && double('1.5') == 1.5 && uint(1) == 1u
int('x') == 1
1 == 1.0
1 < 1.5
'1' < 1
[1, 2] == [1, 2.0]
{'a': 1}.a == 1
{'a': 1}['b'] == 1
9223372036854775807 + 1 > 0
cel.bind(x, object.spec.nodeName, x == 'n1')
cel.bind(x, 1, x)
optional.none().hasValue()
optional.of(true)
object.none
none == 1
object.spec.containers.size() ==
object.none()
variables.x
[1, 2, 3].all(i, v, i < v)
[[1], [2]].flatten() == [1, 2]
[3, 1].sort() == [1, 3]
[1, 1].distinct() == [1]
lists.range(3) == [0, 1, 2]
[1, 2, 3].slice(0, 2) == [1, 2]
strings.quote('a') == '"a"'
regex.replace('abc', 'b', 'x') == 'axc'
""".strip().splitlines()

# Undecided with us: what rests on who asks.
WHO = ["authorizer.group('').resource('pods').check('create').allowed()", "request.userInfo.username == 'alice'",
       "request.userInfo.groups.exists(g, g == 'system:authenticated')",
       "authorizer.requestResource.check('create').allowed()"]


def variables(*pairs):
    return [{"name": name, "expression": text} for name, text in pairs]


def special():
    """(name, policy)"""
    first = variables(("a", "object.spec.nodeName"), ("b", "variables.a + '!'"), ("bad", "object.none.none"),
                      ("flag", "true"), ("list", "[1, 2]"), ("map", "{'x': 1}"), ("op", "request.operation"),
                      ("dynamic", "object.spec.hostNetwork"), ("after", "variables.bad == 1"))
    for i, text in enumerate(["variables.b == 'n1!'", "variables.bad == 1", "variables.bad == 1 || true", "variables.flag",
                              "variables.list[0] == 1", "variables.list[1] == 'x'", "variables.map.x == 1", "variables.op == 'CREATE'",
                              "variables.dynamic", "variables.dynamic == true", "variables.after", "variables.none == 1",
                              "variables.flag == 'x'", "variables.a.size() == 2", "!variables.dynamic"]):
        yield f"variables-{i}", expression(text, variables=first)
    yield "variables-order", expression("true", variables=variables(("a", "variables.b"), ("b", "1")))
    yield "variables-wrong", expression("true", variables=variables(("a", "1 +")))
    yield "variables-in-conditions", expression("false", variables=first, matchConditions=variables(("c", "variables.a == 'n1'")))
    yield "variables-in-message", policy(dict(deny("plain", messageExpression="'has ' + variables.b"), variables=first))
    yield "variables-bad-in-message", policy(dict(deny("plain", messageExpression="string(variables.bad)"), variables=first))

    rows = {"true": ["true"], "false": ["false"], "error": ["object.none == 1"], "error-false": ["object.none == 1", "false"],
            "false-error": ["false", "object.none == 1"], "true-error": ["true", "object.none == 1"],
            "namespace": ["namespaceObject == null"], "type": ["1"], "dyn": ["object.spec.hostNetwork"]}
    for failure in ("Fail", "Ignore"):
        for name, texts in rows.items():
            yield f"conditions-{name}-{failure}", expression(
                "false", failurePolicy=failure, matchConditions=variables(*((f"c{i}", t) for i, t in enumerate(texts))))
        for i, text in enumerate(["object.none == 1", "false", "true", "[1][2] == 1"]):
            yield f"failure-{i}-{failure}", expression(text, failurePolicy=failure)
    messages = ["'has ' + object.metadata.name", "''", "'  '", "'a\\nb'", "'\\n a \\n'", "object.none", "string(object.none)", "null", "1",
                "object.metadata.name", "string(object.spec.nodeName)", "'x' + 'é'", "authorizer.path('/a').reason()",
                "lists.range(5119).map(i, 'x').join('')", "lists.range(5121).map(i, 'x').join('')", "request.operation", "dyn('a')",
                "object.none == 1 ? 'a' : 'b'", "namespaceObject.metadata.name"]
    for i, text in enumerate(messages):
        yield f"message-{i}", policy(deny("plain", messageExpression=text))
        yield f"message-only-{i}", policy(deny(messageExpression=text))
    yield "message-none", policy(deny())
    yield "message-blank", policy(deny("   "))
    yield "message-trimmed", policy(deny("  a  "))
    yield "message-expression-trimmed", policy({"validations": [{"expression": "  false\n"}]})
    for reason in ("Unauthorized", "Forbidden", "Invalid", "RequestEntityTooLarge"):
        yield f"reason-{reason}", policy(deny("no way", reason=reason))
    actions = [["Deny"], ["Warn"], ["Audit"], ["Deny", "Audit"], ["Warn", "Audit"]]
    for given in actions:
        name = "-".join(given)
        yield f"actions-{name}", policy(deny("a"), {"validationActions": given})
        yield f"actions-error-{name}", policy({"validations": [{"expression": "object.none == 1"}]}, {"validationActions": given})
        yield f"actions-condition-{name}", policy(dict(deny("a"), matchConditions=variables(("c", "object.none == 1"))),
                                                  {"validationActions": given})
        yield f"actions-params-{name}", policy(
            dict(deny("a"), paramKind={"apiVersion": "v1", "kind": "ConfigMap"}),
            {"validationActions": given, "paramRef": {"name": "none", "parameterNotFoundAction": "Deny"}})
        yield f"actions-annotation-{name}", policy(
            {"auditAnnotations": [{"key": "k", "valueExpression": "string(object.none)"}]}, {"validationActions": given})
    yield "actions-two-bindings", policy(deny("a"), bindings=[{"validationActions": ["Warn"]}, {"validationActions": ["Deny"]}])
    for failure in ("Fail", "Ignore"):
        for i, text in enumerate(["'a'", "null", "string(object.none)", "object.none", "1", "''", "request.operation",
                                  "object.spec.hostNetwork ? 'a' : null", "dyn(1)"]):
            yield f"annotation-{i}-{failure}", policy({
                "failurePolicy": failure, "auditAnnotations": [{"key": "k", "valueExpression": text}]})
    yield from parameters()
    yield from matching()
    yield "namespace-labels", policy({"validations": [
        {"expression": "namespaceObject.metadata.labels.env == 'prod'"}, {"expression": "namespaceObject.metadata.labels.none == 'prod'"},
        {"expression": "namespaceObject.metadata.annotations.owner == 'team-b'", "messageExpression": "'of ' + namespaceObject.metadata.name"}]},
        others=[SHOP], objects=[pod(namespace="shop"), POD])
    yield "namespace-itself", policy(
        {"matchConstraints": {"resourceRules": [dict(PODS, resources=["namespaces"])]},
         "validations": [{"expression": "namespaceObject == null"}, {"expression": "namespaceObject != null"},
                         {"expression": "object.metadata.labels['kubernetes.io/metadata.name'] == 'shop'"},
                         {"expression": "request.namespace == ''"}, {"expression": "request.name == 'shop'"}]}, objects=[SHOP])
    many = "lists.range(1000).all(i, lists.range(100).all(j, i + j >= 0))"
    yield "cost-small", expression("lists.range(1000).all(i, i >= 0)")
    yield "cost-large", expression(" && ".join([many] * 40))


def parameters():
    kind = {"paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}}
    maps = [config_map("one", labels={"app": "x"}, max="1"), config_map("two", labels={"app": "x"}, max="3"),
            config_map("other", "shop", labels={"app": "x"}, max="9"), config_map("none")]
    spec = dict(kind, validations=[{"expression": "object.spec.containers.size() <= int(params.data.max)",
                                    "messageExpression": "'at most ' + params.data.max"}])
    refs = {"name": {"name": "one"}, "other-name": {"name": "two"}, "missing": {"name": "absent"},
            "elsewhere": {"name": "other", "namespace": "shop"}, "not-here": {"name": "other"}, "no-data": {"name": "none"},
            "selector": {"selector": {"matchLabels": {"app": "x"}}}, "all": {"selector": {}},
            "selector-elsewhere": {"namespace": "shop", "selector": {"matchLabels": {"app": "x"}}},
            "selector-none": {"selector": {"matchLabels": {"app": "y"}}},
            "selector-in": {"selector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["x"]}]}},
            "selector-not": {"selector": {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}}}
    for name, ref in refs.items():
        for action in ("Allow", "Deny"):
            for failure in ("Fail", "Ignore"):
                yield f"params-{name}-{action}-{failure}", policy(
                    dict(spec, failurePolicy=failure), {"paramRef": dict(ref, parameterNotFoundAction=action)}, others=maps)
    yield "params-no-reference", policy(dict(kind, validations=[{"expression": "params == null"}, {"expression": "params != null"}]))
    yield "params-no-kind", policy(deny("a"), {"paramRef": {"name": "one", "parameterNotFoundAction": "Deny"}}, others=maps)
    yield "params-undeclared", expression("params == null")
    yield "params-kind", policy(dict(kind, validations=[{"expression": "params.kind == 'ConfigMap' && params.metadata.name == 'one'"}]),
                                {"paramRef": {"name": "one", "parameterNotFoundAction": "Deny"}}, others=maps)
    yield "params-conditions", policy(dict(spec, matchConditions=variables(("c", "params.data.max == '1'"))),
                                      {"paramRef": dict(refs["selector"], parameterNotFoundAction="Deny")}, others=maps)
    yield "params-of-the-object's-namespace", policy(spec, {"paramRef": {"name": "other", "parameterNotFoundAction": "Deny"}},
                                                     others=maps, objects=[pod(namespace="shop"), POD])
    cluster = {"matchConstraints": {"resourceRules": [dict(PODS, resources=["namespaces"])]}}
    yield "params-cluster-object", policy(dict(deny("a"), **kind, **cluster),
                                          {"paramRef": {"name": "one", "parameterNotFoundAction": "Allow"}}, others=maps, objects=[SHOP])
    definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "limits.a.b"},
                  "spec": {"group": "a.b", "scope": "Cluster", "names": {"kind": "Limit", "plural": "limits"}, "versions": []}}
    limit = {"apiVersion": "a.b/v1", "kind": "Limit", "metadata": {"name": "l"}, "max": 1}
    for namespace in (None, "default"):
        ref = {"name": "l", "parameterNotFoundAction": "Deny", **({"namespace": namespace} if namespace else {})}
        yield f"params-cluster-kind-{namespace}", policy(
            {"paramKind": {"apiVersion": "a.b/v1", "kind": "Limit"},
             "validations": [{"expression": "object.spec.containers.size() <= params.max", "message": "too many"}]},
            {"paramRef": ref}, others=[definition, limit])


def matching():
    objects = [POD, pod("other", app="api"), pod("far", "shop"), SHOP, config_map("c"),
               {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {}},
               {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "web"}, "spec": {}},
               {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "web"}},
               {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "web"}, "spec": {}}]
    every = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": ["*"]}
    rules = {
        "every": [every], "all-subresources": [dict(every, resources=["*/*"])], "subresource": [dict(PODS, resources=["pods/status"])],
        "any-subresource": [dict(PODS, resources=["pods/*"])], "star-subresource": [dict(every, resources=["*/status"])],
        "group": [dict(every, apiGroups=["apps"])], "core": [dict(every, apiGroups=[""])], "version": [dict(every, apiVersions=["v2"])],
        "update": [dict(every, operations=["UPDATE", "DELETE", "CONNECT"])], "names": [dict(every, resourceNames=["web"])],
        "cluster": [dict(every, scope="Cluster")], "namespaced": [dict(every, scope="Namespaced")], "scope": [dict(every, scope="*")],
        "plural": [dict(every, resources=["ingresses", "networkpolicies"])], "two": [PODS, dict(every, apiGroups=["apps"])],
        "singular": [dict(every, resources=["pod", "Pods"])]}
    selectors = {
        "label": {"matchLabels": {"app": "web"}}, "in": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["api"]}]},
        "not-in": {"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["api"]}]},
        "exists": {"matchExpressions": [{"key": "app", "operator": "Exists"}]},
        "absent": {"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}, "empty": {}}
    namespaces = {"env": {"matchLabels": {"env": "prod"}}, "name": {"matchLabels": {"kubernetes.io/metadata.name": "default"}},
                  "no-env": {"matchExpressions": [{"key": "env", "operator": "DoesNotExist"}]}}
    default = dict(SHOP, metadata={"name": "default"})
    for match in ("Exact", "Equivalent"):
        for name, rows in rules.items():
            constraints = {"resourceRules": rows, "matchPolicy": match}
            yield f"rules-{name}-{match}", policy(dict(deny("a"), matchConstraints=constraints), objects=objects)
            yield f"rules-bound-{name}-{match}", policy(dict(deny("a"), matchConstraints={"resourceRules": [every]}),
                                                        {"matchResources": constraints}, objects=objects)
            yield f"rules-excluded-{name}-{match}", policy(dict(deny("a"), matchConstraints={
                "resourceRules": [every], "excludeResourceRules": rows, "matchPolicy": match}), objects=objects)
    for key, rows in (("objectSelector", selectors), ("namespaceSelector", namespaces)):
        for name, selector in rows.items():
            yield f"{key}-{name}", policy(dict(deny("a"), matchConstraints={"resourceRules": [every], key: selector}),
                                          others=[SHOP, default], objects=objects)
            yield f"{key}-bound-{name}", policy(dict(deny("a"), matchConstraints={"resourceRules": [every]}),
                                                {"matchResources": {key: selector}}, others=[SHOP, default], objects=objects)
    yield "bound-to-nothing", policy(deny("a"), {"policyName": "q"})


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=900, **options)


def build_oracle(folder):
    shutil.copy(ORACLE, folder / "main.go")
    (folder / "go.mod").write_text("module oracle\n\ngo 1.24\n")
    for command in (["go", "get", *REQUIREMENTS], ["go", "build", "-mod=mod", "-o", "oracle", "."]):
        done = run(*command, cwd=folder, env=dict(os.environ, GOFLAGS="-mod=mod"))
        if done.returncode:
            raise unittest.SkipTest(f"go can't build the library: {done.stderr.strip()[-300:]}")


def write(folder, name, made):
    (folder / name).mkdir()
    for file, documents in zip(("policy.yaml", "objects.yaml"), made):
        (folder / name / file).write_text("".join(f"---\n{json.dumps(d)}\n" for d in documents))


# "high vap:p/0 default/Pod/web:3 message"
LINE = re.compile(r"(high|medium|low) (\S+) (\S+):\d+ (.*)")
FAULTS = ("the expression could not be evaluated: ", "a match condition could not be evaluated: ", "the binding can't be used: ",
          "an audit annotation could not be evaluated: ")


class Ours:
    def __init__(self, folder):
        text = run(LIST_VAP, str(folder / "policy.yaml"), str(folder / "objects.yaml")).stdout
        self.refused = next((line for line in text.splitlines() if line.startswith("error: ")), "")
        self.said = collections.Counter()
        self.weights = {}
        self.undecided = []
        for line in [] if self.refused else text.splitlines():
            severity, rule, key, message = LINE.fullmatch(line).groups()
            name = rule.removeprefix("vap:").split("/")[0]
            if message.startswith("undecided: "):
                self.undecided.append(line)
                continue
            is_error = message.startswith(FAULTS)
            self.said[(key, f"vap:{name}" if is_error else rule, "" if is_error else message)] += 1
            weight = self.weights.get((key, name), "")
            self.weights[(key, name)] = max(weight, severity, key=RANK.index)


class Theirs:
    def __init__(self, result):
        self.refused = result["refused"]
        self.said = collections.Counter()
        self.weights = {(v["object"], v["policy"]): v["weight"] for v in result["verdicts"] or []}
        for d in result["decisions"] or []:
            rule = d["rule"].split("/")[0] if d["is_error"] else d["rule"]
            self.said[(d["object"], rule, "" if d["is_error"] else d["message"])] += 1


class Admission(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("go"):
            raise unittest.SkipTest("go is not installed")
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name)
        build_oracle(cls.folder)
        names = []
        for i, text in enumerate(EXPRESSIONS):
            write(cls.folder, f"expression-{i}", expression(text))
            names.append(f"expression-{i}")
        for i, text in enumerate(WHO):
            write(cls.folder, f"who-{i}", expression(text))
            names.append(f"who-{i}")
        for name, made in special():
            write(cls.folder, name, made)
            names.append(name)
        cls.cases = {name: cls.folder / name for name in names}
        cls.cases.update({f"cases/{f.name}": f for f in sorted(CASES.iterdir()) if f.name not in OWN_CASES})
        done = run(cls.folder / "oracle", *map(str, cls.cases.values()), check=True)
        results = [json.loads(line) for line in done.stdout.splitlines()]
        cls.theirs = {name: Theirs(result) for name, result in zip(cls.cases, results)}
        cls.ours = {name: Ours(folder) for name, folder in cls.cases.items()}

    def text_of(self, name):
        return (self.cases[name] / "policy.yaml").read_text()[:1500]

    def differences(self, name):
        ours, theirs = self.ours[name], self.theirs[name]
        if bool(ours.refused) != bool(theirs.refused):
            return f"refused: ours '{ours.refused}', theirs '{theirs.refused}'"
        if ours.said != theirs.said:
            return f"ours {dict(ours.said - theirs.said)}, theirs {dict(theirs.said - ours.said)}"
        if ours.weights != theirs.weights:
            return f"ours {ours.weights}, theirs {theirs.weights}"
        return None

    def test_same_decisions(self):
        count, wrong = collections.Counter(), []
        for name in self.cases:
            if self.ours[name].undecided:
                count["undecided"] += 1
                continue
            difference = self.differences(name)
            if name in DIFFERENT or self.text(name) in DIFFERENT:
                count["different, as documented"] += 1
                if not difference:
                    wrong.append(f"{name}: no difference any more")
                continue
            count["same"] += not difference
            if difference:
                wrong.append(f"{name} {self.text(name)}: {difference}")
        print(dict(count))
        self.assertEqual(wrong, [], "\n" + "\n".join(wrong))

    def text(self, name):
        kind, _, number = name.partition("-")
        return EXPRESSIONS[int(number)] if kind == "expression" else ""

    def test_undecided(self):
        undecided = {name for name in self.cases if self.ours[name].undecided}
        self.assertEqual(undecided, UNDECIDED | {f"who-{i}" for i in range(len(WHO))})


# Cases of ours about what the library is not asked here: kinds without a definition, admission's own objects, other versions,
# words that only the API server's own validation knows.
OWN_CASES = {"custom-kinds", "own-objects", "versions", "wrong-word"}
# With the library a selector of a Namespace that is not there sees bare labels, and no object is of another version.
UNDECIDED = {"cases/selectors", "cases/not-known", "rules-version-Equivalent", "rules-bound-version-Equivalent",
             "rules-excluded-version-Equivalent"}
# docs/admission-policies.md, "What differs from a cluster".
DIFFERENT = {
    # Constants are looked at when they are evaluated.
    "object.spec.containers.all(c, c.image.matches('('))", "duration('1x') > duration('30m')", "int('x') == 1",
    # Lists of several types, and functions that only we have.
    "[1, 2] == [1, 2.0]", "'a'.reverse() == 'a'", "cel.bind(x, object.spec.nodeName, x == 'n1')",
    # Variables have no types.
    "variables-5", "variables-8", "variables-12",
}

if __name__ == "__main__":
    unittest.main()
