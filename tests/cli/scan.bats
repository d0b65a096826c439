load helper

@test "a folder's lockfile is judged" {
    put_lockfile .
    run "$plimsoll" scan .
    [ "$status" -eq 0 ]
    [[ $output == *"jquery 3.4.1"* ]]
    [[ $output == *"package-lock.json:6"* ]]
    [[ $output != *"ms 2.1.3"* ]]
}

@test "--fail-on decides the exit" {
    put_lockfile .
    run "$plimsoll" scan . --fail-on medium
    [ "$status" -eq 1 ]
    run "$plimsoll" scan . --fail-on critical
    [ "$status" -eq 0 ]
}

@test "options come from the environment and from the nearest .plimsoll.yaml" {
    mkdir -p a/b
    put_lockfile a/b
    PLIMSOLL_FAIL_ON=medium run "$plimsoll" scan a/b
    [ "$status" -eq 1 ]
    echo 'fail-on: medium' >a/.plimsoll.yaml
    run "$plimsoll" scan a/b
    [ "$status" -eq 1 ]
    run "$plimsoll" scan a/b --fail-on critical
    [ "$status" -eq 0 ]
}

@test "the scanned folder's .plimsoll.yaml can't open the cage or write files" {
    put_lockfile .
    printf 'no-cage: true\noutput: json=stolen.json\nstore: stolen.db\n' >.plimsoll.yaml
    run "$plimsoll" scan . --format json
    [ "$status" -eq 0 ]
    [[ $output != *WARNING* ]]
    [ ! -e stolen.json ] && [ ! -e stolen.db ]
}

@test "a broken .plimsoll.yaml is named with its line" {
    printf 'fail-on: [\n' >.plimsoll.yaml
    run "$plimsoll" scan .
    [ "$status" -eq 2 ]
    [[ $output == *".plimsoll.yaml: line 2"* ]]
}

@test "several reports at once, and JSON that parses" {
    put_lockfile .
    run "$plimsoll" scan . -o json=out.json -o sarif=out.sarif
    [ "$status" -eq 0 ]
    python3 - <<'PY'
import json
report = json.load(open("out.json"))
assert report["schema_version"].startswith("1."), report["schema_version"]
assert any("CVE-2020-11022" in json.dumps(finding) for finding in report["findings"])
sarif = json.load(open("out.sarif"))
assert sarif["version"] == "2.1.0" and sarif["runs"][0]["results"]
PY
    run "$plimsoll" scan . --format nothing
    [ "$status" -eq 2 ]
}

@test "no escapes without a terminal, and none with NO_COLOR" {
    put_lockfile .
    run "$plimsoll" scan .
    [[ $output != *$'\e'* ]]
    CLICOLOR_FORCE=1 run "$plimsoll" scan .
    [[ $output == *$'\e['* ]]
    NO_COLOR=1 CLICOLOR_FORCE=1 run "$plimsoll" scan .
    [[ $output != *$'\e'* ]]
}

@test "a file that can't be read costs itself and exit 3" {
    put_lockfile .
    mkdir bad
    printf '{"lockfileVersion": 3, "packages": {' >bad/package-lock.json
    run "$plimsoll" scan .
    [ "$status" -eq 3 ]
    [[ $output == *"bad/package-lock.json"* ]]
    [[ $output == *"jquery 3.4.1"* ]]
}

@test "what is not there, is no image or is not one is said so" {
    run "$plimsoll" scan ./nothing.tar
    [ "$status" -eq 2 ]
    [[ $output == *"no file or folder"* ]]
    echo text >file
    run "$plimsoll" scan ./file
    [ "$status" -eq 2 ]
    [[ $output == *"neither a tar file"* ]]
    run "$plimsoll" scan $'./no\e[31mthing'
    [[ $output != *$'\e'* ]]
    [[ $output == *'no\x1b[31mthing'* ]]
    mkdir folder
    run "$plimsoll" scan oci-dir:folder
    [ "$status" -eq 2 ]
    [[ $output == *"index.json"* ]]
}

@test "a pom takes versions from the parent beside it, and one that stays open is said" {
    mkdir -p base app
    cat >base/pom.xml <<'END'
<project><groupId>g</groupId><artifactId>base</artifactId><version>1</version>
<properties><log4j>2.14.1</log4j></properties>
<dependencyManagement><dependencies><dependency><groupId>org.apache.logging.log4j</groupId>
<artifactId>log4j-core</artifactId><version>${log4j}</version></dependency></dependencies></dependencyManagement></project>
END
    cat >app/pom.xml <<'END'
<project><parent><groupId>g</groupId><artifactId>base</artifactId><version>1</version>
<relativePath>../base</relativePath></parent><artifactId>app</artifactId><dependencies>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId></dependency>
<dependency><groupId>x</groupId><artifactId>y</artifactId></dependency></dependencies></project>
END
    run "$plimsoll" scan . --format json
    [ "$status" -eq 0 ]
    [[ $output == *'"purl": "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"'* ]]
    [[ $output == *"1 dependency has no version in the project's files"* ]]
}

@test "--store keeps runs, and the report can be made twice the same" {
    put_lockfile .
    "$plimsoll" scan . --store runs.db >first
    "$plimsoll" scan . --store runs.db >second
    [ -s runs.db ]
    diff <(sed 's/[0-9.]* s$//' first) <(sed 's/[0-9.]* s$//' second)
}

@test "a VEX document sets a finding aside, with its reason" {
    mkdir app && put_lockfile app
    cat >web.openvex.json <<'JSON'
{"@context": "https://openvex.dev/ns/v0.2.0", "author": "Jo", "timestamp": "2024-01-01T00:00:00Z", "statements": [
  {"vulnerability": {"name": "CVE-2020-11022"}, "products": [{"@id": "pkg:npm/jquery"}], "status": "not_affected",
   "justification": "vulnerable_code_not_in_execute_path"}]}
JSON
    before=$("$plimsoll" scan app -f json | jq '.summary.open')
    "$plimsoll" scan app -f json --vex web.openvex.json >report.json
    [ "$(jq '.summary.open' report.json)" -eq $((before - 1)) ]
    [[ $(jq -r '.findings[] | select(.rule == "CVE-2020-11022").reason' report.json) == \
        "not affected, says Jo in web.openvex.json:2: vulnerable_code_not_in_execute_path" ]]
    run "$plimsoll" scan app --vex app/package-lock.json
    [ "$status" -eq 2 ]
    [[ $output == *package-lock.json*"no OpenVEX"* ]]
}

@test "a template of one's own, and what is wrong with it before anything is scanned" {
    put_lockfile .
    printf '${ each f in findings }\n${ f.name } ${ f.version }\n${ end }\n' >lines.tmpl
    run "$plimsoll" scan -f template --template lines.tmpl .
    [ "$status" -eq 0 ]
    [[ $output == *"jquery 3.4.1"* ]]
    run "$plimsoll" scan -q -o template=out.txt --template lines.tmpl .
    [ "$status" -eq 0 ]
    grep -qx "jquery 3.4.1" out.txt
    printf 'a\n  ${ summary.open + }\n' >wrong.tmpl
    run "$plimsoll" scan -f template --template wrong.tmpl nowhere
    [ "$status" -eq 2 ]
    [[ $output == *"wrong.tmpl: line 2 column 20"* ]]
    run "$plimsoll" scan -f template .
    [ "$status" -eq 2 ]
    [[ $output == *"--template FILE"* ]]
}

@test "the scanned folder's .plimsoll.yaml names no template" {
    put_lockfile .
    echo 'my key' >secret.txt
    printf 'format: template\ntemplate: secret.txt\n' >.plimsoll.yaml
    run "$plimsoll" scan .
    [ "$status" -eq 2 ]
    [[ $output != *"my key"* ]]
}

@test "the templates of examples/ are written" {
    put_lockfile .
    for template in "$PLIMSOLL_TREE"/examples/templates/*.tmpl; do
        run "$plimsoll" scan -q -f template --template "$template" .
        [ "$status" -eq 0 ]
        [[ $output == *jquery* || $output == *"open findings in"* ]]
    done
}

@test "a snapshot for GitHub has the commit, branch and job of options or of the workflow" {
    put_lockfile .
    unset GITHUB_SHA GITHUB_REF GITHUB_RUN_ID GITHUB_WORKFLOW GITHUB_JOB GITHUB_SERVER_URL GITHUB_REPOSITORY
    run "$plimsoll" scan -f github-snapshot .
    [ "$status" -eq 2 ]
    [[ $output == *"--sha"* ]]
    sha=0123456789abcdef0123456789abcdef01234567
    run "$plimsoll" scan -f github-snapshot --sha $sha --ref main .
    [ "$status" -eq 2 ]
    [[ $output == *"refs/heads/main"* ]]
    "$plimsoll" scan -q -f github-snapshot --sha $sha --ref refs/heads/main --job nightly . >options.json
    GITHUB_SHA=$sha GITHUB_REF=refs/tags/v1 GITHUB_RUN_ID=77 GITHUB_WORKFLOW=Build GITHUB_JOB=scan \
        GITHUB_SERVER_URL=https://github.example GITHUB_REPOSITORY=acme/web \
        "$plimsoll" scan -q -f github-snapshot . >workflow.json
    python3 - $sha <<'PY'
import json, sys
a, b = json.load(open("options.json")), json.load(open("workflow.json"))
assert (a["sha"], a["ref"], a["job"]["correlator"]) == (sys.argv[1], "refs/heads/main", "nightly"), a
assert a["job"]["id"] and "html_url" not in a["job"], a
assert (b["sha"], b["ref"]) == (sys.argv[1], "refs/tags/v1"), b
assert b["job"] == {"id": "77", "correlator": "Build scan", "html_url": "https://github.example/acme/web/actions/runs/77"}, b
assert b["detector"]["url"] == "https://github.example/acme/web", b
PY
}
