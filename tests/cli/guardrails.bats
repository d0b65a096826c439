load helper

# A lockfile with one exploited vulnerability of medium severity, and a privileged pod.
put_project() {
    put_lockfile .
    cat >pod.yaml <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: example.com/web:1.4.2
      securityContext:
        privileged: true
YAML
}

@test "without guardrails nothing blocks" {
    put_project
    run "$plimsoll" scan .
    [ "$status" -eq 0 ]
    [[ $output != *BLOCKED* ]]
}

@test "a profile blocks, from the option and from the file" {
    put_project
    run "$plimsoll" scan . --profile baseline
    [ "$status" -eq 1 ]
    [[ $output == *"BLOCKED by 2 of 5 guardrails"* ]]
    echo 'profile: baseline' >.plimsoll.yaml
    run "$plimsoll" scan .
    [ "$status" -eq 1 ]
    run "$plimsoll" scan . --profile off
    [ "$status" -eq 0 ]
    echo 'profile: hard' >.plimsoll.yaml
    run "$plimsoll" scan .
    [ "$status" -eq 2 ]
    [[ $output == *".plimsoll.yaml:1:10: "* ]]
}

@test "rules decide, and --explain says which" {
    put_project
    cat >.plimsoll.yaml <<'YAML'
rules:
  - name: jquery is fine
    when: asset.name == 'jquery'
    action: ignore
    reason: nobody loads it
  - name: no privileges
    when: finding.kind == 'configuration' && finding.severity == 'critical'
    action: block
YAML
    run "$plimsoll" scan . --explain
    [ "$status" -eq 1 ]
    [[ $output == *"BLOCKED by 1 of 2 guardrails"* ]]
    [[ $output == *"Guardrails asked (2)"* ]]
    [[ $output == *"set aside by the rule 'jquery is fine'"*"nobody loads it"* ]]
    [[ $output == *"blocked by the rule 'no privileges'"* ]]
}

@test "a wrong field is named with its place, and nothing is scanned" {
    put_project
    printf 'rules:\n  - name: r\n    action: block\n    when: finding.severty == "high"\n' >.plimsoll.yaml
    run "$plimsoll" scan .
    [ "$status" -eq 2 ]
    [[ $output == *".plimsoll.yaml:4:11: 'finding.severty' is not a field of finding"* ]]
    [[ $output == *"did you mean 'severity'?"* ]]
    echo 'ruls: []' >.plimsoll.yaml
    run "$plimsoll" scan .
    [ "$status" -eq 2 ]
    [[ $output == *".plimsoll.yaml:1:1: 'ruls' is neither an option nor a key of guardrails. Did you mean 'rules'?"* ]]
}

@test "exceptions hold until their day, and warn before it" {
    put_project
    cat >.plimsoll.yaml <<'YAML'
exceptions:
  - {id: 'CVE-*', reason: not loaded, owner: team-shop, until: 2027-01-31}
  - {id: 'PLM-*', reason: known, owner: team-shop, until: 2027-01-31}
YAML
    export SOURCE_DATE_EPOCH=1798675200 # 2026-12-31
    run "$plimsoll" scan . --fail-on low
    [ "$status" -eq 0 ]
    [[ $output != *"ends with"* ]]
    export SOURCE_DATE_EPOCH=1800835200 # 2027-01-25
    run "$plimsoll" scan . --fail-on low
    [ "$status" -eq 0 ]
    [[ $output == *"the exception 'CVE-*' of team-shop ends with 2027-01-31, in 6 days"* ]]
    export SOURCE_DATE_EPOCH=1801440000 # 2027-02-01
    run "$plimsoll" scan . --fail-on low
    [ "$status" -eq 1 ]
    [[ $output == *"the exception 'CVE-*' of team-shop ended with 2027-01-31 and counts no more"* ]]
}

@test "a folder can't loosen what the caller's guardrails block" {
    put_project
    printf 'rules:\n  - {name: all, when: true, action: ignore}\nseverity: critical\nignore-unfixed: true\nprofile: "off"\n' >.plimsoll.yaml
    printf 'rules:\n  - {name: exploited, when: finding.exploited, action: block}\n' >"$work/own.txt"
    run "$plimsoll" scan . --fail-on low
    [ "$status" -eq 0 ]
    run "$plimsoll" scan . --guardrails "$work/own.txt"
    [ "$status" -eq 1 ]
    [[ $output == *CVE-2020-11023* ]]
    echo 'guardrails: none.yaml' >>.plimsoll.yaml
    run "$plimsoll" scan . --guardrails "$work/own.txt"
    [ "$status" -eq 1 ]
}

@test "comments set aside, and those of others when asked" {
    put_project
    sed -i 's/privileged: true/privileged: true # plimsoll:ignore PLM-K8S-* reason="the agent needs it"/' pod.yaml
    run "$plimsoll" scan . -o json=out.json -o sarif=out.sarif --fail-on critical
    [ "$status" -eq 0 ]
    python3 - <<'PY'
import json
found = [f for f in json.load(open("out.json"))["findings"] if f["path"] == "pod.yaml" and f["line"] == 10]
assert found and all(f["status"] == "suppressed" and f["decision"]["by"] == "comment" for f in found), found
assert found[0]["decision"]["reason"] == "the agent needs it"
results = [r for run in json.load(open("out.sarif"))["runs"] for r in run["results"] if "suppressions" in r]
assert results and all(r["suppressions"][0]["kind"] == "inSource" for r in results)
PY
    put_project
    sed -i 's/  name: web/  name: web\n  annotations: {ignore-check.kube-linter.io\/privileged-container: agent}/;' pod.yaml
    run "$plimsoll" scan . --fail-on critical
    [ "$status" -eq 1 ]
    printf 'compat: {suppressions: true}\n' >.plimsoll.yaml
    run "$plimsoll" scan . --fail-on critical
    [ "$status" -eq 0 ]
}

@test "a comment that can't be understood is named" {
    put_project
    sed -i 's/privileged: true/privileged: true # plimsoll:ignore PLM-K8S-001 for ever/' pod.yaml
    run "$plimsoll" scan . --fail-on critical
    [ "$status" -eq 1 ]
    [[ $output == *"pod.yaml:10"*"expected plimsoll:ignore ID"* ]]
}

@test "only what is new against a report, and against a run" {
    put_lockfile .
    run "$plimsoll" scan . -o json=base.txt --store base.db
    [ "$status" -eq 0 ]
    run "$plimsoll" scan . --baseline base.txt --fail-on low
    [ "$status" -eq 0 ]
    put_project
    run "$plimsoll" scan . --baseline base.txt --fail-on low
    [ "$status" -eq 1 ]
    [[ $output != *CVE-2020-11023* ]]
    run "$plimsoll" scan . --baseline run:1 --store base.db --fail-on low --format json
    [ "$status" -eq 1 ]
    run "$plimsoll" scan . --baseline run:99 --store base.db
    [ "$status" -eq 2 ]
    run "$plimsoll" scan . --baseline package-lock.json
    [ "$status" -eq 2 ]
    [[ $output == *"package-lock.json"*"no report"* ]]
}

@test "licences are allowed and denied by .plimsoll.yaml, and the caller's word is final" {
    mkdir app
    cat >app/package-lock.json <<'JSON'
{
  "name": "app", "lockfileVersion": 3,
  "packages": {
    "": { "name": "app" },
    "node_modules/choice": { "version": "1.0.0", "license": "(MIT OR GPL-3.0)" },
    "node_modules/copyleft": { "version": "1.0.0", "license": "GPL-3.0-or-later" },
    "node_modules/plain": { "version": "1.0.0", "license": "MIT" },
    "node_modules/silent": { "version": "1.0.0" }
  }
}
JSON
    said() { jq -r '[.findings[] | select(.rule | startswith("PLM-LICENCE")) | "\(.rule) \(.resource) \(.line)"] | join(", ")' "$1"; }
    "$plimsoll" scan app -f json >none.json
    [ -z "$(said none.json)" ]
    printf 'licences:\n  deny: [GPL-*, AGPL-*]\n' >app/.plimsoll.yaml
    "$plimsoll" scan app -f json >denied.json
    [ "$(said denied.json)" = "PLM-LICENCE-001 copyleft 1.0.0 6" ]
    printf 'licences:\n  allow: [MIT]\n  unknown: report\n' >caller.yaml
    "$plimsoll" scan app -f json --guardrails caller.yaml >allowed.json
    [ "$(said allowed.json)" = "PLM-LICENCE-001 copyleft 1.0.0 6, PLM-LICENCE-002 silent 1.0.0 8" ]
    printf 'licences:\n  alow: [MIT]\n' >caller.yaml
    run "$plimsoll" scan app --guardrails caller.yaml
    [ "$status" -eq 2 ]
    [[ $output == *"caller.yaml:2:3"*"did you mean 'allow'"* ]]
}
