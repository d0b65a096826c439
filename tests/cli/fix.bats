load helper

put_folder() {
    mkdir -p app/k8s
    printf 'FROM debian:12\nADD a /b/   \nUSER 1000\n' >app/Dockerfile
    cat >app/k8s/pod.yaml <<'YAML'
# kept
apiVersion: v1
kind: Pod
metadata:
  name: a   # kept too
spec:
  containers:
    - name: a
      image: example.com/a:1.2.3
      securityContext:
        privileged: true # and this
    - name: b
      image: example.com/b:1.2.3
      securityContext:
        # plimsoll:ignore PLM-K8S-PSS-PRIVILEGED
        privileged: true
YAML
}

@test "--fix mends files, keeping comments, layout and mode" {
    put_folder
    chmod 640 app/Dockerfile
    run "$plimsoll" scan app --fix
    [[ $output == *"plimsoll: mended "*" findings in 2 files"* ]]
    [[ $output != *PLM-DOCKER-020* ]]
    [ "$(sed -n 2p app/Dockerfile)" = "COPY a /b/   " ]
    [ "$(stat -c %a app/Dockerfile)" = 640 ]
    grep -q '^# kept$' app/k8s/pod.yaml
    grep -q '^  name: a   # kept too$' app/k8s/pod.yaml
    grep -q '^        privileged: false # and this$' app/k8s/pod.yaml
    [ "$(ls -A app app/k8s | grep -c new)" -eq 0 ]
}

@test "--fix leaves alone what a comment sets aside" {
    put_folder
    "$plimsoll" scan app --fix >/dev/null 2>&1 || true
    [ "$(grep -c 'privileged: true$' app/k8s/pod.yaml)" -eq 1 ]
}

@test "a second --fix finds nothing to do" {
    put_folder
    "$plimsoll" scan app --fix >/dev/null 2>&1 || true
    run "$plimsoll" scan app --fix
    [[ $output == *"mended 0 findings in 0 files"* ]]
}

@test "--fix --dry-run prints a diff that patch takes, and writes nothing" {
    put_folder
    cp -r app before
    "$plimsoll" scan app --fix --dry-run >diff 2>/dev/null
    diff -r app before
    grep -q '^-ADD a /b/   $' diff
    grep -q '^+COPY a /b/   $' diff
    "$plimsoll" scan app --fix --quiet >/dev/null 2>&1 || true
    (cd before && patch -s -p1 <../diff)
    diff -r app before
}

@test "--fix writes through no symbolic link" {
    put_folder
    mkdir outside
    mv app/k8s/pod.yaml outside/
    ln -s "$work/outside/pod.yaml" app/k8s/pod.yaml
    cp outside/pod.yaml kept
    "$plimsoll" scan app --fix >/dev/null 2>&1 || true
    cmp outside/pod.yaml kept
    [ -L app/k8s/pod.yaml ]
}

@test "--dry-run goes with --fix" {
    run "$plimsoll" scan . --dry-run
    [ "$status" -eq 2 ]
    [[ $output == *"--fix"* ]]
}

@test "check test says where a patch is wrong" {
    "$plimsoll" check explain PLM-DOCKER-020 >/dev/null
    cat >acme.yaml <<'YAML'
id: ACME-1
title: t
severity: low
kinds: [dockerfile.ADD]
fail: 'true'
why: w
fix: f
patch: [{replace: self.keyword, with: "'COPY'"}]
examples:
  - source: dockerfile
    expect: fail
    text: |
      FROM a
      ADD b c
    fixed: |
      FROM a
      COPY b d
YAML
    run "$plimsoll" check test acme.yaml
    [ "$status" -eq 1 ]
    [[ $output == *"line 2 of the fixed text is 'COPY b c', not 'COPY b d'"* ]]
    sed -i 's/COPY b d/COPY b c/' acme.yaml
    "$plimsoll" check test acme.yaml
    sed -i "/fixed:/,\$d" acme.yaml
    run "$plimsoll" check test acme.yaml
    [ "$status" -eq 1 ]
    [[ $output == *"no example says what is fixed"* ]]
    sed -i "s/'COPY'/'Add'/" acme.yaml
    run "$plimsoll" check test acme.yaml
    [ "$status" -eq 1 ]
    [[ $output == *"does not pass after its patch"* ]]
}

@test "SARIF says how a finding is mended" {
    mkdir app
    printf 'FROM debian:12\nLABEL a="\xf0\x9f\x98\x80"\nRUN apt update && echo "\xf0\x9f\x98\x80" && apt upgrade\n' >app/Dockerfile
    "$plimsoll" scan app -o sarif=out.sarif >/dev/null 2>&1
    python3 - out.sarif <<'PY'
import json
import sys

run = json.load(open(sys.argv[1]))["runs"][0]
assert run["columnKind"] == "utf16CodeUnits"
results = [r for r in run["results"] if r["ruleId"] == "PLM-DOCKER-071"]
fixes = [r["fixes"][0]["artifactChanges"][0] for r in results]
assert all(f["artifactLocation"]["uri"] == "Dockerfile" and len(f["replacements"]) == 1 for f in fixes), fixes
edits = [f["replacements"][0] for f in fixes]
assert [e["insertedContent"]["text"] for e in edits] == ["apt-get"] * 2, edits
regions = sorted(tuple(e["deletedRegion"][k] for k in ("startLine", "startColumn", "endLine", "endColumn")) for e in edits)
assert regions == [(3, 5, 3, 8), (3, 32, 3, 35)], regions  # the second behind a character of two units
PY
}
