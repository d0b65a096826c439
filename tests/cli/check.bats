load helper

put_pod() {
    mkdir -p "$1"
    cat >"$1/pod.yaml" <<'END'
apiVersion: v1
kind: Pod
metadata:
  name: a
spec:
  containers:
    - name: web
      image: nginx:1.27
      securityContext:
        privileged: true
END
}

@test "a manifest is judged, with the line that decided" {
    put_pod k
    run "$plimsoll" scan . --fail-on critical
    [ "$status" -eq 1 ]
    [[ $output == *"k/pod.yaml:10"* ]]
    [[ $output == *"default/Pod/a, web"* ]]
    [[ $output == *"PLM-K8S-PSS-PRIVILEGED"* ]]
}

@test "the JSON report names the check, the resource and the place" {
    put_pod .
    "$plimsoll" scan . --format json >report.json
    python3 - <<'END'
import json
report = json.load(open("report.json"))
found = [f for f in report["findings"] if f["rule"] == "PLM-K8S-PSS-PRIVILEGED"]
assert len(found) == 1, report["findings"]
f = found[0]
assert (f["kind"], f["path"], f["line"], f["column"]) == ("configuration", "pod.yaml", 10, 21), f
assert f["resource"] == "default/Pod/a" and f["item"] == "web", f
rule = [r for r in report["rules"] if r["id"] == "PLM-K8S-PSS-PRIVILEGED"][0]
assert rule["why"] and rule["fix"] and rule["controls"], rule
END
}

@test "a compose file is judged through what it extends" {
    printf 'services:\n  web:\n    image: a\n    extends: {file: base.yml, service: b}\n' >compose.yaml
    printf 'services:\n  b:\n    privileged: true\n' >base.yml
    cat >own.yaml <<'END'
id: ACME-001
title: Service is privileged
severity: high
kinds: [compose.Service]
fail: self.?privileged.orValue(false)
why: It has all rights.
fix: Take it out.
END
    run "$plimsoll" scan . --policy own.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"base.yml:3"* ]]
}

@test "compose reads nothing outside of the folder" {
    mkdir inside
    printf 'services: {b: {privileged: true}}\n' >outside.yml
    printf 'services:\n  web:\n    extends: {file: ../outside.yml, service: b}\n' >inside/compose.yaml
    run "$plimsoll" scan inside
    [ "$status" -eq 3 ]
    [[ $output == *"compose.yaml"* ]]
}

@test "check new gives a check that passes its own tests" {
    "$plimsoll" check new ACME-007 >acme.yaml
    run "$plimsoll" check test acme.yaml
    [ "$status" -eq 0 ]
    [[ $output == *"1 checks: 2 examples as expected, 0 not"* ]]
}

@test "an example that is not as expected fails the test" {
    "$plimsoll" check new ACME-007 | sed 's/== 0$/== 7/' >acme.yaml
    run "$plimsoll" check test acme.yaml
    [ "$status" -eq 1 ]
    [[ $output == *"expected fail, found pass"* ]]
}

@test "a mistake in a pack is named with line and column, and nothing is scanned" {
    "$plimsoll" check new | sed 's/^fail:.*/fail: itme.name/' >acme.yaml
    put_pod .
    run "$plimsoll" scan . --policy acme.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"acme.yaml:7:7: in 'fail':"* ]]
    [[ $output == *"item"* ]]
}

@test "every built-in check is explained and passes its examples" {
    run "$plimsoll" check test
    [ "$status" -eq 0 ]
    run "$plimsoll" check explain plm-k8s-pss-privileged
    [ "$status" -eq 0 ]
    [[ $output == *"why"* ]]
    run "$plimsoll" check explain PLM-K8S-PSS-PRIVILEGD
    [ "$status" -eq 2 ]
    [[ $output == *"Did you mean"* ]]
}

@test "large data beside manifests is not what this looks for" {
    put_pod k
    head -c 17000000 /dev/zero | tr '\0' 'a' | sed 's/.*/{"a": "&"}/' >data.json
    run "$plimsoll" scan .
    [ "$status" -eq 0 ]
    [[ $output != *"not read"* ]]
}
